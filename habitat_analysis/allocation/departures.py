"""When households leave: allocate again with the fewest moves, and know beforehand what breaks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np

from habitat_analysis.allocation.assignment import Stage
from habitat_analysis.allocation.proposal import (
    Allocation,
    Pairs,
    fairness_stages,
    pairs_of,
    play,
)
from habitat_analysis.allocation.wishes import Wishes, check_assignment
from habitat_analysis.errors import DataError, UsageError, did_you_mean
from habitat_analysis.formats import quoted, typeset

KEPT: Final = "kept"
STILL_HOUSED: Final = "still_housed"
MOST_SETS: Final = 2000  # departures looked at; beyond, ask for fewer at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Reallocation:
    """An allocation made again after departures.

    Attributes
    ----------
    kept, moved, entered, lost
        Households that keep their dwelling, have another, come from the waiting list, or had a
        dwelling and have none any more.
    """

    allocation: Allocation
    kept: tuple[str, ...]
    moved: tuple[str, ...]
    entered: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What happens if these households leave together."""

    left: tuple[str, ...]
    possible: bool  # whether bounds and fixed pairs can still be kept
    housed: int
    moved: int
    entered: int
    breaks: bool  # impossible, or fewer housed than the operation needs
    missing: int | None  # households to find; None when bounds or pairs fixed must change first


@dataclass(frozen=True, slots=True, kw_only=True)
class Resilience:
    """What departures do to a proposal.

    Attributes
    ----------
    needed
        Households that the operation must house.
    departures
        One line a set of departures, sets of one first.
    breaking
        Sets of departures that break the operation, the smallest ones only.
    waiting_list
        By number of departures at once: households still to be found, in the worst case, beyond
        the waiting list there is, departures that leave no allocation apart.
    """

    needed: int
    departures: tuple[Departure, ...]
    breaking: tuple[tuple[str, ...], ...]
    waiting_list: Mapping[int, int]


def reallocate(
    wishes: Wishes,
    assignment: Mapping[str, str],
    left: Iterable[str],
    *,
    keep_housed: bool = False,
    seed: int | None = None,
) -> Reallocation:
    """Allocate again once some households have left.

    Parameters
    ----------
    wishes
        Of everybody, those who left and those who wait included.
    assignment
        Dwelling by household, before the departures.
    left
        Households that leave.
    keep_housed
        Whether nobody who had a dwelling may lose it for another household.
    seed
        Published seed of the draw among the best; None: one of the best.

    Returns
    -------
    reallocation
        Most households housed, then fewest moves among those placed, then the fairest ranks,
        then as few as possible who had a dwelling and lose it.

    Raises
    ------
    DataError
        If the assignment names what does not exist, or somebody unknown leaves (``E_WISHES``).
    """
    check_assignment(wishes, assignment)
    gone = _known(wishes, left)
    stay = wishes.without_households(gone)
    held = {name: place for name, place in assignment.items() if name not in gone}
    pairs = pairs_of(stay)
    stages = _stages(pairs, stay.worst_rank, held, keep_housed=keep_housed)
    again = play(stay, pairs, stages, seed=seed, held=held)
    now = again.assignment
    return Reallocation(
        allocation=again,
        kept=tuple(name for name in held if now.get(name) == held[name]),
        moved=tuple(name for name in held if name in now and now[name] != held[name]),
        entered=tuple(name for name in now if name not in held),
        lost=tuple(name for name in held if name not in now),
    )


