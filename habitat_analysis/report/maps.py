"""Interactive maps of the sites and of one site, to open in a browser or in JupyterLab.

Every text from data goes through `escape.map_text`; shapes are in WGS84, rounded to 6 decimals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely
from jinja2 import Template
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from habitat_analysis.report import scenes
from habitat_analysis.report.escape import map_json, map_text
from habitat_analysis.report.maps_page import OfflineMap
from habitat_analysis.report.maps_swatches import leaflet_style
from habitat_analysis.report.scene_layers import LEGAL_CRS, Layer, Shape, Text
from habitat_analysis.report.scenes import Scene
from habitat_analysis.report.symbols import Symbol

DECIMALS: Final = 6  # of a degree: about ten centimetres


def candidates_map(
    parcels: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    selected: Collection[str] | None = None,
    risks: gpd.GeoDataFrame | None = None,
    points: gpd.GeoDataFrame | None = None,
    fiche_links: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
    sources: str,
    title: str,
    rules_assumed: bool = False,
    notice: str = "",
) -> OfflineMap:
    """Map the sites to study, coloured by score; see `scenes.candidates_scene`."""
    scene = scenes.candidates_scene(
        parcels,
        zones,
        selected=selected,
        risks=risks,
        points=points,
        fiche_links=fiche_links,
        details=details,
        sources=sources,
        title=title,
        rules_assumed=rules_assumed,
        notice=notice,
    )
    return draw(scene)


def site_map(
    site_geometry: BaseGeometry,
    road_edges: BaseGeometry | None,
    buildable: BaseGeometry | None,
    parcels: gpd.GeoDataFrame | None,
    zones: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    risks: gpd.GeoDataFrame | None,
    points: gpd.GeoDataFrame | None,
    *,
    rules_assumed: bool,
    sources: str,
    title: str,
    notice: str = "",
) -> OfflineMap:
    """Map one site and its surroundings; see `scenes.site_scene`."""
    scene = scenes.site_scene(
        site_geometry,
        road_edges,
        buildable,
        parcels,
        zones,
        buildings,
        risks,
        points,
        rules_assumed=rules_assumed,
        sources=sources,
        title=title,
        notice=notice,
    )
    return draw(scene)


def draw(scene: Scene) -> OfflineMap:
    """Draw a scene as a page."""
    west, south, east, north = _degrees([shapely.box(*scene.view)])[0].bounds
    page = OfflineMap(
        title=scene.title,
        sources=scene.sources,
        view=((south, west), (north, east)),
        legend=scene.legend,
        notices=scene.notices,
    )
    for layer in scene.layers:
        page.add_child(_Marks(layer) if layer.key == "points" else _Shapes(layer))
    page.add_child(_LayerPanel())
    return page


class _Shapes(folium.map.Layer):
    """Shapes of a layer, with the texts written over them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }}_styles = {{ this.styles }};
        const {{ this.get_name() }} = L.featureGroup([
            L.geoJson({{ this.data }}, {
                pane: "{{ this.pane }}", smoothFactor: 0.5,
                interactive: {{ this.interactive }}, className: "{{ this.css }}",
                style: (feature) => {{ this.get_name() }}_styles[feature.properties.s],
                onEachFeature: habitatDescribe
            }),
            ...{{ this.texts }}.map((text) => L.marker([text[0], text[1]], {
                pane: "texts", interactive: false, keyboard: false,
                icon: L.divIcon({className: text[3], iconSize: null,
                                 html: "<span>" + text[2] + "</span>"})
            }))
        ]);
        {% endmacro %}
        """
    )

    def __init__(self, layer: Layer) -> None:
        super().__init__(name=map_text(layer.name), overlay=True, control=True, show=True)
        self._name = "Shapes"
        self.pane = layer.key
        self.interactive = map_json(any(shape.facts for shape in layer.shapes))
        self.css = "contour-seul" if layer.key == "risks" else ""
        symbols = list(dict.fromkeys(shape.symbol for shape in layer.shapes))
        self.styles = map_json([leaflet_style(symbol) for symbol in symbols])
        self.data = map_json(_collection(layer.shapes, symbols))
        self.texts = map_json(_texts(layer.texts))


class _Marks(folium.map.Layer):
    """Discs with a letter, one an amenity."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.featureGroup({{ this.marks }}.map((mark) =>
            L.marker([mark[0], mark[1]], {
                pane: "points", keyboard: false,
                icon: L.divIcon({className: "habitat-point", iconSize: null, html: mark[2]})
            }).bindTooltip(mark[3])
        ));
        {% endmacro %}
        """
    )

    def __init__(self, layer: Layer) -> None:
        super().__init__(name=map_text(layer.name), overlay=True, control=True, show=True)
        self._name = "Marks"
        points = _degrees([shape.geometry.centroid for shape in layer.shapes])
        self.marks = map_json(
            [
                [point.y, point.x, _disc(shape.symbol), _facts(shape)]
                for point, shape in zip(points, layer.shapes, strict=True)
            ]
        )


class _LayerPanel(folium.LayerControl):
    """The layers to show or hide, beside the map so that they never cover it."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.control.layers({}, {
            {%- for key, val in this.overlays.items() %}{{ key|tojson }}: {{ val }},{% endfor %}
        }, {collapsed: false}).addTo({{ this._parent.get_name() }});
        document.getElementById("couches").appendChild({{ this.get_name() }}.getContainer());
        {% endmacro %}
        """
    )


def _collection(shapes: Sequence[Shape], symbols: Sequence[Symbol]) -> dict[str, Any]:
    geometries = _degrees([shape.geometry for shape in shapes])
    features = [
        {
            "type": "Feature",
            "properties": {"s": symbols.index(shape.symbol)} | _texts_of(shape),
            "geometry": shapely.geometry.mapping(geometry),
        }
        for shape, geometry in zip(shapes, geometries, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _texts_of(shape: Shape) -> dict[str, str]:
    """Write what Leaflet shows of a shape: tooltip, popup, name for screen readers."""
    texts = {}
    if shape.facts:
        texts["t"] = _facts(shape)
    if shape.link or shape.focusable:
        texts["p"] = _facts(shape) + _link(shape)
    if shape.focusable:
        texts["k"] = f"{shape.name} : {', '.join(' '.join(fact) for fact in shape.facts)}"
    return texts


def _facts(shape: Shape) -> str:
    rows = "".join(
        f"<dt>{map_text(label)}</dt><dd>{map_text(value)}</dd>"
        for label, value in shape.facts
        if value
    )
    return f'<dl class="faits">{rows}</dl>'


def _link(shape: Shape) -> str:
    if not shape.link:
        return ""
    return f'<p><a href="{map_text(shape.link)}" target="_top">Ouvrir la fiche du site</a></p>'


def _disc(symbol: Symbol) -> str:
    return f'<span style="background:{symbol.fill}">{map_text(symbol.glyph)}</span>'


def _texts(texts: Sequence[Text]) -> list[list[Any]]:
    points = _degrees([text.point for text in texts])
    return [
        [
            point.y,
            point.x,
            map_text(text.text),
            "habitat-etoile" if text.strong else "habitat-texte",
        ]
        for text, point in zip(texts, points, strict=True)
    ]


def _degrees(geometries: Sequence[BaseGeometry]) -> list[Any]:
    """Return the shapes in WGS84, rounded."""
    series = gpd.GeoSeries(list(geometries), crs=LEGAL_CRS).to_crs("EPSG:4326")
    return list(shapely.transform(series.array.to_numpy(), _rounded))


def _rounded(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(coordinates, DECIMALS)
