"""Burdens on a budget and the cells each household can live in, by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.households.burdens import Burden, weigh
from habitat_analysis.households.feasible import HouseholdInputs, feasible_set
from habitat_analysis.households.needs import need_classes
from habitat_analysis.households.solvency import Means, ZeroRateLoan
from tests.household_samples import BUDGET, BURDENS, RULES, group

RENT, BRS, FREE = BURDENS
PSLA = Burden(
    tenure="PSLA",
    typology="T3",
    kind="lease_purchase",
    rent_month_eur=500,
    charges_month_eur=50,
    price_ttc_eur=140_000,
    saved_eur=6_000,
)
SCIAPP = Burden(
    tenure="SCIAPP",
    typology="T3",
    kind="shares",
    rent_month_eur=400,
    charges_month_eur=50,
    entry_eur=2_000,
    shares_month_eur=70,
)


def limits(found):
    return {one.name: (one.asked_eur, one.limit_eur) for one in found.limits}


def test_a_rent_meets_the_effort_and_the_rest_to_live_on():
    found = weigh(RENT, Means(income_month_eur=1_500), 1.0, BUDGET)
    assert limits(found) == {"effort": (450, 450), "residual": (450, 1_000)}
    assert (found.affordable, found.effort, found.residual_uc_eur) == (True, 0.3, 1_050)
    assert found.binding.name == "effort"
    assert not weigh(RENT, Means(income_month_eur=1_499), 1.0, BUDGET).affordable
    assert weigh(RENT, Means(income_month_eur=1_499), 1.0, BUDGET, apl_eur=10).affordable


def test_debts_weigh_on_what_a_tenant_lives_on_not_on_the_effort():
    found = weigh(RENT, Means(income_month_eur=1_500, other_debts_month_eur=100), 1.0, BUDGET)
    assert limits(found) == {"effort": (450, 450), "residual": (450, 900)}
    assert found.residual_uc_eur == 950


def test_a_family_may_fail_by_the_rest_to_live_on_alone():
    """1 500 - 450 = 1 050 EUR for 2.2 units: 477 EUR each, under 500."""
    found = weigh(RENT, Means(income_month_eur=1_500), 2.2, BUDGET)
    assert (found.affordable, found.binding.name) == (False, "residual")
    assert found.binding.margin_eur == pytest.approx(-50)


def test_the_land_fee_of_a_brs_lowers_the_price():
    """0.35 x 1 500 - 50 = 475 EUR: 95 000 EUR, and 15 000 EUR saved: the price, exactly."""
    found = weigh(BRS, Means(income_month_eur=1_500, apport_eur=15_000), 1.0, BUDGET)
    assert limits(found)["price"] == (110_000, 110_000)
    assert found.affordable
    assert found.outlay_month_eur == pytest.approx(475 + 50)
    assert found.budget_month_eur == pytest.approx(475)


def test_a_psla_is_tried_before_and_at_its_option():
    """0.35 x 2 000 = 700 EUR: 140 000 EUR less 6 000 saved: 134 000 / 200 = 670 EUR a month."""
    found = weigh(PSLA, Means(income_month_eur=2_000), 1.0, BUDGET)
    assert limits(found) == {
        "effort": (550, 600),
        "price": (140_000, 146_000),
        "residual": (pytest.approx(720), 1_500),
    }
    assert found.affordable
    poorer = weigh(PSLA, Means(income_month_eur=1_900), 1.0, BUDGET)  # 139 000 EUR at most
    assert (poorer.affordable, poorer.binding.name) == (False, "price")
    assert poorer.binding.margin_eur == pytest.approx(-1_000)


def test_a_sciapp_asks_rent_shares_and_an_entry():
    means = Means(income_month_eur=1_800, apport_eur=2_000)
    found = weigh(SCIAPP, means, 1.0, BUDGET)
    assert limits(found) == {
        "effort": (520, 540),
        "entry": (2_000, 2_000),
        "residual": (520, 1_300),
    }
    assert found.affordable
    assert found.budget_month_eur == 490  # for rent and shares
    broke = weigh(SCIAPP, replace(means, apport_eur=1_999), 1.0, BUDGET)
    assert (broke.affordable, broke.binding.name) == (False, "entry")
    assert not weigh(SCIAPP, replace(means, other_debts_month_eur=30), 1.0, BUDGET).affordable


def test_without_income_nothing_is_within_reach_but_what_savings_pay():
    rich = Means(income_month_eur=0, apport_eur=200_000)
    assert not weigh(
        replace(RENT, rent_month_eur=0, charges_month_eur=0), rich, 1.0, BUDGET
    ).affordable
    found = weigh(FREE, rich, 1.0, BUDGET)
    assert limits(found)["price"] == (200_000, 200_000)
    assert (found.binding.name, found.effort) == ("residual", None)


@pytest.mark.parametrize(
    ("burden", "means"),
    [
        (replace(RENT, rent_month_eur=-1), Means(income_month_eur=1)),
        (replace(BRS, price_ttc_eur=float("nan")), Means(income_month_eur=1)),
        (RENT, Means(income_month_eur=float("nan"))),
        (SCIAPP, Means(income_month_eur=1_234, other_debts_month_eur=-1)),
    ],
)
def test_meaningless_sums_are_refused_without_showing_those_of_the_household(burden, means):
    with pytest.raises(UsageError) as error:
        weigh(burden, means, 1.0, BUDGET)
    assert "1234" not in str(error.value)


@given(
    st.sampled_from([RENT, BRS, FREE, PSLA, SCIAPP]),
    st.floats(0, 5_000),
    st.floats(0, 1e5),
    st.floats(0, 500),
    st.floats(1, 3),
)
def test_more_income_never_closes_a_door_and_a_dearer_home_never_opens_one(
    burden, income, savings, more, units
):
    means = Means(income_month_eur=income, apport_eur=savings)
    now = weigh(burden, means, units, BUDGET).affordable
    richer = replace(means, income_month_eur=income + more)
    assert weigh(burden, richer, units, BUDGET).affordable >= now
    dearer = replace(
        burden,
        rent_month_eur=burden.rent_month_eur + more,
        price_ttc_eur=burden.price_ttc_eur + 100 * more,
    )
    assert weigh(dearer, means, units, BUDGET).affordable <= now


def cell(found, tenure, household="M1"):
    rows = found.cells
    (row,) = rows[(rows["tenure"] == tenure) & (rows["household_id"] == household)].to_dict(
        "records"
    )
    row["reason"] = row["reason"].replace("\u202f", " ").replace("\u00a0", " ")
    return row


def test_each_cell_says_its_first_obstacle():
    rows = (
        {"savings_eur": 15_000.0},
        {"rfr_n2_eur": 39_000.0, "income_month_eur": 4_000.0, "wished_tenures": ("LIBRE",)},
        {"couples": 1, "single_adults": 1, "adult_ages": (40, 40, 20)},
    )
    found = feasible_set(group(*rows), RULES, BURDENS, BUDGET)
    assert len(found.cells) == 9
    assert found.households["cells"].tolist()[0] == (("T2", "PLUS"), ("T2", "BRS"))
    assert (
        cell(found, "LIBRE")["reason"]
        == "prix de 200 000 € pour 120 000 € possibles : 80 000 € de trop"
    )
    assert cell(found, "BRS", "M2")["reason"].startswith(
        "ressources de 39 000 €, plafond de 38 000 €"
    )
    assert cell(found, "LIBRE", "M2")["feasible"]
    assert cell(found, "PLUS", "M3")["reason"] == "trop petit : T3 au moins"


def test_an_empty_set_says_what_binds_and_the_nearest_way_in():
    rows = ({"income_month_eur": 1_400.0}, {"income_month_eur": 0.0, "rfr_n2_eur": 0.0})
    found = feasible_set(group(*rows), replace(RULES, typologies=("T2",)), BURDENS, BUDGET)
    reason = found.households["reason"].iloc[0].replace("\u202f", " ").replace("\u00a0", " ")
    assert found.households["cells"].tolist() == [(), ()]
    assert reason.startswith("aucun statut accessible et souhaité n'est abordable")
    assert reason.endswith(
        "au plus près, T2 en PLUS (dépense mensuelle de 450 € pour 420 € possibles par mois : "
        "30 € de trop)"
    )
    assert found.needs.unplaced["household_id"].tolist() == ["M1", "M2"]


def test_above_every_ceiling_the_nearest_one_is_named():
    rules = replace(RULES, tests={k: v for k, v in RULES.tests.items() if k != "LIBRE"})
    found = feasible_set(group({"rfr_n2_eur": 40_000.0}), rules, BURDENS, BUDGET)
    reason = found.households["reason"].iloc[0]
    assert "au plus près, BRS" in reason
    assert reason.endswith("de trop)")


def test_allowances_and_zero_rate_loans_open_cells():
    loan = ZeroRateLoan(quota=0.4, cap_eur=200_000, defer_months=200, months=100)
    inputs = HouseholdInputs(
        apl_month_eur={("M1", "PLUS", "T2"): 30.0}, ptz={"M1": (loan,), "M2": ()}
    )
    rows = ({"income_month_eur": 1_400.0}, {"income_month_eur": 1_400.0})
    found = feasible_set(group(*rows), RULES, BURDENS, BUDGET, inputs)
    # 440 EUR for the loans: 88 000 EUR of bank alone; with 44 000 EUR of zero-rate loan, repaid
    # 440 EUR a month, the price whose share is that sum: 44 000 / 0.4.
    assert cell(found, "BRS")["price_max_eur"] == pytest.approx(110_000)
    assert cell(found, "BRS")["price_max_without_ptz_eur"] == pytest.approx(88_000)
    assert found.households["cells"].map(lambda cells: ("T2", "PLUS") in cells).tolist() == [
        True,
        False,
    ]


def test_a_cell_without_burden_is_not_tested_for_money():
    found = feasible_set(group({"income_month_eur": 100.0}), RULES, BURDENS[:1], BUDGET)
    assert found.affordable.columns.tolist() == [("T2", "PLUS")]
    assert ("T2", "BRS") in found.households["cells"].iloc[0]


def test_classes_are_those_of_the_affordable_table():
    table = group({}, {"savings_eur": 15_000.0}, {"income_month_eur": 6_000.0})
    found = feasible_set(table, RULES, BURDENS, BUDGET)
    again = need_classes(table, RULES, affordable=found.affordable)
    assert again.classes.equals(found.needs.classes)
    feasible = found.cells[found.cells["feasible"]]
    kept = {
        (who, typology, tenure)
        for who, cells in zip(
            again.households["household_id"], again.households["cells"], strict=True
        )
        for typology, tenure in cells
        if typology == "T2"
    }
    assert kept == set(
        feasible[["household_id", "typology", "tenure"]].itertuples(index=False, name=None)
    )


def test_two_burdens_for_a_cell():
    with pytest.raises(UsageError):
        feasible_set(group({}), RULES, (RENT, RENT), BUDGET)


def test_order_and_names_change_nothing_else():
    rows = [{"income_month_eur": 1_000.0 + 200 * rank, "savings_eur": 5_000.0} for rank in range(6)]
    plain = feasible_set(group(*rows), RULES, BURDENS, BUDGET).households["cells"].tolist()
    turned = feasible_set(group(*rows[::-1]), RULES, BURDENS, BUDGET).households["cells"].tolist()
    assert turned[::-1] == plain


def test_nobody_is_an_empty_answer():
    found = feasible_set(group({}).iloc[:0], RULES, BURDENS, BUDGET)
    assert found.cells.empty
    assert found.households.empty
    assert found.needs.classes.empty


def test_a_study_without_burden_leaves_money_aside():
    found = feasible_set(group({}), RULES, (), BUDGET)
    assert found.cells.empty
    assert len(found.households["cells"].iloc[0]) > 0


def test_burdens_that_the_study_does_not_offer_are_left_aside():
    others = (replace(RENT, typology="T6"), replace(RENT, tenure="PLS"))
    found = feasible_set(group({}), RULES, (*BURDENS, *others), BUDGET)
    assert set(found.cells["tenure"]) == {"PLUS", "BRS", "LIBRE"}
    assert set(found.cells["typology"]) == {"T2"}
