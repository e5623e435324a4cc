"""What rents, charges and the Livret A become year after year: dated barèmes, or the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from habitat_analysis.baremes import Baremes, Fact, FactReader, find_fact
from habitat_analysis.finance.rental_account import Indices, Years
from habitat_analysis.regulation import livret_a
from habitat_analysis.study import Study
from habitat_analysis.study.montage import Indexation

COSTS: Final = "couts"
MACRO: Final = "hypotheses_macro"
SERIES: Final[Mapping[str, str]] = {  # our name -> item of the table
    "rents": "irl_rents",
    "charges": "gestion",
    "repairs": "gros_entretien",
    "tfpb": "tfpb",
}
LIVRET: Final = "livret_a"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePaths:
    """Indices and rates of the accounts, one value a year; year 1 is that of the operation."""

    first_year: int  # calendar year of year 1
    indices: Indices
    growth: Mapping[str, tuple[float, ...]]  # by series of `SERIES`: growth since the year before
    livret_a: tuple[float, ...]
    placement_rate: float
    discount_rate: float
    stated: frozenset[str]  # series and rates that the study states
    facts: tuple[Fact, ...]

    @property
    def horizon(self) -> int:
        """Number of years."""
        return len(self.livret_a)

    @property
    def shifts(self) -> tuple[float, ...]:
        """Points added to the rates of revisable loans in year 2, 3..."""
        return tuple(rate - self.livret_a[0] for rate in self.livret_a[1:])

    def last_growth(self, series: str) -> float:
        """Growth of a series in the long run."""
        return self.growth[series][-1]


def rate_paths(study: Study, facts: FactReader, *, horizon: int) -> RatePaths:
    """Read the paths of an operation.

    Parameters
    ----------
    study
        What it states wins over the barèmes.
    facts
        Reader at the date of the operation.
    horizon
        Number of years.

    Raises
    ------
    DataError
        ``E_BAREME_BEFORE`` when a series begins after the first years of the operation and the
        study does not state it.

    References
    ----------
    ``docs/model.md`` 3.3; ``data/baremes/couts.csv``, family ``hypotheses_macro``.
    """
    montage, year = study.montage, study.operation_date.year
    read: list[Fact] = []
    stated = set(_stated(montage.indexation))
    growth = {
        name: _constant(getattr(montage.indexation, name), horizon)
        if name in stated
        else _dated(facts.baremes, item, year, horizon, read)
        for name, item in SERIES.items()
    }
    now = livret_a(facts).number
    path = (now, *_livret_after(study, facts.baremes, horizon, read, now=now))
    if montage.livret_a:
        stated.add(LIVRET)
    return RatePaths(
        first_year=year,
        indices=Indices(
            rent=_compounded(growth["rents"]),
            charges=_compounded(growth["charges"]),
            repairs=_compounded(growth["repairs"]),
            tfpb=_compounded(growth["tfpb"]),
        ),
        growth=growth,
        livret_a=path,
        placement_rate=now if montage.placement_rate is None else montage.placement_rate,
        discount_rate=facts.value(COSTS, family="exploitation", item="equity_remuneration")
        if montage.discount_rate is None
        else montage.discount_rate,
        stated=frozenset(stated),
        facts=tuple(dict.fromkeys(read)),
    )


def _stated(indexation: Indexation) -> list[str]:
    return [name for name in SERIES if getattr(indexation, name) is not None]


def _constant(rate: float, horizon: int) -> tuple[float, ...]:
    return (0.0, *(rate,) * (horizon - 1))


def _dated(
    baremes: Baremes, item: str, first_year: int, horizon: int, read: list[Fact]
) -> tuple[float, ...]:
    """Read a series year by year until its last row, which lasts; year 1 does not grow."""
    values = [0.0]
    year = first_year + 1
    while len(values) < horizon:
        fact = find_fact(baremes, COSTS, on=date(year, 1, 1), family=MACRO, item=item)
        read.append(fact)
        lasts = fact.valid_to is None
        values += [fact.number] * (horizon - len(values) if lasts else 1)
        year += 1
    return tuple(values[:horizon])


def _livret_after(
    study: Study, baremes: Baremes, horizon: int, read: list[Fact], *, now: float
) -> tuple[float, ...]:
    """Give the Livret A of the years after the first: the study's path, or the dated one."""
    stated = study.montage.livret_a
    first = study.operation_date.year
    if not stated:
        return _dated(baremes, LIVRET, first, horizon, read)[1:]
    return tuple(
        stated[max(known)] if (known := [y for y in stated if y <= year]) else now
        for year in range(first + 1, first + horizon)
    )


def _compounded(growth: tuple[float, ...]) -> Years:
    return np.cumprod(1 + np.asarray(growth))
