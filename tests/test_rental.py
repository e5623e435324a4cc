"""Ceiling rents and net rents, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.rental import (
    RentalCharges,
    ceiling_rent_m2_month,
    level_equivalent,
    net_rent_lines,
    net_rent_m2_year,
    structure_coefficient,
)

TERMS = {"loss_share": 0.02, "su_mean_m2": 50, "building_cost_m2_su": 2_000, "years": 40}
CHARGES = RentalCharges(
    management_eur_dwelling=600,
    maintenance_eur_dwelling=400,
    insurance_eur_dwelling=50,
    major_repairs_rate=0.004,
    major_repairs_first_year=11,
    tfpb_eur_dwelling=800,
    tfpb_first_year=26,
)


def test_official_example_of_2026():
    coefficient = structure_coefficient(12, 780, base=0.77, per_dwelling=20)
    assert coefficient == pytest.approx(1.0069, abs=5e-5)
    assert ceiling_rent_m2_month(6.49, coefficient) == pytest.approx(6.53, abs=5e-3)
    assert ceiling_rent_m2_month(6.49, coefficient, margins=0.1) == pytest.approx(7.19, abs=5e-3)


@pytest.mark.parametrize("su", [0, -10, float("nan")])
def test_no_surface(su):
    with pytest.raises(UsageError) as error:
        structure_coefficient(20, su, base=0.77, per_dwelling=20)
    assert error.value.code == "E_SU"
    with pytest.raises(UsageError) as error:
        net_rent_m2_year(7, CHARGES, **{**TERMS, "su_mean_m2": su}, rate=0.02)
    assert error.value.code == "E_SU"


def test_no_negative_number_of_dwellings():
    with pytest.raises(UsageError):
        structure_coefficient(-1, 780, base=0.77, per_dwelling=20)


def test_net_rent_line_by_line():
    rent = net_rent_m2_year(7, CHARGES, **TERMS, rate=0.0)
    assert rent.gross == pytest.approx(84)
    assert rent.losses == pytest.approx(1.68)
    assert rent.management == pytest.approx(12)
    assert rent.maintenance == pytest.approx(8)
    assert rent.insurance == pytest.approx(1)
    assert rent.major_repairs == pytest.approx(8 * 30 / 40)
    assert rent.tfpb == pytest.approx(16 * 15 / 40)
    assert rent.net == pytest.approx(84 - 1.68 - 12 - 8 - 1 - 6 - 6)
    lines = net_rent_lines(rent)
    assert lines["eur_m2_su_year"].iloc[:-1].sum() == pytest.approx(rent.net)
    assert lines["label"].iloc[-1] == "Loyer net"


def test_net_rent_may_be_negative():
    assert net_rent_m2_year(1, CHARGES, **TERMS, rate=0.02).net < 0


@given(st.floats(0, 1e4), st.floats(-0.02, 0.2), st.integers(1, 60), st.integers(1, 70))
def test_a_level_charge_is_worth_the_charge_it_stands_for(amount, rate, years, first):
    level = level_equivalent(amount, rate=rate, years=years, first_year=first)
    worth = sum(amount * (1 + rate) ** -year for year in range(first, years + 1))
    assert level * annuity_factor(rate, years) == pytest.approx(worth, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(("years", "first"), [(0, 1), (5, 0)])
def test_years_are_counted_from_one(years, first):
    with pytest.raises(UsageError) as error:
        level_equivalent(1, rate=0.02, years=years, first_year=first)
    assert error.value.code == "E_LOAN"
