"""Worked examples of the land: capacity of a site (01) and screening (02)."""

from typing import Any

import pandas as pd
from shapely import MultiLineString, Polygon

from habitat_analysis.errors import DataError
from habitat_analysis.land.capacity import site_capacity
from habitat_analysis.land.screening import Bar, Scale, screen_sites
from habitat_analysis.land.sites import unite
from habitat_analysis.study.land import PluRules, Ratios
from habitat_analysis.study.programme import Typology

RULES = {  # key of the worked files -> attribute of PluRules
    "height_max": "height_max_m",
    "height_top": "height_top_m",
    "floor_height": "floor_height_m",
    "levels_max": "levels_max",
    "attic_share": "attic_share",
    "emprise_max": "coverage_max",
    "road_setback": "road_setback_m",
    "side_min": "side_min_m",
    "side_height_factor": "side_height_factor",
    "open_ground_min": "open_ground_min",
    "circulation_area": "circulation_m2",
    "parking_area": "place_m2",
    "parking_surface_share": "surface_place_share",
    "parking_ratio": "places_per_dwelling",
    "density_max": "density_max",
    "band_depth": "band_depth_m",
}


def call_site_capacity(inputs: dict[str, Any]) -> dict[str, Any]:
    """Assemble the rings, then compute the capacity of the site."""
    rules = {RULES[key]: value for key, value in inputs["rules"].items() if key in RULES}
    capacity = site_capacity(
        unite([_polygon(ring) for ring in inputs["parcels"]]),
        MultiLineString(inputs["road_edges"]),
        rules=PluRules.model_construct(**rules),
        ratios=Ratios.model_construct(**inputs["ratios"]),
        typologies=[
            Typology.model_construct(id=item["id"], shab_m2=item["shab"], share=item["share"])
            for item in inputs["typologies"]
        ],
        shared_area_m2=inputs["shared_area"],
    )
    return {
        "site_area": capacity.site_area_m2,
        "options": [
            {
                "levels": option.levels,
                "height": option.height_m,
                "side_setback": option.side_setback_m,
                "buildable_footprint": option.buildable_footprint_m2,
                "emprise": option.coverage_m2,
                "sdp": option.sdp_m2,
                "binding": option.binding,
            }
            for option in capacity.options
        ],
        "levels": capacity.levels,
        "emprise": capacity.coverage_m2,
        "sdp": capacity.sdp_m2,
        "binding": capacity.binding,
        "shab": capacity.shab_m2,
        "shab_private": capacity.shab_private_m2,
        "mean_dwelling_area": capacity.mean_dwelling_m2,
        "dwellings": capacity.dwellings,
        "by_typology": dict(capacity.by_typology),
        "parking_spots": capacity.parking_places,
        "status": capacity.status,
    }


def _polygon(ring: list[list[float]]) -> Polygon:
    try:
        return Polygon(ring)
    except ValueError as error:  # fewer than three points
        msg = f"Contour de {len(ring)} points : il en faut au moins trois."
        raise DataError(msg, code="E_INVALID_GEOMETRY") from error


def call_screen_sites(inputs: dict[str, Any]) -> dict[str, Any]:
    """Lay the sites out as a table, then screen them."""
    rows = {
        site["id"]: {k: v for k, v in site.items() if k not in {"id", "values"}} | site["values"]
        for site in inputs["sites"]
    }
    screening = screen_sites(
        pd.DataFrame.from_dict(rows, orient="index"),
        [Scale(**criterion) for criterion in inputs["criteria"]],
        [Bar(**exclusion) for exclusion in inputs.get("exclusions", [])],
    )
    return {
        "sites": {
            site: {
                "excluded_by": list(row["excluded_by"]),
                "weighted_sum": None if row["excluded"] else row["score"],
                "terms": screening.terms.loc[site].to_dict(),
                "missing": list(row["missing"]),
                "topsis": None if row["excluded"] else row["topsis"],
            }
            for site, row in screening.sites.iterrows()
        },
        "ranking_weighted_sum": list(screening.ranking),
        "ranking_topsis": list(screening.topsis_ranking),
    }


CALLS = {"site_capacity": call_site_capacity, "screen_sites": call_screen_sites}
