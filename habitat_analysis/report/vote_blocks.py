"""The vote on shared rooms, in the order of a report: the rule, the outcome, what it changes."""

from __future__ import annotations

from functools import partial

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report import sections_vote as vote
from habitat_analysis.report.blocks import Heading, Item
from habitat_analysis.report.trace import traced


def vote_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    """List the blocks of the vote; they vanish when the study decided no rule."""
    ground, see = feasibility.ground, partial(traced, feasibility)
    return (
        Heading(text=vote.HEADING),
        vote.rule_sentence(ground),
        vote.vote_sentence(ground),
        see(vote.vote_table(ground)),
        vote.vote_figure(ground),
        see(vote.vote_burden(feasibility)),
        see(vote.vote_effect_table(feasibility)),
        vote.vote_effect_sentence(feasibility),
    )
