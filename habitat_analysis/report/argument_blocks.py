"""What argues a programme, in the order of a report: what breaks it, compromises, prices."""

from __future__ import annotations

from functools import partial

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report import sections_requirements as requirements
from habitat_analysis.report import sections_robust as robust
from habitat_analysis.report import sections_tradeoffs as tradeoffs
from habitat_analysis.report.blocks import Heading, Item
from habitat_analysis.report.trace import traced


def argument_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    """List the blocks that argue a programme; none when nothing was argued."""
    if feasibility.argument is None or feasibility.programme is None:
        return ()
    return (
        *_robust_blocks(feasibility),
        *_tradeoff_blocks(feasibility),
        *_price_blocks(feasibility),
    )


def _robust_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Ce qui casse en premier"),
        robust.breaking_sentence(feasibility),
        see(robust.breaking_table(feasibility)),
        Heading(text="Le prix de la robustesse"),
        robust.robust_sentence(feasibility),
        see(robust.robust_table(feasibility)),
    )


def _tradeoff_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    blocks: list[Item] = []
    for rank in range(tradeoffs.front_count(feasibility)):
        blocks += [
            Heading(text=tradeoffs.front_heading(feasibility, rank)),
            tradeoffs.front_figure(feasibility, rank),
            see(tradeoffs.front_table(feasibility, rank)),
            *tradeoffs.front_proofs(feasibility, rank),
            tradeoffs.step_sentences(feasibility, rank),
        ]
    return tuple(blocks)


def _price_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Le prix de chaque exigence"),
        requirements.price_figure(feasibility),
        see(requirements.price_table(feasibility)),
        requirements.price_sentences(feasibility),
        requirements.unmoved_sentence(feasibility),
        requirements.late_sentence(feasibility),
        see(requirements.relaxation_table(feasibility)),
    )
