"""From lines of wishes to a ranking by household, ties drawn with the published seed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from habitat_analysis.allocation.coded_cells import refuse
from habitat_analysis.allocation.plan import PlannedDwelling
from habitat_analysis.allocation.wish_lines import (
    Criteria,
    WishLine,
    WishLines,
    check_dwellings,
    offer_of,
)
from habitat_analysis.allocation.wishes import break_ties
from habitat_analysis.errors import Faults
from habitat_analysis.formats import count, join_fr, typeset

# What a criterion looks at, and how the note calls it when the plan says nothing of it.
TRAITS: Final = {
    "building": "bâtiment",
    "level": "niveau",
    "orientations": "orientation",
    "accessible": "accessibilité",
    "near_shared": "proximité des espaces partagés",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Dwellings that a household likes as much, in the order drawn for it."""

    household: str
    rank: int  # as the household wrote it
    dwellings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rankings:
    """What each household would accept, the most wanted first.

    Attributes
    ----------
    by_household
        Dwellings by pseudonym, in the order of the pseudonyms; no empty ranking.
    draws
        Ties drawn, to be shown in the annex.
    silent
        Households whose lines describe no dwelling offered to the group.
    notes
        In French, countings only.
    """

    by_household: Mapping[str, tuple[str, ...]]
    draws: tuple[Draw, ...]
    silent: tuple[str, ...]
    notes: tuple[str, ...]


def rankings(
    lines: WishLines,
    dwellings: Sequence[PlannedDwelling],
    seed: int,
    said: Mapping[str, object] | None = None,
) -> Rankings:
    """Rank the dwellings of a plan for each household.

    Parameters
    ----------
    lines
        Wishes as written.
    dwellings
        The plan; its rental dwellings are ranked by nobody.
    seed
        Published before the draw (`wishes.break_ties`).
    said
        By household, what else it says: a draw looks at it, and never at a name.

    Returns
    -------
    rankings
        A dwelling counts at the first rank that describes it; skipped ranks are closed up. A
        criterion on what the plan says of no dwelling at all is left aside, which a note says;
        where the plan says it of some dwellings, it keeps only those that are known to meet it.

    Raises
    ------
    DataError
        If a line names a dwelling that is unknown or rental (``E_WISHES``).

    Examples
    --------
    >>> plan = [PlannedDwelling(id=name, tenure="BRS", typology="T3") for name in ("A1", "A2")]
    >>> wishes = WishLines(file="voeux.csv", notes=(), lines=(
    ...     WishLine(household="M1", rank=3, line=2, dwelling="A2"),
    ...     WishLine(household="M1", rank=5, line=3, criteria=Criteria(typologies=("T3",)))))
    >>> rankings(wishes, plan, seed=1).by_household
    {'M1': ('A2', 'A1')}
    """
    faults = Faults(lines.file)
    check_dwellings(lines.lines, dwellings, faults)
    refuse(faults, "E_WISHES")
    described = _described(lines.lines, dwellings)
    tiers = _tiers(lines.lines, described)
    drawn = break_ties({name: list(found.values()) for name, found in tiers.items()}, seed, said)
    silent = tuple(name for name, ranking in drawn.items() if not ranking)
    notes = (
        *_void_notes(lines.lines, described, silent),
        *_gap_notes(lines.lines),
        *_unexamined_notes(lines.lines, _told(dwellings)),
    )
    return Rankings(
        by_household={name: ranking for name, ranking in drawn.items() if ranking},
        draws=tuple(_draws(tiers, drawn)),
        silent=silent,
        notes=tuple(typeset(note) for note in notes),
    )


def meets(dwelling: PlannedDwelling, criteria: Criteria, told: Collection[str]) -> bool:
    """Whether a dwelling is known to meet criteria; those on traits never `told` are left aside.

    Examples
    --------
    >>> attic = PlannedDwelling(id="A1", tenure="BRS", typology="T2", level=3)
    >>> meets(attic, Criteria(level_max=1), {"level"}), meets(attic, Criteria(level_max=1), ())
    (False, True)
    """
    level, low, high = dwelling.level, criteria.level_min, criteria.level_max
    kept = {
        "building": not criteria.buildings or dwelling.building in criteria.buildings,
        "level": (low is None or (level is not None and level >= low))
        and (high is None or (level is not None and level <= high)),
        "orientations": not criteria.orientations
        or bool(set(criteria.orientations) & set(dwelling.orientations)),
        "accessible": criteria.accessible in (None, dwelling.accessible),
        "near_shared": criteria.near_shared in (None, dwelling.near_shared),
    }
    return (
        (not criteria.tenures or dwelling.tenure in criteria.tenures)
        and (not criteria.typologies or dwelling.typology in criteria.typologies)
        and all(kept[trait] for trait in told)
    )


