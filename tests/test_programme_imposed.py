"""People decide: their programme is judged, named rule by rule, and priced."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.imposed import judge_fixed, judge_imposed
from tests.worked_calls.programme import read_case

WORKED = Path(__file__).parent / "worked" / "10_programme.json"
OBJECTIVES = ["housed", "public_money"]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture(scope="module")
def case():
    return read_case(json.loads(WORKED.read_text("utf-8"))["examples"][0]["inputs"]["program"])


def cells(**units):
    return {tuple(name.split("_")): number for name, number in units.items()}


# The second worked optimum: cheapest, 16 needs covered where 25 can be.
CHEAP = cells(T2_PLAI=6, T2_PLUS=1, T4_PSLA=10, T4_LIBRE=3)
BEST = cells(T2_PLAI=4, T2_PLUS=3, T3_PLAI=3, T3_PSLA=2, T3_BRS=4, T4_PSLA=6, T4_LIBRE=3)


def test_a_programme_that_keeps_the_rules_is_priced_beside_the_optimum(case):
    verdict = judge_imposed(case, CHEAP, OBJECTIVES)
    assert verdict.broken == ()
    assert verdict.programme.spaces == ("salle_commune",)  # mandatory, not typed
    assert verdict.extra_cost_eur == pytest.approx(516_251.8243 - 765_563.2556, abs=0.01)
    assert verdict.housed_difference == 16 - 25
    assert plain(verdict.sentence) == (
        "Par rapport à l'optimum, votre programme coûte 249 311 € de moins à réunir (fonds "
        "propres et subventions) et couvre 9 besoins de moins. "
        "Votre programme respecte toutes les règles."
    )


def test_the_optimum_typed_by_hand_costs_the_same(case):
    verdict = judge_imposed(case, BEST, OBJECTIVES)
    assert plain(verdict.sentence).startswith(
        "Par rapport à l'optimum, votre programme coûte autant et couvre autant de besoins."
    )


def test_one_need_less_and_more_money(case):
    typed = {**BEST, ("T3", "PLAI"): 2}  # one PLAI dwelling less, one household less
    verdict = judge_imposed(case, typed, OBJECTIVES)
    assert "couvre un besoin de moins" in plain(verdict.sentence)


def test_broken_rules_are_named_with_their_gap_in_words(case):
    verdict = judge_imposed(case, {**CHEAP, ("T4", "LIBRE"): 6}, OBJECTIVES)
    told = {rule.rule: plain(rule.sentence) for rule in verdict.broken}
    assert set(told) == {"mix", "open", "share:libre:max", "share:locatif_social:min"}
    assert told["share:libre:max"] == (
        "Part maximale de « libre » : au plus 15,0 % des logements, soit 3 ; le programme en "
        "compte 6 logements, soit 3 logements de trop."
    )
    assert told["open"] == (
        "Logements ouverts à d'autres que le groupe : 7 logements pour 4 logements au plus, soit "
        "3 logements de trop."
    )
    assert f"Votre programme ne respecte pas {len(told)} règles." in plain(verdict.sentence)


def test_without_any_optimum_the_programme_is_still_judged(case):
    impossible = replace(case, rules=replace(case.rules, housed_min=40))
    verdict = judge_imposed(impossible, BEST, OBJECTIVES)
    assert (verdict.extra_cost_eur, verdict.housed_difference) == (None, None)
    assert [rule.rule for rule in verdict.broken] == ["housed"]
    assert plain(verdict.sentence) == (
        "Pas de comparaison : aucun programme ne respecte toutes les règles. "
        "Votre programme ne respecte pas une règle."
    )


def test_a_whole_programme_keeps_its_rooms(case):
    typed = Programme(units=CHEAP, spaces=("salle_commune", "buanderie"))
    verdict = judge_imposed(case, typed, OBJECTIVES)
    assert verdict.evaluation.spaces_value == 5


def test_a_room_fixed_by_the_group_comes_with_its_dwellings(case):
    verdict = judge_imposed(replace(case, fixed={"buanderie": True}), CHEAP, OBJECTIVES)
    assert verdict.programme.spaces == ("salle_commune", "buanderie")


def test_an_unknown_dwelling_is_refused(case):
    with pytest.raises(DataError, match="T9 PLAI"):
        judge_imposed(case, cells(T9_PLAI=1), OBJECTIVES)


def test_numbers_fixed_by_people_are_priced(case):
    fixed = replace(case, fixed={"BRS": 0, "buanderie": True})
    verdict = judge_fixed(fixed, OBJECTIVES)
    assert verdict.optimum.evaluation.by_tenure["BRS"] == 0
    assert "buanderie" in verdict.optimum.programme.spaces
    assert verdict.free.values == pytest.approx({"housed": 25, "public_money": 765_563.2556})
    fewer = verdict.optimum.evaluation.housed - 25
    assert verdict.housed_difference == fewer <= 0
    assert plain(verdict.sentence).startswith("Par rapport à l'optimum, vos choix coûtent ")


def test_numbers_that_make_everything_impossible(case):
    verdict = judge_fixed(replace(case, fixed={"LIBRE": 20}), OBJECTIVES)
    assert verdict.extra_cost_eur is None
    assert plain(verdict.sentence) == (
        "Avec vos choix : aucun programme ne respecte toutes les règles."
    )


def test_fixing_what_is_already_best_costs_nothing(case):
    verdict = judge_fixed(replace(case, fixed={"LIBRE": 3}), OBJECTIVES)
    assert verdict.extra_cost_eur == pytest.approx(0, abs=1)
    assert "coûtent autant" in plain(verdict.sentence)
