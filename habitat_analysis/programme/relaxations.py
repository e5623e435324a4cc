"""What the relaxations of a programme have proved, kept from one question to the next.

A relaxation is solved only when nothing known proves enough. The order in which numbers of
dwellings are then tried is that of their own relaxations, solved: what is remembered spares work
and changes no answer.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from habitat_analysis.programme.arrays import Vector
from habitat_analysis.programme.duality import FEASIBLE_NOISE, Matrix, Multipliers, Proof, Space
from habitat_analysis.programme.solving import Bounds

Aim = tuple[int, bool]  # row of the goal, whether it is maximised


class Relaxations:
    """Multipliers by goal, multipliers that prove an impossibility, and one warm solver."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._impossible = Multipliers()
        self._proved: dict[Aim, Multipliers] = {}
        self._bounds: Bounds | None = None
        self._compressed: tuple[Matrix, csr_array] | None = None
        self.solves = 0  # relaxations solved: a measure that does not depend on the machine

    def excluded(self, space: Space) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Tell which numbers of dwellings are proved impossible by what is remembered."""
        crossed = (space.row_lower > space.row_upper).any(axis=1)
        known = self._impossible.bounds(np.zeros(len(space.upper)), space) > FEASIBLE_NOISE
        result: np.ndarray[tuple[int], np.dtype[np.bool_]] = crossed | known
        return result

    def known(self, aim: Aim, cost: Vector, space: Space) -> Vector:
        """Bound the cost for each number of dwellings by what is remembered; -inf for nothing."""
        kept = self._proved.get(aim)
        return np.full(len(space.row_lower), -np.inf) if kept is None else kept.bounds(cost, space)

    def compressed(self, matrix: Matrix) -> csr_array:
        """Compress a matrix; most questions have that of the one before."""
        if self._compressed is None or not np.array_equal(self._compressed[0], matrix):
            self._compressed = (matrix, csr_array(matrix))
        return self._compressed[1]

    def solved(self, aim: Aim, cost: Vector, space: Space, position: int) -> Proof:
        """Solve the relaxation of one number of dwellings."""
        if self._bounds is None or not np.array_equal(self._bounds.matrix, space.matrix):
            self._bounds = Bounds(space.matrix, space.lower)
        self.solves += 1
        proof = self._bounds.least(
            cost, space.row_lower[position], space.row_upper[position], space.upper
        )
        if proof.multipliers is not None:
            impossible = np.isinf(proof.bound)
            kept = self._impossible if impossible else self._proved.setdefault(aim, Multipliers())
            kept.add(proof.multipliers)
        return proof
