"""The linear rules of the buildings and phases of a case (``docs/model.md`` 5.3).

Written once as coefficients: the integer program requires every row; the sharing out of a
programme typed by people breaks them as little as can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from habitat_analysis.programme.buildings import Building, Phase, alike, fixed_shares
from habitat_analysis.programme.case import Case, Cell, ShareRule

Coefficients = Mapping[Cell, Mapping[str, float]]  # of each cell: shab_m2, parking, cost...
Measure = Literal["m2", "logements", "places", "eur"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingRow:
    """One rule: its left side over dwellings and rooms by building, and its right side."""

    rule: str
    unit: Measure
    dwellings: Mapping[tuple[str, Cell], float]  # (building, cell): coefficient
    rooms: Mapping[tuple[str, str], float] = field(default_factory=dict)  # (building, room)
    land: float = 0.0  # coefficient of the extra land bill
    sense: Literal["<=", ">="] = "<="
    limit: float = 0.0


def building_rows(case: Case, cells: Coefficients, *, euro: float) -> Iterator[BuildingRow]:
    """Write every rule of the buildings and phases of a case.

    Parameters
    ----------
    case
        The question; without buildings there is no row.
    cells
        Coefficients of every cell; money in a unit of the caller's choice.
    euro
        Value of one euro in that unit.
    """
    for building in case.buildings:
        yield from _capacities(case, cells, building)
        for share in case.rules.building_shares:
            yield from _shares(cells, building, share)
    for phase in case.phases:
        if phase.equity_max_eur is not None:
            yield _equity(case, cells, phase, euro)


def twins(case: Case) -> Iterator[tuple[str, str]]:
    """Give the pairs of neighbours that can be exchanged: the fuller may be put first.

    Every rule of 5.3 holds for all buildings alike, so exchanging two buildings of the same
    capacities and phase, in which nobody decided to put a room, changes nothing.
    """
    decided = {space.building for space in case.spaces}
    free = [building for building in case.buildings if building.id not in decided]
    paired: set[str] = set()
    for one, other in combinations(free, 2):
        if alike(one, other) and one.id not in paired:
            paired.add(one.id)
            yield one.id, other.id


def _capacities(case: Case, cells: Coefficients, building: Building) -> Iterator[BuildingRow]:
    name = building.id
    yield BuildingRow(
        rule=f"building:{name}:surface",
        unit="m2",
        dwellings={(name, cell): row["shab_m2"] for cell, row in cells.items()},
        rooms={(name, space.id): space.area_m2 for space in case.spaces},
        limit=building.shab_max_m2,
    )
    if building.dwellings_max is not None:
        yield BuildingRow(
            rule=f"building:{name}:dwellings",
            unit="logements",
            dwellings={(name, cell): 1.0 for cell in cells},
            limit=building.dwellings_max,
        )
    if building.parking_max is not None:
        yield BuildingRow(
            rule=f"building:{name}:parking",
            unit="places",
            dwellings={(name, cell): row["parking"] for cell, row in cells.items()},
            limit=building.parking_max,
        )


def _shares(cells: Coefficients, building: Building, share: ShareRule) -> Iterator[BuildingRow]:
    """Bound a share among the dwellings of the building: part - share x all, so linear."""
    for bound, limit, sense in (("min", share.min, ">="), ("max", share.max, "<=")):
        if limit is not None:
            yield BuildingRow(
                rule=f"building:{building.id}:share:{share.id}:{bound}",
                unit="logements",
                dwellings={
                    (building.id, cell): (cell[1] in share.members) - limit for cell in cells
                },
                sense=sense,  # type: ignore[arg-type]
            )


def _equity(case: Case, cells: Coefficients, phase: Phase, euro: float) -> BuildingRow:
    """Bound what the phases up to this one leave to be found, once delivered."""
    built = [b for b in case.buildings if b.phase <= phase.number]
    shares = fixed_shares(case.buildings)
    part = sum(share for number, share in shares.items() if number <= phase.number)
    limit = (phase.equity_max_eur or 0.0) - part * case.fixed_cost_eur
    return BuildingRow(
        rule=f"phase:{phase.number}:equity",
        unit="eur",
        dwellings={
            (b.id, cell): row["cost"] - row["loan"] - row["subsidy"] - row["revenue"]
            for b in built
            for cell, row in cells.items()
        },
        rooms={(b.id, space.id): space.cost_eur * euro for b in built for space in case.spaces},
        land=part,
        limit=limit * euro,
    )
