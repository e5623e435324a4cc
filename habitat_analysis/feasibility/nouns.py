"""What a feasibility is made of: the verdict, and all the report says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from habitat_analysis.baremes import Fact
from habitat_analysis.feasibility.access import Access
from habitat_analysis.feasibility.argued import Argument
from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.feasibility.legal_form import LegalStanding
from habitat_analysis.feasibility.mix import MixReport
from habitat_analysis.feasibility.reference_households import ReferenceHouseholds
from habitat_analysis.feasibility.story import GroupStory
from habitat_analysis.land.capacity import Capacity
from habitat_analysis.land.sites import Site
from habitat_analysis.montage import DetailedCosts, Montage
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.diagnosis import Diagnosis
from habitat_analysis.programme.economics import CaseFile
from habitat_analysis.programme.imposed import ImposedVerdict
from habitat_analysis.programme.optimum import Optimum
from habitat_analysis.study import PluRules, ScenarioTerms

Word = Literal["faisable", "faisable sous conditions", "infaisable", "sans réponse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One word, the reasons that lead to it, and what must be settled first."""

    word: Word
    reasons: tuple[str, ...]  # three at most, the strongest first
    conditions: tuple[str, ...]  # all that stands between here and « faisable »


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """Everything the report says about one site and one scenario."""

    ground: Ground
    scenario: ScenarioTerms
    site: Site
    parcels: pd.DataFrame  # rows of the screened table for the parcels of the site
    zone_label: str
    rules: PluRules
    capacity: Capacity
    file: CaseFile
    access: Access | None  # cells of the households; None without a group
    references: ReferenceHouseholds  # invented households before the same dwellings
    optimum: Optimum
    imposed: ImposedVerdict | None
    costs: DetailedCosts | None  # None without a programme
    montage: Montage | None  # None without a programme
    mix: MixReport | None
    stress: pd.DataFrame | None
    places_due: int | None  # asked by the rules of the zone for this programme
    diagnosis: Diagnosis | None  # of an impossible programme
    facts: tuple[Fact, ...]
    verdict: Verdict
    argument: Argument | None = None  # trade-offs and prices, when they were asked for
    story: GroupStory | None = None  # of the group on this site, when it was told
    apart: Optimum | None = None  # in joint mode, the programme chosen for the group alone
    legal: LegalStanding | None = None  # None: neither a legal form nor a legal person is stated

    @property
    def programme(self) -> Programme | None:
        """The programme kept, if there is one."""
        return self.optimum.programme
