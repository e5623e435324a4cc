"""A site: one parcel, or several adjoining ones the planner assembles.

Roads, rivers and railways are not parcelled in the French cadastre. A stretch of the outer limit of
a site that stays away from every other parcel is therefore taken as a road edge: this assumption is
printed with the site, because the same stretch may be a river bank or the limit of the commune.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from habitat_analysis.errors import DataError
from habitat_analysis.formats import area, count, metres, percent, quoted, typeset

SNAP_M: Final = 0.10  # gaps of the plan closed between adjoining parcels
OVERLAP_MAX_M2: Final = 1.0  # parcels may overlap by this much, as drawn
TOUCH_M: Final = 0.5  # a limit nearer than this to another parcel is a separative
ROAD_MIN_M: Final = 1.0  # shorter stretches without a neighbour are gaps of the plan
CONTACT_M: Final = 0.5  # parcels that adjoin along less than this do not make one site
AREA_GAP_SHARE: Final = 0.05  # plan and register further apart than this: said

SLUG: Final = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One or several adjoining parcels, as one piece of land."""

    idus: tuple[str, ...]  # sorted, so that a site has one name whatever the order typed
    name: str  # [a-z0-9-]{1,60}, names its folder in the reports
    geometry: Polygon  # EPSG:2154
    road_edges: MultiLineString  # EPSG:2154, empty when the site is landlocked
    area_m2: float  # measured on the plan
    contenance_m2: float | None  # of the cadastral register, None when one is unknown
    notes: tuple[str, ...]  # French sentences to print with the site

    @property
    def landlocked(self) -> bool:
        """Tell whether no limit of the site is taken as a road edge (« enclavé »)."""
        return bool(self.road_edges.is_empty)


def assemble(parcels: gpd.GeoDataFrame, idus: Sequence[str]) -> Site:
    """Assemble adjoining parcels into one site.

    Parameters
    ----------
    parcels
        All parcels of the commune: ``idu``, ``contenance_m2``, geometry in EPSG:2154. Those around
        the site tell which of its limits are road edges.
    idus
        Parcels of the site, in any order.

    Returns
    -------
    site
        One polygon, its road edges, and the notes to print with it.

    Raises
    ------
    DataError
        ``E_NO_PARCEL`` for no or an unknown parcel, ``E_OVERLAP`` when two of them overlap by more
        than 1 m², ``E_NOT_CONTIGUOUS`` for several pieces, ``E_EMPTY_GEOMETRY``,
        ``E_INVALID_GEOMETRY``.

    References
    ----------
    ``docs/model.md`` 1.1, assembly.
    """
    return assemble_at(parcels, _positions(parcels["idu"], idus))


def assemble_at(parcels: gpd.GeoDataFrame, positions: Sequence[int] | NDArray[np.intp]) -> Site:
    """Assemble the parcels found at these row positions: see `assemble`."""
    rows = parcels.iloc[np.asarray(positions, dtype=np.intp)].sort_values("idu")
    idus = tuple(str(idu) for idu in rows["idu"])
    geometry = unite(list(rows.geometry), names=idus)
    near = parcels.sindex.query(geometry, predicate="dwithin", distance=TOUCH_M)
    others = parcels.geometry.to_numpy()[np.setdiff1d(near, positions)]
    road = find_road_edges(geometry, others)
    contenance = _total_contenance(rows)
    return Site(
        idus=idus,
        name=site_name(idus),
        geometry=geometry,
        road_edges=road,
        area_m2=float(geometry.area),
        contenance_m2=contenance,
        notes=_notes(len(idus), geometry, road, contenance),
    )


def site_name(idus: Sequence[str]) -> str:
    """Name a site for folders and links: its IDU, or the first and a short hash.

    Examples
    --------
    >>> site_name(["33234000AB0012"])
    '33234000ab0012'
    >>> site_name(["33234000AB0013", "33234000AB0012"])
    '33234000ab0012-9fb74c56'
    """
    ordered = sorted(idus)
    first = ordered[0].lower()
    if len(ordered) == 1 and SLUG.fullmatch(first):
        return first
    digest = hashlib.sha256("+".join(ordered).encode("utf-8", "replace")).hexdigest()[:8]
    stem = re.sub(r"[^a-z0-9]+", "-", first)[:40].strip("-")
    return f"{stem}-{digest}" if stem else digest


