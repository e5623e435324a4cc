"""Many sites, one folder each: run what is new, skip what has not changed, lose nothing."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from habitat_analysis.atomic import atomic_folder, atomic_write, clean_temporaries
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Ground, SiteIdus
from habitat_analysis.files import inside, safe_name
from habitat_analysis.land.sites import site_name
from habitat_analysis.runs.annexes import ANNEX_FILES, Annex, write_annexes
from habitat_analysis.runs.fingerprint import fingerprint, input_hashes
from habitat_analysis.runs.notebooks import NotebookFailure, NotebookRun, run_notebook
from habitat_analysis.runs.sealing import sealed
from habitat_analysis.study import Study

REPORT_NOTEBOOK = "80_rapport"
FILES = (
    "rapport.html",
    "rapport.pdf",
    "rapport.ipynb",
    "carte.html",
    "carte.png",
    "tableaux.xlsx",
    "site.gpkg",
    "resultats.json",
    "journal.txt",
)
State = Literal["fait", "inchangé", "échec"]
ANSI = re.compile(r"\x1b\[[0-9;]*m")
SITE_NAME = r"[a-z0-9-]{1,60}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One site and one scenario to report."""

    study_file: Path
    site: str  # name of its folder
    idus: SiteIdus
    scenario: str
    folder: Path  # final one
    fingerprint: str
    annexes: tuple[Annex, ...] = ()  # wanted beside the report

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all the files that its folder must hold."""
        return (*FILES, *(ANNEX_FILES[annex] for annex in self.annexes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a job."""

    job: Job
    state: State
    seconds: float
    reason: str = ""  # French, of a failure; for the screen alone, it may hold a pseudonym
    shared_reason: str = ""  # the same without any, for what stands among the reports

    @property
    def ok(self) -> bool:
        """Whether the folder is there and complete."""
        return self.state != "échec"


def plan_jobs(
    ground: Ground,
    study_file: Path,
    sites: Sequence[SiteIdus],
    *,
    scenario: str,
    out: Path,
    annexes: Sequence[Annex] = (),
) -> list[Job]:
    """Lay out one job a site.

    The fingerprint is that of the inputs: an annex asked and absent makes a folder again, an
    annex that nobody asks for any more changes nothing in the other files.

    Raises
    ------
    DataError
        If the scenario is unknown or a folder would leave `out`.
    """
    study = ground.study
    study.scenario(scenario)
    hashes = input_hashes(study, study_file)
    jobs = []
    for idus in sites:
        name = safe_name(site_name(idus), pattern=SITE_NAME)
        folder = inside(out, f"{study.name}/{name}/{scenario}")
        jobs.append(
            Job(
                study_file=study_file.resolve(),
                site=name,
                idus=idus,
                scenario=scenario,
                folder=folder,
                fingerprint=fingerprint(hashes, _parameters(study, idus, scenario)),
                annexes=tuple(dict.fromkeys(annexes)),
            )
        )
    return jobs


def run_jobs(
    jobs: Sequence[Job],
    *,
    n_workers: int,
    force: bool,
    tell: Callable[[int, int, Outcome], None],
) -> list[Outcome]:
    """Run the jobs that need it; a failed one never stops the others.

    Parameters
    ----------
    jobs
        What to do, one folder each.
    n_workers
        Reports made side by side.
    force
        Make them again even when nothing changed.
    tell
        Called after each with its rank, the number of jobs and its outcome.

    Returns
    -------
    outcomes
        In the order of the jobs.
    """
    for job in jobs:
        clean_temporaries(job.folder.parent)
    outcomes: dict[str, Outcome] = {}
    waiting = []
    for job in jobs:
        if not force and is_unchanged(job):
            outcomes[job.site] = Outcome(job=job, state="inchangé", seconds=0.0)
            tell(len(outcomes), len(jobs), outcomes[job.site])
        else:
            waiting.append(job)
    for outcome in _executed(waiting, n_workers):
        outcomes[outcome.job.site] = outcome
        tell(len(outcomes), len(jobs), outcome)
    return [outcomes[job.site] for job in jobs]


