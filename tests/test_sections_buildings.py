"""The buildings in a report: a demo variant studied from end to end, read and published."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from habitat_analysis.feasibility.building_mix import between_buildings
from habitat_analysis.feasibility.results import results_of, results_text
from habitat_analysis.feasibility.results_schema import SCHEMA_VERSION, Resultats
from habitat_analysis.households.mixity import theil_h
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.sharing_out import separation
from habitat_analysis.report.document import write_page
from habitat_analysis.report.sections_buildings import (
    building_table,
    mix_by_building,
    mix_by_building_sentence,
    phase_sentence,
    phase_table,
)
from habitat_analysis.report.sections_hypotheses import hypotheses
from habitat_analysis.report.sections_programme import certificate
from tests.building_samples import built, built_document
from tests.report_samples import sample, sample_document


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_variant_is_optimal_and_every_rule_of_its_buildings_is_certified():
    found = built()
    assert found.optimum.status == "optimal"
    labels = [plain(cell) for cell in certificate(found).frame["rule"]]
    assert "Bâtiment sur rue : nombre maximal de logements" in labels
    assert "Bâtiment sur jardin : part maximale de « PSLA »" in labels
    assert "Phase 1 : fonds propres engagés à sa livraison" in labels
    assert evaluate(found.file.case, found.programme).feasible


def test_the_table_of_buildings_adds_up_to_the_programme():
    found, evaluation = built(), built().optimum.evaluation
    table = building_table(found).frame
    assert list(table["building"]) == ["Bâtiment sur rue", "Bâtiment sur jardin"]
    assert table["n"].sum() == evaluation.dwellings
    assert table["area"].sum() == pytest.approx(evaluation.shab_with_spaces_m2)
    assert table["area_max"].sum() == pytest.approx(found.capacity.shab_m2)
    assert sorted(table["rooms"]) == ["Salle commune", "aucun"]


def test_the_table_of_phases_ends_on_what_the_operation_needs():
    found, evaluation = built(), built().optimum.evaluation
    table = phase_table(found).frame
    whole = evaluation.equity_needed_eur - evaluation.surplus_eur
    assert table["tied"].iloc[-1] == pytest.approx(whole, abs=0.01)
    assert table["need"].sum() == pytest.approx(whole, abs=0.01)
    assert table["fixed"].sum() == pytest.approx(found.file.case.fixed_cost_eur)
    assert list(table["month"]) == [0, 12]
    assert plain(phase_sentence(found)).startswith(
        "Les fonds à porter sont les plus élevés à la livraison de la phase 1"
    )


def test_the_mix_of_each_building_is_crossed_and_measured():
    found = built()
    table = mix_by_building(found).frame
    by_tenure = {code: n for code, n in found.optimum.evaluation.by_tenure.items() if n}
    assert dict(zip(table["tenure"], table["total"], strict=True)) == by_tenure | {
        "Total": sum(by_tenure.values())
    }
    rows = [list(table[name].iloc[:-1]) for name in ("in A", "in B")]
    assert found.mix.theil_h == pytest.approx(theil_h(rows))
    assert between_buildings(found.programme) == found.mix.theil_h
    said = plain(mix_by_building_sentence(found))
    assert "indice H de Theil" in said
    assert "6 règles de mixité dans chaque bâtiment, respectées." in said
    most = max(found.optimum.evaluation.buildings[0].by_tenure.values())
    assert most <= 0.6 * found.optimum.evaluation.buildings[0].dwellings
    assert separation(found.programme) < 1


def page(document, folder: Path) -> str:
    path = folder / "rapport.html"
    write_page(document, path)
    return plain(html.unescape(path.read_text(encoding="utf-8")))


def test_the_report_shows_them_and_the_other_reports_do_not_change(tmp_path):
    text = page(built_document(), tmp_path)
    for said in (
        "Bâtiments et phases", "Le programme, bâtiment par bâtiment", "Phases et fonds à porter",
        "Logements par statut et bâtiment", "Part d'un statut dans chaque bâtiment, maximum",
    ):  # fmt: skip
        assert said in text, said
    alone = page(sample_document(), tmp_path)
    assert "Bâtiments et phases" not in alone
    assert "Theil" not in alone
    found = sample()
    assert building_table(found) is phase_table(found) is mix_by_building(found) is None
    assert phase_sentence(found) == mix_by_building_sentence(found) == ""


def test_their_limits_are_hypotheses_with_a_number():
    rows = [plain(cell) for cell in hypotheses(built()).frame["what"]]
    assert "Capacité de « Bâtiment sur rue », part de la SHAB du site" in rows
    assert "Part « Locatif social » dans chaque bâtiment, minimum" in rows
    assert "Phase 1, fonds à porter, maximum" in rows
    alone = [plain(cell) for cell in hypotheses(sample()).frame["what"]]
    added = ("Capacité de", "Phase ", "Part d'un statut dans", "Part « Locatif social » dans")
    assert alone == [row for row in rows if not row.startswith(added)]


def test_the_results_publish_buildings_and_phases():
    results = results_of(built(), fingerprint="f", inputs={}, parameters={})
    content = json.loads(results_text(results))
    assert (content["version_schema"], SCHEMA_VERSION) == (6, 6)
    programme = content["programme"]
    assert [b["libelle"] for b in programme["batiments"]] == [
        "Bâtiment sur rue",
        "Bâtiment sur jardin",
    ]
    inside = sum(line["nombre"] for b in programme["batiments"] for line in b["logements"])
    assert inside == programme["chiffres"]["logements"]
    assert [p["numero"] for p in programme["phases"]] == [1, 2]
    assert 0 <= programme["theil_batiments"] <= 1
    assert content["impose"]["programme"]["batiments"]
    assert Resultats.model_validate(content) == results
    before = content | {"version_schema": 2, "impose": None}
    before["programme"] = {
        key: value
        for key, value in programme.items()
        if key not in ("batiments", "phases", "theil_batiments")
    }
    assert Resultats.model_validate(before).programme.batiments == []
    alone = results_of(sample(), fingerprint="f", inputs={}, parameters={}).programme
    assert (alone.batiments, alone.phases, alone.theil_batiments) == ([], [], None)
