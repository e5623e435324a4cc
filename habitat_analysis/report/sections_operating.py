"""Operating accounts of the rental tenures in a report, year by year, and what they come to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.rental_account import RentalAccount, balanced_account
from habitat_analysis.formats import number, percent, typeset
from habitat_analysis.montage import Montage
from habitat_analysis.montage.rental import RentalMontage
from habitat_analysis.report.charts_montage import treasury_curves
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import (
    NOT_APPLICABLE,
    NOT_APPLICABLE_NOTE,
    Column,
    Quantity,
    Sheet,
    sheet,
    whole_sum,
)

EXTRACT: Final = (1, 2, 5, 10, 15, 20, 25, 26, 30, 40)  # years of an account shown on paper
RUNNING: Final = ("management", "maintenance", "insurance", "levies")
CENT: Final = 0.01
ROUNDED: Final = "Montants arrondis à l'euro."
A_MONTH: Final = "€/m² SU par mois"
ACCOUNT_COLUMNS: Final = (
    Column(name="year", header="Année", kind="whole"),
    Column(name="income", header="Loyers encaissés (€)", kind="whole"),
    Column(name="running", header="Gestion, entretien, assurances, cotisations (€)", kind="whole"),
    Column(name="major_repairs", header="Gros entretien (€)", kind="whole"),
    Column(name="tfpb", header="Taxe foncière (€)", kind="whole"),
    Column(name="annuities", header="Annuités (€)", kind="whole"),
    Column(name="net", header="Autofinancement net (€)", kind="whole"),
    Column(name="cumulative", header="Trésorerie cumulée (€)", kind="whole"),
)


def operating_accounts(feasibility: Feasibility, *, every_year: bool = False) -> tuple[Sheet, ...]:
    """Give the operating account of each rental tenure: chosen years, or every year."""
    montage = feasibility.montage
    if montage is None:
        return ()
    return tuple(_account_sheet(montage, m, every_year) for m in montage.rentals.values())


def rental_results(feasibility: Feasibility) -> Sheet | None:
    """Say what each rental tenure asks of the Coop and gives back; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.rentals:
        return None
    facts = {code: _results(montage, m) for code, m in montage.rentals.items()}
    names = next(iter(facts.values()))
    rows = [
        {"what": typeset(name), **{code: values[name] for code, values in facts.items()}}
        for name in names
    ]
    columns = [
        Column(name="what", header="Résultat"),
        *(Column(name=code, header=tenure_label(code), kind="mixed") for code in facts),
    ]
    reasons = [
        f"Pas de TRI en {tenure_label(code)}, car {m.account.irr_reason}."
        for code, m in montage.rentals.items()
        if m.account.irr is None and m.account.irr_reason
    ]
    years = max(m.account.horizon for m in montage.rentals.values())
    notes = [
        (
            "Minimum d'équilibre : les fonds propres qui gardent la trésorerie positive jusqu'au "
            "terme du prêt principal (circulaire 97-51 du 29 mai 1997, annexe IV, étendue à cette "
            "durée). Loyer d'équilibre : le plus bas qui fait de même, hors annexes ; il est à "
            "comparer au plafond."
        ),
        (
            "VAN, valeur actuelle nette : mise de fonds propres et résultats de "
            f"{number(years)} ans, ramenés à aujourd'hui à "
            f"{percent(montage.paths.discount_rate)} par an. TRI, taux de rentabilité interne : le "
            "taux qui annule la VAN. Récupération : première année où les résultats cumulés, sans "
            "intérêt, égalent les fonds propres."
        ),
        *reasons,
        NOT_APPLICABLE_NOTE,
    ]
    caption = "Résultats des logements locatifs, par statut"
    return sheet("Résultats locatifs", caption, rows, columns, notes=notes)


def treasury_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the treasury of each rental tenure over the years; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.rentals:
        return None
    table = pd.DataFrame(
        [
            {"tenure": code, "year": year, "cumulative_eur": float(amount)}
            for code, m in montage.rentals.items()
            for year, amount in enumerate(m.account.cumulative, start=1)
        ]
    )
    return treasury_curves(
        table,
        main_years={code: m.account.main_years for code, m in montage.rentals.items()},
        sources=study_sources(feasibility.ground),
    )


def rent_without_equity(montage: Montage, rental: RentalMontage) -> float | None:
    """Find the rent that would balance the account of a tenure without any equity.

    Returns
    -------
    rent
        Euros a m² of SU and month, annexes apart; None without rent to vary.
    """
    plan = rental.account.plan
    loans = [
        replace(loan, amount_eur=None) if loan.id == plan.balancing else loan for loan in plan.loans
    ]
    alone = balanced_account(
        rental.tranche,
        loans,
        montage.paths.indices,
        subsidies=plan.subsidies,
        placement_rate=montage.paths.placement_rate,
        discount=montage.paths.discount_rate,
        equity_eur=0.0,
    )
    return alone.balance_rent_m2


