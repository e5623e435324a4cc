"""Open a planner's map layer safely: a known format, its first bytes checked, its size bounded.

GeoJSON (also gzipped) is read by this package alone; GeoPackage and shapefile (in a folder or a
ZIP) by GDAL, once their content is known to be what the suffix says. Nothing virtual or remote is
ever opened. Attributes come back as written, under lower-case names.
"""

from __future__ import annotations

import json
import re
import sqlite3
import struct
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from habitat_analysis.errors import DataError
from habitat_analysis.files import (
    check_file,
    decode_text,
    describe_content,
    extract_zip,
    parse_json,
    printable,
    read_unpacked,
)
from habitat_analysis.formats import join_fr, quoted

WGS_84: Final = pyproj.CRS.from_epsg(4326)

_SUFFIXES: Final = ".geojson, .json (ou .gz), .gpkg, .shp, .zip"
_SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_AUTHORITY: Final = re.compile(
    r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"(?P<authority>EPSG|OGC|IGNF|ESRI)[:/]+(?:[\d.]*[:/]+)?(?P<code>\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A layer as it stands in its file, before any check of its coordinates."""

    rows: pd.DataFrame  # attributes, lower-case names, default index
    shapes: np.ndarray  # shapely geometries, None where there is none
    unreadable: np.ndarray  # True where a geometry is written but cannot be read
    crs: pyproj.CRS | None  # None: not said by the file
    labelled: bool  # False: the projection is the format's default
    notes: tuple[str, ...]
    file: str


def read_source(path: Path | str, *, name_hint: str) -> Source:
    """Read a layer from a file, or from the folder of a delivery.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, shapefile, ZIP of a shapefile, or a folder holding one.
    name_hint
        Regular expression that tells the layer wanted among several (file or layer names).

    Raises
    ------
    DataError
        If the file is not what its suffix says, is truncated, virtual, remote, empty or ambiguous
        (``E_FILE``, ``E_JSON``, ``E_ARCHIVE``, ``E_LAYER``, ``E_CRS``).
    """
    if "://" not in str(path) and not str(path).startswith("/vsi") and Path(path).is_dir():
        path = _only_one(_layers_under(Path(path)), name_hint, Path(path).name)
    path = check_file(path)
    name = path.name.lower()
    if name.endswith((".geojson", ".json", ".geojson.gz", ".json.gz")):
        return _read_geojson(path)
    if name.endswith(".gpkg"):
        return _read_geopackage(path, name_hint)
    if name.endswith(".shp"):
        return _read_shapefile(path)
    if name.endswith(".zip"):
        return _read_zip(path, name_hint)
    found = describe_content(_head(path))
    what = f"le contenu est {found}" if found else f"format {quoted(path.suffix or 'sans suffixe')}"
    raise _refusal(path.name, f"{what}, non pris en charge.", f"Formats acceptés : {_SUFFIXES}.")


def read_crs(text: str, file: str) -> pyproj.CRS:
    """Read the name of a projection: ``EPSG:2154``, ``urn:ogc:def:crs:OGC:1.3:CRS84``...

    Raises
    ------
    DataError
        If no such projection is known (``E_CRS``).

    Examples
    --------
    >>> read_crs("EPSG:2154", "x").name
    'RGF93 v1 / Lambert-93'
    """
    match = _AUTHORITY.fullmatch(text.strip())
    with suppress(pyproj.exceptions.CRSError):
        if match:
            crs = pyproj.CRS.from_authority(match["authority"].upper(), match["code"])
            if crs.is_projected or crs.is_geographic:
                return crs
    msg = (
        f"{file} : projection inconnue {quoted(printable(text))}. "
        "Indiquez un code EPSG existant, par exemple EPSG:2154 (Lambert-93) ou EPSG:4326."
    )
    raise DataError(msg, code="E_CRS")


def lower_names(columns: Iterable[object], file: str) -> list[str]:
    """Put column names in lower case; two that become one are refused (``E_LAYER``)."""
    names = [str(column).strip().lower() for column in columns]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        why = f"colonne {quoted(printable(twice[0]))} présente deux fois (majuscules à part)."
        raise _refusal(file, why, "Gardez-en une seule.")
    return names


def _refusal(file: str, why: str, remedy: str, code: str = "E_LAYER") -> DataError:
    return DataError(f"{file} : {why} {remedy}", code=code)


def _only_one(candidates: list[Path], hint: str, where: str) -> Path:
    wanted = [p for p in candidates if re.search(hint, p.stem, re.IGNORECASE)]
    if len(wanted) == 1:
        return wanted[0]
    if len(candidates) == 1 and not wanted:
        return candidates[0]
    shown = join_fr([quoted(printable(p.name)) for p in (wanted or candidates)[:8]])
    if not candidates:
        why = "aucune couche géographique trouvée."
    elif not wanted:
        why = f"aucune couche du nom attendu ({hint}) parmi {shown}."
    else:
        why = f"plusieurs couches possibles : {shown}."
    raise _refusal(where, why, "Indiquez le fichier lui-même.")


def _layers_under(folder: Path) -> list[Path]:
    suffixes = (".shp", ".gpkg", ".geojson")
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in suffixes and p.is_file())


