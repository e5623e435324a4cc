"""Bad files of every kind of layer: each is answered once, in French, and nothing is written."""

import gzip
import json
import os
import re
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.errors import DataError
from habitat_analysis.land.brownfields import load_brownfields
from habitat_analysis.land.buildings import load_buildings
from habitat_analysis.land.context import load_points, load_risks
from habitat_analysis.land.parcels import load_parcels
from habitat_analysis.land.sales import load_sales
from habitat_analysis.land.zoning import load_zoning
from tests.layers import EAST, LAMBERT, NORTH, box, collection, feature, idu, in_degrees
from tests.test_sales import HEADER, row

LOADERS: dict[str, Callable[[Path], Any]] = {
    "parcelles": load_parcels,
    "zonage": load_zoning,
    "batiments": load_buildings,
    "ventes": load_sales,
    "points": load_points,
    "risques": load_risks,
    "friches": load_brownfields,
}
JARGON = re.compile(r"Error|Traceback|\b(None|nan|invalid|pandas|GDAL)\b")
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
SWAPPED = shapely.transform(in_degrees(box(0, 0)), lambda x, y: (y, x), interleaved=False)
BOW_TIE = shapely.Polygon(
    [(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]
)
LINE = shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])
POINT = shapely.Point(EAST, NORTH)


def layer(*shapes: Any, crs: Any = LAMBERT, **properties: Any) -> bytes:
    """GeoJSON of these shapes; properties that hold lists are spread over the rows."""
    properties = {"id": [idu(n) for n in range(1, len(shapes) + 1)], **properties}
    rows = [
        feature(shape, **{k: v[n] if isinstance(v, list) else v for k, v in properties.items()})
        for n, shape in enumerate(shapes)
    ]
    members = {"crs": crs} if crs else {}
    return json.dumps(collection(rows, **members)).encode()


def table(*rows: dict[str, str], drop: str = "", header: list[str] = HEADER) -> bytes:
    kept = [name for name in header if name != drop]
    lines = [",".join(kept), *(",".join(one[name] for name in kept) for one in rows)]
    return ("\n".join(lines) + "\n").encode()


def raw(text: str) -> bytes:
    return text.encode()


GOOD = layer(box(0, 0), box(20, 0))
SALE = row("2023-1")

