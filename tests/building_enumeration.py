"""Every way to share out a small programme between two buildings, tried one by one.

Stands on `programme_enumeration` for the rules of the whole site; the rules of the buildings and
phases are written again here, from ``docs/model.md`` 5.3 and no line of the package.
"""

from __future__ import annotations

import numpy as np

from habitat_analysis.programme.case import Case
from tests import programme_enumeration as site

Pair = tuple[np.ndarray, np.ndarray]


def best_values(case: Case, objectives: list[str]) -> dict[str, float] | None:
    """Return the value of each objective in lexicographic order, None if nothing is possible."""
    x, s, figures = _site_programmes(case)
    possible = np.array([_can_be_shared(case, n, built) for n, built in zip(x, s, strict=True)])
    figures = {name: value[possible] for name, value in figures.items()} if len(x) else figures
    alive = np.ones(len(figures["housed"]), dtype=bool)
    if not alive.any():
        return None
    best = {}
    for name in objectives:
        sign = -1.0 if name in site.MOST else 1.0
        goal = float(np.min((sign * figures[name])[alive]))
        slack = site.SLACK * (max(1.0, abs(goal) / 1000) * 1000 if name in site.MONEY else 1.0)
        alive &= sign * figures[name] <= goal + slack
        best[name] = sign * goal
    return best


def _site_programmes(case: Case) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return the programmes that keep the rules of the site, and their figures."""
    cells = [(t, u) for t in case.typologies for u in case.tenures]
    units = site.vectors([case.rules.dwellings_max] * len(cells))
    units = units[units.sum(axis=1) <= case.rules.dwellings_max]
    housed = site.most_housed(case, [(t.id, u.id) for t, u in cells], units)
    rooms = site.vectors([1] * len(case.spaces))
    x, s = np.repeat(units, len(rooms), axis=0), np.tile(rooms, (len(units), 1))
    figures = site._figures(case, cells, x, s)
    figures["housed"] = np.repeat(housed, len(rooms)).astype(float)
    good = site._kept(case, cells, x, s, figures)
    return x[good], s[good], {name: value[good] for name, value in figures.items()}


def least_separation(case: Case, total: np.ndarray, built: np.ndarray) -> float | None:
    """Return the fewest dwellings to exchange for both buildings to have the mix of the whole."""
    first, second, good = _sharings(case, total, built)
    if not good.any():
        return None
    tenures = [u.id for _ in case.typologies for u in case.tenures]
    mixed = np.array([[code == u.id for u in case.tenures] for code in tenures], dtype=int)
    share = total @ mixed / max(1, total.sum())
    gaps = sum(
        np.abs(x @ mixed - x.sum(axis=1)[:, None] * share).sum(axis=1) for x, _ in (first, second)
    )
    return float((0.5 * gaps)[good].min())


def _can_be_shared(case: Case, total: np.ndarray, built: np.ndarray) -> bool:
    return bool(_sharings(case, total, built)[2].any())


def _sharings(case: Case, total: np.ndarray, built: np.ndarray) -> tuple[Pair, Pair, np.ndarray]:
    """Try every part of the dwellings and rooms in the first building, the rest in the second."""
    parts = site.vectors([int(n) for n in total])
    rooms = site.vectors([int(n) for n in built])
    first = (np.repeat(parts, len(rooms), axis=0), np.tile(rooms, (len(parts), 1)))
    second = (total - first[0], built - first[1])
    good = np.ones(len(first[0]), dtype=bool)
    for building, (x, r) in zip(case.buildings, (first, second), strict=True):
        good &= _held(case, building, x, r)
    return first, second, good & _affordable(case, first, second)


def _held(case: Case, building, x: np.ndarray, r: np.ndarray) -> np.ndarray:
    cells = [(t, u) for t in case.typologies for u in case.tenures]
    n = x.sum(axis=1)
    area = x @ np.array([t.shab_m2 for t, _ in cells])
    area = area + r @ np.array([space.area_m2 for space in case.spaces])
    good = area <= building.shab_max_m2 + 1e-6
    if building.dwellings_max is not None:
        good &= n <= building.dwellings_max
    if building.parking_max is not None:
        good &= x @ np.array([u.parking for _, u in cells]) <= building.parking_max + 1e-6
    for rule in case.rules.building_shares:
        part = x @ np.array([u.id in rule.members for _, u in cells], dtype=int)
        good &= part >= (rule.min or 0.0) * n - 1e-6
        good &= part <= (1.0 if rule.max is None else rule.max) * n + 1e-6
    elsewhere = [space.building not in (None, building.id) for space in case.spaces]
    return good & ~(r[:, elsewhere] > 0).any(axis=1)


def _affordable(case: Case, first: Pair, second: Pair) -> np.ndarray:
    """Say which sharings tie up no more equity than each phase allows, once delivered."""
    cells = [(t, u) for t in case.typologies for u in case.tenures]
    money = np.array([site._money(case, t, u) for t, u in cells])
    helped = np.array([u.subsidy_eur for _, u in cells])
    rooms = np.array([space.cost_eur for space in case.spaces])
    sizes = [building.shab_max_m2 for building in case.buildings]
    tied, good = np.zeros(len(first[0])), np.ones(len(first[0]), dtype=bool)
    for phase, (x, r), size in zip(case.phases, (first, second), sizes, strict=False):
        tied = tied + x @ (money[:, 0] - money[:, 1] - helped) + r @ rooms
        tied = tied + case.fixed_cost_eur * size / sum(sizes)
        if phase.equity_max_eur is not None:
            good &= tied <= phase.equity_max_eur + 0.01
    return good
