"""Each status forced on the solver, room by room: an error is never called impossible."""

from dataclasses import replace

import pytest

from habitat_analysis.feasibility.answers import answer_many
from habitat_analysis.programme import concessions, diagnosis, robust
from habitat_analysis.programme import search as searching
from habitat_analysis.programme.diagnosis import diagnose
from habitat_analysis.programme.duality import Proof
from habitat_analysis.programme.evaluation import Scenario
from habitat_analysis.programme.frontier import front, pareto
from habitat_analysis.programme.land_bill import charge_fonciere_admissible
from habitat_analysis.programme.optimum import optimise, proof_sentence
from habitat_analysis.programme.relaxations import Relaxations
from habitat_analysis.programme.requirements import price_requirements
from habitat_analysis.programme.robust import robust_programme
from habitat_analysis.programme.wording import STATUS_LABELS
from tests.programme_instances import Draw

UNKNOWN = ("error", "no_solution", "unbounded")
IMPOSSIBLE = STATUS_LABELS["infeasible"]


@pytest.fixture
def case():
    found = replace(Draw(3, large=True).case(), fixed={})
    limit = 1e6 if found.rules.equity_max_eur is None else found.rules.equity_max_eur
    return replace(found, rules=replace(found.rules, equity_max_eur=limit))


def force(monkeypatch, status: str) -> None:
    """Make every solve end in a status without any number."""

    def failing(honest):
        def solve(*args, **options):
            result = honest(*args, **options)
            return replace(result, status=status, objective=None, bound=None, gap=None, values={})

        return solve

    for module in (searching, concessions):
        monkeypatch.setattr(module, "solve_arrays", failing(module.solve_arrays))
    monkeypatch.setattr(robust, "solve", failing(robust.solve))
    # The relaxations excluding every number of dwellings would be a proof: leave them none.
    nothing = Proof(bound=0.0, multipliers=None, point=None)
    monkeypatch.setattr(Relaxations, "solved", lambda *_: nothing)


@pytest.mark.parametrize("status", UNKNOWN)
def test_nothing_says_impossible_when_nothing_is_proved(monkeypatch, case, status):
    force(monkeypatch, status)
    found = optimise(case, ["public_money", "dwellings"])
    assert (found.status, found.programme, found.stages) == (status, None, ())
    assert IMPOSSIBLE not in proof_sentence(found)
    assert diagnose(case).status == status
    assert diagnose(case).ways_out == ()
    opposed = front(case, ["public_money", "housed"])
    assert (opposed.status, opposed.complete, opposed.points) == (status, False, ())
    assert price_requirements(case, ["public_money"]) == ()
    assert set(pareto(case, [1, 2])["status"]) == {status}
    bill = charge_fonciere_admissible(case)
    assert (bill.status, bill.extra_eur, bill.programme) == (status, None, None)
    assert robust_programme(case, [Scenario()]).status == status
    (answer,) = answer_many([case], ["public_money"])
    assert (answer.status, answer.figures, answer.binding) == (status, None, ())


def test_stopped_with_a_programme_says_its_gap(monkeypatch, case):
    honest = searching.solve_arrays

    def stopped(*args, **options):
        result = honest(*args, **options)
        if result.status != "optimal":
            return result
        return replace(result, status="feasible", bound=0.5 * result.objective)

    monkeypatch.setattr(searching, "solve_arrays", stopped)
    found = optimise(case, ["cost"])
    assert found.status == "feasible"
    assert found.stages[0].gap > 0
    assert proof_sentence(found).startswith("Non prouvé optimal")


def test_proved_impossible_says_so(case):
    poor = replace(case.rules, equity_max_eur=0.0, topup_max_eur=0.0, dwellings_min=5)
    asked = replace(case, rules=poor, fixed_cost_eur=1e8)
    assert optimise(asked, ["dwellings"]).status == "infeasible"
    assert proof_sentence(optimise(asked, ["dwellings"])) == f"{IMPOSSIBLE}."
    assert diagnose(asked, prove=False).status == "infeasible"
    assert diagnosis.diagnose(asked, prove=False).conflict


def test_a_solver_that_lies_about_the_land_stops_everything(monkeypatch, case):
    honest = searching.solve_arrays

    def generous(*args, **options):
        result = honest(*args, **options)
        if result.objective is None:
            return result
        return replace(result, objective=10 * result.objective - 1000)

    monkeypatch.setattr(searching, "solve_arrays", generous)
    with pytest.raises(ValueError, match="contredit le solveur"):
        charge_fonciere_admissible(case)
