"""The page around a map: assets of the installed packages, same bytes, JupyterLab."""

from __future__ import annotations

import hashlib
import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import folium
import pytest
from folium.folium import _default_js
from xstatic.pkg import jquery, leaflet

from habitat_analysis.report.maps import candidates_map
from habitat_analysis.report.maps_page import OfflineMap
from tests import map_samples
from tests.offline_browser import browser, visit

PRINT_HASHES = """
import hashlib
from habitat_analysis.report import maps, static_maps
from tests import map_samples
for sample, interactive, printed in (
    (map_samples.candidates, maps.candidates_map, static_maps.draw_candidates),
    (map_samples.site, maps.site_map, static_maps.draw_site),
):
    arguments, options = sample()
    print(hashlib.sha256(interactive(*arguments, **options).html().encode()).hexdigest())
    print(hashlib.sha256(printed(*arguments, **options).png()).hexdigest())
"""


@pytest.fixture(scope="module")
def chrome(chromium: str) -> Iterator[Any]:
    with browser(chromium) as opened:
        yield opened


def sample_map() -> OfflineMap:
    arguments, options = map_samples.candidates()
    return candidates_map(*arguments, **options)


def test_assets_are_the_versions_folium_names() -> None:
    named = dict(_default_js)
    assert f"leaflet@{leaflet.VERSION}/" in named["leaflet"]
    assert f"jquery-{jquery.VERSION}.min.js" in named["jquery"]


def test_page_links_to_nothing_outside() -> None:
    page = sample_map().html()
    assert re.findall(r"<(?:link|script)\b[^>]*\b(?:href|src)\s*=", page) == []
    drawn = set(re.findall(r"url\((?!data:)([^)]*)\)", page))
    assert {url for url in drawn if not url.startswith("#")} == set()
    assert "sourceMappingURL" not in page
    assert "cdn." not in page


def test_two_processes_give_the_same_bytes(project: Path) -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", PRINT_HASHES],
            cwd=project,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert len(said[0]) == 4
    assert said[0] == said[1]


def test_a_map_can_be_written_twice(tmp_path: Path) -> None:
    page_map = sample_map()
    first = page_map.html()
    page_map.save_html(tmp_path / "carte.html")
    assert page_map.html() == first
    assert (tmp_path / "carte.html").read_bytes() == first.encode()
    assert not re.search(r"_[0-9a-f]{32}", first)  # no random identifier is left


def test_text_that_looks_like_an_identifier_is_kept() -> None:
    arguments, options = map_samples.candidates()
    name = "a_" + hashlib.md5(b"", usedforsecurity=False).hexdigest()
    page = candidates_map(*arguments, **(options | {"title": name})).html()
    assert f"<h1>{name}</h1>" in page


@pytest.mark.browser
def test_shows_in_a_notebook_and_takes_children_of_folium(chrome: Any, tmp_path: Path) -> None:
    page_map = sample_map()
    south_west, north_east = page_map.view
    middle = [sum(pair) / 2 for pair in zip(south_west, north_east, strict=True)]
    folium.Marker(middle, popup=folium.Popup("Mairie"), tooltip="Mairie").add_to(page_map)
    frame = page_map._repr_html_()
    (tmp_path / "cellule.html").write_text(f"<!DOCTYPE html>{frame}", encoding="utf-8")
    with visit(chrome, tmp_path / "cellule.html") as seen:
        inside = seen.page.frame_locator("iframe")
        inside.locator("img.leaflet-marker-icon").click()
        assert inside.locator(".leaflet-popup-content").inner_text().strip() == "Mairie"
        assert inside.locator("path.leaflet-interactive").count() == 15
        assert inside.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Fermer"
        assert seen.errors == []
        assert [url for url in seen.requests if url != "about:srcdoc"] == []


def test_frame_says_what_it_holds() -> None:
    frame = sample_map()._repr_html_()
    assert frame.startswith('<iframe title="Six sites à étudier" srcdoc="')
    assert html.unescape(frame).count("<iframe") == 1
