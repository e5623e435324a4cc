"""Plan, ceilings, reconciliation, monthly costs and risks of a report: figures of the montage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from habitat_analysis.formats import NBSP
from habitat_analysis.report import sections_accounts as accounts
from habitat_analysis.report import sections_costs as costs
from habitat_analysis.report import sections_monthly as monthly
from habitat_analysis.report import sections_risks as risks
from tests.montage_samples import full_site


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace("\u202f", " ")


def test_uses_and_resources_are_the_same_sum() -> None:
    used, found = accounts.uses(full_site()), accounts.resources(full_site())
    assert used is not None
    assert found is not None
    total = used.frame["amount"].iloc[-1]
    assert used.frame["amount"].iloc[:-1].sum() == pytest.approx(total, abs=1)
    assert found.frame["amount"].iloc[-1] == pytest.approx(total)
    assert found.frame["amount"].iloc[:-1].sum() == pytest.approx(total)
    assert found.frame["share"].iloc[-1] == pytest.approx(1)
    assert "Écart entre ressources et emplois : 0 €." in plain(" ".join(found.notes))


def test_needs_add_up_to_the_sentence() -> None:
    site = full_site()
    table = accounts.needs(site)
    assert table is not None
    assert site.montage is not None
    last = table.frame.iloc[-1]
    assert last["need"] - last["brought"] == pytest.approx(site.montage.plan.need_eur)
    assert "fonds propres de la coopérative" in accounts.needs_sentence(site)


def test_a_surplus_is_said_as_such() -> None:
    site = full_site()
    assert site.montage is not None
    plan = replace(
        site.montage.plan, need_by_tenure={"LIBRE": -5000.0}, surplus_eur=5000.0, equity_eur=0.0
    )
    rich = replace(site, montage=replace(site.montage, plan=plan))
    assert "excédent de 5 000 €" in plain(accounts.needs_sentence(rich))


def test_a_ceiling_exceeded_is_named_with_its_text_and_remedy() -> None:
    site = full_site()
    assert site.montage is not None
    tests = site.montage.ceilings.tests
    price = next(t for t in tests if t.what.startswith("Prix de vente"))
    above = replace(price, value=price.ceiling * 1.1)
    broken = replace(site.montage, ceilings=replace(site.montage.ceilings, tests=(above,)))
    said = accounts.ceiling_alerts(replace(site, montage=broken))
    assert len(said) >= 1
    assert "au-dessus du plafond" in said[0]
    assert "prix_ttc_m2_shab" in said[0]
    table = accounts.ceiling_table(replace(site, montage=broken))
    assert table is not None
    assert list(table.frame["ok"]) == ["non"]


def test_the_model_and_the_accounts_meet_line_by_line_and_by_tenure() -> None:
    lines = accounts.balance_reconciliation(full_site())
    tenures = accounts.tenure_reconciliation(full_site())
    assert lines is not None
    assert tenures is not None
    amounts = list(lines.frame["amount"])
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=3)  # lines under a euro are left out
    table = tenures.frame
    parts = table[["model", "vat", "keys", "fees", "loans"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(table["accounts"].to_numpy(), abs=0.01)
    assert table["accounts"].iloc[:-1].sum() == pytest.approx(table["accounts"].iloc[-1])
    assert table["accounts"].iloc[-1] == pytest.approx(amounts[-1])


def test_the_loans_walk_from_the_model_to_the_plan() -> None:
    table = accounts.loan_reconciliation(full_site())
    assert table is not None
    for code in table.frame.columns.drop("what"):
        amounts = list(table.frame[code])
        assert sum(amounts[:-1]) == pytest.approx(amounts[-1])


def test_the_gap_of_the_cost_is_judged_against_one_percent() -> None:
    table = accounts.cost_reconciliation(full_site())
    assert table is not None
    assert "sous la limite de 1 %" in plain(table.notes[0])


def test_the_chapters_of_each_tenure_add_up() -> None:
    site = full_site()
    assert site.costs is not None
    tables = costs.cost_matrix(site)
    total = 0.0
    for table in tables:
        frame = table.frame.set_index("what")
        assert len(table.columns) <= 8
        total += frame.loc["Prix de revient TTC", "total"]
    assert total == pytest.approx(site.costs.total_ttc_eur)


def test_another_key_changes_dwellings_not_the_operation() -> None:
    site = full_site()
    table = costs.key_table(site)
    assert table is not None
    assert site.costs is not None
    numbers = site.costs.quantities["dwellings"].to_numpy()
    vat = [1 + site.costs.vat[str(code)] for code in site.costs.quantities.index]
    before_tax = [
        float((table.frame[key].to_numpy() * numbers / vat).sum())
        for key in ("shab", "su", "dwellings")
    ]
    assert before_tax[1:] == pytest.approx([before_tax[0]] * 2)


def test_rooms_are_paid_whole_by_the_dwellings() -> None:
    site = full_site()
    table = costs.room_table(site)
    assert table is not None
    assert site.costs is not None
    paid = (table.frame["cost"] * table.frame["count"]).sum()
    assert paid == pytest.approx(site.costs.spaces_ttc_eur)


def test_a_household_reads_its_month_beside_the_market() -> None:
    table = monthly.monthly_table(full_site())
    assert table is not None
    row = table.frame.iloc[0]
    assert row["housing"] + row["charges"] == pytest.approx(row["total"])
    assert (table.frame["total"] / table.frame["market"] - 1).to_numpy() == pytest.approx(
        table.frame["gap"].to_numpy()
    )
    assert monthly.monthly_sentence(full_site()).startswith("Juste coût")
    assert monthly.rows_of(full_site(), str(full_site().montage.operation.codes[0]))  # type: ignore[union-attr]


def test_the_quality_level_says_its_cost_and_what_it_saves() -> None:
    said = plain(monthly.quality_sentence(full_site()))
    assert "45 € HT de travaux par m² SHAB" in said
    assert "2,50 € par m² et par an de moins" in said


def test_risks_are_said_with_their_hypotheses() -> None:
    site = full_site()
    assert "banque demande 40 %" in plain(risks.presale_sentence(site))
    assert "Probabilité de rester" in risks.chance_sentence(site)
    assert "2 000 tirages, graine 1" in plain(risks.chance_table(site).notes[0])  # type: ignore[union-attr]
    assert "mois" in risks.cash_sentence(site)
    unsold = risks.unsold_table(site)
    assert unsold is not None
    assert unsold.frame["p"].is_monotonic_decreasing


def test_without_hypotheses_the_report_says_what_to_type() -> None:
    site = full_site()
    assert site.montage is not None
    silent = replace(
        site.montage.risks, hypotheses=None, unsold=None, buybacks=(), result=None, covered=None
    )
    bare = replace(site, montage=replace(site.montage, risks=silent))
    assert "montage.risques" in risks.chance_sentence(bare)
    assert risks.unsold_table(bare) is None
    assert risks.buyback_table(bare) is None
    assert risks.chance_table(bare) is None


def test_securities_are_those_of_the_tenures_with_their_state() -> None:
    table = risks.securities(full_site())
    assert table is not None
    state = table.frame.set_index("what")["state"]
    assert state["Assurance dommages-ouvrage"] == risks.NOT_TYPED
    if "BRS" in full_site().montage.operation.codes:  # type: ignore[union-attr]
        assert state["Agrément de l'OFS".replace("'", "'")] == "oui"
