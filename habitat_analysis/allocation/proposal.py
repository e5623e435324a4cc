"""A proposal put to the group: most households housed, then the fairest ranks.

Order of fairness (model.md 6.2): most households housed; as few as possible at the worst rank,
then at the rank before, down to the second (leximin). The numbers of households at each rank are
then unique; the proposal may not be: points choose among the best, then a draw with a published
seed, which leaves exactly one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from habitat_analysis.allocation.assignment import (
    Limit,
    Placement,
    Places,
    Stage,
    Status,
    Step,
    Turn,
)
from habitat_analysis.allocation.wishes import Bound, Wisher, Wishes, draw_key
from habitat_analysis.errors import DataError
from habitat_analysis.programme.arrays import Vector

HOUSED: Final = "housed"
POINTS: Final = "points"
GUIDE_POWER: Final = 3  # bad ranks weigh so much that the guide has few of them
SHORT_RANKING: Final = 3  # up to here a guide costs more than the stages that it spares


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Who would live where, and what is proved of it.

    Attributes
    ----------
    status
        ``optimal`` when every stage is proved; ``infeasible`` when no allocation keeps the bounds
        and the fixed pairs.
    assignment
        Dwelling by household, only those housed.
    rank_profile
        Number of households at each rank, from 1 to the longest ranking.
    points
        Sum over the households housed of points x (K + 1 - rank), K the number of dwellings.
    drawn
        Households in the order drawn, when a draw was asked.
    steps
        What each stage reached, with its bound.
    """

    status: Status
    assignment: Mapping[str, str]
    rank_profile: Mapping[int, int]
    points: float = 0.0
    drawn: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def housed(self) -> int:
        """Number of households housed."""
        return len(self.assignment)

    @property
    def sum_of_ranks(self) -> int:
        """Sum of the ranks obtained."""
        return sum(rank * count for rank, count in self.rank_profile.items())

    @property
    def fairness(self) -> tuple[int, ...]:
        """What is compared: households housed, then how few at the worst rank, up to the second."""
        worst_first = sorted((r for r in self.rank_profile if r > 1), reverse=True)
        return (self.housed, *(-self.rank_profile[rank] for rank in worst_first))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """The pairs of some wishes, in arrays: one entry a (household, dwelling it accepts)."""

    places: Places
    rank: Vector
    points: Vector
    names: tuple[tuple[str, str], ...] = field(repr=False)


def allocate(
    wishes: Wishes,
    *,
    points: bool = False,
    seed: int | None = None,
    time_limit_s: float | None = None,
) -> Allocation:
    """Propose the fairest allocation of sale and SCIAPP dwellings.

    Parameters
    ----------
    wishes
        Checked by `check_wishes`.
    points
        Whether, among the best, households with more points are served first.
    seed
        Published seed of the draw among the best. None: one of the best, not drawn.
    time_limit_s
        Seconds allowed for each stage; None for no limit.

    Returns
    -------
    allocation
        The same for the same wishes and seed; names and order in the file change nothing.

    Examples
    --------
    >>> from habitat_analysis.allocation.wishes import Dwelling
    >>> homes = (Dwelling(id="D1"), Dwelling(id="D2"))
    >>> people = (Wisher(id="H1", ranking=("D1", "D2")), Wisher(id="H2", ranking=("D1",)))
    >>> allocate(Wishes(dwellings=homes, households=people)).assignment
    {'H1': 'D2', 'H2': 'D1'}
    """
    pairs = pairs_of(wishes)
    stages = fairness_stages(pairs, wishes.worst_rank)
    if points:
        stages.append(points_stage(pairs, len(wishes.dwellings)))
    return play(wishes, pairs, stages, seed=seed, time_limit_s=time_limit_s)


def play(
    wishes: Wishes,
    pairs: Pairs,
    stages: Sequence[Stage],
    *,
    seed: int | None = None,
    time_limit_s: float | None = None,
    held: Mapping[str, str] | None = None,
) -> Allocation:
    """Play stages in order, then the draw if a seed is given.

    Parameters
    ----------
    wishes, pairs, stages
        What is decided.
    seed, time_limit_s
        As in `allocate`.
    held
        Dwelling that each household held before, which makes two households different.
    """
    turn = Turn(pairs.places, time_limit_s=time_limit_s)
    alive = all(turn.play(stage) for stage in stages)
    drawn: tuple[str, ...] = ()
    if alive and seed is not None:
        drawn = drawn_order(wishes.households, seed, held or {})
        _serve_in_order(turn, wishes, pairs, drawn)
    return read_placement(wishes, pairs, turn.placement(), drawn)


def pairs_of(wishes: Wishes) -> Pairs:
    """Write wishes as pairs in arrays, bounds as limits on them."""
    if not wishes.dwellings:
        msg = "Aucun logement à proposer."
        raise DataError(msg, code="E_NO_DWELLING")
    column = {dwelling.id: index for index, dwelling in enumerate(wishes.dwellings)}
    found = [
        (row, column[name], rank)
        for row, household in enumerate(wishes.households)
        for rank, name in enumerate(household.ranking, start=1)
    ]
    household, place, rank = np.array(found, dtype=int).reshape(-1, 3).T
    ids = tuple(
        (wishes.households[h].id, wishes.dwellings[d].id)
        for h, d in zip(household, place, strict=True)
    )
    fixed = set(wishes.fixed.items())
    scores = np.array([wisher.points for wisher in wishes.households], dtype=float)
    return Pairs(
        places=Places(
            households=len(wishes.households),
            capacity=np.ones(len(wishes.dwellings)),
            household=household,
            place=place,
            weight=np.ones(len(found)),
            limits=tuple(_limit(bound, wishes, household, place) for bound in wishes.bounds),
            fixed=tuple(index for index, names in enumerate(ids) if names in fixed),
        ),
        rank=rank.astype(float),
        points=scores[household] if len(found) else np.zeros(0),
        names=ids,
    )


