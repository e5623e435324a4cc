"""The exact method: knapsacks, bounds and answers, held to every assignment tried and to HiGHS."""

import itertools

import numpy as np
import pytest

from benchmarks.published_assignments import TYPES, draw
from habitat_analysis.allocation.assignment import (
    Placement,
    Places,
    Stage,
    assignment_arrays,
    best_assignment,
    complete,
    solve_in_turn,
)
from habitat_analysis.allocation.exact_assignment import prove
from habitat_analysis.allocation.knapsacks import forced, tails
from habitat_analysis.allocation.places import Limit, honoured
from habitat_analysis.allocation.relaxed_assignment import (
    Dense,
    ascend,
    narrowed,
    pair_bounds,
    relaxed,
    unsettled,
)
from habitat_analysis.allocation.whole_numbers import in_whole_numbers
from habitat_analysis.programme.solving import relax

UNIT = 1024


def dense(places, cost):
    """Read an instance in whole numbers, which it must have."""
    scaled = in_whole_numbers(
        households=places.households, capacity=places.capacity, household=places.household,
        place=places.place, weight=places.weight, cost=cost,
    )  # fmt: skip
    assert scaled is not None
    return scaled


def every_assignment(problem):
    """Yield each way to place everybody in the rooms, and its cost."""
    jobs, agents = problem.cost.shape
    rows = np.arange(jobs)
    for choice in itertools.product(range(agents), repeat=jobs):
        choice = np.array(choice)
        load = np.bincount(choice, weights=problem.weight[rows, choice], minlength=agents)
        if (load <= problem.capacity).all() and problem.allowed[rows, choice].all():
            yield choice, int(problem.cost[rows, choice].sum())


def small(seed, *, agents=3, jobs=6):
    chance = np.random.default_rng(seed)
    weight = chance.integers(0, 9, (jobs, agents))
    return Dense(
        cost=chance.integers(0, 12, (jobs, agents)) * UNIT,
        weight=weight,
        capacity=(chance.uniform(0.7, 1.3) * weight.sum(axis=0) / agents).astype(int),
        allowed=chance.random((jobs, agents)) < 0.9,
        unit=UNIT,
    ), chance.integers(-5 * UNIT, 12 * UNIT, jobs)


@pytest.mark.parametrize("seed", range(10))
def test_knapsacks_equal_every_set_tried(seed):
    problem, multipliers = small(seed)
    cost = problem.cost - multipliers[:, None]
    room = int(problem.capacity.max())
    tables = tails(cost, problem.weight, room, problem.allowed)
    inside, outside = forced(cost, problem.weight, problem.capacity, problem.allowed)
    sets = [np.array(x, dtype=bool) for x in itertools.product((False, True), repeat=6)]
    for place, capacity in enumerate(problem.capacity):
        possible = [
            (x, int(cost[x, place].sum()))
            for x in sets
            if problem.weight[x, place].sum() <= capacity and problem.allowed[x, place].all()
        ]
        for k in range(7):
            assert tables[k, place, capacity] == min(c for x, c in possible if not x[:k].any())
        for k in range(6):
            assert outside[k, place] == min(c for x, c in possible if not x[k])
            held = [c for x, c in possible if x[k]]
            assert inside[k, place] == min(held) if held else inside[k, place] > max(cost.max(), 0)


@pytest.mark.parametrize("seed", range(20))
def test_no_assignment_is_below_its_bounds_whatever_the_multipliers(seed):
    problem, multipliers = small(seed)
    known, _ = relaxed(problem, multipliers)
    better = ascend(problem, multipliers, beyond=known.bound + 30 * UNIT, deadline=np.inf)
    assert better.bound >= known.bound
    for proof in (known, better):
        bounds = pair_bounds(problem, proof)
        for choice, cost in every_assignment(problem):
            assert proof.bound <= cost
            assert (bounds[np.arange(6), choice] <= cost).all()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_closed_is_in_no_assignment_so_good(seed):
    problem, multipliers = small(seed)
    known, _ = relaxed(problem, multipliers)
    tried = list(every_assignment(problem))
    for within in (known.bound, min((c for _, c in tried), default=0), 40 * UNIT):
        left = narrowed(unsettled(problem, known), within=within, rounds=3, deadline=np.inf)
        good = [choice for choice, cost in tried if cost <= within]
        if left is None:
            assert good == []
            continue
        for choice in good:
            settled = left.place >= 0
            assert (choice[settled] == left.place[settled]).all()
            assert left.dense.allowed[np.arange(len(left.households)), choice[~settled]].all()


@pytest.mark.parametrize("seed", range(60))
def test_the_proof_equals_every_assignment_tried(seed):
    problem, multipliers = small(seed)
    costs = [cost for _, cost in every_assignment(problem)]
    if not problem.allowed.any(axis=1).all():
        return
    found = prove(problem, multipliers)
    if not costs:
        assert found.place is None
        return
    assert found.bound * UNIT == min(costs)
    assert min(costs) == problem.cost[np.arange(6), found.place].sum()
    load = np.bincount(found.place, weights=problem.weight[np.arange(6), found.place], minlength=3)
    assert (load <= problem.capacity).all()


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("jobs", "seed"), [(10, 1), (10, 2), (15, 15)])
def test_every_published_type_equals_highs(kind, jobs, seed):
    places, value, sense = draw(kind, 5, jobs, seed)
    found = best_assignment(places, value, sense)
    known = solve_in_turn(places, [Stage(name="value", value=value, sense=sense)])
    assert found.status == known.status
    assert [x.value for x in found.steps] == pytest.approx([x.value for x in known.steps])


