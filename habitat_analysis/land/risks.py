"""Regulated zones of the risk-prevention plans (PPR), reduced to what they forbid."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import geopandas as gpd
import pandas as pd

from habitat_analysis.columns import plain_key
from habitat_analysis.contracts import check_columns
from habitat_analysis.errors import Faults
from habitat_analysis.formats import count
from habitat_analysis.land.geodata import Loaded, read_layer, text_column

Level = Literal["rouge", "bleu", "autre"]

LEVELS: Final = ("rouge", "bleu", "autre")  # from the worst

# Nature of the rules, CNIG "Géostandard Risques, profil applicatif PPR", enumeration
# TypeReglementUrba; same codes 01 to 04 in the COVADIS standard PPR before it. By custom a plan
# draws prohibition in red and prescriptions in blue.
_CNIG: Final[dict[str, Level]] = {
    "01": "bleu",  # prescriptions hors zone d'aléa
    "02": "bleu",  # prescriptions
    "03": "rouge",  # interdiction
    "04": "rouge",  # interdiction stricte
    "05": "autre",  # recommandations
    "06": "rouge",  # zones grisées (ground of the plant itself)
    "07": "bleu",  # zones d'aléa exceptionnel
}
# COVADIS (TYPEREG): 05 and 06 are instead areas where owners may be bought out or expropriated.
_COVADIS: Final[dict[str, Level]] = {**_CNIG, "05": "rouge", "06": "rouge"}

_KINDS: Final = (
    ("risque technologique", r"pprt|technolog"),
    ("risque minier", r"pprm|minier"),
    ("inondation", r"ppri|pprl|inond|submersion|crue"),
    ("risque naturel", r"pprn|mouvement|avalanche|seisme|incendie|argile"),
)
_UNSAID: Final = "risque non précisé"
_ID_COLUMNS: Final = ("idzonereglementaire", "id_zone", "id")
NOT_FLOOD: Final = ("risque technologique", "risque minier")


def load_risks(path: Path | str, *, declared_crs: str | None = None) -> Loaded:
    """Load the zones where a plan rules building.

    Parameters
    ----------
    path
        Layer ``zonereglementaireurba_s`` of the CNIG standard (GeoPackage, GeoJSON) or
        ``N_ZONE_REG_PPR*_S`` of COVADIS (shapefile); found by its name in a GeoPackage, a folder or
        an archive.
    declared_crs
        Projection declared by the planner, when the file says none.

    Returns
    -------
    loaded
        Columns ``risk_id kind level label geometry``. ``level`` is ``rouge`` (building forbidden),
        ``bleu`` (allowed under prescriptions) or ``autre``; ``kind`` says which risk, read in the
        names of the file and of the zones.

    Raises
    ------
    DataError
        For a layer that cannot be read or without type of rules.
    """
    layer = read_layer(
        path,
        what="zone de risque",
        name_hint="zonereglementaireurba_s|zone_reg",
        declared_crs=declared_crs,
        id_columns=_ID_COLUMNS,
        public_columns=("nom",),
    )
    rows = layer.table
    code_column = "typereglement" if "typereglement" in rows else "typereg"
    faults = Faults(layer.file)
    if code_column not in rows:
        check_columns(rows.columns, ["typereglement"], faults)
        faults.raise_if_any(code="E_LAYER")
    codes = text_column(rows, code_column).map(
        lambda code: code.zfill(2) if code.isdigit() else code
    )
    levels = codes.map(lambda code: _level(code, _COVADIS if code_column == "typereg" else _CNIG))
    labels = _label(rows)
    name = f"{layer.file} {Path(path).name}"
    table = gpd.GeoDataFrame(
        {
            "risk_id": _ids(rows),
            "kind": labels.map(lambda label: _kind(name, label)),
            "level": levels,
            "label": labels,
        },
        geometry=rows.geometry,
    )
    return replace(layer, table=table, notes=(*layer.notes, *_unknown_notes(codes)))


def _level(code: str, known: dict[str, Level]) -> Level:
    word = plain_key(code)
    if word.startswith("interdiction"):
        return "rouge"
    return "bleu" if word.startswith("prescription") else known.get(code, "autre")


def _kind(file: str, label: str) -> str:
    for text in (plain_key(file), plain_key(label)):
        for kind, pattern in _KINDS:
            if re.search(pattern, text):
                return kind
    return _UNSAID


def _label(rows: pd.DataFrame) -> pd.Series:
    named = text_column(rows, "libellezonereglement", "nom")
    return named.where(named.ne(""), text_column(rows, "codezonereglement", "codezone"))


def _ids(rows: pd.DataFrame) -> pd.Series:
    ranks = pd.Series([f"R{rank:03d}" for rank in range(1, len(rows) + 1)], index=rows.index)
    written = text_column(rows, *_ID_COLUMNS)
    return written.where(written.ne(""), ranks)


def _unknown_notes(codes: pd.Series) -> tuple[str, ...]:
    words = codes.map(plain_key)
    spelled = words.str.startswith(("interdiction", "prescription"))
    unknown = int((~codes.isin(list(_CNIG)) & ~spelled).sum())
    note = (
        f"{count(unknown, 'zone')} de risque sans type de règlement connu : classée(s) « autre », "
        "à lire dans le règlement du plan."
    )
    return (note,) if unknown else ()
