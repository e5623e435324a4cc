"""Maps to explore on a screen, drawn from the same tables as the printed ones."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from habitat_analysis.feasibility import Ground
from habitat_analysis.report.notebook_view import Prose
from habitat_analysis.report.sections_land import candidate_parcels, rules_assumed
from habitat_analysis.report.sections_land_ranking import value_scene
from habitat_analysis.report.sections_site import map_notice, sources


@dataclass(frozen=True, slots=True)
class ScreenMap:
    """An interactive map in a notebook; its text is the same at each run."""

    title: str
    frame: str  # HTML of the map, in a frame of its own

    def __repr__(self) -> str:
        """Say what the map is."""
        return f"Carte interactive : {self.title}"

    def _repr_html_(self) -> str:
        return self.frame


def candidates_page(ground: Ground, *, selected: tuple[str, ...] = ()) -> ScreenMap | Prose:
    """Map the sites to study, coloured by score; a sentence when none is kept.

    The map carries its own Leaflet and needs no network. Each site tells its identifier, rank,
    score, zone and surface.
    """
    from habitat_analysis.report import maps

    parcels = candidate_parcels(ground, selected)
    if parcels.empty:
        return Prose(("Aucun site à montrer sur la carte.",))
    land = ground.territory
    title = f"Sites à étudier, {ground.study.commune.name}"
    page = maps.candidates_map(
        parcels,
        land.zones,
        selected=set(selected),
        risks=land.risks,
        points=land.points,
        sources=sources(ground),
        title=title,
        rules_assumed=rules_assumed(ground),
        notice=map_notice(ground),
    )
    return ScreenMap(title, page._repr_html_())


def land_value_page(
    values: gpd.GeoDataFrame, ground: Ground, *, selected: tuple[str, ...] = ()
) -> ScreenMap | Prose:
    """Map what the land of the first sites may cost; a sentence when there is no site.

    Parameters
    ----------
    values
        See `sections_land_ranking.land_ranking_sheet`, with shapes.
    ground, selected
        As for `candidates_page`.
    """
    from habitat_analysis.report import maps

    if values.empty:
        return Prose(("Aucun site à montrer sur la carte.",))
    scene = value_scene(values, ground, selected=selected)
    return ScreenMap(scene.title, maps.draw(scene)._repr_html_())
