"""Charts of the montage: what they draw, what they say, in colour or in grey."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from habitat_analysis.errors import UsageError
from habitat_analysis.formats import NARROW, NBSP
from habitat_analysis.report import charts_montage as charts
from habitat_analysis.report.figures import Chart
from tests.report_samples import HOSTILE

SOURCES = "Sources : étude (2026) — édité le 22/11/2026"
STEPS = pd.DataFrame(
    {
        "step": ["Charge foncière", "Bâtiment", "TVA"],
        "amount_eur": [400_000.0, 1_500_000.0, 100_000.0],
        "kind": ["ht", "ht", "tva"],
    }
)
TREASURY = pd.DataFrame(
    [
        {"tenure": code, "year": year, "cumulative_eur": slope * (year - 3)}
        for code, slope in (("PLS", 900.0), ("PLAI", 1000.0))
        for year in range(1, 13)
    ]
)
HELD = pd.DataFrame(
    [{"typology": "T2", "year": year, "share": year / 10} for year in range(1, 11)]
    + [{"typology": "T3", "year": year, "share": year / 50} for year in range(1, 26)]
)
MAIN = {"PLAI": 8, "PLS": 6}
CHARTS: dict[str, Callable[[], Chart]] = {
    "waterfall": lambda: charts.cost_waterfall(STEPS, sources=SOURCES),
    "treasury": lambda: charts.treasury_curves(TREASURY, main_years=MAIN, sources=SOURCES),
    "shares": lambda: charts.sciapp_path(HELD, sources=SOURCES),
}


def words(chart: Chart) -> list[str]:
    return [plain(text.get_text()) for text in chart.figure.findobj(Text) if text.get_text()]


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NARROW, " ")


def panels(chart: Chart) -> list[Axes]:
    found: list[Axes] = chart.figure.findobj(Axes)
    return found


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_width_sources_and_an_alternative(name: str) -> None:
    chart = CHARTS[name]()
    picture = chart.png()
    assert struct.unpack(">I", picture[16:20])[0] == 1600
    assert picture == CHARTS[name]().png()
    assert SOURCES in words(chart)
    assert plain(chart.caption) in words(chart)
    assert any(sign.isdigit() for sign in chart.alt)
    assert chart.alt.endswith(".")
    assert not chart.alt.endswith("..")


def test_the_waterfall_goes_up_to_the_total() -> None:
    chart = CHARTS["waterfall"]()
    (axes,) = panels(chart)
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert bars == [
        (0.0, 400_000.0),
        (400_000.0, 1_900_000.0),
        (0.0, 1_900_000.0),  # before tax
        (1_900_000.0, 2_000_000.0),
        (0.0, 2_000_000.0),
    ]
    assert {"1 500 000 € (75,0 %)", "1 900 000 €", "2 000 000 €"} <= set(words(chart))
    assert plain(chart.alt) == (
        "Prix de revient : 1 900 000 € HT, 100 000 € de TVA, soit 2 000 000 € TTC. "
        "Étape la plus lourde : Bâtiment, 1 500 000 € (75,0 %)."
    )


def test_the_treasury_says_when_it_is_negative() -> None:
    chart = CHARTS["treasury"]()
    assert plain(chart.alt).startswith(
        "PLAI : la trésorerie est négative pendant le prêt principal de 8 ans, au plus bas "
        "−2 000 € en année 1, 5 000 € à son terme, 9 000 € en année 12."
    )
    never = TREASURY.assign(cumulative_eur=TREASURY["year"] * 10.0)
    assert "ne passe jamais sous zéro" in charts.treasury_curves(never, main_years=MAIN).alt


def test_lines_are_told_apart_without_their_colour() -> None:
    near, far = panels(CHARTS["treasury"]())
    for axes in (near, far):
        drawn = [line for line in axes.lines if line.get_label() in {"PLAI", "PLS"}]
        assert len({line.get_marker() for line in drawn}) == 2
        assert len({line.get_linestyle() for line in drawn}) == 2
    assert {"PLAI 9 k€", "PLS 8 k€"} <= {plain(text.get_text()) for text in far.texts}
    assert max(line.get_xdata().max() for line in near.lines[:2]) == 8
    marks = {float(line.get_xdata()[0]) for line in far.lines if line.get_linestyle() == ":"}
    assert {6.0, 8.0} <= marks


def test_labels_of_close_lines_do_not_cover_each_other() -> None:
    same = TREASURY.assign(cumulative_eur=TREASURY["year"] * 10.0)
    _, far = panels(charts.treasury_curves(same, main_years=MAIN))
    heights = [text.xy[1] for text in far.texts]
    assert abs(heights[0] - heights[1]) > 0.05 * (far.get_ylim()[1] - far.get_ylim()[0])


def test_shares_say_who_owns_in_full() -> None:
    alt = plain(CHARTS["shares"]().alt)
    assert alt == (
        "T2 : pleine propriété en année 10. T3 : 50,0 % des parts, pas la totalité, en année 25."
    )


def test_hostile_names_are_drawn_as_they_are() -> None:
    table = STEPS.assign(step=[HOSTILE, "$x$", "\\frac{1}"])
    chart = charts.cost_waterfall(table, title="$\\bad$", sources=HOSTILE)
    assert chart.png()
    assert "$x$" in words(chart)


@pytest.mark.parametrize("draw", [charts.cost_waterfall, charts.sciapp_path])
def test_empty_tables_are_refused(draw: Callable[[pd.DataFrame], Chart]) -> None:
    with pytest.raises(UsageError, match="Nothing to draw"):
        draw(pd.DataFrame())
