"""How many rooms a household needs, and how it counts for income comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from habitat_analysis.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyNorm:
    """The norm of the place: who shares a bedroom, and the least area.

    The areas are legal values and the rest is a local practice: all come from the study or from
    ``data/baremes/surfaces.csv``.
    """

    share_age: int  # children of this age or more have a bedroom of their own
    per_bedroom: int = 2  # younger children to a bedroom
    extra_rooms: int = 1  # main rooms above the number of persons, before under-occupation
    area_one_m2: float
    area_two_m2: float
    area_more_m2: float  # for each person after two
    area_most_m2: float  # from `persons_most` on
    persons_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """The dwelling that suits a household: T2 is two main rooms, one of them a bedroom."""

    persons: int
    bedrooms: int
    t_min: int
    t_max: int
    min_area_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumptionUnits:
    """The scale that compares the incomes of households of different sizes."""

    adult_age: int = 14  # OECD modified scale, as INSEE uses it
    other_adult: float = 0.5
    child: float = 0.3


def min_typology(
    couples: int, single_adults: int, child_ages: Sequence[float], *, norm: OccupancyNorm
) -> Occupancy:
    """Find the smallest and largest dwelling that suit a household.

    Parameters
    ----------
    couples, single_adults
        A couple shares a bedroom, any other adult has one.
    child_ages
        Ages of the children, those who visit included: they count as persons.
    norm
        The norm of the place.

    Returns
    -------
    occupancy
        Persons, bedrooms, bounds of the typology, least area in m².

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` when there is no adult, ``E_USAGE`` for a negative number or age.

    References
    ----------
    CCH L621-2 (under-occupation) and R822-25 (areas); ``docs/model.md`` 4.4.

    Examples
    --------
    >>> norm = OccupancyNorm(share_age=10, area_one_m2=9, area_two_m2=16, area_more_m2=9,
    ...     area_most_m2=70, persons_most=8)
    >>> family = min_typology(1, 0, [12, 7, 4], norm=norm)
    >>> family.t_min, family.t_max, family.min_area_m2
    (4, 6, 43)
    """
    if min(couples, single_adults, *child_ages, 0) < 0:
        msg = "Expected natural numbers of adults and ages."
        raise UsageError(msg)
    adults = 2 * couples + single_adults
    if adults == 0:
        msg = "Expected a household with at least one adult."
        raise UsageError(msg, code="E_EMPTY_HOUSEHOLD")
    persons = adults + len(child_ages)
    older = sum(age >= norm.share_age for age in child_ages)
    younger = math.ceil((len(child_ages) - older) / norm.per_bedroom)
    bedrooms = couples + single_adults + older + younger
    t_min = 1 if persons == 1 else bedrooms + 1
    return Occupancy(
        persons=persons,
        bedrooms=bedrooms,
        t_min=t_min,
        t_max=max(t_min, persons + norm.extra_rooms),
        min_area_m2=_min_area(persons, norm),
    )


def consumption_units(ages: Sequence[float], scale: ConsumptionUnits | None = None) -> float:
    """Count a household in units of consumption: 1, then 0.5 or 0.3 for each other person.

    Parameters
    ----------
    ages
        One age a person; the first person counts for one whatever the age.
    scale
        Weights of the other persons.

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` when there is nobody.

    References
    ----------
    ``docs/model.md`` 4.3.

    Examples
    --------
    >>> consumption_units([34, 8, 5])
    1.6
    """
    if not ages:
        msg = "Expected a household with at least one person."
        raise UsageError(msg, code="E_EMPTY_HOUSEHOLD")
    scale = scale or ConsumptionUnits()
    others = sorted(ages, reverse=True)[1:]
    older = sum(age >= scale.adult_age for age in others)
    return 1 + scale.other_adult * older + scale.child * (len(others) - older)


def _min_area(persons: int, norm: OccupancyNorm) -> float:
    """Return the least area for a number of persons, in m²."""
    if persons >= norm.persons_most:
        return norm.area_most_m2
    if persons == 1:
        return norm.area_one_m2
    return norm.area_two_m2 + (persons - 2) * norm.area_more_m2
