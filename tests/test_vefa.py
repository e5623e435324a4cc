"""VEFA: the margin of lots for sale, the chapters of their cost, the land that a margin pays."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.vefa import (
    CHAPTERS,
    Lot,
    countdown_land_eur,
    promoter_balance,
    promoter_chapters,
)

LOTS = (
    Lot(id="A", shab_m2=60, price_ttc_eur=144_000),
    Lot(id="B", shab_m2=40, price_ttc_eur=96_000),
)
TERMS = {"vat": 0.2, "sales_fee": 0.05, "target_margin": 0.15}

lots = st.lists(
    st.builds(Lot, id=st.just("x"), shab_m2=st.floats(15, 200), price_ttc_eur=st.floats(5e4, 1e6)),
    min_size=1,
    max_size=12,
)
rates = st.fixed_dictionaries(
    {
        "vat": st.sampled_from([0.055, 0.1, 0.2]),
        "sales_fee": st.floats(0, 0.1),
        "target_margin": st.floats(-0.2, 0.3),
    }
)


def test_a_balance_by_hand():
    balance = promoter_balance(LOTS, **TERMS, cost_ht_eur=160_000)
    assert balance.turnover_ht_eur == 200_000
    assert balance.cost_ht_eur == 170_000
    assert balance.margin_eur == 30_000
    assert balance.margin_rate == pytest.approx(0.15)
    assert balance.breakeven_price_ttc_m2_eur == pytest.approx(2_400)  # the price of the lots


def test_without_lot_there_is_neither_rate_nor_price():
    balance = promoter_balance([], **TERMS, cost_ht_eur=1_000)
    assert (balance.turnover_ht_eur, balance.cost_ht_eur, balance.margin_eur) == (0, 1_000, -1_000)
    assert balance.margin_rate is None
    assert balance.breakeven_price_ttc_m2_eur is None


@settings(max_examples=200)
@given(lots, rates, st.floats(1e4, 1e7))
def test_lots_sold_at_the_breakeven_price_give_the_target(lots, rates, cost):
    balance = promoter_balance(lots, **rates, cost_ht_eur=cost)
    price = balance.breakeven_price_ttc_m2_eur
    sold = [Lot(id=lot.id, shab_m2=lot.shab_m2, price_ttc_eur=price * lot.shab_m2) for lot in lots]
    again = promoter_balance(sold, **rates, cost_ht_eur=cost)
    assert again.margin_rate == pytest.approx(rates["target_margin"], abs=1e-9)
    assert again.breakeven_price_ttc_m2_eur == pytest.approx(price)


@settings(max_examples=200)
@given(lots, rates, st.floats(0, 1e7), st.floats(0.1, 10))
def test_all_money_times_k_gives_results_times_k(lots, rates, cost, k):
    dear = [Lot(id=t.id, shab_m2=t.shab_m2, price_ttc_eur=k * t.price_ttc_eur) for t in lots]
    one = promoter_balance(lots, **rates, cost_ht_eur=cost)
    many = promoter_balance(dear, **rates, cost_ht_eur=k * cost)
    assert many.turnover_ht_eur == pytest.approx(k * one.turnover_ht_eur)
    assert many.margin_eur == pytest.approx(k * one.margin_eur, rel=1e-9, abs=1e-3)
    assert many.margin_rate == pytest.approx(one.margin_rate, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    "changes",
    [
        {"sales_fee": 0.5, "target_margin": 0.5},
        {"sales_fee": -0.01},
        {"target_margin": math.nan},
        {"vat": -1},
    ],
)
def test_meaningless_rates(changes):
    with pytest.raises(UsageError) as error:
        promoter_balance(LOTS, **TERMS | changes, cost_ht_eur=0)
    assert error.value.code == "E_USAGE"


def test_seven_chapters_in_their_order():
    assert len(CHAPTERS) == 7
    chapters = promoter_chapters(
        {"travaux": 100_000, "foncier": 50_000, "commercialisation": 2_000},
        turnover_ht_eur=200_000,
        sales_fee=0.05,
    )
    assert list(chapters) == list(CHAPTERS)
    assert chapters["commercialisation"] == 12_000
    assert chapters["assurances"] == 0


def test_an_unknown_chapter_is_refused():
    with pytest.raises(UsageError, match="terrain") as error:
        promoter_chapters({"terrain": 1}, turnover_ht_eur=0, sales_fee=0)
    assert error.value.code == "E_KEY"


@settings(max_examples=200)
@given(lots, rates, st.dictionaries(st.sampled_from(list(CHAPTERS)), st.floats(0, 1e6)))
def test_chapters_add_up_to_the_cost_of_the_balance(lots, rates, costs):
    balance = promoter_balance(lots, **rates, cost_ht_eur=math.fsum(costs.values()))
    chapters = promoter_chapters(
        costs, turnover_ht_eur=balance.turnover_ht_eur, sales_fee=rates["sales_fee"]
    )
    assert math.fsum(chapters.values()) == pytest.approx(balance.cost_ht_eur)


def test_a_countdown_by_hand():
    # 200 000 less 10 000 of fees, 30 000 of margin, 118 000 of other costs: 42 000 for the land.
    terms = {"sales_fee": 0.05, "target_margin": 0.15, "other_costs_ht_eur": 118_000}
    assert countdown_land_eur(turnover_ht_eur=200_000, **terms) == pytest.approx(42_000)
    carried = countdown_land_eur(turnover_ht_eur=200_000, **terms, land_interest_factor=1.05)
    assert carried == pytest.approx(40_000)


def test_a_dear_building_leaves_less_than_nothing_for_the_land():
    terms = {"turnover_ht_eur": 100.0, "sales_fee": 0.0, "target_margin": 0.0}
    assert countdown_land_eur(**terms, other_costs_ht_eur=130) == pytest.approx(-30)


@settings(max_examples=200)
@given(lots, rates, st.floats(0, 1e7), st.floats(1, 1.3))
def test_land_put_back_gives_exactly_the_target(lots, rates, other, factor):
    turnover = promoter_balance(lots, **rates, cost_ht_eur=0).turnover_ht_eur
    land = countdown_land_eur(
        turnover_ht_eur=turnover,
        sales_fee=rates["sales_fee"],
        target_margin=rates["target_margin"],
        other_costs_ht_eur=other,
        land_interest_factor=factor,
    )
    balance = promoter_balance(lots, **rates, cost_ht_eur=other + land * factor)
    assert balance.margin_rate == pytest.approx(rates["target_margin"], abs=1e-9)


@pytest.mark.parametrize("changes", [{"land_interest_factor": 0}, {"target_margin": 1.0}])
def test_meaningless_countdowns(changes):
    terms = {"turnover_ht_eur": 1, "sales_fee": 0, "target_margin": 0, "other_costs_ht_eur": 0}
    with pytest.raises(UsageError):
        countdown_land_eur(**terms | changes)
