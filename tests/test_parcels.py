from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.land.parcels import IDU, load_parcels
from tests.layers import box, feature, idu, write_lambert

ETALAB = {"commune": "99012", "prefixe": "000", "section": "AB", "numero": "12"}


def load(path: Path, *features: dict[str, Any], **options: Any) -> Any:
    return load_parcels(write_lambert(path, *features), **options)


def faults_of(path: Path, *features: dict[str, Any]) -> list[str]:
    with pytest.raises(DataError) as caught:
        load(path, *features)
    return [fault.replace("\u00a0", " ") for fault in caught.value.faults]


def test_etalab(tmp_path: Path) -> None:
    loaded = load(
        tmp_path / "cadastre.json",
        feature(box(20, 0, 30, 10), id=idu(12), **ETALAB, contenance=310),
        feature(box(0, 0), id=idu(2), **{**ETALAB, "numero": "2"}, contenance=100),
    )
    table = loaded.table
    assert table.drop(columns="geometry").to_dict("records")[1] == {
        "idu": "99012000AB0012",
        "insee": "99012",
        "prefix": "000",
        "section": "AB",
        "number": "0012",
        "contenance_m2": 310.0,
        "area_m2": pytest.approx(300),
    }
    assert table["idu"].tolist() == [idu(2), idu(12)]
    assert loaded.notes == ()


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_parcellaire_express_in_either_case(tmp_path: Path, change: Any) -> None:
    names = {"IDU": idu(12), "NUMERO": "0012", "FEUILLE": 1, "SECTION": "AB", "CODE_DEP": "99"}
    names |= {"NOM_COM": "Valserres", "CODE_COM": "012", "COM_ABS": "000", "CONTENANCE": 100}
    row = feature(box(0, 0), **{change(name): value for name, value in names.items()})
    loaded = load(tmp_path / "PARCELLE.geojson", row)
    assert loaded.table["idu"].tolist() == [idu(12)]
    assert loaded.table["contenance_m2"].tolist() == [100]
    assert loaded.notes == ()


def test_reduced_schema_is_completed_and_said(tmp_path: Path) -> None:
    row = feature(box(0, 0), id="AB12", section="AB", numero="12")
    folder = tmp_path / "99012_valserres"
    folder.mkdir()
    loaded = load(folder / "parcelles.geojson", row)
    assert loaded.table["idu"].tolist() == [idu(12)]
    assert "commune 99012 (lu dans le nom du dossier), préfixe 000 supposé" in loaded.notes[0]
    loaded = load(tmp_path / "parcelles.geojson", row, insee="99013")
    assert loaded.table["insee"].tolist() == ["99013"]
    assert "indiqué par l'étude" in loaded.notes[0]
    loaded = load(tmp_path / "cadastre-99014-parcelles.json", row)
    assert loaded.table["insee"].tolist() == ["99014"]
    assert "sans la commune" in faults_of(tmp_path / "parcelles.geojson", row)[0]


def test_section_and_number_are_enough(tmp_path: Path) -> None:
    row = feature(box(0, 0), section="A", numero="7", prefixe="123")
    loaded = load(tmp_path / "parcelles.geojson", row, insee="2A004")
    assert loaded.table["idu"].tolist() == ["2A0041230A0007"]
    assert "supposé" not in loaded.notes[0]


def test_short_identifiers_in_the_words_of_the_guide(tmp_path: Path) -> None:
    faults = faults_of(tmp_path / "parcelles.geojson", feature(box(0, 0), id="99012AB12"))
    expected = (
        "parcelles.geojson, parcelle « 99012AB12 » : l'identifiant compte 9 caractères au lieu de "
        "14. Exemple attendu : 99012000AB0012. Corrigez la colonne « id »."
    )
    assert faults == [expected]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1.345e19, "nombre"),
        (13450000150012, "nombre"),
        ("1.345e+19", "nombre"),
        ("9.9012E+13", "nombre"),
        (None, "absent"),
        ("", "absent"),
        ("99012000AB001?", "forme"),
        ("../../../etc/x", "forme"),
        ("9901200AB0012", "13 caractères"),
        (["99012000AB0012"], "nombre"),
    ],
)
def test_wrong_identifiers(tmp_path: Path, value: Any, word: str) -> None:
    good = feature(box(20, 0), id=idu(1))
    faults = faults_of(tmp_path / "a.geojson", feature(box(0, 0), id=value), good)
    assert len(faults) == 1
    assert word in faults[0]


def test_section_0e_is_an_identifier() -> None:
    assert IDU.fullmatch("013450000E0012")


def test_duplicates_are_all_named(tmp_path: Path) -> None:
    rows = [feature(box(20 * n, 0), id=idu(n % 2)) for n in range(5)]
    faults = faults_of(tmp_path / "a.geojson", *rows)
    assert faults == [
        f"a.geojson, parcelle « {idu(0)} » : présente 3 fois. Gardez un seul objet.",
        f"a.geojson, parcelle « {idu(1)} » : présente 2 fois. Gardez un seul objet.",
    ]


def test_missing_contenance_falls_back_and_says_so(tmp_path: Path) -> None:
    loaded = load(tmp_path / "a.geojson", feature(box(0, 0), id=idu(1)))
    assert loaded.table["contenance_m2"].isna().all()
    assert loaded.notes == (
        "Contenance absente pour toutes les parcelles : surface mesurée sur le plan employée.",
    )
    loaded = load(
        tmp_path / "a.geojson",
        feature(box(0, 0), id=idu(1), contenance=None),
        feature(box(20, 0), id=idu(2), contenance=109),
    )
    assert loaded.notes[0].replace("\u00a0", " ").startswith("Contenance absente pour 1 parcelle :")


def test_surfaces_that_differ_by_a_tenth_are_counted(tmp_path: Path) -> None:
    rows = [feature(box(20 * n, 0), id=idu(n), contenance=c) for n, c in enumerate([109, 112, 80])]
    note = load(tmp_path / "a.geojson", *rows).notes[0].replace("\u00a0", " ")
    assert f"pour 2 parcelles ({idu(1)}, {idu(2)})" in note


@pytest.mark.parametrize("value", [-5, "cent", 1e12])
def test_impossible_contenances(tmp_path: Path, value: Any) -> None:
    row = feature(box(0, 0), id=idu(1), contenance=value)
    assert "impossible" in faults_of(tmp_path / "a.geojson", row)[0]


def test_a_layer_without_identifier(tmp_path: Path) -> None:
    row = feature(box(0, 0), idu_=idu(1), autre="x")
    assert "colonne « id » absente" in faults_of(tmp_path / "a.geojson", row)[0]
