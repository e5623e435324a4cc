"""Joint mode from the study to the report: the group formed is the one the programme chose."""

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import (
    Feasibility,
    Ground,
    covered_sentence,
    read_ground,
    results_of,
    study_site,
    with_story,
)
from habitat_analysis.feasibility.access import access_of_study
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.feasibility.forming import Entrant, form
from habitat_analysis.feasibility.joint import joint_classes
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.report import sections_group, sections_story
from habitat_analysis.study import GroupQuota, load_study
from tests.joint_samples import joint_case
from tests.programme_instances import Draw
from tests.small_study import write_small_study

SITE = ("99012000AB0012",)


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Ground:
    """The demonstration, its programme chosen with its group."""
    folder = tmp_path_factory.mktemp("conjoint") / "demo"
    shutil.copytree(project / "data" / "demo", folder)
    file = folder / "etude.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("\ngroupe:\n", "\ngroupe:\n  mode: conjoint\n"), "utf-8")
    return read_ground(load_study(file))


@pytest.fixture(scope="module")
def operation(ground: Ground) -> Feasibility:
    return with_story(study_site(ground, SITE))


@cache
def usual(project: Path) -> Feasibility:
    return study_site(read_ground(load_study(project / "data" / "demo" / "etude.yaml")), SITE)


@pytest.mark.parametrize("seed", range(8000, 8060))
def test_the_group_formed_is_as_large_as_the_one_the_programme_chose(seed: int) -> None:
    """Two programs that share no line: one chooses dwellings and classes, one places households."""
    case = joint_case(Draw(seed, large=False))
    rules = replace(case.rules, quartiles=(), housed_min=0, open_max=None)
    case = replace(case, rules=rules)
    found = optimise(case, ["members", "housed", "public_money"])
    if found.evaluation is None:
        return
    entrants = [
        Entrant(
            id=f"{need.id} {rank}",
            in_group=not need.candidate,
            cells=need.cells,
            points=0.0,
            attributes=dict(need.traits),
        )
        for need in case.classes
        for rank in range(need.count)
    ]
    quotas = [
        GroupQuota.model_construct(
            id="q", attribute=rule.attribute, values=rule.members, min=rule.min, max=rule.max
        )
        for rule in rules.quotas
    ]
    cells = [(size.id, terms.id) for size in case.typologies for terms in case.tenures]
    places = {cell: int(found.evaluation.programme.units.get(cell, 0)) for cell in cells}
    formed = form(entrants, places, quotas, seed=seed, members_first=True).formed
    chosen = {**formed.members, **formed.candidates}
    of_group = sum(one.in_group for one in entrants if one.id in chosen)
    assert (of_group, len(chosen)) == (found.values["members"], found.values["housed"])


def test_on_the_demonstration_more_of_the_group_is_served(
    operation: Feasibility, project: Path
) -> None:
    evaluation, apart, before = operation.optimum.evaluation, operation.apart, usual(project)
    assert evaluation is not None
    assert apart is not None
    assert before.optimum.evaluation is not None
    assert apart.values == before.optimum.values
    assert evaluation.housed_members >= before.optimum.evaluation.housed
    assert evaluation.feasible
    story = operation.story
    assert story is not None
    assert story.formation.formed.size == evaluation.housed


def test_candidates_are_told_apart_from_the_group(operation: Feasibility) -> None:
    said = plain(covered_sentence(operation))
    assert said.startswith("26 besoins couverts (groupe : 21 sur 28 ; candidats choisis avec le ")
    assert plain(sections_group.together_sentence(operation)).startswith(
        "Choisi avec le groupe et ses candidats, le programme couvre 21 besoins du groupe en 26 "
        "logements, pour un effort de "
    )
    rules = [plain(rule) for rule in sections_story.rules_in_force(operation)]
    assert rules[0] == "Le programme et le groupe sont choisis ensemble, quotas de mixité compris."
    results = results_of(operation, fingerprint="", inputs={}, parameters={})
    assert results.programme is not None
    assert results.programme.chiffres.besoins_couverts_groupe == 21
    assert results.choisi_pour_le_groupe_seul is not None
    assert results.choisi_pour_le_groupe_seul.besoins_couverts == 19


def test_quotas_are_rules_of_the_certificate_and_stay_out_of_what_is_published(
    operation: Feasibility,
) -> None:
    evaluation = operation.optimum.evaluation
    assert evaluation is not None
    rules = {check.rule for check in evaluation.certificate if check.rule.startswith("quota:")}
    assert rules == {"quota:modestes:min", "quota:familles:min", "quota:aines:max"}
    assert all(is_private_rule(rule) for rule in rules)
    results = results_of(operation, fingerprint="", inputs={}, parameters={})
    assert not [line for line in results.controle if line.regle.startswith("quota")]


def test_classes_hang_on_no_name_and_no_order(ground: Ground) -> None:
    access, needs = access_of_study(ground, scenario="base"), ground.needs
    assert access is not None
    assert needs is not None
    assert needs.traits is not None
    turned = replace(
        access.members,
        needs=replace(access.members.needs, households=access.members.needs.households.iloc[::-1]),
    )
    again = joint_classes(needs.traits, needs.rules, turned, access.candidates)
    assert again == access.classes
    assert sum(c.count for c in access.classes if c.candidate) <= len(needs.traits)


def test_without_candidates_there_is_nobody_to_choose(tmp_path: Path) -> None:
    changes = {"groupe": {"mode": "conjoint"}, "fichiers": {"candidats": None}}
    with pytest.raises(DataError) as caught:
        load_study(write_small_study(tmp_path, changes=changes))
    said = plain(caught.value)
    assert "choisir le programme et le groupe ensemble demande des candidats." in said
    assert "Ajoutez « fichiers.candidats », ou écrivez « mode: groupe »." in said


def test_the_same_programme_is_said_to_be_the_same(operation: Feasibility) -> None:
    same = replace(operation, apart=operation.optimum)
    assert plain(sections_group.together_sentence(same)).startswith(
        "Le programme serait le même pour le groupe seul : 21 de ses besoins couverts."
    )


def test_the_usual_mode_has_no_programme_apart(project: Path) -> None:
    assert usual(project).apart is None
    assert sections_group.together_sentence(usual(project)) == ""
