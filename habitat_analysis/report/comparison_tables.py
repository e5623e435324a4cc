"""The sites of a study as a table: one row each, whatever became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from habitat_analysis import formats
from habitat_analysis.feasibility import Ground
from habitat_analysis.report.charts_comparison import comparison_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import (
    NOT_APPLICABLE,
    NOT_APPLICABLE_NOTE,
    Column,
    Sheet,
    sheet,
)

FAILED: Final = "ECHEC"
COLUMNS: Final = (
    *("site", "idus", "zone", "surface_m2", "statut", "verdict", "logements"),
    *("besoins_couverts", "besoins_groupe", "effort_eur", "fonds_propres_eur"),
    *("subventions_eur", "cout_m2_shab_eur", "part_locatif_social", "score", "rang"),
    *("dossier", "raison"),
)
COMPARED: Final[Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "effort_eur": ("Effort à réunir (€)", formats.euros),
    "cout_m2_shab_eur": ("Coût (€ TTC/m² SHAB)", formats.euros),
    "part_locatif_social": ("Part de locatif social", formats.percent),
    "besoins_couverts": ("Besoins couverts", formats.number),
}


def comparison_table(sites: pd.DataFrame) -> Sheet:
    """Set the sites side by side: verdict, dwellings, needs, effort, cost, social share."""
    table = complete(sites)
    rows = table.assign(
        label=labels_of(table),
        verdict=[FAILED if said(r) else said(v) for v, r in pairs(table, "verdict", "raison")],
    )
    columns = [
        Column(name="label", header="Site"),
        Column(name="verdict", header="Verdict"),
        _number("logements", "Logements"),
        _number("besoins_couverts", "Besoins couverts"),
        _number("effort_eur", "Effort à réunir (€)"),
        _number("cout_m2_shab_eur", "Coût (€ TTC/m² SHAB)"),
        Column(
            name="part_locatif_social",
            header="Locatif social",
            kind="share",
            absent=NOT_APPLICABLE,
        ),
        Column(name="rang", header="Rang", kind="whole"),
    ]
    notes = [
        (
            "Effort à réunir : fonds propres et subventions, une colonne chacun dans le tableau "
            "« L'effort dans ses parts » de la comparaison. "
            "Besoins en locatif couverts sous réserve de la commission (CAL)."
        ),
        NOT_APPLICABLE_NOTE,
    ]
    return sheet("Comparaison", "Les sites côte à côte", rows, columns, notes=notes)


def effort_table(sites: pd.DataFrame) -> Sheet:
    """Give each site its folder, surface and score, and the effort in its parts."""
    columns = [
        Column(name="label", header="Site"),
        Column(name="site", header="Dossier"),
        Column(name="zone", header="Zone"),
        Column(name="surface_m2", header="Surface (m²)", kind="whole"),
        Column(name="score", header="Score", kind="decimal2"),
        _number("fonds_propres_eur", "Fonds propres (€)"),
        _number("subventions_eur", "Subventions (€)"),
        _number("effort_eur", "Effort à réunir (€)"),
    ]
    table = complete(sites)
    rows = table.assign(label=labels_of(table))
    caption = "L'effort dans ses parts"
    return sheet("Effort", caption, rows, columns, notes=[NOT_APPLICABLE_NOTE])


def failures_table(sites: pd.DataFrame) -> Sheet | None:
    """List the sites without a report, with the reason; None when all went well."""
    table = complete(sites)
    failed = table[[bool(said(reason)) for reason in table["raison"]]]
    if failed.empty:
        return None
    columns = [
        Column(name="site", header="Site"),
        Column(name="state", header="État"),
        Column(name="raison", header="Raison"),
    ]
    return sheet("Échecs", "Sites sans rapport", failed.assign(state=FAILED), columns)


def comparison_figure(sites: pd.DataFrame, ground: Ground) -> Chart | None:
    """Draw the sites that have a programme, one panel an indicator; None without two of them."""
    table = complete(sites)
    known = table[table["logements"].notna()]
    shown = [name for name in COMPARED if known[name].notna().any()]
    if len(known) < 2 or not shown:
        return None
    named = known.assign(site=labels_of(known))
    long = named.melt(id_vars="site", value_vars=shown, var_name="indicator")
    long["indicator"] = [COMPARED[name][0] for name in long["indicator"]]
    writers = dict(COMPARED.values())
    return comparison_chart(long, writers=writers, sources=study_sources(ground))


def complete(sites: pd.DataFrame) -> pd.DataFrame:
    """Give the table every column of `COLUMNS`; those it lacks are missing."""
    return sites.reindex(columns=list(COLUMNS)).reset_index(drop=True)


def labels_of(table: pd.DataFrame) -> list[str]:
    """Call a site by its parcels, as a planner does; by its folder when they are unknown."""
    return [
        " + ".join(split_idus(idus)) or said(site) for idus, site in pairs(table, "idus", "site")
    ]


def idus_of(table: pd.DataFrame) -> tuple[str, ...]:
    """List the parcels of all the sites, each once."""
    return tuple(dict.fromkeys(idu for idus in table["idus"] for idu in split_idus(idus)))


def split_idus(idus: Any) -> list[str]:
    """Split the parcels of one site, written « IDU, IDU »."""
    return [part.strip() for part in said(idus).split(",") if part.strip()]


def pairs(table: pd.DataFrame, first: str, second: str) -> list[tuple[Any, Any]]:
    """Read two columns side by side."""
    return list(zip(table[first], table[second], strict=True))


def said(value: Any) -> str:
    """Read a text, "" when it is missing."""
    return "" if value is None or pd.isna(value) else str(value)


def _number(name: str, header: str) -> Column:
    return Column(name=name, header=header, kind="whole", absent=NOT_APPLICABLE)
