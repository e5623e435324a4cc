"""Share out a programme typed by people between the buildings of the site.

A group types how many dwellings of each kind it wants, seldom in which building. The sharing out
kept is the one that breaks the rules of the buildings as little as can be: when it breaks one, so
does any other sharing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pulp

from habitat_analysis.errors import HabitatError
from habitat_analysis.programme.building_rows import building_rows
from habitat_analysis.programme.case import Case, Cell, Programme, check_programme
from habitat_analysis.programme.cells import cell_table
from habitat_analysis.programme.solving import solve

# What weighs as much as one dwelling in excess, docs/model.md 5.6: one flat, 30 000 EUR, a place.
SCALES: Final[Mapping[str, float]] = {"m2": 66.0, "eur": 30_000.0, "logements": 1.0, "places": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sharing:
    """The problem of sharing out, and its variables by building."""

    problem: pulp.LpProblem
    units: Mapping[tuple[str, Cell], Any]
    rooms: Mapping[tuple[str, str], Any]


def share_out(case: Case, programme: Programme) -> Programme:
    """Say in which building each dwelling and room of a programme may stand.

    Parameters
    ----------
    case
        The question, with its buildings.
    programme
        Dwellings and rooms of the whole site; one that is already shared out is returned as is.

    Returns
    -------
    programme
        The same dwellings and rooms, shared out with the least total excess over the rules of
        the buildings and phases. Left whole when the site has no building.

    Raises
    ------
    DataError
        ``E_PROGRAMME`` when the programme does not speak of this case.
    HabitatError
        ``E_SOLVER`` when the solver fails: no rule is then said broken.

    Examples
    --------
    >>> from habitat_analysis.programme.case import Building, ProgrammeRules, TenureTerms, Typology
    >>> case = Case(
    ...     typologies=(Typology(id="T3", shab_m2=66.0, su_m2=70.0),),
    ...     tenures=(TenureTerms(id="LIBRE", kind="sale", vat=0.2, variable_cost_m2_eur=2500.0),),
    ...     rules=ProgrammeRules(shab_max_m2=300.0, dwellings_max=4),
    ...     buildings=(Building(id="A", shab_max_m2=200.0, dwellings_max=1),
    ...                Building(id="B", shab_max_m2=140.0)))
    >>> share_out(case, Programme(units={("T3", "LIBRE"): 3})).by_building
    {'A': {('T3', 'LIBRE'): 1}, 'B': {('T3', 'LIBRE'): 2}}
    """
    if not case.buildings or programme.by_building:
        return programme
    check_programme(case, programme)
    sharing = _declare(case, programme)
    _settle_all(sharing, programme)
    _count_excess(case, sharing)
    result = solve(sharing.problem)
    if not result.has_solution:
        msg = f"Le programme imposé n'a pas pu être réparti entre les bâtiments : {result.note}"
        raise HabitatError(msg, code="E_SOLVER")
    return _shared(case, programme, sharing, result.values)


def _declare(case: Case, programme: Programme) -> _Sharing:
    """Create a variable for each cell and room of the programme in each building."""
    problem = pulp.LpProblem("sharing_out", pulp.LpMinimize)
    cells = sorted((cell, int(n)) for cell, n in programme.units.items() if n)
    rooms = [space for space in case.spaces if space.id in programme.spaces]

    def count(kind: str, place: int, rank: int, most: int) -> Any:
        name = f"{kind}_{place}_{rank}"
        return problem.add_variable(name, lowBound=0, upBound=most, cat="Integer")

    return _Sharing(
        problem=problem,
        units={
            (building.id, cell): count("units", i, j, n)
            for i, building in enumerate(case.buildings)
            for j, (cell, n) in enumerate(cells)
        },
        rooms={
            (building.id, space.id): count("room", i, j, 1)
            for i, building in enumerate(case.buildings)
            for j, space in enumerate(rooms)
            if space.building in (None, building.id)
        },
    )


def _settle_all(sharing: _Sharing, programme: Programme) -> None:
    """Put every dwelling and every room somewhere."""
    problem = sharing.problem
    for cell, n in programme.units.items():
        if n:
            problem += pulp.lpSum(x for (_, c), x in sharing.units.items() if c == cell) == int(n)
    for room in programme.spaces:
        problem += pulp.lpSum(x for (_, k), x in sharing.rooms.items() if k == room) == 1


def _count_excess(case: Case, sharing: _Sharing) -> None:
    """Allow an excess on each rule and minimise their sum, each in its own scale."""
    rows: Mapping[Any, Mapping[Any, Any]] = cell_table(case).to_dict("index")
    cells = {
        cell: {name.removesuffix("_eur"): float(value) for name, value in row.items()}
        for cell, row in rows.items()
    }
    problem, excesses = sharing.problem, []
    for position, row in enumerate(building_rows(case, cells, euro=1.0)):
        excess = problem.add_variable(f"excess_{position}", lowBound=0)
        scale = SCALES[row.unit] * (1 if row.sense == "<=" else -1)
        units = (a / scale * sharing.units[k] for k, a in row.dwellings.items()
                 if k in sharing.units)  # fmt: skip
        rooms = (a / scale * sharing.rooms[k] for k, a in row.rooms.items() if k in sharing.rooms)
        problem += pulp.lpSum([*units, *rooms]) - excess <= row.limit / scale
        excesses.append(excess)
    problem += pulp.lpSum(excesses)


def _shared(
    case: Case, programme: Programme, sharing: _Sharing, values: Mapping[str, float]
) -> Programme:
    """Read where each dwelling and room was put."""
    return replace(
        programme,
        by_building={
            building.id: {
                cell: round(values[x.name])
                for (name, cell), x in sharing.units.items()
                if name == building.id and round(values[x.name])
            }
            for building in case.buildings
        },
        rooms_in={room: name for (name, room), x in sharing.rooms.items() if round(values[x.name])},
    )
