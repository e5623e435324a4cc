"""Section 6 of a report, in order: entre-soi, tenures, buildings, then the group."""

from __future__ import annotations

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report import sections_building_mix as inside
from habitat_analysis.report import sections_buildings as buildings
from habitat_analysis.report import sections_group as group
from habitat_analysis.report import sections_group_mix as residents
from habitat_analysis.report import sections_mix as mix
from habitat_analysis.report.blocks import Heading, Item
from habitat_analysis.report.sections_programme import NO_PROGRAMME


def mix_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    """Gather the mix of the programme, of its buildings and of the group."""
    none = feasibility.programme is None
    return (
        NO_PROGRAMME if none else mix.separation_sentence(feasibility),
        mix.mix_figure(feasibility),
        mix.mix_targets(feasibility),
        mix.mix_by_tenure(feasibility),
        mix.social_sentence(feasibility),
        mix.mix_indicators(feasibility),
        Heading(text="De bâtiment en bâtiment"),
        buildings.mix_by_building_sentence(feasibility),
        inside.rental_separation_sentence(feasibility),
        inside.building_mix_figure(feasibility),
        buildings.mix_by_building(feasibility),
        inside.building_indicators(feasibility),
        *_group(feasibility),
    )


def _group(feasibility: Feasibility) -> tuple[Item, ...]:
    ground = feasibility.ground
    return (
        Heading(text="Le groupe, la commune et le bassin"),
        residents.group_mix_sentence(ground),
        residents.group_mix_table(ground),
        residents.household_sizes_table(ground),
        group.reference_sentence(ground),
        mix.reference_notes(ground),
    )
