"""The sites of a study side by side, and the page that leads to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from habitat_analysis import formats
from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility import Ground
from habitat_analysis.formats import count, date_short, typeset
from habitat_analysis.report.blocks import (
    Block,
    Document,
    Embedded,
    Link,
    Links,
    Paragraph,
    Section,
    section,
)
from habitat_analysis.report.comparison_tables import (
    comparison_figure,
    comparison_table,
    complete,
    effort_table,
    failures_table,
    idus_of,
    labels_of,
    pairs,
    said,
    split_idus,
)
from habitat_analysis.report.document import write_page
from habitat_analysis.report.geopackage import LAMBERT_93, write_layers
from habitat_analysis.report.maps import candidates_map as explore_candidates
from habitat_analysis.report.plain_text import without_controls
from habitat_analysis.report.sections_glossary import glossary
from habitat_analysis.report.sections_land import (
    candidate_parcels,
    candidates_map,
    market,
    ranking,
    ranking_figure,
    rules_assumed,
    screening_counts,
    screening_sentence,
    weight_sweep_figure,
)
from habitat_analysis.report.sections_site import (
    dropped,
    layers,
    map_notice,
    sources,
)
from habitat_analysis.report.sections_sources import limits, reproducibility
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.report.software import software_version
from habitat_analysis.report.workbook import write_sheets

FILES: Final = (
    ("rapport.html, rapport.pdf", "l'étude de faisabilité du site"),
    ("carte.html, carte.png", "la carte du site, à explorer ou à imprimer"),
    ("tableaux.xlsx", "tous les tableaux du rapport et toutes les sources"),
    ("site.gpkg", "le site, ses parcelles et son emprise après reculs (calcul), pour un SIG"),
    ("resultats.json", "les résultats et les empreintes des fichiers lus, pour un programme"),
    ("rapport.ipynb, journal.txt", "le carnet exécuté et le journal de l'exécution"),
)


def write_comparison(
    sites: pd.DataFrame, ground: Ground, folder: Path, *, others: Sequence[Block] = ()
) -> tuple[Path, ...]:
    """Compare the sites of a study and lead to their reports.

    Parameters
    ----------
    sites
        One row a site, columns of `comparison_tables.COLUMNS` (a missing column is missing
        everywhere): a failed site has a ``raison``; ``dossier`` is the folder of a report,
        relative to `folder`.
    ground
        The study and its commune.
    folder
        Where to write ``index.html comparaison.html comparaison.xlsx comparaison.gpkg``; it exists.
    others
        What is known of all the parcels, see `portfolio_tables.portfolio_blocks`.

    Returns
    -------
    paths
        The files written. The same sites give the same bytes.

    Raises
    ------
    UsageError
        If ``dossier`` is not a relative address.
    """
    table = complete(sites)
    index, compared = index_page(table, ground), comparison_page(table, ground, others=others)
    edited = ground.study.edited_on
    return (
        write_page(index, folder / "index.html"),
        write_page(compared, folder / "comparaison.html"),
        write_sheets(
            [*_tables(table, ground), *(one for one in others if isinstance(one, Sheet))],
            folder / "comparaison.xlsx",
            title=compared.title,
            stamp=compared.stamp,
        ),
        write_layers(_layers(table, ground), folder / "comparaison.gpkg", edited_on=edited),
    )


def index_page(sites: pd.DataFrame, ground: Ground) -> Document:
    """Gather the page that leads to each report."""
    table = complete(sites)
    return _document(
        ground,
        title=ground.study.title,
        subtitle="Sites étudiés, document de travail",
        sections=(
            section(
                1,
                "Les sites étudiés",
                _counts_sentence(table),
                Links(items=tuple(_site_links(table))) if len(table) else None,
                comparison_table(table),
                failures_table(table),
                Link(text="Comparer les sites en détail", href="comparaison.html"),
            ),
            _land_section(table, ground),
            section(
                3,
                "Où trouver quoi",
                tuple(typeset(f"{names} : {what}") for names, what in FILES),
                limits(),
                reproducibility(ground, version=software_version()),
            ),
        ),
    )


def comparison_page(
    sites: pd.DataFrame, ground: Ground, *, others: Sequence[Block] = ()
) -> Document:
    """Gather the page that compares the sites, and what is known of all the parcels."""
    table = complete(sites)
    return _document(
        ground,
        title=f"{ground.study.title} : comparaison des sites",
        subtitle="Comparaison des sites, document de travail",
        sections=(
            section(
                1,
                "Les sites côte à côte",
                Link(text="Retour à la liste des sites", href="index.html"),
                comparison_figure(table, ground),
                comparison_table(table),
                effort_table(table),
                failures_table(table),
            ),
            section(
                2,
                "Le classement des parcelles",
                candidates_map(ground, selected=idus_of(table)),
                ranking(ground),
                ranking_figure(ground),
                weight_sweep_figure(ground),
                *others,
            ),
            section(3, "Marché", market(ground) or "Ventes : non examiné."),
            section(4, "Couches lues", layers(ground), dropped(ground)),
            section(5, "Limites et glossaire", limits(), glossary()),
        ),
    )


def _land_section(table: pd.DataFrame, ground: Ground) -> Section:
    """Show the commune: a map to explore, and the counts that leave no parcel out."""
    parcels = candidate_parcels(ground, idus_of(table))
    explored = None
    if not parcels.empty:
        land = ground.territory
        page = explore_candidates(
            parcels,
            land.zones,
            selected=set(idus_of(table)),
            risks=land.risks,
            points=land.points,
            fiche_links=dict(_fiches(table)),
            sources=sources(ground),
            title=f"Sites à étudier, {ground.study.commune.name}",
            rules_assumed=rules_assumed(ground),
            notice=map_notice(ground),
        )
        explored = Embedded(html=page._repr_html_())
    assumed = Paragraph(text=ASSUMED, tone="warning") if rules_assumed(ground) else None
    return section(
        2,
        "Les parcelles de la commune",
        screening_sentence(ground),
        assumed,
        explored,
        ranking(ground),
        screening_counts(ground),
        layers(ground),
    )


ASSUMED: Final = (
    "Règles supposées : le règlement d'une zone au moins n'a pas été lu. Un site de cette zone est "
    "au mieux faisable sous conditions."
)


def _document(
    ground: Ground, *, title: str, subtitle: str, sections: tuple[Section, ...]
) -> Document:
    edited = ground.study.edited_on
    return Document(
        title=typeset(title),
        subtitle=subtitle,
        notice=ground.study.notice or "",
        edited_on=date_short(edited),
        stamp=int(datetime(edited.year, edited.month, edited.day, tzinfo=UTC).timestamp()),
        sections=sections,
    )


def _tables(table: pd.DataFrame, ground: Ground) -> list[Sheet]:
    tables = [
        comparison_table(table),
        effort_table(table),
        failures_table(table),
        screening_counts(ground),
        ranking(ground, first=len(ground.screened.kept)),
        market(ground),
        layers(ground),
        dropped(ground),
    ]
    return [one for one in tables if one is not None]


def _layers(table: pd.DataFrame, ground: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Gather the shapes: the sites with their figures, and every parcel to study."""
    shapes = ground.territory.parcels.set_index("idu").geometry
    rows = table.drop(columns=["dossier"]).astype(object).where(table.notna(), None)
    located = [
        shapely.union_all([shapes[idu] for idu in split_idus(idus) if idu in shapes.index])
        for idus in table["idus"]
    ]
    for name in ("site", "idus", "zone", "statut", "verdict", "raison"):
        rows[name] = [without_controls(said(value)) for value in rows[name]]
    numbers = [name for name in NUMBERS if name in rows]
    rows[numbers] = rows[numbers].astype(float)
    sites = gpd.GeoDataFrame(rows, geometry=located, crs=LAMBERT_93)
    candidates = candidate_parcels(ground, idus_of(table))
    named = {"area_m2": "surface_m2", "zone_label": "zone", "rank": "rang"}
    found = {"sites": sites, "sites_a_etudier": candidates.rename(columns=named)}
    return {name: layer for name, layer in found.items() if len(layer)}


