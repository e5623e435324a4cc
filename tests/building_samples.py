"""Feasibilities of the small study with two buildings and two phases, made once."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from habitat_analysis.feasibility import Feasibility, read_ground, study_site
from habitat_analysis.report.blocks import Document
from habitat_analysis.report.outline import outline
from habitat_analysis.study import load_study
from tests.small_study import idu, write_small_study

BUILDINGS: dict[str, Any] = {
    "batiments": [
        {"id": "A", "libelle": "Bâtiment sur rue", "part_shab": 0.6, "logements_max": 12},
        {"id": "B", "libelle": "Bâtiment sur jardin", "part_shab": 0.4, "phase": 2},
    ],
    "mixite_par_batiment": {
        "part_max_statut": 0.6,
        "familles": [{"famille": "locatif_social", "min": 0.2, "max": 0.7}],
    },
    "phases": [
        {"numero": 1, "fonds_propres_max": 700_000, "debut_mois": 0},
        {"numero": 2, "debut_mois": 12},
    ],
}


@cache
def built(rank: int = 1) -> Feasibility:
    """Study a parcel of the small study, in two buildings."""
    with tempfile.TemporaryDirectory() as name:
        path = write_small_study(Path(name), changes={"programme": BUILDINGS})
        return study_site(read_ground(load_study(path)), (idu(rank),))


@cache
def built_document() -> Document:
    """Gather the report of the first parcel."""
    return outline(built())
