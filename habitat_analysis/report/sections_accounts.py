"""The plan of the whole operation, its ceilings, and the model against the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import euros, join_fr, percent, typeset
from habitat_analysis.montage import Montage
from habitat_analysis.montage.ceilings import PERSONS, CeilingTest
from habitat_analysis.montage.plan import PlanLine
from habitat_analysis.montage.reconciliation import REASONS
from habitat_analysis.report.charts import financing_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_costs import LINE_CHAPTERS
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Sheet, sheet

USES: Final = {
    **LINE_CHAPTERS,
    "locaux": "Locaux partagés, HT",
    "tva": "TVA du locatif et de la SCIAPP (livraison à soi-même)",
    "commercialisation": "Frais de commercialisation",
}
NATURES: Final = {"prêt": "Prêts", "subvention": "Subventions", "vente": "Ventes HT"}
LIMIT_SHARE: Final = 0.01  # of the prix de revient: above, the model's mean VAT is too coarse
HALF_EURO: Final = 0.5


def uses(feasibility: Feasibility) -> Sheet | None:
    """List the uses that the plan balances: the prix de revient net; None without programme."""
    montage = feasibility.montage
    if montage is None:
        return None
    plan = montage.plan
    rows = [_line(line, USES[line.label], plan.total_uses_eur) for line in plan.uses]
    rows = [row for row in rows if abs(row["amount"]) >= HALF_EURO]
    total = plan.total_uses_eur
    rows.append({"what": "Prix de revient net", "amount": total, "share": 1.0})
    columns = [
        Column(name="what", header="Emploi"),
        Column(name="amount", header="Montant (€)", kind="whole"),
        Column(name="share", header="Part", kind="share"),
    ]
    notes = [
        (
            "Prix de revient net : HT pour les lots vendus, dont la TVA, payée par "
            "l'acquéreur, ne pèse pas sur l'opération ; TTC pour le locatif et la SCIAPP."
        )
    ]
    return sheet("Emplois", "Emplois de l'opération", rows, columns, total=True, notes=notes)


def resources(feasibility: Feasibility) -> Sheet | None:
    """List the resources of the operation: they equal the uses; None without a programme."""
    montage = feasibility.montage
    if montage is None:
        return None
    plan = montage.plan
    total = plan.total_uses_eur
    rows = [
        _line(line, line.label, total) | {"kind": line.nature, "code": line.tenure}
        for line in plan.resources
    ]
    amount = plan.total_resources_eur
    rows.append({"what": "Total des ressources", "amount": amount, "share": amount / total})
    columns = [
        Column(name="what", header="Ressource"),
        Column(name="kind", header="Nature", absent=""),
        Column(name="code", header="Statut", absent=""),
        Column(name="amount", header="Montant (€)", kind="whole"),
        Column(name="share", header="Part", kind="share"),
    ]
    gap = plan.total_resources_eur - plan.total_uses_eur
    notes = [
        f"Écart entre ressources et emplois : {euros(gap)}.",
        (
            "Garantie des emprunts par une collectivité et réservations en contrepartie : à "
            "négocier, voir la section 10."
        ),
    ]
    caption = "Plan de financement de l'opération"
    return sheet("Plan", caption, rows, columns, total=True, notes=notes)


def plan_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the uses and the resources side by side; None without a programme."""
    montage = feasibility.montage
    if montage is None:
        return None
    used = [(USES[line.label], line.amount_eur) for line in montage.plan.uses]
    gathered: dict[str, float] = {}
    for line in montage.plan.resources:
        kind = NATURES.get(line.nature, line.label) if line.tenure else line.label
        name = f"{kind} {line.tenure}".strip()
        gathered[name] = gathered.get(name, 0.0) + line.amount_eur
    sides: list[dict[str, Any]] = [
        *({"side": "cost", "label": what, "amount_eur": n} for what, n in used),
        *({"side": "resource", "label": what, "amount_eur": n} for what, n in gathered.items()),
    ]
    table = pd.DataFrame([row for row in sides if abs(row["amount_eur"]) >= HALF_EURO])
    return financing_chart(table, tax="", sources=study_sources(feasibility.ground))