# name of the case: (kind of layer, name of the file, content, words of the answer)
CASES: dict[str, tuple[str, str, bytes, str]] = {
    # any file
    "empty": ("parcelles", "a.geojson", b"", "fichier vide"),
    "blank": ("parcelles", "a.geojson", b" \n\n", "fichier vide"),
    "truncated": ("parcelles", "a.geojson", GOOD[:-50], "tronqué"),
    "latin-1": ("parcelles", "a.geojson", '{"é": 1}'.encode("latin-1"), "UTF-8"),
    "utf-16": ("parcelles", "a.geojson", GOOD.decode().encode("utf-16"), "UTF-16"),
    "nul": ("parcelles", "a.geojson", b'{"type"\x00: 1}', "caractère nul"),
    "pdf as geojson": ("zonage", "a.geojson", b"%PDF-1.7 ...", "un PDF"),
    "xlsx as csv": ("ventes", "a.csv", b"PK\x03\x04...", "classeur"),
    "png as gpkg": ("zonage", "a.gpkg", b"\x89PNG....", "image PNG"),
    "parquet as geojson": ("parcelles", "a.geojson", b"PAR1....", "Parquet"),
    "geojson as gpkg": ("parcelles", "a.gpkg", GOOD, "annonce un GeoPackage"),
    "geojson as shp": ("parcelles", "a.shp", GOOD, "annonce un shapefile"),
    "geojson as zip": ("parcelles", "a.zip", GOOD, "annonce une archive"),
    "gzip without suffix": ("parcelles", "a.json", gzip.compress(GOOD), "sans le suffixe"),
    "suffix without gzip": ("parcelles", "a.json.gz", GOOD, "sans l'être"),
    "cut gzip": ("parcelles", "a.json.gz", gzip.compress(GOOD)[:-9], "tronquée"),
    "gzip bomb": ("parcelles", "a.json.gz", gzip.compress(b"[" * 40_000_000), "démesuré"),
    "unknown suffix": ("parcelles", "a.kml", b"<kml/>", "Formats acceptés"),
    "no suffix": ("parcelles", "parcelles", GOOD, "Formats acceptés"),
    # virtual files
    "vrt as geojson": ("parcelles", "a.geojson", raw(VRT), "fichier virtuel"),
    "vrt as gpkg": ("zonage", "a.gpkg", raw(VRT), "autre chose"),
    "vrt as shp": ("zonage", "a.shp", raw(VRT), "autre chose"),
    "vrt": ("parcelles", "a.vrt", raw(VRT), "Formats acceptés"),
    "vrt as csv of points": ("points", "a.csv", raw(VRT), "aucune ligne"),
    "gdal pipeline as json": (
        "parcelles",
        "a.json",
        raw('{"type": "gdal_streamed_alg", "command_line": "gdal vector read /etc/passwd"}'),
        "collection d'objets",
    ),
    "web page": ("parcelles", "a.geojson", raw("<!DOCTYPE html><html>404"), "page web"),
    # JSON
    "json text": ("parcelles", "a.json", raw("bonjour"), "pas du GeoJSON"),
    "json list": ("parcelles", "a.json", raw("[1, 2]"), "collection d'objets"),
    "json comma": ("parcelles", "a.json", GOOD[:-1] + b",}", "JSON mal formé"),
    "json nan": ("parcelles", "a.json", GOOD.replace(b"[[[", b"[[[NaN, ", 1), "NaN"),
    "json twice": ("parcelles", "a.json", raw('{"type": "a", "type": "b"}'), "deux fois"),
    "json deep": ("parcelles", "a.json", raw('{"a": ' * 5000 + "1" + "}" * 5000), "niveaux"),
    "json deep lists": (
        "parcelles",
        "a.json",
        raw('{"a": ' + "[" * 200_000 + "]" * 200_000 + "}"),
        "niveaux",
    ),
    "topojson": ("parcelles", "a.json", raw('{"type": "Topology"}'), "Topology"),
    "one feature": ("parcelles", "a.json", json.dumps(feature(POINT)).encode(), "Feature"),
    "no feature": ("parcelles", "a.json", layer(), "aucun objet"),
    "feature is text": (
        "parcelles",
        "a.json",
        raw('{"type": "FeatureCollection", "features": ["a"]}'),
        "mal formé",
    ),
    "properties are a list": (
        "parcelles",
        "a.json",
        raw('{"type": "FeatureCollection", "features": [{"properties": [1]}]}'),
        "mal formé",
    ),
    # projections and coordinates
    "lambert unlabelled": ("parcelles", "a.geojson", layer(box(0, 0), crs=None), "du Lambert-93"),
    "lambert unlabelled zones": ("zonage", "a.geojson", layer(box(0, 0), crs=None), "EPSG:2154"),
    "swapped degrees": ("parcelles", "a.geojson", layer(SWAPPED, crs=None), "inversées"),
    "degrees labelled lambert": ("batiments", "a.geojson", layer(in_degrees(box(0, 0))), "degrés"),
    "unknown epsg": (
        "parcelles",
        "a.geojson",
        layer(box(0, 0), crs={"type": "name", "properties": {"name": "EPSG:99999"}}),
        "projection inconnue",
    ),
    "linked crs": (
        "parcelles",
        "a.geojson",
        layer(box(0, 0), crs={"type": "link", "properties": {"href": "http://a/b"}}),
        "crs",
    ),
    "overseas": (
        "parcelles",
        "a.geojson",
        layer(shapely.box(55.4, -21, 55.5, -20.9), crs=None),
        "métropolitaine",
    ),
    "infinite": ("parcelles", "a.json", GOOD.replace(b"700010.0", b"1e999", 1), "illisible"),
    "absurd": ("parcelles", "a.json", GOOD.replace(b"700010.0", b"1e300"), "métropolitaine"),
    "text coordinates": (
        "parcelles",
        "a.json",
        GOOD.replace(b"700010.0", b'"abc"', 1),
        "illisible",
    ),
    # shapes
    "open ring": (
        "parcelles",
        "a.json",
        layer(
            {
                "type": "Polygon",
                "coordinates": [[[EAST, NORTH], [EAST, NORTH + 1], [EAST + 1, NORTH + 1]]],
            }
        ),
        "illisible",
    ),
    "unknown shape": (
        "parcelles",
        "a.json",
        layer({"type": "Cube", "coordinates": []}),
        "illisible",
    ),
    "bow tie": ("parcelles", "a.json", layer(BOW_TIE), "contour qui se croise"),
    "all null": ("zonage", "a.json", layer(None, None), "absente ou vide"),
    "all empty": (
        "batiments",
        "a.json",
        layer({"type": "Polygon", "coordinates": []}),
        "absente ou vide",
    ),
    "lines as parcels": ("parcelles", "a.json", layer(LINE), "pas un polygone"),
    "polygons as points": ("points", "a.json", layer(box(0, 0)), "pas un point"),
    # identifiers and columns of layers
    "short id": ("parcelles", "a.json", layer(box(0, 0), id="99012AB12"), "9 caractères"),
    "numeric id": ("parcelles", "a.json", layer(box(0, 0), id=1.345e19), "nombre"),
    "scientific id": ("parcelles", "a.json", layer(box(0, 0), id="1.345e+19"), "nombre"),
    "path in id": ("parcelles", "a.json", layer(box(0, 0), id="../../evil_id"), "caractères"),
    "path in id of 14": ("parcelles", "a.json", layer(box(0, 0), id="../../../evil_"), "forme"),
    "duplicate id": ("parcelles", "a.json", layer(box(0, 0), box(9, 9), id=idu(1)), "2 fois"),
    "no id": ("parcelles", "a.json", layer(box(0, 0), id=None), "absent"),
    "negative contenance": (
        "parcelles",
        "a.json",
        layer(box(0, 0), contenance=-3),
        "impossible",
    ),
    "two names in one": ("parcelles", "a.json", layer(box(0, 0), ID="x"), "deux fois"),
    "no typezone": ("zonage", "a.json", layer(box(0, 0), libelle="UA"), "typezone"),
    "renamed typezone": (
        "zonage",
        "a.json",
        layer(box(0, 0), libelle="UA", type_zone="U"),
        "Faut-il renommer « type_zone »",
    ),
    "unknown typezone": (
        "zonage",
        "a.json",
        layer(box(0, 0), libelle="UA", typezone="ZZ"),
        "type de zone « ZZ » inconnu",
    ),
    "no typereglement": ("risques", "a.json", layer(box(0, 0), niveau="fort"), "typereglement"),
    # tables
    "one value too many": (
        "ventes",
        "a.csv",
        table(SALE) + table(SALE)[len(table()) :][:-1] + b",7\n",
        "ligne 3",
    ),
    "missing column": ("ventes", "a.csv", table(SALE, drop="valeur_fonciere"), "valeur_fonciere"),
    "renamed column": (
        "ventes",
        "a.csv",
        table(SALE).replace(b"valeur_fonciere", b"valeur_foncieres", 1),
        "Faut-il renommer",
    ),
    "header twice": ("ventes", "a.csv", table(SALE).replace(b"lot1_numero", b"latitude"), "2 fois"),
    "header alone": ("ventes", "a.csv", table(), "aucune ligne"),
    "no header": ("ventes", "a.csv", table(SALE)[len(table()) :], "sans nom"),
    "open quote": ("ventes", "a.csv", table(row("2023-1", lot1_numero='"x')), "guillemet"),
    "negative price": ("ventes", "a.csv", table(row("2", valeur_fonciere=-1)), "minimum"),
    "nan price": ("ventes", "a.csv", table(row("2", valeur_fonciere="NaN")), "nombre"),
    "infinite area": ("ventes", "a.csv", table(row("2", surface_reelle_bati="inf")), "nombre"),
    "month first": ("ventes", "a.csv", table(row("2", date_mutation="12/31/2023")), "calendrier"),
    "insee without zero": ("ventes", "a.csv", table(row("2", code_commune=1004)), "zéro de tête"),
    "id of a spreadsheet": ("ventes", "a.csv", table(row("2", id_parcelle="9.2E+13")), "tableur"),
    "swapped sales": ("ventes", "a.csv", table(row("2", longitude=46.5, latitude=3)), "inversées"),
    "latin-1 sales": (
        "ventes",
        "a.csv",
        table(row("2", nom_commune="É")).decode().encode("latin-1"),
        "UTF-8",
    ),
    "points without place": ("points", "a.csv", raw("nom;nature\nA;école\n"), "coordonnées"),
    "swapped stops": (
        "points",
        "stops.txt",
        raw("stop_id,stop_name,stop_lat,stop_lon\n1,A,3.0,46.5\n"),
        "inversées",
    ),
    "text in bpe": (
        "points",
        "a.csv",
        raw("TYPEQU;LAMBERT_X;LAMBERT_Y\nB105;x;y\n"),
        "n'est pas un nombre",
    ),
    "swapped wkt": (
        "friches",
        "a.csv",
        raw("site_id,geompoint\n1,POINT(46.5 3.0)\n"),
        "inversées",
    ),
    "broken wkt": ("friches", "a.csv", raw("site_id,geompoint\n1,POINT(46.5\n"), "illisible"),
}


