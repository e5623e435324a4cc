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
from scipy.sparse import csr_array

from habitat_analysis.programme.arrays import Arrays, Vector, read_arrays
from habitat_analysis.programme.duality import FEASIBLE_NOISE, Matrix, Proof, Space, weak_bounds

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

    def __init__(self, matrix: Matrix, lower: Vector) -> None:
        """Load the coefficients, shape (rows, columns), and the lower bounds of the columns."""
        rows, columns = matrix.shape
        self.matrix = matrix
        self._arrays = Arrays(
            names=tuple(str(position) for position in range(columns)),
            rows=tuple(str(position) for position in range(rows)),
            matrix=csr_array(matrix),
            row_lower=np.full(rows, -np.inf),
            row_upper=np.full(rows, np.inf),
            lower=lower,
            upper=np.full(columns, np.inf),
            integer=np.zeros(columns, dtype=bool),
            cost=np.zeros(columns),
        )
        self._highs = _prepared(self._arrays, {"presolve": "off"})
        self._rows = np.arange(rows, dtype=np.int32)
        self._columns = np.arange(columns, dtype=np.int32)

    def least(self, cost: Vector, row_lower: Vector, row_upper: Vector, upper: Vector) -> Proof:
        """Prove a value that no solution goes below; infinity when there is none.

        Parameters
        ----------
        cost
            Objective to minimise, by column.
        row_lower, row_upper
            Bounds of the rows.
        upper
            Upper bounds of the columns; the lower ones stay.
        """
        highs, lower = self._highs, self._arrays.lower
        highs.changeColsCost(len(self._columns), self._columns, cost)
        highs.changeColsBounds(len(self._columns), self._columns, lower, upper)
        highs.changeRowsBounds(  # type: ignore[attr-defined]
            len(self._rows), self._rows, row_lower, row_upper
        )
        highs.run()
        space = Space(
            matrix=self.matrix, row_lower=row_lower[None], row_upper=row_upper[None], lower=lower,
            upper=upper,
        )  # fmt: skip
        if _status(highs) == "optimal":
            solution = highs.getSolution()
            multipliers = np.array(solution.row_dual, dtype=float)
            bound = float(weak_bounds(cost, space, multipliers[None])[0, 0])
            reached = float(highs.getInfo().objective_function_value)
            if abs(bound - reached) <= WARM_AGREEMENT * max(1.0, abs(reached)):
                point = np.array(solution.col_value, dtype=float)
                return Proof(bound=bound, multipliers=multipliers, point=point)
        if _status(highs) == "infeasible" and (ray := self._excluded(space)) is not None:
            return Proof(bound=math.inf, multipliers=ray)
        return Proof(
            bound=_cold_bound(
                replace(
                    self._arrays, cost=cost, row_lower=row_lower, row_upper=row_upper, upper=upper
                )
            )
        )

    def _excluded(self, space: Space) -> Vector | None:
        """Prove that nothing is possible: multipliers under which zero would exceed zero."""
        known, ray = self._highs.getDualRay()[1:3]  # type: ignore[attr-defined]
        if not known:
            return None
        ray = np.array(ray, dtype=float)
        ray /= max(1.0, float(np.abs(ray).max()))
        both = np.array([ray, -ray])
        bounds = weak_bounds(np.zeros(len(space.upper)), space, both)[:, 0]
        best = int(bounds.argmax())
        return both[best] if bounds[best] > FEASIBLE_NOISE else None


class Growing:
    """One relaxation to which columns are added as prices show that they are worth it.

    HiGHS keeps its basis: what was best stays possible, and only the new columns are tried. An
    answer whose multipliers do not prove its value (HiGHS report 3294) is solved from nothing.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Load a first set of columns, to minimise, from zero up; whole numbers are forgotten."""
        columns = len(arrays.names)
        fractions = np.zeros(columns, dtype=bool)
        endless = np.full(columns, np.inf)
        self._highs = _prepared(
            replace(arrays, integer=fractions, upper=endless), {"presolve": "off"}
        )
        self._row_lower, self._row_upper = arrays.row_lower, arrays.row_upper

    def add(self, matrix: csr_array, cost: Vector) -> None:
        """Add columns, from zero up: their coefficients, shape (rows, new columns), their cost."""
        by_column, columns = matrix.tocsc(), len(cost)
        self._highs.addCols(
            columns, cost, np.zeros(columns), np.full(columns, np.inf), by_column.nnz,
            by_column.indptr[:-1].astype(np.int32), by_column.indices.astype(np.int32),
            by_column.data,
        )  # fmt: skip

    def least(self) -> Proof:
        """Return the least cost with the columns known; infinity when there is no solution."""
        self._highs.run()
        proof = self._read()
        if proof is None:
            self._highs.clearSolver()
            self._highs.run()
            proof = self._read()
        return proof or Proof(bound=-math.inf)

    def _read(self) -> Proof | None:
        """Read the answer; None when nothing of it is proved."""
        status = _status(self._highs)
        if status == "infeasible":
            return Proof(bound=math.inf)
        if status != "optimal":
            return None
        solution = self._highs.getSolution()
        multipliers = np.array(solution.row_dual, dtype=float)
        reached = float(self._highs.getInfo().objective_function_value)
        limits = np.where(multipliers > 0, self._row_lower, self._row_upper)
        multipliers = np.where(np.isinf(limits), 0.0, multipliers)  # rounding, where it is sound
        proved = float(multipliers @ np.where(np.isinf(limits), 0.0, limits))
        if not abs(proved - reached) <= WARM_AGREEMENT * max(1.0, abs(reached)):
            return None
        point = np.array(solution.col_value, dtype=float)
        return Proof(bound=reached, multipliers=multipliers, point=point)


def _cold_bound(arrays: Arrays) -> float:
    """Solve a relaxation from nothing; minus infinity when nothing is proved."""
    result = solve_arrays(arrays)
    if result.status == "infeasible":
        return math.inf
    if result.status == "optimal" and result.objective is not None:
        return result.objective
    return -math.inf


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
