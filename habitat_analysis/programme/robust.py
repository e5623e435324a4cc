"""One programme for all that may happen: the worst case as good as can be, and its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import pulp
from scipy.optimize import brentq

from habitat_analysis.errors import HabitatError, UsageError
from habitat_analysis.programme.account import Scenario
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.cells import cell_rows
from habitat_analysis.programme.evaluation import Evaluation, evaluate
from habitat_analysis.programme.model import (
    KILO,
    ProgrammeModel,
    build_programme,
    objective,
)
from habitat_analysis.programme.optimum import AGREEMENT, optimise, read_programme
from habitat_analysis.programme.solving import Status, solve

PLAN: Final = "base"  # id of the scenario that is the plan itself
MOST_SHIFT: Final[Mapping[str, float]] = {  # how far each trouble is pushed before giving up
    "works": 1.0, "land": 3.0, "rate": 0.10, "dropout": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Robust:
    """The programme whose worst scenario asks for the least effort.

    Attributes
    ----------
    worst_eur, bound_eur
        Its « effort à réunir » in its worst scenario, and the least not excluded.
    evaluations
        The same programme under each scenario, by scenario id.
    nominal_eur, optimum_eur
        Effort of this programme under the plan, and that of the best programme of the plan.
    """

    status: Status
    worst_eur: float | None = None
    bound_eur: float | None = None
    programme: Programme | None = None
    evaluations: Mapping[str, Evaluation] | None = None
    nominal_eur: float | None = None
    optimum_eur: float | None = None

    @property
    def price_eur(self) -> float | None:
        """What robustness costs when all goes as planned."""
        if self.nominal_eur is None or self.optimum_eur is None:
            return None
        return self.nominal_eur - self.optimum_eur

    @property
    def worst(self) -> str:
        """The scenario that asks for the most."""
        found = self.evaluations or {}
        return max(found, key=lambda name: found[name].public_money_eur, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """How far one trouble can go before a programme breaks a rule.

    `reached` is a rise as a fraction (0.08 for works 8 % dearer), points of rate as a fraction,
    or a share of buyers; None when the programme holds to the end of the range tried.
    """

    trouble: str
    reached: float | None
    tried: float


def robust_programme(
    case: Case,
    scenarios: Sequence[Scenario],
    *,
    cases: Mapping[str, Case] = MappingProxyType({}),
    housed_min: int = 0,
    equity_max_stress_eur: float | None = None,
    time_limit_s: float | None = None,
) -> Robust:
    """Find the programme that needs the least effort in the worst of some scenarios.

    Parameters
    ----------
    case
        The question; its rules hold under the plan.
    scenarios
        What may happen; one with the id ``base`` is the plan itself.
    cases
        By scenario id, the case whose costs and terms hold under it, when it is not `case`.
    housed_min
        Needs of the group to cover: otherwise robustness is bought by fewer homes.
    equity_max_stress_eur
        Most equity in a scenario other than the plan; None for no limit.
    time_limit_s
        Seconds allowed.

    Raises
    ------
    UsageError
        Without any scenario.
    HabitatError
        ``E_CERTIFICATE`` when the evaluation contradicts the solver.

    References
    ----------
    ``docs/model.md`` 5.9.
    """
    if not scenarios:
        msg = "Expected at least one scenario."
        raise UsageError(msg)
    model = build_programme(case)
    problem = model.problem
    if housed_min:
        problem += objective(model, "housed") >= housed_min, "robust_housed"
    worst = problem.add_variable("robust_worst", lowBound=0)
    for position, scenario in enumerate(scenarios):
        stressed = None if scenario.id == PLAN else equity_max_stress_eur
        terms = cases.get(scenario.id, case)
        equity = _add_scenario(model, terms, scenario, position, worst)
        if stressed is not None:
            problem += 1 * equity <= stressed / KILO, f"robust_limit_{position}"
    problem.setObjective(1 * worst)
    problem.sense = pulp.LpMinimize
    result = solve(problem, time_limit_s=time_limit_s)
    if result.objective is None:
        return Robust(status=result.status)
    programme = read_programme(model, result.values)
    found = {item.id: evaluate(cases.get(item.id, case), programme, item) for item in scenarios}
    reached = max(evaluation.public_money_eur for evaluation in found.values())
    claimed = result.objective * KILO
    if reached > claimed + AGREEMENT * max(1.0, claimed):
        msg = f"Le contrôle sans solveur contredit le solveur : {reached} au lieu de {claimed}."
        raise HabitatError(msg, code="E_CERTIFICATE")
    wanted = replace(case, rules=replace(case.rules, housed_min=max(
        housed_min, case.rules.housed_min)))  # fmt: skip
    planned = optimise(wanted, ["public_money"], time_limit_s=time_limit_s)
    return Robust(
        status=result.status,
        worst_eur=reached,
        bound_eur=None if result.bound is None else result.bound * KILO,
        programme=programme,
        evaluations=found,
        nominal_eur=evaluate(case, programme).public_money_eur,
        optimum_eur=planned.values.get("public_money"),
    )


def breaking_points(case: Case, programme: Programme) -> tuple[Breaking, ...]:
    """Say how far works, land, rates and drop-outs can go before a programme breaks a rule.

    The rule that breaks is that of the plan: equity and top-up within their limits.

    Returns
    -------
    points
        The trouble that breaks first, in proportion to the range tried, first.
    """
    made = {
        "works": lambda rise: Scenario(cost_factor=1 + rise),
        "land": lambda rise: Scenario(fixed_factor=1 + rise),
        "rate": lambda rise: Scenario(rate_shift=rise),
        "dropout": lambda rise: Scenario(buyer_dropout=rise),
    }
    points = []
    for trouble, scenario in made.items():
        most = MOST_SHIFT[trouble]

        def margin(rise: float, made: Any = scenario) -> float:
            return _margin(case, evaluate(case, programme, made(rise)))

        reached = None
        if margin(0.0) <= 0:
            reached = 0.0
        elif margin(most) < 0:
            reached = float(brentq(margin, 0.0, most, xtol=1e-6))
        points.append(Breaking(trouble=trouble, reached=reached, tried=most))
    return tuple(sorted(points, key=lambda p: 2.0 if p.reached is None else p.reached / p.tried))


def _margin(case: Case, evaluation: Evaluation) -> float:
    """Return what could still be found, in euros, before the limits of equity and help."""
    rules = case.rules
    most = rules.topup_max_eur
    if rules.subsidy_max_eur is not None:
        most = min(most, rules.subsidy_max_eur - evaluation.subsidies_eur)
    if rules.equity_max_eur is None:
        return 1.0
    return rules.equity_max_eur + most - evaluation.equity_needed_eur


def _add_scenario(
    model: ProgrammeModel, terms: Case, scenario: Scenario, position: int, worst: Any
) -> Any:
    """Add the balance of one scenario, make the worst at least its effort; return its equity."""
    problem = model.problem
    cells = cell_rows(terms, rate_shift=scenario.rate_shift, cost_factor=scenario.cost_factor)
    sold = 1 - scenario.buyer_dropout * terms.dropout_loss
    equity = problem.add_variable(f"robust_equity_{position}", lowBound=0)
    margins = {
        cell: row["loan_eur"] + row["subsidy_eur"] + row["revenue_eur"] * sold - row["cost_eur"]
        for cell, row in cells.items()
    }
    income = pulp.lpSum(margins[cell] / KILO * x for cell, x in model.units.items())
    costs = {room.id: room.cost_eur * scenario.cost_factor / KILO for room in terms.spaces}
    rooms = pulp.lpSum(costs[room] * built for room, built in model.spaces.items())
    fixed = terms.fixed_cost_eur * scenario.fixed_factor / KILO
    problem += income + equity + model.topup - rooms >= fixed, f"robust_balance_{position}"
    subsidies = pulp.lpSum(cells[cell]["subsidy_eur"] / KILO * x for cell, x in model.units.items())
    problem += worst - equity - model.topup - subsidies >= 0, f"robust_worst_{position}"
    return equity
