"""Programme and group chosen together: the best of all, members first, within the quotas."""

from dataclasses import replace

import pytest

from habitat_analysis.programme.case import Case, NeedClass, QuotaRule
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.model import build_programme, keep_objective, set_objective
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.solving import solve
from habitat_analysis.programme.wording import broken_sentence, rule_label
from tests.joint_samples import best_joint, joint_case
from tests.programme_instances import Draw, tenure, typology
from tests.test_programme_glpk import glpk_value

ORDERS = (
    ["members", "housed", "public_money"],
    ["members", "public_money"],
    ["housed", "public_money"],
    ["public_money", "members", "housed"],
)
SEEDS = [range(start, start + 20) for start in range(7000, 7240, 20)]


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_the_programme_and_its_group_are_the_best_of_all(seeds):
    solved = 0
    for seed in seeds:
        draw = Draw(seed, large=False)
        case, objectives = joint_case(draw), ORDERS[seed % len(ORDERS)]
        expected, found = best_joint(case, objectives), optimise(case, objectives)
        if expected is None:
            assert found.status == "infeasible", seed
            continue
        solved += 1
        assert found.status == "optimal", seed
        for name in objectives:
            gap = abs(found.values[name] - expected[name])
            assert gap <= 2e-6 * max(1.0, abs(expected[name])), (seed, name)
        assert found.evaluation.feasible, seed
    assert solved >= 5


@pytest.mark.parametrize("seed", range(7500, 7520))
def test_two_solvers_agree_on_larger_groups(seed, tmp_path):
    model = build_programme(joint_case(Draw(seed, large=True)))
    for name in ("members", "housed"):
        set_objective(model, name)
        ours = solve(model.problem)
        theirs = glpk_value(model.problem, str(tmp_path / "model.lp"))
        if theirs is None:
            assert ours.status == "infeasible"
            return
        assert ours.status == "optimal"
        assert round(ours.objective) == round(theirs)
        keep_objective(model, name, ours.objective)


def small(**changes) -> Case:
    """Two dwellings at most; a member and two candidates, one of them modest."""
    cell = (("T3", "LIBRE"),)
    base = Draw(1, large=False).case()
    rules = replace(
        base.rules, shab_max_m2=140.0, dwellings_max=2, dwellings_min=0, parking_max=None,
        open_max=None, housed_min=0, families=(), typology_shares=(), quartiles=(),
        equity_max_eur=None, subsidy_max_eur=None, mix_target=None, **changes,
    )  # fmt: skip
    return Case(
        typologies=(typology("T3"),),
        tenures=(tenure("LIBRE", ("T3",)),),
        classes=(
            NeedClass(id="M", count=1, quartile="Q4", cells=cell, traits=(("quartile", "Q4"),)),
            NeedClass(
                id="C", count=2, quartile="Q4", cells=cell, candidate=True,
                traits=(("quartile", "Q4"),),
            ),
            NeedClass(
                id="D", count=1, quartile="Q1", cells=cell, candidate=True,
                traits=(("quartile", "Q1"),),
            ),
        ),
        rules=rules,
    )  # fmt: skip


MODEST = QuotaRule(
    id="modestes", attribute="quartile", members=("Q1",), min=0.5, label="ménages modestes"
)


def placed(found) -> dict[str, int]:
    return {one.class_id: one.count for one in found.programme.placements}


def test_members_come_first_then_those_whom_a_quota_asks_for():
    free = optimise(small(), ["members", "housed"])
    assert placed(free) == {"M": 1, "C": 1}
    bound = optimise(small(quotas=(MODEST,)), ["members", "housed"])
    assert placed(bound) == {"M": 1, "D": 1}
    assert (bound.evaluation.housed_members, bound.evaluation.housed) == (1, 2)


def test_a_member_is_left_out_when_a_quota_cannot_be_met_with_it():
    every = replace(MODEST, min=1.0)
    found = optimise(small(quotas=(every,)), ["members", "housed"])
    assert (found.values["members"], placed(found)) == (0, {"D": 1})


def test_a_quota_has_a_name_and_a_sentence():
    case = small(quotas=(MODEST,))
    found = evaluate(case, optimise(small(), ["dwellings"]).programme)
    assert rule_label(case, "quota:modestes:min").replace("\u00a0", " ") == (
        "Part minimale des ménages « ménages modestes »"
    )
    broken = replace(
        next(c for c in found.certificate if c.rule == "quota:modestes:min"), value=0, limit=1.0
    )
    said = broken_sentence(case, broken).replace("\u00a0", " ").replace("\u202f", " ")
    assert "au moins 50,0 %" in said
    assert "des ménages placés" in said


def test_without_candidates_nor_quotas_members_are_the_households_placed():
    case = Draw(3, large=False).case()
    found = optimise(case, ["members", "housed"])
    if found.programme is not None:
        assert found.values["members"] == found.values["housed"]
