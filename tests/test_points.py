from pathlib import Path

import pytest
import shapely

from habitat_analysis.errors import DataError
from habitat_analysis.land.points import load_points
from tests.layers import EAST, NORTH, TO_DEGREES, feature, write_lambert

LON, LAT = TO_DEGREES.transform(EAST, NORTH)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows_of(path: Path) -> list[list[str]]:
    return load_points(path).table[["point_id", "kind", "name"]].to_numpy().tolist()


def test_stops_of_gtfs(tmp_path: Path) -> None:
    path = write(
        tmp_path / "stops.txt",
        "stop_id,stop_name,stop_lat,stop_lon,location_type",
        f"S1,Mairie,{LAT},{LON},",
        f"S2,Gare,{LAT},{LON},1",
        f"S3,École,{LAT},{LON},0",
        "S4,Nulle part,,,0",
    )
    loaded = load_points(path)
    assert rows_of(path) == [["S1", "arret", "Mairie"], ["S3", "arret", "École"]]
    assert loaded.dropped[["count", "ids"]].to_numpy().tolist() == [[1, "ligne 3"], [1, "ligne 5"]]
    where = loaded.table.geometry.iloc[0]
    assert (where.x, where.y) == pytest.approx((EAST, NORTH), abs=0.01)


def test_directory_of_schools(tmp_path: Path) -> None:
    path = write(
        tmp_path / "annuaire.csv",
        "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Mail;Telephone;"
        "longitude;latitude;etat",
        f"0330001A;École du bourg;Ecole;a@b;05;{LON};{LAT};OUVERT",
        f"0330002B;Collège;Collège;a@b;05;{LON};{LAT};OUVERT",
        f"0330003C;Ancienne école;Ecole;a@b;05;{LON};{LAT};FERME",
    )
    assert rows_of(path) == [
        ["0330001A", "ecole", "École du bourg"],
        ["0330002B", "autre", "Collège"],
    ]
    loaded = load_points(path)
    assert loaded.dropped["reason"].tolist() == ["établissement fermé"]
    assert set(loaded.table.columns) == {"point_id", "kind", "name", "geometry"}
    assert "1\u00a0point d'une autre nature" in loaded.notes[-1]


def test_facilities_of_insee(tmp_path: Path) -> None:
    path = write(
        tmp_path / "bpe.csv",
        "AN;NOMRS;TYPEQU;LAMBERT_X;LAMBERT_Y",
        f"2023;;B105;{EAST};{NORTH}",
        f"2023;Boulangerie;B207;{EAST:.0f},5;{NORTH}",
        f"2023;Bricolage;B103;{EAST};{NORTH}",
        f"2023;École;C108;{EAST};{NORTH}",
        f"2023;Halte;E109;{EAST};{NORTH}",
        "2023;Outre-mer;B105;330000;1800000",
        "2023;Sans lieu;B105;;",
    )
    loaded = load_points(path)
    assert loaded.table["kind"].tolist() == ["commerce", "commerce", "autre", "ecole", "arret"]
    assert loaded.table["point_id"].tolist()[:2] == ["P0001", "P0002"]
    assert loaded.dropped["reason"].tolist() == [
        "sans coordonnées",
        "hors de France métropolitaine",
    ]


def test_tables_made_by_hand(tmp_path: Path) -> None:
    path = write(
        tmp_path / "points.csv",
        "nom;nature;lon;lat",
        f"Arrêt Mairie;arrêt de bus;{LON};{LAT}",
        f"Épicerie;Commerce;{str(LON).replace('.', ',')};{str(LAT).replace('.', ',')}",
        f"Parc;jardin;{LON};{LAT}",
    )
    assert [kind for _, kind, _ in rows_of(path)] == ["arret", "commerce", "autre"]


def test_a_projection_must_be_said_for_x_and_y(tmp_path: Path) -> None:
    path = write(tmp_path / "points.csv", "nom;nature;x;y", f"A;école;{EAST};{NORTH}")
    with pytest.raises(DataError, match="projection non déclarée") as caught:
        load_points(path)
    assert "ressemblent à du Lambert-93" in str(caught.value)
    assert load_points(path, declared_crs="EPSG:2154").table.crs.to_epsg() == 2154
    far = write(tmp_path / "far.csv", "nom;nature;x;y", "A;école;-5000;300000")
    with pytest.raises(DataError, match="Indiquez le code EPSG"):
        load_points(far)
    loaded = load_points(path, declared_crs="EPSG:2154")
    assert loaded.table["kind"].tolist() == ["ecole"]


def test_layers_of_points(tmp_path: Path) -> None:
    path = write_lambert(
        tmp_path / "a.geojson",
        feature(shapely.Point(EAST, NORTH), id=7, type="École maternelle", nom="Les Tilleuls"),
        feature(shapely.Point(EAST, NORTH), name="Gare", kind="gare"),
        feature(shapely.Point(EAST, NORTH)),
    )
    assert rows_of(path)[0] == ["7", "ecole", "Les Tilleuls"]
    assert rows_of(path)[2] == ["P0003", "autre", ""]


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (("nom;nature", "A;école"), "coordonnées reconnue"),
        (("nom;nature;lon;lat", "A;école;46.5;3.0"), "inversées"),
        (("nom;nature;lon;lat", "A;école;700000;6600000"), "Lambert-93"),
        (("nom;nature;lon;lat", "A;école;trois;46"), "nombre"),
        (("nom;nature;lon;lat", "A;école;;"), "aucun objet utilisable"),
        (("TYPEQU;LAMBERT_X;LAMBERT_Y", "B105;3.0;46.5"), "degrés"),
    ],
)
def test_wrong_tables_of_points(tmp_path: Path, lines: tuple[str, ...], word: str) -> None:
    with pytest.raises(DataError, match=word):
        load_points(write(tmp_path / "points.csv", *lines))
