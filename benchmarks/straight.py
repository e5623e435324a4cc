"""The straightforward way, to compare with: a PuLP model rebuilt and solved for each question.

Every objective of the lexicographic order is one more row and one more solve from nothing; so is
the land bill, every point of a front, every step of a requirement and every rule of a conflict.
Nothing is kept. The solver, its version, its gap and its thread are those of the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from habitat_analysis.programme.case import MONEY_OBJECTIVES, OBJECTIVES, Case
from habitat_analysis.programme.concessions import possible_without
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.frontier import STEPS
from habitat_analysis.programme.model import (
    KILO,
    ProgrammeModel,
    build_programme,
    keep_objective,
    largest_bill,
    objective,
    set_objective,
)
from habitat_analysis.programme.optimum import read_programme
from habitat_analysis.programme.rules import relaxable_rules
from habitat_analysis.programme.solving import GAP_REL, SolveResult, solve


@dataclass(frozen=True, slots=True, kw_only=True)
class Straight:
    """What the straightforward way finds; money in euros."""

    status: str
    values: tuple[float, ...] = ()
    land_eur: float | None = None  # above the land counted
    solves: int = 0


def optimum(
    case: Case,
    objectives: Sequence[str],
    *,
    limits: dict[str, float] | None = None,
    gap_rel: float = GAP_REL,
) -> Straight:
    """Optimise objective after objective, a model rebuilt for each; evaluate the last."""
    values: list[float] = []
    result: SolveResult | None = None
    model: ProgrammeModel | None = None
    for rank, name in enumerate(objectives):
        model = build_programme(case)
        for limited, value in (limits or {}).items():
            _limit(model, limited, value)
        for earlier, value in zip(objectives[:rank], values, strict=True):
            keep_objective(model, earlier, value)
        set_objective(model, name)
        tried = solve(model.problem, gap_rel=gap_rel)
        if tried.objective is not None:
            result = tried
            values.append(tried.objective)
        elif result is None:
            return Straight(status=tried.status, solves=rank + 1)
        else:  # the stages before are held to a hair: what their programme makes of this one
            reached = evaluate(case, read_programme(model, result.values)).reached(name) or 0.0
            values.append(reached / (KILO if name in MONEY_OBJECTIVES else 1.0))
    if model is not None and result is not None:
        evaluate(case, read_programme(model, result.values))
    scaled = tuple(
        value * (KILO if name in MONEY_OBJECTIVES else 1.0)
        for name, value in zip(objectives, values, strict=True)
    )
    return Straight(status="optimal", values=scaled, solves=len(objectives))


def land_bill(case: Case, *, land_eur: float) -> float | None:
    """Maximise the land bill, in euros above the land counted; None when nothing is possible.

    When even free land leaves no programme, the bill goes down by the whole fixed cost.
    """
    bare = replace(case, fixed_cost_eur=max(0.0, case.fixed_cost_eur - land_eur))
    model = build_programme(bare, land_max_eur=largest_bill(bare))
    set_objective(model, "land")
    result = solve(model.problem)
    if result.objective is None and land_eur < case.fixed_cost_eur:
        return land_bill(case, land_eur=case.fixed_cost_eur)
    if result.objective is None:
        return None
    return result.objective * KILO - (case.fixed_cost_eur - bare.fixed_cost_eur)


def conflict(case: Case) -> tuple[tuple[str, ...], int]:
    """Return an irreducible conflict by the deletion filter, and the number of solves."""
    rules = sorted(relaxable_rules(build_programme(case).rules.values()))
    dropped: list[str] = []
    for rule in rules:
        if possible_without(case, [*dropped, rule]) == "infeasible":
            dropped.append(rule)
    return tuple(rule for rule in rules if rule not in dropped), len(rules)


def front(case: Case, objectives: Sequence[str]) -> tuple[set[tuple[float, ...]], int]:
    """Sweep a front of two or three objectives, every question solved from nothing.

    Returns
    -------
    points
        Values of the objectives, rounded to their step.
    solves
        Integer programs solved.
    """
    points: set[tuple[float, ...]] = set()
    solves, outer = 0, dict[str, float]()
    while True:
        inner, level = dict(outer), list[tuple[float, ...]]()
        while (found := optimum(case, objectives, limits=inner)).values:
            solves += found.solves
            level.append(found.values)
            inner[objectives[1]] = _beyond(objectives[1], found.values[1])
        solves += found.solves
        points |= {
            tuple(round(value / STEPS[name]) for name, value in zip(objectives, row, strict=True))
            for row in level
        }
        if not level or len(objectives) == 2:
            return points, solves
        last = objectives[2]
        sign = 1.0 if OBJECTIVES[last] == "max" else -1.0
        outer = {last: _beyond(last, min((row[2] for row in level), key=lambda v: sign * v))}


def _beyond(name: str, value: float) -> float:
    return value + STEPS[name] if OBJECTIVES[name] == "max" else value - STEPS[name]


def stop(difference: str) -> NoReturn:
    """End a measure in which both ways do not agree."""
    raise SystemExit(difference)


def _limit(model: ProgrammeModel, name: str, value: float) -> None:
    """Ask for a value of an objective at least (or at most) reached."""
    scaled = value / (KILO if name in MONEY_OBJECTIVES else 1.0)
    reached = objective(model, name)
    problem = model.problem
    limit = reached >= scaled if OBJECTIVES[name] == "max" else reached <= scaled
    problem += limit, f"limit_{name}"
