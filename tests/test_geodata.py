from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate

from habitat_analysis.errors import DataError
from habitat_analysis.land.geodata import Loss, losses_table, read_layer, text_column
from tests.layers import (
    EAST,
    NORTH,
    TO_DEGREES,
    box,
    collection,
    feature,
    in_degrees,
    write_degrees,
    write_json,
    write_lambert,
)

BOW_TIE = shapely.Polygon(
    [(EAST, NORTH), (EAST + 60, NORTH + 60), (EAST + 60, NORTH), (EAST, NORTH + 60)]
)


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        read_layer(path, **{"what": "parcelle", **options})
    return str(caught.value).replace("\u00a0", " ")


def test_degrees_become_metres_before_measure(tmp_path: Path) -> None:
    path = write_degrees(tmp_path / "a.geojson", (box(0, 0, 30, 20), {"id": "A"}))
    layer = read_layer(path, what="parcelle")
    assert layer.table.crs.to_epsg() == 2154
    assert layer.table.area.iloc[0] == pytest.approx(600, rel=1e-6)
    assert layer.notes == ("Coordonnées converties de EPSG:4326 en Lambert-93 avant toute mesure.",)
    assert layer.dropped.empty


@given(st.floats(0.0, 9.0), st.floats(42.5, 51.0), st.floats(5, 500), st.floats(5, 500))
def test_surfaces_survive_the_way_through_degrees(
    tmp_path_factory: pytest.TempPathFactory, lon: float, lat: float, width: float, height: float
) -> None:
    east, north = TO_DEGREES.transform(lon, lat, direction="INVERSE")
    shape = translate(box(0, 0, width, height), east - EAST, north - NORTH)
    path = tmp_path_factory.getbasetemp() / "way.geojson"
    write_degrees(path, (shape, {"id": "A"}))
    area = read_layer(path, what="parcelle").table.area.iloc[0]
    assert area == pytest.approx(width * height, rel=1e-6)


def test_lambert_without_label_is_refused_in_the_words_of_the_guide(tmp_path: Path) -> None:
    shape = shapely.box(658_900, 6_862_000, 658_910, 6_862_010)
    path = write_json(tmp_path / "parcelles.geojson", collection([feature(shape, id="A")]))
    assert refusal(path) == (
        "parcelles.geojson : coordonnées hors des bornes du WGS84 (658900 ; 6862000). Elles "
        "ressemblent à du Lambert-93. Déclarez la projection du fichier (EPSG:2154) puis relancez."
    )
    assert read_layer(path, what="parcelle", declared_crs="EPSG:2154").table.area[0] == 100


def test_a_declared_projection_that_replaces_another_is_said(tmp_path: Path) -> None:
    path = write_lambert(tmp_path / "a.geojson", feature(in_degrees(box(0, 0)), id="A"))
    assert "ressemblent à des degrés" in refusal(path)
    layer = read_layer(path, what="parcelle", declared_crs="EPSG:4326")
    assert "remplace celle du fichier (EPSG:2154)" in layer.notes[-1]
    assert "projection inconnue" in refusal(path, declared_crs="EPSG:1")
    assert "projection inconnue" in refusal(path, declared_crs="EPSG:5714")  # of heights


def test_swapped_axes_are_refused(tmp_path: Path) -> None:
    def swap(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda x, y: (y, x), interleaved=False)

    degrees = collection([feature(swap(in_degrees(box(0, 0))), id="A")])
    path = write_json(tmp_path / "a.geojson", degrees)
    assert "Longitude et latitude semblent inversées" in refusal(path)
    path = write_lambert(tmp_path / "b.geojson", feature(swap(box(0, 0)), id="A"))
    assert "Les deux axes semblent inversés" in refusal(path)


def test_other_places_are_refused(tmp_path: Path) -> None:
    island = shapely.box(55.4, -21.0, 55.5, -20.9)
    path = write_json(tmp_path / "a.geojson", collection([feature(island, id="A")]))
    assert "Seule la France métropolitaine" in refusal(path)


def test_a_stray_row_is_named_or_dropped_from_a_national_layer(tmp_path: Path) -> None:
    island = shapely.box(55.4, -21.0, 55.5, -20.9)
    rows = [feature(in_degrees(box(20 * n, 0)), id=f"P{n}") for n in range(3)]
    path = write_json(tmp_path / "a.geojson", collection([*rows, feature(island, id="Réunion")]))
    message = refusal(path)
    assert "parcelle « Réunion » : coordonnées hors de France métropolitaine" in message
    layer = read_layer(path, what="parcelle", national=True)
    assert len(layer.table) == 3
    assert layer.dropped["reason"].tolist() == ["hors de France métropolitaine"]


@pytest.mark.parametrize("value", [1e300, 1e9])
def test_absurd_coordinates_are_refused(tmp_path: Path, value: float) -> None:
    shape = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (value, value)])
    rows = [feature(box(20 * n, 0), id=f"P{n}") for n in range(3)]
    path = write_lambert(tmp_path / "a.geojson", *rows, feature(shape, id="far"))
    assert "parcelle « far »" in refusal(path)


