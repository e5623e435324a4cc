"""The reference of a commune: themes, categories, units, and shares that stay shares."""

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.households.reference import (
    distribution,
    household_sizes,
    read_reference,
    sources_of,
)

HEADER = "theme,categorie,valeur,unite,millesime,source"
TENURES = ["statuts,PLUS,0.17,part,2022,INSEE", "statuts,LIBRE,0.83,part,2022,INSEE"]


@pytest.fixture
def write(tmp_path):
    def write_file(*lines, header=HEADER):
        path = tmp_path / "reference.csv"
        path.write_text("\n".join((header, *lines, "")), encoding="utf-8")
        return path

    return write_file


def test_values_by_theme(write):
    reference = read_reference(write(*TENURES, "menages,1 personne,900,ménages,2021,INSEE"))
    assert distribution(reference, "statuts") == {"PLUS": 0.17, "LIBRE": 0.83}
    assert distribution(reference, "menages") == {"1 personne": 900}
    assert distribution(reference, "absent") == {}
    assert reference.table.loc[2, "vintage"] == 2021
    (note,) = reference.notes
    assert "« menages »" in note.replace("\u00a0", " ")
    assert "1 ligne" in note.replace("\u00a0", " ")


def test_an_unknown_theme_is_said_with_the_nearest_one(write):
    reference = read_reference(write(*TENURES, "statut_bassin,PLUS,9,logements,2022,x"))
    (note,) = reference.notes
    assert "Vouliez-vous « statuts_bassin » ?" in note.replace("\u00a0", " ").replace("\u202f", " ")
    assert read_reference(write(*TENURES)).notes == ()


def test_the_commune_and_its_basin(write):
    sizes = ["tailles_menages,1,5,m,2022,a", "tailles_menages,6+,2,m,2022,a"]
    basin = ["tailles_menages_bassin,2 personnes,7,m,2023,b", "familles_bassin,autre,1,m,2023,b"]
    reference = read_reference(write(*sizes, *basin))
    assert reference.notes == ()
    assert household_sizes(reference, "commune") == {1: 5, 6: 2}
    assert household_sizes(reference, "bassin") == {2: 7}
    assert sources_of(reference, "tailles_menages", "familles_bassin") == ("a, 2022", "b, 2023")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["statuts,PLUS,25,part,2022,x"], "25 n'est pas une part"),
        (["statuts,PLUS,0.9,part,2022,x", "statuts,LIBRE,0.9,part,2022,x"], "totalisent"),
        (["statuts,PLUS,-1,part,2022,x"], "minimum"),
        (["statuts,PLUS,abc,part,2022,x"], "nombre"),
        (["statuts,PLUS,0.1,part,22,x"], "millesime"),
        (["statuts,PLUS,0.1,part,2022,"], "« source » est vide"),
        ([",PLUS,0.1,part,2022,x"], "« theme » est vide"),
        (["statuts,PLSA,0.1,part,2022,x"], "statut inconnu « PLSA ». Vouliez-vous « PSLA » ?"),
        (["statuts_bassin,HLM,0.1,part,2022,x"], "statut inconnu « HLM »"),
        (["familles,couple_avec_enfant,9,m,2022,x"], "Vouliez-vous « couple_avec_enfants » ?"),
        (["familles_bassin,tribu,9,m,2022,x"], "type de ménage inconnu « tribu »"),
        (["tailles_menages,beaucoup,9,m,2022,x"], "n'est pas une taille de ménage"),
        ([TENURES[0], TENURES[0]], "lignes 2 et 3"),
        (["statuts,PLUS,0.1,part,2022,x", "statuts,PLS,10,logements,2022,x"], "mêle les unités"),
    ],
)
def test_faults(write, lines, expected):
    with pytest.raises(DataError) as error:
        read_reference(write(*lines))
    assert expected in str(error.value).replace("\u00a0", " ").replace("\u202f", " ")
    assert error.value.code == "E_REFERENCE"


def test_a_column_is_missing(write):
    with pytest.raises(DataError, match="millesime"):
        read_reference(write("statuts,PLUS,1,part,x", header="theme,categorie,valeur,unite,source"))
