"""The group formed for a programme: members before candidates, quotas, and what they cost."""

import itertools

import numpy as np
import pytest

from habitat_analysis.feasibility.forming import Entrant, form
from habitat_analysis.feasibility.results_story import left_out_counts
from habitat_analysis.formats import typeset
from habitat_analysis.study import GroupQuota

CELLS = (("T2", "BRS"), ("T3", "PSLA"), ("T3", "PLUS"))


def entrant(name, cells, *, in_group=True, points=0.0, quartile="Q2"):
    return Entrant(
        id=name, in_group=in_group, cells=cells, points=points, attributes={"quartile": quartile}
    )


def quota(**bounds):
    return GroupQuota.model_validate(
        {"id": "q", "attribut": "quartile", "valeurs": ["Q1"], **bounds}
    )


def test_a_household_of_the_group_comes_before_a_candidate_with_more_points():
    one_place = {CELLS[0]: 1}
    found = form(
        [
            entrant("M1", CELLS[:1], points=1),
            entrant("C1", CELLS[:1], in_group=False, points=500),
        ],
        one_place,
        [],
        seed=7,
    )
    assert found.formed.members == {"M1": "T2 BRS"}
    (left,) = found.formed.left_out
    assert left.sentence == typeset(
        "Ménage « C1 » : les ménages du groupe passent avant les candidats."
    )


def test_points_are_split_from_the_priority():
    found = form(
        [
            entrant("M1", CELLS[:1], points=3),
            entrant("C1", CELLS[1:2], in_group=False, points=2.5),
        ],
        {CELLS[0]: 1, CELLS[1]: 1},
        [],
        seed=7,
    )
    assert found.worth(found.formed.points) == (1, 5.5)


def test_without_candidates_points_are_points():
    found = form([entrant("M1", CELLS[:1], points=3)], {CELLS[0]: 1}, [], seed=7)
    assert (found.priority, found.worth(found.formed.points)) == (0.0, (0, 3))


def test_tenants_are_proposed_and_those_without_a_cell_told_apart():
    found = form(
        [entrant("M1", CELLS[2:]), entrant("M2", ()), entrant("M3", CELLS[:1])],
        {CELLS[0]: 1, CELLS[1]: 0, CELLS[2]: 1},
        [],
        seed=7,
    )
    assert found.formed.candidates == {"M1": "T3 PLUS"}
    assert found.without_cell == ("M2",)
    assert (found.pool_size, found.group_size) == (3, 3)


def test_how_many_have_no_cell_cannot_be_subtracted():
    """The pool is told whole, and those without a cell with those whom no place suits."""
    alone = [entrant(f"M{n}", ()) for n in range(3)]
    others = [entrant(f"N{n}", CELLS[1:2]) for n in range(12)]
    one = form([*alone, *others, entrant("M9", CELLS[:1])], {CELLS[0]: 1, CELLS[1]: 0}, [], seed=7)
    assert (one.pool_size, one.group_size) == (16, 16)
    assert left_out_counts(one)["no_cell"] == 15


def test_a_quota_costs_a_household_of_the_group():
    entrants = [
        entrant("M1", CELLS[:1], quartile="Q4"),
        entrant("M2", CELLS[:1], quartile="Q4"),
        entrant("C1", CELLS[:1], in_group=False, quartile="Q1"),
    ]
    found = form(entrants, {CELLS[0]: 2}, [quota(min=0.5)], seed=7)
    assert set(found.formed.members) >= {"C1"}
    kept, free = found.worth(found.formed.points), found.worth(found.formed.points_without_quotas)
    assert (kept[0], free[0]) == (1, 2)


@pytest.mark.parametrize("seed", range(60))
def test_size_then_members_then_points_by_enumeration(seed):
    chance = np.random.default_rng(seed)
    entrants = [
        entrant(
            f"H{i}",
            tuple(cell for cell in CELLS if chance.random() < 0.6),
            in_group=bool(chance.random() < 0.5),
            points=float(chance.integers(0, 9)),
        )
        for i in range(5)
    ]
    places = {cell: int(chance.integers(0, 3)) for cell in CELLS}
    assert worth_of(form(entrants, places, [], seed=seed), entrants) == best(entrants, places)


