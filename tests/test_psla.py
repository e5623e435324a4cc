"""PSLA: the option, the years of rent before it, and the price of a buy-back."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.psla import (
    BuybackTerms,
    PslaTerms,
    buyback_price,
    buyback_schedule,
    earliest_option,
    psla_option,
    psla_years,
)

# 50 m² at 2 000 EUR HT; 400 of rent and 100 of savings each month; a loan at 0 % over 200 months.
TERMS = PslaTerms(
    price_ttc_eur=105_500,
    vat=0.055,
    su_m2=50,
    price_cap_ht_m2_su_eur=2_000,
    rent_part_m2_su_month_eur=8,
    rent_cap_m2_su_month_eur=8,
    acquisitive_month_eur=100,
    decrease=0.01,
    decrease_min=0.01,
    fees_eur=2_000,
    apport_eur=5_000,
    loan_rate=0.0,
    loan_months=200,
)
PSLA_BUYBACK = BuybackTerms(first_rate=1.0, drop=0.025, flat_years=5, end_years=15)

terms = st.builds(
    replace,
    st.just(TERMS),
    price_ttc_eur=st.floats(10_000, 105_000),
    rent_part_m2_su_month_eur=st.floats(1, 7.9),
    acquisitive_month_eur=st.floats(0, 1_000),
    decrease=st.floats(0.01, 0.05),
    fees_eur=st.floats(0, 20_000),
    apport_eur=st.floats(0, 50_000),
    loan_rate=st.floats(0, 0.08),
    loan_months=st.integers(60, 360),
    indemnity_rate=st.floats(0, 0.02),
)


def refused(code: str, **changes) -> None:
    with pytest.raises(UsageError) as error:
        psla_option(replace(TERMS, **changes), 12)
    assert error.value.code == code


def test_the_price_falls_by_one_hundredth_of_the_contract_at_each_anniversary():
    prices = [psla_option(TERMS, month).price_eur for month in (0, 11, 12, 23, 24)]
    assert prices == pytest.approx([105_500, 105_500, 104_445, 104_445, 103_390])


def test_an_option_by_hand():
    option = psla_option(TERMS, 24)
    assert option.rent_part_month_eur == 400
    assert option.redevance_month_eur == 500
    assert option.savings_eur == option.refund_eur == 2_400
    assert option.loan_eur == pytest.approx(103_390 + 2_000 - 2_400 - 5_000)
    assert option.payment_month_eur == pytest.approx(97_990 / 200)
    assert option.payment_within_redevance
    assert option.price_ht_m2_su_eur == pytest.approx(2_000)


def test_what_the_seller_keeps_when_the_contract_is_broken():
    broken = psla_option(replace(TERMS, indemnity_rate=0.02), 24)
    assert broken.refund_eur == pytest.approx(2_400 - 2_110)
    assert psla_option(replace(TERMS, indemnity_rate=0.02), 12).refund_eur == pytest.approx(-910)


def test_savings_above_the_price_leave_no_loan():
    option = psla_option(replace(TERMS, apport_eur=200_000), 12)
    assert (option.loan_eur, option.payment_month_eur) == (0, 0)


def test_ceilings_may_be_reached_but_not_passed():
    psla_option(TERMS, 0)  # price, rent and decrease are all equal to their bound
    refused("E_PSLA_PRICE_CAP", price_ttc_eur=105_501)
    refused("E_PSLA_RENT_CAP", rent_part_m2_su_month_eur=8.01)
    refused("E_PSLA_DECREASE", decrease=0.0099)
    psla_option(replace(TERMS, decrease=0.02), 12)  # a commercial gift


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("E_SU", {"su_m2": 0}),
        ("E_LOAN", {"loan_months": 0}),
        ("E_LOAN", {"loan_rate": -13}),
        ("E_PSLA_PRICE_CAP", {"price_ttc_eur": float("nan")}),
    ],
)
def test_meaningless_terms(code, changes):
    refused(code, **changes)


@pytest.mark.parametrize("months", [-1, 1.5])
def test_meaningless_months(months):
    with pytest.raises(UsageError) as error:
        psla_option(TERMS, months)
    assert error.value.code == "E_MONTH"


def test_years_are_options_at_anniversaries():
    rows = psla_years(TERMS, 3)
    assert [row.year for row in rows] == [1, 2, 3]
    assert {row.redevance_eur for row in rows} == {6_000}
    assert {row.rent_part_eur for row in rows} == {4_800}
    for row in rows:
        option = psla_option(TERMS, 12 * row.year)
        same = ("savings_eur", "price_eur", "loan_eur", "payment_month_eur", "refund_eur")
        assert [getattr(row, name) for name in same] == [getattr(option, name) for name in same]
    with pytest.raises(UsageError) as error:
        psla_years(TERMS, 0)
    assert error.value.code == "E_YEARS"


def test_the_earliest_option_by_hand():
    # 102 500 - 100 m <= 500 x 200 = 100 000 from month 25; the falls of price bring it to month 15:
    # 102 500 - 1 055 - 100 m <= 100 000 when m >= 14.45.
    assert earliest_option(TERMS, 48) == 15
    assert earliest_option(TERMS, 14) is None
    assert earliest_option(replace(TERMS, apport_eur=50_000), 48) == 1
    assert earliest_option(replace(TERMS, apport_eur=50_000), 48, months_min=6) == 6


@settings(max_examples=200)
@given(terms, st.integers(0, 60), st.floats(0.1, 10))
def test_all_money_times_k_gives_results_times_k(terms, months, k):
    amounts = {name: value * k for name, value in asdict(terms).items() if name.endswith("_eur")}
    one, many = psla_option(terms, months), psla_option(replace(terms, **amounts), months)
    for name, value in asdict(one).items():
        if name.endswith("_eur"):
            assert getattr(many, name) == pytest.approx(k * value, rel=1e-9, abs=1e-6)


@settings(max_examples=200)
@given(terms, st.integers(0, 60))
def test_waiting_never_raises_the_payment(terms, months):
    now, later = psla_option(terms, months), psla_option(terms, months + 1)
    assert later.payment_month_eur <= now.payment_month_eur + 1e-9
    assert later.savings_eur >= now.savings_eur
    first = earliest_option(terms, 61)
    passes = [month for month in range(1, 62) if psla_option(terms, month).payment_within_redevance]
    assert first == (passes[0] if passes else None)
    assert passes == list(range(62 - len(passes), 62))


def test_buyback_prices_by_hand():
    hlm = BuybackTerms(first_rate=0.8, drop=0.015, flat_years=5, end_years=15)
    years = (0, 4, 5, 14, 15, 40)
    assert [buyback_price(100_000, hlm, year) for year in years] == pytest.approx(
        [80_000, 80_000, 78_500, 65_000, None, None]
    )
    assert buyback_price(100_000, PSLA_BUYBACK, 14) == pytest.approx(75_000)


def test_a_guarantee_never_falls_below_zero():
    steep = BuybackTerms(first_rate=0.5, drop=0.3, flat_years=1, end_years=5)
    assert [price for _, price in buyback_schedule(1_000, steep)] == pytest.approx(
        [500, 200, 0, 0, 0]
    )
    assert buyback_schedule(1_000, replace(steep, flat_years=0, end_years=0)) == ()


@settings(max_examples=200)
@given(
    st.floats(1, 1e6),
    st.floats(0, 1),
    st.floats(0, 0.1),
    st.integers(0, 10),
    st.integers(0, 15),
)
def test_the_schedule_never_rises_and_scales_with_the_price(price, rate, drop, flat, more):
    terms = BuybackTerms(first_rate=rate, drop=drop, flat_years=flat, end_years=flat + more)
    schedule = buyback_schedule(price, terms)
    assert [year for year, _ in schedule] == list(range(flat + more))
    prices = [value for _, value in schedule]
    assert prices == sorted(prices, reverse=True)
    assert all(value == pytest.approx(rate * price) for value in prices[:flat])
    assert [value for _, value in buyback_schedule(3 * price, terms)] == pytest.approx(
        [3 * value for value in prices]
    )


@pytest.mark.parametrize(
    ("code", "price", "changes", "year"),
    [
        ("E_YEARS", 1_000, {}, -1),
        ("E_USAGE", -1, {}, 0),
        ("E_USAGE", 1_000, {"flat_years": 16}, 0),
        ("E_USAGE", 1_000, {"flat_years": -1}, 0),
        ("E_USAGE", 1_000, {"drop": -0.1}, 0),
        ("E_USAGE", 1_000, {"first_rate": -0.1}, 0),
    ],
)
def test_meaningless_guarantees(code, price, changes, year):
    with pytest.raises(UsageError) as error:
        buyback_price(price, replace(PSLA_BUYBACK, **changes), year)
    assert error.value.code == code
