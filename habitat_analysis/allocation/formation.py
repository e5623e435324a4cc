"""A group formed from a pool: most places filled, then most points, under the quotas of the mix.

Cells are typologies in tenures, with a number of places. Rental places are filled only to see
who could be proposed: those households are candidates, the commission (CAL) decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, Literal

import numpy as np

from habitat_analysis.allocation.assignment import Stage, Status, Turn
from habitat_analysis.allocation.places import Indices, Limit, Places
from habitat_analysis.allocation.wishes import draw_key
from habitat_analysis.errors import DataError, Faults, did_you_mean
from habitat_analysis.formats import count, quoted, typeset
from habitat_analysis.programme.arrays import Vector

Reason = Literal["no_cell", "fixed", "quota", "points", "draw"]
SOURCE: Final = "vivier"
WHOLE: Final = 10_000  # quotas are written in whole numbers: shares to the ten-thousandth

WHY: Final[Mapping[Reason, str]] = {
    "no_cell": "aucune des places proposées ne convient à ce ménage",
    "fixed": "les paires fixées par le groupe ne lui laissent pas de place",
    "quota": "les quotas votés pour la mixité l'écartent",
    "points": "le retenir coûterait {points} au groupe",
    "draw": "à égalité avec un ménage retenu",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One household of the pool."""

    id: str
    cells: tuple[str, ...]  # where it may live and would
    points: float = 0.0
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Least and largest share, of the group chosen, of households with one of these values."""

    attribute: str
    values: tuple[str, ...]
    min: float | None = None  # fraction
    max: float | None = None  # fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Candidates, places by cell, quotas; built by `check_pool`.

    `fixed` are cells by household, decided by people before the choice: those households are in.
    `first` are households of whom the most are placed, whatever the size of the group.
    """

    candidates: tuple[Candidate, ...]
    cells: Mapping[str, int]
    quotas: tuple[Quota, ...] = ()
    rental: frozenset[str] = frozenset()  # cells whose households are proposed, not retained
    fixed: Mapping[str, str] = field(default_factory=dict)
    first: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A household not chosen, and why."""

    household: str
    reason: Reason
    points_lost: float  # what the group would lose by taking it, at the same size
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormedGroup:
    """The group proposed.

    Attributes
    ----------
    members, candidates
        Cell by household: members of the group; those to propose for rental places.
    points
        Sum of the points of all of them.
    size_without_quotas, points_without_quotas
        The same without the quotas: the difference is what the mix costs.
    waiting_list
        Those left out whom a place could suit, most points first, then drawn.
    left_out
        Everybody left out, with the reason, in the order of the pool.
    """

    status: Status
    members: Mapping[str, str]
    candidates: Mapping[str, str]
    points: float
    size_without_quotas: int
    points_without_quotas: float
    waiting_list: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def size(self) -> int:
        """Number of places filled."""
        return len(self.members) + len(self.candidates)

    @property
    def cost_of_mix(self) -> float:
        """Points that the quotas cost."""
        return self.points_without_quotas - self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """One group: cell by household, those who come first, then size, then points."""

    status: Status
    chosen: Mapping[str, str]
    points: float
    first: int

    @property
    def worth(self) -> tuple[int, int, float]:
        return self.first, len(self.chosen), round(self.points, 6)


def check_pool(pool: Pool, source: str = SOURCE) -> Pool:
    """Return the pool once it can be used.

    Raises
    ------
    DataError
        With every fault (``E_POOL``): double pseudonym, no cell, unknown cell, places or shares
        that make no sense, unknown attribute, a place fixed for a household that may not have it.
    """
    faults = Faults(source)
    for name, times in Counter(candidate.id for candidate in pool.candidates).items():
        if times > 1:
            faults.add(
                f"ménage {quoted(name)}", f"inscrit {times} fois.", "Gardez une seule ligne."
            )
    for candidate in pool.candidates:
        where = f"ménage {quoted(candidate.id)}"
        if not candidate.cells:
            faults.add(where, "aucun logement accepté.", "Donnez-en un, ou retirez ce ménage.")
        for cell in dict.fromkeys(candidate.cells):
            if cell not in pool.cells:
                near = did_you_mean(cell, pool.cells) or "Reprenez un logement du programme."
                faults.add(where, f"logement inconnu {quoted(cell)}.", near)
    for cell, places in pool.cells.items():
        if places < 0 or places != int(places):
            faults.add(f"logement {quoted(cell)}", "nombre de places impossible.", "Zéro ou plus.")
    for cell in sorted(pool.rental - set(pool.cells)):
        faults.add("", f"logement locatif inconnu {quoted(cell)}.", did_you_mean(cell, pool.cells))
    _check_fixed(pool, faults)
    _check_quotas(pool, faults)
    if faults.list:
        raise DataError([typeset(fault) for fault in faults.list], code="E_POOL")
    return pool


def form_group(pool: Pool, *, seed: int | None = None) -> FormedGroup:
    """Choose a group: most places filled, then most points, quotas kept.

    Parameters
    ----------
    pool
        Checked by `check_pool`.
    seed
        Published seed of the draw between groups as good, and of the waiting list at equal
        points. None: one of the best groups.

    Returns
    -------
    group
        With what the mix costs, the waiting list, and why each household is left out: proved by
        choosing again with that household in.
    """
    best, free = _choose(pool, seed=seed), _choose(_free(pool))
    out = [candidate for candidate in pool.candidates if candidate.id not in best.chosen]
    told = tuple(_left_out(pool, candidate, best, free) for candidate in out)
    suited = {line.household for line in told if line.reason != "no_cell"}
    waiting = sorted(out, key=lambda candidate: _waiting(candidate, seed))
    return FormedGroup(
        status=best.status,
        members={h: cell for h, cell in best.chosen.items() if cell not in pool.rental},
        candidates={h: cell for h, cell in best.chosen.items() if cell in pool.rental},
        points=best.points,
        size_without_quotas=len(free.chosen),
        points_without_quotas=free.points,
        waiting_list=tuple(candidate.id for candidate in waiting if candidate.id in suited),
        left_out=told,
    )


def broken_quotas(pool: Pool, group: Collection[str]) -> tuple[Quota, ...]:
    """Return the quotas that a group of households does not keep."""
    inside = [candidate for candidate in pool.candidates if candidate.id in group]
    counts = [sum(c.attributes.get(q.attribute) in q.values for c in inside) for q in pool.quotas]
    return tuple(
        quota
        for quota, counted in zip(pool.quotas, counts, strict=True)
        if (quota.min is not None and counted < _share(quota.min) * len(inside))
        or (quota.max is not None and counted > _share(quota.max) * len(inside))
    )


def _check_fixed(pool: Pool, faults: Faults) -> None:
    """Note the places fixed for a household unknown, or that it does not accept."""
    accepted = {candidate.id: candidate.cells for candidate in pool.candidates}
    for name, cell in pool.fixed.items():
        if cell not in accepted.get(name, ()):
            why = f"place fixée en {quoted(cell)}, que ce ménage n'accepte pas."
            faults.add(f"ménage {quoted(name)}", why, "Libérez cette place, ou corrigez-la.")


def _check_quotas(pool: Pool, faults: Faults) -> None:
    known = {name for candidate in pool.candidates for name in candidate.attributes}
    for quota in pool.quotas:
        where = f"quota {quoted(quota.attribute)}"
        shares = [share for share in (quota.min, quota.max) if share is not None]
        if not shares:
            faults.add(where, "ni minimum ni maximum.", "Donnez l'un des deux.")
        if any(not 0 <= share <= 1 for share in shares):
            faults.add(where, "part hors de 0 à 1.", "Écrivez 0.25 pour 25 %.")
        if quota.min is not None and quota.max is not None and quota.min > quota.max:
            faults.add(where, "minimum au-dessus du maximum.", "Échangez-les ou corrigez l'un.")
        if pool.candidates and quota.attribute not in known:
            faults.add(where, "caractère inconnu.", did_you_mean(quota.attribute, known))


def _free(pool: Pool) -> Pool:
    return replace(pool, quotas=())


def _choose(pool: Pool, *, seed: int | None = None, forced: str | None = None) -> _Answer:
    """Choose a group, with one household in whatever happens if `forced`."""
    names = list(pool.cells)
    column = {name: index for index, name in enumerate(names)}
    found = [
        (row, column[cell])
        for row, candidate in enumerate(pool.candidates)
        for cell in dict.fromkeys(candidate.cells)
    ]
    household, place = np.array(found, dtype=int).reshape(-1, 2).T
    forced_in = np.array([pool.candidates[h].id == forced for h in household], dtype=float)
    limits = _limits(pool, household)
    if forced is not None:
        limits.append(Limit(name="forced", coefficients=forced_in, lower=1.0))
    if pool.fixed:
        decided = _decided(pool, found)
        limits.append(Limit(name="fixed", coefficients=decided, lower=float(len(pool.fixed))))
    turn = Turn(
        Places(
            households=len(pool.candidates),
            capacity=np.array([pool.cells[name] for name in names], dtype=float),
            household=household,
            place=place,
            weight=np.ones(len(found)),
            limits=tuple(limits),
        )
    )
    points = np.array([candidate.points for candidate in pool.candidates], dtype=float)
    first = np.array([pool.candidates[h].id in pool.first for h in household], dtype=float)
    alive = not pool.first or turn.play(Stage(name="first", value=first, sense="max"))
    alive = alive and turn.play(Stage(name="size", value=np.ones(len(found)), sense="max"))
    alive = alive and turn.play(Stage(name="points", value=points[household], sense="max"))
    if alive and seed is not None:
        _draw(turn, pool, household, seed)
    placement = turn.placement()
    chosen = {pool.candidates[household[k]].id: names[place[k]] for k in placement.pairs}
    inside = [candidate.points for candidate in pool.candidates if candidate.id in chosen]
    return _Answer(
        status=placement.status,
        chosen=chosen,
        points=float(sum(inside)),
        first=len(pool.first & set(chosen)),
    )


def _decided(pool: Pool, pairs: Sequence[tuple[int, int]]) -> Vector:
    """Mark the pairs (household, place) that people fixed."""
    names = list(pool.cells)
    fixed = set(pool.fixed.items())
    marks = [(pool.candidates[row].id, names[column]) in fixed for row, column in pairs]
    return np.array(marks, dtype=float)


def _limits(pool: Pool, household: Indices) -> list[Limit]:
    """Write quotas as linear limits in whole numbers: inside - share x all, times a denominator."""
    limits = []
    for index, quota in enumerate(pool.quotas):
        counted = [c.attributes.get(quota.attribute) in quota.values for c in pool.candidates]
        inside = np.array(counted, dtype=float)[household]
        if quota.min is not None:
            least = _scaled(inside, quota.min)
            limits.append(Limit(name=f"quota_{index}_min", coefficients=least, lower=0.0))
        if quota.max is not None:
            most = _scaled(inside, quota.max)
            limits.append(Limit(name=f"quota_{index}_max", coefficients=most, upper=0.0))
    return limits


def _scaled(inside: Vector, share: float) -> Vector:
    exact = _share(share)
    return inside * exact.denominator - exact.numerator


def _share(share: float) -> Fraction:
    return Fraction(share).limit_denominator(WHOLE)


def _draw(turn: Turn, pool: Pool, household: Indices, seed: int) -> None:
    """Let each household, in the order drawn, be in if a group as good has it."""
    row = {candidate.id: index for index, candidate in enumerate(pool.candidates)}
    for candidate in sorted(pool.candidates, key=lambda c: (_drawn(c, seed), c.id)):
        own = (household == row[candidate.id]).astype(float)
        turn.play(Stage(name=f"draw_{row[candidate.id]}", value=own, sense="max"))


def _drawn(candidate: Candidate, seed: int) -> str:
    """Draw from what the household says, never from its name or its line."""
    said = (sorted(candidate.cells), float(candidate.points), sorted(candidate.attributes.items()))
    return draw_key(seed, *said)


def _waiting(candidate: Candidate, seed: int | None) -> tuple[float, str, str]:
    """Order the waiting list: most points, then the draw, then the pseudonym."""
    drawn = "" if seed is None else _drawn(candidate, seed)
    return -candidate.points, drawn, candidate.id


def _left_out(pool: Pool, candidate: Candidate, best: _Answer, free: _Answer) -> LeftOut:
    reason, lost = _reason(pool, candidate, best, free)
    why = WHY[reason].format(points=count(lost, "point"))
    return LeftOut(
        household=candidate.id,
        reason=reason,
        points_lost=lost,
        sentence=typeset(f"Ménage {quoted(candidate.id)} : {why}."),
    )


def _reason(pool: Pool, candidate: Candidate, best: _Answer, free: _Answer) -> tuple[Reason, float]:
    """Prove why a household is left out, by choosing again with it in, then without the quotas."""
    if not any(pool.cells[cell] for cell in candidate.cells):
        return "no_cell", 0.0
    inside = _choose(pool, forced=candidate.id)
    if inside.worth == best.worth and inside.status == best.status:
        return "draw", 0.0
    smaller = inside.worth[:2] < best.worth[:2] or inside.status == "infeasible"
    lost = 0.0 if smaller else best.points - inside.points
    if pool.fixed and _would_be_in(replace(pool, fixed={}), candidate.id):
        return "fixed", lost
    if inside.first < best.first and _would_cost_first(pool, candidate.id):
        return "points", best.points - inside.points
    if smaller:  # with neither quotas nor pairs fixed, one more household in never empties a place
        return ("quota" if pool.quotas else "fixed"), 0.0
    without = _choose(_free(pool), forced=candidate.id) if pool.quotas else inside
    by_quota = bool(pool.quotas) and without.worth == free.worth
    return ("quota" if by_quota else "points"), lost


def _would_cost_first(pool: Pool, name: str) -> bool:
    """Tell whether a household takes the place of one that comes first, quotas apart."""
    free = _free(pool)
    return _choose(free, forced=name).first < _choose(free).first


def _would_be_in(pool: Pool, name: str) -> bool:
    """Tell whether some group as good as any holds a household."""
    return _choose(pool, forced=name).worth == _choose(pool).worth
