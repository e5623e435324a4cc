"""Give each parcel its section and number, as a survey of the commune would have done."""

from __future__ import annotations

import math
from dataclasses import replace

from shapely.geometry import Point, Polygon

from valserres import plan
from valserres.parcels import Parcel
from valserres.shapes import axis, chance

DEFAULT_SITE = ("pre_de_la_foire", "AB", 12)  # the site of the notebooks: 99012000AB0012
TOWN_RADIUS_M = 1_000.0
SWEEP_M = 70.0
QUARTERS = (  # (first angle, last angle, section within 430 m, section beyond), from the east
    (-20, 55, "AD", "AM"),
    (55, 140, "AB", "AL"),
    (140, 215, "AE", "AE"),
    (215, 270, "AH", "AH"),
    (270, 340, "AI", "AI"),
)
COUNTRY = {"ne": "ZA", "se": "ZB", "sw": "ZC", "nw": "ZD", "wood": "B"}


def number_parcels(parcels: list[Parcel]) -> list[Parcel]:
    """Return the parcels with a section and a number, in the order of their identifiers."""
    sections: dict[str, list[Parcel]] = {}
    walls = _walls()
    for parcel in parcels:
        sections.setdefault(_section(parcel, walls), []).append(parcel)
    numbered = [
        replace(parcel, section=section, number=number)
        for section, members in sorted(sections.items())
        for parcel, number in _numbered(members, section)
    ]
    return sorted(_with_default_site(numbered), key=lambda parcel: parcel.idu)


def _walls() -> Polygon:
    """Return the ground within the boulevards and the quay."""
    return Polygon(axis(next(road for road in plan.ROADS if road.name == "BD DU MAIL")).coords)


def _section(parcel: Parcel, walls: Polygon) -> str:
    here = parcel.shape.centroid
    if parcel.use == "activite" or parcel.key == "lot_activite":
        return "AN"
    if walls.contains(here):
        return "AC"
    x, y = here.x, here.y
    far = math.hypot(x, y)
    if far > TOWN_RADIUS_M or parcel.use in {"champ", "bois", "vigne", "pre", "ferme"}:
        if parcel.use == "bois" and x < 0:
            return COUNTRY["wood"]
        return COUNTRY[("n" if y > 0 else "s") + ("e" if x > 0 else "w")]
    angle = (math.degrees(math.atan2(y, x)) + 20) % 360 - 20
    _, _, near, beyond = next(row for row in QUARTERS if row[0] <= angle < row[1])
    return near if far < 430 else beyond


def _numbered(members: list[Parcel], section: str) -> list[tuple[Parcel, int]]:
    """Give a section its numbers, in sweeps from the north; divisions left some missing."""
    luck, number, found = chance(f"numbers {section}"), 0, []
    for parcel in sorted(members, key=_sweep):
        number += 1 if luck.random() > 0.05 else 2
        found.append((parcel, number))
    return found


def _sweep(parcel: Parcel) -> tuple[int, float]:
    here: Point = parcel.shape.centroid
    band = int(-here.y // SWEEP_M)
    return band, round(here.x if band % 2 else -here.x, 2)


def _with_default_site(parcels: list[Parcel]) -> list[Parcel]:
    """Exchange two numbers so that the default site has the identifier the notebooks open."""
    key, section, number = DEFAULT_SITE
    site = next(parcel for parcel in parcels if parcel.key == key)
    freed = (site.section, site.number)
    return [
        replace(parcel, section=section, number=number)
        if parcel is site
        else replace(parcel, section=freed[0], number=freed[1])
        if (parcel.section, parcel.number) == (section, number)
        else parcel
        for parcel in parcels
    ]
