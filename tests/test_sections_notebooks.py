"""The tables that only notebooks show: limits, second opinion, words, reference, study."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from habitat_analysis.baremes import load_baremes
from habitat_analysis.feasibility import Feasibility, Ground, read_ground, study_site
from habitat_analysis.files import PROJECT_ROOT
from habitat_analysis.report.sections_glossary import (
    bareme_states,
    doubts_sentence,
    flagged_facts,
    glossary,
    read_glossary,
)
from habitat_analysis.report.sections_limits import limiting_rules, limits_sentence
from habitat_analysis.report.sections_opinion import opinion_sentences, rank_gaps, weight_sweep
from habitat_analysis.report.sections_reference import reference_incomes, reference_tenures
from habitat_analysis.report.sections_study import study_summary
from habitat_analysis.runs.expected import expected_outputs
from habitat_analysis.study import load_study
from tests.small_study import idu, impossible, write_small_study

SITE = (idu(5),)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return read_ground(load_study(write_small_study(tmp_path_factory.mktemp("petite"))))


@pytest.fixture(scope="module")
def demo() -> Ground:
    return read_ground(load_study(PROJECT_ROOT / "data" / "demo" / "etude.yaml"))


@pytest.fixture(scope="module")
def operation(ground: Ground) -> Feasibility:
    return study_site(ground, SITE)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A study without a group nor a reference."""
    folder = tmp_path_factory.mktemp("seule")
    return read_ground(load_study(write_small_study(folder, group=False)))


def test_a_limit_listed_leaves_no_room_for_one_more(operation: Feasibility) -> None:
    evaluation = operation.optimum.evaluation
    sheet = limiting_rules(operation)
    assert evaluation is not None
    assert sheet is not None
    assert 0 < len(sheet.frame) < len(evaluation.certificate)
    for row in sheet.frame.to_dict("records"):
        value, limit = row["value"].value, row["limit"].value
        room = limit - value if row["sense"] == "au plus" else value - limit
        assert room < 1
    labels = list(sheet.frame["rule"])
    assert not [text for text in labels if "ménages de la classe" in text.lower()]
    said = limits_sentence(operation)
    assert said.startswith(str(len(labels)))
    assert all(label[1:] in said for label in labels)


def test_a_rule_with_room_is_not_a_limit(ground: Ground) -> None:
    """Twice the dwellings allowed: their maximum no longer limits, what limited still may."""
    study = ground.study
    most = study.programme.model_copy(update={"dwellings_max": 500})
    wide = replace(ground, study=study.model_copy(update={"programme": most}))
    sheet = limiting_rules(study_site(wide, SITE))
    assert sheet is not None
    assert "Nombre maximal de logements" not in list(sheet.frame["rule"])


def test_without_a_programme_nothing_limits_it(tmp_path: Path) -> None:
    study = load_study(write_small_study(tmp_path, changes=impossible()))
    nothing = study_site(read_ground(study), SITE)
    assert limiting_rules(nothing) is None
    assert "aucun programme" in limits_sentence(nothing)


def test_the_second_opinion_lists_the_ranks_that_differ(demo: Ground) -> None:
    sheet = rank_gaps(demo, first=10)
    kept = demo.screened.kept.head(10)
    differing = kept[kept["rank"] != kept["topsis_rank"]]
    if sheet is None:
        assert differing.empty
    else:
        assert list(sheet.frame["idu"]) == list(differing["idu"])
        assert (sheet.frame["gap"] == sheet.frame["topsis_rank"] - sheet.frame["rank"]).all()
    head, count, why = opinion_sentences(demo)
    assert kept["idu"].iloc[0] in head
    assert f"sur\u00a0{len(demo.screened.kept)}" in count or "sur " in count
    assert "TOPSIS" in why


