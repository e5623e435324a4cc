"""The relaxation of a large assignment, proved over all its pairs while a few are solved.

Places and limits get a price. A pair is worth its value less the prices of what it uses, and a
household can gain at most the best worth of its pairs: prices alone, whatever made them, bound
the total of any assignment. HiGHS solves the pairs that look best; its prices are tried on all
pairs at once in NumPy; those that would gain are added, until none would (column pricing,
Gilmore and Gomory 1961; Dantzig and Wolfe 1960). The first prices come from one household in
twelve, with places and limits in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack, vstack

from habitat_analysis.allocation.assignment import Limit, Places, assignment_arrays
from habitat_analysis.allocation.places import Indices
from habitat_analysis.programme.arrays import Arrays, Vector
from habitat_analysis.programme.duality import FEASIBLE_NOISE
from habitat_analysis.programme.solving import Growing

Mask = npt.NDArray[np.bool_]
Status = Literal["optimal", "infeasible", "error"]

SAMPLE: Final = 12  # one household in so many gives the first prices
FIRST_LOSS: Final = 0.04  # of the largest value: pairs that lose less enter at once
NEXT_LOSS: Final = 0.01  # the same for pairs that enter later: the best of each household
NOISE: Final = 1e-9  # of the largest value: a gain below this is rounding
MOST_ROUNDS: Final = 200  # never met: the bound of the last round stays valid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """What prices say of all pairs.

    Attributes
    ----------
    worth
        Value of each pair less the prices of what it uses.
    gain
        By household: the most that it can gain, zero without a place.
    bound
        What no assignment exceeds, even in fractions.
    """

    worth: Vector
    gain: Vector
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxation:
    """The best assignment in fractions.

    Attributes
    ----------
    bound
        What no assignment exceeds, proved by `prices` alone.
    prices
        Price of each place, then of each limit.
    loss
        By pair: an assignment that has it totals at most `bound` less this loss.
    point
        By pair, the fraction chosen.
    rounds, columns
        How many times all pairs were priced, how many of them were given to the solver.
    conflict
        When impossible: names of limits that no assignment keeps together, given the places.
    """

    status: Status
    bound: float = -np.inf
    prices: Vector
    loss: Vector
    point: Vector
    rounds: int
    columns: int
    conflict: tuple[str, ...] = ()


@dataclass(frozen=True)
class Market:
    """An assignment seen by its prices: each pair with the places and limits that it uses.

    `places` has no fixed pair and asks no place for everyone: `with_limits_only` writes both as
    limits.
    """

    places: Places
    value: Vector

    @cached_property
    def uses(self) -> csr_array:
        """Units of each place and limit (columns) that each pair (row) uses."""
        places, limits = self.places, self.places.limits
        counted = [np.flatnonzero(limit.coefficients) for limit in limits]
        pair = np.concatenate([np.arange(places.pairs), *counted])
        shared = [np.full(len(k), len(places.capacity) + row) for row, k in enumerate(counted)]
        used = np.concatenate([places.place, *shared])
        parts = [limit.coefficients[k] for limit, k in zip(limits, counted, strict=True)]
        units = np.concatenate([places.weight, *parts])
        return csr_array((units, (pair, used)), shape=(places.pairs, len(self.most)))

    @cached_property
    def least(self) -> Vector:
        """Least use of each place (none) and limit."""
        free = np.full(len(self.places.capacity), -np.inf)
        return np.append(free, [limit.lower for limit in self.places.limits])

    @cached_property
    def most(self) -> Vector:
        """Largest use of each place and limit."""
        return np.append(self.places.capacity, [limit.upper for limit in self.places.limits])

    @cached_property
    def scale(self) -> float:
        """Largest value of a pair, one when all are zero."""
        return float(np.abs(self.value).max(initial=0.0)) or 1.0

    @cached_property
    def _by_household(self) -> tuple[Indices, Indices, Indices]:
        """Pairs sorted by household, where each household starts, the households met."""
        order = np.argsort(self.places.household, kind="stable")
        present, starts = np.unique(self.places.household[order], return_index=True)
        return order, starts, present

    def best(self, worth: Vector) -> Vector:
        """Return the best of each household, zero when it has nothing above."""
        order, starts, present = self._by_household
        gain = np.zeros(self.places.households)
        if len(present):
            gain[present] = np.maximum(np.maximum.reduceat(worth[order], starts), 0.0)
        return gain

    def outlook(self, prices: Vector) -> Outlook:
        """Price all pairs.

        Examples
        --------
        >>> two = Places(households=2, capacity=np.ones(1), household=np.arange(2),
        ...              place=np.zeros(2, dtype=int), weight=np.ones(2))
        >>> Market(two, np.array([5.0, 3.0])).outlook(np.array([4.0])).bound  # (5 - 4) + 4 x 1
        5.0
        """
        useless = (prices > 0) & np.isinf(self.most) | (prices < 0) & np.isinf(self.least)
        prices = np.where(useless, 0.0, prices)
        worth = self.value - self.uses @ prices
        gain = self.best(worth)
        limits = np.where(prices > 0, self.most, self.least)
        used = prices != 0
        bound = float(gain.sum() + prices[used] @ limits[used])
        return Outlook(worth=worth, gain=gain, bound=bound)

    def loss(self, outlook: Outlook) -> Vector:
        """Return what each pair loses against the best of its household."""
        lost: Vector = outlook.gain[self.places.household] - outlook.worth
        return lost


def with_limits_only(places: Places) -> Places:
    """Write a place for everyone, and pairs fixed, as limits: what the prices know."""
    added = []
    if places.everyone:
        everybody = np.ones(places.pairs)
        added.append(Limit(name="everyone", coefficients=everybody, lower=places.households))
    if places.fixed:
        chosen = np.zeros(places.pairs)
        chosen[list(places.fixed)] = 1.0
        added.append(Limit(name="fixed", coefficients=chosen, lower=len(set(places.fixed))))
    return replace(places, everyone=False, fixed=(), limits=(*places.limits, *added))


def relax_by_pricing(market: Market) -> Relaxation:
    """Find the best assignment in fractions and prove it over all pairs.

    Parameters
    ----------
    market
        The assignment, largest total sought.

    Returns
    -------
    relaxation
        ``infeasible`` when prices prove that no assignment, even in fractions, keeps the limits.

    Examples
    --------
    >>> two = Places(households=2, capacity=np.ones(1), household=np.arange(2),
    ...              place=np.zeros(2, dtype=int), weight=np.ones(2))
    >>> found = relax_by_pricing(Market(two, np.array([5.0, 3.0])))
    >>> found.bound, found.point.tolist()
    (5.0, [1.0, 0.0])
    """
    outlook = market.outlook(_first_prices(market))
    kept = market.loss(outlook) <= FIRST_LOSS * market.scale
    if market.places.pairs or not _breaks(market).shape[1]:  # HiGHS: an empty problem is optimal
        found = _price_out(market, kept)
        if found.status != "infeasible":
            return found
    worthless = Market(market.places, np.zeros(market.places.pairs))
    possible = _price_out(worthless, kept, breakable=True)
    if possible.status != "optimal":
        return possible
    found = _price_out(market, kept | (possible.point > 0))
    return replace(found, status="error") if found.status == "infeasible" else found


def restricted(places: Places, pairs: Indices) -> Places:
    """Return an assignment with these pairs only, households and places as they are."""
    return replace(
        places,
        household=places.household[pairs],
        place=places.place[pairs],
        weight=places.weight[pairs],
        limits=tuple(
            replace(limit, coefficients=limit.coefficients[pairs]) for limit in places.limits
        ),
    )


def _first_prices(market: Market) -> Vector:
    """Price places and limits from a sample: every twelfth household by its best value."""
    places = market.places
    drawn = np.argsort(-market.best(market.value), kind="stable")[SAMPLE // 2 :: SAMPLE]
    inside = np.zeros(places.households, dtype=bool)
    inside[drawn] = True
    share = len(drawn) / max(1, places.households)
    pairs = np.flatnonzero(inside[places.household])
    if not len(pairs):
        return np.zeros(len(market.most))
    arrays = _least_cost(market, pairs)
    shared = slice(places.households, None)
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    lower[shared], upper[shared] = market.least * share, market.most * share
    proof = Growing(replace(arrays, row_lower=lower, row_upper=upper)).least()
    if proof.multipliers is None:
        return np.zeros(len(market.most))
    return -proof.multipliers[shared]


def _price_out(market: Market, kept: Mask, *, breakable: bool = False) -> Relaxation:
    """Add the pairs that would gain until none would.

    With `breakable`, limits may be broken at a price of one a unit: without value on the pairs, a
    bound below zero proves that no assignment keeps them.
    """
    places, kept = market.places, kept.copy()
    kept[:1] |= not kept.any()  # never an empty problem
    known = np.flatnonzero(kept)
    breaks = _breaks(market) if breakable else csr_array((places.households + len(market.most), 0))
    problem = Growing(_beside(breaks, _least_cost(market, known)))
    for rounds in range(1, MOST_ROUNDS + 1):
        proof = problem.least()
        if proof.multipliers is None or proof.point is None:
            return _nothing(market, "infeasible" if proof.bound > 0 else "error", rounds, known)
        prices = -proof.multipliers[places.households :]
        outlook = market.outlook(prices)
        if breakable and outlook.bound < -FEASIBLE_NOISE:
            return _nothing(market, "infeasible", rounds, known, prices)
        loss, solved = market.loss(outlook), proof.point[breaks.shape[1] :]
        reached = market.best(np.where(kept, outlook.worth, -np.inf))
        gains = outlook.worth > reached[places.household] + NOISE * market.scale
        new = np.flatnonzero(gains & ~kept & (loss <= NEXT_LOSS * market.scale))
        if not len(new):
            break
        kept[new] = True
        known = np.append(known, new)
        problem.add(_columns(market, new), -market.value[new])
    point = np.zeros(places.pairs)
    point[known[: len(solved)]] = solved
    return Relaxation(
        status="optimal", bound=outlook.bound, prices=prices, loss=loss, point=point,
        rounds=rounds, columns=len(known),
    )  # fmt: skip


def _nothing(
    market: Market, status: Status, rounds: int, known: Indices, prices: Vector | None = None
) -> Relaxation:
    """Return an answer without an assignment, with the limits that the prices blame."""
    blamed = np.zeros(len(market.most)) if prices is None else prices
    limits = zip(market.places.limits, blamed[len(market.places.capacity) :], strict=True)
    return Relaxation(
        status=status,
        prices=blamed,
        loss=np.zeros(market.places.pairs),
        point=np.zeros(market.places.pairs),
        rounds=rounds,
        columns=len(known),
        conflict=tuple(limit.name for limit, price in limits if abs(price) > FEASIBLE_NOISE),
    )


def _least_cost(market: Market, pairs: Indices) -> Arrays:
    """Write the assignment with some pairs only, as a cost to make least."""
    arrays = assignment_arrays(restricted(market.places, pairs), market.value[pairs], "max")
    return replace(arrays, cost=-arrays.cost, maximise=False)


def _breaks(market: Market) -> csr_array:
    """Write one column for each limit that having no place at all would break."""
    short, over = np.flatnonzero(market.least > 0), np.flatnonzero(market.most < 0)
    rows = market.places.households + np.concatenate([short, over])
    units = np.concatenate([np.ones(len(short)), -np.ones(len(over))])
    shape = (market.places.households + len(market.most), len(rows))
    return csr_array((units, (rows, np.arange(len(rows)))), shape=shape)


def _beside(breaks: csr_array, arrays: Arrays) -> Arrays:
    """Put columns that break limits, at a cost of one a unit, before those of a problem."""
    count = breaks.shape[1]
    return replace(
        arrays,
        names=(*(f"break_{column}" for column in range(count)), *arrays.names),
        matrix=csr_array(hstack([breaks, arrays.matrix], "csr")),
        lower=np.append(np.zeros(count), arrays.lower),
        upper=np.append(np.full(count, np.inf), arrays.upper),
        integer=np.append(np.zeros(count, dtype=bool), arrays.integer),
        cost=np.append(np.ones(count), arrays.cost),
    )


def _columns(market: Market, pairs: Indices) -> csr_array:
    """Return the coefficients of some pairs: their household, then what they use."""
    n, count = market.places.households, len(pairs)
    own = csr_array(
        (np.ones(count), (market.places.household[pairs], np.arange(count))), shape=(n, count)
    )
    return csr_array(vstack([own, market.uses[pairs].T], "csr"))
