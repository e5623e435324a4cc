"""The committed notebooks: executed, light, plain, and red as soon as a figure moves."""

from __future__ import annotations

import copy
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from habitat_analysis.files import PROJECT_ROOT
from habitat_analysis.runs.lab import STUDY_VARIABLE
from tests.notebook_rules import Cell, code_cells, faults, read, source_of, tags_of
from tools.build_notebooks import SOURCES, build, notebook_text, read_source

NOTEBOOKS = PROJECT_ROOT / "notebooks"
DEMO = PROJECT_ROOT / "data" / "demo"
NAMES = (
    "00_accueil",
    "10_foncier",
    "20_menages",
    "30_programme",
    "40_montage",
    "50_attribution",
    "60_explorer",
    "70_comparaison",
    "80_rapport",
    "90_glossaire",
)
NBVAL = [
    *(sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-q"),
    *("--nbval", "--nbval-current-env"),
    *("--nbval-sanitize-with", str(PROJECT_ROOT / "tests" / "nbval_sanitize.cfg")),
]


def test_the_notebooks_are_those_announced() -> None:
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == list(NAMES)
    assert sorted(path.stem for path in SOURCES.glob("*.md")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_keeps_every_rule(name: str) -> None:
    assert faults(NOTEBOOKS / f"{name}.ipynb") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_says_what_its_source_says(name: str) -> None:
    text = (SOURCES / f"{name}.md").read_text(encoding="utf-8")
    wanted = [(c["cell_type"], c["id"], c["source"], c["metadata"]) for c in read_source(text)]
    cells = read(NOTEBOOKS / f"{name}.ipynb")["cells"]
    assert [(c["cell_type"], c["id"], source_of(c), c["metadata"]) for c in cells] == wanted


@pytest.mark.parametrize("name", NAMES)
def test_no_household_is_in_a_notebook(name: str) -> None:
    text = (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")
    for file in ("menages.csv", "candidats.csv"):
        rows = csv.reader((DEMO / file).read_text(encoding="utf-8").splitlines(), delimiter=";")
        names = [row[0] for row in list(rows)[1:]]
        assert len(names) >= 28
        assert not [n for n in names if re.search(rf"(?<![\w]){re.escape(n)}(?![\w])", text)]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_typeset(name: str) -> None:
    for cell in read(NOTEBOOKS / f"{name}.ipynb")["cells"]:
        if cell["cell_type"] == "markdown":
            assert not re.search(r" [;!?»]|« | :(?:\s|$)", source_of(cell)), source_of(cell)


def _cleared(notebook: Cell) -> None:
    for cell in code_cells(notebook):
        cell["outputs"], cell["execution_count"] = [], None


def _with_error(notebook: Cell) -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}
    code_cells(notebook)[3]["outputs"] = [error]


def _with_loop(notebook: Cell) -> None:
    code_cells(notebook)[3]["source"] = ["for k in range(3):\n", "    print(k)"]


def _with_import(notebook: Cell) -> None:
    code_cells(notebook)[3]["source"] = ["import pandas as pd"]


def _with_path(notebook: Cell) -> None:
    code_cells(notebook)[3]["source"] = ['study_file = "' + "/ho" + 'me/moi/etude.yaml"']


def _with_address(notebook: Cell) -> None:
    notebook["cells"][0]["source"] = [*notebook["cells"][0]["source"], "\nhttps://exemple.fr"]


def _without_comment(notebook: Cell) -> None:
    code_cells(notebook)[0]["source"] = ['study_file: str = "data/demo/etude.yaml"']


def _without_tag(notebook: Cell) -> None:
    code_cells(notebook)[0]["metadata"] = {}


def _ignoring_all(notebook: Cell) -> None:
    for cell in code_cells(notebook)[1:]:
        cell["metadata"] = {"tags": ["nbval-ignore-output"]}


def _too_large(notebook: Cell) -> None:
    code_cells(notebook)[2]["outputs"][0]["data"]["text/plain"] = ["x" * 1_000_001]


ALTERATIONS: dict[str, Callable[[Cell], None]] = {
    "execution": _cleared,
    "error": _with_error,
    "computing": _with_loop,
    "import": _with_import,
    "place": _with_path,
    "place: 'https": _with_address,
    "lacks a type or a comment": _without_comment,
    "one cell, the first": _without_tag,
    "compared": _ignoring_all,
    "size": _too_large,
}


@pytest.mark.parametrize("word", ALTERATIONS)
def test_the_rules_refuse_a_spoiled_notebook(word: str, tmp_path: Path) -> None:
    notebook = copy.deepcopy(read(NOTEBOOKS / "00_accueil.ipynb"))
    ALTERATIONS[word](notebook)
    spoiled = tmp_path / "00_accueil.ipynb"
    spoiled.write_text(json.dumps(notebook), encoding="utf-8")
    assert any(word in fault for fault in faults(spoiled))


def test_the_help_of_the_report_is_in_french() -> None:
    report = NOTEBOOKS / "80_rapport.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--help-notebook", str(report)],
        capture_output=True, text=True, check=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    for name in ("study_file", "site_id", "scenario", "output_dir", "fingerprint"):
        assert re.search(rf"{name}: str \(default", done.stdout), done.stdout
    assert "identifiant cadastral" in done.stdout
    assert "dossier où écrire" in done.stdout


def test_a_source_is_cut_into_cells_with_tags() -> None:
    source = "# Titre :\n\n```python parameters\nn: int = 1\n```\n\nUn mot.\n\n```python\nn\n```\n"
    title, parameters, word, code = read_source(source)
    assert title["source"] == "# Titre\u00a0:"
    assert tags_of(parameters) == ["parameters"]
    assert (parameters["source"], code["source"]) == ("n: int = 1", "n")
    assert (word["id"], code["metadata"]) == ("cellule-02", {})


def test_a_notebook_is_written_line_by_line_with_sorted_keys() -> None:
    cell = {"cell_type": "code", "source": "a\nb", "outputs": [{"data": {"text/plain": "1\n2"}}]}
    text = notebook_text({"metadata": {}, "cells": [cell]})
    content = json.loads(text)
    assert content["cells"][0]["source"] == ["a\n", "b"]
    assert content["cells"][0]["outputs"][0]["data"]["text/plain"] == ["1\n", "2"]
    assert list(content) == ["cells", "metadata"]


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.build_notebooks.NOTEBOOKS", tmp_path)
    texts = []
    for _ in range(2):
        assert build("20_menages")
        texts.append((tmp_path / "20_menages.ipynb").read_bytes())
    assert texts[0] == texts[1]


# --- a figure that moves ----------------------------------------------------------------------


def _works(study: Any) -> None:
    line = next(line for line in study["couts"]["lignes"] if line["id"] == "batiment")
    line["valeur_ht"] *= 1.1


def _land_price(study: Any) -> None:
    study["foncier"]["prix_terrain_ht_m2"] *= 1.1


def _psla_price(study: Any) -> None:
    study["statuts"]["PSLA"]["prix_ttc_m2_shab"] *= 0.9


def _plai_subsidy(study: Any) -> None:
    study["statuts"]["PLAI"]["subventions"][0]["montant_par_logement"] *= 1.1


def _sales_fee(study: Any) -> None:
    study["montage"]["commercialisation"] *= 1.1


def _criterion_weight(study: Any) -> None:
    study["foncier"]["criteres"][0]["poids"] *= 1.1


COEFFICIENTS: dict[str, tuple[Callable[[Any], None], str]] = {
    "prix du bâtiment": (_works, "30_programme"),
    "prix du terrain": (_land_price, "30_programme"),
    "prix du PSLA": (_psla_price, "30_programme"),
    "subvention du PLAI": (_plai_subsidy, "30_programme"),
    "frais de commercialisation": (_sales_fee, "40_montage"),
    "poids d'un critère": (_criterion_weight, "10_foncier"),
}


def _nbval(name: str, study: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NBVAL, str(NOTEBOOKS / f"{name}.ipynb")],
        capture_output=True, text=True, check=False, cwd=PROJECT_ROOT, encoding="utf-8",
        env={**os.environ, STUDY_VARIABLE: str(study)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("copie") / "demo")) / "etude.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["10_foncier", "30_programme"])
def test_the_same_study_elsewhere_stays_green(name: str, copied: Path) -> None:
    done = _nbval(name, copied)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("what", COEFFICIENTS)
def test_a_coefficient_moved_by_a_tenth_turns_a_notebook_red(what: str, copied: Path) -> None:
    change, name = COEFFICIENTS[what]
    yaml = YAML()
    study = yaml.load(copied.read_text(encoding="utf-8"))
    change(study)
    altered = copied.with_name(f"autre-{name}.yaml")
    with altered.open("w", encoding="utf-8") as stream:
        yaml.dump(study, stream)
    done = _nbval(name, altered)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "mismatch" in done.stdout
    assert "DataError" not in done.stdout
