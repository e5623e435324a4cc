"""The sites side by side, the page that leads to each, and the failures told."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.report.comparison import write_comparison
from habitat_analysis.report.comparison_tables import comparison_figure, comparison_table
from tests.offline_browser import browser, visit
from tests.report_samples import HOSTILE, sample_ground
from tests.small_study import idu
from tests.test_document import Reading

GOOD = {
    "site": idu(1).lower(),
    "idus": idu(1),
    "zone": "UA",
    "surface_m2": 1800.0,
    "statut": "optimal",
    "verdict": "faisable sous conditions",
    "logements": 14,
    "besoins_couverts": 14,
    "besoins_groupe": 14,
    "effort_eur": 36_000.0,
    "fonds_propres_eur": 0.0,
    "subventions_eur": 36_000.0,
    "cout_m2_shab_eur": 3073.0,
    "part_locatif_social": 0.286,
    "score": 0.91,
    "rang": 1,
    "dossier": f"{idu(1).lower()}/base",
}
OTHER = GOOD | {
    "site": "deux",
    "idus": f"{idu(5)}, {idu(6)}",
    "effort_eur": 90_000.0,
    "fonds_propres_eur": 54_000.0,
    "dossier": "deux/base",
}
LOST = {
    "site": idu(9).lower(),
    "idus": idu(9),
    "zone": "1AU",
    "verdict": "infaisable",
    "statut": "infeasible",
    "score": 0.61,
    "rang": 4,
    "dossier": f"{idu(9).lower()}/base",
}
FAILED = {"site": "trois", "idus": "", "raison": f"Parcelle {HOSTILE} inconnue."}
SITES = pd.DataFrame([GOOD, OTHER, LOST, FAILED])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("comparaison")
    write_comparison(SITES, sample_ground(), target)
    return target


def page(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def test_four_files_are_written(folder: Path) -> None:
    names = ["comparaison.gpkg", "comparaison.html", "comparaison.xlsx", "index.html"]
    assert sorted(path.name for path in folder.iterdir()) == names


def test_the_index_leads_to_each_report(folder: Path) -> None:
    links = [str(a["href"]) for a in Reading(page(folder, "index.html")).all("a")]
    assert [link for link in links if link.endswith("rapport.html")] == [
        f"{idu(1).lower()}/base/rapport.html",
        "deux/base/rapport.html",
        f"{idu(9).lower()}/base/rapport.html",
    ]
    assert "comparaison.html" in links


def test_the_effort_is_told_in_its_parts(folder: Path) -> None:
    text = Reading(page(folder, "index.html")).text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "effort à réunir de 90 000 € (54 000 € de fonds propres et 36 000 €" in text


def test_a_failure_is_shown_with_its_reason(folder: Path) -> None:
    text = Reading(page(folder, "index.html")).text
    assert "dont 1 en échec" in text
    assert "ECHEC" in text
    assert HOSTILE in text
    assert "<script>alert" not in page(folder, "index.html")


def test_kept_and_excluded_parcels_are_counted(folder: Path) -> None:
    assert (
        "12\u00a0parcelles dans la commune : 8\u00a0sites à étudier et 4 écartées".replace(
            " :", "\u00a0:"
        )
        in Reading(page(folder, "index.html")).text
    )


def test_an_impossible_site_has_no_figure() -> None:
    rows = comparison_table(SITES).table().rows
    assert rows[2][:3] == (idu(9), "infaisable", "s. o.")
    assert rows[1][0] == f"{idu(5)} + {idu(6)}"
    assert rows[3][1] == "ECHEC"


def test_only_sites_with_a_programme_are_drawn() -> None:
    chart = comparison_figure(SITES, sample_ground())
    assert chart is not None
    assert idu(9) not in chart.alt
    assert comparison_figure(pd.DataFrame([GOOD, LOST]), sample_ground()) is None


def test_shapes_of_the_sites_and_of_the_candidates(folder: Path) -> None:
    sites = pyogrio.read_dataframe(folder / "comparaison.gpkg", layer="sites")
    assert len(sites) == 4
    assert sites.area[:2].tolist() == pytest.approx([1800, 3600], abs=1)
    assert sites["effort_eur"].isna().tolist() == [False, False, True, True]
    assert len(pyogrio.read_dataframe(folder / "comparaison.gpkg", layer="sites_a_etudier")) == 8


def test_the_workbook_keeps_numbers(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "comparaison.xlsx")
    assert book["Comparaison"]["E4"].value == 36_000
    assert book["Échecs"]["C4"].data_type == "s"


def test_the_same_sites_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for path in write_comparison(SITES, sample_ground(), tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes()


@pytest.mark.parametrize("where", ["/etc/x", "http://x", "a:b", "C:\\x", "../x"])
def test_a_report_is_at_a_relative_address(where: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_comparison(pd.DataFrame([GOOD | {"dossier": where}]), sample_ground(), tmp_path)


def test_no_site_at_all_is_still_a_page(tmp_path: Path) -> None:
    write_comparison(SITES.head(0), sample_ground(), tmp_path)
    assert "0\u00a0site étudié" in page(tmp_path, "index.html")


@pytest.mark.browser
def test_the_pages_open_without_network(folder: Path, chromium: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with browser(chromium) as opened:
        for name in ("index.html", "comparaison.html"):
            with visit(opened, folder / name) as seen:
                assert (seen.requests, seen.errors) == ([], [])
                assert Axe().run(seen.page).violations_count == 0
                if name == "index.html":
                    frame = seen.page.frame_locator("iframe")
                    frame.locator("path.leaflet-interactive").first.wait_for()
                    assert frame.locator("path.leaflet-interactive").count() >= 8
