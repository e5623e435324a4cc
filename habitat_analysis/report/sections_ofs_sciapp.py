"""BRS and SCIAPP lots in a report: account of the OFS, resale, shares, company and guarantee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.brs import OfsYear, brs_resale_price
from habitat_analysis.formats import count, euros, euros_m2, number, percent, typeset
from habitat_analysis.montage.brs import BrsMontage
from habitat_analysis.montage.sciapp import SciappLot, SciappMontage
from habitat_analysis.report import charts_montage
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_operating import extract_years
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import (
    NOT_APPLICABLE,
    NOT_APPLICABLE_NOTE,
    Column,
    Quantity,
    Sheet,
    facts_sheet,
    sheet,
    whole_sum,
)

BRS: Final = "BRS"
RESALE_YEARS: Final = (5, 10)
CENT: Final = 0.01
TIMES_ENOUGH: Final = 1.5  # a fee kept that many times the lowest one deserves a question


def ofs_account(feasibility: Feasibility) -> Sheet | None:
    """Sum up the account of the OFS: land, loan, fee kept and lowest fee; None without BRS."""
    brs = _brs(feasibility)
    if brs is None:
        return None
    terms, account = brs.terms, brs.account
    negative = account.first_negative_year
    facts = {
        "Terrain payé par l'OFS, HT": whole_sum(terms.land_cost_eur),
        "Charge foncière des lots BRS dans le prix de revient, HT": whole_sum(
            brs.land_value_ht_eur
        ),
        "Prêt : taux": Quantity(value=terms.loan_rate, unit="%", decimals=2),
        "Prêt : durée": Quantity(value=terms.loan_years, unit="ans"),
        "Annuité du prêt": whole_sum(account.annuity_eur),
        "Redevance retenue": _fee(terms.fee_m2_month_eur),
        "Redevance minimale d'équilibre": _fee(account.fee_min_balanced_m2_month_eur),
        "Redevance moyenne d'un logement, par mois": whole_sum(account.fee_month_dwelling_eur),
        "Première année de trésorerie négative": "aucune" if negative is None else str(negative),
        "Trésorerie à la fin du prêt": whole_sum(account.cumulative_end_eur),
    }
    notes = [
        (
            "BRS : bail réel solidaire. OFS : organisme de foncier solidaire, qui garde le terrain "
            "et reçoit une redevance (CCH, code de la construction et de l'habitation, articles "
            "L255-1 à L255-19). Aucun texte ne plafonne la redevance."
        ),
        (
            "Redevance minimale : la plus basse qui garde la trésorerie de l'OFS positive chaque "
            f"année, avec une hausse de {percent(terms.fee_growth)} par an et "
            f"{percent(terms.loss_rate)} d'impayés."
        ),
    ]
    return facts_sheet("OFS", "Compte de l'OFS pour les logements en BRS", facts, notes=notes)


def ofs_years(feasibility: Feasibility) -> Sheet | None:
    """Give chosen years of the account of the OFS; None without BRS."""
    brs = _brs(feasibility)
    if brs is None:
        return None
    rows: Sequence[OfsYear] = brs.account.rows
    below = brs.account.first_negative_year
    shown = extract_years(len(rows), 50, 60, *([below] if below else []))
    frame = pd.DataFrame(
        [
            {
                "year": row.year,
                "fees": row.fees_eur,
                "management": row.management_eur,
                "annuity": row.annuity_eur,
                "net": row.net_eur,
                "cumulative": row.cumulative_eur,
            }
            for row in (rows[year - 1] for year in shown)
        ]
    )
    columns = [
        Column(name="year", header="Année", kind="whole"),
        Column(name="fees", header="Redevances encaissées (€)", kind="whole"),
        Column(name="management", header="Gestion (€)", kind="whole"),
        Column(name="annuity", header="Annuité (€)", kind="whole"),
        Column(name="net", header="Résultat de l'année (€)", kind="whole"),
        Column(name="cumulative", header="Trésorerie cumulée (€)", kind="whole"),
    ]
    notes = [
        (
            "Extrait, en euros courants, montants arrondis à l'euro. Trésorerie placée ou "
            f"empruntée à {percent(brs.terms.placement_rate)}."
        )
    ]
    return sheet("OFS années", "OFS : extrait du compte annuel", frame, columns, notes=notes)


def ofs_notes(feasibility: Feasibility) -> tuple[str, ...]:
    """Say what the study leaves out, and what the fee kept calls for."""
    brs = _brs(feasibility)
    if brs is None:
        return ()
    kept, least = brs.terms.fee_m2_month_eur, brs.account.fee_min_balanced_m2_month_eur
    texts = [f"{remark[:1].upper()}{remark[1:]}." for remark in brs.remarks]
    if kept and not brs.fee_enough:
        texts.append(
            f"La redevance retenue ({euros_m2(kept)} par mois) est sous le minimum d'équilibre "
            f"({euros_m2(least)}) : l'OFS devrait trouver la différence."
        )
    elif kept > least * TIMES_ENOUGH:
        texts.append(
            f"La redevance retenue ({euros_m2(kept)} par mois) vaut {number(kept / least, 1)} fois "
            f"le minimum d'équilibre ({euros_m2(least)}) : à négocier avec l'OFS, par une "
            "redevance plus basse ou un terrain mieux payé."
        )
    short = brs.land_value_ht_eur - brs.terms.land_cost_eur
    if short > CENT:
        texts.append(
            f"L'OFS paie {euros(brs.terms.land_cost_eur)} HT pour un terrain qui coûte "
            f"{euros(brs.land_value_ht_eur)} HT à l'opération : les {euros(short)} restants pèsent "
            "sur le prix des logements ou sur les fonds propres."
        )
    return tuple(typeset(text) for text in texts)


def brs_resale(feasibility: Feasibility) -> Sheet | None:
    """Illustrate the highest price of resale after some years; None without BRS."""
    montage = feasibility.montage
    if montage is None or BRS not in montage.sales:
        return None
    sale, index = montage.sales[BRS], montage.paths.indices.rent
    years = [year for year in RESALE_YEARS if year < len(index)]
    rows = []
    for lot in sale.lots:
        cap = None if lot.cap_ht_eur is None else lot.cap_ht_eur * (1 + sale.vat)
        row: dict[str, Any] = {"what": lot.typology, "price": lot.price_ttc_eur, "cap": cap}
        for year in years:
            row[f"y{year}"] = brs_resale_price(
                lot.price_ttc_eur,
                index_at_purchase=float(index[0]),
                index_at_resale=float(index[year]),
                cap_eur=cap,
            )
        rows.append(row)
    columns = [
        Column(name="what", header="Typologie"),
        Column(name="price", header="Prix d'achat (€ TTC)", kind="whole"),
        *(
            Column(name=f"y{y}", header=f"Prix maximal après {y} ans (€)", kind="whole")
            for y in years
        ),
        Column(name="cap", header="Plafond d'aujourd'hui (€ TTC)", kind="whole",
               absent=NOT_APPLICABLE),
    ]  # fmt: skip
    ratios = ", ".join(f"{number(float(index[y] / index[0]), 4)} après {y} ans" for y in years)
    notes = [
        (
            "Illustration : l'indice est choisi par l'OFS dans le bail. Ici, celui des loyers : "
            f"{ratios}. Prix maximal : le plus petit du prix d'achat multiplié par l'indice et du "
            "plafond, tenu à sa valeur d'aujourd'hui, sans travaux (CCH L255-5)."
        ),
        *([] if all(row["cap"] for row in rows) else [NOT_APPLICABLE_NOTE]),
    ]
    caption = "BRS : prix maximal de revente d'un logement, illustration"
    return sheet("BRS revente", caption, rows, columns, notes=notes)


def sciapp_path(feasibility: Feasibility) -> Sheet | None:
    """Describe the path of a household by typology; None without SCIAPP."""
    sciapp = _sciapp(feasibility)
    if sciapp is None:
        return None
    facts = {lot.typology: _path(lot) for lot in sciapp.lots}
    names = next(iter(facts.values()))
    rows = [
        {"what": typeset(name), **{size: values[name] for size, values in facts.items()}}
        for name in names
    ]
    columns = [
        Column(name="what", header="Élément, pour un logement"),
        *(Column(name=size, header=size, kind="mixed") for size in facts),
    ]
    notes = [
        (
            "SCIAPP : société civile immobilière d'accession progressive à la propriété. Le ménage "
            "paie son loyer en entier jusqu'au bout et achète des parts avec le reste de son "
            "budget, donné pour un logement moyen et mis à l'échelle de la surface utile. Loyer et "
            "budget croissent au taux de long terme des loyers. La dernière part ne s'achète pas "
            "avant dix ans (CCH L443-6-6)."
        ),
    ]
    caption = "SCIAPP : le chemin d'un ménage, par typologie"
    return sheet("SCIAPP parts", caption, rows, columns, notes=notes)


def sciapp_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the part of its lot that a household holds; None without SCIAPP."""
    sciapp = _sciapp(feasibility)
    if sciapp is None:
        return None
    table = pd.DataFrame(
        [
            {"typology": lot.typology, "year": row.year, "share": row.held / lot.terms.shares}
            for lot in sciapp.lots
            for row in lot.path.rows
        ],
        columns=["typology", "year", "share"],
    )
    if table.empty:
        return None
    return charts_montage.sciapp_path(table, sources=study_sources(feasibility.ground))


