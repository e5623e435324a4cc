"""Categories, resources and ceilings, case by case."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.households.eligibility import (
    Household,
    TenureTest,
    category_of_household,
    ceiling_eur,
    eligibility,
    is_young_couple,
    resources_tested_eur,
)
from habitat_analysis.regulation import IncomeTable

PLUS = IncomeTable(
    values=(24_000.0, 32_050.0, 38_540.0, 46_530.0, 54_730.0, 61_690.0), extra=6_880.0
)


def household(adults=1, dependants=0, resources_eur=0.0, **more):
    return Household(adults=adults, dependants=dependants, resources_eur=resources_eur, **more)


@pytest.mark.parametrize(
    ("who", "category"),
    [
        (household(1), 1),
        (household(2), 2),
        (household(2, young_couple=True), 3),
        (household(2, 1, young_couple=True), 3),
        (household(1, 1), 3),
        (household(1, 4), 6),
        (household(1, disabled=True), 2),
        (household(2, disabled=True), 3),
        (household(2, young_couple=True, disabled=True), 3),
        (household(2, 1, disabled=True), 4),
        (household(1, 2, disabled=True), 4),
        (household(3, 0), 3),
        (household(2, 5), 7),
    ],
)
def test_category_is_the_highest_that_applies(who, category):
    assert category_of_household(who) == category


def test_nobody_to_test():
    with pytest.raises(UsageError) as error:
        category_of_household(household(0, 2))
    assert error.value.code == "E_EMPTY_HOUSEHOLD"
    with pytest.raises(UsageError):
        category_of_household(household(2, -1))


@pytest.mark.parametrize(("category", "ceiling"), [(1, 24_000), (6, 61_690), (8, 75_450)])
def test_ceilings_go_on_past_the_table(category, ceiling):
    assert ceiling_eur(PLUS, category) == ceiling


def test_a_table_without_supplement_stays_at_its_last_value():
    assert ceiling_eur(IncomeTable(values=(10.0, 20.0), extra=0.0), 5) == 20


@pytest.mark.parametrize(("resources", "expected"), [(24_000.0, True), (24_000.01, False)])
def test_equality_is_eligible(resources, expected):
    tests = {"PLUS": TenureTest(table=PLUS, category="rental")}
    assert eligibility(household(resources_eur=resources), tests).eligible == {"PLUS": expected}


def test_accession_counts_persons_and_rental_counts_categories():
    lone_parent = household(1, 1, 35_000.0)
    tests = {
        "PLUS": TenureTest(table=PLUS, category="rental"),
        "BRS": TenureTest(table=PLUS, category="persons"),
        "LIBRE": TenureTest(table=None, category="persons"),
    }
    answer = eligibility(lone_parent, tests)
    assert answer.eligible == {"PLUS": True, "BRS": False, "LIBRE": True}
    assert answer.ceilings_eur == {"PLUS": 38_540, "BRS": 32_050, "LIBRE": None}


def test_zero_rate_loan_counts_a_part_of_the_operation():
    tests = {"PTZ": TenureTest(table=PLUS, category="persons", cost_divisor=9.0)}
    dear = household(resources_eur=20_000.0, operation_cost_eur=225_000.0)
    assert eligibility(dear, tests).resources_eur["PTZ"] == 25_000
    assert not eligibility(dear, tests).eligible["PTZ"]
    assert eligibility(household(resources_eur=20_000.0), tests).eligible["PTZ"]


def test_a_tenure_may_look_at_one_year_only():
    fallen = household(resources_eur=20_000.0, resources_n2_eur=30_000.0)
    tests = {
        "PLUS": TenureTest(table=PLUS, category="rental"),
        "BRS": TenureTest(table=PLUS, category="rental", last_year_counts=False),
    }
    assert eligibility(fallen, tests).eligible == {"PLUS": True, "BRS": False}
    assert eligibility(fallen, tests).resources_eur == {"PLUS": 20_000, "BRS": 30_000}


@pytest.mark.parametrize(
    ("n2", "n1", "tested"),
    [
        (30_000, None, 30_000),
        (30_000, math.nan, 30_000),
        (30_000, 27_000, 27_000),
        (30_000, 27_001, 30_000),
        (30_000, 35_000, 30_000),
        (0, 0, 0),
        (19_999.99, 17_999.991, 17_999.991),
    ],
)
def test_resources_of_last_year_count_after_a_fall(n2, n1, tested):
    assert resources_tested_eur(n2, n1, fall_share=0.10) == tested


@pytest.mark.parametrize(
    ("couples", "single", "dependants", "ages", "expected"),
    [
        (1, 0, 0, (27, 28), True),
        (1, 0, 0, (28, 28), False),
        (1, 0, 1, (20, 20), False),
        (1, 1, 0, (20, 20), False),
        (0, 2, 0, (20, 20), False),
        (1, 0, 0, (), False),
    ],
)
def test_young_couples(couples, single, dependants, ages, expected):
    composition = {"couples": couples, "single_adults": single, "dependants": dependants}
    assert is_young_couple(**composition, ages=ages, age_sum_max=55) is expected


@given(st.integers(1, 6), st.integers(0, 8), st.booleans(), st.floats(0, 2e5))
def test_one_more_dependant_never_closes_a_door(adults, dependants, disabled, resources):
    tests = {"PLUS": TenureTest(table=PLUS, category="rental")}
    fewer = household(adults, dependants, resources, disabled=disabled)
    more = household(adults, dependants + 1, resources, disabled=disabled)
    assert eligibility(more, tests).eligible["PLUS"] >= eligibility(fewer, tests).eligible["PLUS"]
