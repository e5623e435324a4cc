"""What a household pays each month, tenure by tenure, beside the same dwelling on the market."""

from __future__ import annotations

from typing import Any

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import euros, join_fr, number, percent, typeset
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sheets import Column, Sheet, sheet


def monthly_table(feasibility: Feasibility) -> Sheet | None:
    """Give the monthly cost of each tenure and typology; None without a programme."""
    montage = feasibility.montage
    if montage is None or montage.monthly.table.empty:
        return None
    rows = [
        {
            "what": f"{tenure_label(row['tenure'])} {row['typology']}",
            "phase": row["phase"],
            "housing": row["housing_eur"],
            "fee": row["fee_eur"] or None,
            "charges": row["charges_eur"] + row["energy_eur"],
            "total": row["total_eur"],
            "market": row["market_eur"],
            "gap": row["total_eur"] / row["market_eur"] - 1,
        }
        for row in montage.monthly.table.to_dict("records")
    ]
    columns = [
        Column(name="what", header="Logement"),
        Column(name="phase", header="Ce qui est payé"),
        Column(name="housing", header="Loyer ou mensualité", kind="whole"),
        Column(name="fee", header="Foncier OFS", kind="whole", absent=""),
        Column(name="charges", header="Charges, énergie", kind="whole"),
        Column(name="total", header="Total", kind="whole"),
        Column(name="market", header="Au marché", kind="whole"),
        Column(name="gap", header="Écart", kind="share"),
    ]
    caption = "Coût mensuel complet d'un logement pour un ménage, en euros par mois"
    return sheet("Coût mensuel", caption, rows, columns, notes=_notes(feasibility))


def monthly_sentence(feasibility: Feasibility) -> str:
    """Say how far the dwellings are from the market, tenure by tenure; "" when unknown."""
    montage = feasibility.montage
    if montage is None or montage.monthly.market is None or montage.monthly.table.empty:
        return ""
    table = montage.monthly.table
    gaps = (table["total_eur"] / table["market_eur"] - 1).groupby(table["tenure"], sort=False)
    below = [(str(code), float(gap)) for code, gap in gaps.mean().items() if gap < 0]
    above = [(str(code), float(gap)) for code, gap in gaps.mean().items() if gap >= 0]
    parts = []
    if below:
        said = join_fr([f"{tenure_label(u)} ({percent(gap, 0)})" for u, gap in below])
        parts.append(f"moins cher qu'au marché en {said}")
    if above:
        said = join_fr([f"{tenure_label(u)} ({percent(gap, 0, signed=True)})" for u, gap in above])
        parts.append(f"au niveau du marché ou plus cher en {said}")
    return typeset(f"Juste coût : chaque mois, un logement est {join_fr(parts)}.")


def quality_sentence(feasibility: Feasibility) -> str:
    """Say what the quality level costs and what it saves; "" when the study states none."""
    study, montage = feasibility.ground.study, feasibility.montage
    quality = study.montage.quality
    if quality is None or montage is None:
        return ""
    factor = feasibility.file.setting.works_factor
    extra = quality.extra_works_m2_eur * factor
    text = f"Niveau visé : {quality.level}"
    if quality.label:
        text += f" ; {quality.label}"
    text += f". Surcoût : {euros(quality.extra_works_m2_eur)} HT de travaux par m² SHAB"
    text += f", {euros(extra)} HT avec révisions, honoraires et frais financiers"
    saving = montage.monthly.quality_saving_m2_year_eur
    if saving is None:
        return typeset(text + ". Économie d'énergie : à saisir (« energie_reference_m2_an »).")
    text += f". Énergie : {number(saving, 2)} € par m² et par an de moins"
    if saving > 0 and extra > 0:
        text += f", soit le surcoût en {number(extra / saving, 0)} ans à prix constants"
    return typeset(text + ".")


def _notes(feasibility: Feasibility) -> list[str]:
    montage = feasibility.montage
    if montage is None:
        return []
    monthly = montage.monthly
    loan = monthly.loan
    notes = [
        (
            "Loyer ou mensualité : loyer, redevance du PSLA, loyer et parts, ou mensualité du "
            "crédit. Foncier OFS : redevance à l'organisme de foncier solidaire. Au marché : le "
            "même logement acheté au prix du marché."
        ),
        (
            f"Achat : crédit sur {loan.years} ans à {percent(loan.rate, 2)}, assurance "
            f"{percent(loan.insurance, 2)}, frais d'acte {percent(loan.deed_fees_share)}, apport "
            f"{percent(loan.down_payment_share)} du prix, sans PTZ (prêt à taux zéro) ni aide "
            "personnelle. Locatif : loyer avant APL (aide personnalisée au logement)."
        ),
    ]
    if monthly.market is not None:
        price = euros(monthly.market.price_ttc_m2_eur)
        notes.append(
            f"Marché : {price} TTC par m², {monthly.market.source} ; mêmes charges, même énergie, "
            "même crédit."
        )
    else:
        notes.append("Prix du marché inconnu : ni ventes lues, ni « prix_marche_ttc_m2_shab ».")
    if monthly.missing:
        keys = join_fr([f"« {key} »" for key in monthly.missing])
        notes.append(f"Comptés pour zéro, à saisir dans l'étude : {keys}.")
    return notes


def rows_of(feasibility: Feasibility, code: str) -> list[dict[Any, Any]]:
    """Return the monthly costs of one tenure, as records."""
    montage = feasibility.montage
    if montage is None:
        return []
    table = montage.monthly.table
    return table[table["tenure"] == code].to_dict("records")