def sciapp_account(feasibility: Feasibility) -> Sheet | None:
    """Give chosen years of the account of the company; None without SCIAPP."""
    sciapp = _sciapp(feasibility)
    if sciapp is None:
        return None
    lines: Mapping[str, Any] = {
        "rents": sciapp.rents_eur,
        "shares": sciapp.shares_eur,
        "charges": sciapp.charges_eur,
        "annuities": sciapp.annuities_eur,
        "net": sciapp.rents_eur + sciapp.shares_eur - sciapp.charges_eur - sciapp.annuities_eur,
        "cumulative": sciapp.cumulative_eur,
        "owed": sciapp.liability_eur,
    }
    frame = pd.DataFrame(lines, index=pd.RangeIndex(1, sciapp.years + 1, name="year"))
    shown = extract_years(sciapp.years, 1 + int(np.argmin(sciapp.cumulative_eur)))
    columns = [
        Column(name="year", header="Année", kind="whole"),
        Column(name="rents", header="Loyers (€)", kind="whole"),
        Column(name="shares", header="Parts achetées (€)", kind="whole"),
        Column(name="charges", header="Charges (€)", kind="whole"),
        Column(name="annuities", header="Annuité (€)", kind="whole"),
        Column(name="net", header="Résultat de l'année (€)", kind="whole"),
        Column(name="cumulative", header="Trésorerie cumulée (€)", kind="whole"),
        Column(name="owed", header="Engagement de rachat (€)", kind="whole"),
    ]
    lent = sciapp.loan.amount_eur or 0.0
    notes = [
        (
            f"Prix de revient {euros(sciapp.cost_ttc_eur)} TTC, payé par un prêt de {euros(lent)} "
            f"à {percent(sciapp.loan.rate, 2)} sur {count(sciapp.loan.years, 'an')}, des "
            f"subventions ({euros(sciapp.subsidies_eur)}), les parts initiales "
            f"({euros(sciapp.first_shares_eur)}) et des fonds propres ({euros(sciapp.equity_eur)})."
        ),
        (
            "Engagement de rachat : ce que la société doit aux ménages si tous partent, à la "
            "valeur nominale des parts. Extrait, en euros courants, montants arrondis à l'euro."
        ),
    ]
    caption = "SCIAPP : extrait du compte de la société"
    table = frame.loc[shown].reset_index()
    return sheet("SCIAPP compte", caption, table, columns, notes=notes)


