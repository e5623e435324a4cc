"""PSLA lots: the two phases, the test of the option, the guarantees year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.baremes import FactReader
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.psla import (
    BuybackTerms,
    PslaOption,
    PslaTerms,
    PslaYear,
    buyback_schedule,
    earliest_option,
    psla_option,
    psla_years,
)
from habitat_analysis.montage.mortgage import HouseholdLoan
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.sales import SaleLot, sale_lots
from habitat_analysis.regulation import price_cap_m2_su, rent_cap_m2_month
from habitat_analysis.tenures import tenure

CODE: Final = "PSLA"
RULES: Final = "regles"


@dataclass(frozen=True, slots=True, kw_only=True)
class PslaLot:
    """One typology sold by PSLA: rent, option, guarantees; money of one dwelling, in euros."""

    lot: SaleLot
    terms: PslaTerms
    months: int  # when the option is planned
    option: PslaOption
    years: tuple[PslaYear, ...]
    earliest_month: int | None  # first month at which the payment is within the redevance
    buyback: tuple[tuple[int, float], ...]  # years after the sale, guaranteed price


@dataclass(frozen=True, slots=True, kw_only=True)
class PslaMontage:
    """The PSLA lots of a programme, or what the study has to state for them."""

    lots: tuple[PslaLot, ...]
    missing: tuple[str, ...]  # French keys to type
    refused: tuple[str, ...]  # caps exceeded, with the legal text


def buyback_terms(facts: FactReader, subject: str) -> BuybackTerms:
    """Read the buy-back guarantee of a kind of sale: ``PSLA`` or ``HLM_SALE``."""

    def read(key: str) -> float:
        return facts.value(RULES, subject=subject, key=key)

    return BuybackTerms(
        first_rate=read("buyback_first_rate"),
        drop=read("buyback_drop"),
        flat_years=int(read("buyback_flat_years")),
        end_years=int(read("buyback_end_years")),
    )


def psla_montage(operation: Operation, loan: HouseholdLoan) -> PslaMontage | None:
    """Draw both phases of the PSLA lots; None when the programme has none.

    References
    ----------
    ``docs/model.md`` 3.4; arrêté du 26 mars 2004, art. 2 to 5.
    """
    if CODE not in operation.codes:
        return None
    stated = operation.terms(CODE)
    missing = [
        name
        for name, value in (
            ("statuts.PSLA.part_acquisitive_mois", stated.acquisitive_month_eur),
            ("statuts.PSLA.levee_option_mois", stated.option_months),
        )
        if value is None
    ]
    if missing:
        return PslaMontage(lots=(), missing=tuple(missing), refused=())
    lots, refused = [], []
    for lot in sale_lots(operation, CODE):
        terms = psla_terms(operation, lot, loan)
        try:
            lots.append(_psla_lot(operation, lot, terms))
        except UsageError as error:
            refused.append(_refusal(error.code, lot.typology))
    return PslaMontage(lots=tuple(lots), missing=(), refused=tuple(dict.fromkeys(refused)))


def psla_terms(operation: Operation, lot: SaleLot, loan: HouseholdLoan) -> PslaTerms:
    """State the terms of one typology: caps read, redevance and loan of the study."""
    nature, facts, stated = tenure(CODE), operation.facts, operation.terms(CODE)
    zones = operation.zones
    cap = rent_cap_m2_month(facts, CODE, abc=zones.abc, zone_123=zones.rents).number
    decrease_min = facts.value(RULES, subject=CODE, key="decrease_min")
    return PslaTerms(
        price_ttc_eur=lot.price_ttc_eur,
        vat=operation.costs.vat[CODE],
        su_m2=lot.su_m2,
        price_cap_ht_m2_su_eur=price_cap_m2_su(facts, nature.price_product, str(zones.abc)).number,
        rent_part_m2_su_month_eur=cap
        if stated.rent_part_m2_month_eur is None
        else stated.rent_part_m2_month_eur,
        rent_cap_m2_su_month_eur=cap,
        acquisitive_month_eur=stated.acquisitive_month_eur or 0.0,
        decrease=decrease_min if stated.yearly_decrease is None else stated.yearly_decrease,
        decrease_min=decrease_min,
        fees_eur=loan.deed_fees_share * lot.price_ttc_eur,
        apport_eur=loan.down_payment_share * lot.price_ttc_eur,
        loan_rate=loan.rate,
        loan_months=loan.years * MONTHS,
    )


def _psla_lot(operation: Operation, lot: SaleLot, terms: PslaTerms) -> PslaLot:
    months = operation.terms(CODE).option_months or 0
    option = psla_option(terms, months)
    horizon = max(1, -(-months // MONTHS))
    guaranteed = buyback_terms(operation.facts, CODE)
    return PslaLot(
        lot=lot,
        terms=terms,
        months=months,
        option=option,
        years=psla_years(terms, horizon),
        earliest_month=earliest_option(terms, MONTHS * guaranteed.end_years),
        buyback=buyback_schedule(option.price_eur, guaranteed),
    )


def _refusal(code: str, typology: str) -> str:
    """Say what is refused, by which text, and what to change."""
    words = {
        "E_PSLA_RENT_CAP": (
            "la part locative dépasse son plafond (arrêté du 26 mars 2004) : baissez "
            "« statuts.PSLA.part_locative_m2_su_mois »"
        ),
        "E_PSLA_DECREASE": (
            "la baisse annuelle du prix est inférieure au minimum (arrêté du 26 mars 2004, "
            "art. 3) : relevez « statuts.PSLA.baisse_annuelle_prix »"
        ),
        "E_PSLA_PRICE_CAP": (
            "le prix dépasse son plafond (CCH R331-76-5-1) : baissez "
            "« statuts.PSLA.prix_ttc_m2_shab »"
        ),
    }
    subject = f"PSLA {typology}" if code == "E_PSLA_PRICE_CAP" else "PSLA"  # others: all alike
    return f"{subject} : {words.get(code, 'termes refusés, à vérifier dans l’étude')}."
