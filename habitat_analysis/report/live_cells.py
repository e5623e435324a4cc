"""Sheets whose numbers are formulas: where each quantity stands, its formula, its value.

A formula names its cells by `Cell`, `Grid` or `Places`, never by a number typed twice. Each one is
written with the value that Python found, for readers that do not calculate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from xlsxwriter.utility import xl_rowcol_to_cell

from habitat_analysis.formats import typeset
from habitat_analysis.report.plain_text import without_controls

Kind = Literal["eur", "eur2", "m2", "rate", "share", "index", "whole", "year"]
Role = Literal["plain", "input", "total", "bold", "absent", "beside"]
Value = float | str

# Under half of the last figure shown, a rounding error is a zero without its sign.
FORMATS: Final[Mapping[Kind, str]] = {
    "eur": '[>=0.5]#,##0;[<=-0.5]"−"#,##0;0',
    "eur2": '[>=0.005]#,##0.00;[<=-0.005]"−"#,##0.00;0.00',
    "m2": "#,##0.0",
    "rate": '0.00%;"−"0.00%',
    "share": '0.0%;"−"0.0%',
    "index": "0.0000",
    "whole": '#,##0;"−"#,##0',
    "year": "0",
}
NOTICE: Final = (
    "Changez les cellules jaunes de la feuille « Entrées », et elles seules : tout le reste est "
    "formule et se recalcule."
)
TEXT_MOST: Final = 32_767
MARGINS_IN: Final = 0.4
NOTICE_HEIGHT: Final = 32
HEADER_HEIGHT: Final = 62


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a quantity stands; in a formula, its address with its sheet."""

    sheet: str
    row: int
    column: int
    fixed: bool = True  # $A$1, or A1: the same formula goes down a column

    def __str__(self) -> str:
        """Write the address."""
        return f"'{self.sheet}'!{self.short}"

    @property
    def short(self) -> str:
        """Address without its sheet."""
        fixed = self.fixed
        return str(xl_rowcol_to_cell(self.row, self.column, row_abs=fixed, col_abs=fixed))


