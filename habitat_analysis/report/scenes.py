"""What a map shows, before anything draws it: layers, legend, warnings and sources.

Two scenes exist, the sites to study and one site; `maps` draws them in a page, `static_maps` on
paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from habitat_analysis import formats
from habitat_analysis.errors import UsageError
from habitat_analysis.report import palette, symbols
from habitat_analysis.report.scene_layers import (
    LEGAL_CRS,
    Bounds,
    Layer,
    Shape,
    lighten,
    own_layer,
    plain_layer,
    point_layer,
    risk_layer,
    selected_layer,
    zone_layer,
)
from habitat_analysis.report.symbols import Symbol

RULES_ASSUMED: Final = "Règles supposées"
INVENTED: Final = "Commune inventée"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A whole map: layers from bottom to top, legend by heading, cartouche."""

    title: str
    sources: str
    notices: tuple[str, ...]
    view: Bounds  # metres, EPSG:2154
    layers: tuple[Layer, ...]
    legend: tuple[tuple[str, tuple[Symbol, ...]], ...]


def source_line(sources: Iterable[str], *, edited_on: date | str) -> str:
    r"""Write the line of sources that every map and figure carries.

    Examples
    --------
    >>> source_line(["cadastre DGFiP/Etalab (2026-07)", "DVF (2026-04)"], edited_on="2026-11-22")
    'Sources\xa0: cadastre DGFiP/Etalab (2026-07), DVF (2026-04) — édité le 22/11/2026'
    """
    return f"Sources{formats.NBSP}: {', '.join(sources)} — édité le {formats.date_short(edited_on)}"


def candidates_scene(
    parcels: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    selected: Collection[str] | None = None,
    risks: gpd.GeoDataFrame | None = None,
    points: gpd.GeoDataFrame | None = None,
    fiche_links: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
    sources: str,
    title: str,
    rules_assumed: bool = False,
    notice: str = "",
) -> Scene:
    """Set the scene of the sites to study, coloured by score.

    Parameters
    ----------
    parcels
        One row a site: ``idu``, ``score`` (NaN when missing), ``area_m2``, ``zone_label``,
        ``geometry`` and, if known, ``rank``.
    zones, risks, points
        Canonical frames; None or empty when not examined.
    selected
        Identifiers of the sites that have a report.
    fiche_links
        Relative address of a site's page, by identifier.
    details
        More columns of `parcels` to show, already written as text: column to French label.
    sources, title
        Cartouche; see `source_line`.
    rules_assumed
        Whether the rules were not read in a règlement.
    notice
        A warning to keep in sight, such as `INVENTED`.

    Raises
    ------
    UsageError
        If a link is not a relative address.
    """
    ranked = _ranked(parcels)
    view = view_of(ranked.geometry, margin=0.06)
    scale = symbols.score_scale(ranked["score"])
    links = {idu: _relative(link) for idu, link in (fiche_links or {}).items()}
    geometries = lighten(ranked.geometry)
    shapes = tuple(
        _candidate(row, geometry, scale, links, details or {})
        for row, geometry in zip(ranked.to_dict("records"), geometries, strict=True)
    )
    layers = (
        zone_layer(zones, view),
        Layer(name="Sites à étudier", key="parcels", shapes=shapes),
        selected_layer(shapes, selected or ()),
        risk_layer(risks, view),
        point_layer(points, view),
    )
    return Scene(
        title=title,
        sources=sources,
        notices=notices_of(notice, rules_assumed=rules_assumed),
        view=view,
        layers=tuple(layer for layer in layers if layer.shapes or layer.texts),
        legend=_legend(_in_view(layers, view), scores=_score_legend(shapes, scale)),
    )


def site_scene(
    site_geometry: BaseGeometry,
    road_edges: BaseGeometry | None,
    buildable: BaseGeometry | None,
    parcels: gpd.GeoDataFrame | None,
    zones: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    risks: gpd.GeoDataFrame | None,
    points: gpd.GeoDataFrame | None,
    *,
    rules_assumed: bool,
    sources: str,
    title: str,
    notice: str = "",
) -> Scene:
    """Set the scene of one site and its surroundings, all geometry in EPSG:2154.

    Parameters
    ----------
    site_geometry
        The site, one or several adjoining parcels.
    road_edges, buildable
        Its edges on a street and the part left after setbacks; None when not examined.
    parcels, zones, buildings, risks, points
        Canonical frames of the commune, cut here to the surroundings; None when not examined.
    rules_assumed, sources, title, notice
        As in `candidates_scene`.
    """
    view = view_of(gpd.GeoSeries([site_geometry], crs=LEGAL_CRS), margin=0.7, least=80)
    layers = (
        zone_layer(zones, view),
        plain_layer(parcels, view, symbols.PARCEL, name="Parcelles", key="parcels"),
        plain_layer(buildings, view, symbols.BUILDING, name="Bâtiments", key="buildings"),
        own_layer(site_geometry, symbols.SITE, name="Site retenu", key="selected"),
        own_layer(
            buildable, symbols.BUILDABLE, name="Emprise après reculs (calcul)", key="buildable"
        ),
        own_layer(road_edges, symbols.ROAD_EDGE, name="Limites sur rue", key="roads"),
        risk_layer(risks, view),
        point_layer(points, view),
    )
    return Scene(
        title=title,
        sources=sources,
        notices=notices_of(notice, rules_assumed=rules_assumed),
        view=view,
        layers=tuple(layer for layer in layers if layer.shapes or layer.texts),
        legend=_legend(_in_view(layers, view)),
    )


