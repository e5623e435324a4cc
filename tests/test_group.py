"""The file of households: typed rows, all faults at once, and nothing about anybody in messages."""

import math

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.households.group import COLUMNS, read_group

HEADER = (
    "pseudonyme;couples;adultes_seuls;ages_adultes;ages_enfants;ages_enfants_visite;"
    "personnes_a_charge;carte_invalidite;rfr_n2;rfr_n1;revenu_mensuel;epargne;"
    "mensualites_credit;statuts_souhaites;typologies_souhaitees"
)
GOOD = "M001;1;0;34|36;8|3;;;non;38 540,5;;3200;15000;;PSLA|brs;T3|t4"
ALONE = "M002;0;1;29;;6;;oui;13200;11000;1450;;120;;"


@pytest.fixture
def write(tmp_path):
    def write_file(*lines, header=HEADER, encoding="utf-8", newline="\n"):
        path = tmp_path / "menages.csv"
        path.write_bytes(newline.join((header, *lines, "")).encode(encoding))
        return path

    return write_file


def faults_of(path):
    with pytest.raises(DataError) as error:
        read_group(path)
    return error.value


def test_rows_are_typed(write):
    group = read_group(write(GOOD, ALONE))
    assert tuple(group.table.columns) == COLUMNS
    family, alone = group.table.to_dict("records")
    assert family["household_id"] == "M001"
    assert family["adult_ages"] == (34, 36)
    assert family["child_ages"] == (8, 3)
    assert family["dependants"] == 2  # the file says nothing: the children at home
    assert family["rfr_n2_eur"] == 38_540.5
    assert family["wished_tenures"] == ("PSLA", "BRS")
    assert family["wished_typologies"] == ("T3", "T4")
    assert alone["disabled"] is True
    assert alone["visiting_child_ages"] == (6,)
    assert alone["rfr_n1_eur"] == 11_000
    assert alone["line"] == 3
    assert group.table["savings_eur"].isna().tolist() == [False, True]
    assert group.notes == ()


@pytest.mark.parametrize(
    ("encoding", "newline"), [("utf-8-sig", "\r\n"), ("utf-8", "\r\n"), ("utf-8-sig", "\n")]
)
def test_spreadsheet_files_are_read_alike(write, encoding, newline):
    path = write(GOOD, ALONE, encoding=encoding, newline=newline)
    assert read_group(path).table["household_id"].tolist() == ["M001", "M002"]


def test_commas_separate_too(write):
    header = "pseudonyme,couples,adultes_seuls,ages_enfants,rfr_n2,revenu_mensuel"
    table = read_group(write("M001,0,1,,13200.5,1450", header=header)).table
    assert table.loc[0, "rfr_n2_eur"] == 13_200.5
    assert table.loc[0, "wished_tenures"] == ()


