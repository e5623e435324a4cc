"""The rules of a programme by their ids: which ones people may concede, in what unit, how far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from habitat_analysis.programme.case import Case
from habitat_analysis.programme.certificate import Unit

STRUCTURE: Final = frozenset(  # rows that say what a programme is, not what is asked of it
    {"class", "cell", "used", "dev", "keep", "objective", "split", "order", "accepted"}
)
UNITS: Final[Mapping[str, Unit]] = {
    "surface": "m2", "parking": "places", "dwellings": "logements", "open": "logements",
    "housed": "menages", "share": "logements", "typo": "logements", "quartile": "menages",
    "quota": "menages", "lots": "logements",
    "mix": "logements", "balance": "eur", "equity": "eur", "topup": "eur", "subsidy": "eur",
    "ceiling": "eur_m2", "mandatory": "locaux", "fixed": "logements", "buildings": "logements",
    "phase": "eur",
}  # fmt: skip
LOOSEST: Final = frozenset({"surface", "dwellings:max"})  # they bound the M of other rules
MOST_TIMES: Final = 3  # [P] without both limits, the most dwellings of a tenure under a ceiling


def relaxable_rules(rules: Iterable[str]) -> tuple[str, ...]:
    """Keep the rules that people may concede, in their order.

    Examples
    --------
    >>> relaxable_rules(["surface", "class:A", "equity", "used:PLAI"])
    ('surface', 'equity')
    """
    return tuple(rule for rule in rules if rule.partition(":")[0] not in STRUCTURE)


def rule_unit(case: Case, rule: str) -> Unit:
    """Return the unit of a rule.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules
    >>> case = Case(typologies=(), tenures=(),
    ...             rules=ProgrammeRules(shab_max_m2=100.0, dwellings_max=2))
    >>> rule_unit(case, "share:PLAI:min"), rule_unit(case, "building:A:surface")
    ('logements', 'm2')
    """
    family, _, name = rule.partition(":")
    if family == "building":
        return rule_unit(case, name.partition(":")[2])
    if family == "fixed" and name in {space.id for space in case.spaces}:
        return "locaux"
    return UNITS[family]


def loosest(case: Case, rules: Collection[str]) -> Case:
    """Return a case without a limit of surface or of number of dwellings.

    They cannot simply be left out, other rows rest on them: each takes the largest value that
    the other allows, and `MOST_TIMES` more dwellings when both go.
    """
    known = case.rules
    smallest = min((size.shab_m2 for size in case.typologies), default=1.0)
    largest = max((size.shab_m2 for size in case.typologies), default=1.0)
    most, area = known.dwellings_max, known.shab_max_m2
    if "dwellings:max" in rules:
        fitting = max(most, int(area / smallest))
        most = MOST_TIMES * fitting if "surface" in rules else fitting
    if "surface" in rules:
        area = max(area, most * largest + sum(space.area_m2 for space in case.spaces))
    return replace(case, rules=replace(known, dwellings_max=most, shab_max_m2=area))