def needs(feasibility: Feasibility) -> Sheet | None:
    """Say what each tenure needs or brings, and how the whole is met; None without programme."""
    montage = feasibility.montage
    if montage is None:
        return None
    plan = montage.plan
    rows = [
        {"what": tenure_label(code), "need": max(0.0, need), "brought": max(0.0, -need)}
        for code, need in plan.need_by_tenure.items()
    ]
    asked = sum(max(0.0, need) for need in plan.need_by_tenure.values())
    rows.append({"what": "Ensemble", "need": asked, "brought": asked - plan.need_eur})
    columns = [
        Column(name="what", header="Statut"),
        Column(name="need", header="Fonds propres nécessaires (€)", kind="whole"),
        Column(name="brought", header="Excédent apporté (€)", kind="whole"),
    ]
    caption = "Ce que chaque statut demande ou apporte"
    return sheet("Besoin par statut", caption, rows, columns, total=True)


def needs_sentence(feasibility: Feasibility) -> str:
    """Say how the need of the operation is met, in its parts; "" without a programme."""
    montage = feasibility.montage
    if montage is None:
        return ""
    plan = montage.plan
    if plan.need_eur <= 0:
        return typeset(
            f"Les comptes détaillés laissent un excédent de {euros(plan.surplus_eur)} : "
            "l'accession finance tout le locatif."
        )
    brought = sum(-need for need in plan.need_by_tenure.values() if need < 0)
    parts = [f"{euros(plan.equity_eur)} de fonds propres de la coopérative"]
    if plan.topup_eur > HALF_EURO:
        parts.append(f"{euros(plan.topup_eur)} de subvention complémentaire à obtenir")
    if plan.missing_eur > HALF_EURO:
        parts.append(f"{euros(plan.missing_eur)} qui restent à trouver")
    helped = f" après péréquation de {euros(brought)}" if brought > HALF_EURO else ""
    return typeset(
        f"Les comptes détaillés demandent {euros(plan.need_eur)}{helped} : {join_fr(parts)}."
    )


def ceiling_table(feasibility: Feasibility) -> Sheet | None:
    """Set every rent and price beside its legal ceiling; None without a programme."""
    montage = feasibility.montage
    if montage is None or not montage.ceilings.tests:
        return None
    rows = [
        {
            "what": f"{tenure_label(test.tenure)} : {test.what}",
            "subject": test.subject,
            "value": test.written(test.value),
            "ceiling": test.written(test.ceiling),
            "ok": _verdict(test),
            "text": test.legal_reference or "voir la section 12",
        }
        for test in montage.ceilings.tests
    ]
    for row, before in zip(reversed(rows), reversed(rows[:-1]), strict=False):
        if row["text"] == before["text"]:
            row["text"] = "idem"
    columns = [
        Column(name="what", header="Valeur testée"),
        Column(name="subject", header="Objet"),
        Column(name="value", header="Valeur"),
        Column(name="ceiling", header="Plafond"),
        Column(name="ok", header="Respecté"),
        Column(name="text", header="Texte"),
    ]
    date = feasibility.ground.study.operation_date
    notes = [
        (
            "PTZ (prêt à taux zéro) : le prix n'est pas interdit au-delà ; le prêt n'en compte "
            "que la part sous le plafond. Une personne par pièce est supposée."
        ),
        *montage.ceilings.untested,
    ]
    caption = f"Plafonds légaux à la date de l'opération ({date:%d/%m/%Y})"
    return sheet("Plafonds", caption, rows, columns, notes=notes)


