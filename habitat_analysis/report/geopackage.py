"""Shapes of a site or of several in a GeoPackage (EPSG:2154), dated by the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyogrio
import shapely

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report.plain_text import without_controls

LAMBERT_93: Final = "EPSG:2154"
AROUND_M: Final = 100.0  # of the site, within which zones are kept
DATE_OPTION: Final = "OGR_CURRENT_DATE"


def write_geopackage(feasibility: Feasibility, path: Path) -> Path:
    """Write the shapes of one site: site, parcels, road edges, buildable part, zones around.

    Parameters
    ----------
    feasibility
        The site. Without a programme, no figure of a solution is in it.
    path
        File to write, replaced if it exists.
    """
    edited = feasibility.ground.study.edited_on
    return write_layers(site_layers(feasibility), path, edited_on=edited)


def site_layers(feasibility: Feasibility) -> dict[str, gpd.GeoDataFrame]:
    """Gather the layers of one site, with French columns."""
    site, ground = feasibility.site, feasibility.ground
    layers = {
        "site": _frame([site.geometry], **_site_columns(feasibility)),
        "parcelles": _parcels(feasibility),
        "limites_sur_rue": _frame([site.road_edges], site=[site.name]),
        "emprise_apres_reculs": _frame(
            [feasibility.capacity.buildable],
            site=[site.name],
            niveaux=[feasibility.capacity.levels],
            surface_m2=[round(float(feasibility.capacity.buildable.area), 1)],
        ),
    }
    zones = ground.territory.zones
    if zones is not None:
        layers["zonage"] = _zones(zones, site.geometry.buffer(AROUND_M))
    return {name: layer for name, layer in layers.items() if not layer.geometry.is_empty.all()}


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path, *, edited_on: date) -> Path:
    """Write layers into one GeoPackage; the dates inside are those of the study."""
    path.unlink(missing_ok=True)
    with _dated(edited_on):
        for name, layer in layers.items():
            pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=False)
    return path


def _site_columns(feasibility: Feasibility) -> dict[str, list[Any]]:
    site, capacity = feasibility.site, feasibility.capacity
    evaluation = feasibility.optimum.evaluation
    return {
        "site": [site.name],
        "idus": [", ".join(site.idus)],
        "surface_m2": [round(site.area_m2, 1)],
        "zone": [without_controls(feasibility.zone_label)],
        "regles_lues": ["oui" if feasibility.rules.was_read else "non"],
        "capacite_logements": [capacity.dwellings],
        "sdp_m2": [round(capacity.sdp_m2, 1)],
        "verdict": [feasibility.verdict.word],
        "logements": [evaluation.dwellings if evaluation else None],
        "effort_eur": [round(evaluation.public_money_eur, 2) if evaluation else None],
    }


def _parcels(feasibility: Feasibility) -> gpd.GeoDataFrame:
    rows = feasibility.parcels
    shapes = feasibility.ground.territory.parcels.set_index("idu").geometry.reindex(rows["idu"])
    return _frame(
        list(shapes),
        idu=list(rows["idu"]),
        surface_m2=[round(float(value), 1) for value in rows["area_m2"]],
        contenance_m2=list(rows["contenance_m2"]),
        zone=[without_controls(text) for text in rows["zone_label"].fillna("")],
        score=list(rows["score"].astype(float)),
    )


def _zones(zones: gpd.GeoDataFrame, window: shapely.Geometry) -> gpd.GeoDataFrame:
    near = zones[zones.intersects(window)]
    return _frame(
        [shapely.make_valid(shape) for shape in near.geometry],
        zone=[without_controls(text) for text in near["label"]],
        type=[without_controls(text) for text in near["type"]],
        famille=list(near["family"]),
    )


def _frame(shapes: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=LAMBERT_93)


@contextmanager
def _dated(day: date) -> Iterator[None]:
    """Tell GDAL which date to write, and take it back."""
    before = pyogrio.get_gdal_config_option(DATE_OPTION)
    pyogrio.set_gdal_config_options({DATE_OPTION: f"{day.isoformat()}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({DATE_OPTION: before})
