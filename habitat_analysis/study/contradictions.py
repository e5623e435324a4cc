"""Demands of a study that contradict each other on any site, found and named at the door.

Two looks, both exact. In real numbers first: shares of disjoint families above 100 %, a family
bound inside another, fixed numbers against a share, limits on the number of dwellings. Then in
whole dwellings: each number of dwellings in turn, every share rounded to whole units. A set of
demands that some programme of at least one dwelling meets is never refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from habitat_analysis.study.demands import (
    DWELLINGS,
    HOUSEHOLDS,
    Demand,
    Row,
    definitions,
)
from habitat_analysis.study.inequalities import ONE, conflict
from habitat_analysis.study.programme import Programme

COUNTS_TRIED: Final = 200  # wider ranges of whole numbers hold any share that can be held
FAULTS_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Demands that cannot hold together; without any one of them the others could."""

    demands: tuple[Demand, ...]
    counts: tuple[int, int] | None = None  # numbers tried, when only whole numbers fail
    whole: str = DWELLINGS


def contradictions(programme: Programme, demands: Sequence[Demand]) -> tuple[Contradiction, ...]:
    """Find the demands of a study that no programme of at least one dwelling meets.

    Parameters
    ----------
    programme
        For the cells and the range of whole numbers.
    demands
        As `demands_of` lists them.

    Returns
    -------
    found
        One a conflict. After each, the last of its demands is set aside to look for others:
        a fault that hides behind another may need a second reading.
    """
    found: list[Contradiction] = []
    held = list(demands)
    while len(found) < FAULTS_MOST:
        one = _real(programme, held) or _whole(programme, held)
        if one is None:
            break
        found.append(one)
        movable = [demand for demand in one.demands if demand.kind != "total"]
        held.remove((movable or one.demands)[-1])
    return tuple(found)


def _real(programme: Programme, held: Sequence[Demand]) -> Contradiction | None:
    """Look at all demands in real numbers."""
    ranks = _conflict(programme, held)
    if ranks is None:
        return None
    blamed = [held[rank] for rank in ranks]
    kept = _needed(blamed, lambda few: _conflict(programme, few) is not None)
    return Contradiction(demands=kept)


def _needed(
    blamed: Sequence[Demand], contradict: Callable[[Sequence[Demand]], bool]
) -> tuple[Demand, ...]:
    """Drop each demand without which the others still contradict each other."""
    kept = list(blamed)
    for demand in blamed:
        others = [other for other in kept if other is not demand]
        if contradict(others):
            kept = others
    return tuple(kept)


def _conflict(
    programme: Programme, held: Sequence[Demand], fixed: tuple[str, int] | None = None
) -> list[int] | None:
    """Rank the demands in conflict, their total fixed or not; empty if nothing is to blame."""
    rows: list[Row] = list(definitions(programme))
    owners: list[int] = [-1] * len(rows)
    for rank, demand in enumerate(held):
        rounded = fixed is not None and demand.whole == fixed[0]
        added = _in_whole_units(demand, *fixed) if fixed and rounded else demand.rows
        rows += added
        owners += [rank] * len(added)
    if fixed is not None:
        total, n = fixed
        rows += [({total: ONE}, -n * ONE), ({total: -ONE}, n * ONE)]
        owners += [-1, -1]
    blamed = conflict(rows)
    return None if blamed is None else sorted({owners[row] for row in blamed} - {-1})


def _in_whole_units(demand: Demand, total: str, n: int) -> tuple[Row, ...]:
    """Write a demand for a known total: whole units at least or at most, gaps to whole units."""
    if demand.gaps:
        apart = [(gap, abs(share * n - round(share * n))) for gap, share in demand.gaps]
        return (*demand.rows, *(({gap: ONE}, -least) for gap, least in apart))
    rounded: list[Row] = []
    for form, constant in demand.rows:
        least = math.ceil(-(form[total] * n + constant))
        others = {column: value for column, value in form.items() if column != total}
        rounded.append((others, -least * ONE))
    return tuple(rounded)


def _whole(programme: Programme, held: Sequence[Demand]) -> Contradiction | None:
    """Look at each number of dwellings, then of households, its shares in whole units."""
    totals = [total for total in (DWELLINGS, HOUSEHOLDS) if any(d.whole == total for d in held)]
    found = (_whole_of(programme, held, total) for total in totals)
    return next((one for one in found if one is not None), None)


def _whole_of(programme: Programme, held: Sequence[Demand], total: str) -> Contradiction | None:
    """Look at each number of one total; limits on totals stay, they bound the numbers tried."""
    low, high = _range(programme, total)
    counts = range(high, low - 1, -1)
    if not 0 < len(counts) <= COUNTS_TRIED:
        return None
    blamed = _never(programme, held, total, counts)
    if blamed is None:
        return None
    limits = [demand for demand in held if demand.kind == "total"]
    kept = _needed(
        [demand for demand in blamed if demand.kind != "total"],
        lambda few: _never(programme, [*limits, *few], total, counts) is not None,
    )
    return Contradiction(demands=kept, counts=(low, high), whole=total)


def _range(programme: Programme, total: str) -> tuple[int, int]:
    """Bound the number of dwellings, or of households placed, by the limits of the study."""
    low, housed = programme.dwellings_min, programme.housed_min
    if total == HOUSEHOLDS:
        low = 0 if programme.open_max is None else low - programme.open_max
    return max(1, low, housed), programme.dwellings_max


def _never(
    programme: Programme, held: Sequence[Demand], total: str, counts: range
) -> list[Demand] | None:
    """Gather what is to blame for each number, or None if one number suits."""
    blamed: set[int] = set()
    for n in counts:
        ranks = _conflict(programme, held, (total, n))
        if ranks is None:
            return None
        blamed |= set(ranks)
    return [held[rank] for rank in sorted(blamed)]
