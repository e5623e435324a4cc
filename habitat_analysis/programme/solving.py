"""The one place that solves: a PuLP problem in, HiGHS's own answer out.

The problem is handed to HiGHS as one matrix and everything is read from HiGHS itself: status,
bound, gap. PuLP 3 says "Optimal" after a time limit and leaves numbers in the variables of an
impossible problem; nothing of that passes here, and both lines of PuLP give the same answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import highspy
import numpy as np
import pulp

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_solution", "error"]

SEED: Final = 20261122
GAP_REL: Final = 1e-7  # stricter than the 1e-6 of model.md 5.8, for a margin on comparisons
FEASIBILITY: Final = 1e-9  # rows and integrality, so that no big-M leaks through a tolerance
NO_LIMIT: Final = math.inf

_MODEL_STATUS: Final = highspy.HighsModelStatus
_STOPPED: Final = (
    _MODEL_STATUS.kTimeLimit, _MODEL_STATUS.kIterationLimit, _MODEL_STATUS.kSolutionLimit,
    _MODEL_STATUS.kObjectiveBound, _MODEL_STATUS.kObjectiveTarget, _MODEL_STATUS.kInterrupt,
    _MODEL_STATUS.kMemoryLimit,
)  # fmt: skip
_FEASIBLE_POINT: Final = 2  # HiGHS: primal solution status "feasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveResult:
    """What the solver found, and what it proved.

    Attributes
    ----------
    status
        ``optimal`` (proved within the gap asked), ``feasible`` (a solution, stopped before the
        proof), ``infeasible``, ``unbounded``, ``no_solution`` (stopped before any solution),
        ``error`` (the solver failed: nothing is known).
    objective, bound
        Value reached and best value not excluded, in the sense of the problem.
    gap
        ``|objective - bound| / max(1, |objective|)``.
    values
        By variable name, whole numbers for integer variables; empty without a solution.
    note
        What had to be done to get an answer, in English; usually empty.
    """

    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    solver: str
    version: str
    values: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def has_solution(self) -> bool:
        """Whether there are values to read."""
        return self.status in ("optimal", "feasible")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matrix:
    """A PuLP problem as HiGHS takes it, columns in the order of their names."""

    lp: highspy.HighsLp
    names: list[str]
    integer: np.ndarray


def solve(
    problem: pulp.LpProblem,
    *,
    time_limit_s: float | None = None,
    gap_rel: float = GAP_REL,
    seed: int = SEED,
    start: Mapping[str, float] | None = None,
) -> SolveResult:
    """Solve a problem, on one thread, and say what is proved.

    Parameters
    ----------
    problem
        A linear problem, integer or not. It is read, never changed.
    time_limit_s
        Seconds allowed; None for no limit.
    gap_rel
        Relative gap under which a solution is called optimal.
    seed
        Seed of the solver: same problem, same seed, same version, same answer.
    start
        A known solution by variable name, to start from; wrong or partial ones are ignored.

    Returns
    -------
    result
        Status, values and proof. A solver failure is tried once more without presolve; it is
        reported as ``error``, never as ``infeasible``.

    Examples
    --------
    >>> problem = pulp.LpProblem("rooms", pulp.LpMaximize)
    >>> x = problem.add_variable("x", lowBound=0, cat="Integer")
    >>> problem += 1 * x
    >>> problem += 3 * x <= 10, "surface"
    >>> answer = solve(problem)
    >>> answer.status, answer.objective, answer.values
    ('optimal', 3.0, {'x': 3.0})
    """
    began = time.perf_counter()
    matrix = _read(problem)
    limit = NO_LIMIT if time_limit_s is None else max(0.0, time_limit_s)
    options = {"mip_rel_gap": gap_rel, "random_seed": seed, "time_limit": limit}
    highs = _run(matrix, options, start)
    status, note = _status(highs), ""
    if status == "error":
        note = f"solved again without presolve after: {_words(highs)}"
        left = max(0.0, limit - (time.perf_counter() - began))
        highs = _run(matrix, {**options, "presolve": "off", "time_limit": left}, start)
        status = _status(highs)
    if status == "unclear":
        status = _settle(matrix, options)
    return _result(highs, matrix, status, note=note, seconds=time.perf_counter() - began)


def _read(problem: pulp.LpProblem) -> _Matrix:
    """Copy a PuLP problem into the arrays of HiGHS."""
    variables = sorted(problem.variables(), key=lambda variable: variable.name)
    column = {variable.name: index for index, variable in enumerate(variables)}
    if len(column) < len(variables):
        msg = "Two variables of the problem have the same name."
        raise ValueError(msg)
    lp = highspy.HighsLp()
    lp.num_col_ = len(variables)
    costs = np.zeros(len(variables))
    for variable, coefficient in problem.objective.items() if problem.objective else ():
        costs[column[variable.name]] = coefficient
    lp.col_cost_ = costs
    lp.offset_ = float(problem.objective.constant) if problem.objective else 0.0
    maximise = problem.sense == pulp.LpMaximize
    lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
    lp.col_lower_ = np.array([_bound(v.lowBound, -highspy.kHighsInf) for v in variables])
    lp.col_upper_ = np.array([_bound(v.upBound, highspy.kHighsInf) for v in variables])
    integer = np.array([variable.cat == pulp.LpInteger for variable in variables], dtype=bool)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[flag] for flag in integer.astype(int)]
    _read_rows(lp, problem.constraints(), column)
    return _Matrix(lp=lp, names=list(column), integer=integer)


def _read_rows(lp: highspy.HighsLp, rows: list[Any], column: Mapping[str, int]) -> None:
    starts, indices, values = [0], [], []
    for row in rows:
        terms = sorted((column[variable.name], value) for variable, value in row.items() if value)
        indices += [index for index, _ in terms]
        values += [value for _, value in terms]
        starts.append(len(indices))
    lp.num_row_ = len(rows)
    lp.row_lower_ = np.array([_bound(row.getLb(), -highspy.kHighsInf) for row in rows])
    lp.row_upper_ = np.array([_bound(row.getUb(), highspy.kHighsInf) for row in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(indices, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(values, dtype=float)


def _bound(value: float | None, missing: float) -> float:
    return missing if value is None else float(value)


def _run(
    matrix: _Matrix, options: Mapping[str, object], start: Mapping[str, float] | None
) -> highspy.Highs:
    """Run HiGHS, silent and on one thread."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    settings: dict[str, Any] = {
        "threads": 1, "parallel": "off",
        "primal_feasibility_tolerance": FEASIBILITY, "mip_feasibility_tolerance": FEASIBILITY,
    } | dict(options)  # fmt: skip
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    highs.passModel(matrix.lp)
    if start:
        known = [(index, start[name]) for index, name in enumerate(matrix.names) if name in start]
        indices = np.array([index for index, _ in known], dtype=np.int32)
        highs.setSolution(len(known), indices, np.array([value for _, value in known]))
    highs.run()
    return highs