def extract_years(last: int, *more: int) -> list[int]:
    """Choose the years of an account shown on paper, the last one always.

    Examples
    --------
    >>> extract_years(12, 7)
    [1, 2, 5, 7, 10, 12]
    """
    return sorted({year for year in (*EXTRACT, *more, last) if 1 <= year <= last})


def _account_sheet(montage: Montage, rental: RentalMontage, every_year: bool) -> Sheet:
    account = rental.account
    code, last, main = tenure_label(rental.code), account.horizon, account.main_years
    lowest = account.min_cumulative_year
    shown = list(range(1, last + 1)) if every_year else extract_years(last, lowest, main)
    table = account_frame(account).loc[shown].reset_index()
    notes = [*_account_notes(montage, rental), ROUNDED]
    if not every_year:
        notes.append("Extrait : le classeur donne toutes les années.")
    caption = f"Compte d'exploitation prévisionnel, {code}, en euros courants"
    name = f"Exploitation {code}" + (" complète" if every_year else "")
    return sheet(name, caption, table, ACCOUNT_COLUMNS, notes=notes)


def account_frame(account: RentalAccount) -> pd.DataFrame:
    """Gather the lines of an account as the report names them: one row a year."""
    lines = account.table()
    return pd.DataFrame(
        {
            "income": lines["rent"] - lines["losses"],
            "running": lines[list(RUNNING)].sum(axis=1),
            **{
                name: lines[name]
                for name in ("major_repairs", "tfpb", "annuities", "net", "cumulative")
            },
        }
    )


def _account_notes(montage: Montage, rental: RentalMontage) -> list[str]:
    tranche, paths = rental.tranche, montage.paths
    rents, charges, repairs, taxes = (
        percent(paths.last_growth(name)) for name in ("rents", "charges", "repairs", "tfpb")
    )
    free, exempt = tranche.major_repairs_free_years, tranche.tfpb_exempt_years
    return [
        (
            "Loyers encaissés : loyers et annexes, vacance et impayés déduits "
            f"({percent(tranche.loss_share)}). Cotisations : CGLLS (caisse de garantie du logement "
            "locatif social) et Ancols (agence nationale de contrôle). Gros entretien : "
            f"{percent(tranche.major_repairs_rate)} du coût du bâtiment par an, à partir de "
            f"l'année {free + 1}. Taxe foncière sur les propriétés bâties (TFPB) : exonérée "
            f"{number(exempt)} ans."
        ),
        (
            "Autofinancement net : ce qui reste des loyers une fois tout payé. Trésorerie : "
            f"cumul, placé ou emprunté à {percent(paths.placement_rate)}. Hausses par an à long "
            f"terme : loyers {rents}, charges {charges}, gros entretien {repairs}, "
            f"taxe foncière {taxes}."
        ),
        (
            f"Le compte doit rester positif jusqu'en année {rental.account.main_years}, terme du "
            "prêt principal. Au-delà, l'excédent suppose un bâtiment gardé en état sans "
            "réhabilitation : à lire avec prudence."
        ),
    ]


def _results(montage: Montage, rental: RentalMontage) -> dict[str, Any]:
    """Name each result and give its value with its unit."""
    account, plan = rental.account, rental.account.plan
    equity, needed = plan.equity_eur, rental.least_equity_eur
    alone, below = rent_without_equity(montage, rental), account.first_negative_year
    main = account.main_years
    return {
        "Fonds propres du plan": whole_sum(equity),
        "Minimum d'équilibre": "aucun niveau ne suffit" if needed is None else whole_sum(needed),
        "Fonds propres / prix de revient": Quantity(
            value=equity / plan.cost_ttc_eur, unit="%", decimals=1
        ),
        "Fonds propres par logement": whole_sum(equity / rental.tranche.dwellings),
        "Loyer retenu": _rent(rental.cap.rent_m2),
        "Loyer d'équilibre avec ces fonds propres": _rent(account.balance_rent_m2),
        "Loyer d'équilibre sans fonds propres": _rent(alone),
        "Trésorerie la plus basse pendant le prêt principal": whole_sum(account.min_cumulative_eur),
        "Année de cette trésorerie": f"{account.min_cumulative_year} sur {main}",
        "Première année de trésorerie négative": "aucune" if below is None else str(below),
        "VAN": whole_sum(account.npv_eur),
        "TRI": NOT_APPLICABLE
        if account.irr is None
        else Quantity(value=account.irr, unit="%", decimals=2),
        "Récupération des fonds propres": _payback(account),
    }


def _payback(account: RentalAccount) -> str:
    if account.plan.equity_eur < CENT:
        return NOT_APPLICABLE
    year = account.payback_year
    return f"non atteinte en {account.horizon} ans" if year is None else f"année {year}"


def _rent(value: float | None) -> Quantity | str:
    return NOT_APPLICABLE if value is None else Quantity(value=value, unit=A_MONTH, decimals=2)
