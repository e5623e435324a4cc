"""The account of one programme by plain arithmetic: no solver, no PuLP.

Every answer of the solver is passed through here and compared with what the solver claims; a
programme typed by people goes the same way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.building_account import (
    BuildingAccount,
    PhaseAccount,
    building_accounts,
    phase_accounts,
)
from habitat_analysis.programme.case import Case, Cell, Placement, Programme, check_programme
from habitat_analysis.programme.cells import cell_rows, cell_table
from habitat_analysis.programme.lots import places_for_households
from habitat_analysis.programme.placing import place
from habitat_analysis.programme.placing_quotas import chooses_households, place_under_quotas

TENURE_COLUMNS = (
    "units", "shab_m2", "cost_eur", "fixed_share_eur", "total_cost_eur", "loan_eur",
    "subsidy_eur", "revenue_eur", "balance_eur", "loan_capped", "loan_over_cost_eur",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What may turn out differently; the defaults are the plan."""

    id: str = "base"
    cost_factor: float = 1.0  # on variable costs and shared rooms
    fixed_factor: float = 1.0  # on land, taxes and fixed fees
    rate_shift: float = 0.0  # added to loan rates: 0.01 for one point
    buyer_dropout: float = 0.0  # share of the buyers who drop out

    def __post_init__(self) -> None:
        factors = (self.cost_factor, self.fixed_factor, self.buyer_dropout)
        good = all(math.isfinite(value) and value >= 0 for value in factors)
        if not good or self.buyer_dropout > 1 or not math.isfinite(self.rate_shift):
            msg = f"Expected factors >= 0, a dropout in [0, 1] and a finite rate: got {self}."
            raise UsageError(msg, code="E_SCENARIO")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All the figures of one programme under one scenario; money in euros, tax included.

    Attributes
    ----------
    programme
        The programme judged, its placements completed.
    housed, housed_rental, housed_members
        Households whose need is covered; those among them in rental dwellings, which the
        commission allocates; those of the group, all of them unless candidates may enter.
    open_dwellings
        Dwellings left to people outside the group and its candidates; own lots of legal persons
        are left to nobody.
    equity_needed_eur
        What loans, subsidies and sales leave to be found: ``equity_eur + topup_eur +
        missing_eur``. Equity is used first, up to its limit, then the top-up.
    public_money_eur
        « Effort à réunir »: `equity_needed_eur` and the subsidies.
    mix
        Dwellings to move to reach the target mix; None without a target.
    cost_m2_eur
        Cost per m2 of SHAB of each tenure, fixed cost and rooms shared by SHAB, costs per
        dwelling (parking) apart; None without any dwelling.
    tenure_rows
        By tenure: its own cost, its share of the fixed cost, its resources, and what of its loan
        would finance another tenure (``loan_over_cost_eur``).
    buildings, phases
        What each holds and leaves to be found; empty for a site taken as a whole.
    """

    scenario: Scenario
    programme: Programme
    dwellings: int
    housed: int
    housed_rental: int
    housed_members: int
    open_dwellings: int
    shab_m2: float
    shab_with_spaces_m2: float
    parking: float
    cost_eur: float
    loans_eur: float
    subsidies_eur: float
    sales_eur: float
    equity_needed_eur: float
    equity_eur: float
    topup_eur: float
    missing_eur: float
    surplus_eur: float
    public_money_eur: float
    mix: float | None
    spaces_value: float
    by_tenure: Mapping[str, int]
    by_typology: Mapping[str, int]
    cost_m2_eur: Mapping[str, float | None]
    tenure_rows: Mapping[str, Mapping[str, float]]
    buildings: tuple[BuildingAccount, ...] = ()
    phases: tuple[PhaseAccount, ...] = ()

    @property
    def tenures(self) -> pd.DataFrame:
        """Return `tenure_rows` as a table, made when it is read: one row a tenure."""
        rows = pd.Index(list(self.tenure_rows), name="tenure")
        return pd.DataFrame(
            list(self.tenure_rows.values()), index=rows, columns=list(TENURE_COLUMNS)
        )

    def reached(self, objective: str) -> float | None:
        """Return the value of an objective of `case.OBJECTIVES`, money in euros."""
        values: Mapping[str, float | None] = {
            "members": self.housed_members,
            "housed": self.housed,
            "public_money": self.public_money_eur,
            "equity": self.equity_needed_eur,
            "mix": self.mix,
            "dwellings": self.dwellings,
            "cost": self.cost_eur,
            "spaces": self.spaces_value,
        }
        return values[objective]


def draw_account(case: Case, programme: Programme, scenario: Scenario) -> Account:
    """Compute the figures of a programme.

    Parameters
    ----------
    case
        The question.
    programme
        The answer; households are placed by `placing.place` when it says nothing of them.
    scenario
        Costs, rates and buyers other than planned.

    Raises
    ------
    DataError
        ``E_PROGRAMME`` when the programme does not speak of this case.

    References
    ----------
    ``docs/model.md`` 5.1, 5.3 and 5.5.
    """
    check_programme(case, programme)
    placements = programme.placements
    programme = replace(
        programme,
        units={cell: int(n) for cell, n in programme.units.items() if n},
        placements=_placements(case, programme.units) if placements is None else placements,
    )
    return _figures(case, programme, scenario, _tenure_rows(case, programme, scenario))


def _placements(case: Case, units: Mapping[Cell, int]) -> tuple[Placement, ...]:
    """Place as many households as can be; members first where candidates may enter."""
    places = places_for_households(case, units)
    if chooses_households(case):
        return place_under_quotas(case, places)
    return place(case, places)


def _figures(
    case: Case,
    programme: Programme,
    scenario: Scenario,
    tenures: Mapping[str, Mapping[str, float]],
) -> Account:
    def total(column: str) -> float:
        return math.fsum(row[column] for row in tenures.values())

    units, placements = programme.units, programme.placements or ()
    rental = {terms.id for terms in case.tenures if terms.kind == "rental"}
    rooms = [space for space in case.spaces if space.id in programme.spaces]
    parking = {terms.id: terms.parking for terms in case.tenures}
    shab = total("shab_m2")
    subsidies = total("subsidy_eur")
    cost = total("cost_eur") + _fixed_cost(case, programme, scenario)
    loans, sales = total("loan_eur"), total("revenue_eur")
    need = cost - loans - subsidies - sales
    equity, topup = _split(case, max(0.0, need), subsidies)
    buildings = _buildings(case, programme, scenario)
    fixed = case.fixed_cost_eur * scenario.fixed_factor  # rooms are in their buildings
    housed = sum(placement.count for placement in placements)
    candidates = {need.id for need in case.classes if need.candidate}
    dwellings = sum(units.values())
    return Account(
        scenario=scenario,
        programme=programme,
        dwellings=dwellings,
        housed=housed,
        housed_rental=sum(p.count for p in placements if p.tenure in rental),
        housed_members=sum(p.count for p in placements if p.class_id not in candidates),
        open_dwellings=sum(places_for_households(case, units).values()) - housed,
        shab_m2=shab,
        shab_with_spaces_m2=shab + sum(room.area_m2 for room in rooms),
        parking=math.fsum(n * parking[u] for (_, u), n in units.items()),
        cost_eur=cost,
        loans_eur=loans,
        subsidies_eur=subsidies,
        sales_eur=sales,
        equity_needed_eur=max(0.0, need),
        equity_eur=equity,
        topup_eur=topup,
        missing_eur=max(0.0, need - equity - topup),
        surplus_eur=max(0.0, -need),
        public_money_eur=max(0.0, need) + subsidies,
        mix=_distance_to_mix(case, programme),
        spaces_value=math.fsum(room.value for room in rooms),
        by_tenure={code: int(row["units"]) for code, row in tenures.items()},
        by_typology=_by_typology(case, programme),
        cost_m2_eur=_cost_m2(case, programme, scenario, shab),
        tenure_rows=tenures,
        buildings=buildings,
        phases=phase_accounts(case, buildings, fixed_eur=fixed),
    )


def _buildings(case: Case, programme: Programme, scenario: Scenario) -> tuple[BuildingAccount, ...]:
    """Account for the buildings under a scenario, what is lost on drop-outs taken off sales."""
    if not case.buildings:
        return ()
    cells = cell_table(case, rate_shift=scenario.rate_shift, cost_factor=scenario.cost_factor)
    cells["revenue_eur"] *= 1 - scenario.buyer_dropout * case.dropout_loss
    return building_accounts(case, programme, cells, cost_factor=scenario.cost_factor)


def _tenure_rows(
    case: Case, programme: Programme, scenario: Scenario
) -> dict[str, dict[str, float]]:
    """Add up the cells of each tenure and share the fixed cost by SHAB."""
    cells = cell_rows(case, rate_shift=scenario.rate_shift, cost_factor=scenario.cost_factor)
    kept = 1 - scenario.buyer_dropout * case.dropout_loss
    total = math.fsum(n * cells[cell]["shab_m2"] for cell, n in programme.units.items())
    fixed = _fixed_cost(case, programme, scenario)
    rows: dict[str, dict[str, float]] = {}
    for terms in case.tenures:
        built = [(cells[t, u], n) for (t, u), n in programme.units.items() if u == terms.id]
        row: dict[str, float] = {"units": sum(n for _, n in built)}
        for name in ("shab_m2", "cost_eur", "loan_eur", "subsidy_eur", "revenue_eur"):
            row[name] = math.fsum(n * cell[name] for cell, n in built)
        row["revenue_eur"] *= kept
        row["fixed_share_eur"] = fixed * row["shab_m2"] / total if total else 0.0
        row["total_cost_eur"] = row["cost_eur"] + row["fixed_share_eur"]
        resources = row["loan_eur"] + row["subsidy_eur"] + row["revenue_eur"]
        row["balance_eur"] = resources - row["total_cost_eur"]
        bearable = max(0.0, row["total_cost_eur"] - row["subsidy_eur"])
        row["loan_over_cost_eur"] = max(0.0, row["loan_eur"] - bearable)
        row["loan_capped"] = any(bool(cell["loan_capped"]) for cell, _ in built)
        rows[terms.id] = row
    return rows


def _fixed_cost(case: Case, programme: Programme, scenario: Scenario) -> float:
    """Return F and the rooms built, in euros."""
    rooms = math.fsum(space.cost_eur for space in case.spaces if space.id in programme.spaces)
    return case.fixed_cost_eur * scenario.fixed_factor + rooms * scenario.cost_factor


def _split(case: Case, need: float, subsidies: float) -> tuple[float, float]:
    """Find the money: the Coop's equity first, then a top-up subsidy, each up to its limit."""
    rules = case.rules
    equity = min(need, math.inf if rules.equity_max_eur is None else rules.equity_max_eur)
    left = math.inf if rules.subsidy_max_eur is None else rules.subsidy_max_eur - subsidies
    return equity, min(need - equity, rules.topup_max_eur, max(0.0, left))


def _distance_to_mix(case: Case, programme: Programme) -> float | None:
    target = case.rules.mix_target
    if target is None:
        return None
    dwellings = sum(programme.units.values())
    return 0.5 * math.fsum(
        abs(
            sum(n for (_, u), n in programme.units.items() if u in group.tenures)
            - group.share * dwellings
        )
        for group in target.groups
    )


def _by_typology(case: Case, programme: Programme) -> dict[str, int]:
    return {
        typology.id: sum(n for (t, _), n in programme.units.items() if t == typology.id)
        for typology in case.typologies
    }


def _cost_m2(
    case: Case, programme: Programme, scenario: Scenario, shab: float
) -> dict[str, float | None]:
    fixed = _fixed_cost(case, programme, scenario)
    return {
        terms.id: terms.variable_cost_m2_eur * (1 + terms.vat) * scenario.cost_factor + fixed / shab
        if shab
        else None
        for terms in case.tenures
    }
