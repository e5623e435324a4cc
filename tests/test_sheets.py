"""Tables that are French on a page and numbers in a workbook."""

from __future__ import annotations

from datetime import date

import pytest

from habitat_analysis.formats import NARROW, NBSP
from habitat_analysis.report.sheets import Column, Quantity, counted, facts_sheet, sheet


@pytest.mark.parametrize(
    ("quantity", "written"),
    [
        (Quantity(value=1234567, unit="€"), f"1{NARROW}234{NARROW}567{NBSP}€"),
        (Quantity(value=0.125, unit="%", decimals=1), f"12,5{NBSP}%"),
        (Quantity(value=61.26, unit="m²", decimals=1), f"61,3{NBSP}m²"),
        (Quantity(value=0.5, decimals=2), "0,50"),
        (Quantity(value=float("nan"), unit="€"), "n. d."),
        (counted(1, "place"), f"1{NBSP}place"),
        (counted(2.5, "place"), f"2,5{NBSP}places"),
        (counted(2, "local", "locaux"), f"2{NBSP}locaux"),
    ],
)
def test_a_quantity_carries_its_unit(quantity: Quantity, written: str) -> None:
    assert str(quantity) == written


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("whole", 1234.4, f"1{NARROW}234"),
        ("decimal", 3.0, "3,0"),
        ("decimal2", 5.726, "5,73"),
        ("share", 0.3333, f"33,3{NBSP}%"),
        ("date", date(2026, 3, 1), "01/03/2026"),
        ("text", True, "oui"),
        ("whole", None, "n. d."),
        ("whole", "< 11", "< 11"),
    ],
)
def test_a_column_writes_its_kind(kind: str, value: object, written: str) -> None:
    assert Column(name="x", header="X", kind=kind).write(value) == written  # type: ignore[arg-type]


def test_missing_and_not_applicable_are_told_apart() -> None:
    columns = [
        Column(name="who", header="Statut"),
        Column(name="cap", header="Plafond (€)", kind="whole", absent="s. o."),
        Column(name="n", header="Lots", kind="whole"),
    ]
    table = sheet("x", "Prix", [{"who": "LIBRE"}], columns).table()
    assert table.rows == (("LIBRE", "s. o.", "n. d."),)
    assert table.numeric == (False, True, True)


def test_the_last_row_is_the_total() -> None:
    columns = [Column(name="who", header="Statut"), Column(name="n", header="Lots", kind="whole")]
    rows = [{"who": "PLUS", "n": 2}, {"who": "Total", "n": 2}]
    html = sheet("x", "Lots", rows, columns, total=True).table().to_html()
    assert '<tfoot><tr><th scope="row">Total</th>' in html


def test_a_sheet_without_rows_has_no_total() -> None:
    columns = [Column(name="who", header="Statut")]
    assert not sheet("x", "Rien", [], columns, total=True).table().total


def test_what_a_notebook_shows_is_the_french_table() -> None:
    table = facts_sheet("x", "Faits", {"Surface": Quantity(value=900, unit="m²"), "Lu": True})
    assert repr(table) == repr(table.table())
    assert "<caption>Faits</caption>" in table._repr_html_()
    assert table.with_caption("Autre : titre").caption == f"Autre{NBSP}: titre"


def test_texts_of_the_planner_are_not_retouched() -> None:
    table = facts_sheet("x", "Faits", {"Nom": "a : b"})
    assert table.table().rows == (("Nom", "a : b"),)
