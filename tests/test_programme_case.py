"""A case is refused once, with every fault; objectives and typed programmes alike."""

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
    check_objectives,
    check_programme,
)
from tests.programme_instances import tenure, typology

CASE = Case(
    typologies=(typology("T2"), typology("T3")),
    tenures=(tenure("PLUS"), tenure("SCIAPP", ("T2", "T3"))),
    spaces=(SharedSpace(id="salle", area_m2=40.0, cost_eur=80_000.0),),
    classes=(NeedClass(id="A", count=2, quartile="Q1", cells=(("T2", "PLUS"),)),),
    rules=ProgrammeRules(shab_max_m2=600.0, dwellings_max=8),
)
NAN, INF = float("nan"), float("inf")


def rules(**changes):
    return {"rules": replace(CASE.rules, **changes)}


def terms(**changes):
    return {"tenures": (replace(CASE.tenures[0], **changes), CASE.tenures[1])}


WRONG = {
    "negative surface": {"typologies": (replace(CASE.typologies[0], shab_m2=-1.0),)},
    "no surface": {"typologies": (replace(CASE.typologies[0], su_m2=0.0), CASE.typologies[1])},
    "same id twice": {"typologies": (CASE.typologies[0], CASE.typologies[0])},
    "empty id": {"spaces": (replace(CASE.spaces[0], id=""),)},
    "share written 25": rules(families=(ShareRule(id="x", members=("PLUS",), min=25.0),)),
    "negative share": rules(families=(ShareRule(id="x", members=("PLUS",), max=-0.1),)),
    "unknown tenure in a share": rules(families=(ShareRule(id="x", members=("PLSA",)),)),
    "tenure twice in a share": rules(families=(ShareRule(id="x", members=("PLUS", "PLUS")),)),
    "unknown typology in a share": rules(typology_shares=(ShareRule(id="x", members=("T9",)),)),
    "unknown tenure in the mix": rules(
        mix_target=MixTarget(groups=(MixGroup(id="g", tenures=("X",), share=0.5),))
    ),
    "unknown cell": {"classes": (replace(CASE.classes[0], cells=(("T2", "PLAI"),)),)},
    "half a household": {"classes": (replace(CASE.classes[0], count=1.5),)},
    "rate of -100 %": terms(loan_rate=-1.0),
    "VAT written 20": terms(vat=20.0),
    "unknown kind": terms(kind="lease"),
    "NaN cost": terms(variable_cost_m2_eur=NAN),
    "infinite price": {"fixed_cost_eur": INF},
    "infinite equity": rules(equity_max_eur=INF),
    "negative parking": rules(parking_max=-1.0),
    "progressive loan of an unknown typology": {
        "tenures": (replace(CASE.tenures[1], progressive_loan_eur={"T2": 1.0, "T9": 1.0}),)
    },
    "unknown fixed name": {"fixed": {"PLAI": 2}},
    "fixed half dwelling": {"fixed": {"PLUS": 1.5}},
    "fixed negative": {"fixed": {("T2", "PLUS"): -1}},
    "fixed room as a number": {"fixed": {"salle": 1}},
    "fixed tenure as a room": {"fixed": {"PLUS": True}},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_wrong_case_is_refused(changes):
    with pytest.raises(UsageError) as refused:
        replace(CASE, **changes)
    assert refused.value.code == "E_CASE"


def test_every_fault_is_told_at_once():
    with pytest.raises(UsageError) as refused:
        replace(CASE, fixed_cost_eur=NAN, dropout_loss=2.0, fixed={"PLAI": 1})
    for told in ("case.fixed_cost_eur = nan", "case.dropout_loss = 2.0", "fixed[PLAI]"):
        assert told in str(refused.value)


def test_a_right_case_may_fix_numbers_and_rooms():
    fixed = {("T2", "PLUS"): 2, "SCIAPP": 0, "salle": False}
    assert replace(CASE, fixed=fixed).fixed == fixed


@pytest.mark.parametrize("objectives", [[], ["profit"], ["housed", "housed"], ["mix"]], ids=str)
def test_objectives_that_mean_nothing_are_refused(objectives):
    with pytest.raises(UsageError) as refused:
        check_objectives(CASE, objectives)
    assert refused.value.code == "E_OBJECTIVE"


def place(**changes):
    placed = {"class_id": "A", "typology": "T2", "tenure": "PLUS", "count": 1}
    return (Placement(**(placed | changes)),)


TYPED = {
    "unknown cell": {"units": {("T4", "PLUS"): 1}},
    "negative": {"units": {("T2", "PLUS"): -1}},
    "not whole": {"units": {("T2", "PLUS"): 1.5}},
    "NaN": {"units": {("T2", "PLUS"): NAN}},
    "unknown room": {"units": {}, "spaces": ("piscine",)},
    "room twice": {"units": {}, "spaces": ("salle", "salle")},
    "unknown class": {"units": {}, "placements": place(class_id="Z")},
    "placed in an unknown cell": {"units": {}, "placements": place(tenure="BRS")},
    "negative placement": {"units": {}, "placements": place(count=-1)},
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_a_programme_of_another_case_is_refused_in_french(typed):
    with pytest.raises(DataError) as refused:
        check_programme(CASE, Programme(**typed))
    assert refused.value.code == "E_PROGRAMME"
    assert str(refused.value).startswith("programme imposé, ")
