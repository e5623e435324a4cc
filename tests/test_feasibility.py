"""One operation gathered: what follows from a study, checked on a commune of twelve parcels."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import (
    Feasibility,
    Ground,
    Resultats,
    check_sites,
    choose_sites,
    covered_sentence,
    effort_sentence,
    find_site,
    read_ground,
    results_of,
    results_text,
    study_site,
    summary_row,
)
from habitat_analysis.feasibility.operation import objectives
from habitat_analysis.feasibility.stress import TRIALS
from habitat_analysis.land.territory import NOT_EXAMINED
from habitat_analysis.programme.economics import build_case, imposed_programme
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.study import load_study
from tests.small_study import HOUSEHOLDS, idu, impossible, write_small_study


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return read_ground(load_study(write_small_study(tmp_path_factory.mktemp("etude"))))


@pytest.fixture(scope="module")
def found(ground: Ground) -> Feasibility:
    return study_site(ground, choose_sites(ground)[0])


def ground_with(folder: Path, **changes: Any) -> Ground:
    return read_ground(load_study(write_small_study(folder, changes=changes)))


def test_every_parcel_is_kept_or_put_aside(ground: Ground) -> None:
    screened = ground.screened
    assert len(screened.kept) + len(screened.excluded) == 12
    assert screened.excluded["main_reason"].str.len().gt(0).all()


def test_absent_layers_are_not_examined(ground: Ground, found: Feasibility) -> None:
    states = ground.territory.states.set_index("layer")["state"]
    assert states["Risques"] == NOT_EXAMINED
    assert states["Parcelles"] == "examiné"
    assert any("Non examiné" in condition for condition in found.verdict.conditions)


def test_sites_chosen_by_the_planner_come_first(tmp_path: Path) -> None:
    pair = [idu(1), idu(2)]
    ground = ground_with(tmp_path, foncier={"sites_choisis": [pair, idu(5)], "nombre_de_sites": 3})
    sites = choose_sites(ground)
    assert sites[:2] == (tuple(pair), (idu(5),))
    assert len(sites) == 3
    assert not {*pair, idu(5)} & set(sites[2])


def test_a_site_is_found_by_its_name_its_idu_or_its_parcels(ground: Ground) -> None:
    name = choose_sites(ground)[0]
    assert find_site(ground, name[0].lower()) == name
    assert find_site(ground, f"{idu(1)}+{idu(2)}") == (idu(1), idu(2))
    with pytest.raises(DataError, match="n'est pas dans la commune"):
        find_site(ground, "99901000ZZ9999")


def test_the_programme_is_certified_and_its_figures_add_up(found: Feasibility) -> None:
    evaluation = found.optimum.evaluation
    assert evaluation is not None
    assert found.optimum.status == "optimal"
    assert evaluation.feasible
    resources = (
        evaluation.loans_eur
        + evaluation.subsidies_eur
        + evaluation.sales_eur
        + evaluation.equity_eur
        + evaluation.topup_eur
        - evaluation.surplus_eur
    )
    assert resources == pytest.approx(evaluation.cost_eur, abs=0.01)
    assert evaluation.tenures["loan_over_cost_eur"].max() == 0


def test_before_tax_the_detailed_costs_and_the_model_are_one(found: Feasibility) -> None:
    costs, unit = found.costs, found.file.unit_costs
    assert costs is not None
    totals = costs.quantities.sum()
    linear = unit.total_ht_eur(
        shab_m2=totals["shab"], dwellings=totals["dwellings"], parking=totals["parking"]
    )
    assert costs.price.total_ht_eur == pytest.approx(linear, rel=1e-9)
    assert abs(costs.gap_eur) < 0.01 * costs.total_ttc_eur


def test_rents_and_prices_stand_under_their_caps(found: Feasibility) -> None:
    for sheet in found.file.sheets.values():
        if sheet.price_cap_m2_su_eur is not None:
            assert sheet.price_ht_m2_su_eur is not None
            assert sheet.price_ht_m2_su_eur <= sheet.price_cap_m2_su_eur


def test_a_price_above_its_cap_is_refused_with_the_text_and_the_remedy(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, statuts={"PSLA": {"prix_ttc_m2_shab": 9000}})
    with pytest.raises(DataError, match="au-dessus du plafond") as refusal:
        study_site(ground, choose_sites(ground)[0])
    assert "Baissez-le" in str(refusal.value)
    assert "R331-76-5-1" in str(refusal.value)


def test_a_loan_longer_than_its_product_allows_is_refused(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, statuts={"PLUS": {"duree_pret_ans": 90}})
    with pytest.raises(DataError, match="90 ans dépassent"):
        study_site(ground, choose_sites(ground)[0])


def test_dearer_works_cost_more_by_the_same_factor_everywhere(
    ground: Ground, found: Feasibility
) -> None:
    base = ground.study.scenario("base")
    dearer = base.model_copy(update={"works_factor": 1.1})
    from habitat_analysis.baremes import FactReader

    file = build_case(
        ground.study,
        dearer,
        site=found.site,
        capacity=found.capacity,
        classes=(),
        facts=FactReader(ground.baremes, on=ground.study.operation_date),
    )
    before, after = found.file.unit_costs, file.unit_costs
    assert after.variable_m2_ht_eur == pytest.approx(1.1 * before.variable_m2_ht_eur)
    assert after.fixed_land_ht_eur == pytest.approx(before.fixed_land_ht_eur)


def test_an_impossible_programme_gives_no_number_and_says_what_would_help(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, **impossible())
    found = study_site(ground, choose_sites(ground)[0])
    assert found.verdict.word == "infaisable"
    assert found.programme is None
    assert found.costs is None
    assert found.stress is None
    results = results_of(found, fingerprint="f", inputs={}, parameters={})
    assert results.programme is None
    assert results.controle == []
    assert results.verdict == "infaisable"
    assert found.diagnosis is not None
    assert found.diagnosis.status == "infeasible"
    assert found.diagnosis.conflict


def test_each_way_out_is_true(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, programme={"fonds_propres_max": 0, "subventions_max": 0})
    found = study_site(ground, choose_sites(ground)[0])
    if found.programme is not None:
        pytest.skip("le petit programme tient sans fonds propres")
    rules = found.file.case.rules
    lifted = replace(found.file.case, rules=replace(rules, equity_max_eur=None))
    assert found.diagnosis is not None
    named = {way.rule: way.enough for way in found.diagnosis.ways_out}
    assert all(way.proved for way in found.diagnosis.ways_out if way.enough)
    assert named["equity"] == (optimise(lifted, ["equity"]).programme is not None)


def test_without_a_group_nobody_is_counted(tmp_path: Path) -> None:
    ground = read_ground(load_study(write_small_study(tmp_path, group=False)))
    assert ground.needs is None
    assert "housed" not in objectives(ground)
    found = study_site(ground, choose_sites(ground)[0])
    assert found.verdict.word != "sans réponse"
    assert "Aucun groupe" in covered_sentence(found)


def test_rules_nobody_read_make_it_conditional_at_best(ground: Ground) -> None:
    supposed = ground.screened.kept.query("zone_label == '1AU'")["idu"]
    found = study_site(ground, (supposed.iloc[0],))
    assert found.verdict.word != "faisable"
    if found.programme is not None:
        assert any("règles supposées" in text for text in found.verdict.conditions)


def test_a_zone_without_rules_is_named(ground: Ground) -> None:
    outside = ground.screened.parcels.query("zone_label == 'N'")["idu"].iloc[0]
    with pytest.raises(DataError, match="ne donne pas de règles"):
        study_site(ground, (outside,))


def test_stress_keeps_the_programme_and_moves_the_hypotheses(found: Feasibility) -> None:
    assert found.stress is not None
    table = found.stress.set_index("label")
    evaluation = found.optimum.evaluation
    assert evaluation is not None
    assert len(table) == len(TRIALS)
    assert table["delta_eur"].iloc[0] == 0
    assert table["public_money_eur"].iloc[0] == pytest.approx(evaluation.public_money_eur)
    worst = table["public_money_eur"].iloc[-1]
    assert worst >= table["public_money_eur"].iloc[:-1].max() - 0.01
    assert (table["holds"] == (table["broken"] == "")).all()
    assert (table.drop("20 % de désistements")["peak_debt_eur"] > 0).all()
    late, plan = table.loc["12 mois de retard"], table.iloc[0]
    assert late["public_money_eur"] > plan["public_money_eur"]  # dearer works, land carried longer


def test_the_mix_is_a_table_first(found: Feasibility) -> None:
    mix = found.mix
    assert mix is not None
    assert mix.tenures["share"].sum() == pytest.approx(1)
    assert mix.tenures["reference_share"].sum() == pytest.approx(1)
    assert mix.indicators.dissimilarity is not None


def test_the_sentences_name_tenants_apart_and_the_parts_of_the_effort(found: Feasibility) -> None:
    covered, effort = covered_sentence(found), effort_sentence(found)
    assert "sur 14" in covered
    assert "logés" not in covered
    assert "fonds propres" in effort
    assert "subventions" in effort


def test_results_follow_their_schema_and_hold_no_household(found: Feasibility) -> None:
    results = results_of(found, fingerprint="f", inputs={"a": "b"}, parameters={"site": "x"})
    content = json.loads(results_text(results))
    jsonschema.validate(content, Resultats.model_json_schema())
    names = [line.split(";")[0] for line in HOUSEHOLDS.splitlines()[1:]]
    text = results_text(results)
    assert not [name for name in names if f'"{name}"' in text]
    rules = [check["regle"] for check in content["controle"]]
    assert rules
    assert not [rule for rule in rules if rule.startswith(("class", "cell", "quartile"))]
    row = summary_row(results)
    assert row["logements"] == content["programme"]["chiffres"]["logements"]
    assert math.isclose(row["effort_eur"], content["programme"]["chiffres"]["effort"])


def test_the_programme_of_the_group_is_set_beside_the_optimum(found: Feasibility) -> None:
    typed = imposed_programme(found.ground.study)
    assert typed is not None
    assert found.imposed is not None
    assert found.imposed.evaluation.dwellings == sum(typed.units.values())
    assert "votre programme" in found.imposed.sentence
    results = results_of(found, fingerprint="f", inputs={}, parameters={})
    assert results.impose is not None
    assert results.impose.phrase == found.imposed.sentence


def test_a_number_decided_by_people_is_kept(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, programme={"fixe": {"statuts": {"PLUS": 2}}})
    found = study_site(ground, choose_sites(ground)[0])
    assert found.optimum.evaluation is not None
    assert found.optimum.evaluation.by_tenure["PLUS"] == 2


def test_quartiles_without_thresholds_are_refused(tmp_path: Path) -> None:
    study = write_small_study(tmp_path)
    reference = study.with_name("reference.csv")
    lines = [
        line
        for line in reference.read_text(encoding="utf-8").splitlines()
        if "quartiles" not in line
    ]
    reference.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="quartiles_revenu"):
        read_ground(load_study(study))


def test_parcels_of_another_commune_and_stray_identifiers_are_refused(tmp_path: Path) -> None:
    change = {"commune": {"insee": "33063"}, "foncier": {"maitrise": {"99901000ZZ0001": "public"}}}
    with pytest.raises(DataError) as refusal:
        ground_with(tmp_path, **change)
    message = str(refusal.value)
    assert "aucune parcelle du fichier n'est dans la commune 33063" in message
    assert "99901000ZZ0001 n'est pas dans le fichier des parcelles" in message


def test_what_would_stop_every_site_is_refused_before_any_report(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, statuts={"PLUS": {"duree_pret_ans": 90}})
    with pytest.raises(DataError, match="90 ans dépassent"):
        check_sites(ground, choose_sites(ground), scenario="base")
    far = ((idu(1), idu(12)),)
    with pytest.raises(DataError):
        check_sites(ground, far, scenario="base")


def test_without_a_zoning_the_message_says_so(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, fichiers={"zonage": None})
    with pytest.raises(DataError, match="zonage du PLU n'est pas donné"):
        study_site(ground, (idu(1),))
