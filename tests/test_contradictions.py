"""Targets that contradict each other: never a feasible set refused, every made one named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.errors import DataError
from habitat_analysis.study import load_study
from habitat_analysis.study.contradictions import contradictions
from habitat_analysis.study.demands import demands_of
from habitat_analysis.study.programme import Programme
from tests.small_study import write_small_study

CODES = ("PLAI", "BRS", "LIBRE")
SIZES = ("T2", "T3")
CELLS = tuple(itertools.product(SIZES, CODES))
PLACES = {"PLAI": 0.5, "BRS": 1.0, "LIBRE": 1.2}
EQUAL = 1e-9

SHARES = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.33, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0])
Units = dict[tuple[str, str], int]


@st.composite
def bounds(draw: st.DrawFn) -> dict[str, float]:
    low, high = sorted((draw(SHARES), draw(SHARES)))
    kept = draw(st.sampled_from([("min",), ("max",), ("min", "max")]))
    return {key: value for key, value in (("min", low), ("max", high)) if key in kept}


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a small programme, many of them impossible."""
    low = draw(st.integers(0, 5))
    some = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)
    families = [
        {"id": f"f{i}", "libelle": f"Famille {i}", "statuts": draw(some), **draw(bounds())}
        for i in range(draw(st.integers(0, 3)))
    ]
    sizes = [
        {"id": f"t{size}", "typologies": [size], **draw(bounds())}
        for size in draw(st.lists(st.sampled_from(SIZES), unique=True))
    ]
    made: dict[str, Any] = {
        "typologies": [{"id": t, "shab_m2": 50, "part": 0.5} for t in SIZES],
        "statuts": list(CODES),
        "logements_min": low,
        "logements_max": max(1, low + draw(st.integers(0, 2))),
        "familles": families,
        "parts_de_typologies": sizes,
        "fixe": {
            "statuts": draw(st.dictionaries(st.sampled_from(CODES), st.integers(0, 4), max_size=2)),
            "logements": draw(
                st.dictionaries(
                    st.sampled_from(SIZES),
                    st.dictionaries(st.sampled_from(CODES), st.integers(0, 3), max_size=2),
                    max_size=2,
                )
            ),
        },
    }
    if draw(st.booleans()):
        made["places_max"] = draw(st.integers(0, 8))
    if draw(st.booleans()):
        first = draw(SHARES)
        groups = [
            {"id": "a", "libelle": "A", "statuts": ["PLAI"], "part": first},
            {"id": "b", "libelle": "B", "statuts": ["BRS", "LIBRE"], "part": round(1 - first, 2)},
        ]
        made["mixite_visee"] = {"groupes": groups, "ecart_max": draw(SHARES)}
    return made


def vectors(n: int) -> Iterator[Units]:
    """List every programme of `n` dwellings."""
    for cuts in itertools.combinations(range(n + len(CELLS) - 1), len(CELLS) - 1):
        edges = (-1, *cuts, n + len(CELLS) - 1)
        counts = [b - a - 1 for a, b in itertools.pairwise(edges)]
        yield dict(zip(CELLS, counts, strict=True))


def holds(made: dict[str, Any], units: Units) -> bool:
    """Check a programme against the demands as a planner would, on the file itself."""
    n = sum(units.values())

    def of(codes: Any = CODES, sizes: Any = SIZES) -> int:
        return sum(x for (t, u), x in units.items() if t in sizes and u in codes)

    def inside(rule: dict[str, Any], part: int) -> bool:
        low, high = rule.get("min", 0.0) * n, rule.get("max", 1.0) * n
        return low - EQUAL <= part <= high + EQUAL

    places = sum(PLACES[u] * x for (_, u), x in units.items())
    mix = made.get("mixite_visee")
    apart = sum(abs(of(g["statuts"]) - g["part"] * n) for g in mix["groupes"]) / 2 if mix else 0
    fixed = made["fixe"]
    return (
        all(inside(rule, of(rule["statuts"])) for rule in made["familles"])
        and all(inside(rule, of(sizes=rule["typologies"])) for rule in made["parts_de_typologies"])
        and all(of([u]) == k for u, k in fixed["statuts"].items())
        and all(units[t, u] == k for t, by in fixed["logements"].items() for u, k in by.items())
        and places <= made.get("places_max", math.inf) + EQUAL
        and (mix is None or apart <= mix["ecart_max"] * n + EQUAL)
    )


def feasible(made: dict[str, Any]) -> bool:
    counts = range(max(1, made["logements_min"]), made["logements_max"] + 1)
    return any(holds(made, units) for n in counts for units in vectors(n))


def found(made: dict[str, Any]) -> list[set[str]]:
    programme = Programme.model_validate(made)
    return [
        {".".join(str(key) for key in demand.keys[1:]) for demand in one.demands}
        for one in contradictions(programme, demands_of(programme, PLACES))
    ]


@settings(max_examples=300)
@given(programmes())
def test_a_set_of_demands_that_some_programme_meets_is_never_refused(made: dict[str, Any]) -> None:
    if feasible(made):
        assert found(made) == []
