"""A kept programme asked another question is the programme of that question, built anew."""

from dataclasses import replace

import numpy as np
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.arrays import read_arrays
from habitat_analysis.programme.case import Case, ProgrammeRules, ShareRule
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.model import build_programme, set_objective
from habitat_analysis.programme.optimum import answer, optimise
from habitat_analysis.programme.search import Goal, Search
from habitat_analysis.programme.solving import Bounds, relax, solve
from tests.programme_instances import Draw


def neighbour(case: Case, seed: int) -> Case:
    """Move every number that a kept programme may move, and nothing else."""
    draw, rules = np.random.default_rng(seed), case.rules

    def times(value, low=0.85, high=1.15):
        return None if value is None else float(value * draw.uniform(low, high))

    def shares(found: tuple[ShareRule, ...]) -> tuple[ShareRule, ...]:
        return tuple(
            replace(
                rule,
                min=None if rule.min is None else rule.min * draw.uniform(0.7, 1.0),
                max=None if rule.max is None else min(1.0, rule.max * draw.uniform(1.0, 1.2)),
            )
            for rule in found
        )

    target = rules.mix_target
    moved = replace(
        rules,
        shab_max_m2=times(rules.shab_max_m2),
        dwellings_min=max(0, rules.dwellings_min - 1),
        dwellings_max=rules.dwellings_max + 1,
        parking_max=times(rules.parking_max),
        open_max=None if rules.open_max is None else rules.open_max + 1,
        housed_min=1 if rules.housed_min else 0,
        families=shares(rules.families),
        typology_shares=shares(rules.typology_shares),
        quartiles=shares(rules.quartiles),
        equity_max_eur=times(rules.equity_max_eur, 1.0, 1.3),
        topup_max_eur=times(rules.topup_max_eur),
        subsidy_max_eur=times(rules.subsidy_max_eur),
        mix_target=None if target is None else replace(target, eps=times(target.eps)),
    )
    tenures = tuple(
        replace(
            t,
            cost_ceiling_m2_eur=times(t.cost_ceiling_m2_eur, 0.98, 1.05),
            variable_cost_m2_eur=times(t.variable_cost_m2_eur, 0.97, 1.02),
            net_rent_m2_year_eur=times(t.net_rent_m2_year_eur, 0.95, 1.1),
            price_m2_eur=times(t.price_m2_eur, 0.98, 1.05),
            subsidy_eur=times(t.subsidy_eur, 0.9, 1.1),
        )
        for t in case.tenures
    )
    fixed = {
        key: value if isinstance(value, bool) else value + 1 for key, value in case.fixed.items()
    }
    return replace(
        case, rules=moved, tenures=tenures, fixed=fixed, fixed_cost_eur=times(case.fixed_cost_eur)
    )


@pytest.mark.parametrize("seed", range(50))
def test_a_neighbour_asked_of_kept_arrays_has_the_optimum_of_a_fresh_pulp_solve(seed):
    draw = Draw(seed, large=seed % 2 == 0)
    case = draw.case()
    other = neighbour(case, seed)
    kept = KeptProgramme(case)
    assert kept.same_shape(other)
    name = "public_money" if seed % 3 else "housed"
    found = answer(kept, other, [name])
    model = build_programme(other)
    set_objective(model, name)
    fresh = solve(model.problem)
    assert found.status == fresh.status
    if fresh.objective is not None:
        scale = 1000.0 if name == "public_money" else 1.0
        expected = fresh.objective * scale
        assert found.stages[0].value == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_the_arrays_of_a_question_are_those_of_its_own_case(seed):
    """Row for row and column for column, before any solving."""
    case = Draw(seed, large=True).case()
    other = neighbour(case, seed)
    if not KeptProgramme(case).same_shape(other):
        pytest.fail("The neighbour must have the shape of the case.")
    asked, own = KeptProgramme(case).question(other), KeptProgramme(other).question(other)
    np.testing.assert_allclose(asked.matrix, own.matrix, atol=1e-9)
    for name in ("row_lower", "row_upper", "slope", "upper", "whole"):
        np.testing.assert_allclose(getattr(asked, name), getattr(own, name), atol=1e-9)
    assert asked.totals == own.totals


@pytest.mark.parametrize("seed", range(12))
def test_a_bound_after_a_warm_start_is_that_of_a_cold_solve(seed):
    kept = KeptProgramme(Draw(seed, large=True).case())
    question = kept.question(kept.case)
    row = kept.objective_row("public_money")
    warm = Bounds(question.matrix, kept.lower)
    for total in question.totals:
        arrays = kept.arrays_at(question, total, row)
        if (arrays.row_lower > arrays.row_upper).any():
            continue
        bound = warm.least(arrays.cost, arrays.row_lower, arrays.row_upper, arrays.upper).bound
        cold = relax(arrays)
        expected = np.inf if cold.status == "infeasible" else cold.objective
        assert bound == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_a_case_of_another_shape_is_refused():
    case = Draw(2, large=True).case()
    other = replace(case, spaces=())
    kept = KeptProgramme(case)
    assert not kept.same_shape(other)
    with pytest.raises(UsageError, match="shape"):
        kept.question(other)
    with pytest.raises(UsageError, match="left out"):
        kept.question(case, without=["unheard of"])


def test_few_integer_programs_are_solved():
    """A count that does not depend on the machine: best bound first, not one solve a number."""
    solves = numbers = 0
    for seed in range(20):
        kept = KeptProgramme(replace(Draw(seed, large=True).case(), fixed={}))
        search = Search(kept, kept.question(kept.case))
        found = search.best(Goal(row=kept.objective_row("public_money")))
        solves, numbers = solves + found.solves, numbers + len(search.question.totals)
    assert solves < numbers / 2


def test_the_problem_read_is_the_problem_written():
    case = Case(typologies=(), tenures=(), rules=ProgrammeRules(shab_max_m2=9.0, dwellings_max=2))
    arrays = read_arrays(build_programme(case).problem)
    assert arrays.rows[0] == "rule_surface"
    assert arrays.row_upper[0] == 9.0
    assert optimise(case, ["cost"]).status == "optimal"