def ceiling_alerts(feasibility: Feasibility) -> tuple[str, ...]:
    """Name each ceiling that is exceeded, its text, and what to change."""
    montage = feasibility.montage
    return () if montage is None else tuple(exceeded_sentences(montage))


def exceeded_sentences(montage: Montage) -> Iterator[str]:
    """Say each ceiling that is exceeded: value, limit, text, remedy; then doubts on the facts."""
    for test in montage.ceilings.exceeded:
        yield typeset(
            f"{tenure_label(test.tenure)}, {test.subject} : {test.what.lower()} de "
            f"{test.written(test.value)}, au-dessus du plafond de "
            f"{test.written(test.ceiling)} ({test.legal_reference}) ; {test.remedy}."
        )
    doubts = dict.fromkeys(
        (tenure_label(test.tenure), flag) for test in montage.ceilings.tests for flag in test.flags
    )
    for code, flag in doubts:
        yield typeset(f"{code} : plafond sous réserve, {flag}.")


def income_ceilings(feasibility: Feasibility) -> Sheet | None:
    """Give the income ceilings of each tenure by number of persons; None without a programme."""
    montage = feasibility.montage
    if montage is None or montage.ceilings.incomes.empty:
        return None
    rows = [
        {"what": tenure_label(str(code))}
        | {f"p{n}": "sans plafond" if row[n] == float("inf") else row[n] for n in PERSONS}
        for code, row in montage.ceilings.incomes.to_dict("index").items()
    ]
    columns = [Column(name="what", header="Statut")]
    columns += [Column(name=f"p{n}", header=f"{n} pers. (€/an)", kind="whole") for n in PERSONS]
    notes = [
        (
            "Revenu fiscal de référence N-2, catégories par nombre de personnes ; les cas "
            "particuliers (jeune couple, personne à charge, handicap) sont dans data/baremes."
        )
    ]
    caption = "Plafonds de ressources des ménages"
    return sheet("Plafonds de ressources", caption, rows, columns, notes=notes)


def cost_reconciliation(feasibility: Feasibility) -> Sheet | None:
    """Set the cost of the model beside that of the accounts, by tenure; None without programme."""
    montage = feasibility.montage
    if montage is None:
        return None
    rows = [
        {"what": _who(str(code)), **row}
        for code, row in montage.reconciliation.cost_by_tenure.to_dict("index").items()
    ]
    columns = [
        Column(name="what", header="Statut"),
        Column(name="model_ttc_eur", header="Coût du calcul (€ TTC)", kind="whole"),
        Column(name="accounts_ttc_eur", header="Comptes détaillés (€ TTC)", kind="whole"),
        Column(name="gap_eur", header="Écart (€)", kind="whole"),
        Column(name="share", header="Écart", kind="share"),
    ]
    found = montage.reconciliation
    word = "sous" if found.cost_gap_share <= LIMIT_SHARE else "au-dessus de"
    notes = [
        (
            f"Écart total : {percent(found.cost_gap_share, 2)} du prix de revient, {word} la "
            f"limite de {percent(LIMIT_SHARE, 0)} admise pour un taux moyen de TVA."
        )
    ]
    caption = "Rapprochement du coût : calcul du programme et comptes détaillés"
    return sheet("Rapprochement coût", caption, rows, columns, total=True, notes=notes)


def balance_reconciliation(feasibility: Feasibility) -> Sheet | None:
    """Explain, line by line, how the balance of the model becomes that of the accounts."""
    montage = feasibility.montage
    if montage is None:
        return None
    table, total = montage.reconciliation.by_tenure, montage.reconciliation.total_ttc_eur
    whole = {str(name): float(value) for name, value in table.T["total"].items()}

    def row(what: str, amount: float, *, share: bool = True) -> dict[str, Any]:
        part = amount / total if share and total else None
        return {"what": what, "amount": amount, "share": part}

    rows = [row("Solde du calcul du programme", whole["model_eur"])]
    rows += [
        row(text, whole[name]) for name, text in REASONS.items() if abs(whole[name]) >= HALF_EURO
    ]
    rows.append(row("Solde des comptes détaillés", whole["accounts_eur"]))
    columns = [
        Column(name="what", header="Ligne"),
        Column(name="amount", header="Montant (€)", kind="whole"),
        Column(name="share", header="Part du prix de revient", kind="share"),
    ]
    notes = ["Solde : ressources moins coût ; négatif, il se couvre par les fonds propres."]
    caption = "Du solde du calcul au solde des comptes, ligne par ligne"
    return sheet("Rapprochement", caption, rows, columns, total=True, notes=notes)