# ---------------------------------------------------------------------------- GeoJSON


def _read_geojson(path: Path) -> Source:
    text = decode_text(read_unpacked(path), path.name)
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        page = "<html" in start or "<!doctype" in start
        what = (
            "une page web : le téléchargement a échoué" if page else "du XML ou un fichier virtuel"
        )
        raise _refusal(path.name, f"le contenu est {what}.", "Téléchargez la couche en GeoJSON.")
    if not start.startswith(("{", "[")):
        raise _refusal(path.name, "le contenu n'est pas du GeoJSON.", "Exportez-la en GeoJSON.")
    document = parse_json(text, path.name)
    features = _features(document, path.name)
    crs_name = _crs_name(document, path.name)
    rows = pd.DataFrame([_attributes(feature) for feature in features], dtype=object)
    rows.columns = pd.Index(lower_names(rows.columns, path.name))
    written = [feature.get("geometry") for feature in features]
    texts = [None if shape is None else json.dumps(shape) for shape in written]
    with np.errstate(all="ignore"):
        shapes = shapely.from_geojson(texts, on_invalid="ignore")
    present = np.array([shape is not None for shape in written], dtype=bool)
    return Source(
        rows=rows,
        shapes=shapes,
        unreadable=present & shapely.is_missing(shapes),
        crs=read_crs(crs_name, path.name) if crs_name else WGS_84,
        labelled=bool(crs_name),
        notes=(),
        file=path.name,
    )


def _features(document: Any, file: str) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if isinstance(document, dict) else None
    if kind != "FeatureCollection" or not isinstance(features, list):
        found = f" (type lu : {quoted(printable(str(kind)))})" if kind else ""
        why = f"ce n'est pas une collection d'objets GeoJSON{found}."
        raise _refusal(file, why, "Exportez la couche en GeoJSON.")
    for rank, feature in enumerate(features, start=1):
        sound = (
            isinstance(feature, dict)
            and isinstance(feature.get("properties") or {}, dict)
            and isinstance(feature.get("geometry") or {}, dict)
        )
        if not sound:
            raise _refusal(file, f"l'objet n° {rank} est mal formé.", "Exportez-la de nouveau.")
    if not features:
        raise _refusal(file, "aucun objet dans la couche.", "Vérifiez l'export ou le périmètre.")
    return features


