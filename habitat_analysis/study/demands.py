"""What a study demands of the numbers of dwellings and households, as inequalities with words.

Money and land are left out: they depend on the site. Whatever is written here holds on any site,
so that demands which contradict each other can be refused before any site is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from habitat_analysis.formats import count, number, percent, quoted
from habitat_analysis.study.inequalities import ONE, Column, Form
from habitat_analysis.study.parts import Bounded
from habitat_analysis.study.programme import Programme

DWELLINGS: Final = "logements"
HOUSEHOLDS: Final = "ménages placés"
QUARTILES: Final = ("Q1", "Q2", "Q3", "Q4")
TOLERANCE: Final = Fraction(1, 1_000_000)  # as kind as the tolerances of a solver

Kind = Literal["min", "max", "total", "other"]
Step = str | int
Row = tuple[Form, Fraction]  # sum of coefficients times quantities, plus a constant, at least 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One demand of the study: where it stands, how it is said, what it requires."""

    keys: tuple[Step, ...]  # place in the file
    said: str  # French
    rows: tuple[Row, ...]
    kind: Kind = "other"
    whole: str = ""  # of what a share is taken; rows are then rounded to whole units
    share: Fraction = Fraction(0)
    members: frozenset[Column] = frozenset()  # what a share counts
    name: str = ""
    gaps: tuple[tuple[Column, Fraction], ...] = ()  # distances from a share, in whole units


def demands_of(programme: Programme, parking: Mapping[str, float]) -> tuple[Demand, ...]:
    """List the demands of a study on numbers, in the order of its keys.

    Parameters
    ----------
    programme
        Targets, limits and fixed numbers.
    parking
        Places a dwelling of each offered tenure.
    """
    return (
        *_totals(programme),
        *_families(programme),
        *_typologies(programme),
        *_quartiles(programme),
        *_mix(programme),
        *_parking(programme, parking),
        *_fixed(programme),
    )


def cells_of(
    programme: Programme, *, sizes: Iterable[str] | None = None, codes: Iterable[str] | None = None
) -> frozenset[Column]:
    """List the cells offered, of some sizes or some tenures."""
    kept = None if sizes is None else set(sizes)
    held = None if codes is None else set(codes)
    return frozenset(
        (size.id, code)
        for size in programme.typologies
        for code in programme.tenures
        if (kept is None or size.id in kept) and (held is None or code in held)
    )


def definitions(programme: Programme) -> tuple[Row, ...]:
    """Say what the totals are: every dwelling is in a cell, every household in a quartile."""
    rows: list[Row] = []
    for total, parts in ((DWELLINGS, cells_of(programme)), (HOUSEHOLDS, QUARTILES)):
        rows += [(_sum(parts, {total: -ONE}), Fraction(0))]
        rows += [(_sum(parts, {total: ONE}, -ONE), Fraction(0))]
    rows += [({DWELLINGS: ONE}, -ONE), ({DWELLINGS: ONE, HOUSEHOLDS: -ONE}, Fraction(0))]
    if programme.quartiles:  # a share of nobody would say nothing
        rows += [({HOUSEHOLDS: ONE}, -ONE)]
    return tuple(rows)


def exact(value: float) -> Fraction:
    """Read a number as it was typed: 0.1 is a tenth."""
    return Fraction(str(value))


def _sum(
    members: Iterable[Column], more: Mapping[Column, Fraction], each: Fraction = ONE
) -> dict[Column, Fraction]:
    return {**dict.fromkeys(members, each), **more}


def _totals(programme: Programme) -> Iterator[Demand]:
    def total(key: str, said: str, form: Form, constant: int) -> Demand:
        rows = ((form, Fraction(constant)),)
        return Demand(keys=("programme", key), said=said, rows=rows, kind="total")

    low, high, housed = programme.dwellings_min, programme.dwellings_max, programme.housed_min
    yield total("logements_min", f"au moins {count(low, 'logement')}", {DWELLINGS: ONE}, -low)
    yield total("logements_max", f"au plus {count(high, 'logement')}", {DWELLINGS: -ONE}, high)
    if housed:
        said = f"au moins {count(housed, 'besoin couvert', 'besoins couverts')}"
        yield total("besoins_couverts_min", said, {HOUSEHOLDS: ONE}, -housed)
    if programme.open_max is not None:
        said = f"au plus {count(programme.open_max, 'logement')} hors du groupe"
        form: Form = {HOUSEHOLDS: ONE, DWELLINGS: -ONE}
        yield total("logements_ouverts_max", said, form, programme.open_max)


