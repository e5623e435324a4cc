"""What the shared rooms voted change in the programme of a site: solved again without them."""

from __future__ import annotations

from dataclasses import replace

from habitat_analysis.feasibility.argued import VoteEffect
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.operation import lay_out, objectives
from habitat_analysis.feasibility.shared_vote import without_voted_rooms
from habitat_analysis.programme.optimum import optimise


def vote_effect(feasibility: Feasibility) -> VoteEffect | None:
    """Solve the same question without any room put to the vote; None when none was funded."""
    ground = feasibility.ground
    if ground.vote is None or not ground.vote.winners:
        return None
    study = without_voted_rooms(ground.study, ground.vote)
    bare = replace(ground, study=study)
    plan = lay_out(bare, feasibility.site.idus, scenario=feasibility.scenario.name)
    before = optimise(plan.file.case, objectives(bare), time_limit_s=float(study.time_limit_s))
    return VoteEffect(before=before)
