"""A synthetic pool of households, when the group is not known yet.

Iterative proportional fitting (IPF) bends a table of plausible households to the margins of the
commune; the table is then shared out in whole households, and each is drawn with a published
seed. Every household made here is called ``SYN…`` and its pool says that it is synthetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.errors import DataError, Faults, UsageError
from habitat_analysis.formats import join_fr, number, quoted, typeset
from habitat_analysis.households.fitting import Array, ipf, same_total, whole_table
from habitat_analysis.households.group import COLUMNS, UNSTATED, Group
from habitat_analysis.households.occupancy import ConsumptionUnits, consumption_units

PREFIX: Final = "SYN"


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyType:
    """One kind of household of the pool; ages are bounds, both reached."""

    label: str
    couples: int
    single_adults: int
    children: int
    adult_ages: tuple[int, int]
    child_ages: tuple[int, int] = (0, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeBand:
    """One band of yearly income for one unit of consumption, in euros."""

    label: str
    low_eur: float
    high_eur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolMargins:
    """What is known of the commune: a plausible table and its margins.

    `seed` has one row a family type and one column an income band; a zero is a household that
    cannot be. `types_counts` and `incomes_counts` add up to the same total.
    """

    types: tuple[FamilyType, ...]
    incomes: tuple[IncomeBand, ...]
    seed: tuple[tuple[float, ...], ...]
    types_counts: tuple[float, ...]
    incomes_counts: tuple[float, ...]
    source: str  # named in the report: file or "saisie", vintage


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolHabits:
    """Two ratios that no margin gives: both are hypotheses of the study."""

    rfr_to_income: float  # revenu fiscal de référence over the yearly income
    savings_years: float  # savings, in years of income


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A synthetic pool: its households as a group, and the table it was drawn from."""

    group: Group
    table: Array  # fitted, not rounded: one row a type, one column a band
    counts: pd.DataFrame  # households by type (rows) and band (columns)
    seed: int
    source: str


def synthetic_pool(
    margins: PoolMargins,
    habits: PoolHabits,
    *,
    n_households: int,
    seed: int,
    units: ConsumptionUnits | None = None,
) -> Pool:
    """Draw a pool of households that looks like the commune.

    Parameters
    ----------
    margins
        Family types, income bands, plausible table and margins.
    habits
        Ratios that turn a yearly income into a RFR and savings.
    n_households
        Households to draw.
    seed
        Seed of the draw, to be printed in the report: same seed, same pool.
    units
        Weights of the persons in the units of consumption.

    Returns
    -------
    pool
        A group with the columns of `group.COLUMNS`, pseudonyms ``SYN0001``…, and its notes.

    Raises
    ------
    DataError
        In French, every fault of the margins at once: codes of `ipf`, or ``E_POOL``.

    References
    ----------
    ``docs/model.md`` 4.6.
    """
    check_margins(margins, n_households=n_households)
    table = _fitted(margins)
    counts, cells = _shared(margins, table, n_households)
    rows = [
        _drawn(margins.types[i], margins.incomes[j], habits, rng, units)
        for i, j in cells
        for rng in [_chance(seed, margins.types[i].label, margins.incomes[j].label)]
        for _ in range(counts[i, j])
    ]
    width = max(4, len(str(len(rows))))
    names = [f"{PREFIX}{rank:0{width}d}" for rank in range(1, len(rows) + 1)]
    household_table = pd.DataFrame(rows).assign(household_id=names, line=range(1, len(rows) + 1))
    note = (
        f"Ménages synthétiques : {number(n_households)} tirés par calage sur marges "
        f"({margins.source}), graine {seed}. Aucun n'existe."
    )
    return Pool(
        group=Group(
            table=household_table[list(COLUMNS)], notes=(typeset(note),), file="vivier synthétique"
        ),
        table=table,
        counts=pd.DataFrame(
            counts,
            index=[kind.label for kind in margins.types],
            columns=[band.label for band in margins.incomes],
        ),
        seed=seed,
        source=margins.source,
    )


def _shared(
    margins: PoolMargins, table: Array, n_households: int
) -> tuple[npt.NDArray[np.int64], list[tuple[int, int]]]:
    """Share the households over the cells read by labels, not in the order they are written.

    Returns
    -------
    counts, cells
        Households by type and band, in the order of `margins`; cells in the order of the draw.
    """
    rows = sorted(range(len(margins.types)), key=lambda i: margins.types[i].label)
    columns = sorted(range(len(margins.incomes)), key=lambda j: margins.incomes[j].label)
    ordered = whole_table(table[np.ix_(rows, columns)], n_households)
    counts = np.zeros_like(ordered)
    counts[np.ix_(rows, columns)] = ordered
    return counts, [(i, j) for i in rows for j in columns]


def _chance(seed: int, *labels: str) -> np.random.Generator:
    """Return the generator of one cell: it hangs on the seed and the labels alone."""
    words = "\x1f".join(labels).encode()
    return np.random.default_rng([seed, int.from_bytes(blake2b(words, digest_size=8).digest())])


