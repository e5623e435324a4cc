"""« Entrées »: every number that the live sheets start from, in yellow, with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from habitat_analysis.finance.costs import chapter_allocation
from habitat_analysis.montage import Montage
from habitat_analysis.montage.operation import Operation
from habitat_analysis.report.live_cells import Cell, Grid, Kind, LivePage, Places, Series, span
from habitat_analysis.report.live_input_rows import (
    WHOLE,
    Row,
    operation_rows,
    rental_rows,
    sale_rows,
    sciapp_rows,
    subsidy_rows,
)
from habitat_analysis.report.live_ofs import TITLE as OFS_TITLE
from habitat_analysis.report.live_ofs import ofs_rows
from habitat_analysis.report.sections_costs import LINE_CHAPTERS

SHEET: Final = "Entrées"
PATHS: Final[Mapping[str, str]] = {  # series of the paths: its title
    "rents": "Loyers : hausse dans l'année (part)",
    "charges": "Charges : hausse dans l'année (part)",
    "repairs": "Gros entretien : hausse dans l'année (part)",
    "tfpb": "Taxe foncière : hausse dans l'année (part)",
}
PATH_NAMES: Final = ("year", "calendar", *PATHS, "livret_a", "shift")


def write_inputs(page: LivePage, montage: Montage) -> Grid:
    """Write the sheet of the inputs and remember where each one stands.

    Returns
    -------
    paths
        The table of the years: growth of each line, Livret A and what it adds to the rates.
    """
    operation = montage.operation
    codes = operation.codes
    page.opening(
        "Entrées des feuilles vivantes",
        "Toutes les hypothèses des plans, des comptes et des bilans. Les coûts sont donnés par "
        "statut : changer le nombre de logements ne les recalcule pas.",
        widths=[46, *[12.0] * max(len(codes), len(PATH_NAMES) - 1), 24, 44],
    )
    writer = _Writer(page, codes)
    row = writer.table(3, "Opération", operation_rows(montage), (WHOLE,), headers=("Valeur",))
    row = _dwellings(writer, row + 1, operation)
    row = _costs(writer, row + 1, operation)
    if montage.rentals:
        row = writer.table(row + 1, "Logements locatifs", rental_rows(montage), codes)
    if montage.sales:
        row = writer.table(row + 1, "Logements vendus", sale_rows(montage), codes)
    givers = list(subsidy_rows(operation))
    if givers:
        row = writer.table(row + 1, "Subventions par logement", givers, codes)
    if montage.brs is not None:
        row = writer.table(row + 1, OFS_TITLE, ofs_rows(montage.brs), codes)
    if montage.sciapp is not None:
        row = writer.table(
            row + 1, "SCIAPP, d'après son propre compte", sciapp_rows(montage), codes
        )
    paths = Grid(sheet=SHEET, first_row=row + 3, names=PATH_NAMES, rows=montage.paths.horizon)
    if montage.rentals:
        _paths(page, row + 1, montage, paths)
    page.freeze(3)
    return paths


class _Writer:
    """Write rows of inputs, a column a tenure, then the unit and the source."""

    def __init__(self, page: LivePage, codes: Sequence[str]) -> None:
        self.page, self.codes = page, tuple(codes)
        self.unit = 1 + max(len(codes), len(PATH_NAMES) - 1)

    @property
    def places(self) -> Places:
        return self.page.book.places

    def table(
        self,
        row: int,
        title: str,
        rows: Sequence[Row],
        codes: Sequence[str],
        *,
        headers: Sequence[str] | None = None,
    ) -> int:
        """Write a table of inputs; return the first row after it."""
        row = self.heading(row, title, headers or codes)
        for item in rows:
            self.line(row, item.label, item.unit, item.source)
            for rank, code in enumerate(codes, start=1):
                if code in item.values:
                    cell = self.page.given(row, rank, item.values[code], item.kind)
                    self.places.put(item.name, code, cell)
            row += 1
        return row

    def heading(self, row: int, title: str, headers: Sequence[str]) -> int:
        """Write a title and the names of the columns."""
        self.page.section(row, title)
        blank = [""] * (self.unit - 1 - len(headers))
        texts = ["Élément", *headers, *blank, " Unité", " D'où vient la valeur"]
        self.page.header(row + 1, texts, figures=range(1, self.unit))
        return row + 2

    def line(self, row: int, label: str, unit: str, source: str) -> None:
        """Write the words of a row."""
        self.page.text(row, 0, label)
        self.page.text(row, self.unit, unit)
        self.page.text(row, self.unit + 1, source)

    def formulas(
        self, row: int, name: str, label: str, unit: str,
        made: Callable[[str], tuple[str, float]], kind: Kind, *, total: bool = False,
    ) -> int:  # fmt: skip
        """Write a row of formulas, a tenure a column; return the next row."""
        self.line(row, label, unit, "formule")
        for rank, code in enumerate(self.codes, start=1):
            formula, value = made(code)
            role = "total" if total else "plain"
            cell = self.page.computed(row, rank, formula, value, kind, role)  # type: ignore[arg-type]
            self.places.put(name, code, cell)
        return row + 1


def _dwellings(writer: _Writer, row: int, operation: Operation) -> int:
    """Write the surfaces of a dwelling, the numbers of dwellings, and what they add up to."""
    used = [
        size
        for size in operation.file.case.typologies
        if any(operation.programme.units.get((size.id, code)) for code in operation.codes)
    ]
    source = "étude, programme.typologies"
    rows = [
        Row(name=f"surface_{size.id}", label=f"{size.id} : surfaces d'un logement",
            unit="m²", source=source, kind="m2",
            values={"SHAB": size.shab_m2, "SU": size.su_m2})
        for size in used
    ]  # fmt: skip
    row = writer.table(row, "Surfaces", rows, ("SHAB", "SU"))
    surfaces = {
        name: span(writer.places(rows[0].name, name), writer.places(rows[-1].name, name))
        for name in ("SHAB", "SU")
    }
    counts = [
        Row(name=f"count_{size.id}", label=f"{size.id} : nombre de logements", unit="logements",
            source="programme retenu", kind="whole",
            values={
                code: float(operation.programme.units.get((size.id, code), 0))
                for code in operation.codes
            })
        for size in used
    ]  # fmt: skip
    row = writer.table(row + 1, "Logements par statut", counts, operation.codes)

    def column(code: str) -> str:
        return span(writer.places(counts[0].name, code), writer.places(counts[-1].name, code))

    row = writer.formulas(
        row, "dwellings", "Logements", "logements",
        lambda code: (f"SUM({column(code)})", operation.dwellings(code)), "whole", total=True,
    )  # fmt: skip
    row = writer.formulas(
        row, "shab", "Surface habitable", "m² SHAB",
        lambda code: (f"SUMPRODUCT({column(code)},{surfaces['SHAB']})", operation.shab_m2(code)),
        "m2",
    )  # fmt: skip
    return writer.formulas(
        row, "su", "Surface utile", "m² SU",
        lambda code: (f"SUMPRODUCT({column(code)},{surfaces['SU']})", operation.su_m2(code)),
        "m2",
    )  # fmt: skip


def _costs(writer: _Writer, row: int, operation: Operation) -> int:
    """Write the prix de revient by chapter and tenure, then with the rooms and the VAT."""
    costs, codes, at = operation.costs, operation.codes, writer.places
    table = chapter_allocation(costs.price)
    rows = [
        Row(name=f"chapter_{chapter}", label=LINE_CHAPTERS[str(chapter)], unit="€ HT",
            source="feuilles « Prix de revient » et « Postes »", kind="eur",
            values={code: float(table[code][chapter]) for code in codes})
        for chapter in table.index
    ]  # fmt: skip
    vat = Row(name="vat", label="Taux de TVA", unit="part", source="fiscalité du statut",
              kind="rate", values={code: costs.vat[code] for code in codes})  # fmt: skip
    row = writer.table(row, "Prix de revient par statut", [*rows, vat], codes)

    def chapters(code: str) -> str:
        return f"SUM({span(at(rows[0].name, code), at(rows[-1].name, code))})"

    shabs = span(at("shab", codes[0]), at("shab", codes[-1]))
    row = writer.formulas(
        row, "rooms", "Locaux partagés, selon la SHAB", "€ TTC",
        lambda u: (f"{at('rooms')}*{at('shab', u)}/SUM({shabs})", costs.rooms_ttc_eur[u]), "eur",
    )  # fmt: skip
    row = writer.formulas(
        row, "cost_ht", "Prix de revient HT", "€ HT",
        lambda u: (f"{chapters(u)}+{at('rooms', u)}/(1+{at('vat', u)})", costs.ht_eur(u)), "eur",
        total=True,
    )  # fmt: skip
    return writer.formulas(
        row, "cost_ttc", "Prix de revient TTC", "€ TTC",
        lambda u: (f"{chapters(u)}*(1+{at('vat', u)})+{at('rooms', u)}", costs.ttc_eur(u)), "eur",
        total=True,
    )  # fmt: skip


def _paths(page: LivePage, row: int, montage: Montage, grid: Grid) -> None:
    """Write the years: a rate that lasts is a formula, so that one cell changes them all."""
    paths, places = montage.paths, page.book.places
    page.section(row, "Trajectoires, année par année")
    lasting: dict[str, Sequence[float]] = {**paths.growth, "livret_a": paths.livret_a}
    first = places("first_year")

    def same(name: str) -> Callable[[int], str]:
        values = lasting[name]

        def formula(k: int) -> str:
            return str(grid.at(name, k - 1)) if k and values[k] == values[k - 1] else ""

        return formula

    years = range(paths.horizon)
    columns = [
        Series(name="year", header="Année", kind="year", values=[k + 1 for k in years],
               formula=lambda k: f"{grid.at('year', k - 1)}+1" if k else "1"),
        Series(name="calendar", header="Année civile", kind="year",
               values=[paths.first_year + k for k in years],
               formula=lambda k: f"{first}+{grid.at('year', k)}-1"),
        *[Series(name=name, header=title, kind="rate", values=lasting[name], formula=same(name))
          for name, title in {**PATHS, "livret_a": "Livret A (part)"}.items()],
        Series(name="shift", header="Écart au Livret A de l'année 1 (part)",
               kind="rate", values=[0.0, *paths.shifts],
               formula=lambda k: f"{grid.at('livret_a', k)}-{_first(grid)}"),
    ]  # fmt: skip
    page.grid(grid.first_row - 1, columns, rows=paths.horizon)
    for name, values in lasting.items():
        for k in years:
            if not same(name)(k):
                cell = grid.at(name, k)
                page.given(cell.row, cell.column, values[k], "rate")


def _first(grid: Grid) -> Cell:
    cell = grid.at("livret_a", 0)
    return Cell(cell.sheet, cell.row, cell.column)
