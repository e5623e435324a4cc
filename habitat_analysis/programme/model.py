"""The integer program of ``docs/model.md`` 5.2 and 5.3, written with PuLP and left unsolved.

One function a family of constraints. Every variable and every row has a legible name of its own
and every row is attached to the rule it comes from, so that an impossible programme can be
explained rule by rule. Money is in thousands of euros here, and only here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulp

from habitat_analysis.programme.building_rows import BuildingRow, building_rows, twins
from habitat_analysis.programme.case import (
    MONEY_OBJECTIVES,
    OBJECTIVES,
    Case,
    Cell,
    ShareRule,
    TenureTerms,
    resident_shares,
)
from habitat_analysis.programme.cells import cell_rows
from habitat_analysis.programme.lots import own_lots

KILO: Final = 1000.0  # euros in the unit of the money rows
KEEP_TOLERANCE: Final = 1e-6  # model.md 5.4: absolute on counts, relative on money

Expression = Any  # pulp.LpAffineExpression: typed differently by each line of PuLP
Variable = Any  # pulp.LpVariable


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeModel:
    """The unsolved problem, with the meaning of its variables and rows."""

    case: Case
    cells: Mapping[Cell, Mapping[str, float]]  # coefficients of 5.1, in kEUR and m2
    problem: pulp.LpProblem
    units: Mapping[Cell, Variable]  # x[t,u]
    spaces: Mapping[str, Variable]  # s[k]
    placed: Mapping[tuple[str, str, str], Variable]  # f[c,t,u]
    used: Mapping[str, Variable]  # z[u], tenures with a ceiling only
    deviations: Mapping[str, Variable]  # dev[g]
    equity: Variable  # E
    topup: Variable  # G
    land: Variable | None  # L, extra land bill to maximise (charge fonciere)
    land_max: float  # upper bound of L, kEUR
    units_in: Mapping[tuple[str, Cell], Variable]  # x[b,t,u], with buildings only
    rooms_in: Mapping[tuple[str, str], Variable]  # r[b,k], with buildings only
    own: Mapping[Cell, Variable]  # o[t,u], lots of legal persons out of the rental tenures
    rules: dict[str, str] = field(default_factory=dict)  # row name -> rule id
    names: set[str] = field(default_factory=set)


def build_programme(case: Case, *, land_max_eur: float | None = None) -> ProgrammeModel:
    """Write the integer program of a case.

    Parameters
    ----------
    case
        The question.
    land_max_eur
        With a sum, a variable land bill between zero and that sum is added to the fixed cost;
        `set_objective` with ``"land"`` maximises it.

    Returns
    -------
    model
        The problem, unsolved and without objective, and its dictionaries.

    References
    ----------
    ``docs/model.md`` 5.2 and 5.3.
    """
    model = _declare(case, land_max_eur)
    define_site(model)
    define_shares(model)
    define_lots(model)
    define_placements(model)
    define_balance(model)
    define_ceilings(model)
    define_mix(model)
    define_decisions(model)
    define_buildings(model)
    return model


def define_site(model: ProgrammeModel) -> None:
    """Bound the surface, the parking places and the number of dwellings."""
    rules, case = model.case.rules, model.case
    areas = {space.id: space.area_m2 for space in case.spaces}
    rooms = pulp.lpSum(areas[room] * built for room, built in model.spaces.items())
    surface = _total(model, "shab_m2") + rooms
    _require(model, "surface", surface <= rules.shab_max_m2)
    if rules.parking_max is not None:
        _require(model, "parking", _total(model, "parking") <= rules.parking_max)
    _require(model, "dwellings:min", _dwellings(model) >= rules.dwellings_min)
    _require(model, "dwellings:max", _dwellings(model) <= rules.dwellings_max)


def define_shares(model: ProgrammeModel) -> None:
    """Bound the share of families of tenures and of typologies among the dwellings."""
    rules, everything = model.case.rules, _dwellings(model)
    for rule in rules.families:
        chosen = pulp.lpSum(x for (_, u), x in model.units.items() if u in rule.members)
        _bound_share(model, f"share:{rule.id}", rule, chosen, everything)
    for rule in rules.typology_shares:
        chosen = pulp.lpSum(x for (t, _), x in model.units.items() if t in rule.members)
        _bound_share(model, f"typo:{rule.id}", rule, chosen, everything)


def define_lots(model: ProgrammeModel) -> None:
    """Keep for legal persons the lots that they ask for: their own, or let in rental tenures."""
    for lots in model.case.lots:
        kept = model.own.get(lots.cell, model.units[lots.cell])
        _require(model, lots.id, 1 * kept >= lots.count)


def define_placements(model: ProgrammeModel) -> None:
    """Place households of each class in the dwellings that suit them."""
    rules, placed = model.case.rules, model.placed
    housed = pulp.lpSum(placed.values())
    for group in model.case.classes:
        members = pulp.lpSum(f for (c, _, _), f in placed.items() if c == group.id)
        _require(model, f"class:{group.id}", members <= group.count)
    for (t, u), x in model.units.items():
        residents = [f for (_, *cell), f in placed.items() if cell == [t, u]]
        own = [model.own[t, u]] if (t, u) in model.own else []
        if residents or own:
            _require(model, f"cell:{t},{u}", pulp.lpSum([*residents, *own]) <= x)
    if rules.open_max is not None:
        left = _dwellings(model) - housed - pulp.lpSum(model.own.values())
        _require(model, "open", left <= rules.open_max)
    if rules.housed_min > 0:
        _require(model, "housed", housed >= rules.housed_min)
    classes = {group.id: group for group in model.case.classes}
    for name, rule in resident_shares(rules):
        counted = pulp.lpSum(f for (c, _, _), f in placed.items() if rule.counts(classes[c]))
        _bound_share(model, name, rule, counted, housed)


def define_balance(model: ProgrammeModel) -> None:
    """Cover every cost by loans, subsidies, sales, equity and top-up, each within its limit."""
    rules = model.case.rules
    subsidies = _total(model, "subsidy")
    resources = _total(model, "loan") + subsidies + _total(model, "revenue")
    spent = _total(model, "cost") + _fixed_cost(model)
    _require(model, "balance", resources + model.equity + model.topup - spent >= 0)
    if rules.equity_max_eur is not None:
        _require(model, "equity", model.equity <= rules.equity_max_eur / KILO)
    _require(model, "topup", model.topup <= rules.topup_max_eur / KILO)
    if rules.subsidy_max_eur is not None:
        _require(model, "subsidy", subsidies + model.topup <= rules.subsidy_max_eur / KILO)


def define_ceilings(model: ProgrammeModel) -> None:
    """Bound the cost per m2 of the tenures used; linear once multiplied by the whole SHAB.

    M is the largest value the left side can take, from the data: all rooms built, the largest
    land bill, and the whole site built when the variable cost alone is above the ceiling.
    """
    case, fixed = model.case, _fixed_cost(model)
    for terms in case.tenures:
        if terms.cost_ceiling_m2_eur is None:
            continue
        margin, big = ceiling_numbers(case, terms, land_max=model.land_max)
        used = model.used[terms.id]
        excess = fixed - margin * _total(model, "shab_m2")
        _require(model, f"ceiling:{terms.id}", excess + big * used <= big)
        built = pulp.lpSum(x for (_, u), x in model.units.items() if u == terms.id)
        _require(model, f"used:{terms.id}", built - case.rules.dwellings_max * used <= 0)


def ceiling_numbers(case: Case, terms: TenureTerms, *, land_max: float) -> tuple[float, float]:
    """Return what a ceiling leaves for the fixed cost, in kEUR per m2, and its M, in kEUR."""
    ceiling = terms.cost_ceiling_m2_eur or 0.0
    margin = (ceiling - terms.variable_cost_m2_eur * (1 + terms.vat)) / KILO
    fixed = (case.fixed_cost_eur + sum(space.cost_eur for space in case.spaces)) / KILO
    return margin, fixed + land_max + max(0.0, -margin) * case.rules.shab_max_m2


def largest_bill(case: Case) -> float:
    """Bound the extra land bill from the data, in euros: every dwelling at the best margin."""
    cells = cell_rows(case)
    margins = (
        row["loan_eur"] + row["subsidy_eur"] + row["revenue_eur"] - row["cost_eur"]
        for row in cells.values()
    )
    best = max([0.0, *margins]) * case.rules.dwellings_max
    return best + (case.rules.equity_max_eur or 0.0) + case.rules.topup_max_eur


def define_mix(model: ProgrammeModel) -> None:
    """Measure the distance to the target mix, and bound it if asked."""
    target = model.case.rules.mix_target
    if target is None:
        return
    for group in target.groups:
        built = pulp.lpSum(x for (_, u), x in model.units.items() if u in group.tenures)
        gap, deviation = built - group.share * _dwellings(model), model.deviations[group.id]
        _require(model, f"dev:{group.id}:above", deviation - gap >= 0)
        _require(model, f"dev:{group.id}:below", deviation + gap >= 0)
    if target.eps is not None:
        allowed = target.eps * _dwellings(model)
        _require(model, "mix", 0.5 * pulp.lpSum(model.deviations.values()) - allowed <= 0)


def define_decisions(model: ProgrammeModel) -> None:
    """Hold the mandatory rooms and the numbers fixed by people."""
    for space in model.case.spaces:
        if space.mandatory:
            _require(model, f"mandatory:{space.id}", 1 * model.spaces[space.id] >= 1)
    for key, value in model.case.fixed.items():
        if isinstance(key, tuple):
            decided = 1 * model.units[key]
        elif isinstance(value, bool):
            decided = 1 * model.spaces[key]
        else:
            decided = pulp.lpSum(x for (_, u), x in model.units.items() if u == key)
        label = ",".join(key) if isinstance(key, tuple) else key
        _require(model, f"fixed:{label}", decided == int(value))


def define_buildings(model: ProgrammeModel) -> None:
    """Share out dwellings and rooms between the buildings and hold the rules of each.

    ``x[t,u]`` stays a variable, the sum of its ``x[b,t,u]``: every other rule is written as
    without buildings, and the solver may branch on the total before it says where.
    """
    for cell, x in model.units.items():
        inside = [part for (_, c), part in model.units_in.items() if c == cell]
        if inside:
            _require(model, f"split:{','.join(cell)}", pulp.lpSum(inside) - x == 0)
    for room, built in model.spaces.items():
        inside = [part for (_, r), part in model.rooms_in.items() if r == room]
        if inside:
            _require(model, f"split:{room}", pulp.lpSum(inside) - built == 0)
    for row in building_rows(model.case, model.cells, euro=1 / KILO):
        left = _left_side(model, row)
        _require(model, row.rule, left <= row.limit if row.sense == "<=" else left >= row.limit)
    for one, other in twins(model.case):
        filled = {
            name: pulp.lpSum(x for (b, _), x in model.units_in.items() if b == name)
            for name in (one, other)
        }
        _require(model, f"order:{one},{other}", filled[one] - filled[other] >= 0)


def set_objective(model: ProgrammeModel, name: str) -> None:
    """Give the problem one of the objectives of 5.4, in place of the one it has."""
    wanted = "max" if name == "land" else OBJECTIVES[name]
    model.problem.setObjective(objective(model, name))
    model.problem.sense = pulp.LpMaximize if wanted == "max" else pulp.LpMinimize


def keep_objective(model: ProgrammeModel, name: str, value: float) -> None:
    """Forbid to lose what an earlier objective reached (lexicographic order, 5.4).

    `value` is in the unit of the model: thousands of euros for money.
    """
    slack = KEEP_TOLERANCE * (max(1.0, abs(value)) if name in MONEY_OBJECTIVES else 1.0)
    reached = objective(model, name)
    if OBJECTIVES[name] == "max":
        _require(model, f"keep:{name}", reached >= value - slack)
    else:
        _require(model, f"keep:{name}", reached <= value + slack)


def objective(model: ProgrammeModel, name: str) -> Expression:
    """Write one objective of 5.4; money in thousands of euros."""
    if name == "housed":
        return pulp.lpSum(model.placed.values())
    if name == "members":
        candidates = {group.id for group in model.case.classes if group.candidate}
        return pulp.lpSum(f for (c, _, _), f in model.placed.items() if c not in candidates)
    if name in ("public_money", "equity"):
        needed = 1 * model.equity + 1 * model.topup
        return needed + _total(model, "subsidy") if name == "public_money" else needed
    if name == "mix":
        return 0.5 * pulp.lpSum(model.deviations.values())
    if name == "dwellings":
        return _dwellings(model)
    if name == "cost":
        return _total(model, "cost") + _fixed_cost(model)
    if name == "land":
        return pulp.lpSum(_land(model))
    values = {space.id: space.value for space in model.case.spaces}
    return pulp.lpSum(values[room] * built for room, built in model.spaces.items())


def _left_side(model: ProgrammeModel, row: BuildingRow) -> Expression:
    dwellings = pulp.lpSum(a * model.units_in[key] for key, a in row.dwellings.items())
    rooms = (a * model.rooms_in[key] for key, a in row.rooms.items() if key in model.rooms_in)
    return dwellings + pulp.lpSum(rooms) + pulp.lpSum(row.land * x for x in _land(model))


def _declare(case: Case, land_max_eur: float | None) -> ProgrammeModel:
    """Create the problem and its variables."""
    problem = pulp.LpProblem("programme", pulp.LpMinimize)
    names: set[str] = set()

    def count(*parts: str, up: int | None = None) -> Variable:
        return problem.add_variable(_name(names, parts), lowBound=0, upBound=up, cat="Integer")

    def amount(*parts: str, up: float | None = None) -> Variable:
        return problem.add_variable(_name(names, parts), lowBound=0, upBound=up)

    cells = cell_rows(case)
    target = case.rules.mix_target
    ceilings = [terms.id for terms in case.tenures if terms.cost_ceiling_m2_eur is not None]
    land_max = 0.0 if land_max_eur is None else land_max_eur / KILO
    return ProgrammeModel(
        case=case,
        cells=_coefficients(cells),
        problem=problem,
        units={cell: count("units", *cell) for cell in cells},
        spaces={space.id: count("space", space.id, up=1) for space in case.spaces},
        placed={
            (group.id, *cell): count("placed", group.id, *cell)
            for group in case.classes
            for cell in group.cells
        },
        used={tenure: count("used", tenure, up=1) for tenure in ceilings},
        deviations={g.id: amount("deviation", g.id) for g in (target.groups if target else ())},
        equity=amount("equity"),
        topup=amount("topup"),
        land=None if land_max_eur is None else amount("land", up=land_max),
        land_max=land_max,
        units_in={
            (building.id, cell): count("units", building.id, *cell)
            for building in case.buildings
            for cell in cells
        },
        rooms_in={
            (building.id, space.id): count("space", building.id, space.id, up=1)
            for building in case.buildings
            for space in case.spaces
            if space.building in (None, building.id)
        },
        own={cell: count("own", *cell, up=n) for cell, n in own_lots(case).items()},
        names=names,
    )


def _coefficients(rows: Mapping[Cell, Mapping[str, float]]) -> dict[Cell, dict[str, float]]:
    """Scale the money of the cell table to kEUR; the other columns keep their unit."""
    return {
        cell: {
            name.removesuffix("_eur"): float(value) / (KILO if name.endswith("_eur") else 1.0)
            for name, value in row.items()
        }
        for cell, row in rows.items()
    }


def _name(taken: set[str], parts: Sequence[str]) -> str:
    """Make a legible name for a solver file, unlike every name given before."""
    base = "_".join(_slug(part) for part in parts)
    name, copies = base, 1
    while name in taken:
        copies += 1
        name = f"{base}_{copies}"
    taken.add(name)
    return name


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:24] or "x"


def _require(model: ProgrammeModel, rule: str, constraint: Expression) -> None:
    """Add a row under a name of its own and remember the rule it stands for."""
    row = _name(model.names, ("rule", *re.split("[:,]", rule)))
    model.rules[row] = rule
    problem = model.problem
    problem += constraint, row


def _total(model: ProgrammeModel, column: str) -> Expression:
    return pulp.lpSum(model.cells[cell][column] * x for cell, x in model.units.items())


def _dwellings(model: ProgrammeModel) -> Expression:
    return pulp.lpSum(model.units.values())


def _fixed_cost(model: ProgrammeModel) -> Expression:
    """Return F, the rooms built and the extra land bill, in kEUR."""
    costs = {space.id: space.cost_eur / KILO for space in model.case.spaces}
    rooms = pulp.lpSum(costs[room] * built for room, built in model.spaces.items())
    return rooms + pulp.lpSum(_land(model)) + model.case.fixed_cost_eur / KILO


def _land(model: ProgrammeModel) -> list[Variable]:
    return [] if model.land is None else [model.land]


def _bound_share(
    model: ProgrammeModel, rule_id: str, rule: ShareRule, part: Expression, whole: Expression
) -> None:
    if rule.min is not None:
        _require(model, f"{rule_id}:min", part - rule.min * whole >= 0)
    if rule.max is not None:
        _require(model, f"{rule_id}:max", part - rule.max * whole <= 0)