NUMBERS: Final = (
    *("surface_m2", "logements", "besoins_couverts", "besoins_groupe", "effort_eur"),
    *("fonds_propres_eur", "subventions_eur", "cout_m2_shab_eur", "part_locatif_social"),
    *("score", "rang"),
)


def _counts_sentence(table: pd.DataFrame) -> str:
    failed = sum(bool(said(reason)) for reason in table["raison"])
    text = f"{count(len(table), 'site étudié', 'sites étudiés')}"
    if failed:
        text += f", dont {failed} en échec : la raison est donnée plus bas"
    return typeset(f"{text}.")


def _site_links(table: pd.DataFrame) -> list[tuple[Link, str]]:
    """Lead to each report, with its verdict in a few words."""
    rows = zip(labels_of(table), table.to_dict("records"), strict=True)
    return [
        (Link(text=label, href=f"{_relative(row['dossier'])}/rapport.html"), _in_short(row))
        for label, row in rows
        if said(row["dossier"])
    ]


def _in_short(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["logements"]):
        return said(row["verdict"])
    effort, equity = formats.euros(row["effort_eur"]), formats.euros(row["fonds_propres_eur"])
    homes = count(row["logements"], "logement")
    parts = f"{equity} de fonds propres et {formats.euros(row['subventions_eur'])} de subventions"
    return f"{said(row['verdict'])}, {homes}, effort à réunir de {effort} ({parts})"


def _fiches(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Give the report of each parcel of a site, for the map."""
    return [
        (idu, f"{_relative(folder)}/rapport.html")
        for idus, folder in pairs(table, "idus", "dossier")
        if said(folder)
        for idu in split_idus(idus)
    ]


def _relative(folder: Any) -> str:
    text = said(folder).strip("/")
    if ":" in text or "\\" in text or ".." in text or said(folder).startswith("/"):
        msg = f"Expected the relative folder of a report: got {folder!r}."
        raise UsageError(msg)
    return text
