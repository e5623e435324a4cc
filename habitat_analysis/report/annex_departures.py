"""Departures in the annex of the group: which ones break the operation, who waits, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from habitat_analysis.allocation.departures import Departure, Resilience
from habitat_analysis.feasibility.story import Allotted, GroupStory
from habitat_analysis.formats import count, number, typeset
from habitat_analysis.report.annex_names import GroupNames
from habitat_analysis.report.sheets import Column, Sheet, sheet

NO_WAY: Final = "limites ou paires fixées à revoir"


def departures_sentence(resilience: Resilience) -> str:
    """Say how many departures, alone, break the operation."""
    alone = [line for line in resilience.departures if len(line.left) == 1]
    broken = sum(line.breaks for line in alone)
    needed = count(resilience.needed, "ménage", "ménages")
    if not broken:
        return typeset(
            f"L'opération demande {needed} ayant un logement ; aucun départ seul ne la met en "
            "défaut."
        )
    return typeset(
        f"L'opération demande {needed} ayant un logement ; {number(broken)} départs sur "
        f"{number(len(alone))} la mettent en défaut à eux seuls."
        if broken > 1
        else f"L'opération demande {needed} ayant un logement ; un départ sur "
        f"{number(len(alone))} la met en défaut à lui seul."
    )


def departure_table(resilience: Resilience, names: GroupNames) -> Sheet | None:
    """Say what the departure of each household, alone, would do."""
    alone = [line for line in resilience.departures if len(line.left) == 1]
    if not alone:
        return None
    rows = [
        {
            "left": names.households(line.left),
            "housed": line.housed if line.possible else None,
            "moved": line.moved if line.possible else None,
            "entered": line.entered if line.possible else None,
            "breaks": line.breaks,
            "missing": _missing(line),
        }
        for line in sorted(alone, key=lambda line: names.number(line.left[0]))
    ]
    columns = [
        Column(name="left", header="Ménage qui part"),
        Column(name="housed", header="Ménages ayant un logement", kind="whole", absent="—"),
        Column(name="moved", header="Changent de logement", kind="whole", absent="—"),
        Column(name="entered", header="Entrent de la liste", kind="whole", absent="—"),
        Column(name="breaks", header="Opération en défaut"),
        Column(name="missing", header="Ménages à trouver"),
    ]
    return sheet("Départs", "Si un ménage part", rows, columns)


def breaking_sets(resilience: Resilience, names: GroupNames) -> tuple[str, ...]:
    """List the smallest sets of several departures that break the operation."""
    several = [left for left in resilience.breaking if len(left) > 1]
    ordered = sorted(several, key=lambda left: (len(left), sorted(map(names.number, left))))
    return tuple(typeset(f"Départ commun de {names.households(left)}.") for left in ordered)


def waiting_table(story: GroupStory, names: GroupNames) -> Sheet | None:
    """Give the waiting list of the dwellings put to the group, in order.

    Only households that ranked these dwellings: those who would rent are not the group's list.
    """
    if story.allotted is None:
        return None
    order = waiting_order(story, story.allotted)
    if not order:
        return None
    rows = [
        {"rank": f"{rank}", "household": names.household(name)}
        for rank, name in enumerate(order, start=1)
    ]
    columns = [
        Column(name="rank", header="Rang sur la liste"),
        Column(name="household", header="Ménage"),
    ]
    return sheet("Liste d'attente", "Liste d'attente, dans l'ordre", rows, columns)


def waiting_order(story: GroupStory, allotted: Allotted) -> tuple[str, ...]:
    """Order the households who wait and ranked dwellings as the waiting list does."""
    listed = {name: rank for rank, name in enumerate(story.formation.formed.waiting_list)}
    return tuple(sorted(allotted.waiting, key=lambda name: (listed.get(name, len(listed)), name)))


def waiting_sentences(allotted: Allotted) -> tuple[str, ...]:
    """Say how long a waiting list the departures tried and the stated probability ask for."""
    told: list[str] = []
    if allotted.resilience is not None:
        told += _worst_cases(allotted.resilience)
    if allotted.waiting_list_needed is not None:
        n = count(allotted.waiting_list_needed, "ménage", "ménages")
        have = number(len(allotted.waiting))
        told.append(
            f"Avec la probabilité de départ dite dans l'étude, la liste d'attente devrait compter "
            f"{n} ; elle en compte {have}."
        )
    return tuple(typeset(sentence) for sentence in told)


def _worst_cases(resilience: Resilience) -> Sequence[str]:
    return [
        f"Au pire, {count(size, 'départ', 'départs')} à la fois : "
        f"{count(missing, 'ménage', 'ménages')} à trouver au-delà de la liste d'attente."
        for size, missing in sorted(resilience.waiting_list.items())
    ]


def _missing(line: Departure) -> str:
    return NO_WAY if line.missing is None else number(line.missing)
