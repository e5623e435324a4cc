"""Loans on a moving rate repay to zero, and on a fixed rate are the loans of `actuarial`."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.actuarial import loan_schedule
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.loans import LoanTerms, loan_life, unit_payments


@st.composite
def moving_loans(draw):
    years = draw(st.integers(1, 60))
    return LoanTerms(
        id="bati",
        rate=draw(st.floats(0.0, 0.08)),
        years=years,
        growth=draw(st.floats(-0.03, 0.03)),
        defer=draw(st.integers(0, min(5, years - 1))),
        revision=draw(st.sampled_from(["fixe", "simple", "double"])),
        shifts=tuple(draw(st.lists(st.floats(-0.02, 0.04), max_size=8))),
    )


@settings(max_examples=200)
@given(moving_loans(), st.integers(0, 10**9))
def test_a_loan_repays_to_zero_whatever_its_rates(terms, cents):
    principal = cents / 100
    life = loan_life(terms, principal)
    owed = principal
    for rate, payment in zip(terms.rates(), life.payments, strict=True):
        owed = owed * (1 + rate) - payment
    assert abs(owed) <= 1e-6 * max(principal, 1.0)
    assert math.fsum(life.principals) == pytest.approx(principal, abs=1e-6 * max(principal, 1.0))


@settings(max_examples=200)
@given(moving_loans(), st.floats(0.1, 1000.0))
def test_ten_times_the_loan_is_ten_times_the_payments(terms, k):
    assert loan_life(terms, 100.0 * k).payments == pytest.approx(
        [100.0 * k * payment for payment in unit_payments(terms)], rel=1e-9, abs=1e-9
    )


@pytest.mark.parametrize("revision", ["simple", "double"])
def test_without_movement_revisions_change_nothing(revision):
    terms = LoanTerms(
        id="l", rate=0.023, years=40, growth=-0.005, revision=revision, shifts=(0.0, 0.0)
    )
    fixed = loan_schedule(1_000_000, rate=0.023, years=40, growth=-0.005)
    assert loan_life(terms, 1_000_000).payments == pytest.approx(fixed.payments, rel=1e-12)


def test_double_revisability_by_hand():
    """Two years at 2 % then 3 %: the ratio (1 + growth) / (1 + rate) stays 1 / 1.02."""
    terms = LoanTerms(id="l", rate=0.02, years=2, revision="double", shifts=(0.01,))
    first = 100.0 * 1.02 / (1 + 1 / 1.02)
    life = loan_life(terms, 100.0)
    assert life.payments == pytest.approx([first, first * 1.03 / 1.02])
    assert life.balances[1] == pytest.approx(102.0 - first)


def test_simple_revisability_works_the_payment_out_again():
    terms = LoanTerms(id="l", rate=0.02, years=2, revision="simple", shifts=(0.01,))
    first = loan_schedule(100.0, rate=0.02, years=2).payments[0]
    assert loan_life(terms, 100.0).payments == pytest.approx([first, (102.0 - first) * 1.03])


def test_the_last_shift_lasts():
    terms = LoanTerms(id="l", rate=0.02, years=4, revision="simple", shifts=(0.01, 0.005))
    assert terms.rates() == pytest.approx((0.02, 0.03, 0.025, 0.025))


def test_a_path_below_minus_one_is_refused():
    terms = LoanTerms(id="l", rate=0.02, years=4, revision="simple", shifts=(-1.5,))
    with pytest.raises(UsageError) as refused:
        loan_life(terms, 100.0)
    assert refused.value.code == "E_LOAN"
