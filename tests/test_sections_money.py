"""Prices, costs and plan of a report: each figure beside what it must be compared with."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from habitat_analysis.bareme_tables import CONFIDENCES, MEMORY
from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import NBSP, typeset
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.report import sections_funding as funding
from habitat_analysis.report import sections_group as group
from habitat_analysis.report import sections_hypotheses as hypotheses
from habitat_analysis.report import sections_land as land
from habitat_analysis.report import sections_sensitivity as sensitivity
from habitat_analysis.report import sections_site as site
from habitat_analysis.report import sections_sources as sources
from habitat_analysis.report import sections_summary as summary
from habitat_analysis.report.charts import financing_chart
from habitat_analysis.report.fact_words import fact_label
from tests.report_samples import sample, sample_ground


def with_brs() -> Feasibility:
    """Give the sample three dwellings in BRS and two at a free price."""
    operation = sample()
    units = {("T3", "BRS"): 3, ("T3", "LIBRE"): 2}
    evaluation = evaluate(operation.file.case, Programme(units=units))
    return replace(operation, optimum=replace(operation.optimum, evaluation=evaluation))


def test_each_sale_tenure_is_compared_with_its_cost() -> None:
    table = funding.sale_prices(with_brs())
    assert table is not None
    rows = table.frame.set_index("what")
    assert list(rows.index) == ["PSLA", "BRS", "LIBRE"]
    assert rows.loc["BRS", "margin"] == pytest.approx(
        rows.loc["BRS", "price_ttc_m2_eur"] + 180 - rows.loc["BRS", "cost"]
    )
    without = funding.sale_prices(sample("impossible"))
    assert without is not None
    assert "cost" not in without.frame


def test_the_cost_beside_a_price_is_the_full_cost_of_its_tenure() -> None:
    table, evaluation = funding.sale_prices(with_brs()), with_brs().optimum.evaluation
    assert table is not None
    assert evaluation is not None
    rows = table.frame.set_index("what")
    for code in rows.index:
        account = evaluation.tenures.loc[code]
        if account["units"]:
            gap = rows.loc[code, "margin"] * account["shab_m2"]
            assert gap == pytest.approx(account["balance_eur"] - account["subsidy_eur"])
        else:
            assert math.isnan(rows.loc[code, "cost"])


def test_the_land_paid_by_the_ofs_is_a_resource_of_its_own() -> None:
    plan, evaluation = funding.funding(with_brs()), with_brs().optimum.evaluation
    assert plan is not None
    assert evaluation is not None
    paid = plan.frame.set_index("what")["amount"]
    shab = evaluation.tenures.loc["BRS", "shab_m2"]
    assert shab > 0
    assert paid.filter(like="Foncier payé par l'OFS").sum() == pytest.approx(180 * shab)


@pytest.mark.parametrize(("gap", "words"), [(-800.0, "en plus"), (800.0, "en moins")])
def test_the_plan_says_what_the_detailed_accounts_add(gap: float, words: str) -> None:
    detailed = sample().costs
    assert detailed is not None
    moved = replace(detailed, model_ttc_eur=detailed.total_ttc_eur + gap)
    plan = funding.funding(replace(sample(), costs=moved))
    assert plan is not None
    note = plan.notes[0].replace(NBSP, " ")
    assert f"soit 800 € de coût {words}" in note
    assert "égal" not in note


def test_prices_are_set_beside_the_flats_sold() -> None:
    flats = pd.DataFrame({"price_eur": [2000.0, 3000.0, 4000.0], "built_m2": 1.0}).assign(
        mutation_id=["a", "b", "c"], date="2025-01-01", nature="Vente", off_plan=False,
        n_flats=1, n_houses=0, n_business=0, land_m2=0.0,
    )  # fmt: skip
    ground = sample_ground()
    ground = replace(ground, territory=replace(ground.territory, sales=flats))
    (text,) = land.prices_against_market(ground, {"LIBRE": 4200.0})
    text = text.replace(NBSP, " ").replace("\u202f", " ")
    assert text.startswith("LIBRE 4 200 €/m² : 40 % au-dessus de la médiane des appartements")
    assert "(3 000 €/m², n = 3), 20 % au-dessus de leur troisième quartile (3 500 €/m²)" in text
    assert "au niveau de la médiane" in land.prices_against_market(ground, {"BRS": 3000.0})[0]


def test_the_trials_state_what_a_lost_sale_costs() -> None:
    table = sensitivity.stress(sample())
    assert table is not None
    assert "une vente perdue fait perdre" in " ".join(table.notes)


def test_the_vat_of_the_uses_is_that_of_the_detailed_accounts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[pd.DataFrame] = []
    monkeypatch.setattr(
        funding,
        "financing_chart",
        lambda plan, **words: drawn.append(plan) or financing_chart(plan, **words),
    )
    funding.funding_figure(sample())
    costs, plan = sample().costs, drawn[0].set_index("label")["amount_eur"]
    assert costs is not None
    rooms = costs.spaces_ttc_eur
    vat = costs.total_ttc_eur - costs.price.total_ht_eur - rooms
    assert plan["TVA"] == pytest.approx(vat)
    sides = drawn[0].groupby("side")["amount_eur"].sum()
    assert sides["cost"] == pytest.approx(sides["resource"], abs=1.0)


def test_rules_on_incomes_are_reserved() -> None:
    table = hypotheses.hypotheses(sample()).frame
    assert not table["what"].str.contains("Part des ménages").any()
    wanted = sample().ground.study.programme
    assert bool(wanted.quartiles) == (table["what"] == "Règle de mixité des revenus").any()


def test_a_hidden_figure_is_not_said_to_be_small() -> None:
    table = group.group_table(sample_ground())
    assert table is not None
    assert group.HIDDEN in set(table.frame["value"].astype(str))
    assert "<" not in " ".join(table.frame["value"].astype(str))
    assert table.notes[0].startswith("n. c.")


def test_the_ranking_says_whose_rules_were_read() -> None:
    ground = sample_ground()
    table = land.ranking(ground)
    read = ground.screened.kept["rules_were_read"].fillna(value=False).astype(bool).head(10)
    assert (table.frame["rules"] == "lues").tolist() == read.tolist()
    assert set(table.frame["rules"]) <= {"lues", "supposées"}
    assert len(table.columns) == 8


def test_values_given_from_memory_are_named_on_page_one() -> None:
    facts = sample().facts
    two = tuple(replace(fact, confidence=MEMORY) for fact in facts[:2])
    clear = tuple(replace(fact, confidence="official-text") for fact in facts[2:])
    said = " ".join(summary.warnings(replace(sample(), facts=two + clear)))
    assert typeset(fact_label(facts[0])) in said
    many = tuple(replace(fact, confidence=MEMORY) for fact in facts)
    assert not any(
        text.startswith(CONFIDENCES[MEMORY].capitalize())
        for text in summary.warnings(replace(sample(), facts=many))
    )


def test_a_value_with_an_end_shows_it() -> None:
    end = date(2026, 12, 31)
    facts = tuple(replace(fact, valid_to=end) for fact in sample().facts)
    table = sources.facts_used(replace(sample(), facts=facts)).table()
    rank = table.headers.index("Jusqu'au")
    assert {row[rank] for row in table.rows} == {"31/12/2026"}


def test_sales_are_counted_in_mutations() -> None:
    ground = sample_ground()
    states = ground.territory.states.copy()
    chosen = states["layer"] == site.SALES
    states.loc[chosen, "state"] = site.EXAMINED
    states.loc[chosen, ["n_rows", "n_dropped"]] = [382, 23]
    ground = replace(ground, territory=replace(ground.territory, states=states))
    rows = site.layers(ground).frame.set_index("layer")
    assert str(rows.loc[site.SALES, "n_rows"]).replace(NBSP, " ") == "382 mutations"
    assert str(rows.loc[site.SALES, "n_dropped"]).replace(NBSP, " ") == "23 lignes répétées"
