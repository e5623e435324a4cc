"""Assignments with crossing limits, drawn; and every assignment of a tiny one, one by one."""

import itertools
from collections.abc import Iterator

import numpy as np

from habitat_analysis.allocation.assignment import Limit, Places
from habitat_analysis.programme.arrays import Vector


def drawn(seed: int, households: int, places: int, limits: int) -> tuple[Places, Vector]:
    """Draw who may go where, pairs in any order, limits by attribute and half of the places."""
    chance = np.random.default_rng(seed)
    household, place = np.nonzero(chance.random((households, places)) < 0.6)
    order = chance.permutation(len(household))
    household, place = household[order], place[order]
    attribute, half = chance.integers(0, 3, households), chance.integers(0, 2, places)
    rules = []
    for number in range(limits):
        counted = (attribute[household] == chance.integers(3)) & (half[place] == chance.integers(2))
        least = chance.integers(0, max(2, households // 6)) if chance.random() < 0.5 else -np.inf
        most = max(least, chance.integers(0, max(2, households // 4)))
        rules.append(
            Limit(name=f"b{number}", coefficients=counted.astype(float), lower=least, upper=most)
        )
    drawn_places = Places(
        households=households,
        capacity=chance.integers(0, max(2, 2 * households // places), places).astype(float),
        household=household,
        place=place,
        weight=chance.integers(1, 3 if seed % 5 == 0 else 2, len(household)).astype(float),
        everyone=seed % 10 == 3,
        limits=tuple(rules),
        fixed=(0,) if seed % 7 == 0 and len(household) else (),
    )
    whole = chance.integers(0, 30, len(household)).astype(float)
    return drawn_places, whole if seed % 3 else chance.normal(3, 5, len(household))


def every_assignment(places: Places) -> Iterator[list[int]]:
    """Give every set of pairs that keeps the rules."""
    own = [np.flatnonzero(places.household == h).tolist() for h in range(places.households)]
    for choice in itertools.product(*([None, *pairs] for pairs in own)):
        chosen = [pair for pair in choice if pair is not None]
        if keeps(places, chosen):
            yield chosen


def keeps(places: Places, chosen: list[int]) -> bool:
    taken = [0.0] * len(places.capacity)
    for pair in chosen:
        taken[places.place[pair]] += places.weight[pair]
    return (
        all(used <= room for used, room in zip(taken, places.capacity, strict=True))
        and set(places.fixed) <= set(chosen)
        and (len(chosen) == places.households or not places.everyone)
        and all(
            limit.lower <= sum(limit.coefficients[pair] for pair in chosen) <= limit.upper
            for limit in places.limits
        )
    )
