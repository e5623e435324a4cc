"""What the group says before anything is solved: dwellings, rankings, bounds, pairs fixed.

It is checked here, at the door, every fault at once. Rental dwellings are refused: the
commission (CAL) allocates them, never the group.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from habitat_analysis.errors import DataError, Faults, did_you_mean
from habitat_analysis.formats import join_fr, quoted, typeset
from habitat_analysis.tenures import tenures, unknown_tenure

SOURCE: Final = "voeux"
RENTAL: Final = "locatif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dwelling:
    """One dwelling of the sale or of the SCIAPP part."""

    id: str
    block: str = ""
    tenure: str = ""  # code; empty when the group does not say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wisher:
    """One household: what it would accept, the most wanted first.

    Only dwellings that it may have (eligible, affordable, large enough) belong in `ranking`.
    """

    id: str
    ranking: tuple[str, ...]
    points: float = 0.0  # by the rules the group voted
    attributes: Mapping[str, str] = field(default_factory=dict)  # quartile, age, family

    def rank(self, dwelling: str) -> int | None:
        """Return the rank of a dwelling, from 1; None if the household does not accept it."""
        return self.ranking.index(dwelling) + 1 if dwelling in self.ranking else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How many households with one of these values, in a block or (None) in all."""

    id: str
    attribute: str
    values: tuple[str, ...]
    block: str | None = None
    min: int | None = None
    max: int | None = None

    def counts(self, household: Wisher, dwelling: Dwelling) -> bool:
        """Whether this household in this dwelling counts."""
        inside = self.block is None or dwelling.block == self.block
        return inside and household.attributes.get(self.attribute) in self.values

    def is_kept(self, count: int) -> bool:
        """Whether a count honours the bound."""
        return (self.min is None or count >= self.min) and (self.max is None or count <= self.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Everything an allocation is made from; built by `check_wishes`."""

    dwellings: tuple[Dwelling, ...]
    households: tuple[Wisher, ...]
    bounds: tuple[Bound, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)  # household -> dwelling, already agreed

    def dwelling(self, name: str) -> Dwelling:
        """Return a dwelling by its id."""
        return next(dwelling for dwelling in self.dwellings if dwelling.id == name)

    def household(self, name: str) -> Wisher:
        """Return a household by its id."""
        return next(household for household in self.households if household.id == name)

    def without_bounds(self, *ids: str) -> Wishes:
        """Return the same wishes without these bounds, without any when none is named."""
        return replace(
            self, bounds=tuple(bound for bound in self.bounds if ids and bound.id not in ids)
        )

    def with_fixed(self, household: str, dwelling: str) -> Wishes:
        """Return the same wishes with one more pair fixed."""
        return replace(self, fixed={**self.fixed, household: dwelling})

    def without_households(self, left: Iterable[str]) -> Wishes:
        """Return the same wishes once some households have left, their fixed pairs with them."""
        gone = set(left)
        return replace(
            self,
            households=tuple(h for h in self.households if h.id not in gone),
            fixed={h: d for h, d in self.fixed.items() if h not in gone},
        )

    @property
    def worst_rank(self) -> int:
        """Length of the longest ranking."""
        return max((len(household.ranking) for household in self.households), default=0)


def check_wishes(wishes: Wishes, source: str = SOURCE) -> Wishes:
    """Return the wishes once they can be used.

    Parameters
    ----------
    wishes
        As typed by the group.
    source
        Name of the file, for the messages.

    Raises
    ------
    DataError
        With every fault: ``E_RENTAL`` when a rental dwelling is offered, else ``E_WISHES``.
    """
    faults = Faults(source)
    rental = _check_dwellings(wishes, faults)
    _check_households(wishes, faults)
    _check_bounds(wishes, faults)
    _check_fixed(wishes, faults)
    if faults.list:
        code = "E_RENTAL" if rental else "E_WISHES"
        raise DataError([typeset(fault) for fault in faults.list], code=code)
    return wishes


def check_assignment(wishes: Wishes, assignment: Mapping[str, str], source: str = SOURCE) -> None:
    """Check that an assignment typed or kept names what exists, each dwelling once.

    Raises
    ------
    DataError
        With every fault (``E_WISHES``). A broken bound is no fault here: people decide.
    """
    faults = Faults(source)
    households = [household.id for household in wishes.households]
    dwellings = [dwelling.id for dwelling in wishes.dwellings]
    for name, dwelling in assignment.items():
        if name not in households:
            near = did_you_mean(name, households) or "Reprenez un ménage de la liste."
            faults.add("allocation du groupe", f"ménage inconnu {quoted(name)}.", near)
        if dwelling not in dwellings:
            near = did_you_mean(dwelling, dwellings) or "Reprenez un logement de la liste."
            faults.add(f"ménage {quoted(name)}", f"logement inconnu {quoted(dwelling)}.", near)
    for dwelling, times in Counter(assignment.values()).items():
        if times > 1:
            faults.add(
                f"logement {quoted(dwelling)}", f"donné à {times} ménages.", "Gardez-en un seul."
            )
    if faults.list:
        raise DataError([typeset(fault) for fault in faults.list], code="E_WISHES")


def draw_key(seed: int, *parts: object) -> str:
    """Return the number drawn for something, from a published seed: anyone can compute it again.

    It is the BLAKE2b digest of the seed and of the parts, so that neither the order of a file
    nor a machine changes it.

    Examples
    --------
    >>> draw_key(7, "H1") == draw_key(7, "H1"), draw_key(7, "H1") == draw_key(8, "H1")
    (True, False)
    """
    text = "\x1f".join([str(seed), *map(str, parts)])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def break_ties(
    rankings: Mapping[str, Sequence[str | Sequence[str]]],
    seed: int,
    said: Mapping[str, object] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Draw an order among the dwellings that a household likes as much.

    Parameters
    ----------
    rankings
        By household: dwellings, or lists of dwellings liked as much, the most wanted first.
    seed
        Published before the draw.
    said
        By household, what else it says (points, attributes): two households that say the same
        things are drawn alike, whatever their names and lines.

    Examples
    --------
    >>> sorted(break_ties({"H1": ["D3", ["D1", "D2"]]}, seed=1)["H1"][1:])
    ['D1', 'D2']
    """
    drawn = {}
    for household, ranking in rankings.items():
        groups = [[item] if isinstance(item, str) else list(item) for item in ranking]
        own = [sorted(group) for group in groups], (said or {}).get(household)
        ordered = [sorted(group, key=lambda d: draw_key(seed, own, d)) for group in groups]
        drawn[household] = tuple(dwelling for group in ordered for dwelling in group)
    return drawn


def _twice(ids: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(ids).items() if times > 1]


def _check_dwellings(wishes: Wishes, faults: Faults) -> bool:
    """Check the dwellings; tell whether a rental one is offered."""
    for name in _twice(d.id for d in wishes.dwellings):
        faults.add(
            f"logement {quoted(name)}", "décrit plusieurs fois.", "Gardez une seule description."
        )
    known, rental = tenures(), False
    for dwelling in wishes.dwellings:
        where = f"logement {quoted(dwelling.id)}"
        if dwelling.tenure and dwelling.tenure not in known:
            faults.add(where, unknown_tenure(dwelling.tenure))
        elif dwelling.tenure and known[dwelling.tenure].family == RENTAL:
            rental = True
            faults.add(
                where,
                f"logement locatif ({dwelling.tenure}), attribué par la commission (CAL) et non "
                "par le groupe.",
                "Retirez-le ; les candidats à proposer à la commission sont dressés à part.",
            )
    return rental


def _check_households(wishes: Wishes, faults: Faults) -> None:
    for name in _twice(h.id for h in wishes.households):
        faults.add(f"ménage {quoted(name)}", "inscrit plusieurs fois.", "Gardez une seule ligne.")
    known = [dwelling.id for dwelling in wishes.dwellings]
    for household in wishes.households:
        where = f"ménage {quoted(household.id)}"
        if not household.ranking:
            faults.add(
                where,
                "aucun logement classé.",
                "Classez au moins un logement, ou retirez ce ménage de la liste.",
            )
        for dwelling in dict.fromkeys(household.ranking):
            if dwelling not in known:
                near = did_you_mean(dwelling, known) or "Reprenez un logement de la liste."
                faults.add(where, f"logement inconnu {quoted(dwelling)}.", near)
        for dwelling in _twice(household.ranking):
            faults.add(
                where, f"logement {quoted(dwelling)} classé plusieurs fois.", "Gardez un seul rang."
            )


def _check_bounds(wishes: Wishes, faults: Faults) -> None:
    for name in _twice(bound.id for bound in wishes.bounds):
        faults.add(f"limite {quoted(name)}", "décrite plusieurs fois.", "Gardez-en une seule.")
    blocks = {dwelling.block for dwelling in wishes.dwellings}
    attributes = {name for household in wishes.households for name in household.attributes}
    for bound in wishes.bounds:
        where = f"limite {quoted(bound.id)}"
        if bound.min is None and bound.max is None:
            faults.add(where, "ni minimum ni maximum.", "Donnez l'un des deux.")
        if any(value is not None and value < 0 for value in (bound.min, bound.max)):
            faults.add(where, "nombre négatif.", "Donnez un nombre de ménages, zéro ou plus.")
        if bound.block is not None and bound.block not in blocks:
            near = did_you_mean(bound.block, blocks) or "Reprenez un bâtiment de la liste."
            faults.add(where, f"bâtiment inconnu {quoted(bound.block)}.", near)
        if wishes.households and bound.attribute not in attributes:
            near = did_you_mean(bound.attribute, attributes)
            faults.add(where, f"caractère inconnu {quoted(bound.attribute)}.", near)
        if not bound.values:
            faults.add(where, "aucune valeur comptée.", "Dites lesquelles.")
    for least, most in _contradictions(wishes.bounds):
        names = join_fr(list(dict.fromkeys([quoted(least.id), quoted(most.id)])))
        faults.add(
            f"limite {names}",
            f"au moins {least.min} et au plus {most.max} pour les mêmes ménages.",
            "Baissez le minimum ou relevez le maximum.",
        )


def _contradictions(bounds: Sequence[Bound]) -> list[tuple[Bound, Bound]]:
    """Pair the bounds on the same households that no count honours."""

    def counted(bound: Bound) -> tuple[str, frozenset[str], str | None]:
        return bound.attribute, frozenset(bound.values), bound.block

    return [
        (least, most)
        for least in bounds
        for most in bounds
        if counted(least) == counted(most) and least.min is not None and most.max is not None
        if least.min > most.max
    ]


def _check_fixed(wishes: Wishes, faults: Faults) -> None:
    households = {household.id: household for household in wishes.households}
    dwellings = {dwelling.id for dwelling in wishes.dwellings}
    for name, dwelling in wishes.fixed.items():
        where = f"ménage {quoted(name)}"
        if name not in households:
            near = did_you_mean(name, households) or "Reprenez un ménage de la liste."
            faults.add("", f"paire fixée pour un ménage inconnu, {quoted(name)}.", near)
        if dwelling not in dwellings:
            near = did_you_mean(dwelling, dwellings) or "Reprenez un logement de la liste."
            faults.add(where, f"logement fixé inconnu {quoted(dwelling)}.", near)
        elif name in households and dwelling not in households[name].ranking:
            faults.add(
                where,
                f"logement fixé {quoted(dwelling)} absent de son classement.",
                "Ajoutez-le à son classement ou libérez cette paire.",
            )
    for dwelling in _twice(wishes.fixed.values()):
        faults.add(
            f"logement {quoted(dwelling)}", "fixé pour plusieurs ménages.", "Gardez-en un seul."
        )
