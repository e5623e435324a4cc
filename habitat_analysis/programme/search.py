"""The best answer to a question, one number of dwellings after another, the most promising first.

For each number N of dwellings the relaxation gives a bound; the integer programs are solved in
the order of their bounds, each asked to beat the best found, until no bound left can. What is
proved is proved for every N: the optimum is that of the whole programme.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from habitat_analysis.programme.arrays import Vector
from habitat_analysis.programme.kept import KeptProgramme, Question
from habitat_analysis.programme.solving import (
    GAP_REL,
    Bounds,
    SolveResult,
    Status,
    solve_arrays,
)

COUNTED: Final = frozenset({"housed", "dwellings"})  # objectives that are whole numbers
NOISE: Final = 1e-6  # a bound this near to a whole number is that number
BETTER: Final = 1e-8  # relative: what an answer must gain to be worth another search


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One row of a question to optimise, or to hold within bounds.

    `per_dwelling` is taken off for each dwelling: the distance of a share to its limit is
    ``part - alpha N``.
    """

    row: int
    maximise: bool = False
    counted: bool = False
    per_dwelling: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best answer found, and what is proved of it; numbers in the unit of the model.

    Attributes
    ----------
    status
        As `solving.SolveResult`; ``infeasible`` only when every number of dwellings is.
    value, bound
        Value of the goal and best value not excluded; None without a solution.
    values
        By variable name.
    solves
        Integer programs solved: a measure that does not depend on the machine.
    """

    status: Status
    value: float | None = None
    bound: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    total: int | None = None
    solves: int = 0
    seconds: float = 0.0
    note: str = ""

    @property
    def has_solution(self) -> bool:
        """Whether there are values to read."""
        return self.value is not None


class Search:
    """One question, its relaxations kept, asked for one goal after another."""

    def __init__(self, kept: KeptProgramme, question: Question) -> None:
        """Load the relaxation of a question."""
        self.kept, self.question = kept, question
        self._bounds: Bounds | None = None

    def hold(self, row: int, *, least: float = -math.inf, most: float = math.inf) -> None:
        """Bound one row from now on; an objective is bounded without its constant."""
        lower, upper = self.question.row_lower.copy(), self.question.row_upper.copy()
        lower[row], upper[row] = max(lower[row], least), min(upper[row], most)
        self.question = replace(self.question, row_lower=lower, row_upper=upper)

    def best(self, goal: Goal, *, deadline: float | None = None, gap_rel: float = GAP_REL) -> Found:
        """Find the best value of a goal.

        Parameters
        ----------
        goal
            The row to optimise.
        deadline
            Time of `time.perf_counter` at which to stop.
        gap_rel
            Relative gap under which an answer is called optimal.
        """
        began, record = time.perf_counter(), _Record()
        waiting = self._ordered(goal)
        for rank, (bound, total) in enumerate(waiting):
            if bound >= record.value - gap_rel * max(1.0, abs(record.value)):
                record.proved = min(record.proved, bound)
                break
            left = None if deadline is None else max(0.0, deadline - time.perf_counter())
            result = self._solve(goal, total, record.value, left, gap_rel)
            if result is None or result.status == "infeasible":
                record.solves += result is not None
                continue
            record.add(result, total, self._shift(goal, total))
            if result.status != "optimal":
                record.status = result.status
                own = bound if result.bound is None else result.bound + self._shift(goal, total)
                others = [known for known, _ in waiting[rank + 1 :]]
                record.proved = min([record.proved, max(bound, own), *others])
                break
        return record.found(maximise=goal.maximise, seconds=time.perf_counter() - began)

    def bound(self, goal: Goal) -> float | None:
        """Return the best value the relaxations do not exclude; None when they exclude all."""
        waiting = self._ordered(goal)
        return (-waiting[0][0] if goal.maximise else waiting[0][0]) if waiting else None

    def _ordered(self, goal: Goal) -> list[tuple[float, int]]:
        """Return the numbers of dwellings not excluded, the best bound first, to minimise."""
        if self._bounds is None:
            self._bounds = Bounds(self.kept.arrays_at(self.question, 0, goal.row))
        cost, found = self._cost(goal), []
        for total in self.question.totals:
            lower, upper = self.question.rows_at(total)
            bound = math.inf
            if (lower <= upper).all():
                bound = self._bounds.least(cost, lower, upper, self.question.upper)
            if bound < math.inf:
                bound += self._shift(goal, total)
                found.append((math.ceil(bound - NOISE) if goal.counted else bound, total))
        return sorted(found)

    def _solve(
        self, goal: Goal, total: int, best: float, left: float | None, gap_rel: float
    ) -> SolveResult | None:
        """Solve one number of dwellings, asked to beat the best found; None when rows cross."""
        arrays = self.kept.arrays_at(self.question, total, goal.row)
        lower, upper = arrays.row_lower, arrays.row_upper
        if best < math.inf:
            most = best - self._shift(goal, total)
            most -= 1.0 - NOISE if goal.counted else BETTER * max(1.0, abs(best))
            if goal.maximise:
                lower[goal.row] = max(lower[goal.row], -most)
            else:
                upper[goal.row] = min(upper[goal.row], most)
        if (lower > upper).any():
            return None
        asked = replace(arrays, cost=self._cost(goal), row_lower=lower, row_upper=upper)
        result = solve_arrays(asked, time_limit_s=left, gap_rel=gap_rel, small=True)
        if result.status in ("error", "unbounded"):
            result = solve_arrays(asked, time_limit_s=left, gap_rel=gap_rel)
        return result

    def _cost(self, goal: Goal) -> Vector:
        row: Vector = self.question.matrix[goal.row]
        return -row if goal.maximise else row.copy()

    def _shift(self, goal: Goal, total: int) -> float:
        shift = self.kept.offset(goal.row) - goal.per_dwelling * total
        return -shift if goal.maximise else shift


@dataclass(slots=True)
class _Record:
    """The best answer met so far, to minimise, and what is proved."""

    value: float = math.inf
    proved: float = math.inf
    result: SolveResult | None = None
    total: int | None = None
    status: Status = "optimal"
    solves: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, result: SolveResult, total: int, shift: float) -> None:
        self.solves += 1
        self.notes += [result.note] if result.note else []
        if result.objective is not None and result.objective + shift < self.value:
            self.value, self.result, self.total = result.objective + shift, result, total
        if result.status == "optimal" and result.bound is not None:
            self.proved = min(self.proved, result.bound + shift)

    def found(self, *, maximise: bool, seconds: float) -> Found:
        note = "; ".join(self.notes)
        if self.result is None:
            status: Status = "infeasible" if self.status == "optimal" else self.status
            return Found(status=status, solves=self.solves, seconds=seconds, note=note)
        sign, proved = (-1.0 if maximise else 1.0), min(self.proved, self.value)
        return Found(
            status="optimal" if self.status == "optimal" else "feasible",
            value=sign * self.value + 0.0,
            bound=sign * proved + 0.0 if math.isfinite(proved) else None,
            values=self.result.values,
            total=self.total,
            solves=self.solves,
            seconds=seconds,
            note=note,
        )
