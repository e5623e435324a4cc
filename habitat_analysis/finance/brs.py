"""BRS: the building is sold, the land stays with a solidarity land body (OFS) and is rented.

The OFS borrows for the land and repays with the fee of the households. A household pays its loan,
the fee and its charges; it resells at a price that the lease caps.
"""

from __future__ import annotations

from dataclasses import dataclass

from habitat_analysis.actuarial import MONTHS, annuity, annuity_factor
from habitat_analysis.errors import UsageError

TOLERANCE = 1e-9  # a price equal to its ceiling passes
BALANCED_EUR = -1e-6  # a balance above this is not negative


@dataclass(frozen=True, slots=True, kw_only=True)
class OfsTerms:
    """Land, building and fee of the BRS dwellings of one operation; all given by the study."""

    shab_m2: float  # of all the dwellings
    su_m2: float
    dwellings: float
    land_cost_eur: float
    land_subsidies_eur: float = 0.0
    loan_rate: float  # of the land
    loan_years: int
    management_eur_dwelling_year: float
    loss_rate: float = 0.0  # fees not received, as a fraction
    fee_m2_month_eur: float  # redevance, by m² of SHAB
    fee_growth: float = 0.0
    cost_growth: float = 0.0
    placement_rate: float = 0.0  # of the treasury, the same below zero
    price_cap_ht_m2_su_eur: float
    building_cost_ht_eur: float
    margin: float = 0.0  # fraction of the building cost
    vat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfsYear:
    """One year of the OFS, in euros."""

    year: int
    fees_eur: float  # received
    annuity_eur: float
    management_eur: float
    net_eur: float
    cumulative_eur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfsAccount:
    """Account of the OFS over its loan, and price of the building."""

    annuity_eur: float
    required_fee_flat_m2_month_eur: float  # first year alone
    fee_min_balanced_m2_month_eur: float  # the treasury never falls below zero
    rows: tuple[OfsYear, ...]
    cumulative_end_eur: float
    min_cumulative_eur: float
    first_negative_year: int | None
    price_ht_eur: float  # of the dwellings together
    price_ttc_eur: float
    price_ttc_m2_eur: float  # by m² of SHAB
    price_cap_ht_eur: float
    price_ok: bool
    fee_month_dwelling_eur: float  # mean

    @property
    def balanced(self) -> bool:
        """Whether the treasury is never negative."""
        return self.first_negative_year is None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrsMonth:
    """What a household pays each month."""

    loan_eur: float  # borrowed
    payment_eur: float
    fee_eur: float
    charges_eur: float
    burden_eur: float


def ofs_account(terms: OfsTerms) -> OfsAccount:
    """Compute the account of the OFS, the fee that balances it and the price of the dwellings.

    Parameters
    ----------
    terms
        Land, building and fee.

    Returns
    -------
    account
        One row a year of the loan, in euros. `fee_min_balanced_m2_month_eur` is a closed form:
        the largest ratio, over the years, of the cumulated cost to the cumulated revenue of a fee
        of one euro. It keeps the growth of the fee.

    Raises
    ------
    UsageError
        ``E_SU`` without surface, ``E_LOAN`` when the subsidies exceed the land or the loan is
        impossible, ``E_USAGE`` without dwelling or when no fee is received.

    References
    ----------
    CCH L255-1 to L255-19; ``docs/model.md`` 3.5.

    Examples
    --------
    >>> terms = OfsTerms(shab_m2=100, su_m2=100, dwellings=2, land_cost_eur=24_000, loan_rate=0,
    ...     loan_years=20, management_eur_dwelling_year=60, fee_m2_month_eur=1.1,
    ...     price_cap_ht_m2_su_eur=3_000, building_cost_ht_eur=250_000, margin=0.02, vat=0.055)
    >>> account = ofs_account(terms)
    >>> account.annuity_eur, round(account.fee_min_balanced_m2_month_eur, 9), account.balanced
    (1200.0, 1.1, True)
    """
    _check(terms)
    yearly = annuity(
        terms.land_cost_eur - terms.land_subsidies_eur, terms.loan_rate, terms.loan_years
    )
    rows = _rows(terms, yearly)
    cumulative = [row.cumulative_eur for row in rows]
    management = terms.dwellings * terms.management_eur_dwelling_year
    price_ht = terms.building_cost_ht_eur * (1 + terms.margin)
    price_cap = terms.price_cap_ht_m2_su_eur * terms.su_m2
    price_ttc = price_ht * (1 + terms.vat)
    return OfsAccount(
        annuity_eur=yearly,
        required_fee_flat_m2_month_eur=(yearly + management) / _unit_revenue(terms, 1),
        fee_min_balanced_m2_month_eur=_fee_min_balanced(terms, yearly),
        rows=rows,
        cumulative_end_eur=cumulative[-1],
        min_cumulative_eur=min(cumulative),
        first_negative_year=next(
            (row.year for row in rows if row.cumulative_eur < BALANCED_EUR), None
        ),
        price_ht_eur=price_ht,
        price_ttc_eur=price_ttc,
        price_ttc_m2_eur=price_ttc / terms.shab_m2,
        price_cap_ht_eur=price_cap,
        price_ok=price_ht <= price_cap * (1 + TOLERANCE),
        fee_month_dwelling_eur=terms.fee_m2_month_eur * terms.shab_m2 / terms.dwellings,
    )


