"""Plan de financement, balance of each tenure, rents and prices against caps, in a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.rental import net_rent_lines
from habitat_analysis.formats import join_fr, typeset
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.terms import TenureSheet, price_table
from habitat_analysis.programme.wording import broken_sentence
from habitat_analysis.report.charts import financing_chart, price_caps_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_costs import CHAPTERS, HALF_EURO, plan_and_accounts
from habitat_analysis.report.sections_land import prices_against_market
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import (
    NOT_APPLICABLE,
    NOT_APPLICABLE_NOTE,
    Column,
    Sheet,
    sheet,
)

ROUNDING_EUR = 0.005


def funding(feasibility: Feasibility) -> Sheet | None:
    """Give the plan de financement: resources equal the cost; None without a programme."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return None
    resources = list(_resources(feasibility, evaluation))
    rows = [
        {"kind": kind, "what": what, "amount": amount, "share": amount / evaluation.cost_eur}
        for kind, what, amount in resources
    ]
    total = sum(amount for *_, amount in resources)
    rows.append({"kind": "", "what": "Total des ressources", "amount": total, "share": 1.0})
    columns = [
        Column(name="what", header="Ressource"),
        Column(name="kind", header="Nature", absent=""),
        Column(name="amount", header="Montant TTC (€)", kind="whole"),
        Column(name="share", header="Part du coût", kind="share"),
    ]
    notes = [
        plan_and_accounts(feasibility),
        "Garanties d'emprunt et droits de réservation : à négocier, non examinés ici.",
    ]
    caption = "Ressources retenues par le calcul du programme, en euros TTC"
    return sheet("Financement", caption, rows, columns, total=True, notes=notes)


def tenure_balance(feasibility: Feasibility) -> Sheet | None:
    """Give the balance of each tenure, loans kept under a cap flagged; None without programme."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return None
    used = evaluation.tenures[evaluation.tenures["units"] > 0]
    rows = [
        {"what": tenure_label(str(code)), **row, "capped": "oui" if row["loan_capped"] else "non"}
        for code, row in used.to_dict("index").items()
    ]
    sums = ("total_cost_eur", "loan_eur", "subsidy_eur", "revenue_eur", "balance_eur")
    rows.append({"what": "Total", **{name: used[name].sum() for name in sums}, "capped": ""})
    columns = [
        Column(name="what", header="Statut"),
        Column(name="total_cost_eur", header="Coût TTC (€)", kind="whole"),
        Column(name="loan_eur", header="Prêts (€)", kind="whole"),
        Column(name="subsidy_eur", header="Subventions (€)", kind="whole"),
        Column(name="revenue_eur", header="Ventes TTC et foncier de l'OFS (€)", kind="whole"),
        Column(name="balance_eur", header="Solde (€)", kind="whole"),
        Column(name="capped", header="Prêt plafonné au coût", absent=""),
    ]
    notes = [
        (
            "Le coût fixe (terrain, frais, locaux partagés) est réparti au prorata de la SHAB, au "
            "taux de TVA moyen de l'étude pour les charges fixes. "
            "Solde négatif : à couvrir par les fonds propres ou par l'excédent d'un autre statut."
        ),
    ]
    caption = "Équilibre de chaque statut"
    return sheet("Équilibre", caption, rows, columns, total=True, notes=notes)


def balance_sentence(feasibility: Feasibility) -> str:
    """Say which tenures pay for which: an operation is balanced as a whole, not dwelling by one."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return ""
    used = evaluation.tenures[evaluation.tenures["units"] > 0]["balance_eur"]
    gain = [tenure_label(str(code)) for code in used.index[used > ROUNDING_EUR]]
    loss = [tenure_label(str(code)) for code in used.index[used < -ROUNDING_EUR]]
    if not gain or not loss:
        return ""
    return typeset(
        f"L'excédent de {join_fr(gain)} finance une partie de {join_fr(loss)} : cette péréquation "
        "est une décision de la coopérative et du groupe."
    )


