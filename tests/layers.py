"""Small layers made by hand, in Lambert-93 metres from an origin in the middle of France."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import shapely
from shapely.geometry import mapping

EAST, NORTH = 700_000.0, 6_600_000.0
LAMBERT = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
TO_DEGREES = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)


def box(x: float, y: float, width: float = 10, height: float = 10) -> shapely.Polygon:
    """Rectangle whose corner is at (x, y) metres from the origin."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def in_degrees(shape: Any) -> Any:
    return shapely.transform(shape, TO_DEGREES.transform, interleaved=False)


def idu(number: int, section: str = "AB") -> str:
    return f"99012000{section}{number:04d}"


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    geometry = shape if shape is None or isinstance(shape, dict) else mapping(shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(features: Iterable[dict[str, Any]], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def write_json(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def write_lambert(path: Path, *features: dict[str, Any]) -> Path:
    """Write a GeoJSON labelled EPSG:2154."""
    return write_json(path, collection(features, crs=LAMBERT))


def write_degrees(path: Path, *rows: tuple[Any, dict[str, Any]]) -> Path:
    """Write a GeoJSON without label, in degrees."""
    return write_json(path, collection(feature(in_degrees(s), **p) for s, p in rows))


def parcels(*shapes: Any) -> gpd.GeoDataFrame:
    """Parcels AB0001, AB0002... as the loader gives them, less what the tests do not read."""
    ids = [idu(rank) for rank in range(1, len(shapes) + 1)]
    table = gpd.GeoDataFrame({"idu": ids}, geometry=list(shapes), crs=2154)
    return table.assign(area_m2=table.area)
