"""What each household is told is true: reasons, envy, swaps, the group's own allocation."""

import json

import pytest

from habitat_analysis.allocation.fairness import envy_report, explain
from habitat_analysis.allocation.imposed import judge_allocation
from habitat_analysis.allocation.proposal import allocate
from habitat_analysis.allocation.wishes import Dwelling, Wisher, Wishes
from habitat_analysis.errors import DataError
from tests.allocation_enumeration import (
    all_assignments,
    drawing,
    fairness,
    keeps,
    random_wishes,
)
from tests.worked_adapter import WORKED
from tests.worked_calls.allocation import wishes as read_wishes

CASE = json.loads((WORKED / "12_allocation.json").read_text("utf-8"))["examples"]
NINE = read_wishes(CASE[0]["inputs"])
WITNESS = CASE[0]["expected"]["witness"]


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_only_the_bound_forbids_the_swap_that_two_households_want():
    (swap,) = envy_report(NINE, WITNESS).swaps
    assert (swap.households, swap.bounds) == (("H1", "H5"), ("A_Q1_max1",))
    told = {line.household: line for line in explain(NINE, WITNESS)}
    first = told["H1"].preferred[0]
    assert (first.dwelling, first.rank, first.holder) == ("D1", 1, "H5")
    assert (first.reason, first.bounds, first.envy_justified) == ("bound", ("A_Q1_max1",), False)
    assert plain(first.sentence) == (
        "Logement « D1 », vœu 1 : la limite votée « A_Q1_max1 » l'interdit."
    )
    assert told["H3"].preferred == ()
    assert plain(told["H3"].sentence) == "Logement « D2 » proposé, vœu 1 sur 4."
    assert told["H2"].dwelling is None
    assert plain(told["H2"].sentence) == "Aucun logement proposé parmi 3 vœux."


def test_reasons_are_those_of_every_allocation_tried():
    """Among all allocations that give the dwelling to the household: the best decides."""
    chance = drawing(21)
    seen = set()
    for _ in range(40):
        wishes = random_wishes(chance)
        found = allocate(wishes, seed=1)
        if found.status != "optimal":
            continue
        every = list(all_assignments(wishes.without_bounds()))
        for told in explain(wishes, found.assignment):
            for line in told.preferred:
                gave = [a for a in every if a.get(told.household) == line.dwelling]
                within = [fairness(wishes, a) for a in gave if keeps(wishes, a)]
                best, free = max(within, default=None), max(fairness(wishes, a) for a in gave)
                seen.add(line.reason)
                if best == found.fairness:
                    assert line.reason == "draw"
                elif free >= found.fairness:
                    assert line.reason == "bound"
                    assert line.bounds
                elif best is None or best[0] < found.housed:
                    assert line.reason == "cardinality"
                else:
                    assert line.reason == "ranks"
    assert seen == {"draw", "bound", "cardinality", "ranks"}


def test_points_and_pairs_fixed_are_reasons():
    wishes = Wishes(
        dwellings=(Dwelling(id="D1"), Dwelling(id="D2")),
        households=(
            Wisher(id="H1", ranking=("D1", "D2"), points=2),
            Wisher(id="H2", ranking=("D1", "D2"), points=1),
        ),
    )
    found = allocate(wishes, points=True)
    assert found.assignment == {"H1": "D1", "H2": "D2"}
    assert explain(wishes, found.assignment, points=True)[1].preferred[0].reason == "points"
    fixed = wishes.with_fixed("H2", "D1")
    assert explain(fixed, {"H1": "D2", "H2": "D1"}, points=True)[0].preferred[0].reason == "fixed"


def test_envy_is_justified_by_points_unless_a_bound_would_break():
    chance = drawing(22)
    for _ in range(100):
        wishes = random_wishes(chance)
        found = allocate(wishes)
        report = envy_report(wishes, found.assignment)
        for envy in report.envies:
            one, other = wishes.household(envy.household), wishes.household(envy.envies)
            after = {h: d for h, d in found.assignment.items() if h != other.id}
            after[one.id] = envy.dwelling
            assert envy.justified == (one.points > other.points and keeps(wishes, after))
        if not wishes.bounds:
            assert report.swaps == ()  # a swap that both want would be fairer


def test_the_groups_own_allocation_is_judged_like_the_tools():
    good = judge_allocation(NINE, WITNESS)
    assert (good.broken, good.as_fair) == ((), True)
    assert good.allocation.fairness == good.best.fairness
    swapped = {**WITNESS, "H1": "D1", "H5": "D5"}
    own = judge_allocation(NINE, swapped)
    assert [plain(text) for text in own.broken] == [
        "Limite « A_Q1_max1 » non respectée : 2 au lieu de 1 au plus."
    ]
    assert not own.as_fair
    assert own.allocation.fairness > own.best.fairness


def test_an_allocation_less_fair_than_another_is_told_so():
    wishes = Wishes(
        dwellings=(Dwelling(id="D1"), Dwelling(id="D2")),
        households=(Wisher(id="H1", ranking=("D1", "D2")), Wisher(id="H2", ranking=("D2", "D1"))),
    )
    own = judge_allocation(wishes, {"H1": "D2", "H2": "D1"})
    assert not own.as_fair
    assert [line.preferred[0].reason for line in own.explanations] == ["better", "better"]
    outside = judge_allocation(wishes.with_fixed("H2", "D2"), {"H1": "D1"})
    assert [plain(text) for text in outside.broken] == [
        "Paire fixée défaite : ménage « H2 », logement « D2 »."
    ]
    stranger = Wishes(dwellings=wishes.dwellings, households=(Wisher(id="H1", ranking=("D1",)),))
    own = judge_allocation(stranger, {"H1": "D2"})
    assert plain(own.broken[0]) == "Ménage « H1 » : logement « D2 » absent de son classement."
    assert own.explanations[0].rank is None


def test_every_fault_of_an_allocation_typed_is_told_at_once():
    with pytest.raises(DataError) as refused:
        judge_allocation(NINE, {"H99": "D1", "H2": "D1", "H3": "D12"})
    assert [plain(fault) for fault in refused.value.faults] == [
        "voeux, allocation du groupe : ménage inconnu « H99 ». Vouliez-vous « H9 » ?",
        "voeux, ménage « H3 » : logement inconnu « D12 ». Vouliez-vous « D2 » ?",
        "voeux, logement « D1 » : donné à 2 ménages. Gardez-en un seul.",
    ]
