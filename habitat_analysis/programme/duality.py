"""Bounds proved by multipliers alone: plain arithmetic, no solver.

Weak duality: for any multipliers of the rows, ``prices @ rows + reduced @ columns`` is at most the
least cost of the problem, whatever made them. Multipliers that the solver found for one number of
dwellings, or for one site, are therefore a proof that may be tried on any other: where they still
prove enough, no relaxation is solved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from habitat_analysis.programme.arrays import Vector

Matrix = npt.NDArray[np.float64]
FEASIBLE_NOISE: Final = 1e-6  # what multipliers must exceed zero by to prove an impossibility
NO_PRICE: Final = 1e-11  # a reduced cost below this is rounding
MOST_KEPT: Final = 96  # multipliers remembered for one goal: the oldest are forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The relaxations of one question, one for each number of dwellings.

    Attributes
    ----------
    matrix
        Coefficients, shape (rows, columns).
    row_lower, row_upper
        Bounds of the rows, shape (numbers of dwellings, rows).
    lower, upper
        Bounds of the columns.
    """

    matrix: Matrix
    row_lower: Matrix
    row_upper: Matrix
    lower: Vector
    upper: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A value that no solution goes below, and the multipliers that prove it, if any are known.

    With an infinite bound the multipliers prove that there is no solution. `point` is where the
    solver left the columns of the relaxation.
    """

    bound: float
    multipliers: Vector | None = None
    point: Vector | None = None


class Multipliers:
    """Multipliers that proved something once, tried together on other questions."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: list[Vector] = []

    def add(self, multipliers: Vector) -> None:
        """Remember multipliers of the rows."""
        self._kept = [*self._kept[1 - MOST_KEPT :], multipliers]

    def bounds(self, cost: Vector, space: Space) -> Vector:
        """Return, for each number of dwellings, the best bound they prove; -inf for none."""
        if not self._kept:
            return np.full(len(space.row_lower), -np.inf)
        best: Vector = weak_bounds(cost, space, np.array(self._kept)).max(axis=0)
        return best


def weak_bounds(cost: Vector, space: Space, multipliers: Matrix) -> Matrix:
    """Bound a minimum by each set of multipliers, for each number of dwellings.

    A multiplier that would need a bound its row does not have is left out: the others still prove
    what they prove.

    Parameters
    ----------
    cost
        Objective to minimise, by column.
    space
        The relaxations.
    multipliers
        Shape (sets, rows).

    Returns
    -------
    bounds
        Shape (sets, numbers of dwellings).

    Examples
    --------
    >>> space = Space(matrix=np.array([[2.0]]), row_lower=np.array([[3.0], [5.0]]),
    ...               row_upper=np.full((2, 1), np.inf), lower=np.zeros(1), upper=np.ones(1))
    >>> weak_bounds(np.array([1.0]), space, np.array([[0.5]])).tolist()  # x >= 1.5, x >= 2.5
    [[1.5, 2.5]]
    """
    no_least, no_most = np.isinf(space.row_lower).any(axis=0), np.isinf(space.row_upper).any(axis=0)
    useless = ((multipliers > 0) & no_least) | ((multipliers < 0) & no_most)
    prices = np.where(useless, 0.0, multipliers)
    reduced = cost - prices @ space.matrix
    reduced[np.abs(reduced) < NO_PRICE] = 0.0
    up, down = np.maximum(reduced, 0.0), np.minimum(reduced, 0.0)
    endless = (down < 0) & np.isinf(space.upper) | (up > 0) & np.isinf(space.lower)
    columns = up @ _finite(space.lower) + down @ _finite(space.upper)
    columns[endless.any(axis=1)] = -np.inf
    rows = np.maximum(prices, 0.0) @ _finite(space.row_lower).T
    rows += np.minimum(prices, 0.0) @ _finite(space.row_upper).T
    bounds: Matrix = rows + columns[:, None]
    return bounds


def _finite(values: Vector) -> Vector:
    return np.where(np.isinf(values), 0.0, values)
