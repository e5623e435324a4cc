from pathlib import Path

import pandas as pd
import pytest

from habitat_analysis.contracts import check_columns, is_personal, read_table
from habitat_analysis.errors import DataError, Faults

REQUIRED = ("id", "taille")


def table(folder: Path, text: str, **options: object) -> pd.DataFrame:
    path = folder / "menages.csv"
    path.write_bytes(text.encode())
    return read_table(path, **{"required": REQUIRED, "optional": ("statut",), **options})


def faults_of(folder: Path, text: str, **options: object) -> list[str]:
    with pytest.raises(DataError) as caught:
        table(folder, text, **options)
    return [fault.replace("\u00a0", " ").replace("\u202f", " ") for fault in caught.value.faults]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_ends_of_line_and_marks(
    tmp_path: Path, separator: str, end: str, mark: str
) -> None:
    rows = [["id", "taille"], ["A", " 3 "], ["NA", "null"]]
    text = mark + end.join(separator.join(row) for row in rows) + end
    read = table(tmp_path, text)
    assert read.to_dict("index") == {
        2: {"id": "A", "taille": "3"},
        3: {"id": "NA", "taille": "null"},
    }
    assert read.attrs == {"notes": (), "file": "menages.csv"}


def test_lines_are_those_of_the_file_even_after_a_quoted_line_break(tmp_path: Path) -> None:
    read = table(tmp_path, 'id;taille;statut\nA;3;"x\ny"\nB;4;z\n')
    assert list(read.index) == [2, 4]


def test_blank_lines_are_counted(tmp_path: Path) -> None:
    read = table(tmp_path, "id;taille\n;\nA;3\n\n;\n")
    assert list(read.index) == [3]
    assert read.attrs["notes"][0].replace("\u00a0", " ") == "2 lignes vides ignorées."


def test_columns_are_matched_without_case_and_renamed(tmp_path: Path) -> None:
    read = table(tmp_path, "ID;Taille\nA;3\n", required={"id": "household_id", "taille": "size"})
    assert list(read.columns) == ["household_id", "size"]


def test_every_ragged_row_is_named(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "id;taille\nA;3;5\nB;2\nC\n")
    assert [fault.split(" : ")[0] for fault in faults] == [
        "menages.csv, ligne 2",
        "menages.csv, ligne 4",
    ]
    assert "3 valeurs pour 2 colonnes (1 de trop)" in faults[0]
    assert "1 valeur pour 2 colonnes (1 en moins)" in faults[1]


def test_a_renamed_column_is_recognised_once(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "id;tailles\nA;3\n") == [
        "menages.csv : colonne « taille » absente. Faut-il renommer « tailles » ?"
    ]


def test_an_unknown_column_is_refused_kept_or_dropped(tmp_path: Path) -> None:
    text = "id;taille;statu\nA;3;x\n"
    assert faults_of(tmp_path, text) == [
        "menages.csv : colonne « statu » inconnue. Vouliez-vous « statut » ?"
    ]
    assert list(table(tmp_path, text, extra="keep").columns) == ["id", "taille", "statu"]
    dropped = table(tmp_path, text, extra="drop")
    assert list(dropped.columns) == ["id", "taille"]
    assert "statu" in dropped.attrs["notes"][0]


def test_a_repeated_column_is_refused(tmp_path: Path) -> None:
    assert "présente 2 fois" in faults_of(tmp_path, "id;taille;ID\nA;3;B\n")[0]
    assert "sans nom" in faults_of(tmp_path, "id;taille;;\nA;3;;\n")[0]


def test_persons_are_dropped_and_said(tmp_path: Path) -> None:
    text = "id;taille;Nom;prénom;E-mail;date de naissance;tel;quartier\nA;3;Dupont;L;a@b;1;0;C\n"
    read = table(tmp_path, text, forbidden=("quartier",))
    assert list(read.columns) == ["id", "taille"]
    note = read.attrs["notes"][0]
    assert all(word in note for word in ("Nom", "prénom", "E-mail", "naissance", "tel", "quartier"))
    assert "Dupont" not in note


def test_a_column_asked_for_is_kept_even_if_it_looks_personal(tmp_path: Path) -> None:
    text = "id;taille;nom\nA;3;École\n"
    assert "nom" in table(tmp_path, text, required=(*REQUIRED, "nom"))
    assert "nom" in table(tmp_path, text, personal=False, extra="keep")


def test_a_file_without_header_shows_no_person(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "Dupont;Lucie\nMartin;Paul\n")
    assert len(faults) == 1
    assert faults[0].endswith("absent. Colonnes attendues : « id » et « taille ».")
    assert "Dupont" not in faults[0]


def test_quotes_left_open(tmp_path: Path) -> None:
    assert "guillemet" in faults_of(tmp_path, 'id;taille\n"A;3\nB;4\n')[0]
    assert "guillemet" in faults_of(tmp_path, "id;taille\nA;" + "3" * 200_000 + "\n")[0]


def test_a_header_alone_is_no_table(tmp_path: Path) -> None:
    assert "aucune ligne" in faults_of(tmp_path, "id;taille\n")[0]
    assert "aucune ligne" in faults_of(tmp_path, "id;taille\n;\n")[0]


def test_hundreds_of_columns_are_refused(tmp_path: Path) -> None:
    header = ";".join(f"c{rank}" for rank in range(1500))
    assert "1500 colonnes" in faults_of(tmp_path, header + "\n")[0]


def test_the_separator_may_be_given(tmp_path: Path) -> None:
    read = table(tmp_path, "id;taille\nA,B;3\n", separator=";")
    assert read.loc[2, "id"] == "A,B"


def test_personal_names() -> None:
    personal = [
        "NOM",
        "nom_usage",
        "Téléphone",
        "e_mail",
        "Né le",
        "n° sécurité sociale",
        "proprio_nom",
    ]
    assert [name for name in personal if not is_personal(name)] == ["n° sécurité sociale"]
    assert not any(map(is_personal, ["nombre", "telescope", "taille", "revenu", "nomenclature"]))


def test_missing_columns_of_a_layer() -> None:
    faults = Faults("a.geojson")
    check_columns(["LIBELLE", "typezon"], ["libelle", "typezone"], faults)
    assert len(faults.list) == 1
    assert "typezon" in faults.list[0]
