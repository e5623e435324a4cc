"""A tiny invented place to draw, and the hostile texts that a file may hold."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

LAMBERT_93 = "EPSG:2154"
X, Y = 420_000.0, 6_420_000.0
SOURCES = "Sources : cadastre inventé (2026-07) — édité le 22/11/2026"

# Table A of the reliability page, and variants: tags, attributes, template literals, Jinja.
HOSTILE = (
    "<script>window.PWNED=1</script>",
    '<img src=x onerror="window.PWNED=2">',
    "`;window.PWNED=3;`",
    "${window.PWNED=4}",
    "</script><script>window.PWNED=5</script>",
    "L'«été» d'\"Ô\" & fils \\n \\u0041",
    "\\`${window.PWNED=7}\\`",
    "'\"><svg/onload=window.PWNED=8>",
    "{{7*7}}{%raw%}${`${window.PWNED=9}`}-->\u2028]]>",
)


def square(column: float, row: float, side: float = 40.0) -> shapely.Polygon:
    """A square of the grid: 50 m apart, `side` metres wide."""
    return shapely.box(X + 50 * column, Y + 50 * row, X + 50 * column + side, Y + 50 * row + side)


def parcels(text: str = "") -> gpd.GeoDataFrame:
    """Six sites; the last has no score."""
    return gpd.GeoDataFrame(
        {
            "idu": [f"99012000AB000{n}{text}" for n in range(6)],
            "score": [0.31, 0.42, 0.55, 0.67, 0.81, float("nan")],
            "rank": [5, 4, 3, 2, 1, None],
            "area_m2": 1600.0,
            "zone_label": text or "UB",
            "owner": text or "public",
        },
        geometry=[square(n % 3, n // 3) for n in range(6)],
        crs=LAMBERT_93,
    )


def zones(text: str = "") -> gpd.GeoDataFrame:
    """One zone of each family, and one of a family nobody knows."""
    families = ["U", "AUc", "AUs", "A", "N", text or "X"]
    return gpd.GeoDataFrame(
        {
            "zone_id": [f"z{n}" for n in range(6)],
            "label": [text or f"{family}1" for family in families],
            "label_long": text,
            "family": families,
        },
        geometry=[square(n % 3, n // 3, 50) for n in range(6)],
        crs=LAMBERT_93,
    )


def risks(text: str = "") -> gpd.GeoDataFrame:
    """A flood plan in two levels, and a third thing."""
    return gpd.GeoDataFrame(
        {
            "risk_id": ["r1", "r2", "r3"],
            "kind": text or "inondation",
            "level": ["rouge", "bleu", text or "autre"],
            "label": text or "PPRI de la Rivière",
        },
        geometry=[square(0, 1), square(1, 1), square(2, 1)],
        crs=LAMBERT_93,
    )


def points(text: str = "") -> gpd.GeoDataFrame:
    """One amenity of each kind."""
    return gpd.GeoDataFrame(
        {
            "point_id": range(4),
            "kind": ["arret", "ecole", "commerce", text or "autre"],
            "name": text or "Mairie",
        },
        geometry=[shapely.Point(X + 30 * n, Y + 45) for n in range(4)],
        crs=LAMBERT_93,
    )


def buildings() -> gpd.GeoDataFrame:
    """One building on the third parcel."""
    return gpd.GeoDataFrame(
        {"building_id": ["b1"], "kind": ["dur"], "footprint_m2": [100.0]},
        geometry=[square(2, 0, 10)],
        crs=LAMBERT_93,
    )


def candidates(text: str = "") -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of `candidates_map`; `text` goes into every field of text."""
    table = parcels(text)
    options = {
        "selected": {table["idu"][4], table["idu"][3]},
        "risks": risks(text),
        "points": points(text),
        "details": {"owner": text or "Propriétaire"},
        "sources": text or SOURCES,
        "title": text or "Six sites à étudier",
        "rules_assumed": True,
        "notice": text or "Commune inventée",
    }
    return (table, zones(text)), options


def site(text: str = "") -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of `site_map`."""
    plot = square(1, 0)
    street = shapely.LineString([plot.bounds[:2], (plot.bounds[2], plot.bounds[1])])
    frames = (parcels(text), zones(text), buildings(), risks(text), points(text))
    options = {
        "rules_assumed": True,
        "sources": text or SOURCES,
        "title": text or "Le site",
        "notice": text or "Commune inventée",
    }
    return (plot, street, plot.buffer(-4), *frames), options
