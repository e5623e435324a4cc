"""Households in the confidential annex: the key of numbers, rights, dwellings possible and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from habitat_analysis.feasibility.story import GroupStory
from habitat_analysis.households.feasible import FeasibleSet
from habitat_analysis.report.sheets import Column, Sheet, sheet

ABSENT: Final = "—"
WHO: Final = Column(name="household", header="Pseudonyme")
RIGHTS: Final = (
    Column(name="household_id", header="Pseudonyme"),
    Column(name="origin", header="Fichier"),
    Column(name="line", header="Ligne", kind="whole"),
    Column(name="tenure", header="Statut"),
    Column(name="eligible", header="Éligible"),
    Column(name="counted", header="Compté comme", absent=ABSENT),
    Column(name="resources_eur", header="Ressources (€/an)", kind="whole"),
    Column(name="resources_basis", header="Année des ressources"),
    Column(name="ceiling_eur", header="Plafond (€/an)", kind="whole", absent=ABSENT),
    Column(name="margin_eur", header="Marge (€/an)", kind="whole", absent=ABSENT),
    Column(name="settled", header="Compte certain"),
    Column(name="reason", header="Motif"),
)
CELLS: Final = (
    Column(name="household_id", header="Pseudonyme"),
    Column(name="origin", header="Fichier"),
    Column(name="line", header="Ligne", kind="whole"),
    Column(name="tenure", header="Statut"),
    Column(name="typology", header="Typologie"),
    Column(name="feasible", header="Possible"),
    Column(name="eligible", header="Éligible"),
    Column(name="wished", header="Souhaité"),
    Column(name="suits", header="Assez grand"),
    Column(name="affordable", header="Dans le budget", absent=ABSENT),
    Column(name="asked_eur", header="Demandé (€)", kind="whole", absent=ABSENT),
    Column(name="limit_eur", header="Au plus (€)", kind="whole", absent=ABSENT),
    Column(name="margin_eur", header="Marge (€)", kind="whole", absent=ABSENT),
    Column(name="outlay_month_eur", header="Dépense (€/mois)", kind="whole", absent=ABSENT),
    Column(name="effort", header="Effort", kind="share", absent=ABSENT),
    Column(
        name="residual_uc_eur",
        header="Reste à vivre (€/mois et par unité de consommation)",
        kind="whole",
        absent=ABSENT,
    ),
    Column(name="price_max_eur", header="Prix le plus élevé (€)", kind="whole", absent=ABSENT),
    Column(name="reason", header="Motif", absent=ABSENT),
)
EMPTY: Final = (
    Column(name="household_id", header="Pseudonyme"),
    Column(name="origin", header="Fichier"),
    Column(name="line", header="Ligne", kind="whole"),
    Column(name="reason", header="Ce qui bloque"),
)


def key_sheet(story: GroupStory, notes: tuple[str, ...]) -> Sheet:
    """Give the pseudonym behind each number, and where the household stands."""
    rows = [
        {"number": number, "household": name, "state": state_of(story, name)}
        for name, number in sorted(story.numbers.items(), key=lambda item: item[1])
    ]
    columns = [Column(name="number", header="Numéro", kind="whole"), WHO]
    columns.append(Column(name="state", header="Situation"))
    caption = "À lire d'abord : qui porte quel numéro dans l'annexe du groupe"
    return sheet("À lire", caption, rows, columns, notes=notes)


def state_of(story: GroupStory, name: str) -> str:
    """Say where a household stands."""
    formed = story.formation.formed
    if name in formed.members:
        return "retenu dans le groupe"
    if name in formed.candidates:
        return "à proposer à la commission (CAL)"
    if name in formed.waiting_list:
        return "liste d'attente"
    if name in story.formation.without_cell:
        return "aucun logement de l'étude possible"
    return "non retenu"


def rights_sheet(rights: Mapping[str, pd.DataFrame]) -> Sheet | None:
    """List each household before each tenure; keys are the files that households come from."""
    rows = _gathered(rights)
    if rows is None:
        return None
    caption = "Droits de chaque ménage, statut par statut"
    return sheet("Droits", caption, rows, RIGHTS)


def cells_sheet(feasible: Mapping[str, FeasibleSet]) -> Sheet | None:
    """List the dwellings of the study before each household: possible or not, margins, reason."""
    rows = _gathered({origin: found.cells for origin, found in feasible.items()})
    if rows is None:
        return None
    caption = "Logements possibles de chaque ménage, marges et motifs"
    return sheet("Logements possibles", caption, rows, CELLS)


def empty_sheet(feasible: Mapping[str, FeasibleSet]) -> Sheet | None:
    """List the households that no dwelling suits, with what stands in the way."""
    rows = _gathered(
        {origin: f.households[f.households["reason"] != ""] for origin, f in feasible.items()}
    )
    if rows is None:
        return None
    caption = "Ménages sans aucun logement possible, et pourquoi"
    return sheet("Sans logement possible", caption, rows, EMPTY)


def _gathered(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Put tables one under the other with the file that each comes from; None when empty."""
    parts = [table.assign(origin=name) for name, table in tables.items() if not table.empty]
    return pd.concat(parts, ignore_index=True) if parts else None
