"""Groups against every group of small pools; candidates for the commission."""

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.allocation.commission import (
    Applicant,
    RentalCell,
    candidates_to_propose,
)
from habitat_analysis.allocation.formation import (
    Candidate,
    Pool,
    Quota,
    broken_quotas,
    check_pool,
    form_group,
)
from habitat_analysis.errors import DataError
from tests.allocation_enumeration import (
    best_group,
    drawing,
    have_places,
    in_shares,
    random_pool,
)
from tests.worked_adapter import WORKED
from tests.worked_calls.allocation import pool as read_pool

CASE = json.loads((WORKED / "17_group_formation.json").read_text("utf-8"))["examples"]
TWELVE = read_pool(CASE[0]["inputs"])


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_200_random_groups_have_the_points_of_the_best_of_all():
    chance = drawing(17)
    mixed = 0
    for _ in range(200):
        pool = random_pool(chance)
        group = form_group(pool)
        free = best_group(replace(pool, quotas=()))
        assert (group.size, group.points) == best_group(pool)
        assert (group.size_without_quotas, group.points_without_quotas) == free
        inside = {**group.members, **group.candidates}
        assert broken_quotas(pool, inside) == ()
        for cell, places in pool.cells.items():
            assert list(inside.values()).count(cell) <= places
        mixed += group.size > 0 and (group.size, group.points) != free
    assert mixed > 20


def test_the_reasons_of_those_left_out_are_those_of_every_group_tried():
    chance = drawing(18)
    seen = set()
    for _ in range(40):
        pool = random_pool(chance)
        group, best = form_group(pool), best_group(pool)
        free_best = best_group(replace(pool, quotas=()))
        for line in group.left_out:
            inside, free = (
                taking(pool, line.household),
                taking(replace(pool, quotas=()), line.household),
            )
            seen.add(line.reason)
            if line.reason == "draw":
                assert inside == best
            elif line.reason == "no_cell":
                cells = next(c.cells for c in pool.candidates if c.id == line.household)
                assert not any(pool.cells[cell] for cell in cells)
            else:
                assert inside is None or inside < best
                if line.reason == "points":
                    assert line.points_lost == best[1] - inside[1] > 0
                if line.reason == "quota":
                    assert inside is None or inside[0] < best[0] or free == free_best
        assert set(group.waiting_list) == {
            line.household for line in group.left_out if line.reason != "no_cell"
        }
    assert seen == {"draw", "no_cell", "points", "quota"}


def taking(pool, name):
    """Return size and points of the best group with a household in, None if there is none."""
    return max(groups_with(pool, name), default=None)


def groups_with(pool, name):
    for size in range(1, len(pool.candidates) + 1):
        for group in itertools.combinations(pool.candidates, size):
            names = [c.id for c in group]
            if name in names and in_shares(pool, group) and have_places(pool, group):
                yield size, float(sum(c.points for c in group))


def test_two_points_is_what_the_mix_of_the_example_costs():
    group = form_group(TWELVE, seed=1)
    assert (group.points, group.points_without_quotas, group.cost_of_mix) == (54, 56, 2)
    assert set(group.waiting_list) | set(group.members) == {c.id for c in TWELVE.candidates}
    told = {line.household: line for line in group.left_out}
    assert told["G04"].reason == "quota"
    assert plain(told["G04"].sentence) == (
        "Ménage « G04 » : les quotas votés pour la mixité l'écartent."
    )
    points = [c.points for name in group.waiting_list for c in TWELVE.candidates if c.id == name]
    assert points == sorted(points, reverse=True)


def test_households_of_rental_cells_are_candidates_and_not_members():
    pool = replace(TWELVE, rental=frozenset({"T2_loc", "T3_loc"}))
    group = form_group(check_pool(pool), seed=1)
    assert set(group.candidates.values()) == {"T2_loc", "T3_loc"}
    assert set(group.members.values()) == {"T2_acc", "T3_acc", "T4_acc"}
    assert (group.size, group.points) == (8, 54)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_names_and_order_change_nothing_but_the_names(seed, chance):
    pool = random_pool(drawing(seed))
    order = list(pool.candidates)
    chance.shuffle(order)
    other = replace(pool, candidates=tuple(replace(c, id=f"R{n:02}") for n, c in enumerate(order)))
    assert said(pool) == said(other)


