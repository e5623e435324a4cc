"""Sites argued for their land alone: what the tests of the charge foncière stand on."""

from __future__ import annotations

from dataclasses import replace

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.argued import Argument
from habitat_analysis.feasibility.land_value import land_value
from habitat_analysis.programme.requirements import Relaxation

NOTHING = Relaxation(status="error", value=None, prices={})


def with_land(feasibility: Feasibility) -> Feasibility:
    """Add what the land may cost to a site, and nothing else of an argument."""
    argument = Argument(
        fronts=(), prices=(), relaxation=NOTHING, robust=None, tested=(), breaking=(),
        land=land_value(feasibility),
    )  # fmt: skip
    return replace(feasibility, argument=argument)
