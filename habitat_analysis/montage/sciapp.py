"""SCIAPP lots: the path of a household, the liability of the guarantee, the company's account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from habitat_analysis.finance.loans import LoanTerms, loan_life, unit_payments
from habitat_analysis.finance.rental_account import Years, cumulated
from habitat_analysis.finance.sciapp import SharePath, ShareTerms, share_path
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.rental import subsidies_of
from habitat_analysis.programme.terms import lot_charges_eur, lot_share_terms

CODE: Final = "SCIAPP"


@dataclass(frozen=True, slots=True, kw_only=True)
class SciappLot:
    """One typology of a SCIAPP: money of one dwelling, in euros."""

    typology: str
    count: int
    terms: ShareTerms
    path: SharePath


@dataclass(frozen=True, slots=True, kw_only=True)
class SciappMontage:
    """The company: what it borrows, receives and owes; euros, one value a year.

    Attributes
    ----------
    liability_eur
        What the guarantee of CCH L443-6-6 must cover at the end of each year: shares held, at
        their nominal.
    equity_eur
        Least equity that keeps the treasury from falling below zero over the loan.
    """

    lots: tuple[SciappLot, ...]
    cost_ttc_eur: float
    subsidies_eur: float
    first_shares_eur: float  # paid at entry
    loan: LoanTerms
    equity_eur: float
    rents_eur: Years
    shares_eur: Years
    charges_eur: Years
    annuities_eur: Years
    cumulative_eur: Years
    liability_eur: Years

    @property
    def resources_eur(self) -> float:
        """Everything that pays for the lots."""
        lent = self.loan.amount_eur or 0.0
        return self.subsidies_eur + self.first_shares_eur + lent + self.equity_eur

    @property
    def overflow_eur(self) -> float:
        """Subsidies and first shares above the cost: nothing else they may pay for."""
        return max(0.0, self.resources_eur - self.cost_ttc_eur)

    @property
    def years(self) -> int:
        """Number of years of the account."""
        return len(self.rents_eur)


def sciapp_montage(operation: Operation) -> SciappMontage | None:
    """Draw the account of the company; None when the programme has no SCIAPP lot.

    The value of a lot is its whole prix de revient, land and rooms included. Rents and budgets
    grow as rents do in the long run, charges by their path.

    References
    ----------
    ``docs/model.md`` 3.7 and 5.1; CCH L443-6-6, L443-6-10.
    """
    if CODE not in operation.codes:
        return None
    lots = tuple(_lots(operation))
    model = operation.model_terms(CODE)
    years = model.loan_years
    kept = 1 - operation.study.operating.loss_share
    rents = kept * _summed(lots, years, lambda lot, k: lot.path.rows[k].rent_eur)
    shares = _summed(lots, years, lambda lot, k: lot.path.rows[k].bought * lot.path.nominal_eur)
    charges = np.zeros(years)
    for lot in lots:
        first = lot.count * lot_charges_eur(operation.study, lot.terms.lot_value_eur)
        held = len(lot.path.rows)
        charges[:held] += first * operation.paths.indices.charges[:held]
    loan, equity = _financed(operation, lots, rents + shares - charges)
    annuities = np.asarray(loan_life(loan, loan.amount_eur or 0.0).payments)
    net = rents + shares - charges - annuities
    return SciappMontage(
        lots=lots,
        cost_ttc_eur=operation.costs.ttc_eur(CODE),
        subsidies_eur=sum(subsidies_of(operation, CODE).values()),
        first_shares_eur=_first_shares(lots),
        loan=loan,
        equity_eur=equity,
        rents_eur=rents,
        shares_eur=shares,
        charges_eur=charges,
        annuities_eur=annuities,
        cumulative_eur=cumulated(net, operation.paths.placement_rate),
        liability_eur=_liability(lots, years),
    )


def _lots(operation: Operation) -> list[SciappLot]:
    sheet, setting = operation.file.sheets[CODE], operation.file.setting
    growth = operation.paths.last_growth("rents")
    value_m2 = operation.costs.ttc_eur(CODE) / operation.shab_m2(CODE)
    lots = []
    for size, n in operation.sizes(CODE):
        terms = lot_share_terms(
            setting,
            operation.terms(CODE),
            size,
            rent=sheet.rent_m2_month_eur or 0.0,
            vat=operation.costs.vat[CODE],
            years=sheet.terms.loan_years,
        )
        terms = replace(
            terms,
            lot_value_eur=value_m2 * size.shab_m2,
            rent_growth=growth,
            budget_growth=growth,
        )
        lots.append(SciappLot(typology=size.id, count=n, terms=terms, path=share_path(terms)))
    return lots


def _summed(
    lots: tuple[SciappLot, ...], years: int, value: Callable[[SciappLot, int], float]
) -> Years:
    """Add up a yearly value over the lots; nothing once a lot is fully bought."""
    total = np.zeros(years)
    for lot in lots:
        for year in range(min(years, len(lot.path.rows))):
            total[year] += lot.count * value(lot, year)
    return total


def _first_shares(lots: tuple[SciappLot, ...]) -> float:
    return sum(lot.count * lot.terms.initial_shares * lot.path.nominal_eur for lot in lots)


def _liability(lots: tuple[SciappLot, ...], years: int) -> Years:
    owed = np.zeros(years)
    for lot in lots:
        held = lot.terms.initial_shares
        for year in range(years):
            if year < len(lot.path.rows):
                held = lot.path.rows[year].held
            elif lot.path.full_year is not None:
                held = 0  # the lot is theirs: no share is left to buy back
            owed[year] += lot.count * held * lot.path.nominal_eur
    return owed


def _financed(
    operation: Operation, lots: tuple[SciappLot, ...], income: Years
) -> tuple[LoanTerms, float]:
    """Borrow what the income repays year after year; equity pays for the rest of the cost."""
    model = operation.model_terms(CODE)
    paid = sum(subsidies_of(operation, CODE).values()) + _first_shares(lots)
    left = max(0.0, operation.costs.ttc_eur(CODE) - paid)
    loan = LoanTerms(
        id="sciapp", label="Prêt de la SCIAPP", rate=model.loan_rate, years=model.loan_years
    )
    rate = operation.paths.placement_rate
    earned = cumulated(income, rate)
    cost_of_one = cumulated(np.asarray(unit_payments(loan)), rate)
    borrowed = max(0.0, min(left, float(np.min(earned / cost_of_one))))
    known = LoanTerms(
        id=loan.id, label=loan.label, amount_eur=borrowed, rate=loan.rate, years=loan.years
    )
    return known, left - borrowed
