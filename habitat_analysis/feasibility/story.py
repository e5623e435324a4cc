"""The story of a group on one site: formed, allotted, ready for departures, proposed to the CAL.

All of it holds rows of households: it never leaves the cooperative's circle as such. What each
circle may read of it is made elsewhere (public results, annex of the group, confidential annex).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from habitat_analysis.allocation.commission import CommissionFile
from habitat_analysis.allocation.departures import Reallocation, Resilience
from habitat_analysis.allocation.diversity import PriceOfDiversity, Revote
from habitat_analysis.allocation.fairness import EnvyReport, Explanation
from habitat_analysis.allocation.formation import FormedGroup
from habitat_analysis.allocation.imposed import Judgement
from habitat_analysis.allocation.proposal import Allocation
from habitat_analysis.allocation.wishes import Wishes

POINT_DECIMALS: Final = 6


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
    unbounded
        The proposal that the group would have without its bounds; None when it has none.
    removed, silent, emptied
        Wishes taken out with the reason; households retained who ranked nothing; those whose
        wishes were all taken out. The last two are not in `wishes`.
    own
        Judgement of the allocation typed by the group, if there is one.
    resilience, waiting_list_needed
        Departures tried, and the waiting list that the stated probability asks for (None when no
        probability is stated).
    """

    wishes: Wishes
    members: tuple[str, ...]
    proposal: Allocation
    unbounded: Allocation | None
    explanations: tuple[Explanation, ...]
    envy: EnvyReport | None
    diversity: PriceOfDiversity | None
    revote: Revote | None
    removed: tuple[RemovedWish, ...]
    silent: tuple[str, ...]
    emptied: tuple[str, ...]
    own: Judgement | None
    resilience: Resilience | None
    waiting_list_needed: int | None

    @property
    def waiting(self) -> tuple[str, ...]:
        """Households of the waiting list who ranked dwellings."""
        return tuple(h.id for h in self.wishes.households if h.id not in self.members)

    @property
    def of_members(self) -> Wishes:
        """The wishes of the members alone."""
        return self.wishes.without_households(self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formation:
    """The group chosen in the pool for the cells of the programme.

    Attributes
    ----------
    formed
        Members and candidates retained, waiting list, reasons; its points hold the priority.
    priority
        Points added to each household of the group, more than all the others together: it comes
        before any candidate.
    pool_size, group_size
        Households of the pool, and those among them of the group, those without a cell included.
    without_cell
        Households that no dwelling of the study suits. How many is never published: neither as
        such, nor as what is missing from the two sizes.
    has_quotas
        Whether the study asks for a mix.
    """

    formed: FormedGroup
    priority: float
    pool_size: int
    group_size: int
    without_cell: tuple[str, ...]
    has_quotas: bool

    def worth(self, points: float) -> tuple[int, float]:
        """Split points into households of the group retained, and points of everybody."""
        if not self.priority:
            return 0, points
        members, rest = divmod(round(points, POINT_DECIMALS), self.priority)
        return int(members), round(rest, POINT_DECIMALS)


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
    formation
        The group chosen in the pool.
    allotted
        None when no dwelling is for sale, when nobody gave wishes, or when the study allots
        another site: `notes` says which.
    rental_dwellings, commission
        Rental dwellings of the programme, and the candidates to propose for them; None without a
        rental dwelling.
    notes
        In French, countings only: what was put aside, what does not match the programme.
    """

    numbers: Mapping[str, int]
    attributes: Mapping[str, Mapping[str, str]]
    formation: Formation
    allotted: Allotted | None
    rental_dwellings: int
    commission: CommissionFile | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDepartures:
    """Households drawn with a published seed to leave, and the allocation made again."""

    left: tuple[str, ...]
    seed: int
    again: Reallocation
