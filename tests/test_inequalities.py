"""Inequalities that cannot all hold: against a linear program of SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from habitat_analysis.study.inequalities import conflict

COLUMNS = ("a", "b", "c", "d")
Row = tuple[tuple[int, ...], int]
ROWS = st.lists(
    st.tuples(st.tuples(*[st.integers(-2, 2)] * len(COLUMNS)), st.integers(-4, 4)),
    min_size=1,
    max_size=9,
)


def blamed(rows: Sequence[Row]) -> frozenset[int] | None:
    return conflict(
        [
            ({c: Fraction(v) for c, v in zip(COLUMNS, values, strict=True)}, Fraction(constant))
            for values, constant in rows
        ]
    )


def can_hold(rows: Sequence[Row]) -> bool:
    if not rows:
        return True
    answer = linprog(
        np.zeros(len(COLUMNS)),
        A_ub=-np.array([values for values, _ in rows], dtype=float),
        b_ub=np.array([constant for _, constant in rows], dtype=float),
        method="highs",
    )
    return bool(answer.status == 0)


@given(ROWS)
def test_a_conflict_is_found_exactly_when_a_linear_program_has_no_answer(rows: list[Row]) -> None:
    assert (blamed(rows) is None) == can_hold(rows)


@given(ROWS)
def test_the_inequalities_named_contradict_each_other_by_themselves(rows: list[Row]) -> None:
    found = blamed(rows)
    assert found is None or not can_hold([rows[rank] for rank in found])


def test_every_quantity_is_at_least_zero() -> None:
    assert blamed([((-1, 0, 0, 0), -1)]) == frozenset([0])
    assert blamed([((-1, 0, 0, 0), 0)]) is None
