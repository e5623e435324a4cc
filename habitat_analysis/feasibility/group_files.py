"""The files of the group that a study names: its plan, and who may appear in the others."""

from __future__ import annotations

from habitat_analysis.allocation.plan import Plan, read_plan
from habitat_analysis.households.group import Group, read_group
from habitat_analysis.study import Study


def study_plan(study: Study) -> Plan | None:
    """Read the plan that a study names, None if it names none."""
    name = study.files.dwellings
    return read_plan(study.path(name), study_buildings(study)) if name else None


def study_buildings(study: Study) -> tuple[str, ...]:
    """List the buildings that a study describes."""
    return tuple(building.id for building in study.programme.buildings)


def study_households(study: Study) -> frozenset[str] | None:
    """Gather the pseudonyms of the files of households, None if the study names none."""
    names = [name for name in (study.files.group, study.files.candidates) if name]
    if not names:
        return None
    return frozenset(one for name in names for one in read_list(study, name).table["household_id"])


def read_list(study: Study, name: str) -> Group:
    """Read a file of households under the year and the reserved quotas of the study."""
    return read_group(
        study.path(name),
        operation_year=study.operation_date.year,
        reservations=tuple(study.residents.reservations),
    )
