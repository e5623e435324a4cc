"""Assignment without the rows « one place each »: a bound, and the pairs no good answer holds.

Each household is paid a multiplier for being placed, and each place fills its own knapsack. For
any multipliers the total is a bound below every assignment (Lagrange); the best ones are looked
for by following who is placed twice or not at all. A pair whose bound, once forced, passes the
value sought is closed.

References
----------
M. Posta, J. A. Ferland, P. Michelon, « An exact method with variable fixing for solving the
generalized assignment problem », Computational Optimization and Applications, 2012.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from habitat_analysis.allocation.knapsacks import NEVER, Flags, Whole, forced, tails, taken

STEADY: Final = 10  # steps without a better bound after which they are halved
SHORTEST: Final = 0.02  # of the first step: below, nothing is gained any more
MEMORY: Final = 0.3  # of the last direction, kept in the next one
STEPS: Final = 300
FIXING_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dense:
    """An assignment in whole numbers, to minimise, where every household has one place.

    Attributes
    ----------
    cost, weight
        By household (row) and place (column); costs in units of which `unit` make the smallest
        step between two values.
    capacity
        By place.
    allowed
        Pairs still open.
    unit
        Units of `cost` in one step of the objective: values of answers are its multiples.
    """

    cost: Whole
    weight: Whole
    capacity: Whole
    allowed: Flags
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """Multipliers, one a household, and the bound they prove."""

    multipliers: Whole
    bound: int


def relaxed(dense: Dense, multipliers: Whole) -> tuple[Relaxed, Whole]:
    """Return the bound of the multipliers, and how many places too few each household has."""
    tables = tails(
        dense.cost - multipliers[:, None], dense.weight, int(dense.capacity.max()), dense.allowed
    )
    best = tables[0, np.arange(len(dense.capacity)), dense.capacity]
    missing = 1 - taken(tables, dense.weight, dense.capacity).sum(axis=1)
    bound = int(multipliers.sum()) + int(best.sum(dtype=np.int64))
    return Relaxed(multipliers=multipliers, bound=bound), missing


def ascend(dense: Dense, start: Whole, *, beyond: int, deadline: float) -> Relaxed:
    """Look for the multipliers of the largest bound, by steps towards the value sought.

    Parameters
    ----------
    dense
        The assignment.
    start
        First multipliers.
    beyond
        Value above which a bound need not be improved.
    deadline
        Reading of `time.perf_counter` after which the best known is returned.
    """
    best, missing = relaxed(dense, start)
    point, direction = start, np.zeros(len(start))
    largest = NEVER // (2 * len(start))
    length, steady = 1.0, 0
    for _ in range(STEPS):
        if best.bound > beyond or not missing.any() or time.perf_counter() > deadline:
            break
        if steady >= STEADY:
            length, steady = length / 2, 0
            point, direction = best.multipliers, np.zeros(len(start))
            if length < SHORTEST:
                break
        direction = missing + MEMORY * direction
        squared = max(1.0, float(direction @ direction))
        gain = length * (max(beyond - best.bound, 0) + dense.unit) / squared
        point = np.clip(np.rint(point + gain * direction).astype(np.int64), -largest, largest)
        found, missing = relaxed(dense, point)
        steady = 0 if found.bound > best.bound else steady + 1
        best = found if found.bound > best.bound else best
    return best


def pair_bounds(dense: Dense, known: Relaxed) -> Whole:
    """Return, for each pair, a value below every assignment that holds it.

    The household is inside that place and outside all the others: their knapsacks are filled
    again under this condition.
    """
    reduced = dense.cost - known.multipliers[:, None]
    inside, outside = forced(reduced, dense.weight, dense.capacity, dense.allowed)
    elsewhere = outside.sum(axis=1)[:, None] - outside
    bounds: Whole = known.multipliers.sum() + elsewhere + inside
    return bounds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Open:
    """What is left to decide of an assignment.

    Attributes
    ----------
    dense
        The households that have several places open, and what the others leave of the places.
    households
        Which they are in the whole assignment.
    place
        By household of the whole assignment, the place settled; -1 while several are open.
    settled
        Cost of what is settled.
    known
        Multipliers and bound of what is left.
    """

    dense: Dense
    households: Whole
    place: Whole
    settled: int
    known: Relaxed

    @property
    def bound(self) -> int:
        """A value below every assignment that agrees with what is settled."""
        return self.settled + self.known.bound


def unsettled(dense: Dense, known: Relaxed) -> Open:
    """Return an assignment of which nothing is decided."""
    everyone = np.arange(len(dense.cost))
    place = np.full(len(everyone), -1)
    return Open(dense=dense, households=everyone, place=place, settled=0, known=known)


def narrowed(whole: Open, *, within: int, rounds: int, deadline: float) -> Open | None:
    """Close the pairs that no assignment of value `within` or less holds.

    Returns
    -------
    left
        What is left to decide, with better multipliers; None when nothing is: no assignment has
        such a value.
    """
    left = whole
    for turn in range(rounds):
        if not len(left.households):
            break
        bounds = left.settled + pair_bounds(left.dense, left.known)
        allowed = left.dense.allowed & (bounds <= within)
        if not allowed.any(axis=1).all():
            return None
        fewer = int(allowed.sum()) < int(left.dense.allowed.sum())
        left = _settle(left, allowed)
        if (left.dense.capacity < 0).any() or left.bound > within:
            return None
        if not len(left.households) or not fewer or turn == rounds - 1:
            break
        known = ascend(
            left.dense, left.known.multipliers, beyond=within - left.settled, deadline=deadline
        )
        left = replace(left, known=known)
        if left.bound > within:
            return None
    return left


def _settle(left: Open, allowed: Flags) -> Open:
    """Place the households that have one place left, and take them out."""
    dense, free = left.dense, allowed.sum(axis=1) > 1
    rows = np.flatnonzero(~free)
    columns = allowed[rows].argmax(axis=1)
    place = left.place.copy()
    place[left.households[rows]] = columns
    capacity = dense.capacity.copy()
    np.subtract.at(capacity, columns, dense.weight[rows, columns])
    smaller = replace(
        dense,
        cost=dense.cost[free],
        weight=dense.weight[free],
        capacity=capacity,
        allowed=allowed[free],
    )
    multipliers = left.known.multipliers[free]
    known = Relaxed(multipliers=multipliers, bound=0)
    if len(multipliers) and (capacity >= 0).all():
        known = relaxed(smaller, multipliers)[0]
    return Open(
        dense=smaller,
        households=left.households[free],
        place=place,
        settled=left.settled + int(dense.cost[rows, columns].sum()),
        known=known,
    )
