"""Several buildings and phases: the best of all programmes, checked by hand and by enumeration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from habitat_analysis.errors import DataError, HabitatError, UsageError
from habitat_analysis.programme import optimum as module
from habitat_analysis.programme.buildings import Building, Phase, fixed_shares, split_faults
from habitat_analysis.programme.case import (
    Case,
    Programme,
    ProgrammeRules,
    SharedSpace,
    ShareRule,
    TenureTerms,
    Typology,
)
from habitat_analysis.programme.diagnosis import diagnose
from habitat_analysis.programme.evaluation import Scenario, evaluate
from habitat_analysis.programme.imposed import judge_imposed
from habitat_analysis.programme.land_bill import charge_fonciere_admissible
from habitat_analysis.programme.model import build_programme
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.sharing_out import evened, separation, share_out
from habitat_analysis.programme.wording import broken_sentence, rule_label
from tests.building_enumeration import best_values, least_separation
from tests.building_instances import BuildingDraw
from tests.programme_instances import Draw

RANDOM = 300
SEEDS = [range(start, start + 20) for start in range(0, RANDOM, 20)]
PLUS, LIBRE = ("T3", "PLUS"), ("T3", "LIBRE")
# Round figures: 50 m2 at 2 000 EUR. A PLUS is given 20 000 EUR and leaves 80 000 to be found; a
# LIBRE is sold 150 000 EUR and brings 50 000.
HAND = Case(
    typologies=(Typology(id="T3", shab_m2=50.0, su_m2=50.0),),
    tenures=(
        TenureTerms(id="PLUS", kind="rental", vat=0.0, variable_cost_m2_eur=2000.0,
                    subsidy_eur=20_000.0, parking=1.0),
        TenureTerms(id="LIBRE", kind="sale", vat=0.0, variable_cost_m2_eur=2000.0,
                    price_m2_eur=3000.0, parking=1.0),
    ),
    rules=ProgrammeRules(shab_max_m2=250.0, dwellings_max=5, dwellings_min=5),
    fixed_cost_eur=100_000.0,
    fixed={"PLUS": 3, "LIBRE": 2},
    buildings=(Building(id="A", shab_max_m2=150.0), Building(id="B", shab_max_m2=100.0)),
)  # fmt: skip
PHASED = replace(
    HAND,
    buildings=(HAND.buildings[0], replace(HAND.buildings[1], phase=2)),
    phases=(Phase(number=1, equity_max_eur=150_000.0), Phase(number=2)),
)


def with_shares(case: Case, *shares: ShareRule) -> Case:
    return replace(case, rules=replace(case.rules, building_shares=shares))


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_the_optimum_is_the_best_of_all_programmes_in_all_buildings(seeds):
    for seed in seeds:
        draw = BuildingDraw(seed)
        case, objectives = draw.case(), draw.objectives()
        expected, found = best_values(case, objectives), optimise(case, objectives)
        if expected is None:
            assert (found.status, found.programme) == ("infeasible", None), seed
            continue
        assert found.status == "optimal", seed
        for name in objectives:
            assert found.values[name] == pytest.approx(expected[name], rel=2e-6, abs=2e-6), seed
        assert found.evaluation.feasible, seed
        assert sum(b.dwellings for b in found.evaluation.buildings) == found.evaluation.dwellings


def test_every_rule_of_the_buildings_matters_in_the_draw():
    """Without a family of rules, some optima change: the enumeration does test it."""
    lifted = {
        "shares": lambda c: with_shares(c),
        "phases": lambda c: replace(c, phases=()),
        "capacities": lambda c: replace(
            c, buildings=tuple(Building(id=b.id, shab_max_m2=1e4, phase=b.phase)
                               for b in c.buildings)
        ),
        "places of rooms": lambda c: replace(
            c, spaces=tuple(replace(space, building=None) for space in c.spaces)
        ),
    }  # fmt: skip
    changed = dict.fromkeys(lifted, 0)
    for seed in range(RANDOM):
        draw = BuildingDraw(seed)
        case, objectives = draw.case(), draw.objectives()
        held = best_values(case, objectives)
        for name, lift in lifted.items():
            changed[name] += best_values(lift(case), objectives) != held
    assert changed["shares"] > 40
    assert changed["capacities"] > 25
    assert changed["phases"] > 5
    assert changed["places of rooms"] > 0


def test_without_buildings_nothing_is_added_to_the_problem():
    for seed in range(20):
        model = build_programme(Draw(seed, large=True).case())
        families = {rule.partition(":")[0] for rule in model.rules.values()}
        assert not families & {"split", "building", "buildings", "order", "phase"}
        assert model.units_in == {}
        assert model.rooms_in == {}


def test_three_of_five_is_too_many_when_blocks_hold_three_and_two():
    """60 % of five is three; 60 % of three is one, and 60 % of two is one: two in all."""
    most = ShareRule(id="PLUS", members=("PLUS",), max=0.6)
    assert optimise(with_shares(HAND, most), ["equity"]).status == "infeasible"
    two_thirds = replace(most, max=2 / 3)
    found = optimise(with_shares(HAND, two_thirds), ["equity"])
    assert found.programme.by_building == {"A": {PLUS: 2, LIBRE: 1}, "B": {PLUS: 1, LIBRE: 1}}
    assert found.programme.units == {PLUS: 3, LIBRE: 2}


def test_the_mix_of_buildings_and_the_limits_of_phases_are_ways_out():
    most = ShareRule(id="PLUS", members=("PLUS",), max=0.6, label="PLUS")
    case = with_shares(HAND, most)
    found = diagnose(case)
    assert set(found.conflict) <= {rule for rule in found.conflict if "split" not in rule}
    assert all(way.proved for way in found.ways_out if way.enough)
    poor = replace(PHASED, phases=(Phase(number=1, equity_max_eur=10_000.0), Phase(number=2)))
    enough = [way for way in diagnose(poor).ways_out if way.enough]
    assert "phase:1:equity" in [way.rule for way in enough]
    assert all(way.proved for way in enough)
    a, b = HAND.buildings
    tight = replace(HAND, buildings=(replace(a, dwellings_max=2), b))
    enough = [way for way in diagnose(tight).ways_out if way.enough]
    assert ("building:A:dwellings", 1.0) in [(way.rule, way.amount) for way in enough]


def test_an_early_limit_on_equity_brings_the_sales_first():
    """Phase 1 bears 60 % of the fixed cost: 60 000 + 80 000 - 100 000 = 40 000 of its 150 000."""
    found = optimise(PHASED, ["equity"])
    assert found.programme.by_building == {"A": {PLUS: 1, LIBRE: 2}, "B": {PLUS: 2}}
    first, second = found.evaluation.phases
    assert (first.need_eur, first.tied_up_eur) == pytest.approx((40_000, 40_000))
    assert (second.need_eur, second.tied_up_eur) == pytest.approx((200_000, 240_000))
    assert found.values["equity"] == pytest.approx(240_000)  # the phases only say when


def test_what_phases_leave_to_be_found_is_what_the_operation_does():
    for seed in range(40):
        draw = BuildingDraw(seed)
        case = draw.case()
        found = optimise(case, ["equity"])
        if found.programme is None or not case.phases:
            continue
        worse = Scenario(cost_factor=1.1, fixed_factor=1.2, rate_shift=0.01, buyer_dropout=0.2)
        for scenario in (Scenario(), worse):
            account = evaluate(case, found.programme, scenario)
            whole = account.equity_needed_eur - account.surplus_eur
            assert account.phases[-1].tied_up_eur == pytest.approx(whole, abs=0.01)


def test_rooms_stand_where_they_fit_or_where_people_want_them():
    hall = SharedSpace(id="salle", area_m2=45.0, cost_eur=10_000.0, mandatory=True)
    tight = replace(
        HAND,
        spaces=(hall,),
        rules=replace(HAND.rules, shab_max_m2=300.0),
        buildings=(Building(id="A", shab_max_m2=150.0), Building(id="B", shab_max_m2=145.0)),
    )
    assert optimise(tight, ["equity"]).programme.rooms_in == {"salle": "B"}
    decided = replace(tight, spaces=(replace(hall, building="A"),))
    assert optimise(decided, ["equity"]).status == "infeasible"
    moved = Programme(
        units={PLUS: 3, LIBRE: 2}, spaces=("salle",), rooms_in={"salle": "B"},
        by_building={"A": {PLUS: 1, LIBRE: 2}, "B": {PLUS: 2}},
    )  # fmt: skip
    (broken,) = evaluate(decided, moved).broken
    assert broken.rule == "buildings:room:salle"
    assert broken_sentence(decided, broken).endswith("il est ailleurs.")


def test_the_certificate_recomputes_every_rule_of_the_buildings():
    share = ShareRule(id="loc", members=("PLUS",), min=0.2, max=0.7, label="Locatif")
    a, b = PHASED.buildings
    case = replace(
        with_shares(PHASED, share),
        buildings=(replace(a, dwellings_max=3), replace(b, parking_max=2.0, label="Cour")),
    )
    good = {"A": {PLUS: 1, LIBRE: 2}, "B": {PLUS: 1, LIBRE: 1}}
    units = {PLUS: 2, LIBRE: 3}
    free = replace(case, fixed={})
    rules = {c.rule for c in evaluate(free, Programme(units=units, by_building=good)).certificate}
    assert {
        "buildings:dwellings", "buildings:rooms", "building:A:surface", "building:A:dwellings",
        "building:B:parking", "building:B:share:loc:min", "building:A:share:loc:max",
        "phase:1:equity",
    } <= rules  # fmt: skip
    apart = {"A": {PLUS: 2}, "B": {LIBRE: 3}}
    judged = evaluate(free, Programme(units=units, by_building=apart))
    gaps = {check.rule: round(check.gap, 6) for check in judged.broken}
    assert gaps == {
        "building:A:share:loc:max": 0.6,
        "building:B:share:loc:min": 0.6,
        "building:B:surface": 50.0,
        "building:B:parking": 1.0,
        "phase:1:equity": 70_000.0,
    }


def test_a_doctored_answer_is_refused(monkeypatch):
    """The solver's dwellings moved to the wrong building: the certificate stops the report."""
    honest = module.read_programme

    def swapped(model, values):
        programme = honest(model, values)
        a, b = programme.by_building["A"], programme.by_building["B"]
        return replace(programme, by_building={"A": b, "B": a})

    monkeypatch.setattr(module, "read_programme", swapped)
    with pytest.raises(HabitatError, match="building:B:surface"):
        optimise(HAND, ["equity"])


