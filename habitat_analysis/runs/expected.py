"""What a run of a study will leave, and where: said before anything is computed."""

from __future__ import annotations

from typing import Final

from habitat_analysis.feasibility import Ground, choose_sites
from habitat_analysis.land.sites import site_name
from habitat_analysis.report.sheets import Column, Sheet, sheet
from habitat_analysis.runs.batch import FILES

REPORTS: Final = "reports"
PAGES: Final = "index.html, comparaison.html, comparaison.xlsx, comparaison.gpkg"


def expected_outputs(ground: Ground, *, scenario: str = "base") -> Sheet:
    """List the folders that ``habitat run`` makes, and their files."""
    study = ground.study
    root = f"{REPORTS}/{study.name}"
    rows = [{"folder": root, "content": PAGES}]
    rows += [
        {"folder": f"{root}/{site_name(site)}/{scenario}", "content": ", ".join(FILES)}
        for site in choose_sites(ground)
    ]
    columns = [
        Column(name="folder", header="Dossier"),
        Column(name="content", header="Fichiers"),
    ]
    note = "Un dossier présent sous son nom est complet ; un site en échec laisse un fichier ECHEC."
    return sheet("Sorties", "Ce que la suite produit", rows, columns, notes=[note])