def sciapp_liability_sentence(feasibility: Feasibility) -> str:
    """Set what the company owes to its households beside what it has."""
    sciapp = _sciapp(feasibility)
    if sciapp is None or not sciapp.years:
        return ""
    worst = int(np.argmax(sciapp.liability_eur))
    owed, has = float(sciapp.liability_eur[worst]), float(sciapp.cumulative_eur[worst])
    return typeset(
        f"L'engagement de rachat culmine à {euros(owed)} en année {worst + 1}, quand la société a "
        f"{euros(has)} de trésorerie : une banque ou un assureur doit garantir ce remboursement "
        "dès la création (code de la construction et de l'habitation, article L443-6-6)."
    )


def _brs(feasibility: Feasibility) -> BrsMontage | None:
    return None if feasibility.montage is None else feasibility.montage.brs


def _sciapp(feasibility: Feasibility) -> SciappMontage | None:
    return None if feasibility.montage is None else feasibility.montage.sciapp


def _path(lot: SciappLot) -> dict[str, Any]:
    terms, path = lot.terms, lot.path
    full = path.full_year
    return {
        "Logements": Quantity(value=lot.count),
        "Valeur du lot": whole_sum(terms.lot_value_eur),
        "Nombre de parts": Quantity(value=terms.shares),
        "Valeur nominale d'une part": Quantity(value=path.nominal_eur, unit="€"),
        "Parts achetées à l'entrée": Quantity(value=terms.initial_shares),
        "Loyer par mois": whole_sum(terms.rent_month_eur),
        "Budget du ménage par mois, loyer et parts": whole_sum(terms.budget_month_eur),
        "Parts détenues à la fin": Quantity(value=path.shares_held),
        "Part du lot détenue à la fin": Quantity(
            value=path.shares_held / terms.shares, unit="%", decimals=1
        ),
        "Année de pleine propriété": f"non atteinte en {terms.term_years} ans"
        if full is None
        else f"année {full}",
        "Loyers versés en tout": whole_sum(path.rent_paid_eur),
        "Parts achetées après l'entrée": whole_sum(path.shares_paid_eur),
    }


def _fee(value: float) -> Quantity:
    return Quantity(value=value, unit="€/m² SHAB par mois", decimals=2)