def check_margins(margins: PoolMargins, *, n_households: int) -> None:
    """Refuse margins that cannot describe a pool, every fault at once.

    Raises
    ------
    DataError
        In French: ``E_IPF_TOTALS``, ``E_IPF_ZERO_ROW`` or ``E_IPF_ZERO_COL`` when it is the only
        kind of fault, else ``E_POOL``.
    """
    faults, codes = Faults("Marges du vivier"), []
    shape = (len(margins.types), len(margins.incomes))
    lengths = (len(margins.types_counts), len(margins.incomes_counts))
    if (
        lengths != shape
        or {len(row) for row in margins.seed} != {shape[1]}
        or (len(margins.seed) != shape[0])
    ):
        why = f"{shape[0]} types de ménage et {shape[1]} tranches de revenu sont annoncés."
        faults.add("", why, "Donnez un effectif par type, un par tranche, et le tableau complet.")
        faults.raise_if_any(code="E_POOL")
    numbers = [
        *margins.types_counts,
        *margins.incomes_counts,
        *(c for r in margins.seed for c in r),
    ]
    if not all(math.isfinite(one) and one >= 0 for one in numbers):
        faults.add("", "un effectif est négatif ou illisible.", "Corrigez-le : zéro ou plus.")
        codes.append("E_POOL")
    if n_households < 1:
        faults.add("", "aucun ménage n'est demandé.", "Demandez-en au moins un.")
        codes.append("E_POOL")
    codes += _kind_faults(margins, faults)
    if not codes:
        codes += _total_faults(margins, faults)
        codes += _empty_faults(margins, faults)
    faults.raise_if_any(code=codes[0] if len(set(codes)) == 1 else "E_POOL")


def _kind_faults(margins: PoolMargins, faults: Faults) -> list[str]:
    """Note the types without an adult and the bands that are upside down."""
    found = []
    for kind in margins.types:
        adults = 2 * kind.couples + kind.single_adults
        if adults < 1:
            why = f"le type {quoted(kind.label)} ne compte aucun adulte."
            faults.add("", why, "Donnez-lui un couple ou un adulte seul.")
            found.append("E_POOL")
        if kind.adult_ages[0] > kind.adult_ages[1] or kind.child_ages[0] > kind.child_ages[1]:
            why = f"les âges du type {quoted(kind.label)} sont donnés à l'envers."
            faults.add("", why, "Écrivez l'âge le plus bas en premier.")
            found.append("E_POOL")
    for band in margins.incomes:
        if not 0 <= band.low_eur <= band.high_eur < math.inf:
            why = f"la tranche {quoted(band.label)} n'a pas de bornes utilisables."
            faults.add(
                "", why, "Donnez deux revenus annuels par unité de consommation, croissants."
            )
            found.append("E_POOL")
    return found


def _total_faults(margins: PoolMargins, faults: Faults) -> list[str]:
    """Note margins that do not count the same households."""
    types, incomes = sum(margins.types_counts), sum(margins.incomes_counts)
    if types <= 0:
        faults.add("", "les marges sont toutes nulles.", "Donnez les effectifs de la commune.")
        return ["E_POOL"]
    if same_total(types, incomes):
        return []
    why = (
        f"les types de ménage totalisent {number(types, 1)} ménages et les tranches de revenu "
        f"{number(incomes, 1)} : écart de {number(abs(types - incomes), 1)}."
    )
    remedy = "Les deux marges comptent les mêmes ménages : corrigez l'une, ou donnez des parts."
    faults.add("", typeset(why), remedy)
    return ["E_IPF_TOTALS"]


def _empty_faults(margins: PoolMargins, faults: Faults) -> list[str]:
    """Note the margins that no cell of the plausible table can fill."""
    cells = np.array(margins.seed, dtype=float)
    found = []
    labels = ([kind.label for kind in margins.types], [band.label for band in margins.incomes])
    counts = (margins.types_counts, margins.incomes_counts)
    for axis, code in enumerate(("E_IPF_ZERO_ROW", "E_IPF_ZERO_COL")):
        sums = cells.sum(axis=1 - axis)
        empty = [
            quoted(label)
            for label, count, filled in zip(labels[axis], counts[axis], sums, strict=True)
            if count > 0 and filled <= 0
        ]
        if empty:
            why = f"le tableau de départ ne contient aucun ménage pour {join_fr(empty)}."
            faults.add(
                "", why, "Mettez un nombre positif dans une case au moins, ou zéro en marge."
            )
            found.append(code)
    return found


def _fitted(margins: PoolMargins) -> Array:
    """Fit the table, and say in French when its zeros forbid the margins."""
    try:
        return ipf(margins.seed, [margins.types_counts, margins.incomes_counts])
    except UsageError as error:
        if error.code != "E_IPF_NO_CONVERGENCE":
            raise
        msg = (
            "Marges du vivier : les cases à zéro du tableau de départ ne permettent pas "
            "d'atteindre ces marges. Ouvrez une case (un petit nombre suffit), ou corrigez les "
            "effectifs."
        )
        raise DataError(msg, code=error.code) from error


def _drawn(
    kind: FamilyType,
    band: IncomeBand,
    habits: PoolHabits,
    rng: np.random.Generator,
    units: ConsumptionUnits | None,
) -> dict[str, Any]:
    """Draw one household of a cell: ages, then an income, uniform within their bounds."""
    adults = 2 * kind.couples + kind.single_adults
    adult_ages = tuple(int(age) for age in rng.integers(*kind.adult_ages, adults, endpoint=True))
    child_ages = tuple(
        int(age) for age in rng.integers(*kind.child_ages, kind.children, endpoint=True)
    )
    per_unit = float(rng.uniform(band.low_eur, band.high_eur))
    yearly = per_unit * consumption_units([*adult_ages, *child_ages], units)
    return {
        **UNSTATED,
        "couples": kind.couples,
        "single_adults": kind.single_adults,
        "adult_ages": adult_ages,
        "child_ages": child_ages,
        "dependants": kind.children,
        "rfr_n2_eur": yearly * habits.rfr_to_income,
        "income_month_eur": yearly / MONTHS,
        "savings_eur": yearly * habits.savings_years,
    }
