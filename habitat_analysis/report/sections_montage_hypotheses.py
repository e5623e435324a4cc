"""Hypotheses of the detailed accounts, each with its value, its source and who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import join_fr, percent
from habitat_analysis.montage import Montage
from habitat_analysis.montage.paths import LIVRET, SERIES
from habitat_analysis.report.sheets import (
    Quantity,
    share_of,
)

Row = tuple[str, Quantity | str, str, str]

COOP: Final = "coopérative"
GROUP: Final = "groupe et coopérative"
SERIES_LABELS: Final = {
    "rents": "Indexation des loyers (IRL)",
    "charges": "Évolution de la gestion et de l'entretien",
    "repairs": "Évolution du gros entretien",
    "tfpb": "Évolution de la taxe foncière (TFPB)",
}
FROM_TABLES: Final = "data/baremes/couts.csv, hypotheses_macro (section 12)"
FROM_LAW: Final = "data/baremes (section 12)"


def montage_rows(feasibility: Feasibility) -> Iterator[Row]:
    """Give every hypothesis of the accounts; nothing without a programme."""
    montage = feasibility.montage
    if montage is None:
        return
    yield from _paths(montage)
    yield from _finance(montage)
    yield from _households(montage)
    yield from _risks(montage)


def _paths(montage: Montage) -> Iterator[Row]:
    paths, source = montage.paths, montage.operation.study.montage.source
    for name in SERIES:
        said = _path_words(paths.growth[name], paths.first_year)
        from_study = name in paths.stated
        yield SERIES_LABELS[name], said, source if from_study else FROM_TABLES, COOP
    livret = _path_words(paths.livret_a, paths.first_year, level=True)
    yield "Livret A", livret, source if LIVRET in paths.stated else FROM_TABLES, COOP


def _path_words(values: tuple[float, ...], first_year: int, *, level: bool = False) -> str:
    """Write a path by its steps: « 1,2 % en 2027, 1,7 % en 2028, puis 1,8 % »."""
    steps: list[tuple[int, float]] = []
    for year, value in enumerate(values[0 if level else 1 :], first_year + (0 if level else 1)):
        if not steps or abs(steps[-1][1] - value) > 1e-12:
            steps.append((year, value))
    if len(steps) == 1:
        return f"{percent(steps[0][1], 2)} par an"
    said = [f"{percent(value, 2)} en {year}" for year, value in steps[:-1]]
    year, value = steps[-1]
    return join_fr([*said, f"{percent(value, 2)} à partir de {year}"], "puis")


def _finance(montage: Montage) -> Iterator[Row]:
    stated, paths = montage.operation.study.montage, montage.paths
    source = stated.source
    placed = source if stated.placement_rate is not None else f"Livret A, {FROM_LAW}"
    discounted = source if stated.discount_rate is not None else FROM_LAW
    yield "Taux de placement de la trésorerie", share_of(paths.placement_rate), placed, COOP
    yield "Taux d'actualisation (VAN)", share_of(paths.discount_rate), discounted, COOP
    yield "Progression des annuités", share_of(stated.annuity_growth), source, COOP
    yield (
        "Différé d'amortissement",
        Quantity(value=stated.deferral_years, unit="ans"),
        source,
        COOP,
    )
    yield (
        "Années sans gros entretien",
        Quantity(value=stated.repairs_free_years, unit="ans"),
        source,
        COOP,
    )
    yield "Frais de commercialisation, part des ventes HT", share_of(stated.sales_fee), source, COOP
    yield "Marge visée, part des ventes HT", share_of(stated.target_margin), source, COOP
    if stated.presale_share is not None:
        yield "Précommercialisation demandée", share_of(stated.presale_share), source, "banque"
    if stated.reserved_lots is not None:
        reserved = Quantity(value=stated.reserved_lots, unit="lots")
        yield "Lots réservés à ce jour", reserved, source, COOP


def _households(montage: Montage) -> Iterator[Row]:
    stated, loan, market = (
        montage.operation.study.montage,
        montage.monthly.loan,
        montage.monthly.market,
    )
    mortgage, source = stated.mortgage, stated.source
    for what, value, own in (
        ("Crédit d'un ménage, taux", share_of(loan.rate, 2), mortgage.rate),
        ("Crédit d'un ménage, durée", Quantity(value=loan.years, unit="ans"), mortgage.years),
        ("Crédit d'un ménage, assurance", share_of(loan.insurance, 2), mortgage.insurance),
        ("Crédit d'un ménage, frais d'acte", share_of(loan.deed_fees_share), mortgage.deed_fees),
    ):
        yield what, value, source if own is not None else FROM_LAW, COOP
    yield "Crédit d'un ménage, apport", share_of(loan.down_payment_share), source, COOP
    if market is not None:
        price = Quantity(value=market.price_ttc_m2_eur, unit="€ TTC par m²")
        yield "Prix du marché", price, market.source, COOP
    charges = stated.charges
    if charges is not None:
        yield "Charges d'un locataire", _m2_month(charges.tenant_m2_month_eur), charges.source, COOP
        owner = _m2_month(charges.owner_m2_month_eur)
        yield "Charges d'un propriétaire", owner, charges.source, COOP
    quality = stated.quality
    if quality is not None:
        level = quality.level if quality.label is None else f"{quality.level} ; {quality.label}"
        yield "Niveau de qualité", level, quality.source, GROUP
        extra = Quantity(value=quality.extra_works_m2_eur, unit="€ HT par m² SHAB")
        yield "Niveau de qualité, surcoût", extra, quality.source, GROUP
        energy = Quantity(value=quality.energy_m2_year_eur, unit="€ par m² et par an", decimals=1)
        yield "Niveau de qualité, énergie", energy, quality.source, GROUP
        usual = quality.reference_energy_m2_year_eur
        if usual is not None:
            value = Quantity(value=usual, unit="€ par m² et par an", decimals=1)
            yield "Énergie d'un logement de référence", value, quality.source, GROUP


def _risks(montage: Montage) -> Iterator[Row]:
    risks = montage.risks.hypotheses
    if risks is None:
        return
    shares = (
        ("Risque : lot invendu, probabilité", risks.unsold_probability),
        ("Risque : lot invendu, décote", risks.discount),
        ("Risque : rachat, probabilité par an", risks.buyback_probability),
        ("Risque : départ sans rachat, probabilité par an", risks.exit_probability),
        ("Risque : évolution des prix du marché par an", risks.market_growth),
        ("Risque : frais de revente", risks.resale_cost),
        ("Risque : écart type du taux", risks.rate_sd),
    )
    for what, value in shares:
        yield what, share_of(value), risks.source, COOP
    carried = Quantity(value=risks.carry_month_eur, unit="€ par mois")
    yield "Risque : portage d'un lot invendu", carried, risks.source, COOP
    length = Quantity(value=risks.carry_months, unit="mois")
    yield "Risque : durée du portage", length, risks.source, COOP
    for word, factor in (
        ("bas", risks.works_low),
        ("mode", risks.works_mode),
        ("haut", risks.works_high),
    ):
        what = f"Risque : coût des travaux, {word}"
        yield what, Quantity(value=factor, decimals=2), risks.source, COOP


def _m2_month(value: float) -> Quantity:
    return Quantity(value=value, unit="€ par m² SHAB et par mois", decimals=2)
