"""Rental tenures in a report: ceiling rents, plans de financement, loans, and why equity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.loans import LoanTerms
from habitat_analysis.formats import count, euros, euros_m2, join_fr, number, percent, typeset
from habitat_analysis.montage import Montage
from habitat_analysis.montage.rental import BUILDING, LAND, RentalMontage
from habitat_analysis.regulation import structure_constants
from habitat_analysis.report.fact_words import legal_text
from habitat_analysis.report.sections_operating import rent_without_equity
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sheets import (
    NOT_APPLICABLE,
    NOT_APPLICABLE_NOTE,
    Column,
    Quantity,
    Sheet,
    sheet,
)
from habitat_analysis.tenures import tenure

REVISIONS: Final[Mapping[str, str]] = {"fixe": "taux fixe", "simple": "simple", "double": "double"}
ROLES: Final[Mapping[str, str]] = {LAND: "Prêt foncier", BUILDING: "Prêt bâti (équilibre le plan)"}
EQUITY: Final = "Fonds propres de la coopérative"
SUBSIDY: Final = "Subvention"
OVERFLOW: Final = "Ressources en trop, à réduire"
CENT: Final = 0.01
ROUNDED: Final = "Montants arrondis à l'euro."


def rent_caps(feasibility: Feasibility) -> Sheet | None:
    """Set the rents of each rental tenure beside their ceiling; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.rentals:
        return None
    caps = {code: m.cap for code, m in montage.rentals.items()}
    rows = [
        {
            "what": tenure_label(code),
            "zone": cap.zone_rent_m2,
            "coefficient": Quantity(value=cap.coefficient, decimals=4),
            "margins": cap.margins,
            "cap": cap.cap_m2,
            "rent": cap.rent_m2,
            "annex": cap.annex_rent_month_eur,
            "ratio": cap.total_ratio,
        }
        for code, cap in caps.items()
    ]
    most = number(next(iter(caps.values())).total_ratio_max, 2)
    columns = [
        Column(name="what", header="Statut"),
        Column(name="zone", header="Loyer de zone (€/m² SU par mois)", kind="decimal2"),
        Column(name="coefficient", header="Coefficient de structure", kind="mixed"),
        Column(name="margins", header="Marges locales", kind="share"),
        Column(name="cap", header="Loyer plafond (€/m² SU par mois)", kind="decimal2"),
        Column(name="rent", header="Loyer retenu (€/m² SU par mois)", kind="decimal2"),
        Column(name="annex", header="Loyers annexes (€ par mois, tous logements)", kind="whole"),
        Column(
            name="ratio", header=f"Total des loyers / plafond ({most} au plus)", kind="decimal2"
        ),
    ]
    base, a_dwelling = structure_constants(montage.operation.facts)
    notes = [
        (
            f"SU : surface utile. Coefficient de structure du statut : {number(base, 2)} × (1 + "
            f"nombre de logements × {number(a_dwelling)} m² / SU). Loyer plafond : loyer de zone "
            "× coefficient × (1 + marges locales). Loyers hors charges, euros de la première année."
        ),
        (
            "Dernière colonne : loyers des logements et des annexes, rapportés au plafond sans "
            f"annexes ni marges locales. Textes : {_rent_texts(montage)}."
        ),
    ]
    caption = "Loyers plafonds et loyers retenus, par statut"
    return sheet("Loyers plafonds", caption, rows, columns, notes=notes)


