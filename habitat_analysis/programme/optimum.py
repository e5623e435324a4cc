"""The best programme of a case, objective after objective, and the proof that goes with it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from habitat_analysis.errors import HabitatError
from habitat_analysis.formats import percent, typeset
from habitat_analysis.programme.case import (
    MONEY_OBJECTIVES,
    OBJECTIVES,
    Case,
    Programme,
    check_objectives,
)
from habitat_analysis.programme.evaluation import Evaluation, evaluate
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.lots import places_for_households
from habitat_analysis.programme.model import KEEP_TOLERANCE, KILO, ProgrammeModel
from habitat_analysis.programme.placing_quotas import chooses_households, place_under_quotas
from habitat_analysis.programme.search import COUNTED, Found, Goal, Search
from habitat_analysis.programme.solving import GAP_REL, SOLVER, VERSION, Status
from habitat_analysis.programme.wording import OBJECTIVE_LABELS, STATUS_LABELS

AGREEMENT: Final = 1e-6  # relative: the solver's objective and the evaluation's, model.md 5.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One objective of the lexicographic order: what was reached, what was proved.

    Money in euros. `status` is ``optimal``, or ``feasible`` with its gap; ``no_solution`` and
    ``error`` mean that the stage added nothing to the programme of the stages before.
    """

    objective: str
    value: float
    bound: float | None
    gap: float | None
    status: Status
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The best programme found, its evaluation and the proof.

    Attributes
    ----------
    status
        ``optimal`` when every stage is proved; ``feasible`` when one is not; otherwise the status
        of the first stage, and there is no programme.
    """

    status: Status
    programme: Programme | None
    stages: tuple[Stage, ...]
    evaluation: Evaluation | None
    solver: str
    version: str
    note: str = ""

    @property
    def values(self) -> dict[str, float]:
        """Value reached by each objective, in their order, money in euros."""
        return {stage.objective: stage.value for stage in self.stages}


def optimise(
    case: Case, objectives: Sequence[str], *, time_limit_s: float | None = None
) -> Optimum:
    """Find the best programme: the first objective, then the second among the best, and so on.

    Parameters
    ----------
    case
        The question.
    objectives
        Names of `case.OBJECTIVES`, most important first.
    time_limit_s
        Seconds for all the stages together; None for no limit.

    Returns
    -------
    optimum
        Programme, evaluation and one stage an objective. Nothing of a solution is given when
        there is none.

    Raises
    ------
    UsageError
        ``E_OBJECTIVE`` for objectives that mean nothing here.
    HabitatError
        ``E_CERTIFICATE`` when the independent evaluation contradicts the solver: a bug, never a
        result.

    References
    ----------
    ``docs/model.md`` 5.4 and 5.5.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules, TenureTerms, Typology
    >>> case = Case(
    ...     typologies=(Typology(id="T3", shab_m2=66.0, su_m2=70.0),),
    ...     tenures=(TenureTerms(id="LIBRE", kind="sale", vat=0.2, variable_cost_m2_eur=2500.0,
    ...                          price_m2_eur=3200.0),),
    ...     rules=ProgrammeRules(shab_max_m2=200.0, dwellings_max=5),
    ...     fixed_cost_eur=90_000.0)
    >>> best = optimise(case, ["dwellings", "public_money"])
    >>> best.status, best.programme.units, best.values
    ('optimal', {('T3', 'LIBRE'): 3}, {'dwellings': 3.0, 'public_money': 50400.0})
    """
    return answer(KeptProgramme(case), case, objectives, time_limit_s=time_limit_s)


def answer(
    kept: KeptProgramme,
    case: Case,
    objectives: Sequence[str],
    *,
    time_limit_s: float | None = None,
    gap_rel: float = GAP_REL,
    limits: Mapping[str, float] = MappingProxyType({}),
) -> Optimum:
    """Find the best programme of a case of the shape of one already built.

    Parameters
    ----------
    kept
        Arrays of a case of the same shape.
    case, objectives, time_limit_s
        As `optimise`.
    gap_rel
        Relative gap under which a stage is called optimal.
    limits
        Values that objectives must reach, money in euros: at least that much where more is
        better, at most where less is.
    """
    check_objectives(case, objectives)
    began = time.perf_counter()
    search = Search(kept, kept.question(case))
    for name, value in limits.items():
        _hold(search, name, value / _unit(name), slack=0.0)
    deadline = None if time_limit_s is None else began + time_limit_s
    stages: list[Stage] = []
    best: Found | None = None
    notes: list[str] = []
    ready: Found | None = None
    for name, following in zip_longest(objectives, objectives[1:]):
        found, ready = ready, None
        if found is None and name in COUNTED and following is not None:
            search, found, ready = _both_at_once(search, name, following, deadline, gap_rel)
        if found is None:
            found = search.best(_goal(kept, name), deadline=deadline, gap_rel=gap_rel)
        notes += [found.note] if found.note else []
        if best is None and not found.has_solution:
            return _nothing(found.status, "; ".join(notes))
        best = found if found.has_solution or best is None else best
        stages.append(_stage(kept, name, found, best))
        reached = stages[-1].value / _unit(name)
        _hold(search, name, reached, slack=_tolerance(name, reached))
    evaluation = _certified(kept.model, case, best, stages)
    stages = [_evaluated(stage, evaluation) for stage in stages]
    proved = all(stage.status == "optimal" for stage in stages)
    return Optimum(
        status="optimal" if proved else "feasible",
        programme=evaluation.programme,
        stages=tuple(stages),
        evaluation=evaluation,
        solver=SOLVER,
        version=VERSION,
        note="; ".join(notes),
    )


def proof_sentence(optimum: Optimum) -> str:
    """Say in one French sentence what is proved.

    Examples
    --------
    >>> stage = Stage(objective="housed", value=24.0, bound=25.0, gap=0.0417, status="feasible",
    ...               seconds=10.0)
    >>> found = Optimum(status="feasible", programme=None, stages=(stage,), evaluation=None,
    ...                 solver="HiGHS", version="1")
    >>> proof_sentence(found).replace("\u00a0", " ").replace("\u202f", " ")
    'Non prouvé optimal : pour les besoins couverts, au plus 4,2 % de mieux existe.'
    """
    label = STATUS_LABELS[optimum.status]
    late = next((stage for stage in optimum.stages if stage.status != "optimal"), None)
    if optimum.status != "feasible" or late is None:
        return typeset(f"{label}.")
    what = f"pour {OBJECTIVE_LABELS[late.objective]}"
    if late.gap is None:
        return typeset(f"{label} : {what}, rien n'est prouvé.")
    most = f"au plus {percent(late.gap)}" if late.gap >= 0.0005 else f"moins de {percent(0.001)}"
    return typeset(f"{label} : {what}, {most} de mieux existe.")


def read_programme(model: ProgrammeModel, values: Mapping[str, float]) -> Programme:
    """Read the values of the variables as a programme.

    Households are not read: among equal optima the solver leaves some of them out, so the
    evaluation places them again, as many as can be.
    """
    units = {cell: round(values.get(x.name, 0.0)) for cell, x in model.units.items()}
    rooms = {room: round(values.get(s.name, 0.0)) for room, s in model.spaces.items()}
    inside = {key: round(values.get(x.name, 0.0)) for key, x in model.units_in.items()}
    return Programme(
        units={cell: n for cell, n in units.items() if n},
        spaces=tuple(room for room, built in rooms.items() if built),
        by_building={
            b.id: {cell: n for (name, cell), n in inside.items() if n and name == b.id}
            for b in model.case.buildings
        },
        rooms_in={
            room: name
            for (name, room), s in model.rooms_in.items()
            if round(values.get(s.name, 0.0))
        },
    )


def _goal(kept: KeptProgramme, name: str) -> Goal:
    return Goal(
        row=kept.objective_row(name), maximise=OBJECTIVES[name] == "max", counted=name in COUNTED
    )


def _both_at_once(
    search: Search, name: str, following: str, deadline: float | None, gap_rel: float
) -> tuple[Search, Found | None, Found | None]:
    """Ask for the best of the next objective among programmes at the bound of a counted one.

    The relaxations prove that no programme counts more than their bound, rounded down. If one is
    found that counts as much, it is therefore a best one, and both objectives are answered by one
    search; the next is asked what it would have been asked anyway. If none is found, in half the
    time left, nothing is concluded.

    Returns
    -------
    search, found, ready
        The search to go on with and both answers; the same search and nothing when the bound is
        not reached.
    """
    bound = search.bound(_goal(search.kept, name))
    if bound is None or not math.isfinite(bound):
        return search, None, None
    held = search.copy()
    _hold(held, name, bound, slack=_tolerance(name, bound))
    if deadline is not None:
        deadline = (time.perf_counter() + deadline) / 2
    ready = held.best(_goal(held.kept, following), deadline=deadline, gap_rel=gap_rel)
    if not ready.has_solution:
        return search, None, None
    found = replace(ready, status="optimal", value=bound, bound=bound, solves=0, seconds=0.0)
    return held, found, ready


def _hold(search: Search, name: str, value: float, *, slack: float) -> None:
    """Forbid to be worse than a value of an objective, in the unit of the model."""
    row = search.kept.objective_row(name)
    value -= search.kept.offset(row)
    if OBJECTIVES[name] == "max":
        search.hold(row, least=value - slack)
    else:
        search.hold(row, most=value + slack)


def _tolerance(name: str, value: float) -> float:
    """Return what a later stage may lose on an earlier one (5.4)."""
    return KEEP_TOLERANCE * (max(1.0, abs(value)) if name in MONEY_OBJECTIVES else 1.0)


def _stage(kept: KeptProgramme, name: str, found: Found, best: Found) -> Stage:
    """Report one stage as the solver claims it; money in euros."""
    value, unit = found.value, _unit(name)
    if value is None:  # nothing better was found: what the programme so far makes of it
        row = kept.objective_row(name)
        value = kept.measured(row, best.values)
    bound = None if found.bound is None else found.bound * unit
    status = found.status
    if status in ("infeasible", "unbounded"):  # the programme of the stage before says otherwise
        status = "error"
    return Stage(
        objective=name,
        value=value * unit,
        bound=bound,
        gap=None if bound is None else abs(value * unit - bound) / max(1.0, abs(value * unit)),
        status=status,
        seconds=found.seconds,
    )


def _certified(
    model: ProgrammeModel, case: Case, best: Found | None, stages: Sequence[Stage]
) -> Evaluation:
    """Evaluate the solver's answer from the data and stop if the two disagree on any stage."""
    programme = read_programme(model, {} if best is None else best.values)
    if chooses_households(case) and "members" not in {stage.objective for stage in stages}:
        places = places_for_households(case, programme.units)
        placed = place_under_quotas(case, places, members_first=False)
        programme = replace(programme, placements=placed)
    evaluation = evaluate(case, programme)
    faults = [f"{c.rule} : {c.value} {c.sense} {c.limit}" for c in evaluation.broken]
    for stage in stages:
        reached = _reached(evaluation, stage.objective)
        agreed = 2 * AGREEMENT * max(1.0, abs(stage.value))
        loss = _loss(stage.objective, reached, stage.value)
        # Stopped early, a solution may leave money idle or needs uncovered: better is no fault.
        if loss > agreed or (stage.status == "optimal" and loss < -agreed):
            faults.append(f"{stage.objective} : {reached} au lieu de {stage.value}")
    if faults:
        msg = "Le contrôle sans solveur contredit le solveur : " + " ; ".join(faults) + "."
        raise HabitatError(typeset(msg), code="E_CERTIFICATE")
    return evaluation


def _evaluated(stage: Stage, evaluation: Evaluation) -> Stage:
    """Give a stage the value of the account, and its gap to what is proved."""
    value, bound = _reached(evaluation, stage.objective), stage.bound
    gap = None if bound is None else abs(value - bound) / max(1.0, abs(value))
    return replace(stage, value=value, gap=gap)


def _nothing(status: Status, note: str) -> Optimum:
    return Optimum(
        status=status,
        programme=None,
        stages=(),
        evaluation=None,
        solver=SOLVER,
        version=VERSION,
        note=note,
    )


def _reached(evaluation: Evaluation, name: str) -> float:
    value = evaluation.reached(name)
    return 0.0 if value is None else float(value)


def _loss(name: str, value: float, reference: float) -> float:
    """Return by how much a value is worse than another, below zero when it is better."""
    return reference - value if OBJECTIVES[name] == "max" else value - reference


def _unit(name: str) -> float:
    return KILO if name in MONEY_OBJECTIVES else 1.0
