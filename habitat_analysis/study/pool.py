"""A synthetic pool of households described by a study whose group is not known yet.

Counts of the two margins are households, or shares: what matters is how they compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from habitat_analysis.formats import count, number, quoted
from habitat_analysis.study.parts import Amount, Part, Positive, Ratio, Text, Whole
from habitat_analysis.study.typical import Age

Fault = tuple[tuple[str | int, ...], str, str]  # path within the pool, why, what to do
POOL_MOST: Final = 5000  # households drawn


class PoolType(Part):
    """A type of household of the pool; ages are bounds, both reached."""

    label: Text = Field(alias="libelle")
    couples: Whole = 0
    single_adults: Whole = Field(default=0, alias="adultes_seuls")
    children: Whole = Field(default=0, alias="enfants")
    adult_ages: tuple[Age, Age] = Field(alias="ages_adultes")
    child_ages: tuple[Age, Age] = Field(default=(0, 17), alias="ages_enfants")
    count: Amount | None = Field(default=None, alias="effectif")  # None: read in the INSEE file


class PoolBand(Part):
    """A band of yearly income for one unit of consumption, and how many households earn it."""

    label: Text = Field(alias="libelle")
    low_eur: Amount = Field(alias="de")
    high_eur: Positive = Field(alias="a")
    count: Amount = Field(alias="effectif")


class SyntheticPool(Part):
    """Households drawn when the group is unknown: none of them exists."""

    households: Annotated[Whole, Field(ge=1, le=POOL_MOST)] = Field(alias="menages")
    types: tuple[PoolType, ...] = Field(min_length=1)
    incomes: tuple[PoolBand, ...] = Field(min_length=1, alias="revenus")
    table: tuple[tuple[Amount, ...], ...] = Field(min_length=1, alias="tableau_de_depart")
    rfr_to_income: Ratio = Field(alias="rfr_sur_revenu")
    savings_years: Amount = Field(alias="epargne_en_annees_de_revenu")
    source: Text


def pool_faults(pool: SyntheticPool, *, insee: bool) -> Iterator[Fault]:
    """Find what makes a pool impossible to draw, with its place in the study.

    Parameters
    ----------
    insee
        Whether the study names an official file: the counts of the types are then read there.
    """
    yield from _types(pool, insee=insee)
    for rank, band in enumerate(pool.incomes):
        if band.low_eur > band.high_eur:
            why = f"la tranche {quoted(band.label)} finit avant de commencer."
            yield ("revenus", rank, "a"), why, "Écrivez le revenu le plus bas dans « de »."
    for key, labels in (
        ("types", [kind.label for kind in pool.types]),
        ("revenus", [band.label for band in pool.incomes]),
    ):
        for rank, label in enumerate(labels):
            if label in labels[:rank]:
                yield (key, rank), f"{quoted(label)} est donné deux fois.", "Gardez-en un seul."
    yield from _table(pool)


def _types(pool: SyntheticPool, *, insee: bool) -> Iterator[Fault]:
    for rank, kind in enumerate(pool.types):
        if not 2 * kind.couples + kind.single_adults:
            why = f"le type {quoted(kind.label)} ne compte aucun adulte."
            yield ("types", rank), why, "Donnez « couples » ou « adultes_seuls » (1 ou plus)."
        for key, ages in (("ages_adultes", kind.adult_ages), ("ages_enfants", kind.child_ages)):
            if ages[0] > ages[1]:
                why = f"les âges du type {quoted(kind.label)} sont donnés à l'envers."
                yield ("types", rank, key), why, "Écrivez l'âge le plus bas en premier."
        if insee and kind.count is not None:
            why = "l'effectif est aussi lu dans « fichiers.menages_insee »."
            yield ("types", rank, "effectif"), why, "Retirez l'un des deux."
        if not insee and kind.count is None:
            why = f"l'effectif du type {quoted(kind.label)} manque."
            remedy = "Donnez-le, ou nommez le fichier de l'INSEE (« fichiers.menages_insee »)."
            yield ("types", rank), why, remedy


def _table(pool: SyntheticPool) -> Iterator[Fault]:
    """Compare the table of plausible households with the two margins."""
    rows, columns = len(pool.types), len(pool.incomes)
    if len(pool.table) != rows or any(len(row) != columns for row in pool.table):
        why = (
            f"le tableau n'a pas {count(rows, 'ligne')} (types) de {count(columns, 'nombre')} "
            "(tranches de revenu)."
        )
        yield ("tableau_de_depart",), why, "Complétez-le : un nombre par type et par tranche."
        return
    for rank, (kind, row) in enumerate(zip(pool.types, pool.table, strict=True)):
        if kind.count and not any(row):
            why = f"aucun ménage plausible pour le type {quoted(kind.label)}."
            yield ("tableau_de_depart", rank), why, "Mettez un nombre positif, ou zéro en effectif."
    for rank, band in enumerate(pool.incomes):
        if band.count and not any(row[rank] for row in pool.table):
            why = f"aucun ménage plausible dans la tranche {quoted(band.label)}."
            yield ("revenus", rank), why, "Ouvrez une case de sa colonne, ou zéro en effectif."
    yield from _totals(pool)


def _totals(pool: SyntheticPool) -> Iterator[Fault]:
    """Compare the two margins when both are typed as households."""
    counts = [kind.count for kind in pool.types if kind.count is not None]
    types, incomes = sum(counts), sum(band.count for band in pool.incomes)
    if not incomes:
        yield ("revenus",), "les effectifs des tranches sont tous nuls.", "Donnez-les."
    if len(counts) < len(pool.types):
        return
    if not types:
        yield ("types",), "les effectifs des types sont tous nuls.", "Donnez-les."
    elif incomes and not _agree(types, incomes):
        why = (
            f"les types totalisent {number(types, 1)} ménages et les tranches de revenu "
            f"{number(incomes, 1)} : écart de {number(abs(types - incomes), 1)}."
        )
        remedy = "Corrigez l'un des deux, ou donnez des parts (total 1) d'un côté."
        yield ("revenus",), why, remedy


def _agree(types: float, incomes: float) -> bool:
    """Tell whether two margins may count the same households: equal totals, or shares."""
    near = 1e-6 * max(types, incomes)
    return abs(types - incomes) <= near or any(abs(one - 1) <= 1e-6 for one in (types, incomes))
