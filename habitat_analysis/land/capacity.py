"""How much a site can hold: floor area, dwellings, places, and the rule that binds.

The envelope of ``docs/model.md`` 1.1: setbacks, ground cover, open ground and density are tried for
each number of levels, and the one with the most floor area is kept. It does not know shadow,
heritage, flood levels, trees, access width nor soil: see `NOT_EXAMINED`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shapely import MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from habitat_analysis.apportionment import largest_remainder
from habitat_analysis.errors import DataError
from habitat_analysis.formats import number, typeset
from habitat_analysis.study.land import PluRules, Ratios
from habitat_analysis.study.programme import Typology

Binding = Literal["emprise", "retraits", "pleine_terre", "densite", "hauteur"]
Status = Literal["OK", "E_NOT_BUILDABLE"]

NOT_BUILDABLE: Final = "E_NOT_BUILDABLE"

NOT_EXAMINED: Final = (
    "ombres portées",
    "abords et patrimoine",
    "cotes d'inondation",
    "arbres et espaces boisés",
    "largeur de l'accès",
    "nature et pollution du sol",
)

ROAD_TOLERANCE_M: Final = 0.15  # an edge this near a road edge is that road edge
QUARTER_SEGMENTS: Final = 32  # of the round corners of setbacks: 0.03 % of the radius
AREA_ZERO_M2: Final = 1e-6  # below: slivers of the arithmetic
SDP_TIE_M2: Final = 1e-6  # floor areas this close are equal: fewer levels win
COUNT_TOLERANCE: Final = 1e-9  # 24 dwellings computed as 23.9999999999 are 24


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOption:
    """What the site holds with a given number of levels."""

    levels: int
    height_m: float
    side_setback_m: float
    buildable_footprint_m2: float
    coverage_m2: float  # emprise
    sdp_m2: float
    binding: Binding


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What the site holds with the number of levels kept, and every number tried."""

    site_area_m2: float
    options: tuple[LevelOption, ...]
    levels: int
    coverage_m2: float  # emprise
    sdp_m2: float
    binding: Binding
    shab_m2: float
    shab_private_m2: float  # less the shared rooms
    mean_dwelling_m2: float  # SHAB
    dwellings: int
    by_typology: Mapping[str, int]
    parking_places: int
    status: Status
    buildable: BaseGeometry  # where the setbacks of the option kept allow to build


def site_capacity(
    geometry: BaseGeometry,
    road_edges: MultiLineString,
    *,
    rules: PluRules,
    ratios: Ratios,
    typologies: Sequence[Typology],
    shared_area_m2: float,
) -> Capacity:
    """Compute the capacity of a site under the rules of its zone.

    Parameters
    ----------
    geometry
        The site, in a projected system in metres (EPSG:2154), never in degrees.
    road_edges
        Limits along a road; every other limit is a separative. May be empty.
    rules, ratios
        Rules of the PLU and ratios between surfaces.
    typologies
        Sizes of dwellings: SHAB in m² and share of the dwellings.
    shared_area_m2
        SHAB of the shared rooms, taken off before counting dwellings.

    Returns
    -------
    capacity
        Zeros with the status ``E_NOT_BUILDABLE`` when the rules leave nothing to build on; zero
        dwellings with the status ``OK`` when what can be built is too small for one.

    Raises
    ------
    DataError
        ``E_TYPOLOGY_MIX`` when the shares of typologies do not sum to 1 or a SHAB is not positive.

    References
    ----------
    ``docs/model.md`` 1.1.
    """
    mean_m2 = mean_dwelling(typologies)
    footprints = _footprints(geometry, road_edges, rules)
    options = tuple(
        _level_option(level, geometry.area, footprint.area, rules, ratios, mean_m2)
        for level, footprint in enumerate(footprints, start=1)
    )
    kept = _most_floor_area(options)
    shab_m2 = ratios.shab_per_sdp * kept.sdp_m2
    private_m2 = max(0.0, shab_m2 - shared_area_m2)
    by_typology = dwellings_within(private_m2, typologies)
    dwellings = sum(by_typology.values())
    return Capacity(
        site_area_m2=float(geometry.area),
        options=options,
        levels=kept.levels,
        coverage_m2=kept.coverage_m2,
        sdp_m2=kept.sdp_m2,
        binding=kept.binding,
        shab_m2=shab_m2,
        shab_private_m2=private_m2,
        mean_dwelling_m2=mean_m2,
        dwellings=dwellings,
        by_typology=by_typology,
        parking_places=math.ceil(rules.places_per_dwelling * dwellings - COUNT_TOLERANCE),
        status="OK" if kept.levels else NOT_BUILDABLE,
        buildable=footprints[kept.levels - 1] if kept.levels else Polygon(),
    )


def mean_dwelling(typologies: Sequence[Typology]) -> float:
    """Average the SHAB of a dwelling over the shares wished, in m².

    Raises
    ------
    DataError
        ``E_TYPOLOGY_MIX`` when the shares do not sum to 1 or a SHAB is not positive.
    """
    total = math.fsum(typology.share for typology in typologies)
    if abs(total - 1) > 1e-6 or any(typology.share < 0 for typology in typologies):
        msg = (
            f"Typologies : les parts font {number(total, 3)} au lieu de 1. "
            "Corrigez les parts pour que leur somme vaille 1."
        )
        raise DataError(typeset(msg), code="E_TYPOLOGY_MIX")
    if any(typology.shab_m2 <= 0 for typology in typologies):
        msg = "Typologies : une surface habitable est nulle ou négative. Corrigez-la."
        raise DataError(typeset(msg), code="E_TYPOLOGY_MIX")
    return math.fsum(typology.share * typology.shab_m2 for typology in typologies)


