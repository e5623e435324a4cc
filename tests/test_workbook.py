"""Tables in spreadsheets: numbers are numbers, texts stay texts, no clock is read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from habitat_analysis.report.plain_text import inert_cell, without_controls
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet
from habitat_analysis.report.workbook import write_csv_excel, write_sheets

STAMP = 1_795_305_600  # 22/11/2026


def lots(name: str = "Lots", text: str = "PLUS") -> Sheet:
    columns = [
        Column(name="who", header="Statut"),
        Column(name="n", header="Lots", kind="whole"),
        Column(name="share", header="Part", kind="share"),
        Column(name="cost", header="Coût", kind="mixed"),
        Column(name="day", header="Date", kind="date"),
    ]
    row = {
        "who": text,
        "n": 7,
        "share": 0.125,
        "cost": Quantity(value=1500.5, unit="€"),
        "day": date(2026, 11, 22),
    }
    rows = [row, {"who": "Total", "n": 7}]
    return sheet(name, "Lots", rows, columns, total=True, notes=["=note"])


@pytest.fixture
def book(tmp_path: Path) -> openpyxl.Workbook:
    sheets = [lots(), lots(text="=1+1"), lots("a/b:c*?[d]'" + "e" * 40, text="x\x00\x1by")]
    path = write_sheets(sheets, tmp_path / "t.xlsx", title="T\x00", stamp=STAMP)
    return openpyxl.load_workbook(path)


def test_numbers_are_numbers_with_french_formats(book: openpyxl.Workbook) -> None:
    row = book["Lots"][4]
    assert [cell.value for cell in row] == ["PLUS", 7, 0.125, 1500.5, datetime(2026, 11, 22)]  # noqa: DTZ001
    assert [cell.data_type for cell in row] == ["s", "n", "n", "n", "d"]
    assert row[2].number_format == "0.0%"
    assert row[3].number_format == '#,##0" €"'
    assert row[4].number_format == "dd/mm/yyyy"


def test_a_formula_in_a_text_stays_a_text(book: openpyxl.Workbook) -> None:
    assert (book["Lots 2"]["A4"].value, book["Lots 2"]["A4"].data_type) == ("=1+1", "s")
    assert book["Lots"]["A7"].data_type == "s"  # the note


def test_names_fit_and_controls_vanish(book: openpyxl.Workbook) -> None:
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len(set(book.sheetnames)) == 3
    assert book.worksheets[2]["A4"].value == "xy"


def test_totals_are_bold_and_headers_stay_in_sight(book: openpyxl.Workbook) -> None:
    page = book["Lots"]
    assert page["A5"].font.bold
    assert not page["A4"].font.bold
    assert page.freeze_panes == "B4"
    assert page["C5"].value == "n. d."
    assert book.properties.created == datetime(2026, 11, 22)  # noqa: DTZ001


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_sheets([lots()], tmp_path / "a.xlsx", title="T", stamp=STAMP).read_bytes()
    assert write_sheets([lots()], tmp_path / "b.xlsx", title="T", stamp=STAMP).read_bytes() == first


def test_a_csv_opens_in_a_french_excel(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "=nom": ["@été", "b;c", None],
            "prix": [-12.5, 3.0, float("nan")],
            "jour": [date(2026, 3, 1), None, None],
            "lu": [True, False, True],
            "idu": ["010340000E0012", "1", "2"],
        }
    )
    content = write_csv_excel(frame, tmp_path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n") == [
        "'=nom;prix;jour;lu;idu",
        "'@été;-12,5;01/03/2026;oui;010340000E0012",
        '"b;c";3;;non;1',
        ";;;oui;2",
        "",
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\x00=1"])
def test_formulas_are_neutralised(text: str) -> None:
    assert inert_cell(text).startswith("'")


def test_characters_that_no_format_takes_vanish() -> None:
    assert without_controls("a\x07\x0b\ud800\uffff\x9fé\n") == "aé\n"
