"""Lots of legal persons in the plan and in the story: theirs, and in no ranking."""

import shutil
from pathlib import Path

import pytest

from habitat_analysis.allocation.plan import Plan, PlannedDwelling, planned_from_programme
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, read_ground, results_of, study_site
from habitat_analysis.feasibility.held_lots import held_lots
from habitat_analysis.feasibility.tell import tell_story
from habitat_analysis.feasibility.verdict import covered_sentence
from habitat_analysis.files import DATA_DIR
from habitat_analysis.report import sections_legal as said
from habitat_analysis.report import sections_security as security
from habitat_analysis.report.outline import outline
from habitat_analysis.report.sections_hypotheses import hypothesis_rows
from habitat_analysis.study import LegalPerson, load_study

DEMO = DATA_DIR / "demo"
SITE = ("99012000AB0012",)
TILLEULS = """\
  forme_juridique: SOCIETE_ATTRIBUTION_AUTOPROMOTION
  personnes_morales:
    - id: tilleuls
      libelle: Les Tilleuls
      nature: association
      lots: {T4: {LIBRE: 1}}
      part_du_capital: 0.05
      part_des_voix: 0.31
      logements: [C07]
"""


def person(name: str, lots: dict[str, dict[str, int]], *dwellings: str) -> LegalPerson:
    return LegalPerson.model_validate(
        {"id": name, "libelle": name, "nature": "autre", "lots": lots, "logements": dwellings}
    )