def said(pool):
    group = form_group(pool, seed=9)
    inside = {**group.members, **group.candidates}
    return sorted(
        (c.cells, c.points, sorted(c.attributes.items()), c.id in inside) for c in pool.candidates
    )


def test_an_empty_pool_forms_an_empty_group():
    group = form_group(check_pool(Pool(candidates=(), cells={"T2": 1})), seed=1)
    assert (group.status, group.size, group.points, group.left_out) == ("optimal", 0, 0, ())


def test_every_fault_of_a_pool_is_told_at_once():
    pool = Pool(
        candidates=(
            Candidate(id="G1", cells=("T2",), attributes={"age": "65+"}),
            Candidate(id="G1", cells=()),
            Candidate(id="G2", cells=("T9",)),
        ),
        cells={"T2": 1, "T3": -1},
        quotas=(
            Quota(attribute="age", values=("65+",), min=0.5, max=0.2),
            Quota(attribute="agee", values=("65+",)),
            Quota(attribute="age", values=("65+",), max=25),
        ),
        rental=frozenset({"T4"}),
    )
    with pytest.raises(DataError) as refused:
        check_pool(pool)
    assert refused.value.code == "E_POOL"
    assert len(refused.value.faults) == 9
    assert any("Écrivez 0.25 pour 25 %" in plain(fault) for fault in refused.value.faults)


CELLS = (
    RentalCell(id="T2 PLAI", tenure="PLAI", dwellings=1),
    RentalCell(id="T3 PLUS", tenure="PLUS", dwellings=2),
)
TENANTS = (
    Applicant(id="M1", cells=("T2 PLAI", "T3 PLUS"), reservations=("Etat",), points=3),
    Applicant(id="M2", cells=("T3 PLUS",), points=5),
    Applicant(id="M3", cells=("T3 PLUS",), points=3),
)

MOST_PROPOSED = (
    "Au plus 2 ménages du groupe sur 3 pourraient être proposés ensemble, contingents réservés "
    "compris, sous réserve de la commission (CAL)."
)


def test_candidates_are_proposed_in_order_with_their_quotas():
    found = candidates_to_propose(CELLS, TENANTS, {"Etat": 1, "commune": 1})
    assert [(line.cell, line.order, line.household) for line in found.candidates] == [
        ("T2 PLAI", 1, "M1"), ("T3 PLUS", 1, "M2"), ("T3 PLUS", 2, "M1"), ("T3 PLUS", 2, "M3")
    ]  # fmt: skip
    assert found.candidates[0].reservations == ("Etat",)
    assert found.demand == {"T2 PLAI": 1, "T3 PLUS": 3}
    assert (found.unreserved, found.proposable) == (1, 2)
    assert [plain(text) for text in found.warnings] == [
        "Les réservations laissent 1 logement locatif pour 3 ménages locataires du groupe.",
        MOST_PROPOSED,
    ]


def test_no_warning_where_everybody_can_be_proposed():
    found = candidates_to_propose(CELLS, TENANTS, {"Etat": 0})
    assert (found.unreserved, found.proposable, found.warnings) == (3, 3, ())
    nobody = candidates_to_propose(CELLS, (), {"Etat": 3})
    assert (nobody.candidates, nobody.proposable, nobody.warnings) == ((), 0, ())


def test_every_fault_of_the_rental_part_is_told_at_once():
    with pytest.raises(DataError) as refused:
        candidates_to_propose(
            (
                RentalCell(id="T3", tenure="BRS", dwellings=1),
                RentalCell(id="T4", tenure="PLUX", dwellings=-1),
            ),
            (
                Applicant(id="M1", cells=("T5",), reservations=("Eta",)),
                Applicant(id="M1", cells=()),
            ),
            {"Etat": 4, "commune": -1},
        )
    assert refused.value.code == "E_COMMISSION"
    assert len(refused.value.faults) == 8
