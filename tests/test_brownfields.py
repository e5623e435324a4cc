from pathlib import Path

import pytest
import shapely

from habitat_analysis.errors import DataError
from habitat_analysis.land.brownfields import load_brownfields
from tests.layers import EAST, NORTH, feature, write_lambert

HEADER = "site_id,site_nom,site_statut,comm_insee,unite_fonciere_surface,proprio_nom,geompoint"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def test_cnig_standard(tmp_path: Path) -> None:
    path = write(
        tmp_path / "friches.csv",
        "A,Filature,friche sans projet,99012,1500,Dupont,POINT(3.0 46.5)",
        "B,Garage,friche avec projet,99012,,Durand,",
    )
    loaded = load_brownfields(path)
    assert loaded.table.drop(columns="geometry").to_dict("records") == [
        {
            "site_id": "A",
            "name": "Filature",
            "status": "friche sans projet",
            "insee": "99012",
            "area_m2": 1500.0,
        }
    ]
    assert loaded.dropped["reason"].tolist() == ["géométrie absente ou vide"]
    assert "proprio_nom" in loaded.notes[0]
    assert "Dupont" not in str(loaded)


def test_swapped_and_unreadable_points(tmp_path: Path) -> None:
    swapped = write(tmp_path / "a.csv", "A,F,x,99012,1,D,POINT(46.5 3.0)")
    with pytest.raises(DataError, match="Longitude et latitude semblent inversées"):
        load_brownfields(swapped)
    with pytest.raises(DataError, match="ligne 2 : point illisible"):
        load_brownfields(write(tmp_path / "b.csv", "A,F,x,99012,1,D,46.5 3.0"))


def test_ademe(tmp_path: Path) -> None:
    path = write_lambert(
        tmp_path / "ademe.geojson",
        feature(
            shapely.Point(EAST, NORTH),
            id="1",
            Nom_site="Usine",
            Usage_actuel_site="Friche",
            Code_INSEE="8190",
            Surface_site_m2="non renseigné",
        ),
    )
    loaded = load_brownfields(path)
    assert loaded.table["insee"].tolist() == ["08190"]
    assert loaded.table["area_m2"].isna().all()
    assert "Zéro de tête rétabli" in loaded.notes[0]
    assert "Surface non renseignée" in loaded.notes[1]
