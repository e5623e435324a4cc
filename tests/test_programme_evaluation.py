"""Figures by hand, identities that always hold, every rule broken in turn."""

from dataclasses import replace

import pytest

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.programme.case import (
    Case,
    MixGroup,
    MixTarget,
    NeedClass,
    Placement,
    Programme,
    ProgrammeRules,
    SharedSpace,
    ShareRule,
)
from habitat_analysis.programme.evaluation import Scenario, evaluate
from tests.programme_instances import Draw, tenure, typology

PLUS, LIBRE = ("T2", "PLUS"), ("T2", "LIBRE")
ROOM = SharedSpace(id="salle", area_m2=40.0, cost_eur=80_000.0, mandatory=True, value=3.0)
CASE = Case(
    typologies=(typology("T2"),),  # 46 m2
    tenures=(tenure("PLUS", net_rent_m2_year_eur=0.0), tenure("LIBRE")),
    spaces=(ROOM,),
    classes=(
        NeedClass(id="A", count=2, quartile="Q1", cells=(PLUS,)),
        NeedClass(id="B", count=2, quartile="Q4", cells=(LIBRE,)),
    ),
    rules=ProgrammeRules(shab_max_m2=500.0, dwellings_max=9),
    fixed_cost_eur=200_000.0,
    dropout_loss=0.1,
)
BUILT = Programme(units={PLUS: 3, LIBRE: 5}, spaces=("salle",))
# 3 PLUS: 2350 x 46 x 1.1 = 118 910; 5 LIBRE: 2450 x 46 x 1.2 = 135 240, sold 197 800
COST = 3 * 118_910 + 5 * 135_240 + 280_000
SALES = 5 * 197_800


def test_the_figures_by_hand():
    found = evaluate(CASE, BUILT)
    assert (found.dwellings, found.housed, found.housed_rental, found.open_dwellings) == (
        8,
        4,
        2,
        4,
    )
    assert (found.shab_m2, found.shab_with_spaces_m2) == (368, 408)
    assert found.parking == pytest.approx(3 * 0.5 + 5 * 1.2)
    assert found.cost_eur == pytest.approx(COST)
    assert (found.loans_eur, found.subsidies_eur, found.spaces_value) == (0, 25_500, 3)
    assert found.sales_eur == pytest.approx(SALES)
    assert found.equity_needed_eur == pytest.approx(COST - SALES - 25_500)
    assert found.public_money_eur == pytest.approx(COST - SALES)
    assert found.surplus_eur == 0
    assert found.by_tenure == {"PLUS": 3, "LIBRE": 5}
    assert found.cost_m2_eur["PLUS"] == pytest.approx(2350 * 1.1 + 280_000 / 368)
    assert found.feasible


def test_each_tenure_bears_its_cost_and_its_share_of_the_land():
    plus = evaluate(CASE, BUILT).tenures.loc["PLUS"]
    assert plus["fixed_share_eur"] == pytest.approx(280_000 * 3 / 8)
    assert plus["total_cost_eur"] == pytest.approx(3 * 118_910 + 105_000)
    assert plus["balance_eur"] == pytest.approx(25_500 - plus["total_cost_eur"])


def test_a_surplus_needs_no_equity():
    found = evaluate(CASE, Programme(units={LIBRE: 9}, spaces=("salle",)))
    assert found.equity_needed_eur == found.equity_eur == found.missing_eur == 0
    assert found.surplus_eur == pytest.approx(9 * (197_800 - 135_240) - 280_000)


def test_nothing_built_costs_the_land_and_has_no_cost_per_m2():
    found = evaluate(CASE, Programme(units={}))
    assert (found.cost_eur, found.cost_m2_eur) == (200_000, {"PLUS": None, "LIBRE": None})
    assert [check.rule for check in found.broken] == ["mandatory:salle"]


def test_scenarios_move_what_they_say():
    base = evaluate(CASE, BUILT)
    works = evaluate(CASE, BUILT, Scenario(id="works", cost_factor=1.1))
    assert works.cost_eur == pytest.approx(COST * 1.1 - 20_000)  # the land does not move
    fixed = (200_000 + 1.1 * 80_000) / 368
    assert works.cost_m2_eur["PLUS"] == pytest.approx(2350 * 1.1 * 1.1 + fixed)
    land = evaluate(CASE, BUILT, Scenario(id="land", fixed_factor=1.5))
    assert land.cost_eur == pytest.approx(COST + 100_000)
    dropout = evaluate(CASE, BUILT, Scenario(id="dropout", buyer_dropout=0.2))
    assert dropout.sales_eur == pytest.approx(SALES * (1 - 0.2 * 0.1))
    assert base.scenario.id == "base"


@pytest.mark.parametrize(
    "wrong", [{"cost_factor": -1.0}, {"buyer_dropout": 1.1}, {"rate_shift": float("nan")}], ids=str
)
def test_a_scenario_that_means_nothing_is_refused(wrong):
    with pytest.raises(UsageError) as refused:
        Scenario(**wrong)
    assert refused.value.code == "E_SCENARIO"


def rules(**changes):
    return {"rules": replace(CASE.rules, **changes)}


def share(**bounds):
    return (ShareRule(id="x", members=("PLUS",), **bounds),)


