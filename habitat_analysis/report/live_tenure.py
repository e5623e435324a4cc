"""One rental tenure on its live sheets: what they are called and where their columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from habitat_analysis.finance.loans import LoanTerms
from habitat_analysis.finance.rental_account import (
    RentalAccount,
    financing_plan,
    rental_account,
)
from habitat_analysis.montage import Montage
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.rental import RentalMontage
from habitat_analysis.report.live_cells import Cell, Grid, LiveBook, LivePage, Places

INDICES: Final = {  # column of the account: series of the paths
    "index_rent": "rents",
    "index_charges": "charges",
    "index_repairs": "repairs",
    "index_tfpb": "tfpb",
}
CHARGES: Final = (
    "losses", "management", "maintenance", "insurance", "levies", "major_repairs", "tfpb",
)  # fmt: skip
BALANCING: Final = (
    "year", "before", "unit", "treasury", "saved", "asked", "earned", "rise", "flow", "flows",
    "returned", "sign", "change",
)  # fmt: skip
FIRST_ROW: Final = 4  # of the yearly tables
LOAN_FIRST_ROW: Final = 12  # of the loans, after their terms
LOAN_GAP: Final = 1  # the years stand before the loans


@dataclass(frozen=True, kw_only=True)
class LiveTenure:
    """A rental tenure, and the places of its plan, account, loans and balance."""

    operation: Operation
    montage: RentalMontage
    places: Places
    paths: Grid

    @property
    def code(self) -> str:
        """Tenure."""
        return self.montage.code

    @property
    def horizon(self) -> int:
        """Years of the account."""
        return self.montage.account.horizon

    @property
    def loans(self) -> Sequence[LoanTerms]:
        """Loans of the plan, in its order."""
        return self.montage.account.plan.loans

    @property
    def balancing(self) -> LoanTerms:
        """The loan whose amount is what is left to pay."""
        plan = self.montage.account.plan
        return next(loan for loan in plan.loans if loan.id == plan.balancing)

    def name(self, what: str) -> str:
        """Name of a sheet: « Compte PLAI »."""
        return f"{what} {self.code}"

    def at(self, name: str) -> Cell:
        """Give the place of a quantity of this tenure."""
        return self.places(name, self.code)

    @cached_property
    def account(self) -> Grid:
        """Columns of the operating account."""
        loans = [f"loan_{loan.id}" for loan in self.loans]
        names = (
            "year", "calendar", *INDICES, "rent", *CHARGES, *loans, "annuities", "net",
            "cumulative",
        )  # fmt: skip
        return Grid(sheet=self.name("Compte"), first_row=FIRST_ROW, names=names, rows=self.horizon)

    @cached_property
    def balance(self) -> Grid:
        """Columns that work out equity, rent and return; its first row is the signature."""
        return Grid(
            sheet=self.name("Équilibre"),
            first_row=FIRST_ROW,
            names=BALANCING,
            rows=self.horizon + 1,
        )

    @cached_property
    def schedules(self) -> dict[str, Grid]:
        """Columns of each loan; their first row is the signature."""
        grids, column = {}, LOAN_GAP
        for loan in self.loans:
            names = loan_columns(loan)
            grids[loan.id] = Grid(
                sheet=self.name("Prêts"),
                first_row=LOAN_FIRST_ROW,
                names=names,
                rows=self.horizon + 1,
                first_column=column,
            )
            column += len(names)
        return grids

    @cached_property
    def without_equity(self) -> RentalAccount:
        """The account of the same plan with no equity: what the required one is worked out from."""
        tranche, plan, paths = self.montage.tranche, self.montage.account.plan, self.operation.paths
        loans = [
            replace(loan, amount_eur=None) if loan.id == plan.balancing else loan
            for loan in plan.loans
        ]
        bare = financing_plan(
            tranche.cost_ttc_eur, subsidies=plan.subsidies, equity_eur=0.0, loans=loans
        )
        return rental_account(
            tranche,
            bare,
            paths.indices,
            placement_rate=paths.placement_rate,
            discount=paths.discount_rate,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalSheets:
    """The four open sheets of a rental tenure, in their order."""

    plan: LivePage
    account: LivePage
    loans: LivePage
    balance: LivePage


def open_sheets(book: LiveBook, code: str) -> RentalSheets:
    """Add the sheets of a rental tenure to a workbook."""
    return RentalSheets(
        plan=book.page(f"Plan {code}"),
        account=book.page(f"Compte {code}"),
        loans=book.page(f"Prêts {code}"),
        balance=book.page(f"Équilibre {code}"),
    )


def live_tenures(montage: Montage, places: Places, paths: Grid) -> list[LiveTenure]:
    """List the rental tenures of a montage, ready for their sheets."""
    return [
        LiveTenure(operation=montage.operation, montage=m, places=places, paths=paths)
        for m in montage.rentals.values()
    ]


def loan_columns(loan: LoanTerms) -> tuple[str, ...]:
    """Name the columns of a loan; simple revision works out its ratio again each year."""
    ratio = ("ratio",) if loan.revision == "simple" else ()
    return ("rate", *ratio, "unit", "owed_unit", "payment", "interest", "capital", "owed")
