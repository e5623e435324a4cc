"""The live sheets of a workbook: bilan, plans and accounts that follow when an input changes."""

from __future__ import annotations

from typing import Any

from habitat_analysis.montage import Montage
from habitat_analysis.report.live_balance import SHEET as BALANCE
from habitat_analysis.report.live_balance import write_balance_sheet
from habitat_analysis.report.live_cells import LiveBook
from habitat_analysis.report.live_inputs import SHEET as INPUTS
from habitat_analysis.report.live_inputs import write_inputs
from habitat_analysis.report.live_ofs import SHEET as OFS
from habitat_analysis.report.live_ofs import write_ofs
from habitat_analysis.report.live_rental import write_rental
from habitat_analysis.report.live_sales import SHEET as SALES
from habitat_analysis.report.live_sales import write_sales
from habitat_analysis.report.live_tenure import live_tenures, open_sheets


def add_live_sheets(book: Any, montage: Montage) -> None:
    """Add the live sheets of a montage to an open workbook, before any other.

    The sheets stand in the order of reading and are written in that of the references: inputs,
    rental tenures, sales, then the bilan of the operation that reads them all.

    Parameters
    ----------
    book
        Workbook of xlsxwriter.
    montage
        What the formulas are written from; their values in the file are its own.
    """
    live = LiveBook(book)
    balance = live.page(BALANCE)
    rentals = {code: open_sheets(live, code) for code in montage.rentals}
    sales = live.page(SALES) if montage.sales else None
    ofs = live.page(OFS) if montage.brs else None
    paths = write_inputs(live.page(INPUTS), montage)
    for tenure in live_tenures(montage, live.places, paths):
        write_rental(rentals[tenure.code], tenure)
        live.name(f"loyer_{tenure.code}", tenure.at("rent"))
    if sales is not None:
        write_sales(sales, montage)
    if ofs is not None:
        write_ofs(ofs, montage)
    write_balance_sheet(balance, montage)
