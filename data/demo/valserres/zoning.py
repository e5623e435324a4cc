"""The invented PLU and flood-risk plan: zones that follow the parcels, and some that do not."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Point, Polygon

from valserres import plan
from valserres.parcels import Parcel
from valserres.shapes import commune, curve, polygons

GRID_M = 0.01
HALF_STREET_M = 8.0  # zones meet over the streets, not along the parcels
SQUARE_M = 40.0  # ... and cover the squares
RIVERSIDE_M = 36.0  # from the middle of the river, kept natural through the gardens


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A kind of zone of the PLU, in the words and codes of the CNIG standard."""

    label: str
    label_long: str
    type: str
    destination: str  # DESTDOMI: 01 habitat, 02 activité, 03 mixte, 05 équipement, 07, 08


ZONES = (
    Zone(label="UE", label_long="Équipements publics, scolaires et sportifs", type="U",
         destination="05"),
    Zone(label="1AU", label_long="Secteur à urbaniser ouvert, à dominante d'habitat", type="AUc",
         destination="01"),
    Zone(label="UX", label_long="Zone d'activités des Prés Longs", type="U", destination="02"),
    Zone(label="UA", label_long="Centre ancien, bâti continu à l'alignement", type="U",
         destination="03"),
    Zone(label="UB", label_long="Faubourgs et quartiers mixtes", type="U", destination="03"),
    Zone(label="UC", label_long="Quartiers pavillonnaires", type="U", destination="01"),
    Zone(label="2AU", label_long="Secteur à urbaniser fermé, après modification du PLU",
         type="AUs", destination="01"),
    Zone(label="Nh", label_long="Hameau en zone naturelle, constructibilité limitée", type="Nh",
         destination="01"),
    Zone(label="A", label_long="Zone agricole", type="A", destination="07"),
    Zone(label="N", label_long="Zone naturelle et forestière", type="N", destination="08"),
)  # fmt: skip

BY_USE = {
    "culte": "UA", "centre": "UA", "faubourg": "UB", "pavillon": "UC", "residence": "UC",
    "equipement": "UB", "gare": "UB", "friche": "UB", "libre": "UB", "activite": "UX",
    "hameau": "Nh", "champ": "A", "vigne": "A", "ferme": "A", "bois": "N", "pre": "N",
    "voie_ferree": "A",
}  # fmt: skip
BY_KEY = {
    "parking_poterne": "UA", "verger": "UC", "grange": "UC", "bord_de_lisse": "UC",
    "lot_activite": "UX", "clos_du_mail": "UB", "station_epuration": "UE",
}  # fmt: skip
FUTURE: plan.Points = (
    (60, 655), (120, 700), (250, 700), (350, 690), (430, 560), (500, 560), (560, 600), (486, 655),
    (300, 770), (60, 840), (10, 830), (60, 760),
)  # fmt: skip
LOOP_OF_UX: plan.Points = ((960, 118), (980, 260), (1100, 330), (1225, 290), (1240, 118))

# Along the river: x, radius of the red zone, of the blue zone, shift to the south (low bank)
FLOOD = (
    (-2000, 95, 170, 10), (-900, 90, 160, 10), (-450, 62, 112, 26), (-200, 26, 66, 14),
    (150, 26, 70, 14), (270, 60, 104, 0), (345, 84, 124, 0), (400, 84, 124, 0),
    (560, 70, 112, 0), (800, 84, 140, 8),
    (2000, 95, 170, 10),
)  # fmt: skip


def zone_of(parcel: Parcel) -> str:
    """Return the zone that the plan gives to the whole of a parcel."""
    drawn = next((place.zone for place in plan.PLACES if place.key == parcel.key), "")
    if drawn or parcel.key in BY_KEY:
        return drawn or BY_KEY[parcel.key]
    here = parcel.shape.centroid
    if parcel.use == "champ" and Polygon(LOOP_OF_UX).contains(here):
        return "UX"
    if parcel.use == "jardin":
        if here.x > 400 and here.y < 75:
            return "N"
        return "UB" if here.distance(Point(0, 0)) < 330 else "UC"
    return BY_USE[parcel.use]


