import gzip
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.land.geodata import read_layer
from habitat_analysis.land.sources import lower_names, read_crs, read_source
from tests.layers import LAMBERT, box, collection, feature, write_json, write_lambert


def frame(n_rows: int = 2) -> gpd.GeoDataFrame:
    shapes = [box(20 * rank, 0) for rank in range(n_rows)]
    return gpd.GeoDataFrame({"NOM": ["forêt", "pré"][:n_rows]}, geometry=shapes, crs=2154)


def refusal(path: Path, hint: str = ".") -> str:
    with pytest.raises(DataError) as caught:
        read_source(path, name_hint=hint)
    return str(caught.value).replace("\u00a0", " ")


def test_every_format_gives_the_same_rows(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", engine="pyogrio")
    frame().to_file(tmp_path / "a.shp", engine="pyogrio", encoding="UTF-8")
    text = json.dumps(
        collection([feature(box(0, 0), NOM="forêt"), feature(box(20, 0), NOM="pré")], crs=LAMBERT)
    )
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("a.[sdpc]*"):
            archive.write(part, f"livraison/{part.name}")
    for name in ("a.gpkg", "a.shp", "a.geojson", "a.json.gz", "a.zip"):
        source = read_source(tmp_path / name, name_hint="a")
        assert list(source.rows.columns) == ["nom"]
        assert source.rows["nom"].tolist() == ["forêt", "pré"]
        assert [shape.area for shape in source.shapes] == [100, 100]
        assert source.crs is not None
        assert source.crs.to_epsg() == 2154
        assert source.labelled
        assert source.file == name


def test_feature_ids_stand_in_for_a_missing_column(tmp_path: Path) -> None:
    bare, own = feature(box(0, 0), a=1), feature(box(0, 0), ID="own")
    source = read_source(
        write_lambert(tmp_path / "a.geojson", {**bare, "id": "X"}, bare), name_hint="a"
    )
    assert source.rows["id"].fillna("").tolist() == ["X", ""]
    source = read_source(write_lambert(tmp_path / "a.geojson", {**own, "id": "Y"}), name_hint="a")
    assert source.rows["id"].tolist() == ["own"]


def test_capitals_and_small_letters_of_one_name_are_refused() -> None:
    assert lower_names(["NOM", " Id "], "a") == ["nom", "id"]
    with pytest.raises(DataError, match="deux fois"):
        lower_names(["NOM", "nom"], "a")


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("EPSG:2154", 2154),
        ("urn:ogc:def:crs:EPSG::2154", 2154),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", 4326),
        ("IGNF:LAMB93", 2154),
    ],
)
def test_names_of_projections(name: str, epsg: int) -> None:
    assert read_crs(name, "a").to_epsg(min_confidence=20) in {epsg, 9794}


@pytest.mark.parametrize("name", ["EPSG:999999", "Lambert", "+proj=lcc", "/etc/passwd", "EPSG:"])
def test_unknown_projections(name: str) -> None:
    with pytest.raises(DataError, match="projection inconnue") as caught:
        read_crs(name, "a")
    assert caught.value.code == "E_CRS"


def test_missing_cpg_is_guessed_and_said(tmp_path: Path) -> None:
    for encoding, word in (("UTF-8", "UTF-8"), ("ISO-8859-1", "latin-1")):
        path = tmp_path / f"{word}.shp"
        frame().to_file(path, engine="pyogrio", encoding=encoding)
        path.with_suffix(".cpg").unlink()
        source = read_source(path, name_hint="a")
        assert source.rows["nom"].tolist() == ["forêt", "pré"]
        assert source.notes == (f"Codage des textes non déclaré (.cpg absent) : lus en {word}.",)


