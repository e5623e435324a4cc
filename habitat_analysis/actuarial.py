"""Loans and discounted flows: numbers only, yearly, at the end of each period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyxirr
from scipy.optimize import brentq

from habitat_analysis.errors import UsageError

MONTHS = 12  # of a year
IRR_TOLERANCE = 1e-9  # residual of the discounted flows, relative to their absolute sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The life of one loan, year by year, in euros.

    `payments`, `interests` and `principals` have one value a year; `balances` has one more: the
    sum owed at signature, then after each payment.
    """

    payments: tuple[float, ...]
    balances: tuple[float, ...]
    interests: tuple[float, ...]
    principals: tuple[float, ...]


def annuity_factor(rate: float, years: int) -> float:
    """Compute what one euro a year is worth today.

    Parameters
    ----------
    rate
        Rate of one period, as a fraction: ``0.03`` means 3 %; above -1.
    years
        Number of payments, the first one a period from now. Months serve as well, with a monthly
        rate. Zero payments are worth zero.

    Returns
    -------
    factor
        A(r, n) = (1 - (1 + r)**-n) / r, or n when the rate is zero. No unit.

    Raises
    ------
    UsageError
        ``E_LOAN`` when `years` is not a natural number or `rate` is -1 or below.

    Examples
    --------
    >>> round(annuity_factor(0.03, 40), 6)
    23.114772
    >>> annuity_factor(0.0, 40)
    40.0
    """
    if not math.isfinite(rate) or rate <= -1 or years < 0 or years != int(years):
        msg = f"Expected a rate above -1 and a natural number of years: {rate}, {years}."
        raise UsageError(msg, code="E_LOAN")
    if rate == 0:
        return float(years)
    return -math.expm1(-years * math.log1p(rate)) / rate


def annuity(principal: float, rate: float, years: int) -> float:
    """Compute the constant annuity that repays a loan.

    Parameters
    ----------
    principal
        Sum borrowed, in euros.
    rate
        Yearly interest rate, as a fraction: ``0.03`` means 3 %.
    years
        Number of yearly payments, the first one a year from now.

    Returns
    -------
    annuity
        Yearly payment, in euros, capital and interest together.

    Raises
    ------
    UsageError
        ``E_LOAN`` when the sum is negative, `rate` is -1 or below, or `years` is below 1.

    References
    ----------
    Actuarial formula P·r / (1 - (1 + r)**-n), payments in arrears.

    Examples
    --------
    >>> round(annuity(100_000, rate=0.03, years=40), 2)
    4326.24
    """
    _check_loan(principal, rate=rate, years=years, growth=0.0, defer=0)
    return principal / annuity_factor(rate, years)


def loan_schedule(
    principal: float, *, rate: float, years: int, growth: float = 0.0, defer: int = 0
) -> Schedule:
    """Lay out a loan whose payments grow, after some years of interest only.

    Parameters
    ----------
    principal
        Sum borrowed, in euros.
    rate
        Yearly interest rate, as a fraction, above -1.
    years
        Length of the loan, years of interest only included.
    growth
        Yearly growth of the payments, as a fraction (``-0.005`` for payments that fall by 0.5 %).
    defer
        First years during which only interest is paid.

    Returns
    -------
    schedule
        Payments, balances, interests and repaid capital, in euros. The last balance is zero.

    Raises
    ------
    UsageError
        ``E_LOAN`` when the sum is negative, `years` is below 1, `defer` is negative or reaches
        `years`, `rate` is -1 or below, or the payments could turn negative (`growth` below -1).

    References
    ----------
    ``docs/model.md`` 3.1.

    Examples
    --------
    >>> loan = loan_schedule(100_000, rate=0.02, years=6, growth=0.02, defer=2)
    >>> [round(payment, 2) for payment in loan.payments]
    [2000.0, 2000.0, 25500.0, 26010.0, 26530.2, 27060.8]
    """
    _check_loan(principal, rate=rate, years=years, growth=growth, defer=defer)
    n_growing = int(years) - int(defer)
    first = principal * (1 + rate) / _geometric_sum(growth, rate, n_growing)
    growing = [first * (1 + growth) ** year for year in range(n_growing)]
    payments = (*[principal * rate] * int(defer), *growing)
    balances = _balances(principal, rate, payments)
    interests = tuple(balance * rate for balance in balances[:-1])
    return Schedule(
        payments=payments,
        balances=balances,
        interests=interests,
        principals=tuple(before - after for before, after in pairwise(balances)),
    )


