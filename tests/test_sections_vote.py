"""The vote in a report: rule first, outcome, costs, effect; no word of an objection."""

import html
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.feasibility import (
    Feasibility,
    Ground,
    Resultats,
    read_ground,
    results_of,
    results_text,
    study_site,
    with_argument,
)
from habitat_analysis.feasibility.shared_vote import (
    read_objections,
    without_voted_rooms,
)
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.report import sections_vote as told
from habitat_analysis.report.blocks import Document
from habitat_analysis.report.document import render
from habitat_analysis.report.outline import outline
from habitat_analysis.report.sections_group import expectations
from habitat_analysis.runs.site_report import write_site_report
from habitat_analysis.study import load_study
from tests.chart_checks import assert_readable
from tests.small_study import idu, write_small_study
from tests.vote_samples import PLANTED, plain, write_voted


def page(document: Document) -> str:
    return html.unescape(render("rapport.html.j2", document=document))


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_voted(tmp_path_factory.mktemp("vote"))


@pytest.fixture(scope="module")
def ground(study_file: Path) -> Ground:
    return read_ground(load_study(study_file))


@pytest.fixture(scope="module")
def operation(ground: Ground) -> Feasibility:
    return with_argument(study_site(ground, (idu(1),)))


# The report


def test_the_rule_is_told_first_with_its_date(operation: Feasibility) -> None:
    said = plain(told.rule_sentence(operation.ground))
    assert said.startswith("Règle en vigueur, décidée le 15 octobre 2026 : parts égales")
    text = plain(page(outline(operation)))
    assert text.index("Règle en vigueur") < text.index("24 bulletins lus")


def test_the_table_adds_up_to_the_budget_used(ground: Ground) -> None:
    table = told.vote_table(ground)
    assert table is not None
    *lines, total = table.frame.to_dict("records")
    funded = [line for line in lines if line["state"] != "Non financé"]
    assert total["cost"] == sum(line["cost"] for line in funded) == 124_000
    assert total["area"] == sum(line["area"] for line in funded) == 62
    assert total["state"] == "3 sur 6"
    assert "124 000 € employés sur 140 000 € (89 %)" in plain(told.vote_sentence(ground))
    notes = plain(" ".join(table.notes))
    assert "« jardin potager »" in notes  # more approved than the bicycle room, yet not funded


def test_costs_and_areas_are_shared_before_and_after(operation: Feasibility) -> None:
    table = told.vote_burden(operation)
    assert table is not None
    before, voted, after = table.frame.to_dict("records")
    evaluation = operation.optimum.evaluation
    assert evaluation is not None
    assert (before["cost"], voted["cost"], after["cost"]) == (0, 124_000, 124_000)
    assert after["cost_household"] == pytest.approx(124_000 / 14)
    assert after["area_dwelling"] == pytest.approx(62 / evaluation.dwellings)


def test_what_the_vote_changes_is_the_study_without_these_rooms(
    operation: Feasibility, tmp_path: Path
) -> None:
    """Solved again, it is the optimum of a study that never had a room."""
    none = {"programme": {"espaces_partages": [], "programme_impose": None,
                          "fonds_propres_max": 1_500_000}}  # fmt: skip
    alone = study_site(
        read_ground(load_study(write_small_study(tmp_path, changes=none))), (idu(1),)
    )
    assert operation.argument is not None
    assert operation.argument.vote is not None
    before = operation.argument.vote.before
    assert before.values == pytest.approx(alone.optimum.values, rel=1e-6, abs=1e-4)
    table = told.vote_effect_table(operation)
    assert table is not None
    for row in table.frame.to_dict("records"):
        assert row["delta"].value == pytest.approx(row["after"].value - row["before"].value)


def most_dwellings(ground: Ground) -> int:
    case = study_site(ground, (idu(1),)).file.case
    best = optimise(case, ["dwellings"], time_limit_s=30).evaluation
    assert best is not None
    return best.dwellings


