"""One row a site: read from the reports of a run, or computed on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import (
    Ground,
    Resultats,
    SiteIdus,
    choose_sites,
    results_of,
    study_site,
    summary_row,
)
from habitat_analysis.files import read_json, read_text
from habitat_analysis.land.sites import site_name
from habitat_analysis.report.comparison import write_comparison
from habitat_analysis.report.comparison_tables import complete
from habitat_analysis.report.notebook_view import Prose, say
from habitat_analysis.runs.site_report import NOT_WRITTEN, RESULTS_FILE
from habitat_analysis.runs.study_portfolio import StudyPortfolio
from habitat_analysis.runs.study_run import OUTCOMES_FILE


def gather_sites(
    ground: Ground, *, scenario: str, reports: Path | None = None, outcomes: Path | None = None
) -> pd.DataFrame:
    """Set the sites of a study in a table.

    Parameters
    ----------
    ground
        The study and its commune.
    scenario
        Name of a scenario of the study.
    reports
        Folder of the reports of the study; each site is read in ``SITE/SCENARIO``. None: the
        sites of the study are studied here.
    outcomes
        Folder that holds ``execution.json``, the outcomes of the run; needed with `reports`.

    Returns
    -------
    sites
        Columns of `comparison_tables.COLUMNS`; a failed site has its ``raison``.

    Raises
    ------
    DataError
        If the outcomes or the results of a site cannot be read.
    """
    if reports is None:
        rows = [_studied(ground, site, scenario) for site in choose_sites(ground)]
    else:
        listed = read_json((outcomes or reports) / OUTCOMES_FILE)
        rows = [_read(reports, outcome) for outcome in listed]
    return complete(pd.DataFrame(rows))


def write_study_comparison(
    sites: pd.DataFrame,
    ground: Ground,
    folder: Path | None,
    *,
    portfolio: StudyPortfolio | None = None,
) -> Prose:
    """Write the index and the comparison of a study, and say what was written."""
    if folder is None:
        return say(NOT_WRITTEN)
    others = () if portfolio is None else portfolio.blocks()
    written = write_comparison(sites, ground, folder, others=others)
    return say("Fichiers écrits :", [path.name for path in written])


def _studied(ground: Ground, site: SiteIdus, scenario: str) -> dict[str, Any]:
    """Study a site; what the data refuse is the reason of its failure."""
    try:
        feasibility = study_site(ground, site, scenario=scenario)
    except DataError as error:
        return {"site": site_name(site), "idus": ", ".join(site), "raison": str(error)}
    return summary_row(results_of(feasibility, fingerprint="", inputs={}, parameters={}))


def _read(reports: Path, outcome: dict[str, Any]) -> dict[str, Any]:
    """Read the results of a site, or keep the reason of its failure."""
    if not outcome["reussi"]:
        names = ", ".join(outcome["idus"])
        return {"site": outcome["site"], "idus": names, "raison": outcome["raison"]}
    folder = f"{outcome['site']}/{outcome['scenario']}"
    path = reports / folder / RESULTS_FILE
    try:
        results = Resultats.model_validate_json(read_text(path))
    except ValidationError as error:
        msg = f"{folder}/{RESULTS_FILE} : résultats illisibles. Relancez ce site avec --force."
        raise DataError(msg) from error
    return summary_row(results) | {"dossier": folder}
