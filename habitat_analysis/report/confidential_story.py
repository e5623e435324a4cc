"""The story of the group in the confidential annex: everybody by pseudonym, nothing left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from habitat_analysis.feasibility.story import Allotted, GroupStory
from habitat_analysis.formats import count, join_fr, quoted
from habitat_analysis.report.confidential_households import ABSENT, WHO, state_of
from habitat_analysis.report.sheets import Column, Sheet, sheet

NEVER: Final = "Candidats à proposer, jamais une attribution : la commission (CAL) décide."
_Row = dict[str, Any]
Objection = tuple[int, str, str]  # number of the ballot, room, words


def formation_sheet(story: GroupStory) -> Sheet:
    """List the households of the pool: retained and where, waiting, left out and why."""
    formed = story.formation.formed
    out = {line.household: line for line in formed.left_out}
    waiting = {name: rank for rank, name in enumerate(formed.waiting_list, start=1)}
    names = [*formed.members, *formed.candidates, *out, *story.formation.without_cell]
    rows = [
        {
            "household": name,
            "number": story.numbers.get(name),
            "state": state_of(story, name),
            "cell": formed.members.get(name) or formed.candidates.get(name),
            "waiting": waiting.get(name),
            "why": out[name].sentence if name in out else None,
            "lost": story.formation.worth(out[name].points_lost)[1] if name in out else None,
            **story.attributes.get(name, {}),
        }
        for name in dict.fromkeys(names)
    ]
    columns = [
        WHO,
        Column(name="number", header="Numéro", kind="whole", absent=ABSENT),
        Column(name="state", header="Situation"),
        Column(name="cell", header="Logement retenu (typologie, statut)", absent=ABSENT),
        Column(name="waiting", header="Rang d'attente", kind="whole", absent=ABSENT),
        Column(name="why", header="Pourquoi non retenu", absent=ABSENT),
        Column(name="lost", header="Points que le groupe perdrait", kind="decimal", absent=ABSENT),
        Column(name="quartile", header="Quartile", absent=ABSENT),
        Column(name="age", header="Tranche d'âge", absent=ABSENT),
        Column(name="famille", header="Type de ménage", absent=ABSENT),
    ]
    caption = "Formation du groupe : retenus, liste d'attente, non retenus et pourquoi"
    return sheet("Formation", caption, rows, columns, notes=_formation_notes(story))


def wishes_sheet(allotted: Allotted) -> Sheet | None:
    """List the wishes kept, with their rank, and those taken out, with why."""
    kept: list[_Row] = [
        {"household": h.id, "dwelling": home, "rank": rank, "kept": True}
        for h in allotted.wishes.households
        for rank, home in enumerate(h.ranking, start=1)
    ]
    removed: list[_Row] = [
        {"household": line.household, "dwelling": line.dwelling, "kept": False, "why": line.why}
        for line in allotted.removed
    ]
    silent: list[_Row] = [{"household": n, "why": "n'a pas rendu de vœux"} for n in allotted.silent]
    emptied: list[_Row] = [{"household": n, "why": "aucun vœu gardé"} for n in allotted.emptied]
    rows = sorted([*kept, *removed, *silent, *emptied], key=lambda row: str(row["household"]))
    columns = [
        WHO,
        Column(name="dwelling", header="Logement", absent=ABSENT),
        Column(name="rank", header="Rang gardé", kind="whole", absent=ABSENT),
        Column(name="kept", header="Vœu gardé", absent=ABSENT),
        Column(name="why", header="Pourquoi il est écarté", absent=ABSENT),
    ]
    return sheet("Vœux", "Vœux gardés et vœux écartés", rows, columns) if rows else None


def proposal_sheet(allotted: Allotted, story: GroupStory) -> Sheet | None:
    """List the proposal with ranks, the points and the order drawn."""
    drawn = {name: rank for rank, name in enumerate(allotted.proposal.drawn, start=1)}
    rows = [
        {
            "household": line.household,
            "number": story.numbers.get(line.household),
            "dwelling": line.dwelling,
            "rank": line.rank,
            "points": allotted.wishes.household(line.household).points,
            "drawn": drawn.get(line.household),
            "fixed": line.household in allotted.wishes.fixed,
            "why": " ".join(preferred.sentence for preferred in line.preferred),
        }
        for line in allotted.explanations
    ]
    columns = [
        WHO,
        Column(name="number", header="Numéro", kind="whole", absent=ABSENT),
        Column(name="dwelling", header="Logement proposé", absent=ABSENT),
        Column(name="rank", header="Rang du vœu", kind="whole", absent=ABSENT),
        Column(name="points", header="Points", kind="decimal"),
        Column(name="drawn", header="Ordre tiré", kind="whole", absent=ABSENT),
        Column(name="fixed", header="Paire fixée"),
        Column(name="why", header="Ce qu'il préférait, et pourquoi il ne l'a pas", absent=ABSENT),
    ]
    caption = "Proposition soumise au groupe"
    revote = (allotted.revote.sentence,) if allotted.revote else ()
    return sheet("Proposition", caption, rows, columns, notes=revote) if rows or revote else None


def envy_sheet(allotted: Allotted) -> Sheet | None:
    """List the envies by pseudonym."""
    envies = allotted.envy.envies if allotted.envy else ()
    rows = [
        {
            "household": envy.household,
            "envies": envy.envies,
            "dwelling": envy.dwelling,
            "justified": envy.justified,
            "bounds": join_fr([quoted(name) for name in envy.bounds]) or None,
        }
        for envy in envies
    ]
    columns = [
        WHO,
        Column(name="envies", header="Préfère le logement de"),
        Column(name="dwelling", header="Logement"),
        Column(name="justified", header="Envie justifiée"),
        Column(name="bounds", header="Limites rompues par le changement", absent=ABSENT),
    ]
    return sheet("Envies", "Qui préfère le logement de qui", rows, columns) if rows else None


def departures_sheet(allotted: Allotted) -> Sheet | None:
    """List every set of departures tried."""
    tried = allotted.resilience.departures if allotted.resilience else ()
    rows = [
        {
            "left": join_fr(line.left),
            "n": len(line.left),
            "possible": line.possible,
            "housed": line.housed,
            "moved": line.moved,
            "entered": line.entered,
            "breaks": line.breaks,
            "missing": line.missing,
        }
        for line in tried
    ]
    columns = [
        Column(name="left", header="Ménages qui partent"),
        Column(name="n", header="Départs", kind="whole"),
        Column(name="possible", header="Règles tenables"),
        Column(name="housed", header="Ménages ayant un logement", kind="whole"),
        Column(name="moved", header="Changent de logement", kind="whole"),
        Column(name="entered", header="Entrent de la liste", kind="whole"),
        Column(name="breaks", header="Opération en défaut"),
        Column(name="missing", header="Ménages à trouver", kind="whole", absent="règles à revoir"),
    ]
    return sheet("Départs", "Départs essayés", rows, columns) if rows else None


def commission_sheet(story: GroupStory) -> Sheet | None:
    """List the candidates to propose for the rental dwellings, in the order of eligibility."""
    file = story.commission
    if file is None:
        return None
    rows = [
        {
            "household": line.household,
            "number": story.numbers.get(line.household),
            "cell": line.cell,
            "order": line.order,
            "reservations": join_fr(line.reservations) or "aucun : logements non réservés",
        }
        for line in file.candidates
    ]
    columns = [
        WHO,
        Column(name="number", header="Numéro", kind="whole", absent=ABSENT),
        Column(name="cell", header="Logement locatif (typologie, statut)"),
        Column(name="order", header="Ordre", kind="whole"),
        Column(name="reservations", header="Contingents possibles"),
    ]
    free = count(file.unreserved, "logement non réservé", "logements non réservés")
    able = count(file.proposable, "ménage proposable ensemble", "ménages proposables ensemble")
    notes = [NEVER, f"{free} ; au plus {able}.", *file.warnings]
    caption = "Candidats à proposer à la commission, jamais une attribution"
    return sheet("Candidats à la CAL", caption, rows, columns, notes=notes)


def objections_sheet(objections: Sequence[Objection]) -> Sheet | None:
    """List the objections of the vote with their words, by number of ballot."""
    rows = [{"ballot": f"{n}", "room": room, "words": words} for n, room, words in objections]
    columns = [
        Column(name="ballot", header="Bulletin"),
        Column(name="room", header="Espace partagé"),
        Column(name="words", header="Objection, mot pour mot", absent="sans motif"),
    ]
    note = "Un bulletin porte un numéro et non un pseudonyme : ne cherchez pas à les rapprocher."
    caption = "Objections du vote des espaces partagés"
    return sheet("Objections", caption, rows, columns, notes=[note]) if rows else None


def _formation_notes(story: GroupStory) -> list[str]:
    formed, formation = story.formation.formed, story.formation
    before = formation.worth(formed.points_without_quotas)[1]
    after = formation.worth(formed.points)[1]
    pool = count(formation.pool_size, "ménage", "ménages")
    free = formed.size_without_quotas
    told = [f"Vivier : {pool} ; places prises : {formed.size} ; sans les quotas : {free}."]
    if formation.has_quotas:
        told.append(f"Ce que coûte la mixité : {count(before - after, 'point')}.")
    return [*told, *story.notes]
