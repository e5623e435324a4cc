"""The vote from the file of ballots to the programme: the worked example, whole; privacy."""

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.explorer import Choice, resolve, save_choice
from habitat_analysis.feasibility import (
    Feasibility,
    Ground,
    read_ground,
    results_of,
    study_site,
    with_argument,
)
from habitat_analysis.feasibility.answers import answer_many
from habitat_analysis.feasibility.shared_vote import (
    before_the_count,
    read_objections,
    read_vote,
    with_outcome,
    without_voted_rooms,
)
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.report import sections_vote as told
from habitat_analysis.study import Study, load_study
from tests.small_study import idu, write_small_study
from tests.vote_samples import ASKED, EXAMPLES, RULE, plain, rooms, write_voted

SALLE = "salle_commune"


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_voted(tmp_path_factory.mktemp("vote"))


@pytest.fixture(scope="module")
def ground(study_file: Path) -> Ground:
    return read_ground(load_study(study_file))


@pytest.fixture(scope="module")
def operation(ground: Ground) -> Feasibility:
    return with_argument(study_site(ground, (idu(1),)))


def built(study: Study) -> set[str]:
    return {room.id for room in study.programme.spaces if room.mandatory}


@cache
def demo() -> Ground:
    root = Path(__file__).resolve().parents[1]
    return read_ground(load_study(root / "data" / "demo" / "etude.yaml"))


# The outcome


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        ("parts_egales_cout", "mes_add1_cost"),
        ("parts_egales_nombre", "mes_add1_count"),
        ("approbations", "greedy"),
        ("sac_a_dos", "knapsack"),
    ],
)
def test_a_study_with_these_ballots_funds_what_the_worked_example_says(
    rule: str, example: str, tmp_path: Path
) -> None:
    """Ballots in a file, costs in euros in a study: the same rooms and sum, made mandatory."""
    study = load_study(write_voted(tmp_path, rule={**RULE, "regle": rule}))
    expected = EXAMPLES[example]["expected"]
    vote = read_vote(study)
    assert vote is not None
    assert vote.n_ballots == 24
    assert sorted(room.id for room in vote.winners) == expected["selected"]
    assert vote.spent_eur == 1000 * expected["total"]
    after = with_outcome(study, vote)
    assert sorted(built(after)) == expected["selected"]
    assert after.programme.fixed.spaces == {room.id: False for room in vote.losers}


def test_funded_rooms_come_first_in_the_order_of_the_rule(ground: Ground) -> None:
    assert ground.vote is not None
    assert [(room.id, room.approvals, room.state) for room in ground.vote.rooms] == [
        ("salle_commune", 12, "financee"),
        ("atelier", 8, "a_discuter"),
        ("local_velos_plus", 6, "financee"),
        ("jardin_potager", 9, "non_financee"),
        ("buanderie", 8, "non_financee"),
        ("chambre_amis", 8, "non_financee"),
    ]
    assert {room.id for room in ground.vote.to_discuss} == {"atelier"}


def test_the_winners_are_built_and_the_losers_never(operation: Feasibility) -> None:
    winners = {"salle_commune", "atelier", "local_velos_plus"}
    case = operation.file.case
    assert {space.id for space in case.spaces if space.mandatory} == winners
    assert {name for name, kept in case.fixed.items() if kept is False} == {
        *ASKED["projects"],
    } - winners
    programme = operation.programme
    assert programme is not None
    assert set(programme.spaces) == winners
    for objectives in (["spaces"], ["spaces", "cost"], ["housed", "spaces"]):
        worth = tuple(replace(space, value=5.0) for space in case.spaces)
        best = optimise(replace(case, spaces=worth), objectives, time_limit_s=30)
        assert best.programme is not None
        assert set(best.programme.spaces) == winners  # even when every room is worth points


def test_the_answer_of_a_portfolio_is_that_of_the_report(operation: Feasibility) -> None:
    aims = ("housed", "public_money", "mix")
    (one,) = answer_many([operation.file.case], aims)
    assert one.figures is not None
    assert set(one.figures.spaces) == {"salle_commune", "atelier", "local_velos_plus"}
    evaluation = operation.optimum.evaluation
    assert evaluation is not None
    assert one.figures.housed == evaluation.housed
    assert one.figures.dwellings == evaluation.dwellings


def test_a_study_still_knows_its_folder_its_file_and_its_lines(study_file: Path) -> None:
    typed = load_study(study_file)
    after = with_outcome(typed, read_vote(typed))
    assert after.path("votes.csv") == typed.path("votes.csv")
    assert after.place("programme", "espaces_partages", 1) == typed.place(
        "programme", "espaces_partages", 1
    )
    assert after.line("programme") == typed.line("programme") is not None


