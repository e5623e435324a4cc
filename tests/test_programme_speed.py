"""What is spared changes no answer: against the plain way, and counted, never timed."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import samples, straight
from habitat_analysis.feasibility.answers import answer, answer_many
from habitat_analysis.programme import optimum, search
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.duality import Space, weak_bounds
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.search import Goal, Search
from habitat_analysis.programme.solving import solve_arrays
from tests.programme_instances import Draw
from tests.test_programme_kept import neighbour

AIMS = ("housed", "public_money", "mix")


@pytest.fixture(scope="module")
def demo() -> list[tuple[Case, float]]:
    return samples.cases_of(samples.work_of(samples.DEMO))


def assert_same(found, case: Case, land_eur: float, aims=AIMS) -> None:
    """Compare an answer with the PuLP problem rebuilt and solved for each question."""
    plain = straight.optimum(case, aims)
    assert found.status == plain.status
    assert [stage.value for stage in found.stages] == pytest.approx(
        plain.values, rel=2e-6, abs=2e-6
    )
    if case.rules.equity_max_eur is None:
        return
    bill = straight.land_bill(case, land_eur=land_eur)
    assert (found.land.extra_eur is None) == (bill is None)
    if bill is not None:
        assert found.land.extra_eur == pytest.approx(bill, rel=2e-6, abs=2e-3)


def test_every_site_of_the_demonstration_has_the_optimum_of_the_plain_way(demo):
    found = answer_many([case for case, _ in demo], AIMS, lands_eur=[land for _, land in demo])
    assert len(found) == 78
    for one, (case, land) in zip(found[::4], demo[::4], strict=True):
        assert_same(one, case, land)


@pytest.mark.realdata
@pytest.mark.slow
def test_real_sites_have_the_optimum_of_the_plain_way(realdata):
    """A sample; ``python -m benchmarks.programme --parts portfolio --samples 200`` takes more."""
    assert (realdata / "33234_latresne").is_dir()
    cases = samples.cases_of(samples.work_of(samples.COMMUNE))[::30]
    assert len(cases) == 25
    found = answer_many([case for case, _ in cases], AIMS, lands_eur=[land for _, land in cases])
    for one, (case, land) in zip(found, cases, strict=True):
        assert_same(one, case, land)
        if one.status == "infeasible":
            assert {limit.rule for limit in one.binding} == set(straight.conflict(case)[0])


@pytest.mark.parametrize("seed", range(24))
def test_proofs_shared_by_neighbours_are_proofs(seed):
    """One kept programme asked of a case and its neighbours, in both orders: the plain optima."""
    case = Draw(seed, large=False).case()
    cases = [case, *(neighbour(case, 100 * seed + rank) for rank in range(3))]
    aims = ("housed", "equity")
    there = answer_many(cases, aims)
    back = answer_many(cases[::-1], aims)[::-1]
    for one, again, each in zip(there, back, cases, strict=True):
        assert_same(one, each, 0.0, aims)
        assert_same(again, each, 0.0, aims)
        assert [limit.rule for limit in one.binding if one.figures is None] == [
            limit.rule for limit in again.binding if again.figures is None
        ]


def test_an_answer_does_not_depend_on_the_sites_before(demo):
    """What is remembered spares work and changes nothing: alone or after others, the same."""
    cases, lands = [case for case, _ in demo[:40]], [land for _, land in demo[:40]]
    together = answer_many(cases, AIMS, lands_eur=lands)
    for one, case, land in zip(together[::4], cases[::4], lands[::4], strict=True):
        alone = answer(case, AIMS, land_eur=land)
        assert one == alone


def test_few_programs_and_relaxations_are_solved_over_a_portfolio(demo, monkeypatch):
    """Counts that do not depend on the machine. Plain: 4 programs a site, 22 more if impossible."""
    programs = []
    relaxations = []

    def counted(*args, **options):
        programs.append(1)
        return solve_arrays(*args, **options)

    def kept(case):
        relaxations.append(KeptProgramme(case))
        return relaxations[-1]

    monkeypatch.setattr(search, "solve_arrays", counted)
    monkeypatch.setattr("habitat_analysis.feasibility.answers.KeptProgramme", kept)
    found = answer_many([case for case, _ in demo], AIMS, lands_eur=[land for _, land in demo])
    possible = sum(one.figures is not None for one in found)
    assert len(relaxations) == 1
    assert possible == 43  # five sites fewer than if no household had a budget
    assert len(programs) <= 3.5 * len(demo)
    assert relaxations[0].relaxations.solves <= 6 * len(demo)


def test_a_bound_that_is_not_reached_concludes_nothing():
    """Random cases where the relaxation counts one household too many, and where it does not."""
    reached = missed = 0
    for seed in range(60):
        case = Draw(seed, large=False).case()
        kept = KeptProgramme(case)
        goal = Goal(row=kept.objective_row("housed"), maximise=True, counted=True)
        bound = Search(kept, kept.question(case)).bound(goal)
        best = Search(kept, kept.question(case)).best(goal)
        if best.value is None:
            continue
        reached, missed = (
            reached + (bound < best.value + 0.5),
            missed + (bound > best.value + 0.5),
        )
        assert optimise(case, ["housed", "cost"]).stages[0].value == pytest.approx(best.value)
    assert reached >= 10
    assert missed >= 1


def test_any_multipliers_prove_a_true_bound():
    """Weak duality on random problems, against the relaxation solved."""
    draw = np.random.default_rng(7)
    for seed in range(20):
        kept = KeptProgramme(Draw(seed, large=False).case())
        question = kept.question(kept.case)
        totals = list(question.totals)
        lower, upper = question.rows_for(totals)
        space = Space(matrix=question.matrix, row_lower=lower, row_upper=upper, lower=kept.lower,
                      upper=question.upper)  # fmt: skip
        cost = question.matrix[kept.objective_row("cost")]
        bounds = weak_bounds(cost, space, draw.normal(size=(8, kept.rows)))
        for position, total in enumerate(totals):
            if (lower[position] > upper[position]).any():
                continue
            arrays = replace(kept.arrays_at(question, total, kept.objective_row("cost")))
            least = solve_arrays(arrays)
            if least.objective is not None:
                assert bounds[:, position].max() <= least.objective + 1e-6


def test_the_objectives_answered_together_are_said_apart():
    case = Draw(3, large=True).case()
    found = optimise(case, ["dwellings", "equity"])
    assert [stage.objective for stage in found.stages] == ["dwellings", "equity"]
    assert found.stages[0].bound == found.stages[0].value
    assert optimum.answer(KeptProgramme(case), case, ["dwellings"]).stages[0].value == (
        found.stages[0].value
    )
