"""The largest price of a household: by hand, by bisection, and the way it moves."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.errors import UsageError
from habitat_analysis.households.solvency import (
    Credit,
    Means,
    ZeroRateLoan,
    max_price,
    monthly_capacity_eur,
    payment_month_eur,
    reach,
    without_ptz,
)

FREE = Credit(rate=0.0, months=200, insurance=0.0, effort=0.5, fees=0.0)
PTZ = ZeroRateLoan(quota=0.4, cap_eur=224_000.0, defer_months=96, months=144)
USUAL = Credit(rate=0.034, months=300, insurance=0.003, effort=0.35, fees=0.025, ptz=(PTZ,))


def test_without_interest_the_price_is_savings_and_payments():
    """Half of 2 000 EUR over 200 months, and 10 000 EUR saved."""
    found = max_price(Means(income_month_eur=2_000, apport_eur=10_000), FREE)
    assert (found.price_eur, found.main_eur, found.ptz_eur) == (210_000, 200_000, 0)


def test_debts_and_land_fee_come_first():
    means = Means(income_month_eur=2_000, other_debts_month_eur=300)
    assert monthly_capacity_eur(means, replace(FREE, fee_month_eur=100)) == 600
    assert max_price(means, replace(FREE, fee_month_eur=100)).price_eur == 120_000


def test_a_zero_rate_loan_lent_after_the_bank_is_repaid_adds_its_whole_sum():
    """1 000 EUR a month: 200 000 EUR of bank, then 100 months of zero-rate loan: half the rest."""
    late = ZeroRateLoan(quota=0.2, cap_eur=1e9, defer_months=200, months=100)
    found = max_price(Means(income_month_eur=2_000), replace(FREE, ptz=(late,)))
    assert found.price_eur == pytest.approx(250_000)  # 0.2 x 250 000 = 50 000, 500 EUR a month
    assert found.ptz_eur == pytest.approx(50_000)


def test_the_zero_rate_loan_is_never_above_the_other_one():
    generous = ZeroRateLoan(quota=1.0, cap_eur=1e9, defer_months=200, months=400)
    found = max_price(Means(income_month_eur=2_000), replace(FREE, ptz=(generous,)))
    assert found.ptz_eur == pytest.approx(found.main_eur)
    assert found.main_eur == pytest.approx(200_000)


@pytest.mark.parametrize("income", [0.0, 500.0])
def test_without_capacity_only_savings_pay(income):
    means = Means(income_month_eur=income, other_debts_month_eur=400, apport_eur=10_250)
    found = max_price(means, USUAL)
    assert found.price_eur == pytest.approx(10_000)
    assert found.main_eur == pytest.approx(0)


def test_a_dearer_dwelling_leads_to_the_next_bracket():
    """The first bracket ends under what it would allow: the next one takes over."""
    first = replace(PTZ, quota=0.5, price_max_eur=150_000.0)
    second = replace(PTZ, quota=0.2)
    means = Means(income_month_eur=2_000, apport_eur=15_000)
    one, two = (max_price(means, replace(USUAL, ptz=(loan,))) for loan in (first, second))
    both = max_price(means, replace(USUAL, ptz=(first, second)))
    assert one.price_eur == 150_000
    assert both.price_eur == max(one.price_eur, two.price_eur)


def test_nobody_is_bound_to_a_zero_rate_loan_that_asks_too_much():
    """All of it in one month: worse than the bank alone."""
    brutal = ZeroRateLoan(quota=0.2, cap_eur=1e9, defer_months=0, months=1)
    means = Means(income_month_eur=2_000)
    found = reach(means, replace(FREE, ptz=(brutal,)))
    assert found.with_ptz.price_eur < found.without_ptz.price_eur
    assert found.best == found.without_ptz


def test_reach_without_any_zero_rate_loan():
    found = reach(Means(income_month_eur=2_000), FREE)
    assert found.with_ptz is None
    assert found.best.price_eur == 200_000
    assert found.rate_raised.price_eur < 200_000


MONEY = st.floats(0, 8_000)
MEANS = st.builds(
    Means,
    income_month_eur=MONEY,
    other_debts_month_eur=st.floats(0, 900),
    apport_eur=st.floats(0, 2e5),
)
LOANS = st.builds(
    ZeroRateLoan,
    quota=st.floats(0, 1),
    cap_eur=st.floats(0, 4e5),
    defer_months=st.integers(0, 180),
    months=st.integers(1, 180),
)
CREDITS = st.builds(
    Credit,
    rate=st.floats(0, 0.09),
    months=st.integers(12, 324),
    insurance=st.floats(0, 0.01),
    effort=st.floats(0.1, 0.5),
    fees=st.floats(0, 0.1),
    fee_month_eur=st.floats(0, 200),
    ptz=st.tuples(LOANS),
)


@given(MEANS, CREDITS)
def test_closed_form_is_the_bisection_of_the_model(means, credit):
    """``docs/model.md`` 4.2 word for word: P is affordable iff P(1+f) - apport - z <= L_max(z)."""
    expected = bisected(means, credit)
    assert max_price(means, credit).price_eur == pytest.approx(expected, rel=1e-7, abs=0.01)


def bisected(means, credit):
    (ptz,), capacity = credit.ptz, monthly_capacity_eur(means, credit)
    i, a = credit.rate / 12, credit.insurance / 12

    def affordable(price):
        need = price * (1 + credit.fees) - means.apport_eur
        if need <= 0:
            return True
        z = ptz.quota * min(price, ptz.cap_eur)
        z = need / 2 if z > need - z else z
        p = z / ptz.months
        if capacity <= 0 or p + a * z > capacity:
            return False
        d, n = ptz.defer_months, credit.months
        borne = annuity_factor(i, min(n, d + ptz.months)) - annuity_factor(i, min(n, d))
        full = annuity_factor(i, n)
        largest = max(0.0, ((capacity - a * z) * full - p * borne) / (1 + a * full))
        return need - z <= largest

    low, high = means.apport_eur / (1 + credit.fees), 1e7
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if affordable(middle) else (low, middle)
    return low


@given(MEANS, CREDITS, st.floats(0, 2_000), st.floats(0, 50_000))
def test_more_income_or_savings_never_lower_the_price(means, credit, raise_eur, gift_eur):
    richer = replace(
        means,
        income_month_eur=means.income_month_eur + raise_eur,
        apport_eur=means.apport_eur + gift_eur,
    )
    before, after = reach(means, credit), reach(richer, credit)
    assert after.best.price_eur >= before.best.price_eur * (1 - 1e-9)


@given(MEANS, CREDITS)
def test_dearer_money_never_raises_the_price(means, credit):
    found = reach(means, credit)
    assert found.rate_raised.price_eur <= found.best.price_eur * (1 + 1e-9)
    assert found.with_ptz.ptz_eur <= found.with_ptz.main_eur + 1e-6


@given(MEANS, CREDITS)
def test_the_payment_of_the_largest_price_is_the_capacity(means, credit):
    found = reach(means, credit)
    best = found.best.price_eur
    assert (
        payment_month_eur(best, means, credit) <= max(0.0, found.best.monthly_capacity_eur) + 0.01
    )
    if found.best.monthly_capacity_eur > 0:
        more = payment_month_eur(best + 1_000, means, credit)
        assert more >= found.best.monthly_capacity_eur - 0.01


@given(st.floats(0, 5e5), st.floats(0, 5e5), CREDITS)
def test_a_dearer_dwelling_never_costs_less_a_month(one, other, credit):
    means = Means(income_month_eur=2_000, apport_eur=10_000)
    low, high = sorted((one, other))
    assert payment_month_eur(low, means, credit) <= payment_month_eur(high, means, credit) + 1e-6


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": -0.01},
        {"months": 0},
        {"effort": 1.2},
        {"fees": math.nan},
        {"ptz": (replace(PTZ, months=0),)},
        {"ptz": (replace(PTZ, quota=1.4),)},
    ],
)
def test_meaningless_loans(wrong):
    with pytest.raises(UsageError) as error:
        max_price(Means(income_month_eur=2_000), replace(USUAL, **wrong))
    assert error.value.code == "E_LOAN"


@pytest.mark.parametrize("income", [-1.0, math.nan, math.inf])
def test_meaningless_means_are_refused_without_being_shown(income):
    with pytest.raises(UsageError) as error:
        max_price(Means(income_month_eur=income), without_ptz(USUAL))
    assert str(income) not in str(error.value)
