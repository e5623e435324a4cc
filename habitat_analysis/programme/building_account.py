"""The account of each building and of each phase of a programme, by plain arithmetic.

Shares no line with the rows of the integer program: it is what checks them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from habitat_analysis.programme.buildings import Building, fixed_shares
from habitat_analysis.programme.case import Case, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingAccount:
    """What one building holds. `need_eur` is what its dwellings and rooms leave to be found."""

    id: str
    phase: int
    dwellings: int
    shab_m2: float
    shab_with_spaces_m2: float
    parking: float
    by_tenure: Mapping[str, int]
    spaces: tuple[str, ...]
    need_eur: float  # fixed cost of the operation left out; below zero when it brings money


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseAccount:
    """What a phase leaves to be found, alone and with those before it; euros, tax included.

    `need_eur` counts the dwellings and rooms of its buildings and its share of the fixed cost,
    less the loans, subsidies and sales of these dwellings; the top-up subsidy, still to be found,
    is not counted. `tied_up_eur` is the sum up to this phase: what equity must carry once it is
    delivered.
    """

    number: int
    buildings: tuple[str, ...]
    dwellings: int
    fixed_share_eur: float
    need_eur: float
    tied_up_eur: float


def building_accounts(
    case: Case, programme: Programme, cells: pd.DataFrame, *, cost_factor: float
) -> tuple[BuildingAccount, ...]:
    """Compute the account of every building of a case.

    Parameters
    ----------
    case, programme
        The question and an answer; a building that the answer does not name is empty.
    cells
        Coefficients of every cell under the scenario, revenue less what is lost on buyers who
        drop out.
    cost_factor
        Factor of the scenario on the cost of shared rooms.
    """
    table = cells.to_dict("index")
    return tuple(
        _building(case, programme, building, table, cost_factor=cost_factor)
        for building in case.buildings
    )


def phase_accounts(
    case: Case, buildings: tuple[BuildingAccount, ...], *, fixed_eur: float
) -> tuple[PhaseAccount, ...]:
    """Add up the buildings of each phase; `fixed_eur` is shared by the SHAB they can hold."""
    accounts: list[PhaseAccount] = []
    shares = fixed_shares(case.buildings) if case.phases else {}
    for phase in case.phases:
        inside = [account for account in buildings if account.phase == phase.number]
        fixed = fixed_eur * shares[phase.number]
        need = math.fsum([*(account.need_eur for account in inside), fixed])
        before = accounts[-1].tied_up_eur if accounts else 0.0
        accounts.append(
            PhaseAccount(
                number=phase.number,
                buildings=tuple(account.id for account in inside),
                dwellings=sum(account.dwellings for account in inside),
                fixed_share_eur=fixed,
                need_eur=need,
                tied_up_eur=before + need,
            )
        )
    return tuple(accounts)


def _building(
    case: Case,
    programme: Programme,
    building: Building,
    table: Mapping[object, Mapping[object, float]],
    *,
    cost_factor: float,
) -> BuildingAccount:
    units = {cell: n for cell, n in programme.by_building.get(building.id, {}).items() if n}
    rooms = [s for s in case.spaces if programme.rooms_in.get(s.id) == building.id]
    tenures: Counter[str] = Counter()
    for (_, code), n in units.items():
        tenures[code] += n

    def total(column: str) -> float:
        return math.fsum(n * float(table[cell][column]) for cell, n in units.items())

    found = total("loan_eur") + total("subsidy_eur") + total("revenue_eur")
    spent = total("cost_eur") + cost_factor * math.fsum(room.cost_eur for room in rooms)
    shab = total("shab_m2")
    return BuildingAccount(
        id=building.id,
        phase=building.phase,
        dwellings=sum(units.values()),
        shab_m2=shab,
        shab_with_spaces_m2=shab + math.fsum(room.area_m2 for room in rooms),
        parking=total("parking"),
        by_tenure={terms.id: tenures[terms.id] for terms in case.tenures},
        spaces=tuple(room.id for room in rooms),
        need_eur=spent - found,
    )
