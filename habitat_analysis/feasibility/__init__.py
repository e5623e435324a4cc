"""One operation gathered: site, programme, accounts, tests and verdict."""

from habitat_analysis.feasibility.ground import (
    Ground,
    SiteIdus,
    choose_sites,
    find_site,
    read_ground,
)
from habitat_analysis.feasibility.nouns import Feasibility, Verdict
from habitat_analysis.feasibility.operation import study_site
from habitat_analysis.feasibility.verdict import covered_sentence, effort_sentence

__all__ = [
    "Feasibility",
    "Ground",
    "SiteIdus",
    "Verdict",
    "choose_sites",
    "covered_sentence",
    "effort_sentence",
    "find_site",
    "read_ground",
    "study_site",
]
