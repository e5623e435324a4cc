"""Quartile, age band and family type: exactly the words that a study may bound."""

from dataclasses import replace

import pytest

from habitat_analysis.households.traits import household_traits
from habitat_analysis.study.group import FAMILIES, QUARTILES, Residents
from tests.household_samples import RULES, group

KNOWN = replace(RULES, quartiles_eur_uc=(14_000.0, 20_000.0, 28_000.0))
SHAPES = {
    "personne_seule": {},
    "couple_sans_enfant": {"couples": 1, "single_adults": 0, "adult_ages": (30, 33)},
    "couple_avec_enfants": {"couples": 1, "single_adults": 0, "adult_ages": (), "child_ages": (3,)},
    "famille_monoparentale": {"child_ages": (3, 8)},
    "autre": {"couples": 1, "single_adults": 1, "adult_ages": (), "child_ages": (3,)},
}


def traits(*rows, residents=None):
    return household_traits(group(*rows), KNOWN, residents or Residents())


def test_every_family_type_has_its_household():
    found = traits(*SHAPES.values())
    assert [one["famille"] for one in found.values()] == list(SHAPES)
    assert set(SHAPES) == set(FAMILIES)


def test_a_child_who_visits_makes_no_family():
    assert traits({"visiting_child_ages": (6,)})["M1"]["famille"] == "personne_seule"


@pytest.mark.parametrize(
    ("ages", "band"),
    [
        ((34,), "moins de 35 ans"),
        ((20, 35), "35 à 59 ans"),
        ((59,), "35 à 59 ans"),
        ((60, 22), "60 ans et plus"),
        ((), ""),
    ],
)
def test_the_age_is_that_of_the_oldest_adult(ages, band):
    assert traits({"adult_ages": ages})["M1"]["age"] == band


def test_quartiles_are_those_of_the_commune():
    incomes = (1_000.0, 1_500.0, 2_000.0, 3_000.0)  # 12 000, 18 000, 24 000, 36 000 a year
    found = traits(*({"income_month_eur": income} for income in incomes))
    assert tuple(one["quartile"] for one in found.values()) == QUARTILES
    assert household_traits(group({}), RULES, Residents())["M1"]["quartile"] == ""


def test_all_values_are_known_to_the_study():
    residents = Residents.model_validate({"tranches_age": [25, 40, 75]})
    rows = [{**shape, "adult_ages": (age,)} for shape in SHAPES.values() for age in (18, 25, 80)]
    for one in traits(*rows, residents=residents).values():
        assert all(value in residents.values_of(name) for name, value in one.items())