@pytest.mark.parametrize("seed", range(60))
def test_pairs_fixed_are_in_whatever_they_cost(seed):
    """The best of all the groups that hold them, tried one by one."""
    chance = np.random.default_rng(100 + seed)
    entrants = [
        entrant(
            f"H{i}",
            tuple(cell for cell in CELLS if chance.random() < 0.6) or CELLS[:1],
            in_group=bool(chance.random() < 0.5),
            points=float(chance.integers(0, 9)),
        )
        for i in range(5)
    ]
    places = {cell: int(chance.integers(1, 3)) for cell in CELLS}
    fixed = {"H4": entrants[4].cells[0]}
    found = form(entrants, places, [], seed=seed, fixed=fixed)
    chosen = {**found.formed.members, **found.formed.candidates}
    assert chosen["H4"] == " ".join(fixed["H4"])
    assert worth_of(found, entrants) == best(entrants, places, fixed)


def test_who_has_no_place_because_of_a_pair_fixed_is_told_so():
    entrants = [entrant("M1", CELLS[:1], points=9), entrant("C1", CELLS[:1], in_group=False)]
    found = form(entrants, {CELLS[0]: 1}, [], seed=7, fixed={"C1": CELLS[0]})
    assert found.formed.members == {"C1": "T2 BRS"}
    (left,) = found.formed.left_out
    assert (left.reason, left.sentence) == (
        "fixed",
        typeset("Ménage « M1 » : les paires fixées par le groupe ne lui laissent pas de place."),
    )


def test_points_stay_the_reason_where_a_pair_fixed_changes_nothing():
    entrants = [
        entrant("M1", CELLS[:1], points=9),
        entrant("M2", CELLS[:1], points=5),
        entrant("M3", CELLS[:1], points=1),
    ]
    found = form(entrants, {CELLS[0]: 2}, [], seed=7, fixed={"M1": CELLS[0]})
    assert [line.reason for line in found.formed.left_out] == ["points"]


def test_a_pair_that_the_programme_or_the_quotas_forbid_counts_for_nothing():
    entrants = [entrant("M1", CELLS[:1], points=9), entrant("M2", CELLS[:1], quartile="Q1")]
    one, none = {CELLS[0]: 1}, {CELLS[0]: 0}
    all_q1 = [quota(min=1.0)]
    assert form(entrants, none, [], seed=7, fixed={"M1": CELLS[0]}).formed.members == {}
    found = form(entrants, one, all_q1, seed=7, fixed={"M1": CELLS[0]})
    assert found.formed.members == {"M2": "T2 BRS"}


def worth_of(found, entrants):
    """Households placed, those of the group among them, points of all."""
    chosen = {**found.formed.members, **found.formed.candidates}
    got = [one for one in entrants if one.id in chosen]
    return (len(got), sum(o.in_group for o in got), sum(o.points for o in got))


def best(entrants, places, fixed=None):
    """Try every set of households and every way to place it."""
    found = (0, 0, 0.0)
    for choice in itertools.product([None, *CELLS], repeat=len(entrants)):
        given = {one.id: cell for one, cell in zip(entrants, choice, strict=True)}
        if any(given[name] != cell for name, cell in (fixed or {}).items()):
            continue
        taken = [c for c in choice if c is not None]
        if any(taken.count(cell) > places[cell] for cell in set(taken)):
            continue
        if any(c is not None and c not in e.cells for c, e in zip(choice, entrants, strict=True)):
            continue
        inside = [e for c, e in zip(choice, entrants, strict=True) if c is not None]
        worth = (len(inside), sum(e.in_group for e in inside), sum(e.points for e in inside))
        found = max(found, worth)
    return found
