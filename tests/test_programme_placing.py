"""Households placed without a solver: as many as by trying every way."""

import pytest

from habitat_analysis.programme.case import Case, NeedClass, ProgrammeRules, ShareRule
from habitat_analysis.programme.placing import place
from tests.programme_enumeration import most_housed, vectors
from tests.programme_instances import Draw, tenure, typology

CELLS = [("T2", "PLUS"), ("T3", "PLUS")]


def case(*classes, quartiles=()):
    return Case(
        typologies=(typology("T2"), typology("T3")),
        tenures=(tenure("PLUS"),),
        classes=classes,
        rules=ProgrammeRules(shab_max_m2=999.0, dwellings_max=9, quartiles=quartiles),
    )


def group(name, count, quartile, *typologies):
    return NeedClass(
        id=name, count=count, quartile=quartile, cells=tuple((t, "PLUS") for t in typologies)
    )


def counts(placements):
    return {(p.class_id, p.typology): p.count for p in placements}


def test_the_flexible_make_room_for_the_others():
    both, small = group("both", 2, "Q1", "T2", "T3"), group("small", 2, "Q2", "T2")
    placed = place(case(both, small), {("T2", "PLUS"): 2, ("T3", "PLUS"): 2})
    assert counts(placed) == {("both", "T3"): 2, ("small", "T2"): 2}


def test_a_quartile_rule_leaves_households_out_rather_than_break_it():
    rich = ShareRule(id="Q4", members=("Q4",), max=0.25)
    groups = group("rich", 9, "Q4", "T2"), group("poor", 4, "Q1", "T2")
    placed = place(case(*groups, quartiles=(rich,)), {("T2", "PLUS"): 9})
    assert counts(placed) == {("rich", "T2"): 1, ("poor", "T2"): 4}


def test_nobody_is_placed_when_the_rule_cannot_be_kept():
    poor = ShareRule(id="Q1", members=("Q1",), min=0.5)
    only_rich = case(group("rich", 5, "Q4", "T2"), quartiles=(poor,))
    assert place(only_rich, {("T2", "PLUS"): 5}) == ()


@pytest.mark.parametrize("units", [{}, {("T3", "PLUS"): 3}, {("T2", "PLUS"): 0}], ids=str)
def test_no_dwelling_that_suits_no_household(units):
    assert place(case(group("small", 2, "Q2", "T2")), units) == ()


def test_on_a_tie_the_first_quartiles_are_served_first():
    rules = tuple(ShareRule(id=q, members=(q,), max=0.9) for q in ("Q1", "Q2"))
    groups = group("b", 2, "Q2", "T2"), group("a", 2, "Q1", "T2")
    placed = place(case(*groups, quartiles=rules), {("T2", "PLUS"): 3})
    assert counts(placed) == {("a", "T2"): 2, ("b", "T2"): 1}


def test_quartiles_compete_two_by_two_for_the_same_dwellings():
    """Q1 and Q2 want the same two T2: five placed, two of them from Q3, would need three T2."""
    rules = tuple(ShareRule(id=q, members=(q,), max=0.4) for q in ("Q1", "Q2", "Q3"))
    groups = [group(q, 2, q, "T2") for q in ("Q1", "Q2")] + [group("Q3", 4, "Q3", "T3")]
    placed = place(case(*groups, quartiles=rules), {("T2", "PLUS"): 2, ("T3", "PLUS"): 4})
    assert counts(placed) == {("Q1", "T2"): 1, ("Q2", "T2"): 1, ("Q3", "T3"): 1}


def test_no_class_no_household():
    assert place(case(), {("T2", "PLUS"): 3}) == ()


@pytest.mark.parametrize("seed", range(60))
def test_as_many_as_by_trying_every_way(seed):
    drawn = Draw(5000 + seed, large=False).case()
    cells = [(t.id, u.id) for t in drawn.typologies for u in drawn.tenures]
    units = vectors([drawn.rules.dwellings_max] * len(cells))
    units = units[seed % 7 :: max(1, len(units) // 25)]
    for built, most in zip(units, most_housed(drawn, cells, units), strict=True):
        stock = dict(zip(cells, built.tolist(), strict=True))
        placed = place(drawn, stock)
        assert sum(p.count for p in placed) == most
        assert_kept(drawn, stock, placed)


def assert_kept(drawn, stock, placed):
    """Check every placement by the words of 5.3."""
    classes = {members.id: members for members in drawn.classes}
    for p in placed:
        assert (p.typology, p.tenure) in classes[p.class_id].cells
    for name, members in classes.items():
        assert sum(p.count for p in placed if p.class_id == name) <= members.count
    for cell, built in stock.items():
        assert sum(p.count for p in placed if (p.typology, p.tenure) == cell) <= built
    total = sum(p.count for p in placed)
    for rule in drawn.rules.quartiles:
        part = sum(p.count for p in placed if classes[p.class_id].quartile in rule.members)
        assert rule.min is None or part >= rule.min * total - 1e-6
        assert rule.max is None or part <= rule.max * total + 1e-6
