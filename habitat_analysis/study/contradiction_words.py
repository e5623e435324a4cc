"""Contradictions of a study in the planner's words: what, why, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from habitat_analysis.errors import Faults
from habitat_analysis.formats import join_fr, typeset
from habitat_analysis.study.contradictions import Contradiction, contradictions
from habitat_analysis.study.decisions import Line, Place
from habitat_analysis.study.demands import (
    DWELLINGS,
    QUARTILES,
    Demand,
    between,
    cells_of,
    demands_of,
    written,
)
from habitat_analysis.study.programme import Programme


def refuse_contradictions(
    programme: Programme, parking: dict[str, float], faults: Faults, *, place: Place, line: Line
) -> None:
    """Note every contradiction of the targets, limits and decisions of a study.

    Parameters
    ----------
    programme, parking
        As in `demands_of`.
    faults
        Where each contradiction is added, in French.
    place, line
        Name a place of the study file, and find its line.
    """
    for found in contradictions(programme, demands_of(programme, parking)):
        why, remedy = _sentence(programme, found, line)
        faults.add(place(_first(found).keys), typeset(why), typeset(remedy))


def _first(found: Contradiction) -> Demand:
    return next((d for d in found.demands if d.kind != "total"), found.demands[0])


def _listed(demands: Sequence[Demand], line: Line) -> str:
    """List demands, each with its line."""
    lines = [line(demand.keys) for demand in demands]
    return join_fr(
        [
            demand.said if known is None else f"{demand.said} (ligne {known})"
            for demand, known in zip(demands, lines, strict=True)
        ]
    )


def _sentence(programme: Programme, found: Contradiction, line: Line) -> tuple[str, str]:
    """Say why these demands contradict each other, and what to do."""
    demands, listed = found.demands, _listed(found.demands, line)
    kinds = {demand.kind for demand in demands}
    if found.counts is not None:
        unit = "logements" if found.whole == DWELLINGS else "ménages"
        why = f"en {unit} entiers, aucun programme de {between(*found.counts)} {found.whole} ne"
        remedy = f"Élargissez l'une de ces parts, ou le nombre de {unit} permis."
        return f"{why} permet {listed}.", remedy
    if len(demands) == 1:
        return _alone(demands[0])
    if kinds == {"min"} and _disjoint(demands):
        why = f"ces minimums font {_total(demands)} : {listed}."
        return why, "Baissez-en un : leur somme ne peut dépasser 100 %."
    if kinds == {"max"} and _covers(programme, demands):
        why = f"ces maximums font {_total(demands)}, et rien d'autre n'est offert : {listed}."
        return why, "Relevez-en un, ou offrez autre chose."
    if kinds == {"min", "max"} and len(demands) == 2:
        low, high = sorted(demands, key=lambda demand: demand.kind, reverse=True)
        if low.keys[:-1] == high.keys[:-1]:
            why = f"le minimum dépasse le maximum : {listed}."
            return why, "Échangez ou corrigez les deux valeurs."
        if low.members <= high.members:
            why = f"{low.name} est compris dans {high.name}, or l'étude demande {listed}."
            return why, "Baissez le minimum ou relevez le maximum."
    if {demand.keys[-1] for demand in demands} == {"logements_min", "logements_max"}:
        why = f"le minimum dépasse le maximum : {listed}."
        return why, "Échangez ou corrigez les deux valeurs."
    why = f"ces exigences ne peuvent pas être tenues ensemble : {listed}."
    return why, "Changez ou retirez l'une d'elles."


def _alone(demand: Demand) -> tuple[str, str]:
    """Say why one demand can never be met."""
    if demand.kind == "min" and not demand.members:
        remedy = "Ajoutez-en à « programme.statuts » ou « programme.typologies », ou retirez-le."
        return f"{demand.said}, mais l'étude n'en offre aucun.", remedy
    if demand.kind == "max":
        why = f"{demand.said}, mais l'étude n'offre rien d'autre : cette part est de 100 %."
        return why, "Relevez ce maximum, ou offrez autre chose."
    return (
        f"{demand.said} : aucun programme ne peut le tenir.",
        "Changez ou retirez cette exigence.",
    )


def _total(demands: Sequence[Demand]) -> str:
    """Add up shares, and say of what."""
    what = "des logements" if demands[0].whole == DWELLINGS else "des ménages placés"
    return f"{written(sum((demand.share for demand in demands), start=Fraction(0)))} {what}"


def _disjoint(demands: Sequence[Demand]) -> bool:
    same = len({demand.whole for demand in demands}) == 1
    return same and not any(a.members & b.members for a, b in combinations(demands, 2))


def _covers(programme: Programme, demands: Sequence[Demand]) -> bool:
    counted = [member for demand in demands for member in demand.members]
    return len(counted) == len(set(counted)) and set(counted) in (
        cells_of(programme),
        set(QUARTILES),
    )
