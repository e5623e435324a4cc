"""Rental dwellings: who could be proposed to the commission (CAL), in which order, on which quota.

Nothing is allocated here: the commission decides, and no derogation for participatory groups was
found (CCH L200-10, R441-3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from habitat_analysis.allocation.assignment import Places, best_assignment
from habitat_analysis.errors import DataError, Faults, did_you_mean
from habitat_analysis.formats import count, quoted, typeset
from habitat_analysis.tenures import tenures, unknown_tenure

SOURCE: Final = "commission"
RENTAL: Final = "locatif"


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalCell:
    """Rental dwellings of one typology and one tenure."""

    id: str
    tenure: str
    dwellings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A household of the group that would rent."""

    id: str
    cells: tuple[str, ...]  # rental cells it is eligible to and that suit it
    reservations: tuple[str, ...] = ()  # reserved quotas on which it could be proposed
    points: float = 0.0  # by the criteria of the study


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateToPropose:
    """One line for the commission; the same order at equal points."""

    cell: str
    order: int
    household: str
    reservations: tuple[str, ...]  # empty: only on dwellings that nobody reserves


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionFile:
    """What the cooperative can bring to the commission.

    Attributes
    ----------
    candidates
        By cell, in the order of eligibility.
    demand
        By cell: number of households of the group that could be proposed.
    unreserved
        Rental dwellings that no quota reserves.
    proposable
        Most households that the quotas and the unreserved dwellings let propose together.
    warnings
        In French.
    """

    candidates: tuple[CandidateToPropose, ...]
    demand: Mapping[str, int]
    unreserved: int
    proposable: int
    warnings: tuple[str, ...]


def candidates_to_propose(
    cells: Sequence[RentalCell],
    applicants: Sequence[Applicant],
    reservations: Mapping[str, int],
) -> CommissionFile:
    """List the candidates for the rental dwellings; never an allocation.

    Parameters
    ----------
    cells
        Rental dwellings of the programme.
    applicants
        Tenants of the group.
    reservations
        Number of dwellings that each body reserves: State, Action Logement, commune...

    Raises
    ------
    DataError
        With every fault (``E_COMMISSION``): a tenure that is not rental, a cell, a quota or a
        household that does not exist or exists twice, more dwellings reserved than there are.
    """
    _check(cells, applicants, reservations)
    lines = [line for cell in cells for line in _ordered(cell, applicants)]
    demand = Counter(line.cell for line in lines)
    unreserved = sum(cell.dwellings for cell in cells) - sum(reservations.values())
    proposable = _most_proposable(cells, applicants, reservations, unreserved)
    return CommissionFile(
        candidates=tuple(lines),
        demand={cell.id: demand[cell.id] for cell in cells},
        unreserved=unreserved,
        proposable=proposable,
        warnings=tuple(_warnings(len(applicants), unreserved, proposable)),
    )


def _ordered(cell: RentalCell, applicants: Sequence[Applicant]) -> list[CandidateToPropose]:
    able = [applicant for applicant in applicants if cell.id in applicant.cells]
    able.sort(key=lambda applicant: (-applicant.points, applicant.id))
    return [
        CandidateToPropose(
            cell=cell.id,
            order=1 + sum(other.points > applicant.points for other in able),
            household=applicant.id,
            reservations=applicant.reservations,
        )
        for applicant in able
    ]


def _most_proposable(
    cells: Sequence[RentalCell],
    applicants: Sequence[Applicant],
    reservations: Mapping[str, int],
    unreserved: int,
) -> int:
    """Count the households that could be proposed together, one a dwelling of a quota or of none.

    Which cells a body reserves is not known yet: each quota is a place for that many households.
    """
    names = list(reservations)
    suited = [applicant for applicant in applicants if _has_dwelling(applicant, cells)]
    found = [
        (row, column)
        for row, applicant in enumerate(suited)
        for column in [*(names.index(n) for n in dict.fromkeys(applicant.reservations)), len(names)]
    ]
    household, place = np.array(found, dtype=int).reshape(-1, 2).T
    places = Places(
        households=len(suited),
        capacity=np.array([*reservations.values(), unreserved], dtype=float),
        household=household,
        place=place,
        weight=np.ones(len(found)),
    )
    return len(best_assignment(places, np.ones(len(found)), "max").pairs)


def _has_dwelling(applicant: Applicant, cells: Sequence[RentalCell]) -> bool:
    return any(cell.id in applicant.cells and cell.dwellings for cell in cells)


def _warnings(tenants: int, unreserved: int, proposable: int) -> list[str]:
    told = []
    if unreserved < tenants:
        left = count(unreserved, "logement locatif", "logements locatifs")
        wanted = count(tenants, "ménage locataire", "ménages locataires")
        told.append(f"Les réservations laissent {left} pour {wanted} du groupe.")
    if proposable < tenants:
        able = count(proposable, "ménage", "ménages")
        told.append(
            f"Au plus {able} du groupe sur {tenants} pourraient être proposés ensemble, "
            "contingents réservés compris, sous réserve de la commission (CAL)."
        )
    return [typeset(sentence) for sentence in told]


def _check(
    cells: Sequence[RentalCell], applicants: Sequence[Applicant], reservations: Mapping[str, int]
) -> None:
    faults = Faults(SOURCE)
    for names in ([cell.id for cell in cells], [applicant.id for applicant in applicants]):
        for name, times in Counter(names).items():
            if times > 1:
                faults.add(quoted(name), f"écrit {times} fois.", "Gardez une seule ligne.")
    _check_cells(cells, faults)
    _check_applicants([cell.id for cell in cells], applicants, reservations, faults)
    _check_reservations(cells, reservations, faults)
    if faults.list:
        raise DataError([typeset(fault) for fault in faults.list], code="E_COMMISSION")


def _check_cells(cells: Sequence[RentalCell], faults: Faults) -> None:
    for cell in cells:
        where = f"logement {quoted(cell.id)}"
        if cell.tenure not in tenures():
            faults.add(where, unknown_tenure(cell.tenure))
        elif tenures()[cell.tenure].family != RENTAL:
            faults.add(
                where,
                f"{cell.tenure} n'est pas locatif.",
                "Il se propose dans le groupe, sans la commission.",
            )
        if cell.dwellings < 0:
            faults.add(where, "nombre de logements négatif.", "Zéro ou plus.")


def _check_applicants(
    known: Sequence[str],
    applicants: Sequence[Applicant],
    reservations: Mapping[str, int],
    faults: Faults,
) -> None:
    for applicant in applicants:
        where = f"ménage {quoted(applicant.id)}"
        for cell in applicant.cells:
            if cell not in known:
                faults.add(where, f"logement inconnu {quoted(cell)}.", did_you_mean(cell, known))
        for name in applicant.reservations:
            if name not in reservations:
                near = did_you_mean(name, reservations) or "Ajoutez-le aux contingents de l'étude."
                faults.add(where, f"contingent inconnu {quoted(name)}.", near)


def _check_reservations(
    cells: Sequence[RentalCell], reservations: Mapping[str, int], faults: Faults
) -> None:
    for name, number in reservations.items():
        if number < 0:
            faults.add(f"contingent {quoted(name)}", "nombre négatif.", "Zéro ou plus.")
    total, reserved = sum(cell.dwellings for cell in cells), sum(reservations.values())
    if reserved > total:
        faults.add(
            "",
            f"{reserved} logements réservés pour {total} logements locatifs.",
            "Baissez un contingent.",
        )