def _status(highs: highspy.Highs) -> Status | Literal["unclear"]:
    """Read the status from HiGHS, which distinguishes more than PuLP does."""
    status = highs.getModelStatus()
    if status in (_MODEL_STATUS.kOptimal, _MODEL_STATUS.kModelEmpty):
        return "optimal"
    if status == _MODEL_STATUS.kInfeasible:
        return "infeasible"
    if status == _MODEL_STATUS.kUnbounded:
        return "unbounded"
    if status == _MODEL_STATUS.kUnboundedOrInfeasible:
        return "unclear"
    if status in _STOPPED:
        info = highs.getInfo()
        found = info.primal_solution_status == _FEASIBLE_POINT
        found = found and math.isfinite(info.objective_function_value)
        return "feasible" if found else "no_solution"
    return "error"


def _settle(matrix: _Matrix, options: Mapping[str, object]) -> Status:
    """Tell unbounded from infeasible: without its objective, the problem has a solution or not."""
    costs = matrix.lp.col_cost_
    try:
        matrix.lp.col_cost_ = np.zeros(len(matrix.names))
        status = _status(_run(matrix, options, None))
    finally:
        matrix.lp.col_cost_ = costs
    if status == "unclear":
        return "error"
    return "unbounded" if status in ("optimal", "feasible") else status


def _result(
    highs: highspy.Highs, matrix: _Matrix, status: Any, *, note: str, seconds: float
) -> SolveResult:
    """Gather the answer; without a solution, no number of one is kept."""
    values: dict[str, float] = {}
    objective = bound = gap = None
    if status in ("optimal", "feasible"):
        info = highs.getInfo()
        solution = np.array(highs.getSolution().col_value, dtype=float)
        solution = np.where(matrix.integer, np.rint(solution), solution) + 0.0
        values = dict(zip(matrix.names, solution.tolist(), strict=True))
        objective = float(info.objective_function_value) + 0.0
        bound = _proved_bound(info, matrix, status, objective)
        gap = None if bound is None else abs(objective - bound) / max(1.0, abs(objective))
    return SolveResult(
        status=status,
        objective=objective,
        bound=bound,
        gap=gap,
        seconds=seconds,
        solver="HiGHS",
        version=highs.version(),
        values=values,
        note=note,
    )


def _proved_bound(info: Any, matrix: _Matrix, status: str, objective: float) -> float | None:
    """Return the best value not excluded, None when nothing is proved."""
    bound = float(info.mip_dual_bound)
    if matrix.integer.any() and math.isfinite(bound):
        return bound + 0.0
    return objective if status == "optimal" else None


def _words(highs: highspy.Highs) -> str:
    return str(highs.modelStatusToString(highs.getModelStatus()))