def is_unchanged(job: Job) -> bool:
    """Tell whether a complete folder of the same fingerprint is there, annexes asked included."""
    if not all((job.folder / name).is_file() for name in job.files):
        return False
    try:
        content = json.loads((job.folder / "resultats.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("empreinte") == job.fingerprint


def run_job(job: Job) -> Outcome:
    """Make the folder of one site, or leave a failure file with the French reason."""
    start = time.perf_counter()
    try:
        with atomic_folder(job.folder) as partial:
            _report(job, partial)
    except NotebookFailure as failure:
        _leave_failure(job, failure)
        return _failed(job, start, failure.reason)
    except OSError as error:
        return _failed(job, start, disk_reason(error))
    failure_file(job).unlink(missing_ok=True)
    return Outcome(job=job, state="fait", seconds=time.perf_counter() - start)


def disk_reason(error: OSError) -> str:
    """Say in French why the disk refused, and what to do."""
    if error.errno == errno.ENOSPC:
        return "Écriture impossible : le disque est plein. Libérez de la place, puis relancez."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Écriture impossible : droits refusés. Changez de dossier avec --out."
    return "Écriture impossible à cet endroit. Changez de dossier avec --out, puis relancez."


def failure_file(job: Job) -> Path:
    """Name the file that tells of a failed site."""
    return job.folder.parent / f"ECHEC-{job.scenario}.txt"


def default_workers(n_jobs: int) -> int:
    """Choose how many reports to make side by side: one a core, no more than the jobs."""
    return max(1, min(n_jobs, os.cpu_count() or 1))


def _parameters(study: Study, idus: SiteIdus, scenario: str) -> dict[str, Any]:
    return {
        "site": list(idus),
        "scenario": scenario,
        "edition": study.edited_on.isoformat(),
    }


def _report(job: Job, folder: Path) -> None:
    """Run the report notebook in its folder, then check that nothing is missing."""
    shown = {
        "study_file": job.study_file.name,
        "site_id": "+".join(job.idus),
        "scenario": job.scenario,
        "output_dir": ".",
        "fingerprint": job.fingerprint,
    }
    parameters = {**shown, "study_file": str(job.study_file), "output_dir": str(folder)}
    run_notebook(
        NotebookRun(
            notebook=REPORT_NOTEBOOK,
            parameters=parameters,
            output=folder / "rapport.ipynb",
            shown=shown,
        )
    )
    _annexes(job, folder)
    missing = [name for name in job.files if not (folder / name).is_file()]
    if missing:
        reason = f"Fichiers manquants après le calcul : {', '.join(missing)}."
        raise NotebookFailure(reason, "")


def _annexes(job: Job, folder: Path) -> None:
    """Write the annexes wanted; a refusal is that of the site, without any technical detail."""
    try:
        write_annexes(job.study_file, job.idus, folder, scenario=job.scenario, annexes=job.annexes)
    except DataError as error:
        raise NotebookFailure(str(error), "") from error


def _executed(jobs: Sequence[Job], n_workers: int) -> Iterator[Outcome]:
    """Give the outcomes as they come, in this process when there is nothing to share."""
    if n_workers <= 1 or len(jobs) <= 1:
        yield from (run_job(job) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=n_workers, mp_context=context) as pool:
        futures: dict[Future[Outcome], Job] = {pool.submit(run_job, job): job for job in jobs}
        for future in as_completed(futures):
            error = future.exception()
            if error is None:
                yield future.result()
            else:
                reason = f"Le calcul de ce site s'est arrêté ({type(error).__name__})."
                yield _failed(futures[future], time.perf_counter(), reason)


def _failed(job: Job, start: float, reason: str) -> Outcome:
    return Outcome(
        job=job,
        state="échec",
        seconds=time.perf_counter() - start,
        reason=reason,
        shared_reason=sealed(reason, job.study_file),
    )


def _leave_failure(job: Job, failure: NotebookFailure) -> None:
    job.folder.parent.mkdir(parents=True, exist_ok=True)
    reason = sealed(failure.reason, job.study_file)
    detail = sealed(ANSI.sub("", failure.detail), job.study_file)
    text = f"ECHEC\n\n{reason}\n\nDétail technique, pour les développeurs :\n{detail}\n"
    atomic_write(failure_file(job), text)
