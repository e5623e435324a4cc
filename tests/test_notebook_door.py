"""Parameters of a notebook are checked at once; its study is found wherever it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.files import PROJECT_ROOT
from habitat_analysis.runs.lab import STUDY_VARIABLE
from habitat_analysis.runs.notebook_door import (
    DEMO_STUDY,
    check_notebook_parameters,
    locate_study,
)
from tests.small_study import write_small_study

STEPS = ["paramètres", "lecture", "calcul"]


@pytest.fixture(autouse=True)
def _no_opened_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STUDY_VARIABLE, raising=False)


@pytest.mark.parametrize("place", ["notebooks", ".", "data"])
def test_the_demo_is_found_from_anywhere(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT_ROOT / place)
    assert locate_study(DEMO_STUDY) == (PROJECT_ROOT / DEMO_STUDY).resolve()


def test_the_working_folder_comes_before_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_small_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert locate_study(study.name) == study.resolve()
    assert locate_study(str(study)) == study.resolve()


def test_the_study_opened_takes_the_place_of_the_demo_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_small_study(tmp_path)
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    assert locate_study(DEMO_STUDY) == study.resolve()
    named = PROJECT_ROOT / DEMO_STUDY
    assert locate_study(str(named)) == named.resolve()


def test_a_missing_study_is_named_without_the_paths_of_the_machine() -> None:
    with pytest.raises(DataError, match="introuvable") as refused:
        locate_study("ailleurs/rien.yaml")
    assert refused.value.code == "E_STUDY_FILE"
    assert str(PROJECT_ROOT) not in str(refused.value)


def check(names: dict[str, Any] | None = None, **parameters: Any) -> Any:
    given = {"study_file": DEMO_STUDY, **parameters}
    return check_notebook_parameters(names or {}, steps=STEPS, **given)


def test_good_parameters_give_the_study_and_the_folders(tmp_path: Path) -> None:
    inputs = check(scenario="taux-plus-1", output_dir=str(tmp_path), n_sites=3, interactif=False)
    assert check(terrain_fois=2, exigence="surface").study.name == inputs.study.name
    assert inputs.study.commune.insee == "99012"
    assert (inputs.output, inputs.reports) == (tmp_path.resolve(), None)


def test_status_lines_say_what_is_done_and_what_remains() -> None:
    inputs = check()
    said = repr(inputs.status("lecture")).replace("\u00a0", " ")
    assert said == ("Statut : étape 2 sur 3 terminée (paramètres et lecture). Reste : calcul.")
    assert repr(inputs.status("calcul")).endswith("Le carnet est complet.")
    with pytest.raises(UsageError, match="Unknown step"):
        inputs.status("autre")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"site_id": 12}, "un texte est attendu"),
        ({"n_sites": 2.5}, "un nombre entier est attendu"),
        ({"terrain_fois": "deux"}, "un nombre est attendu"),
        ({"terrain_fois": True}, "un nombre est attendu"),
        ({"terrain_fois": 0.0}, "0.0 est hors des bornes"),
        ({"terrain_fois": float("nan")}, "nan est hors des bornes"),
        ({"terrain_fois": 21}, "21 est hors des bornes"),
        ({"exigence": 3}, "un texte est attendu"),
        ({"n_sites": True}, "un nombre entier est attendu"),
        ({"n_sites": 0}, "0 est hors des bornes"),
        ({"n_sites": 51}, "51 est hors des bornes"),
        ({"interactif": "oui"}, "True ou False est attendu"),
        ({"site_id": "../etc"}, "ni un identifiant cadastral"),
        ({"site_id": "99012000AB0012 "}, "ni un identifiant cadastral"),
        ({"output_dir": "nulle/part"}, "ce dossier n'existe pas"),
        ({"scenario": "inconnu"}, "Scénarios connus"),
    ],
)
def test_a_wrong_value_is_refused_in_french(parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        check(**parameters)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(DataError) as refused:
        check(n_sites=0, interactif=1, site_id=3)
    assert len(refused.value.faults) == 3


@pytest.mark.parametrize("site", ["99012000AB0012", "99012000AM0066+99012000AM0068",
                                  "99012000am0066-c90e8a7a", ""])  # fmt: skip
def test_sites_of_every_form_pass(site: str) -> None:
    check(site_id=site)


def test_a_name_injected_by_mistake_is_refused_in_a_fresh_kernel_only() -> None:
    names = {"In": ["", "a", "b", "c"], "Out": {}, "_i1": "a", "scenari": "base"}
    with pytest.raises(DataError, match="« scenari » : paramètre inconnu"):
        check(names, scenario="base")
    check({**names, "In": ["", "a", "b", "c", "d"]}, scenario="base")
    check({**names, "scenari": check}, scenario="base")  # a function is no parameter
