"""Legal persons at the door of a study: forms of the barèmes, lots that the programme can hold."""

from pathlib import Path
from typing import Any, get_args

import pytest

from habitat_analysis.baremes import load_baremes
from habitat_analysis.errors import DataError
from habitat_analysis.programme.study_rules import legal_lots
from habitat_analysis.study import LegalForm, load_study
from tests.small_study import write_small_study


def person(**changes: Any) -> dict[str, Any]:
    base = {"id": "a", "libelle": "Les Tilleuls", "nature": "association"}
    return base | {"lots": {"T3": {"LIBRE": 2}}} | changes


def faults(folder: Path, *persons: dict[str, Any], **changes: Any) -> list[str]:
    """Load the small study with these legal persons; give its faults, or none."""
    asked = {"groupe": {"personnes_morales": list(persons)}} | changes
    path = write_small_study(folder, changes=asked)
    try:
        load_study(path)
    except DataError as error:
        return [fault.replace("\u00a0", " ").replace("\u202f", " ") for fault in error.faults]
    return []


def test_the_forms_of_the_study_are_those_of_the_baremes() -> None:
    rows = load_baremes().table("formes_juridiques").rows
    forms = [row.cells["form"] for row in rows if row.value is None]
    assert set(get_args(LegalForm)) == {code for form in forms for code in form.split(" / ")}


def test_lots_are_gathered_by_cell_with_their_holders(tmp_path: Path) -> None:
    other = person(id="b", libelle="Commune", nature="commune",
                   lots={"T3": {"LIBRE": 1, "PLUS": 0}, "T2": {"PLUS": 1}})  # fmt: skip
    path = write_small_study(tmp_path, changes={"groupe": {"personnes_morales": [person(), other]}})
    found = [(one.id, one.count, one.holders) for one in legal_lots(load_study(path))]
    assert found == [
        ("lots:T2,PLUS", 1, ("Commune",)),
        ("lots:T3,LIBRE", 3, ("Les Tilleuls", "Commune")),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lots": {"T5": {"LIBRE": 1}}}, "« T5 » n'est pas dans « programme.typologies »."),
        ({"lots": {"T3": {"SCIAPP": 1}}}, "« SCIAPP » n'est pas dans « programme.statuts »."),
        ({"lots": {"T3": {"LIBRE": 0}}}, "« Les Tilleuls » n'a aucun lot."),
        (
            {"lots": {"T3": {"LIBRE": 21}}},
            "21 lots au total, le programme compte au plus 20 logements.",
        ),
        ({"logements": ["A1"]}, "des logements du plan sont nommés, aucun plan n'est donné."),
    ],
)
def test_lots_that_no_programme_holds_are_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    (fault,) = faults(tmp_path, person(**changes))
    assert said in fault
    assert "ligne " in fault
    assert "« groupe.personnes_morales" in fault


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        person(part_du_capital=0.7, part_des_voix=0.5, lots={"T5": {"LIBRE": 1}}),
        person(id="b", part_du_capital=0.4, part_des_voix=0.5, lots={"T3": {"LIBRE": 0}}),
    )
    assert len(told) == 3
    assert any("les « part_du_capital » font ensemble 110,0 %." in fault for fault in told)


def test_a_person_is_named_once_and_its_nature_is_known(tmp_path: Path) -> None:
    assert faults(tmp_path, person(), person())
    assert "nature" in faults(tmp_path, person(nature="amis"))[0]


def test_a_number_decided_below_the_lots_is_refused(tmp_path: Path) -> None:
    fixed = {"programme": {"fixe": {"logements": {"T3": {"LIBRE": 1}}}}}
    (fault,) = faults(tmp_path, person(), **fixed)
    assert "2 lots demandés en T3 LIBRE, « programme.fixe » en décide 1." in fault
    assert not faults(tmp_path, person(lots={"T3": {"LIBRE": 1}}), **fixed)


def plan(folder: Path, **changes: Any) -> list[str]:
    (folder / "logements.csv").write_text("logement;statut;typologie\nA1;LIBRE;T3\n")
    site = {"attribution": {"site": "99901000AB0001"}}
    return faults(
        folder,
        person(**changes),
        fichiers={"logements": "logements.csv"},
        groupe=site | {"personnes_morales": [person(**changes)]},
    )


def test_with_a_plan_own_lots_are_named_in_it(tmp_path: Path) -> None:
    (fault,) = plan(tmp_path)
    assert (
        "« Les Tilleuls » garde 2 logements hors locatif, 0 nommé dans le plan « logements.csv »."
    ) in fault
    assert "Nommez ces logements sous « logements »" in fault
    assert not plan(tmp_path, logements=["A1", "A2"])
    assert not plan(tmp_path, lots={"T3": {"PLUS": 1}})  # let by the commission: no name needed
    (fault,) = plan(tmp_path, logements=["A1", "A2", "A3"])
    assert "3 logements nommés pour 2 lots de « Les Tilleuls »." in fault


def test_a_dwelling_has_one_holder(tmp_path: Path) -> None:
    one = {"lots": {"T3": {"LIBRE": 1}}, "logements": ["A1"]}
    (tmp_path / "logements.csv").write_text("logement;statut;typologie\nA1;LIBRE;T3\n")
    groupe = {
        "attribution": {"site": "99901000AB0001"},
        "personnes_morales": [person(**one), person(id="b", libelle="Commune", **one)],
    }
    (fault,) = faults(tmp_path, fichiers={"logements": "logements.csv"}, groupe=groupe)
    assert "le logement « A1 » est déjà celui de « Les Tilleuls »." in fault
