"""Random cases whose households are chosen too, and every way to place them, one by one."""

from dataclasses import replace

import numpy as np

from habitat_analysis.programme.case import Case, QuotaRule, ShareRule, resident_shares
from tests.programme_enumeration import _figures, _kept, _share_kept, _summed, own, vectors
from tests.programme_instances import Draw

AGES = ("jeunes", "aînés")
MOST = {"members", "housed", "dwellings", "spaces"}
MONEY = {"public_money", "equity", "cost"}


def joint_case(draw: Draw) -> Case:
    """Let some classes be candidates, give all an age, ask quotas of the group."""
    case = draw.case()
    classes = tuple(
        replace(
            need,
            candidate=draw.chance(0.5),
            traits=(("age", AGES[draw.between(0, 1)]), ("quartile", need.quartile)),
        )
        for need in case.classes
    )
    quotas = tuple(
        QuotaRule(id=f"q {name}", attribute=name, members=members, min=low, max=high)
        for name, members in (("age", AGES[:1]), ("quartile", ("Q1", "Q2")))
        if draw.chance(0.6)
        for low, high in [(draw.between(1, 6) / 10, None) if draw.chance(0.6) else (None, 0.6)]
    )
    return replace(case, classes=classes, rules=replace(case.rules, quotas=quotas))


def best_joint(case: Case, objectives: list[str]) -> dict[str, float] | None:
    """Give the value of each objective in lexicographic order, by trying every programme."""
    cells = [(t, u) for t in case.typologies for u in case.tenures]
    units = vectors([case.rules.dwellings_max] * len(cells))
    units = units[units.sum(axis=1) <= case.rules.dwellings_max]
    ways = placements(case, [(t.id, u.id) for t, u in cells])
    members_first = "members" in objectives
    places = np.maximum(0, units - own(case))
    best = np.array([served(case, one, *ways, members_first=members_first) for one in places])
    rooms = vectors([1] * len(case.spaces))
    x, s = np.repeat(units, len(rooms), axis=0), np.tile(rooms, (len(units), 1))
    figures = _figures(case, cells, x, s)
    figures["members"], figures["housed"] = np.repeat(best, len(rooms), axis=0).T.astype(float)
    alive = _kept(case, cells, x, s, figures)
    if not alive.any():
        return None
    found = {}
    for name in objectives:
        value = -figures[name] if name in MOST else figures[name]
        goal = float(value[alive].min())
        alive &= value <= goal + (1e-6 * max(1000.0, abs(goal)) if name in MONEY else 1e-6)
        found[name] = abs(goal)
    return found


def placements(case: Case, cells: list[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """List the households by cell, and the members placed, of every placement within the quotas."""
    pairs = [(c, cells.index(cell)) for c, need in enumerate(case.classes) for cell in need.cells]
    placed = vectors([case.classes[c].count for c, _ in pairs])
    by_class = _summed(placed, [c for c, _ in pairs], len(case.classes))
    possible = (by_class <= [need.count for need in case.classes]).all(axis=1)
    for _, rule in resident_shares(case.rules):
        inside = np.array([counted(rule, need) for need in case.classes], dtype=int)
        possible &= _share_kept(rule, by_class @ inside, placed.sum(axis=1))
    member = np.array([not need.candidate for need in case.classes], dtype=int)
    by_cell = _summed(placed, [j for _, j in pairs], len(cells))
    rows = np.unique(np.column_stack([by_cell, by_class @ member])[possible], axis=0)
    return rows[:, :-1], rows[:, -1]


def counted(rule: ShareRule, need) -> bool:
    if isinstance(rule, QuotaRule):
        return any(name == rule.attribute and value in rule.members for name, value in need.traits)
    return need.quartile in rule.members


def served(
    case: Case, units: np.ndarray, by_cell: np.ndarray, members: np.ndarray, *, members_first: bool
) -> tuple[int, int]:
    """Give the members and the households of the best placement in some dwellings."""
    rules, fits = case.rules, (by_cell <= units).all(axis=1)
    all_placed, of_group = by_cell[fits].sum(axis=1), members[fits]
    least = max(rules.housed_min, 0 if rules.open_max is None else units.sum() - rules.open_max)
    good = all_placed >= least
    if good.any():
        all_placed, of_group = all_placed[good], of_group[good]
    ranked = sorted(
        zip(of_group, all_placed, strict=True),
        key=lambda one: one if members_first else one[::-1],
    )
    return tuple(int(n) for n in ranked[-1])
