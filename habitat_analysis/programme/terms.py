"""The terms of each tenure on one operation: law and hypotheses turned into coefficients."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from habitat_analysis.baremes import FactReader
from habitat_analysis.errors import Faults
from habitat_analysis.finance.rental import (
    NetRent,
    RentalCharges,
    ceiling_rent_m2_month,
    net_rent_m2_year,
    structure_coefficient,
)
from habitat_analysis.finance.sciapp import ShareTerms, progressive_loan, share_path
from habitat_analysis.finance.unit_costs import UnitCosts
from habitat_analysis.formats import euros_m2, number
from habitat_analysis.programme.case import TenureTerms, Typology
from habitat_analysis.programme.refusals import refuse_terms
from habitat_analysis.regulation import (
    building_loan_years,
    loan_rate,
    price_cap_m2_su,
    rent_cap_m2_month,
    structure_constants,
    tfpb_exemption_years,
    vat_rate,
)
from habitat_analysis.study import ScenarioTerms, Study, Terms
from habitat_analysis.study.model import Zones
from habitat_analysis.tenures import Tenure, tenure


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every tenure of one operation shares."""

    study: Study
    scenario: ScenarioTerms
    zones: Zones
    typologies: tuple[Typology, ...]
    su_mean_m2: float  # weighted by the shares of typologies
    shab_mean_m2: float
    unit_costs: UnitCosts  # euros before tax
    works_factor: float  # of one more euro of works: contingency, revisions, fees, interest
    facts: FactReader


@dataclass(frozen=True, slots=True, kw_only=True)
class TenureSheet:
    """One tenure on one operation: the coefficients, and how they were reached."""

    terms: TenureTerms
    rent_cap_m2_month_eur: float | None = None  # after the structure coefficient and margins
    rent_m2_month_eur: float | None = None  # the one the study keeps: its own, or the cap
    net_rent: NetRent | None = None
    price_ht_m2_su_eur: float | None = None  # highest over the typologies
    price_cap_m2_su_eur: float | None = None


def tenure_sheets(setting: Setting) -> dict[str, TenureSheet]:
    """Build the sheet of every tenure the study offers.

    Raises
    ------
    DataError
        A sale price above its cap or missing, a loan longer than its product allows, a term that
        `refuse_terms` refuses: every fault with the legal text and what to change.
    """
    study = setting.study
    faults = Faults(f"étude « {study.name} »")
    refuse_terms(study, setting.facts, faults, abc=str(setting.zones.abc))
    faults.raise_if_any(code="E_TERMS")
    sheets: dict[str, TenureSheet] = {}
    for code in study.programme.tenures:
        kind = tenure(code).kind
        build = {"rental": _rental, "sale": _sale, "progressive": _progressive}[kind]
        sheets[code] = build(setting, tenure(code), study.terms[code], faults)
    faults.raise_if_any(code="E_TERMS")
    return sheets


def _common(setting: Setting, nature: Tenure, terms: Terms) -> dict[str, float | str | None]:
    """Fill the coefficients that do not depend on the kind of the tenure."""
    unit = setting.unit_costs
    return {
        "id": nature.code,
        "kind": nature.kind,
        "vat": vat_rate(setting.facts, nature).number,
        "variable_cost_m2_eur": unit.variable_m2_ht_eur
        + terms.works_gap_m2_eur * setting.works_factor,
        "dwelling_cost_eur": unit.dwelling_ht_eur + unit.parking_ht_eur * terms.parking,
        "subsidy_eur": terms.subsidy_total_eur,
        "parking": terms.parking,
        "cost_ceiling_m2_eur": terms.cost_ceiling_m2_eur,
    }


def _loan_terms(
    setting: Setting, nature: Tenure, terms: Terms, faults: Faults
) -> tuple[float, int]:
    """Return the rate and the years of the building loan, the longest allowed by default."""
    longest = building_loan_years(setting.facts, nature.loan_product)
    years = int(terms.loan_years or longest.number)
    if years > longest.number:
        faults.add(
            setting.study.place("statuts", nature.code, "duree_pret_ans"),
            f"{years} ans dépassent la durée permise de {number(longest.number)} ans"
            f" ({longest.legal_reference or f'barème {longest.table}.csv, ligne {longest.line}'}).",
            f"Écrivez au plus {number(longest.number)}.",
        )
    return loan_rate(setting.facts, nature.loan_product) + setting.scenario.rate_shift, years


