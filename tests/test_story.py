"""The story of the demonstration: its plan, its public totals, and nothing that hangs on a name."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, read_ground, study_site, with_story
from habitat_analysis.feasibility.results_story import story_results
from habitat_analysis.feasibility.tell import private_numbers
from habitat_analysis.files import DATA_DIR
from habitat_analysis.report import sections_story as said
from habitat_analysis.study import load_study

DEMO = DATA_DIR / "demo"
SITE = ("99012000AB0012",)
NAMED_FILES = ("menages.csv", "candidats.csv", "voeux.csv", "attribution.csv")


def told(folder: Path) -> Feasibility:
    return with_story(study_site(read_ground(load_study(folder / "etude.yaml")), SITE))


@pytest.fixture(scope="module")
def demo() -> Feasibility:
    return told(DEMO)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "demo"


def lines_of(path: Path) -> tuple[str, list[str]]:
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    return header, rows


def write_lines(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def test_the_sketch_holds_the_dwellings_of_the_programme(demo: Feasibility) -> None:
    _, rows = lines_of(DEMO / "logements.csv")
    drawn = Counter((typology, code) for _, code, typology, *_ in (r.split(";") for r in rows))
    assert demo.programme is not None
    assert drawn == {cell: n for cell, n in demo.programme.units.items() if n}


def test_each_household_retained_has_a_place_and_no_place_two(demo: Feasibility) -> None:
    assert demo.story is not None
    assert demo.programme is not None
    formed = demo.story.formation.formed
    taken = Counter({**formed.members, **formed.candidates}.values())
    units = {" ".join(cell): n for cell, n in demo.programme.units.items()}
    assert all(n <= units[cell] for cell, n in taken.items())
    assert demo.story.allotted is not None
    given = list(demo.story.allotted.proposal.assignment.values())
    assert len(given) == len(set(given)) == 13


def test_new_names_and_another_order_change_nothing(demo: Feasibility, copy: Path) -> None:
    luck = random.Random(7)  # noqa: S311 - a shuffle, no secret
    names = [row.split(";")[0] for f in NAMED_FILES[:2] for row in lines_of(DEMO / f)[1]]
    numbers = luck.sample(range(1000, 9999), len(names))
    renamed = {name: f"Z{number}" for name, number in zip(names, numbers, strict=True)}
    for file in NAMED_FILES:
        header, rows = lines_of(copy / file)
        luck.shuffle(rows)
        changed = [";".join([renamed[r.split(";")[0]], *r.split(";")[1:]]) for r in rows]
        write_lines(copy / file, header, changed)
    again = told(copy)
    assert story_results(again) == story_results(demo)
    assert demo.story is not None
    assert again.story is not None
    before, after = demo.story.formation.formed, again.story.formation.formed
    assert {renamed[name] for name in before.members} == set(after.members)
    assert [renamed[name] for name in before.waiting_list] == list(after.waiting_list)
    assert demo.story.allotted is not None
    assert again.story.allotted is not None
    proposal = demo.story.allotted.proposal.assignment
    assert {renamed[n]: d for n, d in proposal.items()} == again.story.allotted.proposal.assignment


def test_a_candidate_with_the_name_of_a_member_is_refused(copy: Path) -> None:
    header, rows = lines_of(copy / "candidats.csv")
    write_lines(copy / "candidats.csv", header, [rows[0], rows[1].replace("C002", "M003")])
    with pytest.raises(DataError, match="déjà celui d'un ménage") as refused:
        read_ground(load_study(copy / "etude.yaml"))
    assert refused.value.code == "E_GROUP"
    assert "ligne 3" in str(refused.value)


def test_another_site_says_that_its_dwellings_are_not_allotted() -> None:
    ground = read_ground(load_study(DEMO / "etude.yaml"))
    story = with_story(study_site(ground, ("99012000AL0210",))).story
    assert story is not None
    assert story.allotted is None
    assert any("pas de répartition ici" in note for note in story.notes)


def test_rules_come_with_their_labels_and_never_with_the_values_they_count(
    demo: Feasibility,
) -> None:
    rules = " ".join(said.rules_in_force(demo))
    assert "mêler les âges côté rue" in rules
    assert "60 ans et plus" not in rules


def test_two_departures_are_told_in_numbers(demo: Feasibility) -> None:
    sentence = said.departures_sentence(demo, 2)
    assert sentence.startswith("2\u00a0ménages tirés au sort partent")
    assert said.departures_sentence(demo, 0) == ""


def test_numbers_given_in_private_cannot_be_drawn_again_without_the_secret() -> None:
    names = [f"M{n:03d}" for n in range(1, 29)]
    assert private_numbers(names, "a") == private_numbers(names[::-1], "a")
    assert private_numbers(names, "a") != private_numbers(names, "b")