def _attributes(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties") or {}
    if "id" in feature and not any(key.lower() == "id" for key in properties):
        return {"id": feature["id"], **properties}
    return properties


def _crs_name(document: dict[str, Any], file: str) -> str:
    member = document.get("crs")
    if member is None:
        return ""
    properties = member.get("properties") if isinstance(member, dict) else None
    if isinstance(properties, dict) and isinstance(properties.get("name"), str):
        return str(properties["name"])
    why = "la mention « crs » de l'en-tête n'est pas lisible."
    raise _refusal(file, why, "Exportez la couche en EPSG:4326 ou en EPSG:2154.", "E_CRS")


# ---------------------------------------------------------------------------- GeoPackage


def _read_geopackage(path: Path, hint: str) -> Source:
    _expect_start(path, b"SQLite format 3\x00", "un GeoPackage")
    layers = _geopackage_layers(path)
    chosen = _only_one([Path(name) for name in layers], hint, path.name).name
    return _read_gdal(path, layer=chosen)


def _geopackage_layers(path: Path) -> list[str]:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            tables = dict(base.execute("select name, sql from sqlite_master where type = 'table'"))
            if "gpkg_contents" not in tables:
                raise _refusal(path.name, "cette base n'est pas un GeoPackage.", "Réexportez-la.")
            rows = base.execute(
                "select table_name from gpkg_contents where data_type = 'features'"
            ).fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        raise _damaged(path) from None
    real = [str(row[0]) for row in rows if not _is_virtual(tables.get(str(row[0])))]
    if not real:
        raise _refusal(path.name, "aucune couche géographique ordinaire.", "Réexportez la couche.")
    return real


def _is_virtual(sql: str | None) -> bool:
    return sql is None or bool(re.match(r"\s*create\s+virtual", sql, re.IGNORECASE))


# ---------------------------------------------------------------------------- shapefile


def _read_zip(path: Path, hint: str) -> Source:
    _expect_start(path, b"PK", "une archive ZIP")
    with tempfile.TemporaryDirectory(prefix="habitat-") as folder:
        parts = extract_zip(path, Path(folder), suffixes=(*_SHAPEFILE_PARTS, ".geojson", ".gpkg"))
        layers = [p for p in parts if p.suffix.lower() in {".shp", ".geojson", ".gpkg"}]
        source = read_source(_only_one(sorted(layers), hint, path.name), name_hint=hint)
        return replace(source, file=path.name)


def _read_shapefile(path: Path) -> Source:
    _expect_start(path, b"\x00\x00\x27\x0a", "un shapefile")
    parts = {
        p.suffix.lower(): p for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower()
    }
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        why = f"il manque {join_fr([quoted(path.stem + suffix) for suffix in missing])}."
        raise _refusal(path.name, why, "Placez tous les fichiers de la livraison côte à côte.")
    _check_lengths(path, parts[".shx"], parts[".dbf"])
    if ".prj" in parts and not _is_utf_8(parts[".prj"]):
        why = "projection illisible (fichier .prj)."
        raise _refusal(path.name, why, "Réexportez la couche, ou retirez ce fichier.", "E_CRS")
    if ".cpg" in parts:
        return _read_gdal(path)
    utf_8 = _looks_utf_8(parts[".dbf"].read_bytes())
    source = _read_gdal(path, encoding="UTF-8" if utf_8 else "ISO-8859-1")
    note = (
        f"Codage des textes non déclaré (.cpg absent) : lus en {'UTF-8' if utf_8 else 'latin-1'}."
    )
    return replace(source, notes=(note, *source.notes))


def _check_lengths(shp: Path, shx: Path, dbf: Path) -> None:
    """Compare sizes with what the headers announce: a cut download shows here."""
    with shp.open("rb") as shapes, dbf.open("rb") as table:
        shape_head, table_head = shapes.read(100), table.read(32)
    if len(shape_head) < 100 or len(table_head) < 32:
        raise _damaged(shp)
    announced = 2 * struct.unpack(">i", shape_head[24:28])[0]
    n_rows, head_size, row_size = struct.unpack("<IHH", table_head[4:12])
    n_shapes = (shx.stat().st_size - 100) // 8
    cut = (
        shp.stat().st_size < announced
        or dbf.stat().st_size < head_size + n_rows * row_size
        or n_shapes != n_rows
    )
    if cut:
        raise _damaged(shp)


def _is_utf_8(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_utf_8(table: bytes) -> bool:
    """Tell whether the accents of a dBase table are UTF-8; a text cut at its width is forgiven."""
    body = table[struct.unpack("<H", table[8:10])[0] :]
    good = len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", body))
    rest = re.sub(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", b"", body)
    bad = sum(byte >= 0x80 for byte in rest)
    return bad <= good // 20


# ---------------------------------------------------------------------------- GDAL


def _read_gdal(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Source:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks on odd files
            frame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding)
    except (UnicodeDecodeError, LookupError):
        why = "textes illisibles dans le codage annoncé (fichier .cpg)."
        raise _refusal(path.name, why, "Corrigez ce codage, ou réexportez en UTF-8.") from None
    except (RuntimeError, ValueError, shapely.errors.GEOSException):
        raise _damaged(path) from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _refusal(path.name, "la couche n'a pas de géométrie.", "Choisissez une autre couche.")
    if frame.empty:
        raise _refusal(path.name, "aucun objet dans la couche.", "Vérifiez l'export.")
    rows = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    rows.columns = pd.Index(lower_names(rows.columns, path.name))
    return Source(
        rows=rows,
        shapes=frame.geometry.to_numpy(),
        unreadable=np.zeros(len(frame), dtype=bool),
        crs=_real_crs(frame.crs),
        labelled=_real_crs(frame.crs) is not None,
        notes=(),
        file=path.name,
    )


def _real_crs(crs: pyproj.CRS | None) -> pyproj.CRS | None:
    """Return the projection, or None for the "undefined" ones of GeoPackage."""
    return crs if crs is not None and (crs.is_projected or crs.is_geographic) else None


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(64)


def _expect_start(path: Path, start: bytes, what: str) -> None:
    head = _head(path)
    if not head.startswith(start):
        found = describe_content(head)
        why = f"le suffixe annonce {what}, le contenu est {found or 'autre chose'}."
        raise _refusal(path.name, why, "Vérifiez le fichier ou téléchargez-le de nouveau.")


def _damaged(path: Path) -> DataError:
    why = "fichier tronqué, abîmé ou illisible."
    return _refusal(path.name, why, "Téléchargez-le ou exportez-le de nouveau.", "E_FILE")
