"""Why a programme is impossible: every answer tried again from the PuLP problem itself."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from habitat_analysis.programme import search as searching
from habitat_analysis.programme.arrays import read_arrays
from habitat_analysis.programme.case import Case, ProgrammeRules
from habitat_analysis.programme.concessions import possible
from habitat_analysis.programme.diagnosis import ENOUGH, STEP, diagnose
from habitat_analysis.programme.model import build_programme
from habitat_analysis.programme.rules import LOOSEST, loosest, relaxable_rules
from habitat_analysis.programme.solving import solve_arrays
from tests.infeasible_instances import impossible_cases
from tests.programme_instances import Draw
from tests.worked_calls.programme import read_case

WORKED = Path(__file__).parent / "worked" / "11_infeasible.json"
LOTS, A_LOT = 10, 20  # 200 cases, in ten tests
FIRST = 5000


def status_without(case: Case, lifted: set[str]) -> str:
    """Solve the PuLP problem without some of its rows: shares nothing with the kept arrays."""
    model = build_programme(loosest(case, [rule for rule in lifted if rule in LOOSEST]))
    arrays = read_arrays(model.problem)
    free = np.array([model.rules[row] in lifted for row in arrays.rows])
    return solve_arrays(
        replace(
            arrays,
            row_lower=np.where(free, -np.inf, arrays.row_lower),
            row_upper=np.where(free, np.inf, arrays.row_upper),
        )
    ).status


def all_rules(case: Case) -> set[str]:
    return set(relaxable_rules(build_programme(case).rules.values()))


@pytest.fixture(scope="module")
def diagnosed():
    """200 impossible cases with their diagnosis, without its own proof: the tests are the proof."""
    found = list(islice(impossible_cases(FIRST), LOTS * A_LOT))
    return [(seed, case, diagnose(case, prove=False)) for seed, case in found]


def test_the_sample_is_worth_the_proof(diagnosed):
    assert len(diagnosed) == LOTS * A_LOT
    assert min(len(all_rules(case)) for _, case, _ in diagnosed) >= 5
    assert sum(len(found.conflict) >= 3 for *_, found in diagnosed) >= 50
    ways = [way for *_, found in diagnosed for way in found.ways_out if way.enough]
    assert len(ways) >= 200
    assert len({way.rule.partition(":")[0] for way in ways}) >= 8


@pytest.mark.parametrize("lot", range(LOTS))
def test_every_way_out_is_enough_and_a_step_less_is_not(diagnosed, lot):
    for seed, case, found in diagnosed[lot::LOTS]:
        for way in found.ways_out:
            if way.amount is None:
                continue
            more = possible(case, {way.rule: way.amount + ENOUGH[way.unit]})
            assert more == "optimal", (seed, way)
            less = max(0.0, way.amount - STEP[way.unit])
            assert possible(case, {way.rule: less}) == "infeasible", (seed, way)


@pytest.mark.parametrize("lot", range(LOTS))
def test_a_rule_said_not_to_be_enough_is_not_even_when_lifted(diagnosed, lot):
    for seed, case, found in diagnosed[lot::LOTS]:
        for way in found.ways_out[:: 1 + seed % 3]:
            lifted = status_without(case, {way.rule})
            assert (lifted == "optimal") == way.enough, (seed, way)


@pytest.mark.parametrize("lot", range(LOTS))
def test_every_conflict_is_irreducible_by_definition(diagnosed, lot):
    for seed, case, found in diagnosed[lot::LOTS]:
        others = all_rules(case) - set(found.conflict)
        if found.hard:
            assert status_without(case, all_rules(case)) == "infeasible"
            continue
        assert found.conflict, seed
        assert status_without(case, others) == "infeasible", (seed, found.conflict)
        for rule in found.conflict:
            assert status_without(case, {*others, rule}) == "optimal", (seed, rule)


@pytest.mark.parametrize("lot", range(LOTS))
def test_concessions_made_together_are_enough_and_no_more_than_the_best_alone(diagnosed, lot):
    for seed, case, found in diagnosed[lot::LOTS]:
        if found.hard:
            continue
        assert found.concessions, seed
        near = {rule: n + 1e-4 * max(1.0, n) for rule, n in found.concessions.items()}
        ceilings = any(rule.startswith("ceiling:") for rule in near)  # in euros of the whole
        assert ceilings or possible(case, near) == "optimal", (seed, found.concessions)


def test_a_case_with_a_programme_has_nothing_to_diagnose():
    case = Draw(3, large=False).case()
    assert diagnose(case).status == "optimal"
    assert diagnose(case).ways_out == ()


def test_hard_rules_in_conflict_are_said_so():
    """Nothing to build: no concession makes a home."""
    case = Case(
        typologies=(), tenures=(), rules=ProgrammeRules(shab_max_m2=50.0, dwellings_max=2,
                                                        dwellings_min=1)
    )  # fmt: skip
    found = diagnose(case, rules=("surface",))
    assert (found.status, found.hard, found.conflict) == ("infeasible", True, ())


def test_the_product_proves_its_own_ways_out():
    case = read_case(json.loads(WORKED.read_text("utf-8"))["examples"][0]["inputs"]["program"])
    found = diagnose(case)
    assert [way.rule for way in found.ways_out if way.enough] == [
        "open", "equity", "topup", "balance", "share:PLAI:min", "share:libre:max",
        "mandatory:salle_commune",
    ] or {way.rule for way in found.ways_out if way.enough} == {
        "open", "equity", "topup", "balance", "share:PLAI:min", "share:libre:max",
        "mandatory:salle_commune",
    }  # fmt: skip
    assert all(way.proved for way in found.ways_out if way.enough)
    assert all(way.proved is None for way in found.ways_out if not way.enough)


@pytest.mark.parametrize("status", ["error", "no_solution", "unbounded"])
def test_what_the_solver_cannot_say_is_never_called_impossible(monkeypatch, status):
    """Each status forced on the solver: the diagnosis repeats it and draws no conclusion."""
    case = Draw(3, large=True).case()
    honest = searching.solve_arrays

    def failing(*args, **options):
        return replace(honest(*args, **options), status=status, objective=None, bound=None,
                       values={})  # fmt: skip

    monkeypatch.setattr(searching, "solve_arrays", failing)
    found = diagnose(replace(case, fixed={}))
    assert found.status == status
    assert (found.ways_out, found.conflict, found.hard) == ((), (), False)
