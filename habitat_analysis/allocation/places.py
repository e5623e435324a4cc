"""Who may go where: households, places with a capacity, and the pairs that are possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.arrays import Vector

Indices = npt.NDArray[np.intp]

NOISE: Final = 1e-6  # of a capacity or a bound, for sums of decimals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limit:
    """A bound on a weighted count of the pairs chosen."""

    name: str
    coefficients: Vector  # one a pair
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Who may go where.

    Attributes
    ----------
    households
        Number of households.
    capacity
        What each place holds, one number a place.
    household, place, weight
        One entry a possible pair: which household, which place, what it takes of the capacity.
    everyone
        Whether each household must have a place; else it has at most one.
    limits
        Bounds on weighted counts of pairs.
    fixed
        Pairs that must be chosen.
    """

    households: int
    capacity: Vector
    household: Indices
    place: Indices
    weight: Vector
    everyone: bool = False
    limits: tuple[Limit, ...] = ()
    fixed: tuple[int, ...] = ()

    @property
    def pairs(self) -> int:
        """Number of possible pairs."""
        return len(self.household)


def complete(capacity: Vector, weight: Vector, *, everyone: bool = False) -> Places:
    """Return the assignment where every household may go to every place.

    Parameters
    ----------
    capacity
        What each place holds.
    weight
        What each household (row) takes of each place (column).
    everyone
        Whether each household must have a place.

    Raises
    ------
    UsageError
        If the shapes differ.
    """
    households, places = weight.shape
    if len(capacity) != places:
        msg = f"Expected one capacity a column of `weight`: got {len(capacity)} for {places}."
        raise UsageError(msg)
    return Places(
        households=households,
        capacity=capacity.astype(float),
        household=np.repeat(np.arange(households), places),
        place=np.tile(np.arange(places), households),
        weight=weight.astype(float).ravel(),
        everyone=everyone,
    )


def honoured(places: Places, pairs: Indices) -> bool:
    """Whether chosen pairs keep every rule; counted from the pairs, not from a solver.

    Examples
    --------
    >>> garage = complete(np.array([3.0]), np.array([[2.0], [2.0], [1.0]]))
    >>> honoured(garage, np.array([0, 2])), honoured(garage, np.array([0, 1]))
    (True, False)
    """
    placed = np.bincount(places.household[pairs], minlength=places.households)
    taken = np.bincount(
        places.place[pairs], weights=places.weight[pairs], minlength=len(places.capacity)
    )
    counted = [float(limit.coefficients[pairs].sum()) for limit in places.limits]
    return (
        bool((placed == 1 if places.everyone else placed <= 1).all())
        and bool((taken <= places.capacity + NOISE).all())
        and set(places.fixed) <= set(pairs.tolist())
        and all(
            limit.lower - NOISE <= count <= limit.upper + NOISE
            for limit, count in zip(places.limits, counted, strict=True)
        )
    )
