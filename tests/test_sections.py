"""What the sections of a report say: sums that close, words that matter, nobody in particular."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.programme.imposed import BrokenRule
from habitat_analysis.report import sections_accounts as accounts
from habitat_analysis.report import sections_costs as costs
from habitat_analysis.report import sections_funding as funding
from habitat_analysis.report import sections_group as group
from habitat_analysis.report import sections_hypotheses as hypotheses
from habitat_analysis.report import sections_land as land
from habitat_analysis.report import sections_mix as mix
from habitat_analysis.report import sections_monthly as monthly
from habitat_analysis.report import sections_programme as programme
from habitat_analysis.report import sections_risks as risks
from habitat_analysis.report import sections_security as security
from habitat_analysis.report import sections_sensitivity as sensitivity
from habitat_analysis.report import sections_site as site
from habitat_analysis.report import sections_sources as sources
from habitat_analysis.report import sections_summary as summary
from habitat_analysis.report.sheets import Quantity
from tests.report_samples import sample, sample_document, sample_ground


def test_no_table_is_wider_than_a_printed_page() -> None:
    tables = sample_document().sheets
    assert len(tables) > 25
    assert [t.name for t in tables if len(t.columns) > 8] == []


# --------------------------------------------------------------------------- page one


def test_five_key_figures_and_the_effort_in_its_parts() -> None:
    rows = summary.key_figures(sample()).frame
    assert len(rows) == 5
    evaluation = sample().optimum.evaluation
    assert evaluation is not None
    effort = rows.set_index("what").loc["Effort à réunir"]
    assert effort["value"] == Quantity(value=evaluation.public_money_eur, unit="€")
    assert "de fonds propres et" in effort["detail"]
    assert "de subventions" in effort["detail"]


def test_a_top_up_still_to_be_found_is_named() -> None:
    best = sample().optimum
    assert best.evaluation is not None
    short = replace(best.evaluation, topup_eur=1500.0)
    text = summary.effort_parts(replace(sample(), optimum=replace(best, evaluation=short)))
    assert text.endswith("de complément à obtenir")


def test_flagged_and_projected_values_are_counted_apart() -> None:
    plain, flagged, projected = (
        replace(fact, flags=flags, projected=carried)
        for fact, flags, carried in zip(
            sample().facts, ((), ("a",), ("b",)), (False, False, True), strict=False
        )
    )
    text = summary.facts_sentence(replace(sample(), facts=(plain, flagged, projected)))
    assert "3\u00a0valeurs réglementaires utilisées, dont 1 avec réserve" in text
    assert "1\u00a0prolongée au-delà de sa dernière révision connue" in text


def test_supposed_rules_reach_page_one() -> None:
    supposed = sample(rank=9)
    assert any("règles supposées" in text for text in supposed.verdict.conditions)
    assert "règles supposées" in site.rules_sentence(supposed)
    assert "sous règles supposées" in site.capacity_sentence(supposed)
    assert site.zone_rules(supposed).caption.endswith("règles supposées")
    assert not any("supposées" in text for text in summary.warnings(supposed))  # said once


def test_an_impossible_study_says_so_and_how_to_get_out() -> None:
    lost = sample("impossible")
    assert summary.verdict_word(lost) == "Infaisable"
    ways = summary.ways_out(lost)
    assert ways is not None
    first = ways.frame.iloc[0]
    assert first["way"].startswith("Nombre minimal de logements")
    assert first["proved"] == "oui"
    assert "Effort à réunir" not in set(summary.key_figures(lost).frame["what"])
    assert summary.ways_out(sample()) is None


# --------------------------------------------------------------------------- land


def test_kept_and_excluded_are_all_the_parcels() -> None:
    frame = land.screening_counts(sample_ground()).frame
    *parts, whole = frame["main"]
    assert sum(parts) == whole == 12
    assert "12\u00a0parcelles dans la commune" in land.screening_sentence(sample_ground())


def test_contributions_add_up_to_the_score() -> None:
    ground = sample_ground()
    table = land.contributions(ground).frame.set_index("site")
    scores = ground.screened.kept.set_index("idu")["score"]
    assert table.sum(axis=1).to_dict() == pytest.approx(scores.to_dict())


def test_a_market_states_its_filter_and_number() -> None:
    market = land.market(sample_ground())
    assert market is not None
    flats = market.frame.set_index("kind").loc["Appartements"]
    # 182 000 / 59, 205 000 / 63, 164 000 / 67, 240 000 / 71 EUR/m2: median of the middle two
    assert flats["n"] == 4
    assert flats["median"] == pytest.approx((182_000 / 59 + 205_000 / 63) / 2)
    assert "hors VEFA" in market.notes[0]
    assert "aucune vente de terrain à bâtir" in land.land_price_check(sample())


def test_an_unread_layer_is_not_examined_and_never_zero() -> None:
    table = site.layers(sample_ground()).table()
    risks = next(row for row in table.rows if row[0] == "Risques")
    assert risks[1:4] == ("non examiné", "n. d.", "n. d.")
    lost = site.dropped(sample_ground())
    assert lost is not None
    assert lost.frame["count"].tolist() == [1]


def test_the_envelope_names_what_it_does_not_see() -> None:
    assert "Ombres portées" in site.unseen(sample())
    options = site.capacity_options(sample()).frame
    assert options["kept"].tolist() == ["", "", "retenu"]
    assert options["sdp"].max() == sample().capacity.sdp_m2


# --------------------------------------------------------------------------- people


def test_no_figure_about_fewer_than_eleven_households() -> None:
    table = group.group_table(sample_ground())
    assert table is not None
    counts = [
        value.value
        for value in table.frame["value"]
        if isinstance(value, Quantity) and "ménage" in value.unit
    ]
    assert counts
    assert all(n == 0 or n >= 11 for n in counts)


def test_nobody_and_no_class_of_need_in_any_table() -> None:
    text = "\n".join(repr(table) for table in sample_document().sheets)
    assert not [name for name in ("M01", "M14", "C01", "classe de besoin") if name in text]


def test_rules_on_households_are_counted_without_their_figures() -> None:
    table = programme.certificate(sample())
    assert table is not None
    assert not any("ménages «" in rule or "Ménages de la" in rule for rule in table.frame["rule"])
    assert "toutes respectées (chiffres réservés)" in table.notes[-1]


def test_a_broken_rule_on_households_keeps_its_figures() -> None:
    imposed = sample().imposed
    assert imposed is not None
    broken = BrokenRule(
        rule="quartile:Q1:max", label="Part", gap=1, unit="menages", sentence="4 ménages Q1"
    )
    shown = programme.imposed_rules(replace(sample(), imposed=replace(imposed, broken=(broken,))))
    assert shown == ("Part\u00a0: non respectée.",)


def test_a_few_unplaced_households_are_suppressed() -> None:
    access = sample().access
    assert access is not None
    lost = access.members.households.head(2)[["household_id", "line"]].assign(reason="x")
    needs = replace(access.members.needs, unplaced=lost)
    fewer = replace(access, members=replace(access.members, needs=needs))
    said = group.unplaced_sentence(replace(sample(), access=fewer))
    assert ": < 11." in said.replace("\u00a0", " ")


def test_without_a_group_nothing_is_said_of_one() -> None:
    alone = sample_ground("alone")
    assert group.group_table(alone) is None
    assert group.unplaced_sentence(sample("alone")) == group.NO_GROUP
    assert "Aucun groupe" in " ".join(summary.warnings(sample("alone")))
    assert summary.key_figures(sample("alone")).frame["value"].tolist()[1] == "sans groupe"


# --------------------------------------------------------------------------- programme and money


def test_dwellings_add_up_both_ways() -> None:
    table = programme.programme_table(sample())
    found = sample().programme
    assert table is not None
    assert found is not None
    sizes = ["T2", "T3", "T4"]
    body, total = table.frame.iloc[:-1], table.frame.iloc[-1]
    assert total["total"] == sum(found.units.values()) == body["total"].sum()
    assert total[sizes].sum() == body[sizes].to_numpy().sum()


def test_every_stage_has_its_bound_and_proof() -> None:
    table = programme.stages(sample())
    assert table is not None
    assert table.frame["status"].tolist() == ["Prouvé optimal"] * 3
    assert "seconds" not in table.frame


def test_resources_equal_the_cost() -> None:
    evaluation = sample().optimum.evaluation
    plan = funding.funding(sample())
    assert evaluation is not None
    assert plan is not None
    parts, total = plan.frame["amount"].iloc[:-1], plan.frame["amount"].iloc[-1]
    assert parts.sum() == pytest.approx(evaluation.cost_eur, abs=0.01)
    assert total == pytest.approx(evaluation.cost_eur, abs=0.01)


def test_costs_by_tenure_add_up_to_the_detailed_accounts() -> None:
    detailed = sample().costs
    table = costs.cost_by_tenure(sample())
    assert detailed is not None
    assert table is not None
    assert table.frame["ttc"].iloc[:-1].sum() == pytest.approx(detailed.total_ttc_eur)
    assert table.frame["ttc"].iloc[-1] == pytest.approx(detailed.total_ttc_eur)
    chapters = costs.cost_chapters(sample())
    assert chapters is not None
    parts = chapters.frame[:-1].set_index("what")["share"]
    assert parts.drop("Sous-total HT").sum() == pytest.approx(1)


def test_the_two_totals_are_reconciled_in_euros_and_percent() -> None:
    text = costs.reconciliation(sample())
    assert "soit un écart de" in text
    assert "%)" in text


def test_a_cap_is_the_same_price_in_both_units() -> None:
    sheets = sample().file.sheets
    cap = funding.cap_ttc_m2_shab(sheets["PSLA"])
    vat = sheets["PSLA"].terms.vat
    widest = max(size.shab_m2 / size.su_m2 for size in sample().file.case.typologies)
    assert cap / (1 + vat) * widest == pytest.approx(sheets["PSLA"].price_cap_m2_su_eur)
    assert funding.cap_ttc_m2_shab(sheets["LIBRE"]) != funding.cap_ttc_m2_shab(sheets["LIBRE"])


def test_the_fee_of_the_ofs_is_by_month_and_size() -> None:
    table = funding.ofs_fees(sample())
    assert table is not None
    assert table.frame.loc[0, ["T2", "T3"]].tolist() == pytest.approx([46 * 1.6, 66 * 1.6])


# --------------------------------------------------------------------------- mix, tests, sources


def test_the_mix_is_shown_against_target_and_commune() -> None:
    table = mix.mix_targets(sample())
    assert table is not None
    rows = table.frame.set_index("label")
    assert rows["target"].dropna().tolist() == [0.5, 0.4, 0.1]
    assert table.table().rows[-1][:3] == ("Autres statuts", "PLS, SCIAPP, VEFA", "s. o.")
    assert rows["share"].sum() == pytest.approx(1)
    assert rows.at["Libre", "commune"] == pytest.approx(0.8)
    indicators = mix.mix_indicators(sample())
    assert indicators is not None
    assert len(indicators.frame) == 6


def test_trials_are_told_with_what_breaks() -> None:
    table = sample().stress
    assert table is not None
    holds = [True, False, True, True, True, True, False]
    failed = table.assign(holds=holds, broken=["" if held else "a" for held in holds])
    text = sensitivity.stress_sentence(replace(sample(), stress=failed))
    assert "ne tient plus dans 2\u00a0essais" in text
    assert "Travaux + 10\u00a0%" in text
    assert "tient dans les 7 essais" in sensitivity.stress_sentence(sample())


def test_every_hypothesis_says_its_source_and_who_may_change_it() -> None:
    frame = hypotheses.hypotheses(sample()).frame
    assert len(frame) > 40
    assert (frame[["source", "who"]] != "").all(axis=None)
    works = frame.set_index("what").loc["Bâtiment, HT (bâtiment et travaux)", "value"]
    assert works.value == 1800
    dearer = hypotheses.hypotheses(sample(scenario="travaux-plus-10")).frame
    dear = dearer.set_index("what").loc["Bâtiment, HT (bâtiment et travaux)", "value"]
    assert dear.value == pytest.approx(1980)


def test_every_regulated_value_is_in_the_workbook_and_in_the_report() -> None:
    facts = sample().facts
    complete = sources.facts_complete(sample()).frame
    assert len(complete) == len(facts)
    shown = sources.facts_used(sample()).frame
    ceilings = sum(fact.table == "plafonds_ressources" for fact in facts)
    series = [what for what in shown["what"] if what.startswith("Plafond de ressources")]
    years = sum(dict(fact.key).get("family") == sources.PATH for fact in facts)
    paths = [
        what
        for what in shown["what"]
        if what.startswith("Coût : trajectoire".replace(" :", "\u00a0:"))
    ]
    assert len(shown) == len(facts) - ceilings + len(series) - years + len(paths)
    assert len(paths) == 5  # rents, charges, repairs, TFPB, Livret A
    assert len(series) == 4  # PLAI, PLUS, PSLA, BRS


def test_tenures_of_the_programme_are_secured() -> None:
    found = sample().programme
    assert found is not None
    used = {code for _, code in found.units}
    assert set(security.guarantees(sample()).frame["code"]) == used
    every = set(security.legal_forms(sample("impossible")).frame["code"])
    assert every == {"PLAI", "PLUS", "PSLA", "BRS", "LIBRE"}


WITHOUT_PROGRAMME = [
    *(costs.cost_chapters, costs.cost_lines, costs.cost_by_tenure, costs.waterfall_figure),
    *(costs.cost_matrix, costs.key_table, costs.room_table, accounts.uses, accounts.resources),
    *(accounts.needs, accounts.needs_sentence, accounts.ceiling_table, accounts.ceiling_alerts),
    *(accounts.income_ceilings, accounts.cost_reconciliation, accounts.plan_figure),
    *(accounts.balance_reconciliation, accounts.tenure_reconciliation),
    *(accounts.loan_reconciliation, monthly.monthly_table, monthly.monthly_sentence),
    *(monthly.quality_sentence, risks.presale_sentence, risks.unsold_table, risks.chance_table),
    *(risks.buyback_table, risks.chance_sentence, risks.cash_sentence, risks.securities),
    *(costs.reconciliation, funding.funding, funding.tenure_balance, funding.balance_sentence),
    *(funding.loan_alerts, funding.funding_figure, funding.price_figure),
    *(programme.programme_table, programme.programme_figure, programme.surfaces),
    *(programme.shared_rooms, programme.stages, programme.certificate, programme.imposed_table),
    *(programme.imposed_units, programme.imposed_rules, mix.mix_targets, mix.mix_by_tenure),
    *(mix.mix_indicators, mix.mix_figure, sensitivity.stress, sensitivity.stress_figure),
    *(sensitivity.stress_sentence, summary.effort_line, summary.effort_parts),
]


@pytest.mark.parametrize("say", WITHOUT_PROGRAMME, ids=lambda say: say.__name__)
def test_without_a_programme_a_section_is_silent(say: Callable[[Feasibility], object]) -> None:
    assert not say(sample("impossible"))


def test_a_commune_without_a_site_to_study_has_no_ranking() -> None:
    ground = sample_ground()
    nobody = ground.screened.parcels.assign(kept=False)
    empty = replace(ground.screened, parcels=nobody, sweep=ground.screened.sweep.head(0))
    bare = replace(ground, screened=empty, territory=replace(ground.territory, sales=None))
    assert land.ranking_figure(bare) is None
    assert land.weight_sweep_figure(bare) is None
    assert land.candidates_map(bare) is None
    assert land.market(bare) is None
    assert "non examiné" in land.land_price_check(replace(sample(), ground=bare))
    assert "0\u00a0site à étudier" in land.screening_sentence(bare)


def test_each_resource_of_a_short_plan_is_named() -> None:
    best = sample().optimum
    assert best.evaluation is not None
    short = replace(
        best.evaluation, topup_eur=10.0, missing_eur=20.0, equity_eur=5.0, surplus_eur=0.0
    )
    plan = funding.funding(replace(sample(), optimum=replace(best, evaluation=short)))
    assert plan is not None
    assert {"Subvention complémentaire à obtenir", "Reste à trouver"} <= set(plan.frame["what"])
