"""Households to places with a capacity, written once: dwellings, blocks, garages, phases.

A dwelling is a place of capacity 1 of which everybody takes 1. A block, a shared garage or a
phase holds more, and a household may take more than one unit of it. Eligibility is a list of
pairs in arrays. `assignment_problem` is the mathematics, in PuLP; `assignment_arrays` writes the
same numbers at once, because PuLP hands a model over row by row; a test holds one to the other.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pulp
from scipy.sparse import csr_array, vstack

from habitat_analysis.allocation.exact_assignment import prove
from habitat_analysis.allocation.places import Indices, Limit, Places, complete, honoured
from habitat_analysis.allocation.whole_numbers import in_whole_numbers
from habitat_analysis.programme.arrays import Arrays, Vector
from habitat_analysis.programme.solving import GAP_REL, SolveResult, relax, solve_arrays

__all__ = [
    "Limit", "Placement", "Places", "Stage", "Step", "Turn", "assignment_arrays",
    "assignment_problem", "best_assignment", "complete", "solve_in_turn",
]  # fmt: skip

Sense = Literal["min", "max"]
Status = Literal["optimal", "feasible", "infeasible", "no_solution", "error"]

KEPT: Final = 1e-6  # what a later stage may lose of a value that is no whole number
CHOSEN: Final = 0.5
SMALL_PAIRS: Final = 400  # below, all weights 1, HiGHS is four times faster without presolve
EXACT_SHARE: Final = 0.5  # of the time allowed, before the solver is asked
GUIDE_GAP: Final = 1e-3  # a guide proves nothing, it need not be exact


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """One thing to make as small or as large as possible, given the stages before it.

    A `guide` decides nothing and leaves no step: its answer is only where the next stages start
    from, so that those whose best is already reached need no solving.
    """

    name: str
    value: Vector  # one a pair
    sense: Sense
    guide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one stage reached and what is proved of it."""

    name: str
    value: float
    bound: float | None
    gap: float | None
    seconds: float  # 0 where the answer of the stage before was already the best possible


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """Pairs chosen, and the proof.

    `status` is ``optimal`` when every stage is proved, ``feasible`` when one was stopped.
    """

    status: Status
    pairs: Indices
    steps: tuple[Step, ...]


def assignment_problem(places: Places, value: Vector, sense: Sense) -> pulp.LpProblem:
    """Write the assignment as mathematics: one variable a pair, one row a rule, all named.

    Examples
    --------
    >>> two = complete(np.ones(1), np.ones((2, 1)))
    >>> problem = assignment_problem(two, np.array([1.0, 2.0]), "max")
    >>> [row.name for row in problem.constraints()]
    ['household_0', 'household_1', 'place_0']
    """
    problem = pulp.LpProblem("assignment", pulp.LpMaximize if sense == "max" else pulp.LpMinimize)
    y = [
        problem.add_variable(name, lowBound=int(pair in places.fixed), upBound=1, cat="Integer")
        for pair, name in enumerate(_names(places))
    ]
    problem += pulp.lpDot(value.tolist(), y)
    for h in range(places.households):
        placed = pulp.lpSum(y[k] for k in np.flatnonzero(places.household == h))
        problem += (placed == 1 if places.everyone else placed <= 1), f"household_{h}"
    for p, capacity in enumerate(places.capacity.tolist()):
        inside = np.flatnonzero(places.place == p)
        taken = pulp.lpSum(float(places.weight[k]) * y[k] for k in inside)
        problem += taken <= capacity, f"place_{p}"
    for limit in places.limits:
        counted = pulp.lpDot(limit.coefficients.tolist(), y)
        if np.isfinite(limit.lower):
            problem += counted >= limit.lower, f"least_{limit.name}"
        if np.isfinite(limit.upper):
            problem += counted <= limit.upper, f"most_{limit.name}"
    return problem


def assignment_arrays(places: Places, value: Vector, sense: Sense) -> Arrays:
    """Write the numbers of `assignment_problem` at once, a limit on both sides in one row."""
    n, m, k = places.households, len(places.capacity), places.pairs
    pair = np.arange(k)
    entries = np.concatenate([np.ones(k), places.weight])
    rows = np.concatenate([places.household, n + places.place])
    matrix = csr_array((entries, (rows, np.concatenate([pair, pair]))), shape=(n + m, k))
    limits = places.limits
    if limits:
        matrix = vstack([matrix, csr_array(np.array([x.coefficients for x in limits]))], "csr")
    lower = np.zeros(k)
    lower[list(places.fixed)] = 1.0
    placed = np.full(n, 1.0 if places.everyone else -np.inf)
    return Arrays(
        names=_names(places),
        rows=(
            *(f"household_{h}" for h in range(n)),
            *(f"place_{p}" for p in range(m)),
            *(f"limit_{x.name}" for x in limits),
        ),
        matrix=csr_array(matrix),
        row_lower=np.concatenate([placed, np.full(m, -np.inf), [x.lower for x in limits]]),
        row_upper=np.concatenate([np.ones(n), places.capacity, [x.upper for x in limits]]),
        lower=lower,
        upper=np.ones(k),
        integer=np.ones(k, dtype=bool),
        cost=value.astype(float),
        maximise=sense == "max",
    )


