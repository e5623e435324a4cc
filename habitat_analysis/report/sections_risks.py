"""Risks of the operation in a report: pre-sales, unsold lots, buy-backs, chance, guarantees."""

from __future__ import annotations

from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import count, euros, join_fr, number, percent, typeset
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sheets import (
    Column,
    Quantity,
    Sheet,
    facts_sheet,
    sheet,
    sum_of,
)

NO_RISK: Final = (
    "Risques chiffrés : à saisir dans l'étude (« montage.risques ») pour les lots invendus, les "
    "rachats garantis et la probabilité de rester dans les fonds propres."
)
GUARANTEES: Final = {  # name in the study -> label, tenures concerned
    "garantie_achevement": ("Garantie financière d'achèvement", ("VEFA", "LIBRE", "BRS", "PSLA")),
    "dommages_ouvrage": ("Assurance dommages-ouvrage", ()),
    "rachat": ("Garantie de rachat", ("PSLA", "VEFA")),
    "relogement": ("Garantie de relogement", ("PSLA", "VEFA")),
    "assurance_revente": ("Assurance revente", ("PSLA", "VEFA", "BRS")),
    "garantie_financiere_sciapp": ("Garantie financière des parts (CCH L443-6-6)", ("SCIAPP",)),
    "agrement_psla": ("Agrément PSLA de l'État", ("PSLA",)),
    "agrement_ofs": ("Agrément de l'OFS", ("BRS",)),
    "garantie_emprunts": ("Garantie des emprunts par une collectivité", ("PLAI", "PLUS", "PLS")),
}
STATES: Final = {"acquise": "oui", "a_obtenir": "à obtenir", "sans_objet": "sans objet"}
NOT_TYPED: Final = "à saisir"


def presale_sentence(feasibility: Feasibility) -> str:
    """Say whether enough lots are reserved for the credit to open; "" without a rule."""
    montage = feasibility.montage
    check = montage.risks.presale if montage else None
    if montage is None or check is None:
        return ""
    asked = percent(feasibility.ground.study.montage.presale_share or 0.0, 0)
    said = (
        f"Précommercialisation : {count(check.reserved, 'lot réservé', 'lots réservés')} sur "
        f"{montage.risks.lots} ; la banque demande {asked}, soit {count(check.needed_lots, 'lot')}"
    )
    if check.ok:
        return typeset(f"{said} : le crédit peut s'ouvrir.")
    missing = count(check.missing_lots, "lot manque", "lots manquent")
    return typeset(f"{said} : {missing} encore avant l'ouverture du crédit.")


def unsold_table(feasibility: Feasibility) -> Sheet | None:
    """Give the chance and the cost of unsold lots; None without hypotheses or sale."""
    montage = feasibility.montage
    found = montage.risks.unsold if montage else None
    if montage is None or found is None:
        return None
    shown = [k for k, p in enumerate(found.p_at_least) if k and (p >= 0.001 or k == 1)]
    rows: list[dict[str, Any]] = [
        {
            "what": f"{k} ou plus",
            "p": found.p_at_least[k],
            "loss": k * found.loss_per_lot_eur,
        }
        for k in shown
    ]
    columns = [
        Column(name="what", header="Lots invendus à la livraison"),
        Column(name="p", header="Probabilité", kind="share"),
        Column(name="loss", header="Perte HT pour ce nombre (€)", kind="whole"),
    ]
    worst = count(found.var_lots, "lot invendu", "lots invendus")
    notes = [
        (
            f"{count(montage.risks.lots, 'lot')} à vendre, chacun invendu de son côté. Attendu : "
            f"{number(found.expected_unsold, 1)} lot et {euros(found.expected_loss_eur)} de perte "
            f"HT. Dans 95 % des cas, pas plus de {worst}. "
            f"Tous invendus : {euros(found.worst_loss_eur)}."
        )
    ]
    return sheet("Invendus", "Lots invendus", rows, columns, notes=notes)


def buyback_table(feasibility: Feasibility) -> Sheet | None:
    """Give the cost of the buy-back guarantees, on average and all at once; None without any."""
    montage = feasibility.montage
    risks = montage.risks.buybacks if montage else ()
    if not risks:
        return None
    rows = [
        {
            "what": tenure_label(risk.tenure),
            "lots": risk.lots,
            "price": risk.mean_price_eur,
            "expected": risk.expected_eur,
            "year": f"année {risk.stress.year}" if risk.stress.year else "aucune",
            "loss": risk.stress.loss_eur,
            "cash": risk.stress.cash_eur,
        }
        for risk in risks
    ]
    columns = [
        Column(name="what", header="Statut"),
        Column(name="lots", header="Lots", kind="whole"),
        Column(name="price", header="Prix moyen TTC (€)", kind="whole"),
        Column(name="expected", header="Coût attendu actualisé (€)", kind="whole"),
        Column(name="year", header="Pire année"),
        Column(name="loss", header="Perte si tous sont rachetés cette année (€)", kind="whole"),
        Column(name="cash", header="Trésorerie à sortir d'un coup (€)", kind="whole"),
    ]
    notes = [
        (
            "Garantie peu coûteuse en moyenne, lourde d'un coup : les deux sont montrées. Marché "
            "et probabilités : hypothèses de l'étude."
        )
    ]
    caption = "Coût des garanties de rachat"
    return sheet("Rachats", caption, rows, columns, notes=notes)


