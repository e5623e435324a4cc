"""The one place that solves: a PuLP problem in, HiGHS's own answer out.

The problem is handed to HiGHS as one matrix and everything is read from HiGHS itself: status,
bound, gap. PuLP 3 says "Optimal" after a time limit and leaves numbers in the variables of an
impossible problem; nothing of that passes here, and both lines of PuLP give the same answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import highspy
import numpy as np
import pulp

from habitat_analysis.programme.arrays import Arrays, Vector, read_arrays

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_solution", "error"]

SOLVER: Final = "HiGHS"
VERSION: Final = str(highspy.Highs().version())  # type: ignore[no-untyped-call]
SEED: Final = 20261122
GAP_REL: Final = 1e-7  # stricter than the 1e-6 of model.md 5.8, for a margin on comparisons
FEASIBILITY: Final = 1e-9  # rows and integrality, so that no big-M leaks through a tolerance
NO_LIMIT: Final = math.inf
AT_ONCE: Final[Mapping[str, object]] = {
    "presolve": "off",
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_detect_symmetry": False,
}
WARM_AGREEMENT: Final = 1e-7  # relative: a bound after a warm start against the value reached
FEASIBLE_NOISE: Final = 1e-6  # what multipliers must exceed zero by to prove an impossibility
NO_PRICE: Final = 1e-11  # a reduced cost below this is rounding

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
    prices
        By row name, for a problem without whole numbers: what one more unit of the right-hand
        side does to the objective.
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
    prices: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def has_solution(self) -> bool:
        """Whether there are values to read."""
        return self.status in ("optimal", "feasible")


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
    return solve_arrays(
        read_arrays(problem), time_limit_s=time_limit_s, gap_rel=gap_rel, seed=seed, start=start
    )


def solve_arrays(
    arrays: Arrays,
    *,
    time_limit_s: float | None = None,
    gap_rel: float = GAP_REL,
    seed: int = SEED,
    start: Mapping[str, float] | None = None,
    small: bool = False,
) -> SolveResult:
    """Solve a problem already read; the parameters of `solve`.

    Parameters
    ----------
    small
        The problem is close to its relaxation: branch at once, without presolve or heuristics,
        which cost more here than they save. The proof is the same.
    """
    began = time.perf_counter()
    limit = NO_LIMIT if time_limit_s is None else max(0.0, time_limit_s)
    options: dict[str, object] = {"mip_rel_gap": gap_rel, "random_seed": seed, "time_limit": limit}
    highs = _run(arrays, {**options, **(AT_ONCE if small else {})}, start)
    status, note = _status(highs), ""
    if status == "error":
        note = f"solved again without presolve after: {_words(highs)}"
        left = max(0.0, limit - (time.perf_counter() - began))
        highs = _run(arrays, {**options, "presolve": "off", "time_limit": left}, start)
        status = _status(highs)
    if status == "unclear":
        status = _settle(arrays, options)
    return _result(highs, arrays, status, note=note, seconds=time.perf_counter() - began)


def relax(arrays: Arrays) -> SolveResult:
    """Solve a problem as if every number could be a fraction.

    Returns
    -------
    result
        With `prices`: by row name, what one more unit of its right-hand side does to the
        objective. An integer programme has no such prices: say what they are.
    """
    fractions = replace(arrays, integer=np.zeros_like(arrays.integer))
    return solve_arrays(fractions)


class Bounds:
    """Relaxations of one matrix, solved again and again as bounds and costs change.

    HiGHS keeps its last basis, so that each costs a fraction of a millisecond. Version 1.15 may
    return a wrong objective after such a start (its report 3294): the bound given here is
    therefore recomputed from the multipliers alone, which is valid whatever they are, and an
    answer without a useful one is solved again from nothing.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Load the matrix of a problem to minimise; its own objective is not read."""
        fractions = replace(arrays, integer=np.zeros_like(arrays.integer), maximise=False)
        self._arrays = fractions
        self._highs = _prepared(fractions, {"presolve": "off"})
        self._rows = np.arange(len(arrays.rows), dtype=np.int32)
        self._columns = np.arange(len(arrays.names), dtype=np.int32)

    def least(self, cost: Vector, row_lower: Vector, row_upper: Vector, upper: Vector) -> float:
        """Return a value that no solution goes below; infinity when there is none.

        Parameters
        ----------
        cost
            Objective to minimise, by column.
        row_lower, row_upper
            Bounds of the rows.
        upper
            Upper bounds of the columns; the lower ones stay.
        """
        known, highs = self._arrays, self._highs
        highs.changeColsCost(len(self._columns), self._columns, cost)
        highs.changeColsBounds(len(self._columns), self._columns, known.lower, upper)
        highs.changeRowsBounds(  # type: ignore[attr-defined]
            len(self._rows), self._rows, row_lower, row_upper
        )
        highs.run()
        asked = replace(
            known, cost=cost, row_lower=row_lower, row_upper=row_upper, upper=upper, offset=0.0
        )
        if _status(highs) == "optimal":
            multipliers = np.array(highs.getSolution().row_dual, dtype=float)
            bound = _safe_bound(asked, multipliers)
            reached = float(highs.getInfo().objective_function_value)
            if abs(bound - reached) <= WARM_AGREEMENT * max(1.0, abs(reached)):
                return bound
        if _status(highs) == "infeasible" and self._excluded(asked):
            return math.inf
        return _cold_bound(asked)

    def _excluded(self, asked: Arrays) -> bool:
        """Prove that nothing is possible: multipliers under which zero would exceed zero."""
        known, ray = self._highs.getDualRay()[1:3]  # type: ignore[attr-defined]
        if not known:
            return False
        free = replace(asked, cost=np.zeros(len(asked.names)))
        ray = np.array(ray, dtype=float)
        ray /= max(1.0, float(np.abs(ray).max()))
        return max(_safe_bound(free, ray), _safe_bound(free, -ray)) > FEASIBLE_NOISE


def _cold_bound(arrays: Arrays) -> float:
    """Solve a relaxation from nothing; minus infinity when nothing is proved."""
    result = solve_arrays(arrays)
    if result.status == "infeasible":
        return math.inf
    if result.status == "optimal" and result.objective is not None:
        return result.objective
    return -math.inf


def _safe_bound(arrays: Arrays, multipliers: Vector) -> float:
    """Bound a minimum from multipliers of the rows: weak duality, true for any multipliers."""
    useless = (multipliers > 0) & np.isinf(arrays.row_lower)
    useless |= (multipliers < 0) & np.isinf(arrays.row_upper)
    prices = np.where(useless, 0.0, multipliers)
    reduced = arrays.cost - arrays.matrix.T @ prices
    reduced = np.where(np.abs(reduced) < NO_PRICE, 0.0, reduced)
    rows = np.where(prices > 0, arrays.row_lower, np.where(prices < 0, arrays.row_upper, 0.0))
    columns = np.where(reduced > 0, arrays.lower, np.where(reduced < 0, arrays.upper, 0.0))
    bound = float(prices @ rows + reduced @ columns)
    return bound if math.isfinite(bound) else -math.inf


def _prepared(arrays: Arrays, options: Mapping[str, object]) -> highspy.Highs:
    """Load a problem in HiGHS, silent and on one thread."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    settings: dict[str, Any] = {
        "threads": 1, "parallel": "off",
        "primal_feasibility_tolerance": FEASIBILITY, "mip_feasibility_tolerance": FEASIBILITY,
    } | dict(options)  # fmt: skip
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.names), len(arrays.rows)
    lp.col_cost_, lp.offset_ = arrays.cost, arrays.offset
    sense = highspy.ObjSense
    lp.sense_ = sense.kMaximize if arrays.maximise else sense.kMinimize
    lp.col_lower_, lp.col_upper_ = arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    if arrays.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[flag] for flag in arrays.integer.astype(int)]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = arrays.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = arrays.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = arrays.matrix.data
    highs.passModel(lp)
    return highs


