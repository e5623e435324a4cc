"""Loans whose rate follows a dated path: fixed, revisable once (rate) or twice (rate and growth).

The loans of the Caisse des Dépôts follow the Livret A. Under *double revisability* both the rate
and the growth of the payments are revised, so that the ratio (1 + growth) / (1 + rate) stays what
it was at signature; under *simple revisability* the payment is worked out again on what is owed.
Either way a loan repays to zero at its term.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from habitat_analysis.actuarial import Schedule, loan_schedule
from habitat_analysis.errors import UsageError

Revision = Literal["fixe", "simple", "double"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms:
    """One loan of a plan de financement, before or after its amount is known."""

    id: str
    label: str = ""  # as a bank reads it: « PLUS foncier »
    amount_eur: float | None = None  # None: the loan that balances the plan
    rate: float  # of the first year, fraction
    years: int
    growth: float = 0.0  # of the payments, at signature, fraction a year
    defer: int = 0  # first years of interest only
    main: bool = False  # the account must be balanced up to the longest main loan
    revision: Revision = "fixe"
    shifts: tuple[float, ...] = ()  # points added to the rate in year 2, 3...; the last one lasts

    def rates(self) -> tuple[float, ...]:
        """Give the rate of each year of the loan, as fractions."""
        if self.revision == "fixe" or not self.shifts:
            return (self.rate,) * self.years
        moved = (0.0, *self.shifts)
        return tuple(self.rate + moved[min(k, len(moved) - 1)] for k in range(self.years))


def loan_life(terms: LoanTerms, principal_eur: float) -> Schedule:
    """Lay out a loan year by year, its rate following the path of its terms.

    Parameters
    ----------
    terms
        Rate, length, growth, deferral and kind of revision.
    principal_eur
        Sum borrowed, in euros.

    Returns
    -------
    schedule
        Payments, balances, interests and repaid capital, in euros; the last balance is zero.

    Raises
    ------
    UsageError
        ``E_LOAN`` as `actuarial.loan_schedule`, or when a rate of the path reaches -1.

    References
    ----------
    ``docs/model.md`` 3.1. Double revisability: (1 + g') = (1 + g)(1 + r')/(1 + r), the usual
    clause of the loans on the fonds d'épargne.

    Examples
    --------
    >>> terms = LoanTerms(id="bati", rate=0.02, years=3, revision="double", shifts=(0.01,))
    >>> life = loan_life(terms, 300_000)
    >>> [round(payment) for payment in life.payments], round(life.balances[-1], 6)
    ([104026, 105046, 106076], 0.0)
    """
    fixed = loan_schedule(
        principal_eur, rate=terms.rate, years=terms.years, growth=terms.growth, defer=terms.defer
    )
    rates = terms.rates()
    if all(rate == terms.rate for rate in rates):
        return fixed
    if min(rates) <= -1:
        msg = f"Expected rates above -1 all along the loan `{terms.id}`: got {min(rates)}."
        raise UsageError(msg, code="E_LOAN")
    payments = _double if terms.revision == "double" else _simple
    return _laid_out(principal_eur, rates, payments(terms, rates))


def unit_payments(terms: LoanTerms) -> tuple[float, ...]:
    """Give the payments of one euro borrowed, year by year: what a euro of equity saves."""
    return loan_life(terms, 1.0).payments


def _double(terms: LoanTerms, rates: Sequence[float]) -> list[float]:
    """Pay one euro back, the ratio of growth to rate being constant."""
    ratio = (1 + terms.growth) / (1 + terms.rate)
    growing = terms.years - terms.defer
    payment = (1 + rates[terms.defer]) / math.fsum(ratio**k for k in range(growing))
    payments = [rates[k] for k in range(terms.defer)]
    for rate_now in rates[terms.defer + 1 :]:
        payments.append(payment)
        payment *= ratio * (1 + rate_now)
    return [*payments, payment]


def _simple(terms: LoanTerms, rates: Sequence[float]) -> list[float]:
    """Pay one euro back, each payment worked out again on what is owed and the years left."""
    payments = [rates[k] for k in range(terms.defer)]
    owed = 1.0
    for year in range(terms.defer, terms.years):
        left = terms.years - year
        rate = rates[year]
        payment = loan_schedule(owed, rate=rate, years=left, growth=terms.growth).payments[0]
        payments.append(payment)
        owed = max(0.0, owed * (1 + rate) - payment)
    return payments


def _laid_out(principal: float, rates: Sequence[float], per_euro: Sequence[float]) -> Schedule:
    """Follow what is owed; from the end, where rounding errors shrink."""
    payments = tuple(principal * payment for payment in per_euro)
    owed = [0.0]
    for rate, payment in zip(reversed(rates[1:]), reversed(payments[1:]), strict=True):
        owed.append((owed[-1] + payment) / (1 + rate))
    balances = (principal, *reversed(owed))
    return Schedule(
        payments=payments,
        balances=balances,
        interests=tuple(b * rate for b, rate in zip(balances[:-1], rates, strict=True)),
        principals=tuple(before - after for before, after in pairwise(balances)),
    )
