"""BRS: an OFS that balances its land, a household that pays its fee, a resale that is capped."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.brs import (
    OfsTerms,
    brs_household_month,
    brs_resale_price,
    ofs_account,
)

# Land of 24 000 repaid in 20 years at 0 %: 1 200 a year; 2 dwellings at 60; 100 m².
TERMS = OfsTerms(
    shab_m2=100,
    su_m2=110,
    dwellings=2,
    land_cost_eur=30_000,
    land_subsidies_eur=6_000,
    loan_rate=0.0,
    loan_years=20,
    management_eur_dwelling_year=60,
    fee_m2_month_eur=1.2,
    price_cap_ht_m2_su_eur=3_000,
    building_cost_ht_eur=300_000,
    margin=0.1,
    vat=0.055,
)

terms = st.builds(
    replace,
    st.just(TERMS),
    shab_m2=st.floats(40, 2_000),
    dwellings=st.integers(1, 40),
    land_cost_eur=st.floats(6_000, 1e6),
    loan_rate=st.floats(0, 0.06),
    loan_years=st.integers(1, 80),
    management_eur_dwelling_year=st.floats(0, 500),
    loss_rate=st.floats(0, 0.2),
    fee_m2_month_eur=st.floats(0.01, 6),
    fee_growth=st.floats(-0.01, 0.03),
    cost_growth=st.floats(-0.01, 0.04),
    placement_rate=st.floats(0, 0.05),
)


def test_an_account_by_hand():
    account = ofs_account(TERMS)
    assert account.annuity_eur == 1_200
    assert account.required_fee_flat_m2_month_eur == pytest.approx(1.1)
    assert account.fee_min_balanced_m2_month_eur == pytest.approx(1.1)
    assert account.rows[0].net_eur == pytest.approx(1_440 - 1_200 - 120)
    assert account.cumulative_end_eur == pytest.approx(20 * 120)
    assert account.min_cumulative_eur == pytest.approx(120)
    assert account.first_negative_year is None
    assert account.balanced
    assert account.fee_month_dwelling_eur == pytest.approx(60)


def test_the_price_of_the_building_leaves_the_land_out():
    account = ofs_account(TERMS)
    assert account.price_ht_eur == pytest.approx(330_000)
    assert account.price_ttc_eur == pytest.approx(348_150)
    assert account.price_ttc_m2_eur == pytest.approx(3_481.5)
    assert account.price_cap_ht_eur == 330_000
    assert account.price_ok  # equality passes
    assert not ofs_account(replace(TERMS, building_cost_ht_eur=300_001)).price_ok


def test_a_fee_that_does_not_follow_the_costs_ends_below_zero():
    account = ofs_account(replace(TERMS, fee_m2_month_eur=1.1, cost_growth=0.02))
    assert account.first_negative_year == 2
    assert not account.balanced
    assert account.min_cumulative_eur == account.cumulative_end_eur < 0


def test_free_land_costs_its_management_only():
    account = ofs_account(replace(TERMS, land_cost_eur=6_000))
    assert account.annuity_eur == 0
    assert account.fee_min_balanced_m2_month_eur == pytest.approx(0.1)


def test_half_of_the_fees_lost_doubles_the_fee_needed():
    account = ofs_account(replace(TERMS, loss_rate=0.5))
    assert account.rows[0].fees_eur == pytest.approx(720)
    assert account.fee_min_balanced_m2_month_eur == pytest.approx(2.2)
    assert account.fee_month_dwelling_eur == pytest.approx(60)  # asked of a household, the same


@settings(max_examples=200)
@given(terms)
def test_the_smallest_fee_brings_the_lowest_balance_to_zero(terms):
    fee = ofs_account(terms).fee_min_balanced_m2_month_eur

    def lowest(fee_m2_month_eur: float) -> float:
        return ofs_account(replace(terms, fee_m2_month_eur=fee_m2_month_eur)).min_cumulative_eur

    scale = terms.land_cost_eur * (1 + terms.placement_rate) ** terms.loan_years
    assert lowest(fee) == pytest.approx(0, abs=1e-9 * scale)
    assert brentq(lowest, 0, 2 * fee + 1, xtol=1e-12) == pytest.approx(fee, rel=1e-6, abs=1e-9)
    assert lowest(fee * 1.01 + 0.01) > 0


@settings(max_examples=200)
@given(terms, st.floats(0.1, 10))
def test_all_money_times_k_gives_results_times_k(terms, k):
    amounts = {name: v * k for name, v in asdict(terms).items() if "_eur" in name}
    one, many = ofs_account(terms), ofs_account(replace(terms, **amounts))
    for name, value in asdict(one).items():
        if "_eur" in name:
            assert getattr(many, name) == pytest.approx(k * value, rel=1e-6, abs=1e-4)


@settings(max_examples=200)
@given(terms, st.floats(0.01, 3))
def test_a_higher_fee_never_harms_the_balance(terms, more):
    low = ofs_account(terms)
    high = ofs_account(replace(terms, fee_m2_month_eur=terms.fee_m2_month_eur + more))
    assert high.min_cumulative_eur >= low.min_cumulative_eur
    assert high.fee_min_balanced_m2_month_eur == low.fee_min_balanced_m2_month_eur
    assert len(low.rows) == terms.loan_years
    assert low.min_cumulative_eur == min(row.cumulative_eur for row in low.rows)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("E_SU", {"shab_m2": 0}),
        ("E_SU", {"su_m2": 0}),
        ("E_LOAN", {"land_subsidies_eur": 30_001}),
        ("E_LOAN", {"loan_years": 0}),
        ("E_USAGE", {"dwellings": 0}),
        ("E_USAGE", {"loss_rate": 1}),
        ("E_USAGE", {"placement_rate": -1}),
    ],
)
def test_meaningless_terms(code, changes):
    with pytest.raises(UsageError) as error:
        ofs_account(replace(TERMS, **changes))
    assert error.value.code == code


HOUSEHOLD = {
    "price_ttc_eur": 180_000,
    "fees_eur": 5_000,
    "apport_eur": 5_000,
    "loan_rate": 0.0,
    "loan_months": 300,
    "fee_m2_month_eur": 1.6,
    "shab_m2": 65,
    "charges_month_eur": 96,
}


def test_a_household_pays_its_loan_its_fee_and_its_charges():
    month = brs_household_month(**HOUSEHOLD)
    assert month.loan_eur == 180_000
    assert (month.payment_eur, month.fee_eur, month.charges_eur) == (600, 104, 96)
    assert month.burden_eur == 800


def test_a_household_without_loan_still_pays_the_land():
    month = brs_household_month(**HOUSEHOLD | {"apport_eur": 500_000})
    assert (month.loan_eur, month.burden_eur) == (0, 200)


@pytest.mark.parametrize(
    ("code", "changes"),
    [("E_LOAN", {"loan_months": 0}), ("E_LOAN", {"loan_rate": -12}), ("E_SU", {"shab_m2": 0})],
)
def test_meaningless_households(code, changes):
    with pytest.raises(UsageError) as error:
        brs_household_month(**HOUSEHOLD | changes)
    assert error.value.code == code


def test_a_resale_price_follows_the_index_up_to_the_ceiling():
    indexes = {"index_at_purchase": 100, "index_at_resale": 110}
    assert brs_resale_price(200_000, **indexes) == pytest.approx(220_000)
    assert brs_resale_price(200_000, **indexes, works_eur=5_000) == pytest.approx(225_000)
    assert brs_resale_price(200_000, **indexes, works_eur=5_000, cap_eur=210_000) == 210_000


@pytest.mark.parametrize("indexes", [(0, 100), (100, 0), (100, float("nan"))])
def test_meaningless_indexes(indexes):
    with pytest.raises(UsageError):
        brs_resale_price(1, index_at_purchase=indexes[0], index_at_resale=indexes[1])
