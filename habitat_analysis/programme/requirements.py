"""The price of each requirement: every target and limit moved by a step, and solved again.

The multipliers of the relaxation are given beside, for what they are: prices of a programme
whose dwellings could be fractions. They miss every jump; the solves do not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from habitat_analysis.programme.arrays import read_arrays
from habitat_analysis.programme.case import (
    MONEY_OBJECTIVES,
    Case,
    ShareRule,
    check_objectives,
)
from habitat_analysis.programme.certificate import Unit
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.lots import Lots
from habitat_analysis.programme.model import KILO, build_programme, set_objective
from habitat_analysis.programme.optimum import Optimum, answer
from habitat_analysis.programme.solving import Status, relax

LeverUnit = Unit | Literal["points", "niveaux", "metres"]

STEP_M2: Final = 10.0
STEP_PLACES: Final = 1.0
STEP_COUNT: Final = 1
STEP_SHARE: Final = 0.05  # five points
STEP_EUR: Final = 50_000.0
STEP_EUR_M2: Final = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One requirement, and the cases in which it is a step looser or tighter.

    Attributes
    ----------
    rule
        Id of the rule moved, or of the one that a rule of the plan of the commune moves.
    unit, step, limit
        Unit of the step, its size, and the limit of the study; shares in points of percentage.
    looser, tighter
        None where the step would leave the domain of the limit.
    label
        French, when the rule has no label of its own.
    """

    rule: str
    unit: LeverUnit
    step: float
    limit: float | None
    looser: Case | None
    tighter: Case | None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the programme becomes when a requirement moves by one step."""

    optimum: Optimum
    housed: int | None  # households more or less; None without a programme
    effort_eur: float | None  # « effort à réunir » more or less


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one requirement, on both sides of it."""

    lever: Lever
    looser: Answered | None
    tighter: Answered | None

    @property
    def weight(self) -> tuple[float, float]:
        """How much the requirement matters: households first, then euros, at its best side."""
        moves = [side for side in (self.looser, self.tighter) if side is not None]
        lost = any(side.optimum.status == "infeasible" for side in moves)
        households = max((abs(side.housed or 0) for side in moves), default=0)
        euros = max((abs(side.effort_eur or 0.0) for side in moves), default=0.0)
        return (math.inf if lost else households, euros)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """The programme whose dwellings could be fractions: its value and its prices.

    `prices` are by rule: what one more unit of the right-hand side does to the objective, euros
    for money. An integer programme has none: these only say where to look.
    """

    status: Status
    value: float | None
    prices: Mapping[str, float]


def price_requirements(
    case: Case,
    objectives: Sequence[str],
    *,
    reference: Optimum | None = None,
    levers: Iterable[Lever] | None = None,
    kept: KeptProgramme | None = None,
    time_limit_s: float | None = None,
) -> tuple[Price, ...]:
    """Relax and tighten each requirement by a step and say what the programme becomes.

    Parameters
    ----------
    case, objectives
        The question, and the order of its objectives.
    reference
        Its optimum, if already known.
    levers
        Requirements to price; by default all those of the case.
    kept
        Arrays of a case of the same shape, if there are some.
    time_limit_s
        Seconds for all; what is left unsolved is left out.

    Returns
    -------
    prices
        The requirement that matters most first; empty when the case has no programme.

    References
    ----------
    ``docs/model.md`` 5.7: true solves, each lever with its stated step.
    """
    check_objectives(case, objectives)
    deadline = None if time_limit_s is None else time.perf_counter() + time_limit_s
    if kept is None or not kept.same_shape(case):
        kept = KeptProgramme(case)
    if reference is None:
        reference = answer(kept, case, objectives, time_limit_s=time_limit_s)
    if reference.evaluation is None:
        return ()
    wanted = case_levers(case) if levers is None else levers
    bench = _Bench(kept, tuple(objectives), reference, deadline)
    prices = [
        Price(lever=lever, looser=bench.tried(lever.looser), tighter=bench.tried(lever.tighter))
        for lever in wanted
        if not bench.late and (lever.looser or lever.tighter)
    ]
    return tuple(sorted(prices, key=lambda price: price.weight, reverse=True))


