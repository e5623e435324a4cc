"""Lots of legal persons: built, kept from the households unless let, and said in words."""

from dataclasses import replace

import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.case import (
    Case,
    NeedClass,
    Placement,
    Programme,
    ProgrammeRules,
)
from habitat_analysis.programme.diagnosis import diagnose, is_irreducible
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.lots import Lots
from habitat_analysis.programme.model import build_programme, keep_objective, set_objective
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.price_words import price_sentence
from habitat_analysis.programme.requirement_keys import find_requirement, study_key
from habitat_analysis.programme.requirements import case_levers, price_requirements
from habitat_analysis.programme.solving import solve
from habitat_analysis.programme.way_words import way_sentence
from habitat_analysis.programme.wording import broken_sentence, rule_label
from tests.joint_samples import best_joint, joint_case
from tests.programme_enumeration import best_values
from tests.programme_instances import Draw, tenure, typology
from tests.test_programme_glpk import glpk_value

SEEDS = [range(start, start + 20) for start in range(8000, 8300, 20)]
T2, T3 = (("T2", "LIBRE"),), (("T3", "PLUS"),)


def with_lots(case: Case, draw: Draw) -> Case:
    """Give one or two cells lots of one or two dwellings."""
    cells = [(t.id, u.id) for t in case.typologies for u in case.tenures]
    return replace(
        case,
        lots=tuple(
            Lots(typology=t, tenure=u, count=draw.between(1, 3 if draw.large else 2))
            for t, u in draw.some(cells, draw.between(1, 2))
        ),
    )