def best_assignment(
    places: Places, value: Vector, sense: Sense, *, time_limit_s: float | None = None
) -> Placement:
    """Solve one assignment (generalised when a place holds more than one).

    Parameters
    ----------
    places
        Who may go where.
    value
        Worth, or cost, of each pair.
    sense
        ``max`` or ``min`` of the sum of `value` over the pairs chosen.
    time_limit_s
        Seconds allowed; None for no limit.

    Returns
    -------
    placement
        Its rules are counted again without the solver: ``error`` if one is broken.

    Examples
    --------
    >>> garage = complete(np.array([3.0]), np.array([[2.0], [2.0], [1.0]]))  # one car or two
    >>> best_assignment(garage, np.array([5.0, 4.0, 2.0]), "max").pairs.tolist()
    [0, 2]
    """
    began = time.perf_counter()
    share = None if time_limit_s is None else EXACT_SHARE * time_limit_s
    found = _proved(places, value, sense, share)
    if not isinstance(found, Placement):
        bound, stage = found, Stage(name="value", value=value, sense=sense)
        left = None if time_limit_s is None else time_limit_s - (time.perf_counter() - began)
        found = solve_in_turn(places, [stage], left)
        found = found if bound is None else _with_bound(found, bound, sense)
    if found.steps and not honoured(places, found.pairs):
        return Placement(status="error", pairs=np.array([], dtype=int), steps=())
    return found


def _proved(
    places: Places, value: Vector, sense: Sense, time_limit_s: float | None
) -> Placement | float | None:
    """Solve without the solver what it proves badly: everybody placed, weights unequal.

    Returns
    -------
    placement
        A best one; else a bound of the value, or None where the method does not apply.
    """
    plain = places.everyone and not places.limits and not places.fixed
    if not plain or not places.pairs or (places.weight == places.weight[0]).all():
        return None
    began, sign = time.perf_counter(), -1.0 if sense == "max" else 1.0
    scaled = in_whole_numbers(
        households=places.households,
        capacity=places.capacity,
        household=places.household,
        place=places.place,
        weight=places.weight,
        cost=sign * value,
    )
    if scaled is None:
        return None
    linear = relax(assignment_arrays(places, sign * value, "min"))
    if linear.objective is None or _all_whole(linear.values):
        return None
    prices = np.array([linear.prices[f"household_{h}"] for h in range(places.households)])
    found = prove(
        scaled.dense,
        scaled.multipliers(prices),
        beaten=scaled.steps(linear.objective),
        time_limit_s=time_limit_s,
    )
    if found.place is None:
        return sign * scaled.cost(found.bound)
    pairs = scaled.pair[np.arange(places.households), found.place]
    best, seconds = float(value[pairs].sum()), time.perf_counter() - began
    step = Step(name="value", value=best, bound=best, gap=0.0, seconds=seconds)
    return Placement(status="optimal", pairs=np.sort(pairs), steps=(step,))


def _all_whole(values: Mapping[str, float]) -> bool:
    """Whether the linear relaxation is an assignment already."""
    return all(abs(x - round(x)) <= KEPT for x in values.values())


def _with_bound(found: Placement, bound: float, sense: Sense) -> Placement:
    """Say of an answer stopped before its proof the better of two bounds."""
    if found.status != "feasible":
        return found
    (step,) = found.steps
    known = step.bound if step.bound is not None else bound
    best = min(known, bound) if sense == "max" else max(known, bound)
    gap = abs(step.value - best) / max(1.0, abs(step.value))
    return replace(found, steps=(replace(step, bound=best, gap=gap),))


def solve_in_turn(
    places: Places, stages: Sequence[Stage], time_limit_s: float | None = None
) -> Placement:
    """Solve stages in order, each among the best of those before it.

    Parameters
    ----------
    places
        Who may go where.
    stages
        What is sought, the most important first.
    time_limit_s
        Seconds allowed for each stage; None for no limit.

    Returns
    -------
    placement
        A stage stopped by the limit leaves its best answer, with its gap, and the next ones
        start from it: `status` is then ``feasible``.
    """
    turn = Turn(places, time_limit_s=time_limit_s)
    for stage in stages:
        if not turn.play(stage):
            break
    return turn.placement()