def _shares(
    rule: Bounded, keys: tuple[Step, ...], name: str, members: frozenset[Column], whole: str
) -> Iterator[Demand]:
    """Write the minimum and the maximum of one share."""
    if rule.min is not None:
        least = exact(rule.min)
        form = _sum(members, {whole: -max(least - TOLERANCE, Fraction(0))})
        yield Demand(
            keys=(*keys, "min"), said=f"au moins {written(least)} de {name}", kind="min",
            rows=((form, Fraction(0)),), whole=whole, share=least, members=members, name=name,
        )  # fmt: skip
    if rule.max is not None:
        most = exact(rule.max)
        form = _sum(members, {whole: most + TOLERANCE}, -ONE)
        yield Demand(
            keys=(*keys, "max"), said=f"au plus {written(most)} de {name}", kind="max",
            rows=((form, Fraction(0)),), whole=whole, share=most, members=members, name=name,
        )  # fmt: skip


def _families(programme: Programme) -> Iterator[Demand]:
    for rank, family in enumerate(programme.families):
        keys = ("programme", "familles", rank)
        members = cells_of(programme, codes=family.tenures)
        yield from _shares(family, keys, quoted(family.label), members, DWELLINGS)


def _typologies(programme: Programme) -> Iterator[Demand]:
    for rank, rule in enumerate(programme.typology_shares):
        keys = ("programme", "parts_de_typologies", rank)
        members = cells_of(programme, sizes=rule.typologies)
        yield from _shares(rule, keys, quoted(rule.id), members, DWELLINGS)


def _quartiles(programme: Programme) -> Iterator[Demand]:
    for rank, rule in enumerate(programme.quartiles):
        keys = ("programme", "quartiles", rank)
        yield from _shares(rule, keys, quoted(rule.id), frozenset([rule.id]), HOUSEHOLDS)


def _mix(programme: Programme) -> Iterator[Demand]:
    target = programme.mix_target
    if target is None or target.eps is None:
        return
    rows: list[Row] = []
    spread: dict[Column, Fraction] = {DWELLINGS: exact(target.eps) + TOLERANCE}
    for group in target.groups:
        gap, members = ("écart", group.id), cells_of(programme, codes=group.tenures)
        wanted = exact(group.share)
        rows += [(_sum(members, {gap: ONE, DWELLINGS: wanted}, -ONE), Fraction(0))]
        rows += [(_sum(members, {gap: ONE, DWELLINGS: -wanted}), Fraction(0))]
        spread[gap] = Fraction(-1, 2)
    rows += [(spread, Fraction(0))]
    yield Demand(
        keys=("programme", "mixite_visee", "ecart_max"),
        said=f"un écart d'au plus {written(exact(target.eps))} à la mixité visée",
        rows=tuple(rows),
        whole=DWELLINGS,
        gaps=tuple((("écart", group.id), exact(group.share)) for group in target.groups),
    )


def _parking(programme: Programme, parking: Mapping[str, float]) -> Iterator[Demand]:
    most = programme.parking_max
    if most is None:
        return
    form: dict[Column, Fraction] = {
        (size.id, code): -exact(parking[code])
        for size in programme.typologies
        for code in programme.tenures
    }
    yield Demand(
        keys=("programme", "places_max"),
        said=f"au plus {count(most, 'place')} de stationnement, d'après « places_par_logement »",
        rows=((form, most + TOLERANCE),),
    )


def _fixed(programme: Programme) -> Iterator[Demand]:
    keys = ("programme", "fixe")
    for size, by_tenure in programme.fixed.units.items():
        for code, n in by_tenure.items():
            said = f"{count(n, f'logement {size} {code} fixé', f'logements {size} {code} fixés')}"
            members = frozenset([(size, code)])
            yield _decided((*keys, "logements", size, code), said, members, n)
    for code, n in programme.fixed.tenures.items():
        said = count(n, f"logement {code} fixé", f"logements {code} fixés")
        yield _decided((*keys, "statuts", code), said, cells_of(programme, codes=[code]), n)


def _decided(keys: tuple[Step, ...], said: str, members: frozenset[Column], n: int) -> Demand:
    least, most = (_sum(members, {}), Fraction(-n)), (_sum(members, {}, -ONE), Fraction(n))
    return Demand(keys=keys, said=said, rows=(least, most))


def written(share: Fraction) -> str:
    """Write a share with the decimals it needs, two at most."""
    hundred = share * 100
    decimals = next((d for d in (0, 1) if (hundred * 10**d).denominator == 1), 2)
    return percent(float(share), decimals)


def between(low: int, high: int) -> str:
    """Say a range of whole numbers."""
    return number(low) if low == high else f"{number(low)} à {number(high)}"
