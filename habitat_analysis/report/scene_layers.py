"""The layers of a map: shapes of one nature, their symbols and what a reader may learn of them.

Geometry stays in EPSG:2154; it is cut to the view and lightened here, once, and nothing is
measured afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from habitat_analysis import formats
from habitat_analysis.report import symbols
from habitat_analysis.report.symbols import Symbol

LEGAL_CRS: Final = "EPSG:2154"
MAX_VERTICES: Final = 20_000  # a layer: about half a megabyte of GeoJSON
MAX_ZONE_LABELS: Final = 60

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One geometry with its symbol and what a reader may learn of it."""

    geometry: BaseGeometry
    symbol: Symbol
    name: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # label and value, raw text
    link: str = ""  # relative address of the site's page
    focusable: bool = False  # reached by the keyboard


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A few letters written on the map, such as the code of a zone."""

    point: shapely.Point
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Shapes of one nature, that a reader may show or hide together."""

    name: str
    key: str  # one of zones parcels buildings buildable roads selected risks points
    shapes: tuple[Shape, ...] = ()
    texts: tuple[Text, ...] = ()


def around(view: Bounds) -> Bounds:
    """Widen the view to what a reader finds by moving the map a little, or on a wide screen."""
    low_x, low_y, high_x, high_y = view
    pad = 0.7 * max(high_x - low_x, high_y - low_y)
    return (low_x - pad, low_y - pad, high_x + pad, high_y + pad)


def zone_layer(zones: gpd.GeoDataFrame | None, view: Bounds) -> Layer:
    """Draw the zones of the plan with their codes, cut to the view."""
    cut = _cut(zones, around(view))
    shapes = tuple(
        Shape(
            geometry=geometry,
            symbol=symbols.zone_symbol(row["family"]),
            name=f"Zone {row['label']}",
            facts=(("Zone", str(row["label"])), ("Intitulé", str(row.get("label_long") or ""))),
        )
        for row, geometry in _rows(cut)
    )
    return Layer(
        name="Zonage du PLU", key="zones", shapes=shapes, texts=_zone_codes(_cut(cut, view), view)
    )


def risk_layer(risks: gpd.GeoDataFrame | None, view: Bounds) -> Layer:
    """Draw the constraints, hatched, cut to the view."""
    shapes = tuple(
        Shape(
            geometry=geometry,
            symbol=symbols.risk_symbol(row["level"], str(row["kind"])),
            name=str(row["label"]),
            facts=(("Contrainte", str(row["label"])), ("Nature", str(row["kind"]))),
        )
        for row, geometry in _rows(_cut(risks, around(view)))
    )
    return Layer(name="Contraintes et risques", key="risks", shapes=shapes)


def point_layer(points: gpd.GeoDataFrame | None, view: Bounds) -> Layer:
    """Draw the amenities of the view, each with the letter of its kind."""
    if points is None or points.empty:
        return Layer(name="Équipements", key="points")
    near = points[points.geometry.intersects(shapely.box(*around(view)))]
    shapes = tuple(
        Shape(
            geometry=row["geometry"],
            symbol=(symbol := symbols.point_symbol(row["kind"])),
            name=str(row["name"]),
            facts=((symbol.label.capitalize(), str(row["name"])),),
        )
        for row in near.to_dict("records")
    )
    return Layer(name="Équipements", key="points", shapes=shapes)


def plain_layer(
    frame: gpd.GeoDataFrame | None, view: Bounds, symbol: Symbol, *, name: str, key: str
) -> Layer:
    """Draw what situates the site (parcels, buildings) where the view shows it."""
    if frame is None or frame.empty:
        return Layer(name=name, key=key)
    near = frame[frame.geometry.intersects(shapely.box(*around(view)))]
    shapes = tuple(
        Shape(geometry=geometry, symbol=symbol, **_context_facts(row))
        for row, geometry in _rows(near)
    )
    return Layer(name=name, key=key, shapes=shapes)


def own_layer(geometry: BaseGeometry | None, symbol: Symbol, *, name: str, key: str) -> Layer:
    """Draw one geometry of the site, such as its edges on a street; None when not examined."""
    if geometry is None or geometry.is_empty:
        return Layer(name=name, key=key)
    shape = Shape(geometry=geometry, symbol=symbol, name=symbol.label)
    stars = (Text(point=_middle(geometry), text="★", strong=True),) if symbol.kind == "star" else ()
    return Layer(name=name, key=key, shapes=(shape,), texts=stars)


def selected_layer(shapes: Sequence[Shape], selected: Collection[str]) -> Layer:
    """Outline the sites that have a report, and put a star on each."""
    chosen = tuple(
        Shape(geometry=shape.geometry, symbol=symbols.SELECTED, name=shape.name)
        for shape in shapes
        if shape.name in selected
    )
    stars = tuple(Text(point=_middle(shape.geometry), text="★", strong=True) for shape in chosen)
    return Layer(name="Sites retenus", key="selected", shapes=chosen, texts=stars)


def lighten(geometries: gpd.GeoSeries, *, most: int = MAX_VERTICES) -> list[BaseGeometry]:
    """Simplify shapes only as much as a light page needs, never beyond ten metres.

    Parameters
    ----------
    geometries
        Shapes in EPSG:2154.
    most
        Number of vertices that needs no simplification.
    """
    light = geometries
    for tolerance_m in (0.3, 1.0, 3.0, 10.0):
        if shapely.get_num_coordinates(light.array).sum() <= most:
            break
        light = geometries.simplify(tolerance_m)
    return list(light)


def _context_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    if "idu" not in row:
        return {}
    facts = (("Parcelle", str(row["idu"])), ("Surface", formats.area(row.get("area_m2"))))
    return {"name": str(row["idu"]), "facts": facts}


def _cut(frame: gpd.GeoDataFrame | None, view: Bounds) -> gpd.GeoDataFrame | None:
    """Keep what the view shows, cut to it (surfaces only; nothing is measured afterwards)."""
    if frame is None or frame.empty:
        return None
    window = shapely.box(*view)
    near = frame[frame.geometry.intersects(window)]
    cut = near.set_geometry(near.geometry.intersection(window))
    return cut[cut.geometry.area > 0]


def _rows(frame: gpd.GeoDataFrame | None) -> list[tuple[dict[str, Any], BaseGeometry]]:
    if frame is None:
        return []
    table = frame.drop(columns=frame.geometry.name).to_dict("records")
    return list(zip(table, lighten(frame.geometry), strict=True))


def _zone_codes(cut: gpd.GeoDataFrame | None, view: Bounds) -> tuple[Text, ...]:
    """Write codes on the zones large enough to hold them, the largest first."""
    if cut is None or cut.empty:
        return ()
    least = (view[2] - view[0]) * (view[3] - view[1]) * 0.002
    parts = cut[["label", cut.geometry.name]].explode(index_parts=False)
    parts = parts.assign(size=parts.geometry.area).sort_values(["size", "label"], ascending=False)
    large = parts[parts["size"] >= least].head(MAX_ZONE_LABELS)
    return tuple(
        Text(point=_middle(geometry), text=str(label))
        for label, geometry in zip(large["label"], large.geometry, strict=True)
    )


def _middle(geometry: BaseGeometry) -> shapely.Point:
    """Find the point of a polygon that is farthest from its edges."""
    return shapely.get_point(shapely.maximum_inscribed_circle(geometry, tolerance=1), 0)
