"""A map layer ready to be measured: Lambert-93, two dimensions, sound shapes, losses counted.

Coordinates are checked against the bounds of mainland France before and after reprojection, so that
a missing or wrong projection, or swapped axes, never gives plausible nonsense. A shape is repaired
only when its surface does not change; otherwise its row is dropped, with its reason and its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from habitat_analysis.contracts import is_personal
from habitat_analysis.errors import DataError, Faults
from habitat_analysis.files import printable
from habitat_analysis.formats import count, join_fr, quoted
from habitat_analysis.land.sources import Source, read_crs, read_source

LAMBERT_93: Final = "EPSG:2154"
_LAMBERT: Final = pyproj.CRS.from_epsg(2154)

Shape = Literal["surface", "point"]

# Mainland France and Corsica, with room to spare: xmin, ymin, xmax, ymax.
_DEGREES: Final = (-6.0, 41.0, 10.0, 52.0)
_METRES: Final = (0.0, 6_000_000.0, 1_400_000.0, 7_200_000.0)
_ANYWHERE: Final = (-2e7, -2e7, 2e7, 2e7)  # other projections, judged once in Lambert-93
_MOSTLY: Final = 0.5  # share of stray rows above which the file itself is at fault
_REPAIR_TOLERANCE: Final = 0.01  # of the surface
_IDS_SHOWN: Final = 5
_SURFACE_TYPES: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file turned into a table of the package, with all that was left out or assumed."""

    table: Any  # DataFrame or GeoDataFrame, canonical columns
    dropped: pd.DataFrame  # reason (French), count, ids (the first few), family
    notes: tuple[str, ...]  # French sentences
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Rows left out for one reason."""

    reason: str  # French
    ids: tuple[str, ...]
    family: Literal["géométrie", "valeur", "doublon"]


def read_layer(
    path: Path | str,
    *,
    what: str,
    shape: Shape = "surface",
    name_hint: str = "",
    declared_crs: str | None = None,
    id_columns: Sequence[str] = ("id",),
    public_columns: Sequence[str] = (),
    national: bool = False,
) -> Loaded:
    """Read a layer with its attributes as written, ready to be measured.

    Parameters
    ----------
    path
        GeoJSON (also gzipped), GeoPackage, shapefile, ZIP or folder of a delivery.
    what
        What a row is, in French singular: ``"parcelle"``.
    shape
        Geometry expected; rows of another type are faults, or losses of a national layer.
    name_hint
        Regular expression telling the layer wanted among several; defaults to `what`.
    declared_crs
        Projection declared by the planner, when the file says none or a wrong one.
    id_columns
        Lower-case names of the columns that identify a row, by preference.
    public_columns
        Columns of the publisher that look like a person's (``nom_com``) and are not: kept.
    national
        The layer covers the whole country: rows overseas or without a sure shape are dropped and
        counted; in a local layer they are faults.

    Returns
    -------
    loaded
        ``table`` is a GeoDataFrame in EPSG:2154, lower-case columns, default index.

    Raises
    ------
    DataError
        If the file cannot be read (see `read_source`), its coordinates cannot be placed in mainland
        France (``E_CRS``), a shape is absent, of another type or crosses itself, or no row is left
        (``E_LAYER``).
    """
    source = read_source(path, name_hint=name_hint or what)
    return prepare_layer(
        source,
        what=what,
        shape=shape,
        declared_crs=declared_crs,
        id_columns=id_columns,
        public_columns=public_columns,
        national=national,
    )


def prepare_layer(
    source: Source,
    *,
    what: str,
    shape: Shape = "surface",
    declared_crs: str | None = None,
    id_columns: Sequence[str] = ("id",),
    public_columns: Sequence[str] = (),
    national: bool = False,
) -> Loaded:
    """Make a source ready to be measured; arguments and refusals of `read_layer`."""
    names = _row_names(source, what, id_columns)
    _refuse_unreadable(source, names)
    losses: list[Loss] = []
    rows, private_notes = _without_persons(source.rows, public_columns)
    shapes = _single_points(source.shapes) if shape == "point" else source.shapes
    table = gpd.GeoDataFrame(rows.assign(_name=names), geometry=shapes)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    table = _keep(table, ~absent, "géométrie absente ou vide", losses)
    other = f"géométrie qui n'est pas un {_SHAPES[shape]}"
    table = _keep(table, _is_of(table, shape), other, losses)
    _refuse_losses(table, losses, source.file, national=True)
    table, place_notes = _project(table, source, declared_crs)
    table = _only_in_france(table, source.file, losses, national=national)
    table, repair_notes = _repair(table, what, losses) if shape == "surface" else (table, ())
    _refuse_losses(table, losses, source.file, national=national)
    return Loaded(
        table=table.drop(columns="_name").reset_index(drop=True),
        dropped=losses_table(losses),
        notes=(*source.notes, *private_notes, *place_notes, *repair_notes),
        file=source.file,
    )


_SHAPES: Final = {"surface": "polygone", "point": "point"}


def losses_table(losses: Iterable[Loss]) -> pd.DataFrame:
    """Turn losses into the ``dropped`` table of `Loaded`."""
    rows = [(loss.reason, len(loss.ids), _first(loss.ids), loss.family) for loss in losses]
    table = pd.DataFrame(rows, columns=["reason", "count", "ids", "family"])
    return table.astype({"count": int})


def text_column(rows: pd.DataFrame, *names: str) -> pd.Series:
    """Take the first of these columns that is there as text; "" where nothing is written.

    Examples
    --------
    >>> text_column(pd.DataFrame({"typepsc": [5.0, None]}), "typepsc", "type").tolist()
    ['5', '']
    """
    name = next((name for name in names if name and name in rows), None)
    if name is None:
        return pd.Series("", index=rows.index, dtype=str)
    return rows[name].map(_written)


def _written(value: Any) -> str:
    if not _is_text(value):
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip()


# ---------------------------------------------------------------------------- rows


def _row_names(source: Source, what: str, id_columns: Sequence[str]) -> list[str]:
    column = next((name for name in id_columns if name in source.rows), None)
    values = source.rows[column] if column else [None] * len(source.shapes)
    return [
        f"{what} {quoted(printable(str(value)))}" if _is_text(value) else f"{what} n° {rank}"
        for rank, value in enumerate(values, start=1)
    ]


def _without_persons(
    rows: pd.DataFrame, public: Sequence[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    personal = [name for name in rows.columns if name not in public and is_personal(name)]
    shown = join_fr([quoted(printable(name)) for name in personal])
    note = f"Données personnelles écartées à la lecture et non conservées : {shown}."
    return rows.drop(columns=personal), (note,) if personal else ()


def _is_text(value: Any) -> bool:
    missing = value is None or value is pd.NA or value != value
    return not missing and str(value).strip() != ""


def _first(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_IDS_SHOWN]) + (", …" if len(ids) > _IDS_SHOWN else "")


def _refuse_unreadable(source: Source, names: Sequence[str]) -> None:
    faults = Faults(source.file)
    for name, unreadable in zip(names, source.unreadable, strict=True):
        if unreadable:
            why = "géométrie illisible (contour ouvert, nombre infini ou coordonnée absente)."
            faults.add(name, why, "Corrigez-la, ou retirez l'objet.")
    faults.raise_if_any(code="E_LAYER")


def _single_points(shapes: np.ndarray) -> np.ndarray:
    """Take the point of the multipoints that hold just one, as exports often write them."""
    kinds, sizes = shapely.get_type_id(shapes), shapely.get_num_geometries(shapes)
    lone = (kinds == shapely.GeometryType.MULTIPOINT) & (sizes == 1)
    return np.where(lone, shapely.get_geometry(shapes, 0), shapes)


def _is_of(table: gpd.GeoDataFrame, shape: Shape) -> np.ndarray:
    kinds = shapely.get_type_id(table.geometry.to_numpy())
    return np.isin(kinds, _SURFACE_TYPES if shape == "surface" else (shapely.GeometryType.POINT,))


def _keep(
    table: gpd.GeoDataFrame, kept: np.ndarray, reason: str, losses: list[Loss]
) -> gpd.GeoDataFrame:
    lost = tuple(table["_name"][~kept])
    if lost:
        losses.append(Loss(reason=reason, ids=lost, family="géométrie"))
    return table.loc[kept]


def _refuse_losses(
    table: pd.DataFrame, losses: Sequence[Loss], file: str, *, national: bool
) -> None:
    """Refuse a local layer that lost any shape, and any layer with nothing left.

    A parcel or a zone without a sure shape would be missing from every map and every sum: the
    planner mends the file. A national layer loses rows far from here, which are counted instead.
    """
    if not table.empty and (national or not losses):
        return
    faults = Faults(file)
    for loss in losses:
        for name in loss.ids:
            faults.add(name, f"{loss.reason}.", "Corrigez ou retirez cet objet, puis relancez.")
    if table.empty:
        faults.add("", "aucun objet utilisable.", "Vérifiez que c'est la bonne couche.")
    faults.raise_if_any(code="E_LAYER")


# ---------------------------------------------------------------------------- projection


def _project(
    table: gpd.GeoDataFrame, source: Source, declared: str | None
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    crs = read_crs(declared, source.file) if declared else source.crs
    flat = shapely.force_2d(table.geometry.to_numpy())
    if crs is None:
        first = shapely.bounds(flat)[0]
        msg = f"{source.file} : projection non déclarée, coordonnées {_place(first)}. "
        raise DataError(msg + _likely(first, None), code="E_CRS")
    box = _DEGREES if crs.is_geographic else _METRES if _same(crs, _LAMBERT) else _ANYWHERE
    _refuse_if_mostly_outside(shapely.bounds(flat), crs, box, source.file)
    shapes = _to_lambert(gpd.GeoSeries(flat, index=table.index, crs=crs), source.file)
    _refuse_if_mostly_outside(shapes.bounds.to_numpy(), _LAMBERT, _METRES, source.file)
    notes = [f"Coordonnées converties de {_short(crs)} en Lambert-93 avant toute mesure."]
    if _same(crs, _LAMBERT):
        notes = []
    if declared and source.labelled and source.crs and not _same(crs, source.crs):
        notes.append(
            f"La projection déclarée ({declared}) remplace celle du fichier ({_short(source.crs)})."
        )
    return table.set_geometry(shapes), tuple(notes)


def _to_lambert(shapes: gpd.GeoSeries, file: str) -> gpd.GeoSeries:
    try:
        return shapes.to_crs(LAMBERT_93)
    except pyproj.exceptions.ProjError:
        msg = (
            f"{file} : la projection annoncée par le fichier ({_short(shapes.crs)}) n'est pas "
            "utilisable. Déclarez la bonne (par exemple EPSG:2154) puis relancez."
        )
        raise DataError(msg, code="E_CRS") from None


def _same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    return bool(one == other or (one.to_epsg() is not None and one.to_epsg() == other.to_epsg()))


def _short(crs: pyproj.CRS) -> str:
    epsg = crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else str(crs.name)


def _refuse_if_mostly_outside(
    bounds: np.ndarray, crs: pyproj.CRS, box: tuple[float, float, float, float], file: str
) -> None:
    """Refuse a file whose coordinates are not in France, saying what they look like."""
    outside = ~_within(bounds, box)
    if outside.mean() <= _MOSTLY:
        return
    system = "du WGS84" if crs.is_geographic else "du Lambert-93"
    sample = bounds[outside][0]
    msg = f"{file} : coordonnées hors des bornes {system} {_place(sample)}. {_likely(sample, crs)}"
    raise DataError(msg, code="E_CRS")


def _only_in_france(
    table: gpd.GeoDataFrame, file: str, losses: list[Loss], *, national: bool
) -> gpd.GeoDataFrame:
    """Drop the overseas rows of a national layer; refuse the stray rows of a local one."""
    bounds = table.geometry.bounds.to_numpy()
    inside = _within(bounds, _METRES)
    if national or inside.all():
        return _keep(table, inside, "hors de France métropolitaine", losses)
    faults = Faults(file)
    for name, place in zip(table["_name"][~inside], bounds[~inside], strict=True):
        why = f"coordonnées hors de France métropolitaine {_place(place)} en Lambert-93."
        faults.add(name, why, "Corrigez-les, ou retirez l'objet.")
    faults.raise_if_any(code="E_CRS")
    return table


def _likely(place: np.ndarray, crs: pyproj.CRS | None) -> str:
    here = place[None, :]
    swapped = place[[1, 0, 3, 2]][None, :]
    declare = "Déclarez la projection du fichier (EPSG:{}) puis relancez."
    if _within(here, _METRES)[0]:
        return f"Elles ressemblent à du Lambert-93. {declare.format(2154)}"
    if _within(here, _DEGREES)[0]:
        return f"Elles ressemblent à des degrés. {declare.format(4326)}"
    if _within(swapped, _DEGREES)[0]:
        return "Longitude et latitude semblent inversées. Échangez-les : la longitude d'abord."
    if _within(swapped, _METRES)[0]:
        return "Les deux axes semblent inversés. Échangez-les : l'abscisse (est) d'abord."
    if crs is None:
        return "Indiquez le code EPSG de sa projection, demandé au fournisseur, puis relancez."
    return "Seule la France métropolitaine est prise en charge. Vérifiez les coordonnées."


def _within(bounds: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        inside = (
            (bounds[:, 0] >= box[0])
            & (bounds[:, 1] >= box[1])
            & (bounds[:, 2] <= box[2])
            & (bounds[:, 3] <= box[3])
        )
    return np.asarray(inside & np.isfinite(bounds).all(axis=1))


def _place(bounds: np.ndarray) -> str:
    return f"({_figure(bounds[0])} ; {_figure(bounds[1])})"


def _figure(value: float) -> str:
    if not np.isfinite(value):
        return "infini"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4f}".replace(".", ",")


# ---------------------------------------------------------------------------- shapes


def _repair(
    table: gpd.GeoDataFrame, what: str, losses: list[Loss]
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    shapes = table.geometry.to_numpy()
    faulty = ~shapely.is_valid(shapes)
    if not faulty.any():
        return table, ()
    before = shapes[faulty]
    after = np.array([_polygonal(shape) for shape in shapely.make_valid(before)], dtype=object)
    gap = np.abs(shapely.area(after) - shapely.area(before))
    sound = (gap <= _REPAIR_TOLERANCE * shapely.area(before)) & (shapely.area(after) > 0)
    repaired = shapes.copy()
    repaired[faulty] = after
    kept = ~faulty
    kept[faulty] = sound
    mended = tuple(table["_name"][faulty & kept])
    table = table.set_geometry(gpd.GeoSeries(repaired, index=table.index, crs=table.crs))
    table = _keep(table, kept, "contour qui se croise, surface incertaine", losses)
    if not mended:
        return table, ()
    note = (
        f"{count(len(mended), f'{what} au contour réparé', f'{what}s au contour réparé')} "
        f"(make_valid, surface inchangée à 1 % près) : {_first(mended)}."
    )
    return table, (note,)


def _polygonal(shape: Any) -> Any:
    """Keep the polygons of a repaired shape; an empty one if there are none."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
