"""What a household can pay for a dwelling: its monthly capacity and the largest price it opens.

Rates, durations, the share of income that a bank lends on and the brackets of the zero-rate loan
(prêt à taux zéro, PTZ) come in as plain numbers: the study, ``data/baremes`` and ``finance``
give them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.actuarial import MONTHS, annuity_factor
from habitat_analysis.errors import UsageError

ONE_POINT: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a household has and owes."""

    income_month_eur: float
    other_debts_month_eur: float = 0.0
    apport_eur: float = 0.0  # savings that go into the purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroRateLoan:
    """A zero-rate loan: a share of the price up to a cap, repaid after a deferral."""

    quota: float  # share of the capped price, as a fraction
    cap_eur: float
    defer_months: int  # months without any payment
    months: int  # of equal payments, after the deferral
    price_max_eur: float = math.inf  # a dearer dwelling leads to another bracket


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The terms of a purchase; rates and shares are fractions.

    `ptz` holds the brackets open to the household, from the lowest: its resources open the first
    one, a dearer dwelling the next (``docs/model.md`` 4.2). Empty: no zero-rate loan.
    """

    rate: float  # a year, insurance apart
    months: int
    insurance: float  # a year, on the sum borrowed at first
    effort: float  # share of the income for the payments, insurance and land fee included
    fees: float  # deed and guarantee, share of the price
    fee_month_eur: float = 0.0  # land fee (redevance) of a BRS
    ptz: tuple[ZeroRateLoan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestPrice:
    """The largest price a household can pay, and how it is paid; euros."""

    monthly_capacity_eur: float  # for the loans; below zero: debts alone exceed the share
    price_eur: float
    ptz_eur: float
    main_eur: float  # the bank's loan


def monthly_capacity_eur(means: Means, credit: Credit) -> float:
    """Compute what is left each month for the loans, in euros; may be negative.

    Examples
    --------
    >>> credit = Credit(rate=0.03, months=300, insurance=0, effort=0.35, fees=0, fee_month_eur=105)
    >>> round(monthly_capacity_eur(Means(income_month_eur=2_900), credit))
    910
    """
    share = credit.effort * means.income_month_eur
    return share - means.other_debts_month_eur - credit.fee_month_eur


def max_price(means: Means, credit: Credit) -> LargestPrice:
    """Find the largest price that a household can pay, with its zero-rate loan if it has one.

    A price is within reach when what it asks, fees included, less the savings and the zero-rate
    loan, is at most the bank loan that the monthly capacity repays. Payments are smoothed: the
    bank loan bears what the zero-rate loan leaves of the capacity, month after month.

    Parameters
    ----------
    means
        Income, debts and savings of the household.
    credit
        Terms of the loans.

    Returns
    -------
    price
        Euros, all taxes included. Without capacity, what the savings alone pay.

    Raises
    ------
    UsageError
        ``E_LOAN`` for terms that make no sense, ``E_USAGE`` for negative sums.

    References
    ----------
    ``docs/model.md`` 4.2.

    Examples
    --------
    >>> ptz = ZeroRateLoan(quota=0.4, cap_eur=224_000, defer_months=96, months=144)
    >>> credit = Credit(rate=0.034, months=300, insurance=0.003, effort=0.35, fees=0.025,
    ...     ptz=(ptz,))
    >>> round(max_price(Means(income_month_eur=2_900, apport_eur=15_000), credit).price_eur)
    236161
    """
    _check(means, credit)
    capacity = monthly_capacity_eur(means, credit)
    loans = credit.ptz or (None,)
    found = [_with_loan(means, credit, capacity, loan) for loan in loans]
    return max(found, key=lambda one: one.price_eur)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The prices within reach of a household, as its loans vary."""

    without_ptz: LargestPrice
    with_ptz: LargestPrice | None  # None: no zero-rate loan is open to it
    rate_raised: LargestPrice  # the better of the two, at a rate one point higher

    @property
    def best(self) -> LargestPrice:
        """The larger of the two prices: nobody is bound to take a zero-rate loan."""
        return _larger(self.without_ptz, self.with_ptz)


def reach(means: Means, credit: Credit, *, raised_by: float = ONE_POINT) -> Reach:
    """Compute the largest price with and without the zero-rate loan, and at a higher rate.

    Parameters
    ----------
    means, credit
        As `max_price`.
    raised_by
        What is added to the yearly rate, as a fraction.

    References
    ----------
    ``docs/model.md`` 4.2.

    Examples
    --------
    >>> ptz = ZeroRateLoan(quota=0.4, cap_eur=224_000, defer_months=96, months=144)
    >>> credit = Credit(rate=0.034, months=300, insurance=0.003, effort=0.35, fees=0.025,
    ...     ptz=(ptz,))
    >>> found = reach(Means(income_month_eur=2_900, apport_eur=15_000), credit)
    >>> round(found.without_ptz.price_eur), round(found.rate_raised.price_eur)
    (204964, 224761)
    """
    dearer = replace(credit, rate=credit.rate + raised_by)
    return Reach(
        without_ptz=max_price(means, without_ptz(credit)),
        with_ptz=max_price(means, credit) if credit.ptz else None,
        rate_raised=_larger(
            max_price(means, without_ptz(dearer)),
            max_price(means, dearer) if dearer.ptz else None,
        ),
    )


def without_ptz(credit: Credit) -> Credit:
    """Return the same terms without any zero-rate loan."""
    return replace(credit, ptz=())


