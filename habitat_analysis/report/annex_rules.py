"""The rules in force, first page of the annex of the group: written before any result."""

from __future__ import annotations

from typing import Final

from habitat_analysis.feasibility.story import Allotted
from habitat_analysis.formats import date_long, euros, number, quoted, typeset
from habitat_analysis.report.annex_names import GroupNames
from habitat_analysis.report.sections_vote import RULE_LABELS
from habitat_analysis.report.sheets import Column, Sheet, sheet
from habitat_analysis.study import Residents, Study

FAIRNESS: Final = (
    "D'abord, le plus grand nombre de ménages ayant un logement.",
    "Ensuite, le moins possible de ménages au dernier rang de vœu, puis au rang d'avant, etc.",
)
EVERYWHERE: Final = "tout le site"


def rule_sentences(study: Study) -> tuple[str, ...]:
    """List the order of fairness and what settles what is left."""
    told = [*FAIRNESS, _last_stage(study), _after_departures(study.residents)]
    told.append(_quotas(study.residents))
    told.append(_vote(study.residents))
    return tuple(typeset(sentence) for sentence in told if sentence)


def bound_table(study: Study, names: GroupNames) -> Sheet | None:
    """List the bounds voted by their label, never by the values that they count."""
    allotment = study.residents.allotment
    if allotment is None or not allotment.bounds:
        return None
    rows = [
        {
            "label": names.labels[bound.id],
            "where": bound.building or EVERYWHERE,
            "min": bound.min,
            "max": bound.max,
        }
        for bound in allotment.bounds
    ]
    columns = [
        Column(name="label", header="Limite votée"),
        Column(name="where", header="Où"),
        Column(name="min", header="Ménages au moins", kind="whole", absent="—"),
        Column(name="max", header="Ménages au plus", kind="whole", absent="—"),
    ]
    note = "Ce que compte chaque limite n'est pas écrit ici : la coopérative le garde."
    return sheet("Limites", "Limites votées par le groupe", rows, columns, notes=[note])


def fixed_pairs(allotted: Allotted, names: GroupNames) -> Sheet | str:
    """List the pairs fixed before solving, by number."""
    fixed = allotted.wishes.fixed
    if not fixed:
        return typeset("Aucune paire n'a été fixée par le groupe avant le calcul.")
    rows = [
        {"household": names.household(name), "dwelling": fixed[name]}
        for name in names.sorted(fixed)
    ]
    columns = [
        Column(name="household", header="Ménage"),
        Column(name="dwelling", header="Logement fixé"),
    ]
    return sheet("Paires fixées", "Paires fixées par le groupe avant le calcul", rows, columns)


def retention_words(residents: Residents) -> str:
    """Say until when the annex may be kept."""
    if residents.keep_until is None:
        return "à préciser"
    return f"jusqu'au {date_long(residents.keep_until)}"


def _last_stage(study: Study) -> str:
    allotment = study.residents.allotment
    draw = f"un tirage à la graine publiée {study.seed}"
    if allotment is not None and allotment.last_stage == "points":
        return (
            "Entre propositions aussi justes, les points votés servent d'abord les ménages qui en "
            f"ont le plus ; à égalité, {draw}, sans regarder ni nom ni ordre d'arrivée."
        )
    return f"Entre propositions aussi justes, {draw}, sans regarder ni nom ni ordre d'arrivée."


def _after_departures(residents: Residents) -> str:
    if residents.allotment is not None and residents.allotment.keep_housed:
        return (
            "Après un départ : le plus grand nombre de ménages ayant un logement, sans que "
            "personne perde le sien pour un autre, puis le moins de déménagements."
        )
    return (
        "Après un départ : le plus grand nombre de ménages ayant un logement, puis le moins de "
        "déménagements."
    )


def _quotas(residents: Residents) -> str:
    if not residents.quotas:
        return ""
    n = len(residents.quotas)
    quotas = "un quota de mixité voté" if n == 1 else f"{number(n)} quotas de mixité votés"
    return f"Le groupe est formé sous {quotas}."


def _vote(residents: Residents) -> str:
    vote = residents.vote
    if vote is None:
        return ""
    when = f", décidée le {date_long(vote.decided_on)}" if vote.decided_on else ""
    return (
        f"Espaces partagés : règle {quoted(RULE_LABELS[vote.rule])}{when}, avant la lecture des "
        f"bulletins ; budget {euros(vote.budget_ttc_eur)} TTC."
    )
