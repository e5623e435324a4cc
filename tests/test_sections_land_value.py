"""What the land may cost: the sheets, the steps to the compte à rebours, the sites on a map."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import pandas as pd
import pytest

from habitat_analysis.feasibility import Feasibility, results_of
from habitat_analysis.feasibility.argued import LandValue
from habitat_analysis.feasibility.land_walk import STEPS, LandWalk, land_walk
from habitat_analysis.feasibility.results_land import NAMES, land_results
from habitat_analysis.formats import NARROW, NBSP
from habitat_analysis.programme.land_bill import charge_fonciere_admissible, prove_bill
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.report import maps
from habitat_analysis.report import sections_land_ranking as ranking
from habitat_analysis.report import sections_land_value as land_value
from habitat_analysis.report.interactive import land_value_page
from habitat_analysis.report.outline import outline
from habitat_analysis.report.portfolio_scene import NO_PRICE, PRICE
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.runs.land_values import ranked_land_values
from tests.argument_samples import with_land
from tests.montage_samples import full_site
from tests.report_samples import sample, sample_ground

CENT = 0.005


@cache
def argued(kind: str = "base") -> Feasibility:
    return with_land(sample(kind))


@cache
def full() -> Feasibility:
    """Give the site with every tenure for sale."""
    return with_land(full_site())


@cache
def poor(help_eur: float = -1_000_000.0) -> Feasibility:
    """Give a site whose fixed costs are so high that no land can be paid."""
    site = sample()
    case = replace(site.file.case, fixed_cost_eur=site.file.case.fixed_cost_eur - 3 * help_eur)
    optimum = optimise(case, ["public_money"])
    moved = replace(site, file=replace(site.file, case=case), optimum=optimum, costs=None,
                    montage=None, mix=None, stress=None)  # fmt: skip
    return with_land(moved)


@cache
def values() -> gpd.GeoDataFrame:
    return ranked_land_values(sample_ground(), first=3)


def plain(text: object) -> str:
    return str(text).replace(NBSP, " ").replace(NARROW, " ")


def shown(table: Sheet | None) -> Sheet:
    assert table is not None
    assert len(table.columns) <= 8
    assert table.table().to_html()
    return table


def land_of(site: Feasibility) -> LandValue:
    assert site.argument is not None
    assert site.argument.land is not None
    return site.argument.land


def walked(site: Feasibility) -> LandWalk:
    walk = land_walk(site)
    assert walk is not None
    return walk


def test_the_land_counted_and_admissible_stand_side_by_side() -> None:
    land = land_of(argued())
    table = shown(land_value.land_value_table(argued()))
    rows = table.frame.set_index("what")["total"]
    assert rows["Terrain compté par l'étude"] == argued().file.land_price_eur
    assert rows["Charge foncière admissible"] == land.admissible_ht_eur
    gap = rows["Charge foncière admissible"] - rows["Terrain compté par l'étude"]
    assert rows["Différence"] == pytest.approx(gap)
    admissible = table.frame.iloc[1]
    assert admissible["land"] == pytest.approx(land.admissible_ht_eur / argued().site.area_m2)
    assert admissible["sdp"] == pytest.approx(land.admissible_ht_eur / argued().capacity.sdp_m2)
    assert "Prouvé des deux côtés" in plain(table.notes)
    said = plain(land_value.land_value_sentence(argued()))
    assert said.startswith("Le terrain peut coûter jusqu'à")
    assert "€ de marge de négociation" in said


def test_the_same_land_typed_in_the_study_is_just_bearable() -> None:
    """The admissible price, put in the cost of the case: a euro more and nothing is possible."""
    land, case = land_of(argued()), argued().file.case
    added = (land.admissible_ht_eur - land.counted_ht_eur) * land.factor
    for more, status in ((-1.0, "optimal"), (1.0, "infeasible")):
        dearer = replace(case, fixed_cost_eur=case.fixed_cost_eur + added + more)
        assert optimise(dearer, ["dwellings"]).status == status


@pytest.mark.parametrize("make", [argued, full], ids=["small", "every tenure"])
def test_the_steps_to_the_compte_a_rebours_add_up_to_the_cent(make) -> None:
    site = make()
    walk = walked(site)
    assert tuple(walk.steps) == STEPS
    countdown = sum(m.countdown_ht_eur for m in site.montage.sales.values())
    assert walk.end_eur == pytest.approx(countdown, abs=CENT)
    assert walk.start_eur + sum(walk.steps.values()) == pytest.approx(countdown, abs=CENT)


def test_each_step_is_what_it_says() -> None:
    """Every step again, by other figures than its own."""
    site = full()
    walk, montage, land = walked(site), site.montage, land_of(site)
    assert montage is not None
    spent = land.bill.evaluation
    assert spent is not None
    given = spent.equity_eur + spent.topup_eur - spent.surplus_eur
    assert walk.steps["equity"] * land.factor == pytest.approx(-given, abs=CENT)
    gaps = montage.reconciliation.by_tenure.loc["total"]
    assert walk.steps["accounts"] * land.factor == pytest.approx(gaps["gap_eur"], abs=CENT)
    others = [code for code in montage.plan.need_by_tenure if code not in montage.sales]
    needs = sum(montage.plan.need_by_tenure[code] for code in others)
    assert walk.steps["others"] * land.factor == pytest.approx(needs, abs=CENT)
    assert site.costs is not None
    borne = sum(site.costs.family_ht_eur(code, "foncier") for code in others)
    assert -walk.steps["other_land"] == pytest.approx(borne, abs=CENT)
    lines = sum(line.amount_ht_eur for line in site.costs.price.lines
                if line.family == "foncier" and line.id != "terrain")  # fmt: skip
    assert walk.steps["land_lines"] == pytest.approx(lines, abs=CENT)


def test_the_programme_step_is_nothing_when_the_programmes_are_one() -> None:
    site = full()
    land = land_of(site)
    assert not walked(site).same_programme
    kept = site.optimum.evaluation
    bill = replace(land.bill, evaluation=kept, programme=site.programme)
    same = replace(land, bill=bill, admissible_ht_eur=land.counted_ht_eur)
    again = walked(replace(site, argument=replace(site.argument, land=same)))
    assert again.same_programme
    assert again.steps["programme"] == pytest.approx(0, abs=CENT)
    assert again.start_eur + sum(again.steps.values()) == pytest.approx(again.end_eur, abs=CENT)


def test_what_is_printed_adds_up_too() -> None:
    table = shown(land_value.land_walk_table(full()))
    amounts = table.frame["amount"].tolist()
    assert sum(amounts[:-1]) == amounts[-1]
    for code in full().montage.sales:
        assert code in plain(table.notes)
    document = outline(full())
    names = [one.name for one in document.sheets]
    assert names.count("Charge foncière") == names.count("Passage au compte à rebours") == 1
    traced = next(one for one in document.sheets if one.name == "Passage au compte à rebours")
    assert "Repose sur" in plain(traced.notes)


def test_an_impossible_operation_may_say_what_its_land_should_cost() -> None:
    """Even free land is too dear: the help that is missing is proved on both sides."""
    site = poor()
    land = site.argument.land
    assert site.optimum.status == "infeasible"
    assert land is not None
    assert land.admissible_ht_eur < 0
    assert land.proof is not None
    assert land.proof.holds
    said = plain(land_value.land_value_sentence(site))
    assert said.startswith("Même un terrain gratuit est trop cher")
    assert land_value.land_value_table(site) is not None
    assert land_value.land_walk_table(site) is None
    assert any("terrain gratuit" in str(block) for block in outline(site).sections[6].blocks)


def test_below_free_land_the_same_bill_is_found_as_above() -> None:
    case = argued().file.case
    land = land_of(argued())
    whole = charge_fonciere_admissible(case, land_eur=case.fixed_cost_eur)
    assert whole.extra_eur == pytest.approx(land.bill.extra_eur)
    floor = replace(case, fixed_cost_eur=0.0)
    bill = charge_fonciere_admissible(floor)
    assert bill.extra_eur is not None
    proof = prove_bill(floor, replace(bill, extra_eur=0.0))
    assert proof is not None
    assert proof.below == "optimal"  # a bill is never tried below nothing


def test_no_price_says_why() -> None:
    assert land_value.land_value_sentence(sample()) == ""  # nobody asked
    impossible = argued("impossible")
    assert "à aucun prix du terrain" in plain(land_value.land_value_sentence(impossible))
    assert land_results(impossible) is None
    site = argued()
    free = replace(site.file.case, rules=replace(site.file.case.rules, equity_max_eur=None))
    unlimited = with_land(replace(site, file=replace(site.file, case=free)))
    assert unlimited.argument is not None
    assert unlimited.argument.land is None
    assert "ne limite pas les fonds propres" in plain(land_value.land_value_sentence(unlimited))
    assert land_value.land_value_table(unlimited) is None


def test_a_price_that_is_not_proved_says_so() -> None:
    site = argued()
    land = land_of(site)
    bill = replace(land.bill, status="feasible", bound_eur=land.bill.extra_eur + 1000.0)
    unproved = replace(land, bill=bill, proof=None)
    doubtful = replace(site, argument=replace(site.argument, land=unproved))
    assert "au moins" in plain(land_value.land_value_sentence(doubtful))
    notes = plain(shown(land_value.land_value_table(doubtful)).notes)
    assert "Non prouvé des deux côtés" in notes
    assert "non exclu" in notes


def test_the_results_lead_from_one_price_to_the_other() -> None:
    found = land_results(full())
    assert found is not None
    assert found.prouve_des_deux_cotes
    assert [step.etape for step in found.passage] == list(NAMES.values())
    total = found.admissible_ht + sum(step.montant_ht for step in found.passage)
    assert round(total, 2) == round(sum(found.compte_a_rebours_ht.values()), 2)
    written = results_of(full(), fingerprint="", inputs={}, parameters={})
    assert written.charge_fonciere == found
    assert results_of(sample(), fingerprint="", inputs={}, parameters={}).charge_fonciere is None


def test_the_first_sites_are_priced_as_in_their_report() -> None:
    rows = values()
    assert rows["rang"].tolist() == [1, 2, 3]
    idus = rows.set_index("idus")
    site = argued()
    land = land_of(site)
    priced = ranked_land_values(sample_ground(), first=8).set_index("idus")
    row = priced.loc[site.site.idus[0]]
    assert row[ranking.ADMISSIBLE] == pytest.approx(land.admissible_ht_eur, abs=0.01)
    assert row[PRICE] == pytest.approx(land.per_sdp_m2_eur, abs=0.01)
    table = shown(ranking.land_ranking_sheet(rows))
    assert table.frame["limit"].notna().all()
    assert len(idus) == 3


def test_the_first_limit_is_named() -> None:
    said = plain(" ".join(ranking.land_ranking_sentences(values())))
    first = ranking.first_limits(values()).mode()
    assert "Sur 3 sites" in said
    assert any(f"plus souvent : {plain(name)}" in said for name in first)


def test_a_site_too_dear_says_that_its_land_is_the_limit() -> None:
    rows = values().assign(logements=pd.NA)
    assert set(ranking.first_limits(rows)) == {ranking.LAND_PRICE}
    none = values().assign(**{ranking.ADMISSIBLE: float("nan"), PRICE: float("nan"),
                              "logements": pd.NA})  # fmt: skip
    assert "3 sites sans charge foncière admissible" in plain(
        ranking.land_ranking_sentences(none)[0]
    )


def test_the_map_has_five_classes_and_hatches_what_has_no_price() -> None:
    rows = values().copy()
    rows.loc[rows.index[:2], PRICE] = [100.0, 600.0]
    rows.loc[rows.index[2], PRICE] = float("nan")
    scene = ranking.value_scene(rows, sample_ground(), selected=(str(rows["idus"].iloc[0]),))
    legend = dict(scene.legend)
    classes = [plain(symbol.label) for symbol in legend["Charge foncière admissible (€ HT/m² SDP)"]]
    assert classes[0] == "500 à 600 (1 site)"
    assert classes[4] == "100 à 200 (1 site)"
    assert classes[5].startswith(NO_PRICE.label)
    assert len(classes) == 6
    chart = ranking.land_value_map(rows, sample_ground())
    assert chart is not None
    assert "Charge foncière admissible" in chart.alt
    assert chart.png()
    assert ranking.land_value_map(rows.head(0), sample_ground()) is None
    assert "Aucun site" in repr(land_value_page(rows.head(0), sample_ground()))


def test_a_hostile_text_is_inert_on_the_map() -> None:
    rows = values().assign(limites="<script>alert(1)</script>{{7*7111}}${x}")
    page = maps.draw(ranking.value_scene(rows, sample_ground("hostile"))).html()
    assert "<script>alert" not in page
    assert "49777" not in page
    assert "{{7*7" not in page
    screen = land_value_page(rows, sample_ground())
    assert "Carte interactive : Charge foncière admissible" in repr(screen)
