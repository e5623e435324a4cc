"""An allocation that the group made itself: read, checked, compared, explained like the tool's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from habitat_analysis.allocation.fairness import EnvyReport, Explanation, envy_report, explain
from habitat_analysis.allocation.proposal import (
    Allocation,
    allocate,
    allocation_of,
    bound_counts,
)
from habitat_analysis.allocation.wishes import Wishes, check_assignment
from habitat_analysis.formats import quoted, typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an allocation typed by the group is worth.

    Attributes
    ----------
    allocation
        The group's own, its ranks counted.
    best
        The tool's, for the same wishes and bounds; `best.status` may be ``infeasible``.
    broken
        Sentences: bounds broken, dwellings outside a household's wishes, fixed pairs undone.
    as_fair
        Whether it keeps every rule and nothing fairer exists.
    """

    allocation: Allocation
    best: Allocation
    broken: tuple[str, ...]
    as_fair: bool
    envy: EnvyReport
    explanations: tuple[Explanation, ...]


def judge_allocation(
    wishes: Wishes, assignment: Mapping[str, str], *, points: bool = False
) -> Judgement:
    """Check an allocation made by the group and explain it.

    Raises
    ------
    DataError
        If it names an unknown household or dwelling, or gives a dwelling twice (``E_WISHES``),
        every fault at once. A broken bound is told, not refused: people decide.
    """
    check_assignment(wishes, assignment)
    own = allocation_of(wishes, assignment, status="feasible")
    best = allocate(wishes, points=points)
    broken = (*_bounds(wishes, assignment), *_outside(wishes, assignment), *_undone(wishes, own))
    return Judgement(
        allocation=own,
        best=best,
        broken=broken,
        as_fair=not broken and own.fairness == best.fairness,
        envy=envy_report(wishes, assignment),
        explanations=explain(wishes, assignment, points=points),
    )


def _bounds(wishes: Wishes, assignment: Mapping[str, str]) -> list[str]:
    counts = bound_counts(wishes, assignment)
    told = []
    for bound in wishes.bounds:
        got, where = counts[bound.id], f"Limite {quoted(bound.id)} non respectée"
        if bound.min is not None and got < bound.min:
            told.append(typeset(f"{where} : {got} au lieu de {bound.min} au moins."))
        if bound.max is not None and got > bound.max:
            told.append(typeset(f"{where} : {got} au lieu de {bound.max} au plus."))
    return told


def _outside(wishes: Wishes, assignment: Mapping[str, str]) -> list[str]:
    return [
        typeset(
            f"Ménage {quoted(household.id)} : logement {quoted(assignment[household.id])} "
            "absent de son classement."
        )
        for household in wishes.households
        if household.id in assignment and household.rank(assignment[household.id]) is None
    ]


def _undone(wishes: Wishes, own: Allocation) -> list[str]:
    return [
        typeset(f"Paire fixée défaite : ménage {quoted(name)}, logement {quoted(dwelling)}.")
        for name, dwelling in wishes.fixed.items()
        if own.assignment.get(name) != dwelling
    ]
