"""The mix of each building of a programme, and how far apart the buildings are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from habitat_analysis.households.mixity import (
    Mixity,
    SocialShare,
    duncan,
    mixity,
    social_share,
    theil_h,
)
from habitat_analysis.programme.case import Programme
from habitat_analysis.tenures import ORDER, tenures


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingMix:
    """The mix of one building; `indicators.dissimilarity` is to the whole programme."""

    id: str
    dwellings: int
    indicators: Mixity
    social: SocialShare


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingsMix:
    """The mix of the buildings of a programme; nothing in it for a site taken as a whole."""

    counts: pd.DataFrame  # index tenure, one column a building: n
    each: tuple[BuildingMix, ...]
    theil_h: float | None  # tenures: 0 same mix everywhere, 1 one tenure in each
    duncan: float | None  # social rental against the rest: share of one that would have to move


def buildings_mix(programme: Programme) -> BuildingsMix:
    """Measure the mix of each building, beside the whole.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> plus, libre = ("T3", "PLUS"), ("T3", "LIBRE")
    >>> mix = buildings_mix(Programme(units={plus: 2, libre: 2},
    ...     by_building={"A": {plus: 2}, "B": {libre: 2}}))
    >>> mix.theil_h, mix.duncan, [one.indicators.dissimilarity for one in mix.each]
    (1.0, 1.0, [0.5, 0.5])
    """
    counts = {name: tenure_counts(units) for name, units in programme.by_building.items()}
    whole = list(tenure_counts(programme.units).values())
    rental = rental_tenures()
    pairs = [
        (
            sum(n for code, n in inside.items() if code in rental),
            sum(n for code, n in inside.items() if code not in rental),
        )
        for inside in counts.values()
    ]
    return BuildingsMix(
        counts=pd.DataFrame(counts, index=list(ORDER), dtype=int),
        each=tuple(
            BuildingMix(
                id=name,
                dwellings=sum(inside.values()),
                indicators=mixity(list(inside.values()), whole),
                social=social_both_ways(inside),
            )
            for name, inside in counts.items()
        ),
        theil_h=between_buildings(programme),
        duncan=duncan(pairs) if pairs else None,
    )


def between_buildings(programme: Programme) -> float | None:
    """Measure how far the buildings of a programme differ in their mix of tenures.

    Returns
    -------
    h
        Theil H, 0 to 1; None without buildings, or with a single tenure in all.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> plus, libre = ("T3", "PLUS"), ("T3", "LIBRE")
    >>> between_buildings(Programme(units={plus: 2, libre: 2},
    ...                             by_building={"A": {plus: 2}, "B": {libre: 2}}))
    1.0
    """
    inside = [list(tenure_counts(units).values()) for units in programme.by_building.values()]
    return theil_h(inside) if inside else None


def tenure_counts(units: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Count dwellings by tenure, those of no dwelling included."""
    counts = dict.fromkeys(ORDER, 0)
    for (_, code), n in units.items():
        counts[code] += n
    return counts


def rental_tenures() -> tuple[str, ...]:
    """List the tenures of social rental."""
    return tuple(code for code, one in tenures().items() if one.family == "locatif")


def social_sale_tenures() -> tuple[str, ...]:
    """List the tenures of social accession that the SRU law counts, under conditions."""
    return tuple(
        code for code, one in tenures().items() if one.counts_in_sru and one.family != "locatif"
    )


def social_both_ways(counts: Mapping[str, float]) -> SocialShare:
    """Say the share of social dwellings of a distribution of tenures, both ways."""
    return social_share(counts, rental=rental_tenures(), accession=social_sale_tenures())