def test_a_false_cpg_is_named(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp", engine="pyogrio", encoding="ISO-8859-1")
    (tmp_path / "a.cpg").write_text("UTF-8")
    message = refusal(tmp_path / "a.shp")
    assert "codage" in message


@pytest.mark.parametrize(
    ("content", "word"), [(b"PROJCS[\xff]", "projection illisible"), (b"?", "non déclarée")]
)
def test_unreadable_projections(tmp_path: Path, content: bytes, word: str) -> None:
    frame().to_file(tmp_path / "a.shp", engine="pyogrio")
    (tmp_path / "a.prj").write_bytes(content)
    with pytest.raises(DataError, match=word):
        read_layer(tmp_path / "a.shp", what="zone")


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_parts_of_a_shapefile_that_are_missing(tmp_path: Path, part: str) -> None:
    frame().to_file(tmp_path / "a.shp", engine="pyogrio")
    (tmp_path / "a").with_suffix(part).unlink()
    assert f"il manque « a{part} »" in refusal(tmp_path / "a.shp")


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_cut_shapefiles(tmp_path: Path, part: str) -> None:
    frame().to_file(tmp_path / "a.shp", engine="pyogrio")
    path = (tmp_path / "a").with_suffix(part)
    path.write_bytes(path.read_bytes()[:-40])
    assert "tronqué" in refusal(tmp_path / "a.shp")


def test_headers_cut_short(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp", engine="pyogrio")
    (tmp_path / "a.dbf").write_bytes(b"\x03")
    assert "tronqué" in refusal(tmp_path / "a.shp")


def test_a_geopackage_of_broken_shapes(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", engine="pyogrio", layer_options={"SPATIAL_INDEX": "NO"})
    with sqlite3.connect(tmp_path / "a.gpkg") as base:
        base.execute("update a set geom = x'4750'")
    base.close()
    with pytest.raises(DataError, match="géométrie absente"):
        read_layer(tmp_path / "a.gpkg", what="zone")


def test_a_projection_that_leads_nowhere(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp", engine="pyogrio")
    prj = (tmp_path / "a.prj").read_text()
    (tmp_path / "a.prj").write_text(
        prj.replace('"Standard_Parallel_2",44', '"Standard_Parallel_2",-49')
    )
    with pytest.raises(DataError, match="n'est pas utilisable"):
        read_layer(tmp_path / "a.shp", what="zone")


def test_cut_and_false_geopackages(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", engine="pyogrio")
    content = (tmp_path / "a.gpkg").read_bytes()
    (tmp_path / "cut.gpkg").write_bytes(content[:5000])
    assert "tronqué" in refusal(tmp_path / "cut.gpkg")
    with sqlite3.connect(tmp_path / "plain.gpkg") as base:
        base.execute("create table t (a)")
    base.close()
    assert "pas un GeoPackage" in refusal(tmp_path / "plain.gpkg")


def test_a_view_of_a_geopackage_is_never_opened(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", engine="pyogrio")
    with sqlite3.connect(tmp_path / "a.gpkg") as base:
        base.execute("update gpkg_contents set table_name = 'vue'")
        base.execute("create view vue as select * from a")
    base.close()
    assert "aucune couche géographique ordinaire" in refusal(tmp_path / "a.gpkg")


def test_a_layer_is_found_among_several(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="zone_urba", engine="pyogrio")
    frame(1).to_file(path, layer="prescription", engine="pyogrio")
    assert len(read_source(path, name_hint="zone_?urba").rows) == 2
    assert "aucune couche du nom attendu" in refusal(path, "parcelle")
    assert "plusieurs couches" in refusal(path, "zone|prescription")


def test_a_delivery_folder(tmp_path: Path) -> None:
    folder = tmp_path / "33234_PLU" / "Donnees_geographiques"
    folder.mkdir(parents=True)
    frame().to_file(folder / "33234_ZONE_URBA_20170213.shp", engine="pyogrio")
    frame(1).to_file(folder / "33234_PRESCRIPTION_SURF.shp", engine="pyogrio")
    source = read_source(tmp_path, name_hint="zone_urba")
    assert source.file == "33234_ZONE_URBA_20170213.shp"
    shutil.rmtree(folder)
    assert "aucune couche géographique trouvée" in refusal(tmp_path)


def test_unlabelled_geopackage(tmp_path: Path) -> None:
    unlabelled = frame().set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        unlabelled.to_file(tmp_path / "a.gpkg", engine="pyogrio")
    source = read_source(tmp_path / "a.gpkg", name_hint="a")
    assert source.crs is None
    assert not source.labelled


def test_layers_without_rows_or_shapes(tmp_path: Path) -> None:
    write_json(tmp_path / "a.geojson", collection([]))
    assert "aucun objet" in refusal(tmp_path / "a.geojson")
    frame(1).iloc[:0].to_file(tmp_path / "a.gpkg", engine="pyogrio")
    assert "aucun objet" in refusal(tmp_path / "a.gpkg")
    bare = frame().drop(columns="geometry")
    pyogrio.write_dataframe(bare, tmp_path / "c.gpkg", layer="c")
    assert "aucune couche géographique ordinaire" in refusal(tmp_path / "c.gpkg")


def test_unreadable_geometries_are_marked(tmp_path: Path) -> None:
    open_ring = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [2, 2]]]}
    huge = {"type": "Point", "coordinates": [float("1e300"), 0]}
    path = write_lambert(
        tmp_path / "a.geojson", feature(open_ring), feature(None), feature(huge), feature(box(0, 0))
    )
    source = read_source(path, name_hint="a")
    assert source.unreadable.tolist() == [True, False, False, False]
