"""The story of a group on one site: formed, allotted, ready for departures, proposed to the CAL.

All of it holds rows of households: it never leaves the cooperative's circle as such. What each
circle may read of it is made elsewhere (public results, annex of the group, confidential annex).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from habitat_analysis.allocation.commission import CommissionFile
from habitat_analysis.allocation.departures import Reallocation, Resilience
from habitat_analysis.allocation.diversity import PriceOfDiversity, Revote
from habitat_analysis.allocation.fairness import EnvyReport, Explanation
from habitat_analysis.allocation.formation import FormedGroup
from habitat_analysis.allocation.imposed import Judgement
from habitat_analysis.allocation.proposal import Allocation
from habitat_analysis.allocation.wishes import Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedWish:
    """A dwelling taken out of a ranking, because the household may not have it."""

    household: str
    dwelling: str
    why: str  # French; confidential: it may speak of incomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotted:
    """The sale and SCIAPP dwellings of the site, put to the group.

    Attributes
    ----------
    wishes
        Dwellings, rankings kept, bounds, pairs fixed; those on the waiting list included.
    members
        Households the group retains; the others of `wishes` wait.
    proposal, explanations, envy, diversity
        Of the members. `proposal.status` may be ``infeasible``: then `revote` says what to vote
        again and the rest is empty or None.
    removed, silent
        Wishes taken out with the reason; households retained who ranked nothing.
    own
        Judgement of the allocation typed by the group, if there is one.
    resilience, waiting_list_needed
        Departures tried, and the waiting list that the stated probability asks for (None when no
        probability is stated).
    """

    wishes: Wishes
    members: tuple[str, ...]
    proposal: Allocation
    explanations: tuple[Explanation, ...]
    envy: EnvyReport | None
    diversity: PriceOfDiversity | None
    revote: Revote | None
    removed: tuple[RemovedWish, ...]
    silent: tuple[str, ...]
    own: Judgement | None
    resilience: Resilience | None
    waiting_list_needed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStory:
    """What happens to the households on one site under one programme.

    Attributes
    ----------
    numbers
        Number that each household receives in private, by pseudonym: the only name of a
        household in the circle of the group.
    attributes
        Quartile, age band and family type by pseudonym.
    formed
        The group chosen in the pool (members and candidates), per cell of the programme.
    allotted
        None when no dwelling is for sale, or when the study allots another site.
    commission
        Candidates to propose for the rental dwellings; None without a rental dwelling.
    notes
        In French, countings only: what was put aside, what does not match the programme.
    """

    numbers: Mapping[str, int]
    attributes: Mapping[str, Mapping[str, str]]
    formed: FormedGroup
    allotted: Allotted | None
    commission: CommissionFile | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDepartures:
    """Households drawn with the published seed to leave, and the allocation made again."""

    left: tuple[str, ...]
    again: Reallocation
