"""The terms of each tenure: law and hypotheses turned into coefficients, checked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, Ground, choose_sites, read_ground, study_site
from habitat_analysis.programme.cells import cell_table
from habitat_analysis.programme.terms import price_table
from habitat_analysis.study import load_study
from tests.small_study import write_small_study

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo" / "etude.yaml"


@pytest.fixture(scope="module")
def demo() -> Ground:
    return read_ground(load_study(DEMO))


@pytest.fixture(scope="module")
def found(demo: Ground) -> Feasibility:
    return study_site(demo, choose_sites(demo)[0])


def test_the_plus_loan_follows_the_livret_a_and_its_margin(found: Feasibility) -> None:
    terms = found.file.sheets["PLUS"].terms
    assert terms.loan_rate == pytest.approx(0.017 + 0.006)
    assert terms.loan_years == 40
    cells = cell_table(found.file.case)
    rent = found.file.sheets["PLUS"].net_rent
    assert rent is not None
    expected = rent.net * 70.0 * annuity_factor(0.023, 40)
    assert cells.at[("T3", "PLUS"), "loan_uncapped_eur"] == pytest.approx(expected)


def test_the_ceiling_rent_is_the_zone_rent_by_the_structure_coefficient(
    found: Feasibility,
) -> None:
    su = 0.3 * 49 + 0.4 * 70 + 0.3 * 87
    coefficient = 0.77 * (1 + 20 / su)
    assert found.file.sheets["PLUS"].rent_cap_m2_month_eur == pytest.approx(6.49 * coefficient)
    assert found.file.sheets["PLS"].rent_cap_m2_month_eur == pytest.approx(10.17 * coefficient)


def test_a_sciapp_borrows_on_rents_and_shares_but_not_above_its_cost(found: Feasibility) -> None:
    terms = found.file.sheets["SCIAPP"].terms
    assert terms.kind == "progressive"
    assert terms.loan_years == 25
    cells = cell_table(found.file.case).xs("SCIAPP", level="tenure")
    assert (cells["loan_eur"] <= cells["loan_uncapped_eur"] + 0.01).all()
    assert (cells["loan_eur"] > 0).all()
    share = found.file.case.fixed_m2_eur or 0.0
    ceiling = cells["cost_eur"] + share * cells["shab_m2"] - cells["subsidy_eur"]
    assert (cells["loan_eur"] <= ceiling + 0.01).all()


def test_a_brs_dwelling_is_paid_by_its_price_and_the_land_of_the_ofs(found: Feasibility) -> None:
    cells = cell_table(found.file.case)
    assert cells.at[("T3", "BRS"), "revenue_eur"] == pytest.approx((2850 + 180) * 66)


def test_the_price_table_has_a_row_a_tenure(found: Feasibility) -> None:
    table = price_table(found.file.sheets)
    assert list(table.index) == list(found.file.sheets)
    assert table.loc["PSLA", "price_cap_m2_su_eur"] == 3542
    assert table.loc["PSLA", "price_ht_m2_su_eur"] == pytest.approx(3300 / 1.055 * 66 / 70)
    assert table.loc["LIBRE"].isna()["price_cap_m2_su_eur"]


def test_a_gap_of_works_is_paid_with_its_fees_and_interest(found: Feasibility) -> None:
    study = found.ground.study
    parameters, fees = found.file.parameters, found.file.fees
    works = parameters.works_factor * (1 + sum(fee.rate for fee in fees))
    interest = 1 + parameters.finance_rate * 0.5 * parameters.works_months / 12
    item = next(item for item in study.costs.items if item.id == "batiment")
    quality = study.montage.quality
    stated = item.value_ht_eur + (quality.extra_works_m2_eur if quality else 0.0)
    variable = found.file.unit_costs.variable_m2_ht_eur
    assert variable == pytest.approx(stated * works * interest)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LIBRE": {"prix_ttc_m2_shab": None}}, "le prix de vente manque"),
        ({"SCIAPP": {"nombre_de_parts": 0}}, "de parts"),
        ({"SCIAPP": {"budget_mensuel_menage": 0}}, "budget mensuel"),
    ],
)
def test_terms_that_lack_something_are_refused(
    tmp_path: Path, change: dict[str, dict[str, object]], said: str
) -> None:
    statuts = ["PLAI", "PLUS", "PSLA", "BRS", "LIBRE", "SCIAPP"]
    enough: dict[str, dict[str, object]] = {"SCIAPP": {
        "places_par_logement": 1, "source": "x", "budget_mensuel_menage": 900,
        "nombre_de_parts": 100,
    }}  # fmt: skip
    merged = {code: {**enough.get(code, {}), **change.get(code, {})} for code in {*enough, *change}}
    study = write_small_study(
        tmp_path, changes={"programme": {"statuts": statuts}, "statuts": merged}
    )
    ground = read_ground(load_study(study))
    with pytest.raises(DataError, match=said):
        study_site(ground, choose_sites(ground)[0])
