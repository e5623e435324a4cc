"""The synthetic pool of a study whose group is unknown, and the words that say so everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from habitat_analysis.errors import DataError
from habitat_analysis.formats import count, join_fr, quoted, typeset
from habitat_analysis.households.insee import read_insee_households
from habitat_analysis.households.pool import (
    FamilyType,
    IncomeBand,
    Pool,
    PoolHabits,
    PoolMargins,
    synthetic_pool,
)
from habitat_analysis.study import Study
from habitat_analysis.study.pool import SyntheticPool

NOBODY: Final = "aucun de ces ménages n'existe"
SHARES: Final = 1e-6  # a margin whose total is 1, to this, is in shares


def draw_pool(study: Study) -> Pool | None:
    """Draw the synthetic pool of a study with its seed; None when it describes none.

    Raises
    ------
    DataError
        In French: file of INSEE that cannot be used, type that it does not know, margins that no
        table can reach.

    References
    ----------
    ``docs/model.md`` 4.6.
    """
    stated = study.residents.pool
    if stated is None:
        return None
    types, source = _types_counts(study, stated)
    incomes = [band.count for band in stated.incomes]
    whole = max(sum(types), sum(incomes))
    margins = PoolMargins(
        types=tuple(
            FamilyType(
                label=kind.label,
                couples=kind.couples,
                single_adults=kind.single_adults,
                children=kind.children,
                adult_ages=kind.adult_ages,
                child_ages=kind.child_ages,
            )
            for kind in stated.types
        ),
        incomes=tuple(
            IncomeBand(label=band.label, low_eur=band.low_eur, high_eur=band.high_eur)
            for band in stated.incomes
        ),
        seed=stated.table,
        types_counts=_scaled(types, whole),
        incomes_counts=_scaled(incomes, whole),
        source=source,
    )
    habits = PoolHabits(rfr_to_income=stated.rfr_to_income, savings_years=stated.savings_years)
    try:
        return synthetic_pool(
            margins, habits, n_households=stated.households, seed=study.seed, units=None
        )
    except DataError as error:
        where = f"Étude « {study.name} », {study.place('groupe', 'vivier')}"
        faults = [typeset(f"{where} : {fault}") for fault in error.faults]
        raise DataError(faults, code=error.code) from error


def pool_words(pool: Pool) -> str:
    """Name a pool in a sentence: how many households, that none exists, the seed."""
    n = count(len(pool.group.table), "ménage")
    return typeset(f"vivier synthétique de {n} (graine {pool.seed}) : {NOBODY}")


def with_pool_notice(study: Study, pool: Pool | None) -> Study:
    """Put the label of a synthetic pool in the notice that every page and map carries."""
    if pool is None:
        return study
    said = (
        f"{study.notice} Groupe inconnu, {pool_words(pool)}."
        if study.notice
        else (f"Groupe inconnu, {pool_words(pool)}.")
    )
    return study.model_copy(update={"notice": typeset(said)})


def _types_counts(study: Study, stated: SyntheticPool) -> tuple[list[float], str]:
    """Return the households of each type and where they come from."""
    name = study.files.insee_households
    if name is None:
        return [kind.count or 0.0 for kind in stated.types], stated.source
    found = read_insee_households(study.path(name), study.commune.insee)
    _refuse_strangers(study, stated, found.counts)
    source = f"{found.source} ; {stated.source}"
    return [found.counts[kind.label] for kind in stated.types], source


def _refuse_strangers(study: Study, stated: SyntheticPool, known: Mapping[str, float]) -> None:
    """Refuse types that the file of INSEE does not count."""
    strangers = [kind.label for kind in stated.types if kind.label not in known]
    if not strangers:
        return
    named = join_fr([quoted(label) for label in strangers])
    verb = "n'est pas un type" if len(strangers) == 1 else "ne sont pas des types"
    msg = (
        f"Étude « {study.name} », {study.place('groupe', 'vivier', 'types')} : {named} {verb} du "
        f"fichier de l'INSEE. Types connus : {join_fr([quoted(label) for label in known])}."
    )
    raise DataError(typeset(msg), code="E_INSEE")


def _scaled(counts: list[float], whole: float) -> tuple[float, ...]:
    """Bring shares to households; a margin of households stays as it is, to be compared."""
    if abs(sum(counts) - 1) > SHARES:
        return tuple(counts)
    return tuple(one * whole for one in counts)
