"""What the land may cost in a report: the charge foncière admissible and the compte à rebours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.answers import NO_EQUITY_LIMIT
from habitat_analysis.feasibility.argued import LandValue
from habitat_analysis.feasibility.land_walk import LandWalk, land_walk
from habitat_analysis.formats import euros, euros_m2, join_fr, percent, typeset
from habitat_analysis.programme.land_bill import PROBE_EUR
from habitat_analysis.report.sections_rental import whole_euros
from habitat_analysis.report.sheets import NOT_APPLICABLE, Column, Sheet, sheet

HALF_EURO: Final = 0.5
NO_PRICE: Final = (
    "Charge foncière admissible : aucune. Aucun programme ne respecte les limites de l'étude, à "
    "aucun prix du terrain : ce n'est pas le terrain qui empêche l'opération."
)
NOT_FOUND: Final = (
    "Charge foncière admissible : non trouvée dans le temps accordé au calcul ; cela ne dit rien "
    "du terrain."
)
HEADING: Final = "Ce que le terrain peut coûter"

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "equity": (
        "Fonds propres et subvention complémentaire retirés",
        "le compte à rebours n'en compte pas",
    ),
    "programme": (
        "Programme retenu, au lieu de celui qui porte le terrain le plus cher",
        "l'étude choisit d'abord ses objectifs, pas le prix du terrain",
    ),
    "accounts": (
        "Comptes détaillés, au lieu du calcul",
        "TVA, frais de vente et prêts de chaque statut",
    ),
    "others": (
        "Besoin du locatif et de la SCIAPP laissé à d'autres ressources",
        "les ventes ne financent plus qu'elles-mêmes",
    ),
    "vat": (
        "TVA des charges fixes",
        "le compte à rebours est HT : un euro gagné ou perdu y pèse plus",
    ),
    "margin": ("Marge visée des ventes", "le compte à rebours la réserve"),
    "other_land": (
        "Foncier compté pour les autres statuts",
        "chaque vente ne paie que sa part du foncier",
    ),
    "land_lines": (
        "Autres lignes de foncier de l'étude",
        "le compte à rebours les compte avec le terrain",
    ),
}


def land_value_sentence(feasibility: Feasibility) -> str:
    """Say what the land may cost beside what the study counts; "" when it was not looked for."""
    argument = feasibility.argument
    if argument is None:
        return ""
    land = argument.land
    if land is None:
        return typeset(_why_none(feasibility))
    counted = f"l'étude compte {euros(round(land.counted_ht_eur))} HT"
    if land.admissible_ht_eur < 0:
        missing = -land.admissible_ht_eur
        return typeset(
            f"Même un terrain gratuit est trop cher : il manquerait encore {euros(round(missing))} "
            f"pour que l'opération tienne dans les limites de l'étude ; {counted}."
        )
    per = [f"{euros_m2(round(land.per_land_m2_eur))} de terrain"]
    if land.per_sdp_m2_eur is not None:
        per.append(euros_m2(round(land.per_sdp_m2_eur), "SDP"))
    reach = "au moins" if land.bill.status == "feasible" else "jusqu'à"
    return typeset(
        f"Le terrain peut coûter {reach} {euros(round(land.admissible_ht_eur))} HT "
        f"({', '.join(per)}) sans rompre une limite de l'étude ; {counted}{_room(land)}."
    )


def land_value_table(feasibility: Feasibility) -> Sheet | None:
    """Set the land counted beside what it may cost; None when it was not found."""
    land = None if feasibility.argument is None else feasibility.argument.land
    if land is None:
        return None
    gap = land.admissible_ht_eur - land.counted_ht_eur
    rows = [
        _row("Terrain compté par l'étude", land.counted_ht_eur, land),
        _row("Charge foncière admissible", land.admissible_ht_eur, land),
        _row("Différence", gap, land),
    ]
    columns = [
        Column(name="what", header="Prix du terrain nu"),
        Column(name="total", header="Total (€ HT)", kind="whole"),
        Column(name="land", header="Par m² de terrain (€ HT)", kind="whole"),
        Column(name="sdp", header="Par m² de SDP permise (€ HT)", kind="whole",
               absent=NOT_APPLICABLE),
    ]  # fmt: skip
    notes = [
        (
            "Charge foncière admissible : prix HT du terrain nu le plus haut pour lequel un "
            "programme respecte encore toutes les limites de l'étude, tous les fonds propres et "
            "toute la subvention complémentaire permis étant dépensés, sans marge visée. Ce "
            "programme peut différer du programme retenu. SDP : surface de plancher permise par "
            "les règles."
        ),
        _proof(land),
    ]
    return sheet(
        "Charge foncière", "Charge foncière admissible, en euros HT", rows, columns, notes=notes
    )


def land_walk_table(feasibility: Feasibility) -> Sheet | None:
    """Lead from the charge foncière admissible to the compte à rebours; None without sales."""
    walk = land_walk(feasibility)
    if walk is None:
        return None
    shown = [name for name, eur in walk.steps.items() if abs(eur) >= HALF_EURO]
    amounts = whole_euros(
        [walk.start_eur, *(walk.steps[name] for name in shown)], total=round(walk.end_eur)
    )
    rows: list[dict[str, Any]] = [
        {
            "what": "Charge foncière admissible de l'opération",
            "amount": amounts[0],
            "why": "tous les statuts, toutes les aides permises",
        },
        *(
            {"what": STEPS[name][0], "amount": amount, "why": STEPS[name][1]}
            for name, amount in zip(shown, amounts[1:], strict=True)
        ),
        {
            "what": "Compte à rebours des statuts vendus",
            "amount": round(walk.end_eur),
            "why": "chaque vente seule, à sa marge visée",
        },
    ]
    columns = [
        Column(name="what", header="Ligne"),
        Column(name="amount", header="Montant (€ HT)", kind="whole"),
        Column(name="why", header="Ce que la ligne veut dire"),
    ]
    caption = "De la charge foncière admissible au compte à rebours des ventes, en euros HT"
    return sheet("Passage au compte à rebours", caption, rows, columns, total=True,
                 notes=_walk_notes(feasibility, walk))  # fmt: skip


def _walk_notes(feasibility: Feasibility, walk: LandWalk) -> list[str]:
    target = feasibility.ground.study.montage.target_margin
    parts = [f"{code} {euros(round(eur))}" for code, eur in walk.by_tenure.items()]
    notes = [
        (
            f"Compte à rebours par statut : {join_fr(parts)}, à {percent(target)} de marge visée. "
            "Les deux prix répondent à deux questions : ce que l'opération entière peut payer, et "
            "ce que paient les ventes seules."
        )
    ]
    if walk.same_programme:
        notes.append("Le programme retenu est aussi celui qui porte le terrain le plus cher.")
    return notes


def _why_none(feasibility: Feasibility) -> str:
    if feasibility.file.case.rules.equity_max_eur is None:
        return NO_EQUITY_LIMIT
    return NO_PRICE if feasibility.optimum.status == "infeasible" else NOT_FOUND


def _room(land: LandValue) -> str:
    """Say what is left to negotiate, or by how much the land counted is too dear."""
    gap = land.admissible_ht_eur - land.counted_ht_eur
    if abs(gap) < HALF_EURO:
        return ""
    if gap < 0:
        return f", soit {euros(round(-gap))} de trop"
    return f", soit {euros(round(gap))} de marge de négociation"


def _proof(land: LandValue) -> str:
    """Say whether the price was tried on both sides."""
    step = euros(PROBE_EUR)
    if land.proof is not None and land.proof.holds:
        return (
            f"Prouvé des deux côtés en résolvant de nouveau le problème : {step} de moins sur le "
            f"coût TTC du terrain et un programme existe, {step} de plus et il n'y en a plus."
        )
    bound = land.bound_ht_eur
    most = "" if bound is None else f" ; le plus haut non exclu est {euros(round(bound))} HT"
    return f"Non prouvé des deux côtés : ce prix est possible, un prix plus haut peut l'être{most}."


def _row(what: str, eur: float, land: LandValue) -> dict[str, Any]:
    sdp = eur / land.sdp_m2 if land.sdp_m2 else None
    return {"what": what, "total": eur, "land": eur / land.land_m2, "sdp": sdp}
