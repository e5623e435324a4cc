"""A portfolio as one page to open without a network: map, ranking, counts, what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import geopandas as gpd

from habitat_analysis.feasibility import Ground
from habitat_analysis.formats import count, date_short, typeset
from habitat_analysis.report.blocks import Document, Embedded, section
from habitat_analysis.report.document import render
from habitat_analysis.report.maps import draw
from habitat_analysis.report.portfolio_scene import opening_assemblies, portfolio_scene
from habitat_analysis.report.portfolio_tables import (
    counts_sheet,
    dear_land_sentence,
    limits_sheet,
    ranking_sheet,
    summary_sentence,
    unexamined_sheet,
)
from habitat_analysis.report.sections_site import dropped, layers, map_notice, sources
from habitat_analysis.report.sections_sources import limits

STUDY_NOT_BUILDABLE: Final = (
    "Un site à étudier n'est pas un terrain déclaré constructible ; nommer une limite n'est pas "
    "conseiller de la lever."
)


def portfolio_page(portfolio: gpd.GeoDataFrame, ground: Ground, *, scenario: str) -> bytes:
    """Write the page of a portfolio.

    Parameters
    ----------
    portfolio
        See `portfolio_tables.COLUMNS`; may be empty.
    ground, scenario
        What it was computed from.

    Returns
    -------
    page
        UTF-8, without script from outside nor address. The same portfolio gives the same bytes.
    """
    return render("rapport.html.j2", document=_document(portfolio, ground, scenario)).encode()


def _document(portfolio: gpd.GeoDataFrame, ground: Ground, scenario: str) -> Document:
    study, edited = ground.study, ground.study.edited_on
    return Document(
        title=typeset(f"{study.title} : toutes les parcelles"),
        subtitle=typeset(f"Portefeuille, scénario « {scenario} », document de travail"),
        notice=study.notice or "",
        edited_on=date_short(edited),
        stamp=int(datetime(edited.year, edited.month, edited.day, tzinfo=UTC).timestamp()),
        sections=(
            section(
                1,
                "Où un programme est possible, et lequel",
                summary_sentence(portfolio),
                dear_land_sentence(portfolio),
                typeset(STUDY_NOT_BUILDABLE),
                _map(portfolio, ground),
                _reading_sentences(portfolio),
                ranking_sheet(portfolio),
                counts_sheet(portfolio),
                limits_sheet(portfolio),
            ),
            section(2, "Ce qui n'a pas été examiné", unexamined_sheet(portfolio), layers(ground),
                    dropped(ground)),
            section(3, "Limites", limits()),
        ),
    )  # fmt: skip


def _map(portfolio: gpd.GeoDataFrame, ground: Ground) -> Embedded | None:
    if portfolio.empty:
        return None
    scene = portfolio_scene(
        portfolio,
        ground.territory.zones,
        title=typeset(f"Premier statut du programme optimal, {ground.study.commune.name}"),
        sources=sources(ground),
        notice=map_notice(ground),
    )
    return Embedded(html=draw(scene)._repr_html_())


def _reading_sentences(portfolio: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Say how to read the map: what is drawn, and the prices below."""
    if portfolio.empty:
        return ()
    opened, pairs = len(opening_assemblies(portfolio)), (portfolio["nature"] == "assemblage").sum()
    said = [
        (
            "Chaque site a la couleur du statut qui compte le plus de logements dans son "
            "programme ; « n° » est son rang dans le tableau ci-dessous."
        ),
        (
            "Décochez « Parcelles : premier statut » pour voir dessous ce que le terrain de "
            "chaque parcelle peut coûter."
        ),
    ]
    if pairs:
        said.append(
            f"Sur {count(pairs, 'assemblage')}, {opened} ouvrent un programme que ni l'une ni "
            "l'autre de leurs deux parcelles ne permet seule : eux seuls sont dessinés, tous sont "
            "dans le fichier."
        )
    return tuple(typeset(text) for text in said)
