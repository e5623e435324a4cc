"""The mix in the order of a report: programme, buildings, group, each beside commune and basin."""

from __future__ import annotations

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report import sections_building_mix as building_mix
from habitat_analysis.report import sections_buildings as buildings
from habitat_analysis.report import sections_group as group
from habitat_analysis.report import sections_group_mix as group_mix
from habitat_analysis.report import sections_mix as mix
from habitat_analysis.report.blocks import Heading, Item, Section, section
from habitat_analysis.report.sections_programme import NO_PROGRAMME


def mix_section(feasibility: Feasibility) -> Section:
    """Make section 6; without a programme, the mix of the group alone."""
    told = NO_PROGRAMME if feasibility.programme is None else mix.separation_sentence(feasibility)
    return section(
        6,
        "Mixité",
        told,
        mix.mix_figure(feasibility),
        mix.mix_targets(feasibility),
        mix.mix_by_tenure(feasibility),
        mix.social_sentence(feasibility),
        mix.mix_indicators(feasibility),
        Heading(text="De bâtiment en bâtiment"),
        buildings.mix_by_building_sentence(feasibility),
        building_mix.rental_separation_sentence(feasibility),
        building_mix.building_mix_figure(feasibility),
        buildings.mix_by_building(feasibility),
        building_mix.building_indicators(feasibility),
        *_group_mix(feasibility),
    )


def _group_mix(feasibility: Feasibility) -> tuple[Item, ...]:
    ground = feasibility.ground
    return (
        Heading(text="Le groupe, la commune et le bassin"),
        group_mix.group_mix_sentence(ground),
        group_mix.group_mix_table(ground),
        group_mix.household_sizes_table(ground),
        group.reference_sentence(ground),
        mix.reference_notes(ground),
    )
