"""Where which programme is possible: the map of a portfolio.

A site is coloured by the tenure with the most dwellings of its programme, and the first sites of
the ranking carry their rank and that tenure in letters. Assemblies overlap one another: only those
that open what neither of their parcels opens alone are drawn; all are in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from habitat_analysis import formats
from habitat_analysis.formats import typeset
from habitat_analysis.report import palette, symbols
from habitat_analysis.report.portfolio_tables import LABELS, mix_words, ranked_portfolio
from habitat_analysis.report.scene_layers import Bounds, Layer, Shape, Text, lighten, zone_layer
from habitat_analysis.report.scenes import RULES_ASSUMED, Scene
from habitat_analysis.report.symbols import ScoreScale, Symbol
from habitat_analysis.tenures import ORDER

RANKS_WRITTEN: Final = 10
MARGIN: Final = 0.06
HEADING: Final = "Premier statut du programme optimal"
PRICE: Final = "charge_fonciere_ht_par_m2_sdp"
PRICE_HEADING: Final = "Charge foncière admissible (€ HT/m² SDP)"
IMPOSSIBLE: Final = Symbol(
    label="aucun programme ne respecte toutes les règles",
    fill="#FFFFFF",
    fill_opacity=0.9,
    outline="#555555",
    width=1.2,
    dash=True,
)
UNKNOWN: Final = Symbol(
    label="non examiné, ou rien n'est prouvé", fill=palette.MISSING, hatch="missing", width=0.8
)

NO_PRICE: Final = Symbol(
    label="aucun prix du terrain possible, ou rien de prouvé",
    fill=palette.MISSING,
    hatch="missing",
    width=0.8,
)


def portfolio_scene(
    portfolio: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    title: str,
    sources: str,
    notice: str = "",
) -> Scene:
    """Set the scene of a portfolio.

    Parameters
    ----------
    portfolio
        See `portfolio_tables.COLUMNS`; at least one site.
    zones
        Zones of the PLU; None when not examined.
    title, sources, notice
        As in `scenes.candidates_scene`.
    """
    view = _view(portfolio)
    ranks = ranked_portfolio(portfolio).set_index("site")["rang"]
    alone = portfolio[portfolio["nature"] == "parcelle"]
    opened = opening_assemblies(portfolio)
    prices = symbols.score_scale(alone[PRICE], decimals=0)
    layers = (
        zone_layer(zones, view),
        _price_layer(alone, prices),
        _layer(alone, ranks, name="Parcelles : premier statut", key="buildings"),
        _layer(opened, ranks, name="Assemblages qui ouvrent un site", key="selected"),
    )
    assumed = bool((~portfolio["regles_lues"].fillna(value=True).astype(bool)).any())
    return Scene(
        title=title,
        sources=sources,
        notices=tuple(text for text in (notice, RULES_ASSUMED if assumed else "") if text),
        view=view,
        layers=tuple(layer for layer in layers if layer.shapes),
        legend=_legend(layers, prices),
    )


def opening_assemblies(portfolio: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Select the assemblies with a programme whose parcels have none alone."""
    alone = portfolio[(portfolio["nature"] == "parcelle") & portfolio["logements"].notna()]
    possible = set(alone["idus"])
    pairs = portfolio[(portfolio["nature"] == "assemblage") & portfolio["logements"].notna()]
    opens = [not possible & set(idus.split(", ")) for idus in pairs["idus"]]
    return pairs[np.array(opens, dtype=bool)]


def leading_tenure(row: Mapping[Any, Any]) -> str:
    """Return the tenure with the most dwellings, the most social of equal ones; "" without."""
    counts = {code: row[f"logements_{code}"] for code in ORDER}
    known = {code: int(n) for code, n in counts.items() if not pd.isna(n) and n > 0}
    return max(known, key=lambda code: known[code], default="")


def symbol_of(row: Mapping[Any, Any]) -> Symbol:
    """Give the symbol of a site: its first tenure, impossible, or unknown."""
    code = leading_tenure(row)
    if code:
        fill = palette.TENURES[code]
        return Symbol(label=code, fill=fill, fill_opacity=0.85, width=0.8)
    return IMPOSSIBLE if row["statut"] == "infeasible" else UNKNOWN


