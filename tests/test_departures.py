"""After departures: against every allocation left, and what breaks an operation."""

import json

import pytest

from habitat_analysis.allocation.departures import (
    reallocate,
    resilience,
    waiting_list_length,
)
from habitat_analysis.allocation.proposal import allocate
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes
from habitat_analysis.errors import DataError, UsageError
from tests.allocation_enumeration import all_assignments, drawing, fairness, random_wishes
from tests.worked_adapter import WORKED
from tests.worked_calls.allocation import wishes as read_wishes

CASE = json.loads((WORKED / "12_allocation.json").read_text("utf-8"))["examples"]
NINE = read_wishes(CASE[0]["inputs"])
WITNESS = CASE[0]["expected"]["witness"]


@pytest.mark.parametrize("keep_housed", [False, True])
def test_departures_move_as_few_as_any_allocation_left(keep_housed):
    chance = drawing(31)
    moved = 0
    for _ in range(100):
        wishes = random_wishes(chance)
        before = allocate(wishes).assignment
        if not before:
            continue
        gone = chance.sample(sorted(before), min(len(before), chance.randint(1, 2)))
        stay = wishes.without_households(gone)
        held = {h: d for h, d in before.items() if h not in gone}

        def worth(a, held=held, stay=stay):
            same = sum(a.get(h) == d for h, d in held.items())
            still = sum(h in a for h in held)
            if keep_housed:
                return len(a), still, same, fairness(stay, a)
            return len(a), same, fairness(stay, a), still

        again = reallocate(wishes, before, gone, keep_housed=keep_housed)
        every = list(all_assignments(stay)) if stay.households else []
        if not stay.households or not every:
            assert again.allocation.housed == 0
            continue
        assert worth(again.allocation.assignment) == max(map(worth, every))
        assert {*again.kept, *again.moved, *again.lost} == set(held)
        assert len(again.kept) + len(again.moved) + len(again.entered) == again.allocation.housed
        moved += len(again.moved)
    assert moved


def test_a_pair_fixed_leaves_with_its_household():
    wishes = Wishes(
        dwellings=(Dwelling(id="D1"),),
        households=(Wisher(id="H1", ranking=("D1",)), Wisher(id="H2", ranking=("D1",))),
        fixed={"H1": "D1"},
    )
    again = reallocate(wishes, {"H1": "D1"}, ["H1"], seed=2)
    assert (again.entered, again.allocation.assignment) == (("H2",), {"H2": "D1"})


def test_an_unknown_departure_is_refused():
    with pytest.raises(DataError, match="inconnu") as refused:
        reallocate(NINE, WITNESS, ["H10", "X"])
    assert len(refused.value.faults) == 2
    with pytest.raises(DataError, match="ménage inconnu"):
        reallocate(NINE, {**WITNESS, "X": "D1"}, ["H3"])


def test_the_waiting_list_of_the_example_covers_one_departure_of_eight():
    table = resilience(NINE, WITNESS, needed=8, at_once=2)
    alone = {line.left[0]: line for line in table.departures if len(line.left) == 1}
    assert alone["H3"].housed == 8
    assert alone["H3"].entered == 1
    assert not alone["H3"].breaks
    for line in table.departures:
        assert line.missing == max(0, 8 - line.housed)
    for name in ("H6", "H8"):
        left = all_assignments(NINE.without_households([name]))
        assert alone[name].housed == max(map(len, left))
    pairs = [line for line in table.departures if len(line.left) == 2]
    assert len(pairs) == 28
    assert all(line.breaks for line in pairs)  # nine households for eight dwellings
    assert table.waiting_list == {
        size: max(line.missing for line in table.departures if len(line.left) == size)
        for size in (1, 2)
    }
    for names in table.breaking:
        assert not any(set(other) < set(names) for other in table.breaking)


def test_too_many_departures_to_try_are_refused():
    with pytest.raises(UsageError, match="sets of departures"):
        resilience(
            Wishes(
                dwellings=tuple(Dwelling(id=f"D{n}") for n in range(40)),
                households=tuple(Wisher(id=f"H{n}", ranking=(f"D{n}",)) for n in range(40)),
            ),
            {f"H{n}": f"D{n}" for n in range(40)},
            needed=1,
            at_once=3,
        )


@pytest.mark.parametrize(
    ("housed", "needed", "share", "confidence", "length"),
    [
        (1, 1, 0.5, 0.4, 0),  # stays once in two
        (1, 1, 0.5, 0.6, 1),
        (2, 2, 0.5, 0.74, 1),  # 1/4, 3/4, 1
        (2, 2, 0.5, 0.76, 2),
        (10, 8, 0.0, 0.99, 0),
        (10, 12, 0.0, 0.99, 2),
        (0, 3, 0.5, 0.9, 3),
    ],
)
def test_length_of_a_waiting_list(housed, needed, share, confidence, length):
    got = waiting_list_length(
        housed=housed, needed=needed, departure_share=share, confidence=confidence
    )
    assert got == length


def test_a_share_is_a_share():
    with pytest.raises(UsageError):
        waiting_list_length(housed=1, needed=1, departure_share=25, confidence=0.9)


def test_a_departure_that_leaves_no_allocation_breaks_whatever_the_waiting_list():
    bound = Bound(id="b", attribute="quartile", values=("Q1",), min=1)
    wishes = Wishes(
        dwellings=(Dwelling(id="D1"), Dwelling(id="D2")),
        households=(
            Wisher(id="H1", ranking=("D1",), attributes={"quartile": "Q1"}),
            Wisher(id="H2", ranking=("D2",), attributes={"quartile": "Q2"}),
        ),
        bounds=(bound,),
    )
    table = resilience(wishes, {"H1": "D1", "H2": "D2"}, needed=1)
    first, second = table.departures
    assert (first.possible, first.breaks, first.missing) == (False, True, None)
    assert (second.possible, second.breaks, second.missing) == (True, False, 0)
    assert table.breaking == (("H1",),)
    assert table.waiting_list == {1: 0}
