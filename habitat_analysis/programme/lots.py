"""Dwellings that legal persons ask for: lots of a programme before they are places for households.

A lot in a rental tenure is let through the commission and stays a place for a household; a lot in
a sale or SCIAPP tenure is the legal person's own, and no household is placed in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Cell = tuple[str, str]  # typology, tenure


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """The lots of one cell of the programme, those of all legal persons together."""

    typology: str
    tenure: str
    count: int
    holders: tuple[str, ...] = ()  # French names: a planner reads them

    @property
    def cell(self) -> Cell:
        """Cell of the programme that holds them."""
        return self.typology, self.tenure

    @property
    def id(self) -> str:
        """Name of the rule of ``docs/model.md`` 5.3."""
        return f"lots:{self.typology},{self.tenure}"


class _Tenure(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...


class _Case(Protocol):
    @property
    def lots(self) -> tuple[Lots, ...]: ...
    @property
    def tenures(self) -> Sequence[_Tenure]: ...


def own_lots(case: _Case) -> dict[Cell, int]:
    """Count the lots in which no household is placed, by cell; none in a rental tenure.

    Examples
    --------
    >>> from habitat_analysis.programme.case import Case, ProgrammeRules, TenureTerms, Typology
    >>> case = Case(
    ...     typologies=(Typology(id="T2", shab_m2=46.0, su_m2=49.0),),
    ...     tenures=(TenureTerms(id="PLUS", kind="rental", vat=0.1, variable_cost_m2_eur=2350.0),
    ...              TenureTerms(id="LIBRE", kind="sale", vat=0.2, variable_cost_m2_eur=2350.0)),
    ...     rules=ProgrammeRules(shab_max_m2=200.0, dwellings_max=4),
    ...     lots=(Lots(typology="T2", tenure="PLUS", count=1),
    ...           Lots(typology="T2", tenure="LIBRE", count=2)))
    >>> own_lots(case)
    {('T2', 'LIBRE'): 2}
    """
    rental = {terms.id for terms in case.tenures if terms.kind == "rental"}
    return {lots.cell: lots.count for lots in case.lots if lots.tenure not in rental}


def places_for_households(case: _Case, units: Mapping[Cell, int]) -> dict[Cell, int]:
    """Take the own lots of legal persons off the dwellings built, as far as there are dwellings."""
    own = own_lots(case)
    return {cell: n - min(n, own.get(cell, 0)) for cell, n in units.items()}


def lot_faults(lots: Sequence[Lots], cells: set[Cell]) -> Iterator[str]:
    """Name every lot that means nothing: unknown cell, cell written twice, no dwelling."""
    for cell, times in Counter(one.cell for one in lots).items():
        if cell not in cells or times > 1:
            yield f"lots{list(cell)}: unknown or repeated cell"
    yield from (f"{one.id}: no dwelling" for one in lots if one.count == 0)
