"""Place as many households as possible in given dwellings, without any solver.

Used to judge a programme typed by people, and to check the solver's own placements. Households
of a class are alike, so placing is a flow from classes to cells. The numbers of households that
can be placed from each quartile form a polymatroid: a vector of numbers is possible if and only
if, for every set of quartiles, its sum is at most what a flow can place from that set alone. The
vectors are few (one dimension a quartile), so all those of a total are tried against the quartile
rules, from the largest total down.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from habitat_analysis.programme.case import Case, Cell, NeedClass, Placement, ShareRule

TOLERANCE: Final = 1e-6  # households


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quartile:
    """The classes that the quartile rules do not tell apart."""

    name: str | None  # None: the quartiles no rule names, together
    classes: tuple[NeedClass, ...]

    @property
    def count(self) -> int:
        return sum(members.count for members in self.classes)


def place(case: Case, units: Mapping[Cell, int]) -> tuple[Placement, ...]:
    """Place the most households that the dwellings and the quartile rules allow.

    Parameters
    ----------
    case
        Classes of need with the cells that suit them, and quartile rules.
    units
        Dwellings built, by (typology, tenure).

    Returns
    -------
    placements
        One optimum among several; on a tie, the first quartiles are served first.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules, TenureTerms, Typology
    >>> case = Case(
    ...     typologies=(Typology(id="T2", shab_m2=46.0, su_m2=49.0),),
    ...     tenures=(TenureTerms(id="PLUS", kind="rental", vat=0.1, variable_cost_m2_eur=2350.0),),
    ...     classes=(NeedClass(id="A", count=4, quartile="Q1", cells=(("T2", "PLUS"),)),),
    ...     rules=ProgrammeRules(shab_max_m2=200.0, dwellings_max=4))
    >>> [(placement.class_id, placement.count) for placement in place(case, {("T2", "PLUS"): 3})]
    [('A', 3)]
    """
    quartiles = _quartiles(case)
    if not quartiles:
        return ()
    numbers = _best_numbers(case, quartiles, units)
    return _flow(list(zip(quartiles, numbers, strict=True)), units)


def _quartiles(case: Case) -> list[_Quartile]:
    ruled = {name for rule in case.rules.quartiles for name in rule.members}
    groups: dict[str | None, list[NeedClass]] = {name: [] for name in sorted(ruled)} | {None: []}
    for members in case.classes:
        groups[members.quartile if members.quartile in ruled else None].append(members)
    return [_Quartile(name=name, classes=tuple(group)) for name, group in groups.items() if group]


def _best_numbers(
    case: Case, quartiles: Sequence[_Quartile], units: Mapping[Cell, int]
) -> Sequence[int]:
    """Return how many households to place from each quartile."""
    positions = range(len(quartiles))
    subsets = chain.from_iterable(combinations(positions, k + 1) for k in positions)
    limits = {subset: _placeable([quartiles[i] for i in subset], units) for subset in subsets}
    sizes = [limits[(i,)] + 1 for i in positions[:-1]]
    heads = np.indices(sizes).reshape(len(sizes), math.prod(sizes))
    for total in range(limits[tuple(positions)], 0, -1):
        tail = total - heads.sum(axis=0)
        vectors = np.vstack([heads, tail])[:, tail >= 0]
        possible = np.ones(vectors.shape[1], dtype=bool)
        for subset, limit in limits.items():
            possible &= vectors[list(subset)].sum(axis=0) <= limit
        for rule in case.rules.quartiles:
            part = vectors[[i for i in positions if quartiles[i].name in rule.members]].sum(axis=0)
            possible &= _share_kept(rule, part, total)
        if possible.any():
            best = np.flatnonzero(possible)[-1]  # the last: most of the first quartiles
            return [int(number) for number in vectors[:, best]]
    return [0 for _ in positions]


def _share_kept(rule: ShareRule, part: npt.NDArray[np.int_], total: int) -> npt.NDArray[np.bool_]:
    least = -np.inf if rule.min is None else rule.min * total - TOLERANCE
    most = np.inf if rule.max is None else rule.max * total + TOLERANCE
    return (part >= least) & (part <= most)


def _placeable(quartiles: Sequence[_Quartile], units: Mapping[Cell, int]) -> int:
    """Return how many households of some quartiles fit, the others left out.

    Household after household, each takes a dwelling or has others move (augmenting paths): once
    one of a class cannot be placed, none of its class can (Kuhn 1955, dwellings alike by cell).
    """
    left = {cell: built for cell, built in units.items() if built > 0}
    inside: dict[Cell, list[NeedClass]] = {cell: [] for cell in left}

    def fits(household: NeedClass, seen: set[Cell]) -> bool:
        for cell in household.cells:
            if cell not in left or cell in seen:
                continue
            seen.add(cell)
            residents = inside[cell]
            if len(residents) < left[cell]:
                residents.append(household)
                return True
            for position, resident in enumerate(residents):
                if fits(resident, seen):
                    residents[position] = household
                    return True
        return False

    for group in quartiles:
        for members in group.classes:
            for _ in range(members.count):
                if not fits(members, set()):
                    break
    return sum(len(residents) for residents in inside.values())


def _flow(
    groups: Sequence[tuple[_Quartile, int]], units: Mapping[Cell, int]
) -> tuple[Placement, ...]:
    """Find a largest flow: source, quartiles (at most so many), classes, cells, sink."""
    cells = [cell for cell, built in units.items() if built > 0]
    classes = [members for group, _ in groups for members in group.classes]
    first_class, first_cell = 1 + len(groups), 1 + len(groups) + len(classes)
    sink = first_cell + len(cells)
    arcs: dict[tuple[int, int], int] = {
        (first_cell + j, sink): units[cell] for j, cell in enumerate(cells)
    }
    rank = {members.id: first_class + i for i, members in enumerate(classes)}
    for i, (group, number) in enumerate(groups):
        arcs[0, 1 + i] = number
        arcs |= {(1 + i, rank[members.id]): members.count for members in group.classes}
    for members in classes:
        arcs |= {
            (rank[members.id], first_cell + j): members.count
            for j, cell in enumerate(cells)
            if cell in members.cells
        }
    flow = maximum_flow(_capacities(arcs, sink + 1), 0, sink).flow.tocoo()
    placed = {
        (int(i), int(j)): int(n) for i, j, n in zip(flow.row, flow.col, flow.data, strict=True)
    }
    return tuple(
        Placement(class_id=members.id, typology=t, tenure=u, count=n)
        for members in classes
        for j, (t, u) in enumerate(cells)
        if (n := placed.get((rank[members.id], first_cell + j), 0)) > 0
    )


def _capacities(arcs: Mapping[tuple[int, int], int], size: int) -> object:
    rows, columns = zip(*arcs, strict=True) if arcs else ((), ())
    data = np.array(list(arcs.values()), dtype=np.int32)
    return coo_array((data, (rows, columns)), shape=(size, size)).tocsr()
