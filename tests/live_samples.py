"""Montages for the live workbook, and LibreOffice to calculate what is in their cells."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import openpyxl

from habitat_analysis.baremes import FactReader
from habitat_analysis.feasibility import Feasibility, choose_sites, read_ground, study_site
from habitat_analysis.montage import Montage, build_montage, detail_costs
from habitat_analysis.montage.plan import operation_plan
from habitat_analysis.montage.rental import at_rent
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.report.live_workbook import add_live_sheets
from habitat_analysis.report.workbook import write_sheets
from habitat_analysis.study import load_study
from tests.montage_samples import full_changes
from tests.small_study import write_small_study

HOSTILE = '=HYPERLINK("http://x","État") <b> @SUM(A1)'
CENT = 0.005
Grid = dict[tuple[str, str], Any]  # (sheet, address): value


def typed(
    units: Mapping[tuple[str, str], int], spaces: tuple[str, ...] = (), **changes: Any
) -> Montage:
    """Finance a programme typed by hand, the study being changed as said."""
    study = load_study(write_small_study(Path(mkdtemp()), changes=merged(full_changes(), changes)))
    ground = read_ground(study)
    site = study_site(ground, choose_sites(ground)[0])
    programme = Programme(units=dict(units), spaces=spaces)
    evaluation = evaluate(site.file.case, programme)
    costs = detail_costs(
        site.file, programme, land_m2=site.site.area_m2, model_ttc_eur=evaluation.cost_eur
    )
    facts = FactReader(ground.baremes, on=study.operation_date)
    return build_montage(site.file, evaluation, costs, facts)


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Put changes on top of others, mapping by mapping."""
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        result[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return result


@cache
def demo_site() -> Feasibility:
    """Study the first site of the demonstration."""
    ground = read_ground(load_study(Path(__file__).parents[1] / "data/demo/etude.yaml"))
    return study_site(ground, choose_sites(ground)[0])


def at_factor(montage: Montage, factor: float) -> Montage:
    """Draw a montage at other rents: its rental tenures, then the plan of the operation."""
    operation = montage.operation
    rentals = {code: at_rent(operation, m, factor) for code, m in montage.rentals.items()}
    plan = operation_plan(operation, rentals=rentals, sales=montage.sales, sciapp=montage.sciapp)
    return replace(montage, rentals=rentals, plan=plan)


def write_live(montage: Montage, path: Path) -> Path:
    """Write the live sheets alone."""
    return write_sheets(
        [], path, title="Essai", stamp=0, first=partial(add_live_sheets, montage=montage)
    )


def rent_cells(book: openpyxl.Workbook) -> Iterator[Any]:
    """Give the cells of the rents: « loyer_PLAI »… are their names."""
    for name, defined in book.defined_names.items():
        if name.startswith("loyer_"):
            sheet, address = next(iter(defined.destinations))
            yield book[sheet][address.replace("$", "")]


def write_at_rent(source: Path, target: Path, factor: float) -> Path:
    """Multiply the rents of a workbook; openpyxl drops the values of the formulas."""
    book = openpyxl.load_workbook(source)
    for cell in rent_cells(book):
        assert cell.data_type == "n"
        cell.value *= factor
    book.save(target)
    return target


def recalculate(soffice: str, files: Sequence[Path], folder: Path) -> None:
    """Let LibreOffice calculate workbooks, all at once, with a profile of its own."""
    command = [
        soffice, f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless",
        "--convert-to", "xlsx", "--outdir", str(folder), *map(str, files),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def values(path: Path) -> Grid:
    """Read the value of every cell."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (page.title, cell.coordinate): cell.value
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }


def column(page: Any, header: str, header_row: int) -> list[float]:
    """Read the numbers under a title."""
    rank = next(c.column for c in page[header_row] if str(c.value).startswith(header))
    cells = [page.cell(row, rank).value for row in range(header_row + 1, page.max_row + 1)]
    return [value for value in cells if value is not None]


def amount(page: Any, label: str, *, beside: int = 0) -> float:
    """Read the amount of a line: the first number of its row, or the one some columns on."""
    for row in page.iter_rows():
        if str(row[0].value or "").startswith(label):
            numbers = [cell.value for cell in row if isinstance(cell.value, int | float)]
            return float(numbers[beside])
    raise KeyError(label)