def _run(
    arrays: Arrays, options: Mapping[str, object], start: Mapping[str, float] | None
) -> highspy.Highs:
    """Run HiGHS from a known solution, if there is one."""
    highs = _prepared(arrays, options)
    if start:
        known = [(index, start[name]) for index, name in enumerate(arrays.names) if name in start]
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


def _settle(arrays: Arrays, options: Mapping[str, object]) -> Status:
    """Tell unbounded from infeasible: without its objective, the problem has a solution or not."""
    status = _status(_run(replace(arrays, cost=np.zeros(len(arrays.names))), options, None))
    if status == "unclear":
        return "error"
    return "unbounded" if status in ("optimal", "feasible") else status


def _result(
    highs: highspy.Highs, arrays: Arrays, status: Any, *, note: str, seconds: float
) -> SolveResult:
    """Gather the answer; without a solution, no number of one is kept."""
    values: dict[str, float] = {}
    prices: dict[str, float] = {}
    objective = bound = gap = None
    if status in ("optimal", "feasible"):
        info = highs.getInfo()
        solution = np.array(highs.getSolution().col_value, dtype=float)
        solution = np.where(arrays.integer, np.rint(solution), solution) + 0.0
        values = dict(zip(arrays.names, solution.tolist(), strict=True))
        objective = float(info.objective_function_value) + 0.0
        if not arrays.integer.any():
            prices = dict(zip(arrays.rows, highs.getSolution().row_dual, strict=True))
        bound = _proved_bound(info, arrays, status, objective)
        gap = None if bound is None else abs(objective - bound) / max(1.0, abs(objective))
    return SolveResult(
        status=status,
        objective=objective,
        bound=bound,
        gap=gap,
        seconds=seconds,
        solver=SOLVER,
        version=VERSION,
        values=values,
        prices=prices,
        note=note,
    )


def _proved_bound(info: Any, arrays: Arrays, status: str, objective: float) -> float | None:
    """Return the best value not excluded, None when nothing is proved."""
    bound = float(info.mip_dual_bound)
    if arrays.integer.any() and math.isfinite(bound):
        return bound + 0.0
    return objective if status == "optimal" else None


def _words(highs: highspy.Highs) -> str:
    return str(highs.modelStatusToString(highs.getModelStatus()))