def unite(shapes: Sequence[BaseGeometry], *, names: Sequence[str] = ()) -> Polygon:
    """Unite the shapes of adjoining parcels, closing gaps up to `SNAP_M` (grow, then shrink).

    Parameters
    ----------
    shapes
        Polygons in a projected system in metres.
    names
        What to call them in the messages; their rank when left out.

    Raises
    ------
    DataError
        As `assemble`.
    """
    called = list(names) or [f"n° {rank}" for rank in range(1, len(shapes) + 1)]
    if not shapes:
        msg = "Aucune parcelle n'est donnée pour ce site. Indiquez au moins un identifiant (IDU)."
        raise DataError(typeset(msg), code="E_NO_PARCEL")
    _check_shapes(shapes, called)
    if len(shapes) > 1:
        _check_overlaps(shapes, called)
    union = shapes[0] if len(shapes) == 1 else _close_gaps(shapely.union_all(list(shapes)))
    pieces = [piece for piece in shapely.get_parts(union) if piece.area > 0]
    if len(pieces) != 1 or (len(shapes) > 1 and not _hold_together(shapes)):
        shown = ", ".join(quoted(name) for name in called[:6])
        msg = (
            f"Parcelles {shown} : elles ne forment pas un seul terrain d'un tenant. "
            "Retirez celle qui est à part, ou étudiez-les comme plusieurs sites."
        )
        raise DataError(typeset(msg), code="E_NOT_CONTIGUOUS")
    return pieces[0]


def find_road_edges(
    geometry: BaseGeometry, neighbours: Sequence[BaseGeometry] | NDArray[np.object_]
) -> MultiLineString:
    """Find the stretches of the outer limit that stay away from every neighbouring parcel.

    Parameters
    ----------
    geometry
        The site. Its inner rings are never road edges.
    neighbours
        Other parcels, at least all those within `TOUCH_M` of the site.

    Returns
    -------
    road_edges
        Stretches of `ROAD_MIN_M` at least, up to the corners they share with a neighbour.
    """
    outline = shapely.union_all(shapely.get_exterior_ring(shapely.get_parts(geometry)))
    if not len(neighbours):
        return _lines(outline)
    around = shapely.box(*shapely.buffer(geometry.envelope, 2 * TOUCH_M).bounds)
    others = shapely.union_all(shapely.clip_by_rect(np.asarray(neighbours), *around.bounds))
    away = shapely.line_merge(outline.difference(others.buffer(TOUCH_M)))
    stretches = [line for line in shapely.get_parts(away) if line.length >= ROAD_MIN_M]
    reach = shapely.union_all(stretches).buffer(TOUCH_M - 1e-6)
    return _lines(outline.intersection(reach))


def _lines(geometry: BaseGeometry) -> MultiLineString:
    """Keep the lines of a geometry, as one MultiLineString."""
    parts = shapely.get_parts(geometry)
    lines = [part for part in parts if part.geom_type in {"LineString", "LinearRing"}]
    merged = shapely.line_merge(shapely.union_all(lines))
    return MultiLineString(list(shapely.get_parts(merged)))


def _positions(known: pd.Series, idus: Sequence[str]) -> NDArray[np.intp]:
    """Find the row of each parcel, or say which ones are unknown or repeated."""
    wanted = [str(idu) for idu in idus]
    twice = sorted({idu for idu in wanted if wanted.count(idu) > 1})
    if twice:
        msg = f"Parcelle {quoted(twice[0][:40])} : elle est citée deux fois dans le même site."
        raise DataError(typeset(msg), code="E_OVERLAP")
    rows = {str(idu): row for row, idu in enumerate(known) if idu in set(wanted)}
    unknown = [idu for idu in wanted if idu not in rows]
    if unknown or not wanted:
        faults = [_unknown(idu, known) for idu in unknown]
        raise DataError(faults or "Aucune parcelle n'est donnée pour ce site.", code="E_NO_PARCEL")
    return np.array([rows[idu] for idu in wanted], dtype=np.intp)


def _unknown(idu: str, known: pd.Series) -> str:
    """Say that a parcel is unknown, with the nearest one of the commune."""
    close = difflib.get_close_matches(idu[:40], [str(other) for other in known], n=1, cutoff=0.8)
    remedy = (
        f"Vouliez-vous {quoted(close[0])} ?"
        if close
        else "Un identifiant (IDU) compte 14 caractères, par exemple 99012000AB0012."
    )
    return typeset(
        f"Parcelle {quoted(idu[:40])} : elle n'est pas dans le fichier des parcelles. {remedy}"
    )


