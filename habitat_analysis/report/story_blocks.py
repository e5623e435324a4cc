"""The story of the group, in the order of a report: rules first, then totals."""

from __future__ import annotations

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report import sections_story as story
from habitat_analysis.report.blocks import Heading, Item


def story_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    """List the blocks of the story; they vanish when it was not told."""
    return (
        Heading(text=story.HEADING),
        story.rules_in_force(feasibility),
        story.formation_sentence(feasibility),
        story.formation_table(feasibility),
        story.allotment_sentence(feasibility),
        story.rank_figure(feasibility),
        story.rank_profile(feasibility),
        story.envy_sentence(feasibility),
        story.own_sentence(feasibility),
        story.resilience_sentence(feasibility),
        story.commission_lines(feasibility),
        story.story_notes(feasibility),
    )
