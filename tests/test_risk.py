"""Risks of the sales: laws that add up, guarantees against the market, draws near exact moments."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.psla import BuybackTerms
from habitat_analysis.finance.risk import (
    ResultRisks,
    buyback_cost,
    buyback_stress,
    monte_carlo,
    presale_check,
    unsold_lots,
)

UNSOLD = {
    "lots": 2,
    "p_unsold": 0.5,
    "price_ttc_eur": 120_000,
    "vat": 0.2,
    "discount": 0.1,
    "carry_month_eur": 500,
    "months": 6,
}


def test_two_lots_by_hand():
    unsold = unsold_lots(**UNSOLD)
    assert unsold.loss_per_lot_eur == pytest.approx(10_000 + 3_000)
    assert unsold.p_at_least == pytest.approx((1, 0.75, 0.25))
    assert unsold.expected_loss_eur == pytest.approx(13_000)
    assert unsold.worst_loss_eur == pytest.approx(26_000)
    assert unsold.var_lots == 2  # more than one: 25 %
    assert unsold_lots(**UNSOLD, tail=0.3).var_lots == 1
    assert unsold_lots(**UNSOLD, tail=0.8).var_lots == 0


@pytest.mark.parametrize(
    ("changes", "p_at_least", "var_lots"),
    [
        ({"lots": 0}, (1.0,), 0),
        ({"p_unsold": 0}, (1.0, 0.0, 0.0), 0),
        ({"p_unsold": 1}, (1.0, 1.0, 1.0), 2),
    ],
)
def test_no_lot_and_certainty(changes, p_at_least, var_lots):
    unsold = unsold_lots(**UNSOLD | changes)
    assert unsold.p_at_least == p_at_least
    assert unsold.var_lots == var_lots


@settings(max_examples=200)
@given(st.integers(0, 60), st.floats(0, 1), st.floats(0.001, 0.5))
def test_the_binomial_law_adds_up(lots, p, tail):
    unsold = unsold_lots(**UNSOLD | {"lots": lots, "p_unsold": p}, tail=tail)
    at_least = (*unsold.p_at_least, 0.0)
    assert sum(at_least[1:]) == pytest.approx(unsold.expected_unsold, abs=1e-9)  # mean
    by_hand = [math.comb(lots, k) * p**k * (1 - p) ** (lots - k) for k in range(lots + 1)]
    exactly = [more - less for more, less in pairwise(at_least)]
    assert exactly == pytest.approx(by_hand, abs=1e-9)
    assert at_least[unsold.var_lots + 1] <= tail
    assert unsold.var_lots == 0 or at_least[unsold.var_lots] > tail


@pytest.mark.parametrize(
    "changes",
    [
        {"lots": -1},
        {"lots": 1.5},
        {"p_unsold": 1.1},
        {"p_unsold": math.nan},
        {"vat": -1},
        {"months": -1},
        {"tail": 0},
    ],
)
def test_meaningless_lots(changes):
    with pytest.raises(UsageError):
        unsold_lots(**UNSOLD | changes)


FLAT = BuybackTerms(first_rate=1.0, drop=0.0, flat_years=2, end_years=2)
MARKET = {
    "market_growth": 0.0,
    "resale_cost": 0.1,
    "p_event": 0.01,
    "p_exit": 0.09,
    "discount": 0.0,
}


def test_two_years_of_guarantee_by_hand():
    cost = buyback_cost(100_000, FLAT, **MARKET)
    assert [row.loss_eur for row in cost.rows] == pytest.approx([10_000, 10_000])
    assert [row.still_held_share for row in cost.rows] == pytest.approx([1, 0.9])
    assert cost.expected_cost_eur == pytest.approx(100 + 90)
    discounted = buyback_cost(100_000, FLAT, **MARKET | {"discount": 0.25})
    assert discounted.expected_cost_eur == pytest.approx(100 / 1.25 + 90 / 1.25**2)


def test_a_market_above_the_guarantee_costs_nothing_but_cash():
    cost = buyback_cost(100_000, FLAT, **MARKET | {"market_growth": 0.2})
    assert cost.expected_cost_eur == 0
    stress = buyback_stress(cost, 4)
    assert (stress.year, stress.loss_eur, stress.cash_eur) == (None, 0, 400_000)


def test_the_stress_takes_the_worst_year_for_every_lot():
    cost = buyback_cost(100_000, FLAT, **MARKET | {"market_growth": -0.1})
    stress = buyback_stress(cost, 3)
    assert stress.year == 2
    assert stress.loss_per_lot_eur == pytest.approx(100_000 - 81_000 * 0.9)
    assert stress.loss_eur == pytest.approx(3 * stress.loss_per_lot_eur)


def test_no_guarantee_no_stress():
    never = BuybackTerms(first_rate=1.0, drop=0.0, flat_years=0, end_years=0)
    stress = buyback_stress(buyback_cost(100_000, never, **MARKET), 3)
    assert (stress.year, stress.loss_eur, stress.cash_eur) == (None, 0, 0)


market = st.fixed_dictionaries(
    {
        "market_growth": st.floats(-0.1, 0.05),
        "resale_cost": st.floats(0, 0.2),
        "p_event": st.floats(0, 0.1),
        "p_exit": st.floats(0, 0.2),
        "discount": st.floats(0, 0.08),
    }
)
guarantee = st.builds(
    BuybackTerms,
    first_rate=st.floats(0.5, 1),
    drop=st.floats(0, 0.05),
    flat_years=st.integers(0, 5),
    end_years=st.integers(5, 15),
)


@settings(max_examples=200)
@given(st.floats(1e4, 1e6), guarantee, market, st.floats(0.1, 10))
def test_buybacks_scale_with_prices_and_grow_with_the_fall(price, guarantee, market, k):
    one = buyback_cost(price, guarantee, **market)
    many = buyback_cost(k * price, guarantee, **market)
    assert many.expected_cost_eur == pytest.approx(k * one.expected_cost_eur, rel=1e-6, abs=1e-3)
    worse = market | {"market_growth": market["market_growth"] - 0.01}
    fallen = buyback_cost(price, guarantee, **worse)
    assert fallen.expected_cost_eur >= one.expected_cost_eur
    stress = buyback_stress(one, 7)
    assert stress.loss_eur == pytest.approx(7 * max(row.loss_eur for row in one.rows))
    assert stress.loss_per_lot_eur >= one.expected_cost_eur - 1e-6  # at most one event a lot


@pytest.mark.parametrize(
    "changes",
    [
        {"p_event": -0.1},
        {"p_event": 0.95},
        {"market_growth": -1},
        {"discount": -1},
        {"resale_cost": 1.1},
    ],
)
def test_meaningless_markets(changes):
    with pytest.raises(UsageError):
        buyback_cost(100_000, FLAT, **MARKET | changes)


def test_a_stress_needs_lots():
    with pytest.raises(UsageError):
        buyback_stress(buyback_cost(100_000, FLAT, **MARKET), -1)


RISKS = ResultRisks(
    result_base_eur=100_000,
    works_eur=3_000_000,
    works_low=0.97,
    works_mode=1.0,
    works_high=1.06,
    lots=10,
    p_unsold=0.1,
    loss_per_lot_eur=20_000,
    rate_sd=0.005,
    rate_sensitivity_eur=4_000_000,
)


def test_exact_moments_by_hand():
    drawn = monte_carlo(RISKS, draws=100, seed=1)
    # Works: mean 1.01, variance (a²+b²+c²-ab-ac-bc)/18; lots: 1 unsold, variance 0.9; rate: 0.
    variance = (0.97**2 + 1 + 1.06**2 - 0.97 - 0.97 * 1.06 - 1.06) / 18
    assert drawn.exact_mean_eur == pytest.approx(100_000 - 30_000 - 20_000)
    assert drawn.exact_sd_eur == pytest.approx(
        math.sqrt(9e12 * variance + 4e8 * 0.9 + 4e8), rel=1e-6
    )


def test_the_same_seed_gives_the_same_draws():
    first, again = (monte_carlo(RISKS, draws=500, seed=7) for _ in range(2))
    assert first == again
    assert first.results_eur.tolist() == again.results_eur.tolist()
    assert monte_carlo(RISKS, draws=500, seed=8) != first


def test_without_risk_the_result_is_the_base():
    still = {"works_low": 1.0, "works_high": 1.0, "p_unsold": 0.0, "rate_sd": 0.0}
    drawn = monte_carlo(replace(RISKS, **still), draws=50, seed=3)
    assert drawn.q05_eur == drawn.q50_eur == drawn.q95_eur == 100_000
    assert (drawn.sd_eur, drawn.exact_sd_eur, drawn.p_loss) == (0, 0, 0)
    lost = monte_carlo(replace(RISKS, **still, result_base_eur=-1_000), draws=50, seed=3)
    assert lost.p_loss == 1
    assert (lost.p_covered(999), lost.p_covered(1_000)) == (0, 1)


def test_drawn_results_cannot_be_changed():
    drawn = monte_carlo(RISKS, draws=10, seed=1)
    with pytest.raises(ValueError, match="read-only"):
        drawn.results_eur[0] = 0


risks = st.builds(
    replace,
    st.just(RISKS),
    works_low=st.floats(0.9, 1),
    works_mode=st.floats(1, 1.02),
    works_high=st.floats(1.02, 1.2),
    lots=st.integers(0, 30),
    p_unsold=st.floats(0, 1),
    loss_per_lot_eur=st.floats(0, 5e4),
    rate_sd=st.floats(0, 0.01),
)


@settings(max_examples=200)
@given(risks, st.integers(0, 2**32))
def test_draws_come_near_their_exact_moments(risks, seed):
    draws = 4_000
    drawn = monte_carlo(risks, draws=draws, seed=seed)
    assert abs(drawn.mean_eur - drawn.exact_mean_eur) <= 5 * drawn.exact_sd_eur / math.sqrt(draws)
    assert drawn.sd_eur == pytest.approx(drawn.exact_sd_eur, rel=0.15)
    assert drawn.q05_eur <= drawn.q50_eur <= drawn.q95_eur
    assert drawn.p_covered(0) == pytest.approx(1 - drawn.p_loss)
    covered = [drawn.p_covered(equity) for equity in (-1e5, 0, 1e5, 1e9)]
    assert covered == sorted(covered)
    assert covered[-1] == 1


@settings(max_examples=200)
@given(risks, st.floats(0.1, 10))
def test_all_money_times_k_gives_results_times_k(risks, k):
    names = ("result_base_eur", "works_eur", "loss_per_lot_eur", "rate_sensitivity_eur")
    dear = replace(risks, **{name: k * getattr(risks, name) for name in names})
    one, many = monte_carlo(risks, draws=50, seed=5), monte_carlo(dear, draws=50, seed=5)
    for name in ("mean_eur", "sd_eur", "q05_eur", "exact_mean_eur", "exact_sd_eur"):
        assert getattr(many, name) == pytest.approx(k * getattr(one, name), rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(
    "changes",
    [{"works_low": 1.1}, {"works_high": 0.9}, {"rate_sd": -1}, {"lots": -1}, {"p_unsold": 2}],
)
def test_meaningless_laws(changes):
    with pytest.raises(UsageError):
        monte_carlo(replace(RISKS, **changes), draws=10, seed=1)


def test_one_draw_has_no_deviation():
    with pytest.raises(UsageError):
        monte_carlo(RISKS, draws=1, seed=1)


@pytest.mark.parametrize(
    ("reserved", "lots", "share", "needed", "missing"),
    [
        (4, 10, 0.4, 4, 0),
        (3, 10, 0.4, 4, 1),
        (4, 11, 0.4, 5, 1),
        (0, 0, 0.5, 0, 0),
        (7, 7, 1, 7, 0),
    ],
)
def test_presale(reserved, lots, share, needed, missing):
    check = presale_check(reserved=reserved, lots=lots, bank_share=share)
    assert (check.needed_lots, check.missing_lots, check.ok) == (needed, missing, missing == 0)
    assert check.reserved_share == (pytest.approx(reserved / lots) if lots else None)


@settings(max_examples=200)
@given(st.integers(0, 200), st.floats(0, 1), st.data())
def test_presale_opens_at_the_share_and_not_before(lots, share, data):
    reserved = data.draw(st.integers(0, lots))
    check = presale_check(reserved=reserved, lots=lots, bank_share=share)
    assert check.ok == (reserved >= share * lots - 1e-9)
    assert presale_check(reserved=check.needed_lots, lots=lots, bank_share=share).ok


@pytest.mark.parametrize(("reserved", "lots", "share"), [(3, 2, 0.5), (-1, 2, 0.5), (1, 2, 1.5)])
def test_meaningless_presales(reserved, lots, share):
    with pytest.raises(UsageError):
        presale_check(reserved=reserved, lots=lots, bank_share=share)
