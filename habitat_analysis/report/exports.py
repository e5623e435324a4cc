"""All the files that one site leaves in its folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report.blocks import Document
from habitat_analysis.report.document import write_html
from habitat_analysis.report.geopackage import write_geopackage
from habitat_analysis.report.live_workbook import add_live_sheets
from habitat_analysis.report.maps import site_map
from habitat_analysis.report.outline import MAP_FILE, outline
from habitat_analysis.report.pdf import write_pdf
from habitat_analysis.report.sections_site import map_notice, site_title, sources
from habitat_analysis.report.sections_site import site_map as draw_site_map
from habitat_analysis.report.sections_sources import facts_complete
from habitat_analysis.report.workbook import write_csv_excel, write_sheets

FACTS_SHEET: Final = "Valeurs réglementaires"  # the sheet of sources has each of them
LIVE_INSTEAD: Final = (  # tables that a live sheet of the workbook says, every year and in full
    *("Plan", "Emplois", "Besoin par statut", "Plan locatif", "Prêts", "Exploitation"),
    *("Bilan promoteur", "Lots vendus", "OFS années"),
)

__all__ = [
    "site_map_files",
    "write_csv_excel",
    "write_geopackage",
    "write_site_folder",
    "write_workbook",
]


def write_site_folder(feasibility: Feasibility, folder: Path) -> tuple[Path, ...]:
    """Write report, maps, tables and shapes of one site into an existing folder.

    Parameters
    ----------
    feasibility
        The site.
    folder
        Where to write ``rapport.html rapport.pdf carte.html carte.png tableaux.xlsx site.gpkg``;
        atomic for the caller to make.

    Returns
    -------
    paths
        The files written.
    """
    document = outline(feasibility)
    return (
        write_html(feasibility, folder / "rapport.html", document=document),
        write_pdf(feasibility, folder / "rapport.pdf", document=document),
        *site_map_files(feasibility, folder),
        write_workbook(feasibility, folder / "tableaux.xlsx", document=document),
        write_geopackage(feasibility, folder / "site.gpkg"),
    )


def write_workbook(
    feasibility: Feasibility, path: Path, *, document: Document | None = None
) -> Path:
    """Write the tables of the report into a workbook, with all the regulated values and sources.

    First come the bilan, the plans and the accounts as formulas, if there is a programme; the
    tables that say the same without living are then left to the report.

    Parameters
    ----------
    feasibility
        The site.
    path
        File to write.
    document
        The outline when it was gathered already.
    """
    gathered = document or outline(feasibility)
    montage = feasibility.montage
    said_live = (FACTS_SHEET,) if montage is None else (FACTS_SHEET, *LIVE_INSTEAD)
    kept = [table for table in gathered.sheets if not table.name.startswith(said_live)]
    tables = (*kept, facts_complete(feasibility))
    return write_sheets(
        tables,
        path,
        title=gathered.title,
        stamp=gathered.stamp,
        first=None if montage is None else partial(add_live_sheets, montage=montage),
    )


def site_map_files(feasibility: Feasibility, folder: Path) -> tuple[Path, ...]:
    """Write the map of one site, as a page to explore and as a picture to print."""
    ground, site = feasibility.ground, feasibility.site
    land = ground.territory
    page = site_map(
        site.geometry,
        site.road_edges,
        feasibility.capacity.buildable,
        land.parcels,
        land.zones,
        land.buildings,
        land.risks,
        land.points,
        rules_assumed=not feasibility.rules.was_read,
        sources=sources(ground),
        title=site_title(feasibility),
        notice=map_notice(ground),
    )
    page.save_html(folder / MAP_FILE)
    picture = folder / "carte.png"
    picture.write_bytes(draw_site_map(feasibility).png())
    return folder / MAP_FILE, picture
