"""An assignment of everybody read in whole numbers, where its data are such numbers.

The exact method (`exact_assignment`) adds whole numbers only. Decimals are scaled, a common divisor
is taken out, and each household is counted from its cheapest place. Anything else is declined: the
solver takes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from habitat_analysis.allocation.knapsacks import NEVER, Whole
from habitat_analysis.allocation.relaxed_assignment import Dense
from habitat_analysis.programme.arrays import Vector

DECIMALS: Final = 3  # most that are scaled
WHOLE_ENOUGH: Final = 2.0**53  # above, a float no longer holds every whole number
FINEST: Final = 1024  # units of a multiplier in one step of the objective
COARSEST: Final = 16
MOST_PAIRS: Final = 6_000
MOST_CELLS: Final = 20_000_000  # of a table: 80 MB
NOISE: Final = 1e-9  # of a capacity

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scaled:
    """An assignment in whole numbers, and the way back.

    Attributes
    ----------
    dense
        Costs in units, counted for each household from its cheapest place.
    pair
        By household (row) and place (column), the pair of the caller; -1 where there is none.
    cheapest
        By household, what was taken out of its costs, in the unit of the caller.
    step
        What one step of the objective is worth, in the unit of the caller.
    """

    dense: Dense
    pair: Whole
    cheapest: Vector
    step: float

    def multipliers(self, prices: Vector) -> Whole:
        """Return prices of being placed, by household and in the unit of the caller."""
        steps = (prices - self.cheapest) / self.step
        return np.rint(steps * self.dense.unit).astype(np.int64)

    def steps(self, cost: float) -> int:
        """Return the fewest steps of the objective that are worth a cost or more."""
        return int(np.ceil((cost - self.cheapest.sum()) / self.step - NOISE))

    def cost(self, steps: int) -> float:
        """Return what a number of steps is worth."""
        return float(self.cheapest.sum()) + self.step * steps


def in_whole_numbers(
    *,
    households: int,
    capacity: Vector,
    household: Indices,
    place: Indices,
    weight: Vector,
    cost: Vector,
) -> Scaled | None:
    """Read an assignment where each household must have one place, costs to minimise.

    Parameters
    ----------
    households
        Number of households.
    capacity
        By place.
    household, place, weight, cost
        One entry a possible pair.

    Returns
    -------
    scaled
        None when a number has more than three decimals, a weight is below zero, a household has
        no place or a pair is written twice, or when it is too large for tables.

    Examples
    --------
    >>> scaled = in_whole_numbers(
    ...     households=2, capacity=np.array([30.0]), household=np.array([0, 1]),
    ...     place=np.array([0, 0]), weight=np.array([20.0, 10.0]), cost=np.array([0.5, 2.0]),
    ... )
    >>> scaled.dense.weight.ravel().tolist(), scaled.dense.capacity.tolist(), scaled.cost(0)
    ([2, 1], [3], 2.5)
    """
    shape = (households, len(capacity))
    seats = household * shape[1] + place
    complete = len(np.unique(household)) == households and len(np.unique(seats)) == len(seats)
    costs, weights = _whole(cost), _whole(weight)
    if not complete or costs is None or weights is None or (weight < 0).any():
        return None
    pair = np.full(shape, -1)
    pair[household, place] = np.arange(len(seats))
    allowed = pair >= 0
    whole_cost, cents = costs
    table = np.where(allowed, whole_cost[pair], np.iinfo(np.int64).max)
    table = np.where(allowed, table - table.min(axis=1, keepdims=True), 0)
    divisor = max(1, int(np.gcd.reduce(table, axis=None)))
    table //= divisor
    fitted = _fitted(pair, weights, capacity)
    unit = _unit(int(table.max()), households)
    if fitted is None or unit is None:
        return None
    least = np.full(households, np.inf)
    np.minimum.at(least, household, cost)
    dense = Dense(
        cost=table * unit, weight=fitted[0], capacity=fitted[1], allowed=allowed, unit=unit
    )
    return Scaled(dense=dense, pair=pair, cheapest=least, step=divisor / cents)


def _whole(values: Vector) -> tuple[Whole, int] | None:
    """Return the values times the smallest power of ten that makes them whole."""
    for decimals in range(DECIMALS + 1):
        cents = 10**decimals
        scaled = np.rint(values * cents)
        if (np.abs(scaled) < WHOLE_ENOUGH).all() and (scaled / cents == values).all():
            return scaled.astype(np.int64), cents
    return None


def _fitted(
    pair: Whole, weights: tuple[Whole, int], capacity: Vector
) -> tuple[Whole, Whole] | None:
    """Return weights and capacities in the largest unit, or None when tables would be too large."""
    whole, cents = weights
    weight = np.where(pair >= 0, whole[pair], 0)
    divisor = max(1, int(np.gcd.reduce(weight, axis=None)))
    weight //= divisor
    room = np.minimum(np.floor(capacity * cents / divisor + NOISE), weight.sum(axis=0))
    cells = (len(pair) + 1) * len(capacity) * (float(room.max(initial=0)) + 1)
    if (room < 0).any() or pair.size > MOST_PAIRS or cells > MOST_CELLS:
        return None
    return weight, room.astype(np.int64)


def _unit(largest: int, households: int) -> int | None:
    """Return the finest unit whose sums hold in a table, None when all are too coarse."""
    unit = FINEST
    while unit >= COARSEST and largest * unit > NEVER // (2 * households):
        unit //= 2
    return unit if unit >= COARSEST else None
