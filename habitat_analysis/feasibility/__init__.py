"""One operation gathered: site, programme, accounts, tests and verdict."""

from habitat_analysis.feasibility.argument import with_argument
from habitat_analysis.feasibility.ground import (
    Ground,
    SiteIdus,
    choose_sites,
    find_site,
    read_ground,
)
from habitat_analysis.feasibility.nouns import Feasibility, Verdict
from habitat_analysis.feasibility.operation import check_sites, study_site
from habitat_analysis.feasibility.results import (
    results_of,
    results_text,
    summary_row,
    traced_versions,
)
from habitat_analysis.feasibility.results_schema import Resultats
from habitat_analysis.feasibility.tell import with_story
from habitat_analysis.feasibility.verdict import covered_sentence, effort_sentence

__all__ = [
    "Feasibility",
    "Ground",
    "Resultats",
    "SiteIdus",
    "Verdict",
    "check_sites",
    "choose_sites",
    "covered_sentence",
    "effort_sentence",
    "find_site",
    "read_ground",
    "results_of",
    "results_text",
    "study_site",
    "summary_row",
    "traced_versions",
    "with_argument",
    "with_story",
]