def answer(kind: str, path: Path) -> list[str]:
    """Load, and return the faults; the folder must not change and time must not stretch."""
    before = sorted(p.name for p in path.parent.iterdir())
    start = time.perf_counter()
    with pytest.raises(DataError) as caught:
        LOADERS[kind](path)
    assert time.perf_counter() - start < 10
    assert sorted(p.name for p in path.parent.iterdir()) == before
    return [fault.replace("\u00a0", " ").replace("\u202f", " ") for fault in caught.value.faults]


def assert_clear(faults: list[str], name: str) -> None:
    """What (the file), why, what to do: sentences, in French, without jargon of ours."""
    for fault in faults:
        assert fault.startswith(name)
        assert fault.endswith((".", "?", ")", "»"))
        assert len(fault) < 500
        assert not JARGON.search(fault.replace(name, ""))


@pytest.mark.parametrize("case", CASES)
def test_bad_files(tmp_path: Path, case: str) -> None:
    kind, name, content, words = CASES[case]
    path = tmp_path / name
    path.write_bytes(content)
    faults = answer(kind, path)
    assert words in "\n".join(faults)
    assert_clear(faults, name)


def test_bad_paths(tmp_path: Path) -> None:
    for kind, load in LOADERS.items():
        for path in (tmp_path / "absent.geojson", "https://example.org/a.geojson", "/vsizip/a.zip"):
            with pytest.raises(DataError, match=r"introuvable|adresse réseau"):
                load(path)  # type: ignore[arg-type]
        assert kind