def rental_plans(feasibility: Feasibility) -> Sheet | None:
    """Give the plan de financement of each rental tenure, to the euro; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.rentals:
        return None
    plans = {code: plan_euros(m) for code, m in montage.rentals.items()}
    rows = [
        _plan_row(line, {code: plan.get(line) for code, plan in plans.items()})
        for line in _plan_lines(plans)
    ]
    totals = {code: sum(plan.values()) for code, plan in plans.items()}
    costs = {code: round(m.account.plan.cost_ttc_eur) for code, m in montage.rentals.items()}
    rows += [_plan_row("Total des ressources", totals), _plan_row("Prix de revient TTC", costs)]
    whole = sum(totals.values())
    for row in rows:
        row["share"] = row["all"] / whole if whole else float("nan")
    columns = [
        Column(name="what", header="Ressource"),
        *(
            Column(name=c, header=f"{tenure_label(c)} (€)", kind="whole", absent=NOT_APPLICABLE)
            for c in plans
        ),
        Column(name="all", header="Ensemble (€)", kind="whole"),
        Column(name="share", header="Part", kind="share"),
    ]
    notes = [
        (
            "Le prix de revient comprend la TVA (taxe sur la valeur ajoutée), qui reste à la "
            "charge du bailleur. Le prêt bâti paie ce que les autres ressources laissent ; les "
            "fonds propres sont le minimum qui garde une trésorerie positive, sauf s'ils sont "
            "décidés par l'étude. Les garanties d'emprunt sont à négocier avec les collectivités."
        ),
        f"{ROUNDED} {NOT_APPLICABLE_NOTE}",
    ]
    caption = "Plan de financement prévisionnel des logements locatifs, en euros TTC"
    return sheet("Plan locatif", caption, rows, columns, total=True, notes=notes)


def rental_loans(feasibility: Feasibility) -> Sheet | None:
    """Describe each loan of the rental tenures; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.rentals:
        return None
    rows = [row for code, m in montage.rentals.items() for row in _loan_rows(code, m)]
    if not rows:
        return None
    sums = ("amount", "first", "interest")
    rows.append({"what": "Total", "revision": "", **{k: sum(r[k] for r in rows) for k in sums}})
    columns = [
        Column(name="what", header="Prêt"),
        Column(name="amount", header="Montant (€)", kind="whole"),
        Column(name="rate", header="Taux, année 1", kind="mixed", absent=""),
        Column(name="years", header="Durée (ans)", kind="whole", absent=""),
        Column(name="growth", header="Progression", kind="share", absent=""),
        Column(name="revision", header="Révisabilité"),
        Column(name="first", header="Annuité 1 (€)", kind="whole"),
        Column(name="interest", header="Intérêts (€)", kind="whole"),
    ]
    path = montage.paths.livret_a
    deferred = max(
        (loan.defer for m in montage.rentals.values() for loan in m.account.plan.loans), default=0
    )
    notes = [
        (
            "Progression : hausse annuelle des annuités à la signature. Révisabilité double : le "
            "taux et la progression suivent le livret A. Simple : le taux suit le livret A, "
            "l'annuité est recalculée chaque année sur ce qui reste dû. Livret A retenu : "
            f"{percent(path[0], 2)} la première année, {percent(path[-1], 2)} à long terme. "
            "Intérêts : somme sur toute la durée, en euros courants, sur cette trajectoire."
        ),
        *([f"Différé : {count(deferred, 'an')} d'intérêts seuls."] if deferred else []),
        (
            "Taux et durées : prêts sur fonds d'épargne de la Banque des Territoires ; le PLS est "
            "distribué par une banque agréée, son taux est à confirmer."
        ),
    ]
    return sheet("Prêts", "Prêts des logements locatifs", rows, columns, total=True, notes=notes)


def rental_remarks(feasibility: Feasibility) -> tuple[str, ...]:
    """Say what was bounded, refused, or would stop a bank, one sentence each."""
    montage = feasibility.montage
    if montage is None:
        return ()
    return tuple(
        typeset(f"{tenure_label(code)} : {remark}.")
        for code, m in montage.rentals.items()
        for remark in (*m.remarks, *_account_remarks(m))
    )


def rental_sentence(feasibility: Feasibility) -> str:
    """Say how much equity the rental dwellings need, why, and who carries it."""
    montage = feasibility.montage
    if montage is None or not montage.rentals:
        return ""
    rentals = montage.rentals
    asked = sum(m.account.plan.equity_eur for m in rentals.values())
    homes = count(
        sum(m.tranche.dwellings for m in rentals.values()), "logement locatif", "logements locatifs"
    )
    if asked < CENT:
        return typeset(f"Les loyers des {homes} suffisent : aucun fonds propre n'est à apporter.")
    parts = join_fr([_equity_words(code, m) for code, m in rentals.items()])
    rents = join_fr(
        [
            f"{euros(alone)} en {tenure_label(code)} au lieu de {euros(m.cap.rent_m2)}"
            for code, m in rentals.items()
            if m.account.plan.equity_eur >= CENT and (alone := rent_without_equity(montage, m))
        ]
    )
    why = (
        f" Ces loyers ne remboursent pas davantage d'emprunt : sans fonds propres, il "
        f"faudrait, par m² de SU (surface utile) et par mois, {rents}."
        if rents
        else ""
    )
    return typeset(
        f"Fonds propres demandés pour {homes} : {euros(asked)}, soit {parts}.{why} "
        f"{_carried_by(montage, asked)}"
    )


def whole_euros(amounts: Sequence[float], *, total: int | None = None) -> list[int]:
    """Round amounts to the euro so that they add up to a total: their rounded sum, or one given.

    The largest amount takes the difference, where it shows least.

    Examples
    --------
    >>> whole_euros([0.4, 0.4, 99.4]), whole_euros([0.4, 99.4], total=99)
    ([0, 0, 100], [0, 99])
    """
    rounded = [round(amount) for amount in amounts]
    if rounded:
        largest = max(range(len(rounded)), key=lambda rank: abs(amounts[rank]))
        rounded[largest] += (round(sum(amounts)) if total is None else total) - sum(rounded)
    return rounded


