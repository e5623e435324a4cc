"""What the kept programme withstands in a report, beside the most robust one."""

from __future__ import annotations

import math
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import NBSP, euros, number, percent, typeset
from habitat_analysis.programme.robust import Breaking
from habitat_analysis.report.sheets import Column, Sheet, sheet

TROUBLES: Final = {
    "works": "Travaux et locaux partagés", "land": "Terrain, taxes et frais fixes",
    "rate": "Taux des prêts", "dropout": "Désistements d'acheteurs",
}  # fmt: skip
HALF_EURO: Final = 0.5
TENTH: Final = 1000  # rounds down to a tenth of a percent: what is said still holds


def robust_table(feasibility: Feasibility) -> Sheet | None:
    """Set the effort of the kept programme beside that of the robust one; None when unproved."""
    argument = feasibility.argument
    robust = argument.robust if argument else None
    if argument is None or robust is None or robust.evaluations is None:
        return None
    rows = []
    for tested in argument.tested:
        other = robust.evaluations[tested.id].public_money_eur
        own = tested.kept.public_money_eur
        worst = "pire cas" if tested.id == robust.worst else ""
        holds = "oui" if tested.kept.feasible else "non"
        rows.append(
            {
                "label": typeset(tested.label),
                "kept": own,
                "robust": other,
                "delta": other - own,
                "holds": holds,
                "worst": worst,
            }
        )
    columns = [
        Column(name="label", header="Essai"),
        Column(name="kept", header="Programme retenu (€)", kind="whole"),
        Column(name="robust", header="Programme robuste (€)", kind="whole"),
        Column(name="delta", header="Écart (€)", kind="whole"),
        Column(name="holds", header="Le retenu tient"),
        Column(name="worst", header="Repère", absent=""),
    ]
    notes = [
        "Effort à réunir de chaque programme sous chaque essai (TTC), autant de besoins couverts.",
        (
            "Le programme robuste est celui dont le pire essai demande le moins d'effort : les"
            " essais du tableau précédent, et les scénarios de l'étude."
        ),
    ]
    caption = "Le programme retenu et le programme le plus robuste"
    return sheet("Robustesse", caption, rows, columns, notes=notes)


def robust_sentence(feasibility: Feasibility) -> str:
    """Say the price of robustness, and what it buys; empty when nothing is proved."""
    argument = feasibility.argument
    robust = argument.robust if argument else None
    if argument is None or robust is None or robust.worst_eur is None:
        return ""
    by_effort = max(argument.tested, key=lambda tested: tested.kept.public_money_eur)
    kept = by_effort.kept.public_money_eur
    saved, label = kept - robust.worst_eur, _lower(typeset(by_effort.label))
    if saved < HALF_EURO:
        return typeset(
            f"Le programme retenu est déjà le plus robuste : au pire ({label}), il demande"
            f" {euros(kept)} d'effort, et aucun autre qui couvre autant de besoins n'en demande"
            " moins."
        )
    price = robust.price_eur or 0.0
    cost = (
        "ne coûte rien de plus que le meilleur à besoins égaux"
        if price < HALF_EURO
        else f"coûte {euros(price)} de plus que le meilleur à besoins égaux"
    )
    return typeset(
        f"Au pire, le programme retenu demande {euros(kept)} d'effort ({label}). Le programme le"
        f" plus robuste n'en demande que {euros(robust.worst_eur)}, {euros(saved)} de moins ; si"
        f" tout se passe comme prévu, il {cost}."
        f"{_unproved(robust.status, robust.bound_eur)}"
    )


def breaking_table(feasibility: Feasibility) -> Sheet | None:
    """Say how far each trouble can go, the first to break on top; None without a programme."""
    argument = feasibility.argument
    if argument is None or not argument.breaking:
        return None
    rows = [
        {
            "what": TROUBLES[point.trouble],
            "holds": _reach(point),
            "tried": _amount(point.trouble, point.tried),
        }
        for point in argument.breaking
    ]
    columns = [
        Column(name="what", header="Aléa, seul"),
        Column(name="holds", header="Le programme retenu tient jusqu'à"),
        Column(name="tried", header="Essayé jusqu'à"),
    ]
    notes = [
        (
            "Tient : les fonds propres et les subventions nécessaires restent dans leurs limites."
            " Le premier aléa est celui qui casse le plus tôt, en part de ce qui a été essayé."
            " Taux : ceux des prêts des logements, sans le préfinancement."
        )
    ]
    return sheet(
        "Ce qui casse",
        "Jusqu'où tient le programme retenu, aléa par aléa",
        rows,
        columns,
        notes=notes,
    )


def breaking_sentence(feasibility: Feasibility) -> str:
    """Name what breaks the kept programme first; empty without a programme."""
    argument = feasibility.argument
    if argument is None or not argument.breaking:
        return ""
    first = argument.breaking[0]
    if first.reached is None:
        return "Aucun des aléas essayés seul ne met le programme retenu hors de ses limites."
    what = TROUBLES[first.trouble].lower()
    if first.reached <= 0:
        return typeset(f"Le programme retenu n'a aucune marge : {what}, la moindre hausse casse.")
    return typeset(
        f"Premier point de rupture : {what} ; le programme retenu tient jusqu'à {_reach(first)}."
    )


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _reach(point: Breaking) -> str:
    if point.reached is None:
        return "la fin de l'essai"
    return _amount(point.trouble, point.reached)


def _amount(trouble: str, value: float) -> str:
    """Write how far a trouble goes, rounded down."""
    if trouble == "rate":
        points = math.floor(value * TENTH * 10 + 1e-9) / 100
        written = number(points, 0 if points.is_integer() else 2)
        return typeset(f"+{NBSP}{written} {'point' if points < 2 else 'points'}")
    tenths = math.floor(value * TENTH + 1e-9)
    share = percent(tenths / TENTH, 0 if tenths % 10 == 0 else 1)
    return typeset(f"{share} des acheteurs" if trouble == "dropout" else f"+{NBSP}{share}")


def _unproved(status: str, bound: float | None) -> str:
    if status == "optimal" or bound is None:
        return ""
    return f" Non prouvé : un programme pourrait ne demander que {euros(bound)} au pire."
