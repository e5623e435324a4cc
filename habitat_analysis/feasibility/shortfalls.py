"""What a site, or the group, is plainly too small for: seen before any solving, said in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.needs import GroupNeeds
from habitat_analysis.formats import area, count, euros_m2, join_fr, number, typeset
from habitat_analysis.programme.case import Case, SharedSpace, TenureTerms
from habitat_analysis.study import Study

EQUAL = 1e-6


def refuse_more_than_the_group(study: Study, needs: GroupNeeds | None) -> None:
    """Refuse a number of needs to cover that the group does not have.

    Raises
    ------
    DataError
        ``E_GROUP``, with the line of the study.
    """
    wanted = study.programme.housed_min
    known = 0 if needs is None else needs.n_households - needs.n_without_cell
    if needs is not None and needs.traits is not None:
        known += needs.n_candidates or 0
    if needs is None or wanted <= known:
        return
    alone = count(needs.n_without_cell, "ménage")
    unsuited = f", dont {alone} sans logement adapté dans l'étude" if needs.n_without_cell else ""
    msg = (
        f"Étude « {study.name} », {study.place('programme', 'besoins_couverts_min')} :"
        f" {count(wanted, 'besoin')} à couvrir au moins, le groupe compte"
        f" {count(needs.n_households, 'ménage')}{unsuited}. Écrivez au plus {number(known)}, ou"
        " complétez le fichier des ménages."
    )
    raise DataError(typeset(msg), code="E_GROUP")


def shortfalls(case: Case) -> Iterator[str]:
    """Say each single limit that no programme of this case can meet, with its figures.

    Parameters
    ----------
    case
        The question put for one site.
    """
    yield from _surface(case)
    yield from _parking(case)
    yield from _group(case)


def never_kept(case: Case) -> Iterator[str]:
    """Say each tenure whose ceiling is passed even if the whole building shares the fixed costs."""
    fixed = case.fixed_cost_eur + sum(space.cost_eur for space in _decided_rooms(case))
    if case.rules.shab_max_m2:
        yield from over_ceiling(case.tenures, shared_m2_eur=fixed / case.rules.shab_max_m2)


def over_ceiling(tenures: Iterable[TenureTerms], *, shared_m2_eur: float = 0.0) -> Iterator[str]:
    """Say each tenure that costs more than its own ceiling, whatever the programme.

    Parameters
    ----------
    tenures
        Their variable costs and ceilings.
    shared_m2_eur
        The least part of the fixed costs a m² of SHAB bears, tax included.
    """
    for terms in tenures:
        cap, variable = terms.cost_ceiling_m2_eur, terms.variable_cost_m2_eur * (1 + terms.vat)
        if cap is None or variable + shared_m2_eur <= cap + EQUAL:
            continue
        part = f", dont {euros_m2(variable, 'SHAB', tax='TTC')} de coût variable"
        yield typeset(
            f"{terms.id} : jamais retenu. Son prix de revient est d'au moins"
            f" {euros_m2(variable + shared_m2_eur, 'SHAB', tax='TTC')}"
            f"{part if shared_m2_eur else ', sans compter les frais fixes'} ; le plafond"
            f" « statuts.{terms.id}.plafond_prix_de_revient_m2 » est de {euros_m2(cap)}."
        )


def _decided_rooms(case: Case) -> list[SharedSpace]:
    return [space for space in case.spaces if space.mandatory or case.fixed.get(space.id) is True]


def _surface(case: Case) -> Iterator[str]:
    """Compare the mandatory rooms, then the fewest and smallest dwellings, with the building."""
    rooms, limit = _decided_rooms(case), case.rules.shab_max_m2
    taken = sum(room.area_m2 for room in rooms)
    named = join_fr([f"{room.label or room.id} {area(room.area_m2)}" for room in rooms])
    if taken > limit + EQUAL:
        yield typeset(
            f"Les locaux partagés obligatoires ({named}) demandent {area(taken)} de surface"
            f" habitable ; le bâtiment en offre {area(limit)}. Rendez un local facultatif, ou"
            " choisissez un autre site."
        )
        return
    smallest = min(case.typologies, key=lambda size: size.shab_m2, default=None)
    fewest = max(case.rules.dwellings_min, case.rules.housed_min)
    if smallest is None or taken + fewest * smallest.shab_m2 <= limit + EQUAL:
        return
    with_rooms = f", avec les locaux obligatoires ({named})," if taken else ""
    yield typeset(
        f"{count(fewest, 'logement')} de la plus petite taille, {smallest.id} de"
        f" {area(smallest.shab_m2)}{with_rooms} demandent"
        f" {area(taken + fewest * smallest.shab_m2)} de surface habitable ; le bâtiment en offre"
        f" {area(limit)}."
    )


def _parking(case: Case) -> Iterator[str]:
    limit, fewest = case.rules.parking_max, max(case.rules.dwellings_min, case.rules.housed_min)
    least = min((terms.parking for terms in case.tenures), default=0.0)
    if limit is not None and fewest * least > limit + EQUAL:
        yield typeset(
            f"{count(fewest, 'logement')} demandent au moins {number(fewest * least, 1)} places de"
            f" stationnement ; le site en porte {number(limit)}."
        )


def _group(case: Case) -> Iterator[str]:
    """Compare what is asked with the needs that a dwelling suits; how many is not for a report."""
    rules, known = case.rules, sum(need.count for need in case.classes)
    if rules.housed_min > known:
        yield typeset(
            f"L'étude demande de couvrir au moins {count(rules.housed_min, 'besoin')} ; le groupe"
            " n'a pas autant de ménages à qui un logement de l'étude convient (droits, souhaits,"
            " taille, budget)."
        )
    if rules.open_max is None or rules.dwellings_min - rules.open_max <= known:
        return
    yield typeset(
        f"L'étude demande au moins {count(rules.dwellings_min, 'logement')}, dont"
        f" {number(rules.open_max)} au plus hors du groupe : il faudrait"
        f" {count(rules.dwellings_min - rules.open_max, 'ménage')}, le groupe n'en a pas autant à"
        " qui un logement de l'étude convient."
    )
