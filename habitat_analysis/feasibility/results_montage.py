"""The detailed accounts as data, for `resultats.json`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from habitat_analysis.feasibility.results_schema import (
    LignePlanR,
    LocatifR,
    MensualiteR,
    MontageR,
    PlafondR,
    VenteR,
)
from habitat_analysis.montage import Montage
from habitat_analysis.montage.plan import PlanLine
from habitat_analysis.montage.reconciliation import REASONS
from habitat_analysis.montage.rental import RentalMontage
from habitat_analysis.montage.sales import SaleMontage

CENTS = 2
RATES = 6


def montage_results(montage: Montage) -> MontageR:
    """Write the accounts of a programme as data, money to the cent."""
    plan, found = montage.plan, montage.reconciliation
    whole = {str(name): float(value) for name, value in found.by_tenure.T["total"].items()}
    covered = montage.risks.covered
    return MontageR(
        emplois=_lines(plan.uses),
        ressources=_lines(plan.resources),
        besoin_par_statut={code: _eur(need) for code, need in plan.need_by_tenure.items()},
        fonds_propres=_eur(plan.equity_eur),
        complement=_eur(plan.topup_eur),
        reste_a_trouver=_eur(plan.missing_eur),
        excedent=_eur(plan.surplus_eur),
        locatif=[_rental(code, m) for code, m in montage.rentals.items()],
        ventes=[_sale(code, m) for code, m in montage.sales.items()],
        mensualites=[_month(row) for row in montage.monthly.table.to_dict("records")],
        plafonds=_ceilings(montage),
        rapprochement={name: _eur(whole[name]) for name in ("model_eur", *REASONS, "accounts_eur")},
        ecart_cout_part=round(found.cost_gap_share, RATES),
        dette_max=_eur(montage.cash.peak_debt_eur),
        probabilite_dans_les_fonds_propres=None if covered is None else round(covered, RATES),
    )


def _lines(lines: Sequence[PlanLine]) -> list[LignePlanR]:
    """Write lines to the cent; the largest takes what rounding leaves, so that they add up."""
    cents = [_eur(line.amount_eur) for line in lines]
    rest = _eur(sum(line.amount_eur for line in lines)) - sum(cents)
    largest = max(range(len(cents)), key=lambda rank: abs(cents[rank]), default=None)
    if largest is not None:
        cents[largest] = _eur(cents[largest] + rest)
    return [
        LignePlanR(nature=line.nature, libelle=line.label, statut=line.tenure, montant=amount)
        for line, amount in zip(lines, cents, strict=True)
    ]


def _rental(code: str, montage: RentalMontage) -> LocatifR:
    account, plan = montage.account, montage.account.plan
    rent = account.balance_rent_m2
    return LocatifR(
        statut=code,
        loyer_m2_su_mois=round(montage.cap.rent_m2, RATES),
        loyer_plafond_m2_su_mois=round(montage.cap.cap_m2, RATES),
        prix_de_revient_ttc=_eur(plan.cost_ttc_eur),
        prets={loan.label: _eur(loan.amount_eur or 0.0) for loan in plan.loans},
        subventions={giver: _eur(amount) for giver, amount in plan.subsidies.items()},
        fonds_propres=_eur(plan.equity_eur),
        equilibre=account.balanced,
        tresorerie_min=_eur(account.min_cumulative_eur),
        annee_tresorerie_min=account.min_cumulative_year,
        loyer_equilibre_m2_su_mois=None if rent is None else round(rent, RATES),
        van=_eur(account.npv_eur),
        tri=None if account.irr is None else round(account.irr, RATES),
        motif_tri=account.irr_reason,
        annee_recuperation=account.payback_year,
        autofinancement=[_eur(net) for net in account.lines["net"].tolist()],
        remarques=list(montage.remarks),
    )


def _sale(code: str, montage: SaleMontage) -> VenteR:
    rate, price = montage.balance.margin_rate, montage.balance.breakeven_price_ttc_m2_eur
    return VenteR(
        statut=code,
        lots=montage.dwellings,
        chiffre_affaires_ht=_eur(montage.turnover_ht_eur),
        chapitres_ht={name: _eur(amount) for name, amount in montage.chapters.items()},
        marge_ht=_eur(montage.margin_eur),
        taux_marge=None if rate is None else round(rate, RATES),
        prix_equilibre_ttc_m2=None if price is None else _eur(price),
        charge_fonciere_ht=_eur(montage.land_ht_eur),
        charge_fonciere_equilibre_ht=_eur(montage.countdown_ht_eur),
    )


def _month(row: dict[Any, Any]) -> MensualiteR:
    market = row["market_eur"]
    return MensualiteR(
        statut=row["tenure"],
        phase=row["phase"],
        typologie=row["typology"],
        total=_eur(row["total_eur"]),
        marche=None if math.isnan(market) else _eur(market),
    )


def _ceilings(montage: Montage) -> list[PlafondR]:
    return [
        PlafondR(
            statut=test.tenure,
            objet=test.subject,
            libelle=test.what,
            valeur=round(test.value, RATES),
            plafond=round(test.ceiling, RATES),
            unite=test.unit,
            contraignant=test.binding,
            respecte=test.respected,
            texte=test.legal_reference,
        )
        for test in montage.ceilings.tests
    ]


def _eur(value: float) -> float:
    return round(float(value), CENTS)
