"""Charts of one operation: what they draw and what they say."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from habitat_analysis.errors import UsageError
from habitat_analysis.report import charts, palette
from habitat_analysis.report.figures import Chart

NAN = float("nan")
SOURCES = "Sources : étude (2026) — édité le 22/11/2026"
PROGRAMME = pd.DataFrame(
    {
        "typology": ["T3", "T2", "T3", "T4"],
        "tenure": ["BRS", "PLUS", "PLUS", "VEFA"],
        "n": [4, 3, 2, 0],
    }
)
PLAN = pd.DataFrame(
    {
        "side": ["cost", "cost", "resource"],
        "label": ["Foncier", "Travaux", "Prêt"],
        "amount_eur": [500_000.0, 1_500_000.0, 1_900_000.0],
    }
)
PRICES = pd.DataFrame(
    {
        "tenure": ["PSLA", "LIBRE"],
        "price_eur_m2": [3150.0, 3900.0],
        "cap_eur_m2": [3100.0, NAN],
        "cost_eur_m2": [2950.0, NAN],
    }
)
CHARTS: dict[str, Callable[[], Chart]] = {
    "programme": lambda: charts.programme_chart(PROGRAMME, sources=SOURCES),
    "financing": lambda: charts.financing_chart(PLAN, tax="TTC", sources=SOURCES),
    "prices": lambda: charts.price_caps_chart(PRICES, basis="SU", tax="HT", sources=SOURCES),
}


def words(chart: Chart) -> list[str]:
    seen = {id(text): text.get_text() for text in chart.figure.findobj(Text)}
    return [text for text in seen.values() if text]


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_width_sources_and_an_alternative(name: str) -> None:
    chart = CHARTS[name]()
    picture = chart.png()
    assert struct.unpack(">I", picture[16:20])[0] == 1600
    assert picture == CHARTS[name]().png()
    assert SOURCES in words(chart)
    assert chart.caption in words(chart)
    assert len(chart.alt) > 40
    assert chart.alt.endswith(".")
    assert not chart.alt.endswith("..")


def test_programme_counts() -> None:
    chart = CHARTS["programme"]()
    assert chart.alt == (
        "9\u00a0logements\u00a0: PLUS 5 et BRS 4. Par typologie\u00a0: T2 3, T3 6 et T4 0."
    )
    assert {"PLUS", "BRS"} <= set(words(chart))
    assert "VEFA" not in words(chart)  # a tenure without a dwelling is not in the legend
    fills = {to_hex(bar.get_facecolor()).upper() for bar in bars(chart)}
    assert {palette.TENURES["PLUS"], palette.TENURES["BRS"]} <= fills
    hatches = {bar.get_hatch() for bar in bars(chart)}
    assert {palette.TENURE_HATCHES["PLUS"], palette.TENURE_HATCHES["BRS"]} <= hatches


def bars(chart: Chart) -> list[Rectangle]:
    return [patch for axes in chart.figure.findobj(_is_axes) for patch in axes.patches]


def _is_axes(artist: object) -> bool:
    return hasattr(artist, "patches") and hasattr(artist, "get_xlim")


def test_financing_says_the_gap() -> None:
    assert CHARTS["financing"]().alt.endswith("Écart\u00a0: −100\u202f000\u00a0€.")
    only_costs = charts.financing_chart(PLAN.head(2), tax="HT")
    assert only_costs.png()
    assert "Ressources\u00a0: 0\u00a0€" in only_costs.alt


def test_prices_over_their_ceiling_are_said() -> None:
    alt = CHARTS["prices"]().alt
    assert "plafond 3\u202f100\u00a0€ (dépassé de 50\u00a0€)" in alt
    assert "LIBRE\u00a0: prix 3\u202f900\u00a0€, sans plafond, coût n. d." in alt


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(UsageError, match="Nothing to draw"):
        charts.programme_chart(pd.DataFrame())


def test_dollars_are_drawn_as_they_are() -> None:
    hostile = PLAN.assign(label=["$x$", "a $ b", "\\frac{1}{2}$"])
    chart = charts.financing_chart(hostile, tax="HT", title="$\\badcommand$")
    assert chart.png()
    assert "$x$" in words(chart)