def chance_table(feasibility: Feasibility) -> Sheet | None:
    """Give the result of the seeded draws; None without hypotheses."""
    montage = feasibility.montage
    if montage is None or montage.risks.result is None or montage.risks.hypotheses is None:
        return None
    report, result = montage.risks, montage.risks.result
    facts: dict[str, Any] = {
        "Résultat du plan, avant fonds propres": sum_of(-montage.plan.need_eur),
        "Moyenne des tirages": sum_of(result.mean_eur),
        "Écart type": sum_of(result.sd_eur),
        "Résultat dépassé dans 95 % des tirages": sum_of(result.q05_eur),
        "Résultat médian": sum_of(result.q50_eur),
        "Moyenne exacte, pour contrôle": sum_of(result.exact_mean_eur),
    }
    if report.covered is not None and report.limit_eur is not None:
        facts["Fonds propres et complément de l'étude"] = sum_of(report.limit_eur)
        facts["Probabilité de rester dans cette limite"] = Quantity(
            value=report.covered, unit="%", decimals=1
        )
    study = feasibility.ground.study
    notes = [
        (
            f"{number(montage.risks.hypotheses.draws)} tirages, graine {study.seed}. Travaux (loi "
            "triangulaire), lots invendus (binomiale) et taux (normale), indépendants. Le résultat "
            "est ce que l'opération laisse avant fonds propres : négatif, il est à financer."
        )
    ]
    caption = "Résultat de l'opération sous aléas"
    return facts_sheet("Aléas", caption, facts, notes=notes)


def chance_sentence(feasibility: Feasibility) -> str:
    """Say the probability of staying within the equity; or what to type to know it."""
    montage = feasibility.montage
    if montage is None:
        return ""
    report = montage.risks
    if report.result is None:
        return typeset(NO_RISK)
    if report.covered is None or report.limit_eur is None:
        return typeset("Aucune limite de fonds propres dans l'étude : probabilité non calculée.")
    return typeset(
        f"Probabilité de rester dans les {euros(report.limit_eur)} de fonds propres et de "
        f"complément prévus : {percent(report.covered, 0)}."
    )


def cash_sentence(feasibility: Feasibility) -> str:
    """Say the largest debt of the simple cash calendar; "" without a programme."""
    montage = feasibility.montage
    if montage is None:
        return ""
    cash = montage.cash
    if not cash.peak_debt_eur or cash.peak_month is None:
        return typeset("Calendrier simplifié : la trésorerie ne passe jamais sous zéro.")
    return typeset(
        f"Calendrier simplifié : la dette la plus forte est de {euros(cash.peak_debt_eur)} au "
        f"mois {cash.peak_month} après l'achat du terrain. Convention, à remplacer par le planning "
        "de l'opération : terrain payé d'avance, études puis travaux étalés, prêts et subventions "
        "au fil des travaux, appels de VEFA aux jalons légaux, PSLA à la levée d'option."
    )


def securities(feasibility: Feasibility) -> Sheet | None:
    """List the securities of the operation and of the buyers: yes, no, date; None without any."""
    montage = feasibility.montage
    if montage is None:
        return None
    stated = feasibility.ground.study.montage.securities
    typed = {str(name): security for name, security in stated.items()}
    codes = montage.operation.codes
    rows: list[dict[str, Any]] = []
    for name, (label, concerned) in GUARANTEES.items():
        here = [code for code in concerned if code in codes]
        if concerned and not here:
            continue
        security = typed.get(name)
        rows.append(
            {
                "what": label,
                "who": join_fr([tenure_label(u) for u in here]) if here else "toute l'opération",
                "state": STATES[security.state] if security else NOT_TYPED,
                "day": security.day if security else None,
                "remark": (security.remark or "") if security else "",
            }
        )
    columns = [
        Column(name="what", header="Sûreté"),
        Column(name="who", header="Statuts concernés"),
        Column(name="state", header="Acquise"),
        Column(name="day", header="Date", kind="date", absent=""),
        Column(name="remark", header="Précision", absent=""),
    ]
    caption = "Sûretés de l'opération et des acquéreurs"
    return sheet("Sûretés", caption, rows, columns)