def test_names_are_dropped_and_said_but_never_kept(write):
    header = f"{HEADER};nom;Prénom;adresse;date_naissance;téléphone;e-mail"
    line = f"{GOOD};Zyxwold;Quendelin;9 rue Wubble;01/02/1990;0601020304;q@zyx.example"
    group = read_group(write(line, header=header))
    kept = group.table.to_csv() + str(group.table.attrs) + " ".join(group.notes)
    for private in ("Zyxwold", "Quendelin", "Wubble", "1990", "0601020304", "zyx.example"):
        assert private not in kept
    (note,) = group.notes
    for column in ("nom", "Prénom", "adresse", "date_naissance", "téléphone", "e-mail"):
        assert column in note


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("M001;0;0;;;;;;9000;;900;;;;", "ligne 2, ménage M001 : le ménage ne compte personne"),
        ("M001;0;0;;4;;;;9000;;900;;;;", "ne compte aucun adulte"),
        ("M001;;1;;;;;;9000;;900;;;;", "« couples » est vide"),
        ("M001;0;1,5;;;;;;9000;;900;;;;", "nombre entier"),
        ("M001;0;-1;;;;;;9000;;900;;;;", "minimum"),
        ("M001;0;1;;;;;;-77123;;900;;;;", "« rfr_n2 »"),
        ("M001;0;1;;;;;;;;900;;;;", "« rfr_n2 » est vide"),
        ("M001;0;1;;;;;;9000;;nan;;;;", "« revenu_mensuel »"),
        ("M001;0;1;;;;;;inf;;900;;;;", "pas un nombre"),
        ("M001;0;1;;;;;;1e30;;900;;;;", "maximum"),
        ("M001;0;1;;;;;;25 %;;900;;;;", "pas un nombre"),
        ("M001;0;1;121;;;;;9000;;900;;;;", "« ages_adultes » contient un âge"),
        ("M001;0;1;;-3;;;;9000;;900;;;;", "« ages_enfants » contient un âge"),
        ("M001;0;1;;;4,5;;;9000;;900;;;;", "« ages_enfants_visite » contient un âge"),
        ("M001;1;0;34;;;;;9000;;900;;;;", "pas autant d'âges"),
        ("M001;1;0;;4;;5;;9000;;900;;;;", "personnes_a_charge"),
        ("M001;0;1;;;;;peut-être;9000;;900;;;;", "ni oui ni non"),
        ("M001;0;1;;;;;;9000;;900;;;PLSA;", "Vouliez-vous « PSLA » ?"),
        ("M001;0;1;;;;;;9000;;900;;;;T9", "typologie inconnue"),
        (";0;1;;;;;;9000;;900;;;;", "« pseudonyme » est vide"),
        ("M001;0;1;" + "|".join(["1"] * 21) + ";;;;;9000;;900;;;;", "plus de 20 personnes"),
    ],
)
def test_each_fault_is_named(write, line, expected):
    error = faults_of(write(line))
    assert expected in str(error).replace("\u00a0", " ")
    assert error.code == "E_GROUP"


def test_all_faults_come_at_once_in_the_order_of_the_file(write):
    path = write(
        "M001;1;0;34|360;;;;;-5;;3200;;;PLSA;",
        "M002;0;0;;;;;;9000;;900;;;;",
        "M001;0;1;;;;;;9000;;;;;;T9",
    )
    faults = faults_of(path).faults
    assert len(faults) == 7
    lines = [fault.split("ligne")[1].split()[0 if "lignes" not in fault else 1] for fault in faults]
    assert [text.rstrip(",") for text in lines] == sorted(text.rstrip(",") for text in lines)


def test_messages_never_show_an_income_an_age_or_a_free_text(write):
    path = write(
        "M001;1;0;341;;;;;-77123;-66123;-55123;-44123;-33123;PLSA;",
        "Jean Zyxwold;0;1;;1.777;;;;77x123;;55x123;;;Zyxwold veut louer;grand T3 clair",
        "Zyxwold;0;99;;;;;sait pas;12;;12;;;;",
    )
    text = "\n".join(faults_of(path).faults)
    for private in ("341", "77", "66123", "55", "44123", "33123", "Zyxwold", "grand", "sait pas"):
        assert private not in text
    assert "ménage M001" in text
    assert "ligne 3 : pseudonyme non conforme" in text
    assert "PLSA" in text


def test_same_pseudonym_twice(write):
    text = str(faults_of(write(GOOD, ALONE, GOOD)))
    assert "lignes 2 et 4 : le ménage M001 figure 2 fois" in text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HEADER.replace("couples;", ""), "colonne « couples » absente"),
        (HEADER.replace("rfr_n2", "rfr_n_2"), "rfr_n_2"),
        (f"{HEADER};religion", "colonne « religion » inconnue"),
        (f"{HEADER};couples", "« couples » présente 2 fois"),
    ],
)
def test_columns(write, header, expected):
    error = faults_of(write("M001" + ";" * header.count(";"), header=header))
    assert expected in str(error).replace("\u00a0", " ")


@pytest.mark.parametrize("content", [b"", b"\n", HEADER.encode(), b"\xff\xfe\x00p", b"PK\x03\x04x"])
def test_files_that_are_not_a_table(tmp_path, content):
    path = tmp_path / "menages.csv"
    path.write_bytes(content)
    assert "menages.csv" in str(faults_of(path))


def test_a_missing_file(tmp_path):
    assert "introuvable" in str(faults_of(tmp_path / "absent.csv"))


