"""Single ways out of an impossible programme: which limit, lifted alone, makes it possible.

A first answer; the smallest change of each limit and the irreducible conflict come with the
diagnosis of ``docs/model.md`` 5.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from habitat_analysis.programme.case import Case, ProgrammeRules, ShareRule
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.wording import rule_label

SECONDS_EACH = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A limit and whether lifting it alone makes the programme possible."""

    rule: str
    label: str  # French
    enough: bool


def single_ways_out(case: Case) -> tuple[Outlet, ...]:
    """Lift each limit alone and look whether a programme appears.

    Parameters
    ----------
    case
        A case without any programme.

    Returns
    -------
    outlets
        One a limit, those that are enough first.
    """
    outlets = [
        Outlet(
            rule=rule,
            label=rule_label(case, rule),
            enough=optimise(lifted, ["equity"], time_limit_s=SECONDS_EACH).programme is not None,
        )
        for rule, lifted in _lifted(case)
    ]
    return tuple(sorted(outlets, key=lambda outlet: not outlet.enough))


def _lifted(case: Case) -> Iterator[tuple[str, Case]]:
    """Give, limit after limit, the case without it."""
    rules = case.rules

    def without(**change: object) -> Case:
        return replace(case, rules=replace(rules, **change))  # type: ignore[arg-type]

    if rules.equity_max_eur is not None:
        yield "equity", without(equity_max_eur=None)
    if rules.subsidy_max_eur is not None:
        yield "subsidy", without(subsidy_max_eur=None)
    if rules.parking_max is not None:
        yield "parking", without(parking_max=None)
    if rules.open_max is not None:
        yield "open", without(open_max=None)
    if rules.dwellings_min:
        yield "dwellings:min", without(dwellings_min=0)
    if rules.housed_min:
        yield "housed", without(housed_min=0)
    if rules.mix_target is not None and rules.mix_target.eps is not None:
        yield "mix", without(mix_target=replace(rules.mix_target, eps=None))
    for prefix, name in (("share", "families"), ("typo", "typology_shares"),
                         ("quartile", "quartiles")):  # fmt: skip
        yield from (
            (f"{prefix}:{rule.id}:{bound}", without(**{name: shares}))
            for rule, bound, shares in _shares_without(rules, name)
        )
    ceilings = [terms.id for terms in case.tenures if terms.cost_ceiling_m2_eur is not None]
    for code in ceilings:
        tenures = tuple(
            replace(t, cost_ceiling_m2_eur=None) if t.id == code else t for t in case.tenures
        )
        yield f"ceiling:{code}", replace(case, tenures=tenures)
    yield from _buildings_lifted(case)


def _buildings_lifted(case: Case) -> Iterator[tuple[str, Case]]:
    """Give the case without each limit of a building or phase, then without one mix in all."""
    for place, building in enumerate(case.buildings):
        for name, limit in (("dwellings", "dwellings_max"), ("parking", "parking_max")):
            if getattr(building, limit) is not None:
                freed = replace(building, **{limit: None})  # type: ignore[arg-type]
                others = (*case.buildings[:place], freed, *case.buildings[place + 1 :])
                yield f"building:{building.id}:{name}", replace(case, buildings=others)
    for phase in case.phases:
        if phase.equity_max_eur is not None:
            phases = tuple(replace(p, equity_max_eur=None) if p is phase else p
                           for p in case.phases)  # fmt: skip
            yield f"phase:{phase.number}:equity", replace(case, phases=phases)
    for rule, bound, shares in _shares_without(case.rules, "building_shares"):
        lifted = replace(case, rules=replace(case.rules, building_shares=shares))
        yield f"buildings:share:{rule.id}:{bound}", lifted


def _shares_without(
    rules: ProgrammeRules, name: str
) -> Iterator[tuple[ShareRule, str, tuple[ShareRule, ...]]]:
    shares: tuple[ShareRule, ...] = getattr(rules, name)
    for rule in shares:
        for bound in ("min", "max"):
            if getattr(rule, bound) is not None:
                lifted = replace(rule, **{bound: None})  # type: ignore[arg-type]
                yield rule, bound, tuple(lifted if r is rule else r for r in shares)
