"""The same chunks on machines of a Dask cluster; Dask is wanted only when it is asked for.

A worker that dies loses nothing: its chunk is done again by another, and chunks already answered
are kept beside the output. With many communes, each is one task that writes its own file where the
studies are: the folder is shared by the machines.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from habitat_analysis.errors import DataError, HabitatError
from habitat_analysis.feasibility.answers import Answer
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.runs.batch import disk_reason
from habitat_analysis.runs.portfolio import Engine, Say, Tell, run_portfolio
from habitat_analysis.runs.portfolio_pool import Done
from habitat_analysis.runs.portfolio_work import Work, do_work, stopped

RETRIES: Final = 3  # of a task that fails; deaths of its workers are counted by the scheduler
CONNECT_S: Final = 20


@contextmanager
def engine_at(scheduler: str) -> Iterator[Engine]:
    """Share the chunks of a portfolio among the workers of a scheduler.

    Parameters
    ----------
    scheduler
        Its address, such as ``tcp://serveur:8786``.

    Raises
    ------
    DataError
        ``E_NO_DASK`` when the extra ``scale`` is not installed, ``E_SCHEDULER`` when nobody
        answers.
    """
    with _client(scheduler) as client:

        def engine(chunks: Mapping[int, Work]) -> Done:
            return _shared(client, chunks)

        yield engine


def run_communes(
    targets: Mapping[Path, Path],
    *,
    scheduler: str,
    scenario: str,
    force: bool,
    say: Say,
    tell: Tell,
) -> int:
    """Make the portfolio of each commune on one worker, and say what became of it.

    Parameters
    ----------
    targets
        File of each study; both on a disk that the workers see under the same path.
    scheduler, scenario, force, say, tell
        As for `portfolio_batch.run_portfolios`; `tell` counts communes.

    Returns
    -------
    failed
        Number of communes without a file.
    """
    failed, done = 0, 0
    with _client(scheduler) as client:
        tell(0, len(targets))
        futures = {
            client.submit(
                commune, str(study.resolve()), str(out.resolve()), scenario, force,
                pure=False, retries=RETRIES,
            ): study
            for study, out in targets.items()
        }  # fmt: skip
        for future in _completed(futures):
            reason = _reason(future) or future.result()
            done += 1
            failed += bool(reason)
            say(f"{futures[future]} : {reason or 'fait'}")
            tell(done, len(targets))
    return failed


def commune(study_file: str, out: str, scenario: str, force: bool) -> str:
    """Make the portfolio of one commune in this process; return why it could not be, or ""."""
    try:
        run_portfolio(
            Path(study_file), out=Path(out), scenario=scenario, n_workers=1, force=force,
            say=lambda _: None, tell=lambda *_: None,
        )  # fmt: skip
    except HabitatError as error:
        return str(error)
    except OSError as error:
        return disk_reason(error)
    return ""


def _shared(client: Any, chunks: Mapping[int, Work]) -> Done:
    """Give the answers of each chunk as they come.

    A chunk given up after the deaths of its workers is done again site by site: only the site
    that kills its worker gets the status ``error``.
    """
    futures = {_submitted(client, work): rank for rank, work in chunks.items()}
    for future in _completed(futures):
        rank = futures[future]
        yield rank, _site_by_site(client, chunks[rank]) if _reason(future) else future.result()
        future.release()


def _site_by_site(client: Any, work: Work) -> tuple[Answer, ...]:
    parts = work.chunks(1)
    if len(parts) <= 1:
        return stopped(work)
    futures = {_submitted(client, part): rank for rank, part in enumerate(parts)}
    found = {
        futures[future]: stopped(parts[futures[future]]) if _reason(future) else future.result()
        for future in _completed(futures)
    }
    return tuple(answer for rank in range(len(parts)) for answer in found[rank])


def _submitted(client: Any, work: Work) -> Any:
    return client.submit(do_work, work, pure=False, retries=RETRIES)


def _completed(futures: Mapping[Any, Any]) -> Iterator[Any]:
    as_completed: Callable[..., Iterator[Any]] = _distributed().as_completed
    return as_completed(list(futures))


def _reason(future: Any) -> str:
    """Say why a task was given up: its workers died each time, or it failed; "" when it is done."""
    if future.status == "finished":
        return ""
    error = future.exception() if future.status == "error" else None
    what = type(error).__name__ if error is not None else str(future.status)
    return typeset(f"calcul abandonné par le réseau de calcul ({quoted(what)}).")


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    distributed = _distributed()
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_S)
    except (OSError, TimeoutError, ValueError) as error:
        msg = (
            f"--scheduler : aucun ordonnanceur Dask ne répond à {quoted(scheduler)}. "
            "Lancez « dask scheduler », puis donnez l'adresse qu'il affiche."
        )
        raise DataError(typeset(msg), code="E_SCHEDULER") from error
    with client:
        yield client


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        msg = (
            "--scheduler demande Dask, qui n'est pas installé. Installez l'extra « scale » : "
            "pip install 'habitat-analysis[scale]', sur chaque machine."
        )
        raise DataError(typeset(msg), code="E_NO_DASK") from error