def _ranked(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sort best last, so that small good sites are drawn above and rows are repeatable."""
    if parcels.empty:
        msg = "A map of candidates needs at least one parcel: show a sentence instead."
        raise UsageError(msg)
    return parcels.to_crs(LEGAL_CRS).sort_values(["score", "idu"], na_position="first")


def _candidate(
    row: Mapping[str, Any],
    geometry: BaseGeometry,
    scale: symbols.ScoreScale,
    links: Mapping[str, str],
    details: Mapping[str, str],
) -> Shape:
    facts = [
        ("Parcelle", str(row["idu"])),
        ("Surface", formats.area(row["area_m2"])),
        ("Zone", str(row["zone_label"])),
        ("Score", scale.write(row["score"])),
    ]
    if "rank" in row:
        facts.append(("Rang", formats.number(row["rank"])))
    facts += [(label, str(row[column])) for column, label in details.items()]
    return Shape(
        geometry=geometry,
        symbol=scale.symbol(row["score"]),
        name=str(row["idu"]),
        facts=tuple(facts),
        link=links.get(row["idu"], ""),
        focusable=row["idu"] in links or _first_ranks(row.get("rank")),
    )


def _first_ranks(rank: Any) -> bool:
    return rank is not None and formats.number(rank) != formats.MISSING and rank <= 20


def _relative(link: str) -> str:
    if ":" in link or link.startswith(("/", "\\")):
        msg = f"Expected a relative address for a site's page: got {link!r}."
        raise UsageError(msg)
    return link


def view_of(geometries: gpd.GeoSeries, *, margin: float, least: float = 30) -> Bounds:
    """Frame some shapes, with a margin: a share of their extent, so many metres at least."""
    low_x, low_y, high_x, high_y = (float(bound) for bound in geometries.total_bounds)
    pad = max(margin * max(high_x - low_x, high_y - low_y), least)
    return (low_x - pad, low_y - pad, high_x + pad, high_y + pad)


def notices_of(notice: str, *, rules_assumed: bool) -> tuple[str, ...]:
    """List the warnings to keep in sight on a map."""
    return tuple(text for text in (notice, RULES_ASSUMED if rules_assumed else "") if text)


def _score_legend(
    shapes: Sequence[Shape], scale: symbols.ScoreScale
) -> tuple[tuple[str, tuple[Symbol, ...]], ...]:
    counts = Counter(shape.symbol.label for shape in shapes)
    classes = tuple(
        symbols.counted(symbol, counts[symbol.label], "site") for symbol in reversed(scale.symbols)
    )
    missing = symbols.MISSING_SCORE
    if counts[missing.label]:
        classes += (symbols.counted(missing, counts[missing.label], "site"),)
    return (("Score des sites", classes),)


def legend_of(
    layers: Sequence[Layer],
    view: Bounds,
    *,
    scores: tuple[tuple[str, tuple[Symbol, ...]], ...] = (),
) -> tuple[tuple[str, tuple[Symbol, ...]], ...]:
    """List the symbols that the opening view shows, the classes of `scores` among them."""
    return _legend(_in_view(layers, view), scores=scores)


def _in_view(layers: Sequence[Layer], view: Bounds) -> tuple[Layer, ...]:
    """Keep the shapes that the opening view shows: the legend lists no other."""
    window = shapely.box(*view)
    return tuple(
        replace(layer, shapes=tuple(s for s in layer.shapes if s.geometry.intersects(window)))
        for layer in layers
    )


def _legend(
    layers: Sequence[Layer], *, scores: tuple[tuple[str, tuple[Symbol, ...]], ...] = ()
) -> tuple[tuple[str, tuple[Symbol, ...]], ...]:
    """List the symbols really drawn, each once, in the order of reading."""
    site = _used(layers, lambda layer: layer.key in {"selected", "buildable", "roads"})
    context = _used(
        layers, lambda layer: layer.key == "buildings" or (layer.key == "parcels" and not scores)
    )
    return tuple(
        (heading, entries)
        for heading, entries in (
            ("Site" if not scores else "Sites retenus", site),
            *scores,
            ("Zonage du PLU", _zones_in_order(layers)),
            ("Contraintes et risques", _used(layers, lambda layer: layer.key == "risks")),
            ("Équipements", _used(layers, lambda layer: layer.key == "points")),
            ("Alentours", context),
        )
        if entries
    )


def _zones_in_order(layers: Sequence[Layer]) -> tuple[Symbol, ...]:
    order = [symbols.zone_symbol(family).label for family in palette.ZONES]
    drawn = _used(layers, lambda layer: layer.key == "zones")
    known = [symbol for symbol in drawn if symbol.label in order]
    others = sorted(set(drawn) - set(known), key=lambda symbol: symbol.label)
    return (*sorted(known, key=lambda symbol: order.index(symbol.label)), *others)


def _used(layers: Sequence[Layer], wanted: Callable[[Layer], bool]) -> tuple[Symbol, ...]:
    drawn = [shape.symbol for layer in layers if wanted(layer) for shape in layer.shapes]
    return tuple(dict.fromkeys(drawn))
