"""The dwellings of the plan: read in the file of the architect, or made of a programme.

The plan holds them all, rental ones included; those are never offered to a ranking, for the
commission (CAL) allocates them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from habitat_analysis.allocation.coded_cells import (
    Cells,
    Line,
    Words,
    lines_said,
    read_cells,
    refuse,
    words_of,
)
from habitat_analysis.allocation.wishes import RENTAL
from habitat_analysis.columns import plain_key
from habitat_analysis.errors import Faults
from habitat_analysis.files import printable
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.households.group import TYPOLOGIES
from habitat_analysis.households.list_columns import MASKED
from habitat_analysis.tenures import ORDER, tenures

REQUIRED: Final = ("logement", "statut", "typologie")
OPTIONAL: Final = ("batiment", "niveau", "orientation", "accessible", "pres_espace")
ORIENTATIONS: Final = ("N", "NE", "E", "SE", "S", "SO", "O", "NO")
_LONG: Final = ("nord", "nord-est", "est", "sud-est", "sud", "sud-ouest", "ouest", "nord-ouest")
TENURE_WORDS: Final = words_of(ORDER)
TYPOLOGY_WORDS: Final = words_of(TYPOLOGIES)
ORIENTATION_WORDS: Final = words_of(ORIENTATIONS, dict(zip(_LONG, ORIENTATIONS, strict=True)))
LOWEST, HIGHEST = -5, 60  # levels; 0 is the ground floor
# A name of a dwelling has a digit and starts with a letter or a digit: no formula, no person.
DWELLING: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9_. -]{0,38}")
BUILDING: Final = re.compile(r"[A-Za-zÀ-ÿœŒ0-9][A-Za-zÀ-ÿœŒ0-9_ .'’-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDwelling:
    """One dwelling of the plan; what the plan does not say is empty or None."""

    id: str
    tenure: str
    typology: str
    building: str = ""
    level: int | None = None  # 0 is the ground floor
    orientations: tuple[str, ...] = ()
    accessible: bool | None = None
    near_shared: bool | None = None  # near the shared rooms

    @property
    def is_rental(self) -> bool:
        """Whether the commission (CAL) allocates it, and never the group."""
        return is_rental(self.tenure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The dwellings of a site, in the order of their names, and what was said about them."""

    dwellings: tuple[PlannedDwelling, ...]
    notes: tuple[str, ...]
    file: str  # empty when made of the programme


def is_rental(tenure: str) -> bool:
    """Whether a tenure is rental.

    Examples
    --------
    >>> [is_rental(code) for code in ("PLUS", "BRS", "SCIAPP")]
    [True, False, False]
    """
    return tenures()[tenure].family == RENTAL


def read_dwellings(
    path: Path | str, buildings: Sequence[str] | None = None
) -> tuple[PlannedDwelling, ...]:
    """Read the dwellings of a file; see `read_plan`."""
    return read_plan(path, buildings).dwellings


def read_plan(path: Path | str, buildings: Sequence[str] | None = None) -> Plan:
    """Read the file of dwellings.

    Parameters
    ----------
    path
        CSV, one row a dwelling; columns `REQUIRED` and `OPTIONAL`. Levels are written ``0``,
        ``RDC`` or ``R+2``; orientations ``S``, ``S|O`` or ``sud-ouest``.
    buildings
        Buildings that the study describes, if any: no other is accepted.

    Returns
    -------
    plan
        Dwellings sorted by name: the order of the lines changes nothing.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_PLAN``).
    """
    cells = read_cells(path, REQUIRED, OPTIONAL)
    faults = Faults(cells.file)
    known = words_of(buildings) if buildings else None
    found: list[tuple[int, PlannedDwelling]] = []
    for number, row in cells.rows():
        found.append((number, _dwelling(row, Line(number=number, faults=faults), known)))
    _refuse_repeats(found, faults)
    _refuse_half_told(cells, faults)
    refuse(faults, "E_PLAN")
    return Plan(
        dwellings=in_order(dwelling for _, dwelling in found), notes=cells.notes, file=cells.file
    )


def planned_from_programme(
    units: Mapping[tuple[str, str], int],
    by_building: Mapping[str, Mapping[tuple[str, str], int]] | None = None,
) -> Plan:
    """Make one dwelling a unit of a programme, when the study has no plan yet.

    Parameters
    ----------
    units
        Dwellings by (typology, tenure).
    by_building
        The same ones building by building, if they are shared out.

    Returns
    -------
    plan
        Named ``BRS-T3-01``…; level, orientation and the rest are unknown, which a note says.

    Examples
    --------
    >>> [one.id for one in planned_from_programme({("T3", "BRS"): 2, ("T2", "PLUS"): 1}).dwellings]
    ['BRS-T3-01', 'BRS-T3-02', 'PLUS-T2-01']
    """
    dwellings = []
    for typology, tenure in sorted(units):
        number = 0
        for building, cells in (by_building or {"": units}).items():
            for _ in range(cells.get((typology, tenure), 0)):
                number += 1
                name = f"{tenure}-{typology}-{number:02d}"
                dwellings.append(
                    PlannedDwelling(id=name, tenure=tenure, typology=typology, building=building)
                )
    note = (
        "Logements comptés d'après le programme, sans plan : niveau, orientation, accessibilité et "
        "proximité des espaces partagés ne sont pas examinés."
    )
    return Plan(dwellings=in_order(dwellings), notes=(typeset(note),), file="")


