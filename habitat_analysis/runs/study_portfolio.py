"""The portfolio of a study beside its sites: read from its reports, or begun on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Ground
from habitat_analysis.formats import typeset
from habitat_analysis.report.blocks import Block
from habitat_analysis.report.portfolio_tables import (
    portfolio_blocks,
    ranking_sheet,
    read_portfolio,
    summary_sentence,
)
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.runs.land_values import ranked_land_values
from habitat_analysis.runs.portfolio import (
    PAGE_SUFFIX,
    STAMP,
    portfolio_file,
    portfolio_stamp,
)

LIVE_SITES: Final = 10  # a tenth of a second each
ABSENT: Final = (
    "Pas encore de portefeuille. Lancez « habitat portfolio {study} » : il "
    "cherche le programme optimal de chaque parcelle et de chaque assemblage, et son classement "
    "paraîtra ici."
)
BEGUN: Final = (
    "Seuls les {n} premiers sites du classement sont optimisés ici. « habitat portfolio {study} » "
    "les fait tous, assemblages compris, et son classement prend alors cette place."
)
OUT_OF_DATE: Final = (
    "Le portefeuille vient d'autres fichiers, d'autres hypothèses ou d'une "
    "autre version de l'outil, il n'est pas montré. Relancez « habitat portfolio {study} »."
)
INCOMPLETE: Final = (
    "Le portefeuille est incomplet, il n'est pas montré. Relancez "
    "« habitat portfolio {study} » : seuls les sites qui manquent seront calculés."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPortfolio:
    """The sites of a portfolio, and what is to be said of them or of their absence."""

    rows: gpd.GeoDataFrame | None = None
    page: str = ""  # name of its page in the folder of the reports
    note: str = ""  # French

    def sentences(self) -> tuple[str, ...]:
        """Say how many sites there are, what became of them, and the note."""
        counted = () if self.rows is None else (summary_sentence(self.rows),)
        return (*counted, *([self.note] if self.note else []))

    def ranking(self) -> Sheet | None:
        """List the first sites that have a programme; None without any site."""
        return None if self.rows is None else ranking_sheet(self.rows)

    def blocks(self) -> tuple[Block, ...]:
        """Gather what a page says of it."""
        return portfolio_blocks(self.rows, note=self.note, page=self.page)


def study_portfolio(
    ground: Ground, study_file: Path, *, scenario: str, reports: Path | None = None
) -> StudyPortfolio:
    """Find the portfolio of a study.

    Parameters
    ----------
    ground, study_file, scenario
        The study, where it is, and a name of its scenarios.
    reports
        Folder of the reports of the study. None: the first sites are answered here.

    Returns
    -------
    portfolio
        From a file, only when it was made of these very files and hypotheses by this version of
        the tool.
    """
    if reports is None:
        rows = ranked_land_values(ground, first=LIVE_SITES, scenario=scenario)
        begun = BEGUN.format(n=len(rows), study=study_file.name)
        return StudyPortfolio(rows=rows, note=typeset(begun))
    file = portfolio_file(reports, scenario=scenario)
    if not file.is_file():
        return _without(ABSENT, study_file)
    try:
        rows = read_portfolio(file)
    except DataError as error:
        return StudyPortfolio(note=str(error))
    stamp = rows.attrs.get(STAMP)
    if not stamp:
        return _without(INCOMPLETE, study_file)
    if stamp != portfolio_stamp(ground.study, study_file, scenario=scenario):
        return _without(OUT_OF_DATE, study_file)
    page = file.with_suffix(PAGE_SUFFIX)
    return StudyPortfolio(rows=rows, page=page.name if page.is_file() else "")


def _without(note: str, study_file: Path) -> StudyPortfolio:
    return StudyPortfolio(note=typeset(note.format(study=study_file.name)))
