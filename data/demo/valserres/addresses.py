"""The street and the number at which a parcel stands, as the sales files write them."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import Point

from valserres import plan
from valserres.parcels import Parcel
from valserres.shapes import axis

COUNTRY_M = 45.0  # farther from any street, land is named by its locality


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A number, a street and its code in the land registry."""

    number: str
    street: str
    code: str


def address_of(parcel: Parcel) -> Address:
    """Return the address of the parcel, odd numbers on the left of the street."""
    here = parcel.shape.representative_point()
    road = min(plan.ROADS, key=lambda road: (axis(road).distance(here), road.name))
    line = axis(road)
    along = line.project(here)
    if parcel.shape.distance(line) > COUNTRY_M or road.name.startswith("CHE "):
        return Address(number="", street=f"LD {_locality(here)}", code="B042")
    before, after = line.interpolate(max(along - 2, 0)), line.interpolate(along + 2)
    left = (after.x - before.x) * (here.y - before.y) - (after.y - before.y) * (here.x - before.x)
    number = 2 * int(along // 9) + (1 if left > 0 else 2)
    rank = sorted({road.name for road in plan.ROADS}).index(road.name)
    return Address(number=str(number), street=road.name, code=f"{20 + 17 * rank:04d}")


def _locality(here: Point) -> str:
    if here.y > 0:
        return "LES TERRES FORTES" if here.x > 0 else "LA BUTTE"
    return "LE GUE" if here.x > 0 else "LA VARENNE"
