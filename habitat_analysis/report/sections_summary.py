"""Page one of a report: the verdict, its reasons, five figures and what they rest on."""

from __future__ import annotations

from typing import Any, Final

from habitat_analysis.bareme_tables import CONFIDENCES, MEMORY
from habitat_analysis.feasibility import Feasibility, covered_sentence, effort_sentence
from habitat_analysis.formats import count, euros, join_fr, quoted, typeset
from habitat_analysis.programme.optimum import proof_sentence
from habitat_analysis.programme.way_words import conflict_sentence, way_sentence
from habitat_analysis.programme.wording import STATUS_LABELS, rule_label
from habitat_analysis.report.fact_words import fact_label
from habitat_analysis.report.sheets import Column, Quantity, Sheet, counted, sheet

MOST_NAMED: Final = 3  # values from memory named on page one
WORDS: Final = {
    "faisable": "Faisable",
    "faisable sous conditions": "Faisable sous conditions",
    "infaisable": "Infaisable",
    "sans réponse": "Sans réponse",
}


def verdict_word(feasibility: Feasibility) -> str:
    """Say the verdict in a word."""
    return WORDS[feasibility.verdict.word]


def verdict_sentence(feasibility: Feasibility) -> str:
    """Say the verdict in one sentence, with what is proved."""
    optimum = feasibility.optimum
    if optimum.programme is None:
        return typeset(f"Verdict : {feasibility.verdict.word}. {STATUS_LABELS[optimum.status]}.")
    return typeset(f"Verdict : {feasibility.verdict.word}. {proof_sentence(optimum)}")


def key_figures(feasibility: Feasibility) -> Sheet:
    """Give the five figures of page one; those of the site when there is no programme."""
    rows = _programme_figures(feasibility) if feasibility.programme else _site_figures(feasibility)
    columns = [
        Column(name="what", header="Indicateur"),
        Column(name="value", header="Valeur", kind="mixed"),
    ]
    if feasibility.programme:
        columns.append(Column(name="detail", header="Précision", absent=""))
    return sheet("Chiffres clés", "Cinq chiffres clés", rows, columns)


def ways_out(feasibility: Feasibility) -> Sheet | None:
    """List what would make a programme possible, one limit at a time; None when there is one."""
    diagnosis, case = feasibility.diagnosis, feasibility.file.case
    if diagnosis is None or not diagnosis.ways_out:
        return None
    enough = [way for way in diagnosis.ways_out if way.enough]
    rows = [
        {"way": way_sentence(case, way), "proved": "oui" if way.proved else "non"} for way in enough
    ]
    columns = [
        Column(name="way", header="Il suffirait, seul"),
        Column(name="proved", header="Vérifié des deux côtés"),
    ]
    useless = [_lower(rule_label(case, way.rule)) for way in diagnosis.ways_out if not way.enough]
    notes = [
        "Vérifié : avec cette concession un programme existe, avec un peu moins aucun n'existe."
    ]
    if useless:
        notes.append(f"Ne suffisent pas, même levées seules : {join_fr(useless)}.")
    return sheet("Issues", "Ce qui rendrait un programme possible", rows, columns, notes=notes)


def conflict(feasibility: Feasibility) -> str:
    """Name the limits that cannot hold together; empty when there is a programme."""
    diagnosis = feasibility.diagnosis
    if diagnosis is None or diagnosis.status != "infeasible":
        return ""
    return conflict_sentence(feasibility.file.case, diagnosis.conflict)


def warnings(feasibility: Feasibility) -> tuple[str, ...]:
    """Say on page one what the figures rest on and cannot be forgotten."""
    said = [facts_sentence(feasibility), *_from_memory(feasibility)]
    if not feasibility.rules.was_read:
        said.append(
            f"Capacité sous règles supposées : le règlement de la zone {feasibility.zone_label} "
            "n'a pas été lu."
        )
    states = feasibility.ground.territory.states
    absent = states.loc[states["state"] != "examiné", "layer"]
    if len(absent):
        said.append(f"Non examiné : {join_fr([str(layer).lower() for layer in absent])}.")
    if feasibility.ground.needs is None:
        said.append("Aucun groupe de ménages n'est constitué : les besoins ne sont pas examinés.")
    known = set(feasibility.verdict.conditions)  # said just above on the page
    return tuple(text for text in map(typeset, said) if text not in known)