NEED = COST - SALES - 25_500  # 70 430
MIX = MixTarget(groups=(MixGroup(id="g", tenures=("PLUS",), share=0.5),), eps=0.05)
BROKEN = {  # what is asked, rule, gap
    "surface": (rules(shab_max_m2=400.0), "surface", 8.0),
    "parking": (rules(parking_max=7.0), "parking", 0.5),
    "too few dwellings": (rules(dwellings_min=9), "dwellings:min", 1),
    "too many dwellings": (rules(dwellings_max=6), "dwellings:max", 2),
    "share below": (rules(families=share(min=0.5)), "share:x:min", 1.0),
    "share above": (rules(families=share(max=0.25)), "share:x:max", 1.0),
    "typology": (
        rules(typology_shares=(ShareRule(id="T2", members=("T2",), max=0.75),)), "typo:T2:max", 2.0
    ),
    "open": (rules(open_max=3), "open", 1),
    "housed": (rules(housed_min=5), "housed", 1),
    "equity and top-up": (rules(equity_max_eur=40_000.0, topup_max_eur=10_000.0), "balance",
                          NEED - 50_000),
    "top-up held by the subsidies": (
        rules(equity_max_eur=40_000.0, topup_max_eur=1e6, subsidy_max_eur=30_000.0), "balance",
        NEED - 40_000 - 4_500),
    "subsidies": (rules(subsidy_max_eur=20_000.0), "subsidy", 5_500.0),
    "ceiling": (
        {"tenures": (replace(CASE.tenures[0], cost_ceiling_m2_eur=3300.0), CASE.tenures[1])},
        "ceiling:PLUS", 2350 * 1.1 + 280_000 / 368 - 3300),
    "mix": (rules(mix_target=MIX), "mix", 0.5 - 0.4),
    "fixed cell": ({"fixed": {PLUS: 4}}, "fixed:T2,PLUS", 1),
    "fixed tenure": ({"fixed": {"LIBRE": 2}}, "fixed:LIBRE", 3),
    "fixed room": ({"fixed": {"salle": False}}, "fixed:salle", 1),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "gap"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_named_with_its_gap(changes, rule, gap):
    found = evaluate(replace(CASE, **changes), BUILT)
    assert [(check.rule, check.gap) for check in found.broken] == [(rule, pytest.approx(gap))]
    told = found.checks.set_index("rule").loc[rule]
    assert (told["ok"], told["gap"], told["kind"]) == (False, pytest.approx(gap), "rule")
    assert not found.feasible


def placed(class_id, cell, count):
    return Placement(class_id=class_id, typology=cell[0], tenure=cell[1], count=count)


WRONG = {
    "not suited": ((placed("A", LIBRE, 1),), "accepted"),
    "more than the class": ((placed("A", PLUS, 3),), "class:A"),
    "more than the dwellings": (
        (placed("B", LIBRE, 2), placed("A", PLUS, 2)), "cell:T2,PLUS"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("placements", "rule"), WRONG.values(), ids=WRONG)
def test_wrong_placements_are_seen(placements, rule):
    built = Programme(units={PLUS: 1, LIBRE: 5}, spaces=("salle",), placements=placements)
    if rule != "cell:T2,PLUS":
        built = replace(built, units=BUILT.units)
    assert [check.rule for check in evaluate(CASE, built).broken] == [rule]


def test_quartiles_are_shares_of_the_households_placed():
    quarter = ShareRule(id="Q4", members=("Q4",), max=0.25)
    case = replace(CASE, **rules(quartiles=(quarter,)))
    typed = replace(BUILT, placements=(placed("A", PLUS, 2), placed("B", LIBRE, 2)))
    assert [(c.rule, c.gap) for c in evaluate(case, typed).broken] == [("quartile:Q4:max", 1.0)]
    assert evaluate(case, BUILT).feasible  # placed again: two of A and none of B
    assert evaluate(case, BUILT).housed == 2


def test_a_loan_that_pays_for_another_tenure_is_an_alert_and_not_a_rule():
    rich = tenure("PLUS", net_rent_m2_year_eur=200.0)
    case = replace(CASE, tenures=(rich, CASE.tenures[1]))
    found = evaluate(case, BUILT)
    assert found.feasible
    assert [check.rule for check in found.alerts] == ["loan:PLUS"]
    assert found.tenures.at["PLUS", "loan_over_cost_eur"] == pytest.approx(found.alerts[0].gap)
    capped = evaluate(replace(case, fixed_m2_eur=200_000.0 / 500.0), BUILT)
    assert capped.alerts == ()
    assert capped.tenures.at["PLUS", "loan_capped"]


def test_a_programme_of_another_case_is_refused():
    with pytest.raises(DataError) as refused:
        evaluate(CASE, Programme(units={("T9", "PLUS"): 1}))
    assert refused.value.code == "E_PROGRAMME"


@pytest.mark.parametrize("seed", range(40))
def test_identities_of_every_account(seed):
    draw = Draw(9000 + seed, large=True)
    case = draw.case()
    cells = [(t.id, u.id) for t in case.typologies for u in case.tenures]
    units = {cell: draw.between(0, 3) for cell in cells}
    found = evaluate(case, Programme(units=units, spaces=tuple(s.id for s in case.spaces)))
    resources = found.loans_eur + found.subsidies_eur + found.sales_eur
    funded = found.equity_eur + found.topup_eur + found.missing_eur
    assert found.equity_needed_eur == pytest.approx(funded)
    assert resources + funded == pytest.approx(found.cost_eur + found.surplus_eur)
    assert found.tenures["total_cost_eur"].sum() == pytest.approx(found.cost_eur)
    need = found.surplus_eur - found.equity_needed_eur
    assert found.tenures["balance_eur"].sum() == pytest.approx(need, abs=1e-3)
    assert sum(found.by_tenure.values()) == sum(found.by_typology.values()) == found.dwellings
    assert found.open_dwellings + found.housed == found.dwellings
