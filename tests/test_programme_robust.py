"""One programme for all that may happen, against every programme of small cases."""

from dataclasses import replace

import numpy as np
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.account import Scenario
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.robust import breaking_points, robust_programme
from tests.programme_enumeration import vectors
from tests.programme_instances import Draw

BREAKABLE = (4000, 4001, 4002, 4004, 4006, 4009)
SCENARIOS = (
    Scenario(),
    Scenario(id="cost", cost_factor=1.1),
    Scenario(id="rate", rate_shift=0.01),
    Scenario(id="buyers", buyer_dropout=0.2),
)


def brute_worst(case: Case) -> float | None:
    """Evaluate every programme that keeps the rules of the plan, in every scenario."""
    cells = [(t.id, u.id) for t in case.typologies for u in case.tenures]
    best = None
    units = vectors([case.rules.dwellings_max] * len(cells))
    units = units[units.sum(axis=1) <= case.rules.dwellings_max]
    for row in units:
        for rooms in vectors([1] * len(case.spaces)):
            built = tuple(space.id for space, flag in zip(case.spaces, rooms, strict=True) if flag)
            programme = Programme(
                units={c: int(n) for c, n in zip(cells, row, strict=True) if n}, spaces=built
            )
            if not evaluate(case, programme).feasible:
                continue
            worst = max(evaluate(case, programme, s).public_money_eur for s in SCENARIOS)
            best = worst if best is None else min(best, worst)
    return best


@pytest.mark.parametrize("seed", [3, 8, 21, 34, 41, 57])
def test_the_worst_case_is_the_least_of_all_programmes(seed):
    case = Draw(seed, large=False).case()
    most = min(case.rules.dwellings_max, 3)
    least = min(case.rules.dwellings_min, most)
    case = replace(case, rules=replace(case.rules, dwellings_max=most, dwellings_min=least))
    found, brute = robust_programme(case, SCENARIOS), brute_worst(case)
    assert (found.worst_eur is None) == (brute is None)
    if brute is not None:
        assert found.worst_eur == pytest.approx(brute, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("seed", range(4000, 4008))
def test_robustness_has_a_price_and_protects(seed):
    case = Draw(seed, large=True).case()
    found = robust_programme(case, SCENARIOS)
    nominal = optimise(case, ["public_money"])
    if found.programme is None:
        assert nominal.status == "infeasible"
        return
    assert found.price_eur >= -1e-3
    exposed = max(
        evaluate(case, nominal.programme, scenario).public_money_eur for scenario in SCENARIOS
    )
    assert found.worst_eur <= exposed + 1e-3
    assert found.evaluations[found.worst].public_money_eur == pytest.approx(found.worst_eur)


def test_needs_are_covered_when_asked():
    case = replace(Draw(4000, large=True).case(), fixed={})
    most = optimise(case, ["housed"]).values["housed"]
    found = robust_programme(case, SCENARIOS, housed_min=int(most))
    assert evaluate(case, found.programme).housed == most


def test_a_scenario_may_have_its_own_costs():
    case = replace(Draw(4000, large=True).case(), fixed={})
    dearer = replace(case, fixed_cost_eur=case.fixed_cost_eur + 100_000.0)
    plan = robust_programme(case, [Scenario()])
    both = robust_programme(case, [Scenario(), Scenario(id="land")], cases={"land": dearer})
    assert both.worst == "land"
    assert both.worst_eur >= plan.worst_eur


def test_equity_under_stress_has_its_limit():
    case = replace(Draw(4000, large=True).case(), fixed={})
    free = robust_programme(case, SCENARIOS)
    tight = robust_programme(case, SCENARIOS, equity_max_stress_eur=0.0)
    assert tight.status == "infeasible" or tight.worst_eur >= free.worst_eur - 1e-3


def test_without_scenario_there_is_nothing_to_withstand():
    with pytest.raises(UsageError):
        robust_programme(Draw(1, large=False).case(), [])


@pytest.mark.parametrize("seed", BREAKABLE)
def test_a_programme_breaks_where_it_is_said_to(seed):
    case = replace(Draw(seed, large=True).case(), fixed={})
    case = replace(case, rules=replace(case.rules, equity_max_eur=2e6))
    found = optimise(case, ["dwellings", "public_money"])
    assert found.programme is not None
    made = {
        "works": lambda rise: Scenario(cost_factor=1 + rise),
        "land": lambda rise: Scenario(fixed_factor=1 + rise),
        "rate": lambda rise: Scenario(rate_shift=rise),
        "dropout": lambda rise: Scenario(buyer_dropout=rise),
    }
    points = breaking_points(case, found.programme)
    assert {point.trouble for point in points} == set(made)
    for point in points:
        scenario = made[point.trouble]
        if point.reached is None:
            assert evaluate(case, found.programme, scenario(point.tried)).missing_eur < 1.0
        elif point.reached > 0:
            before = evaluate(case, found.programme, scenario(point.reached * 0.999))
            after = evaluate(case, found.programme, scenario(point.reached * 1.001 + 1e-6))
            assert before.missing_eur == pytest.approx(0.0, abs=1e-6)
            assert after.missing_eur > 0
    ratios = [np.inf if p.reached is None else p.reached / p.tried for p in points]
    assert ratios == sorted(ratios)
