"""The exact front against every programme of small cases, one by one."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.frontier import front, marginal_steps
from tests.programme_enumeration import MOST, all_programmes
from tests.programme_instances import Draw

PAIRS = (
    ("public_money", "housed"), ("public_money", "mix"), ("mix", "housed"),
    ("equity", "dwellings"), ("cost", "spaces"),
)  # fmt: skip
TRIPLES = (("public_money", "mix", "housed"), ("equity", "housed", "spaces"))
SAME = {"public_money": 2.0, "equity": 2.0, "cost": 2.0}  # euros; counts and mixes: 2e-4


@cache
def instance(seed: int) -> tuple[Case, dict[str, np.ndarray]]:
    """Return a small case with the objectives of all its programmes."""
    case = Draw(seed, large=False).case()
    return case, all_programmes(case)


def brute_front(seed: int, objectives: tuple[str, ...]) -> np.ndarray:
    """Return the values of all the programmes that no other beats, to be minimised."""
    _, figures = instance(seed)
    signs = [-1.0 if name in MOST else 1.0 for name in objectives]
    values = np.column_stack([s * figures[n] for s, n in zip(signs, objectives, strict=True)])
    values = np.unique(values.round(6), axis=0)
    kept = [
        row
        for row in values
        if not ((values <= row + 1e-9).all(axis=1) & (values < row - 1e-9).any(axis=1)).any()
    ]
    return np.array(kept).reshape(-1, len(objectives))


def found_front(case: Case, objectives: tuple[str, ...]) -> np.ndarray:
    found = front(case, objectives)
    assert found.complete
    signs = np.array([-1.0 if name in MOST else 1.0 for name in objectives])
    return found.table()[list(objectives)].to_numpy(dtype=float).reshape(-1, len(signs)) * signs


def assert_same_front(seed: int, objectives: tuple[str, ...]) -> None:
    """Each true compromise is reached, and each one found is true, to the tolerance of a stage."""
    true, found = brute_front(seed, objectives), found_front(instance(seed)[0], objectives)
    tolerance = np.array([SAME.get(name, 2e-4) for name in objectives])
    for row in true:
        assert (found <= row + tolerance).all(axis=1).any(), (objectives, row, found)
    for row in found:
        assert (abs(true - row) <= tolerance).all(axis=1).any(), (objectives, row, true)
    assert len(found) <= len(true)


@pytest.mark.parametrize("seed", range(3000, 3050))
def test_the_front_is_that_of_all_programmes(seed):
    assert_same_front(seed, PAIRS[seed % len(PAIRS)])
    assert_same_front(seed, TRIPLES[seed % len(TRIPLES)])


def test_the_fronts_of_the_sample_are_not_all_trivial():
    sizes = [len(brute_front(seed, TRIPLES[seed % len(TRIPLES)])) for seed in range(3000, 3050)]
    assert sum(size > 2 for size in sizes) >= 10
    assert 0 in sizes


def test_nothing_is_solved_twice():
    """A count that does not depend on the machine: three objectives cost little more than two."""
    case = Draw(3004, large=True).case()
    found = front(case, ("public_money", "mix", "housed"))
    assert found.complete
    assert found.solves <= 3 * len(found.points) + 12


def test_each_step_of_a_front_has_its_price():
    case = Draw(3002, large=True).case()
    found = front(case, ("public_money", "housed"))
    steps = marginal_steps(found, "housed", "public_money")
    points = found.table().sort_values("housed")
    assert len(steps) == len(points) - 1
    assert steps["cost_eur"].sum() == pytest.approx(
        points["public_money"].iloc[-1] - points["public_money"].iloc[0]
    )
    for before, after in pairwise(points["public_money"]):
        assert after > before


def test_a_front_stopped_by_time_says_so():
    found = front(Draw(3002, large=True).case(), ("public_money", "housed"), time_limit_s=0.0)
    assert (found.complete, found.status, found.points) == (False, "no_solution", ())


@pytest.mark.parametrize("objectives", [("housed",), ("housed", "cost", "mix", "equity")])
def test_a_front_opposes_two_or_three_objectives(objectives):
    with pytest.raises(UsageError, match="two or three"):
        front(Draw(1, large=False).case(), objectives)
