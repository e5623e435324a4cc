"""SCIAPP: a company of progressive ownership, whose tenants buy its shares year after year.

A household pays an Hlm rent and buys shares of its lot with what its budget leaves. The company
borrows against those rents and shares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.errors import UsageError

FLOOR_TOLERANCE = 1e-9  # a share affordable to a billionth is affordable


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTerms:
    """The lot, the rent and the budget on which shares are bought."""

    shares: int  # number of shares of the lot
    lot_value_eur: float
    initial_shares: int  # bought at entry
    rent_month_eur: float
    budget_month_eur: float  # what the household can pay for rent and shares
    rent_growth: float = 0.0
    budget_growth: float = 0.0
    theta: float = 0.0  # 0: full Hlm rent to the end, the legal case; 1: rent on shares not held
    min_full_years: int  # the lot is not fully held before this year
    term_years: int  # life of the company

    @property
    def nominal_eur(self) -> float:
        """Price of one share, constant."""
        return self.lot_value_eur / self.shares


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareYear:
    """One year of a household in the company."""

    year: int
    rent_eur: float
    bought: int
    held: int
    carry_eur: float  # budget kept for the next year


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePath:
    """The years of a household, until it holds all its shares or the company ends."""

    nominal_eur: float
    rows: tuple[ShareYear, ...]
    full_year: int | None
    shares_held: int
    rent_paid_eur: float
    shares_paid_eur: float  # after entry
    buyback_liability_eur: float  # what the guarantee of the shares must cover


def share_path(terms: ShareTerms) -> SharePath:
    """Follow a household that buys shares with what its budget leaves after the rent.

    Parameters
    ----------
    terms
        Lot, rent, budget and rules of the company.

    Returns
    -------
    path
        One row a year, and what it comes to. `full_year` is None when the lot is never fully held.

    Raises
    ------
    UsageError
        When the number of shares, the shares at entry or the value make no sense.

    References
    ----------
    CCH L443-6-6, L443-6-10, R443-9-1; ``docs/model.md`` 3.7.

    Examples
    --------
    >>> terms = ShareTerms(shares=200, lot_value_eur=168_000, initial_shares=2, rent_month_eur=520,
    ...     rent_growth=0.014, budget_month_eur=980, budget_growth=0.01, min_full_years=10,
    ...     term_years=25)
    >>> path = share_path(terms)
    >>> path.shares_held, path.full_year, path.buyback_liability_eur
    (176, None, 147840.0)
    """
    _check(terms)
    rows: list[ShareYear] = []
    held, carry = terms.initial_shares, 0.0
    for year in range(1, terms.term_years + 1):
        if held == terms.shares:
            break
        rows.append(_one_year(terms, year, held, carry))
        held, carry = rows[-1].held, rows[-1].carry_eur
    nominal = terms.nominal_eur
    return SharePath(
        nominal_eur=nominal,
        rows=tuple(rows),
        full_year=len(rows) if held == terms.shares else None,
        shares_held=held,
        rent_paid_eur=math.fsum(row.rent_eur for row in rows),
        shares_paid_eur=nominal * (held - terms.initial_shares),
        buyback_liability_eur=nominal * held,
    )


def progressive_loan(
    path: SharePath,
    *,
    rate: float,
    years: int,
    charges_year_eur: float,
    charges_growth: float = 0.0,
    loss_share: float = 0.0,
) -> float:
    """Compute the loan that the rents and shares of a household repay.

    Parameters
    ----------
    path
        Rents and shares, from `share_path`.
    rate
        Yearly rate of the loan, as a fraction.
    years
        Length of the loan; the years after the end of the company or the full purchase bring
        nothing.
    charges_year_eur
        Charges of the company for the lot in the first year (management, maintenance, insurance,
        taxes), in euros.
    charges_growth
        Yearly growth of the charges, as a fraction.
    loss_share
        Vacancy and bad debt, as a fraction of the rents.

    Returns
    -------
    loan
        Euros for one dwelling, shares bought at entry not included; zero at least.

    Raises
    ------
    UsageError
        ``E_LOAN`` when the loan has no year or a rate of -1 or below.

    References
    ----------
    ``docs/model.md`` 5.1, addendum.

    Examples
    --------
    >>> terms = ShareTerms(shares=100, lot_value_eur=100_000, initial_shares=0, rent_month_eur=500,
    ...     budget_month_eur=500, min_full_years=10, term_years=25)
    >>> round(progressive_loan(share_path(terms), rate=0.0, years=20, charges_year_eur=1_000))
    100000
    """
    if years < 1 or not rate > -1:
        msg = f"Expected a loan of a year or more at a rate above -1: got {years}, {rate}."
        raise UsageError(msg, code="E_LOAN")
    loan = math.fsum(
        (
            row.rent_eur * (1 - loss_share)
            + row.bought * path.nominal_eur
            - charges_year_eur * (1 + charges_growth) ** (row.year - 1)
        )
        * (1 + rate) ** -row.year
        for row in path.rows[:years]
    )
    return max(0.0, loan)


def _one_year(terms: ShareTerms, year: int, held: int, carry_eur: float) -> ShareYear:
    """Pay the rent of one year, then buy what the budget allows."""
    nominal = terms.nominal_eur
    part_due = 1 - terms.theta * held / terms.shares
    rent = MONTHS * terms.rent_month_eur * (1 + terms.rent_growth) ** (year - 1) * part_due
    budget = MONTHS * terms.budget_month_eur * (1 + terms.budget_growth) ** (year - 1)
    available = budget - rent + carry_eur
    affordable = max(0, math.floor(available / nominal + FLOOR_TOLERANCE))
    kept_back = 1 if year < terms.min_full_years else 0  # the last share
    bought = min(affordable, max(0, terms.shares - held - kept_back))
    return ShareYear(
        year=year,
        rent_eur=rent,
        bought=bought,
        held=held + bought,
        carry_eur=max(0.0, available - bought * nominal),
    )


def _check(terms: ShareTerms) -> None:
    """Refuse terms that make no sense."""
    if (
        terms.shares < 1
        or not 0 <= terms.initial_shares <= terms.shares
        or not terms.lot_value_eur > 0
        or not 0 <= terms.theta <= 1
    ):
        msg = (
            "Expected at least one share, 0 <= initial_shares <= shares, a positive lot value and "
            f"theta between 0 and 1: got {terms}."
        )
        raise UsageError(msg)
