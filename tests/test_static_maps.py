"""The maps on paper."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from habitat_analysis.report import static_maps
from habitat_analysis.report.figures import Chart
from tests import map_samples
from tests.map_samples import HOSTILE

MAPS = {
    "candidates": (static_maps.draw_candidates, map_samples.candidates),
    "site": (static_maps.draw_site, map_samples.site),
}


def drawn(kind: str, text: str = "", **changes: Any) -> Chart:
    function, sample = MAPS[kind]
    arguments, options = sample(text)
    return function(*arguments, **(options | changes))


def words(chart: Chart) -> list[str]:
    return [text.get_text() for text in chart.figure.findobj(Text)]


@pytest.mark.parametrize("kind", MAPS)
def test_picture_is_a4_ready_and_repeatable(kind: str) -> None:
    picture = drawn(kind).png()
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1600
    assert height < 2200
    assert picture == drawn(kind).png()
    dots = picture.index(b"pHYs") + 4
    assert struct.unpack(">I", picture[dots : dots + 4])[0] == round(200 / 0.0254)
    assert b"Matplotlib" not in picture  # no version, no date


@pytest.mark.parametrize("kind", MAPS)
def test_cartouche(kind: str) -> None:
    said = words(drawn(kind))
    assert map_samples.SOURCES in said
    assert "N" in said
    assert "Commune inventée · Règles supposées" in said
    assert {"UB", "U1"} & set(said)
    assert any(text.endswith("\u00a0m") for text in said)  # scale bar


def test_alternative_says_the_warnings_and_the_legend() -> None:
    alt = drawn("site").alt
    assert alt.startswith("Carte\u00a0: Le site. Commune inventée. Règles supposées.")
    assert "emprise après reculs (calcul)" in alt
    assert "inondation, zone rouge" in alt


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_drawn_as_it_is(kind: str, payload: str) -> None:
    chart = drawn(kind, payload, title="Titre", sources=payload)
    assert payload in words(chart)
    assert chart.png()  # neither a formula nor an error


@pytest.mark.parametrize("kind", MAPS)
def test_long_titles_sources_and_legends_stay_inside(kind: str) -> None:
    chart = drawn(kind, "un nom vraiment long " * 12)
    FigureCanvasAgg(chart.figure).draw()
    frame = chart.figure.bbox
    boxes = [text.get_window_extent() for text in chart.figure.texts]
    legend = chart.figure.axes[1]
    boxes += [text.get_window_extent() for text in legend.texts]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= frame.x1
        assert 0 <= box.y0 < box.y1 <= frame.y1
    title, notices, sources = boxes[:3]
    assert not title.overlaps(notices)
    assert sources.y1 <= chart.figure.axes[0].get_window_extent().y0


@pytest.mark.parametrize(
    ("length", "bar"), [(730, 500.0), (34, 20.0), (199, 100.0), (5, 5.0), (0.3, 0.2)]
)
def test_scale_bar_is_round(length: float, bar: float) -> None:
    assert static_maps._round_length(length) == pytest.approx(bar)
