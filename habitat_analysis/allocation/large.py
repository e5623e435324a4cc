"""Thousands of households and classes of equal dwellings: largest total, with a certified gap.

`assignment.best_assignment` gives every pair to the solver. Here the relaxation is proved over
all pairs by their prices (`pricing`), and whole numbers are found in rings around it: first what
the relaxation leaves in fractions, then pairs that lose little, then every pair that could still
belong to a better answer. The answer is counted again without the solver.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from habitat_analysis.allocation.assignment import (
    CHOSEN,
    Status,
    assignment_arrays,
)
from habitat_analysis.allocation.places import Indices, Limit, Places
from habitat_analysis.allocation.pricing import (
    Market,
    Mask,
    Relaxation,
    relax_by_pricing,
    restricted,
    with_limits_only,
)
from habitat_analysis.errors import UsageError
from habitat_analysis.programme.arrays import Vector
from habitat_analysis.programme.solving import GAP_REL, solve_arrays

CERTIFIED_GAP: Final = 1e-4  # relative: what is sought unless asked otherwise
MARGIN: Final = 0.5  # a ring is solved to this part of the gap asked
NEAR_LOSS: Final = 0.003  # of the largest value: pairs beside the relaxation, first rings
WHOLE: Final = 1e-6  # a fraction nearer a whole number than this is one
ROUNDING: Final = 1e-9  # relative: a sum of floats
KNOWN: Final = ("optimal", "feasible", "no_solution")  # statuses with a bound


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LargePlacement:
    """Who would go to which class of dwellings, and what is proved of it.

    Attributes
    ----------
    status
        ``optimal`` when the total is proved within 1e-7; ``feasible`` with its `gap`;
        ``infeasible`` when no assignment keeps the limits, ``no_solution`` when time ran out
        before one was found.
    place
        By household, the number of its place (class); -1 without one.
    pairs
        Pairs chosen.
    value, bound, gap
        Total reached, what no assignment exceeds, and ``(bound - value) / max(1, |bound|)``.
    rounds, columns, priced
        Times all pairs were priced, pairs given to the solver, pairs that exist.
    conflict
        When impossible: limits that no assignment keeps together, given the places. Empty when
        only whole numbers make it impossible.
    """

    status: Status
    place: Indices
    pairs: Indices
    value: float | None
    bound: float | None
    gap: float | None
    rounds: int
    columns: int
    priced: int
    conflict: tuple[str, ...] = ()

    @property
    def housed(self) -> int:
        """Number of households with a place."""
        return len(self.pairs)


def largest_total(
    places: Places,
    value: Vector,
    *,
    gap_rel: float = CERTIFIED_GAP,
    housed_first: bool = False,
    time_limit_s: float | None = None,
) -> LargePlacement:
    """Assign households to classes of equal dwellings for the largest total.

    Parameters
    ----------
    places
        Who may go where: a class of equal dwellings (building, tenure, typology) is a place whose
        capacity is its number of dwellings.
    value
        Worth of each pair, for instance points x (K + 1 - rank).
    gap_rel
        Relative gap at which the search stops.
    housed_first
        Whether housing as many households as possible comes before the total.
    time_limit_s
        Seconds allowed for whole numbers; the relaxation is not stopped.

    Raises
    ------
    UsageError
        If there is not one finite value a pair.

    Examples
    --------
    >>> both = Places(households=3, capacity=np.array([1.0, 1.0]), household=np.array([0, 0, 1, 2]),
    ...               place=np.array([0, 1, 0, 1]), weight=np.ones(4))
    >>> found = largest_total(both, np.array([9.0, 8.0, 5.0, 1.0]))
    >>> found.status, found.place.tolist(), found.value
    ('optimal', [1, 0, -1], 13.0)
    """
    if value.shape != places.household.shape or not np.isfinite(value).all():
        msg = f"Expected one finite value a pair: got {value.shape} for {places.pairs} pairs."
        raise UsageError(msg)
    places, ends = with_limits_only(places), _ends(time_limit_s)
    found = _search(places, value.astype(float), gap_rel, ends)
    if not housed_first or found.value is None or found.housed == most_housed(places):
        return found
    counted = np.ones(places.pairs)
    most = _search(places, counted, GAP_REL, ends)
    if most.value is None:
        return most
    limit = Limit(name="housed", coefficients=counted, lower=most.value)
    best = _search(replace(places, limits=(*places.limits, limit)), value, gap_rel, ends)
    proved = most.status == "optimal" or best.value is None
    return best if proved else replace(best, status="feasible")


def most_housed(places: Places) -> int:
    """Count how many households could be housed at most, limits aside: places, or households."""
    if not places.pairs:
        return 0
    by_place = int(np.floor(places.capacity.sum() / places.weight.min() + WHOLE))
    return min(by_place, len(np.unique(places.household)))


def broken_rules(places: Places, pairs: Indices) -> tuple[str, ...]:
    """Count again, without the solver: names of the rules that pairs chosen do not keep."""
    chosen = restricted(places, pairs)
    homes = np.bincount(chosen.household, minlength=places.households)
    taken = np.bincount(chosen.place, chosen.weight, minlength=len(places.capacity))
    counts = [(limit, float(limit.coefficients.sum())) for limit in chosen.limits]
    return (
        *(f"household_{h}" for h in np.flatnonzero((homes > 1) | (homes < places.everyone))),
        *(f"place_{p}" for p in np.flatnonzero(taken > places.capacity + WHOLE)),
        *(x.name for x, n in counts if not x.lower - WHOLE <= n <= x.upper + WHOLE),
        *(f"fixed_{pair}" for pair in places.fixed if pair not in pairs),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Best:
    """The best answer of a search so far, and what no answer exceeds."""

    bound: float
    pairs: Indices | None = None
    value: float = -np.inf
    impossible: bool = False

    @property
    def gap(self) -> float:
        return (self.bound - self.value) / max(1.0, abs(self.bound))


def _search(places: Places, value: Vector, gap_rel: float, ends: float) -> LargePlacement:
    """Relax, then find whole numbers in wider and wider rings around the relaxation."""
    market = Market(places, value)
    relaxed = relax_by_pricing(market)
    best = _Best(bound=_rounded(relaxed.bound, value))
    if relaxed.status != "optimal":
        return _answer(market, relaxed, best, relaxed.status)
    near = (relaxed.loss <= NEAR_LOSS * market.scale) | (relaxed.point > WHOLE)
    settled = relaxed.point > 1 - WHOLE
    if not ((relaxed.point > WHOLE) & ~settled).any():
        best = _taken(best, market, np.flatnonzero(settled))
    else:
        held = np.isin(places.household, places.household[settled])
        best = _ring(best, market, near & ~held | settled, gap_rel, ends, settled)
    if best.gap > gap_rel:
        best = _ring(best, market, near, gap_rel, ends)
    if best.gap > gap_rel:
        room = best.bound - best.value + ROUNDING * abs(best.bound)
        best = _ring(best, market, relaxed.loss <= room, gap_rel, ends, whole_proof=True)
    return _answer(market, relaxed, best, _status(best))


def _ring(
    best: _Best,
    market: Market,
    ring: Mask,
    gap_rel: float,
    ends: float,
    settled: Mask | None = None,
    *,
    whole_proof: bool = False,
) -> _Best:
    """Solve the pairs of a ring in whole numbers and keep the better answer.

    With `whole_proof`, no answer better than the best known has a pair outside the ring: what is
    proved of the ring is then proved of all.
    """
    pairs = np.flatnonzero(ring)
    if not len(pairs):  # HiGHS calls an empty problem optimal
        return best
    inside = restricted(market.places, pairs)
    if settled is not None:
        inside = replace(inside, fixed=tuple(np.flatnonzero(settled[pairs]).tolist()))
    result = solve_arrays(
        assignment_arrays(inside, market.value[pairs], "max"),
        time_limit_s=None if np.isinf(ends) else max(0.0, ends - time.monotonic()),
        gap_rel=MARGIN * gap_rel,
    )
    if result.has_solution:
        chosen = np.fromiter(result.values.values(), float, len(pairs)) > CHOSEN
        best = _taken(best, market, pairs[chosen])
    if not whole_proof:
        return best
    if result.status == "infeasible" and best.pairs is None:
        return replace(best, impossible=True)
    if result.bound is not None:
        proved = max(best.value, _rounded(result.bound, market.value))
        return replace(best, bound=min(best.bound, proved))
    return best


def _taken(best: _Best, market: Market, pairs: Indices) -> _Best:
    """Keep an answer if it is better and keeps every rule, counted again."""
    value = float(market.value[pairs].sum())
    if value <= best.value or broken_rules(market.places, pairs):
        return best
    return replace(best, pairs=pairs, value=value, bound=max(best.bound, value))


def _status(best: _Best) -> Status:
    if best.pairs is None:
        return "infeasible" if best.impossible else "no_solution"
    return "optimal" if best.gap <= GAP_REL else "feasible"


def _answer(market: Market, relaxed: Relaxation, best: _Best, status: Status) -> LargePlacement:
    found = best.pairs is not None
    pairs = np.array([], dtype=int) if best.pairs is None else best.pairs
    place = np.full(market.places.households, -1)
    place[market.places.household[pairs]] = market.places.place[pairs]
    return LargePlacement(
        status=status,
        place=place,
        pairs=pairs,
        value=best.value if found else None,
        bound=best.bound if status in KNOWN else None,
        gap=best.gap if found else None,
        rounds=relaxed.rounds,
        columns=relaxed.columns,
        priced=market.places.pairs,
        conflict=relaxed.conflict,
    )


def _rounded(bound: float, value: Vector) -> float:
    """Round a bound down when all values are whole numbers."""
    if not np.isfinite(bound) or not (value == np.rint(value)).all():
        return bound
    return float(np.floor(bound + WHOLE + ROUNDING * abs(bound)))


def _ends(time_limit_s: float | None) -> float:
    return np.inf if time_limit_s is None else time.monotonic() + time_limit_s
