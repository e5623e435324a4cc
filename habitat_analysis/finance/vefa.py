"""VEFA: lots sold before they are built, and the balance of the promoter who sells them.

The same account is read two ways: margin left at given prices, or land that a wanted margin pays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from habitat_analysis.errors import UsageError

# Chapters of a « bilan promoteur », in its order, with their French names.
CHAPTERS: Mapping[str, str] = {
    "foncier": "Foncier",
    "travaux": "Travaux",
    "honoraires": "Honoraires techniques",
    "assurances": "Assurances",
    "commercialisation": "Commercialisation",
    "gestion_financiers": "Gestion et frais financiers",
    "imprevus": "Imprévus",
}
SALES_CHAPTER = "commercialisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One dwelling for sale."""

    id: str
    shab_m2: float
    price_ttc_eur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoterBalance:
    """Turnover, cost and margin of the lots for sale, before tax (HT)."""

    turnover_ht_eur: float
    cost_ht_eur: float  # sales fees included
    margin_eur: float
    margin_rate: float | None  # of the turnover; None without sale
    breakeven_price_ttc_m2_eur: float | None  # at the target margin; None without lot


def promoter_balance(
    lots: Iterable[Lot],
    *,
    vat: float,
    sales_fee: float,
    target_margin: float,
    cost_ht_eur: float,
) -> PromoterBalance:
    """Compute the margin of lots for sale and the price a m² that would give the target.

    Parameters
    ----------
    lots
        Dwellings for sale, with their prices.
    vat
        Rate of VAT, as a fraction.
    sales_fee
        Fees of sale, as a fraction of the turnover HT.
    target_margin
        Wanted margin, as a fraction of the turnover HT.
    cost_ht_eur
        Every cost but the sales fees, in euros HT.

    Returns
    -------
    balance
        In euros HT; the break-even price is in euros TTC a m² of SHAB.

    Raises
    ------
    UsageError
        ``E_USAGE`` when fees and margin take the whole turnover, or the VAT is -1 or below.

    References
    ----------
    ``docs/model.md`` 3.6.

    Examples
    --------
    >>> lots = [Lot(id="A", shab_m2=100, price_ttc_eur=240_000)]
    >>> balance = promoter_balance(
    ...     lots, vat=0.2, sales_fee=0.05, target_margin=0.15, cost_ht_eur=160_000)
    >>> balance.margin_eur, balance.margin_rate, round(balance.breakeven_price_ttc_m2_eur, 6)
    (30000.0, 0.15, 2400.0)
    """
    kept = _kept_share(sales_fee, target_margin)
    if not vat > -1:
        msg = f"Expected a rate of VAT as a fraction: got {vat}."
        raise UsageError(msg)
    sold = tuple(lots)
    shab = math.fsum(lot.shab_m2 for lot in sold)
    turnover = math.fsum(lot.price_ttc_eur for lot in sold) / (1 + vat)
    cost = cost_ht_eur + sales_fee * turnover
    return PromoterBalance(
        turnover_ht_eur=turnover,
        cost_ht_eur=cost,
        margin_eur=turnover - cost,
        margin_rate=(turnover - cost) / turnover if turnover > 0 else None,
        breakeven_price_ttc_m2_eur=cost_ht_eur / kept * (1 + vat) / shab if shab > 0 else None,
    )


def promoter_chapters(
    costs_ht_eur: Mapping[str, float], *, turnover_ht_eur: float, sales_fee: float
) -> dict[str, float]:
    """Arrange costs in the seven chapters of a « bilan promoteur ».

    Parameters
    ----------
    costs_ht_eur
        Euros HT by chapter, keys of `CHAPTERS`; a chapter left out is zero. Under
        ``commercialisation`` stand the costs that do not follow the turnover (bulle de vente,
        advertising).
    turnover_ht_eur
        Turnover, in euros HT.
    sales_fee
        Fees of sale, as a fraction of the turnover; added to ``commercialisation``.

    Returns
    -------
    chapters
        Euros HT by chapter, in order. They add up to the cost of `promoter_balance` when
        ``cost_ht_eur`` is the sum of `costs_ht_eur`.

    Raises
    ------
    UsageError
        ``E_KEY`` for an unknown chapter.

    References
    ----------
    Usual chapters of the profession; ``docs/model.md`` 3.6.

    Examples
    --------
    >>> chapters = promoter_chapters(
    ...     {"foncier": 30, "travaux": 100}, turnover_ht_eur=200, sales_fee=0.05)
    >>> list(chapters.values())
    [30.0, 100.0, 0.0, 0.0, 10.0, 0.0, 0.0]
    """
    unknown = sorted(set(costs_ht_eur) - set(CHAPTERS))
    if unknown:
        msg = f"Unknown chapters {unknown}: expected some of {list(CHAPTERS)}."
        raise UsageError(msg, code="E_KEY")
    fees = {SALES_CHAPTER: sales_fee * turnover_ht_eur}
    return {
        chapter: costs_ht_eur.get(chapter, 0.0) + fees.get(chapter, 0.0) for chapter in CHAPTERS
    }


def countdown_land_eur(
    *,
    turnover_ht_eur: float,
    sales_fee: float,
    target_margin: float,
    other_costs_ht_eur: float,
    land_interest_factor: float = 1.0,
) -> float:
    """Compute the land price that leaves exactly the target margin: the « compte à rebours ».

    From the turnover of the sale part alone are taken the sales fees, the margin and every cost
    but the land. What is left pays the land and the costs that follow it: put back as
    ``cost_ht_eur = other_costs_ht_eur + land x land_interest_factor``, it gives `target_margin`.

    Parameters
    ----------
    turnover_ht_eur
        Turnover of the lots for sale, in euros HT.
    sales_fee, target_margin
        Fractions of the turnover HT.
    other_costs_ht_eur
        Every cost that is neither land nor sales fees, in euros HT.
    land_interest_factor
        What one euro of land costs in all, interest (and notary's fees if wanted) included:
        ``1 + rate x years carried``.

    Returns
    -------
    land
        « Charge foncière » of balance, in euros HT. Below zero, the operation does not reach its
        margin even on free land, and lacks that sum.

    Raises
    ------
    UsageError
        ``E_USAGE`` when fees and margin take the whole turnover, or the factor is not positive.

    References
    ----------
    ``docs/model.md`` 3.6, solved for the land.

    Examples
    --------
    >>> countdown_land_eur(turnover_ht_eur=200_000, sales_fee=0.05, target_margin=0.15,
    ...     other_costs_ht_eur=118_000, land_interest_factor=1.05)
    40000.0
    """
    if not land_interest_factor > 0:
        msg = f"Expected a factor above 0: got {land_interest_factor}."
        raise UsageError(msg)
    kept = _kept_share(sales_fee, target_margin) * turnover_ht_eur
    return (kept - other_costs_ht_eur) / land_interest_factor


def _kept_share(sales_fee: float, target_margin: float) -> float:
    """Return the share of the turnover that is left for the costs."""
    kept = 1 - sales_fee - target_margin
    if not (sales_fee >= 0 and kept > 0):
        msg = (
            "Expected fees and margin below the whole turnover: "
            f"got sales_fee={sales_fee}, target_margin={target_margin}."
        )
        raise UsageError(msg)
    return kept
