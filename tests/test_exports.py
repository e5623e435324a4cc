"""The files of one site: complete, true, and the same from one process to another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyogrio
import pytest

from habitat_analysis.report.exports import (
    FACTS_SHEET,
    LIVE_INSTEAD,
    site_map_files,
    write_geopackage,
    write_site_folder,
    write_workbook,
)
from tests.report_samples import sample, sample_document
from tests.small_study import write_small_study

NAMES = ["rapport.html", "rapport.pdf", "carte.html", "carte.png", "tableaux.xlsx", "site.gpkg"]
SCRIPT = """
import sys
from pathlib import Path
from habitat_analysis.feasibility import choose_sites, read_ground, study_site
from habitat_analysis.report.exports import write_site_folder
from habitat_analysis.study import load_study
ground = read_ground(load_study(Path(sys.argv[1])))
write_site_folder(study_site(ground, choose_sites(ground)[0]), Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(tmp_path: Path, project: Path) -> None:
    found = []
    for seed in ("1", "2"):
        study = write_small_study(tmp_path / f"study-{seed}")
        folder = tmp_path / f"out-{seed}"
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(project)}
        command = [sys.executable, "-c", SCRIPT, str(study), str(folder)]
        subprocess.run(command, check=True, env=environment, cwd=tmp_path)
        found.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()})
    assert sorted(found[0]) == sorted(NAMES)
    assert found[0] == found[1]


def test_a_folder_holds_every_file(tmp_path: Path) -> None:
    paths = write_site_folder(sample("hostile"), tmp_path)
    assert [path.name for path in paths] == NAMES
    assert all(path.stat().st_size > 5000 for path in paths)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    assert (tmp_path / "carte.html").stat().st_size < 2_000_000


def test_shapes_are_measured_where_they_are(tmp_path: Path) -> None:
    path = write_geopackage(sample(), tmp_path / "site.gpkg")
    layers = [name for name, _ in pyogrio.list_layers(path)]
    assert layers == ["site", "parcelles", "limites_sur_rue", "emprise_apres_reculs", "zonage"]
    site = pyogrio.read_dataframe(path, layer="site")
    assert site.crs.to_epsg() == 2154
    assert site.area.tolist() == pytest.approx([1800], abs=0.5)
    assert site.loc[0, "logements"] == 14
    buildable = pyogrio.read_dataframe(path, layer="emprise_apres_reculs")
    assert buildable.area.sum() < site.area.sum()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_an_impossible_site_has_shapes_without_a_solution(tmp_path: Path) -> None:
    path = write_geopackage(sample("impossible"), tmp_path / "site.gpkg")
    site = pyogrio.read_dataframe(path, layer="site")
    assert site["logements"].isna().all()
    assert site["effort_eur"].isna().all()
    assert site.loc[0, "verdict"] == "infaisable"


def test_the_workbook_has_every_table_and_source(tmp_path: Path) -> None:
    path = write_workbook(sample(), tmp_path / "t.xlsx", document=sample_document())
    book = openpyxl.load_workbook(path)
    tables = book.sheetnames[book.sheetnames.index("Entrées") + 1 :]  # after the live sheets
    left_to_the_report = (FACTS_SHEET, *LIVE_INSTEAD)
    kept = [s for s in sample_document().sheets if not s.name.startswith(left_to_the_report)]
    assert len(tables) == len(kept) + 1
    assert len(kept) > 40
    assert book["Sources"].max_row >= len(sample().facts) + 3
    numbers = openpyxl.load_workbook(path, data_only=True)
    assert isinstance(numbers["Programme"]["E4"].value, int | float)


def test_the_map_of_a_site_has_a_page_and_a_picture(tmp_path: Path) -> None:
    page, picture = site_map_files(sample(), tmp_path)
    assert page.name == "carte.html"
    assert picture.read_bytes().startswith(b"\x89PNG")
