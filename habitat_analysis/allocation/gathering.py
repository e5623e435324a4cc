"""Everything an allocation is made from, gathered: plan, rankings, bounds of the study, pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from habitat_analysis.allocation.plan import PlannedDwelling
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes, check_wishes
from habitat_analysis.errors import Faults, did_you_mean
from habitat_analysis.formats import join_fr, quoted, typeset
from habitat_analysis.study.group import GroupBound
from habitat_analysis.study.model import Study

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
NO_POINTS: Final[Mapping[str, float]] = MappingProxyType({})
NO_TRAITS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({})


def wishes_of(
    study: Study,
    dwellings: Sequence[PlannedDwelling],
    ranked: Mapping[str, Sequence[str]],
    *,
    points: Mapping[str, float] = NO_POINTS,
    attributes: Mapping[str, Mapping[str, str]] = NO_TRAITS,
    fixed: Mapping[str, str] = NOTHING,
) -> Wishes:
    """Gather what an allocation is made from, checked.

    Parameters
    ----------
    study
        Its key ``groupe.attribution`` holds the bounds.
    dwellings
        The plan; its rental dwellings are left to the commission.
    ranked
        Dwellings by household, the most wanted first (`rankings`); empty rankings are left out.
    points, attributes
        By household: points of the rules voted; quartile, age and famille.
    fixed
        Pairs agreed before solving: dwelling by household.

    Raises
    ------
    DataError
        With every fault (``E_WISHES``): a bound on a building that the plan does not have or on
        a trait that no household has, with the line of the study; a pair fixed for a household
        that ranks nothing; then those of `wishes.check_wishes`.
    """
    offered = [dwelling for dwelling in dwellings if not dwelling.is_rental]
    households = tuple(
        Wisher(
            id=name,
            ranking=tuple(ranking),
            points=points.get(name, 0.0),
            attributes=attributes.get(name, NOTHING),
        )
        for name, ranking in sorted(ranked.items())
        if ranking
    )
    bounds = study.residents.allotment.bounds if study.residents.allotment else ()
    faults = Faults(study.name)
    _check_bounds(study, bounds, dwellings, households, faults)
    for name in sorted(set(fixed) - {household.id for household in households}):
        remedy = "Complétez ses vœux, ou libérez cette paire."
        why = f"paire fixée pour le ménage {name}, qui ne classe aucun logement du plan."
        faults.add("", why, remedy)
    faults.list[:] = [typeset(fault) for fault in faults.list]
    faults.raise_if_any(code="E_WISHES")
    return check_wishes(
        Wishes(
            dwellings=tuple(
                Dwelling(id=one.id, block=one.building, tenure=one.tenure) for one in offered
            ),
            households=households,
            bounds=tuple(bound_of(bound) for bound in bounds),
            fixed=dict(sorted(fixed.items())),
        ),
        source=study.name,
    )


def bound_of(bound: GroupBound) -> Bound:
    """Return a bound of the study as the allocation counts it."""
    return Bound(
        id=bound.id,
        attribute=bound.attribute,
        values=bound.values,
        block=bound.building,
        min=bound.min,
        max=bound.max,
    )


def _check_bounds(
    study: Study,
    bounds: Sequence[GroupBound],
    dwellings: Sequence[PlannedDwelling],
    households: Sequence[Wisher],
    faults: Faults,
) -> None:
    """Note the bounds that count in no building of the plan, or by a trait that nobody has."""
    buildings = sorted({one.building for one in dwellings if one.building and not one.is_rental})
    traits = {name for household in households for name in household.attributes}
    for rank, bound in enumerate(bounds):
        keys = ("groupe", "attribution", "limites", rank)
        if bound.building is not None and bound.building not in buildings:
            near = did_you_mean(bound.building, buildings)
            known = f"Bâtiments du plan : {join_fr(buildings)}." if buildings else ""
            remedy = near or known or "Remplissez « batiment » dans logements.csv, ou retirez-le."
            why = f"aucun logement proposé au groupe dans le bâtiment {quoted(bound.building)}."
            faults.add(study.place(*keys, "batiment"), why, remedy)
        if households and bound.attribute not in traits:
            why = f"{quoted(bound.attribute)} n'est connu pour aucun ménage qui classe un logement."
            remedy = "Complétez le fichier des ménages ou la référence, ou retirez cette limite."
            faults.add(study.place(*keys, "attribut"), why, remedy)
