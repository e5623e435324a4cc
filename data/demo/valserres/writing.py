"""Write the files of the demonstration: same content, same bytes, on any machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import shapely
from pyproj import Transformer
from shapely.geometry import mapping

from valserres import plan

DECIMALS = 7  # of a degree: about a centimetre


@cache
def _to_degrees() -> Transformer:
    return Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)


def lambert(x: float, y: float) -> tuple[float, float]:
    """Return Lambert-93 coordinates from metres east and north of the church."""
    return x + plan.ORIGIN_LAMBERT_93[0], y + plan.ORIGIN_LAMBERT_93[1]


def degrees(x: float, y: float, decimals: int = DECIMALS) -> tuple[float, float]:
    """Return longitude and latitude from metres east and north of the church."""
    lon, lat = _to_degrees().transform(*lambert(x, y))
    return round(lon, decimals), round(lat, decimals)


def in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry in longitude and latitude, rounded, its rings in the GeoJSON order."""
    turned = shapely.transform(
        shape, lambda points: [degrees(x, y) for x, y in points], interleaved=True
    )
    return shapely.orient_polygons(turned)


def write_geojson(
    path: Path,
    features: Iterable[tuple[Mapping[str, object], shapely.Geometry]],
    *,
    identified: str = "",
    name: str = "",
) -> None:
    """Write a GeoJSON file, one feature a line; `identified` names the property used as id."""
    lines = []
    for properties, shape in features:
        feature: dict[str, object] = {"type": "Feature"}
        if identified:
            feature["id"] = properties[identified]
        feature["geometry"] = mapping(in_degrees(shape))
        feature["properties"] = dict(properties)
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    title = f'"name":{json.dumps(name, ensure_ascii=False)},' if name else ""
    body = ",\n".join(lines)
    _write(path, f'{{"type":"FeatureCollection",{title}"features":[\n{body}\n]}}\n')


def write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]], separator: str = ","
) -> None:
    """Write a UTF-8 table with its header; a missing key is an empty cell."""
    text = io.StringIO()
    table = csv.DictWriter(text, columns, delimiter=separator, lineterminator="\n", restval="")
    table.writeheader()
    table.writerows(rows)
    _write(path, text.getvalue())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
