"""Every parcel and every assembly of a commune optimised, in one file.

The work is cut in chunks kept beside the output as they are answered: a run that is killed goes on
where it stopped, and gives the same bytes. The work folder goes away with the last chunk.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd

from habitat_analysis.atomic import atomic_write
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import read_ground
from habitat_analysis.feasibility.answers import Answer
from habitat_analysis.formats import count, typeset
from habitat_analysis.report.portfolio_page import portfolio_page
from habitat_analysis.report.portfolio_tables import (
    read_portfolio,
    summary_sentence,
    unexamined_reasons,
)
from habitat_analysis.runs.fingerprint import fingerprint, input_hashes
from habitat_analysis.runs.portfolio_pool import Done, work_here, work_in_pool
from habitat_analysis.runs.portfolio_rows import portfolio_rows
from habitat_analysis.runs.portfolio_sites import Gathered, figures_of, gather_portfolio
from habitat_analysis.runs.portfolio_store import Store, open_store
from habitat_analysis.runs.portfolio_work import CHUNK_SITES, STOPPED, Work, make_work
from habitat_analysis.study import Study, load_study

SUFFIX: Final = ".parquet"
PAGE_SUFFIX: Final = ".html"
STEM: Final = "portefeuille"
STAMP: Final = "empreinte"  # of the file, in its own metadata

Say = Callable[[str], None]
Tell = Callable[[int, int], None]  # sites answered, sites to answer
Engine = Callable[[Mapping[int, Work]], Done]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioRun:
    """What a run left behind."""

    file: Path
    page: Path
    n_answered: int  # sites answered by this run, not kept from an earlier one
    unchanged: bool = False


def run_portfolio(
    study_file: Path,
    *,
    out: Path,
    scenario: str = "base",
    n_workers: int | None = None,
    engine: Engine | None = None,
    force: bool = False,
    chunk_sites: int = CHUNK_SITES,
    say: Say,
    tell: Tell,
) -> PortfolioRun:
    """Optimise the programme of every site of a study.

    Parameters
    ----------
    study_file
        The study.
    out
        ``FICHIER.parquet``: one row a site, see `report.portfolio_tables.COLUMNS`; a page
        ``FICHIER.html`` stands beside it.
    scenario
        Name of a scenario of the study.
    n_workers
        Processes; one a core by default.
    engine
        What does the chunks, instead of processes of this machine: see `cluster`.
    force
        Answer again what has not changed.
    chunk_sites
        Sites of a chunk: what a killed run loses at most, for each process.
    say, tell
        Told what is done; told after each chunk.

    Returns
    -------
    run
        Where the file is. The same inputs give the same bytes, whatever the number of processes
        and of interruptions.

    Raises
    ------
    DataError
        Another suffix, or anything wrong in the study, before any answer.
    """
    _check_out(out)
    say("Lecture de l'étude et de ses fichiers…")
    study = load_study(study_file)
    study.scenario(scenario)
    stamp = portfolio_stamp(study, study_file, scenario=scenario)
    page = out.with_suffix(PAGE_SUFFIX)
    if not force and is_unchanged(out, stamp):
        say(f"Inchangé : {out}")
        return PortfolioRun(file=out, page=page, n_answered=0, unchanged=True)
    ground = read_ground(study)
    say("Parcelles et assemblages…")
    gathered = gather_portfolio(ground)
    say(_sites_sentence(gathered))
    figures = figures_of(gathered.examined, shab_per_sdp=study.ratios.shab_per_sdp)
    work = make_work(ground, figures, scenario=scenario)
    chunks = work.chunks(chunk_sites)
    store = open_store(out, stamp, chunks)
    if force:
        store.remove()
    given = _answer_missing(store, chunks, engine or _local_engine(n_workers), say, tell)
    answers = [one for rank in range(len(chunks)) for one in given.get(rank) or store.answers(rank)]
    rows = portfolio_rows(gathered.sites, work, answers)
    whole = all(answer.note != typeset(STOPPED) for answer in answers)
    atomic_write(page, portfolio_page(rows, ground, scenario=scenario))
    atomic_write(out, parquet_bytes(rows, stamp if whole else ""))
    if whole:  # otherwise the next run tries again what was given up, and nothing else
        store.remove()
    for line in summary_lines(rows, out, page):
        say(line)
    return PortfolioRun(
        file=out, page=page, n_answered=sum(len(chunks[rank].sites) for rank in given)
    )


def portfolio_file(folder: Path, *, scenario: str = "base") -> Path:
    """Name the portfolio of a study in the folder of its reports: where the comparison looks."""
    tail = "" if scenario == "base" else f"-{scenario}"
    return folder / f"{STEM}{tail}{SUFFIX}"


def portfolio_stamp(study: Study, study_file: Path, *, scenario: str) -> str:
    """Hash all that a portfolio depends on: inputs, parameters, barèmes and code."""
    parameters = {"portefeuille": 1, "scenario": scenario, "edition": study.edited_on.isoformat()}
    return fingerprint(input_hashes(study, study_file), parameters)


def is_unchanged(out: Path, stamp: str) -> bool:
    """Tell whether a complete file of the same fingerprint is there, and its page."""
    if not out.is_file() or not out.with_suffix(PAGE_SUFFIX).is_file():
        return False
    try:
        return bool(read_portfolio(out).attrs.get(STAMP) == stamp)
    except DataError:
        return False


def parquet_bytes(rows: gpd.GeoDataFrame, stamp: str) -> bytes:
    """Write the rows as GeoParquet, with the fingerprint of the file in its metadata."""
    marked = rows.copy()
    marked.attrs = {STAMP: stamp}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"rows{SUFFIX}"
        marked.to_parquet(whole, index=False)
        return whole.read_bytes()


def summary_lines(rows: gpd.GeoDataFrame, out: Path, page: Path) -> list[str]:
    """Say in French what was found, for the screen."""
    reasons = unexamined_reasons(rows)
    return [
        summary_sentence(rows),
        *(["Non examiné, avec le motif :"] if reasons else []),
        *(typeset(f"  {n} : {reason}") for reason, n in reasons),
        f"Écrit dans {out}, à lire dans {page}",
    ]


def _check_out(out: Path) -> None:
    if out.suffix != SUFFIX:
        msg = f"{out.name} : suffixe inattendu. Écrivez {SUFFIX}."
        raise DataError(msg, code="E_SUFFIX")


def _sites_sentence(gathered: Gathered) -> str:
    found, sites = gathered.assemblies, gathered.sites
    refused = found.screened.counts[found.screened.counts["n_main"] > 0]
    told = ", ".join(f"{n} {why}" for why, n in zip(refused["reason"], refused["n_main"],
                                                    strict=True))  # fmt: skip
    pairs = count(len(found.pairs), "paire contiguë", "paires contiguës")
    alone = int((sites["kind"] == "parcelle").sum())
    return typeset(
        f"{count(alone, 'parcelle')} et {count(len(sites) - alone, 'assemblage')} ; "
        f"{pairs} de parcelles non bâties vues, refusées : {told or 'aucune'}."
    )


def _local_engine(n_workers: int | None) -> Engine:
    workers = n_workers or os.cpu_count() or 1

    def engine(chunks: Mapping[int, Work]) -> Done:
        if workers <= 1 or len(chunks) <= 1:
            return work_here(chunks)
        return work_in_pool(chunks, n_workers=workers)

    return engine


def _answer_missing(
    store: Store, chunks: Sequence[Work], engine: Engine, say: Say, tell: Tell
) -> dict[int, tuple[Answer, ...] | None]:
    """Answer the chunks that are not kept, keep them, and return those that are not to be kept.

    A chunk whose process died each time is not kept: the next run tries it again.
    """
    missing = store.missing()
    total = sum(len(chunk.sites) for chunk in chunks)
    done = total - sum(len(chunks[rank].sites) for rank in missing)
    if done:
        say(typeset(f"Reprise : {done} sites déjà calculés."))
    tell(done, total)
    given: dict[int, tuple[Answer, ...] | None] = {}
    for rank, answers in engine({rank: chunks[rank] for rank in missing}):
        lost = any(answer.note == typeset(STOPPED) for answer in answers)
        given[rank] = answers if lost else None
        if not lost:
            store.keep(rank, answers)
        done += len(answers)
        tell(done, total)
    return given
