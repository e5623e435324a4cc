"""Share out a known programme between the buildings of the site, as evenly as the rules let.

A group types how many dwellings of each kind it wants, seldom in which building; and the optimum
of a whole site is often reached by many sharings out. The one kept breaks the rules of the
buildings as little as can be (when it breaks one, so does any other) and, among those, is the one
whose buildings look most like the whole: no tenure is pushed into one block for want of a reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pulp

from habitat_analysis.errors import HabitatError
from habitat_analysis.programme.building_rows import building_rows
from habitat_analysis.programme.case import Case, Cell, Programme, check_programme
from habitat_analysis.programme.cells import cell_table
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.optimum import Optimum
from habitat_analysis.programme.solving import solve

SECONDS: Final = 5.0  # to make buildings look alike: an unproved answer is worth keeping
ROUNDING: Final = 1e-9
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
        Dwellings and rooms of the whole site; those already said to be in a building stay there.

    Returns
    -------
    programme
        The same dwellings and rooms, shared out with the least total excess over the rules of
        the buildings and phases, then with the least `separation`. Left whole when the site has
        no building.

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
    settled = programme.by_building and set(programme.spaces) <= set(programme.rooms_in)
    if not case.buildings or settled:
        return programme
    check_programme(case, programme)
    sharing = _declare(case, programme)
    _settle_all(sharing, programme)
    excesses = _count_excess(case, sharing)
    kept = solve(sharing.problem)
    if not kept.has_solution:
        msg = f"Le programme n'a pas pu être réparti entre les bâtiments : {kept.note}"
        raise HabitatError(msg, code="E_SOLVER")
    for excess in excesses:
        value = kept.values[excess.name]
        excess.upBound = value if value > ROUNDING else 0.0
    _look_alike(case, programme, sharing)
    even = solve(sharing.problem, time_limit_s=SECONDS, start=kept.values)
    return _shared(case, programme, sharing, even.values if even.has_solution else kept.values)


def evened(case: Case, optimum: Optimum) -> Optimum:
    """Keep the dwellings of an optimum and make its buildings look alike.

    What was optimised and proved does not depend on the building a dwelling stands in, so the
    stages stand. The new sharing out goes through the certificate like the first, which is kept
    if anything differs.
    """
    programme = optimum.programme
    if programme is None or not case.buildings:
        return optimum
    whole = replace(programme, by_building={}, rooms_in={})
    evaluation = evaluate(case, share_out(case, whole))
    if evaluation.broken:
        return optimum
    return replace(optimum, programme=evaluation.programme, evaluation=evaluation)


def separation(programme: Programme) -> float:
    """Count the dwellings to exchange between buildings for each to have the mix of the whole.

    Examples
    --------
    >>> plus, libre = ("T3", "PLUS"), ("T3", "LIBRE")
    >>> separation(Programme(units={plus: 2, libre: 2},
    ...                      by_building={"A": {plus: 2}, "B": {libre: 2}}))
    2.0
    """
    whole = _by_tenure(programme.units)
    total = sum(whole.values())
    gaps = []
    for units in programme.by_building.values():
        inside = _by_tenure(units)
        size = sum(inside.values())
        gaps += [abs(inside.get(code, 0) - size * n / total) for code, n in whole.items()]
    return 0.5 * math.fsum(gaps)


def _by_tenure(units: Mapping[Cell, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (_, code), n in units.items():
        counts[code] = counts.get(code, 0) + int(n)
    return counts


def _look_alike(case: Case, programme: Programme, sharing: _Sharing) -> None:
    """Minimise the separation: linear, the mix of the whole being known."""
    whole = _by_tenure(programme.units)
    total = sum(whole.values())
    problem, gaps = sharing.problem, []
    for i, building in enumerate(case.buildings):
        inside = {cell: x for (name, cell), x in sharing.units.items() if name == building.id}
        for j, (code, n) in enumerate(whole.items()):
            part = pulp.lpSum(x for (_, u), x in inside.items() if u == code)
            excess = part - n / total * pulp.lpSum(inside.values())
            gap = problem.add_variable(f"gap_{i}_{j}", lowBound=0)
            problem += gap - excess >= 0
            problem += gap + excess >= 0
            gaps.append(gap)
    problem.setObjective(0.5 * pulp.lpSum(gaps))


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
    """Put every dwelling and every room somewhere: where people said, if they did."""
    problem = sharing.problem
    for (name, cell), x in sharing.units.items():
        if programme.by_building:
            problem += 1 * x == int(programme.by_building.get(name, {}).get(cell, 0))
    for (name, room), x in sharing.rooms.items():
        if room in programme.rooms_in:
            problem += 1 * x == int(programme.rooms_in[room] == name)
    for cell, n in programme.units.items():
        if n:
            problem += pulp.lpSum(x for (_, c), x in sharing.units.items() if c == cell) == int(n)
    for room in programme.spaces:
        problem += pulp.lpSum(x for (_, k), x in sharing.rooms.items() if k == room) == 1


def _count_excess(case: Case, sharing: _Sharing) -> list[Any]:
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
    return excesses


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