def test_a_programme_that_hides_dwellings_or_names_strangers_is_refused():
    with pytest.raises(DataError, match="les bâtiments en comptent 2 au lieu de 3"):
        evaluate(HAND, Programme(units={PLUS: 3}, by_building={"A": {PLUS: 2}}))
    with pytest.raises(DataError, match="« Z » : bâtiment inconnu"):
        evaluate(HAND, Programme(units={PLUS: 1}, by_building={"Z": {PLUS: 1}}))
    with pytest.raises(DataError, match="nombre entier positif"):
        evaluate(HAND, Programme(units={PLUS: 1}, by_building={"A": {PLUS: 2}, "B": {PLUS: -1}}))
    with pytest.raises(DataError, match="local non construit"):
        evaluate(HAND, Programme(units={PLUS: 1}, rooms_in={"salle": "A"}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"buildings": (HAND.buildings[0], HAND.buildings[0])}, "repeated id"),
        ({"phases": (Phase(number=1), Phase(number=3))}, "not those of the buildings"),
        ({"phases": (Phase(number=2), Phase(number=1))}, "increasing numbers"),
        ({"buildings": (Building(id="A", shab_max_m2=-1.0),)}, "is negative"),
        ({"buildings": (), "rules": replace(
            HAND.rules, building_shares=(ShareRule(id="x", members=("PLUS",), max=0.5),))},
         "there is no building"),
        ({"rules": replace(
            HAND.rules, building_shares=(ShareRule(id="x", members=("PLAI",), max=0.5),))},
         "building_shares"),
        ({"spaces": (SharedSpace(id="s", area_m2=9.0, cost_eur=0.0, building="Z"),)},
         "buildings of spaces"),
    ],
)  # fmt: skip
def test_a_case_that_makes_no_sense_is_refused(change, said):
    with pytest.raises(UsageError, match=said):
        replace(HAND, **change)


