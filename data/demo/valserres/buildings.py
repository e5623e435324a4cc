"""Put believable buildings on the parcels: rows in the centre, houses, sheds, public buildings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon

from valserres.parcels import Parcel
from valserres.shapes import chance, polygons

SOLID, LIGHT = "01", "02"  # codes of the cadastre: bâtiment en dur, construction légère
SMALLEST_M2 = 6.0
FREE_SHARE = {"centre": 0.04, "faubourg": 0.07, "pavillon": 0.055, "hameau": 0.16, "activite": 0.12}

# Footprints of public and large buildings: boxes (centre x, centre y, length, width, tilt) in
# shares of the smallest rectangle around the parcel (0.5, 0.5 is its middle).
COMPOSED: dict[str, tuple[tuple[float, float, float, float, float], ...]] = {
    "mairie": ((0.5, 0.55, 0.62, 0.24, 0), (0.25, 0.4, 0.14, 0.3, 0), (0.75, 0.4, 0.14, 0.3, 0)),
    "ecole": ((0.5, 0.72, 0.7, 0.1, 0), (0.2, 0.5, 0.1, 0.4, 0), (0.78, 0.56, 0.12, 0.3, 0)),
    "college": ((0.45, 0.65, 0.66, 0.15, 0), (0.2, 0.42, 0.13, 0.34, 0),
                (0.78, 0.3, 0.28, 0.24, 0)),
    "stade": ((0.12, 0.5, 0.05, 0.3, 0), (0.2, 0.86, 0.12, 0.06, 0)),
    "cimetiere": ((0.5, 0.12, 0.16, 0.08, 0),),
    "station_epuration": ((0.3, 0.4, 0.3, 0.25, 0), (0.7, 0.55, 0.2, 0.2, 0)),
    "salle_des_fetes": ((0.5, 0.5, 0.42, 0.4, 0), (0.76, 0.5, 0.12, 0.22, 0)),
    "caserne": ((0.45, 0.62, 0.6, 0.26, 0), (0.8, 0.3, 0.14, 0.2, 0)),
    "gare": ((0.5, 0.5, 0.42, 0.3, 0),),
    "scierie": ((0.3, 0.62, 0.34, 0.2, 4), (0.62, 0.5, 0.22, 0.3, 0), (0.84, 0.4, 0.12, 0.2, -6),
                (0.14, 0.3, 0.1, 0.16, 0)),
    "residence_tilleuls": ((0.2, 0.5, 0.18, 0.6, 0), (0.54, 0.75, 0.26, 0.22, 0),
                           (0.82, 0.45, 0.17, 0.6, 0)),
    "clos_du_mail": ((0.5, 0.66, 0.7, 0.22, 0), (0.24, 0.38, 0.2, 0.34, 0)),
    "ferme": ((0.3, 0.7, 0.3, 0.16, 0), (0.75, 0.55, 0.2, 0.46, 0), (0.35, 0.28, 0.36, 0.18, 3)),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One building of the cadastre: its code, its footprint, the parcel it stands on."""

    kind: str
    shape: Polygon
    idu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Where a parcel meets its street: the edge, and axes along it and away from it."""

    edge: LineString
    middle: tuple[float, float]
    along: tuple[float, float]
    inward: tuple[float, float]

    def box(self, left: float, right: float, near: float, far: float) -> Polygon:
        """Return a rectangle measured along the street and away from it, in metres."""
        corners = [(left, near), (right, near), (right, far), (left, far)]
        return Polygon([self._at(u, v) for u, v in corners])

    def _at(self, u: float, v: float) -> tuple[float, float]:
        return tuple(
            origin + u * along + v * inward
            for origin, along, inward in zip(self.middle, self.along, self.inward, strict=True)
        )


def draw_buildings(parcels: list[Parcel], streets: shapely.Geometry) -> list[Building]:
    """Return the buildings of all the parcels, none over a limit or over another building."""
    near_street = streets.buffer(0.1)
    shapely.prepare(near_street)
    return [
        Building(kind=kind, shape=shape, idu=parcel.idu)
        for parcel in parcels
        for kind, shape in _standing(parcel, near_street)
    ]


def _standing(parcel: Parcel, near_street: shapely.Geometry) -> list[tuple[str, Polygon]]:
    luck = chance(f"buildings {parcel.idu}")
    taken, kept = Polygon(), []
    for kind, footprint in _wished(parcel, near_street, luck):
        free = footprint.intersection(parcel.shape).difference(taken)
        shapes = polygons(shapely.set_precision(free, 0.01), smallest_m2=SMALLEST_M2)
        if shapes:
            shape = max(shapes, key=lambda part: part.area)
            kept.append((kind, Polygon(shape.exterior)))
            taken = taken.union(shape.buffer(0.02))
    return kept


def _wished(
    parcel: Parcel, near_street: shapely.Geometry, luck: Random
) -> list[tuple[str, Polygon]]:
    if parcel.key == "eglise":
        return _church()
    if parcel.key in COMPOSED or parcel.use in COMPOSED:
        plan_of = COMPOSED.get(parcel.key) or COMPOSED[parcel.use]
        return [(SOLID, box) for box in _composed(parcel.shape, plan_of)]
    if parcel.use == "jardin":
        return _hut(parcel.shape, 0.22, luck)
    if parcel.use in {"champ", "vigne", "pre"}:
        return _hut(parcel.shape, 0.05, luck)
    if parcel.use not in FREE_SHARE or luck.random() < FREE_SHARE[parcel.use]:
        return []
    front = _front(parcel.shape, near_street)
    if front is None:
        return []
    draw = {"centre": _row, "faubourg": _suburb, "pavillon": _house, "hameau": _farmhouse}
    return draw.get(parcel.use, _workshop)(parcel.shape, front, luck)


def _front(shape: Polygon, near_street: shapely.Geometry) -> Front | None:
    edges = [
        part
        for part in shapely.get_parts([shape.boundary.intersection(near_street)])
        if part.geom_type == "LineString"
    ]
    edge = shapely.line_merge(shapely.MultiLineString([part for part in edges if part.length > 0]))
    longest = max(shapely.get_parts([edge]), key=lambda part: part.length, default=None)
    if longest is None or longest.length < 3:
        return None
    start, stop = longest.interpolate(0.25, True), longest.interpolate(0.75, True)
    middle = longest.interpolate(0.5, True)
    length = math.hypot(stop.x - start.x, stop.y - start.y) or 1.0
    along = ((stop.x - start.x) / length, (stop.y - start.y) / length)
    inward = (-along[1], along[0])
    inside = shape.representative_point()
    if (inside.x - middle.x) * inward[0] + (inside.y - middle.y) * inward[1] < 0:
        inward = (along[1], -along[0])
    return Front(edge=longest, middle=(middle.x, middle.y), along=along, inward=inward)


def _row(shape: Polygon, front: Front, luck: Random) -> list[tuple[str, Polygon]]:
    """Draw a house of a terrace, wall against wall, and often an outhouse across the yard."""
    depth = luck.uniform(8.5, 13.5)
    house = front.edge.buffer(depth, cap_style="square", join_style="mitre")
    wished = [(SOLID, house if shape.area > 95 else shape)]
    half = front.edge.length / 2
    if shape.area > 230 and luck.random() < 0.45:
        far = depth + luck.uniform(4, 9)
        wished.append((SOLID, front.box(-half - 3, -half + luck.uniform(3.5, 6), depth - 1, far)))
    if shape.area > 320 and luck.random() < 0.3:
        wished.append((LIGHT, front.box(0, luck.uniform(3, 5), depth + 11, depth + 15)))
    return wished


def _suburb(shape: Polygon, front: Front, luck: Random) -> list[tuple[str, Polygon]]:
    """Draw a house of a suburb: on the street or just behind it, a passage on one side."""
    half, setback = front.edge.length / 2, luck.choice((0, 0, 0, 2.5, 4.5))
    width = min(2 * half - 2.8, luck.uniform(9, 15)) if half > 5 else 2 * half
    depth = luck.uniform(8.5, 11.5)
    wished = [(SOLID, front.box(-half - 1, -half + width, setback - 1, setback + depth))]
    if luck.random() < 0.35:
        wing = setback + depth + luck.uniform(4, 7)
        wished.append((SOLID, front.box(-half - 1, -half + 0.45 * width, setback + depth, wing)))
    if shape.area > 420 and luck.random() < 0.35:
        back = setback + depth + luck.uniform(13, 20)
        wished.append((LIGHT, front.box(half - 7, half - 1.5, back, back + luck.uniform(3, 6))))
    return wished


def _house(shape: Polygon, front: Front, luck: Random) -> list[tuple[str, Polygon]]:
    """Draw a detached house in its garden: plain or L-shaped, with its garage and its shed."""
    half, setback = front.edge.length / 2, luck.uniform(5, 8.5)
    room = max(min(2 * half, 24) - 6.5, 7)
    width, depth = min(room, luck.uniform(9.5, 14.5)), luck.uniform(7.6, 10.4)
    left = luck.uniform(-room / 2, room / 2 - width) if room > width else -width / 2
    main = front.box(left, left + width, setback, setback + depth)
    if luck.random() < 0.45:
        wing = front.box(left, left + 0.42 * width, setback + depth - 0.5, setback + depth + 4.2)
        main = main.union(wing)
    tilt = luck.gauss(0, 2.2)
    wished = [(SOLID, rotate(main, tilt).intersection(shape.buffer(-1.6)))]
    if luck.random() < 0.18:
        side = front.box(left + width + 0.1, left + width + 3.6, setback + 1, setback + 7.2)
        wished.append((LIGHT, rotate(side, tilt, origin=main.centroid)))
    if luck.random() < 0.14:
        back = setback + depth + luck.uniform(8, 12)
        wished.append((LIGHT, front.box(half - 6, half - 2.6, back, back + luck.uniform(2.5, 4.5))))
    return wished


def _farmhouse(_: Polygon, front: Front, luck: Random) -> list[tuple[str, Polygon]]:
    """Draw a long house and its barn around a yard."""
    left, depth = -luck.uniform(8, 11), luck.uniform(6.8, 8.4)
    house = front.box(left, left + luck.uniform(15, 21), 2.5, 2.5 + depth)
    barn = front.box(left - 1, left + 8, 16, 16 + luck.uniform(10, 16))
    return [(SOLID, house), (SOLID if luck.random() < 0.6 else LIGHT, barn)]


def _workshop(shape: Polygon, front: Front, luck: Random) -> list[tuple[str, Polygon]]:
    """Draw the large box of a shop, a depot or a craftsman behind its parking."""
    half = front.edge.length / 2
    far = 10 + shape.area / max(2 * half, 20) * luck.uniform(0.45, 0.62)
    box = front.box(-half + 5, half - luck.uniform(5, 14), luck.uniform(9, 14), far)
    return [(SOLID, box.intersection(shape.buffer(-4)))]


def _hut(shape: Polygon, share: float, luck: Random) -> list[tuple[str, Polygon]]:
    if luck.random() > share:
        return []
    here = shape.representative_point()
    hut = shapely.box(here.x - 2, here.y - 1.5, here.x + luck.uniform(1, 4), here.y + 1.5)
    return [(LIGHT, rotate(hut, luck.uniform(0, 90)))]


def _composed(shape: Polygon, boxes: tuple[tuple[float, ...], ...]) -> list[Polygon]:
    """Place boxes given in shares of the smallest rectangle around the parcel."""
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)[:4]
    if math.dist(corners[0], corners[1]) < math.dist(corners[1], corners[2]):
        corners = corners[[1, 2, 3, 0]]
    origin, across, up = corners[0], corners[1] - corners[0], corners[3] - corners[0]
    drawn = []
    for x, y, length, width, tilt in boxes:
        ring = [
            origin + (x + dx * length / 2) * across + (y + dy * width / 2) * up
            for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        drawn.append(rotate(Polygon(ring), tilt).intersection(shape.buffer(-1.5)))
    return drawn


def _church() -> list[tuple[str, Polygon]]:
    """Draw the church: nave, transept, round apse to the east, square tower to the west."""
    nave, transept = shapely.box(-14, -5, 14, 6), shapely.box(3, -7, 10, 8.5)
    apse, tower = shapely.Point(14, 0.5).buffer(5.3, quad_segs=4), shapely.box(-19, -3, -13, 4)
    return [(SOLID, shapely.union_all([nave, transept, apse, tower]))]
