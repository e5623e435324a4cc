"""Portfolios of one or many communes: one commune, one unit of work, one file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from habitat_analysis.errors import DataError, HabitatError
from habitat_analysis.formats import typeset
from habitat_analysis.runs import cluster
from habitat_analysis.runs.batch import disk_reason
from habitat_analysis.runs.portfolio import SUFFIX, Say, Tell, portfolio_file, run_portfolio
from habitat_analysis.runs.study_run import check_writable
from habitat_analysis.study import load_study

REPORTS: Final = Path("reports")  # as `habitat run` does by default


def run_portfolios(
    study_files: Sequence[Path],
    *,
    out: Path | None = None,
    scenario: str = "base",
    n_workers: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
    say: Say,
    tell: Tell,
) -> int:
    """Make the portfolio of each study; one that is refused never stops the others.

    Parameters
    ----------
    study_files
        One study a commune.
    out
        The file of a single study; a folder for several, one file a study named after it. By
        default each stands in the folder of the reports of its study, where the comparison of
        its sites reads it.
    scheduler
        Address of a Dask scheduler. With one study its chunks are shared among the workers; with
        several, each commune is a unit of work done where the files are.
    scenario, n_workers, force, say, tell
        As for `portfolio.run_portfolio`.

    Returns
    -------
    failed
        Number of communes without a file; the reason of each was said.

    Raises
    ------
    DataError
        With one study, anything wrong in it; with several, a folder that cannot be written or two
        studies of the same name.
    """
    if len(study_files) == 1:
        out = out or _beside_reports(study_files[0], scenario)
        check_writable(out.parent)
        engine_of = cluster.engine_at(scheduler) if scheduler else nullcontext()
        with engine_of as engine:
            run_portfolio(
                study_files[0], out=out, scenario=scenario, n_workers=n_workers, engine=engine,
                force=force, say=say, tell=tell,
            )  # fmt: skip
        return 0
    targets = portfolio_files(study_files, out, scenario=scenario)
    if scheduler is not None:
        return cluster.run_communes(
            targets, scheduler=scheduler, scenario=scenario, force=force, say=say, tell=tell
        )
    failed = 0
    for study_file, target in targets.items():
        say(f"— {study_file}")
        try:
            run_portfolio(
                study_file, out=target, scenario=scenario, n_workers=n_workers, force=force,
                say=say, tell=tell,
            )  # fmt: skip
        except HabitatError as error:
            say(str(error))
            failed += 1
        except OSError as error:
            say(disk_reason(error))
            failed += 1
    return failed


def portfolio_files(
    study_files: Sequence[Path], folder: Path | None, *, scenario: str
) -> dict[Path, Path]:
    """Name the file of each study: in a folder, or in that of its reports.

    Raises
    ------
    DataError
        ``E_OUT`` for a folder that cannot be used, ``E_STUDY_TWICE`` for two studies of one name.
    """
    if folder is None:
        check_writable(REPORTS)
        return _one_each(
            {path: _beside_reports(path, scenario) for path in study_files}, study_files
        )
    if folder.suffix == SUFFIX:
        msg = f"--out : « {folder} » est un fichier ; donnez un dossier pour plusieurs études."
        raise DataError(typeset(msg), code="E_OUT")
    check_writable(folder)
    tail = "" if scenario == "base" else f"-{scenario}"
    files = {path: folder / f"{load_study(path).name}{tail}{SUFFIX}" for path in study_files}
    return _one_each(files, study_files)


def _beside_reports(study_file: Path, scenario: str) -> Path:
    """Name the portfolio of a study in the folder that `habitat run` gives its reports."""
    return portfolio_file(REPORTS / load_study(study_file).name, scenario=scenario)


def _one_each(files: dict[Path, Path], study_files: Sequence[Path]) -> dict[Path, Path]:
    """Refuse two studies that would write the same file."""
    targets = list(files.values())
    twice = sorted({str(file) for file in targets if targets.count(file) > 1})
    if twice or len(files) < len(study_files):
        msg = f"Deux études donneraient le même fichier {twice[0] if twice else ''}."
        raise DataError(typeset(msg), code="E_STUDY_TWICE")
    return files