def test_a_yearly_income_in_a_monthly_column_is_doubted_not_refused(write):
    line = "M001;0;1;;;;;;18000;;21000;;;;"
    (note,) = read_group(write(line, ALONE)).notes
    assert "1 ménage" in note.replace("\u00a0", " ").replace("\u202f", " ")
    assert "ligne" in note
    assert "18" not in note
    assert "21" not in note


def test_children_who_visit_may_be_dependants(write):
    line = "M001;0;1;40;;6|9;2;;18000;;1500;;;;"
    assert read_group(write(line)).table.loc[0, "dependants"] == 2


DATED = HEADER.replace("rfr_n1", "annee_rfr_n2")


def dated(pseudonym, year):
    return f"{pseudonym};0;1;29;;;;;13200;{year};1450;;;;"


def test_incomes_of_the_year_before_last_are_accepted(write):
    path = write(dated("M001", 2024), dated("M002", ""), header=DATED)
    assert read_group(path, operation_year=2026).table["income_year"].tolist()[0] == 2024


def test_incomes_of_a_wrong_year_are_refused_with_the_year_due(write):
    path = write(dated("M001", 2024), dated("M002", 2023), header=DATED)
    with pytest.raises(DataError) as error:
        read_group(path, operation_year=2026)
    (fault,) = error.value.faults
    said = fault.replace("\u00a0", " ").replace("\u202f", " ")
    assert "ligne 3, ménage M002 : « annee_rfr_n2 » vaut 2023" in said
    assert "une opération de 2026 demande 2024" in said
    assert "avis d'impôt 2025" in said


def test_years_must_agree_when_the_operation_is_not_known(write):
    path = write(dated("M001", 2024), dated("M002", 2023), header=DATED)
    assert "mêle 2023 et 2024" in str(faults_of(path))
    assert "nombre entier" in str(faults_of(write(dated("M001", "2024,5"), header=DATED)))


RESIDENTS = f"{HEADER};points;apl_mensuelle;contingents;departs_enfants_ans"


def test_what_the_cooperative_adds_is_typed(write):
    line = f"{GOOD};12,5;180;Ville|action logement|ville;10|"
    group = read_group(write(line, header=RESIDENTS), reservations=("ville", "Action Logement"))
    (row,) = group.table.to_dict("records")
    assert (row["points"], row["apl_month_eur"]) == (12.5, 180)
    assert row["reservations"] == ("ville", "Action Logement")
    assert row["child_departures_years"] == (10, None)


def test_without_a_study_any_name_of_a_quota_passes(write):
    line = f"{GOOD};;;Préfecture;"
    (row,) = read_group(write(line, header=RESIDENTS)).table.to_dict("records")
    assert row["reservations"] == ("Préfecture",)
    assert row["child_departures_years"] == ()
    assert math.isnan(row["points"])


@pytest.mark.parametrize(
    ("added", "expected", "hidden"),
    [
        ("-3;;;", "points", "-3"),
        (";7777;;", "apl_mensuelle", "7777"),
        (";douze;;", "apl_mensuelle", "douze"),
        (";;Vile;", "« contingents » vaut « Vile »", None),
        (";;Le quota de la ville;", "texte masqué", "quota de la ville"),
        (";;;77|3", "« departs_enfants_ans » contient une durée illisible", "77"),
        (";;;bientôt|3", "« departs_enfants_ans » contient une durée illisible", "bientôt"),
        (";;;4", "n'a pas autant de valeurs que le ménage a d'enfants", "4 "),
    ],
)
def test_a_bad_addition_is_refused_with_its_line_and_no_sum(write, added, expected, hidden):
    path = write(f"{GOOD};{added}", header=RESIDENTS)
    with pytest.raises(DataError) as error:
        read_group(path, reservations=("Ville", "État"))
    (fault,) = error.value.faults
    said = fault.replace("\u00a0", " ").replace("\u202f", " ")
    assert said.startswith("menages.csv, ligne 2, ménage M001")
    assert expected in said
    assert hidden is None or hidden not in said


def test_a_quota_that_the_study_does_not_name_is_refused(write):
    with pytest.raises(DataError, match="nommez-le dans l'étude"):
        read_group(write(f"{GOOD};;;Ville;", header=RESIDENTS), reservations=())
