"""The buildings of a site and the phases in which they are built, as a case states them.

Capacities are those of each building; a phase gathers the buildings delivered together. Where a
shared room stands is decided with the programme, unless people decided it (`SharedSpace.building`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One building and what it holds; None is no limit of its own."""

    id: str
    shab_max_m2: float  # shared rooms included
    dwellings_max: int | None = None
    parking_max: float | None = None
    phase: int = 1
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Buildings delivered together, and the equity that may be tied up when they are."""

    number: int
    equity_max_eur: float | None = None


def fixed_shares(buildings: Sequence[Building]) -> dict[int, float]:
    """Share the fixed cost between the phases, by the SHAB that their buildings can hold.

    Returns
    -------
    shares
        By number of phase, in order; their sum is one.

    References
    ----------
    ``docs/model.md`` 5.3: a choice [P] that keeps the rows linear. Land paid whole at the start
    weighs more on the first phase than this share says.

    Examples
    --------
    >>> fixed_shares([Building(id="A", shab_max_m2=600.0),
    ...               Building(id="B", shab_max_m2=400.0, phase=2)])
    {1: 0.6, 2: 0.4}
    """
    numbers = sorted({building.phase for building in buildings})
    total = sum(building.shab_max_m2 for building in buildings)
    sizes = {
        number: sum(b.shab_max_m2 for b in buildings if b.phase == number) for number in numbers
    }
    return {number: size / total if total else 1 / len(numbers) for number, size in sizes.items()}


def alike(one: Building, other: Building) -> bool:
    """Tell whether two buildings can be exchanged without changing anything but their names."""
    return (one.shab_max_m2, one.dwellings_max, one.parking_max, one.phase) == (
        other.shab_max_m2, other.dwellings_max, other.parking_max, other.phase
    )  # fmt: skip


def phase_faults(buildings: Sequence[Building], phases: Sequence[Phase]) -> Iterator[str]:
    """Name, for a developer, what is wrong between the buildings and the phases of a case."""
    numbers = [phase.number for phase in phases]
    if numbers != sorted(set(numbers)):
        yield f"phases: expected increasing numbers, got {numbers}"
    if phases and {building.phase for building in buildings} != set(numbers):
        yield f"phases: {numbers} are not those of the buildings"


def split_faults(
    buildings: Sequence[Building],
    units: Mapping[tuple[str, str], int],
    by_building: Mapping[str, Mapping[tuple[str, str], int]],
) -> Iterator[str]:
    """Name, in French, what is wrong with dwellings shared out between buildings.

    Examples
    --------
    >>> a = Building(id="A", shab_max_m2=600.0)
    >>> list(split_faults([a], {("T3", "PLUS"): 2}, {"A": {("T3", "PLUS"): 1}}))
    ['T3 PLUS : les bâtiments en comptent 1 au lieu de 2.']
    """
    known = {building.id for building in buildings}
    yield from (f"« {name} » : bâtiment inconnu." for name in by_building if name not in known)
    if not by_building:
        return
    shared = [cell for cells in by_building.values() for cell in cells]
    for cell in sorted({*units, *shared}):
        found = sum(cells.get(cell, 0) for cells in by_building.values())
        if found != units.get(cell, 0):
            where = " ".join(cell)
            yield f"{where} : les bâtiments en comptent {found} au lieu de {units.get(cell, 0)}."