def span(first: Cell, last: Cell) -> str:
    """Write the address of all the cells from one to another.

    Examples
    --------
    >>> span(Cell("Entrées", 1, 1), Cell("Entrées", 3, 1))
    "'Entrées'!$B$2:$B$4"
    """
    return f"{first}:{last.short}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table with a row a year and named columns, on one sheet."""

    sheet: str
    first_row: int
    names: tuple[str, ...]
    rows: int
    first_column: int = 0

    def at(self, name: str, rank: int) -> Cell:
        """Give the cell of a column in a row, from 0."""
        column = self.first_column + self.names.index(name)
        return Cell(self.sheet, self.first_row + rank, column, fixed=False)

    def all(self, name: str, start: int = 0) -> str:
        """Write the address of a column, from a row on."""
        return span(self._fixed(name, start), self._fixed(name, self.rows - 1))

    def until(self, name: str, count: Cell, start: int = 0) -> str:
        """Write the address of the first `count` cells of a column, from a row on."""
        return f"{self._fixed(name, start)}:INDEX({self.all(name, start)},{count})"

    def across(self, first: str, last: str, rank: int) -> str:
        """Write the address of the cells of a row, from one column to another."""
        return span(self.at(first, rank), self.at(last, rank))

    def _fixed(self, name: str, rank: int) -> Cell:
        cell = self.at(name, rank)
        return Cell(cell.sheet, cell.row, cell.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A column of a `Grid`: its title, and the formula and the value of each row."""

    name: str
    header: str
    kind: Kind
    formula: Callable[[int], str]  # of a rank from 0; an empty text leaves the cell empty
    values: Sequence[Value]
    total: bool = False  # in bold


@dataclass(slots=True)
class Places:
    """Where the quantities that other sheets use stand, by name and tenure."""

    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)

    def put(self, name: str, code: str, cell: Cell) -> Cell:
        """Remember a place."""
        self.cells[name, code] = cell
        return cell

    def __call__(self, name: str, code: str = "") -> Cell:
        """Give the place of a quantity."""
        return self.cells[name, code]

    def has(self, name: str, code: str = "") -> bool:
        """Say whether the quantity is in the workbook."""
        return (name, code) in self.cells


class LiveBook:
    """An open workbook in which live sheets are written, with their few styles."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, Role], Any] = {}
        self.places = Places()
        self.title = book.add_format({"bold": True, "font_size": 12})
        self.notice = book.add_format({"italic": True, "text_wrap": True, "valign": "top"})
        self.section = book.add_format({"bold": True, "font_size": 11, "font_color": "#1F4E79"})
        header = {
            "bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "bg_color": "#EAF1F8",
        }  # fmt: skip
        self.header = book.add_format(header)
        self.figures = book.add_format(header | {"align": "right"})

    def page(self, name: str) -> LivePage:
        """Add a sheet."""
        return LivePage(self, self._book.add_worksheet(name), name)

    def name(self, name: str, cell: Cell) -> None:
        """Give a name of its own to a cell: « loyer_PLAI »."""
        self._book.define_name(name, f"={cell}")

    def style(self, number_format: str, role: Role) -> Any:
        """Return the format of a cell."""
        key = (number_format, role)
        if key not in self._made:
            look: dict[str, Any] = {"num_format": number_format, "valign": "top"}
            if role == "input":
                look |= {"bg_color": "#FFF9D6", "font_color": "#0000C0", "border": 1,
                         "border_color": "#D9CF8B"}  # fmt: skip
            elif role == "total":
                look |= {"bold": True, "top": 1}
            elif role == "bold":
                look["bold"] = True
            if role in ("input", "absent"):
                look["align"] = "right"
            elif role == "beside":
                look |= {"align": "left", "indent": 1}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


class LivePage:
    """One live sheet."""

    def __init__(self, book: LiveBook, sheet: Any, name: str) -> None:
        self.book = book
        self.name = name
        self._sheet = sheet

    def opening(self, title: str, what: str, *, widths: Sequence[float]) -> None:
        """Write the two first lines, set the columns and the paper."""
        self._sheet.write_string(0, 0, _plain(title), self.book.title)
        last = len(widths) - 1
        self._sheet.merge_range(1, 0, 1, last, "", self.book.notice)
        self._sheet.write_string(1, 0, _plain(f"{what} {NOTICE}"), self.book.notice)
        self._sheet.set_row(1, NOTICE_HEIGHT)
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(*[MARGINS_IN] * 4)

    def freeze(self, row: int, column: int = 1, *, repeat: bool = False) -> None:
        """Keep the rows above and the columns before in sight; on paper too if asked."""
        self._sheet.freeze_panes(row, column)
        if repeat:
            self._sheet.repeat_rows(row - 1)

    def section(self, row: int, text: str) -> None:
        """Write the title of a part of the sheet."""
        self.section_at(row, 0, text)

    def section_at(self, row: int, column: int, text: str) -> None:
        """Write the title of a part that stands beside others."""
        self._sheet.write_string(row, column, _plain(text), self.book.section)

    def header(
        self, row: int, texts: Sequence[str], *, figures: range, height: float | None = None
    ) -> None:
        """Write the titles of columns, those of figures on the right."""
        for column, text in enumerate(texts):
            style = self.book.figures if column in figures else self.book.header
            if text:
                self._sheet.write_string(row, column, _plain(text), style)
            else:
                self._sheet.write_blank(row, column, None, style)
        if height is not None:
            self._sheet.set_row(row, height)

    def text(self, row: int, column: int, text: str, role: Role = "plain") -> Cell:
        """Write a text, which stays a text."""
        style = self.book.style("@", "beside" if column and role == "plain" else role)
        if text:
            self._sheet.write_string(row, column, _plain(text), style)
        else:
            self._sheet.write_blank(row, column, None, style)
        return Cell(self.name, row, column)

    def given(self, row: int, column: int, value: Value, kind: Kind) -> Cell:
        """Write an input: a number, or the word that stands for its absence."""
        style = self.book.style(FORMATS[kind], "input")
        if isinstance(value, str):
            self._sheet.write_string(row, column, _plain(value), style)
        else:
            self._sheet.write_number(row, column, float(value), style)
        return Cell(self.name, row, column)

    def computed(
        self, row: int, column: int, formula: str, value: Value, kind: Kind, role: Role = "plain"
    ) -> Cell:
        """Write a formula with the value that Python found; its own sheet goes unsaid."""
        local = formula.replace(f"'{self.name}'!", "")
        known = _plain(value) if isinstance(value, str) else _finite(value)
        self._sheet.write_formula(
            row, column, f"={local}", self.book.style(FORMATS[kind], role), known
        )
        return Cell(self.name, row, column)

    def grid(
        self, header_row: int, columns: Sequence[Series], *, rows: int, first_column: int = 0
    ) -> None:
        """Write the columns of a `Grid`."""
        for rank, series in enumerate(columns):
            column = first_column + rank
            self._sheet.write_string(header_row, column, _plain(series.header), self.book.figures)
            for row in range(rows):
                formula = series.formula(row)
                if formula:
                    where = header_row + 1 + row, column
                    role: Role = "bold" if series.total else "plain"
                    self.computed(*where, formula, series.values[row], series.kind, role)
        self._sheet.set_row(header_row, HEADER_HEIGHT)


def _plain(text: object) -> str:
    return without_controls(typeset(str(text)))[:TEXT_MOST]


def _finite(value: float) -> float:
    """Return a number that a file can hold; a rounding error around zero is a zero."""
    number = float(value)
    return number if math.isfinite(number) and number != 0 else 0.0
