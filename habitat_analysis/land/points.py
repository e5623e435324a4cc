"""Stops, schools and shops: points of whatever publisher, under one list of kinds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from habitat_analysis.columns import plain_key
from habitat_analysis.contracts import read_table, to_number
from habitat_analysis.errors import DataError, Faults
from habitat_analysis.formats import count
from habitat_analysis.land.geodata import Loaded, Loss, losses_table, prepare_layer, text_column
from habitat_analysis.land.sources import WGS_84, Source, read_source

Kind = Literal["arret", "ecole", "commerce", "autre"]

_LAMBERT: Final = pyproj.CRS.from_epsg(2154)

# Words of a free "nature" column -> kind.
_WORDS: Final = (
    ("arret", r"arret|stop|bus|tram|metro|gare|halte|station_de_(metro|tram|bus)"),
    ("ecole", r"ecole|school|maternelle|elementaire|primaire"),
    ("commerce", r"commerce|shop|magasin|supermarche|superette|epicerie|boulangerie|boucherie"),
)
# INSEE's list of facilities (BPE): shops for food, first schools, railway stations.
_BPE: Final = (
    ("commerce", r"B10[1245]|B2\d\d"),
    ("ecole", r"C10[1-9]"),
    ("arret", r"E10[789]"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Schema:
    """Columns by which a published table of points is known."""

    x: str
    y: str
    id: str = ""
    name: str = ""
    nature: str = ""
    crs: pyproj.CRS | None = WGS_84


# Tried in this order; the last ones are for tables made by hand.
_SCHEMAS: Final = {
    "gtfs": _Schema(x="stop_lon", y="stop_lat", id="stop_id", name="stop_name"),
    "education": _Schema(
        x="longitude",
        y="latitude",
        id="identifiant_de_l_etablissement",
        name="nom_etablissement",
        nature="type_etablissement",
    ),
    "bpe": _Schema(x="lambert_x", y="lambert_y", name="nomrs", nature="typequ", crs=_LAMBERT),
    "longitude": _Schema(x="longitude", y="latitude"),
    "lon": _Schema(x="lon", y="lat"),
    "xy": _Schema(x="x", y="y", crs=None),
}
_REQUIRED: Final = {"gtfs": {"stop_id"}, "education": {"type_etablissement"}, "bpe": {"typequ"}}
_IDS: Final = ("id", "identifiant", "gid", "code", "_id")
_NAMES: Final = ("nom", "name", "libelle", "nom_site")
_NATURES: Final = ("nature", "type", "kind", "categorie", "amenity", "shop")


def load_points(path: Path | str, *, declared_crs: str | None = None) -> Loaded:
    """Load points of daily life; the publisher is recognised by its columns.

    Parameters
    ----------
    path
        GTFS ``stops.txt``, directory of schools (annuaire de l'éducation, CSV), INSEE's BPE (CSV,
        ``LAMBERT_X``), any CSV with ``longitude latitude nature nom``, or any layer of points with
        ``nature`` (or ``type``) and ``nom``.
    declared_crs
        Projection declared by the planner, when the file says none.

    Returns
    -------
    loaded
        Columns ``point_id kind name geometry``; ``kind`` is ``arret``, ``ecole``, ``commerce`` (for
        food) or ``autre``.

    Raises
    ------
    DataError
        For a file that cannot be read, without coordinates, or with impossible ones.
    """
    name = Path(path).name.lower()
    if name.endswith((".csv", ".txt", ".csv.gz", ".txt.gz")):
        return _load_table(path, declared_crs)
    source = read_source(path, name_hint=".")
    layer = prepare_layer(
        source,
        what="point",
        shape="point",
        declared_crs=declared_crs,
        public_columns=(*_NAMES, "adresse"),
        national=True,
    )
    rows = layer.table
    natures = text_column(rows, *_NATURES)
    points = _points(
        rows, text_column(rows, *_IDS), text_column(rows, *_NAMES), _kinds(natures, _WORDS)
    )
    return replace(layer, table=points, notes=(*layer.notes, *_kind_notes(points)))


def _load_table(path: Path | str, declared_crs: str | None) -> Loaded:
    raw = read_table(path, required=(), extra="keep", personal=False)
    rows = raw.rename(columns={name: plain_key(str(name)) for name in raw.columns})
    file = str(raw.attrs["file"])
    publisher = _publisher(rows, file)
    schema = _SCHEMAS[publisher]
    located, losses = _useful(rows, publisher)
    source, unplaced = _as_source(located, schema, file)
    if unplaced:
        losses.append(Loss(reason="sans coordonnées", ids=unplaced, family="géométrie"))
    layer = prepare_layer(
        source,
        what="ligne",
        shape="point",
        declared_crs=declared_crs,
        id_columns=("_line",),
        public_columns=tuple(source.rows.columns),
        national=True,
    )
    kept = layer.table
    ids = text_column(kept, schema.id, *_IDS)
    names = text_column(kept, schema.name, *_NAMES)
    points = _points(kept, ids, names, _published_kinds(kept, publisher, schema))
    return Loaded(
        table=points,
        dropped=pd.concat([losses_table(losses), layer.dropped], ignore_index=True),
        notes=(*raw.attrs["notes"], *layer.notes, *_kind_notes(points)),
        file=file,
    )


def _publisher(rows: pd.DataFrame, file: str) -> str:
    present = set(rows.columns)
    for publisher, schema in _SCHEMAS.items():
        if {schema.x, schema.y} | _REQUIRED.get(publisher, set()) <= present:
            return publisher
    msg = (
        f"{file} : aucune colonne de coordonnées reconnue. Attendu : stop_lat et stop_lon (GTFS), "
        "LAMBERT_X et LAMBERT_Y (BPE), ou longitude et latitude."
    )
    raise DataError(msg, code="E_TABLE")


def _useful(rows: pd.DataFrame, publisher: str) -> tuple[pd.DataFrame, list[Loss]]:
    """Set aside what is not a place to go to: station entrances, closed schools."""
    kept = pd.Series(True, index=rows.index)
    reason = ""
    if publisher == "gtfs" and "location_type" in rows:
        kept = rows["location_type"].isin(["", "0"])
        reason = "gare mère, accès ou repère, pas un arrêt (location_type)"
    if publisher == "education" and "etat" in rows:
        kept = ~rows["etat"].str.upper().str.startswith("FERM")
        reason = "établissement fermé"
    lost = tuple(f"ligne {line}" for line in rows.index[~kept])
    losses = [Loss(reason=reason, ids=lost, family="valeur")] if lost else []
    return rows.loc[kept], losses


def _as_source(rows: pd.DataFrame, schema: _Schema, file: str) -> tuple[Source, tuple[str, ...]]:
    faults = Faults(file)
    x = to_number(rows[schema.x], faults, required=False)
    y = to_number(rows[schema.y], faults, required=False)
    faults.raise_if_any(code="E_TABLE")
    placed = x.notna() & y.notna()
    unplaced = tuple(f"ligne {line}" for line in rows.index[~placed])
    kept = rows.loc[placed]
    shapes = shapely.points(x[placed].to_numpy(), y[placed].to_numpy())
    source = Source(
        rows=kept.assign(_line=kept.index.astype(str)).reset_index(drop=True),
        shapes=np.atleast_1d(shapes),
        unreadable=np.zeros(len(kept), dtype=bool),
        crs=schema.crs,
        labelled=False,
        notes=(),
        file=file,
    )
    return source, unplaced


def _published_kinds(rows: pd.DataFrame, publisher: str, schema: _Schema) -> pd.Series:
    if publisher == "gtfs":
        return pd.Series("arret", index=rows.index)
    if publisher == "bpe":
        return _kinds(text_column(rows, schema.nature), _BPE)
    return _kinds(text_column(rows, schema.nature, *_NATURES), _WORDS)


def _kinds(natures: pd.Series, words: tuple[tuple[str, str], ...]) -> pd.Series:
    upper = words is _BPE

    def kind(nature: str) -> str:
        key = nature.upper() if upper else plain_key(nature)
        test = re.fullmatch if upper else re.search
        return next((name for name, pattern in words if test(pattern, key)), "autre")

    return natures.map(kind)


def _points(
    rows: gpd.GeoDataFrame, ids: pd.Series, names: pd.Series, kinds: pd.Series
) -> gpd.GeoDataFrame:
    ranks = pd.Series([f"P{rank:04d}" for rank in range(1, len(rows) + 1)], index=rows.index)
    table = {"point_id": ids.where(ids.ne(""), ranks), "kind": kinds, "name": names}
    return gpd.GeoDataFrame(table, geometry=rows.geometry)


def _kind_notes(points: gpd.GeoDataFrame) -> tuple[str, ...]:
    n_other = int((points["kind"] == "autre").sum())
    if not n_other:
        return ()
    shown = count(n_other, "point")
    return (f"{shown} d'une autre nature qu'arrêt, école ou commerce alimentaire.",)