def test_people_need_not_say_in_which_building():
    """Shared out at best: nothing is said broken that another sharing would keep."""
    verdict = judge_imposed(PHASED, Programme(units={PLUS: 3, LIBRE: 2}), ["equity"])
    assert verdict.broken == ()
    assert verdict.programme.by_building == {"A": {PLUS: 1, LIBRE: 2}, "B": {PLUS: 2}}
    poorer = replace(PHASED, phases=(Phase(number=1, equity_max_eur=20_000.0), Phase(number=2)))
    (broken,) = judge_imposed(poorer, {PLUS: 3, LIBRE: 2}, ["equity"]).broken
    assert (broken.rule, broken.gap) == ("phase:1:equity", pytest.approx(20_000))


def test_what_people_put_in_a_building_stays_there():
    """Three PLUS first: 240 000 and 60 000 of fixed cost in phase 1, 150 000 above its limit."""
    hall = SharedSpace(id="salle", area_m2=0.0, cost_eur=10_000.0)
    case = replace(PHASED, spaces=(hall,))
    typed = Programme(
        units={PLUS: 3, LIBRE: 2}, spaces=("salle",),
        by_building={"A": {PLUS: 3}, "B": {LIBRE: 2}},
    )  # fmt: skip
    verdict = judge_imposed(case, typed, ["equity"])
    assert verdict.programme.by_building == typed.by_building
    assert verdict.programme.rooms_in == {"salle": "B"}  # left to the tool: phase 1 has too much
    (broken,) = verdict.broken
    assert (broken.rule, broken.gap) == ("phase:1:equity", pytest.approx(150_000))


