"""The portfolio on a cluster: the same bytes, one worker killed; a clear word without Dask."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.runs.cluster import engine_at
from habitat_analysis.runs.portfolio import run_portfolio
from habitat_analysis.runs.portfolio_batch import run_portfolios
from tests.small_study import write_small_study

QUIET: dict[str, Any] = {"say": lambda _: None, "tell": lambda *_: None}
CHANGES = {"programme": {"objectifs": ["effort"]}}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="Dask absent (extra « scale »)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Dask itself, about this machine
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
        ) as made:
            yield made


@pytest.mark.skipif(os.name == "nt", reason="un autre signal arrête un processus sous Windows")
def test_a_killed_worker_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    study = write_small_study(tmp_path, changes=CHANGES)
    pids = [worker.pid for worker in cluster.workers.values()]

    def tell(done: int, total: int) -> None:
        if done == 2:
            os.kill(pids[0], signal.SIGKILL)

    with engine_at(cluster.scheduler_address) as engine:
        shared = run_portfolio(
            study, out=tmp_path / "partage.parquet", engine=engine, chunk_sites=1,
            say=lambda _: None, tell=tell,
        )  # fmt: skip
    alone = run_portfolio(study, out=tmp_path / "seul.parquet", n_workers=1, **QUIET)
    assert shared.file.read_bytes() == alone.file.read_bytes()
    assert shared.page.read_bytes() == alone.page.read_bytes()


def test_each_commune_is_a_task_that_leaves_its_file(cluster: Any, tmp_path: Path) -> None:
    few = {**CHANGES, "foncier": {"surface_max_m2": 1900}}
    first = write_small_study(tmp_path / "a", changes={**few, "etude": "premiere"})
    wrong = {"etude": "seconde", "fichiers": {"parcelles": "zonage.geojson"}}
    second = write_small_study(tmp_path / "b", changes=wrong)
    said: list[str] = []
    failed = run_portfolios(
        [first, second], out=tmp_path / "dossier", scheduler=cluster.scheduler_address,
        say=said.append, tell=lambda *_: None,
    )  # fmt: skip
    assert failed == 1
    names = sorted(path.name for path in (tmp_path / "dossier").iterdir())
    assert names == ["premiere.html", "premiere.parquet"]
    assert any(str(first) in line and "fait" in line for line in said)


def test_nobody_at_the_address_is_said_in_french() -> None:
    pytest.importorskip("distributed", reason="Dask absent (extra « scale »)")
    with pytest.raises(DataError, match="aucun ordonnanceur Dask"), engine_at("nulle-part"):
        pass


def test_without_dask_the_extra_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DataError, match="scale"), engine_at("tcp://127.0.0.1:8786"):
        pass
