import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.columns import (
    likeness,
    plain_key,
    suggest,
    to_bool,
    to_choice,
    to_code,
    to_date,
    to_integer,
    to_number,
    to_share,
)
from habitat_analysis.errors import Faults
from habitat_analysis.formats import number

NBSP = "\u00a0"


def column(*cells: str, name: str = "valeur") -> pd.Series:
    return pd.Series(list(cells), index=range(2, 2 + len(cells)), name=name, dtype=str)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5),
        ("1234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("1\u202f234\u202f567", 1_234_567),
        ("1\u00a0234", 1234),
        ("-3", -3),
        ("\u22123,5", -3.5),
        (" 7 ", 7),
        (",5", 0.5),
        ("1e3", 1000),
    ],
)
def test_numbers_as_planners_write_them(text: str, value: float) -> None:
    faults = Faults("x")
    assert to_number(column(text), faults).tolist() == [value]
    assert faults.list == []


@pytest.mark.parametrize(
    "text",
    ["nan", "NaN", "inf", "-Infinity", "1e999", "12 €", "1.234,5", "1,2,3", "12 34", "x", "."],
)
def test_what_is_not_a_number(text: str) -> None:
    faults = Faults("a.csv")
    assert to_number(column(text), faults).isna().all()
    assert len(faults.list) == 1
    assert faults.list[0].startswith("a.csv, ligne 2 : «")
    assert "qui n'est pas un nombre" in faults.list[0]


@given(st.floats(-1e9, 1e9))
def test_a_number_shown_is_a_number_read(value: float) -> None:
    faults = Faults("x")
    read = to_number(column(number(value, 2)), faults)
    assert faults.list == []
    assert abs(read.iloc[0] - value) <= 0.005 + 1e-6


def test_bounds_and_empty_cells_are_all_told() -> None:
    faults = Faults("a.csv")
    values = to_number(column("-1", "11", "", "5"), faults, minimum=0, maximum=10)
    assert values.isna().tolist() == [True, True, True, False]
    assert [line.split(" : ")[0] for line in faults.list] == [
        "a.csv, ligne 4",
        "a.csv, ligne 2",
        "a.csv, ligne 3",
    ]
    assert "moins que le minimum (0)" in faults.list[1]


def test_private_values_are_never_shown() -> None:
    faults = Faults("menages.csv")
    secret = column("23 456 euros", "-5", name="revenu")
    to_number(secret, faults, minimum=0, private=True)
    to_integer(column("52.5", name="age"), faults, private=True)
    to_share(column("47", name="part"), faults, private=True)
    to_choice(column("Dupont", name="statut"), ["PLUS"], faults, private=True)
    to_bool(column("peut-être", name="avis"), faults, private=True)
    to_date(column("hier", name="date"), faults, private=True)
    text = "\n".join(faults.list)
    assert len(faults.list) == 7
    assert not any(word in text for word in ("23 456", "-5", "52", "47", "Dupont", "être", "hier"))
    assert text.count("(valeur masquée)") == 7


def test_labels_name_the_line() -> None:
    faults = Faults("menages.csv")
    cells = column("PLSA", name="tenure_souhaitee")
    labels = pd.Series(["ménage M006"], index=[2])
    to_choice(cells, ["PLAI", "PLS", "PSLA"], faults, noun="statut inconnu", labels=labels)
    assert faults.list[0].replace(NBSP, " ").replace("\u202f", " ") == (
        "menages.csv, ligne 2, ménage M006 : « tenure_souhaitee » vaut « PLSA », statut inconnu. "
        "Valeurs acceptées : PLAI, PLS, PSLA. Vouliez-vous « PSLA » ?"
    )


def test_integers() -> None:
    faults = Faults("x")
    values = to_integer(column("4", "4,5", "0", "9007199254740993"), faults, minimum=1)
    assert values.isna().tolist() == [False, True, True, True]
    assert len(faults.list) == 3


@pytest.mark.parametrize(
    ("text", "hint"), [("25", "0,25"), ("25 %", "0,25"), ("100", "écrire 1 ?"), ("-1", "part")]
)
def test_percentages_are_refused_with_the_share(text: str, hint: str) -> None:
    faults = Faults("x")
    assert to_share(column(text), faults).isna().all()
    assert len(faults.list) == 1
    assert hint in faults.list[0]


def test_shares() -> None:
    faults = Faults("x")
    assert to_share(column("0", "1", "0,25"), faults).tolist() == [0, 1, 0.25]
    assert faults.list == []


def test_dates_are_day_first_or_iso() -> None:
    faults = Faults("x")
    dates = to_date(column("03/04/2026", "2026-04-03", "3/4/2026"), faults)
    assert dates.dt.strftime("%Y-%m-%d").tolist() == ["2026-04-03"] * 3
    assert faults.list == []


@pytest.mark.parametrize("text", ["31/02/2026", "12/31/2026", "2026-13-01", "26-04-03", "demain"])
def test_dates_out_of_the_calendar(text: str) -> None:
    faults = Faults("x")
    assert to_date(column(text), faults).isna().all()
    assert "calendrier" in faults.list[0]


def test_an_empty_date_may_be_allowed() -> None:
    faults = Faults("x")
    assert to_date(column(""), faults, required=False).isna().all()
    assert faults.list == []
    to_date(column(""), faults)
    assert len(faults.list) == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1.345e+19", "tableur"),
        ("1,345E+19", "tableur"),
        ("13450000E0012", "tableur"),
        ("3450000AE0012", "zéro de tête"),
        ("013450000AB00123", "compte 16"),
        ("013450000E001É", "forme"),
    ],
)
def test_spoiled_codes(text: str, word: str) -> None:
    faults = Faults("a.csv")
    pattern = r"\d{8}[0-9A-Z]{2}\d{4}"
    codes = to_code(column(text), faults, length=14, pattern=pattern, example="99012000AB0012")
    assert codes.tolist() == [""]
    assert len(faults.list) == 1
    assert word in faults.list[0]


def test_section_0e_is_no_scientific_notation() -> None:
    faults = Faults("x")
    cells = column("920780000E0186")
    assert to_code(cells, faults, length=14, pattern=r"\d{8}[0-9A-Z]{2}\d{4}").tolist() == [
        cells[2]
    ]
    assert to_code(column("12E4"), faults).tolist() == ["12E4"]
    assert faults.list == []


def test_codes_met_twice() -> None:
    faults = Faults("x")
    assert to_code(column("A", "B", "A"), faults, unique=True).tolist() == ["A", "B", "A"]
    assert [line.split(" : ")[0] for line in faults.list] == ["x, ligne 2", "x, ligne 4"]


def test_choices_forgive_case_and_accents() -> None:
    faults = Faults("x")
    assert to_choice(column("propriétaire", "PLUS"), ["Proprietaire", "plus"], faults).tolist() == [
        "Proprietaire",
        "plus",
    ]
    assert faults.list == []


def test_booleans() -> None:
    faults = Faults("x")
    values = to_bool(column("Oui", "NON", "vrai", "0", "", "bof"), faults, required=False)
    assert values.tolist()[:4] == [True, False, True, False]
    assert values.isna().tolist()[4:] == [True, True]
    assert len(faults.list) == 1


def test_near_words() -> None:
    assert "PSLA" in suggest("plsa", ["PLS", "PSLA"])
    assert suggest("zzz", ["PLS", "PSLA"]) == ""
    assert suggest("x", []) == ""
    assert likeness("", "a") == 0
    assert plain_key("  N° d'Îlot ") == "n_d_ilot"