def loan_alerts(feasibility: Feasibility) -> tuple[str, ...]:
    """Name each loan that would pay for another tenure."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return ()
    return tuple(broken_sentence(feasibility.file.case, check) for check in evaluation.alerts)


def funding_figure(feasibility: Feasibility) -> Chart | None:
    """Draw costs and resources side by side; None without a programme."""
    evaluation, costs = feasibility.optimum.evaluation, feasibility.costs
    if evaluation is None or costs is None:
        return None
    sides = [
        *({"side": "cost", "label": what, "amount_eur": n} for what, n in _uses(feasibility)),
        *(
            {"side": "resource", "label": what, "amount_eur": amount}
            for _, what, amount in _resources(feasibility, evaluation)
        ),
    ]
    if costs.gap_eur <= -HALF_EURO:
        label = "À trouver en plus (comptes détaillés)"
        sides.append({"side": "resource", "label": label, "amount_eur": -costs.gap_eur})
    return financing_chart(
        pd.DataFrame(sides), tax="TTC", sources=study_sources(feasibility.ground)
    )


def rents(feasibility: Feasibility) -> Sheet | None:
    """Give the ceiling rent, the net rent and the loan of each rental tenure; None without any."""
    let = {
        code: tenure
        for code, tenure in feasibility.file.sheets.items()
        if tenure.rent_cap_m2_month_eur is not None
    }
    if not let:
        return None
    rows = [
        {
            "what": tenure_label(code),
            "cap": tenure.rent_cap_m2_month_eur,
            "net": tenure.net_rent.net if tenure.net_rent else None,
            "rate": tenure.terms.loan_rate,
            "years": tenure.terms.loan_years,
        }
        for code, tenure in let.items()
    ]
    columns = [
        Column(name="what", header="Statut"),
        Column(
            name="cap",
            header="Loyer plafond retenu (CS moyen de l'opération), €/m² SU par mois",
            kind="decimal2",
        ),
        Column(
            name="net",
            header="Loyer net (€/m² SU par an)",
            kind="decimal2",
            absent=NOT_APPLICABLE,
        ),
        Column(name="rate", header="Taux du prêt", kind="share"),
        Column(name="years", header="Durée du prêt (ans)", kind="whole"),
    ]
    notes = [
        (
            "Loyer plafond retenu : au coefficient de structure (CS) moyen de l'opération, marges "
            "locales comprises, hors charges ; loyer net en euros de la première année."
        ),
        NOT_APPLICABLE_NOTE,
    ]
    return sheet("Loyers", "Loyers et prêts", rows, columns, notes=notes)


def net_rents(feasibility: Feasibility) -> Sheet | None:
    """Explain each net rent line by line; None without a rental tenure."""
    lines = {
        code: net_rent_lines(tenure.net_rent)
        for code, tenure in feasibility.file.sheets.items()
        if tenure.net_rent is not None
    }
    if not lines:
        return None
    first = next(iter(lines.values()))
    table = pd.DataFrame({"what": first["label"]})
    for code, frame in lines.items():
        table[code] = frame["eur_m2_su_year"].to_numpy()
    columns = [Column(name="what", header="Poste")]
    columns += [Column(name=c, header=f"{tenure_label(c)}", kind="decimal2") for c in lines]
    caption = "Du loyer au loyer net, en euros par m² de SU et par an"
    return sheet("Loyer net", caption, table, columns, total=True)


def sale_prices(feasibility: Feasibility) -> Sheet | None:
    """Set each sale price beside its cap and, with a programme, its cost; None without a sale."""
    prices = price_table(feasibility.file.sheets)
    sold = prices[prices["price_ttc_m2_eur"].notna()]
    if sold.empty:
        return None
    evaluation = feasibility.optimum.evaluation
    land = {terms.id: terms.ofs_land_m2_eur for terms in feasibility.file.case.tenures}
    rows = [
        {"what": tenure_label(str(code)), "ofs": land[str(code)], **row}
        | _against_cost(evaluation, str(code), row["price_ttc_m2_eur"] + land[str(code)])
        for code, row in sold.to_dict("index").items()
    ]
    columns = [
        Column(name="what", header="Statut"),
        Column(name="price_ttc_m2_eur", header="Prix € TTC/m² SHAB", kind="whole"),
        Column(name="price_ht_m2_su_eur", header="Prix € HT/m² SU", kind="whole"),
        Column(
            name="price_cap_m2_su_eur",
            header="Plafond € HT/m² SU",
            kind="whole",
            absent=NOT_APPLICABLE,
        ),
        Column(name="ofs", header="Foncier payé par l'OFS, €/m² SHAB", kind="whole"),
    ]
    if evaluation is not None:
        columns += [
            Column(name="cost", header="Coût complet € TTC/m² SHAB", kind="whole"),
            Column(name="margin", header="Écart € TTC/m² SHAB", kind="whole"),
        ]
    notes = [
        (
            "Prix HT par m² de SU : le plus élevé des typologies. Coût complet du statut dans "
            "l'équilibre : part des charges fixes et des locaux partagés, stationnement et "
            "raccordements compris ; n. d. pour un statut absent du programme. Écart : prix et "
            "foncier payé par l'OFS (organisme de foncier solidaire), moins coût complet."
        ),
        NOT_APPLICABLE_NOTE,
        *prices_against_market(
            feasibility.ground, {str(c): p for c, p in sold["price_ttc_m2_eur"].items()}
        ),
    ]
    return sheet("Prix de vente", "Prix de vente, plafonds et coûts", rows, columns, notes=notes)


def price_figure(feasibility: Feasibility) -> Chart | None:
    """Draw price, cap and cost of each sale tenure, TTC per m² of SHAB; None without both."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return None
    rows = [
        {
            "tenure": code,
            "price_eur_m2": tenure.terms.price_m2_eur,
            "cap_eur_m2": cap_ttc_m2_shab(tenure),
            "cost_eur_m2": _full_cost_m2(evaluation, code),
        }
        for code, tenure in feasibility.file.sheets.items()
        if tenure.terms.kind == "sale" and tenure.terms.price_m2_eur
    ]
    if not rows:
        return None
    table = pd.DataFrame(rows)
    return price_caps_chart(
        table, basis="SHAB", tax="TTC", sources=study_sources(feasibility.ground)
    )


