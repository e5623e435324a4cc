"""Every programme of a small case, one by one: shares no line with the integer program."""

import itertools

import numpy as np

from habitat_analysis.programme.case import Case, ShareRule

SLACK = 1e-6  # of the lexicographic order: absolute on counts, relative on money
MONEY = {"public_money", "equity", "cost"}
MOST = {"housed", "dwellings", "spaces"}


def best_values(case: Case, objectives: list[str]) -> dict[str, float] | None:
    """Return the value of each objective in lexicographic order, None if nothing is possible."""
    values = all_programmes(case)
    alive = np.ones(len(values["housed"]), dtype=bool)
    if not alive.any():
        return None
    best = {}
    for name in objectives:
        sign = -1.0 if name in MOST else 1.0
        goal = float(np.min((sign * values[name])[alive]))
        slack = SLACK * (max(1.0, abs(goal) / 1000) * 1000 if name in MONEY else 1.0)
        alive &= sign * values[name] <= goal + slack
        best[name] = sign * goal
    return best


def all_programmes(case: Case) -> dict[str, np.ndarray]:
    """Return the objectives of every programme that keeps every rule."""
    cells = [(t, u) for t in case.typologies for u in case.tenures]
    units = vectors([case.rules.dwellings_max] * len(cells))
    units = units[units.sum(axis=1) <= case.rules.dwellings_max]
    housed = most_housed(case, [(t.id, u.id) for t, u in cells], np.maximum(0, units - own(case)))
    rooms = vectors([1] * len(case.spaces))
    x = np.repeat(units, len(rooms), axis=0)
    s = np.tile(rooms, (len(units), 1))
    h = np.repeat(housed, len(rooms))
    figures = _figures(case, cells, x, s) | {"housed": h.astype(float)}
    good = _kept(case, cells, x, s, figures)
    return {name: value[good] for name, value in figures.items()}


def lots_of(case: Case) -> np.ndarray:
    """Number the lots of legal persons in each cell."""
    asked = {(one.typology, one.tenure): one.count for one in case.lots}
    return np.array([asked.get((t.id, u.id), 0) for t in case.typologies for u in case.tenures])


def own(case: Case) -> np.ndarray:
    """Number those that no household may live in."""
    kinds = [u.kind for _ in case.typologies for u in case.tenures]
    return lots_of(case) * np.array([kind != "rental" for kind in kinds])


def vectors(most: list[int]) -> np.ndarray:
    if not most:
        return np.zeros((1, 0), dtype=int)
    return np.indices([n + 1 for n in most]).reshape(len(most), -1).T


def most_housed(case: Case, cells: list[tuple[str, str]], units: np.ndarray) -> np.ndarray:
    """Try every way to place the households and keep the one that places most of them."""
    pairs = [(c, cells.index(cell)) for c, group in enumerate(case.classes) for cell in group.cells]
    placed = vectors([case.classes[c].count for c, _ in pairs])
    by_class = _summed(placed, [c for c, _ in pairs], len(case.classes))
    possible = (by_class <= [group.count for group in case.classes]).all(axis=1)
    total = placed.sum(axis=1)
    for rule in case.rules.quartiles:
        members = [group.quartile in rule.members for group in case.classes]
        possible &= _share_kept(rule, by_class @ np.array(members, dtype=int), total)
    by_cell = np.unique(_summed(placed, [j for _, j in pairs], len(cells))[possible], axis=0)
    fits = np.ones((len(units), len(by_cell)), dtype=bool)
    for j in range(len(cells)):
        fits &= by_cell[None, :, j] <= units[:, None, j]
    return np.where(fits, by_cell.sum(axis=1)[None, :], 0).max(axis=1)


def _summed(vectors: np.ndarray, keys: list[int], size: int) -> np.ndarray:
    chosen = np.zeros((len(keys), size), dtype=int)
    chosen[np.arange(len(keys)), keys] = 1
    return vectors @ chosen