def _rent_cap(setting: Setting, nature: Tenure, terms: Terms, su_m2: float) -> float:
    """Return the ceiling rent, EUR per m² of SU and month, of dwellings of `su_m2` each."""
    base, per_dwelling = structure_constants(setting.facts)
    coefficient = structure_coefficient(1, su_m2, base=base, per_dwelling=per_dwelling)
    cap = rent_cap_m2_month(
        setting.facts, nature.rent_product, abc=setting.zones.abc, zone_123=setting.zones.rents
    )
    return ceiling_rent_m2_month(cap.number, coefficient, margins=terms.local_margin)


def _rent(setting: Setting, nature: Tenure, terms: Terms, faults: Faults) -> tuple[float, float]:
    """Return the ceiling rent and the rent kept.

    The structure coefficient of a tranche is known with its programme: a stated rent is refused
    here only when no tranche could ask it, and tested again in the detailed accounts.
    """
    cap = _rent_cap(setting, nature, terms, setting.su_mean_m2)
    rent = cap if terms.rent_m2_month_eur is None else terms.rent_m2_month_eur
    tranches = nature.kind == "rental"
    smallest = min(size.su_m2 for size in setting.typologies)
    highest = _rent_cap(setting, nature, terms, smallest) if tranches else cap
    if rent > highest * (1 + 1e-9):
        fact = rent_cap_m2_month(
            setting.facts, nature.rent_product, abc=setting.zones.abc, zone_123=setting.zones.rents
        )
        faults.add(
            setting.study.place("statuts", nature.code, "loyer_m2_su_mois"),
            f"le loyer de {number(rent, 2)} €/m² SU par mois dépasse le plafond de"
            f" {number(highest, 2)} € ({fact.legal_reference or 'avis annuel sur les loyers'}).",
            f"Baissez-le à {number(math.floor(highest * 100) / 100, 2)} ou retirez cette clé.",
        )
    return cap, rent


def _charges(setting: Setting, nature: Tenure) -> RentalCharges:
    operating = setting.study.operating
    exemption = tfpb_exemption_years(setting.facts, nature)
    return RentalCharges(
        management_eur_dwelling=operating.management_eur,
        maintenance_eur_dwelling=operating.maintenance_eur,
        insurance_eur_dwelling=operating.insurance_eur,
        major_repairs_rate=operating.major_repairs_rate,
        tfpb_eur_dwelling=operating.tfpb_eur,
        tfpb_first_year=1 + (int(exemption.number) if exemption else 0),
    )


def _rental(setting: Setting, nature: Tenure, terms: Terms, faults: Faults) -> TenureSheet:
    rate, years = _loan_terms(setting, nature, terms, faults)
    cap, kept = _rent(setting, nature, terms, faults)
    common = _common(setting, nature, terms)
    rent = net_rent_m2_year(
        kept,
        _charges(setting, nature),
        loss_share=setting.study.operating.loss_share,
        su_mean_m2=setting.su_mean_m2,
        building_cost_m2_su=float(common["variable_cost_m2_eur"] or 0)
        * setting.shab_mean_m2
        / setting.su_mean_m2,
        rate=rate,
        years=years,
    )
    loan = {"loan_rate": rate, "loan_years": years, "net_rent_m2_year_eur": max(0.0, rent.net)}
    return TenureSheet(
        terms=TenureTerms(**common, **loan),  # type: ignore[arg-type]
        rent_cap_m2_month_eur=cap,
        rent_m2_month_eur=kept,
        net_rent=rent,
    )


def _sale(setting: Setting, nature: Tenure, terms: Terms, faults: Faults) -> TenureSheet:
    common = _common(setting, nature, terms)
    place = setting.study.place("statuts", nature.code, "prix_ttc_m2_shab")
    if terms.price_ttc_m2_eur is None:
        faults.add(place, "le prix de vente manque.", "Donnez un prix TTC par m² de SHAB.")
        return TenureSheet(terms=TenureTerms(**common))  # type: ignore[arg-type]
    widest = max(size.shab_m2 / size.su_m2 for size in setting.typologies)
    price_ht_su = terms.price_ttc_m2_eur / (1 + float(common["vat"] or 0)) * widest
    cap = None
    if nature.price_product:
        fact = price_cap_m2_su(setting.facts, nature.price_product, str(setting.zones.abc))
        cap = fact.number
        if price_ht_su > cap * (1 + 1e-9):
            faults.add(
                place,
                f"le prix fait {euros_m2(price_ht_su, 'SU', tax='HT')}, au-dessus du plafond de"
                f" {euros_m2(cap, 'SU', tax='HT')} ({fact.legal_reference}).",
                f"Baissez-le à {euros_m2(cap / widest * (1 + float(common['vat'] or 0)), 'SHAB')}"
                " TTC ou retirez ce statut.",
            )
    sale = {"price_m2_eur": terms.price_ttc_m2_eur, "ofs_land_m2_eur": terms.ofs_land_m2_eur}
    return TenureSheet(
        terms=TenureTerms(**common, **sale),  # type: ignore[arg-type]
        price_ht_m2_su_eur=price_ht_su,
        price_cap_m2_su_eur=cap,
    )


