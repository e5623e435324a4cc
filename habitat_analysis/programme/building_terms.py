"""The buildings, phases and mix by building of a study, turned into those of a case."""

from __future__ import annotations

from habitat_analysis.programme.buildings import Building, Phase
from habitat_analysis.programme.case import Cell, ShareRule
from habitat_analysis.study import Study


def case_buildings(study: Study, shab_max_m2: float) -> tuple[Building, ...]:
    """Measure the buildings of a study on a site that holds `shab_max_m2` of SHAB."""
    return tuple(
        Building(
            id=building.id,
            shab_max_m2=(building.shab_share or 0.0) * shab_max_m2
            if building.shab_max_m2 is None
            else building.shab_max_m2,
            dwellings_max=building.dwellings_max,
            parking_max=building.parking_max,
            phase=building.phase,
            label=building.label or "",
        )
        for building in study.programme.buildings
    )


def case_phases(study: Study) -> tuple[Phase, ...]:
    """List the phases of a study, none when all is delivered at once.

    Before the last phase, equity that the study does not limit phase by phase is limited as it is
    for the operation: what is tied up on the way counts as much as what is left at the end.
    """
    wanted = study.programme
    numbers = sorted({building.phase for building in wanted.buildings})
    own = {phase.number: phase.equity_max_eur for phase in wanted.phases}
    if len(numbers) < 2 and not any(limit is not None for limit in own.values()):
        return ()
    common = dict.fromkeys(numbers[:-1], wanted.equity_max_eur)
    return tuple(
        Phase(
            number=number,
            equity_max_eur=common.get(number) if own.get(number) is None else own[number],
        )
        for number in numbers
    )


def building_shares(study: Study) -> tuple[ShareRule, ...]:
    """List the bounds of the mix within each building: families first, then every tenure."""
    wanted = study.programme
    mix = wanted.building_mix
    if mix is None or not wanted.buildings:
        return ()
    families = {family.id: family for family in wanted.families}
    rules = [
        ShareRule(
            id=rule.family,
            members=tuple(c for c in families[rule.family].tenures if c in wanted.tenures),
            min=rule.min,
            max=rule.max,
            label=families[rule.family].label,
        )
        for rule in mix.families
    ]
    if mix.tenure_max is not None:
        rules += [
            ShareRule(id=f"statut {code}", members=(code,), max=mix.tenure_max, label=code)
            for code in wanted.tenures
        ]
    return tuple(rules)


def typed_by_building(study: Study) -> dict[str, dict[Cell, int]]:
    """Return the dwellings that the group typed building by building; empty when it did not."""
    typed = study.programme.imposed
    if typed is None or not typed.by_building:
        return {}
    return {
        building.id: {
            (size, code): n
            for size, by_tenure in typed.by_building.get(building.id, {}).items()
            for code, n in by_tenure.items()
            if n
        }
        for building in study.programme.buildings
    }