def _check_shapes(shapes: Sequence[BaseGeometry], names: Sequence[str]) -> None:
    empty = [n for shape, n in zip(shapes, names, strict=True) if _is_empty(shape)]
    if empty:
        faults = [f"Parcelle {quoted(name)} : son contour est vide." for name in empty]
        raise DataError([typeset(fault) for fault in faults], code="E_EMPTY_GEOMETRY")
    wrong = [name for shape, name in zip(shapes, names, strict=True) if not shape.is_valid]
    if wrong:
        faults = [
            f"Parcelle {quoted(name)} : son contour n'est pas valide (il se recoupe lui-même). "
            "Corrigez le plan ou choisissez une autre parcelle."
            for name in wrong
        ]
        raise DataError([typeset(fault) for fault in faults], code="E_INVALID_GEOMETRY")


def _is_empty(shape: BaseGeometry | None) -> bool:
    """Tell whether a shape covers nothing; a crossed contour is invalid, not empty."""
    return shape is None or shape.is_empty or shape.convex_hull.area == 0


def _check_overlaps(shapes: Sequence[BaseGeometry], names: Sequence[str]) -> None:
    drawn = np.asarray(shapes)
    first, second = shapely.STRtree(drawn).query(drawn, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(drawn[first], drawn[second]))
    faults = [
        typeset(
            f"Parcelles {quoted(names[one])} et {quoted(names[two])} : elles se recouvrent sur "
            f"{area(m2, 1)}. Retirez l'une des deux ou corrigez le plan."
        )
        for one, two, m2 in zip(first, second, shared, strict=True)
        if m2 > OVERLAP_MAX_M2
    ]
    if faults:
        raise DataError(faults, code="E_OVERLAP")


def _close_gaps(union: BaseGeometry) -> BaseGeometry:
    grown = shapely.buffer(union, SNAP_M, join_style="mitre")
    return shapely.buffer(grown, -SNAP_M, join_style="mitre")


def _hold_together(shapes: Sequence[BaseGeometry]) -> bool:
    """Tell whether the parcels adjoin one another along `CONTACT_M` at least, not by a corner.

    Two parcels grown by `SNAP_M` share a band twice as wide along their common limit.
    """
    grown = shapely.buffer(np.asarray(shapes), SNAP_M, join_style="mitre")
    first, second = shapely.STRtree(grown).query(grown, predicate="intersects")
    shared = shapely.area(shapely.intersection(grown[first], grown[second]))
    adjoin = shared >= 2 * SNAP_M * CONTACT_M
    pairs = (first[adjoin], second[adjoin])
    links = coo_array((np.ones(adjoin.sum()), pairs), shape=(len(grown), len(grown)))
    return bool(connected_components(links, directed=False)[0] == 1)


def _total_contenance(rows: gpd.GeoDataFrame) -> float | None:
    if "contenance_m2" not in rows or rows["contenance_m2"].isna().any():
        return None
    return float(rows["contenance_m2"].sum())


def _notes(
    n_parcels: int, geometry: Polygon, road: MultiLineString, contenance: float | None
) -> tuple[str, ...]:
    """Say how the site was measured and which of its limits were taken as road edges."""
    notes = []
    if n_parcels > 1:
        notes.append(
            f"Site de {count(n_parcels, 'parcelle')} réunies ; les jours du plan jusqu'à "
            f"{metres(SNAP_M, 2)} sont fermés."
        )
    notes += _area_notes(float(geometry.area), contenance)
    if road.is_empty:
        notes.append(
            "Site enclavé : toutes ses limites touchent d'autres parcelles, dont peut-être une "
            "voie privée cadastrée. Elles sont traitées comme limites séparatives ; l'accès est "
            "à vérifier."
        )
    else:
        notes.append(
            f"{metres(road.length)} de limites à plus de {metres(TOUCH_M, 2)} de toute autre "
            "parcelle sont supposés longer une voie. Le cadastre ne distingue pas une voie d'un "
            "cours d'eau, d'une voie ferrée ou de la limite de la commune : à vérifier."
        )
    return tuple(typeset(note) for note in notes)


def _area_notes(area_m2: float, contenance: float | None) -> list[str]:
    if contenance is None:
        return [f"Contenance non fournie : la surface est mesurée sur le plan ({area(area_m2)})."]
    gap = abs(area_m2 - contenance) / contenance if contenance > 0 else 1.0
    if gap <= AREA_GAP_SHARE:
        return []
    note = (
        f"La surface du plan ({area(area_m2)}) et la contenance du cadastre ({area(contenance)}) "
        f"s'écartent de {percent(gap, 0)} : la surface du plan est retenue."
    )
    return [note]
