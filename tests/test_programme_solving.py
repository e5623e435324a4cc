"""Six answers told apart, read from the solver itself, the same on both lines of PuLP."""

import numpy as np
import pulp
import pytest

from habitat_analysis.programme.solving import SolveResult, solve


def problem(*rows, sense=pulp.LpMinimize, costs=(1,), up=None, cat="Integer", order=None):
    """Write a problem: one variable a cost, rows as (coefficients, sense, right-hand side)."""
    made = pulp.LpProblem("made", sense)
    x = [made.add_variable(f"x{i}", lowBound=0, upBound=up, cat=cat) for i in range(len(costs))]
    made.setObjective(pulp.lpSum(c * v for c, v in zip(costs, x, strict=True)))
    numbered = list(enumerate(rows))
    for position, (coefficients, compare, limit) in order(numbered) if order else numbered:
        left = pulp.lpSum(c * v for c, v in zip(coefficients, x, strict=True))
        made += (
            {"<=": left <= limit, ">=": left >= limit, "=": left == limit}[compare],
            f"r{position}",
        )
    return made


def market_split(rows=5, columns=40, sense=pulp.LpMinimize):
    """Write a problem with an obvious solution and a proof out of reach (Cornuejols, Dawande)."""
    draw, sign = np.random.default_rng(1), 1 if sense == pulp.LpMinimize else -1
    made = pulp.LpProblem("market_split", sense)
    x = [made.add_variable(f"x{j}", 0, 1, "Integer") for j in range(columns)]
    gaps = []
    for i in range(rows):
        weights = [int(weight) for weight in draw.integers(100, size=columns)]
        over, under = made.add_variable(f"over{i}", 0), made.add_variable(f"under{i}", 0)
        gaps += [over, under]
        split = pulp.lpSum(w * v for w, v in zip(weights, x, strict=True))
        made += split + over - under == sum(weights) // 2, f"row{i}"
    made.setObjective(pulp.lpSum(sign * gap for gap in gaps))
    return made


def assert_no_numbers(result: SolveResult) -> None:
    assert (result.objective, result.bound, result.gap, dict(result.values)) == (None,) * 3 + ({},)
    assert not result.has_solution


def test_optimal():
    result = solve(problem(((2,), ">=", 3)))
    assert (result.status, result.objective, result.bound, result.gap) == ("optimal", 2, 2, 0)
    assert result.values == {"x0": 2.0}
    assert (result.solver, result.version.count("."), result.note) == ("HiGHS", 2, "")


def test_optimal_of_a_linear_problem():
    result = solve(problem(((2,), ">=", 3), cat="Continuous"))
    assert (result.status, result.objective, result.bound, result.gap) == ("optimal", 1.5, 1.5, 0)


def test_the_constant_of_the_objective_counts():
    made = problem(((1,), ">=", 3))
    made.setObjective(made.objective + 10)
    assert (solve(made).objective, solve(made).bound) == (13, 13)


@pytest.mark.parametrize("row", [((1,), ">=", 3), ((3,), "=", 4)], ids=["bounds", "parity"])
def test_infeasible_shows_no_number(row):
    result = solve(problem(row, up=2))
    assert result.status == "infeasible"
    assert_no_numbers(result)


@pytest.mark.parametrize("cat", ["Integer", "Continuous"])
def test_unbounded_is_not_infeasible(cat):
    result = solve(problem(((1,), ">=", 1), sense=pulp.LpMaximize, cat=cat))
    assert result.status == "unbounded"
    assert_no_numbers(result)


def test_infeasible_or_unbounded_is_settled():
    row = ((2, -2), "=", 1)  # no whole numbers, and nothing bounds x0 + x1
    result = solve(problem(row, sense=pulp.LpMaximize, costs=(1, 1)), time_limit_s=20)
    assert result.status == "infeasible"


def test_an_empty_row_that_cannot_hold_is_infeasible():
    assert solve(problem(((0,), ">=", 1))).status == "infeasible"


@pytest.mark.parametrize("sense", [pulp.LpMinimize, pulp.LpMaximize], ids=["min", "max"])
def test_stopped_with_a_solution_is_feasible_with_its_gap(sense):
    made = market_split(sense=sense)
    result = solve(made, time_limit_s=1.0)
    assert result.status == "feasible"
    worse, better = result.objective, result.bound
    assert worse > better if sense == pulp.LpMinimize else worse < better
    assert result.gap == pytest.approx(abs(worse - better) / max(1, abs(worse)))
    assert result.gap > 0.01
    assert set(result.values) == {v.name for v in made.variables()}


def test_stopped_before_any_solution_shows_no_number():
    result = solve(market_split(), time_limit_s=0.0)
    assert result.status == "no_solution"
    assert_no_numbers(result)


def test_a_failure_of_the_solver_is_an_error_and_says_what_was_tried():
    result = solve(problem(((1e20,), ">=", 1)))  # a coefficient HiGHS refuses
    assert result.status == "error"
    assert "without presolve" in result.note
    assert_no_numbers(result)


def test_a_known_solution_is_started_from():
    found = solve(market_split(), time_limit_s=1.0)
    stopped = solve(market_split(), time_limit_s=0.0, start=found.values)
    assert stopped.status == "feasible"
    assert stopped.objective == pytest.approx(found.objective)


def test_a_wrong_start_is_ignored():
    result = solve(problem(((2,), ">=", 3), up=9), start={"x0": 0.0, "unheard_of": 1.0})
    assert (result.status, result.objective) == ("optimal", 2)


def test_the_problem_is_read_and_not_changed():
    made = problem(((2, 1), ">=", 3), costs=(1, 1))
    before = str(made)
    solve(made)
    assert str(made) == before
    assert [variable.varValue for variable in made.variables()] == [None, None]


def test_two_runs_give_the_same_answer_and_another_seed_the_same_value():
    rows = [((3, 5, 7), ">=", 17), ((1, -1, 1), "<=", 2)]
    made = problem(*rows, costs=(4, 5, 8), up=9)
    first, second, other = solve(made), solve(made), solve(made, seed=7)
    assert (first.values, first.objective) == (second.values, second.objective)
    assert first.objective == other.objective


@pytest.mark.parametrize(
    "order", [reversed, lambda rows: rows[1:] + rows[:1]], ids=["back", "turn"]
)
def test_the_order_of_the_rows_does_not_matter(order):
    rows = [((3, 5, 7), ">=", 17), ((1, -1, 1), "<=", 2), ((1, 1, 0), "<=", 3)]
    turned = problem(*rows, costs=(4, 5, 8), up=9, order=lambda items: list(order(items)))
    assert solve(turned).objective == solve(problem(*rows, costs=(4, 5, 8), up=9)).objective


def test_two_variables_of_one_name_are_refused():
    made = pulp.LpProblem("twins")
    twins = [made.add_variable("x", 0) for _ in range(2)]
    made += pulp.lpSum(twins) >= 1, "row"
    made.setObjective(pulp.lpSum(twins))
    with pytest.raises(ValueError, match="same name"):
        solve(made)


def test_nothing_is_printed(capfd):
    solve(market_split(), time_limit_s=0.2)
    solve(problem(((1e20,), ">=", 1)))
    assert capfd.readouterr() == ("", "")
