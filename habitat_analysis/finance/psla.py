"""PSLA: a dwelling first rented, then bought at a price that falls each year of the rent.

A household pays a redevance, made of a rent and of savings (the part acquisitive). When it takes
up its option it borrows what is left of the price. A buy-back guarantee then protects its sale.
"""

from __future__ import annotations

from dataclasses import dataclass

from habitat_analysis.actuarial import MONTHS, annuity_factor
from habitat_analysis.errors import UsageError

TOLERANCE = 1e-9  # a value equal to its ceiling passes, whatever the rounding of its product


@dataclass(frozen=True, slots=True, kw_only=True)
class PslaTerms:
    """The dwelling, its redevance and the loan its household could take; all given by the study."""

    price_ttc_eur: float  # of the contract, at entry
    vat: float
    su_m2: float
    price_cap_ht_m2_su_eur: float
    rent_part_m2_su_month_eur: float
    rent_cap_m2_su_month_eur: float
    acquisitive_month_eur: float
    decrease: float  # of the contract price, at each anniversary of entry
    decrease_min: float  # what the regulation asks
    fees_eur: float  # notary and guarantee, at the option
    apport_eur: float  # savings of the household, besides the part acquisitive
    loan_rate: float  # yearly, without insurance
    loan_months: int
    indemnity_rate: float = 0.0  # of the contract price, kept by the seller if it is not bought


@dataclass(frozen=True, slots=True, kw_only=True)
class PslaOption:
    """What the option comes to after some months of rent."""

    rent_part_month_eur: float
    redevance_month_eur: float
    savings_eur: float
    price_eur: float
    loan_eur: float
    payment_month_eur: float
    payment_within_redevance: bool
    price_ht_m2_su_eur: float  # of the contract
    refund_eur: float  # if the option is not taken up; below zero: due by the household


@dataclass(frozen=True, slots=True, kw_only=True)
class PslaYear:
    """One year of rent, and the option at its end."""

    year: int
    redevance_eur: float  # paid in the year
    rent_part_eur: float  # of it, kept by the seller
    savings_eur: float  # since entry
    price_eur: float
    loan_eur: float
    payment_month_eur: float
    payment_within_redevance: bool
    refund_eur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BuybackTerms:
    """Prices at which a seller undertakes to buy a dwelling back, as fractions of its price."""

    first_rate: float
    drop: float  # points of the initial price lost each year, once they begin
    flat_years: int  # years at the first price
    end_years: int  # the guarantee ends here


