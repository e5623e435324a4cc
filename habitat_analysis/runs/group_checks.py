"""Check the files of a group: plan, wishes, ballots, own allocation, beside a study or alone.

Only countings are told: no pseudonym, no objection, no wish.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from habitat_analysis.allocation.ballots import read_ballot_box, voted_rooms
from habitat_analysis.allocation.own_allocation import read_own_allocation
from habitat_analysis.allocation.plan import Plan, read_plan
from habitat_analysis.allocation.rankings import rankings
from habitat_analysis.allocation.wish_lines import read_wish_lines
from habitat_analysis.feasibility.group_files import (
    study_buildings,
    study_households,
    study_plan,
)
from habitat_analysis.formats import count, join_fr, typeset
from habitat_analysis.study import Study

GROUP_FILES: Final = ("voeux", "votes", "logements", "attribution")


def check_group_file(path: Path, kind: str, study: Study | None) -> list[str]:
    """Read a file of the group, and tell what was found in French.

    Parameters
    ----------
    path
        The file.
    kind
        One of `GROUP_FILES`.
    study
        What names are checked against; without it, what was not checked is said.

    Raises
    ------
    DataError
        With every fault of the file, or of a file of the study that it depends on.
    """
    said = {
        "voeux": _wishes,
        "votes": _ballots,
        "logements": _plan,
        "attribution": _own_allocation,
    }[kind](path, study)
    return [typeset(line) for line in said]


def _plan(path: Path, study: Study | None) -> Iterable[str]:
    plan = read_plan(path, study_buildings(study) if study else None)
    rental = sum(dwelling.is_rental for dwelling in plan.dwellings)
    yield _fine(path, count(len(plan.dwellings), "logement"))
    yield (
        f"Proposés au groupe : {len(plan.dwellings) - rental} ; locatifs, attribués par la "
        f"commission (CAL) : {rental}."
    )
    yield from plan.notes
    yield from _unchecked([] if study else ["les noms des bâtiments"])


def _ballots(path: Path, study: Study | None) -> Iterable[str]:
    box = read_ballot_box(path, voted_rooms(study.programme) if study else None)
    yield _fine(path, count(len(box.ballots), "bulletin"))
    yield from box.notes
    yield from _unchecked([] if study else ["les noms des espaces"])


def _wishes(path: Path, study: Study | None) -> Iterable[str]:
    plan, households = _known(study)
    lines = read_wish_lines(
        path,
        dwellings=plan.dwellings if plan else None,
        households=households,
        buildings=study_buildings(study) if study else None,
    )
    said = {wish.household for wish in lines.lines}
    yield _fine(path, f"{count(len(lines.lines), 'ligne')} de {count(len(said), 'ménage')}")
    yield from lines.notes
    if plan and study:
        ranked = rankings(lines, plan.dwellings, study.seed)
        yield from ranked.notes
        yield f"Égalités à tirer au sort : {len(ranked.draws)}."
    yield from _unchecked(_missing(plan, households))


def _own_allocation(path: Path, study: Study | None) -> Iterable[str]:
    plan, households = _known(study)
    own = read_own_allocation(
        path, dwellings=plan.dwellings if plan else None, households=households
    )
    fixed = count(len(own.fixed), "fixé", "fixés")
    yield _fine(path, f"{count(len(own.pairs), 'logement')}, dont {fixed}")
    yield from own.notes
    yield from _unchecked(_missing(plan, households))


def _known(study: Study | None) -> tuple[Plan | None, frozenset[str] | None]:
    return (study_plan(study), study_households(study)) if study else (None, None)


def _missing(plan: Plan | None, households: frozenset[str] | None) -> list[str]:
    """Name what could not be checked, for want of a plan or of households."""
    names = [] if plan else ["les noms des logements"]
    return names if households is not None else [*names, "les pseudonymes"]


def _unchecked(names: Sequence[str]) -> Iterable[str]:
    if names:
        yield (
            f"Non vérifié : {join_fr(names)}. Ajoutez --etude ETUDE.yaml, une étude qui nomme les "
            "fichiers utiles."
        )


def _fine(path: Path, what: str) -> str:
    return f"{path.name} : lisible, {what}."
