"""Large assignments: the same total as every assignment tried, and bounds that hold."""

import numpy as np
import pytest

from habitat_analysis.allocation.assignment import (
    Limit,
    Places,
    Stage,
    assignment_arrays,
    best_assignment,
    solve_in_turn,
)
from habitat_analysis.allocation.large import broken_rules, largest_total
from habitat_analysis.allocation.pricing import Market, relax_by_pricing
from habitat_analysis.errors import UsageError
from habitat_analysis.programme.solving import relax
from tests.large_instances import drawn, every_assignment

EXACT = 1e-9


def shared(capacity, weight, limits=()):
    """One place, of which each household takes its weight."""
    n = len(weight)
    return Places(
        households=n, capacity=np.array([capacity]), household=np.arange(n),
        place=np.zeros(n, dtype=int), weight=np.array(weight), limits=limits,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(80))
def test_tiny_ones_equal_every_assignment_tried(seed):
    places, value = drawn(seed, households=1 + seed % 6, places=1 + seed % 4, limits=seed % 4)
    tried = list(every_assignment(places))
    found = largest_total(places, value, gap_rel=EXACT)
    first = largest_total(places, value, gap_rel=EXACT, housed_first=True)
    if not tried:
        assert found.status == first.status == "infeasible"
        assert found.value is None
        return
    assert found.status == "optimal"
    assert found.value == pytest.approx(max(value[chosen].sum() for chosen in tried))
    most = max(map(len, tried))
    best = max(value[chosen].sum() for chosen in tried if len(chosen) == most)
    assert (first.housed, first.value) == (most, pytest.approx(best))


@pytest.mark.parametrize("seed", [1, 2, 4, 5, 7, 9, 10, 14, 15, 16, 20, 21])
def test_middle_ones_equal_the_assignment_solved_whole(seed):
    places, value = drawn(seed, households=60, places=30, limits=5)
    whole = best_assignment(places, value, "max")
    found = largest_total(places, value, gap_rel=EXACT)
    assert found.status == whole.status
    if whole.status == "optimal":
        assert found.value == pytest.approx(whole.steps[0].value)
        assert broken_rules(places, found.pairs) == ()
        assert found.value == pytest.approx(value[found.pairs].sum())
        assert (found.place[places.household[found.pairs]] == places.place[found.pairs]).all()
        assert (found.place >= 0).sum() == found.housed


def test_most_housed_first_is_the_two_stages_in_turn():
    places, value = drawn(10, households=60, places=30, limits=5)
    stages = [
        Stage(name="housed", value=np.ones(places.pairs), sense="max"),
        Stage(name="total", value=value, sense="max"),
    ]
    housed, total = solve_in_turn(places, stages).steps
    found = largest_total(places, value, gap_rel=EXACT, housed_first=True)
    assert (found.housed, found.value) == (housed.value, pytest.approx(total.value))


def test_housing_more_may_total_less():
    garage = shared(2.0, [2.0, 1.0, 1.0])  # two cars, or one and one
    worth = np.array([10.0, 3.0, 3.0])
    assert largest_total(garage, worth).place.tolist() == [0, -1, -1]
    assert largest_total(garage, worth, housed_first=True).place.tolist() == [-1, 0, 0]


@pytest.mark.parametrize("seed", [6, 9, 11])
def test_few_pairs_are_solved_and_the_relaxation_is_that_of_all(seed):
    places, value = drawn(seed, households=600, places=40, limits=8)
    found = relax_by_pricing(Market(places, value))
    all_pairs = relax(assignment_arrays(places, value, "max"))
    assert found.bound == pytest.approx(all_pairs.objective)
    assert found.point @ value == pytest.approx(all_pairs.objective)
    assert found.columns < places.pairs / 2
    answer = largest_total(places, value)
    assert answer.bound <= found.bound + 1e-6
    assert answer.gap == pytest.approx((answer.bound - answer.value) / answer.bound)
    assert answer.gap <= 1e-4
    assert broken_rules(places, answer.pairs) == ()


@pytest.mark.parametrize("seed", range(6))
def test_no_assignment_exceeds_what_any_prices_bound(seed):
    places, value = drawn(11 + 7 * seed % 5, households=5, places=3, limits=2)
    market = Market(places, value)
    chance = np.random.default_rng(seed)
    for _ in range(20):
        outlook = market.outlook(chance.normal(0, 10, len(market.most)).cumsum())
        loss = market.loss(outlook)
        for chosen in every_assignment(places):
            reached = value[chosen].sum()
            assert reached <= outlook.bound + 1e-9
            assert all(reached <= outlook.bound - loss[pair] + 1e-9 for pair in chosen)


def few(name, counted, lower, upper=np.inf):
    return Limit(name=name, coefficients=np.array(counted), lower=lower, upper=upper)


def test_limits_that_no_assignment_keeps_are_named():
    limits = (few("all", [1.0, 1, 1], -np.inf, 9.0), few("two", [1.0, 1, 0], 2.0))
    found = largest_total(shared(1.0, [1.0, 1, 1], limits), np.ones(3))
    assert (found.status, found.conflict, found.value) == ("infeasible", ("two",), None)


def test_what_only_whole_numbers_forbid_is_infeasible_too():
    half = few("half", [2.0, 0.0], 1.0, 1.0)  # half a household
    found = largest_total(shared(2.0, [1.0, 1.0], (half,)), np.ones(2))
    assert (found.status, found.conflict) == ("infeasible", ())


def test_nobody_is_an_answer_unless_somebody_is_asked():
    nobody = shared(1.0, [])
    assert largest_total(nobody, np.zeros(0)).status == "optimal"
    asked = shared(1.0, [], (few("one", [], 1.0),))
    assert largest_total(asked, np.zeros(0)).status == "infeasible"


def test_worthless_pairs_are_left_alone():
    found = largest_total(shared(2.0, [1.0, 1.0]), np.array([-1.0, 2.0]))
    assert found.place.tolist() == [-1, 0]


def test_a_stopped_search_says_what_it_does_not_know():
    places, value = drawn(15, households=200, places=20, limits=6)
    found = largest_total(places, value, gap_rel=EXACT, time_limit_s=0.0)
    exact = largest_total(places, value, gap_rel=EXACT)
    assert exact.status == "optimal"
    assert exact.value <= found.bound + 1e-6
    assert found.status in ("feasible", "no_solution")
    assert (found.value is None) == (found.status == "no_solution") == (found.gap is None)


def test_each_broken_rule_is_counted_without_the_solver():
    places = shared(2.0, [2.0, 1.0], (few("none", [0.0, 1.0], 0.0, 0.0),))
    assert broken_rules(places, np.array([0])) == ()
    assert broken_rules(places, np.array([0, 1])) == ("place_0", "none")


@pytest.mark.parametrize("value", [np.ones(3), np.array([1.0, np.nan])])
def test_values_that_are_not_one_a_pair_are_refused(value):
    with pytest.raises(UsageError, match="finite value a pair"):
        largest_total(shared(1.0, [1.0, 1.0]), value)
