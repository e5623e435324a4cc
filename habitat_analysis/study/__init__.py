"""The study: what the planner typed, checked at the door, everything else follows from it."""

from habitat_analysis.study.group import GroupBound, GroupQuota, Residents
from habitat_analysis.study.land import (
    Criterion,
    Exclusion,
    Files,
    Land,
    LayerSources,
    PluRules,
    Ratios,
)
from habitat_analysis.study.legal_persons import LegalForm, LegalPerson
from habitat_analysis.study.model import Study, load_study, named_files
from habitat_analysis.study.money import (
    CostItem,
    Costs,
    FeeRate,
    Operating,
    ScenarioTerms,
    Terms,
)
from habitat_analysis.study.montage import Montage
from habitat_analysis.study.programme import (
    OBJECTIVES,
    Family,
    Fixed,
    Imposed,
    MixGroup,
    MixTarget,
    SharedRoom,
    Typology,
)

__all__ = [
    "OBJECTIVES",
    "CostItem",
    "Costs",
    "Criterion",
    "Exclusion",
    "Family",
    "FeeRate",
    "Files",
    "Fixed",
    "GroupBound",
    "GroupQuota",
    "Imposed",
    "Land",
    "LayerSources",
    "LegalForm",
    "LegalPerson",
    "MixGroup",
    "MixTarget",
    "Montage",
    "Operating",
    "PluRules",
    "Ratios",
    "Residents",
    "ScenarioTerms",
    "SharedRoom",
    "Study",
    "Terms",
    "Typology",
    "load_study",
    "named_files",
]