def _layer(sites: gpd.GeoDataFrame, ranks: pd.Series, *, name: str, key: str) -> Layer:
    """Draw the sites, those without a programme first, so that the others lie above."""
    ordered = sites.assign(none=sites["logements"].isna(), rang=sites["site"].map(ranks))
    ordered = ordered.sort_values(["none", "site"], ascending=[False, True])
    rows = ordered.drop(columns=["geometry"]).to_dict("records")
    shapes = tuple(
        Shape(
            geometry=geometry,
            symbol=symbol_of(row),
            name=row["idus"],
            facts=site_facts(row),
            focusable=_is_first(row["rang"]),
        )
        for row, geometry in zip(rows, lighten(ordered.geometry), strict=True)
    )
    texts = tuple(
        Text(point=shape.geometry.representative_point(), text=f"n° {row['rang']} {code}")
        for row, shape in zip(rows, shapes, strict=True)
        if _is_first(row["rang"]) and (code := leading_tenure(row))
    )
    return Layer(name=name, key=key, shapes=shapes, texts=texts)


def _price_layer(sites: gpd.GeoDataFrame, prices: ScoreScale) -> Layer:
    """Draw the charge foncière that each parcel can bear; hatched without any."""
    priced = sites.sort_values([PRICE, "site"], na_position="first")
    shapes = tuple(
        Shape(
            geometry=geometry,
            symbol=NO_PRICE if pd.isna(price) else prices.symbol(price),
            name=idus,
            facts=(("Site", idus), ("Charge foncière admissible", price_per_m2(price))),
        )
        for geometry, price, idus in zip(
            lighten(priced.geometry), priced[PRICE], priced["idus"], strict=True
        )
    )
    return Layer(name="Parcelles : charge foncière admissible", key="parcels", shapes=shapes)


def _is_first(rank: Any) -> bool:
    return not pd.isna(rank) and rank <= RANKS_WRITTEN


def site_facts(row: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    """Write what a reader may learn of a site; an empty value is not shown."""
    facts = [
        ("Site", row["idus"]),
        ("Surface", formats.area(row["surface_m2"])),
        ("Zone", row["zones"]),
        ("Score", "" if pd.isna(row["score"]) else formats.number(row["score"], 2)),
        ("Statut", LABELS[row["statut"]]),
        ("Rang", "" if pd.isna(row["rang"]) else formats.number(row["rang"])),
        ("Programme", _programme(row)),
        ("Besoins couverts", _number(row["besoins_couverts"])),
        ("Effort par besoin couvert", _euros(row["effort_par_besoin_eur"])),
        ("Charge foncière admissible", price_per_m2(row["charge_fonciere_ht_par_m2_sdp"])),
        ("Limites" if leading_tenure(row) else "Limites en conflit", row["limites"]),
        ("Motif", row["non_examine"] or row["note"]),
        ("Non examiné", row["couches_non_examinees"]),
    ]
    return tuple((label, typeset(str(value))) for label, value in facts)


def _programme(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["logements"]):
        return ""
    return f"{formats.count(row['logements'], 'logement')} : {mix_words(row)}"


def _number(value: Any) -> str:
    return "" if pd.isna(value) else formats.number(value)


def _euros(value: Any) -> str:
    return "" if pd.isna(value) else formats.euros(value)


def price_per_m2(value: Any) -> str:
    """Write a price of land by m² of SDP; "" without one."""
    return "" if pd.isna(value) else formats.euros_m2(round(value), "SDP", tax="HT")


def _legend(
    layers: tuple[Layer, ...], prices: ScoreScale
) -> tuple[tuple[str, tuple[Symbol, ...]], ...]:
    """List the symbols drawn with their counts, tenures in their order."""
    zones, priced, *sites = layers
    counts = Counter(shape.symbol for layer in sites for shape in layer.shapes)
    order = [*ORDER, IMPOSSIBLE.label, UNKNOWN.label]
    drawn = sorted(counts, key=lambda symbol: order.index(symbol.label))
    entries = tuple(symbols.counted(symbol, counts[symbol], "site") for symbol in drawn)
    classes = price_classes(priced, prices) if priced.shapes else ()
    plan = tuple(dict.fromkeys(shape.symbol for shape in zones.shapes))
    headed = ((HEADING, entries), (PRICE_HEADING, classes), ("Zonage du PLU", plan))
    return tuple((heading, rows) for heading, rows in headed if rows)


def price_classes(layer: Layer, prices: ScoreScale) -> tuple[Symbol, ...]:
    """List the classes of price with their counts, the dearest first, then what has no price."""
    counts = Counter(shape.symbol for shape in layer.shapes)
    known = set(counts) - {NO_PRICE}
    classes = [
        *(reversed(prices.symbols) if known else ()),
        *([NO_PRICE] if counts[NO_PRICE] else ()),
    ]
    return tuple(symbols.counted(symbol, counts[symbol], "site") for symbol in classes)


def _view(portfolio: gpd.GeoDataFrame) -> Bounds:
    west, south, east, north = (float(bound) for bound in portfolio.geometry.total_bounds)
    pad = max(MARGIN * max(east - west, north - south), 30.0)
    return (west - pad, south - pad, east + pad, north + pad)
