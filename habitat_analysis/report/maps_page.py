"""A folium map that needs no network: one page that carries its own Leaflet, legend and sources.

Leaflet and jQuery come from the installed packages ``xstatic-leaflet`` and ``xstatic-jquery``, in
the versions folium names. Titles, legend and sources stand beside the map and never cover it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

import folium
from branca.element import Element, Figure
from jinja2 import Template

from habitat_analysis.report import palette
from habitat_analysis.report.escape import html_text, map_text
from habitat_analysis.report.maps_swatches import HATCH_DEFINITIONS, swatch
from habitat_analysis.report.symbols import Symbol

FRAME_HEIGHT_PX: Final = 640

_STYLE: Final = """
html,body{margin:0;height:100%;font-family:"DejaVu Sans",Arial,sans-serif;color:#1A1A1A}
.page{display:flex;flex-direction:column;min-height:100%;height:100vh;box-sizing:border-box}
.page h1{font-size:1.15rem;margin:.5rem .8rem .3rem;line-height:1.25}
.avis{margin:0 .8rem .4rem;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.4rem}
.avis li{border:2px solid #7A4F00;background:#FFF4D6;color:#4A3000;font-weight:bold;
 font-size:.85rem;padding:.1rem .5rem;border-radius:.2rem}
.corps{flex:1 1 auto;display:flex;min-height:0;border-top:1px solid #8A8A85;
 border-bottom:1px solid #8A8A85}
.plan{flex:1 1 auto;min-width:0;min-height:16rem;position:relative}
.folium-map{position:absolute;inset:0}
.legende{flex:0 0 17rem;overflow:auto;box-sizing:border-box;padding:.3rem .7rem;
 border-left:1px solid #8A8A85;font-size:.82rem;background:#FFF}
.legende h2{font-size:.85rem;margin:.6rem 0 .2rem}
.legende ul{list-style:none;margin:0;padding:0}
.legende li{display:flex;align-items:center;gap:.5rem;margin:.15rem 0;line-height:1.2}
.legende svg{flex:none}
.page footer{font-size:.75rem;color:#3D3D3D;padding:.35rem .8rem}
.leaflet-container{background:BACKGROUND;font-size:.82rem}
.legende .leaflet-control-layers{border:0;box-shadow:none;margin:0;padding:0;float:none;
 font-size:.82rem;background:none}
.legende .leaflet-control-layers label{display:block;margin:.15rem 0}
.habitat-texte span{position:absolute;transform:translate(-50%,-50%);white-space:nowrap;
 font:600 11px "DejaVu Sans",Arial,sans-serif;color:#1A1A1A;
 text-shadow:0 0 2px #FFF,0 0 2px #FFF,0 0 3px #FFF,0 0 4px #FFF}
.habitat-etoile span{position:absolute;transform:translate(-50%,-50%);font:22px/1 sans-serif;
 color:#111;text-shadow:0 0 2px #FFF,0 0 3px #FFF,0 0 4px #FFF}
.habitat-point span{position:absolute;transform:translate(-50%,-50%);border-radius:50%;
 width:18px;height:18px;line-height:18px;text-align:center;color:#FFF;border:1.5px solid #FFF;
 box-shadow:0 0 2px #000;font:bold 11px/18px "DejaVu Sans",Arial,sans-serif}
.habitat-nord{background:#FFF;border:1px solid #8A8A85;padding:.1rem .35rem;text-align:center;
 font-weight:bold;line-height:1.1}
path.contour-seul{pointer-events:stroke!important}
path.leaflet-interactive:focus{outline:none;stroke:#D81B60;stroke-width:5px}
dl.faits{margin:0;display:grid;grid-template-columns:auto auto;gap:.1rem .6rem}
dl.faits dt{color:#555}dl.faits dd{margin:0;font-weight:600}
@media (max-width:40rem){.corps{flex-direction:column}.legende{flex:none;max-height:45%;
 border-left:0;border-top:1px solid #8A8A85}}
@media print{.leaflet-control-zoom,.leaflet-control-layers{display:none}}
""".replace("BACKGROUND", palette.BACKGROUND)

_SCRIPT: Final = """
L.Icon.Default.imagePath = "";
L.Icon.Default.mergeOptions({{ icons|tojson }});
function habitatDescribe(feature, layer) {
  const about = feature.properties;
  if (about.t) { layer.bindTooltip(about.t, {sticky: true}); }
  if (about.p) { layer.bindPopup(about.p, {maxWidth: 320}); }
  if (!about.k) { return; }
  layer.on("add", function () {
    const path = layer.getElement();
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "button");
    path.setAttribute("aria-label", about.k);
    path.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" && event.key !== " ") { return; }
      event.preventDefault();
      layer.openPopup();
    });
  });
}
"""


class OfflineMap(folium.Map):
    """A map with its title, legend and sources, in one page without any outside address.

    Children of folium may be added to it, as to any map; texts from data must then go through
    `escape.map_text`.

    Parameters
    ----------
    title, sources
        Cartouche, plain text.
    view
        South, west, north and east bounds, in degrees (WGS84).
    legend
        Symbols drawn, by heading.
    notices
        Warnings kept in sight: rules assumed, invented commune.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}" role="region"
                 aria-label="{{ this.region_label }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
                attributionControl: false, zoomControl: false, zoomSnap: 0.25,
                ...{{ this.options|tojson }}
            });
            L.control.zoom({zoomInTitle: "Agrandir", zoomOutTitle: "Réduire"})
                .addTo({{ this.get_name() }});
            L.control.scale({imperial: false, maxWidth: 140}).addTo({{ this.get_name() }});
            {{ this.get_name() }}.fitBounds({{ this.view|tojson }}, {padding: [4, 4]});
            {{ this.get_name() }}.on("popupopen", function (event) {
                event.popup.getElement().querySelector(".leaflet-popup-close-button")
                    .setAttribute("aria-label", "Fermer");
            });
            const {{ this.get_name() }}_nord = L.control({position: "topright"});
            {{ this.get_name() }}_nord.onAdd = function () {
                const box = L.DomUtil.create("div", "habitat-nord");
                box.innerHTML = "<span aria-hidden='true'>↑<br>N</span>";
                box.setAttribute("role", "img");
                box.setAttribute("aria-label", "Le nord est en haut");
                return box;
            };
            {{ this.get_name() }}_nord.addTo({{ this.get_name() }});
            {%- for name, level in this.panes.items() %}
            {{ this.get_name() }}.createPane("{{ name }}").style.zIndex = {{ level }};
            {%- endfor %}
        {% endmacro %}
        """
    )

    # Vectors lie between Leaflet's tiles (200) and its markers (600), bottom to top.
    panes: Final = {
        "zones": 410,
        "parcels": 420,
        "buildings": 425,
        "selected": 430,
        "buildable": 440,
        "roads": 445,
        "risks": 450,
        "texts": 620,
        "points": 630,
    }

    def __init__(
        self,
        *,
        title: str,
        sources: str,
        view: tuple[tuple[float, float], tuple[float, float]],
        legend: Sequence[tuple[str, Sequence[Symbol]]] = (),
        notices: Sequence[str] = (),
    ) -> None:
        super().__init__(tiles=None, location=[sum(pair) / 2 for pair in zip(*view, strict=True)])
        self.default_js, self.default_css = [], []  # nothing comes from the network
        self.options = {"minZoom": 8, "maxZoom": 21}
        self.view = view
        self.title = title
        self.region_label = map_text(f"Carte : {title}")
        page = _Page(title=title, sources=sources, legend=legend, notices=notices)
        page.add_child(self)

    def html(self) -> str:
        """Write the whole page; two maps alike give the same text, to the byte."""
        page, known = _rendered(cast("Figure", self.get_root()))
        numbers: dict[str, str] = {}

        def renumbered(match: re.Match[str]) -> str:
            if match[1] not in known:
                return match[0]
            return "_" + numbers.setdefault(match[1], str(len(numbers) + 1))

        return re.sub(r"_([0-9a-f]{32})(?![0-9a-f])", renumbered, page)

    def save_html(self, path: Path | str) -> None:
        """Write the page into a file (UTF-8, line feeds)."""
        Path(path).write_bytes(self.html().encode())

    def _repr_html_(self, **_: Any) -> str:
        """Show the map in JupyterLab, without a network."""
        return (
            f'<iframe title="{html_text(self.title)}" srcdoc="{html_text(self.html())}" '
            f'style="width:100%;height:{FRAME_HEIGHT_PX}px;border:0"></iframe>'
        )


class _Page(Figure):
    """The page around the map, in French."""

    _template = Template(
        """<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ this.heading }}</title>
<style>{{ this.leaflet_css }}{{ this.style }}</style>
<script>{{ this.libraries }}</script>
{{ this.header.render(**kwargs) }}
</head>
<body>
{{ this.hatches }}
<div class="page">
<header><h1>{{ this.heading }}</h1>
{%- if this.notices %}
<ul class="avis" aria-label="Avertissements">
{%- for notice in this.notices %}<li>{{ notice }}</li>{% endfor %}</ul>{% endif %}
</header>
<main class="corps">
<div class="plan">{{ this.html.render(**kwargs) }}</div>
<section class="legende" aria-label="Légende" tabindex="0">
{%- for heading, rows in this.legend %}
<h2>{{ heading }}</h2><ul>
{%- for drawing, label in rows %}<li>{{ drawing }}<span>{{ label }}</span></li>{% endfor %}</ul>
{%- endfor %}
<div id="couches"><h2>Couches affichées</h2></div>
</section>
</main>
<footer>{{ this.sources }}</footer>
</div>
<script>{{ this.preamble }}{{ this.script.render(**kwargs) }}</script>
</body>
</html>
"""
    )

    def __init__(
        self,
        *,
        title: str,
        sources: str,
        legend: Sequence[tuple[str, Sequence[Symbol]]],
        notices: Sequence[str],
    ) -> None:
        super().__init__()
        self.header = Element()
        self.header._parent = self
        self.heading = map_text(title)
        self.sources = map_text(sources)
        self.notices = [map_text(notice) for notice in notices]
        self.legend = [
            (map_text(heading), [(swatch(symbol), map_text(symbol.label)) for symbol in rows])
            for heading, rows in legend
        ]
        self.style, self.hatches = _STYLE, HATCH_DEFINITIONS
        self.leaflet_css, self.libraries, self.preamble = _leaflet_css(), _libraries(), _preamble()


def _rendered(page: Figure) -> tuple[str, set[str]]:
    """Render a page and list the ids in it; what its elements leave in the page is taken away."""
    parts = (page.header, page.html, page.script)
    before = [part._children.copy() for part in parts]
    text, ids = str(page.render()), {element._id for element in _walk(page)}
    for part, children in zip(parts, before, strict=True):
        part._children = children
    return text, ids


def _walk(element: Element, seen: set[int] | None = None) -> Iterator[Element]:
    """Visit an element of branca and all it holds, each once."""
    seen = set() if seen is None else seen
    if id(element) in seen:
        return
    seen.add(id(element))
    yield element
    held = [*element._children.values(), *vars(element).values()]
    for child in held:
        if isinstance(child, Element):
            yield from _walk(child, seen)


def _asset(package: str, name: str) -> bytes:
    return files(f"xstatic.pkg.{package}").joinpath("data", *name.split("/")).read_bytes()


def _data_uri(name: str) -> str:
    encoded = base64.b64encode(_asset("leaflet", f"images/{name}")).decode()
    return f"data:image/png;base64,{encoded}"


@cache
def _libraries() -> str:
    """Return jQuery, which popups of folium need first, then Leaflet."""
    scripts = (_asset("jquery", "jquery.min.js"), _asset("leaflet", "leaflet.js"))
    return "\n".join(
        re.sub(r"(?m)^//# sourceMappingURL=.*$", "", script.decode()) for script in scripts
    )


@cache
def _leaflet_css() -> str:
    """Return the style sheet of Leaflet, its pictures inside it."""
    css = _asset("leaflet", "leaflet.css").decode()
    return re.sub(r"url\(images/([\w.-]+)\)", lambda match: f"url({_data_uri(match[1])})", css)


@cache
def _preamble() -> str:
    icons = {
        "iconUrl": _data_uri("marker-icon.png"),
        "iconRetinaUrl": _data_uri("marker-icon-2x.png"),
        "shadowUrl": _data_uri("marker-shadow.png"),
    }
    return str(Template(_SCRIPT).render(icons=icons))
