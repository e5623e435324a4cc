"""Tables in a workbook (XLSX) or a CSV for Excel: real numbers, texts that stay texts.

Totals, differences and shares are formulas where the table itself holds their terms.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from numbers import Real
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from habitat_analysis.report.derived_cells import derived_cells
from habitat_analysis.report.plain_text import inert_cell, without_controls
from habitat_analysis.report.sheets import DECIMALS, Column, Quantity, Sheet

NAME_MOST: Final = 31  # characters of a sheet's name
TEXT_MOST: Final = 32_767  # characters of a cell
WIDTHS: Final = (10, 60)  # of a column, in characters
HEADER_ROW: Final = 2
PAGE_HEADER_MOST: Final = 250  # characters of the head of a printed page
_REFUSED_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "default_date_format": "dd/mm/yyyy",
}


def write_sheets(
    sheets: Iterable[Sheet],
    path: Path,
    *,
    title: str,
    stamp: int,
    first: Callable[[Any], None] | None = None,
    banner: str = "",
) -> Path:
    """Write tables into a workbook, one sheet each.

    Parameters
    ----------
    sheets
        In order; a name met twice gets a number.
    path
        File to write.
    title
        Title of the workbook, in its properties.
    stamp
        Date of the workbook, seconds since 1970: no clock is read.
    first
        Adds its own sheets to the open workbook, before the tables.
    banner
        A line above the caption of each table, and at the head of each printed page.

    Returns
    -------
    path
        As given. The same tables give the same bytes.
    """
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        created = datetime.fromtimestamp(stamp, tz=UTC).replace(tzinfo=None)
        book.set_properties({"title": without_controls(title)[:255], "created": created})
        if first is not None:
            first(book)
        styles = _Styles(book)
        for name, table in _named(sheets, [page.name for page in book.worksheets()]):
            page = book.add_worksheet(name)
            _write_sheet(page, table, styles, caption_row=1 if banner else 0)
            if banner:
                page.write_string(0, 0, _text(banner), styles.banner)
                page.set_header("&C" + _text(banner).replace("&", "&&")[:PAGE_HEADER_MOST])
    return path


def write_csv_excel(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table that a French Excel opens with a double click.

    Semicolons, decimal commas, UTF-8 with its mark; ISO dates become dd/mm/yyyy; a text that looks
    like a formula is kept a text.

    Parameters
    ----------
    frame
        The table; its index is left out.
    path
        File to write.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow([inert_cell(name) for name in frame.columns])
        writer.writerows([_csv_cell(v) for v in row] for row in frame.itertuples(index=False))
    return path


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        self.caption = book.add_format({"bold": True, "font_size": 12})
        self.banner = book.add_format({"bold": True, "font_size": 12, "font_color": "#9C1C10"})
        self.header = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "bottom",
                "bottom": 2,
                "bg_color": "#EAF1F8",
            }
        )
        self.note = book.add_format({"italic": True, "font_color": "#444444"})

    def of(self, number_format: str, *, total: bool) -> Any:
        """Return the format of a cell: text wraps, a total is bold."""
        key = (number_format, total)
        if key not in self._made:
            look: dict[str, Any] = {"num_format": number_format, "valign": "top"}
            if number_format == "@":
                look["text_wrap"] = True
            if total:
                look |= {"bold": True, "top": 1}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _write_sheet(page: Any, table: Sheet, styles: _Styles, *, caption_row: int) -> None:
    page.write_string(caption_row, 0, _text(table.caption), styles.caption)
    for rank, column in enumerate(table.columns):
        page.write_string(HEADER_ROW, rank, _text(column.header), styles.header)
        page.set_column(rank, rank, _width(table, column))
    page.freeze_panes(HEADER_ROW + 1, 1)
    last = len(table.frame) - 1
    formulas = derived_cells(table, _address)
    for row, values in enumerate(table.frame.to_dict("records")):
        total = table.total and row == last
        for rank, column in enumerate(table.columns):
            formula = formulas.get((row, rank))
            where = (HEADER_ROW + 1 + row, rank)
            if formula is None:
                _write_cell(page, *where, values[column.name], column, styles, total)
            else:
                number, look = _number_of(values[column.name], column)
                page.write_formula(*where, formula, styles.of(look, total=total), number)
    for rank, note in enumerate(table.notes):
        page.write_string(HEADER_ROW + 2 + len(table.frame) + rank, 0, _text(note), styles.note)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _address(row: int, rank: int) -> str:
    """Write the address of a cell of a table, by its row in the frame."""
    return str(xl_rowcol_to_cell(HEADER_ROW + 1 + row, rank))


def _write_cell(
    page: Any, row: int, rank: int, value: Any, column: Column, styles: _Styles, total: bool
) -> None:
    number, number_format = _number_of(value, column)
    if number is None:
        page.write_string(row, rank, _text(column.write(value)), styles.of("@", total=total))
    elif isinstance(number, date):
        page.write_datetime(row, rank, number, styles.of(number_format, total=total))
    else:
        page.write_number(row, rank, number, styles.of(number_format, total=total))


def _number_of(value: Any, column: Column) -> tuple[float | date | None, str]:
    """Give the number of a cell and how a spreadsheet shows it; None for a text."""
    if isinstance(value, Quantity):
        if pd.isna(value.value):
            return None, "@"
        return float(value.value), _quantity_format(value)
    missing = value is None or isinstance(value, str | bool) or bool(pd.isna(value))
    if missing or column.kind in ("text", "mixed"):
        return None, "@"
    if column.kind == "date":
        return (value, "dd/mm/yyyy") if isinstance(value, date) else (None, "@")
    if column.kind == "share":
        return float(value), "0.0%"
    return float(value), _decimals(DECIMALS[column.kind])


def _quantity_format(quantity: Quantity) -> str:
    if quantity.unit == "%":
        return f"{_decimals(quantity.decimals)}%"
    if not quantity.unit:
        return _decimals(quantity.decimals)
    unit = quantity.unit.replace('"', "")
    return f'{_decimals(quantity.decimals)}" {unit}"'


def _decimals(n: int) -> str:
    return "#,##0" + ("." + "0" * n if n else "")


def _width(table: Sheet, column: Column) -> float:
    low, high = WIDTHS
    cells = [column.write(value) for value in table.frame[column.name]]
    longest = max((len(text) for text in cells), default=0)
    words = max((len(word) for word in column.header.split()), default=0)
    return float(min(high, max(low, longest + 2, words + 3, len(column.header) / 2 + 2)))


def _named(sheets: Iterable[Sheet], names: Iterable[str]) -> list[tuple[str, Sheet]]:
    """Give each table a name that a workbook accepts, none twice nor among those it has."""
    taken = {name.lower(): 1 for name in names}
    named = []
    for table in sheets:
        stem = _REFUSED_IN_NAMES.sub(" ", without_controls(table.name)).strip()[:NAME_MOST]
        key = (stem or "Feuille").lower()
        taken[key] = taken.get(key, 0) + 1
        tail = f" {taken[key]}" if taken[key] > 1 else ""
        named.append(((stem or "Feuille")[: NAME_MOST - len(tail)] + tail, table))
    return named


def _text(text: str) -> str:
    return without_controls(text)[:TEXT_MOST]


def _csv_cell(value: Any) -> str:
    if value is None or (not isinstance(value, Sequence) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Real):
        return f"{float(value):.15g}".replace(".", ",")
    return inert_cell(value)
