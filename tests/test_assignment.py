"""Households to places: the arrays are the PuLP problem, and generalised assignment is solved."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from habitat_analysis.allocation.assignment import (
    Limit,
    Places,
    Stage,
    assignment_arrays,
    assignment_problem,
    best_assignment,
    complete,
    solve_in_turn,
)
from habitat_analysis.errors import UsageError
from habitat_analysis.programme.arrays import read_arrays
from habitat_analysis.programme.solving import solve


def generalised(seed, agents, jobs, *, correlated=False):
    """Draw an instance of the published shape: type C (Chu, Beasley 1997), or D if correlated.

    Weights 5..25, costs 10..50, capacity 80 % of the mean load. In type D cost and weight oppose
    each other, and proofs take minutes.
    """
    chance = np.random.default_rng(seed)
    weight = chance.integers(5, 26, (jobs, agents)).astype(float)
    cost = chance.integers(10, 51, (jobs, agents)).astype(float)
    if correlated:
        weight = chance.integers(1, 101, (jobs, agents)).astype(float)
        cost = 111 - weight + chance.integers(-10, 11, (jobs, agents))
    capacity = np.floor(0.8 * weight.sum(axis=0) / agents)
    return complete(capacity, weight, everyone=True), cost.ravel()


@pytest.mark.parametrize(
    ("jobs", "sense"), [*itertools.product((15, 30, 60), ("min", "max")), (100, "min")]
)
def test_five_agents_and_many_jobs_are_solved_to_proven_optimality(jobs, sense):
    places, value = generalised(jobs, 5, jobs)
    found = best_assignment(places, value, sense)
    assert found.status == "optimal"
    (step,) = found.steps
    assert step.bound == pytest.approx(step.value, abs=1e-6 * abs(step.value))
    assert step.value == value[found.pairs].sum()
    assert sorted(places.household[found.pairs]) == list(range(jobs))
    taken = np.bincount(places.place[found.pairs], weights=places.weight[found.pairs], minlength=5)
    assert (taken <= places.capacity).all()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("sense", ["min", "max"])
def test_small_instances_equal_every_assignment_tried(seed, sense):
    places, value = generalised(seed, 3, 6)
    weight, worth = places.weight.reshape(6, 3), value.reshape(6, 3)
    totals = [
        sum(worth[job, agent] for job, agent in enumerate(choice))
        for choice in itertools.product(range(3), repeat=6)
        if all(
            sum(weight[j, a] for j, a in enumerate(choice) if a == agent) <= places.capacity[agent]
            for agent in range(3)
        )
    ]
    found = best_assignment(places, value, sense)
    if not totals:
        assert found.status == "infeasible"
        return
    assert found.steps[0].value == (min if sense == "min" else max)(totals)


def test_dwellings_of_capacity_one_are_the_classical_assignment():
    chance = np.random.default_rng(4)
    cost = chance.integers(0, 1000, (40, 40)).astype(float)
    rows, columns = linear_sum_assignment(cost)
    found = best_assignment(
        complete(np.ones(40), np.ones((40, 40)), everyone=True), cost.ravel(), "min"
    )
    assert found.steps[0].value == cost[rows, columns].sum()


@pytest.mark.parametrize("everyone", [True, False])
def test_the_arrays_are_the_pulp_problem(everyone):
    chance = np.random.default_rng(5)
    kept = chance.random(24) < 0.7
    whole = complete(np.array([2.0, 3, 4]), chance.integers(1, 3, (8, 3)).astype(float))
    places = Places(
        households=8,
        capacity=whole.capacity,
        household=whole.household[kept],
        place=whole.place[kept],
        weight=whole.weight[kept],
        everyone=everyone,
        limits=(
            Limit(name="few", coefficients=chance.integers(-1, 2, kept.sum()).astype(float),
                  lower=-1, upper=3),
            Limit(name="some", coefficients=np.ones(kept.sum()), lower=2),
        ),
        fixed=(3,),
    )  # fmt: skip
    value = chance.integers(0, 9, kept.sum()).astype(float)
    written, direct = (
        read_arrays(assignment_problem(places, value, "max")),
        assignment_arrays(places, value, "max"),
    )
    order = [direct.names.index(name) for name in written.names]
    assert sorted(written.names) == sorted(direct.names)
    for name in ("lower", "upper", "integer", "cost"):
        assert (getattr(direct, name)[order] == getattr(written, name)).all()
    assert direct.maximise == written.maximise
    assert rules(written) == rules(direct, order)
    assert solve(assignment_problem(places, value, "max")).status == "optimal" or everyone


def rules(arrays, order=None):
    """Return the one-sided rules of a problem, whatever the rows they are written in."""
    dense = arrays.matrix.toarray()
    dense = dense if order is None else dense[:, order]
    found = set()
    for row, low, high in zip(dense, arrays.row_lower, arrays.row_upper, strict=True):
        if math.isfinite(low):
            found.add((tuple(-row), -low))
        if math.isfinite(high):
            found.add((tuple(row), high))
    return found


def test_stages_keep_what_was_reached_and_each_is_proved():
    places = complete(np.ones(2), np.ones((3, 2)))
    one = Stage(name="most", value=np.ones(6), sense="max")
    two = Stage(name="least", value=np.array([5.0, 1, 2, 2, 9, 9]), sense="min")
    three = Stage(name="none", value=np.array([0.0, 0, 0, 0, 1, 1]), sense="min")
    found = solve_in_turn(places, [one, two, three])
    assert [(step.name, step.value) for step in found.steps] == [
        ("most", 2.0), ("least", 3.0), ("none", 0.0)
    ]  # fmt: skip
    assert found.pairs.tolist() == [1, 2]
    assert found.steps[2].seconds == 0.0


def test_nothing_possible_is_infeasible():
    found = best_assignment(complete(np.ones(1), np.ones((2, 1)), everyone=True), np.ones(2), "max")
    assert (found.status, found.pairs.tolist(), found.steps) == ("infeasible", [], ())


def test_a_stage_stopped_before_any_answer_is_said():
    places, value = generalised(3, 5, 100, correlated=True)
    assert best_assignment(places, value, "min", time_limit_s=0.0).status == "no_solution"


def test_shapes_must_agree():
    with pytest.raises(UsageError, match="capacity"):
        complete(np.ones(2), np.ones((3, 3)))
