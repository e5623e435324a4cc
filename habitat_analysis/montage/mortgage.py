"""The loan of a household that buys: bank terms of the study, or those of the dated barèmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from habitat_analysis.actuarial import MONTHS, annuity_factor
from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.taxes import deed_fee_rate
from habitat_analysis.study import Study

BANK: Final = "BANK_MORTGAGE"
LOANS: Final = "prets"
NEW_DWELLING: Final = "NEUF"


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdLoan:
    """Terms of a mortgage; shares are fractions of the price."""

    rate: float  # a year, insurance apart
    years: int
    insurance: float  # a year, on the sum borrowed
    down_payment_share: float
    deed_fees_share: float

    def borrowed_eur(self, price_ttc_eur: float) -> float:
        """Sum borrowed to pay a price and its fees."""
        owed = price_ttc_eur * (1 + self.deed_fees_share - self.down_payment_share)
        return max(0.0, owed)

    def payment_month_eur(self, price_ttc_eur: float) -> float:
        """Monthly payment, insurance included, for a price paid tax included."""
        borrowed = self.borrowed_eur(price_ttc_eur)
        factor = annuity_factor(self.rate / MONTHS, self.years * MONTHS)
        return borrowed / factor + borrowed * self.insurance / MONTHS


def household_loan(study: Study, facts: FactReader, *, rate_shift: float = 0.0) -> HouseholdLoan:
    """Read the mortgage of a household: what the study states, else the market of the barèmes.

    Examples
    --------
    >>> loan = HouseholdLoan(rate=0.0, years=25, insurance=0.0, down_payment_share=0.1,
    ...     deed_fees_share=0.0)
    >>> loan.payment_month_eur(200_000)
    600.0
    """
    stated = study.montage.mortgage

    def bank(kind: str, key: str) -> float:
        return facts.value(LOANS, item=kind, loan=BANK, key=key)

    rate = bank("market", "rate_25y_indicative") if stated.rate is None else stated.rate
    insured = stated.insurance
    return HouseholdLoan(
        rate=max(0.0, rate + rate_shift),
        years=int(bank("rule", "duration_max")) if stated.years is None else stated.years,
        insurance=bank("market", "insurance_rate") if insured is None else insured,
        down_payment_share=stated.down_payment,
        deed_fees_share=deed_fee_rate(facts, NEW_DWELLING).number
        if stated.deed_fees is None
        else stated.deed_fees,
    )