def test_a_sharing_out_keeps_every_rule_whenever_one_can():
    for seed in range(120):
        case = BuildingDraw(seed).case()
        found = optimise(case, ["equity"])
        if found.programme is None:
            continue
        typed = replace(found.programme, by_building={}, rooms_in={}, placements=None)
        shared = share_out(case, typed)
        assert evaluate(case, shared).feasible, seed
        cells = [(t.id, u.id) for t in case.typologies for u in case.tenures]
        total = np.array([shared.units.get(cell, 0) for cell in cells])
        built = np.array([int(space.id in shared.spaces) for space in case.spaces], dtype=int)
        least = least_separation(case, total, built)
        assert separation(shared) == pytest.approx(least, abs=1e-6), seed
    whole = Programme(units={PLUS: 1})
    assert share_out(replace(HAND, buildings=()), whole) is whole


def test_an_optimum_is_evened_without_changing_what_was_proved():
    """Four alike in two alike blocks: two PLUS and two LIBRE, one of each in each block."""
    free = replace(
        HAND,
        rules=replace(HAND.rules, dwellings_min=4),
        fixed={"PLUS": 2, "LIBRE": 2},
        buildings=(Building(id="A", shab_max_m2=100.0), Building(id="B", shab_max_m2=100.0)),
    )
    found = evened(free, optimise(free, ["equity"]))
    assert found.programme.by_building == {"A": {PLUS: 1, LIBRE: 1}, "B": {PLUS: 1, LIBRE: 1}}
    assert found.evaluation.reached("equity") == pytest.approx(found.values["equity"])
    early = evened(PHASED, optimise(PHASED, ["equity"]))  # one sharing only keeps the limit
    assert early.programme.by_building == {"A": {PLUS: 1, LIBRE: 2}, "B": {PLUS: 2}}
    nothing = optimise(replace(HAND, fixed={"PLUS": 5, "LIBRE": 5}), ["equity"])
    assert evened(HAND, nothing) is nothing