def psla_option(terms: PslaTerms, months: int) -> PslaOption:
    """Compute price, loan and monthly payment of an option taken up after some months.

    Parameters
    ----------
    terms
        Dwelling, redevance and loan.
    months
        Whole months of redevance paid since entry.

    Returns
    -------
    option
        Sums in euros. The test is true when the payment is at most the redevance. The refund is
        the savings less the indemnity, for an option that is not taken up.

    Raises
    ------
    UsageError
        ``E_PSLA_PRICE_CAP``, ``E_PSLA_RENT_CAP`` when a ceiling is passed (equality is allowed),
        ``E_PSLA_DECREASE`` when the price falls less than the regulation asks, ``E_SU`` without
        surface, ``E_MONTH`` when `months` is negative, ``E_LOAN`` for impossible loan terms.

    References
    ----------
    Arrêté du 26 mars 2004, art. 2 à 5; CCH D331-76-5-1; loi 84-595 art. 11 (2 % of the price at
    most for breach, none when the option lapses for a dwelling with State agreement);
    ``docs/model.md`` 3.4.

    Examples
    --------
    >>> terms = PslaTerms(price_ttc_eur=214_000, vat=0.055, su_m2=70, price_cap_ht_m2_su_eur=3_400,
    ...     rent_part_m2_su_month_eur=9.2, rent_cap_m2_su_month_eur=10.13,
    ...     acquisitive_month_eur=250, decrease=0.01, decrease_min=0.01, fees_eur=4_300,
    ...     apport_eur=8_000, loan_rate=0.034, loan_months=300)
    >>> option = psla_option(terms, 18)
    >>> option.price_eur, option.savings_eur, round(option.payment_month_eur, 2)
    (211860.0, 4500, 1008.68)
    """
    _check(terms, months)
    rent = terms.rent_part_m2_su_month_eur * terms.su_m2
    redevance = rent + terms.acquisitive_month_eur
    savings = terms.acquisitive_month_eur * months
    price = terms.price_ttc_eur * max(0.0, 1 - terms.decrease * (months // MONTHS))
    loan = max(0.0, price + terms.fees_eur - savings - terms.apport_eur)
    payment = loan / annuity_factor(terms.loan_rate / MONTHS, terms.loan_months)
    return PslaOption(
        rent_part_month_eur=rent,
        redevance_month_eur=redevance,
        savings_eur=savings,
        price_eur=price,
        loan_eur=loan,
        payment_month_eur=payment,
        payment_within_redevance=payment <= redevance + TOLERANCE,
        price_ht_m2_su_eur=_price_ht_m2(terms),
        refund_eur=savings - terms.indemnity_rate * terms.price_ttc_eur,
    )


def psla_years(terms: PslaTerms, years: int) -> tuple[PslaYear, ...]:
    """Follow the years of rent, with the option at each anniversary of entry.

    Parameters
    ----------
    terms
        Dwelling, redevance and loan. The redevance is constant, as the contract states it first.
    years
        Years of rent to show, one at least.

    Returns
    -------
    rows
        One a year: year ``k`` ends at month ``12 k``, at the price fallen ``k`` times.

    Raises
    ------
    UsageError
        ``E_YEARS`` when `years` is below 1, and the errors of `psla_option`.

    References
    ----------
    Arrêté du 26 mars 2004, art. 3; ``docs/model.md`` 3.4.

    Examples
    --------
    >>> terms = PslaTerms(price_ttc_eur=100_000, vat=0.0, su_m2=50, price_cap_ht_m2_su_eur=2_000,
    ...     rent_part_m2_su_month_eur=10, rent_cap_m2_su_month_eur=10, acquisitive_month_eur=100,
    ...     decrease=0.01, decrease_min=0.01, fees_eur=0, apport_eur=0, loan_rate=0,
    ...     loan_months=180)
    >>> [(row.year, row.redevance_eur, row.savings_eur, row.price_eur, row.payment_within_redevance)
    ...     for row in psla_years(terms, 2)]
    [(1, 7200, 1200, 99000.0, True), (2, 7200, 2400, 98000.0, True)]
    """
    if years < 1:
        msg = f"Expected one year of rent at least: got {years}."
        raise UsageError(msg, code="E_YEARS")
    return tuple(
        _year(year, psla_option(terms, MONTHS * year)) for year in range(1, int(years) + 1)
    )


def earliest_option(terms: PslaTerms, months_max: int, *, months_min: int = 1) -> int | None:
    """Find the first month at which the loan costs no more than the redevance.

    Parameters
    ----------
    terms
        Dwelling, redevance and loan.
    months_max
        Last month at which the option may be taken up.
    months_min
        First one; the test compares with a redevance already paid, so one month at least.

    Returns
    -------
    month
        Months of redevance paid, or None when the test never passes: the payment only falls with
        time, so the last month then says by how much.

    Raises
    ------
    UsageError
        The errors of `psla_option`.

    References
    ----------
    CCH D331-76-5-1; ``docs/model.md`` 3.4.

    Examples
    --------
    >>> terms = PslaTerms(price_ttc_eur=100_000, vat=0.0, su_m2=50, price_cap_ht_m2_su_eur=2_000,
    ...     rent_part_m2_su_month_eur=8, rent_cap_m2_su_month_eur=10, acquisitive_month_eur=100,
    ...     decrease=0.01, decrease_min=0.01, fees_eur=0, apport_eur=9_000, loan_rate=0,
    ...     loan_months=180)
    >>> earliest_option(terms, 48), earliest_option(terms, 6)
    (10, None)
    """
    _check(terms, months_min)
    return next(
        (
            month
            for month in range(months_min, months_max + 1)
            if psla_option(terms, month).payment_within_redevance
        ),
        None,
    )


def buyback_price(price_eur: float, terms: BuybackTerms, year: int) -> float | None:
    """Compute the price at which a dwelling is bought back, some years after its sale.

    Parameters
    ----------
    price_eur
        Price of the sale, in euros; for a PSLA, the price at the option.
    terms
        Rates of the guarantee. Those of the law are minima.
    year
        Whole years since the sale: 0 for the first one.

    Returns
    -------
    price
        Euros, or None once the guarantee has ended.

    Raises
    ------
    UsageError
        ``E_YEARS`` when `year` is negative, ``E_USAGE`` for meaningless terms.

    References
    ----------
    PSLA: arrêté du 26 mars 2004, art. 4. Other Hlm sales: CCH R443-2 (read here as points of the
    initial price, to be settled). ``docs/model.md`` 3.4.

    Examples
    --------
    >>> psla = BuybackTerms(first_rate=1.0, drop=0.025, flat_years=5, end_years=15)
    >>> [buyback_price(214_000, psla, year) for year in (0, 4, 5, 14, 15)]
    [214000.0, 214000.0, 208650.0, 160500.0, None]
    """
    _check_buyback(price_eur, terms)
    if year < 0:
        msg = f"Expected years counted from the sale: got {year}."
        raise UsageError(msg, code="E_YEARS")
    if year >= terms.end_years:
        return None
    drops = max(0, int(year) - terms.flat_years + 1)
    return price_eur * max(0.0, terms.first_rate - terms.drop * drops)


def buyback_schedule(price_eur: float, terms: BuybackTerms) -> tuple[tuple[int, float], ...]:
    """Lay out the buy-back prices of every year of the guarantee.

    Parameters
    ----------
    price_eur
        Price of the sale, in euros.
    terms
        Rates of the guarantee.

    Returns
    -------
    schedule
        Pairs (years since the sale, euros), from year 0 to the last one before the end.

    Raises
    ------
    UsageError
        ``E_USAGE`` for meaningless terms.

    References
    ----------
    See `buyback_price`.

    Examples
    --------
    >>> buyback_schedule(100, BuybackTerms(first_rate=1.0, drop=0.25, flat_years=2, end_years=4))
    ((0, 100.0), (1, 100.0), (2, 75.0), (3, 50.0))
    """
    prices = ((year, buyback_price(price_eur, terms, year)) for year in range(terms.end_years))
    return tuple((year, price) for year, price in prices if price is not None)


def _year(year: int, option: PslaOption) -> PslaYear:
    """Write one row from the option at its end."""
    return PslaYear(
        year=year,
        redevance_eur=MONTHS * option.redevance_month_eur,
        rent_part_eur=MONTHS * option.rent_part_month_eur,
        savings_eur=option.savings_eur,
        price_eur=option.price_eur,
        loan_eur=option.loan_eur,
        payment_month_eur=option.payment_month_eur,
        payment_within_redevance=option.payment_within_redevance,
        refund_eur=option.refund_eur,
    )


def _price_ht_m2(terms: PslaTerms) -> float:
    return terms.price_ttc_eur / (1 + terms.vat) / terms.su_m2


def _check(terms: PslaTerms, months: int) -> None:
    """Refuse a contract that the regulation does not allow."""
    if not terms.su_m2 > 0:
        msg = f"Expected a surface utile above 0 m²: got {terms.su_m2}."
        raise UsageError(msg, code="E_SU")
    if months < 0 or months != int(months):
        msg = f"Expected whole months since entry: got {months}."
        raise UsageError(msg, code="E_MONTH")
    if terms.loan_months < 1:
        msg = f"Expected a loan of one month at least: got {terms.loan_months}."
        raise UsageError(msg, code="E_LOAN")
    price, price_cap = _price_ht_m2(terms), terms.price_cap_ht_m2_su_eur
    if not price <= price_cap + TOLERANCE:
        msg = f"Price of {price:.2f} EUR HT/m² SU above its ceiling {price_cap:.2f}."
        raise UsageError(msg, code="E_PSLA_PRICE_CAP")
    rent, rent_cap = terms.rent_part_m2_su_month_eur, terms.rent_cap_m2_su_month_eur
    if not rent <= rent_cap + TOLERANCE:
        msg = f"Rent part of {rent} EUR/m² SU/month above its ceiling {rent_cap}."
        raise UsageError(msg, code="E_PSLA_RENT_CAP")
    if not terms.decrease >= terms.decrease_min - TOLERANCE:
        msg = f"Price falling by {terms.decrease} a year, less than {terms.decrease_min}."
        raise UsageError(msg, code="E_PSLA_DECREASE")


def _check_buyback(price_eur: float, terms: BuybackTerms) -> None:
    """Refuse a guarantee that makes no sense."""
    if (
        not price_eur >= 0
        or not terms.first_rate >= 0
        or not terms.drop >= 0
        or not 0 <= terms.flat_years <= terms.end_years
    ):
        msg = (
            "Expected a price, rates >= 0 and 0 <= flat_years <= end_years: "
            f"got {price_eur}, {terms}."
        )
        raise UsageError(msg)
