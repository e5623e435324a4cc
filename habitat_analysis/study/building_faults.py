"""What contradicts itself in the buildings and phases of a study, before anything is computed."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from habitat_analysis.errors import did_you_mean
from habitat_analysis.formats import area, join_fr, percent
from habitat_analysis.study.programme import Family, Programme

Fault = tuple[tuple[str | int, ...], str, str]  # path inside « programme », why, what to do

EQUAL = 1e-9


def building_faults(programme: Programme) -> Iterator[Fault]:
    """Find every contradiction between the buildings, their mix, the phases and the rooms.

    Parameters
    ----------
    programme
        The part « programme » of a study, each key of which is right by itself.

    Returns
    -------
    faults
        Place in the part, reason and remedy, in French.
    """
    if not programme.buildings:
        yield from _orphans(programme)
        return
    yield from _capacities(programme)
    yield from _phases(programme)
    yield from _rooms(programme)
    yield from _typed(programme)
    yield from _mix(programme)


def _orphans(programme: Programme) -> Iterator[Fault]:
    """Name the keys that speak of buildings when the study has none."""
    remedy = "Décrivez les bâtiments dans « programme.batiments », ou retirez cette clé."
    why = "l'étude ne décrit aucun bâtiment."
    if programme.building_mix is not None:
        yield ("mixite_par_batiment",), why, remedy
    if programme.phases:
        yield ("phases",), why, remedy
    if programme.imposed is not None and programme.imposed.by_building:
        yield ("programme_impose", "batiments"), why, remedy
    for rank, room in enumerate(programme.spaces):
        if room.building is not None:
            yield ("espaces_partages", rank, "batiment"), why, remedy


def _capacities(programme: Programme) -> Iterator[Fault]:
    total = sum(building.shab_share or 0.0 for building in programme.buildings)
    if total > 1 + EQUAL:
        yield (
            ("batiments",),
            f"les « part_shab » font {percent(total)} du site, plus que le site entier.",
            "Baissez-les pour que leur somme ne dépasse pas 1.",
        )
    smallest = min(programme.typologies, key=lambda size: size.shab_m2)
    for rank, building in enumerate(programme.buildings):
        if building.shab_max_m2 is not None and building.shab_max_m2 < smallest.shab_m2:
            yield (
                ("batiments", rank, "shab_max_m2"),
                (
                    f"{area(building.shab_max_m2)} ne contiennent pas le plus petit logement"
                    f" ({smallest.id}, {area(smallest.shab_m2)})."
                ),
                "Agrandissez ce bâtiment ou retirez-le.",
            )
    most = [building.dwellings_max for building in programme.buildings]
    if None not in most and sum(n or 0 for n in most) < programme.dwellings_min:
        yield (
            ("batiments",),
            (
                f"les bâtiments tiennent {sum(n or 0 for n in most)} logements au plus, l'étude en"
                f" demande {programme.dwellings_min}."
            ),
            "Accordez « logements_min » et les « logements_max » des bâtiments.",
        )


def _phases(programme: Programme) -> Iterator[Fault]:
    stated = sorted(phase.number for phase in programme.phases)
    for rank, building in enumerate(programme.buildings):
        if stated and building.phase not in stated:
            yield (
                ("batiments", rank, "phase"),
                f"la phase {building.phase} n'est pas dans « programme.phases ».",
                f"Phases décrites : {join_fr([str(n) for n in stated])}.",
            )
    used = {building.phase for building in programme.buildings}
    for rank, phase in enumerate(programme.phases):
        if phase.number not in used:
            yield (
                ("phases", rank),
                f"aucun bâtiment n'est en phase {phase.number}.",
                "Donnez cette phase à un bâtiment, ou retirez-la.",
            )
    dated = sorted(
        (phase.number, phase.start_month, rank)
        for rank, phase in enumerate(programme.phases)
        if phase.start_month is not None
    )
    for (before, start, _), (number, month, rank) in itertools.pairwise(dated):
        if month < start:
            yield (
                ("phases", rank, "debut_mois"),
                (
                    f"la phase {number} commence au mois {month}, avant la phase {before}"
                    f" (mois {start})."
                ),
                "Numérotez les phases dans leur ordre.",
            )


def _rooms(programme: Programme) -> Iterator[Fault]:
    """Name the rooms put in an unknown building, and those that their building cannot hold."""
    known = {building.id: building for building in programme.buildings}
    for rank, room in enumerate(programme.spaces):
        if room.building is not None and room.building not in known:
            yield (
                ("espaces_partages", rank, "batiment"),
                f"« {room.building} » n'est pas un bâtiment de l'étude.",
                f"Bâtiments décrits : {join_fr(list(known))}."
                f" {did_you_mean(room.building, known)}".rstrip(),
            )
    due = [room for room in programme.spaces if room.mandatory]
    for rank, building in enumerate(programme.buildings):
        inside = sum(room.area_m2 for room in due if room.building == building.id)
        if building.shab_max_m2 is not None and inside > building.shab_max_m2 + EQUAL:
            yield (
                ("batiments", rank, "shab_max_m2"),
                (
                    f"les locaux partagés obligatoires de ce bâtiment font {area(inside)}, il en"
                    f" contient {area(building.shab_max_m2)}."
                ),
                "Agrandissez-le, ou mettez un de ces locaux ailleurs.",
            )
    sizes = [building.shab_max_m2 for building in programme.buildings]
    asked, held = sum(room.area_m2 for room in due), sum(size or 0.0 for size in sizes)
    if None not in sizes and asked > held + EQUAL:
        yield (
            ("batiments",),
            f"les locaux partagés obligatoires font {area(asked)}, les bâtiments {area(held)}.",
            "Agrandissez les bâtiments, ou rendez un local facultatif.",
        )


def _typed(programme: Programme) -> Iterator[Fault]:
    """Name what the group typed building by building and that does not add up to its programme."""
    typed = programme.imposed
    if typed is None or not typed.by_building:
        return
    path = ("programme_impose", "batiments")
    known = [building.id for building in programme.buildings]
    for name in typed.by_building:
        if name not in known:
            yield (
                (*path, name),
                f"« {name} » n'est pas un bâtiment de l'étude.",
                f"Bâtiments décrits : {join_fr(known)}. {did_you_mean(name, known)}".rstrip(),
            )
    cells: Counter[tuple[str, str]] = Counter()
    for units in typed.by_building.values():
        for size, by_tenure in units.items():
            cells.update({(size, code): n for code, n in by_tenure.items()})
    wanted: Counter[tuple[str, str]] = Counter()
    for size, by_tenure in typed.units.items():
        wanted.update({(size, code): n for code, n in by_tenure.items()})
    for cell in sorted({*cells, *wanted}):
        found, asked = cells[cell], wanted[cell]
        if found != asked:
            yield (
                path,
                f"{' '.join(cell)} : {found} dans les bâtiments, {asked} dans « logements ».",
                "Accordez les deux, ou retirez « batiments » : l'outil répartit au mieux.",
            )


def _mix(programme: Programme) -> Iterator[Fault]:
    mix = programme.building_mix
    if mix is None:
        return
    families = {family.id: family for family in programme.families}
    most, offered = mix.tenure_max, len(programme.tenures)
    if most is not None and most * offered < 1 - EQUAL:
        yield (
            ("mixite_par_batiment", "part_max_statut"),
            f"{offered} statuts à {percent(most)} au plus ne remplissent aucun bâtiment.",
            f"Écrivez au moins {1 / offered:.2g}, ou offrez plus de statuts.",
        )
    for rank, rule in enumerate(mix.families):
        path = ("mixite_par_batiment", "familles", rank)
        family = families.get(rule.family)
        if family is None:
            yield (
                (*path, "famille"),
                f"« {rule.family} » n'est pas une famille de « programme.familles ».",
                f"Familles décrites : {join_fr(list(families)) or 'aucune'}."
                f" {did_you_mean(rule.family, families)}".rstrip(),
            )
            continue
        reach = _reach(programme, family)
        if rule.min is not None and rule.min > reach + EQUAL:
            yield (
                (*path, "min"),
                (
                    f"{percent(rule.min)} au moins pour « {family.label} », mais"
                    f" « part_max_statut » ne laisse que {percent(reach)} à ses statuts."
                ),
                "Relevez « part_max_statut » ou baissez ce minimum.",
            )
    yield from _too_much(programme, families)


def _reach(programme: Programme, family: Family) -> float:
    """Return the largest share a family can have in a building, from the limit of each tenure."""
    most = programme.building_mix.tenure_max if programme.building_mix else None
    offered = len(set(family.tenures) & set(programme.tenures))
    return min(1.0, offered * (1.0 if most is None else most))


def _too_much(programme: Programme, families: dict[str, Family]) -> Iterator[Fault]:
    """Refuse minimum shares above the whole, of families without a common tenure."""
    rules = programme.building_mix.families if programme.building_mix else ()
    asked = [rule for rule in rules if rule.min and rule.family in families]
    codes = [code for rule in asked for code in families[rule.family].tenures]
    total = sum(rule.min or 0.0 for rule in asked)
    if len(set(codes)) == len(codes) and total > 1 + EQUAL:
        yield (
            ("mixite_par_batiment", "familles"),
            f"les minimums font {percent(total)} des logements de chaque bâtiment.",
            "Baissez-les pour que leur somme ne dépasse pas 1.",
        )
