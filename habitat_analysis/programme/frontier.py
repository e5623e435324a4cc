"""Trade-offs: the exact Pareto front of two or three objectives, and what one step costs.

The front is swept by the epsilon-constraint method: the cheapest programme, then the cheapest
with strictly less of the second objective, and so on; a third objective is tightened in the same
way around the sweep. A question whose looser version already has an answer that satisfies it is
not solved again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.case import OBJECTIVES, Case, check_objectives
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.optimum import Optimum, answer
from habitat_analysis.programme.solving import Status

PARETO_COLUMNS = ("housed_min", "status", "value", "gap", "housed", "dominated")
STEPS: Final[Mapping[str, float]] = {  # what makes two programmes differ, in the objective's unit
    "housed": 1.0, "dwellings": 1.0, "mix": 1e-4, "spaces": 1e-4,
    "public_money": 0.01, "equity": 0.01, "cost": 0.01,
}  # fmt: skip
MOST_OBJECTIVES: Final = 3
SAME: Final = 2e-6  # relative: two solves of one question may differ by their gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPoint:
    """A programme that no other beats on all the objectives of the front."""

    reached: Mapping[str, float]  # by objective, money in euros
    optimum: Optimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """All the best compromises between some objectives.

    Attributes
    ----------
    points
        From the best to the worst of the first objective.
    complete
        Whether every point is proved and none is missing.
    status
        ``optimal`` when complete, ``infeasible`` when no programme exists, otherwise why the
        front stops: ``feasible``, ``no_solution`` or ``error``.
    solves
        Questions put to the solver; those answered by an earlier one are not counted.
    """

    objectives: tuple[str, ...]
    points: tuple[FrontPoint, ...]
    status: Status
    solves: int

    @property
    def complete(self) -> bool:
        """Whether every point is proved and none is missing."""
        return self.status in ("optimal", "infeasible")

    def table(self) -> pd.DataFrame:
        """Return one row a point and one column an objective, money in euros."""
        return pd.DataFrame(
            [dict(point.reached) for point in self.points], columns=list(self.objectives)
        )


def front(
    case: Case,
    objectives: Sequence[str],
    *,
    kept: KeptProgramme | None = None,
    time_limit_s: float | None = None,
) -> Front:
    """Find every compromise that no programme beats on all the objectives.

    Parameters
    ----------
    case
        The question.
    objectives
        Two or three names of `case.OBJECTIVES`; the first is optimised, the others swept.
    kept
        Arrays of a case of the same shape, if there are some.
    time_limit_s
        Seconds for the whole front; the points found before are kept and said incomplete.

    Returns
    -------
    front
        Programmes that differ by less than a cent, a dwelling or a household count as equal.

    Raises
    ------
    UsageError
        ``E_OBJECTIVE`` for objectives that mean nothing here, or another number of them.

    References
    ----------
    ``docs/model.md`` 5.4.
    """
    check_objectives(case, objectives)
    if not 2 <= len(objectives) <= MOST_OBJECTIVES:
        msg = f"Expected two or three objectives: got {list(objectives)}."
        raise UsageError(msg, code="E_OBJECTIVE")
    if kept is None or not kept.same_shape(case):
        kept = KeptProgramme(case)
    sweep = _Sweep(kept, case, tuple(objectives), time_limit_s)
    points: dict[tuple[float, ...], FrontPoint] = {}
    limits: dict[str, float] = {}
    while True:
        level = sweep.level(limits)
        points |= {_key(point, objectives): point for point in level}
        if not level or len(objectives) < MOST_OBJECTIVES or sweep.stopped:
            break
        last = objectives[-1]
        worst = min(level, key=lambda point: _gain(last, point.reached[last])).reached[last]
        limits = {last: _beyond(last, worst)}
    status: Status = sweep.stopped or ("optimal" if points else "infeasible")
    found = sorted(points.values(), key=lambda point: _order(point, objectives))
    return Front(
        objectives=tuple(objectives), points=tuple(found), status=status, solves=sweep.solves
    )


def marginal_steps(front: Front, counted: str, money: str) -> pd.DataFrame:
    """Say what each step of a front costs, from one point to the next.

    Parameters
    ----------
    front
        A front with these two objectives.
    counted
        The objective counted in units, such as ``housed``.
    money
        What each step costs, such as ``public_money``.

    Returns
    -------
    steps
        One row a step: ``from``, ``to`` (counts), ``cost_eur`` (for the whole step) and
        ``cost_each_eur``.
    """
    points = front.table()[[counted, money]].groupby(counted, as_index=False).min()
    points = points.sort_values(counted, ascending=True)
    steps = pd.DataFrame(
        {
            "from": points[counted].shift(1),
            "to": points[counted],
            "cost_eur": points[money].diff(),
        }
    ).iloc[1:]
    steps["cost_each_eur"] = steps["cost_eur"] / (steps["to"] - steps["from"])
    return steps.reset_index(drop=True)


def holds_point(front: Front, point: FrontPoint, evaluation: Evaluation) -> bool:
    """Tell whether a programme reaches what a point of a front reaches, objective by objective."""
    for name in front.objectives:
        own, wanted = evaluation.reached(name), point.reached[name]
        if own is None or abs(own - wanted) > max(STEPS[name] / 2, SAME * abs(wanted)):
            return False
    return True


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
        The question; its own ``housed_min`` is left aside.
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
    case = replace(case, rules=replace(case.rules, housed_min=0))
    kept, rows = KeptProgramme(case), []
    for number in housed_min:
        best = answer(kept, case, [objective], limits={"housed": number}, time_limit_s=time_limit_s)
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


@dataclass(slots=True)
class _Box:
    """A question already answered: limits on the swept objectives, and the best within them."""

    limits: Mapping[str, float]
    point: FrontPoint | None


class _Sweep:
    """Sweep the second objective, answer after answer, and remember the answers."""

    def __init__(
        self,
        kept: KeptProgramme,
        case: Case,
        objectives: tuple[str, ...],
        time_limit_s: float | None,
    ) -> None:
        self._kept, self._case, self._objectives = kept, case, objectives
        self._deadline = None if time_limit_s is None else time.perf_counter() + time_limit_s
        self._boxes: list[_Box] = []
        self.stopped: Status | None = None
        self.solves = 0

    def level(self, limits: Mapping[str, float]) -> list[FrontPoint]:
        """Return the front of the first two objectives within limits on the third."""
        second, found, inside = self._objectives[1], [], dict(limits)
        while (point := self._best(inside)) is not None:
            found.append(point)
            inside[second] = _beyond(second, point.reached[second])
        return found

    def _best(self, limits: Mapping[str, float]) -> FrontPoint | None:
        """Answer a question, from an earlier one when it can."""
        for box in self._boxes:
            looser = all(
                name in limits and _gain(name, limits[name]) >= _gain(name, value)
                for name, value in box.limits.items()
            )
            if looser and (box.point is None or _within(box.point, limits)):
                return box.point
        if self.stopped:
            return None
        point = self._solved(limits)
        if not self.stopped:
            self._boxes.append(_Box(dict(limits), point))
        return point

    def _solved(self, limits: Mapping[str, float]) -> FrontPoint | None:
        left = None if self._deadline is None else max(0.0, self._deadline - time.perf_counter())
        self.solves += 1
        best = answer(self._kept, self._case, self._objectives, limits=limits, time_limit_s=left)
        if best.status not in ("optimal", "infeasible"):
            self.stopped = best.status
            return None
        if best.evaluation is None:
            return None
        return FrontPoint(reached=best.values, optimum=best)


def _gain(name: str, value: float) -> float:
    """Return a value in the sense that more is better."""
    return value if OBJECTIVES[name] == "max" else -value


def _beyond(name: str, value: float) -> float:
    """Return the limit that asks for strictly better than a value."""
    step = STEPS[name]
    return value + step if OBJECTIVES[name] == "max" else value - step


def _within(point: FrontPoint, limits: Mapping[str, float]) -> bool:
    return all(
        _gain(name, point.reached[name]) >= _gain(name, value) - STEPS[name] / 2
        for name, value in limits.items()
    )


def _key(point: FrontPoint, objectives: Sequence[str]) -> tuple[float, ...]:
    return tuple(round(point.reached[name] / STEPS[name]) for name in objectives)


def _order(point: FrontPoint, objectives: Sequence[str]) -> tuple[float, ...]:
    return tuple(-_gain(name, point.reached[name]) for name in objectives)
