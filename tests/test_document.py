"""The report as a page: what it shows, what it never says, and how a browser finds it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from habitat_analysis.report.blocks import Heading, Points, section
from habitat_analysis.report.document import render, write_html
from tests.offline_browser import browser, visit
from tests.report_samples import HOSTILE, sample, sample_document

TITLES = [
    "Page de garde",
    "Synthèse",
    "Le site",
    "Le groupe et les besoins",
    "Programme",
    "Mixité",
    "Coûts et financement",
    "Accessibilité pour les ménages",
    "Scénarios et sensibilité",
    "Sécurisation",
    "Hypothèses",
    "Sources, limites, glossaire",
]


class Reading(HTMLParser):
    """Tags with their attributes, and the text, as a browser meets them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def page() -> str:
    return render("rapport.html.j2", document=sample_document())


def test_twelve_sections_in_order(page: str) -> None:
    found = re.findall(r"<h2 id=\"titre-\d+\">(\d+)\. ([^<]+)</h2>", page)
    assert found == [(str(n), title) for n, title in enumerate(TITLES, start=1)]


def test_headings_go_down_one_step_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Reading(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_stands_alone(page: str) -> None:
    read = Reading(page)
    assert not read.all("script", "link", "iframe")
    assert "://" not in page
    assert {a["href"] for a in read.all("a")} == {
        "#contenu",
        "carte.html",
        *(f"#section-{n}" for n in range(1, 13)),
    }
    assert all(str(image["src"]).startswith("data:image/png;base64,") for image in read.all("img"))


def test_everyone_can_read_it(page: str) -> None:
    read = Reading(page)
    assert read.all("html")[0]["lang"] == "fr"
    assert all(len(image["alt"] or "") > 20 for image in read.all("img"))
    assert len(read.all("caption")) == len(read.all("table"))
    assert all(cell.get("scope") in ("row", "col") for cell in read.all("th"))
    assert page.index('class="evitement"') < page.index("<header")


def test_the_cover_warns_and_dates(page: str) -> None:
    head = Reading(page[: page.index("<main")]).text
    assert "document de travail" in head
    assert "Commune inventée : aucun chiffre ne décrit un lieu réel." in head
    assert "22/11/2026" in head


def test_nobody_is_named(page: str) -> None:
    assert not re.findall(r"\bM\d\d\b|\bC\d\d\b", Reading(page).text)


def test_an_impossible_site_has_no_figure_of_a_solution() -> None:
    page = render("rapport.html.j2", document=sample_document("impossible"))
    text = Reading(page).text
    assert "Verdict\u00a0: infaisable." in text
    assert "Ce qui rendrait un programme possible" in text
    for absent in (
        "Effort à réunir de",
        "Plan de financement",
        "Certificat",
        "Prix de revient prév",
    ):
        assert absent not in text
    assert text.count("aucun programme n'est à montrer") == 4
    assert re.findall(r"<h2 id=\"titre-\d+\">\d+\. ([^<]+)</h2>", page) == TITLES


def test_hostile_text_is_shown_and_does_nothing() -> None:
    page = render("rapport.html.j2", document=sample_document("hostile"))
    assert "<script" not in page
    assert HOSTILE in Reading(page).text
    assert Reading(page).text.count("{{7*7}}") > 5


def test_a_lone_heading_is_left_out() -> None:
    made = section(1, "T", Heading(text="a"), None, Heading(text="b"), ("x",), Heading(text="c"))
    assert made.blocks == (Heading(text="b"), Points(items=("x",)))


@pytest.mark.browser
def test_a_browser_opens_it_without_network(chromium: str, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for kind in ("base", "hostile", "impossible"):
        path = write_html(sample(kind), tmp_path / f"{kind}.html", document=sample_document(kind))
        with browser(chromium) as opened, visit(opened, path) as seen:
            assert (seen.requests, seen.errors) == ([], [])
            assert Axe().run(seen.page).violations_count == 0
            seen.page.set_viewport_size({"width": 640, "height": 800})  # 1 280 pixels at 200 %
            overflow = "document.documentElement.scrollWidth - window.innerWidth"
            assert seen.page.evaluate(overflow) <= 0
