"""Buildings of the cadastre, and how much of each parcel they cover."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from habitat_analysis.errors import DataError
from habitat_analysis.land.geodata import Loaded, read_layer

UNBUILT_M2: Final = 1.0  # a parcel with no more building than this is unbuilt (drawing noise)

_PUBLIC: Final = ("nom",)  # Etalab gives the name of remarkable buildings


def load_buildings(path: Path | str, *, declared_crs: str | None = None) -> Loaded:
    """Load the buildings of a commune (Etalab, IGN Parcellaire Express, or any polygons).

    Returns
    -------
    loaded
        Columns ``building_id kind footprint_m2 geometry``; ``kind`` is the publisher's word
        ("Bâtiment en dur", "Construction légère"; "" when there is none).

    Raises
    ------
    DataError
        For a layer that cannot be read.
    """
    layer = read_layer(
        path,
        what="bâtiment",
        name_hint="b[aâ]ti",
        declared_crs=declared_crs,
        id_columns=("id", "gid"),
        public_columns=_PUBLIC,
    )
    rows = layer.table
    if {"contenance", "prefixe"} <= set(rows.columns):
        msg = (
            f"{layer.file} : ce sont des parcelles, pas des bâtiments. "
            "Donnez la couche « batiments » du cadastre."
        )
        raise DataError(msg, code="E_LAYER")
    ids = next((rows[name] for name in ("id", "gid") if name in rows), pd.Series(rows.index + 1))
    kinds = rows["type"] if "type" in rows else pd.Series("", index=rows.index)
    table = gpd.GeoDataFrame(
        {
            "building_id": ids.astype(str),
            "kind": kinds.map(_ETALAB_KINDS).fillna(kinds).fillna("").astype(str),
            "footprint_m2": rows.geometry.area,
        },
        geometry=rows.geometry,
    )
    return Loaded(table=table, dropped=layer.dropped, notes=layer.notes, file=layer.file)


_ETALAB_KINDS: Final = {"01": "Bâtiment en dur", "02": "Construction légère"}


def built_area(parcels: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Measure the ground covered by buildings on each parcel.

    Returns
    -------
    built_m2
        Square metres, indexed by ``idu``, in the order of `parcels`; at most the parcel's own
        surface (buildings drawn twice do not count twice beyond it).
    """
    pairs = overlaps(parcels.geometry, buildings.geometry)
    built = np.bincount(pairs["left"], weights=pairs["area_m2"], minlength=len(parcels))
    capped = np.minimum(built, parcels.geometry.area.to_numpy())
    return pd.Series(capped, index=pd.Index(parcels["idu"], name="idu"), name="built_m2")


def overlaps(left: gpd.GeoSeries, right: gpd.GeoSeries) -> pd.DataFrame:
    """Measure every overlap of two layers of polygons.

    Returns
    -------
    pairs
        Positions ``left`` and ``right`` and ``area_m2`` of their intersection, above zero.
    """
    ours, theirs = left.to_numpy(), right.to_numpy()
    tree = shapely.STRtree(theirs)
    i, j = tree.query(ours, predicate="intersects")
    whole = np.zeros(len(i), dtype=bool)
    inside = set(
        zip(*(axis.tolist() for axis in tree.query(ours, predicate="covered_by")), strict=True)
    )
    if inside:
        whole = np.fromiter(((a, b) in inside for a, b in zip(i, j, strict=True)), bool, len(i))
    area = np.where(whole, shapely.area(ours[i]), 0.0)
    area[~whole] = shapely.area(shapely.intersection(ours[i[~whole]], theirs[j[~whole]]))
    pairs = pd.DataFrame({"left": i, "right": j, "area_m2": area})
    return pairs.loc[pairs["area_m2"] > 0].reset_index(drop=True)
