"""The interactive maps, opened in a real browser with the network cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.report.maps import candidates_map, site_map
from habitat_analysis.report.maps_page import OfflineMap
from tests import map_samples
from tests.map_samples import HOSTILE
from tests.offline_browser import browser, visit

TWO_MEGABYTES = 2_000_000
MAPS = {
    "candidates": (candidates_map, map_samples.candidates),
    "site": (site_map, map_samples.site),
}

# Open every tooltip and popup of the map and gather what they say.
READ_ALL = """(name) => {
  const map = eval(name), said = [];
  map.eachLayer((layer) => {
    if (layer.getTooltip && layer.getTooltip()) { layer.openTooltip(); }
    if (layer.getPopup && layer.getPopup()) { layer.openPopup(); }
    document.querySelectorAll(".leaflet-tooltip, .leaflet-popup-content")
      .forEach((box) => said.push(...[...box.querySelectorAll("dt, dd")].map(e => e.textContent)));
  });
  return [...new Set(said)];
}"""


@pytest.fixture(scope="module")
def chrome(chromium: str) -> Iterator[Any]:
    with browser(chromium) as opened:
        yield opened


def drawn(kind: str, text: str = "", **more: Any) -> OfflineMap:
    function, sample = MAPS[kind]
    arguments, options = sample(text)
    return function(*arguments, **(options | more))


def pane_paths(page: Any, pane: str) -> int:
    return int(page.locator(f".leaflet-{pane}-pane path").count())


@pytest.mark.browser
def test_candidates_are_drawn_without_network(chrome: Any, tmp_path: Path) -> None:
    links = {"99012000AB0004": "99012000AB0004/rapport.html"}
    drawn("candidates", fiche_links=links).save_html(tmp_path / "carte.html")
    with visit(chrome, tmp_path / "carte.html") as seen:
        page = seen.page
        assert (seen.errors, seen.requests) == ([], [])
        assert page.locator("path.leaflet-interactive").count() == 15
        panes = {pane: pane_paths(page, pane) for pane in ("zones", "parcels", "selected", "risks")}
        assert panes == {"zones": 6, "parcels": 6, "selected": 2, "risks": 3}
        assert page.locator(".habitat-etoile").count() == 2
        assert page.locator(".habitat-point").count() == 4
        codes = page.locator(".habitat-texte").all_inner_texts()
        assert sorted(codes) == ["A1", "AUc1", "AUs1", "N1", "U1", "X1"]
        page.locator("path[tabindex]").last.focus()
        page.keyboard.press("Enter")
        popup = page.locator(".leaflet-popup-content")
        assert popup.locator("dd").all_inner_texts()[:3] == [
            "99012000AB0004",
            "1\u202f600\u00a0m²",
            "UB",
        ]
        assert popup.locator("a").get_attribute("href") == "99012000AB0004/rapport.html"


@pytest.mark.browser
def test_site_is_drawn_without_network(chrome: Any, tmp_path: Path) -> None:
    drawn("site").save_html(tmp_path / "carte.html")
    with visit(chrome, tmp_path / "carte.html") as seen:
        assert (seen.errors, seen.requests) == ([], [])
        panes = ("parcels", "buildings", "selected", "buildable", "roads")
        assert [pane_paths(seen.page, pane) for pane in panes] == [6, 1, 1, 1, 1]
        notices = seen.page.locator(".avis li").all_inner_texts()
        assert notices == ["Commune inventée", "Règles supposées"]
        assert "édité le 22/11/2026" in seen.page.locator("footer").inner_text()


@pytest.mark.browser
def test_layers_can_be_hidden_and_nothing_is_covered(chrome: Any, tmp_path: Path) -> None:
    drawn("candidates").save_html(tmp_path / "carte.html")
    with visit(chrome, tmp_path / "carte.html") as seen:
        page = seen.page
        names = [name.strip() for name in page.locator("#couches label").all_inner_texts()]
        assert names == [
            "Zonage du PLU",
            "Sites à étudier",
            "Sites retenus",
            "Contraintes et risques",
            "Équipements",
        ]
        page.get_by_label("Zonage du PLU").uncheck()
        assert pane_paths(page, "zones") == 0
        plan = page.locator(".plan").bounding_box()
        legend = page.locator(".legende").bounding_box()
        assert plan["x"] + plan["width"] <= legend["x"]
        assert plan["height"] > 500
        assert page.locator(".leaflet-control-scale-line").count() == 1  # metric only
        assert page.locator(".leaflet-control-zoom-in").get_attribute("title") == "Agrandir"


@pytest.mark.browser
@pytest.mark.parametrize("kind", MAPS)
def test_pages_are_accessible(chrome: Any, tmp_path: Path, kind: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    drawn(kind).save_html(tmp_path / "carte.html")
    with visit(chrome, tmp_path / "carte.html") as seen:
        assert seen.page.locator("html").get_attribute("lang") == "fr"
        assert seen.page.locator("h1").count() == 1
        label = seen.page.locator(".folium-map").get_attribute("aria-label")
        assert label.startswith("Carte : ")
        result = Axe().run(seen.page)
        found = {rule["id"]: rule["nodes"][0]["html"] for rule in result.response["violations"]}
        assert found == {}


@pytest.mark.browser
@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_shown_and_never_run(
    chrome: Any, tmp_path: Path, kind: str, payload: str
) -> None:
    page_map = drawn(kind, payload)
    page_map.save_html(tmp_path / "carte.html")
    with visit(chrome, tmp_path / "carte.html") as seen:
        page = seen.page
        name = page.locator(".folium-map").get_attribute("id")
        said = page.evaluate(READ_ALL, name)
        page.wait_for_timeout(50)
        assert page.evaluate("typeof window.PWNED") == "undefined"
        assert (seen.errors, seen.requests) == ([], [])
        assert page.locator("path.leaflet-interactive").count() >= 15
        assert payload in said
        assert any(text.startswith("99012000AB000") and text.endswith(payload) for text in said)
        for place in ("h1", "footer", ".avis li >> nth=0", ".habitat-texte >> nth=0"):
            assert page.locator(place).text_content() == payload, place
        legend = page.locator(".legende li").all_text_contents()
        assert f"{payload}, zone rouge" in legend
        assert f"{payload} : autre zone" in legend


@pytest.mark.browser
def test_hostile_link_stays_a_link(chrome: Any, tmp_path: Path) -> None:
    link = "a\"><img src=x onerror='window.PWNED=1'>`${window.PWNED=2}`.html"
    drawn("candidates", fiche_links={"99012000AB0004": link}).save_html(tmp_path / "carte.html")
    with visit(chrome, tmp_path / "carte.html") as seen:
        seen.page.locator("path[tabindex]").last.focus()
        seen.page.keyboard.press("Enter")
        anchor = seen.page.locator(".leaflet-popup-content a")
        assert anchor.get_attribute("href") == link
        assert seen.page.evaluate("typeof window.PWNED") == "undefined"


@pytest.mark.parametrize(
    "link", ["https://exemple.fr", "//exemple.fr", "javascript:alert(1)", "/x"]
)
def test_only_relative_links_are_taken(link: str) -> None:
    with pytest.raises(UsageError, match="relative address"):
        drawn("candidates", fiche_links={"99012000AB0004": link})


def test_coordinates_have_six_decimals() -> None:
    page = drawn("candidates").html()
    start = page.index('{"type":"FeatureCollection"')
    collection, _ = json.JSONDecoder().raw_decode(page[start:])
    numbers = np.array(collection["features"][0]["geometry"]["coordinates"][0])
    assert np.array_equal(numbers, numbers.round(6))
    assert (numbers[:, 1] > 40).all()  # degrees, latitude second


def test_missing_layers_are_left_out() -> None:
    arguments, options = map_samples.candidates()
    bare = {name: options[name] for name in ("sources", "title")}
    page = candidates_map(arguments[0], None, **bare).html()
    for absent in ("Zonage du PLU", "Contraintes et risques", "Équipements", "Règles supposées"):
        assert absent not in page


@pytest.mark.browser
@pytest.mark.realdata
def test_latresne_is_light_and_whole(realdata: Path, chrome: Any, tmp_path: Path) -> None:
    candidates, zones = latresne(realdata / "33234_latresne")
    assert len(candidates) == 229
    path = tmp_path / "latresne.html"
    candidates_map(candidates, zones, sources="Sources : DGFiP", title="Latresne").save_html(path)
    assert path.stat().st_size <= TWO_MEGABYTES
    with visit(chrome, path) as seen:
        assert (seen.errors, seen.requests) == ([], [])
        assert pane_paths(seen.page, "parcels") == 229
        assert pane_paths(seen.page, "zones") == 55


def latresne(folder: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Unbuilt parcels of 800 to 10 000 m² in U and AU, with a made-up score, and the zones."""
    parcels = gpd.read_file(folder / "cadastre-33234-parcelles.json").to_crs(2154)
    raw = gpd.read_file(folder / "zone_urba.geojson").to_crs(2154)
    buildings = gpd.read_file(folder / "batiments.geojson").to_crs(2154)
    family = raw["TYPEZONE"].where(~raw["TYPEZONE"].str.startswith("N"), "N")
    zones = raw[["geometry"]].assign(label=raw["LIBELLE"], label_long="", family=family)
    places = parcels.set_geometry(parcels.representative_point())
    inside = gpd.sjoin(places, zones, predicate="within")
    parcels["family"], parcels["zone_label"] = inside["family"], inside["label"]
    parcels["area_m2"] = parcels.area
    footprint = gpd.overlay(
        parcels[["id", "geometry"]], buildings[["geometry"]], keep_geom_type=False
    )
    built = footprint.assign(m2=footprint.area).groupby("id")["m2"].sum()
    free = ~parcels["id"].isin(built[built > 1].index)
    kept = parcels[
        free & parcels["family"].isin(["U", "AUc"]) & parcels["area_m2"].between(800, 10_000)
    ]
    scores = np.linspace(0, 1, len(kept))
    return kept.rename(columns={"id": "idu"}).assign(score=scores), zones
