"""The mix of a group of households: incomes, sizes, families, ages, beside commune and basin.

`GroupMix` holds cells: it stays in the cooperative's circle. `public_mix` is what anyone may read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.feasibility.needs import GroupNeeds
from habitat_analysis.households.disclosure import Counts, Figures, keeps_secrets, rounded
from habitat_analysis.households.mixity import Mixity, dissimilarity, mixity, quartile_mix
from habitat_analysis.households.needs import need_classes
from habitat_analysis.households.reference import (
    FAMILY_TYPES,
    OLDEST_AGES,
    Place,
    Reference,
    distribution,
    household_sizes,
    theme_of,
)
from habitat_analysis.households.summary import LARGEST_SIZE, THRESHOLD, suppress_table
from habitat_analysis.households.traits import household_traits
from habitat_analysis.study.group import FAMILIES, QUARTILES

Theme = Literal["quartile", "taille", "famille", "age"]
Traits = Mapping[str, Mapping[str, str]]  # by pseudonym: quartile, taille, famille, age
ALONE: Final = "personne_seule"
_PLACES: Final[tuple[Place, ...]] = ("commune", "bassin")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeMix:
    """One theme of a group, cells included. Not for publication."""

    theme: Theme
    counts: Mapping[str, int]  # every category of the list, those with nobody too
    commune: Mapping[str, float]  # the same categories; empty when the reference says nothing
    basin: Mapping[str, float]
    indicators: Mixity  # dissimilarity to the commune
    basin_gap: float | None
    evenness: float | None  # quartiles alone: 1 all present alike, 0 only one


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMix:
    """The mix of a group, cells included. Not for publication."""

    n_households: int
    themes: tuple[ThemeMix, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMix:
    """What anyone may read of one theme: figures rounded to `disclosure.STEP`, or nothing.

    A figure is None where it is not defined, or all are when `withheld`.
    """

    theme: Theme
    withheld: bool
    entropy: float | None = None
    commune_gap: float | None = None  # of quartiles: to the uniform quarters of the commune
    basin_gap: float | None = None
    evenness: float | None = None


def group_mix(
    traits: Traits,
    reference: Reference | None,
    *,
    age_bands: Sequence[str] = (),
    members: Collection[str] | None = None,
) -> GroupMix:
    """Measure the mix of a group: as it is, or retained on a site.

    Parameters
    ----------
    traits
        By pseudonym: ``quartile``, ``taille`` (number of persons), ``famille``, ``age``; a trait
        absent or "" is not counted, a theme that nobody has is left out.
    reference
        Distributions of the commune and the basin.
    age_bands
        Labels of the age bands of the study.
    members
        Those of the group among `traits`; all by default.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> traits = {f"M{n}": {"quartile": f"Q{n % 4 + 1}"} for n in range(24)}
    >>> [theme] = group_mix(traits, None).themes
    >>> theme.evenness, theme.indicators.dissimilarity, theme.counts["Q1"]
    (1.0, 0.0, 6)
    """
    names = list(traits) if members is None else [name for name in traits if name in set(members)]
    rows = [traits[name] for name in names]
    themes = (
        _quartiles(rows),
        _sizes(rows, reference),
        _theme("famille", _counted(rows, "famille", FAMILIES), *_families(reference)),
        _theme("age", _counted(rows, "age", age_bands), _ages(reference, age_bands), {}),
    )
    return GroupMix(
        n_households=len(rows), themes=tuple(one for one in themes if any(one.counts.values()))
    )


def group_mix_of(ground: Ground, members: Collection[str] | None = None) -> GroupMix | None:
    """Measure the mix of the group of a study, or of the households retained on a site.

    Parameters
    ----------
    ground
        The study, its group and its waiting list.
    members
        Pseudonyms of the households retained, of the group or of the waiting list; the group as
        it is by default. Their mix is for the cooperative alone: groups retained on several
        sites, or beside the whole one, give a few households back by difference.

    Returns
    -------
    mix
        None without a group.
    """
    if ground.needs is None:
        return None
    return group_mix(
        traits_of(ground, ground.needs, waiting=members is not None),
        ground.needs.reference,
        age_bands=ground.study.residents.values_of("age"),
        members=members,
    )


def traits_of(ground: Ground, needs: GroupNeeds, *, waiting: bool) -> dict[str, dict[str, str]]:
    """Gather the traits of the group, with its waiting list or not. Not for publication."""
    found: dict[str, dict[str, str]] = {}
    for one in (needs.candidates if waiting else None, needs.group):
        if one is None:
            continue
        known = needs.needs if one is needs.group else need_classes(one.table, needs.rules)
        persons = known.households.set_index("household_id")["persons"].to_dict()
        traits = household_traits(one.table, needs.rules, ground.study.residents)
        for name, own in traits.items():
            found[name] = {str(trait): value for trait, value in own.items()}
            found[name]["taille"] = str(int(persons[name]))
    return found


def public_mix(group: GroupMix, *, threshold: int = THRESHOLD) -> tuple[PublicMix, ...]:
    """Keep what may be published of the mix of a group, theme by theme.

    All the figures of a theme are told, or none: `disclosure.keeps_secrets` tries them together.
    Households living alone are a size and a family type: when the table of sizes tells them, the
    reader of the family types knows them too. Sizes cut elsewhere than in that table are withheld:
    the difference would tell what it hides.
    """
    alone_told = any(
        theme.theme == "taille"
        and suppress_table(list(theme.counts.values()), threshold=threshold)[0]
        for theme in group.themes
    )
    return tuple(_public(theme, alone_told, threshold) for theme in group.themes)


def _public(theme: ThemeMix, alone_told: bool, threshold: int) -> PublicMix:
    figures = partial(_figures, theme)
    categories = list(theme.counts)
    known = [categories.index(ALONE)] if alone_told and theme.theme == "famille" else []
    cells = list(theme.counts.values())
    cut_elsewhere = theme.theme == "taille" and len(categories) != LARGEST_SIZE
    if cut_elsewhere or not keeps_secrets(cells, figures, known=known, threshold=threshold):
        return PublicMix(theme=theme.theme, withheld=True)
    entropy, commune, basin, evenness = figures(cells)
    return PublicMix(
        theme=theme.theme,
        withheld=False,
        entropy=entropy,
        commune_gap=commune,
        basin_gap=basin,
        evenness=evenness,
    )


def _figures(theme: ThemeMix, counts: Counts) -> Figures:
    """Compute what would be published of such cells."""
    found = mixity(counts, list(theme.commune.values()) or None)
    basin = dissimilarity(counts, list(theme.basin.values())) if theme.basin else None
    evenness = quartile_mix(counts) if theme.theme == "quartile" else None
    return tuple(rounded(one) for one in (found.entropy, found.dissimilarity, basin, evenness))


def _quartiles(rows: Sequence[Mapping[str, str]]) -> ThemeMix:
    """Count by quartile; the thresholds are those of the commune, where quarters are equal."""
    counts = _counted(rows, "quartile", QUARTILES)
    return _theme("quartile", counts, dict.fromkeys(QUARTILES, 1.0), {})


def _sizes(rows: Sequence[Mapping[str, str]], reference: Reference | None) -> ThemeMix:
    """Count by number of persons; the largest size is the smallest that all say "and more"."""
    known = [household_sizes(reference, place) if reference else {} for place in _PLACES]
    largest = min([LARGEST_SIZE, *(max(sizes) for sizes in known if sizes)])
    labels = [*(str(size) for size in range(1, largest)), f"{largest}+"]

    def spread(sizes: Mapping[int, float]) -> dict[str, float]:
        found = dict.fromkeys(labels, 0.0) if sizes else {}
        for size, value in sizes.items():
            found[labels[min(max(size, 1), largest) - 1]] += value
        return found

    counts = dict.fromkeys(labels, 0)
    for row in rows:
        if row.get("taille"):
            counts[labels[min(max(int(row["taille"]), 1), largest) - 1]] += 1
    return _theme("taille", counts, *(spread(sizes) for sizes in known))


def _families(reference: Reference | None) -> tuple[Mapping[str, float], Mapping[str, float]]:
    if reference is None:
        return {}, {}
    found = [distribution(reference, theme_of(FAMILY_TYPES, place)) for place in _PLACES]
    commune, basin = (
        {name: values.get(name, 0.0) for name in FAMILIES} if values else {} for values in found
    )
    return commune, basin


def _ages(reference: Reference | None, bands: Sequence[str]) -> Mapping[str, float]:
    """Return the ages of the commune when they are given by the bands of the study."""
    values = distribution(reference, OLDEST_AGES) if reference else {}
    return {band: values[band] for band in bands} if set(values) == set(bands) else {}


def _counted(
    rows: Sequence[Mapping[str, str]], trait: Theme, categories: Sequence[str]
) -> dict[str, int]:
    """Count the households of each category of a list."""
    counts = dict.fromkeys(categories, 0)
    for row in rows:
        if row.get(trait):
            counts[row[trait]] += 1
    return counts


def _theme(
    theme: Theme,
    counts: Mapping[str, int],
    commune: Mapping[str, float],
    basin: Mapping[str, float],
) -> ThemeMix:
    cells = list(counts.values())
    return ThemeMix(
        theme=theme,
        counts=counts,
        commune=commune,
        basin=basin,
        indicators=mixity(cells, list(commune.values()) or None),
        basin_gap=dissimilarity(cells, list(basin.values())) if basin else None,
        evenness=quartile_mix(cells) if theme == "quartile" else None,
    )
