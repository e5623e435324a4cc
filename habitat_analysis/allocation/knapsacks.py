"""One knapsack a place: which households it would take for the least, by dynamic programming.

When nobody checks that each household goes to one place only, places no longer compete and each
one alone takes what it likes best within its capacity. All knapsacks are solved together, one
household after the other, in whole numbers: nothing is rounded.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Tables = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NEVER: Final = 2**30  # dearer than any sum held in a table


def tails(cost: Whole, weight: Whole, room: int, allowed: Flags) -> Tables:
    """Return the least cost of the last households, by place and by room left.

    Parameters
    ----------
    cost
        What a household (row) costs in a place (column), below zero if it is wanted there.
    weight
        What it takes of the place.
    room
        Largest room asked for.
    allowed
        Whether the household may go there.

    Returns
    -------
    tables
        ``tables[k, i, r]``: the least total cost, in place ``i``, of some of the households
        ``k, k + 1, …`` that take at most ``r`` together; 0 at most, as taking nobody is allowed.

    Examples
    --------
    >>> wanted, takes = np.array([[-5], [-4], [-3]]), np.array([[3], [2], [2]])
    >>> tails(wanted, takes, 4, np.ones((3, 1), dtype=bool))[:, 0, 4].tolist()
    [-7, -7, -3, 0]
    """
    households, places = cost.shape
    tables = np.zeros((households + 1, places, room + 1), dtype=np.int32)
    wanted = allowed & (cost < 0) & (weight <= room)
    for k in range(households - 1, -1, -1):
        after, here = tables[k + 1], tables[k]
        here[:] = after
        for i in np.flatnonzero(wanted[k]).tolist():
            w = int(weight[k, i])
            taken = after[i, : room + 1 - w] + np.int32(cost[k, i])
            np.minimum(after[i, w:], taken, out=here[i, w:])
    return tables


def taken(tables: Tables, weight: Whole, capacity: Whole) -> Flags:
    """Return which households (rows) each place (columns) takes in its best knapsack."""
    households, places = weight.shape
    chosen = np.zeros((households, places), dtype=bool)
    place, room = np.arange(places), capacity.copy()
    for k in range(households):
        chosen[k] = tables[k, place, room] < tables[k + 1, place, room]
        room -= np.where(chosen[k], weight[k], 0)
    return chosen


def forced(cost: Whole, weight: Whole, capacity: Whole, allowed: Flags) -> tuple[Whole, Whole]:
    """Return the least cost of each place when a household is inside, and when it is outside.

    The households before it and those after it share what it leaves: one table of each, added
    for every way to cut the room in two.

    Examples
    --------
    >>> wanted, takes = np.array([[-5], [-4], [-3]]), np.array([[3], [2], [2]])
    >>> inside, outside = forced(wanted, takes, np.array([4]), np.ones((3, 1), dtype=bool))
    >>> inside.ravel().tolist(), outside.ravel().tolist()
    ([-5, -7, -7], [-7, -5, -5])
    """
    households, places = cost.shape
    room = int(capacity.max())
    after = tails(cost, weight, room, allowed)
    before = tails(cost[::-1], weight[::-1], room, allowed[::-1])[::-1]
    inside = np.full((households, places), NEVER, dtype=np.int64)
    outside = np.zeros((households, places), dtype=np.int64)
    for i, full in enumerate(capacity.tolist()):
        others = after[1:, i, : full + 1][:, ::-1]
        outside[:, i] = (before[:-1, i, : full + 1] + others).min(axis=1)
        for k in np.flatnonzero(allowed[:, i] & (weight[:, i] <= full)).tolist():
            left = full - int(weight[k, i])
            cut = before[k, i, : left + 1] + after[k + 1, i, : left + 1][::-1]
            inside[k, i] = int(cut.min()) + int(cost[k, i])
    return inside, outside
