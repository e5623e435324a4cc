"""What all figures share."""

from __future__ import annotations

from base64 import b64decode

import matplotlib as mpl
import pandas as pd
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from habitat_analysis.errors import UsageError
from habitat_analysis.report.figures import Chart, blank, house_style, require, sentences, wrapped


def chart() -> Chart:
    with house_style():
        figure, (axes,) = blank(2.0, "Titre", sources="Sources")
        axes.plot([0, 1], [0, 1])
    return Chart(figure, "Une droite qui monte.", "Une droite")


def test_settings_of_the_reader_change_nothing() -> None:
    before = chart().png()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 10}):
        assert chart().png() == before


def test_drawing_leaves_the_settings_of_the_reader() -> None:
    before = dict(mpl.rcParams)
    chart().png()
    assert dict(mpl.rcParams) == before


def test_notebook_shows_the_picture_with_its_alternative() -> None:
    data, metadata = chart()._repr_mimebundle_()
    assert b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == "Figure : Une droite\nUne droite qui monte."
    output = new_output("display_data", data=data, metadata=metadata)
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(
        new_notebook(cells=[new_code_cell("", outputs=[output])])
    )
    assert 'alt="Une droite qui monte."' in page


def test_nothing_to_draw() -> None:
    with pytest.raises(UsageError, match="missing columns"):
        require(pd.DataFrame({"a": [1]}), "a", "b")
    with pytest.raises(UsageError, match="0 rows"):
        require(pd.DataFrame({"a": []}), "a")


def test_words() -> None:
    assert sentences(["Un", "Deux n. d.", "Trois."]) == "Un. Deux n. d. Trois."
    assert wrapped(["un deux trois", ""], 8) == ["un deux\ntrois", " "]
