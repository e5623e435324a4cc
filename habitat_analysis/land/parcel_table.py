"""What is known of every parcel of the commune, one row each, before any choice.

The capacity is computed only for parcels that pass the physical filters of `reasons`. What a layer
would tell, when the study has no such layer, is missing: « non examiné », never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from habitat_analysis.errors import DataError
from habitat_analysis.land.capacity import site_capacity
from habitat_analysis.land.reasons import flag_physical
from habitat_analysis.land.sites import Site, assemble_at
from habitat_analysis.land.zone_rules import ZONE_COLUMNS, is_for_housing, match_rules
from habitat_analysis.study.land import Land, PluRules, Ratios
from habitat_analysis.study.programme import Typology

# Word of the study for the control of the land -> score of the owner (model.md 1.3, practice).
OWNER_SCORES: Final = {"public": 1.0, "cooperatif": 0.7, "prive": 0.4, "refus": 0.0}

DISTANCES: Final = ("transit_m", "school_m", "shops_m")
RISKS: Final = {  # column -> its type
    "risk_level": "object",
    "risk_share": "float64",
    "flood_level": "object",
    "flood_share": "float64",
}
CAPACITY: Final = {  # column -> its type, where no capacity was computed it is missing
    "capacity_status": "object",
    "capacity_dwellings": "float64",
    "sdp_m2": "float64",
    "levels": "float64",
    "coverage_m2": "float64",
    "parking_places": "float64",
    "binding": "object",
    "road_m": "float64",
}

# Column of the table -> layer it comes from, as a planner calls it.
LAYERS: Final = {
    "zone_label": "zonage du PLU",
    "built_m2": "bâti",
    "transit_m": "arrêts de transport",
    "school_m": "écoles",
    "shops_m": "commerces",
    "risk_level": "plans de prévention des risques",
    "flood_level": "risques d'inondation",
    "owner_score": "maîtrise foncière",
}


def describe_parcels(
    parcels: gpd.GeoDataFrame,
    zones_of: pd.DataFrame | None,
    rules: Sequence[PluRules],
    land: Land,
    *,
    ratios: Ratios,
    typologies: Sequence[Typology],
    shared_area_m2: float,
    built: pd.Series | None = None,
    distances: Mapping[str, pd.Series] | None = None,
    risks: pd.DataFrame | None = None,
    site_at: Callable[[int], Site] | None = None,
) -> pd.DataFrame:
    """Describe each parcel of the commune: zone, rules, shape, surroundings, capacity, price.

    Parameters
    ----------
    parcels
        ``idu``, ``area_m2``, geometry in EPSG:2154, and ``contenance_m2`` where known.
    zones_of
        Zone of each parcel: ``idu`` (column or index), `ZONE_COLUMNS` and ``destination``.
    rules
        Rules of the study, see `zone_rules.rule_for`.
    land
        Bounds, prices and owners of the study.
    ratios, typologies, shared_area_m2
        As for `capacity.site_capacity`.
    built
        Built footprint in m², by IDU.
    distances
        Distances in metres by IDU, under the names of `DISTANCES`.
    risks
        The columns of `RISKS` by IDU (column or index): worst level and share of the parcel, over
        all risks and over floods.
    site_at
        Site of a row, or the error of its assembly; by default the parcel alone, among the others.

    Returns
    -------
    table
        One row a parcel, in the order given. A value that no layer tells is missing.

    Raises
    ------
    DataError
        ``E_TYPOLOGY_MIX``, see `capacity.mean_dwelling`.
    """
    known = pd.concat(
        [
            _measures(parcels),
            _by_idu(zones_of, parcels["idu"], (*ZONE_COLUMNS, "destination")),
            _surroundings(parcels["idu"], built, distances or {}),
            _by_idu(risks, parcels["idu"], list(RISKS)).astype(RISKS),
        ],
        axis=1,
    )
    matched = match_rules(known, rules)
    table = known.assign(**_of_rules(known, matched), **_of_owners(parcels["idu"], land))
    assembled = site_at or (lambda row: assemble_at(parcels, [row]))
    rows = [
        _capacity_row(assembled, int(row), rule, ratios, typologies, shared_area_m2)
        for row in np.flatnonzero(~flag_physical(table, land).any(axis=1))
        if (rule := matched[row]) is not None
    ]
    capacity = _capacity_frame(rows, len(table))
    price = (
        table["land_price_m2_eur"] * table["area_m2"] / capacity["sdp_m2"].where(lambda m2: m2 > 0)
    )
    return table.join(capacity).assign(land_price_m2_sdp=price)


def unexamined_layers(table: pd.DataFrame) -> tuple[str, ...]:
    """Name, in French, the layers that told nothing about any parcel: « non examiné »."""
    return tuple(layer for column, layer in LAYERS.items() if table[column].isna().all())


def layers_missing(table: pd.DataFrame) -> pd.Series:
    """Name, for each row, the layers that told nothing about it, separated by commas."""
    missing = table[list(LAYERS)].isna().to_numpy()
    names = np.array(list(LAYERS.values()), dtype=object)
    return pd.Series([", ".join(names[row]) for row in missing], index=table.index, dtype=object)


def inscribed_width(shapes: Sequence[Any] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Measure the diameter of the largest circle inside each shape, in its unit.

    Examples
    --------
    >>> inscribed_width([shapely.box(0, 0, 30, 8)]).round(1).tolist()
    [8.0]
    """
    return np.asarray(2 * shapely.length(shapely.maximum_inscribed_circle(np.asarray(shapes))))


