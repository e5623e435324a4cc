"""What the land may cost at most: « charge foncière admissible »."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.errors import HabitatError, UsageError
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.evaluation import Evaluation, evaluate
from habitat_analysis.programme.kept import LAND, KeptProgramme
from habitat_analysis.programme.model import KILO, build_programme, set_objective
from habitat_analysis.programme.optimum import read_programme
from habitat_analysis.programme.search import Goal, Search
from habitat_analysis.programme.solving import Status, solve

PROBE_EUR: Final = 10.0  # the bill is tried this much below and above (5.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandBill:
    """The largest land bill the operation can bear.

    Attributes
    ----------
    extra_eur, bound_eur
        Above the land already in the fixed cost, tax included, and the best not excluded; below
        zero when the land counted is too dear. None without a programme at any price.
    programme, evaluation
        The programme that bears this bill, and its figures with it.
    """

    status: Status
    extra_eur: float | None
    bound_eur: float | None
    programme: Programme | None
    evaluation: Evaluation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillProof:
    """The bill tried on both sides by solving the PuLP problem again, from nothing."""

    below: Status  # ten euros less
    above: Status  # ten euros more

    @property
    def holds(self) -> bool:
        """Whether less is possible and more is not."""
        return self.below in ("optimal", "feasible") and self.above == "infeasible"


def charge_fonciere_admissible(
    case: Case,
    *,
    land_eur: float = 0.0,
    below_free: bool = False,
    kept: KeptProgramme | None = None,
    time_limit_s: float | None = None,
) -> LandBill:
    """Find the largest land bill under which some programme keeps every rule.

    Parameters
    ----------
    case
        The question; its equity must have a limit.
    land_eur
        Land already in the fixed cost, tax and interest included: the bill may go down by it.
    below_free
        When even free land leaves no programme, look for the help that would: the bill then goes
        down by the whole fixed cost.
    kept
        Arrays of a case of the same shape, if there are some.
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
    if case.rules.equity_max_eur is None:
        msg = "Expected `rules.equity_max_eur`: without it any land bill can be paid."
        raise UsageError(msg)
    bare = replace(case, fixed_cost_eur=max(0.0, case.fixed_cost_eur - land_eur))
    removed = case.fixed_cost_eur - bare.fixed_cost_eur
    if kept is None or not kept.same_shape(bare):
        kept = KeptProgramme(bare)
    search = Search(kept, kept.with_land(kept.question(bare), bare))
    goal = Goal(row=kept.objective_row(LAND), maximise=True)
    deadline = None if time_limit_s is None else time.perf_counter() + time_limit_s
    found = search.best(goal, deadline=deadline)
    if found.status == "infeasible" and below_free and land_eur < case.fixed_cost_eur:
        whole = case.fixed_cost_eur
        return charge_fonciere_admissible(
            case, land_eur=whole, kept=kept, time_limit_s=time_limit_s
        )
    if found.value is None:
        return LandBill(
            status=found.status, extra_eur=None, bound_eur=None, programme=None, evaluation=None
        )
    bill, programme = found.value * KILO, read_programme(kept.model, found.values)
    evaluation = evaluate(replace(bare, fixed_cost_eur=bare.fixed_cost_eur + bill), programme)
    if evaluation.broken:
        faults = ", ".join(check.rule for check in evaluation.broken)
        msg = f"Le contrôle sans solveur contredit le solveur (charge foncière) : {faults}."
        raise HabitatError(msg, code="E_CERTIFICATE")
    return LandBill(
        status=found.status,
        extra_eur=bill - removed,
        bound_eur=None if found.bound is None else found.bound * KILO - removed,
        programme=evaluation.programme,
        evaluation=evaluation,
    )


def prove_bill(case: Case, bill: LandBill) -> BillProof | None:
    """Solve the PuLP problem ten euros below the bill and ten euros above; None without a bill."""
    if bill.extra_eur is None:
        return None
    fixed_eur = case.fixed_cost_eur + bill.extra_eur
    below, above = (
        _possible(replace(case, fixed_cost_eur=max(0.0, fixed_eur + step)))
        for step in (-PROBE_EUR, PROBE_EUR)
    )
    return BillProof(below=below, above=above)


def _possible(case: Case) -> Status:
    model = build_programme(case)
    set_objective(model, "dwellings")
    return solve(model.problem).status
