"""Cut the blocks between the streets into parcels, as neighbours would have done over time.

Along a street that carries lots, the edge of the block is divided into frontages; the ground
nearest to a frontage, down to the usual depth, is its lot (a Voronoi diagram of the edge).
What is left behind the lots is gardens in town and fields outside, cut again until they are
of a usual size. All the parcels of a block then share their corners to the centimetre.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from random import Random

import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.ops import linemerge, polygonize, split

from valserres import plan
from valserres.shapes import (
    chance,
    commune,
    frontages,
    polygons,
    railway,
    unparcelled,
)

Spot = tuple[float, ...]

GRID_M = 0.01
SMALLEST_LOT_M2 = 58.0
SMALLEST_GARDEN_M2 = 280.0
SMALLEST_RIBBON_M2 = 4_000.0
THREAD = 0.05  # 4 area / perimeter squared: 1 for a square, less for a ribbon
TOWN_BLOCK_M2 = 75_000.0  # a block this small belongs to the town: its lots go deeper
TOWN_RADIUS_M = 820.0
TOWN_DEPTH = 1.75  # ... by this factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How wide and how deep the lots of one kind are, in metres."""

    width_m: tuple[float, float]
    depth_m: tuple[float, float]


HABITS = {
    "centre": Habit(width_m=(8.5, 18.0), depth_m=(20, 32)),
    "faubourg": Habit(width_m=(13.0, 29.0), depth_m=(34, 58)),
    "pavillon": Habit(width_m=(19.0, 33.0), depth_m=(27, 38)),
    "raquette": Habit(width_m=(9.0, 13.0), depth_m=(28, 36)),
    "hameau": Habit(width_m=(26.0, 44.0), depth_m=(42, 60)),
    "activite": Habit(width_m=(38.0, 62.0), depth_m=(58, 76)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel: what it is used for, where, and its name in the cadastre."""

    use: str
    shape: Polygon
    key: str = ""  # key of the `Place` it was drawn from
    section: str = ""
    number: int = 0

    @property
    def idu(self) -> str:
        """Return the 14 characters of the cadastral identifier."""
        return f"{plan.INSEE}000{self.section:0>2}{self.number:04d}"


def draw_parcels() -> list[Parcel]:
    """Return all the parcels of the commune, in metres from the church."""
    ground = shapely.set_precision(commune().difference(unparcelled()), GRID_M)
    square = [Parcel(use="culte", key="eglise", shape=_outline("eglise"))]
    return square + [
        parcel
        for number, block in enumerate(polygons(ground, smallest_m2=60))
        for parcel in _cut_block(block, chance(f"block {number}"))
    ]


def _outline(key: str) -> Polygon:
    return Polygon(next(place.outline for place in plan.PLACES if place.key == key))


def _cut_block(block: Polygon, luck: Random) -> list[Parcel]:
    drawn, rest = _places_of(block)
    parcels = list(drawn)
    near = math.hypot(block.centroid.x, block.centroid.y) < TOWN_RADIUS_M
    town = near and block.area < TOWN_BLOCK_M2
    for piece in polygons(rest, smallest_m2=1):
        lots = _lots_along_streets(piece, TOWN_DEPTH if town else 1.0, luck)
        behind = piece.difference(shapely.union_all([lot.shape for lot in lots]))
        parcels += lots
        for part in polygons(behind, smallest_m2=0.01):
            parcels += _gardens(part, luck) if town else _fields(part, luck)
    return _share_corners(parcels, block)


def _places_of(block: Polygon) -> tuple[list[Parcel], shapely.Geometry]:
    """Return the parcels drawn by hand in this block, railway included, and the rest."""
    drawn, rest = [], block
    outlines = [(place.use, place.key, Polygon(place.outline)) for place in plan.PLACES]
    for use, key, outline in [*outlines, ("voie_ferree", "", railway())]:
        least = SMALLEST_LOT_M2 if use == "voie_ferree" else outline.area / 2
        for part in polygons(rest.intersection(outline), smallest_m2=least):
            drawn.append(Parcel(use=use, key=key, shape=part))
            rest = rest.difference(part)
    return drawn, rest


def _lots_along_streets(piece: Polygon, depth: float, luck: Random) -> list[Parcel]:
    cells, lots = [], []
    for kind in HABITS:
        edge = piece.boundary.intersection(frontages_of(kind))
        for line in _lines(edge):
            cells += _frontages(line, kind, depth, luck)
    if not cells:
        return []
    nearest = _nearest_ground(piece, [stretch for _, stretch, _ in cells])
    for (kind, _, strip), ground in zip(cells, nearest, strict=True):
        parts = polygons(ground.intersection(strip).intersection(piece))
        if parts:
            kind = "pavillon" if kind == "raquette" else kind
            lots.append(Parcel(use=kind, shape=max(parts, key=lambda part: part.area)))
    return [lot for lot in lots if lot.shape.area > 1]


_FRONTAGES: dict[str, shapely.Geometry] = {}


def frontages_of(kind: str) -> shapely.Geometry:
    """Return `frontages`, computed once for each kind of lot."""
    return _FRONTAGES.setdefault(kind, frontages(kind))


def _lines(edge: shapely.Geometry) -> list[LineString]:
    parts = [
        part
        for part in shapely.get_parts([edge])
        if part.geom_type == "LineString" and not part.is_empty
    ]
    if not parts:
        return []
    merged = linemerge(parts)
    lines = [line for line in shapely.get_parts([merged]) if line.length > 4]
    return sorted(lines, key=lambda line: tuple(round(value, 2) for value in line.bounds))


def _frontages(
    line: LineString, kind: str, deeper: float, luck: Random
) -> list[tuple[str, MultiPoint, Polygon]]:
    """Divide a street edge into frontages, each with the strip its depth allows."""
    habit = HABITS[kind]
    cuts = _cuts(line, habit, luck)
    found, depth = [], 0.0
    for rank, (start, stop) in enumerate(itertools.pairwise(cuts)):
        if rank % 5 == 0:
            depth = deeper * luck.uniform(*habit.depth_m)
            cap = "flat" if deeper == 1 else "square"
            strip = line.buffer(depth, quad_segs=2, cap_style=cap)
        found.append((kind, _points_between(line, start, stop), strip))
    return found


def _cuts(line: LineString, habit: Habit, luck: Random) -> list[float]:
    """Return the distances at which a street edge is cut, away from its corners."""
    corners = _corners(line)
    cuts, here = [0.0], 0.0
    while True:
        here += luck.uniform(*habit.width_m)
        if here > line.length - 0.6 * habit.width_m[0]:
            break
        if all(abs(here - corner) > 0.55 * habit.width_m[0] for corner in corners):
            cuts.append(here)
    return [*cuts, line.length]


def _corners(line: LineString) -> list[float]:
    points = list(line.coords)
    return [
        line.project(shapely.Point(middle))
        for before, middle, after in zip(points, points[1:], points[2:], strict=False)
        if _turn(before, middle, after) > math.radians(38)
    ]


def _turn(before: Spot, middle: Spot, after: Spot) -> float:
    first = math.atan2(middle[1] - before[1], middle[0] - before[0])
    second = math.atan2(after[1] - middle[1], after[0] - middle[0])
    return abs(math.remainder(second - first, 2 * math.pi))


def _points_between(line: LineString, start: float, stop: float) -> MultiPoint:
    """Return points of the edge, half a step away from both ends of the frontage."""
    count = max(3, round((stop - start) / 1.2))
    step = (stop - start) / count
    return MultiPoint(
        [line.interpolate(start + (rank + 0.5) * step) for rank in range(count)],
    )


def _nearest_ground(piece: Polygon, stretches: list[MultiPoint]) -> list[shapely.Geometry]:
    """Return, for each stretch of street edge, the ground nearer to it than to the others."""
    points = [point for stretch in stretches for point in stretch.geoms]
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=piece, ordered=True)
    cells, grounds, first = list(cells.geoms), [], 0
    for stretch in stretches:
        last = first + len(stretch.geoms)
        grounds.append(shapely.union_all(cells[first:last]))
        first = last
    return grounds


def _gardens(part: Polygon, luck: Random) -> list[Parcel]:
    """Return the gardens that the lots of a town block left in its middle."""
    return [Parcel(use="jardin", shape=garden) for garden in _split(part, 1_150, luck)]


def _fields(part: Polygon, luck: Random) -> list[Parcel]:
    """Cut open country into fields, woods, meadows and vineyards, each of its usual size."""
    fields, rest = [], part
    for cover in plan.COVERS:
        here = rest.intersection(Polygon(cover.outline))
        for ground in polygons(here, smallest_m2=2_000):
            rest = rest.difference(ground)
            fields += _cover(ground, cover.use, cover.size_m2, luck)
    for ground in polygons(rest):
        fields += _cover(ground, "champ", (12_000, 42_000), luck)
    return fields


def _cover(ground: Polygon, use: str, size_m2: tuple[float, float], luck: Random) -> list[Parcel]:
    return [Parcel(use=use, shape=field) for field in _split(ground, luck.uniform(*size_m2), luck)]


def _split(part: Polygon, target_m2: float, luck: Random) -> list[Polygon]:
    """Cut land across its length, again and again, until each piece is of a usual size."""
    if part.area < target_m2 * luck.uniform(0.9, 1.7):
        return [part]
    for _ in range(6):
        pieces = polygons(split(part, _cut_line(part, luck)))
        if len(pieces) > 1 and min(piece.area for piece in pieces) > target_m2 / 12:
            return [field for piece in pieces for field in _split(piece, target_m2, luck)]
    return [part]


def _cut_line(part: Polygon, luck: Random) -> LineString:
    box = list(part.minimum_rotated_rectangle.exterior.coords)
    sides = sorted(itertools.pairwise(box), key=lambda side: -math.dist(*side))
    (ax, ay), (bx, by) = sides[0]
    where, tilt = luck.uniform(0.36, 0.64), luck.gauss(0, 0.10)
    x, y = ax + (bx - ax) * where, ay + (by - ay) * where
    angle = math.atan2(by - ay, bx - ax) + math.pi / 2 + tilt
    reach = 3 * math.dist(*sides[0])
    dx, dy = reach * math.cos(angle), reach * math.sin(angle)
    return LineString([(x - dx, y - dy), (x + dx, y + dy)])


def _share_corners(parcels: list[Parcel], block: Polygon) -> list[Parcel]:
    """Redraw the parcels of a block on common corners, without gap, overlap or sliver."""
    lines = shapely.union_all(
        [block.boundary, *(parcel.shape.boundary for parcel in parcels)],
        grid_size=GRID_M,
    )
    faces = polygons(shapely.MultiPolygon(list(polygonize(lines))))
    groups: dict[int, list[Polygon]] = {}
    scraps: list[Polygon] = []
    for face in [face for face in faces if block.contains(face.representative_point())]:
        owner = _owner(face, parcels)
        if owner is None:
            scraps.append(face)
        else:
            groups.setdefault(owner, []).append(face)
    kept: list[Parcel] = []
    for owner, parts in sorted(groups.items()):
        for shape in polygons(shapely.union_all(parts)):
            parcel = replace(parcels[owner], shape=shape)
            if _stands_alone(parcel):
                kept.append(parcel)
            else:
                scraps.append(shape)
    shapes = _with_scraps(kept, scraps)
    simple = shapely.coverage_simplify(shapes, 1.0, simplify_boundary=False) if kept else []
    return [replace(parcel, shape=shape) for parcel, shape in zip(kept, simple, strict=True)]


def _owner(face: Polygon, parcels: list[Parcel]) -> int | None:
    point = face.representative_point()
    return next((i for i, parcel in enumerate(parcels) if parcel.shape.contains(point)), None)


def _stands_alone(parcel: Parcel) -> bool:
    """Tell a parcel from the scraps that cutting leaves: too small, or a mere thread."""
    if parcel.key or parcel.use == "voie_ferree":
        return parcel.shape.area > SMALLEST_LOT_M2
    if parcel.use in HABITS:
        return parcel.shape.area >= SMALLEST_LOT_M2
    wide = 4 * parcel.shape.area / parcel.shape.length**2 > THREAD
    return parcel.shape.area >= (SMALLEST_GARDEN_M2 if wide else SMALLEST_RIBBON_M2)


def _with_scraps(parcels: list[Parcel], scraps: list[Polygon]) -> list[Polygon]:
    """Give each scrap to the neighbour with which it shares most of its edge.

    A parcel drawn by hand takes one only when it has no other neighbour.
    """
    shapes, waiting = [p.shape for p in parcels], sorted(scraps, key=lambda part: -part.area)
    weights = [0.01 if parcel.key else 1.0 for parcel in parcels]
    for _ in range(3):  # a scrap may touch nobody before another one is given
        left = []
        for scrap in waiting:
            shared = [
                scrap.boundary.intersection(shape.boundary).length * weight
                for shape, weight in zip(shapes, weights, strict=True)
            ]
            best = max(range(len(shared)), key=shared.__getitem__, default=0)
            joined = shapes[best].union(scrap) if shared and shared[best] > 0 else scrap
            if joined is not scrap and joined.geom_type == "Polygon":
                shapes[best] = joined
            else:
                left.append(scrap)
        waiting = left
    return shapes
