"""Targets that contradict each other: never a feasible set refused, every made one named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
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

    def of(codes: Iterable[str] = CODES, sizes: Iterable[str] = SIZES) -> int:
        return sum(x for (t, u), x in units.items() if t in sizes and u in codes)

    def inside(rule: dict[str, Any], part: int) -> bool:
        low, high = float(rule.get("min", 0.0)) * n, float(rule.get("max", 1.0)) * n
        return low - EQUAL <= part <= high + EQUAL

    places = sum(PLACES[u] * x for (_, u), x in units.items())
    mix = made.get("mixite_visee")
    apart = sum(abs(of(g["statuts"]) - g["part"] * n) for g in mix["groupes"]) / 2 if mix else 0
    fixed = made["fixe"]
    return bool(
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


def refused(folder: Path, **programme: Any) -> list[str]:
    """Write the small study with other targets, expect it refused, give the faults."""
    path = write_small_study(folder, changes={"programme": BARE | programme})
    with pytest.raises(DataError) as refusal:
        load_study(path)
    return [fault.replace("\u00a0", " ").replace("\u202f", " ") for fault in refusal.value.faults]


BARE: dict[str, Any] = {
    "familles": [],
    "parts_de_typologies": [],
    "quartiles": [],
    "mixite_visee": None,
    "programme_impose": None,
    "fixe": {},
    "logements_ouverts_max": 2,
    "logements_min": 10,
    "logements_max": 20,
    "objectifs": ["effort"],
}


def family(name: str, *codes: str, **bounds: float) -> dict[str, Any]:
    return {"id": name, "libelle": name, "statuts": list(codes), **bounds}


SOCIAL = ("PLAI", "PLUS")
SALE = ("PSLA", "BRS")
REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "minimums of disjoint families": (
        {"familles": [family("Loc", *SOCIAL, min=0.6), family("Acc", *SALE, min=0.5)]},
        ["font 110 % des logements", "au moins 60 % de « Loc » (ligne", "« Acc » (ligne"],
    ),
    "three families two by two": (
        {
            "statuts": ["PLAI", "PLUS", "BRS"],
            "familles": [
                family("A", "PLAI", "PLUS", min=0.7),
                family("B", "PLUS", "BRS", min=0.7),
                family("C", "PLAI", "BRS", min=0.7),
            ],
        },
        ["ne peuvent pas être tenues ensemble", "« A »", "« B »", "« C »"],
    ),
    "maximums that cover all that is offered": (
        {
            "familles": [
                family("Loc", *SOCIAL, max=0.3),
                family("Acc", *SALE, max=0.3),
                family("Lib", "LIBRE", max=0.2),
            ]
        },
        ["font 80 % des logements, et rien d'autre n'est offert", "Relevez-en un"],
    ),
    "a family inside another": (
        {"familles": [family("P", "PLAI", min=0.5), family("Loc", *SOCIAL, max=0.4)]},
        ["« P » est compris dans « Loc »", "au moins 50 %", "au plus 40 %"],
    ),
    "sizes": (
        {
            "parts_de_typologies": [
                {"id": "petits", "typologies": ["T2"], "min": 0.7},
                {"id": "grands", "typologies": ["T4"], "min": 0.45},
            ]
        },
        ["font 115 % des logements", "« petits »", "« grands »"],
    ),
    "quartiles": (
        {"quartiles": [{"id": "Q1", "min": 0.6}, {"id": "Q2", "min": 0.6}]},
        ["font 120 % des ménages placés"],
    ),
    "a tenure not offered": (
        {"familles": [family("PLS", "PLS", min=0.2)]},
        ["au moins 20 % de « PLS », mais l'étude n'en offre aucun", "programme.statuts"],
    ),
    "all that is offered has a maximum": (
        {"statuts": ["PLAI", "PLUS"], "familles": [family("Loc", *SOCIAL, max=0.6)]},
        ["n'offre rien d'autre : cette part est de 100 %"],
    ),
    "more needs than dwellings": (
        {"besoins_couverts_min": 30},
        ["au plus 20 logements (ligne", "au moins 30 besoins couverts (ligne"],
    ),
    "a number fixed above the limit": (
        {"fixe": {"statuts": {"PLUS": 21}}},
        ["« programme.fixe.statuts.PLUS »", "au plus 20 logements", "21 logements PLUS fixés"],
    ),
    "cells above the number of their tenure": (
        {"fixe": {"statuts": {"BRS": 3}, "logements": {"T2": {"BRS": 2}, "T3": {"BRS": 2}}}},
        ["2 logements T2 BRS fixés", "2 logements T3 BRS fixés", "3 logements BRS fixés"],
    ),
    "nothing fixed against a share": (
        {"fixe": {"statuts": {"PLAI": 0}}, "familles": [family("P", "PLAI", min=0.2)]},
        ["au moins 20 % de « P » (ligne", "0 logement PLAI fixé (ligne"],
    ),
    "a tenure built only in one size": (
        {
            "fixe": {"statuts": {"PLAI": 8}, "logements": {"T3": {"PLAI": 0}, "T4": {"PLAI": 0}}},
            "parts_de_typologies": [{"id": "petits", "typologies": ["T2"], "max": 0.3}],
        },
        ["8 logements PLAI fixés", "0 logement T3 PLAI fixé", "au plus 30 % de « petits »"],
    ),
    "too far from the target mix": (
        {
            "familles": [family("Lib", "LIBRE", max=0.2)],
            "mixite_visee": {
                "groupes": [
                    {"id": "lib", "libelle": "L", "statuts": ["LIBRE"], "part": 0.8},
                    {"id": "loc", "libelle": "S", "statuts": ["PLUS"], "part": 0.2},
                ],
                "ecart_max": 0.1,
            },
        },
        ["un écart d'au plus 10 % à la mixité visée", "au plus 20 % de « Lib »"],
    ),
    "places": (
        {"places_max": 3},
        ["au moins 10 logements (ligne", "au plus 3 places de stationnement"],
    ),
    "no whole number in a share": (
        {
            "logements_min": 10,
            "logements_max": 11,
            "familles": [family("Loc", *SOCIAL, min=0.42, max=0.45)],
        },
        [
            "en logements entiers, aucun programme de 10 à 11 logements ne permet",
            "au moins 42 %",
            "au plus 45 %",
        ],
    ),
    "no whole numbers in shares together": (
        {
            "logements_min": 10,
            "logements_max": 10,
            "familles": [
                family("Loc", *SOCIAL, min=0.31),
                family("Acc", *SALE, min=0.31),
                family("Lib", "LIBRE", min=0.31),
            ],
        },
        [
            "en logements entiers, aucun programme de 10 logements ne permet",
            "« Loc »",
            "« Acc »",
            "« Lib »",
        ],
    ),
    "a mix out of reach of whole dwellings": (
        {
            "logements_min": 11,
            "logements_max": 11,
            "mixite_visee": {
                "groupes": [
                    {"id": "loc", "libelle": "L", "statuts": ["PLAI"], "part": 0.45},
                    {"id": "acc", "libelle": "A", "statuts": ["BRS"], "part": 0.55},
                ],
                "ecart_max": 0.0,
            },
        },
        ["aucun programme de 11 logements ne permet un écart d'au plus 0 %"],
    ),
    "a minimum above its maximum": (
        {"familles": [family("Loc", *SOCIAL, min=0.7, max=0.6)]},
        ["le minimum dépasse le maximum : au moins 70 % de « Loc »", "Échangez ou corrigez"],
    ),
    "fewest dwellings above the most": (
        {"logements_min": 40},
        ["le minimum dépasse le maximum : au moins 40 logements (ligne", "au plus 20 logements"],
    ),
    "a quartile no number of households can hold": (
        {
            "logements_max": 10,
            "besoins_couverts_min": 10,
            "quartiles": [{"id": "Q1", "min": 0.42, "max": 0.45}],
        },
        ["en ménages entiers, aucun programme de 10 ménages placés ne permet"],
    ),
    "an imposed programme of no dwelling": (
        {"programme_impose": {"logements": {"T2": None, "T3": None, "T4": None}}},
        ["« programme.programme_impose.logements »", "ne compte aucun logement"],
    ),
    "a decision on what is not offered": (
        {"fixe": {"logements": {"T3": {"PLS": 2}}}},
        ["« programme.fixe.logements.T3.PLS »", "est décidé mais l'étude ne l'offre pas"],
    ),
    "a mandatory room put aside": (
        {"fixe": {"espaces": {"salle_commune": False}}},
        ["« programme.fixe.espaces.salle_commune »", "ce local est écarté", "obligatoire: non"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_contradiction_is_named_with_its_lines_and_a_remedy(case: str, tmp_path: Path) -> None:
    changes, words = REFUSED[case]
    faults = refused(tmp_path, **changes)
    assert len(faults) == 1, faults
    assert faults[0].startswith("etude.yaml, ligne "), faults[0]
    for word in words:
        assert word in faults[0]


def test_independent_contradictions_are_all_named_at_once(tmp_path: Path) -> None:
    faults = refused(
        tmp_path,
        familles=[family("Loc", *SOCIAL, min=0.6), family("Acc", *SALE, min=0.5)],
        quartiles=[{"id": "Q1", "min": 0.6}, {"id": "Q2", "min": 0.6}],
        besoins_couverts_min=30,
        fixe={"espaces": {"salle_commune": False}},
    )
    assert len(faults) == 4


@settings(max_examples=300)
@given(programmes())
def test_what_is_named_contradicts_itself_and_needs_each_demand(made: dict[str, Any]) -> None:
    programme = Programme.model_validate(made)
    demands = demands_of(programme, PLACES)
    for one in contradictions(programme, demands):
        limits = [] if one.counts is None else [d for d in demands if d.kind == "total"]
        assert contradictions(programme, [*limits, *one.demands])
        for demand in one.demands:
            fewer = [*limits, *(other for other in one.demands if other is not demand)]
            left = contradictions(programme, fewer)
            if one.counts is None:  # in reals; whole numbers may still fail
                assert all(other.counts is not None for other in left)
            else:
                assert not left


@settings(max_examples=300)
@given(programmes())
def test_every_impossible_set_of_nested_families_is_refused(made: dict[str, Any]) -> None:
    laminar = not made.get("mixite_visee") and "places_max" not in made
    nested = all(
        set(a["statuts"]) <= set(b["statuts"])
        or set(b["statuts"]) <= set(a["statuts"])
        or not set(a["statuts"]) & set(b["statuts"])
        for a, b in itertools.combinations(made["familles"], 2)
    )
    if laminar and nested and not feasible(made):
        assert found(made) != []
