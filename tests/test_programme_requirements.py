"""The price of each requirement: each side is the optimum of a case one may write by hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.programme.price_words import (
    effect_words,
    price_sentence,
    step_words,
    unit_price_eur,
)
from habitat_analysis.programme.requirement_keys import find_requirement, study_key
from habitat_analysis.programme.requirements import (
    case_levers,
    price_requirements,
    relaxed_programme,
)
from tests.programme_enumeration import best_values
from tests.programme_instances import Draw
from tests.worked_calls.programme import read_case

WORKED = Path(__file__).parent / "worked" / "10_programme.json"
ORDER = ["housed", "public_money"]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture(scope="module")
def case():
    return read_case(json.loads(WORKED.read_text("utf-8"))["examples"][0]["inputs"]["program"])


@pytest.fixture(scope="module")
def prices(case):
    return {price.lever.rule: price for price in price_requirements(case, ORDER)}


def test_one_more_place_is_worth_what_the_specification_says(prices):
    """model.md 5.7: + 1 place saves 84 871 euros, land + 50 kEUR loses a household."""
    assert prices["parking"].looser.effort_eur == pytest.approx(-84_871.25, abs=0.01)
    assert prices["parking"].looser.housed == 0
    assert unit_price_eur(prices["parking"], looser=True) == pytest.approx(-84_871.25, abs=0.01)
    assert prices["balance"].tighter.housed == -1
    assert prices["topup"].looser.effort_eur == pytest.approx(0.0, abs=0.01)
    assert prices["surface"].looser.effort_eur == pytest.approx(-9_888.0, abs=0.01)


def test_a_sentence_says_both_sides(case, prices):
    said = plain(price_sentence(case, prices["parking"]))
    assert said.startswith(
        "Places de stationnement : avec 1 place de plus, 84 871 € d'effort de moins ; "
        "avec 1 place de moins, "
    )
    land = plain(price_sentence(case, prices["balance"]))
    assert "avec 50 000 € de plus, 1 besoin couvert de moins, 35 639 € d'effort de moins" in land


def test_the_dearest_come_first_and_those_that_change_nothing_last(case, prices):
    ordered = price_requirements(case, ORDER)
    weights = [price.weight for price in ordered]
    assert weights == sorted(weights, reverse=True)
    assert {price.lever.rule for price in ordered} == set(prices)
    assert all(price.lever.looser or price.lever.tighter for price in ordered)


def test_every_target_and_limit_has_its_price(case, prices):
    stated = {lever.rule for lever in case_levers(case) if lever.looser or lever.tighter}
    assert stated == set(prices)
    assert {"surface", "parking", "open", "equity", "topup", "subsidy", "balance", "mix"} <= stated
    assert {"share:PLAI:min", "typo:T2:max", "quartile:Q1:min", "ceiling:PLAI"} <= stated
    assert "mandatory:salle_commune" in stated


@pytest.mark.parametrize("seed", range(3100, 3112))
def test_each_side_is_the_optimum_of_its_own_case(seed):
    case = Draw(seed, large=False).case()
    for price in price_requirements(case, ORDER):
        for side, moved in (
            (price.looser, price.lever.looser),
            (price.tighter, price.lever.tighter),
        ):
            if moved is None:
                assert side is None
                continue
            alone = optimise(moved, ORDER)
            assert side.optimum.status == alone.status
            assert side.optimum.values == pytest.approx(alone.values, rel=2e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(3100, 3104))
def test_a_side_equals_enumeration(seed):
    case = Draw(seed, large=False).case()
    for price in price_requirements(case, ORDER)[:3]:
        moved = price.lever.tighter or price.lever.looser
        side = price.tighter or price.looser
        best = best_values(moved, ORDER)
        assert (best is None) == (side.optimum.status == "infeasible")
        if best is not None:
            assert side.optimum.values == pytest.approx(best, rel=2e-6, abs=1e-6)


def test_looser_never_hurts_the_first_objective(case, prices):
    for price in prices.values():
        if price.looser is not None and price.looser.housed is not None:
            assert price.looser.housed >= 0
        if price.tighter is not None and price.tighter.housed is not None:
            assert price.tighter.housed <= 0


def test_a_case_without_programme_has_no_price(case):
    none = replace(case, rules=replace(case.rules, housed_min=28, open_max=0))
    assert price_requirements(none, ORDER) == ()


def test_the_directions_are_those_of_the_rules(case):
    levers = {lever.rule: lever for lever in case_levers(case)}
    said = {
        rule: (plain(step_words(levers[rule], looser=True)),
               plain(step_words(levers[rule], looser=False)))
        for rule in ("share:PLAI:min", "share:libre:max", "balance", "surface", "dwellings:min")
    }  # fmt: skip
    assert said == {
        "share:PLAI:min": ("5 points de moins", "5 points de plus"),
        "share:libre:max": ("5 points de plus", "5 points de moins"),
        "balance": ("50 000 € de moins", "50 000 € de plus"),
        "surface": ("10 m² de plus", "10 m² de moins"),
        "dwellings:min": ("1 logement de moins", "1 logement de plus"),
    }
    assert step_words(levers["mandatory:salle_commune"], looser=True) == "sans ce local"


def test_an_impossible_side_is_said(case, prices):
    dear = price_requirements(case, ORDER)[0]
    impossible = replace(dear.looser or dear.tighter, housed=None, effort_eur=None)
    words = effect_words(replace(impossible, optimum=replace(impossible.optimum,
                                                             status="infeasible")))  # fmt: skip
    assert words == "plus aucun programme possible"
    lost = effect_words(replace(impossible, optimum=replace(impossible.optimum, status="error")))
    assert lost == "rien n'est prouvé"


def test_the_relaxation_is_below_the_programme_and_prices_money_in_euros(case):
    found = relaxed_programme(case, "public_money")
    assert found.value == pytest.approx(464_373.3084, rel=1e-6)
    assert found.value < optimise(case, ["public_money"]).values["public_money"]
    assert found.prices["balance"] == pytest.approx(1.0)


def test_a_price_of_the_relaxation_is_its_own_derivative(case):
    """One place more changes the relaxed optimum by its multiplier, until the basis changes."""
    found = relaxed_programme(case, "public_money")
    step = 0.01
    rules = replace(case.rules, parking_max=case.rules.parking_max + step)
    moved = relaxed_programme(replace(case, rules=rules), "public_money")
    expected = found.prices.get("parking", 0.0) * step
    assert moved.value - found.value == pytest.approx(expected, abs=1e-3)


def test_a_requirement_is_found_by_the_key_of_the_study(case):
    rules = [lever.rule for lever in case_levers(case)]
    assert find_requirement(rules, "familles.PLAI.min") == "share:PLAI:min"
    assert find_requirement(rules, "terrain") == "balance"
    assert len({study_key(rule) for rule in rules}) == len(rules)
    with pytest.raises(DataError) as refused:
        find_requirement(rules, "familles.PLIA.min")
    assert refused.value.code == "E_REQUIREMENT"
    assert "Vouliez-vous « familles.PLAI.min »" in plain(str(refused.value))
    assert "fonds_propres_max" in str(refused.value)
