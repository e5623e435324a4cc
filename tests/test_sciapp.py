"""Shares of a SCIAPP: bought with what is left, never past the rules."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.sciapp import ShareTerms, progressive_loan, share_path

TERMS = ShareTerms(
    shares=100,
    lot_value_eur=100_000,
    initial_shares=0,
    rent_month_eur=500,
    budget_month_eur=1_000,
    min_full_years=10,
    term_years=25,
)


def test_six_shares_a_year_fill_the_lot_in_seventeen_years():
    path = share_path(TERMS)
    assert [row.bought for row in path.rows[:3]] == [6, 6, 6]
    assert path.full_year == 17  # 16 x 6 = 96, then 4
    assert path.rent_paid_eur == 17 * 6_000
    assert path.shares_paid_eur == 100_000


def test_what_is_left_is_kept_for_the_next_year():
    path = share_path(replace(TERMS, budget_month_eur=550))
    assert [row.bought for row in path.rows[:6]] == [0, 1, 0, 1, 1, 0]
    assert path.rows[0].carry_eur == pytest.approx(600)


def test_the_last_share_waits_for_the_tenth_year():
    path = share_path(replace(TERMS, budget_month_eur=10_000))
    assert path.rows[0].held == 99
    assert all(row.held == 99 for row in path.rows[:9])
    assert path.full_year == 10


def test_a_budget_below_the_rent_buys_nothing_and_owes_nothing():
    path = share_path(replace(TERMS, budget_month_eur=400))
    assert path.shares_held == 0
    assert {row.carry_eur for row in path.rows} == {0.0}


def test_a_lot_held_from_the_start_has_no_year_to_come():
    path = share_path(replace(TERMS, initial_shares=100))
    assert path.rows == ()
    assert path.full_year == 0
    assert progressive_loan(path, rate=0.02, years=25, charges_year_eur=100) == 0


def test_loan_without_shares_is_the_capitalised_net_rent():
    path = share_path(replace(TERMS, budget_month_eur=500))
    loan = progressive_loan(path, rate=0.02, years=20, charges_year_eur=1_000)
    assert loan == pytest.approx(5_000 * annuity_factor(0.02, 20))
    longer = progressive_loan(path, rate=0.02, years=40, charges_year_eur=1_000)
    assert longer == pytest.approx(5_000 * annuity_factor(0.02, 25))


def test_charges_above_the_rents_leave_no_loan():
    path = share_path(replace(TERMS, budget_month_eur=500))
    assert progressive_loan(path, rate=0.02, years=20, charges_year_eur=9_000) == 0
    growing = {"charges_year_eur": 1_000, "charges_growth": 0.02}
    assert progressive_loan(path, rate=0.02, years=2, **growing) == pytest.approx(
        5_000 / 1.02 + 4_980 / 1.02**2
    )


@given(
    st.builds(
        replace,
        st.just(TERMS),
        shares=st.integers(1, 400),
        lot_value_eur=st.floats(1_000, 1e6),
        rent_month_eur=st.floats(0, 2_000),
        budget_month_eur=st.floats(0, 4_000),
        rent_growth=st.floats(0, 0.05),
        budget_growth=st.floats(0, 0.05),
        theta=st.sampled_from([0.0, 0.5, 1.0]),
    )
)
def test_a_household_never_pays_above_its_budget_nor_holds_above_its_lot(terms):
    path = share_path(terms)
    budget = math.fsum(
        12 * terms.budget_month_eur * (1 + terms.budget_growth) ** (row.year - 1)
        for row in path.rows
    )
    unpaid = math.fsum(max(0.0, row.rent_eur) for row in path.rows if row.bought == 0)
    assert path.shares_paid_eur + path.rent_paid_eur <= budget + unpaid + 1e-3
    assert 0 <= path.shares_held <= terms.shares
    assert all(row.held < terms.shares for row in path.rows if row.year < terms.min_full_years)
    assert path.buyback_liability_eur == pytest.approx(path.shares_held * path.nominal_eur)


@pytest.mark.parametrize(
    "change",
    [
        {"shares": 0},
        {"initial_shares": 101},
        {"initial_shares": -1},
        {"lot_value_eur": 0},
        {"theta": 2},
    ],
)
def test_meaningless_terms(change):
    with pytest.raises(UsageError):
        share_path(replace(TERMS, **change))


@pytest.mark.parametrize(("rate", "years"), [(-1, 5), (0.02, 0)])
def test_meaningless_loans(rate, years):
    with pytest.raises(UsageError) as error:
        progressive_loan(share_path(TERMS), rate=rate, years=years, charges_year_eur=0)
    assert error.value.code == "E_LOAN"
