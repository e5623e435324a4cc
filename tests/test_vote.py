"""The vote: against pabutools on 200 elections, against every list of rooms, by hand."""

import itertools
import json
from fractions import Fraction
from pathlib import Path

import pytest

from habitat_analysis.allocation.vote import (
    Ballot,
    election,
    equal_shares,
    equal_shares_add1,
    greedy_approval,
    hold_vote,
    knapsack_approval,
    what_voters_get,
)
from habitat_analysis.errors import DataError, UsageError
from tests.elections.with_pabutools import ELECTIONS, KEPT, funded
from tests.worked_adapter import WORKED

RANDOM = json.loads(KEPT.read_text("utf-8"))
EXAMPLE = json.loads((WORKED / "13_shared_spaces_vote.json").read_text("utf-8"))["examples"][0]


def read(stated):
    return election(stated["costs"], stated["ballots"], stated["budget"])


def test_equal_shares_fund_what_pabutools_funds_on_200_elections():
    assert len(RANDOM) == ELECTIONS == 200
    lasting = {"add1_cost": 0, "add1_count": 0}
    for stated in RANDOM:
        vote, expected = read(stated), stated["funded"]
        for utility in ("cost", "count"):
            plain = equal_shares(vote, utility)
            raised = equal_shares_add1(vote, utility)
            assert list(plain.rooms) == expected[f"equal_shares_{utility}"], stated
            assert sorted(raised.rooms) == expected[f"add1_{utility}"], stated
            lasting[f"add1_{utility}"] += set(plain.rooms) != set(raised.rooms)
    assert min(lasting.values()) > 30  # elections that the completion changes


def test_greedy_funds_what_pabutools_funds_where_no_approvals_tie():
    """Pabutools spends what is left on rooms that nobody approves; here never."""
    untied = 0
    for stated in RANDOM:
        vote, expected = read(stated), stated["funded"]
        counts = [n for room in vote.costs if (n := vote.supporters(room))]
        if len(set(counts)) == len(counts):
            untied += 1
            wanted = [room for room in expected["greedy"] if vote.supporters(room)]
            assert sorted(greedy_approval(vote).rooms) == wanted, stated
    assert untied > 40


def test_knapsack_is_the_best_of_every_list_of_rooms():
    for stated in RANDOM:
        vote = read(stated)
        best = min(
            (-sum(map(vote.supporters, rooms)), vote.total(rooms), rooms)
            for size in range(len(vote.costs) + 1)
            for rooms in itertools.combinations(sorted(vote.costs), size)
            if vote.total(rooms) <= vote.budget
        )
        found = knapsack_approval(vote)
        assert (found.rooms, found.total) == (best[2], best[1])
        assert -best[0] == stated["funded"]["most_approvals"]


def test_the_answers_kept_are_those_of_the_pabutools_installed():
    pytest.importorskip("pabutools", reason="pabutools absent : réponses gardées seules")
    for stated in RANDOM:
        assert funded(stated) == stated["funded"]


def test_the_script_that_wrote_them_is_beside_them():
    assert KEPT.parent == Path(__file__).parent / "elections"


def test_greedy_by_hand():
    costs = {"a": 2, "b": 1, "c": 5, "d": 1, "e": 1}
    ballots = [["a", "b", "c", "d"], ["a", "b", "c"], ["c"]]
    found = greedy_approval(election(costs, ballots, 8))
    assert (found.rooms, found.total) == (("c", "b", "a"), 8)  # b is cheaper than a; e unwanted
    assert greedy_approval(election(costs, ballots, 4)).rooms == ("b", "a", "d")


def test_nobody_votes_and_nothing_is_funded():
    nobody = election({"a": 1}, [], 10)
    for outcome in (
        equal_shares(nobody, "cost"),
        equal_shares_add1(nobody, "count"),
        greedy_approval(nobody),
        knapsack_approval(nobody),
    ):
        assert (outcome.rooms, outcome.total) == ((), 0)


def test_no_float_is_rounded():
    """Ten ballots of a tenth of 0.3 pay exactly 0.3; in floats 0.1 + 0.2 would not do."""
    vote = election({"a": 0.1, "b": 0.2}, [["a", "b"]] * 3, 0.3)
    found = equal_shares(vote, "cost")
    assert (set(found.rooms), found.total) == ({"a", "b"}, Fraction(3, 10))
    assert dict(found.rho) == {"a": Fraction(1, 3), "b": Fraction(1, 3)}


def test_what_each_group_of_voters_gets_in_the_example():
    inputs = EXAMPLE["inputs"]
    vote = election(inputs["projects"], inputs["ballots"], inputs["budget"])
    equal = {g.approved: g for g in what_voters_get(vote, equal_shares(vote, "cost"))}
    greedy = {g.approved: g for g in what_voters_get(vote, greedy_approval(vote))}
    gardeners = ("atelier", "jardin_potager")
    assert equal[gardeners].ballots == 6
    assert (equal[gardeners].funded, equal[gardeners].spent) == (("atelier",), 44)
    assert (greedy[gardeners].funded, greedy[gardeners].spent) == (("jardin_potager",), 22)
    assert sum(group.ballots for group in equal.values()) == 24


def test_an_objection_makes_a_funded_room_to_discuss_and_its_words_stay_out():
    words = "le bruit sous ma chambre"
    ballots = [
        Ballot(approved=frozenset({"a"})),
        Ballot(approved=frozenset({"a"}), objections={"a": words, "b": words}),
    ]
    vote = hold_vote(election({"a": 1, "b": 1}, ballots, 1), "equal_shares_cost")
    assert (vote.outcome.rooms, vote.to_discuss) == (("a",), ("a",))
    assert set(vote.others) == {"equal_shares_count", "greedy", "knapsack"}
    assert set(vote.others_voters) == set(vote.others)
    assert words not in repr(vote)
    assert words not in repr(ballots)


def test_a_rule_must_be_known():
    with pytest.raises(UsageError, match="rule"):
        hold_vote(election({}, [], 0), "loudest")
    with pytest.raises(UsageError, match="step"):
        equal_shares_add1(election({"a": 1}, [["a"]], 1), "cost", step=0)


def test_every_fault_of_the_ballots_is_told_at_once():
    ballots = [["atelier"], ["ateleir"], Ballot(approved=frozenset(), objections={"cave": "non"})]
    with pytest.raises(DataError) as refused:
        election({"atelier": 0, "salle": float("nan")}, ballots, -1)
    assert refused.value.code == "E_BALLOT"
    faults = [fault.replace("\xa0", " ").replace("\u202f", " ") for fault in refused.value.faults]
    assert len(faults) == 5
    assert "votes, bulletin 2 : espace inconnu « ateleir ». Vouliez-vous « atelier » ?" in faults
    assert "non" not in [fault.split()[-1] for fault in faults]
