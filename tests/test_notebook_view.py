"""What notebooks show besides tables: sentences, light pictures, maps for the screen."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image

from habitat_analysis.feasibility import Feasibility, Ground, read_ground, study_site
from habitat_analysis.report.interactive import ScreenMap, candidates_page
from habitat_analysis.report.notebook_view import Picture, Prose, picture, say, screen_png
from habitat_analysis.report.sections_programme import programme_figure
from habitat_analysis.report.sections_site import site_map
from habitat_analysis.study import load_study
from tests.small_study import idu, impossible, write_small_study


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return read_ground(load_study(write_small_study(tmp_path_factory.mktemp("petite"))))


@pytest.fixture(scope="module")
def operation(ground: Ground) -> Feasibility:
    return study_site(ground, (idu(5),))


def test_one_sentence_is_a_paragraph_several_a_list() -> None:
    assert say("Un < deux.")._repr_html_() == "<p>Un &lt; deux.</p>"
    assert say(["Un.", "Deux."])._repr_html_() == "<ul><li>Un.</li><li>Deux.</li></ul>"
    assert repr(say("Un :", None, [], ["Deux."])) == "Un\u00a0:\nDeux."
    assert repr(say(None, [])) == "Rien à signaler."


def test_a_picture_is_light_true_to_its_colours_and_says_what_it_shows(
    operation: Feasibility,
) -> None:
    chart = site_map(operation)
    shown = picture(chart)
    assert isinstance(shown, Picture)
    data, metadata = shown._repr_mimebundle_()
    assert data["text/plain"] == repr(shown) == repr(chart)
    assert metadata["image/png"]["alt"] == chart.alt
    image = Image.open(io.BytesIO(b64decode(data["image/png"])))
    assert image.size[0] == 800
    assert len(data["image/png"]) < 120_000
    whole = Image.open(io.BytesIO(chart.png())).convert("RGB")
    background = whole.getpixel((2, whole.size[1] - 2))
    here = image.convert("RGB").getpixel((1, image.size[1] - 1))
    pairs = zip(background, here, strict=True)  # type: ignore[arg-type]
    assert max(abs(a - b) for a, b in pairs) <= 8
    assert screen_png(chart) == screen_png(chart)


def test_without_a_programme_a_sentence_takes_the_place_of_the_figure(tmp_path: Path) -> None:
    study = load_study(write_small_study(tmp_path, changes=impossible()))
    nothing = study_site(read_ground(study), (idu(5),))
    shown = picture(programme_figure(nothing))
    assert isinstance(shown, Prose)
    assert "demande un programme" in repr(shown)


def test_the_map_for_the_screen_is_the_same_text_at_each_run(ground: Ground) -> None:
    page = candidates_page(ground, selected=(idu(5),))
    assert isinstance(page, ScreenMap)
    assert repr(page) == f"Carte interactive : Sites à étudier, {ground.study.commune.name}"
    assert page._repr_html_().startswith("<iframe")
    assert page._repr_html_() == candidates_page(ground, selected=(idu(5),))._repr_html_()
