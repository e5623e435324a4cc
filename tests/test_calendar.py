"""Cash of an operation: what goes out, what is called, and the credit in between."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.calendar import Outflow, Receipt, Sale, cash_calendar

CAPS = {"fondations": 0.35, "hors_eau": 0.70, "achevement": 0.95, "livraison": 1.0}
DATES = {"fondations": 2, "hors_eau": 4, "achevement": 6, "livraison": 7}
SETTING = {"months": 8, "credit_rate": 0.12, "milestones": DATES, "call_caps": CAPS}
WORKS = Outflow(id="travaux", amount_eur=600, start_month=1, end_month=6)
LOT = Sale(id="lot", kind="vefa", amount_eur=1_000, signed_month=0, calls=tuple(CAPS.items()))


def run(outflows=(), sales=(), receipts=(), **changes):
    return cash_calendar(outflows, sales, receipts, **SETTING | changes)


def refused(code: str, *args, **kwargs) -> str:
    with pytest.raises(UsageError) as error:
        run(*args, **kwargs)
    assert error.value.code == code
    return str(error.value)


def test_an_outflow_is_spread_over_both_ends():
    assert run([WORKS], credit_rate=0).outflows_eur == (0, 100, 100, 100, 100, 100, 100, 0, 0)


def test_interest_is_paid_on_what_was_owed_the_month_before():
    calendar = run([replace(WORKS, amount_eur=100, end_month=1)], months=3, milestones={})
    assert calendar.balances_eur == pytest.approx((0, -100, -101, -102.01))
    assert calendar.interests_eur == pytest.approx((0, 0, 1, 1.01))
    assert calendar.interest_eur == pytest.approx(2.01)
    assert (calendar.peak_debt_eur, calendar.peak_month) == (pytest.approx(102.01), 3)
    assert calendar.peak_debt_without_interest_eur == 100
    assert calendar.final_balance_eur == pytest.approx(-102.01)


def test_a_balance_above_zero_earns_nothing_and_owes_nothing():
    calendar = run(receipts=[Receipt(id="fp", amount_eur=50, month=0)])
    assert set(calendar.balances_eur) == {50}
    assert (calendar.peak_debt_eur, calendar.peak_month, calendar.interest_eur) == (0, None, 0)


def test_calls_follow_the_milestones():
    assert run(sales=[LOT]).sales_eur == pytest.approx((0, 0, 350, 0, 350, 0, 250, 50, 0))


def test_a_late_buyer_catches_up_at_signature():
    late = run(sales=[replace(LOT, signed_month=5)])
    assert late.sales_eur == pytest.approx((0, 0, 0, 0, 0, 700, 250, 50, 0))
    last = run(sales=[replace(LOT, signed_month=8)])
    assert last.sales_eur[8] == pytest.approx(1_000)


def test_an_option_is_not_capped():
    option = Sale(
        id="psla", kind="option", amount_eur=900, signed_month=8, calls=(("fondations", 1.0),)
    )
    assert run(sales=[option]).sales_eur[8] == pytest.approx(900)
    capped = replace(option, kind="vefa")
    assert "fondations" in refused("E_VEFA_CAP", sales=[capped])


@pytest.mark.parametrize("milestone", list(CAPS)[:3])
def test_a_call_above_its_ceiling_is_refused(milestone):
    calls = tuple((name, cap + 0.001 * (name == milestone)) for name, cap in CAPS.items())
    refused("E_VEFA_CAP", sales=[replace(LOT, calls=calls)])


def test_calls_never_go_back():
    falling = (("fondations", 0.3), ("hors_eau", 0.2))
    refused("E_VEFA_ORDER", sales=[replace(LOT, calls=falling)])
    refused("E_VEFA_ORDER", sales=[replace(LOT, calls=(("fondations", -0.1),))])
    refused("E_VEFA_ORDER", sales=[LOT], milestones=DATES | {"hors_eau": 1})


def test_an_unknown_milestone_is_refused():
    assert "toiture" in refused("E_KEY", sales=[replace(LOT, calls=(("toiture", 0.5),))])
    no_cap = {name: cap for name, cap in CAPS.items() if name != "hors_eau"}
    refused("E_KEY", sales=[LOT], call_caps=no_cap)


@pytest.mark.parametrize(
    "arguments",
    [
        {"outflows": [replace(WORKS, end_month=9)]},
        {"outflows": [replace(WORKS, start_month=-1)]},
        {"outflows": [replace(WORKS, start_month=6, end_month=5)]},
        {"sales": [replace(LOT, signed_month=9)]},
        {"receipts": [Receipt(id="fp", amount_eur=1, month=9)]},
        {"receipts": [Receipt(id="fp", amount_eur=1, month=0.5)]},
        {"milestones": DATES | {"livraison": 9}},
        {"months": -1},
    ],
)
def test_months_stay_within_the_calendar(arguments):
    refused("E_MONTH", **arguments)


def test_a_negative_rate_is_refused():
    refused("E_LOAN", credit_rate=-0.01)


outflows = st.lists(
    st.builds(
        lambda amount, ends: Outflow(
            id="x", amount_eur=amount, start_month=min(ends), end_month=max(ends)
        ),
        st.floats(0, 1e6),
        st.tuples(st.integers(0, 8), st.integers(0, 8)),
    ),
    max_size=6,
)
sales = st.lists(
    st.builds(replace, st.just(LOT), amount_eur=st.floats(0, 1e6), signed_month=st.integers(0, 8)),
    max_size=6,
)
receipts = st.lists(
    st.builds(Receipt, id=st.just("r"), amount_eur=st.floats(0, 1e6), month=st.integers(0, 8)),
    max_size=6,
)


@settings(max_examples=200)
@given(outflows, sales, receipts)
def test_every_euro_is_in_the_final_balance(outflows, sales, receipts):
    calendar = run(outflows, sales, receipts)
    received = math.fsum([line.amount_eur for line in (*sales, *receipts)])
    spent = math.fsum([line.amount_eur for line in outflows])
    assert calendar.final_balance_eur == pytest.approx(
        received - spent - calendar.interest_eur, rel=1e-9, abs=1e-3
    )
    assert calendar.peak_debt_eur >= calendar.peak_debt_without_interest_eur - 1e-6
    assert calendar.peak_debt_eur == pytest.approx(max(0, -min(calendar.balances_eur)))
    assert len(calendar.balances_eur) == 9


@settings(max_examples=200)
@given(outflows, sales, receipts, st.floats(0.1, 10))
def test_all_money_times_k_gives_results_times_k(outflows, sales, receipts, k):
    many = [
        [replace(line, amount_eur=k * line.amount_eur) for line in lines]
        for lines in (outflows, sales, receipts)
    ]
    one, more = run(outflows, sales, receipts), run(*many)
    assert more.balances_eur == pytest.approx(
        [k * balance for balance in one.balances_eur], rel=1e-6, abs=1e-3
    )
    assert more.peak_debt_eur == pytest.approx(k * one.peak_debt_eur, rel=1e-6, abs=1e-3)


@settings(max_examples=200)
@given(outflows, sales, receipts, st.floats(0, 0.1), st.floats(0, 0.1))
def test_a_dearer_credit_never_helps(outflows, sales, receipts, rate, more):
    cheap = run(outflows, sales, receipts, credit_rate=rate)
    dear = run(outflows, sales, receipts, credit_rate=rate + more)
    assert dear.peak_debt_eur >= cheap.peak_debt_eur - 1e-6
    assert dear.final_balance_eur <= cheap.final_balance_eur + 1e-6


@settings(max_examples=200)
@given(outflows, sales, receipts, st.integers(0, 8))
def test_a_later_signature_never_lowers_the_debt(outflows, sales, receipts, month):
    later = [replace(sale, signed_month=max(sale.signed_month, month)) for sale in sales]
    soon, late = run(outflows, sales, receipts), run(outflows, later, receipts)
    assert late.peak_debt_eur >= soon.peak_debt_eur - 1e-6