def relaxed_programme(case: Case, objective: str) -> Relaxation:
    """Solve the relaxation of a case and read its prices.

    Returns
    -------
    relaxation
        Value in the unit of the objective, euros for money; prices without those that are zero.
    """
    check_objectives(case, [objective])
    model = build_programme(case)
    set_objective(model, objective)
    result = relax(read_arrays(model.problem))
    unit = KILO if objective in MONEY_OBJECTIVES else 1.0
    return Relaxation(
        status=result.status,
        value=None if result.objective is None else result.objective * unit,
        prices={
            model.rules[row]: price * (1.0 if _in_euros(model.rules[row]) else unit)
            for row, price in result.prices.items()
            if price
        },
    )


def case_levers(case: Case) -> Iterator[Lever]:
    """List the requirements of a case, each with a meaningful step.

    Ten square metres, one place, one dwelling, one household, five points of a share, fifty
    thousand euros, fifty euros a square metre; a decision is kept or not.
    """
    rules = case.rules
    yield _number(case, "surface", "m2", STEP_M2, "shab_max_m2", more_is_looser=True)
    yield _number(case, "parking", "places", STEP_PLACES, "parking_max", more_is_looser=True)
    yield _count(case, "dwellings:min", "dwellings_min", more_is_looser=False)
    yield _count(case, "dwellings:max", "dwellings_max", more_is_looser=True)
    yield _count(case, "open", "open_max", more_is_looser=True)
    if rules.housed_min:
        yield _count(case, "housed", "housed_min", more_is_looser=False)
    yield from _shares(case, "share", "families")
    yield from _shares(case, "typo", "typology_shares")
    yield from _shares(case, "quartile", "quartiles")
    yield from _shares(case, "quota", "quotas")
    if rules.mix_target is not None and rules.mix_target.eps is not None:
        yield _mix(case, rules.mix_target.eps)
    for rule, name in (
        ("equity", "equity_max_eur"), ("topup", "topup_max_eur"), ("subsidy", "subsidy_max_eur"),
    ):  # fmt: skip
        yield _number(case, rule, "eur", STEP_EUR, name, more_is_looser=True)
    yield _land(case)
    yield from _ceilings(case)
    yield from _decisions(case)


class _Bench:
    """Asks one case after another, from kept arrays where it can, until it is late."""

    def __init__(
        self,
        kept: KeptProgramme,
        objectives: tuple[str, ...],
        reference: Optimum,
        deadline: float | None,
    ) -> None:
        self._kept, self._objectives = kept, objectives
        self._reference, self._deadline = reference, deadline

    @property
    def late(self) -> bool:
        return self._deadline is not None and time.perf_counter() > self._deadline

    def tried(self, case: Case | None) -> Answered | None:
        if case is None:
            return None
        kept = self._kept if self._kept.same_shape(case) else KeptProgramme(case)
        left = None
        if self._deadline is not None:
            left = max(0.0, self._deadline - time.perf_counter())
        found = answer(kept, case, self._objectives, time_limit_s=left)
        known, moved = self._reference.evaluation, found.evaluation
        if known is None or moved is None:
            return Answered(optimum=found, housed=None, effort_eur=None)
        return Answered(
            optimum=found,
            housed=moved.housed - known.housed,
            effort_eur=moved.public_money_eur - known.public_money_eur,
        )


def _changed(case: Case, **rules: object) -> Case:
    return replace(case, rules=replace(case.rules, **rules))  # type: ignore[arg-type]


def _number(
    case: Case, rule: str, unit: LeverUnit, step: float, name: str, *, more_is_looser: bool
) -> Lever:
    """Move a limit that is a sum, an area or a number of places; nothing to move without it."""
    limit: float | None = getattr(case.rules, name)
    if limit is None:
        return Lever(rule=rule, unit=unit, step=step, limit=None, looser=None, tighter=None)
    more = _changed(case, **{name: limit + step})
    less = _changed(case, **{name: limit - step}) if limit >= step else None
    looser, tighter = (more, less) if more_is_looser else (less, more)
    return Lever(rule=rule, unit=unit, step=step, limit=limit, looser=looser, tighter=tighter)


def _count(case: Case, rule: str, name: str, *, more_is_looser: bool) -> Lever:
    unit: LeverUnit = "menages" if rule == "housed" else "logements"
    return _number(case, rule, unit, STEP_COUNT, name, more_is_looser=more_is_looser)