def npv(rate: float, flows: Sequence[float]) -> float:
    """Discount flows, the first one today and the others a year apart.

    Parameters
    ----------
    rate
        Yearly discount rate, as a fraction, above -1.
    flows
        Sums in euros: spent below zero, received above.

    Returns
    -------
    value
        Net present value, in euros.

    Raises
    ------
    UsageError
        ``E_LOAN`` when the rate is -1 or below.

    Examples
    --------
    >>> round(npv(0.10, [-100, 0, 242]), 6)
    100.0
    """
    if not math.isfinite(rate) or rate <= -1:
        msg = f"Expected a discount rate above -1: got {rate}."
        raise UsageError(msg, code="E_LOAN")
    return math.fsum(flow * (1 + rate) ** -year for year, flow in enumerate(flows))


def irr(flows: Sequence[float]) -> float | None:
    """Find the rate at which flows a year apart are worth nothing today.

    Parameters
    ----------
    flows
        Sums in euros, the first one today.

    Returns
    -------
    rate
        Internal rate of return, as a fraction; None unless the flows change sign exactly once,
        because the rate is then not unique, or does not exist.

    Examples
    --------
    >>> irr([-100, 60, 60])
    0.1306623862918075
    >>> irr([-100, 230, -132]) is None
    True
    """
    signs = [flow > 0 for flow in flows if flow != 0]
    if sum(before != after for before, after in pairwise(signs)) != 1:
        return None
    rate = pyxirr.irr(list(flows), silent=True)
    if rate is not None and rate > -1 and _is_root(rate, flows):
        return float(rate)
    return _bracketed_irr(flows)


def _check_loan(principal: float, *, rate: float, years: int, growth: float, defer: int) -> None:
    """Refuse a loan that cannot be written."""
    finite = all(math.isfinite(value) for value in (principal, rate, growth, years, defer))
    whole = finite and years == int(years) and defer == int(defer)
    if not whole or principal < 0 or years < 1 or not 0 <= defer < years or min(rate, growth) <= -1:
        msg = (
            "Expected a loan with principal >= 0, rate > -1, growth > -1 and "
            f"0 <= defer < years: got principal={principal}, rate={rate}, "
            f"growth={growth}, years={years}, defer={defer}."
        )
        raise UsageError(msg, code="E_LOAN")


def _geometric_sum(growth: float, rate: float, terms: int) -> float:
    """Sum q**k for k below `terms`, q = (1 + growth)/(1 + rate), safely when q is near 1."""
    log_ratio = math.log1p((growth - rate) / (1 + rate))
    if log_ratio == 0:
        return float(terms)
    return math.expm1(terms * log_ratio) / math.expm1(log_ratio)


def _balances(principal: float, rate: float, payments: Sequence[float]) -> tuple[float, ...]:
    """Return the sum owed at signature and after each payment.

    The recursion runs in the direction in which rounding errors shrink: from the end when the
    rate is positive, from the start otherwise.
    """
    if rate < 0:
        owed = [principal]
        for payment in payments:
            owed.append(owed[-1] * (1 + rate) - payment)
        return tuple(owed)
    owed = [0.0]
    for payment in reversed(payments[1:]):
        owed.append((owed[-1] + payment) / (1 + rate))
    return (principal, *reversed(owed))


def _is_root(rate: float, flows: Sequence[float]) -> bool:
    discounted = [flow * (1 + rate) ** -year for year, flow in enumerate(flows)]
    return abs(math.fsum(discounted)) <= IRR_TOLERANCE * math.fsum(map(abs, discounted))


def _bracketed_irr(flows: Sequence[float]) -> float:
    """Search the discount factor v = 1/(1 + rate), unique when the sign changes once."""
    dated = [(year, flow) for year, flow in enumerate(flows) if flow != 0]
    first, last = dated[0][0], dated[-1][0]

    def value(log_factor: float) -> float:
        """Discounted sum, scaled so that neither end overflows; years from the first flow."""
        scale = max(0.0, log_factor) * (last - first)
        return math.fsum(
            flow * math.exp((year - first) * log_factor - scale) for year, flow in dated
        )

    reach = 1.0
    while value(-reach) * value(reach) > 0:
        reach *= 2
    return math.expm1(-float(brentq(value, -reach, reach, xtol=1e-15)))
