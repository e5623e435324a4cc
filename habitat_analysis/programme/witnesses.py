"""Programmes met before, tried on another question: one that keeps its rules proves it possible.

Between two questions the sum to gather changes, so the equity and the top-up of a programme are
written again: equity first, up to its limit. Every row is then checked, so that whatever is found
is a solution; what is not found proves nothing.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from habitat_analysis.programme.arrays import Vector
from habitat_analysis.programme.duality import Matrix, Space

MOST_KEPT: Final = 64
EXACT: Final = 1e-9  # what a row may lack, relative to its bound: the tolerance of the solver


class Witnesses:
    """Solutions remembered, by column, the last ones first to go on being."""

    def __init__(self, *, total: int, balance: int, equity_row: int | None) -> None:
        """Know the rows that count the dwellings, cover the costs and limit the equity."""
        self._total, self._balance, self._equity_row = total, balance, equity_row
        self._kept: list[Vector] = []

    def add(self, solution: Vector) -> None:
        """Remember a solution, by column."""
        self._kept = [*self._kept[1 - MOST_KEPT :], solution]

    def any_in(self, space: Space, totals: list[int], *, equity: int, topup: int) -> bool:
        """Tell whether one of them keeps every row of a question.

        Parameters
        ----------
        space, totals
            The question, and the numbers of dwellings it is laid out for.
        equity, topup
            Columns of the money to gather.
        """
        if not self._kept or not totals:
            return False
        tried = np.array(self._kept)
        counts = np.rint(np.abs(tried @ space.matrix[self._total])).astype(int)
        position = {total: rank for rank, total in enumerate(totals)}
        known = np.array([count in position for count in counts], dtype=bool)
        if not known.any():
            return False
        tried = tried[known]
        ranks = [position[int(count)] for count in counts[known]]
        lower, upper = space.row_lower[ranks], space.row_upper[ranks]
        self._gather(tried, space.matrix, lower, upper, equity=equity, topup=topup)
        return bool(_kept_by(tried, space, lower, upper).any())

    def _gather(
        self,
        tried: Matrix,
        matrix: Matrix,
        lower: Matrix,
        upper: Matrix,
        *,
        equity: int,
        topup: int,
    ) -> None:
        """Write again what each programme must gather on this question."""
        tried[:, [equity, topup]] = 0.0
        need = np.maximum(0.0, lower[:, self._balance] - tried @ matrix[self._balance])
        most = np.inf if self._equity_row is None else upper[:, self._equity_row]
        tried[:, equity] = np.minimum(need, most)
        tried[:, topup] = need - tried[:, equity]


def _kept_by(tried: Matrix, space: Space, lower: Matrix, upper: Matrix) -> Any:
    """Tell which solutions keep every row and every bound of a column."""
    reached = tried @ space.matrix.T
    margin = EXACT * np.maximum(1.0, np.abs(reached))
    rows = (reached >= lower - margin) & (reached <= upper + margin)
    columns = (tried >= space.lower) & (tried <= space.upper)
    return rows.all(axis=1) & columns.all(axis=1)
