"""Check one file of a given kind with the loader that would read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.shortfalls import over_ceiling
from habitat_analysis.feasibility.synthetic import draw_pool, pool_words
from habitat_analysis.formats import count, join_fr, typeset
from habitat_analysis.households.group import read_group
from habitat_analysis.households.reference import read_reference
from habitat_analysis.land.buildings import load_buildings
from habitat_analysis.land.context import load_points, load_risks
from habitat_analysis.land.geodata import Loaded
from habitat_analysis.land.parcels import load_parcels
from habitat_analysis.land.sales import load_sales
from habitat_analysis.land.zoning import load_zoning
from habitat_analysis.montage.paths import rate_paths
from habitat_analysis.programme.case import TenureTerms
from habitat_analysis.programme.economics import check_terms
from habitat_analysis.runs.group_checks import GROUP_FILES, check_group_file
from habitat_analysis.study import Study, load_study, named_files

LAYERS: dict[str, Callable[[Path], Loaded]] = {
    "parcelles": load_parcels,
    "zonage": load_zoning,
    "batiments": load_buildings,
    "ventes": lambda path: load_sales([path]),
    "points": load_points,
    "risques": load_risks,
}


def check_file_of_kind(path: Path, kind: str, study_path: Path | None = None) -> list[str]:
    """Read a file as the study would, and tell what was found in French.

    Parameters
    ----------
    path
        The file.
    kind
        ``etude``, a key of `LAYERS`, ``menages``, ``reference`` or one of `GROUP_FILES`.
    study_path
        Study whose plan, rooms and households a file of `GROUP_FILES` must know.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    if kind in GROUP_FILES:
        return check_group_file(path, kind, load_study(study_path) if study_path else None)
    if study_path is not None:
        msg = f"« --etude » ne sert qu'avec --kind {join_fr(list(GROUP_FILES), 'ou')}. Retirez-le."
        raise DataError(msg, code="E_KIND")
    if kind == "etude":
        return _study_lines(path)
    if kind == "menages":
        group = read_group(path)
        return [_fine(path, len(group.table), "ménage"), *group.notes]
    if kind == "reference":
        reference = read_reference(path)
        return [_fine(path, len(reference.table), "valeur"), *reference.notes]
    loaded = LAYERS[kind](path)
    dropped = [
        f"  écartées : {row.n} — {row.reason}"
        for row in loaded.dropped.rename(columns={"count": "n"}).itertuples(index=False)
    ]
    return [_fine(path, len(loaded.table), "élément"), *dropped, *loaded.notes]


def _study_lines(path: Path) -> list[str]:
    study = load_study(path)
    tenures, pool = _check_money(study), draw_pool(study)
    files = ", ".join(name for _, name in named_files(study))
    return [
        typeset(f"{path.name} : étude « {study.name} » lisible, termes dans leurs limites."),
        *(f"Attention, {said}" for said in over_ceiling(tenures)),
        *([typeset(f"Groupe inconnu, {pool_words(pool)}.")] if pool else []),
        f"Fichiers nommés : {files}",
        "Chaque fichier se vérifie à part : habitat check FICHIER --kind …",
    ]


def _check_money(study: Study) -> tuple[TenureTerms, ...]:
    """Refuse terms above their limits, and a date that the barèmes do not know, with its line."""
    facts = FactReader(load_baremes(), on=study.operation_date)
    try:
        tenures = check_terms(study, facts)
        rate_paths(study, facts, horizon=1)
    except DataError as error:
        if not error.code.startswith("E_BAREME"):
            raise
        place = f"{study.name}, {study.place('date_operation')}"
        raise DataError([f"{place} : {why}" for why in error.faults], code=error.code) from error
    return tenures


def _fine(path: Path, n: int, noun: str) -> str:
    return typeset(f"{path.name} : lisible, {count(n, noun)}.")
