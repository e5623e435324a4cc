"""The integer program line by line: names, rows, and a file any solver can read."""

from dataclasses import replace

import pulp
import pytest

from habitat_analysis.programme.case import (
    Case,
    MixGroup,
    MixTarget,
    NeedClass,
    ProgrammeRules,
    SharedSpace,
    ShareRule,
)
from habitat_analysis.programme.model import build_programme, keep_objective, set_objective
from habitat_analysis.programme.solving import solve
from tests.programme_instances import Draw, tenure, typology

CASE = Case(
    typologies=(typology("T2"),),
    tenures=(tenure("PLUS", cost_ceiling_m2_eur=3500.0), tenure("LIBRE")),
    spaces=(SharedSpace(id="salle", area_m2=40.0, cost_eur=80_000.0, mandatory=True),),
    classes=(NeedClass(id="A", count=2, quartile="Q1", cells=(("T2", "PLUS"),)),),
    rules=ProgrammeRules(
        shab_max_m2=500.0,
        dwellings_min=3,
        dwellings_max=9,
        parking_max=7.0,
        open_max=6,
        housed_min=1,
        families=(ShareRule(id="social", members=("PLUS",), min=0.3, max=0.8),),
        quartiles=(ShareRule(id="Q1", members=("Q1",), min=0.2),),
        equity_max_eur=500_000.0,
        topup_max_eur=100_000.0,
        subsidy_max_eur=150_000.0,
        mix_target=MixTarget(groups=(MixGroup(id="rent", tenures=("PLUS",), share=0.5),), eps=0.4),
    ),
    fixed_cost_eur=200_000.0,
    fixed={"LIBRE": 2},
)


def row(name):
    """Return one row of the model as written: coefficients by variable, bounds."""
    model = build_programme(CASE)  # PuLP 4 forgets the rows of a problem nobody holds
    found = model.problem.get_constraint_by_name(name)
    terms = {variable.name: round(value, 6) for variable, value in found.items() if value}
    return terms, found.getLb(), found.getUb()


def test_every_rule_of_the_case_is_a_row():
    model = build_programme(CASE)
    rules = model.rules
    assert set(rules.values()) == {
        "surface", "parking", "dwellings:min", "dwellings:max", "share:social:min",
        "share:social:max", "class:A", "cell:T2,PLUS", "open", "housed", "quartile:Q1:min",
        "balance", "equity", "topup", "subsidy", "ceiling:PLUS", "used:PLUS", "dev:rent:above",
        "dev:rent:below", "mix", "mandatory:salle", "fixed:LIBRE",
    }  # fmt: skip
    rows = {constraint.name for constraint in model.problem.constraints()}
    assert rows == set(rules)


def test_surface_counts_the_rooms():
    terms = {"units_T2_PLUS": 46.0, "units_T2_LIBRE": 46.0, "space_salle": 40.0}
    assert row("rule_surface") == (terms, None, 500.0)


def test_a_share_is_written_on_the_number_of_dwellings():
    assert row("rule_share_social_min") == ({"units_T2_PLUS": 0.7, "units_T2_LIBRE": -0.3}, 0, None)


def test_the_balance_is_in_thousands_of_euros():
    terms, least, _ = row("rule_balance")
    assert least == 200.0
    assert (terms["space_salle"], terms["equity"], terms["topup"]) == (-80.0, 1.0, 1.0)
    assert terms["units_T2_LIBRE"] == pytest.approx(46 * (4.3 - 2.45 * 1.2))


def test_the_ceiling_is_linear_and_its_m_comes_from_the_data():
    terms, _, most = row("rule_ceiling_PLUS")
    margin = 46 * (3.5 - 2.35 * 1.1)
    assert terms["units_T2_PLUS"] == terms["units_T2_LIBRE"] == pytest.approx(-margin)
    assert (terms["used_PLUS"], most) == (280.0, 80.0)  # M = 200 + 80, less F


def test_a_ceiling_under_the_variable_cost_excludes_its_tenure_and_no_other():
    low = replace(CASE.tenures[0], cost_ceiling_m2_eur=2000.0)
    rules = ProgrammeRules(shab_max_m2=500.0, dwellings_max=9)
    case = Case(typologies=CASE.typologies, tenures=(low, CASE.tenures[1]), rules=rules)
    model = build_programme(case)
    set_objective(model, "dwellings")
    result = solve(model.problem)
    assert result.objective == 9
    assert result.values["units_T2_PLUS"] == 0


def test_hostile_names_stay_apart_and_legal(tmp_path):
    ids = ["a_b", "a b", "a-b", "é", "e", "/", "\\", "a" * 300, "x\nEnd", "'; drop"]
    spaces = tuple(SharedSpace(id=name, area_m2=1.0, cost_eur=1.0, value=1.0) for name in ids)
    classes = tuple(
        NeedClass(id=name, count=1, quartile="Q1", cells=(("T2", "PLUS"),)) for name in ids
    )
    model = build_programme(replace(CASE, spaces=spaces, classes=classes))
    set_objective(model, "spaces")
    names = [v.name for v in model.problem.variables()]
    names += [constraint.name for constraint in model.problem.constraints()]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in names)
    assert max(map(len, names)) <= 100
    model.problem.writeLP(str(tmp_path / "hostile.lp"))
    assert solve(model.problem).objective == len(ids)


def test_ids_that_meet_once_joined_stay_apart():
    codes = ("x_y", "y")
    tenures = tuple(replace(tenure("LIBRE"), id=code) for code in codes)
    sizes = tuple(replace(typology("T2"), id=code) for code in ("T", "T_x"))
    rules = ProgrammeRules(shab_max_m2=500.0, dwellings_max=9)
    model = build_programme(Case(typologies=sizes, tenures=tenures, rules=rules))
    assert len({x.name for x in model.units.values()}) == 4  # T + x_y and T_x + y


@pytest.mark.parametrize("seed", range(4))
def test_the_file_of_the_model_is_always_the_same(seed, tmp_path):
    texts = []
    for name in ("one.lp", "two.lp"):
        model = build_programme(Draw(seed, large=True).case())
        set_objective(model, "cost")
        model.problem.writeLP(str(tmp_path / name))
        texts.append((tmp_path / name).read_text("utf-8"))
    assert texts[0] == texts[1]


def test_an_objective_replaces_the_one_before_and_can_be_kept():
    model = build_programme(replace(CASE, fixed={}))
    set_objective(model, "dwellings")
    assert model.problem.sense == pulp.LpMaximize
    most = solve(model.problem).objective
    keep_objective(model, "dwellings", most)
    set_objective(model, "public_money")
    assert model.problem.sense == pulp.LpMinimize
    kept = solve(model.problem).values
    assert kept["units_T2_PLUS"] + kept["units_T2_LIBRE"] == most


def test_nothing_deprecated_is_called():
    """Warnings are errors here: an old call of PuLP would fail this test on 3.3.2."""
    model = build_programme(CASE, land_max_eur=1e6)
    set_objective(model, "land")
    assert solve(model.problem).has_solution
