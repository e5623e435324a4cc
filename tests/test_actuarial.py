"""Loans repay to zero, flows discount by hand, rates solve their equation."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.actuarial import annuity, annuity_factor, irr, loan_schedule, npv
from habitat_analysis.errors import UsageError

RATES = st.floats(min_value=-0.5, max_value=1.0)


@st.composite
def loans(draw):
    years = draw(st.integers(1, 80))
    return {
        "principal": draw(st.integers(0, 10**10)) / 100,
        "rate": draw(RATES),
        "years": years,
        "growth": draw(st.floats(-0.2, 0.2)),
        "defer": draw(st.integers(0, years - 1)),
    }


def schedule(principal, **terms):
    return loan_schedule(principal, **terms)


@given(loans())
def test_a_loan_repays_to_zero_and_its_parts_add_up(loan):
    result = schedule(**loan)
    scale = max(loan["principal"], 1.0)
    assert len(result.payments) == loan["years"] == len(result.balances) - 1
    assert result.balances[0] == loan["principal"]
    assert abs(result.balances[-1]) <= 1e-6 * scale
    assert math.fsum(result.principals) == pytest.approx(loan["principal"], abs=1e-6 * scale)
    size = max(abs(payment) for payment in result.payments) + scale
    for payment, interest, principal in zip(
        result.payments, result.interests, result.principals, strict=True
    ):
        assert payment == pytest.approx(interest + principal, abs=1e-9 * size)


@given(loans())
def test_payments_are_worth_the_sum_borrowed(loan):
    payments = schedule(**loan).payments
    worth = npv(loan["rate"], [0.0, *payments])
    size = max(abs(pay) * (1 + loan["rate"]) ** -year for year, pay in enumerate(payments, 1))
    assert worth == pytest.approx(loan["principal"], rel=1e-9, abs=1e-9 * size)


@given(loans())
def test_payments_grow_as_said(loan):
    growing = schedule(**loan).payments[loan["defer"] :]
    for before, after in pairwise(growing):
        assert after == pytest.approx(before * (1 + loan["growth"]), rel=1e-9)


def test_growth_equal_or_very_near_the_rate_is_continuous():
    exact = loan_schedule(100_000, rate=0.02, years=40, growth=0.02).payments[0]
    assert exact == pytest.approx(100_000 * 1.02 / 40)
    for gap in (1e-6, 1e-9, 1e-12, 1e-15):
        near = loan_schedule(100_000, rate=0.02, years=40, growth=0.02 + gap).payments[0]
        assert near == pytest.approx(exact, rel=max(50 * gap, 1e-12))


def test_zero_rate_loan_is_a_plain_division():
    loan = loan_schedule(1_200, rate=0.0, years=12)
    assert loan.payments == (100.0,) * 12
    assert loan.interests == (0.0,) * 12


def test_a_dear_and_long_loan_still_ends_at_zero():
    loan = loan_schedule(1e6, rate=1.0, years=80)
    assert loan.balances[-1] == 0
    assert all(after <= before for before, after in pairwise(loan.balances))


@pytest.mark.parametrize(
    "terms",
    [
        {"principal": -1, "rate": 0.0, "years": 12},
        {"principal": 1, "rate": 0.02, "years": 0},
        {"principal": 1, "rate": 0.02, "years": -3},
        {"principal": 1, "rate": 0.02, "years": 5, "defer": 5},
        {"principal": 1, "rate": 0.02, "years": 5, "defer": -1},
        {"principal": 1, "rate": -1.0, "years": 5},
        {"principal": 1, "rate": 0.02, "years": 5, "growth": -1.0},
        {"principal": float("nan"), "rate": 0.02, "years": 5},
        {"principal": 1, "rate": float("inf"), "years": 5},
        {"principal": 1, "rate": 0.02, "years": 2.5},
    ],
)
def test_loans_that_cannot_be_written(terms):
    with pytest.raises(UsageError) as error:
        schedule(**terms)
    assert error.value.code == "E_LOAN"


def test_annuity_factor_by_hand():
    assert annuity_factor(0.10, 2) == pytest.approx(1 / 1.1 + 1 / 1.21)
    assert annuity_factor(0.02, 0) == 0
    assert annuity_factor(1e-300, 40) == pytest.approx(40)


@given(RATES, st.integers(1, 80))
def test_annuity_factor_is_the_sum_it_stands_for(rate, years):
    by_hand = math.fsum((1 + rate) ** -year for year in range(1, years + 1))
    assert annuity_factor(rate, years) == pytest.approx(by_hand, rel=1e-9)
    assert annuity(1_000, rate, years) * annuity_factor(rate, years) == pytest.approx(1_000)


@pytest.mark.parametrize(("rate", "years"), [(-1, 3), (0.02, -1), (0.02, 1.5), (math.nan, 3)])
def test_annuity_factor_refuses(rate, years):
    with pytest.raises(UsageError) as error:
        annuity_factor(rate, years)
    assert error.value.code == "E_LOAN"


def test_annuity_needs_a_payment():
    with pytest.raises(UsageError):
        annuity(100, 0.02, 0)


def test_npv_refuses_a_rate_of_minus_one():
    with pytest.raises(UsageError):
        npv(-1, [1, 2])


def test_irr_of_simple_flows():
    assert irr([-100, 110]) == pytest.approx(0.10)
    assert irr([-100, 0, 121]) == pytest.approx(0.10)
    assert irr([100, -110]) == pytest.approx(0.10)
    factor = (-50 + math.sqrt(50**2 + 4 * 40 * 100)) / 80  # 40 v² + 50 v − 100 = 0
    assert irr([-100, 50, 40]) == pytest.approx(1 / factor - 1)


@pytest.mark.parametrize("flows", [[], [0, 0], [5], [-1, -2], [1, 2], [-100, 230, -132]])
def test_irr_is_not_defined_without_exactly_one_change_of_sign(flows):
    assert irr(flows) is None


def test_irr_finds_extreme_rates():
    assert irr([-1, 1e6]) == pytest.approx(1e6 - 1)
    assert irr([-1e6, 1]) == pytest.approx(1e-6 - 1)
    assert irr([-1e9, 1e-6]) == pytest.approx(1e-15 - 1, abs=1e-16)  # Newton gives up
    assert irr([0, 0, -1e9, 1e-6, 0]) == pytest.approx(1e-15 - 1, abs=1e-16)
    assert irr([-1e6, *[0.0] * 59, 1.0]) == pytest.approx(1e-6 ** (1 / 60) - 1)


@given(
    st.floats(1, 1e7),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=60).filter(lambda flows: max(flows) > 1),
)
def test_irr_solves_its_equation(outlay, flows):
    series = [-outlay, *flows]
    rate = irr(series)
    assert rate is not None
    discounted = [flow * (1 + rate) ** -year for year, flow in enumerate(series)]
    assert abs(math.fsum(discounted)) <= 1e-8 * math.fsum(map(abs, discounted))
