"""The price of each household, and the land an operation can bear."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.frontier import pareto
from habitat_analysis.programme.land_bill import charge_fonciere_admissible
from habitat_analysis.programme.optimum import optimise
from tests.worked_calls.programme import read_case

WORKED = Path(__file__).parent / "worked" / "10_programme.json"


@pytest.fixture(scope="module")
def case():
    return read_case(json.loads(WORKED.read_text("utf-8"))["examples"][0]["inputs"]["program"])


def test_each_household_more_costs_as_much_or_more(case):
    points = pareto(case, [16, 17, 18, 26])
    assert points["status"].tolist() == ["optimal"] * 3 + ["infeasible"]
    assert points["value"].tolist()[:3] == pytest.approx([516_251.82, 517_809.92, 517_809.92])
    assert points["value"].isna().tolist() == [False, False, False, True]
    assert points["dominated"].tolist() == [False, True, False, False]
    assert (points["housed"].dropna() >= points["housed_min"][:3]).all()


def test_the_largest_land_bill_is_exact(case):
    bill = charge_fonciere_admissible(case)
    assert bill.status == "optimal"
    assert bill.extra_eur == pytest.approx(198_813, abs=1)  # docs/model.md 5.4
    assert bill.bound_eur == pytest.approx(bill.extra_eur)
    assert bill.evaluation.feasible
    for more, status in ((-10, "optimal"), (10, "infeasible")):
        land = case.fixed_cost_eur + bill.extra_eur + more
        assert optimise(replace(case, fixed_cost_eur=land), ["housed"]).status == status


def test_an_impossible_operation_bears_no_land(case):
    bill = charge_fonciere_admissible(replace(case, rules=replace(case.rules, housed_min=40)))
    assert (bill.status, bill.extra_eur, bill.programme) == ("infeasible", None, None)


def test_without_a_limit_on_equity_any_land_could_be_paid(case):
    with pytest.raises(UsageError):
        charge_fonciere_admissible(replace(case, rules=replace(case.rules, equity_max_eur=None)))
