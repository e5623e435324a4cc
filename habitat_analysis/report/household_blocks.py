"""Reference households in section 8, in order: who lives where, effort, reste à vivre, prices."""

from __future__ import annotations

from functools import partial

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report import sections_households as people
from habitat_analysis.report.blocks import Heading, Item
from habitat_analysis.report.trace import traced


def household_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    """Gather what reference households can live in and pay."""
    see = partial(traced, feasibility)
    return (
        Heading(text=people.HEADING),
        people.assumptions(feasibility),
        people.household_sentences(feasibility),
        see(people.possible_table(feasibility)),
        people.effort_figure(feasibility),
        *(see(table) for table in people.budget_tables(feasibility)),
        see(people.price_table(feasibility)),
    )