def test_a_vote_that_makes_the_site_impossible_is_said(tmp_path: Path) -> None:
    """As many dwellings asked as the site holds without these rooms, which take their place."""
    wide = {"logements_max": 60, "logements_ouverts_max": 60}
    ground = read_ground(load_study(write_voted(tmp_path / "a", **wide)))
    assert ground.vote is not None
    bare = replace(ground, study=without_voted_rooms(ground.study, ground.vote))
    assert most_dwellings(ground) < most_dwellings(bare)
    tight = {**wide, "logements_min": most_dwellings(bare)}
    lost = with_argument(
        study_site(read_ground(load_study(write_voted(tmp_path / "b", **tight))), (idu(1),))
    )
    assert lost.optimum.status == "infeasible"
    assert "un programme serait possible" in plain(told.vote_effect_sentence(lost))
    assert "24 bulletins lus" in plain(page(outline(lost)))


def test_few_ballots_hide_the_approvals(tmp_path: Path) -> None:
    few = study_site(read_ground(load_study(write_voted(tmp_path, n_ballots=8))), (idu(1),))
    table = told.vote_table(few.ground)
    assert table is not None
    assert set(table.frame["approvals"]) == {"n. c.", ""}
    assert told.vote_figure(few.ground) is None
    vote = results_of(few, fingerprint="f", inputs={}, parameters={}).vote
    assert vote is not None
    assert {room.approbations for room in vote.espaces} == {None}


def test_expectations_tell_rooms_decided_by_the_vote(ground: Ground) -> None:
    table = expectations(ground)
    assert table is not None
    assert set(table.frame["must"]) == {"oui (vote)", "non (vote)"}


def test_the_chart_is_readable(ground: Ground) -> None:
    def draw():
        chart = told.vote_figure(ground)
        assert chart is not None
        return chart

    assert_readable(draw, sources=told._sources(ground))
    assert "atelier, 8 sur 24, à discuter" in plain(draw().alt)


def test_the_annex_compares_the_rules_by_group_of_voters(ground: Ground) -> None:
    assert ground.vote is not None
    rules, voters = told.vote_annex_tables(ground.vote)
    costs = dict(zip(rules.frame["rule"], rules.frame["cost"], strict=True))
    assert list(costs.values()) == [124_000, 78_000, 140_000, 140_000]
    assert list(rules.frame["in_force"]) == ["oui", "non", "non", "non"]
    assert voters.frame["ballots"].sum() == 24
    line = voters.frame.set_index("approved").loc["atelier, jardin potager"]
    assert (line["parts_egales_cout"], line["approbations"]) == (44_000, 22_000)


# Objections


def test_a_room_objected_to_is_a_condition_and_nothing_more(operation: Feasibility) -> None:
    (said,) = [plain(text) for text in operation.verdict.conditions if "discuter" in text]
    assert said == (
        "Local partagé « atelier » : à discuter avec le groupe avant de figer le programme"
        " (objection déposée)."
    )


def test_words_of_objections_reach_the_cooperative_only(
    operation: Feasibility, study_file: Path, tmp_path: Path
) -> None:
    """A word planted in the file of ballots is in no file written, and in no text of the memory."""
    kept = read_objections(load_study(study_file))
    assert [(one.ballot, one.room, one.words) for one in kept] == [
        (3, "atelier", PLANTED),
        (5, "buanderie", PLANTED),
    ]
    write_site_report(operation, tmp_path, study_file=study_file, fingerprint="f")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 6
    for path in files:
        assert PLANTED.encode() not in path.read_bytes(), path.name
    vote = operation.ground.vote
    assert vote is not None
    shared = [repr(vote), *map(repr, told.vote_annex_tables(vote))]
    results = results_of(operation, fingerprint="f", inputs={}, parameters={})
    Resultats.model_validate_json(results_text(results))
    for text in (*shared, results_text(results), page(outline(operation))):
        assert PLANTED not in text