def facts_sentence(feasibility: Feasibility) -> str:
    """Count the regulated values used, those flagged, and apart those projected."""
    facts = feasibility.facts
    projected = sum(fact.projected for fact in facts)
    flagged = sum(bool(fact.flags) and not fact.projected for fact in facts)
    text = (
        f"{count(len(facts), 'valeur réglementaire utilisée', 'valeurs réglementaires utilisées')}"
    )
    text += f", dont {flagged} avec réserve"
    if projected:
        carried = count(projected, "prolongée", "prolongées")
        text += f" et {carried} au-delà de sa dernière révision connue"
    return typeset(f"{text} (sources en section 12).")


def _from_memory(feasibility: Feasibility) -> tuple[str, ...]:
    """Name the values given from memory, when they are few enough to be read."""
    doubtful = [fact for fact in feasibility.facts if fact.confidence == MEMORY]
    named = list(dict.fromkeys(fact_label(fact) for fact in doubtful))
    if not named or len(named) > MOST_NAMED:
        return ()
    return (f"{CONFIDENCES[MEMORY].capitalize()} : {' ; '.join(named)}.",)


def scenario_sentence(feasibility: Feasibility) -> str:
    """Name the scenario and what it moves."""
    scenario = feasibility.scenario
    return typeset(f"Scénario {quoted(scenario.label)}.")


def effort_parts(feasibility: Feasibility) -> str:
    """Name the parts of the « effort à réunir »: it is never shown alone."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return ""
    helped = euros(evaluation.subsidies_eur + evaluation.topup_eur)
    text = f"{euros(evaluation.equity_eur)} de fonds propres et {helped} de subventions"
    if evaluation.topup_eur > 0:
        text += f", dont {euros(evaluation.topup_eur)} de complément à obtenir"
    return text


def effort_line(feasibility: Feasibility) -> str:
    """Say the « effort à réunir » in its parts; "" without a programme."""
    return effort_sentence(feasibility)


def _programme_figures(feasibility: Feasibility) -> list[dict[str, Any]]:
    evaluation, mix = feasibility.optimum.evaluation, feasibility.mix
    assert evaluation is not None  # noqa: S101 - a programme has its evaluation
    assert mix is not None  # noqa: S101
    social = mix.social.rental
    per_m2 = evaluation.cost_eur / evaluation.shab_m2 if evaluation.shab_m2 else float("nan")
    needs = feasibility.ground.needs
    covered: Any = counted(evaluation.housed, "besoin") if needs else "sans groupe"
    return [
        {
            "what": "Logements",
            "value": counted(evaluation.dwellings, "logement"),
            "detail": _capacity_words(feasibility.capacity.dwellings),
        },
        {
            "what": "Besoins couverts",
            "value": covered,
            "detail": covered_sentence(feasibility),
        },
        {
            "what": "Effort à réunir",
            "value": Quantity(value=evaluation.public_money_eur, unit="€"),
            "detail": effort_parts(feasibility),
        },
        {
            "what": "Coût de l'opération, TTC",
            "value": Quantity(value=evaluation.cost_eur, unit="€"),
            "detail": str(Quantity(value=per_m2, unit="€\u00a0TTC/m²\u00a0SHAB")),
        },
        {
            "what": "Part de locatif social",
            "value": Quantity(
                value=float("nan") if social is None else social, unit="%", decimals=1
            ),
            "detail": "part des logements du programme",
        },
    ]


def _capacity_words(dwellings: int) -> str:
    return typeset(f"capacité estimée : {count(dwellings, 'logement')} de taille moyenne")


def _site_figures(feasibility: Feasibility) -> list[dict[str, Any]]:
    capacity, wanted = feasibility.capacity, feasibility.ground.study.programme
    return [
        {"what": "Surface du site", "value": Quantity(value=capacity.site_area_m2, unit="m²")},
        {
            "what": "Surface de plancher (SDP) possible",
            "value": Quantity(value=capacity.sdp_m2, unit="m²"),
        },
        {
            "what": "Surface habitable (SHAB) possible",
            "value": Quantity(value=capacity.shab_m2, unit="m²"),
        },
        {"what": "Capacité estimée", "value": counted(capacity.dwellings, "logement")},
        {
            "what": "Minimum demandé par l'étude",
            "value": counted(wanted.dwellings_min, "logement"),
        },
    ]


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
