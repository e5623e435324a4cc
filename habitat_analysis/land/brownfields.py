"""Brownfield sites, from the CNIG standard (Cartofriches) or from ADEME."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from habitat_analysis.contracts import read_table
from habitat_analysis.errors import Faults
from habitat_analysis.formats import count
from habitat_analysis.land.geodata import Loaded, prepare_layer, text_column
from habitat_analysis.land.sources import WGS_84, Source, read_source

# Canonical column -> names in the CNIG standard and in ADEME's file.
_COLUMNS: Final = {
    "site_id": ("site_id", "id", "_id"),
    "name": ("site_nom", "nom_site"),
    "status": ("site_statut", "usage_actuel_site"),
    "insee": ("comm_insee", "code_insee"),
}
_AREAS: Final = ("unite_fonciere_surface", "surface_site_m2")


def load_brownfields(path: Path | str, *, declared_crs: str | None = None) -> Loaded:
    """Load brownfield sites as points.

    Parameters
    ----------
    path
        CSV of the CNIG standard (``site_id geompoint``..., WKT in EPSG:4326) or a layer of points.
    declared_crs
        Projection declared by the planner, when the file says none.

    Returns
    -------
    loaded
        Columns ``site_id name status insee area_m2 geometry``; names of owners and contacts are
        left out and said.

    Raises
    ------
    DataError
        For a file that cannot be read or placed.
    """
    is_table = Path(path).name.lower().endswith((".csv", ".csv.gz"))
    source = _read_cnig(path) if is_table else read_source(path, name_hint="friche|site")
    layer = prepare_layer(
        source,
        what="site",
        shape="point",
        declared_crs=declared_crs,
        id_columns=_COLUMNS["site_id"],
        public_columns=("nom_site", "site_nom", "comm_nom", "site_adresse"),
        national=True,
    )
    rows = layer.table
    texts = {name: text_column(rows, *names) for name, names in _COLUMNS.items()}
    short = texts["insee"].str.fullmatch(r"\d{4}")
    texts["insee"] = texts["insee"].where(~short, "0" + texts["insee"])
    areas = pd.to_numeric(text_column(rows, *_AREAS).str.replace(",", "."), errors="coerce")
    table = gpd.GeoDataFrame(
        {**texts, "area_m2": areas.where(np.isfinite(areas) & (areas > 0))},
        geometry=rows.geometry,
    )
    return replace(layer, table=table, notes=(*layer.notes, *_notes(table, int(short.sum()))))


def _read_cnig(path: Path | str) -> Source:
    raw = read_table(path, required=["site_id", "geompoint"], extra="keep", personal=False)
    written = raw["geompoint"]
    with np.errstate(all="ignore"):
        shapes = shapely.from_wkt([text or None for text in written], on_invalid="ignore")
    faults = Faults(str(raw.attrs["file"]))
    for line in raw.index[written.ne("") & shapely.is_missing(shapes)]:
        why = "point illisible dans « geompoint »."
        faults.add(f"ligne {line}", why, "Attendu : POINT(longitude latitude).")
    faults.raise_if_any(code="E_TABLE")
    return Source(
        rows=raw.rename(columns=str.lower).reset_index(drop=True),
        shapes=shapes,
        unreadable=np.zeros(len(raw), dtype=bool),
        crs=WGS_84,
        labelled=False,
        notes=raw.attrs["notes"],
        file=faults.file,
    )


def _notes(table: gpd.GeoDataFrame, n_short: int) -> tuple[str, ...]:
    unmeasured = int(table["area_m2"].isna().sum())
    notes = []
    if n_short:
        notes.append(f"Zéro de tête rétabli dans le code INSEE de {count(n_short, 'site')}.")
    if unmeasured:
        notes.append(f"Surface non renseignée pour {count(unmeasured, 'site')}.")
    return tuple(notes)