class Turn:
    """Stages played one after the other on one set of arrays.

    A class because the arrays grow: each stage leaves a row, or closed pairs, to the next.
    """

    def __init__(self, places: Places, *, time_limit_s: float | None = None) -> None:
        self._places = places
        self._limit = time_limit_s
        self._small = places.pairs < SMALL_PAIRS and bool((places.weight == 1).all())
        self._arrays = assignment_arrays(places, np.zeros(places.pairs), "min")
        self._steps: list[Step] = []
        self._values: Vector | None = None
        self._start: dict[str, float] = {}
        self._status: Status = "optimal"

    def play(self, stage: Stage) -> bool:
        """Play one stage; False when there is nothing to play on."""
        if self._nobody_can():
            self._status = "infeasible"
            return False
        if not stage.guide and self._is_best(stage):
            self._steps.append(Step(name=stage.name, value=0.0, bound=0.0, gap=0.0, seconds=0.0))
            self._close(stage.value > 0)
            return True
        asked = replace(self._arrays, cost=stage.value, maximise=stage.sense == "max")
        result = solve_arrays(
            asked,
            time_limit_s=self._limit,
            gap_rel=GUIDE_GAP if stage.guide else GAP_REL,
            start=self._start,
            small=self._small,
        )
        if stage.guide:
            if result.has_solution:
                self._start_from(result)
            return True
        if not result.has_solution:
            self._status = "error" if result.status == "unbounded" else result.status
            self._values = None
            return False
        self._start_from(result)
        self._take(stage, result)
        return True

    def fix(self, pair: int | None, others: Indices) -> None:
        """Settle a household: `pair` is chosen (None: it has no place), its `others` are closed."""
        closed = np.zeros(self._places.pairs, dtype=bool)
        closed[others] = True
        if pair is not None:
            closed[pair] = False
            lower = self._arrays.lower.copy()
            lower[pair] = 1.0
            self._arrays = replace(self._arrays, lower=lower)
        self._close(closed)

    @property
    def chosen(self) -> Indices:
        """Pairs of the last answer."""
        values = self._values
        return np.flatnonzero(values > CHOSEN) if values is not None else np.array([], dtype=int)

    def placement(self) -> Placement:
        """Return the answer of the stages played."""
        return Placement(status=self._status, pairs=self.chosen, steps=tuple(self._steps))

    def _is_best(self, stage: Stage) -> bool:
        """Whether the answer known has none of what is to be made least: nothing is below zero."""
        if self._values is None or stage.sense == "max" or (stage.value < 0).any():
            return False
        return not (stage.value[self.chosen] > 0).any()

    def _nobody_can(self) -> bool:
        """Whether something is asked of no pair at all: HiGHS calls an empty model optimal."""
        return not self._places.pairs and bool((self._arrays.row_lower > 0).any())

    def _start_from(self, result: SolveResult) -> None:
        self._values = np.fromiter(result.values.values(), float, len(result.values))
        self._start = dict(result.values)

    def _take(self, stage: Stage, result: SolveResult) -> None:
        if result.status == "feasible":
            self._status = "feasible"
        value = float(stage.value[self.chosen].sum())
        self._steps.append(
            Step(
                name=stage.name,
                value=value,
                bound=result.bound,
                gap=result.gap,
                seconds=result.seconds,
            )
        )
        if stage.sense == "min" and value == 0 and not (stage.value < 0).any():
            self._close(stage.value > 0)
        else:
            self._keep(stage, value)

    def _keep(self, stage: Stage, value: float) -> None:
        """Add the row by which later stages keep what this one reached."""
        whole = bool((stage.value == np.rint(stage.value)).all())
        slack = 0.0 if whole else KEPT * max(1.0, abs(value))
        lower, upper = (value - slack, np.inf) if stage.sense == "max" else (-np.inf, value + slack)
        known = self._arrays
        self._arrays = replace(
            known,
            rows=(*known.rows, f"kept_{stage.name}"),
            matrix=csr_array(vstack([known.matrix, csr_array(stage.value[None, :])], "csr")),
            row_lower=np.append(known.row_lower, lower),
            row_upper=np.append(known.row_upper, upper),
        )

    def _close(self, closed: npt.NDArray[np.bool_]) -> None:
        upper = np.where(closed & (self._arrays.lower < CHOSEN), 0.0, self._arrays.upper)
        self._arrays = replace(self._arrays, upper=upper)


def _names(places: Places) -> tuple[str, ...]:
    pairs = zip(places.household.tolist(), places.place.tolist(), strict=True)
    return tuple(f"y_{h}_{p}" for h, p in pairs)
