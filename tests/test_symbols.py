"""Symbols and score classes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.report import palette, symbols

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(SCORES)
def test_each_score_is_in_the_class_its_legend_says(scores: list[float]) -> None:
    scale = symbols.score_scale(scores)
    for score in scores:
        label = scale.symbol(score).label.replace(",", ".").split(" à ")
        low, high = float(label[0]), float(label[-1])
        slack = 0.005 if low == high else 1e-9  # one class alone is written rounded
        assert low - slack <= score <= high + slack


def test_classes_are_five_with_distinct_bounds() -> None:
    scale = symbols.score_scale([0.6123, 0.6127])
    assert scale.symbols[0].label == "0,61230 à 0,61238"
    assert len({symbol.label for symbol in scale.symbols}) == 5
    assert [symbol.fill for symbol in scale.symbols] == list(palette.SCORES)


def test_best_and_worst_are_at_the_ends() -> None:
    scale = symbols.score_scale([12.0, 40.0, 97.0])
    assert scale.symbol(97.0).fill == palette.SCORES[-1]
    assert scale.symbol(12.0).fill == palette.SCORES[0]
    assert scale.symbols[0].label == "12 à 29"


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_missing_score_is_hatched(nothing: float | None) -> None:
    scale = symbols.score_scale([0.5, math.nan])
    assert scale.symbol(nothing) is symbols.MISSING_SCORE
    assert symbols.MISSING_SCORE.hatch == "missing"
    assert symbols.MISSING_SCORE.fill == "#BDBDBD"
    assert symbols.score_scale([math.nan]).symbols  # a scale even so


def test_zones_have_the_colours_of_the_cnig() -> None:
    fills = {family: symbols.zone_symbol(family).fill for family in ("U", "AUc", "AUs", "A", "N")}
    assert fills == {
        "U": "#E60000",
        "AUc": "#FF6565",
        "AUs": "#FECCBE",
        "A": "#FFFF00",
        "N": "#56AA02",
    }
    assert symbols.zone_symbol("U").outline == "#343434"
    assert [f for f in fills if symbols.zone_symbol(f).hatch == "au"] == ["AUc", "AUs"]
    assert symbols.zone_symbol("Z").hatch == "missing"


def test_selected_site_is_outlined_and_starred() -> None:
    selected = symbols.SELECTED
    assert (selected.outline, selected.width, selected.kind) == ("#111111", 3, "star")


def test_unknown_levels_and_kinds_are_drawn_as_others() -> None:
    assert symbols.risk_symbol("violet", "bruit").label == "bruit, autre contrainte"
    assert symbols.risk_symbol("rouge").label == "zone rouge"
    assert symbols.point_symbol("piscine") == symbols.point_symbol("autre")
    kinds = ("arret", "ecole", "commerce", "autre")
    assert len({symbols.point_symbol(kind).glyph for kind in kinds}) == 4
