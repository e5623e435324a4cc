"""Largest remainder: exact sums, known splits, ties by index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.apportionment import largest_remainder
from habitat_analysis.errors import UsageError

WEIGHTS = st.lists(st.floats(min_value=0, max_value=1e9), min_size=1, max_size=12).filter(
    lambda weights: sum(weights) > 0
)


@pytest.mark.parametrize(
    ("weights", "total", "expected"),
    [
        ([0.3, 0.4, 0.3], 24, [7, 10, 7]),
        ([1, 1, 1], 4, [2, 1, 1]),
        ([1, 1, 1], 5, [2, 2, 1]),
        ([0.3, 0.7], 10, [3, 7]),
        ([0.1] * 10, 10, [1] * 10),
        ([5, 0, 0], 3, [3, 0, 0]),
        ([46, 66, 82], 0, [0, 0, 0]),
        ([1, 3, 3, 3], 5, [1, 2, 1, 1]),  # quotas 0.5 and three times 1.5: index decides
    ],
)
def test_known_splits(weights, total, expected):
    assert largest_remainder(weights, total) == expected


def test_remainders_equal_at_one_billionth_go_to_the_lower_index():
    assert largest_remainder([1.0, 1.0 + 1e-12], 3) == [2, 1]
    assert largest_remainder([1.0, 1.0 + 1e-6], 3) == [1, 2]


@given(WEIGHTS, st.integers(0, 10**6))
def test_sum_is_exact_and_each_share_is_within_one_unit_of_its_quota(weights, total):
    units = largest_remainder(weights, total)
    assert sum(units) == total
    whole = sum(weights)
    for unit, weight in zip(units, weights, strict=True):
        assert abs(unit - weight * total / whole) < 1 + 1e-6


def test_huge_totals_stay_exact():
    assert sum(largest_remainder([0.1, 0.2, 0.7], 10**30 + 7)) == 10**30 + 7


@pytest.mark.parametrize(
    ("weights", "total", "code"),
    [
        ([0, 0], 5, "E_ZERO_WEIGHTS"),
        ([], 5, "E_ZERO_WEIGHTS"),
        ([-1, -2], 5, "E_ZERO_WEIGHTS"),
        ([-1, 3], 5, "E_WEIGHTS"),
        ([float("nan"), 3], 5, "E_WEIGHTS"),
        ([float("inf"), 3], 5, "E_WEIGHTS"),
        ([1, 2], -1, "E_USAGE"),
        ([1, 2], 1.5, "E_USAGE"),
    ],
)
def test_refusals(weights, total, code):
    with pytest.raises(UsageError) as error:
        largest_remainder(weights, total)
    assert error.value.code == code
