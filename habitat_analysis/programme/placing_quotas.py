"""Place households in given dwellings when members come first and quotas hold: a small program.

Without quotas `placing` needs no solver. With several quotas on several attributes the numbers
that can be placed are no longer few, so the solver is asked; `certificate` then checks every rule
on its answer, by plain arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array

from habitat_analysis.programme.arrays import Arrays, Vector
from habitat_analysis.programme.case import (
    Case,
    Cell,
    NeedClass,
    Placement,
    ProgrammeRules,
    resident_shares,
)
from habitat_analysis.programme.solving import solve_arrays

KEPT = 512  # answers remembered: stress tests and levers ask the same dwellings again

_Dwellings = tuple[tuple[Cell, int], ...]
_Row = tuple[Vector, float, float]  # coefficients, lower and upper bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """Classes that accept the same cells and that no rule tells apart."""

    cells: tuple[Cell, ...]
    candidate: bool
    counted: tuple[bool, ...]  # rule by rule of `resident_shares`
    classes: tuple[NeedClass, ...]

    @property
    def count(self) -> int:
        return sum(need.count for need in self.classes)


def chooses_households(case: Case) -> bool:
    """Tell whether a case chooses its households too: candidates may enter, or quotas hold."""
    return bool(case.rules.quotas) or any(need.candidate for need in case.classes)


def place_under_quotas(
    case: Case, units: Mapping[Cell, int], *, members_first: bool = True
) -> tuple[Placement, ...]:
    """Place members first, then the most households, under quartile rules and quotas.

    Parameters
    ----------
    case
        Classes of need, some of candidates, and rules on the households placed.
    units
        Dwellings built, by (typology, tenure).
    members_first
        Whether the members come before the number of households; after it otherwise.

    Returns
    -------
    placements
        One optimum among several, that keeps the least number of needs covered and the largest
        number of open dwellings if any does.

    References
    ----------
    ``docs/model.md`` 5.3 and 6.6.
    """
    built = tuple((cell, n) for cell, n in units.items() if n > 0)
    return _placed(case.classes, case.rules, built, members_first)


@lru_cache(maxsize=KEPT)
def _placed(
    classes: tuple[NeedClass, ...], rules: ProgrammeRules, built: _Dwellings, members_first: bool
) -> tuple[Placement, ...]:
    groups = _alike(classes, rules)
    pairs = [
        (g, j) for g, one in enumerate(groups) for j, (c, _) in enumerate(built) if c in one.cells
    ]
    if not pairs:
        return ()
    for bounded in (True, False):
        numbers = _numbers(
            groups, rules, built, pairs, members_first=members_first, bounded=bounded
        )
        if numbers is not None:
            return _shared(groups, built, pairs, numbers)
    return ()


def _alike(classes: Sequence[NeedClass], rules: ProgrammeRules) -> list[_Alike]:
    shares = [rule for _, rule in resident_shares(rules)]
    found: dict[tuple[object, ...], list[NeedClass]] = {}
    for need in classes:
        key = need.cells, need.candidate, tuple(rule.counts(need) for rule in shares)
        found.setdefault(key, []).append(need)
    return [
        _Alike(
            cells=same[0].cells,
            candidate=same[0].candidate,
            counted=tuple(rule.counts(same[0]) for rule in shares),
            classes=tuple(same),
        )
        for same in found.values()
    ]


def _numbers(
    groups: Sequence[_Alike],
    rules: ProgrammeRules,
    built: _Dwellings,
    pairs: Sequence[tuple[int, int]],
    *,
    members_first: bool,
    bounded: bool,
) -> list[int] | None:
    """Return how many households of each pair (group, cell), None when the bounds forbid it."""
    rows = [*_places(groups, built, pairs), *_shares(groups, rules, pairs)]
    total = sum(n for _, n in built)
    if bounded:
        least = max(rules.housed_min, 0 if rules.open_max is None else total - rules.open_max)
        rows.append((np.ones(len(pairs)), float(least), np.inf))
    member = np.array([not groups[g].candidate for g, _ in pairs], dtype=float)
    worth = 1 + (total + 1) * member if members_first else (total + 1) + member
    names = tuple(str(k) for k in range(len(pairs)))
    result = solve_arrays(
        Arrays(
            names=names,
            rows=tuple(str(k) for k in range(len(rows))),
            matrix=csr_array(np.array([row for row, _, _ in rows])),
            row_lower=np.array([lower for _, lower, _ in rows]),
            row_upper=np.array([upper for _, _, upper in rows]),
            lower=np.zeros(len(pairs)),
            upper=np.full(len(pairs), float(total)),
            integer=np.ones(len(pairs), dtype=bool),
            cost=worth,
            maximise=True,
        ),
        gap_rel=0.0,
        small=True,
    )
    if not result.values:
        return None
    return [round(result.values[name]) for name in names]


def _places(
    groups: Sequence[_Alike], built: _Dwellings, pairs: Sequence[tuple[int, int]]
) -> list[_Row]:
    """Hold each group to its households, each cell to its dwellings."""
    of_group, of_cell = np.array(pairs).T
    people = [(of_group == g, one.count) for g, one in enumerate(groups)]
    homes = [(of_cell == j, n) for j, (_, n) in enumerate(built)]
    return [(mask.astype(float), -np.inf, float(most)) for mask, most in (*people, *homes)]


def _shares(
    groups: Sequence[_Alike], rules: ProgrammeRules, pairs: Sequence[tuple[int, int]]
) -> list[_Row]:
    """Hold each share of the households placed between its bounds."""
    rows: list[_Row] = []
    for rank, (_, rule) in enumerate(resident_shares(rules)):
        inside = np.array([groups[g].counted[rank] for g, _ in pairs], dtype=float)
        if rule.min is not None:
            rows.append((inside - rule.min, 0.0, np.inf))
        if rule.max is not None:
            rows.append((inside - rule.max, -np.inf, 0.0))
    return rows


def _shared(
    groups: Sequence[_Alike],
    built: _Dwellings,
    pairs: Sequence[tuple[int, int]],
    numbers: Sequence[int],
) -> tuple[Placement, ...]:
    """Give each number of a pair to the classes of its group, in their order."""
    left = {need.id: need.count for one in groups for need in one.classes}
    found: list[Placement] = []
    for (g, j), number in zip(pairs, numbers, strict=True):
        (typology, tenure), rest = built[j][0], number
        for need in groups[g].classes:
            taken = min(rest, left[need.id])
            if taken:
                left[need.id] -= taken
                rest -= taken
                found.append(
                    Placement(class_id=need.id, typology=typology, tenure=tenure, count=taken)
                )
    return tuple(found)