def small(*lots: Lots, **rules: object) -> Case:
    """Three dwellings at most: two households for T2 LIBRE, one for T3 PLUS; all rules loose."""
    asked = {"shab_max_m2": 200.0, "dwellings_max": 3} | rules
    return Case(
        typologies=(typology("T2"), typology("T3")),
        tenures=(tenure("PLUS", ("T2", "T3")), tenure("LIBRE", ("T2", "T3"))),
        classes=(
            NeedClass(id="A", count=2, quartile="Q4", cells=T2),
            NeedClass(id="B", count=1, quartile="Q1", cells=T3),
        ),
        rules=ProgrammeRules(**asked),  # type: ignore[arg-type]
        lots=lots,
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


SALE = Lots(typology="T2", tenure="LIBRE", count=2, holders=("Les Tilleuls",))
RENTAL = Lots(typology="T3", tenure="PLUS", count=1, holders=("Commune", "Les Tilleuls"))


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_programmes_with_lots_are_the_best_of_all(seeds):
    solved = 0
    for seed in seeds:
        draw = Draw(seed, large=False)
        case, objectives = with_lots(draw.case(), draw), draw.objectives()
        expected, found = best_values(case, objectives), optimise(case, objectives)
        if expected is None:
            assert found.status == "infeasible", seed
            continue
        solved += 1
        assert found.status == "optimal", seed
        for name in objectives:
            gap = abs(found.values[name] - expected[name])
            assert gap <= 2e-6 * max(1.0, abs(expected[name])), (seed, name)
        assert found.evaluation.feasible, seed
    assert solved >= 3


@pytest.mark.parametrize("seed", range(8500, 8540))
def test_programmes_that_choose_their_households_leave_the_lots_out_too(seed):
    draw = Draw(seed, large=False)
    case, objectives = with_lots(joint_case(draw), draw), ["members", "housed", "public_money"]
    expected, found = best_joint(case, objectives), optimise(case, objectives)
    if expected is None:
        assert found.status == "infeasible"
        return
    for name in objectives:
        assert abs(found.values[name] - expected[name]) <= 2e-6 * max(1.0, abs(expected[name]))


@pytest.mark.parametrize("seed", range(8600, 8630))
def test_two_solvers_agree(seed, tmp_path):
    draw = Draw(seed, large=True)
    model = build_programme(with_lots(draw.case(), draw))
    for name in ("housed", "public_money"):
        set_objective(model, name)
        ours = solve(model.problem)
        theirs = glpk_value(model.problem, str(tmp_path / "model.lp"))
        if theirs is None:
            assert ours.status == "infeasible"
            return
        theirs += model.problem.objective.constant
        assert abs(ours.objective - theirs) <= 1e-6 * max(1.0, abs(theirs))
        keep_objective(model, name, ours.objective)


def test_an_own_lot_is_no_place_and_a_let_lot_stays_one():
    free = optimise(small(), ["housed"])
    assert free.values["housed"] == 3
    sale = optimise(small(SALE), ["housed"])  # 2 lots and 1 more dwelling, for one household
    assert (sale.values["housed"], sale.evaluation.dwellings) == (1, 3)
    rental = optimise(small(RENTAL), ["housed"])
    assert rental.values["housed"] == 3


def test_dwellings_left_open_do_not_count_the_lots():
    found = optimise(small(SALE, open_max=0, dwellings_min=3), ["housed"])
    assert (found.evaluation.dwellings, found.evaluation.housed) == (3, 1)
    assert found.evaluation.open_dwellings == 0


def test_a_case_without_lots_is_the_same_problem_name_by_name():
    drawn = Draw(3, large=True).case()
    assert not [rule for rule in build_programme(drawn).rules.values() if "lots" in rule]
    assert not build_programme(drawn).own


def test_a_typed_programme_is_judged_without_the_solver():
    case = small(SALE, RENTAL)
    units = {("T2", "LIBRE"): 1, ("T3", "PLUS"): 1}
    found = evaluate(case, Programme(units=units))
    (broken,) = found.broken
    assert (broken.rule, found.housed, found.open_dwellings) == ("lots:T2,LIBRE", 1, 0)
    assert plain(broken_sentence(case, broken)) == (
        "Lots de personnes morales en T2 LIBRE (« Les Tilleuls ») : 1 logement pour 2 logements "
        "au moins, il manque 1 logement."
    )


def test_a_household_placed_in_an_own_lot_breaks_the_rule_of_the_cell():
    units, who = {("T2", "LIBRE"): 3}, {"class_id": "A", "typology": "T2", "tenure": "LIBRE"}
    for count, broken in ((1, []), (2, ["cell:T2,LIBRE"])):
        placed = Programme(units=units, placements=(Placement(**who, count=count),))
        assert [check.rule for check in evaluate(small(SALE), placed).broken] == broken


def test_an_impossible_lot_is_explained_with_its_way_out():
    three = replace(SALE, count=3)
    case = small(three, RENTAL, housed_min=1)  # 4 lots for 3 dwellings
    found = diagnose(case)
    assert "lots:T2,LIBRE" in found.conflict
    assert "lots:T3,PLUS" in found.conflict
    assert is_irreducible(case, found.conflict)
    ways = {way.rule: way for way in found.ways_out}
    assert (ways["lots:T2,LIBRE"].amount, ways["lots:T2,LIBRE"].proved) == (1.0, True)
    assert plain(way_sentence(case, ways["lots:T2,LIBRE"])) == (
        "Lots de personnes morales en T2 LIBRE (« Les Tilleuls ») : 1 lot de moins, sur 3."
    )
    assert plain(rule_label(case, "lots:T3,PLUS")) == (
        "Lots de personnes morales en T3 PLUS (« Commune » et « Les Tilleuls »)"
    )


@pytest.mark.parametrize("seed", range(8700, 8730))
def test_ways_out_on_lots_are_enough_and_a_step_less_is_not(seed):
    draw = Draw(seed, large=False)
    case = with_lots(draw.case(), draw)
    if optimise(case, ["housed"]).status != "infeasible":
        return
    for way in diagnose(case, prove=True).ways_out:
        assert way.proved in (True, None), way.rule


def test_the_price_of_a_lot_is_what_one_fewer_changes():
    case = small(SALE, dwellings_max=3)
    levers = [lever for lever in case_levers(case) if lever.rule == "lots:T2,LIBRE"]
    (price,) = price_requirements(case, ["housed", "public_money"], levers=levers)
    one_lot = optimise(replace(case, lots=(replace(SALE, count=1),)), ["housed"])
    assert price.looser.housed == one_lot.values["housed"] - 1 == 1
    said = plain(price_sentence(case, price))
    assert "avec 1 logement de moins, 1 besoin couvert de plus" in said
    assert "avec 1 logement de plus, 1 besoin couvert de moins" in said
    assert study_key("lots:T2,LIBRE") == "personnes_morales.T2,LIBRE"
    assert find_requirement(["lots:T2,LIBRE"], "personnes_morales.T2,LIBRE") == "lots:T2,LIBRE"


def test_the_last_lot_given_up_leaves_no_rule_behind():
    case = small(replace(SALE, count=1))
    (lever,) = [lever for lever in case_levers(case) if lever.rule == "lots:T2,LIBRE"]
    assert lever.looser.lots == ()
    assert not KeptProgramme(case).same_shape(lever.looser)


def test_faults_of_a_case_are_named():
    stranger = Lots(typology="T9", tenure="LIBRE", count=0)
    with pytest.raises(UsageError, match=r"lots\['T9', 'LIBRE'\].*no dwelling"):
        small(stranger)
