"""Cadastral parcels, from any of their publishers, under one identifier of 14 characters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from habitat_analysis.contracts import check_columns
from habitat_analysis.errors import DataError, Faults
from habitat_analysis.files import printable
from habitat_analysis.formats import count, quoted
from habitat_analysis.land.geodata import Loaded, read_layer

# Commune (5), prefix of a former commune (3), section (2), number (4).
IDU: Final = re.compile(r"[0-9][0-9AB][0-9]{3}[0-9]{3}[0-9A-Z]{2}[0-9]{4}")
IDU_EXAMPLE: Final = "99012000AB0012"

_INSEE: Final = re.compile(r"(?<![0-9A-Za-z])([0-9][0-9AB][0-9]{3})(?![0-9A-Za-z])")
_SCIENTIFIC: Final = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")
_PUBLIC: Final = ("nom_com", "nom_commune")
_AREA_GAP: Final = 0.10  # of the measured surface, above which the two surfaces are said to differ
_MAX_AREA_M2: Final = 1e9  # no parcel of France is larger than 1 000 km2


def load_parcels(
    path: Path | str, *, declared_crs: str | None = None, insee: str | None = None
) -> Loaded:
    """Load the parcels of a commune.

    Parameters
    ----------
    path
        Etalab GeoJSON (``id commune prefixe section numero contenance``), IGN Parcellaire Express
        (``IDU``..., either case), or a reduced file (``section numero``, no commune).
    declared_crs
        Projection declared by the planner, when the file says none.
    insee
        Code of the commune, for reduced files; otherwise read in the name of the file or folder.

    Returns
    -------
    loaded
        Columns ``idu insee prefix section number contenance_m2 area_m2 geometry``, sorted by idu.
        ``contenance_m2`` (fiscal surface) is NaN where the publisher gives none; ``area_m2`` is
        measured in Lambert-93.

    Raises
    ------
    DataError
        For a layer that cannot be read, an identifier that is not one, or met twice.
    """
    layer = read_layer(
        path,
        what="parcelle",
        name_hint="parcelle",
        declared_crs=declared_crs,
        id_columns=("idu", "id", "parcelle_id"),
        public_columns=_PUBLIC,
    )
    rows = layer.table
    ids, id_notes = _identifiers(rows, layer.file, _commune_of(path, insee))
    contenance, contenance_notes = _contenance(rows, ids, layer.file)
    table = gpd.GeoDataFrame(
        {
            "idu": ids,
            "insee": ids.str[:5],
            "prefix": ids.str[5:8],
            "section": ids.str[8:10],
            "number": ids.str[10:],
            "contenance_m2": contenance,
            "area_m2": rows.geometry.area,
        },
        geometry=rows.geometry,
    )
    return Loaded(
        table=table.sort_values("idu", ignore_index=True),
        dropped=layer.dropped,
        notes=(*layer.notes, *id_notes, *contenance_notes, *_gap_notes(table)),
        file=layer.file,
    )


def _commune_of(path: Path | str, insee: str | None) -> tuple[str, str]:
    """Return the commune of a reduced file and where it was found (French)."""
    if insee:
        return insee, "indiqué par l'étude"
    full = Path(path).resolve()
    for text, where in (
        (full.name, "lu dans le nom du fichier"),
        (full.parent.name, "lu dans le nom du dossier"),
    ):
        if found := _INSEE.search(text.replace("_", " ")):
            return found[1], where
    return "", ""


def _identifiers(
    rows: pd.DataFrame, file: str, commune: tuple[str, str]
) -> tuple[pd.Series, tuple[str, ...]]:
    faults = Faults(file)
    column = next(
        (name for name in ("idu", "id", "parcelle_id", "id_parcelle") if name in rows), None
    )
    has_parts = {"section", "numero"} <= set(rows.columns)
    if column is None and not has_parts:
        check_columns(rows.columns, ["id"], faults, known=["section", "numero"])
        faults.raise_if_any(code="E_LAYER")
    notes: tuple[str, ...] = ()
    raw = rows[column] if column else rows["section"]
    if has_parts and _is_reduced(rows, raw):
        raw, notes = _rebuilt(rows, file, commune)
    for position, value in enumerate(raw, start=1):
        if why := _id_fault(value):
            shown = quoted(printable(str(value))) if _is_present(value) else f"n° {position}"
            remedy = (
                f"Exemple attendu : {IDU_EXAMPLE}. Corrigez la colonne {quoted(column or 'id')}."
            )
            faults.add(f"parcelle {shown}", why, remedy)
    faults.raise_if_any(code="E_IDU")
    ids = raw.astype(str).str.strip()
    _refuse_twice(ids, faults)
    return ids, notes


def _is_present(value: Any) -> bool:
    return value is not None and value == value and str(value).strip() != ""


def _id_fault(value: Any) -> str:
    """Say in French why a value is not an identifier of parcel, or ``""``."""
    if not _is_present(value):
        return "identifiant absent."
    text = str(value).strip()
    if isinstance(value, str) and IDU.fullmatch(text):
        return ""
    if not isinstance(value, str) or _SCIENTIFIC.fullmatch(text):
        return "l'identifiant a été lu comme un nombre : ses zéros sont perdus."
    if len(text) != 14:
        return f"l'identifiant compte {count(len(text), 'caractère')} au lieu de 14."
    return "l'identifiant n'a pas la forme commune, préfixe, section, numéro."


def _refuse_twice(ids: pd.Series, faults: Faults) -> None:
    times = ids[ids.duplicated(keep=False)].value_counts().sort_index()
    for idu, n_times in times.items():
        faults.add(f"parcelle {quoted(idu)}", f"présente {n_times} fois.", "Gardez un seul objet.")
    faults.raise_if_any(code="E_IDU")


def _is_reduced(rows: pd.DataFrame, raw: pd.Series) -> bool:
    """Tell whether the identifiers stop at section and number ("AC0553")."""
    if {"commune", "code_com", "code_insee"} & set(rows.columns):
        return False
    short = raw.map(lambda value: isinstance(value, str) and len(value.strip()) <= 6)
    return bool(short.mean() > 0.5)


def _rebuilt(
    rows: pd.DataFrame, file: str, commune: tuple[str, str]
) -> tuple[pd.Series, tuple[str, ...]]:
    insee, where = commune
    if not insee:
        msg = (
            f"{file} : les parcelles n'ont que leur section et leur numéro, sans la commune. "
            "Indiquez le code INSEE dans l'étude, ou nommez le fichier avec ce code."
        )
        raise DataError(msg, code="E_IDU")
    prefix = rows["prefixe"] if "prefixe" in rows else pd.Series("000", index=rows.index)
    parts = [_text(prefix).str.zfill(3), _text(rows["section"]).str.zfill(2)]
    ids = insee + parts[0] + parts[1] + _text(rows["numero"]).str.zfill(4)
    assumed = "" if "prefixe" in rows else ", préfixe 000 supposé"
    note = (
        f"Identifiants recomposés à 14 caractères : commune {insee} ({where}){assumed}, "
        "section et numéro du fichier."
    )
    return ids, (note,)


def _text(values: pd.Series) -> pd.Series:
    return values.map(lambda value: str(value).strip() if _is_present(value) else "")


def _contenance(rows: pd.DataFrame, ids: pd.Series, file: str) -> tuple[pd.Series, tuple[str, ...]]:
    written = rows["contenance"] if "contenance" in rows else pd.Series(None, index=rows.index)
    values = pd.to_numeric(written, errors="coerce").astype(float)
    present = written.map(_is_present)
    wrong = present & ~(np.isfinite(values) & values.between(0, _MAX_AREA_M2))
    faults = Faults(file)
    for idu, value in zip(ids[wrong], written[wrong], strict=True):
        why = f"contenance {quoted(printable(str(value)))} impossible."
        faults.add(f"parcelle {quoted(idu)}", why, "Attendu : des m², positifs.")
    faults.raise_if_any(code="E_LAYER")
    n_missing = int((~present).sum())
    if not n_missing:
        return values, ()
    who = "toutes les parcelles" if n_missing == len(rows) else count(n_missing, "parcelle")
    return values, (f"Contenance absente pour {who} : surface mesurée sur le plan employée.",)


def _gap_notes(table: gpd.GeoDataFrame) -> tuple[str, ...]:
    gap = (table["contenance_m2"] - table["area_m2"]).abs()
    far = table.loc[gap > _AREA_GAP * table["area_m2"], "idu"].sort_values()
    if far.empty:
        return ()
    shown = ", ".join(far.head(5)) + (", …" if len(far) > 5 else "")
    note = (
        f"Contenance et surface mesurée diffèrent de plus de 10 % pour "
        f"{count(len(far), 'parcelle')} ({shown}) : les deux sont conservées."
    )
    return (note,)