def test_a_programme_left_whole_says_that_nothing_is_in_a_building():
    broken = evaluate(HAND, Programme(units={PLUS: 3, LIBRE: 2})).broken
    assert [check.rule for check in broken] == ["buildings:dwellings"]
    said = broken_sentence(HAND, broken[0]).replace("\u00a0", " ")
    assert said == "Logements situés dans un bâtiment : 0 logement au lieu de 5 logements."


def test_identical_buildings_are_filled_in_order():
    twins = replace(HAND, fixed={"PLUS": 1, "LIBRE": 2}, buildings=(
        Building(id="A", shab_max_m2=150.0), Building(id="B", shab_max_m2=150.0),
    ), rules=replace(HAND.rules, dwellings_min=3))  # fmt: skip
    model = build_programme(twins)
    assert "order:A,B" in model.rules.values()
    first, second = optimise(twins, ["equity"]).evaluation.buildings
    assert first.dwellings >= second.dwellings
    hall = SharedSpace(id="salle", area_m2=10.0, cost_eur=0.0, building="B")
    decided = build_programme(replace(twins, spaces=(hall,)))
    assert "order:A,B" not in decided.rules.values()


def test_the_largest_land_bill_keeps_the_limit_of_each_phase():
    """Phase 1 bears 60 % of the land: (150 000 - 40 000) / 0.6, less than the whole could pay."""
    rich = replace(PHASED, rules=replace(PHASED.rules, equity_max_eur=900_000.0))
    bill = charge_fonciere_admissible(rich)
    assert bill.extra_eur == pytest.approx(110_000 / 0.6, rel=1e-6)


def test_fixed_cost_is_shared_by_what_buildings_can_hold():
    assert fixed_shares(PHASED.buildings) == {1: 0.6, 2: 0.4}
    empty = [Building(id="A", shab_max_m2=0.0), Building(id="B", shab_max_m2=0.0, phase=2)]
    assert fixed_shares(empty) == {1: 0.5, 2: 0.5}
    assert list(split_faults(HAND.buildings, {PLUS: 2}, {})) == []


def test_rules_of_buildings_are_said_in_french():
    share = ShareRule(id="loc", members=("PLUS",), min=0.5, label="Locatif social")
    case = with_shares(PHASED, share)
    said = {
        "building:A:surface": "Bâtiment A : surface habitable, locaux partagés compris",
        "building:A:share:loc:min": "Bâtiment A : part minimale de « Locatif social »",
        "phase:1:equity": "Phase 1 : fonds propres engagés à sa livraison",
    }
    for rule, label in said.items():
        assert rule_label(case, rule).replace("\u00a0", " ").replace("\u202f", " ") == label
    apart = Programme(units={LIBRE: 2}, by_building={"A": {LIBRE: 2}})
    broken = next(c for c in evaluate(case, apart).broken if "share" in c.rule)
    assert broken_sentence(case, broken).replace("\u00a0", " ").replace("\u202f", " ") == (
        "Bâtiment A : part minimale de « Locatif social » : au moins 50,0 % des logements du "
        "bâtiment, soit 1 ; le bâtiment en compte 0 logement, il manque 1 logement."
    )
