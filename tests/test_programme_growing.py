"""A relaxation that grows column by column equals the one given at once."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from habitat_analysis.programme.arrays import Arrays
from habitat_analysis.programme.solving import Growing, relax


def problem(seed, rows=6, columns=30):
    """Draw a covering problem: least cost, each row reached."""
    chance = np.random.default_rng(seed)
    matrix = chance.integers(0, 4, (rows, columns)).astype(float)
    matrix[:, 0] = 1.0
    return Arrays(
        names=tuple(f"x{k}" for k in range(columns)),
        rows=tuple(f"r{k}" for k in range(rows)),
        matrix=csr_array(matrix),
        row_lower=chance.integers(1, 9, rows).astype(float),
        row_upper=np.full(rows, np.inf),
        lower=np.zeros(columns),
        upper=np.full(columns, np.inf),
        integer=np.zeros(columns, dtype=bool),
        cost=chance.integers(1, 20, columns).astype(float),
    )


def part(arrays, columns):
    return replace(
        arrays,
        names=arrays.names[columns],
        matrix=csr_array(arrays.matrix.tocsc()[:, columns]),
        lower=arrays.lower[columns],
        upper=arrays.upper[columns],
        integer=arrays.integer[columns],
        cost=arrays.cost[columns],
    )


@pytest.mark.parametrize("seed", range(10))
def test_growing_by_parts_is_solving_the_parts_at_once(seed):
    whole = problem(seed)
    growing = Growing(part(whole, slice(0, 10)))
    for end in (10, 20, 30):
        proof, cold = growing.least(), relax(part(whole, slice(0, end)))
        assert proof.bound == pytest.approx(cold.objective)
        assert proof.multipliers @ whole.row_lower == pytest.approx(proof.bound)
        assert len(proof.point) == end
        new = part(whole, slice(end, end + 10))
        growing.add(new.matrix, new.cost)


def test_impossible_is_infinite_until_a_column_makes_it_possible():
    whole = problem(1)
    empty = csr_array(np.zeros((6, 1)))
    growing = Growing(replace(part(whole, slice(0, 1)), matrix=empty))
    assert growing.least().bound == np.inf
    growing.add(csr_array(np.ones((6, 1))), np.array([3.0]))
    assert growing.least().bound == 3 * whole.row_lower.max()