def in_order(dwellings: Iterable[PlannedDwelling]) -> tuple[PlannedDwelling, ...]:
    """Sort dwellings by name, A2 before A10."""

    def key(dwelling: PlannedDwelling) -> list[tuple[bool, int, str]]:
        parts = re.findall(r"[0-9]+|[^0-9]+", dwelling.id)
        return [(not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts]

    return tuple(sorted(dwellings, key=key))


def read_level(text: str, column: str, line: Line) -> int | None:
    """Read a level: ``0``, ``RDC``, ``R+2``, ``-1``; None when the cell is empty or faulty."""
    if not text:
        return None
    found = re.fullmatch(r"(?:R(?=[+-]))?([+-]?[0-9]{1,3})|(RDC)", text, re.IGNORECASE)
    level = 0 if found and found[2] else int(found[1]) if found else HIGHEST + 1
    if LOWEST <= level <= HIGHEST:
        return level
    remedy = f"Écrivez un étage de {LOWEST} à {HIGHEST}, 0 ou RDC pour le rez-de-chaussée."
    line.fault(f"{quoted(column)} n'est pas un étage.", remedy)
    return None


def dwelling_shown(text: str) -> str:
    """Quote the name of a dwelling, or mask what cannot be one."""
    return quoted(printable(text)) if DWELLING.fullmatch(text) else MASKED


def read_buildings(text: str, line: Line, known: Words | None) -> tuple[str, ...]:
    """Read buildings: those of the study where it describes some, else what looks like a name."""
    found = line.words(text, "batiment", known, "bâtiment inconnu")
    if all(BUILDING.fullmatch(name) for name in found):
        return found
    remedy = "Écrivez son nom en lettres et en chiffres, par exemple A."
    line.fault("« batiment » n'est pas un nom de bâtiment.", remedy)
    return ()


def _dwelling(row: Mapping[str, str], line: Line, known: Words | None) -> PlannedDwelling:
    name = row["logement"]
    if not DWELLING.fullmatch(name):
        why = "« logement » est vide." if not name else "nom de logement non conforme."
        remedy = "Donnez un repère avec un numéro, par exemple A12 ou BRS-T3-01, jamais un nom."
        line.fault(why, remedy)
    return PlannedDwelling(
        id=name if DWELLING.fullmatch(name) else "",
        tenure=_one(row, "statut", line, TENURE_WORDS, "statut inconnu"),
        typology=_one(row, "typologie", line, TYPOLOGY_WORDS, "typologie inconnue"),
        building=_building(row["batiment"], line, known),
        level=read_level(row["niveau"], "niveau", line),
        orientations=line.words(
            row["orientation"], "orientation", ORIENTATION_WORDS, "orientation inconnue"
        ),
        accessible=line.yes_or_no(row["accessible"], "accessible"),
        near_shared=line.yes_or_no(row["pres_espace"], "pres_espace"),
    )


def _one(row: Mapping[str, str], column: str, line: Line, known: Words, noun: str) -> str:
    """Read one coded word, "" with a fault."""
    if not row[column]:
        line.fault(f"{quoted(column)} est vide.", f"Valeurs acceptées : {', '.join(known.listed)}.")
        return ""
    found = line.words(row[column], column, known, noun)
    if len(found) > 1:
        line.fault(f"{quoted(column)} donne plusieurs valeurs.", "Gardez-en une seule.")
    return found[0] if len(found) == 1 else ""


def _building(text: str, line: Line, known: Words | None) -> str:
    found = read_buildings(text, line, known)
    if len(found) > 1:
        line.fault("« batiment » en nomme plusieurs.", "Gardez-en un seul.")
    return found[0] if len(found) == 1 else ""


def _refuse_repeats(found: Sequence[tuple[int, PlannedDwelling]], faults: Faults) -> None:
    by_key: dict[str, list[tuple[int, str]]] = {}
    for line, dwelling in found:
        if dwelling.id:
            by_key.setdefault(plain_key(dwelling.id), []).append((line, dwelling.id))
    for same in by_key.values():
        if len(same) > 1:
            why = f"le logement {quoted(same[0][1])} figure {len(same)} fois."
            faults.add(
                lines_said(line for line, _ in same), why, "Gardez une seule ligne par logement."
            )


def _refuse_half_told(cells: Cells, faults: Faults) -> None:
    """Refuse a plan that says the building of some dwellings only."""
    told = cells.table["batiment"].ne("")
    if told.all() or not told.any():
        return
    silent = list(cells.table.index[~told])
    shown = lines_said(silent) if len(silent) > 1 else f"ligne {silent[0]}"
    remedy = "Dites le bâtiment de tous les logements, ou d'aucun."
    faults.add(shown, "« batiment » est vide, d'autres logements en ont un.", remedy)