@pytest.mark.parametrize("jobs", [15, 20, 30, 60, 100])
def test_the_hard_type_is_proven_up_to_a_hundred_jobs(jobs):
    places, value, sense = draw("D", 5, jobs, jobs)
    found = best_assignment(places, value, sense)
    (step,) = found.steps
    assert (found.status, step.bound, step.gap) == ("optimal", step.value, 0.0)
    assert step.value == value[found.pairs].sum()
    assert honoured(places, found.pairs)
    assert step.value > relax(assignment_arrays(places, value, sense)).objective


def test_more_agents_are_proven_too():
    places, value, sense = draw("C", 10, 60, 1)
    assert best_assignment(places, value, sense).status == "optimal"


def test_order_changes_nothing_but_names():
    places, value, _ = draw("D", 5, 25, 7)
    known = best_assignment(places, value, "min")
    mixed = np.random.default_rng(1).permutation(places.pairs)
    again = Places(
        households=25, capacity=places.capacity[::-1], household=24 - places.household[mixed],
        place=4 - places.place[mixed], weight=places.weight[mixed], everyone=True,
    )  # fmt: skip
    found = best_assignment(again, value[mixed], "min")
    assert found.steps[0].value == known.steps[0].value
    assert value[mixed][found.pairs].sum() == known.steps[0].value


@pytest.mark.parametrize("factor", [0.01, 0.25, 400.0])
def test_decimals_and_large_steps_are_scaled_and_read_back(factor):
    places, value, _ = draw("D", 4, 12, 3)
    known = best_assignment(places, value, "min")
    other = Places(
        households=12, capacity=places.capacity / 8, household=places.household,
        place=places.place, weight=places.weight / 8, everyone=True,
    )  # fmt: skip
    worth = np.round(-value * factor, 2)
    found = best_assignment(other, worth, "max")
    assert found.steps[0].value == pytest.approx(-known.steps[0].value * factor)


def test_what_is_no_whole_number_is_left_to_the_solver():
    places, value, _ = draw("D", 3, 8, 1)
    shape = {"households": 8, "capacity": places.capacity, "household": places.household,
             "place": places.place}  # fmt: skip
    assert in_whole_numbers(**shape, weight=places.weight, cost=value / 3) is None
    assert in_whole_numbers(**shape, weight=places.weight / 3, cost=value) is None
    assert in_whole_numbers(**shape, weight=-places.weight, cost=value) is None
    twice = {**shape, "household": np.zeros_like(places.household)}
    assert in_whole_numbers(**twice, weight=places.weight, cost=value) is None
    assert best_assignment(places, value / 3, "min").steps[0].value == pytest.approx(
        best_assignment(places, value, "min").steps[0].value / 3
    )


def test_ways_that_leave_the_same_room_are_kept_once():
    chance = np.random.default_rng(2)
    weight = np.repeat(chance.integers(1, 3, (40, 1)), 5, axis=1).astype(float)
    cost = chance.integers(0, 3, 200).astype(float)
    places = complete(np.full(5, weight.sum() / 25 + 5), weight, everyone=True)
    scaled = dense(places, cost)
    found = prove(scaled.dense, np.zeros(40, dtype=np.int64))
    known = solve_in_turn(places, [Stage(name="value", value=cost, sense="min")])
    assert scaled.cost(found.bound) == pytest.approx(known.steps[0].value)


def test_a_search_without_time_leaves_a_bound_and_no_answer():
    places, value, _ = draw("D", 5, 30, 30)
    scaled = dense(places, value)
    found = prove(scaled.dense, scaled.dense.cost.min(axis=1), time_limit_s=0.0)
    assert found.place is None
    assert scaled.cost(found.bound) <= best_assignment(places, value, "min").steps[0].value


def test_an_answer_stopped_before_its_proof_has_a_bound_below_it():
    places, value, sense = draw("D", 10, 100, 1)
    linear = relax(assignment_arrays(places, value, sense)).objective
    found = best_assignment(places, value, sense, time_limit_s=0.8)
    assert isinstance(found, Placement)
    assert found.status in ("feasible", "no_solution")
    for step in found.steps:
        assert linear - 1 <= step.bound < step.value == value[found.pairs].sum()
        assert step.gap == pytest.approx((step.value - step.bound) / step.value)


def test_rules_are_counted_from_the_pairs():
    two = complete(np.ones(2), np.ones((2, 2)), everyone=True)
    assert honoured(two, np.array([0, 3]))
    assert not honoured(two, np.array([0]))
    assert not honoured(two, np.array([0, 2]))
    most = Limit(name="most", coefficients=np.array([1.0, 0, 0, 1]), upper=1)
    limited = Places(
        households=2, capacity=two.capacity, household=two.household, place=two.place,
        weight=two.weight, limits=(most,), fixed=(1,),
    )  # fmt: skip
    assert honoured(limited, np.array([1, 2]))
    assert not honoured(limited, np.array([0, 3]))
    assert not honoured(limited, np.array([2]))
