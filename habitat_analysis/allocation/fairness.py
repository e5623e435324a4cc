"""Why each household has what it has: rank, envy, and what stands in the way of what it preferred.

Reasons are proved by solving again with the dwelling given to the household: nothing is guessed.
Output is plain data; only the sentences are French.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from habitat_analysis.allocation.proposal import (
    Allocation,
    allocate,
    allocation_of,
    broken_bounds,
)
from habitat_analysis.allocation.wishes import Wisher, Wishes
from habitat_analysis.formats import count, join_fr, quoted, typeset

Reason = Literal["fixed", "bound", "cardinality", "ranks", "points", "draw", "better"]

WHY: Final[Mapping[Reason, str]] = {
    "fixed": "ce logement a été fixé par le groupe",
    "bound": "la limite votée {bounds} l'interdit",
    "cardinality": "un ménage de moins serait logé",
    "ranks": "les autres ménages auraient de moins bons rangs",
    "points": "les points votés servent d'abord un autre ménage",
    "draw": "le choix entre propositions aussi justes a donné ce logement à un autre",
    "better": "rien : le lui donner permettrait une allocation plus juste",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envy:
    """A household that prefers the dwelling of another."""

    household: str
    envies: str
    dwelling: str
    justified: bool  # more points, and no bound broken once it takes the place
    bounds: tuple[str, ...]  # bounds that the change would break


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Two households that would both rather have the other's dwelling."""

    households: tuple[str, str]
    bounds: tuple[str, ...]  # bounds that the swap would break; empty: nothing forbids it


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvyReport:
    """Who envies whom, and who would swap."""

    envies: tuple[Envy, ...]
    swaps: tuple[Swap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """A dwelling that a household preferred to its own."""

    dwelling: str
    rank: int
    holder: str | None  # None: nobody has it
    reason: Reason
    bounds: tuple[str, ...]  # when the reason is a bound: those responsible
    envy_justified: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one household is told."""

    household: str
    dwelling: str | None
    rank: int | None
    preferred: tuple[Preferred, ...]
    sentence: str


def envy_report(wishes: Wishes, assignment: Mapping[str, str]) -> EnvyReport:
    """List the envies of an assignment, in the order of the households, and the swaps wished.

    An envy is justified when the household has more points than the one it envies and taking its
    dwelling, the other without any, breaks no bound.
    """
    envies = tuple(
        _envy(wishes, assignment, one, other)
        for one in wishes.households
        for other in wishes.households
        if _prefers(one, assignment, other)
    )
    names = [household.id for household in wishes.households]
    wished = {(envy.household, envy.envies) for envy in envies}
    swaps = tuple(
        Swap(
            households=(one, other), bounds=broken_bounds(wishes, _swapped(assignment, one, other))
        )
        for index, one in enumerate(names)
        for other in names[index + 1 :]
        if (one, other) in wished and (other, one) in wished
    )
    return EnvyReport(envies=envies, swaps=swaps)


def explain(
    wishes: Wishes, assignment: Mapping[str, str], *, points: bool = False
) -> tuple[Explanation, ...]:
    """Explain an assignment, the tool's or the group's own, to each household.

    Parameters
    ----------
    wishes
        Checked wishes.
    assignment
        Dwelling by household.
    points
        Whether points were the last stage, as in `allocate`.

    Returns
    -------
    explanations
        In the order of the households. The reason for each dwelling preferred is proved by
        allocating again with that dwelling given to the household, then without the bounds.
    """
    reached = allocation_of(wishes, assignment, status="optimal")
    envies = {
        (envy.household, envy.dwelling): envy.justified
        for envy in envy_report(wishes, assignment).envies
    }
    return tuple(
        _explanation(wishes, reached, household, envies=envies, points=points)
        for household in wishes.households
    )


def _explanation(
    wishes: Wishes,
    reached: Allocation,
    household: Wisher,
    *,
    envies: Mapping[tuple[str, str], bool],
    points: bool,
) -> Explanation:
    dwelling = reached.assignment.get(household.id)
    rank = household.rank(dwelling) if dwelling else None
    holders = {place: name for name, place in reached.assignment.items()}
    preferred = []
    for index, wanted in enumerate(_better(household, dwelling), start=1):
        reason, bounds = _reason(wishes, reached, household, wanted, points=points)
        preferred.append(
            Preferred(
                dwelling=wanted,
                rank=index,
                holder=holders.get(wanted),
                reason=reason,
                bounds=bounds,
                envy_justified=envies.get((household.id, wanted), False),
                sentence=_why(wanted, index, reason, bounds),
            )
        )
    return Explanation(
        household=household.id,
        dwelling=dwelling,
        rank=rank,
        preferred=tuple(preferred),
        sentence=_told(dwelling, rank, len(household.ranking)),
    )


def _reason(
    wishes: Wishes, reached: Allocation, household: Wisher, wanted: str, *, points: bool
) -> tuple[Reason, tuple[str, ...]]:
    """Prove why a household does not have a dwelling that it preferred."""
    if household.id in wishes.fixed or wanted in wishes.fixed.values():
        return "fixed", ()
    given = wishes.with_fixed(household.id, wanted)
    instead = allocate(given, points=points)
    if _is_possible(instead):
        if instead.fairness > reached.fairness:
            return "better", ()
        if instead.fairness == reached.fairness:
            return ("points" if points and instead.points < reached.points else "draw"), ()
    if _as_fair(given.without_bounds(), reached):
        ids = [bound.id for bound in wishes.bounds]
        alone = [name for name in ids if _as_fair(given.without_bounds(name), reached)]
        return "bound", tuple(alone or ids)
    fewer = not _is_possible(instead) or instead.housed < reached.housed
    return ("cardinality" if fewer else "ranks"), ()


def _as_fair(wishes: Wishes, reached: Allocation) -> bool:
    instead = allocate(wishes)
    return _is_possible(instead) and instead.fairness >= reached.fairness


def _is_possible(allocation: Allocation) -> bool:
    return allocation.status in ("optimal", "feasible")


def _prefers(one: Wisher, assignment: Mapping[str, str], other: Wisher) -> bool:
    theirs = assignment.get(other.id)
    return one.id != other.id and theirs in _better(one, assignment.get(one.id))


def _better(household: Wisher, dwelling: str | None) -> tuple[str, ...]:
    """Return the dwellings that a household prefers to its own, the most wanted first."""
    rank = household.rank(dwelling) if dwelling else None
    return household.ranking if rank is None else household.ranking[: rank - 1]


def _envy(wishes: Wishes, assignment: Mapping[str, str], one: Wisher, other: Wisher) -> Envy:
    dwelling = assignment[other.id]
    after = {name: place for name, place in assignment.items() if name != other.id}
    bounds = broken_bounds(wishes, {**after, one.id: dwelling})
    return Envy(
        household=one.id,
        envies=other.id,
        dwelling=dwelling,
        justified=one.points > other.points and not bounds,
        bounds=bounds,
    )


def _swapped(assignment: Mapping[str, str], one: str, other: str) -> dict[str, str]:
    return {**assignment, one: assignment[other], other: assignment[one]}


def reason_words(reason: Reason, bounds: Sequence[str] = ()) -> str:
    """Say a reason in a few words, bounds under the names given: their ids, or their labels.

    Examples
    --------
    >>> reason_words("cardinality")
    'un ménage de moins serait logé'
    """
    return WHY[reason].format(bounds=join_fr([quoted(name) for name in bounds]))


def _why(dwelling: str, rank: int, reason: Reason, bounds: tuple[str, ...]) -> str:
    return typeset(f"Logement {quoted(dwelling)}, vœu {rank} : {reason_words(reason, bounds)}.")


def _told(dwelling: str | None, rank: int | None, wishes: int) -> str:
    if dwelling is None:
        return typeset(f"Aucun logement proposé parmi {count(wishes, 'vœu', 'vœux')}.")
    if rank is None:
        return typeset(f"Logement {quoted(dwelling)}, absent du classement du ménage.")
    return typeset(f"Logement {quoted(dwelling)} proposé, vœu {rank} sur {wishes}.")