def brs_household_month(
    *,
    price_ttc_eur: float,
    fees_eur: float,
    apport_eur: float,
    loan_rate: float,
    loan_months: int,
    fee_m2_month_eur: float,
    shab_m2: float,
    charges_month_eur: float,
) -> BrsMonth:
    """Compute what a BRS household pays each month: loan, fee and charges.

    Parameters
    ----------
    price_ttc_eur
        Price of its dwelling, land not included.
    fees_eur
        Notary and guarantee.
    apport_eur
        Its own money.
    loan_rate
        Yearly rate, as a fraction.
    loan_months
        Length of the loan.
    fee_m2_month_eur
        Fee of the OFS, in euros a m² of SHAB and a month.
    shab_m2
        SHAB of the dwelling.
    charges_month_eur
        Charges and taxes.

    Returns
    -------
    month
        Each part and their sum, in euros a month; the loan is in euros, zero at least.

    Raises
    ------
    UsageError
        ``E_LOAN`` for impossible loan terms, ``E_SU`` without surface.

    References
    ----------
    ``docs/model.md`` 3.5 and 4.2.

    Examples
    --------
    >>> month = brs_household_month(price_ttc_eur=180_000, fees_eur=5_000, apport_eur=5_000,
    ...     loan_rate=0, loan_months=300, fee_m2_month_eur=1.6, shab_m2=65, charges_month_eur=96)
    >>> month.payment_eur, month.fee_eur, month.burden_eur
    (600.0, 104.0, 800.0)
    """
    if not shab_m2 > 0:
        msg = f"Expected a surface above 0 m²: got {shab_m2}."
        raise UsageError(msg, code="E_SU")
    if loan_months < 1:
        msg = f"Expected a loan of one month at least: got {loan_months}."
        raise UsageError(msg, code="E_LOAN")
    loan = max(0.0, price_ttc_eur + fees_eur - apport_eur)
    payment = loan / annuity_factor(loan_rate / MONTHS, loan_months)
    fee = fee_m2_month_eur * shab_m2
    return BrsMonth(
        loan_eur=loan,
        payment_eur=payment,
        fee_eur=fee,
        charges_eur=charges_month_eur,
        burden_eur=payment + fee + charges_month_eur,
    )


def brs_resale_price(
    price_eur: float,
    *,
    index_at_purchase: float,
    index_at_resale: float,
    works_eur: float = 0.0,
    cap_eur: float | None = None,
) -> float:
    """Compute the highest price at which a BRS dwelling may be resold.

    Parameters
    ----------
    price_eur
        Price paid.
    index_at_purchase, index_at_resale
        Index named by the lease, usually the IRL, on both dates.
    works_eur
        Improvements that the lease lets the household count.
    cap_eur
        Ceiling price of the dwelling on the date of resale; None when there is none.

    Returns
    -------
    price
        Euros: ``min(price x index ratio + works, cap)``.

    Raises
    ------
    UsageError
        ``E_USAGE`` when an index is not positive.

    References
    ----------
    CCH L255-5; the index and the works are those of the lease. ``docs/model.md`` 3.5.

    Examples
    --------
    >>> round(brs_resale_price(180_000, index_at_purchase=145.47, index_at_resale=152,
    ...     works_eur=6_000, cap_eur=205_000), 2)
    194080.02
    """
    if not (index_at_purchase > 0 and index_at_resale > 0):
        msg = f"Expected indexes above 0: got {index_at_purchase}, {index_at_resale}."
        raise UsageError(msg)
    updated = price_eur * index_at_resale / index_at_purchase + works_eur
    return updated if cap_eur is None else min(updated, cap_eur)


def _unit_revenue(terms: OfsTerms, year: int) -> float:
    """Return what a fee of one euro a m² and a month brings in a year."""
    full = MONTHS * terms.shab_m2 * (1 - terms.loss_rate)
    return full * (1 + terms.fee_growth) ** (year - 1)


def _management(terms: OfsTerms, year: int) -> float:
    first = terms.dwellings * terms.management_eur_dwelling_year
    return first * (1 + terms.cost_growth) ** (year - 1)


def _rows(terms: OfsTerms, yearly: float) -> tuple[OfsYear, ...]:
    """Follow the treasury, year after year."""
    rows: list[OfsYear] = []
    cumulative = 0.0
    for year in range(1, terms.loan_years + 1):
        fees = terms.fee_m2_month_eur * _unit_revenue(terms, year)
        management = _management(terms, year)
        net = fees - yearly - management
        cumulative = cumulative * (1 + terms.placement_rate) + net
        rows.append(
            OfsYear(
                year=year,
                fees_eur=fees,
                annuity_eur=yearly,
                management_eur=management,
                net_eur=net,
                cumulative_eur=cumulative,
            )
        )
    return tuple(rows)


def _fee_min_balanced(terms: OfsTerms, yearly: float) -> float:
    """Return the smallest fee of the first year that keeps every balance at zero or above."""
    fee = cost = revenue = 0.0
    for year in range(1, terms.loan_years + 1):
        cost = cost * (1 + terms.placement_rate) + yearly + _management(terms, year)
        revenue = revenue * (1 + terms.placement_rate) + _unit_revenue(terms, year)
        fee = max(fee, cost / revenue)
    return fee


def _check(terms: OfsTerms) -> None:
    """Refuse terms that make no sense."""
    if not (terms.shab_m2 > 0 and terms.su_m2 > 0):
        msg = f"Expected surfaces above 0 m²: got {terms.shab_m2}, {terms.su_m2}."
        raise UsageError(msg, code="E_SU")
    if (
        not terms.dwellings > 0
        or not 0 <= terms.loss_rate < 1
        or not min(terms.fee_growth, terms.cost_growth, terms.placement_rate) > -1
    ):
        msg = f"Expected dwellings, 0 <= loss_rate < 1 and growths above -1: got {terms}."
        raise UsageError(msg)