def _share_kept(rule: ShareRule, part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    low = 0.0 if rule.min is None else rule.min
    high = 1.0 if rule.max is None else rule.max
    return (part >= low * whole - 1e-6) & (part <= high * whole + 1e-6)


def _present_value(rate: float, years: int) -> float:
    return sum((1 + rate) ** -year for year in range(1, years + 1))


def _money(case: Case, t, u) -> tuple[float, float]:
    """Return what one dwelling costs and what it brings in without subsidy."""
    cost = (u.variable_cost_m2_eur * t.shab_m2 + u.dwelling_cost_eur) * (1 + u.vat)
    if u.kind == "sale":
        return cost, (u.price_m2_eur + u.ofs_land_m2_eur) * t.shab_m2
    if u.kind == "rental":
        loan = u.net_rent_m2_year_eur * t.su_m2 * _present_value(u.loan_rate, u.loan_years)
    else:
        loan = u.progressive_loan_eur[t.id]
    if case.fixed_m2_eur is not None:
        loan = max(0.0, min(loan, cost + case.fixed_m2_eur * t.shab_m2 - u.subsidy_eur))
    return cost, loan


def _figures(case: Case, cells, x: np.ndarray, s: np.ndarray) -> dict[str, np.ndarray]:
    money = np.array([_money(case, t, u) for t, u in cells])
    rooms = np.array([space.cost_eur for space in case.spaces])
    subsidies = x @ np.array([u.subsidy_eur for _, u in cells])
    fixed = case.fixed_cost_eur + s @ rooms
    cost = x @ money[:, 0] + fixed
    need = np.maximum(0.0, cost - x @ money[:, 1] - subsidies)
    groups = case.rules.mix_target.groups if case.rules.mix_target else ()
    moved = sum(
        abs(x @ np.array([u.id in g.tenures for _, u in cells]) - g.share * x.sum(axis=1))
        for g in groups
    )
    return {
        "equity": need,
        "public_money": need + subsidies,
        "subsidies": subsidies,
        "cost": cost,
        "fixed": fixed,
        "dwellings": x.sum(axis=1).astype(float),
        "mix": 0.5 * moved + np.zeros(len(x)),
        "spaces": s @ np.array([space.value for space in case.spaces]) + np.zeros(len(x)),
    }


def _kept(case: Case, cells, x, s, figures) -> np.ndarray:
    """Say which programmes keep every rule of 5.3."""
    rules, n = case.rules, x.sum(axis=1)
    shab = x @ np.array([t.shab_m2 for t, _ in cells])
    area = shab + s @ np.array([space.area_m2 for space in case.spaces])
    good = (area <= rules.shab_max_m2 + 1e-6) & (n >= rules.dwellings_min)
    if rules.parking_max is not None:
        good &= x @ np.array([u.parking for _, u in cells]) <= rules.parking_max + 1e-6
    for rule, names in itertools.chain(
        ((rule, [u.id for _, u in cells]) for rule in rules.families),
        ((rule, [t.id for t, _ in cells]) for rule in rules.typology_shares),
    ):
        good &= _share_kept(rule, x @ np.array([name in rule.members for name in names]), n)
    if rules.open_max is not None:
        good &= n - own(case).sum() - figures["housed"] <= rules.open_max
    good &= (x >= lots_of(case)).all(axis=1)
    good &= figures["housed"] >= rules.housed_min
    if rules.mix_target and rules.mix_target.eps is not None:
        good &= figures["mix"] <= rules.mix_target.eps * n + 1e-6
    good &= _paid(case, figures) & _under_ceilings(case, cells, x, shab, figures["fixed"])
    for position, space in enumerate(case.spaces):
        if space.mandatory:
            good &= s[:, position] == 1
    return good & _decided(case, cells, x, s)


def _paid(case: Case, figures) -> np.ndarray:
    rules = case.rules
    equity = np.inf if rules.equity_max_eur is None else rules.equity_max_eur
    helped = np.inf if rules.subsidy_max_eur is None else rules.subsidy_max_eur
    topup = np.minimum(rules.topup_max_eur, helped - figures["subsidies"])
    return (topup >= 0) & (figures["equity"] <= equity + topup)


def _under_ceilings(case: Case, cells, x, shab, fixed) -> np.ndarray:
    good = np.ones(len(x), dtype=bool)
    for u in case.tenures:
        if u.cost_ceiling_m2_eur is not None:
            built = x @ np.array([other.id == u.id for _, other in cells])
            cost = u.variable_cost_m2_eur * (1 + u.vat) + fixed / np.maximum(shab, 1e-9)
            good &= (built == 0) | (cost <= u.cost_ceiling_m2_eur)
    return good


def _decided(case: Case, cells, x, s) -> np.ndarray:
    good = np.ones(len(x), dtype=bool)
    for key, value in case.fixed.items():
        if isinstance(value, bool):
            good &= s[:, [space.id for space in case.spaces].index(key)] == value
        else:
            here = [key in ((t.id, u.id), u.id) for t, u in cells]
            good &= x @ np.array(here, dtype=int) == value
    return good
