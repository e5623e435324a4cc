"""One study from end to end: read, screen, report each site, compare, index."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from habitat_analysis.atomic import atomic_write
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import (
    Ground,
    SiteIdus,
    check_sites,
    choose_sites,
    find_site,
    read_ground,
)
from habitat_analysis.formats import count, typeset
from habitat_analysis.runs.annexes import Annex, check_annexes, standing_sentence
from habitat_analysis.runs.batch import (
    Job,
    Outcome,
    default_workers,
    disk_reason,
    plan_jobs,
    run_jobs,
)
from habitat_analysis.runs.fingerprint import input_hashes
from habitat_analysis.runs.notebooks import NotebookFailure, NotebookRun, run_notebook
from habitat_analysis.study import Study, load_study

COMPARISON_NOTEBOOK = "70_comparaison"
OUTCOMES_FILE = "execution.json"
COMPARISON_FILES = (
    "index.html",
    "comparaison.html",
    "comparaison.xlsx",
    "comparaison.gpkg",
    OUTCOMES_FILE,
)
Tell = Callable[[int, int, Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRun:
    """What a run of a study left behind."""

    outcomes: tuple[Outcome, ...]
    index: Path
    comparison_failure: str = ""

    @property
    def ok(self) -> bool:
        """Whether every site and the comparison are there."""
        return all(outcome.ok for outcome in self.outcomes) and not self.comparison_failure


def run_study(
    study_file: Path,
    *,
    out: Path,
    scenario: str = "base",
    sites: Sequence[str] = (),
    n_workers: int | None = None,
    force: bool = False,
    annexes: Sequence[Annex] = (),
    tell: Tell,
    say: Callable[[str], None],
) -> StudyRun:
    """Screen the commune of a study and report its sites.

    Parameters
    ----------
    study_file
        The study; paths inside are relative to its folder.
    out
        Folder of the reports.
    scenario
        Name of a scenario of the study.
    sites
        IDU or names of sites, ``IDU+IDU`` for adjoining parcels; by default those of the study.
    n_workers
        Reports made side by side; one a core by default.
    force
        Repeat what has not changed.
    annexes
        Written beside each report: ``groupe``, ``cooperative``. None by default.
    tell, say
        Told after each site; told what is being done.

    Returns
    -------
    run
        Outcome of each site, and where the index is.

    Raises
    ------
    DataError
        Before any kernel starts, for anything wrong in the study or its files.
    """
    check_writable(out)
    say("Lecture de l'étude et de ses fichiers…")
    study = load_study(study_file)
    study.scenario(scenario)
    for warning in check_annexes(study, annexes):
        say(warning)
    ground = read_ground(study)
    chosen = _chosen(ground, sites)
    check_sites(ground, chosen, scenario=scenario)
    kept, total = len(ground.screened.kept), len(ground.screened.parcels)
    say(f"{total} parcelles lues : {kept} à étudier, {total - kept} écartées avec leur motif.")
    jobs = plan_jobs(ground, study_file, chosen, scenario=scenario, out=out, annexes=annexes)
    say(typeset(f"{count(len(jobs), 'site')} à rapporter, scénario « {scenario} »."))
    workers = n_workers or default_workers(len(jobs))
    outcomes = run_jobs(jobs, n_workers=workers, force=force, tell=tell)
    folder = out / study.name
    say("Comparaison des sites et page d'accueil…")
    rows = [*outcome_rows(outcomes), *earlier_rows(study, study_file, folder, jobs)]
    failure = write_study_pages(study_file, scenario=scenario, rows=rows, folder=folder)
    if standing := standing_sentence([job.folder for job in jobs]):
        say(standing)
    return StudyRun(
        outcomes=tuple(outcomes), index=folder / "index.html", comparison_failure=failure
    )


def check_writable(folder: Path) -> None:
    """Refuse a folder of reports that cannot be written, before anything is computed.

    Raises
    ------
    DataError
        ``E_OUT``, with what to do.
    """
    existing = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK):
        return
    what = "n'est pas un dossier" if not existing.is_dir() else "n'est pas inscriptible"
    msg = f"--out : « {existing} » {what}. Choisissez un autre dossier pour les rapports."
    raise DataError(msg, code="E_OUT")


def write_study_pages(
    study_file: Path, *, scenario: str, rows: Sequence[dict[str, Any]], folder: Path
) -> str:
    """Run the comparison notebook aside and put its pages in place; return a failure or "".

    The pages are made in a temporary folder on the same disk, then moved one by one, each whole.
    """
    try:
        return _write_pages(study_file, scenario, rows, folder)
    except OSError as error:
        return disk_reason(error)


def _write_pages(
    study_file: Path, scenario: str, rows: Sequence[dict[str, Any]], folder: Path
) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pages-") as name:
        pages = Path(name)
        listed = json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n"
        (pages / OUTCOMES_FILE).write_text(listed, encoding="utf-8")
        shown = {"study_file": study_file.name, "scenario": scenario, "reports_dir": ".."}
        parameters = {
            "study_file": str(study_file.resolve()),
            "scenario": scenario,
            "reports_dir": str(folder.resolve()),
            "output_dir": str(pages.resolve()),
        }
        try:
            run_notebook(
                NotebookRun(
                    notebook=COMPARISON_NOTEBOOK,
                    parameters=parameters,
                    output=pages / "comparaison.ipynb",
                    shown={**shown, "output_dir": "."},
                )
            )
        except NotebookFailure as failure:
            atomic_write(folder / "ECHEC-comparaison.txt", f"{failure.reason}\n\n{failure.detail}")
            return failure.reason
        for page in COMPARISON_FILES:
            atomic_write(folder / page, (pages / page).read_bytes())
    (folder / "ECHEC-comparaison.txt").unlink(missing_ok=True)
    return ""


def outcome_rows(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """List the outcomes of a run as data, without times: same run, same bytes."""
    return [
        _row(outcome.job.site, outcome.job.idus, outcome.job.scenario, outcome.shared_reason)
        for outcome in outcomes
    ]


def earlier_rows(
    study: Study, study_file: Path, folder: Path, jobs: Sequence[Job]
) -> list[dict[str, Any]]:
    """List the other sites already reported from the very same files and scenario.

    A run of a few sites thus keeps the others in the index; reports of other inputs are left out,
    their figures would not compare.
    """
    hashes = input_hashes(study, study_file)
    known = {job.site for job in jobs}
    scenario = jobs[0].scenario
    rows = []
    for path in sorted(folder.glob(f"*/{scenario}/resultats.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        site = path.parents[1].name
        if site not in known and content.get("entrees") == hashes:
            rows.append(_row(site, content["site"]["idus"], scenario, ""))
    return rows


def _row(site: str, idus: Sequence[str], scenario: str, reason: str) -> dict[str, Any]:
    return {
        "site": site,
        "idus": list(idus),
        "scenario": scenario,
        "reussi": not reason,
        "raison": reason,
    }


def _chosen(ground: Ground, sites: Sequence[str]) -> tuple[SiteIdus, ...]:
    chosen = tuple(find_site(ground, name) for name in sites) or choose_sites(ground)
    if not chosen:
        msg = (
            "Aucune parcelle de la commune ne passe les critères de l'étude. "
            "Élargissez « foncier » (surfaces, zones, exclusions) ou nommez un site."
        )
        raise DataError(msg, code="E_NO_SITE")
    return tuple(dict.fromkeys(chosen))