def fairness_stages(pairs: Pairs, worst_rank: int) -> list[Stage]:
    """Return the stages of the order of fairness: housed, then each rank from the worst.

    A guide between them finds an answer without the worst ranks: these stages are then proved
    without solving, since nothing is below zero.
    """
    housed = Stage(name=HOUSED, value=np.ones(pairs.places.pairs), sense="max")
    ranks = [
        Stage(name=f"rank_{rank}", value=(pairs.rank == rank).astype(float), sense="min")
        for rank in range(worst_rank, 1, -1)
    ]
    guide = Stage(name="guide", value=pairs.rank**GUIDE_POWER, sense="min", guide=True)
    return [housed, guide, *ranks] if worst_rank > SHORT_RANKING else [housed, *ranks]


def points_stage(pairs: Pairs, dwellings: int) -> Stage:
    """Return the stage where more points are served first: points x (K + 1 - rank)."""
    return Stage(name=POINTS, value=pairs.points * (dwellings + 1 - pairs.rank), sense="max")


def drawn_order(
    households: Sequence[Wisher], seed: int, held: Mapping[str, str]
) -> tuple[str, ...]:
    """Draw the order in which households choose among the best proposals.

    The number drawn depends on the seed and on what a household says (ranking, points,
    attributes, dwelling held), never on its name or its line: publish the seed once the wishes
    are closed.
    """

    def key(wisher: Wisher) -> tuple[str, str]:
        said = (wisher.ranking, float(wisher.points), sorted(wisher.attributes.items()))
        return draw_key(seed, *said, held.get(wisher.id)), wisher.id

    return tuple(wisher.id for wisher in sorted(households, key=key))


def read_placement(
    wishes: Wishes, pairs: Pairs, placement: Placement, drawn: tuple[str, ...] = ()
) -> Allocation:
    """Read an answer of the solver as an allocation."""
    chosen: dict[str, str] = dict(pairs.names[pair] for pair in placement.pairs)
    return allocation_of(
        wishes, chosen, status=placement.status, drawn=drawn, steps=placement.steps
    )


def allocation_of(
    wishes: Wishes,
    assignment: Mapping[str, str],
    *,
    status: Status,
    drawn: tuple[str, ...] = (),
    steps: tuple[Step, ...] = (),
) -> Allocation:
    """Gather an assignment as an allocation; ranks are counted again from the wishes."""
    ranks = {h.id: h.rank(assignment[h.id]) for h in wishes.households if h.id in assignment}
    got = list(ranks.values())
    worth = len(wishes.dwellings) + 1
    return Allocation(
        status=status,
        assignment={h.id: assignment[h.id] for h in wishes.households if h.id in assignment},
        rank_profile={rank: got.count(rank) for rank in range(1, wishes.worst_rank + 1)},
        points=sum(
            h.points * (worth - rank) for h in wishes.households if (rank := ranks.get(h.id))
        ),
        drawn=drawn,
        steps=steps,
    )


def bound_counts(wishes: Wishes, assignment: Mapping[str, str]) -> dict[str, int]:
    """Count the households that each bound counts, by bound id."""
    placed = [
        (household, wishes.dwelling(assignment[household.id]))
        for household in wishes.households
        if household.id in assignment
    ]
    return {
        bound.id: sum(bound.counts(household, dwelling) for household, dwelling in placed)
        for bound in wishes.bounds
    }


def broken_bounds(wishes: Wishes, assignment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the bounds that an assignment breaks."""
    counts = bound_counts(wishes, assignment)
    return tuple(bound.id for bound in wishes.bounds if not bound.is_kept(counts[bound.id]))


def _limit(bound: Bound, wishes: Wishes, household: Vector, place: Vector) -> Limit:
    counted = [
        bound.counts(wishes.households[h], wishes.dwellings[d])
        for h, d in zip(household, place, strict=True)
    ]
    return Limit(
        name=bound.id,
        coefficients=np.array(counted, dtype=float),
        lower=-np.inf if bound.min is None else bound.min,
        upper=np.inf if bound.max is None else bound.max,
    )


def _serve_in_order(turn: Turn, wishes: Wishes, pairs: Pairs, order: Sequence[str]) -> None:
    """Let each household, in turn, have the best rank it can among what is left of the best."""
    row = {household.id: index for index, household in enumerate(wishes.households)}
    nothing = wishes.worst_rank + 1  # having no place is worse than any rank
    for name in order:
        own = np.flatnonzero(pairs.places.household == row[name])
        if not len(own):
            continue
        held = np.intersect1d(own, turn.chosen)
        if not (len(held) and pairs.rank[held[0]] == 1):
            value = np.zeros(pairs.places.pairs)
            value[own] = pairs.rank[own] - nothing
            if not turn.play(Stage(name=f"draw_{row[name]}", value=value, sense="min")):
                return
            held = np.intersect1d(own, turn.chosen)
        turn.fix(int(held[0]) if len(held) else None, own)
