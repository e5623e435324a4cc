"""A plan balances to the cent; the required equity is the least that keeps the treasury afloat."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.actuarial import npv
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.loans import LoanTerms
from habitat_analysis.finance.rental_account import (
    CHARGES,
    Tranche,
    balanced_account,
    constant_indices,
    financing_plan,
    rate_of_return,
    rental_account,
)

MONEY = {"placement_rate": 0.015, "discount": 0.03}


@st.composite
def operations(draw):
    dwellings = draw(st.integers(1, 40))
    su = dwellings * draw(st.floats(30, 100))
    cost = su * draw(st.floats(1_500, 4_500))
    tranche = Tranche(
        dwellings=dwellings,
        su_m2=su,
        cost_ttc_eur=cost,
        building_cost_eur=cost * 0.7,
        rent_m2_su_month_eur=draw(st.floats(4.0, 14.0)),
        other_rent_month_eur=draw(st.floats(0, 40)) * dwellings,
        loss_share=draw(st.floats(0, 0.1)),
        management_eur_dwelling=draw(st.floats(200, 900)),
        maintenance_eur_dwelling=draw(st.floats(200, 700)),
        insurance_eur_dwelling=75.0,
        levies_share=0.0038,
        major_repairs_rate=draw(st.floats(0, 0.006)),
        major_repairs_free_years=draw(st.integers(0, 10)),
        tfpb_eur_dwelling=draw(st.floats(0, 900)),
        tfpb_exempt_years=draw(st.sampled_from([15, 25, 30])),
    )
    subsidies = {"État": cost * draw(st.floats(0, 0.15)), "commune": cost * draw(st.floats(0, 0.1))}
    land = LoanTerms(
        id="foncier", amount_eur=cost * draw(st.floats(0, 0.2)), rate=0.023, years=60,
        revision="double", shifts=(0.004, 0.003),
    )  # fmt: skip
    building = LoanTerms(
        id="bati", rate=draw(st.floats(0.005, 0.05)), years=draw(st.integers(20, 50)), main=True,
        growth=draw(st.floats(-0.01, 0.01)), revision="double", shifts=(0.004, 0.003),
    )  # fmt: skip
    indices = constant_indices(60, rent=0.014, charges=0.018, tfpb=0.02, repairs=0.02)
    return tranche, subsidies, (land, building), indices


def drawn(operation, equity):
    tranche, subsidies, loans, indices = operation
    plan = financing_plan(tranche.cost_ttc_eur, subsidies=subsidies, equity_eur=equity, loans=loans)
    return rental_account(tranche, plan, indices, **MONEY)


@settings(max_examples=200)
@given(operations(), st.floats(0, 0.6))
def test_resources_are_the_cost_to_the_cent(operation, share):
    tranche = operation[0]
    plan = drawn(operation, share * tranche.cost_ttc_eur).plan
    assert plan.resources_eur - plan.overflow_eur == pytest.approx(tranche.cost_ttc_eur, abs=0.005)


@settings(max_examples=200)
@given(operations())
def test_required_equity_brings_the_lowest_treasury_to_zero(operation):
    needed = drawn(operation, 0.0).equity_required_eur
    if needed is None:
        account = drawn(operation, drawn(operation, 0.0).plan.balancing_eur)
        assert not account.balanced
        return
    account = drawn(operation, needed)
    assert account.balanced
    if needed > 0:
        assert account.min_cumulative_eur == pytest.approx(0.0, abs=0.005)
        assert not drawn(operation, needed * 0.99 - 1).balanced


@settings(max_examples=200)
@given(operations())
def test_bisection_finds_the_same_required_equity(operation):
    without = drawn(operation, 0.0)
    needed = without.equity_required_eur
    if not needed:
        return
    low, high = 0.0, without.plan.balancing_eur
    for _ in range(60):
        middle = (low + high) / 2
        afloat = drawn(operation, middle).min_cumulative_eur >= 0
        low, high = (low, middle) if afloat else (middle, high)
    assert high == pytest.approx(needed, abs=0.02)


@settings(max_examples=200)
@given(operations(), st.floats(0.01, 100))
def test_scaling_all_money_scales_all_results(operation, k):
    tranche, subsidies, loans, indices = operation
    money = [name for name in Tranche.__slots__ if "eur" in name]
    scaled = (
        replace(tranche, **{name: getattr(tranche, name) * k for name in money}),
        {giver: amount * k for giver, amount in subsidies.items()},
        tuple(
            loan if loan.amount_eur is None else replace(loan, amount_eur=loan.amount_eur * k)
            for loan in loans
        ),
        indices,
    )
    equity = 0.3 * tranche.cost_ttc_eur
    one, other = drawn(operation, equity), drawn(scaled, equity * k)
    size = tranche.cost_ttc_eur * k
    assert other.cumulative == pytest.approx(one.cumulative * k, rel=1e-9, abs=1e-9 * size)
    assert other.npv_eur == pytest.approx(one.npv_eur * k, rel=1e-9, abs=1e-9 * size)
    if one.balance_rent_m2 is not None:
        assert other.balance_rent_m2 == pytest.approx(one.balance_rent_m2 * k, rel=1e-6)


@settings(max_examples=200)
@given(operations())
def test_the_balance_rent_balances(operation):
    tranche, subsidies, loans, indices = operation
    rent = drawn(operation, 0.2 * tranche.cost_ttc_eur).balance_rent_m2
    again = (replace(tranche, rent_m2_su_month_eur=rent), subsidies, loans, indices)
    account = drawn(again, 0.2 * tranche.cost_ttc_eur)
    assert account.min_cumulative_eur == pytest.approx(0.0, abs=1e-6 * tranche.cost_ttc_eur)


@given(operations())
def test_every_line_is_in_the_net(operation):
    account = drawn(operation, 0.0)
    spent = sum(account.lines[name] for name in CHARGES)
    assert account.lines["net"] == pytest.approx(account.lines["rent"] - spent)
    flows = [-account.plan.equity_eur, *account.lines["net"]]
    if account.irr is not None:
        assert npv(account.irr, flows) == pytest.approx(0, abs=1e-4 * np.abs(flows).sum())
    else:
        assert account.irr_reason


def test_a_plan_by_hand():
    loans = [
        LoanTerms(id="foncier", amount_eur=300.0, rate=0.02, years=60),
        LoanTerms(id="bati", rate=0.02, years=40, main=True),
    ]
    plan = financing_plan(1_000.0, subsidies={"État": 150.0}, equity_eur=100.0, loans=loans)
    assert (plan.subsidies_eur, plan.loans_eur, plan.balancing_eur) == (150.0, 750.0, 450.0)


def test_resources_above_the_cost_are_said_not_hidden():
    loans = [LoanTerms(id="bati", rate=0.02, years=40, main=True)]
    plan = financing_plan(1_000.0, subsidies={"État": 900.0}, equity_eur=300.0, loans=loans)
    assert (plan.balancing_eur, plan.overflow_eur) == (0.0, 200.0)


@pytest.mark.parametrize("amounts", [(1.0, 2.0), (None, None)])
def test_one_loan_balances_not_none_not_two(amounts):
    loans = [
        LoanTerms(id=f"l{k}", amount_eur=a, rate=0.02, years=40) for k, a in enumerate(amounts)
    ]
    with pytest.raises(UsageError) as refused:
        financing_plan(1_000.0, subsidies={}, equity_eur=0.0, loans=loans)
    assert refused.value.code == "E_ONE_BALANCING_LOAN"


def test_negative_money_no_surface_no_year_are_refused():
    loan = LoanTerms(id="bati", rate=0.02, years=40, main=True)
    tranche = Tranche(
        dwellings=1, su_m2=0.0, cost_ttc_eur=1, building_cost_eur=1, rent_m2_su_month_eur=7
    )
    with pytest.raises(UsageError) as refused:
        financing_plan(1_000.0, subsidies={"État": -1.0}, equity_eur=0.0, loans=[loan])
    assert refused.value.code == "E_LOAN"
    plan = financing_plan(1.0, subsidies={}, equity_eur=0.0, loans=[loan])
    indices = constant_indices(40, rent=0, charges=0, tfpb=0)
    with pytest.raises(UsageError) as refused:
        rental_account(tranche, plan, indices, **MONEY)
    assert refused.value.code == "E_SU"
    none = constant_indices(0, rent=0, charges=0, tfpb=0)
    with pytest.raises(UsageError) as refused:
        rental_account(replace(tranche, su_m2=60.0), plan, none, **MONEY)
    assert refused.value.code == "E_YEARS"


def test_an_equity_that_no_loan_can_replace_is_not_reached():
    """Rents below charges: even without any loan the treasury falls."""
    tranche = Tranche(
        dwellings=1, su_m2=60.0, cost_ttc_eur=100_000, building_cost_eur=70_000,
        rent_m2_su_month_eur=1.0, management_eur_dwelling=2_000,
    )  # fmt: skip
    loans = [LoanTerms(id="bati", rate=0.02, years=40, main=True)]
    indices = constant_indices(40, rent=0, charges=0, tfpb=0)
    account = balanced_account(tranche, loans, indices, subsidies={}, **MONEY)
    assert account.equity_required_eur is None
    assert not account.balanced
    assert account.plan.balancing_eur == 0
    assert account.first_negative_year == 1


def test_the_equity_people_decided_is_kept():
    tranche = Tranche(
        dwellings=1, su_m2=60.0, cost_ttc_eur=150_000, building_cost_eur=70_000,
        rent_m2_su_month_eur=7.0,
    )  # fmt: skip
    loans = [LoanTerms(id="bati", rate=0.02, years=40, main=True)]
    indices = constant_indices(40, rent=0, charges=0, tfpb=0)
    account = balanced_account(tranche, loans, indices, subsidies={}, equity_eur=5_000.0, **MONEY)
    assert account.plan.equity_eur == 5_000
    assert account.equity_required_eur == pytest.approx(12_128, abs=1)


def test_a_rate_of_return_or_its_reason():
    assert rate_of_return([-100.0, 60.0, 60.0])[0] == pytest.approx(0.130662, abs=1e-6)
    assert "3 fois" in rate_of_return([-1.0, 3.0, -3.0, 1.0])[1]