def _measures(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """Take what the plan says: identity, surfaces, width."""
    contenance = parcels.get("contenance_m2", pd.Series(np.nan, index=parcels.index))
    return pd.DataFrame(
        {
            "idu": parcels["idu"].astype(str).to_numpy(),
            "area_m2": parcels["area_m2"].to_numpy(dtype=float),
            "contenance_m2": contenance.to_numpy(dtype=float),
            "width_m": inscribed_width(parcels.geometry.to_numpy()),
        }
    )


def _by_idu(table: pd.DataFrame | None, idus: pd.Series, columns: Sequence[str]) -> pd.DataFrame:
    """Take columns of a table by IDU, in the order of the parcels; missing without the table."""
    if table is None:
        return pd.DataFrame(index=range(len(idus)), columns=list(columns), dtype=object)
    keyed = table.set_index("idu") if "idu" in table else table
    return keyed.reindex(index=idus, columns=list(columns)).reset_index(drop=True)


def _surroundings(
    idus: pd.Series, built: pd.Series | None, distances: Mapping[str, pd.Series]
) -> pd.DataFrame:
    given = {"built_m2": built} | {name: distances.get(name) for name in DISTANCES}
    columns = {
        name: np.nan if series is None else series.reindex(idus).to_numpy(dtype=float)
        for name, series in given.items()
    }
    return pd.DataFrame(columns, index=range(len(idus)))


def _of_rules(known: pd.DataFrame, matched: Sequence[PluRules | None]) -> dict[str, list[Any]]:
    codes = known["destination"].fillna("").astype(str)
    return {
        "rules_zone": [", ".join(rule.zones) if rule else None for rule in matched],
        "rules_were_read": [rule.was_read if rule else None for rule in matched],
        "for_housing": [is_for_housing(c, r) for c, r in zip(codes, matched, strict=True)],
    }


def _of_owners(idus: pd.Series, land: Land) -> dict[str, list[float]]:
    """Give each parcel the score of its owner and the price of its land, in euros per m²."""
    scores = {idu: OWNER_SCORES[control] for idu, control in land.control.items()}
    return {
        "owner_score": [scores.get(idu, np.nan) for idu in idus],
        "land_price_m2_eur": [land.prices_m2_eur.get(i, land.price_m2_eur) for i in idus],
    }


def _capacity_row(
    site_at: Callable[[int], Site],
    row: int,
    rules: PluRules,
    ratios: Ratios,
    typologies: Sequence[Typology],
    shared_area_m2: float,
) -> dict[str, Any]:
    """Compute the capacity of one parcel, or keep the code of what its shape forbids."""
    try:
        site = site_at(row)
    except DataError as error:
        return {"row": row, "capacity_status": error.code}
    capacity = site_capacity(
        site.geometry,
        site.road_edges,
        rules=rules,
        ratios=ratios,
        typologies=typologies,
        shared_area_m2=shared_area_m2,
    )
    return {
        "row": row,
        "capacity_status": capacity.status,
        "capacity_dwellings": capacity.dwellings,
        "sdp_m2": capacity.sdp_m2,
        "levels": capacity.levels,
        "coverage_m2": capacity.coverage_m2,
        "parking_places": capacity.parking_places,
        "binding": capacity.binding,
        "road_m": site.road_edges.length,
    }


def _capacity_frame(rows: Sequence[Mapping[str, Any]], n_parcels: int) -> pd.DataFrame:
    """Lay the capacities out for all parcels; the status is empty where none was computed."""
    computed = pd.DataFrame(rows, columns=["row", *CAPACITY]).set_index("row")
    frame = computed.reindex(range(n_parcels)).astype(CAPACITY)
    return frame.assign(capacity_status=frame["capacity_status"].fillna(""))
