"""The best answer to a question, one number of dwellings after another, the most promising first.

For each number N of dwellings the relaxation gives a bound, or what was proved on other questions
gives a looser one that is enough; the integer programs are solved in the order of their bounds,
each asked to beat the best found, until no bound left can. What is proved is proved for every N:
the optimum is that of the whole programme.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from habitat_analysis.programme.arrays import Vector
from habitat_analysis.programme.duality import Space
from habitat_analysis.programme.kept import KeptProgramme, Question
from habitat_analysis.programme.solving import (
    GAP_REL,
    SolveResult,
    Status,
    solve_arrays,
)

COUNTED: Final = frozenset({"members", "housed", "dwellings"})  # objectives that are whole numbers
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
    """One question, asked for one goal after another; what is proved impossible stays so."""

    def __init__(self, kept: KeptProgramme, question: Question) -> None:
        """Exclude nothing yet."""
        self.kept, self.question = kept, question
        self._left = list(question.totals)  # numbers of dwellings not excluded
        self._space: Space | None = None
        self._points: dict[int, Vector | None] = {}  # where each relaxation was left
        self._reached: dict[int, dict[int, float]] = {}  # by row, by number: least value proved

    def copy(self) -> Search:
        """Return a search of the same question that knows as much, to go another way."""
        other = Search(self.kept, self.question)
        other._left, other._space = list(self._left), self._space
        other._points, other._reached = (
            dict(self._points),
            {row: dict(known) for row, known in self._reached.items()},
        )
        return other

    def hold(self, row: int, *, least: float = -math.inf, most: float = math.inf) -> None:
        """Bound one row from now on; an objective is bounded without its constant.

        Numbers of dwellings whose relaxation was proved not to reach the bound are excluded: no
        solution of theirs can.
        """
        lower, upper = self.question.row_lower.copy(), self.question.row_upper.copy()
        lower[row], upper[row] = max(lower[row], least), min(upper[row], most)
        self.question, self._space = replace(self.question, row_lower=lower, row_upper=upper), None
        for limit, known in ((most, self._reached.get(row)), (-least, self._reached.get(~row))):
            if known and math.isfinite(limit):
                limit += NOISE * max(1.0, abs(limit))
                self._exclude({total for total, bound in known.items() if bound > limit})

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
        for bound, total in self._ordered(goal, record, gap_rel):
            left = None if deadline is None else max(0.0, deadline - time.perf_counter())
            result = self._solve(goal, total, record.value, left, gap_rel)
            if result is None or result.status == "infeasible":
                record.solves += result is not None
                continue
            record.add(result, total, self._shift(goal, total))
            if result.status != "optimal":
                record.status = result.status
                own = bound if result.bound is None else result.bound + self._shift(goal, total)
                record.proved = min(record.proved, max(bound, own))
                record.stopped = True
        return record.found(maximise=goal.maximise, seconds=time.perf_counter() - began)

    def possible(self) -> Status:
        """Tell whether there is a solution: ``optimal`` or ``infeasible``, or why it is not known.

        A programme met before that keeps every row is one, and so is a relaxation whose counts
        are whole; else the integer program is solved. Which of them answers changes nothing.
        """
        if self._met():
            return "optimal"
        goal = Goal(row=self.kept.objective_row("dwellings"))
        for _, total in self._ordered(goal, _Record(), GAP_REL):
            if self._whole(total):
                return "optimal"
            result = self._solve(goal, total, math.inf, None, math.inf)
            if result is None or result.status == "infeasible":
                continue
            if result.has_solution:
                self._remember(np.array([result.values[name] for name in self.kept.names]))
            return "optimal" if result.has_solution else result.status
        return "infeasible"

    def bound(self, goal: Goal) -> float | None:
        """Return the best value the relaxations do not exclude; None when they exclude all."""
        for bound, _ in self._ordered(goal, _Record(), GAP_REL):
            return -bound if goal.maximise else bound
        return None

    def _ordered(self, goal: Goal, record: _Record, gap_rel: float) -> Iterator[tuple[float, int]]:
        """Give the numbers of dwellings that may beat the record, the best relaxation first.

        Each waits under what is known of its relaxation, which is at most its value: it is given
        only once its own relaxation, solved, is the least of all. The order is therefore that of
        the relaxations, though few are solved. What is left when nothing can beat the record is
        proved.
        """
        waiting = self._waiting(goal)
        while waiting:
            _, solved, total, bound = heapq.heappop(waiting)
            beaten = bound >= record.value or (gap_rel == math.inf and record.value < math.inf)
            if beaten or record.stopped:
                record.proved = min([record.proved, _tie(bound), *(left[0] for left in waiting)])
                return
            if not solved:
                bound = self._relaxed(goal, total)
                if bound < math.inf:
                    heapq.heappush(waiting, (_tie(bound), True, total, bound))
            elif bound >= record.value - gap_rel * max(1.0, abs(record.value)):
                record.proved = min(record.proved, _tie(bound))
                return
            else:
                yield bound, total

    def _waiting(self, goal: Goal) -> list[tuple[float, bool, int, float]]:
        """Return each number of dwellings left under what is remembered of its relaxation."""
        space = self._laid()
        self._exclude({self._left[i] for i in self.kept.relaxations.excluded(space).nonzero()[0]})
        space, cost = self._laid(), self._cost(goal)
        known = self.kept.relaxations.known((goal.row, goal.maximise), cost, space)
        waiting = []
        for total, least in zip(self._left, known, strict=True):
            bound = self._proved(goal, total, float(least))
            waiting.append((_tie(bound), False, total, bound))
        heapq.heapify(waiting)
        return waiting

    def _relaxed(self, goal: Goal, total: int) -> float:
        """Solve the relaxation of one number of dwellings, and exclude it if it has none."""
        proof = self.kept.relaxations.solved(
            (goal.row, goal.maximise), self._cost(goal), self._laid(), self._left.index(total)
        )
        if proof.bound == math.inf:
            self._exclude({total})
            return math.inf
        self._points[total] = proof.point
        return self._proved(goal, total, proof.bound)

    def _whole(self, total: int) -> bool:
        """Tell whether the relaxation of a number of dwellings is a solution of whole numbers."""
        point = self._points.get(total)
        if point is None:
            return False
        rounded = np.where(self.kept.integer, np.rint(point), point)
        if np.abs(rounded - point).max() > NOISE:
            return False
        self._remember(rounded)
        return self._met()

    def _met(self) -> bool:
        kept = self.kept
        return kept.witnesses.any_in(self._laid(), self._left, equity=kept.equity, topup=kept.topup)

    def _remember(self, solution: Vector) -> None:
        self.kept.witnesses.add(solution)

    def _proved(self, goal: Goal, total: int, least: float) -> float:
        """Note the least value a row can take, and return the bound of the goal, to minimise."""
        if goal.per_dwelling == 0:
            known = self._reached.setdefault(~goal.row if goal.maximise else goal.row, {})
            known[total] = max(known.get(total, -math.inf), least)
        bound = least + self._shift(goal, total)
        return math.ceil(bound - NOISE) if goal.counted and math.isfinite(bound) else bound

    def _exclude(self, totals: set[int]) -> None:
        if totals:
            self._left = [total for total in self._left if total not in totals]
            self._space = None

    def _laid(self) -> Space:
        """Lay out the relaxations of the numbers of dwellings left."""
        if self._space is None:
            lower, upper = self.question.rows_for(self._left)
            self._space = Space(
                matrix=self.question.matrix,
                row_lower=lower,
                row_upper=upper,
                lower=self.kept.lower,
                upper=self.question.upper,
            )
        return self._space

    def _solve(
        self, goal: Goal, total: int, best: float, left: float | None, gap_rel: float
    ) -> SolveResult | None:
        """Solve one number of dwellings, asked to beat the best found; None when rows cross."""
        arrays = self.kept.arrays_at(
            self.question,
            total,
            goal.row,
            matrix=self.kept.relaxations.compressed(self.question.matrix),
        )
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


def _tie(bound: float) -> float:
    """Round a bound to what does not depend on the way there: the order, and what is reported."""
    return float(f"{bound:.9g}")


@dataclass(slots=True)
class _Record:
    """The best answer met so far, to minimise, and what is proved."""

    value: float = math.inf
    proved: float = math.inf
    result: SolveResult | None = None
    total: int | None = None
    status: Status = "optimal"
    stopped: bool = False
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