def _progressive(setting: Setting, nature: Tenure, terms: Terms, faults: Faults) -> TenureSheet:
    """Build the sheet of a SCIAPP: its loan rests on rents and shares bought year after year."""
    term = int(setting.facts.value("regles", subject=nature.code, key="company_term_max"))
    rate, longest = _loan_terms(setting, nature, terms, faults)
    years = min(longest, term)
    cap, kept = _rent(setting, nature, terms, faults)
    common = _common(setting, nature, terms)
    if terms.n_parts < 1 or terms.budget_month_eur <= 0:
        faults.add(
            setting.study.place("statuts", nature.code),
            "le nombre de parts ou le budget mensuel du ménage manque.",
            "Donnez « nombre_de_parts » et « budget_mensuel_menage ».",
        )
        return TenureSheet(
            terms=TenureTerms(
                **common,  # type: ignore[arg-type]
                progressive_loan_eur={size.id: 0.0 for size in setting.typologies},
            )
        )
    loans = {
        size.id: _progressive_loan(setting, nature, terms, size, rent=kept, rate=rate, years=years)
        for size in setting.typologies
    }
    return TenureSheet(
        terms=TenureTerms(
            **common,  # type: ignore[arg-type]
            loan_rate=rate,
            loan_years=years,
            progressive_loan_eur=loans,
        ),
        rent_cap_m2_month_eur=cap,
        rent_m2_month_eur=kept,
    )


def _progressive_loan(
    setting: Setting,
    nature: Tenure,
    terms: Terms,
    size: Typology,
    *,
    rent: float,
    rate: float,
    years: int,
) -> float:
    """Capitalise the rents and shares of one lot, its value being its cost tax included."""
    vat = vat_rate(setting.facts, nature).number
    share_terms = lot_share_terms(setting, terms, size, rent=rent, vat=vat, years=years)
    charges = lot_charges_eur(setting.study, share_terms.lot_value_eur)
    path = share_path(share_terms)
    return progressive_loan(
        path,
        rate=rate,
        years=years,
        charges_year_eur=charges,
        loss_share=setting.study.operating.loss_share,
    )


def lot_share_terms(
    setting: Setting, terms: Terms, size: Typology, *, rent: float, vat: float, years: int
) -> ShareTerms:
    """State the lot, the rent and the budget on which a household buys its shares."""
    unit = setting.unit_costs
    value = (
        unit.variable_m2_ht_eur * size.shab_m2
        + unit.dwelling_ht_eur
        + unit.parking_ht_eur * terms.parking
    ) * (1 + vat)
    return ShareTerms(
        shares=terms.n_parts,
        lot_value_eur=value,
        initial_shares=min(terms.first_parts, terms.n_parts),
        rent_month_eur=rent * size.su_m2,
        budget_month_eur=terms.budget_month_eur * size.su_m2 / setting.su_mean_m2,
        min_full_years=int(
            setting.facts.value("regles", subject="SCIAPP", key="full_ownership_min")
        ),
        term_years=years,
    )


def lot_charges_eur(study: Study, value_eur: float) -> float:
    """Add up the yearly charges of the company for one lot, in euros of the first year."""
    operating = study.operating
    return (
        operating.management_eur
        + operating.maintenance_eur
        + operating.insurance_eur
        + operating.major_repairs_rate * value_eur
    )


def price_table(sheets: dict[str, TenureSheet]) -> pd.DataFrame:
    """Gather rents and prices against their caps, one row a tenure.

    Returns
    -------
    prices
        Indexed by tenure: ``rent_cap_m2_month_eur`` (SU), ``net_rent_m2_year_eur`` (SU),
        ``price_ttc_m2_eur`` (SHAB), ``price_ht_m2_su_eur``, ``price_cap_m2_su_eur``; NaN where
        the notion does not exist for the tenure.
    """
    rows = {
        code: {
            "rent_cap_m2_month_eur": sheet.rent_cap_m2_month_eur,
            "net_rent_m2_year_eur": sheet.net_rent.net if sheet.net_rent else None,
            "price_ttc_m2_eur": sheet.terms.price_m2_eur or None,
            "price_ht_m2_su_eur": sheet.price_ht_m2_su_eur,
            "price_cap_m2_su_eur": sheet.price_cap_m2_su_eur,
        }
        for code, sheet in sheets.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").astype(float)