def resilience(
    wishes: Wishes, assignment: Mapping[str, str], *, needed: int, at_once: int = 1
) -> Resilience:
    """Try every set of departures among the households housed.

    Parameters
    ----------
    wishes, assignment
        Wishes of everybody, the waiting list included, and the proposal.
    needed
        Households that the operation must house (lots to be sold, for instance).
    at_once
        Most departures together.

    Raises
    ------
    UsageError
        If there are more than `MOST_SETS` sets of departures to try.
    """
    housed = [h.id for h in wishes.households if h.id in assignment]
    sizes = range(1, min(at_once, len(housed)) + 1)
    number = sum(comb(len(housed), size) for size in sizes)
    if number > MOST_SETS:
        msg = f"{number} sets of departures, more than {MOST_SETS}: ask for fewer at once."
        raise UsageError(msg)
    lines = [
        _departure(wishes, assignment, gone, needed)
        for size in sizes
        for gone in itertools.combinations(housed, size)
    ]
    return Resilience(
        needed=needed,
        departures=tuple(lines),
        breaking=_smallest([line.left for line in lines if line.breaks]),
        waiting_list={
            size: max((line.missing or 0 for line in lines if len(line.left) == size), default=0)
            for size in sizes
        },
    )


def waiting_list_length(
    *, housed: int, needed: int, departure_share: float, confidence: float
) -> int:
    """Return how long a waiting list must be for the operation to hold.

    Parameters
    ----------
    housed, needed
        Households housed today and households that the operation must house.
    departure_share
        Probability that a household leaves before the signature, each on its own.
    confidence
        Probability wanted that departures beyond the margin are all replaced, supposing that
        anyone waiting accepts any dwelling left.

    Raises
    ------
    UsageError
        If a probability is out of [0, 1] or a number negative.

    Examples
    --------
    >>> waiting_list_length(housed=8, needed=8, departure_share=0.1, confidence=0.95)
    2
    """
    from scipy.stats import binom  # half a second, for those who ask

    if not (0 <= departure_share <= 1 and 0 <= confidence < 1) or min(housed, needed) < 0:
        msg = f"Expected shares in [0, 1] and counts >= 0: {departure_share=}, {confidence=}."
        raise UsageError(msg)
    departures = int(binom.ppf(confidence, housed, departure_share)) if housed else 0
    return max(0, needed - (housed - max(departures, 0)))


def _known(wishes: Wishes, left: Iterable[str]) -> frozenset[str]:
    names = [household.id for household in wishes.households]
    gone = list(dict.fromkeys(left))
    faults = [
        typeset(
            f"voeux : départ d'un ménage inconnu, {quoted(name)}. {did_you_mean(name, names)}"
        ).rstrip()
        for name in gone
        if name not in names
    ]
    if faults:
        raise DataError(faults, code="E_WISHES")
    return frozenset(gone)


def _stages(
    pairs: Pairs, worst_rank: int, held: Mapping[str, str], *, keep_housed: bool
) -> list[Stage]:
    """Housed, fewest moves, fairness; those who had a dwelling last, or second if they are kept."""
    same = np.array([held.get(name) == place for name, place in pairs.names], dtype=float)
    before = np.array([name in held for name, _ in pairs.names], dtype=float)
    housed, *ranks = fairness_stages(pairs, worst_rank)
    kept = Stage(name=KEPT, value=same, sense="max")
    still = Stage(name=STILL_HOUSED, value=before, sense="max")
    return [housed, still, kept, *ranks] if keep_housed else [housed, kept, *ranks, still]


def _departure(
    wishes: Wishes, assignment: Mapping[str, str], gone: tuple[str, ...], needed: int
) -> Departure:
    again = reallocate(wishes, assignment, gone)
    possible = again.allocation.status in ("optimal", "feasible")
    housed = again.allocation.housed
    return Departure(
        left=gone,
        possible=possible,
        housed=housed,
        moved=len(again.moved) if possible else 0,
        entered=len(again.entered),
        breaks=not possible or housed < needed,
        missing=max(0, needed - housed) if possible else None,
    )


def _smallest(sets: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Keep the sets that hold no smaller one; sets come by size."""
    kept: list[tuple[str, ...]] = []
    for names in sets:
        if not any(set(smaller) <= set(names) for smaller in kept):
            kept.append(names)
    return tuple(kept)