def _shares(case: Case, family: str, name: str) -> Iterator[Lever]:
    """Move each bound of each share by five points, where that still means something."""
    shares: tuple[ShareRule, ...] = getattr(case.rules, name)
    for position, rule in enumerate(shares):
        for bound, looser in (("min", -STEP_SHARE), ("max", STEP_SHARE)):
            limit: float | None = getattr(rule, bound)
            if limit is None:
                continue
            sides = [
                _with_share(case, name, position, bound, limit + move) for move in (looser, -looser)
            ]
            yield Lever(
                rule=f"{family}:{rule.id}:{bound}",
                unit="points",
                step=STEP_SHARE,
                limit=limit,
                looser=sides[0],
                tighter=sides[1],
            )


def _with_share(case: Case, name: str, position: int, bound: str, value: float) -> Case | None:
    shares: list[ShareRule] = list(getattr(case.rules, name))
    value = round(value, 9)
    if not 0 <= value <= 1:
        return None
    moved = replace(shares[position], **{bound: value})  # type: ignore[arg-type]
    if moved.min is not None and moved.max is not None and moved.min > moved.max:
        return None
    shares[position] = moved
    return _changed(case, **{name: tuple(shares)})


def _mix(case: Case, eps: float) -> Lever:
    target = case.rules.mix_target

    def within(value: float) -> Case | None:
        if target is None or not 0 <= value <= 1:
            return None
        return _changed(case, mix_target=replace(target, eps=round(value, 9)))

    return Lever(
        rule="mix", unit="points", step=STEP_SHARE, limit=eps,
        looser=within(eps + STEP_SHARE), tighter=within(eps - STEP_SHARE),
    )  # fmt: skip


def _land(case: Case) -> Lever:
    """Move the land bill, which is in the fixed cost."""
    less = case.fixed_cost_eur - STEP_EUR
    return Lever(
        rule="balance", unit="eur", step=STEP_EUR, limit=case.fixed_cost_eur,
        looser=replace(case, fixed_cost_eur=less) if less >= 0 else None,
        tighter=replace(case, fixed_cost_eur=case.fixed_cost_eur + STEP_EUR),
    )  # fmt: skip


def _ceilings(case: Case) -> Iterator[Lever]:
    for position, terms in enumerate(case.tenures):
        limit = terms.cost_ceiling_m2_eur
        if limit is None:
            continue
        sides = []
        for move in (STEP_EUR_M2, -STEP_EUR_M2):
            tenures = list(case.tenures)
            tenures[position] = replace(terms, cost_ceiling_m2_eur=max(0.0, limit + move))
            sides.append(replace(case, tenures=tuple(tenures)))
        yield Lever(
            rule=f"ceiling:{terms.id}", unit="eur_m2", step=STEP_EUR_M2, limit=limit,
            looser=sides[0], tighter=sides[1],
        )  # fmt: skip


def _decisions(case: Case) -> Iterator[Lever]:
    """Free each decision: a mandatory room, a number fixed by people."""
    for position, space in enumerate(case.spaces):
        if space.mandatory:
            spaces = list(case.spaces)
            spaces[position] = replace(space, mandatory=False)
            yield Lever(
                rule=f"mandatory:{space.id}", unit="locaux", step=1.0, limit=1.0,
                looser=replace(case, spaces=tuple(spaces)), tighter=None,
            )  # fmt: skip
    for lots in case.lots:
        fewer = tuple(_one_lot_fewer(case, lots))
        yield Lever(
            rule=lots.id, unit="logements", step=STEP_COUNT, limit=float(lots.count),
            looser=replace(case, lots=fewer),
            tighter=replace(case, lots=tuple(replace(one, count=one.count + (one == lots))
                                             for one in case.lots)),
        )  # fmt: skip
    for key, value in case.fixed.items():
        freed = {other: kept for other, kept in case.fixed.items() if other != key}
        label = ",".join(key) if isinstance(key, tuple) else key
        yield Lever(
            rule=f"fixed:{label}", unit="locaux" if isinstance(value, bool) else "logements",
            step=1.0, limit=float(value), looser=replace(case, fixed=freed), tighter=None,
        )  # fmt: skip


def _one_lot_fewer(case: Case, fewer: Lots) -> Iterator[Lots]:
    for lots in case.lots:
        left = lots.count - (lots == fewer)
        if left:
            yield replace(lots, count=left)


def _in_euros(rule: str) -> bool:
    """Tell whether the right-hand side of a rule is money: its price is then euro for euro."""
    return rule in ("balance", "equity", "topup", "subsidy") or rule.startswith("ceiling:")
