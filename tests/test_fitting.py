"""Iterative proportional fitting: by hand, against another method, and what must not change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from habitat_analysis.errors import UsageError
from habitat_analysis.households.fitting import ipf, whole_table

SEED = np.array([[4.0, 3, 2, 1], [3, 4, 3, 2], [1, 2, 4, 4]])
ROWS, COLS = [90.0, 140, 70], [80.0, 75, 75, 70]


def test_an_even_seed_gives_independence():
    """Rows 3/4 and 1/4 of each half: 15, 15, 5, 5."""
    assert ipf([[1, 1], [1, 1]], [[30, 10], [20, 20]]).tolist() == [[15, 15], [5, 5]]


def test_zeros_stay():
    table = ipf([[1, 0], [1, 1]], [[10, 30], [25, 15]])
    assert table == pytest.approx(np.array([[10, 0], [15, 15]]))


def test_it_is_the_nearest_table_in_relative_entropy():
    """The dual, smooth and concave, is maximised by BFGS: another way to the same table."""

    def dual(x):
        table = SEED * np.exp(np.add.outer(x[:3], x[3:]))
        slope = np.concatenate([table.sum(axis=1) - ROWS, table.sum(axis=0) - COLS])
        return table.sum() - x[:3] @ ROWS - x[3:] @ COLS, slope

    found = minimize(dual, np.zeros(7), jac=True, method="BFGS", options={"gtol": 1e-8})
    nearest = SEED * np.exp(np.add.outer(found.x[:3], found.x[3:]))
    assert ipf(SEED, [ROWS, COLS]) == pytest.approx(nearest, rel=1e-6)


@st.composite
def cases(draw):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)))
    numbers = st.floats(0.1, 10)
    size = int(np.prod(shape))
    seed = np.array(draw(st.lists(numbers, min_size=size, max_size=size))).reshape(shape)
    margins = []
    for length in shape:
        margin = np.array(draw(st.lists(numbers, min_size=length, max_size=length)))
        margins.append(margin * 100 / margin.sum())
    return seed, margins


@given(cases())
def test_margins_are_met_in_any_number_of_dimensions(case):
    seed, margins = case
    table = ipf(seed, margins)
    for axis, margin in enumerate(margins):
        others = tuple(other for other in range(3) if other != axis)
        assert table.sum(axis=others) == pytest.approx(margin, abs=1e-6)


@given(st.permutations(range(3)), st.permutations(range(4)), st.floats(0.01, 100))
def test_order_of_categories_and_scale_of_the_seed_do_not_matter(rows, cols, scale):
    shuffled = ipf(
        scale * SEED[np.ix_(rows, cols)], [[ROWS[i] for i in rows], [COLS[j] for j in cols]]
    )
    assert shuffled == pytest.approx(ipf(SEED, [ROWS, COLS])[np.ix_(rows, cols)], rel=1e-6)


def test_odds_ratios_are_those_of_the_seed():
    table = ipf(SEED, [ROWS, COLS])
    for i in range(2):
        for j in range(3):
            got = table[i, j] * table[i + 1, j + 1] / (table[i, j + 1] * table[i + 1, j])
            assert got == pytest.approx(
                SEED[i, j] * SEED[i + 1, j + 1] / (SEED[i, j + 1] * SEED[i + 1, j])
            )


@given(st.integers(0, 500))
def test_whole_tables_keep_the_total_and_stay_within_one_of_the_quota(total):
    table = ipf(SEED, [ROWS, COLS])
    counts = whole_table(table, total)
    assert counts.sum() == total
    assert (np.abs(counts - table * total / table.sum()) < 1).all()


def test_official_totals_may_differ_by_a_rounding():
    table = ipf([[1, 1], [1, 1]], [[30.0, 10.0], [20.000004, 19.999999]])
    assert table.sum() == pytest.approx(40)


@pytest.mark.parametrize(
    ("seed", "rows", "cols", "code"),
    [
        (SEED, ROWS, [80, 75, 75, 80], "E_IPF_TOTALS"),
        (SEED * [[0], [1], [1]], ROWS, COLS, "E_IPF_ZERO_ROW"),
        (SEED * [1, 1, 0, 1], ROWS, COLS, "E_IPF_ZERO_COL"),
        ([[1, 0], [1, 1]], [30, 10], [20, 20], "E_IPF_NO_CONVERGENCE"),
        (SEED, ROWS[:2], COLS, "E_USAGE"),
        (-SEED, ROWS, COLS, "E_USAGE"),
        (SEED, [90, 140, float("nan")], COLS, "E_USAGE"),
    ],
)
def test_what_cannot_be_fitted(seed, rows, cols, code):
    with pytest.raises(UsageError) as error:
        ipf(seed, [rows, cols])
    assert error.value.code == code


def test_an_empty_row_with_an_empty_margin_is_fine():
    assert ipf([[0, 0], [1, 1]], [[0, 10], [5, 5]]).tolist() == [[0, 0], [5, 5]]
    assert ipf([[1, 1]], [[0], [0, 0]]).tolist() == [[0, 0]]
