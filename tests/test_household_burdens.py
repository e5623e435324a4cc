"""The terms of a study as a household meets them: the same figures as the accounts."""

from datetime import date

import pytest

from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.feasibility.household_burdens import (
    household_budget,
    household_burdens,
    household_ptz,
)
from habitat_analysis.feasibility.needs import need_rules
from habitat_analysis.households.effort import EffortLimits
from habitat_analysis.households.feasible import HouseholdInputs, feasible_set
from tests.household_samples import RULES, group
from tests.montage_samples import CODES, full_site, montage_of

LIMITS = EffortLimits(effort_max=0.30, residual_min_uc_eur=500.0)


@pytest.fixture(scope="module")
def burdens():
    return {(one.tenure, one.typology): one for one in household_burdens(full_site().file)}


def test_every_cell_has_a_burden(burdens):
    sizes = [size.id for size in full_site().file.case.typologies]
    assert set(burdens) == {(code, size) for code in CODES for size in sizes}


@pytest.mark.parametrize("code", CODES)
def test_burdens_are_those_of_the_accounts(burdens, code):
    """The monthly table of the montage pays the same rents, fees, charges and prices."""
    size = full_site().file.case.typologies[0]
    montage = montage_of({(size.id, code): 2})
    row = montage.monthly.table.iloc[0]
    burden = burdens[code, size.id]
    assert row["charges_eur"] == pytest.approx(burden.charges_month_eur)
    assert row["fee_eur"] == pytest.approx(burden.fee_month_eur)
    if burden.kind == "rent":  # the tranche of the accounts has its own structure coefficient
        kept = full_site().file.sheets[code].rent_m2_month_eur * size.su_m2
        annexes = 15 if code == "PLUS" else 0
        assert burden.rent_month_eur == pytest.approx(kept + annexes)
        assert row["housing_eur"] >= burden.rent_month_eur
    elif burden.kind == "lease_purchase":
        (lot,) = montage.psla.lots
        assert burden.rent_month_eur == pytest.approx(lot.option.redevance_month_eur)
        assert burden.price_ttc_eur == pytest.approx(lot.option.price_eur)
        assert burden.saved_eur == pytest.approx(lot.option.savings_eur)
    elif burden.kind == "purchase":
        paid = montage.monthly.loan.payment_month_eur(burden.price_ttc_eur)
        assert row["housing_eur"] == pytest.approx(paid)
    else:
        (lot,) = montage.sciapp.lots
        assert burden.rent_month_eur == pytest.approx(lot.terms.rent_month_eur)


def test_the_budget_is_that_of_the_bank_at_the_date():
    site = full_site()
    facts = FactReader(site.ground.baremes, on=site.ground.study.operation_date)
    budget = household_budget(site.ground.study, facts, LIMITS)
    assert budget.credit.effort == 0.35
    assert budget.credit.months == 300
    assert any(fact.key and "effort_rate_max" in dict(fact.key).values() for fact in facts.used)


def test_brackets_of_the_zero_rate_loan_by_household():
    facts = FactReader(load_baremes(), on=date(2026, 11, 22))
    found = household_ptz(group({}, {"rfr_n2_eur": 90_000.0}), RULES, facts, abc="B1")
    assert [(loan.quota, loan.defer_months) for loan in found["M1"]][:1] == [(0.5, 120)]
    assert found["M2"] == ()


def test_no_zero_rate_loan_once_it_is_no_longer_offered():
    facts = FactReader(load_baremes(), on=date(2028, 6, 1))
    assert household_ptz(group({}), RULES, facts, abc="B1") == {}


def test_the_whole_way_on_a_study():
    """Every household of a made-up group has cells, or a reason with euros."""
    site = full_site()
    study = site.ground.study
    facts = FactReader(site.ground.baremes, on=study.operation_date)
    rules = need_rules(study, facts, None)
    rows = group(*({"income_month_eur": 900.0 * k, "rfr_n2_eur": 9_000.0 * k} for k in range(1, 8)))
    inputs = HouseholdInputs(ptz=household_ptz(rows, rules, facts, abc="B1"))
    found = feasible_set(
        rows,
        rules,
        household_burdens(site.file),
        household_budget(study, facts, LIMITS),
        inputs,
    )
    empty = found.households["cells"].map(len) == 0
    assert not empty.all()
    assert found.households.loc[empty, "reason"].str.contains("€").all()
    assert (found.households.loc[~empty, "reason"] == "").all()
