"""The best assignment of everybody, weights unequal, proved without a solver.

Values are tried from the bound of the relaxation upwards. For each, pairs that cannot be in so
good an assignment are closed, then households are placed one after the other, all the ways at
once: a way is kept while the bound of what is left, read in a table, allows the value sought. The
first value that keeps a way to the end is the best, and the smaller ones are proved impossible.

References
----------
The sequence of values and the closing of pairs: Posta, Ferland, Michelon (2012), see
`relaxed_assignment`. The ways kept together: R. E. Marsten, T. L. Morin, « A hybrid approach to
discrete mathematical programming », Mathematical Programming 14, 1978.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from habitat_analysis.allocation.knapsacks import NEVER, Tables, Whole, tails
from habitat_analysis.allocation.relaxed_assignment import (
    FIXING_ROUNDS,
    Dense,
    Open,
    Relaxed,
    ascend,
    narrowed,
    pair_bounds,
    relaxed,
    unsettled,
)

Short = npt.NDArray[np.int16]

Tries = tuple[tuple[int, int], ...]  # rounds of closing, ways kept together at most

QUICK: Final[Tries] = ((1, 500),)  # with the first multipliers
QUICK_VALUES: Final = 4
THOROUGH: Final[Tries] = ((1, 10_000), (FIXING_ROUNDS, 3_000_000))  # some hundred megabytes
MERGED_FROM: Final = 1_000
LARGEST_KEY: Final = 2**63
MOST_TRIED: Final = 40_000_000  # ways kept in all, of all values: some twenty seconds
AMPLE: Final = 0.005  # of the spread of costs: how far above the first bound to aim
WIDER: Final = 1.25  # growth of the distance between the bound and the value tried
SHARPNESS: Final = 5.0  # how much the order of households weighs the best other places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proved:
    """What is known of the best assignment.

    Attributes
    ----------
    place
        By household, its place in a best assignment; None when the search was given up.
    bound
        Value, in steps of the objective, below which there is no assignment.
    """

    place: Whole | None
    bound: int


class GivenUp(Exception):  # noqa: N818  a way out, not a fault
    """There are too many ways to keep, or no time left."""


class TooMany(GivenUp):
    """More ways than asked must be kept for one household."""


@dataclass(slots=True)
class Effort:
    """What may still be spent."""

    deadline: float
    ways: int = MOST_TRIED

    def spend(self, ways: int) -> None:
        """Count the ways kept at one household."""
        self.ways -= ways
        if self.ways < 0 or time.perf_counter() > self.deadline:
            raise GivenUp


def prove(
    dense: Dense, start: Whole, *, beaten: int | None = None, time_limit_s: float | None = None
) -> Proved:
    """Find a best assignment and prove it.

    Parameters
    ----------
    dense
        The assignment.
    start
        First multipliers, one a household: the prices of the linear relaxation do well.
    beaten
        A bound already known, in steps of the objective: the search is given up at once when the
        first one proves no more. A solver is then as well informed.
    time_limit_s
        Seconds allowed; None for no limit but that of the ways kept.

    Returns
    -------
    proved
        An assignment whose value is the bound, or the bound alone.

    Examples
    --------
    >>> costs, takes = np.array([[3, 9], [2, 9], [1, 2]]) * 64, np.array([[2, 2], [2, 2], [1, 1]])
    >>> room, all_open = np.array([3, 3]), np.ones((3, 2), dtype=bool)
    >>> two_places = Dense(cost=costs, weight=takes, capacity=room, allowed=all_open, unit=64)
    >>> found = prove(two_places, costs.min(axis=1))
    >>> found.place.tolist(), found.bound
    ([1, 0, 0], 12)
    """
    limit = math.inf if time_limit_s is None else time_limit_s
    effort = Effort(deadline=time.perf_counter() + limit)
    known = relaxed(dense, start)[0]
    least = -(-known.bound // dense.unit)
    quick = _from(unsettled(dense, known), range(least, least + QUICK_VALUES), QUICK, effort)
    if quick.place is not None:
        return quick
    first = _first(dense, known, effort)
    low = max(quick.bound, -(-first.bound // dense.unit))
    if beaten is not None and low <= beaten:
        return Proved(place=None, bound=low)
    return _from(unsettled(dense, first), _values(dense, first.bound, low), THOROUGH, effort)


def _values(dense: Dense, bound: int, low: int) -> Iterator[int]:
    """Yield the values to try, up to that of everybody in the dearest place."""
    worst = int(np.where(dense.allowed, dense.cost, 0).max(axis=1).sum()) // dense.unit
    value = low
    while value <= worst:
        yield value
        further = int(bound + WIDER * (value * dense.unit - bound)) // dense.unit
        value = max(value + 1, further)


def _from(whole: Open, values: Iterable[int], tries: Tries, effort: Effort) -> Proved:
    """Try values, the least first, until one is reached or too many ways would be kept."""
    dense, low = whole.dense, None
    for value in values:
        low = value if low is None else low
        try:
            place = _within(whole, value * dense.unit, tries, effort)
        except GivenUp:
            break
        if place is not None:
            best = int(dense.cost[np.arange(len(place)), place].sum())
            return Proved(place=place, bound=best // dense.unit)
        low = value + 1
    return Proved(place=None, bound=-(-whole.bound // dense.unit) if low is None else low)


def _first(dense: Dense, known: Relaxed, effort: Effort) -> Relaxed:
    """Return good multipliers, from where the values tried begin."""
    dearest = np.where(dense.allowed, dense.cost, 0).max(axis=1)
    cheapest = np.where(dense.allowed, dense.cost, NEVER).min(axis=1)
    beyond = known.bound + dense.unit + int(AMPLE * int((dearest - cheapest).sum()))
    return ascend(dense, known.multipliers, beyond=beyond, deadline=effort.deadline)


def _within(whole: Open, within: int, tries: Tries, effort: Effort) -> Whole | None:
    """Return the best assignment of value `within` or less; None when there is none.

    Most often the ways are few at once; better multipliers are looked for only if they are not.
    """
    for rounds, most in tries:
        left = narrowed(whole, within=within, rounds=rounds, deadline=effort.deadline)
        if left is None or not len(left.households):
            return None if left is None or left.settled > within else left.place
        try:
            found = _ways(_ordered(left, within), within - left.settled, effort, most)
        except TooMany:
            continue
        return found
    raise GivenUp


def _ordered(left: Open, within: int) -> Open:
    """Put first the households with the fewest likely places, so that ways are few for long."""
    dense, room = left.dense, within - left.settled - left.known.bound + left.dense.unit
    excess = np.maximum(pair_bounds(dense, left.known) - left.known.bound, 0)
    likely = np.where(dense.allowed, np.exp(-SHARPNESS * excess / room), 0.0).sum(axis=1)
    order = np.argsort(likely, kind="stable")
    return Open(
        dense=Dense(
            cost=dense.cost[order], weight=dense.weight[order], capacity=dense.capacity,
            allowed=dense.allowed[order], unit=dense.unit,
        ),
        households=left.households[order],
        place=left.place,
        settled=left.settled,
        known=Relaxed(multipliers=left.known.multipliers[order], bound=left.known.bound),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """Ways to place the first households, one an entry.

    Attributes
    ----------
    cost
        Reduced cost of each way.
    rooms
        By place, what each way leaves of it.
    origin, place
        The way of the household before that each continues, and the place it adds.
    """

    cost: Tables
    rooms: list[Tables]
    origin: Tables
    place: Short


def _ways(left: Open, within: int, effort: Effort, most: int) -> Whole | None:
    """Place the households one after the other, all the ways at once; return the best way."""
    dense = left.dense
    reduced = dense.cost - left.known.multipliers[:, None]
    tables = tails(reduced, dense.weight, int(dense.capacity.max()), dense.allowed)
    limit = within - int(left.known.multipliers.sum())
    none, nowhere = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int16)
    rooms = [np.full(1, capacity, dtype=np.int32) for capacity in dense.capacity.tolist()]
    sizes = dense.capacity + 1
    ways, trail = Ways(cost=none, rooms=rooms, origin=none, place=nowhere), []
    for k, after in enumerate(tables[1:]):
        options = [
            (i, int(reduced[k, i]), int(dense.weight[k, i]))
            for i in np.flatnonzero(dense.allowed[k]).tolist()
        ]
        ways = _merged(_continued(ways, options, after, limit), sizes)
        effort.spend(len(ways.cost))
        if not len(ways.cost):
            return None
        if len(ways.cost) > most:
            raise TooMany
        trail.append((ways.origin, ways.place))
    place = left.place.copy()
    place[left.households] = _followed(trail, int(ways.cost.argmin()))
    return place


def _continued(ways: Ways, options: list[tuple[int, int, int]], after: Tables, limit: int) -> Ways:
    """Add one household to every way, in each of its places (place, cost, weight)."""
    least = [table[room] for table, room in zip(after, ways.rooms, strict=True)]
    bound = ways.cost + sum(least)
    origins, costs, places, rooms = [], [], [], []
    for i, cost, weight in options:
        room = ways.rooms[i] - np.int32(weight)
        reached = bound - least[i] + after[i][np.maximum(room, 0)]
        kept = np.flatnonzero((room >= 0) & (reached <= limit - cost)).astype(np.int32)
        origins.append(kept)
        costs.append(ways.cost[kept] + np.int32(cost))
        places.append(np.full(len(kept), i, dtype=np.int16))
        rooms.append(room[kept])
    origin = np.concatenate(origins)
    left = [room[origin] for room in ways.rooms]
    first = 0
    for (i, _, _), room in zip(options, rooms, strict=True):
        left[i][first : first + len(room)] = room
        first += len(room)
    return Ways(cost=np.concatenate(costs), rooms=left, origin=origin, place=np.concatenate(places))


def _merged(ways: Ways, sizes: Whole) -> Ways:
    """Keep the cheapest of the ways that leave the same room everywhere."""
    if len(ways.cost) < MERGED_FROM or math.prod(sizes.tolist()) >= LARGEST_KEY:
        return ways
    key = np.zeros(len(ways.cost), dtype=np.int64)
    for room, size in zip(ways.rooms, sizes.tolist(), strict=True):
        key = key * size + room
    order = np.lexsort((ways.cost, key))
    key = key[order]
    kept = order[np.concatenate(([True], key[1:] != key[:-1]))]
    if len(kept) == len(order):
        return ways
    return Ways(
        cost=ways.cost[kept],
        rooms=[room[kept] for room in ways.rooms],
        origin=ways.origin[kept],
        place=ways.place[kept],
    )


def _followed(trail: list[tuple[Tables, Short]], way: int) -> Whole:
    """Return the place of each household in one of the last ways."""
    found = np.empty(len(trail), dtype=np.int64)
    for k in range(len(trail) - 1, -1, -1):
        origin, place = trail[k]
        found[k], way = place[way], int(origin[way])
    return found
