"""Instances of the published shape of the generalised assignment, drawn from a seed or read.

Types A to D are those of Chu and Beasley (1997), E of Yagiura and others (1998); `max` is that of
the first sixty of the OR-Library (gap1 to gap12), whose profits are made as large as possible.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from habitat_analysis.allocation.assignment import Places, Sense, complete
from habitat_analysis.programme.arrays import Vector

Instance = tuple[Places, Vector, Sense]

TYPES = ("A", "B", "C", "D", "E", "max")


def draw(kind: str, agents: int, jobs: int, seed: int) -> Instance:
    """Draw one instance: who may go where, the worth of each pair, and what is sought of it."""
    chance = np.random.default_rng(seed)
    shape = (jobs, agents)
    if kind == "D":
        weight = chance.integers(1, 101, shape)
        cost = 111 - weight + chance.integers(-10, 11, shape)
    elif kind == "E":
        weight = np.rint(1 - 10 * np.log(1 - chance.random(shape)))
        cost = np.rint(1000 / weight - 10 * chance.random(shape))
    else:
        weight = chance.integers(5, 26, shape)
        cost = chance.integers(*((15, 26) if kind == "max" else (10, 51)), shape)
    capacity = 0.8 * weight.sum(axis=0) / agents
    if kind in ("A", "B"):
        cheapest = cost.argmin(axis=1)
        heaviest = np.bincount(cheapest, weights=weight[np.arange(jobs), cheapest]).max()
        capacity = np.full(agents, 9 * jobs / agents + 0.4 * heaviest)
        capacity = capacity * (0.7 if kind == "B" else 1)
    places = complete(np.floor(capacity), weight.astype(float), everyone=True)
    return places, cost.astype(float).ravel(), "max" if kind == "max" else "min"


def read(path: Path, sense: Sense) -> list[Instance]:
    """Read a file of the OR-Library: one instance (agents, jobs, then its numbers), or several.

    Numbers come by agent: all the costs, all the weights, then the capacities.
    """
    numbers = np.array(path.read_text(encoding="ascii").split(), dtype=float)
    first = 0 if _length(numbers, 0) == len(numbers) else 1
    found: list[Instance] = []
    while first < len(numbers):
        agents, jobs = numbers[first : first + 2].astype(int)
        last = first + _length(numbers, first)
        cost, weight = numbers[first + 2 : last - agents].reshape(2, agents, jobs)
        found.append((complete(numbers[last - agents : last], weight.T, everyone=True),
                      cost.T.ravel(), sense))  # fmt: skip
        first = last
    return found


def _length(numbers: Vector, first: int) -> int:
    agents, jobs = numbers[first : first + 2].astype(int)
    return int(2 + 2 * agents * jobs + agents)
