"""Every hypothesis of the study in a report: value, unit, source, date, who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import quoted
from habitat_analysis.programme.wording import building_name
from habitat_analysis.report.sections_costs import CHAPTERS
from habitat_analysis.report.sections_legal import legal_hypotheses
from habitat_analysis.report.sections_montage_hypotheses import montage_rows
from habitat_analysis.report.sections_resident_hypotheses import resident_rows
from habitat_analysis.report.sections_vote import vote_hypotheses
from habitat_analysis.report.sheets import (
    Column,
    Quantity,
    Sheet,
    share_of,
    sheet,
)
from habitat_analysis.study import Study, Terms

COOP: Final = "coopérative"
GROUP: Final = "groupe et coopérative"
CITY: Final = "règlement du PLU"
STUDY: Final = "étude"
RESERVED: Final = "réservée (cercle de la coopérative)"
BASES: Final = {
    "forfait": "forfait",
    "m2_shab": "m² SHAB",
    "m2_sdp": "m² SDP",
    "m2_terrain": "m² de terrain",
    "logement": "logement",
    "place": "place",
}

Row = tuple[str, Quantity | str, str, str]  # what, value with its unit, source, who may change it


def hypotheses(feasibility: Feasibility) -> Sheet:
    """List every hypothesis of the study, with who may change it."""
    study = feasibility.ground.study
    rows = [
        {
            "number": f"H{rank}",
            "what": what,
            "value": value,
            "source": source,
            "date": study.edited_on,
            "who": who,
        }
        for rank, (what, value, source, who) in enumerate(hypothesis_rows(feasibility), start=1)
    ]
    columns = [
        Column(name="number", header="N°"),
        Column(name="what", header="Hypothèse"),
        Column(name="value", header="Valeur et unité", kind="mixed"),
        Column(name="source", header="Source"),
        Column(name="date", header="Date", kind="date"),
        Column(name="who", header="Peut la changer"),
    ]
    notes = [
        (
            "Date : édition de l'étude, qui ne date pas ses hypothèses une à une. Les règles du "
            "PLU sont en section 3, les valeurs réglementaires en section 12."
        )
    ]
    return sheet("Hypothèses", "Hypothèses de l'étude", rows, columns, notes=notes)


def hypothesis_rows(feasibility: Feasibility) -> Iterator[Row]:
    """Give every hypothesis in the order of its number: what, value, source, who may change it."""
    for part in (_land, _programme, _costs, _operating, _tenures, montage_rows):
        yield from part(feasibility)
    yield from resident_rows(feasibility.ground.study.residents)


def _land(feasibility: Feasibility) -> Iterator[Row]:
    study, file = feasibility.ground.study, feasibility.file
    price = file.land_price_eur / feasibility.site.area_m2 if feasibility.site.area_m2 else 0.0
    yield "Prix du terrain, HT", _eur(price, "m² de terrain"), study.land.price_source, COOP
    gross, shab = study.ratios.sdp_per_gross, study.ratios.shab_per_sdp
    yield "SDP par m² brut", Quantity(value=gross, decimals=2), STUDY, COOP
    yield "SHAB par m² de SDP", Quantity(value=shab, decimals=2), STUDY, COOP


def _programme(feasibility: Feasibility) -> Iterator[Row]:
    wanted = feasibility.ground.study.programme
    for size in wanted.typologies:
        yield f"SHAB d'un {size.id}", Quantity(value=size.shab_m2, unit="m²"), STUDY, GROUP
        yield f"Annexes d'un {size.id}", Quantity(value=size.annexes_m2, unit="m²"), STUDY, GROUP
    for room in wanted.spaces:
        cost = Quantity(value=room.cost_ttc_eur, unit="€ TTC")
        yield f"Local partagé « {room.label} », coût", cost, STUDY, GROUP
        area = Quantity(value=room.area_m2 or room.land_m2, unit="m²", decimals=1)
        kind = "surface" if room.area_m2 else "terrain"
        yield f"Local partagé « {room.label} », {kind}", area, STUDY, GROUP
    stated = feasibility.ground.study.residents.vote
    for what, value in vote_hypotheses(stated) if stated else ():
        yield what, value, STUDY, GROUP
    for what, value in legal_hypotheses(feasibility):
        yield what, value, STUDY, GROUP
    limits: list[tuple[str, float | None, str]] = [
        ("Logements, minimum", wanted.dwellings_min, "logements"),
        ("Logements, maximum", wanted.dwellings_max, "logements"),
        ("Logements ouverts hors du groupe, maximum", wanted.open_max, "logements"),
        ("Fonds propres, maximum", wanted.equity_max_eur, "€"),
        ("Subvention complémentaire, maximum", wanted.topup_max_eur, "€"),
        ("Subventions, maximum", wanted.subsidy_max_eur, "€"),
        ("Places de stationnement, maximum", wanted.parking_max, "places"),
    ]
    for what, limit, unit in limits:
        if limit is not None:
            yield what, Quantity(value=limit, unit=unit), STUDY, GROUP
    for family in wanted.families:
        source = family.legal_reference or STUDY
        yield from _bounds(f"Part « {family.label} »", family.min, family.max, source)
    for rule in wanted.typology_shares:
        yield from _bounds(f"Part {', '.join(rule.typologies)}", rule.min, rule.max, STUDY)
    if wanted.quartiles:  # the incomes of the group stay in the circle of the Coop
        yield "Règle de mixité des revenus", RESERVED, STUDY, COOP
    yield from _buildings(feasibility)
    loss = feasibility.file.case.dropout_loss
    yield "Perte sur un désistement", Quantity(value=loss, unit="%"), STUDY, COOP


def _buildings(feasibility: Feasibility) -> Iterator[Row]:
    """Give the limits of each building and phase, and the mix asked in each building."""
    wanted, case = feasibility.ground.study.programme, feasibility.file.case
    for stated, building in zip(wanted.buildings, case.buildings, strict=True):
        name = f"Capacité de {quoted(building_name(case, building.id))}"
        if stated.shab_share is not None:
            yield f"{name}, part de la SHAB du site", share_of(stated.shab_share), STUDY, GROUP
        limits: list[tuple[str, float | None, str]] = [
            ("SHAB, maximum", stated.shab_max_m2, "m²"),
            ("logements, maximum", stated.dwellings_max, "logements"),
            ("places, maximum", stated.parking_max, "places"),
        ]
        for what, limit, unit in limits:
            if limit is not None:
                yield f"{name}, {what}", Quantity(value=limit, unit=unit), STUDY, GROUP
    mix = wanted.building_mix
    if mix is not None and mix.tenure_max is not None:
        what = "Part d'un statut dans chaque bâtiment, maximum"
        yield what, share_of(mix.tenure_max), STUDY, GROUP
    labels = {family.id: family.label for family in wanted.families}
    for rule in mix.families if mix else ():
        what = f"Part « {labels[rule.family]} » dans chaque bâtiment"
        yield from _bounds(what, rule.min, rule.max, STUDY)
    for phase in wanted.phases:
        for what, amount, unit in (
            ("fonds à porter, maximum", phase.equity_max_eur, "€"),
            ("début", phase.start_month, "mois"),
        ):
            if amount is not None:
                yield (
                    f"Phase {phase.number}, {what}",
                    Quantity(value=amount, unit=unit),
                    STUDY,
                    GROUP,
                )


def _costs(feasibility: Feasibility) -> Iterator[Row]:
    costs, factor = feasibility.ground.study.costs, feasibility.scenario.works_factor
    for item in costs.items:
        value = item.value_ht_eur * (factor if item.family == "travaux" else 1.0)
        label = f"{item.label}, HT ({CHAPTERS[item.family].lower()})"
        yield label, _eur(value, BASES[item.basis]), item.source, COOP
    for fee in costs.fees:
        yield f"{fee.label}, part des travaux", share_of(fee.rate), fee.source, COOP
    parameters = feasibility.file.parameters
    yield "Aléas, part des travaux", share_of(parameters.contingency), costs.source, COOP
    yield "Révision annuelle des prix", share_of(parameters.revision_rate), costs.source, COOP
    yield "Taux du préfinancement", share_of(parameters.finance_rate), costs.source, COOP
    yield "TVA des charges fixes", share_of(costs.fixed_vat), costs.source, COOP
    for what, months in (
        ("Révisions, durée", parameters.revision_months),
        ("Portage du terrain", parameters.land_carry_months),
        ("Travaux, durée", parameters.works_months),
    ):
        yield what, Quantity(value=months, unit="mois"), costs.source, COOP


def _operating(feasibility: Feasibility) -> Iterator[Row]:
    operating = feasibility.ground.study.operating
    source = operating.source
    yield "Vacance et impayés, part des loyers", share_of(operating.loss_share), source, COOP
    for what, amount in (
        ("Gestion", operating.management_eur),
        ("Entretien courant", operating.maintenance_eur),
        ("Assurance", operating.insurance_eur),
        ("Taxe foncière (TFPB)", operating.tfpb_eur),
    ):
        yield f"{what} d'un logement locatif", _eur(amount, "an"), source, COOP
    repairs = operating.major_repairs_rate
    yield "Gros entretien, part du coût par an", share_of(repairs, 2), source, COOP


def _tenures(feasibility: Feasibility) -> Iterator[Row]:
    study: Study = feasibility.ground.study
    for code in study.programme.tenures:
        terms = study.terms[code]
        for what, value in _terms(terms):
            yield f"{code} : {what}", value, terms.source, COOP
        for subsidy in terms.subsidies:
            value = _eur(subsidy.amount_eur, "logement")
            what = f"{code} : subvention, {subsidy.giver}"
            yield what, value, subsidy.source or terms.source, COOP
        if terms.partner_loan is not None:
            loan = terms.partner_loan
            source, lender = loan.source or terms.source, f"{code} : prêt {loan.lender}"
            yield f"{lender}, montant", _eur(loan.amount_eur, "logement"), source, COOP
            yield f"{lender}, taux", share_of(loan.rate, 2), source, COOP
            yield f"{lender}, durée", Quantity(value=loan.years, unit="ans"), source, COOP


def _terms(terms: Terms) -> Iterator[tuple[str, Quantity]]:
    yield "places de stationnement par logement", Quantity(value=terms.parking, decimals=1)
    stated: list[tuple[str, float | None, Quantity]] = [
        ("subventions", terms.subsidy_total_eur, _eur(terms.subsidy_total_eur, "logement")),
        ("prix de vente TTC", terms.price_ttc_m2_eur, _eur(terms.price_ttc_m2_eur, "m² SHAB")),
        ("foncier payé par l'OFS", terms.ofs_land_m2_eur, _eur(terms.ofs_land_m2_eur, "m² SHAB")),
        (
            "redevance de l'OFS",
            terms.ofs_fee_m2_month_eur,
            _eur(terms.ofs_fee_m2_month_eur, "m² SHAB et par mois"),
        ),
        (
            "plafond de prix de revient",
            terms.cost_ceiling_m2_eur,
            _eur(terms.cost_ceiling_m2_eur, "m² SHAB"),
        ),
        ("marge locale sur le loyer", terms.local_margin, share_of(terms.local_margin)),
        (
            "surcoût de travaux HT",
            terms.works_gap_m2_eur,
            _eur(terms.works_gap_m2_eur, "m² SHAB"),
        ),
        (
            "budget mensuel d'un ménage",
            terms.budget_month_eur,
            _eur(terms.budget_month_eur, "mois"),
        ),
        ("nombre de parts", terms.n_parts, Quantity(value=terms.n_parts)),
        ("durée du prêt", terms.loan_years, Quantity(value=terms.loan_years or 0, unit="ans")),
        *_account_terms(terms),
    ]
    yield from ((what, quantity) for what, value, quantity in stated if value)


def _account_terms(terms: Terms) -> list[tuple[str, float | None, Quantity]]:
    """List the terms that only the detailed accounts use."""
    rent, part = terms.rent_m2_month_eur, terms.rent_part_m2_month_eur
    saved, a_month = terms.acquisitive_month_eur, "m² SU et par mois"
    return [
        ("fonds propres décidés", terms.equity_eur, _eur(terms.equity_eur, "logement")),
        ("loyer retenu", rent, _eur(rent, a_month)),
        ("loyer des annexes", terms.annex_rent_month_eur, _eur(terms.annex_rent_month_eur, "mois")),
        ("part locative", part, _eur(part, a_month)),
        ("part acquisitive", saved, _eur(saved, "mois")),
        (
            "levée d'option après",
            terms.option_months,
            Quantity(value=terms.option_months or 0, unit="mois"),
        ),
        ("baisse annuelle du prix", terms.yearly_decrease, share_of(terms.yearly_decrease or 0.0)),
        ("parts initiales", terms.first_parts, Quantity(value=terms.first_parts)),
        ("taux du prêt de l'OFS", terms.ofs_loan_rate, share_of(terms.ofs_loan_rate or 0.0, 2)),
        (
            "durée du prêt de l'OFS",
            terms.ofs_loan_years,
            Quantity(value=terms.ofs_loan_years or 0, unit="ans"),
        ),
        (
            "gestion de l'OFS",
            terms.ofs_management_eur,
            _eur(terms.ofs_management_eur, "logement et par an"),
        ),
    ]


def _bounds(what: str, low: float | None, high: float | None, source: str) -> Iterator[Row]:
    if low is not None:
        yield f"{what}, minimum", share_of(low), source, GROUP
    if high is not None:
        yield f"{what}, maximum", share_of(high), source, GROUP


def _eur(value: float | None, per: str) -> Quantity:
    decimals = 2 if value is not None and value < 100 and value != int(value) else 0
    amount: Any = float("nan") if value is None else value
    unit = "€" if per == "forfait" else f"€ par {per}"
    return Quantity(value=amount, unit=unit, decimals=decimals)
