"""Classes of equal dwellings: thousands of households served building by building.

Households rank classes (building, tenure, typology), not dwellings; the largest total is found by
`large`, most housed first. Inside a class dwellings are equal: households take them in the order
drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from habitat_analysis.allocation.assignment import Limit, Places
from habitat_analysis.allocation.large import CERTIFIED_GAP, LargePlacement, largest_total
from habitat_analysis.allocation.places import Indices
from habitat_analysis.allocation.proposal import drawn_order
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes, check_wishes
from habitat_analysis.errors import DataError
from habitat_analysis.programme.arrays import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedDwelling(Dwelling):
    """One dwelling with its typology."""

    typology: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DwellingClass:
    """Dwellings that nobody tells apart: same building, tenure and typology."""

    id: str
    block: str
    tenure: str
    typology: str
    dwellings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassWishes:
    """Classes and what households say of them; built by `class_wishes`.

    `wishes` is written as if each class were one dwelling: rankings name classes.
    """

    classes: tuple[DwellingClass, ...]
    wishes: Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAllocation:
    """Who would live where, and what is proved of it.

    Attributes
    ----------
    classes, assignment
        Class, and dwelling, by household: only those housed.
    placement
        Status, total, bound, gap; bounds that conflict when there is no answer.
    """

    classes: Mapping[str, str]
    assignment: Mapping[str, str]
    placement: LargePlacement

    @property
    def housed(self) -> int:
        """Number of households housed."""
        return len(self.assignment)


def dwelling_classes(dwellings: Iterable[TypedDwelling]) -> tuple[DwellingClass, ...]:
    """Gather dwellings of the same building, tenure and typology.

    Examples
    --------
    >>> homes = [TypedDwelling(id=d, block="A", tenure="BRS", typology=t)
    ...          for d, t in (("D1", "T3"), ("D2", "T2"), ("D3", "T3"))]
    >>> [(group.id, group.dwellings) for group in dwelling_classes(homes)]
    [('A BRS T2', ('D2',)), ('A BRS T3', ('D1', 'D3'))]
    """
    gathered: dict[tuple[str, str, str], list[str]] = {}
    for home in dwellings:
        gathered.setdefault((home.block, home.tenure, home.typology), []).append(home.id)
    return tuple(
        DwellingClass(
            id=" ".join(word for word in (block, tenure, typology) if word),
            block=block,
            tenure=tenure,
            typology=typology,
            dwellings=tuple(gathered[block, tenure, typology]),
        )
        for block, tenure, typology in sorted(gathered)
    )


def class_wishes(
    dwellings: Sequence[TypedDwelling], households: Sequence[Wisher], bounds: Sequence[Bound] = ()
) -> ClassWishes:
    """Check dwellings, rankings of classes and bounds.

    Parameters
    ----------
    dwellings
        Dwellings of the sale and SCIAPP parts.
    households
        Their `ranking` names classes, as `dwelling_classes` does.
    bounds
        How many households with an attribute, in a building or in all.

    Raises
    ------
    DataError
        With every fault, as `check_wishes`; a dwelling described twice among them.
    """
    classes = dwelling_classes(dwellings)
    check_wishes(Wishes(dwellings=tuple(dwellings), households=()))
    if not classes:
        msg = "Aucun logement à proposer."
        raise DataError(msg, code="E_NO_DWELLING")
    as_one = tuple(Dwelling(id=c.id, block=c.block, tenure=c.tenure) for c in classes)
    said = Wishes(dwellings=as_one, households=tuple(households), bounds=tuple(bounds))
    return ClassWishes(classes=classes, wishes=check_wishes(said))


def allocate_by_class(
    said: ClassWishes,
    *,
    points: bool = False,
    seed: int | None = None,
    gap_rel: float = CERTIFIED_GAP,
    time_limit_s: float | None = None,
) -> ClassAllocation:
    """Propose the allocation of most households housed, then of largest total.

    Parameters
    ----------
    said
        Built by `class_wishes`.
    points
        Whether a household's worth is its points x (K + 1 - rank), K the number of classes; else
        K + 1 - rank.
    seed
        Published seed of the order of households, which settles equal totals and who has which
        dwelling of a class. None: the order given.
    gap_rel, time_limit_s
        As in `largest_total`.

    Examples
    --------
    >>> homes = [TypedDwelling(id=d, block="A", tenure="BRS", typology="T3") for d in ("D1", "D2")]
    >>> people = [Wisher(id=h, ranking=("A BRS T3",), points=p)
    ...           for h, p in (("H1", 1), ("H2", 5), ("H3", 3))]
    >>> found = allocate_by_class(class_wishes(homes, people), points=True)
    >>> found.assignment, found.placement.status
    ({'H2': 'D1', 'H3': 'D2'}, 'optimal')
    """
    wishes = said.wishes
    order = [wisher.id for wisher in wishes.households]
    if seed is not None:
        order = list(drawn_order(wishes.households, seed, {}))
    by_id = {wisher.id: wisher for wisher in wishes.households}
    households = [by_id[name] for name in order]
    places, value = class_pairs(said, households, points=points)
    placement = largest_total(
        places, value, gap_rel=gap_rel, housed_first=True, time_limit_s=time_limit_s
    )
    left = [list(reversed(group.dwellings)) for group in said.classes]
    housed = [(name, int(k)) for name, k in zip(order, placement.place, strict=True) if k >= 0]
    return ClassAllocation(
        classes={name: said.classes[k].id for name, k in housed},
        assignment={name: left[k].pop() for name, k in housed},
        placement=placement,
    )


def class_pairs(
    said: ClassWishes, households: Sequence[Wisher], *, points: bool = False
) -> tuple[Places, Vector]:
    """Write households, in this order, and classes as pairs in arrays, with their worth."""
    classes = said.classes
    column = {group.id: index for index, group in enumerate(classes)}
    sizes = np.array([len(wisher.ranking) for wisher in households], dtype=int)
    household = np.repeat(np.arange(len(households)), sizes)
    place = np.array([column[k] for wisher in households for k in wisher.ranking], dtype=int)
    rank = np.array([r for n in sizes.tolist() for r in range(1, n + 1)], dtype=float)
    value = len(classes) + 1 - rank
    if points:
        value *= np.array([wisher.points for wisher in households], dtype=float)[household]
    places = Places(
        households=len(households),
        capacity=np.array([len(group.dwellings) for group in classes], dtype=float),
        household=household,
        place=place,
        weight=np.ones(len(household)),
        limits=tuple(
            _limit(bound, said, households, household, place) for bound in said.wishes.bounds
        ),
    )
    return places, value


def _limit(
    bound: Bound,
    said: ClassWishes,
    households: Sequence[Wisher],
    household: Indices,
    place: Indices,
) -> Limit:
    """Count a bound on all pairs at once: who has the value, in a class of the block."""
    has = np.array([w.attributes.get(bound.attribute) in bound.values for w in households])
    inside = np.array([bound.block in (None, group.block) for group in said.classes])
    return Limit(
        name=bound.id,
        coefficients=(has[household] & inside[place]).astype(float),
        lower=-np.inf if bound.min is None else bound.min,
        upper=np.inf if bound.max is None else bound.max,
    )