def test_bad_archives_of_layers(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"id": [idu(1)]}, geometry=[box(0, 0)], crs=2154)
    frame.to_file(tmp_path / "a.shp", engine="pyogrio")
    bad = tmp_path / "bad"
    bad.mkdir()
    members: dict[str, dict[str, bytes]] = {
        "aucune couche": {"lisez-moi.txt": b"a"},
        "sort de son dossier": {"../a.shp": b"a"},
        "il manque": {"a.shp": (tmp_path / "a.shp").read_bytes()},
        "démesuré": {"a.shp": b"\0" * 30_000_000},
        "autre chose": {"a.shp": raw(VRT)},
    }
    for words, content in members.items():
        with zipfile.ZipFile(bad / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        assert words in answer("parcelles", bad / "a.zip")[0]


def test_bad_geopackages(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = gpd.GeoDataFrame({"id": [1.345e19]}, geometry=[box(0, 0)], crs=2154)
    frame.to_file(path, engine="pyogrio")
    assert "nombre" in answer("parcelles", path)[0]
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "tronqué" in answer("parcelles", path)[0]
    path.unlink()
    with sqlite3.connect(path) as base:
        base.execute("create table gpkg_contents (table_name text, data_type text)")
    base.close()
    assert "aucune couche" in answer("parcelles", path)[0]


@settings(max_examples=60)
@given(
    st.sampled_from(["parcelles", "zonage", "ventes"]),
    st.integers(0, 10_000),
    st.integers(0, 255),
    st.booleans(),
)
def test_a_damaged_byte_never_makes_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, kind: str, where: int, value: int, cut: bool
) -> None:
    content = {
        "parcelles": GOOD,
        "zonage": layer(box(0, 0), box(20, 0), libelle="UA", typezone="U"),
        "ventes": table(SALE, row("2023-2")),
    }[kind]
    where %= len(content)
    damaged = content[:where] + (b"" if cut else bytes([value]) + content[where + 1 :])
    path = (
        tmp_path_factory.getbasetemp()
        / f"damaged-{os.getpid()}{'.csv' if kind == 'ventes' else '.json'}"
    )
    path.write_bytes(damaged)
    try:
        loaded = LOADERS[kind](path)
    except DataError as refused:
        assert_clear([str(fault) for fault in refused.faults], path.name)
    else:
        assert len(loaded.table) >= 1