def test_two_methods_that_disagree_on_the_first_site_are_both_named(ground: Ground) -> None:
    parcels = ground.screened.parcels.copy()
    kept = ground.screened.kept
    turned = dict(zip(kept["idu"], range(len(kept), 0, -1), strict=True))
    parcels["topsis_rank"] = [turned.get(name, rank) for name, rank in
                              zip(parcels["idu"], parcels["topsis_rank"], strict=True)]  # fmt: skip
    turned_ground = replace(ground, screened=replace(ground.screened, parcels=parcels))
    head = opinion_sentences(turned_ground)[0]
    assert head == (
        f"TOPSIS place {kept['idu'].iloc[-1]} en tête, la somme pondérée {kept['idu'].iloc[0]}."
    )


def test_without_sites_there_is_no_opinion(ground: Ground) -> None:
    parcels = ground.screened.parcels.assign(kept=False)
    empty = replace(
        ground,
        screened=replace(ground.screened, parcels=parcels, sweep=ground.screened.sweep.head(0)),
    )
    assert rank_gaps(empty) is None
    assert weight_sweep(empty) is None
    assert opinion_sentences(empty) == ("Aucun site à classer.",)


def test_each_weight_is_moved_down_and_up(ground: Ground) -> None:
    sheet = weight_sweep(ground)
    assert sheet is not None
    assert len(sheet.frame) == 2 * len(ground.study.land.criteria)
    assert set(sheet.frame["change"]) == {-0.5, 0.5}


def test_words_are_in_order_once_and_sourced() -> None:
    words = read_glossary()
    assert words["mot"].is_unique
    assert (words[["mot", "sens", "source"]] != "").all(axis=None)
    folded = [word.casefold() for word in words["mot"]]
    assert folded == sorted(folded)
    assert "bail réel solidaire" in repr(glossary())


def test_every_row_of_the_baremes_is_counted_once() -> None:
    baremes = load_baremes()
    frame = bareme_states(baremes).frame
    total, rows = frame.iloc[-1], frame.iloc[:-1]
    assert total["n"] == sum(len(table.rows) for table in baremes.tables.values())
    kinds = ["official", "derived", "secondary", "memory"]
    assert (rows[kinds].sum(axis=1) == rows["n"]).all()
    assert (rows[kinds].sum() == total[kinds]).all()
    assert not [name for name in rows["table"] if "_" in name]
    assert f"sur {total['n']}" in doubts_sentence(baremes).replace("\u00a0", " ")


def test_only_flagged_values_are_listed_with_their_line(operation: Feasibility) -> None:
    sheet = flagged_facts(operation.facts, on=date(2026, 11, 22))
    flagged = [fact for fact in operation.facts if fact.flags]
    assert len(sheet.frame) == len(flagged) < len(operation.facts)
    places = [f"{fact.table}.csv, ligne {fact.line}" for fact in flagged]
    assert list(sheet.frame["file"]) == places
    assert "22/11/2026" in sheet.caption


def test_the_reference_adds_up(demo: Ground, alone: Ground) -> None:
    sheet = reference_tenures(demo)
    assert sheet is not None
    homes = sheet.frame["n"].tolist()
    assert math.isclose(sum(homes[:-1]), homes[-1])
    assert math.isclose(sum(sheet.frame["share"].iloc[:-1]), 1)
    incomes = reference_incomes(demo)
    assert incomes is not None
    assert list(incomes.frame["name"]) == ["Q1", "Q2", "Q3"]
    assert "Source" in incomes.notes[0]
    assert reference_tenures(alone) is None
    assert reference_incomes(alone) is None


def test_the_study_is_summed_up_with_or_without_a_group(ground: Ground, alone: Ground) -> None:
    said = repr(study_summary(ground)).replace("\u00a0", " ")
    assert "14 ménages" in said
    assert "12 parcelles" in said
    assert "pas encore constitué" in repr(study_summary(alone))


def test_the_outputs_announced_have_one_folder_a_site(ground: Ground) -> None:
    folders = list(expected_outputs(ground, scenario="base").frame["folder"])
    name = ground.study.name
    assert folders[0] == f"reports/{name}"
    assert all(folder.startswith(f"reports/{name}/") for folder in folders[1:])
    assert all(folder.endswith("/base") for folder in folders[1:])
