"""Reports of many sites: whole or absent, resumed, the same bytes, killed at any moment."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import nbformat
import pytest

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.feasibility import read_ground
from habitat_analysis.runs.batch import FILES, disk_reason, is_unchanged, plan_jobs
from habitat_analysis.runs.fingerprint import fingerprint, input_hashes
from habitat_analysis.runs.notebooks import NOTEBOOKS, check_parameters
from habitat_analysis.runs.study_run import COMPARISON_FILES, check_writable
from habitat_analysis.study import load_study
from tests.small_study import HOUSEHOLDS, idu, write_small_study

SITES = f"{idu(5)},{idu(1)}+{idu(2)}"


def command(study: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "habitat_analysis.cli", "run", str(study),
        "--out", str(out), "--sites", SITES, *more,
    ]  # fmt: skip


def run(study: Path, out: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(study, out, *more),
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, **env},
    )


def site_folders(out: Path) -> list[Path]:
    """Folders under a final name: <etude>/<site>/<scenario>."""
    return sorted(p for p in out.glob("*/*/*") if p.is_dir() and not p.name.startswith("."))


def assert_complete(folder: Path) -> None:
    missing = [name for name in FILES if not (folder / name).is_file()]
    assert not missing, (folder, missing)
    json.loads((folder / "resultats.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("petite"))


@pytest.fixture(scope="module")
def out(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sortie")
    done = run(study, out)
    assert done.returncode == 0, done.stderr + done.stdout
    return out


@pytest.mark.slow
def test_a_run_leaves_complete_folders_and_an_index(out: Path) -> None:
    folders = site_folders(out)
    assert len(folders) == 2
    for folder in folders:
        assert_complete(folder)
    assert all((out / "petite-commune" / name).is_file() for name in COMPARISON_FILES)
    assert not [p for p in out.rglob(".*") if p.is_dir()]


@pytest.mark.slow
def test_what_has_not_changed_is_skipped_and_force_repeats(study: Path, out: Path) -> None:
    before = {f: f.stat().st_mtime_ns for folder in site_folders(out) for f in folder.iterdir()}
    done = run(study, out)
    assert done.returncode == 0
    assert done.stdout.count("inchangé") == 2
    after = {f: f.stat().st_mtime_ns for folder in site_folders(out) for f in folder.iterdir()}
    assert after == before


@pytest.mark.slow
def test_a_run_of_one_site_keeps_the_others_in_the_index(study: Path, out: Path) -> None:
    before = (out / "petite-commune" / "execution.json").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "habitat_analysis.cli", "run", str(study), "--out", str(out),
         "--sites", idu(5)],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    after = (out / "petite-commune" / "execution.json").read_text(encoding="utf-8")
    assert after == before


@pytest.mark.slow
def test_two_runs_elsewhere_give_the_same_bytes(study: Path, out: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(study.parent, tmp_path / "ailleurs" / "etude")
    done = run(copy / "etude.yaml", tmp_path / "autre", PYTHONHASHSEED="7", LC_ALL="C.UTF-8")
    assert done.returncode == 0, done.stderr
    for first in sorted(p for p in out.rglob("*") if p.is_file()):
        second = tmp_path / "autre" / first.relative_to(out)
        if first.suffix == ".gpkg":
            for layer in gpd.list_layers(first)["name"]:
                a, b = (gpd.read_file(file, layer=layer) for file in (first, second))
                assert a.to_wkt().equals(b.to_wkt()), (first, layer)
        else:
            assert first.read_bytes() == second.read_bytes(), first


@pytest.mark.slow
def test_no_household_stands_in_any_output(out: Path) -> None:
    names = [line.split(";")[0] for line in HOUSEHOLDS.splitlines()[1:]]
    for file in sorted(
        p for p in out.rglob("*") if p.suffix in {".html", ".json", ".txt", ".ipynb"}
    ):
        text = file.read_text(encoding="utf-8")
        assert not [n for n in names if f">{n}<" in text or f'"{n}"' in text or f" {n} " in text], (
            file
        )
        assert str(file.parents[3]) not in text, file


@pytest.mark.slow
def test_a_failed_site_leaves_a_reason_and_the_others_their_report(
    study: Path, tmp_path: Path
) -> None:
    outside = next(
        iter(read_ground(load_study(study)).screened.parcels.query("zone_label == 'N'")["idu"])
    )
    done = subprocess.run(
        [sys.executable, "-m", "habitat_analysis.cli", "run", str(study), "--out", str(tmp_path),
         "--sites", f"{idu(5)},{outside}"],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    failure = tmp_path / "petite-commune" / outside.lower() / "ECHEC-base.txt"
    assert "ne donne pas de règles" in failure.read_text(encoding="utf-8")
    assert not (failure.parent / "base").exists()
    assert_complete(tmp_path / "petite-commune" / idu(5).lower() / "base")
    index = (tmp_path / "petite-commune" / "index.html").read_text(encoding="utf-8")
    assert "ECHEC" in index


@pytest.mark.slow
def test_killed_at_five_moments_nothing_incomplete_stands_under_a_final_name(
    study: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sortie"
    moments: list[Callable[[], bool]] = [
        lambda: bool(list(out.glob("*/*/.*"))),  # a first hidden folder
        lambda: bool(list(out.glob("*/*/.*/rapport.ipynb"))),
        lambda: bool(list(out.glob("*/*/.*/rapport.html"))),
        lambda: bool(site_folders(out)),
        lambda: bool(list(out.glob("*/.pages-*/*"))),
    ]
    for moment in moments:
        kept = {f: f.stat().st_mtime_ns for f in site_folders(out)}
        _kill_at(command(study, out, "--jobs", "1"), moment)
        for folder in site_folders(out):
            assert_complete(folder)
        assert {f: f.stat().st_mtime_ns for f in kept} == kept
    done_before = {f: (f / "resultats.json").stat().st_mtime_ns for f in site_folders(out)}
    done = run(study, out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("inchangé") == len(done_before)
    assert {f: (f / "resultats.json").stat().st_mtime_ns for f in done_before} == done_before
    assert len(site_folders(out)) == 2
    assert not [p for p in out.rglob(".*") if p.is_dir() and p.name.endswith(".partiel")]


def _kill_at(arguments: list[str], moment: Callable[[], bool]) -> None:
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    limit = time.monotonic() + 180
    while process.poll() is None and not moment() and time.monotonic() < limit:
        time.sleep(0.01)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_the_saved_notebook_names_no_machine_path_and_no_time(out: Path) -> None:
    for folder in site_folders(out):
        notebook = nbformat.read(folder / "rapport.ipynb", as_version=4)
        text = (folder / "rapport.ipynb").read_text(encoding="utf-8")
        assert "papermill" not in notebook.metadata
        assert "start_time" not in text
        assert str(Path.home()) not in text
        assert notebook.metadata["parametres"]["study_file"] == "etude.yaml"


def test_parameters_are_checked_before_any_kernel() -> None:
    report = NOTEBOOKS / "80_rapport.ipynb"
    check_parameters(report, {"site_id": idu(1)})
    with pytest.raises(UsageError, match="unknown parameter"):
        check_parameters(report, {'x=1;open("piege","w");y': 1})
    with pytest.raises(UsageError, match="must be str"):
        check_parameters(report, {"site_id": 12})


def test_the_fingerprint_follows_every_input(study: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(study.parent, tmp_path / "etude") / "etude.yaml"
    hashes = input_hashes(load_study(copy), copy)
    assert set(hashes) >= {"etude.yaml", "parcelles.geojson", "menages.csv"}
    first = fingerprint(hashes, {"site": "a"})
    assert fingerprint(hashes, {"site": "a"}) == first
    assert fingerprint(hashes, {"site": "b"}) != first
    with (copy.parent / "menages.csv").open("a", encoding="utf-8") as file:
        file.write("M99;0;1;;;12000;1200;\n")
    assert fingerprint(input_hashes(load_study(copy), copy), {"site": "a"}) != first


def test_a_truncated_result_is_not_taken_for_finished(study: Path, tmp_path: Path) -> None:
    ground = read_ground(load_study(study))
    job = plan_jobs(ground, study, [(idu(1),)], scenario="base", out=tmp_path)[0]
    job.folder.mkdir(parents=True)
    for name in FILES:
        (job.folder / name).write_text("{", encoding="utf-8")
    assert not is_unchanged(job)
    (job.folder / "resultats.json").write_text(json.dumps({"empreinte": job.fingerprint}))
    assert is_unchanged(job)
    (job.folder / "carte.png").unlink()
    assert not is_unchanged(job)


@pytest.mark.parametrize("place", ["fichier", "fichier/dessous"])
def test_a_folder_that_cannot_be_written_is_refused_first(tmp_path: Path, place: str) -> None:
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="n'est pas un dossier"):
        check_writable(tmp_path / place)
    check_writable(tmp_path / "nouveau" / "dossier")


def test_the_disk_is_explained_in_french() -> None:
    assert "disque est plein" in disk_reason(OSError(errno.ENOSPC, "No space left on device"))
    assert "droits refusés" in disk_reason(OSError(errno.EROFS, "Read-only file system"))
    assert "Changez de dossier" in disk_reason(OSError(errno.ENOTDIR, "Not a directory"))
