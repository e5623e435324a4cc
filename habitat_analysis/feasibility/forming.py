"""The group formed in the pool for the programme of a site: members first, under the quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from habitat_analysis.allocation.formation import (
    Candidate,
    FormedGroup,
    LeftOut,
    Pool,
    Quota,
    check_pool,
    form_group,
)
from habitat_analysis.allocation.plan import is_rental
from habitat_analysis.feasibility.story import POINT_DECIMALS, Formation
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.study import GroupQuota

Cell = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A household of the pool: where it may live, its points, what the quotas count."""

    id: str
    in_group: bool
    cells: tuple[Cell, ...]
    points: float
    attributes: Mapping[str, str]
    reservations: tuple[str, ...] = ()  # reserved quotas on which it could be proposed


def cell_id(cell: Cell) -> str:
    """Name a cell in the pool.

    Examples
    --------
    >>> cell_id(("T3", "BRS"))
    'T3 BRS'
    """
    return " ".join(cell)


def form(
    entrants: Sequence[Entrant],
    places: Mapping[Cell, int],
    quotas: Sequence[GroupQuota],
    *,
    seed: int,
    fixed: Mapping[str, Cell] | None = None,
    members_first: bool = False,
) -> Formation:
    """Form the group of a programme.

    Parameters
    ----------
    entrants
        The pool: households of the group and candidates.
    places
        Dwellings of the programme, every cell of the study in it, zero where none is built.
    quotas
        Shares of the group wished by the study.
    seed
        Published seed of the draw.
    fixed
        Cells of the households that people fixed in a dwelling: they are in the group. A pair that
        the programme does not hold, or all of them when the quotas forbid them, count for nothing.
    members_first
        Whether the most households of the group are placed, even in a smaller group: the rule of
        a programme that chose them with itself. By default the most places are filled.

    Returns
    -------
    formation
        Most places filled, then most households of the group, then most points.
    """
    suited = [one for one in entrants if one.cells]
    priority = _priority(suited)
    pool = check_pool(
        Pool(
            candidates=tuple(_candidate(one, priority) for one in suited),
            cells={cell_id(cell): n for cell, n in places.items()},
            quotas=tuple(
                Quota(attribute=q.attribute, values=q.values, min=q.min, max=q.max) for q in quotas
            ),
            rental=frozenset(cell_id(cell) for cell in places if is_rental(cell[1])),
            first=frozenset(one.id for one in suited if one.in_group and members_first),
        )
    )
    formed = _formed(pool, _decided(suited, places, fixed or {}), seed)
    told = tuple(_said(line, priority) for line in formed.left_out)
    return Formation(
        formed=replace(formed, left_out=told),
        priority=priority,
        pool_size=len(entrants),
        group_size=sum(one.in_group for one in entrants),
        without_cell=tuple(one.id for one in entrants if not one.cells),
        has_quotas=bool(quotas),
    )


def _decided(
    entrants: Sequence[Entrant], places: Mapping[Cell, int], fixed: Mapping[str, Cell]
) -> dict[str, str]:
    """Keep the pairs fixed of households that may have the cell, as many as it has places."""
    open_to = {one.id: one.cells for one in entrants}
    kept = {name: cell for name, cell in fixed.items() if cell in open_to.get(name, ())}
    wanted = Counter(kept.values())
    return {n: cell_id(cell) for n, cell in kept.items() if wanted[cell] <= places.get(cell, 0)}


def _formed(pool: Pool, fixed: Mapping[str, str], seed: int) -> FormedGroup:
    """Form the group around the pairs fixed, or without them when the quotas forbid them."""
    if fixed:
        around = form_group(check_pool(replace(pool, fixed=fixed)), seed=seed)
        if around.status != "infeasible":
            return around
    return form_group(pool, seed=seed)


def _priority(entrants: Sequence[Entrant]) -> float:
    """Return points so many that a household of the group outweighs all points together."""
    if len({one.in_group for one in entrants}) < 2:
        return 0.0
    return float(round(2 * sum(one.points for one in entrants), POINT_DECIMALS) + 1)


def _candidate(one: Entrant, priority: float) -> Candidate:
    return Candidate(
        id=one.id,
        cells=tuple(cell_id(cell) for cell in one.cells),
        points=one.points + priority * one.in_group,
        attributes=one.attributes,
    )


def _said(line: LeftOut, priority: float) -> LeftOut:
    """Say in plain words that a candidate would take the place of a household of the group."""
    if not priority or line.points_lost <= priority / 2:
        return line
    why = "les ménages du groupe passent avant les candidats"
    return replace(line, sentence=typeset(f"Ménage {quoted(line.household)} : {why}."))
