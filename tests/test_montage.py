"""Every account of a programme: they balance, they add up, and they explain the model's figures."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.errors import DataError
from habitat_analysis.montage import Montage
from habitat_analysis.montage.mortgage import HouseholdLoan
from habitat_analysis.montage.operation import is_cost
from habitat_analysis.montage.reconciliation import REASONS
from habitat_analysis.montage.rental import at_rate, at_rent
from habitat_analysis.study import load_study
from tests.montage_samples import (
    CODES,
    IMPOSED,
    MONTAGE,
    full_changes,
    full_site,
    montage_of,
    studied,
    with_terms,
)
from tests.small_study import write_small_study

SIZES = ("T2", "T3", "T4")
EVERY = {("T3", code): 2 for code in CODES}


@st.composite
def programmes(draw: st.DrawFn) -> dict[tuple[str, str], int]:
    counts = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(SIZES), st.sampled_from(CODES)),
            st.integers(1, 6),
            min_size=1,
            max_size=6,
        )
    )
    return dict(counts)


@pytest.fixture(scope="module")
def every() -> Montage:
    """Two T3 in each of the eight tenures, and the common room."""
    return montage_of(EVERY, ("salle_commune",))


@settings(max_examples=200)
@given(programmes(), st.booleans())
def test_identities_of_any_programme(units: dict[tuple[str, str], int], room: bool) -> None:
    montage = montage_of(units, ("salle_commune",) if room else ())
    costs, plan = montage.operation.costs, montage.plan
    # the allocated costs are the costs, line by line
    by_line = costs.price.allocation.sum(axis=1)
    stated = {line.id: line.amount_ht_eur for line in costs.price.lines}
    assert by_line.to_dict() == pytest.approx(stated)
    assert sum(costs.rooms_ttc_eur.values()) == pytest.approx(costs.spaces_ttc_eur)
    # resources are the prix de revient, of the whole and of each rental tenure, to the cent
    assert plan.total_resources_eur == pytest.approx(plan.total_uses_eur, abs=0.005)
    for code, rental in montage.rentals.items():
        financed = rental.account.plan.resources_eur - rental.account.plan.overflow_eur
        assert financed == pytest.approx(costs.ttc_eur(code), abs=0.005)
    # every euro between the model and the accounts is named
    found = montage.reconciliation.by_tenure
    gap = found["accounts_eur"] - found["model_eur"]
    assert gap.to_dict() == pytest.approx(found["gap_eur"].to_dict(), abs=0.01)
    by_tenure = montage.reconciliation.cost_by_tenure
    assert by_tenure["gap_eur"]["total"] == pytest.approx(costs.gap_eur, abs=0.01)
    for code, rental in montage.rentals.items():
        steps = [s.amount_eur for s in montage.reconciliation.loan_steps if s.tenure == code]
        assert sum(steps) == pytest.approx(found["loans"][code], abs=0.01)
        assert rental.account.balanced or rental.remarks


def test_the_whole_is_the_sum_of_its_tenures(every: Montage) -> None:
    uses = sum(line.amount_eur for line in every.plan.uses)
    costs = every.operation.costs
    net = sum(costs.ttc_eur(u) if is_cost(u) else costs.ht_eur(u) for u in CODES)
    fees = sum(m.sales_fees_ht_eur for m in every.sales.values())
    assert uses == pytest.approx(net + fees)
    assert set(every.plan.need_by_tenure) == set(CODES)
    found = every.plan.equity_eur + every.plan.topup_eur + every.plan.missing_eur
    assert found - every.plan.surplus_eur == pytest.approx(every.plan.need_eur)


def test_a_sale_by_hand(every: Montage) -> None:
    sale = every.sales["LIBRE"]
    turnover = 2 * 66 * 4150 / 1.2
    assert sale.turnover_ht_eur == pytest.approx(turnover)
    fees = MONTAGE["commercialisation"] * turnover
    assert sale.sales_fees_ht_eur == pytest.approx(fees)
    assert sale.margin_eur == pytest.approx(turnover - fees - sale.cost_ht_eur)
    assert sum(sale.chapters.values()) == pytest.approx(sale.cost_ht_eur + fees)
    # the compte à rebours put back as the land gives exactly the target margin
    carried = 1 + every.operation.file.parameters.land_interest
    back = sale.margin_eur + (sale.land_ht_eur - sale.countdown_ht_eur) * carried
    assert back / turnover == pytest.approx(MONTAGE["marge_visee"])


def test_the_structure_coefficient_is_that_of_the_tranche(every: Montage) -> None:
    cap = every.rentals["PLUS"].cap
    assert cap.coefficient == pytest.approx(0.77 * (1 + 20 * 2 / 140))
    assert cap.cap_m2 == pytest.approx(6.49 * cap.coefficient)
    assert cap.rent_m2 == cap.cap_m2
    assert cap.respected
    assert cap.total_ratio == pytest.approx(1 + 2 * 15 / (cap.cap_m2 * 140))


def test_loans_follow_their_products_and_the_livret_a(every: Montage) -> None:
    loans = {loan.id: loan for loan in every.rentals["PLUS"].account.plan.loans}
    assert (loans["foncier"].years, loans["bati"].years) == (60, 40)
    assert loans["bati"].rate == pytest.approx(0.017 + 0.006)
    assert loans["bati"].revision == "double"
    assert loans["bati"].shifts[0] == pytest.approx(0.021 - 0.017)
    assert loans["partenaire"].amount_eur == 16_000
    assert loans["partenaire"].revision == "fixe"
    simple = {loan.id: loan for loan in every.rentals["PLS"].account.plan.loans}
    assert simple["bati"].revision == "simple"


def test_a_higher_rent_asks_for_less_equity_and_a_higher_rate_for_more(every: Montage) -> None:
    for rental in every.rentals.values():
        plan = rental.account.plan
        dearer = at_rent(every.operation, rental, 1.1)
        assert dearer.account.plan.equity_eur < plan.equity_eur
        assert dearer.account.balanced
        assert dearer.cap.rent_m2 == pytest.approx(1.1 * rental.cap.rent_m2)
        assert at_rate(every.operation, rental, 0.01).account.plan.equity_eur > plan.equity_eur


def test_the_paths_are_those_of_the_tables(every: Montage) -> None:
    paths = every.paths
    assert paths.livret_a[:3] == (0.017, 0.021, 0.02)
    assert paths.growth["rents"][:3] == (0.0, 0.0115, 0.017)
    assert paths.indices.rent[2] == pytest.approx(1.0115 * 1.017)
    assert paths.placement_rate == 0.017  # the Livret A, for want of another
    assert paths.discount_rate == 0.025
    assert not paths.stated
    assert paths.horizon == 60


def test_a_monthly_cost_by_hand(every: Montage) -> None:
    rows = every.monthly.table.set_index(["tenure", "phase"])
    rent = every.rentals["PLUS"].cap.rent_m2 * 70 + 15
    assert rows.loc[("PLUS", "loyer"), "housing_eur"] == pytest.approx(rent)
    assert rows.loc[("PLUS", "loyer"), "total_eur"] == pytest.approx(
        rent + 1.1 * 66 + 9.5 * 66 / 12
    )
    borrowed = 66 * 2750 * 1.03
    payment = borrowed / annuity_factor(0.0345 / 12, 300) + borrowed * 0.0036 / 12
    assert rows.loc[("BRS", "achat"), "housing_eur"] == pytest.approx(payment)
    assert rows.loc[("BRS", "achat"), "fee_eur"] == pytest.approx(1.6 * 66)
    option = every.psla
    assert option is not None
    first = rows.loc[("PSLA", "phase locative"), "housing_eur"]
    assert first == pytest.approx(9.2 * 70 + 200)
    assert rows["market_eur"].isna().all()  # no price of the market was given


def test_a_loan_without_rate_is_paid_evenly() -> None:
    loan = HouseholdLoan(
        rate=0.0, years=20, insurance=0.0, down_payment_share=0.1, deed_fees_share=0.02
    )
    assert loan.payment_month_eur(100_000) == pytest.approx(92_000 / 240)


def test_the_ofs_pays_what_the_study_says(every: Montage) -> None:
    brs = every.brs
    assert brs is not None
    assert brs.terms.land_cost_eur == pytest.approx(180 * 132 / 1.055)
    assert brs.terms.loan_years == 80
    assert brs.fee_enough
    assert not brs.remarks


def test_the_company_borrows_what_its_income_repays(every: Montage) -> None:
    company = every.sciapp
    assert company is not None
    assert company.cumulative_eur.min() >= -0.005
    assert company.resources_eur == pytest.approx(company.cost_ttc_eur)
    assert company.first_shares_eur == pytest.approx(2 * 4 * company.lots[0].path.nominal_eur)
    held = np.array([row.held for row in company.lots[0].path.rows])
    nominal = company.lots[0].path.nominal_eur
    assert company.liability_eur == pytest.approx(2 * held * nominal)


def test_every_ceiling_is_tested_with_its_text(every: Montage) -> None:
    tests = every.ceilings.tests
    assert {test.tenure for test in tests} == {
        "PLAI",
        "PLUS",
        "PLS",
        "PSLA",
        "BRS",
        "VEFA",
        "LIBRE",
    }
    assert not every.ceilings.exceeded
    price = next(t for t in tests if t.tenure == "PSLA" and t.what.startswith("Prix de vente"))
    assert price.ceiling == pytest.approx(3542 * 70)
    assert price.value == pytest.approx(66 * 3150 / 1.055)
    assert price.legal_reference
    incomes = every.ceilings.incomes
    assert incomes.loc["PLUS", 3] == 37_584
    assert incomes.loc["LIBRE", 1] == float("inf")


def test_risks_follow_their_hypotheses(every: Montage) -> None:
    risks = every.risks
    assert risks.unsold is not None
    assert risks.result is not None
    assert risks.unsold.expected_unsold == pytest.approx(8 * 0.1)
    assert risks.result.mean_eur == pytest.approx(risks.result.exact_mean_eur, rel=0.05)
    assert {risk.tenure for risk in risks.buybacks} == {"PSLA", "VEFA"}
    assert risks.presale is not None
    assert (risks.presale.needed_lots, risks.presale.ok) == (4, False)
    assert risks.covered is not None
    assert 0 <= risks.covered <= 1


def test_the_cash_calendar_needs_a_credit(every: Montage) -> None:
    assert every.cash.peak_debt_eur > 0
    assert every.cash.peak_month is not None


# --- what the planner types wrong -----------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (with_terms("PLUS", loyer_m2_su_mois=9.0), "dépasse le plafond"),
        (with_terms("PLUS", duree_pret_ans=60), "dépassent la durée permise"),
        (with_terms("PSLA", prix_ttc_m2_shab=4200), "au-dessus du plafond"),
    ],
)
def test_what_the_law_refuses_is_refused_with_the_text(
    tmp_path: Path, terms: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError) as refused:
        studied(tmp_path, statuts=terms)
    assert said in str(refused.value)
    assert "ligne " in str(refused.value)
    assert "()" not in str(refused.value)
    assert refused.value.code == "E_TERMS"


def test_subsidies_that_disagree_are_refused(tmp_path: Path) -> None:
    givers = [{"financeur": "État", "montant_par_logement": 5000}]
    terms = with_terms("PLAI", subvention_par_logement=9000, subventions=givers)
    with pytest.raises(DataError, match="autre chose"):
        load_study(write_small_study(tmp_path, changes=full_changes(statuts=terms)))


def test_a_date_before_the_first_value_is_refused_with_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="première valeur connue"):
        studied(tmp_path, date_operation="2024-03-01")


def test_a_date_after_the_ptz_is_said_and_the_rest_is_computed(tmp_path: Path) -> None:
    montage = studied(
        tmp_path,
        date_operation="2028-03-01",
        programme={"statuts": list(CODES), **IMPOSED},
    )
    assert montage.ceilings.untested or not set(montage.sales) & {"PSLA", "BRS", "VEFA", "LIBRE"}
    assert any(fact.projected for fact in montage.facts)
    assert montage.plan.total_resources_eur == pytest.approx(montage.plan.total_uses_eur)


def test_the_equity_people_decided_is_kept_even_if_it_does_not_balance(tmp_path: Path) -> None:
    montage = studied(
        tmp_path,
        statuts=with_terms("PLUS", fonds_propres_par_logement=1000),
        programme={"statuts": list(CODES), **IMPOSED},
    )
    rental = montage.rentals["PLUS"]
    assert rental.equity_stated
    assert rental.account.plan.equity_eur == 2000
    assert not rental.account.balanced
    assert rental.remarks


def test_a_land_loan_above_what_is_left_to_pay_is_cut_and_said(tmp_path: Path) -> None:
    montage = studied(
        tmp_path,
        statuts=with_terms("PLAI", subvention_par_logement=160_000),
        programme={"statuts": list(CODES), "subventions_max": 2_000_000, **IMPOSED},
    )
    rental = montage.rentals["PLAI"]
    cost = rental.account.plan.cost_ttc_eur
    assert rental.account.plan.resources_eur - rental.account.plan.overflow_eur == pytest.approx(
        cost
    )
    assert rental.remarks


def test_psla_without_its_hypotheses_says_what_to_type(tmp_path: Path) -> None:
    terms = with_terms("PSLA", part_acquisitive_mois=None, levee_option_mois=None)
    terms["PSLA"] = {k: v for k, v in terms["PSLA"].items() if v is not None}
    montage = studied(tmp_path, statuts=terms, programme={"statuts": list(CODES), **IMPOSED})
    assert montage.psla is not None
    assert not montage.psla.lots
    assert "statuts.PSLA.levee_option_mois" in montage.psla.missing


def test_a_rent_part_above_its_cap_is_refused_in_words(tmp_path: Path) -> None:
    montage = studied(
        tmp_path,
        statuts=with_terms("PSLA", part_locative_m2_su_mois=12.0),
        programme={"statuts": list(CODES), **IMPOSED},
    )
    assert montage.psla is not None
    assert any("arrêté du 26 mars 2004" in text for text in montage.psla.refused)


def test_a_study_states_its_own_paths(tmp_path: Path) -> None:
    stated = {
        **MONTAGE,
        "indexation": {"loyers": 0.01, "charges": 0.02},
        "trajectoire_livret_a": {"2028": 0.03},
        "taux_placement": 0.0,
        "taux_actualisation": 0.04,
        "credit_menage": {"taux": 0.03, "duree_ans": 20, "assurance": 0.0, "frais_acte": 0.0},
    }
    montage = studied(tmp_path, montage=stated)
    paths = montage.paths
    assert paths.livret_a[:4] == (0.017, 0.017, 0.03, 0.03)
    assert paths.growth["rents"][1:3] == (0.01, 0.01)
    assert {"rents", "charges", "livret_a"} <= paths.stated
    assert (paths.placement_rate, paths.discount_rate) == (0.0, 0.04)
    assert (montage.monthly.loan.rate, montage.monthly.loan.years) == (0.03, 20)


def test_a_garden_has_land_and_no_shab(tmp_path: Path) -> None:
    rooms = [
        {"id": "jardin", "libelle": "Jardin", "surface_terrain_m2": 120, "cout_ttc": 18_000,
         "obligatoire": True},
    ]  # fmt: skip
    programme = {"statuts": list(CODES), "espaces_partages": rooms, "programme_impose": None}
    montage = studied(tmp_path, programme=programme)
    assert montage.operation.costs.spaces_ttc_eur == 18_000
    assert sum(s.area_m2 for s in montage.operation.file.case.spaces) == 0
    wrong = [{"id": "jardin", "libelle": "Jardin", "cout_ttc": 18_000}]
    changes = full_changes(programme={"espaces_partages": wrong, "programme_impose": None})
    path = write_small_study(tmp_path / "faux", changes=changes)
    with pytest.raises(DataError, match="surface"):
        load_study(path)


def test_the_report_of_the_site_carries_the_montage() -> None:
    site = full_site()
    assert site.montage is not None
    assert set(site.montage.facts) <= set(site.facts)
    assert site.ground.study.operation_date == dt.date(2026, 11, 22)
    assert set(REASONS) <= set(site.montage.reconciliation.by_tenure.columns)