def cap_ttc_m2_shab(tenure: TenureSheet) -> float:
    """Express a cap (HT, per m² of SU) as the highest price TTC per m² of SHAB; NaN without one."""
    if tenure.price_cap_m2_su_eur is None or not tenure.price_ht_m2_su_eur:
        return float("nan")
    return tenure.terms.price_m2_eur * tenure.price_cap_m2_su_eur / tenure.price_ht_m2_su_eur


def dwelling_prices(feasibility: Feasibility) -> Sheet:
    """Give what a household pays by typology and tenure: rent a month at the cap, or price."""
    sizes = feasibility.file.case.typologies
    rows = [
        {
            "what": tenure_label(code),
            "paid": _paid(tenure),
            **{size.id: _price_of(tenure, size.shab_m2, size.su_m2) for size in sizes},
        }
        for code, tenure in feasibility.file.sheets.items()
    ]
    columns = [
        Column(name="what", header="Statut"),
        Column(name="paid", header="Ce que paie le ménage"),
        *(Column(name=size.id, header=f"{size.id} (€)", kind="whole") for size in sizes),
    ]
    notes = [
        (
            "Loyer hors charges et annexes, au loyer plafond retenu (coefficient de structure "
            "moyen de l'opération) ; prix hors frais d'acte. La redevance du BRS et les charges "
            "s'ajoutent."
        )
    ]
    caption = "Loyer mensuel ou prix TTC par typologie"
    return sheet("Prix par logement", caption, rows, columns, notes=notes)


