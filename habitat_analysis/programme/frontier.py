"""What one more household costs, and what the land may cost at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from habitat_analysis.errors import HabitatError, UsageError
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.evaluation import Evaluation, evaluate
from habitat_analysis.programme.model import KILO, build_programme, largest_bill, set_objective
from habitat_analysis.programme.optimum import optimise, read_programme
from habitat_analysis.programme.solving import Status, solve

PARETO_COLUMNS = ("housed_min", "status", "value", "gap", "housed", "dominated")


@dataclass(frozen=True, slots=True, kw_only=True)
class LandBill:
    """The largest land bill the operation can bear: « charge foncière admissible ».

    `extra_eur` is above the land already in the fixed cost, tax included; None without a
    programme. It is never below zero: an operation that cannot bear its own land is infeasible.
    """

    status: Status
    extra_eur: float | None
    bound_eur: float | None
    programme: Programme | None
    evaluation: Evaluation | None


def pareto(
    case: Case,
    housed_min: Sequence[int],
    *,
    objective: str = "public_money",
    time_limit_s: float | None = None,
) -> pd.DataFrame:
    """Optimise an objective for each least number of needs covered.

    Parameters
    ----------
    case
        The question; its own ``housed_min`` is replaced.
    housed_min
        Least numbers of households to house.
    objective
        Name of `case.OBJECTIVES`.
    time_limit_s
        Seconds for each point.

    Returns
    -------
    points
        One row a number: ``status``, ``value`` (euros for money; NaN without a programme),
        ``gap``, ``housed`` and whether another point houses more for the same value
        (``dominated``).

    References
    ----------
    ``docs/model.md`` 5.4: epsilon-constraint with integer steps.
    """
    rows = []
    for number in housed_min:
        rules = replace(case.rules, housed_min=number)
        best = optimise(replace(case, rules=rules), [objective], time_limit_s=time_limit_s)
        stage = best.stages[0] if best.stages else None
        rows.append(
            {
                "housed_min": number,
                "status": best.status,
                "value": None if stage is None else stage.value,
                "gap": None if stage is None else stage.gap,
                "housed": None if best.evaluation is None else best.evaluation.housed,
            }
        )
    points = pd.DataFrame(rows, columns=list(PARETO_COLUMNS[:-1]))
    points = points.astype({"value": float, "gap": float, "housed": float})
    later = points[["value"]].round(2).duplicated(keep="last")
    points["dominated"] = later & points["value"].notna()
    return points


def charge_fonciere_admissible(case: Case, *, time_limit_s: float | None = None) -> LandBill:
    """Find the largest land bill under which some programme keeps every rule.

    Parameters
    ----------
    case
        The question; its equity must have a limit.
    time_limit_s
        Seconds allowed.

    Returns
    -------
    bill
        Euros tax included above the land already counted, the programme that bears them and its
        evaluation with that land. The ceiling of loans (``fixed_m2_eur``) is left as it is.

    Raises
    ------
    UsageError
        When nothing limits the equity: any land could be paid.
    HabitatError
        ``E_CERTIFICATE`` when the evaluation contradicts the solver.

    References
    ----------
    ``docs/model.md`` 5.4: one program, no search.
    """
    rules = case.rules
    if rules.equity_max_eur is None:
        msg = "Expected `rules.equity_max_eur`: without it any land bill can be paid."
        raise UsageError(msg)
    model = build_programme(case, land_max_eur=largest_bill(case))
    set_objective(model, "land")
    result = solve(model.problem, time_limit_s=time_limit_s)
    if not result.has_solution or result.objective is None or result.bound is None:
        return LandBill(
            status=result.status, extra_eur=None, bound_eur=None, programme=None, evaluation=None
        )
    extra, programme = result.objective * KILO, read_programme(model, result.values)
    dearer = replace(case, fixed_cost_eur=case.fixed_cost_eur + extra)
    evaluation = evaluate(dearer, programme)
    if evaluation.broken:
        faults = ", ".join(check.rule for check in evaluation.broken)
        msg = f"Le contrôle sans solveur contredit le solveur (charge foncière) : {faults}."
        raise HabitatError(msg, code="E_CERTIFICATE")
    return LandBill(
        status=result.status,
        extra_eur=extra,
        bound_eur=result.bound * KILO,
        programme=evaluation.programme,
        evaluation=evaluation,
    )