def plan_euros(rental: RentalMontage) -> dict[str, int]:
    """Give the resources of a tenure in whole euros: they add up to its prix de revient."""
    plan = rental.account.plan
    lines = {f"{SUBSIDY} {giver}": amount for giver, amount in plan.subsidies.items()}
    lines |= {_role(loan): loan.amount_eur or 0.0 for loan in plan.loans}
    lines[EQUITY] = plan.equity_eur
    if plan.overflow_eur >= CENT:
        lines[OVERFLOW] = -plan.overflow_eur
    kept = {line: amount for line, amount in lines.items() if abs(amount) >= CENT}
    whole = whole_euros(list(kept.values()), total=round(plan.cost_ttc_eur))
    return dict(zip(kept, whole, strict=True))


def _rent_texts(montage: Montage) -> str:
    """Name the legal texts of the rents read, each once."""
    products = {tenure(code).rent_product for code in montage.rentals}
    facts = (fact for fact in montage.facts if fact.table == "loyers_plafonds")
    return " ; ".join(
        dict.fromkeys(
            text
            for fact in facts
            if products & set(dict(fact.key).get("product", "").split("/"))
            for text in legal_text(fact).split(" ; ")
        )
    )


def _plan_lines(plans: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Order the lines of several plans: subsidies, loans, the balancing one last, equity."""
    named = list(dict.fromkeys(line for plan in plans.values() for line in plan))
    last = [line for line in (ROLES[BUILDING], EQUITY, OVERFLOW) if line in named]
    return [
        *(line for line in named if line.startswith(SUBSIDY)),
        *(line for line in named if not line.startswith(SUBSIDY) and line not in last),
        *last,
    ]


def _plan_row(what: str, amounts: Mapping[str, int | None]) -> dict[str, Any]:
    return {"what": what, **amounts, "all": sum(amount or 0 for amount in amounts.values())}


def _role(loan: LoanTerms) -> str:
    """Name a loan by what it pays for, so that the tenures share a line."""
    return ROLES.get(loan.id, loan.label)


def _loan_rows(code: str, rental: RentalMontage) -> Iterator[dict[str, Any]]:
    account, amounts = rental.account, plan_euros(rental)
    for loan in account.plan.loans:
        amount = amounts.get(_role(loan))
        if not amount:
            continue
        life = account.schedules[loan.id]
        own = loan.id in ROLES
        yield {
            "what": loan.label if own else f"{loan.label} ({tenure_label(code)})",
            "amount": amount,
            "rate": Quantity(value=loan.rate, unit="%", decimals=2),
            "years": loan.years,
            "growth": loan.growth,
            "revision": REVISIONS[loan.revision],
            "first": life.payments[0],
            "interest": sum(life.interests),
        }


def _account_remarks(rental: RentalMontage) -> Iterator[str]:
    """Give what a bank would note on an account."""
    account, cap = rental.account, rental.cap
    if not cap.respected:
        yield (
            f"loyers au-dessus du plafond (loyer retenu {euros_m2(cap.rent_m2)}, plafond "
            f"{euros_m2(cap.cap_m2)} de surface utile par mois)"
        )
    needed, equity = rental.least_equity_eur, account.plan.equity_eur
    if rental.equity_stated and needed is not None and needed < equity - CENT:
        yield (
            f"les fonds propres décidés par l'étude ({euros(equity)}) dépassent le minimum "
            f"d'équilibre ({euros(needed)})"
        )
    below = account.first_negative_year
    if below is not None:
        yield f"la trésorerie cumulée passe sous zéro en année {below}"
    back, main = account.payback_year, account.main_years
    if equity >= CENT and (back is None or back > main):
        when = "ne sont pas récupérés" if back is None else f"ne sont récupérés qu'en année {back}"
        yield f"les fonds propres {when}, alors que le prêt principal finit en année {main}"


def _equity_words(code: str, rental: RentalMontage) -> str:
    plan, homes = rental.account.plan, rental.tranche.dwellings
    return (
        f"{euros(plan.equity_eur)} en {tenure_label(code)} "
        f"({percent(plan.equity_eur / plan.cost_ttc_eur)} du prix de revient, "
        f"{euros(round(plan.equity_eur / homes))} par logement)"
    )


def _carried_by(montage: Montage, asked: float) -> str:
    """Say what the other tenures bring to the rental ones, or take."""
    others = {
        code: -need
        for code, need in montage.plan.need_by_tenure.items()
        if code not in montage.rentals
    }
    if not others:
        return "La coopérative porte seule ces logements : rien n'est vendu dans l'opération."
    brought, names = sum(others.values()), join_fr([tenure_label(code) for code in others])
    if brought < CENT:
        return (
            f"L'accession ({names}) ne porte rien ici : ensemble, elle demande elle-même "
            f"{euros(-brought)}. Ces logements reposent sur la coopérative et sur les subventions."
        )
    if brought >= asked:
        return (
            f"L'accession ({names}) laisse {euros(brought)} : c'est elle qui porte ces logements, "
            "et ses acquéreurs doivent le savoir."
        )
    return (
        f"L'accession ({names}) laisse {euros(brought)}, qui en paie une partie : ses acquéreurs "
        f"doivent le savoir. La coopérative apporte le reste, {euros(asked - brought)}."
    )