def drawn(*cells: tuple[str, str, str]) -> Plan:
    return Plan(
        dwellings=tuple(PlannedDwelling(id=i, typology=t, tenure=u) for i, t, u in cells),
        notes=(),
        file="plan.csv",
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_without_a_plan_the_last_dwellings_are_theirs() -> None:
    plan = planned_from_programme({("T3", "LIBRE"): 4, ("T2", "PLUS"): 2})
    found = held_lots(
        [person("A", {"T3": {"LIBRE": 1}}), person("B", {"T3": {"LIBRE": 2}, "T2": {"PLUS": 1}})],
        plan,
    )
    assert found.holder == {"LIBRE-T3-04": "A", "LIBRE-T3-02": "B", "LIBRE-T3-03": "B"}
    (note,) = found.notes
    assert plain(note) == (
        "Lots de personnes morales, les derniers logements de leur type : « LIBRE-T3-02 », "
        "« LIBRE-T3-03 » et « LIBRE-T3-04 »."
    )
    left = [one.id for one in found.open_to_households(plan)]
    assert left == ["LIBRE-T3-01", "PLUS-T2-01", "PLUS-T2-02"]


def test_lots_that_the_programme_could_not_build_take_what_there_is() -> None:
    plan = planned_from_programme({("T3", "LIBRE"): 1})
    assert held_lots([person("A", {"T3": {"LIBRE": 3}})], plan).holder == {"LIBRE-T3-01": "A"}
    assert held_lots([], plan).notes == ()


def test_in_a_plan_the_dwellings_named_are_theirs_and_no_rental_one_leaves_a_ranking() -> None:
    plan = drawn(("A1", "T3", "LIBRE"), ("A2", "T3", "LIBRE"), ("A3", "T2", "PLUS"))
    holder = person("A", {"T3": {"LIBRE": 1}, "T2": {"PLUS": 1}}, "A2", "A3")
    assert held_lots([holder], plan).holder == {"A2": "A"}
    assert plain(held_lots([holder], plan).why("A2")) == "lot de « A »"


def test_what_the_plan_does_not_say_is_refused_all_at_once() -> None:
    plan = drawn(("A1", "T3", "LIBRE"), ("A2", "T2", "LIBRE"))
    with pytest.raises(DataError) as refused:
        held_lots(
            [person("A", {"T3": {"LIBRE": 1}}, "Z9"), person("B", {"T3": {"LIBRE": 1}}, "A2")],
            plan,
        )
    assert refused.value.code == "E_LOTS"
    told = [plain(fault) for fault in refused.value.faults]
    assert told == [
        (
            "étude, « groupe.personnes_morales », « A » : « Z9 » absent du plan « plan.csv ». "
            "Corrigez « logements »."
        ),
        (
            "étude, « groupe.personnes_morales », « B » : 0 lot en T2 LIBRE, 1 nommé dans le plan "
            "« plan.csv ». Accordez « lots » et « logements »."
        ),
        (
            "étude, « groupe.personnes_morales », « B » : 1 lot en T3 LIBRE, 0 nommé dans le plan "
            "« plan.csv ». Accordez « lots » et « logements »."
        ),
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "demo" / "etude.yaml"
    text = path.read_text(encoding="utf-8")
    before, after = text.split("  forme_juridique:", 1)  # the demonstration has its own, last
    path.write_text(f"{before}{TILLEULS}\n{after[after.index('scenarios:') :]}", encoding="utf-8")
    return tmp_path / "demo"


def studied(folder: Path) -> Feasibility:
    return study_site(read_ground(load_study(folder / "etude.yaml")), SITE)


def test_a_pair_of_the_group_in_a_lot_is_refused(copy: Path) -> None:
    with pytest.raises(DataError) as refused:
        tell_story(studied(copy))
    assert [plain(fault) for fault in refused.value.faults] == [
        (
            "attribution du groupe, logement « C07 » : lot de « Les Tilleuls », aucun ménage n'y "
            "entre. Donnez-lui un autre logement, ou corrigez « logements »."
        )
    ]


def test_the_story_and_the_report_of_a_lot(copy: Path) -> None:
    pairs = copy / "attribution.csv"
    kept = [line for line in pairs.read_text(encoding="utf-8").splitlines() if ";C07;" not in line]
    pairs.write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = studied(copy)
    evaluation, programme = found.optimum.evaluation, found.programme
    assert evaluation is not None
    assert programme is not None
    assert programme.units["T4", "LIBRE"] >= 1
    assert evaluation.dwellings == evaluation.housed + evaluation.open_dwellings + 1
    assert f"{evaluation.open_dwellings} logements ouverts" in plain(covered_sentence(found))

    story = tell_story(found)
    assert story is not None
    assert story.allotted is not None
    assert "C07" not in story.allotted.wishes.dwellings
    assert "C07" not in story.allotted.proposal.assignment.values()
    lost = [one for one in story.allotted.removed if one.dwelling == "C07"]
    assert lost
    assert {plain(one.why) for one in lost} == {"lot de « Les Tilleuls »"}
    formed = story.formation.formed
    placed = [*formed.members.values(), *formed.candidates.values()].count("T4 LIBRE")
    assert placed <= programme.units["T4", "LIBRE"] - 1

    assert plain(said.lots_sentence(found)) == (
        "Lots de personnes morales, compris dans le programme : 1 T4 LIBRE pour « Les Tilleuls ». "
        "Le lot hors locatif n'est ouvert à aucun ménage."
    )
    conditions = [plain(text) for text in found.verdict.conditions]
    assert (
        "Personnes morales, limite non respectée : 31,0 % des voix aux personnes morales, pour "
        "30,0 % au plus (CCH L200-3)."
    ) in conditions
    assert plain(said.form_sentence(found)).startswith(
        "Forme juridique du groupe : société d'attribution et d'autopromotion (CCH L200-1"
    )
    assert "Le règlement intérieur du groupe" in security.not_studied(found)
    names = [row[0] for row in hypothesis_rows(found)]
    assert "Personne morale « Les Tilleuls », lots" in names
    assert any(fact.legal_reference == "CCH L200-3" for fact in found.facts)
    assert any(check.rule == "lots:T4,LIBRE" and check.ok for check in evaluation.certificate)

    block = results_of(found, fingerprint="x", inputs={}, parameters={}).personnes_morales
    assert block is not None
    assert block.personnes[0].lots[0].model_dump() == {
        "typologie": "T4",
        "statut": "LIBRE",
        "nombre": 1,
    }
    votes = next(one for one in block.controles if "voix" in one.sujet)
    assert (votes.etat, votes.valeur, votes.limite) == ("non respecté", 0.31, 0.3)
    assert any(part.title == "Sécurisation" for part in outline(found).sections)
