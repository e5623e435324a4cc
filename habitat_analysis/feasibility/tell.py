"""Tell the story of the group of a study on one site, from its files and its programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from habitat_analysis.allocation.commission import (
    Applicant,
    CommissionFile,
    RentalCell,
    candidates_to_propose,
)
from habitat_analysis.allocation.plan import is_rental
from habitat_analysis.allocation.wishes import draw_key
from habitat_analysis.feasibility.access import Access, cells_by_household
from habitat_analysis.feasibility.calling import put_to_the_group, read_asked
from habitat_analysis.feasibility.forming import Cell, Entrant, cell_id, form
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.story import Formation, GroupStory
from habitat_analysis.formats import count, typeset
from habitat_analysis.households.traits import household_traits
from habitat_analysis.programme.lots import places_for_households

NUMBER_DRAW: Final = "numero"
NOBODY_TO_PROPOSE: Final = (
    "Vivier synthétique : aucun candidat à proposer à la commission (CAL), ils viendront du groupe "
    "réel."
)


def with_story(feasibility: Feasibility) -> Feasibility:
    """Return the same feasibility with the story of its group, when there is one to tell."""
    return replace(feasibility, story=tell_story(feasibility))


def tell_story(feasibility: Feasibility) -> GroupStory | None:
    """Form the group, put the dwellings to it, and prepare the file of the commission.

    Returns
    -------
    story
        None without a group or without a programme.

    Raises
    ------
    DataError
        With every fault of the files of dwellings, of wishes, of pairs; of the bounds.
    """
    access, places = feasibility.access, _places(feasibility)
    if access is None or feasibility.ground.needs is None or places is None:
        return None
    study, households = feasibility.ground.study, _households(feasibility, access)
    asked, notes = read_asked(feasibility, households)
    formation = form(
        households,
        places,
        study.residents.quotas,
        seed=study.seed,
        fixed={} if asked is None else asked.fixed_cells,
        members_first=study.residents.chosen_together,
    )
    allotted = None
    if asked is not None:
        allotted, said = put_to_the_group(feasibility, asked, formation, households)
        notes += said
    rental = {cell: n for cell, n in places.items() if n and is_rental(cell[1])}
    notes += _quota_notes(feasibility, sum(rental.values()))
    drawn = feasibility.ground.synthetic is not None
    if drawn:
        notes.append(NOBODY_TO_PROPOSE)
    return GroupStory(
        numbers=private_numbers([one.id for one in households], _secret(feasibility)),
        attributes={one.id: one.attributes for one in households},
        formation=formation,
        allotted=allotted,
        rental_dwellings=sum(rental.values()),
        commission=_commission(feasibility, formation, households, rental)
        if rental and not drawn
        else None,
        notes=tuple(typeset(note) for note in notes),
    )


def private_numbers(households: Sequence[str], secret: str) -> dict[str, int]:
    """Draw the number that each household receives in private, from 1.

    Parameters
    ----------
    households
        Pseudonyms.
    secret
        Known of the cooperative alone: with a published seed and plain pseudonyms (M001, M002…)
        anybody could draw the numbers again.

    Examples
    --------
    >>> sorted(private_numbers(["M1", "M2", "M3"], "secret").values())
    [1, 2, 3]
    """
    drawn = sorted(households, key=lambda name: draw_key(0, NUMBER_DRAW, secret, name))
    return {name: rank for rank, name in enumerate(drawn, start=1)}


def _secret(feasibility: Feasibility) -> str:
    """Digest the files of households, which never leave the cooperative."""
    needs = feasibility.ground.needs
    assert needs is not None  # noqa: S101 - a story has a group
    return draw_key(0, *(one.table.to_csv(index=False) for one in needs.lists))


def _places(feasibility: Feasibility) -> dict[Cell, int] | None:
    """Count the places for households in each cell of the study, zero where there is none."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return None
    case = feasibility.file.case
    units = places_for_households(case, evaluation.programme.units)
    tenures = [str(code) for code in feasibility.ground.study.programme.tenures]
    cells = [(size.id, code) for size in case.typologies for code in tenures]
    return {cell: int(units.get(cell, 0)) for cell in cells}


def _households(feasibility: Feasibility, access: Access) -> list[Entrant]:
    """Gather the households of the group, then the candidates."""
    needs, residents = feasibility.ground.needs, feasibility.ground.study.residents
    assert needs is not None  # noqa: S101 - asked by the caller
    cells = cells_by_household(access)
    found: list[Entrant] = []
    for one in needs.lists:
        traits = household_traits(one.table, needs.rules, residents)
        for row in one.table.to_dict("records"):
            record = {str(key): value for key, value in row.items()}
            found.append(_entrant(record, cells, traits, in_group=one is needs.group))
    return found


def _entrant(
    row: Mapping[str, Any],
    cells: Mapping[str, tuple[Cell, ...]],
    traits: Mapping[str, Mapping[Any, str]],
    *,
    in_group: bool,
) -> Entrant:
    name, points = row["household_id"], row["points"]
    return Entrant(
        id=name,
        in_group=in_group,
        cells=cells.get(name, ()),
        points=0.0 if pd.isna(points) else float(points),
        reservations=tuple(row["reservations"]),
        attributes={str(key): value for key, value in traits[name].items()},
    )


def _commission(
    feasibility: Feasibility,
    formation: Formation,
    households: Sequence[Entrant],
    rental: Mapping[Cell, int],
) -> CommissionFile:
    """List the tenants to propose: those of the group retained for no sale, and those retained."""
    reservations = feasibility.ground.study.residents.reservations
    fits = sum(reservations.values()) <= sum(rental.values())
    known = {cell_id(cell) for cell in rental}
    applicants = [
        Applicant(
            id=one.id,
            cells=tuple(name for cell in one.cells if (name := cell_id(cell)) in known),
            reservations=one.reservations if fits else (),
            points=one.points + formation.priority * one.in_group,
        )
        for one in households
        if one.id in formation.formed.candidates
        or (one.in_group and one.id not in formation.formed.members)
    ]
    return candidates_to_propose(
        [RentalCell(id=cell_id(cell), tenure=cell[1], dwellings=n) for cell, n in rental.items()],
        [one for one in applicants if one.cells],
        reservations if fits else {},
    )


def _quota_notes(feasibility: Feasibility, rental: int) -> list[str]:
    """Say when more dwellings are reserved than the programme rents."""
    reserved = sum(feasibility.ground.study.residents.reservations.values())
    if reserved <= rental:
        return []
    said = (
        f"Contingents non appliqués : {reserved} logements réservés pour "
        f"{count(rental, 'logement locatif', 'logements locatifs')} au programme."
    )
    return [said]
