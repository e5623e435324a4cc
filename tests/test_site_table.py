"""Sites in one table: read from a run or computed on the spot, failures kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Ground, read_ground, results_of, results_text, study_site
from habitat_analysis.report.comparison_tables import COLUMNS
from habitat_analysis.runs.site_table import gather_sites, write_study_comparison
from habitat_analysis.runs.study_run import COMPARISON_FILES, OUTCOMES_FILE
from habitat_analysis.study import load_study
from tests.small_study import idu, write_small_study


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return read_ground(load_study(write_small_study(tmp_path_factory.mktemp("petite"))))


def write_run(ground: Ground, folder: Path) -> None:
    """Leave what a run leaves: the results of one site, and a second one that failed."""
    results = results_of(study_site(ground, (idu(5),)), fingerprint="", inputs={}, parameters={})
    site = folder / idu(5).lower() / "base"
    site.mkdir(parents=True)
    (site / "resultats.json").write_text(results_text(results), encoding="utf-8")
    outcomes = [
        {"site": idu(5).lower(), "idus": [idu(5)], "scenario": "base", "reussi": True,
         "raison": ""},
        {"site": idu(11).lower(), "idus": [idu(11)], "scenario": "base", "reussi": False,
         "raison": "Zone sans règles."},
    ]  # fmt: skip
    (folder / OUTCOMES_FILE).write_text(json.dumps(outcomes), encoding="utf-8")


def test_a_run_read_and_the_sites_studied_here_say_the_same(ground: Ground, tmp_path: Path) -> None:
    write_run(ground, tmp_path)
    read = gather_sites(ground, scenario="base", reports=tmp_path, outcomes=tmp_path)
    here = gather_sites(ground, scenario="base")
    assert list(read.columns) == list(here.columns) == list(COLUMNS)
    same = [name for name in COLUMNS if name not in {"dossier", "raison"}]
    one = read.loc[read["site"] == idu(5).lower(), same].iloc[0]
    other = here.loc[here["site"] == idu(5).lower(), same].iloc[0]
    pd.testing.assert_series_equal(one, other, check_names=False, check_dtype=False)
    assert read["dossier"].iloc[0] == f"{idu(5).lower()}/base"


def test_a_failure_keeps_its_reason_and_no_figure(ground: Ground, tmp_path: Path) -> None:
    write_run(ground, tmp_path)
    failed = gather_sites(ground, scenario="base", reports=tmp_path, outcomes=tmp_path).iloc[1]
    assert failed["raison"] == "Zone sans règles."
    assert pd.isna(failed["effort_eur"])


def test_a_site_that_the_data_refuse_is_a_failure_too(ground: Ground) -> None:
    """A chosen site of the natural zone, for which the study states no rule."""
    land = ground.study.land.model_copy(update={"sites": ((idu(11),),), "n_sites": 1})
    chosen = replace(ground, study=ground.study.model_copy(update={"land": land}))
    table = gather_sites(chosen, scenario="base")
    assert "ne donne pas de règles" in table["raison"].iloc[0]


def test_damaged_results_are_refused_by_name(ground: Ground, tmp_path: Path) -> None:
    write_run(ground, tmp_path)
    results = tmp_path / idu(5).lower() / "base" / "resultats.json"
    results.write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="résultats illisibles"):
        gather_sites(ground, scenario="base", reports=tmp_path, outcomes=tmp_path)


def test_the_pages_of_a_study_are_written_where_asked(ground: Ground, tmp_path: Path) -> None:
    write_run(ground, tmp_path)
    sites = gather_sites(ground, scenario="base", reports=tmp_path, outcomes=tmp_path)
    said = write_study_comparison(sites, ground, tmp_path)
    for name in COMPARISON_FILES:
        assert (tmp_path / name).is_file()
        assert name == OUTCOMES_FILE or name in repr(said)
    assert "Rien n'est écrit" in repr(write_study_comparison(sites, ground, None))