def ofs_fees(feasibility: Feasibility) -> Sheet | None:
    """Give the monthly fee paid to the OFS by typology; None when the study offers no BRS."""
    terms = feasibility.ground.study.terms.get("BRS")
    if terms is None or "BRS" not in feasibility.file.sheets or not terms.ofs_fee_m2_month_eur:
        return None
    sizes = feasibility.file.case.typologies
    row: dict[str, Any] = {"what": "Redevance foncière du BRS"}
    row |= {size.id: terms.ofs_fee_m2_month_eur * size.shab_m2 for size in sizes}
    columns = [
        Column(name="what", header="Redevance"),
        *(Column(name=size.id, header=f"{size.id} (€ par mois)", kind="whole") for size in sizes),
    ]
    return sheet("Redevance OFS", "Redevance foncière mensuelle", [row], columns)


def _resources(
    feasibility: Feasibility, evaluation: Evaluation
) -> Iterator[tuple[str, str, float]]:
    """List the resources that pay for the cost: nature, label, euros."""
    table = evaluation.tenures.assign(
        ofs_eur=[
            amount * _ofs_part(feasibility, str(code))
            for code, amount in evaluation.tenures["revenue_eur"].items()
        ]
    )
    table["revenue_eur"] -= table["ofs_eur"]
    for column, nature, label in (
        ("loan_eur", "prêt", "Prêts"),
        ("subsidy_eur", "subvention", "Subventions"),
        ("revenue_eur", "vente", "Ventes"),
        ("ofs_eur", "vente à l'OFS", "Foncier payé par l'OFS,"),
    ):
        for code, amount in table[column].items():
            if abs(amount) > ROUNDING_EUR:
                yield nature, f"{label} {tenure_label(str(code))}", float(amount)
    yield "fonds propres", "Fonds propres de la coopérative", evaluation.equity_eur
    if evaluation.topup_eur > ROUNDING_EUR:
        yield "subvention", "Subvention complémentaire à obtenir", evaluation.topup_eur
    if evaluation.missing_eur > ROUNDING_EUR:
        yield "à trouver", "Reste à trouver", evaluation.missing_eur
    if evaluation.surplus_eur > ROUNDING_EUR:
        yield "excédent", "Excédent, à rendre au programme", -evaluation.surplus_eur


def _ofs_part(feasibility: Feasibility, code: str) -> float:
    """Give the part of the revenue of a tenure that the OFS pays for its land."""
    terms = feasibility.file.sheets[code].terms
    return terms.ofs_land_m2_eur / (terms.ofs_land_m2_eur + terms.price_m2_eur or 1.0)


def _uses(feasibility: Feasibility) -> Iterator[tuple[str, float]]:
    """List the uses, TTC: detailed accounts, then what sets the cost of the plan apart."""
    costs = feasibility.costs
    if costs is None:
        return
    for family, amount in costs.price.by_family.items():
        yield f"{CHAPTERS[family]} HT", amount
    yield "TVA", costs.price.total_ttc_eur - costs.price.total_ht_eur
    if costs.spaces_ttc_eur:
        yield "Locaux partagés TTC", costs.spaces_ttc_eur
    if costs.gap_eur >= HALF_EURO:
        yield "Écart du calcul (TVA moyenne)", costs.gap_eur


def _against_cost(evaluation: Evaluation | None, code: str, income: float) -> dict[str, Any]:
    if evaluation is None:
        return {}
    cost = _full_cost_m2(evaluation, code)
    return {"cost": cost, "margin": income - cost}


def _full_cost_m2(evaluation: Evaluation, code: str) -> float:
    """Give the whole cost of a tenure per m² of its SHAB, TTC; NaN without a dwelling of it."""
    table = evaluation.tenures[["total_cost_eur", "shab_m2"]].astype(float)
    shab, cost = table["shab_m2"].to_dict(), table["total_cost_eur"].to_dict()
    return cost[code] / shab[code] if shab.get(code) else float("nan")


def _paid(tenure: TenureSheet) -> str:
    words = {"rental": "loyer par mois", "progressive": "loyer par mois, puis parts"}
    return words.get(tenure.terms.kind, "prix TTC")


def _price_of(tenure: TenureSheet, shab_m2: float, su_m2: float) -> float | None:
    if tenure.terms.kind == "sale":
        return tenure.terms.price_m2_eur * shab_m2
    cap = tenure.rent_cap_m2_month_eur
    return None if cap is None else cap * su_m2