def test_the_count_is_undone_exactly(study_file: Path) -> None:
    typed = load_study(study_file)
    vote = read_vote(typed)
    assert vote is not None
    assert before_the_count(with_outcome(typed, vote), vote) == typed
    bare = without_voted_rooms(with_outcome(typed, vote), vote)
    assert not built(bare)
    assert set(bare.programme.fixed.spaces.values()) == {False}


def test_a_choice_saved_by_the_explorer_is_voted_again_alike(
    study_file: Path, tmp_path: Path
) -> None:
    copied = shutil.copytree(study_file.parent, tmp_path / "copie") / study_file.name
    ground, choice = read_ground(load_study(copied)), Choice(dwellings_max=9)
    typed = before_the_count(ground.study, ground.vote)
    again = read_ground(load_study(save_choice(typed, copied, (idu(1),), choice)))
    assert again.vote == ground.vote
    live = resolve(ground, (idu(1),), choice)
    assert study_site(again, (idu(1),)).optimum.values == pytest.approx(live.optimum.values)


# What is not voted


def test_without_ballots_nothing_changes(tmp_path: Path) -> None:
    plain_study = load_study(write_small_study(tmp_path / "sans"))
    decided = load_study(write_small_study(tmp_path / "regle", changes={"groupe": {"vote": RULE}}))
    for study in (plain_study, decided):
        assert read_vote(study) is None
        assert with_outcome(study, None) is study
        assert read_ground(study).study is study
        assert read_objections(study) == ()
    one = study_site(read_ground(plain_study), (idu(1),))
    other = study_site(read_ground(decided), (idu(1),))
    assert one.optimum.values == other.optimum.values
    assert told.rule_sentence(one.ground) == ""
    assert "Aucun bulletin n'est encore lu" in plain(told.rule_sentence(other.ground))
    assert told.vote_table(other.ground) is told.vote_figure(other.ground) is None
    assert told.vote_burden(other) is told.vote_effect_table(with_argument(other)) is None
    assert results_of(one, fingerprint="f", inputs={}, parameters={}).vote is None


def test_ballots_without_a_rule_are_refused(tmp_path: Path) -> None:
    path = write_voted(tmp_path)
    stated = json.loads(path.read_text("utf-8"))
    del stated["groupe"]
    path.write_text(json.dumps(stated), encoding="utf-8")
    with pytest.raises(DataError, match="la règle du vote se décide avant"):
        read_ground(load_study(path))


def test_a_vote_on_nothing_is_refused(tmp_path: Path) -> None:
    path = write_voted(tmp_path, espaces_partages=rooms(tuple(ASKED["projects"])))
    with pytest.raises(DataError, match="aucun espace partagé n'est à voter"):
        read_ground(load_study(path))


def test_a_room_already_decided_is_not_put_to_the_vote(tmp_path: Path) -> None:
    path = write_voted(tmp_path, fixe={"espaces": {"chambre_amis": False}})
    with pytest.raises(DataError, match="chambre_amis") as refused:
        read_ground(load_study(path))
    assert refused.value.code == "E_BALLOT"


def test_the_programme_of_the_group_keeps_a_room_that_lost(tmp_path: Path) -> None:
    """People decide: it is evaluated as typed, and the rules that say what was voted are named."""
    typed = {
        "logements": {"T2": {"PLAI": 2, "PLUS": 1}, "T3": {"BRS": 4}, "T4": {"LIBRE": 3}},
        "espaces": ["salle_commune", "atelier", "local_velos_plus", "chambre_amis"],
    }
    path = write_voted(tmp_path, programme_impose=typed)
    imposed = study_site(read_ground(load_study(path)), (idu(1),)).imposed
    assert imposed is not None
    assert "chambre_amis" in imposed.evaluation.programme.spaces
    assert {rule.rule for rule in imposed.broken if "chambre" in rule.rule} == {
        "fixed:chambre_amis"
    }


# The demonstration


def test_equal_shares_pay_for_the_workshop_that_the_most_approved_forget() -> None:
    vote = demo().vote
    assert vote is not None
    assert (vote.n_ballots, vote.rule) == (28, "parts_egales_cout")
    assert [room.id for room in vote.winners] == ["buanderie", "jardin", "atelier"]
    assert [room.id for room in vote.to_discuss] == ["atelier"]
    assert vote.vote.others["greedy"].rooms == ("buanderie", "chambre_amis")
    assert [room.id for room in vote.losers] == ["chambre_amis", "local_velos", "salle_enfants"]
    served = [sum(g.ballots for g in groups if g.spent) for groups in (
        vote.vote.voters, vote.vote.others_voters["greedy"])]  # fmt: skip
    assert served == [26, 17]  # ballots that get at least one room they approve


def test_every_chosen_site_of_the_demonstration_stays_feasible() -> None:
    ground = demo()
    for site in ground.study.land.sites:
        found = study_site(ground, site)
        assert found.programme is not None
        assert set(found.programme.spaces) == {SALLE, "buanderie", "jardin", "atelier"}
