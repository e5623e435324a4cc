"""What the land of the first sites may cost, on a map: five classes, and what has no price."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import geopandas as gpd
import pandas as pd

from habitat_analysis import formats
from habitat_analysis.report import symbols
from habitat_analysis.report.portfolio_scene import (
    NO_PRICE,
    PRICE,
    PRICE_HEADING,
    price_classes,
    site_facts,
)
from habitat_analysis.report.scene_layers import (
    Layer,
    Shape,
    Text,
    lighten,
    risk_layer,
    selected_layer,
    zone_layer,
)
from habitat_analysis.report.scenes import Scene, legend_of, notices_of, view_of
from habitat_analysis.report.symbols import ScoreScale, Symbol

MARGIN: Final = 0.06
OTHER: Final = Symbol(
    label="autre site à étudier, non calculé ici", outline="#555555", width=1.2, dash=True
)


def land_value_scene(
    values: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    selected: Collection[str] = (),
    risks: gpd.GeoDataFrame | None = None,
    sources: str,
    title: str,
    rules_assumed: bool = False,
    notice: str = "",
) -> Scene:
    """Set the scene of the sites whose land was priced, coloured by price per m² of SDP.

    Parameters
    ----------
    values
        See `portfolio_tables.COLUMNS`, and ``rang``; at least one site.
    others
        Sites that were not priced: ``idu``, ``area_m2``, ``zone_label``, ``score``, ``rank``.
    zones, selected, risks, sources, title, rules_assumed, notice
        As in `scenes.candidates_scene`.
    """
    view = view_of(values.geometry, margin=MARGIN)
    prices = symbols.score_scale(values[PRICE], decimals=0)
    priced = _priced_layer(values, prices)
    layers = (
        zone_layer(zones, view),
        _other_layer(others),
        priced,
        selected_layer(priced.shapes, selected),
        risk_layer(risks, view),
    )
    return Scene(
        title=title,
        sources=sources,
        notices=notices_of(notice, rules_assumed=rules_assumed),
        view=view,
        layers=tuple(layer for layer in layers if layer.shapes or layer.texts),
        legend=legend_of(layers, view, scores=((PRICE_HEADING, price_classes(priced, prices)),)),
    )


def _priced_layer(values: gpd.GeoDataFrame, prices: ScoreScale) -> Layer:
    """Draw the dearest last, each with its rank in letters."""
    ordered = values.sort_values([PRICE, "site"], na_position="first")
    rows = ordered.drop(columns=ordered.geometry.name).to_dict("records")
    shapes = tuple(
        Shape(
            geometry=geometry,
            symbol=NO_PRICE if pd.isna(row[PRICE]) else prices.symbol(row[PRICE]),
            name=row["idus"],
            facts=site_facts(row),
            focusable=True,
        )
        for row, geometry in zip(rows, lighten(ordered.geometry), strict=True)
    )
    texts = tuple(
        Text(point=shape.geometry.representative_point(), text=f"{row['rang']}")
        for row, shape in zip(rows, shapes, strict=True)
    )
    name = "Charge foncière admissible, et rang du site"
    return Layer(name=name, key="parcels", shapes=shapes, texts=texts)


def _other_layer(others: gpd.GeoDataFrame) -> Layer:
    """Outline the sites that were not priced, with their place in the ranking."""
    rows = others.drop(columns=others.geometry.name).to_dict("records")
    shapes = tuple(
        Shape(
            geometry=geometry,
            symbol=OTHER,
            name=str(row["idu"]),
            facts=(
                ("Site", str(row["idu"])),
                ("Surface", formats.area(row["area_m2"])),
                ("Zone", str(row["zone_label"])),
                ("Score", formats.number(row["score"], 2)),
                ("Rang", formats.number(row["rank"])),
            ),
        )
        for row, geometry in zip(rows, lighten(others.geometry), strict=True)
    )
    return Layer(name="Autres sites à étudier", key="buildings", shapes=shapes)