def _told(dwellings: Iterable[PlannedDwelling]) -> frozenset[str]:
    """Return the traits that the plan says of one dwelling at least."""
    known = list(dwellings)
    return frozenset(
        trait for trait in TRAITS if any(getattr(one, trait) not in (None, "", ()) for one in known)
    )


def _described(
    lines: Iterable[WishLine], dwellings: Sequence[PlannedDwelling]
) -> dict[int, tuple[str, ...]]:
    """Find the dwellings that each line describes, by line number."""
    wishes = list(lines)
    words, told = offer_of(dwellings).words, _told(dwellings)
    offered = [one for one in dwellings if not one.is_rental]
    by_criteria = {
        criteria: tuple(one.id for one in offered if meets(one, criteria, told))
        for criteria in {wish.criteria for wish in wishes if wish.criteria is not None}
    }
    return {
        wish.line: (words.get(wish.dwelling) or "",)
        if wish.criteria is None
        else by_criteria[wish.criteria]
        for wish in wishes
    }


def _tiers(
    lines: Iterable[WishLine], described: Mapping[int, tuple[str, ...]]
) -> dict[str, dict[int, tuple[str, ...]]]:
    """Gather by household and rank the dwellings liked as much, each at its first rank only."""
    tiers: dict[str, dict[int, tuple[str, ...]]] = {}
    ranked: dict[str, set[str]] = {}
    for wish in sorted(lines, key=lambda wish: (wish.household, wish.rank)):
        found, seen = tiers.setdefault(wish.household, {}), ranked.setdefault(wish.household, set())
        new = [name for name in described[wish.line] if name not in seen]
        seen.update(new)
        if new:
            found[wish.rank] = tuple(sorted((*found.get(wish.rank, ()), *new)))
    return tiers


def _draws(
    tiers: Mapping[str, Mapping[int, tuple[str, ...]]], drawn: Mapping[str, tuple[str, ...]]
) -> Iterable[Draw]:
    """List the ties drawn, in the order of the pseudonyms and of the ranks."""
    for household, found in tiers.items():
        for rank, tied in found.items():
            if len(tied) > 1:
                order = tuple(name for name in drawn[household] if name in tied)
                yield Draw(household=household, rank=rank, dwellings=order)


def _void_notes(
    lines: Iterable[WishLine], described: Mapping[int, tuple[str, ...]], silent: Sequence[str]
) -> Iterable[str]:
    void = sum(not described[wish.line] for wish in lines)
    if void:
        yield f"Lignes de vœux qui ne décrivent aucun logement proposé au groupe : {void}."
    if silent:
        yield f"Ménages dont aucun vœu ne décrit un logement proposé au groupe : {len(silent)}."


def _gap_notes(lines: Iterable[WishLine]) -> Iterable[str]:
    ranks: dict[str, set[int]] = {}
    for wish in lines:
        ranks.setdefault(wish.household, set()).add(wish.rank)
    skipped = sum(max(found) != len(found) for found in ranks.values())
    if skipped:
        yield f"Rangs sautés puis resserrés dans les vœux de {count(skipped, 'ménage')}."


def _unexamined_notes(lines: Iterable[WishLine], told: Collection[str]) -> Iterable[str]:
    wishes = [wish.criteria for wish in lines if wish.criteria is not None]
    missing = {
        name: sum(_asks(wish, trait) for wish in wishes)
        for trait, name in TRAITS.items()
        if trait not in told
    }
    if any(missing.values()):
        said = join_fr([f"{name} ({n})" for name, n in missing.items() if n])
        yield f"Critères non examinés, le plan n'en dit rien (lignes de vœux) : {said}."


def _asks(criteria: Criteria, trait: str) -> bool:
    """Whether criteria look at a trait."""
    if trait == "level":
        return criteria.level_min is not None or criteria.level_max is not None
    asked = {
        "building": criteria.buildings,
        "orientations": criteria.orientations,
        "accessible": criteria.accessible,
        "near_shared": criteria.near_shared,
    }
    return asked[trait] not in (None, ())