def dwellings_within(private_m2: float, typologies: Sequence[Typology]) -> dict[str, int]:
    """Count the dwellings that fit in a private SHAB, shared among typologies.

    The number is lowered until the dwellings, rounded to whole ones, fit.

    Raises
    ------
    DataError
        ``E_TYPOLOGY_MIX`` as `mean_dwelling`.
    """
    total = math.floor(private_m2 / mean_dwelling(typologies) + COUNT_TOLERANCE)
    shares = [typology.share for typology in typologies]
    while total > 0:
        counts = largest_remainder(shares, total)
        used_m2 = math.fsum(n * t.shab_m2 for n, t in zip(counts, typologies, strict=True))
        if used_m2 <= private_m2 + AREA_ZERO_M2:
            return {t.id: n for n, t in zip(counts, typologies, strict=True)}
        total -= 1
    return {typology.id: 0 for typology in typologies}


def levels_allowed(rules: PluRules) -> int:
    """Count the levels that the height and the number of levels allow."""
    by_height = (rules.height_max_m - rules.height_top_m) / rules.floor_height_m
    return max(0, min(rules.levels_max, math.floor(by_height + COUNT_TOLERANCE)))


def effective_levels(levels: int, attic_share: float) -> float:
    """Count levels with the last one for its share (attic); a single level counts whole."""
    return 1.0 if levels == 1 else levels - 1 + attic_share


def setback_footprint(
    site: BaseGeometry,
    road_edges: BaseGeometry,
    separatives: BaseGeometry,
    *,
    road_m: float,
    side_m: float,
    band_depth_m: float | None = None,
) -> BaseGeometry:
    """Keep the points of the site far enough from its limits, and near enough to the road.

    Parameters
    ----------
    site, road_edges, separatives
        The site and its limits of both kinds, in metres.
    road_m, side_m
        Least distance to every road edge, and to every separative.
    band_depth_m
        Greatest distance to a road edge, if the PLU has a buildable band.
    """
    kept = site
    if side_m > 0:
        kept = kept.difference(separatives.buffer(side_m, quad_segs=QUARTER_SEGMENTS))
    if road_m > 0:
        kept = kept.difference(road_edges.buffer(road_m, quad_segs=QUARTER_SEGMENTS))
    if band_depth_m is not None:
        kept = kept.intersection(road_edges.buffer(band_depth_m, quad_segs=QUARTER_SEGMENTS))
    return kept if kept.area > AREA_ZERO_M2 else Polygon()


def _footprints(
    geometry: BaseGeometry, road_edges: MultiLineString, rules: PluRules
) -> list[BaseGeometry]:
    """Compute the buildable footprint of each number of levels, from one up."""
    along_road = road_edges.buffer(ROAD_TOLERANCE_M, cap_style="flat")
    separatives = geometry.boundary.difference(along_road)
    by_setback: dict[float, BaseGeometry] = {}
    footprints = []
    for level in range(1, levels_allowed(rules) + 1):
        side_m = _side_setback(level, rules)
        if side_m not in by_setback:
            by_setback[side_m] = setback_footprint(
                geometry,
                road_edges,
                separatives,
                road_m=rules.road_setback_m,
                side_m=side_m,
                band_depth_m=rules.band_depth_m,
            )
        footprints.append(by_setback[side_m])
    return footprints


def _height(level: int, rules: PluRules) -> float:
    return level * rules.floor_height_m + rules.height_top_m


def _side_setback(level: int, rules: PluRules) -> float:
    return max(rules.side_min_m, rules.side_height_factor * _height(level, rules))


def _level_option(
    level: int,
    site_m2: float,
    footprint_m2: float,
    rules: PluRules,
    ratios: Ratios,
    mean_m2: float,
) -> LevelOption:
    """Find the ground cover, the floor area and the binding rule of a number of levels."""
    sdp_per_cover = ratios.sdp_per_gross * effective_levels(level, rules.attic_share)
    places_per_cover = rules.places_per_dwelling * sdp_per_cover * ratios.shab_per_sdp / mean_m2
    open_m2 = site_m2 * (1 - rules.open_ground_min) - rules.circulation_m2
    surface_parking = rules.place_m2 * rules.surface_place_share * places_per_cover
    limits: dict[Binding, float] = {
        "emprise": rules.coverage_max * site_m2,
        "retraits": footprint_m2,
        "pleine_terre": max(0.0, open_m2 / (1 + surface_parking)),
    }
    binding = min(limits, key=lambda rule: limits[rule])
    coverage_m2 = limits[binding]
    sdp_m2 = sdp_per_cover * coverage_m2
    if rules.density_max is not None and sdp_m2 > rules.density_max * site_m2:
        binding, sdp_m2 = "densite", rules.density_max * site_m2
        coverage_m2 = sdp_m2 / sdp_per_cover
    return LevelOption(
        levels=level,
        height_m=_height(level, rules),
        side_setback_m=_side_setback(level, rules),
        buildable_footprint_m2=footprint_m2,
        coverage_m2=coverage_m2,
        sdp_m2=sdp_m2,
        binding=binding,
    )


def _most_floor_area(options: Sequence[LevelOption]) -> LevelOption:
    """Choose the option with the most floor area; when equal, the one with fewer levels.

    An option of no level, with the rule that forbids, when none has any floor area.
    """
    best: LevelOption | None = None
    for option in options:
        if best is None or option.sdp_m2 > best.sdp_m2 + SDP_TIE_M2:
            best = option
    if best is not None and best.sdp_m2 > SDP_TIE_M2:
        return best
    return LevelOption(
        levels=0,
        height_m=0.0,
        side_setback_m=0.0,
        buildable_footprint_m2=0.0,
        coverage_m2=0.0,
        sdp_m2=0.0,
        binding=best.binding if best else "hauteur",
    )