def draw_zones(parcels: list[Parcel]) -> list[tuple[Zone, Polygon]]:
    """Return the zones, piece by piece: all the commune, each point once."""
    riverside = curve(plan.RIVER, step_m=25).buffer(RIVERSIDE_M, quad_segs=2)
    future = Polygon(FUTURE)
    ground: dict[str, list[shapely.Geometry]] = {zone.label: [] for zone in ZONES}
    for parcel in parcels:
        label, shape = zone_of(parcel), parcel.shape
        other, limit = (
            ("2AU", future) if parcel.use == "champ" and label == "A" else ("N", riverside)
        )
        if (other == "2AU" or label in {"UB", "UC"}) and shape.intersects(limit):
            ground[other].append(shape.intersection(limit))
            shape = shape.difference(limit)
        ground[label].append(shape)
    return _fill({label: shapely.union_all(shapes) for label, shapes in ground.items()})


def _fill(ground: dict[str, shapely.Geometry]) -> list[tuple[Zone, Polygon]]:
    """Spread the zones over the streets and the river, then share their corners."""
    whole, taken, spread = commune(), Polygon(), {}
    for zone in ZONES:
        others = shapely.union_all(
            [shape for label, shape in ground.items() if label != zone.label]
        )
        square = SQUARE_M if zone.label in {"UA", "UB"} else 0.0
        reach = ground[zone.label].buffer(HALF_STREET_M + square, quad_segs=2)
        reach = reach.buffer(-square, quad_segs=2) if square else reach
        spread[zone.label] = reach.difference(others).difference(taken).intersection(whole)
        taken = taken.union(spread[zone.label])
    spread["N"] = spread["N"].union(whole.difference(taken))
    kinds = {zone.label: zone for zone in ZONES}
    pieces = [
        (kinds[label], part)
        for label, shape in spread.items()
        for part in polygons(shapely.set_precision(shape, GRID_M), smallest_m2=0.01)
    ]
    return _without_scraps(pieces)


def _without_scraps(pieces: list[tuple[Zone, Polygon]]) -> list[tuple[Zone, Polygon]]:
    """Join the crumbs of zones to their neighbours and smooth their common edges."""
    large = [piece for piece in pieces if piece[1].area >= 400]
    shapes = [shape for _, shape in large]
    for _, crumb in (piece for piece in pieces if piece[1].area < 400):
        shared = [crumb.boundary.intersection(shape.boundary).length for shape in shapes]
        best = max(range(len(shared)), key=shared.__getitem__)
        joined = shapes[best].union(crumb)
        shapes[best] = joined if joined.geom_type == "Polygon" else shapes[best]
    lines = shapely.union_all([shape.boundary for shape in shapes], grid_size=GRID_M)
    shapes = [shapely.union_all(faces) for faces in _faces(lines, shapes)]
    smooth = shapely.coverage_simplify(shapes, 0.5)
    return [(zone, shape) for (zone, _), shape in zip(large, smooth, strict=True)]


def _faces(lines: shapely.Geometry, shapes: list[Polygon]) -> list[list[Polygon]]:
    found: list[list[Polygon]] = [[] for _ in shapes]
    whole = commune()
    for face in polygons(shapely.polygonize([lines])):
        point = face.representative_point()
        if whole.contains(point):
            found[min(range(len(shapes)), key=lambda i: shapes[i].distance(point))].append(face)
    return found


def draw_flood() -> list[tuple[str, Polygon]]:
    """Return the red and the blue zones of the flood plan along the river, without overlap."""
    river = curve(plan.RIVER, step_m=25)
    red, blue = (_flooded(river, column).intersection(commune()) for column in (1, 2))
    return [
        (level, part)
        for level, ground in (("rouge", red), ("bleu", blue.difference(red)))
        for part in polygons(shapely.set_precision(ground, GRID_M), smallest_m2=50)
    ]


def _flooded(river: LineString, column: int) -> Polygon:
    discs = []
    for step in range(int(river.length // 20) + 1):
        here = river.interpolate(20 * step)
        south = _between(here.x, 3)
        discs.append(Point(here.x, here.y - south).buffer(_between(here.x, column), quad_segs=4))
    hulls = [shapely.union(a, b).convex_hull for a, b in itertools.pairwise(discs)]
    return shapely.union_all(hulls).buffer(-6).buffer(6).simplify(2.0)


def _between(x: float, column: int) -> float:
    for left, right in itertools.pairwise(FLOOD):
        if left[0] <= x <= right[0]:
            share = (x - left[0]) / (right[0] - left[0])
            return left[column] + share * (right[column] - left[column])
    return float(FLOOD[0][column] if x < FLOOD[0][0] else FLOOD[-1][column])
