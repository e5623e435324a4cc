"""Charts that argue: every point and every bar is there, with its words."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.formats import euros, number
from habitat_analysis.report.charts_argument import front_chart, requirement_chart
from habitat_analysis.report.figures import Chart
from tests.chart_checks import assert_readable, words
from tests.report_samples import HOSTILE

SOURCES = "Sources : étude (2026) — édité le 22/11/2026"
POINTS = pd.DataFrame(
    {
        "mark": ["A", "B", "retenu"],
        "x": [16.0, 17.0, 15.0],
        "y": [500_000.0, 540_000.0, 700_000.0],
        "kept": [False, False, True],
        "on_front": [True, True, False],
    }
)
EFFECTS = pd.DataFrame(
    {
        "label": ["Niveaux permis", HOSTILE],
        "looser": [float("nan"), -9_000.0],
        "looser_text": ["", "−9 000 €"],
        "looser_needs": [False, False],
        "tighter": [-11_636.0, float("nan")],
        "tighter_text": ["−11 636 €, 5 besoins de moins", "plus aucun programme possible"],
        "tighter_needs": [True, False],
    }
)


def drawn_front(points: pd.DataFrame = POINTS, *, steps: bool = True) -> Chart:
    return front_chart(
        points,
        axes_labels=("Besoins", "Effort (€)"),
        writers=(number, euros),
        more_is_better=True,
        steps=steps,
        title="De 16 à 17 besoins",
        alt="De 16 à 17 besoins.",
        sources=SOURCES,
    )


CHARTS: dict[str, Callable[[], Chart]] = {
    "front": drawn_front,
    "requirements": lambda: requirement_chart(EFFECTS, title="Ce qui pèse", sources=SOURCES),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_width_sources_and_an_alternative(name: str) -> None:
    assert_readable(CHARTS[name], sources=SOURCES)


def test_every_compromise_is_named_and_the_kept_one_beside_the_front_is_said() -> None:
    said = words(drawn_front())
    assert {"A", "B", "retenu", "programme retenu, hors de ce front"} <= set(said)
    alone = words(drawn_front(POINTS.head(2)))
    assert not [text for text in alone if "retenu" in text]


def test_the_steps_join_the_compromises_only() -> None:
    steps, none = (
        [line for line in drawn_front(steps=steps).figure.findobj() if _is_step(line)]
        for steps in (True, False)
    )
    assert [list(line.get_xdata()) for line in steps] == [[16.0, 17.0]]
    assert none == []


def _is_step(artist: object) -> bool:
    return str(getattr(artist, "get_drawstyle", lambda: "")()).startswith("steps")


def test_every_effect_is_written_beside_its_bar_and_nothing_where_nothing_moves() -> None:
    chart = CHARTS["requirements"]()
    said = words(chart)
    assert {"−9 000 €", "−11 636 €, 5 besoins de moins", "plus aucun programme possible"} <= set(
        said
    )
    assert "un pas plus strict, −11 636 €, 5 besoins de moins".replace("11 636 €", "11 636") in (
        chart.alt.replace("\u202f", " ").replace("\u00a0", " ").replace("11 636 €", "11 636")
    )
    assert any("hachuré" in text for text in said)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(UsageError):
        requirement_chart(EFFECTS.head(0), title="Rien")
    with pytest.raises(UsageError):
        drawn_front(POINTS.drop(columns="kept"))
