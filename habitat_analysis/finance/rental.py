"""What a rental dwelling brings each year: ceiling rents and the net rent that a loan can rest on.

The year-by-year account is built on these; here are the parts the choice of a programme needs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from habitat_analysis.actuarial import MONTHS, annuity_factor
from habitat_analysis.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalCharges:
    """Yearly charges of a rental dwelling, in euros of the first year, all stated by the study."""

    management_eur_dwelling: float
    maintenance_eur_dwelling: float
    insurance_eur_dwelling: float = 0.0
    major_repairs_rate: float = 0.0  # fraction of the building cost, each year
    major_repairs_first_year: int = 1
    tfpb_eur_dwelling: float = 0.0  # taxe foncière sur les propriétés bâties
    tfpb_first_year: int = 1  # the year after the exemption ends


@dataclass(frozen=True, slots=True, kw_only=True)
class NetRent:
    """Rent and charges of one m² of SU for one year, in euros; charges are positive."""

    gross: float
    losses: float
    management: float
    maintenance: float
    insurance: float
    major_repairs: float
    tfpb: float
    net: float


def structure_coefficient(n: float, su_m2: float, *, base: float, per_dwelling: float) -> float:
    """Compute the coefficient that raises the ceiling rent of small dwellings.

    Parameters
    ----------
    n
        Number of dwellings of the financing tranche.
    su_m2
        Their surface utile (SU), in m².
    base
        Constant of the formula, see ``data/baremes/loyers_plafonds.csv``.
    per_dwelling
        m² added for each dwelling, same source.

    Returns
    -------
    coefficient
        CS = base x (1 + per_dwelling x n / su_m2). No unit, not rounded.

    Raises
    ------
    UsageError
        ``E_SU`` when there is no surface, ``E_USAGE`` when there is a negative number of dwellings.

    References
    ----------
    Annexe 8 of the yearly circular on rents; ``docs/model.md`` 3.2.

    Examples
    --------
    >>> round(structure_coefficient(20, 1_320, base=0.77, per_dwelling=20), 4)
    1.0033
    """
    if not su_m2 > 0:
        msg = f"Expected a surface utile above 0 m²: got {su_m2}."
        raise UsageError(msg, code="E_SU")
    if n < 0:
        msg = f"Expected a number of dwellings: got {n}."
        raise UsageError(msg)
    return base * (1 + per_dwelling * n / su_m2)


def ceiling_rent_m2_month(
    zone_rent_m2_month: float, coefficient: float, *, margins: float = 0.0
) -> float:
    """Compute the ceiling rent of a tranche, in euros a m² of SU and a month.

    Parameters
    ----------
    zone_rent_m2_month
        LMzone of the product and zone, in euros a m² of SU and a month.
    coefficient
        Structure coefficient of the tranche.
    margins
        Local margins, as a fraction, within the limits of the local scale.

    References
    ----------
    ``docs/model.md`` 3.2.

    Examples
    --------
    >>> round(ceiling_rent_m2_month(6.49, 1.0069), 2)
    6.53
    """
    return zone_rent_m2_month * coefficient * (1 + margins)


def level_equivalent(amount: float, *, rate: float, years: int, first_year: int = 1) -> float:
    """Spread over all years a yearly amount due only from `first_year` on.

    Parameters
    ----------
    amount
        Yearly amount, in euros.
    rate
        Yearly rate of the loan the net rent repays, as a fraction.
    years
        Length of the loan.
    first_year
        First year in which the amount is due; 1 means from the start.

    Returns
    -------
    level
        The constant amount of the same present value over `years`; zero when `first_year` comes
        after the last one.

    Raises
    ------
    UsageError
        ``E_LOAN`` when `years` or `first_year` is below 1 or the rate is -1 or below.

    Examples
    --------
    >>> level_equivalent(800, rate=0.0, years=40, first_year=21)
    400.0
    """
    if years < 1 or first_year < 1:
        msg = f"Expected years counted from 1: got years={years}, first_year={first_year}."
        raise UsageError(msg, code="E_LOAN")
    whole = annuity_factor(rate, years)
    spared = annuity_factor(rate, min(first_year - 1, years))
    return amount * (whole - spared) / whole


def net_rent_m2_year(
    rent_m2_month: float,
    charges: RentalCharges,
    *,
    loss_share: float,
    su_mean_m2: float,
    building_cost_m2_su: float,
    rate: float,
    years: int,
) -> NetRent:
    """Compute the net rent that repays a loan, for one m² of SU and one year.

    Rent and charges are in euros of the first year and are not indexed, which is the convention
    of the capitalised net rent of the programme; the account of the tenure indexes them. A charge
    that begins later (major repairs, TFPB after its exemption) is spread over the loan.

    Parameters
    ----------
    rent_m2_month
        Rent, in euros a m² of SU and a month.
    charges
        Yearly charges.
    loss_share
        Vacancy and bad debt, as a fraction of the rent.
    su_mean_m2
        Mean SU of a dwelling, in m², to bring charges by the dwelling to the m².
    building_cost_m2_su
        Cost of the building, in euros a m² of SU, on which major repairs are counted.
    rate, years
        Terms of the loan the net rent repays.

    Returns
    -------
    net_rent
        Each term, in euros a m² of SU and a year. The net may be negative: then no loan stands.

    Raises
    ------
    UsageError
        ``E_SU`` when the mean surface is not positive, ``E_LOAN`` for impossible loan terms.

    References
    ----------
    ``docs/model.md`` 3.3 (terms of the account) and 5.1 (capitalised net rent).

    Examples
    --------
    >>> charges = RentalCharges(management_eur_dwelling=600, maintenance_eur_dwelling=420)
    >>> rent = net_rent_m2_year(6.90, charges, loss_share=0.02, su_mean_m2=60,
    ...     building_cost_m2_su=2_300, rate=0.023, years=40)
    >>> round(rent.gross, 2), round(rent.losses, 2), round(rent.net, 2)
    (82.8, 1.66, 64.14)
    """
    if not su_mean_m2 > 0:
        msg = f"Expected a mean surface utile above 0 m²: got {su_mean_m2}."
        raise UsageError(msg, code="E_SU")
    gross = MONTHS * rent_m2_month
    repairs = charges.major_repairs_rate * building_cost_m2_su
    spent = {
        "losses": gross * loss_share,
        "management": charges.management_eur_dwelling / su_mean_m2,
        "maintenance": charges.maintenance_eur_dwelling / su_mean_m2,
        "insurance": charges.insurance_eur_dwelling / su_mean_m2,
        "major_repairs": level_equivalent(
            repairs, rate=rate, years=years, first_year=charges.major_repairs_first_year
        ),
        "tfpb": level_equivalent(
            charges.tfpb_eur_dwelling / su_mean_m2,
            rate=rate,
            years=years,
            first_year=charges.tfpb_first_year,
        ),
    }
    return NetRent(gross=gross, net=gross - sum(spent.values()), **spent)


NET_RENT_LABELS = {
    "gross": "Loyer",
    "losses": "Vacance et impayés",
    "management": "Gestion",
    "maintenance": "Entretien courant",
    "insurance": "Assurance",
    "major_repairs": "Gros entretien (provision lissée)",
    "tfpb": "Taxe foncière (TFPB, lissée)",
    "net": "Loyer net",
}


def net_rent_lines(rent: NetRent) -> pd.DataFrame:
    """Explain a net rent line by line: columns ``id``, ``label``, ``eur_m2_su_year`` (signed)."""
    rows = [
        {
            "id": field.name,
            "label": NET_RENT_LABELS[field.name],
            "eur_m2_su_year": getattr(rent, field.name)
            * (1 if field.name in ("gross", "net") else -1),
        }
        for field in fields(rent)
    ]
    return pd.DataFrame(rows)
