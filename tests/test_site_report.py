"""The folder of a site: every file, the same bytes, nothing of anybody."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from habitat_analysis.feasibility import Feasibility, Resultats, read_ground, study_site
from habitat_analysis.runs.batch import FILES
from habitat_analysis.runs.site_report import journal_lines, write_site_report
from habitat_analysis.study import load_study
from tests.small_study import HOUSEHOLDS, idu, impossible, write_small_study


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("petite"))


@pytest.fixture(scope="module")
def operation(study_file: Path) -> Feasibility:
    return study_site(read_ground(load_study(study_file)), (idu(5),))


def test_every_file_of_a_site_is_written_and_named(
    operation: Feasibility, study_file: Path, tmp_path: Path
) -> None:
    said = write_site_report(operation, tmp_path, study_file=study_file, fingerprint="abc")
    expected = set(FILES) - {"rapport.ipynb"}  # papermill writes that one
    assert {path.name for path in tmp_path.iterdir()} == expected
    assert all(name in repr(said) for name in expected)
    assert str(tmp_path) not in repr(said)
    results = json.loads((tmp_path / "resultats.json").read_text(encoding="utf-8"))
    jsonschema.validate(results, Resultats.model_json_schema())
    assert results["empreinte"] == "abc"
    assert results["parametres"] == {"site_id": idu(5), "scenario": "base"}
    assert set(results["entrees"]) >= {"etude.yaml", "parcelles.geojson"}


def test_without_a_folder_nothing_is_written(operation: Feasibility, study_file: Path) -> None:
    said = write_site_report(operation, None, study_file=study_file, fingerprint="")
    assert "Rien n'est écrit" in repr(said)


def test_the_journal_tells_each_layer_and_no_value_of_a_household(operation: Feasibility) -> None:
    lines = journal_lines(operation, files=["rapport.html"], fingerprint="")
    text = "\n".join(lines).replace("\u202f", "")
    for layer in operation.ground.territory.states["layer"]:
        assert f"{layer}\u00a0: " in text
    assert len([line for line in lines if line]) == len({line for line in lines if line})
    for row in HOUSEHOLDS.splitlines()[1:]:
        name, *_, income, _, _ = row.split(";")
        assert name not in text
        assert income not in text
    assert "Empreinte\u00a0: non calculée." in lines
    assert any("Solveur" in line for line in lines)


def test_the_journal_of_an_impossible_site_gives_no_figure_of_a_solution(tmp_path: Path) -> None:
    study = load_study(write_small_study(tmp_path, changes=impossible()))
    nothing = study_site(read_ground(study), (idu(5),))
    text = "\n".join(journal_lines(nothing, files=[], fingerprint="x"))
    assert "infaisable" in text
    assert "€" not in text
