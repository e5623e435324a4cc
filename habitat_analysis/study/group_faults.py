"""What contradicts itself in what a study says of its residents, before any file is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from habitat_analysis.errors import did_you_mean
from habitat_analysis.formats import count, join_fr, number, percent, quoted
from habitat_analysis.study.group import Allotment, GroupBound, Residents
from habitat_analysis.study.land import Files
from habitat_analysis.study.legal_persons import legal_person_faults
from habitat_analysis.study.pool import pool_faults
from habitat_analysis.study.programme import Programme
from habitat_analysis.tenures import tenures

Fault = tuple[tuple[str | int, ...], str, str]  # path in the study, why, what to do

RENTAL: Final = "locatif"


class _Limit(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def attribute(self) -> str: ...
    @property
    def values(self) -> tuple[str, ...]: ...
    @property
    def min(self) -> float | None: ...
    @property
    def max(self) -> float | None: ...


def group_faults(residents: Residents, files: Files, programme: Programme) -> Iterator[Fault]:
    """Find every contradiction between the choices on residents, the files and the programme.

    Parameters
    ----------
    residents, files, programme
        Parts of a study, each key of which is right by itself.

    Returns
    -------
    faults
        Place in the study, reason and remedy, in French.
    """
    yield from _early_files(residents, files)
    yield from _pool(residents, files)
    if residents.mode == "conjoint" and residents.pool is None and files.candidates is None:
        yield (
            ("groupe", "mode"),
            "choisir le programme et le groupe ensemble demande des candidats.",
            "Ajoutez « fichiers.candidats », ou écrivez « mode: groupe ».",
        )
    if residents.vote is not None:
        yield from _votable(programme)
    if residents.allotment is not None:
        yield from _allotment(residents.allotment, programme)
    yield from _limits(residents.quotas, ("groupe", "quotas"), percent)
    yield from _reservations(residents, programme)
    yield from legal_person_faults(residents.legal_persons, files, programme)


def _pool(residents: Residents, files: Files) -> Iterator[Fault]:
    """Name what contradicts a synthetic pool, and what makes it impossible to draw."""
    pool = residents.pool
    if pool is None:
        if files.insee_households is not None:
            yield (
                ("fichiers", "menages_insee"),
                "ce fichier sert à tirer un vivier synthétique, que l'étude ne décrit pas.",
                "Écrivez « groupe.vivier », ou retirez-le.",
            )
        return
    named = {
        "menages": files.group,
        "candidats": files.candidates,
        "voeux": files.wishes,
        "attribution_du_groupe": files.own_allocation,
    }
    for key, name in named.items():
        if name is not None:
            yield (
                ("fichiers", key),
                "un vivier synthétique remplace les ménages : aucun n'existe.",
                "Retirez ce fichier, ou « groupe.vivier ».",
            )
    for path, why, remedy in pool_faults(pool, insee=files.insee_households is not None):
        yield ("groupe", "vivier", *path), why, remedy


def _early_files(residents: Residents, files: Files) -> Iterator[Fault]:
    """Name the files that speak before the rule by which they will be read."""
    if files.ballots is not None and residents.vote is None:
        yield (
            ("fichiers", "votes"),
            "la règle du vote se décide avant de lire les bulletins.",
            "Écrivez « groupe.vote » (regle, budget_ttc), ou retirez ce fichier.",
        )
    named = {
        "voeux": files.wishes,
        "logements": files.dwellings,
        "attribution_du_groupe": files.own_allocation,
    }
    for key, name in named.items():
        if name is not None and residents.allotment is None:
            yield (
                ("fichiers", key),
                "les règles de l'attribution se décident avant de lire ce fichier.",
                "Écrivez « groupe.attribution » (site, departage, limites), ou retirez-le.",
            )
    if files.own_allocation is not None and files.wishes is None:
        yield (
            ("fichiers", "attribution_du_groupe"),
            "sans les vœux, une allocation ne peut être ni jugée ni complétée.",
            "Ajoutez « fichiers.voeux », ou retirez ce fichier.",
        )


def _votable(programme: Programme) -> Iterator[Fault]:
    """Name the rooms that cannot be put to the vote; say when none is."""
    decided = {room.id for room in programme.spaces if room.mandatory} | set(programme.fixed.spaces)
    put = [(rank, room) for rank, room in enumerate(programme.spaces) if room.id not in decided]
    if not put:
        yield (
            ("groupe", "vote"),
            "aucun espace partagé n'est à voter, tous sont déjà décidés.",
            "Écrivez « obligatoire: non » pour ceux à voter, ou retirez « groupe.vote ».",
        )
    for rank, room in put:
        if not room.cost_ttc_eur:
            yield (
                ("programme", "espaces_partages", rank, "cout_ttc"),
                f"{quoted(room.id)} est soumis au vote et ne coûte rien.",
                "Donnez son coût, ou décidez-le (« obligatoire: oui »).",
            )


def _allotment(allotment: Allotment, programme: Programme) -> Iterator[Fault]:
    path: tuple[str | int, ...] = ("groupe", "attribution")
    for idu, times in Counter(allotment.site).items():
        if times > 1:
            why = f"la parcelle {idu} est écrite {times} fois."
            yield (*path, "site"), why, "Gardez-la une fois."
    known = [building.id for building in programme.buildings]
    for rank, bound in enumerate(allotment.bounds):
        if known and bound.building is not None and bound.building not in known:
            near = did_you_mean(bound.building, known)
            yield (
                (*path, "limites", rank, "batiment"),
                f"{quoted(bound.building)} n'est pas un bâtiment de l'étude.",
                near or f"Bâtiments décrits : {join_fr(known)}.",
            )
    yield from _limits(allotment.bounds, (*path, "limites"), lambda most: number(most))


def _limits(
    limits: Sequence[_Limit], path: tuple[str | int, ...], said: Callable[[float], str]
) -> Iterator[Fault]:
    """Name the limits that limit nothing, and those that no group can honour together."""
    for rank, limit in enumerate(limits):
        if limit.min is None and limit.max is None:
            yield (
                (*path, rank),
                f"{quoted(limit.id)} n'a ni minimum ni maximum.",
                "Donnez l'un des deux, ou retirez-la.",
            )
    for rank, least in enumerate(limits):
        for most in limits:
            if least.min is None or most.max is None or least is most:
                continue  # within one limit, the model has compared them
            if least.min > most.max and _within(least, most):
                yield (
                    (*path, rank),
                    (
                        f"{quoted(least.id)} demande au moins {said(least.min)}, {quoted(most.id)}"
                        f" au plus {said(most.max)} pour les mêmes ménages."
                    ),
                    "Baissez ce minimum ou relevez ce maximum.",
                )


def _within(least: _Limit, most: _Limit) -> bool:
    """Whether every household that one limit counts, the other counts too."""
    if least.attribute != most.attribute or not set(least.values) <= set(most.values):
        return False
    around = most.building if isinstance(most, GroupBound) else None
    return around is None or (isinstance(least, GroupBound) and least.building == around)


def _reservations(residents: Residents, programme: Programme) -> Iterator[Fault]:
    """Refuse more rental dwellings reserved than there can be."""
    reserved = sum(residents.reservations.values())
    if not reserved:
        return
    if not any(tenures()[code].family == RENTAL for code in programme.tenures):
        said = count(reserved, "logement réservé", "logements réservés")
        yield (
            ("groupe", "contingents"),
            f"{said}, aucun statut locatif dans « programme.statuts ».",
            "Ajoutez un statut locatif, ou retirez les contingents.",
        )
    elif reserved > programme.dwellings_max:
        most = number(programme.dwellings_max)
        yield (
            ("groupe", "contingents"),
            f"{number(reserved)} logements réservés, le programme en compte {most} au plus.",
            "Corrigez les nombres de « groupe.contingents ».",
        )
