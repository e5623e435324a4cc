"""Geometry of the plan: curves, ground left to roads and water, chance that can be repeated."""

from __future__ import annotations

import random
from functools import cache

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.ops import substring

from valserres import plan

SEED = 99_012
JUNCTION_M = 24.0


def chance(subject: str) -> random.Random:
    """Return the random numbers of one subject: adding a draw there moves nothing elsewhere."""
    return random.Random(f"{SEED}/{subject}")  # noqa: S311 (a drawing, not a secret)


def curve(points: plan.Points, step_m: float = 7.0) -> LineString:
    """Return the smooth line (Catmull-Rom) that passes by all `points`, in metres."""
    first, last = points[0], points[-1]
    ends = [_beyond(points[1], first), *points, _beyond(points[-2], last)]
    drawn = [first]
    for before, start, stop, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        length = ((stop[0] - start[0]) ** 2 + (stop[1] - start[1]) ** 2) ** 0.5
        count = max(1, round(length / step_m))
        drawn += [
            (
                _blend(before[0], start[0], stop[0], after[0], i / count),
                _blend(before[1], start[1], stop[1], after[1], i / count),
            )
            for i in range(1, count + 1)
        ]
    return LineString(drawn).simplify(0.12)


def _beyond(inner: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    return (2 * end[0] - inner[0], 2 * end[1] - inner[1])


def _blend(a: float, b: float, c: float, d: float, t: float) -> float:
    """Interpolate between `b` and `c` with the slopes that `a` and `d` suggest."""
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def commune() -> Polygon:
    """Return the limits of the commune."""
    ring = curve((*plan.LIMITS, plan.LIMITS[0]), step_m=90)
    return shapely.set_precision(Polygon(ring.coords), 0.01)


@cache
def axis(road: plan.Road) -> LineString:
    """Return the centre line of a street, each end just on the street that it almost touches."""
    line = curve(road.line)
    others = shapely.union_all([curve(other.line) for other in plan.ROADS if other is not road])
    for _ in ("start", "end"):  # trim or draw out the end, then turn the line round
        line = _joined_end(line, others).reverse()
    return line


def _joined_end(line: LineString, others: shapely.Geometry) -> LineString:
    crossings = shapely.get_coordinates(line.intersection(others))
    reached = [line.project(Point(point)) for point in crossings]
    near = [here for here in reached if line.length - here < JUNCTION_M]
    if near:
        return substring(line, 0, max(min(near), 1))
    there = shapely.shortest_line(Point(line.coords[-1]), others)
    if there.length < JUNCTION_M:
        return LineString([*line.coords, there.coords[-1]])
    return line


def road_area(road: plan.Road) -> Polygon:
    """Return the ground of one street, with its turning circle."""
    line = axis(road)
    ground = line.buffer(road.width_m / 2, quad_segs=3)
    if road.bulb_m:
        ground = ground.union(Point(line.coords[-1]).buffer(road.bulb_m, quad_segs=4))
    return ground


def water() -> MultiPolygon:
    """Return the river and the brook."""
    river = curve(plan.RIVER, step_m=25).buffer(plan.RIVER_WIDTH_M / 2, quad_segs=3)
    brook = curve(plan.BROOK, step_m=20).buffer(plan.BROOK_WIDTH_M / 2, quad_segs=2)
    return river.union(brook)


def railway() -> Polygon:
    """Return the ground of the railway, which the cadastre parcels like any other land."""
    return curve(plan.RAILWAY, step_m=30).buffer(plan.RAILWAY_WIDTH_M / 2, cap_style="flat")


def unparcelled() -> MultiPolygon:
    """Return the ground with no parcel: streets, squares, river and brook."""
    squares = [Polygon(square) for square in plan.SQUARES]
    ground = shapely.union_all([*map(road_area, plan.ROADS), *squares, water()])
    return shapely.set_precision(ground.union(_bank()).simplify(0.1), 0.01)


def _bank() -> Polygon:
    """Return the public bank between the quay and the river."""
    quay = next(road for road in plan.ROADS if road.name.startswith("QUAI"))
    along_river = [point for point in curve(plan.RIVER, step_m=25).coords if -185 < point[0] < 190]
    return Polygon([*curve(quay.line).coords, *reversed(along_river)])


def frontages(kind_of_lot: str) -> shapely.Geometry:
    """Return the ground within which a block edge carries lots of that kind."""
    bands, bulbs = [], []
    for road in plan.ROADS:
        line = axis(road)
        if road.bulb_m:
            bulbs.append(Point(line.coords[-1]).buffer(road.bulb_m + 0.5, quad_segs=4))
        for start, stop, kind in road.lots:
            if kind == kind_of_lot:
                stretch = substring(line, start, min(stop, line.length))
                bands.append(stretch.buffer(road.width_m / 2 + 0.5, quad_segs=3, cap_style="flat"))
    if kind_of_lot == "raquette":
        return shapely.union_all(bulbs)
    return shapely.union_all(bands).difference(shapely.union_all(bulbs))


def polygons(ground: shapely.Geometry, smallest_m2: float = 0.0) -> list[Polygon]:
    """Return the polygons of `ground` above an area, in an order that never changes."""
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts([ground]))
        if part.geom_type == "Polygon" and part.area > smallest_m2
    ]
    return sorted(parts, key=lambda part: (round(part.centroid.x, 1), round(part.centroid.y, 1)))
