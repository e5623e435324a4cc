"""The weight of housing on a household, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.households.effort import EffortLimits, Lease, effort_of, rental_effort

LIMITS = EffortLimits(effort_max=0.30, residual_min_uc_eur=800.0)


def test_a_single_parent_with_an_allowance():
    """1 650 EUR; 432 + 95 - 180 = 347 EUR; 1.6 units: 1 303 / 1.6 = 814.375."""
    found = rental_effort(
        1_650, [34, 8, 5], Lease(rent_eur=432, charges_eur=95, apl_eur=180), LIMITS
    )
    assert found.effort == pytest.approx(347 / 1_650)
    assert (found.residual_eur, found.residual_uc_eur, found.ok) == (1_303, 814.375, True)
    assert found.margin_eur == pytest.approx(23)  # 1 303 - 1.6 x 800, under 495 - 347


def test_equality_is_within_both_limits():
    assert effort_of(2_000, 600, 1.0, LIMITS).ok
    assert not effort_of(2_000, 600.02, 1.0, LIMITS).ok
    assert effort_of(1_000, 200, 1.0, LIMITS).ok
    assert not effort_of(1_000, 200.02, 1.0, LIMITS).ok


def test_without_income_the_share_is_not_defined():
    found = rental_effort(0, [30], Lease(rent_eur=0, charges_eur=0), LIMITS)
    assert found.effort is None
    assert not found.ok


def test_an_allowance_above_the_rent_is_no_income():
    found = rental_effort(1_000, [30], Lease(rent_eur=200, charges_eur=50, apl_eur=400), LIMITS)
    assert (found.effort, found.residual_eur) == (0, 1_000)


def test_nonsense():
    with pytest.raises(UsageError) as error:
        rental_effort(1_000, [], Lease(rent_eur=1, charges_eur=1), LIMITS)
    assert error.value.code == "E_EMPTY_HOUSEHOLD"
    with pytest.raises(UsageError):
        rental_effort(1_000, [30], Lease(rent_eur=-1, charges_eur=1), LIMITS)


@given(st.floats(0, 6_000), st.floats(0, 2_000), st.floats(1, 4))
def test_the_margin_is_what_more_could_be_paid(income, outlay, units):
    found = effort_of(income, outlay, units, LIMITS)
    if found.ok and found.margin_eur > 0:
        assert effort_of(income, outlay + found.margin_eur * 0.999, units, LIMITS).ok
        assert not effort_of(income, outlay + found.margin_eur + 0.02, units, LIMITS).ok
