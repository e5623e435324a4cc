"""Plan, rankings, bounds of the study and fixed pairs, gathered into what is allocated."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.allocation.gathering import wishes_of
from habitat_analysis.allocation.own_allocation import read_own_allocation
from habitat_analysis.allocation.plan import read_plan
from habitat_analysis.allocation.proposal import allocate
from habitat_analysis.allocation.rankings import rankings
from habitat_analysis.allocation.wish_lines import read_wish_lines
from habitat_analysis.files import DATA_DIR
from habitat_analysis.study import Study, load_study
from habitat_analysis.study.group import Residents
from tests.group_files import PLAN, refusal, written

ATTRIBUTES = {"M1": {"quartile": "Q1"}, "M2": {"quartile": "Q2"}, "M3": {"quartile": "Q1"}}
RANKED = {"M1": ("A1", "A2"), "M2": ("A1", "B1"), "M3": ("A1",), "M4": ()}


@pytest.fixture(scope="module")
def demo() -> Study:
    """The demonstration without its own choices on residents."""
    study = load_study(DATA_DIR / "demo" / "etude.yaml")
    return study.model_copy(update={"residents": Residents()})


def bounded(study: Study, *bounds: dict[str, Any]) -> Study:
    """The study with these bounds."""
    allotment = {"site": "99012000AB0012", "limites": list(bounds)}
    residents = Residents.model_validate({"attribution": allotment})
    return study.model_copy(update={"residents": residents})


def test_rental_dwellings_and_silent_households_are_left_out(demo):
    wishes = wishes_of(demo, PLAN, RANKED, points={"M2": 4.0}, attributes=ATTRIBUTES)
    assert [one.id for one in wishes.dwellings] == ["A1", "A2", "B1", "B2"]
    assert [one.id for one in wishes.households] == ["M1", "M2", "M3"]
    assert wishes.dwelling("B1").block == "B"
    assert wishes.dwelling("B1").tenure == "PSLA"
    assert [one.points for one in wishes.households] == [0.0, 4.0, 0.0]
    assert wishes.bounds == ()


def test_bounds_of_the_study_are_those_of_the_allocation(demo):
    study = bounded(
        demo,
        {"id": "q1 en A", "attribut": "quartile", "valeurs": ["Q1"], "batiment": "A", "max": 1},
    )
    wishes = wishes_of(study, PLAN, RANKED, attributes=ATTRIBUTES, fixed={"M2": "B1"})
    (bound,) = wishes.bounds
    assert (bound.block, bound.min, bound.max, bound.values) == ("A", None, 1, ("Q1",))
    found = allocate(wishes, seed=demo.seed)
    assert found.assignment["M2"] == "B1"
    assert len(found.assignment) == 2  # one of M1 and M3 only, in building A


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (
            {"attribut": "quartile", "valeurs": ["Q1"], "batiment": "C", "max": 1},
            "bâtiment « C ». Bâtiments du plan : A et B.",
        ),
        (
            {"attribut": "age", "valeurs": ["35 à 59 ans"], "max": 1},
            "« age » n'est connu pour aucun ménage",
        ),
    ],
)
def test_a_bound_that_counts_nothing_is_refused_with_its_place(demo, bound, said):
    study = bounded(demo, {"id": "une", **bound})
    error = refusal(wishes_of, study, PLAN, RANKED, attributes=ATTRIBUTES)
    assert error.code == "E_WISHES"
    assert "groupe.attribution.limites.1." in str(error)
    assert said in str(error).replace("\u00a0", " ")


def test_a_bound_is_named_with_the_line_of_the_study_file(tmp_path):
    source = DATA_DIR / "demo"
    text = (source / "etude.yaml").read_text(encoding="utf-8")
    text = text.replace("id: ages_rue,", "id: une,").replace("batiment: Rue", "batiment: Z")
    for file in source.iterdir():
        if file.name != "etude.yaml":
            (tmp_path / file.name).symlink_to(file)
    path = written(tmp_path, "etude.yaml", text, [])
    study = load_study(path)
    line = next(n for n, said in enumerate(text.splitlines(), 1) if "id: une" in said)
    message = str(refusal(wishes_of, study, PLAN, RANKED, attributes=ATTRIBUTES))
    assert f"ligne {line}, " in message


def test_a_pair_fixed_for_a_household_without_ranking_is_refused(demo):
    error = refusal(wishes_of, demo, PLAN, RANKED, fixed={"M4": "A1"})
    assert "le ménage M4, qui ne classe aucun logement" in str(error)
    error = refusal(wishes_of, demo, PLAN, RANKED, fixed={"M3": "B2"})
    assert "absent de son classement" in str(error)


def test_three_files_become_an_allocation(demo, tmp_path: Path):
    """A1 goes to M1, who is fixed there; M2 takes its second choice, M3 the T3 left."""
    plan = read_plan(
        written(
            tmp_path,
            "logements.csv",
            "logement;statut;typologie",
            ["A1;BRS;T2", "A2;BRS;T3", "B1;PSLA;T3", "L1;PLUS;T3"],
        )
    ).dwellings
    names = {"M1", "M2", "M3"}
    lines = read_wish_lines(
        written(
            tmp_path,
            "voeux.csv",
            "pseudonyme;rang;logement;typologie",
            ["M2;1;A1;", "M2;2;B1;", "M1;1;A1;", "M3;1;;T3"],
        ),
        dwellings=plan,
        households=names,
    )
    own = read_own_allocation(
        written(tmp_path, "attribution.csv", "pseudonyme;logement;fixe", ["M1;A1;oui"]),
        dwellings=plan,
        households=names,
    )
    ranked = rankings(lines, plan, demo.seed)
    wishes = wishes_of(demo, plan, ranked.by_household, fixed=own.fixed)
    assert allocate(wishes, seed=demo.seed).assignment == {"M1": "A1", "M2": "B1", "M3": "A2"}


def test_the_order_of_the_households_changes_nothing(demo):
    first = wishes_of(demo, PLAN, RANKED, attributes=ATTRIBUTES)
    for order in itertools.permutations(RANKED):
        ranked = {name: RANKED[name] for name in order}
        assert wishes_of(demo, PLAN, ranked, attributes=ATTRIBUTES) == first
