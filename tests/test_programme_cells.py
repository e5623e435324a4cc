"""What one dwelling costs and brings in, by hand."""

from dataclasses import replace

import pytest

from habitat_analysis.programme.case import Case, ProgrammeRules
from habitat_analysis.programme.cells import cell_table
from tests.programme_instances import tenure, typology


def row(code, *, fixed_m2_eur=None, rate_shift=0.0, cost_factor=1.0, **changes):
    case = Case(
        typologies=(typology("T3"),),  # 66 m2 SHAB, 70 m2 SU
        tenures=(tenure(code, ("T3",), **changes),),
        rules=ProgrammeRules(shab_max_m2=660.0, dwellings_max=10),
        fixed_m2_eur=fixed_m2_eur,
    )
    table = cell_table(case, rate_shift=rate_shift, cost_factor=cost_factor)
    return table.loc["T3", code]


def test_a_rental_dwelling_borrows_what_its_rents_repay():
    cell = row("PLUS")
    assert cell["cost_eur"] == pytest.approx(2350 * 66 * 1.1)
    factor = (1 - 1.023**-40) / 0.023
    assert cell["loan_eur"] == cell["loan_uncapped_eur"] == pytest.approx(55 * 70 * factor)
    assert (cell["revenue_eur"], cell["subsidy_eur"], cell["parking"]) == (0, 8_500, 0.5)
    assert not cell["loan_capped"]


def test_a_sale_has_no_loan_even_with_the_terms_of_one():
    cell = row("PSLA", loan_rate=0.02, loan_years=40, net_rent_m2_year_eur=80.0)
    assert (cell["loan_eur"], cell["revenue_eur"]) == (0, 3150 * 66)


def test_the_ofs_pays_the_land_of_brs_lots():
    assert row("BRS")["revenue_eur"] == pytest.approx((2600 + 220) * 66)


def test_costs_per_dwelling_bear_the_vat():
    assert row("PLUS", dwelling_cost_eur=10_000.0)["cost_eur"] == pytest.approx(
        (2350 * 66 + 10_000) * 1.1
    )


@pytest.mark.parametrize(("code", "income"), [("PLUS", 150.0), ("SCIAPP", None)])
def test_a_loan_never_exceeds_the_dwelling_and_its_share_of_the_land(code, income):
    changes = {"net_rent_m2_year_eur": income} if income else {
        "progressive_loan_eur": {"T3": 400_000.0}
    }  # fmt: skip
    cell = row(code, fixed_m2_eur=300.0, **changes)
    assert cell["loan_capped"]
    assert cell["loan_eur"] == pytest.approx(cell["cost_eur"] + 300 * 66 - cell["subsidy_eur"])
    assert cell["loan_uncapped_eur"] > cell["loan_eur"]


def test_a_subsidy_above_the_cost_leaves_no_loan():
    assert row("PLUS", fixed_m2_eur=0.0, subsidy_eur=900_000.0)["loan_eur"] == 0


def test_scenarios_move_rates_and_costs():
    assert row("PLUS", rate_shift=0.01)["loan_eur"] == pytest.approx(
        55 * 70 * (1 - 1.033**-40) / 0.033
    )
    assert row("PLUS", cost_factor=1.1)["cost_eur"] == pytest.approx(1.1 * row("PLUS")["cost_eur"])
    factors = [(1 - (1 + rate) ** -25) / rate for rate in (0.03, 0.02)]
    assert row("SCIAPP", rate_shift=0.01)["loan_eur"] == pytest.approx(
        165e3 * factors[0] / factors[1]
    )


def test_the_case_is_left_as_it_was():
    case = Case(
        typologies=(typology("T3"),),
        tenures=(tenure("PLUS"),),
        rules=ProgrammeRules(shab_max_m2=660.0, dwellings_max=10),
    )
    before = replace(case)
    cell_table(case, cost_factor=2.0)
    assert case == before


def test_a_case_without_cells_has_an_empty_table():
    case = Case(typologies=(), tenures=(), rules=ProgrammeRules(shab_max_m2=1.0, dwellings_max=0))
    assert cell_table(case).empty
