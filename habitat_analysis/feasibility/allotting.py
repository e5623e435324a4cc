"""The sale and SCIAPP dwellings put to the group: proposed, explained, ready for departures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import Final

from habitat_analysis.allocation.departures import (
    Resilience,
    reallocate,
    resilience,
    waiting_list_length,
)
from habitat_analysis.allocation.diversity import bounds_to_revote, price_of_diversity
from habitat_analysis.allocation.fairness import envy_report, explain
from habitat_analysis.allocation.imposed import judge_allocation
from habitat_analysis.allocation.proposal import Allocation, allocate, drawn_order
from habitat_analysis.allocation.wishes import Wishes
from habitat_analysis.feasibility.story import Allotted, DrawnDepartures, RemovedWish
from habitat_analysis.study.group import Allotment

MOST_DEPARTURES: Final = 400  # sets tried in a run; a tenth of a second each at worst
FOUND: Final = ("optimal", "feasible")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is needed to allot: the wishes as they may be kept, and who wished nothing.

    `wishes` holds the members retained and those who wait.
    """

    wishes: Wishes
    members: tuple[str, ...]
    removed: tuple[RemovedWish, ...] = ()
    silent: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()


def keep_possible(
    wishes: Wishes, allowed: Mapping[str, frozenset[str]], why: Mapping[tuple[str, str], str]
) -> tuple[Wishes, tuple[RemovedWish, ...], tuple[str, ...]]:
    """Take out of each ranking the dwellings that the household may not have.

    Parameters
    ----------
    wishes
        As ranked by the households.
    allowed
        Dwellings that each household may have: eligible, affordable, large enough.
    why
        Reason in French by household and dwelling, when one is known.

    Returns
    -------
    kept, removed, emptied
        Wishes, wishes taken out, and households with none left: they are not in `kept`.
    """
    kept, removed, emptied = [], [], []
    for household in wishes.households:
        may = allowed.get(household.id, frozenset())
        ranking = tuple(dwelling for dwelling in household.ranking if dwelling in may)
        removed += [
            RemovedWish(
                household=household.id,
                dwelling=dwelling,
                why=why.get((household.id, dwelling), "logement non ouvert à ce ménage"),
            )
            for dwelling in household.ranking
            if dwelling not in may
        ]
        if ranking:
            kept.append(replace(household, ranking=ranking))
        else:
            emptied.append(household.id)
    rankings = {household.id: household.ranking for household in kept}
    fixed = {
        name: dwelling
        for name, dwelling in wishes.fixed.items()
        if dwelling in rankings.get(name, ())
    }
    return replace(wishes, households=tuple(kept), fixed=fixed), tuple(removed), tuple(emptied)


def allot(
    call: Call, rules: Allotment, *, seed: int, own: Mapping[str, str] | None = None
) -> Allotted:
    """Propose the dwellings to the members, explain, and try the departures.

    Parameters
    ----------
    call
        Wishes of the members and of the waiting list.
    rules
        Last stage, bounds, departures: chosen by the study before any wish was read.
    seed
        Published seed of the draw.
    own
        Dwelling by household, when the group made an allocation itself.

    Returns
    -------
    allotted
        When no allocation keeps the bounds, only what to vote again.
    """
    points = rules.last_stage == "points"
    waiting = [h.id for h in call.wishes.households if h.id not in call.members]
    members = call.wishes.without_households(waiting)
    proposal = allocate(members, points=points, seed=seed)
    found = proposal.status in FOUND
    given = proposal.assignment
    return Allotted(
        wishes=call.wishes,
        members=call.members,
        proposal=proposal,
        unbounded=_unbounded(members, points=points, seed=seed),
        explanations=explain(members, given, points=points) if found else (),
        envy=envy_report(members, given) if found else None,
        diversity=price_of_diversity(members) if members.bounds else None,
        revote=None if found else bounds_to_revote(members),
        removed=call.removed,
        silent=call.silent,
        emptied=call.emptied,
        own=judge_allocation(members, own, points=points) if own else None,
        resilience=_resilience(call.wishes, proposal, rules) if found else None,
        waiting_list_needed=_waiting_list(proposal, rules) if found else None,
    )


def draw_departures(allotted: Allotted, rules: Allotment, *, n: int, seed: int) -> DrawnDepartures:
    """Draw households housed with a published seed, let them leave, and allocate again.

    Returns
    -------
    departures
        The same households whatever their names and the order of the file.
    """
    given = allotted.proposal.assignment
    housed = [h for h in allotted.wishes.households if h.id in given]
    left = drawn_order(housed, seed, given)[:n]
    again = reallocate(allotted.wishes, given, left, keep_housed=rules.keep_housed, seed=seed)
    return DrawnDepartures(left=left, seed=seed, again=again)


def _unbounded(members: Wishes, *, points: bool, seed: int) -> Allocation | None:
    if not members.bounds:
        return None
    return allocate(members.without_bounds(), points=points, seed=seed)


def _resilience(wishes: Wishes, proposal: Allocation, rules: Allotment) -> Resilience:
    """Try the departures asked, fewer at once when there are too many sets of them."""
    at_once = _sizes_tried(proposal.housed, rules.departures.at_once)
    return resilience(wishes, proposal.assignment, needed=proposal.housed, at_once=at_once)


def _sizes_tried(housed: int, at_once: int) -> int:
    """Return how many departures at once may all be tried.

    Examples
    --------
    >>> _sizes_tried(12, 2), _sizes_tried(60, 3)
    (2, 1)
    """
    tried, sets = 1, housed
    while tried < at_once and sets + comb(housed, tried + 1) <= MOST_DEPARTURES:
        tried += 1
        sets += comb(housed, tried)
    return tried


def _waiting_list(proposal: Allocation, rules: Allotment) -> int | None:
    leaving = rules.departures
    if not leaving.share:
        return None
    return waiting_list_length(
        housed=proposal.housed,
        needed=proposal.housed,
        departure_share=leaving.share,
        confidence=leaving.confidence,
    )


def silent_members(members: Sequence[str], wishes: Wishes) -> tuple[str, ...]:
    """List the members who ranked nothing."""
    answered = {household.id for household in wishes.households}
    return tuple(name for name in members if name not in answered)