def tenure_reconciliation(feasibility: Feasibility) -> Sheet | None:
    """Explain the same difference tenure by tenure; None without a programme."""
    montage = feasibility.montage
    if montage is None:
        return None
    table, total = montage.reconciliation.by_tenure, montage.reconciliation.total_ttc_eur
    rows = [
        {
            "what": _who(str(code)),
            "model": row["model_eur"],
            "vat": row["vat_fixed"] + row["vat_margin"],
            "keys": row["keys"],
            "fees": row["sales_fees"] + row["first_shares"] + row["overflow"],
            "loans": row["loans"],
            "accounts": row["accounts_eur"],
            "share": row["gap_eur"] / total if total else None,
        }
        for code, row in table.to_dict("index").items()
    ]
    columns = [
        Column(name="what", header="Statut"),
        Column(name="model", header="Solde du calcul (€)", kind="whole"),
        Column(name="vat", header="TVA (€)", kind="whole"),
        Column(name="keys", header="Clés (€)", kind="whole"),
        Column(name="fees", header="Commercialisation, parts, excès (€)", kind="whole"),
        Column(name="loans", header="Prêts (€)", kind="whole"),
        Column(name="accounts", header="Solde des comptes (€)", kind="whole"),
        Column(name="share", header="Écart, part du prix de revient", kind="share"),
    ]
    caption = "Du calcul aux comptes, statut par statut"
    return sheet("Rapprochement statuts", caption, rows, columns, total=True)


def loan_reconciliation(feasibility: Feasibility) -> Sheet | None:
    """Explain the difference of the loans, one hypothesis at a time; None without rental."""
    montage = feasibility.montage
    if montage is None or not montage.reconciliation.loan_steps:
        return None
    labels = list(dict.fromkeys(step.label for step in montage.reconciliation.loan_steps))
    codes = list(montage.rentals)
    amounts = {(s.tenure, s.label): s.amount_eur for s in montage.reconciliation.loan_steps}
    model = feasibility.optimum.evaluation
    lent = {} if model is None else model.tenures["loan_eur"].to_dict()
    rows: list[dict[str, Any]] = [{"what": "Prêts du calcul", **{u: lent[u] for u in codes}}]
    rows += [
        {"what": label[0].upper() + label[1:], **{u: amounts.get((u, label), 0.0) for u in codes}}
        for label in labels
    ]
    final = {u: m.account.plan.loans_eur for u, m in montage.rentals.items()}
    rows.append({"what": "Prêts du plan de financement", **final})
    columns = [Column(name="what", header="Étape")]
    columns += [Column(name=u, header=f"{tenure_label(u)} (€)", kind="whole") for u in codes]
    caption = "D'où vient l'écart entre les prêts du calcul et ceux du plan"
    return sheet("Rapprochement prêts", caption, rows, columns, total=True)


def _line(line: PlanLine, label: str, total: float) -> dict[str, Any]:
    share = line.amount_eur / total if total else None
    return {"what": label, "amount": line.amount_eur, "share": share}


def _who(code: str) -> str:
    return "Ensemble" if code == "total" else tenure_label(code)


def _verdict(test: CeilingTest) -> str:
    if not test.binding:
        return "compté en entier" if test.respected else "compté jusqu'au plafond"
    return "oui" if test.respected else "non"