def test_infinite_coordinates_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    write_lambert(path, feature(box(0, 0), id="A"), feature(box(50, 0), id="B"))
    path.write_text(path.read_text().replace(str(EAST + 60), "1e999"))
    assert "parcelle « B » : géométrie illisible" in refusal(path)


def test_null_empty_and_other_geometries_are_refused_all_at_once(tmp_path: Path) -> None:
    empty = {"type": "Polygon", "coordinates": []}
    path = write_lambert(
        tmp_path / "a.geojson",
        feature(None, id="A"),
        feature(empty, id="B"),
        feature(box(0, 0), id="C"),
        feature(shapely.Point(EAST, NORTH), id="D"),
    )
    message = refusal(path)
    assert "parcelle « A » : géométrie absente ou vide." in message
    assert "parcelle « B » : géométrie absente ou vide." in message
    assert "parcelle « D » : géométrie qui n'est pas un polygone." in message
    assert "« C »" not in message


def test_a_national_layer_counts_them_instead(tmp_path: Path) -> None:
    path = write_lambert(tmp_path / "a.geojson", feature(None, id="A"), feature(box(0, 0), id="C"))
    layer = read_layer(path, what="friche", national=True)
    assert layer.table["id"].tolist() == ["C"]
    assert layer.dropped[["reason", "count", "family"]].to_numpy().tolist() == [
        ["géométrie absente ou vide", 1, "géométrie"],
    ]
    assert "«\u00a0A\u00a0»" in layer.dropped["ids"][0]


def test_a_layer_with_nothing_left_is_refused_with_every_reason(tmp_path: Path) -> None:
    path = write_lambert(tmp_path / "a.geojson", feature(None, id="A"), feature(BOW_TIE, id="B"))
    message = refusal(path)
    assert "parcelle « A » : géométrie absente ou vide." in message
    assert "parcelle « B » : contour qui se croise" in message
    assert "aucun objet utilisable" in message


def test_a_bow_tie_is_refused_never_guessed(tmp_path: Path) -> None:
    path = write_lambert(
        tmp_path / "a.geojson", feature(BOW_TIE, id="tie"), feature(box(0, 0), id="ok")
    )
    message = refusal(path)
    assert "parcelle « tie » : contour qui se croise, surface incertaine." in message
    assert "« ok »" not in message


def test_a_shape_repaired_without_change_is_kept_and_said(tmp_path: Path) -> None:
    spike = shapely.Polygon(
        [
            (EAST, NORTH),
            (EAST + 100, NORTH),
            (EAST + 100, NORTH + 100),
            (EAST + 100, NORTH + 150),  # there and back: a line of no surface
            (EAST + 100, NORTH + 100),
            (EAST, NORTH + 100),
        ]
    )
    layer = read_layer(
        write_lambert(tmp_path / "a.geojson", feature(spike, id="S")), what="parcelle"
    )
    assert layer.table.area[0] == pytest.approx(10_000)
    assert layer.table.is_valid.all()
    assert layer.dropped.empty
    assert "parcelle au contour réparé" in layer.notes[0].replace("\u00a0", " ")
    assert "make_valid" in layer.notes[0]


def test_heights_are_left_out(tmp_path: Path) -> None:
    shape = shapely.force_3d(box(0, 0), 12.0)
    layer = read_layer(
        write_lambert(tmp_path / "a.geojson", feature(shape, id="A")), what="parcelle"
    )
    assert not layer.table.has_z.any()


def test_lone_multipoints_are_points(tmp_path: Path) -> None:
    lone = shapely.MultiPoint([(EAST, NORTH)])
    pair = shapely.MultiPoint([(EAST, NORTH), (EAST + 1, NORTH)])
    path = write_lambert(tmp_path / "a.geojson", feature(lone, id="A"), feature(pair, id="B"))
    layer = read_layer(path, what="point", shape="point", national=True)
    assert layer.table.geometry.tolist() == [shapely.Point(EAST, NORTH)]
    assert int(layer.dropped["count"].sum()) == 1


def test_names_of_persons_are_dropped_and_said(tmp_path: Path) -> None:
    path = write_lambert(
        tmp_path / "a.geojson", feature(box(0, 0), id="A", Proprietaire="Dupont", nom_com="X")
    )
    layer = read_layer(path, what="parcelle", public_columns=("nom_com",))
    assert set(layer.table.columns) == {"id", "nom_com", "geometry"}
    assert "proprietaire" in layer.notes[0]


def test_columns_as_text() -> None:
    rows = pd.DataFrame({"a": [1.0, None, np.nan, " x "]}, dtype=object)
    assert text_column(rows, "b", "a").tolist() == ["1", "", "", "x"]
    assert text_column(rows, "b").tolist() == ["", "", "", ""]


def test_losses_show_their_first_ids() -> None:
    losses = losses_table([Loss(reason="r", ids=tuple("abcdefg"), family="valeur")])
    assert losses.to_dict("records") == [
        {"reason": "r", "count": 7, "ids": "a, b, c, d, e, …", "family": "valeur"}
    ]
    assert losses_table([]).columns.tolist() == ["reason", "count", "ids", "family"]