def payment_month_eur(price_eur: float, means: Means, credit: Credit) -> float:
    """Compute the smoothed monthly payment of a purchase, insurance included.

    The zero-rate loan that makes it lowest is taken, or none. This is the inverse of `max_price`:
    at the largest price, the payment is the monthly capacity.

    Parameters
    ----------
    price_eur
        Price of the dwelling, all taxes included.
    means
        Its savings are paid first.
    credit
        Terms of the loans.

    Returns
    -------
    payment
        Euros a month, land fee apart.

    References
    ----------
    ``docs/model.md`` 4.2.

    Examples
    --------
    >>> credit = Credit(rate=0, months=300, insurance=0, effort=0.35, fees=0)
    >>> payment_month_eur(180_000, Means(income_month_eur=2_000, apport_eur=30_000), credit)
    500.0
    """
    _check(means, credit)
    need = max(0.0, price_eur * (1 + credit.fees) - means.apport_eur)
    open_loans = [loan for loan in credit.ptz if price_eur <= loan.price_max_eur]
    loans: list[ZeroRateLoan | None] = [None, *open_loans]
    return min(_smoothed_payment(price_eur, need, credit, loan) for loan in loans)


def _smoothed_payment(price: float, need: float, credit: Credit, ptz: ZeroRateLoan | None) -> float:
    """Return the least constant sum that pays both loans, in euros a month."""
    zero_rate = _zero_rate(price, need, ptz)
    insured = credit.insurance / MONTHS
    factor = annuity_factor(credit.rate / MONTHS, credit.months)
    borne = (need - zero_rate) * (1 + insured * factor)
    if ptz is None:
        return borne / factor
    payment = zero_rate / ptz.months
    borne += payment * _repayment_factor(credit, ptz)
    return max(borne / factor, payment) + insured * zero_rate


def _repayment_factor(credit: Credit, ptz: ZeroRateLoan) -> float:
    """Return what one euro a month is worth today, over the months that repay both loans."""
    monthly_rate = credit.rate / MONTHS
    end = min(credit.months, ptz.defer_months + ptz.months)
    start = min(credit.months, ptz.defer_months)
    return annuity_factor(monthly_rate, end) - annuity_factor(monthly_rate, start)


def _larger(one: LargestPrice, other: LargestPrice | None) -> LargestPrice:
    return one if other is None or other.price_eur <= one.price_eur else other


def _with_loan(
    means: Means, credit: Credit, capacity: float, ptz: ZeroRateLoan | None
) -> LargestPrice:
    """Find the largest price with one bracket, or with the bank alone."""
    price = means.apport_eur / (1 + credit.fees)
    if capacity > 0:
        price = max(price, min(_roots(means, credit, capacity, ptz)))
    if ptz is not None:
        price = min(price, ptz.price_max_eur)
    need = max(0.0, price * (1 + credit.fees) - means.apport_eur)
    zero_rate = _zero_rate(price, need, ptz)
    return LargestPrice(
        monthly_capacity_eur=capacity, price_eur=price, ptz_eur=zero_rate, main_eur=need - zero_rate
    )


def _roots(
    means: Means, credit: Credit, capacity: float, ptz: ZeroRateLoan | None
) -> tuple[float, ...]:
    """Return the prices that none may pass, one a form of the zero-rate loan.

    The loan z(P) is the least of three lines: a share of the price, that share of the cap, half
    the need. One euro of it never asks more of the capacity than one euro of the bank, so the
    price that balances needs and loans is the least of the roots, line by line. The last one is
    the price from which the zero-rate loan alone would ask more than the capacity.
    """
    insured = credit.insurance / MONTHS
    factor = annuity_factor(credit.rate / MONTHS, credit.months)
    spread = 1 + insured * factor  # what one euro of the bank asks, today
    whole, saved = 1 + credit.fees, means.apport_eur
    bank = saved + capacity * factor / spread
    if ptz is None:
        return (bank / whole,)
    relief = 1 - (insured * factor + _repayment_factor(credit, ptz) / ptz.months) / spread
    largest = capacity / (1 / ptz.months + insured)
    reached = (2 * largest + saved) / whole
    if ptz.quota * ptz.cap_eur <= largest:
        reached = math.inf
    elif ptz.quota > 0:
        reached = max(reached, largest / ptz.quota)
    slope = whole - ptz.quota * relief
    return (
        bank / slope if slope > 0 else math.inf,
        (bank + ptz.quota * ptz.cap_eur * relief) / whole,
        (bank - saved * relief / 2) / (whole - whole * relief / 2),
        reached,
    )


def _zero_rate(price: float, need: float, ptz: ZeroRateLoan | None) -> float:
    """Return the zero-rate loan of a price: never above the other loan."""
    if ptz is None:
        return 0.0
    return min(ptz.quota * min(price, ptz.cap_eur), need / 2)


def _check(means: Means, credit: Credit) -> None:
    """Refuse what makes no sense."""
    sums: Sequence[float] = (
        means.income_month_eur,
        means.other_debts_month_eur,
        means.apport_eur,
        credit.fee_month_eur,
    )
    if not all(math.isfinite(one) and one >= 0 for one in sums):
        msg = f"Expected sums of zero or more: got {len(sums)} with a negative or undefined one."
        raise UsageError(msg)
    shares = (credit.rate, credit.insurance, credit.fees)
    fit = all(math.isfinite(one) and one >= 0 for one in shares) and 0 <= credit.effort <= 1
    lengths = all(loan.months >= 1 and loan.defer_months >= 0 for loan in credit.ptz)
    quotas = all(0 <= loan.quota <= 1 and loan.cap_eur >= 0 for loan in credit.ptz)
    if not fit or credit.months < 1 or not lengths or not quotas:
        msg = f"Expected rates >= 0, a share of income within [0, 1] and months >= 1: {credit}."
        raise UsageError(msg, code="E_LOAN")
