"""Rooms, areas and units of consumption, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.households.occupancy import (
    ConsumptionUnits,
    OccupancyNorm,
    consumption_units,
    min_typology,
)

NORM = OccupancyNorm(
    share_age=10,
    area_one_m2=9.0,
    area_two_m2=16.0,
    area_more_m2=9.0,
    area_most_m2=70.0,
    persons_most=8,
)
AGES = st.lists(st.integers(0, 20), max_size=8)


@pytest.mark.parametrize(
    ("couples", "single", "children", "t_min", "t_max", "area"),
    [
        (0, 1, [], 1, 2, 9),
        (1, 0, [], 2, 3, 16),
        (0, 2, [], 3, 3, 16),
        (0, 1, [5], 3, 3, 16),
        (1, 0, [5, 5, 5], 4, 6, 43),
        (1, 0, [10, 11], 4, 5, 34),
        (1, 1, [], 3, 4, 25),
        (1, 0, [1, 1, 1, 1, 1, 1], 5, 9, 70),
        (2, 2, [3, 4, 5], 7, 10, 70),
    ],
)
def test_dwellings_that_suit(couples, single, children, t_min, t_max, area):
    found = min_typology(couples, single, children, norm=NORM)
    assert (found.t_min, found.t_max, found.min_area_m2) == (t_min, t_max, area)


def test_the_norm_of_the_place_rules():
    wide = OccupancyNorm(
        share_age=3,
        per_bedroom=1,
        extra_rooms=2,
        area_one_m2=1.0,
        area_two_m2=2.0,
        area_more_m2=1.0,
        area_most_m2=3.0,
        persons_most=3,
    )
    found = min_typology(1, 0, [1, 2, 4], norm=wide)
    assert (found.bedrooms, found.t_max, found.min_area_m2) == (4, 7, 3)


@pytest.mark.parametrize(
    ("couples", "single", "children", "code"),
    [
        (0, 0, [], "E_EMPTY_HOUSEHOLD"),
        (0, 0, [4], "E_EMPTY_HOUSEHOLD"),
        (-1, 3, [], "E_USAGE"),
        (1, 0, [-2], "E_USAGE"),
    ],
)
def test_refusals(couples, single, children, code):
    with pytest.raises(UsageError) as error:
        min_typology(couples, single, children, norm=NORM)
    assert error.value.code == code


@given(st.integers(0, 3), st.integers(0, 3), AGES)
def test_bounds_are_ordered_and_order_of_children_does_not_matter(couples, single, ages):
    if couples + single == 0:
        return
    found = min_typology(couples, single, ages, norm=NORM)
    assert 1 <= found.t_min <= found.t_max
    assert min_typology(couples, single, ages[::-1], norm=NORM) == found
    assert min_typology(couples, single, [*ages, 4], norm=NORM).t_min >= found.t_min


def test_units_of_consumption():
    assert consumption_units([40]) == 1
    assert consumption_units([8]) == 1
    assert consumption_units([40, 38, 14, 13]) == pytest.approx(1 + 0.5 + 0.5 + 0.3)
    flat = ConsumptionUnits(adult_age=0, other_adult=1.0, child=1.0)
    assert consumption_units([40, 38, 3], flat) == 3
    with pytest.raises(UsageError) as error:
        consumption_units([])
    assert error.value.code == "E_EMPTY_HOUSEHOLD"
