"""The dwellings of the plan that legal persons keep: in no ranking, told by their holder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from habitat_analysis.allocation.plan import Plan, PlannedDwelling, in_order, is_rental
from habitat_analysis.errors import DataError
from habitat_analysis.formats import count, join_fr, quoted, typeset
from habitat_analysis.study import LegalPerson

Cell = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLots:
    """Dwellings kept by legal persons, and what is said of them; no household here."""

    holder: Mapping[str, str]  # dwelling -> label of its legal person
    notes: tuple[str, ...] = ()

    def why(self, dwelling: str) -> str:
        """Say why no household may have a dwelling."""
        return typeset(f"lot de {quoted(self.holder[dwelling])}")

    def open_to_households(self, plan: Plan) -> tuple[PlannedDwelling, ...]:
        """Keep the dwellings of a plan that households may have."""
        return tuple(one for one in plan.dwellings if one.id not in self.holder)


def held_lots(persons: Sequence[LegalPerson], plan: Plan) -> HeldLots:
    """Find the dwellings of a plan that legal persons keep out of the rental tenures.

    Parameters
    ----------
    persons
        Legal persons of the study, in its order.
    plan
        A plan read in a file names their dwellings (« logements »); in one made of the programme,
        the last dwellings of each cell are theirs.

    Raises
    ------
    DataError
        ``E_LOTS``: every dwelling that is not in the plan, or not a lot of its holder.
    """
    if plan.file:
        _refuse(persons, {one.id: one for one in plan.dwellings}, plan.file)
        rental = {one.id for one in plan.dwellings if one.is_rental}
        named = {name: one.label for one in persons for name in one.dwellings}
        return HeldLots(holder={name: who for name, who in named.items() if name not in rental})
    return _last_ones(persons, plan)


def _refuse(
    persons: Sequence[LegalPerson], known: Mapping[str, PlannedDwelling], file: str
) -> None:
    faults = []
    for person in persons:
        place = f"étude, « groupe.personnes_morales », {quoted(person.label)}"
        absent = [name for name in person.dwellings if name not in known]
        if absent:
            faults.append(
                f"{place} : {join_fr([quoted(name) for name in absent])} absent du plan "
                f"« {file} ». Corrigez « logements »."
            )
        drawn = Counter(
            (known[name].typology, known[name].tenure) for name in person.dwellings if name in known
        )
        for cell in sorted({*drawn, *person.cells}):
            lots, named = person.cells.get(cell, 0), drawn[cell]
            if named > lots or (named < lots and not absent and not is_rental(cell[1])):
                faults.append(
                    f"{place} : {count(lots, 'lot')} en {' '.join(cell)}, "
                    f"{count(named, 'nommé', 'nommés')} dans le plan « {file} ». Accordez « lots » "
                    "et « logements »."
                )
    if faults:
        raise DataError([typeset(fault) for fault in faults], code="E_LOTS")


def _last_ones(persons: Sequence[LegalPerson], plan: Plan) -> HeldLots:
    """Give the last dwellings of each sale cell to the legal persons, in the order of the study."""
    holder: dict[str, str] = {}
    by_cell: dict[Cell, list[str]] = {}
    for one in in_order(plan.dwellings):
        if not one.is_rental:
            by_cell.setdefault((one.typology, one.tenure), []).append(one.id)
    for person in persons:
        for cell, lots in sorted(person.cells.items()):
            free = by_cell.get(cell, [])
            for name in free[max(0, len(free) - lots) :]:
                holder[name] = person.label
            del free[max(0, len(free) - lots) :]
    notes: tuple[str, ...] = ()
    if holder:
        last = join_fr([quoted(name) for name in sorted(holder)])
        said = f"Lots de personnes morales, les derniers logements de leur type : {last}."
        notes = (typeset(said),)
    return HeldLots(holder=holder, notes=notes)
