"""Charts that compare: order, counts, and what they say."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from habitat_analysis import formats
from habitat_analysis.report import charts_comparison as charts
from habitat_analysis.report.figures import Chart
from tests.chart_checks import assert_readable, words

NAN = float("nan")
SOURCES = "Sources : étude (2026) — édité le 22/11/2026"
CONTRIBUTIONS = pd.DataFrame(
    {
        "site": ["B", "B", "A", "A", "C", "C"],
        "criterion": ["École", "Prix"] * 3,
        "contribution": [0.3, 0.4, 0.2, 0.5, 0.1, 0.1],
    }
)
SWEEP = pd.DataFrame(
    {
        "criterion": ["École", "École", "Prix", "Prix"],
        "change": [-0.5, 0.5, -0.5, 0.5],
        "rank": [1, 1, 2, 1],
    }
)
STRESSES = pd.DataFrame(
    {"case": ["Taux + 1 point", "Travaux + 10 %", "Prix − 5 %"], "delta": [-50.0, 400_000.0, NAN]}
)
SITES = pd.DataFrame(
    {
        "site": ["A", "B", "A"],
        "indicator": ["Coût HT (€/m² SU)", "Coût HT (€/m² SU)", "Part sociale"],
        "value": [2450.0, 2600.0, 0.4],
    }
)
CHARTS: dict[str, Callable[[], Chart]] = {
    "ranking": lambda: charts.ranking_chart(CONTRIBUTIONS, first=2, sources=SOURCES),
    "sweep": lambda: charts.weight_sweep_chart(SWEEP, sources=SOURCES),
    "sensitivity": lambda: charts.sensitivity_chart(
        STRESSES, effect="effort à réunir (€)", sources=SOURCES
    ),
    "comparison": lambda: charts.comparison_chart(
        SITES, writers={"Part sociale": formats.percent}, sources=SOURCES
    ),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_width_sources_and_an_alternative(name: str) -> None:
    assert_readable(CHARTS[name], sources=SOURCES)


def test_ranking_draws_the_first_sites_equal_ones_by_name() -> None:
    chart = CHARTS["ranking"]()
    sites = [word for word in dict.fromkeys(words(chart)) if word in {"A", "B", "C"}]
    assert sites == ["A", "B"]  # same score of 0,70: the name decides
    assert chart.caption.endswith("(2 sur 3)")
    assert "Premier site\u00a0: A, score 0,70" in chart.alt
    assert "« Prix »".replace(" ", "\u00a0") in chart.alt


def test_sweep_says_what_moves_the_first_site() -> None:
    assert CHARTS["sweep"]().alt == (
        "Le premier site change dans 1\u00a0cas sur 4, quand varie le poids de\u00a0: Prix."
    )
    still = charts.weight_sweep_chart(SWEEP.assign(rank=1))
    assert still.alt == "Le premier site reste premier dans les 4 cas."
    assert {"−50\u00a0%", "+50\u00a0%"} <= set(words(still))


def test_stresses_are_ordered_and_the_infeasible_one_is_said() -> None:
    chart = CHARTS["sensitivity"]()
    cases = [word for word in dict.fromkeys(words(chart)) if word in set(STRESSES["case"])]
    assert cases == ["Prix − 5 %", "Travaux + 10 %", "Taux + 1 point"]
    assert "Prix − 5 %\u00a0: infaisable." in chart.alt
    assert "+400\u202f000\u00a0€" in words(chart)
    assert "−50\u00a0€" in words(chart)


def test_comparison_keeps_missing_values() -> None:
    chart = CHARTS["comparison"]()
    assert "Part sociale\u00a0: A 40,0\u00a0%, B n. d." in chart.alt
    assert words(chart).count("n. d.") == 1
