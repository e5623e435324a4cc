"""Every parcel and assembly: all treated, exactly, resumed after a kill, the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import pytest
import shapely

from habitat_analysis.cli import status
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Ground, read_ground, study_site
from habitat_analysis.feasibility.answers import Answer
from habitat_analysis.land.sites import site_name
from habitat_analysis.programme.wording import STATUS_LABELS
from habitat_analysis.report.portfolio_scene import IMPOSSIBLE, symbol_of
from habitat_analysis.report.portfolio_tables import (
    counts_sheet,
    ranked_portfolio,
    ranking_sheet,
    read_portfolio,
    unexamined_sheet,
)
from habitat_analysis.runs.portfolio import PortfolioRun, run_portfolio
from habitat_analysis.runs.portfolio_batch import portfolio_files, run_portfolios
from habitat_analysis.runs.portfolio_pool import Done, work_in_pool
from habitat_analysis.runs.portfolio_rows import portfolio_rows
from habitat_analysis.runs.portfolio_sites import Gathered, figures_of, gather_portfolio
from habitat_analysis.runs.portfolio_work import Work, do_work, make_work, stopped
from habitat_analysis.study import load_study
from tests.offline_browser import browser, visit
from tests.small_study import idu, impossible, write_small_study

HOSTILE = "<script>alert(1)</script>{{7*7111}}${x}"
FEW = {"foncier": {"surface_max_m2": 1900}, "programme": {"objectifs": ["effort"]}}  # quick
SITES = 13  # 8 parcels and 5 pairs of the small study
RUN = """
import sys
from pathlib import Path
from habitat_analysis.runs.portfolio import run_portfolio
run_portfolio(Path(sys.argv[1]), out=Path(sys.argv[2]), n_workers=2, chunk_sites=1,
              say=lambda _: None, tell=lambda *_: None)
"""


def run(study: Path, out: Path, **options: Any) -> PortfolioRun:
    quiet: dict[str, Any] = {"say": lambda _: None, "tell": lambda *_: None, "n_workers": 1}
    return run_portfolio(study, out=out, **(quiet | options))


def gather(folder: Path, **changes: Any) -> Gathered:
    return gather_portfolio(read_ground(load_study(write_small_study(folder, changes=changes))))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("etude"))


@pytest.fixture(scope="module")
def whole(study: Path) -> Path:
    """File of an uninterrupted run, in one process."""
    return run(study, study.parent / "portefeuille.parquet").file


@pytest.fixture(scope="module")
def rows(whole: Path) -> gpd.GeoDataFrame:
    return read_portfolio(whole)


@pytest.fixture(scope="module")
def demo(project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ground, Path]:
    study_file = project / "data" / "demo" / "etude.yaml"
    out = tmp_path_factory.mktemp("demo") / "demo.parquet"
    run(study_file, out, n_workers=2)
    return read_ground(load_study(study_file)), out


@pytest.mark.slow
def test_every_candidate_and_assembly_of_the_demo_is_treated(demo: tuple[Ground, Path]) -> None:
    ground, out = demo
    rows = read_portfolio(out)
    expected = {site_name([idu]) for idu in ground.screened.kept["idu"]}
    pairs = gather_portfolio(ground).assemblies.kept["idu"]
    assert set(rows["site"]) == expected | set(pairs)
    assert rows["site"].is_monotonic_increasing
    assert rows["statut"].isin(["optimal", "infeasible"]).all()
    assert out.with_suffix(".html").stat().st_size < 2_000_000


@pytest.mark.slow
def test_the_optimum_of_a_site_of_the_demo_is_that_of_its_report(
    demo: tuple[Ground, Path],
) -> None:
    ground, out = demo
    rows = read_portfolio(out).set_index("site")
    for site in rows.index[::13]:
        row = rows.loc[site]
        report = study_site(ground, tuple(row["idus"].split(", ")))
        assert report.optimum.status == row["statut"]
        if report.optimum.evaluation is not None:
            found = report.optimum.evaluation
            assert row["besoins_couverts"] == found.housed
            assert row["effort_eur"] == pytest.approx(found.public_money_eur, abs=0.01)
            assert row["logements"] == found.dwellings


def test_every_column_says_what_the_answer_was(rows: gpd.GeoDataFrame) -> None:
    assert len(rows) == SITES
    assert rows.crs == "EPSG:2154"
    assert (rows["statut"] == "optimal").all()
    tenures = rows[[name for name in rows if name.startswith("logements_")]]
    assert (tenures.sum(axis=1) == rows["logements"]).all()
    parts = ["fonds_propres_eur", "subventions_eur", "subvention_complementaire_eur"]
    assert np.allclose(rows[parts].sum(axis=1), rows["effort_eur"], atol=0.02)
    needs = rows["besoins_couverts"].astype(float)
    assert np.allclose(rows["effort_par_besoin_eur"], rows["effort_eur"] / needs, atol=0.01)
    assert (rows["objectif_effort_ecart"] <= 1e-6).all()
    assert (rows["limites"] != "").all()


def test_the_land_bill_before_tax_is_the_counted_land_and_what_more_can_be_borne(
    study: Path, rows: gpd.GeoDataFrame
) -> None:
    """The land is financed at 3 % for 30 months; the fixed cost bears 8.5 % of tax."""
    alone = rows[rows["nature"] == "parcelle"].iloc[0]
    counted = 110 * alone["surface_m2"]
    assert alone["terrain_compte_ht_eur"] == pytest.approx(counted)
    more = alone["charge_fonciere_supplement_ttc_eur"] / ((1 + 0.03 * 30 / 12) * 1.085)
    whole = alone["charge_fonciere_admissible_ht_eur"]
    assert whole == pytest.approx(counted + more, abs=0.02)
    assert alone["charge_fonciere_ht_par_m2_terrain"] == pytest.approx(
        whole / alone["surface_m2"], abs=0.01
    )
    assert alone["charge_fonciere_ht_par_m2_sdp"] == pytest.approx(
        whole / alone["sdp_m2"], abs=0.01
    )


def test_two_processes_and_other_chunks_give_the_same_bytes(study: Path, whole: Path) -> None:
    other = run(study, study.parent / "deux.parquet", n_workers=2, chunk_sites=3)
    assert other.n_answered == SITES
    assert other.file.read_bytes() == whole.read_bytes()
    assert other.page.read_bytes() == whole.with_suffix(".html").read_bytes()
    assert not list(study.parent.glob(".*"))


def test_what_has_not_changed_is_not_computed_again(study: Path, whole: Path) -> None:
    again = run(study, whole)
    assert again.unchanged
    assert again.n_answered == 0


@pytest.mark.skipif(os.name == "nt", reason="un autre signal arrête un processus sous Windows")
def test_a_killed_run_goes_on_where_it_stopped(study: Path, whole: Path) -> None:
    out = study.parent / "tue.parquet"
    process = subprocess.Popen([sys.executable, "-c", RUN, str(study), str(out)])
    limit = time.monotonic() + 60
    while len(list(study.parent.glob(".tue.parquet.*.travail/*.json"))) < 3:
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.02)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []
    resumed = run(study, out, chunk_sites=1)
    assert 0 < resumed.n_answered <= SITES - 3
    assert out.read_bytes() == whole.read_bytes()
    assert not list(study.parent.glob(".tue.*"))


def test_a_damaged_chunk_is_computed_again(study: Path, whole: Path) -> None:
    out = study.parent / "abime.parquet"

    def stop(done: int, total: int) -> None:
        if done == total - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(study, out, chunk_sites=1, tell=stop)
    [folder] = study.parent.glob(".abime.parquet.*.travail")
    min(folder.glob("*.json")).write_text("[{", encoding="utf-8")
    resumed = run(study, out, chunk_sites=1)
    assert resumed.n_answered == 2
    assert out.read_bytes() == whole.read_bytes()


def test_without_zoning_every_site_says_why_it_was_not_examined(tmp_path: Path) -> None:
    sites = gather(tmp_path, fichiers={"zonage": None}).sites
    assert len(sites) > 0
    assert sites["reason"].str.contains("Zonage du PLU non fourni").all()
    assert (sites["reason_code"] == "E_NO_RULES").all()


def test_outside_the_zones_read_a_parcel_is_a_row_with_its_reason(tmp_path: Path) -> None:
    path = write_small_study(tmp_path)
    layer = gpd.read_file(tmp_path / "zonage.geojson")
    kept = layer[layer["libelle"] == "1AU"]
    (tmp_path / "zonage.geojson").write_text(kept.to_json(), encoding="utf-8")
    sites = gather_portfolio(read_ground(load_study(path))).sites
    outside = sites[sites["reason"] != ""]
    ranks = (1, 2, 5, 6, 7, 8, 11, 12)  # 3 and 4 are built: that is known
    assert set(outside["site"]) == {site_name([idu(rank)]) for rank in ranks}
    assert outside["reason"].str.contains("Hors des zones du PLU lues").all()


def test_a_zone_without_rules_is_named(tmp_path: Path) -> None:
    path = write_small_study(tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["regles_plu"] = content["regles_plu"][:1]
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    out = run(path, tmp_path / "sans.parquet").file
    rows = read_portfolio(out)
    lost = rows[rows["statut"] == "not_examined"]
    assert len(lost) == 3  # parcels 9 and 10, and the two together
    assert lost["statut_libelle"].eq("Non examiné").all()
    assert lost["non_examine"].str.contains("1AU").all()
    assert lost["logements"].isna().all()
    assert (rows["statut"] == "optimal").sum() == SITES - 3
    assert "1AU" in repr(unexamined_sheet(rows))


def test_a_layer_absent_is_said_on_every_site(tmp_path: Path) -> None:
    sites = gather(tmp_path, fichiers={"batiments": None}).sites
    assert sites["layers_missing"].str.contains("bâti").all()
    assert site_name([idu(3)]) in set(sites["site"])  # nobody knows that it is built


def test_a_shape_that_cannot_be_measured_stops_nothing(tmp_path: Path) -> None:
    path = write_small_study(tmp_path)
    layer = gpd.read_file(tmp_path / "parcelles.geojson").to_crs(2154)
    low_x, low_y, high_x, high_y = layer.geometry.iloc[0].bounds
    third = (high_x - low_x) / 3
    pieces = [
        shapely.box(low_x, low_y, low_x + third, high_y),
        shapely.box(high_x - third, low_y, high_x, high_y),
    ]
    layer.loc[0, "geometry"] = shapely.MultiPolygon(pieces)
    text = layer.to_crs(4326).to_json()
    (tmp_path / "parcelles.geojson").write_text(text, encoding="utf-8")
    changes = {"surface_min_m2": 500, "largeur_min_m": 5}
    content = json.loads(path.read_text(encoding="utf-8"))
    content["foncier"] |= changes
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    sites = gather_portfolio(read_ground(load_study(path))).sites.set_index("site")
    assert "plusieurs morceaux" in sites.loc[site_name([idu(1)]), "reason"]
    assert sites.loc[site_name([idu(1)]), "reason_code"] == "E_NOT_CONTIGUOUS"
    assert (sites["reason"] == "").sum() > 5


def test_impossible_everywhere_is_said_with_its_way_out(tmp_path: Path) -> None:
    rows = read_portfolio(
        run(write_small_study(tmp_path, changes=FEW | impossible()), tmp_path / "x.parquet").file
    )
    assert len(rows) == 8
    assert (rows["statut"] == "infeasible").all()
    assert rows["limites"].str.contains("Nombre minimal de logements").all()
    assert (rows["charge_fonciere_statut"] == "infeasible").all()  # at any price of the land
    assert rows["charge_fonciere_admissible_ht_eur"].isna().all()
    assert ranked_portfolio(rows)["rang"].isna().all()
    assert "Aucun programme" in repr(counts_sheet(rows))


def test_the_ranking_goes_from_the_least_effort(rows: gpd.GeoDataFrame) -> None:
    ranking = ranked_portfolio(rows)
    assert ranking["rang"].tolist() == list(range(1, SITES + 1))
    assert ranking["effort_par_besoin_eur"].is_monotonic_increasing
    shown = repr(ranking_sheet(rows, first=4))
    assert ranking.loc[0, "idus"] in shown
    assert len(ranking_sheet(rows, first=4).frame) == 4


@pytest.mark.browser
def test_a_hostile_text_is_inert_in_the_page(tmp_path: Path, chromium: str) -> None:
    study = write_small_study(tmp_path, text=HOSTILE, changes=FEW)
    page = run(study, tmp_path / "x.parquet").page
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    with browser(chromium) as opened, visit(opened, page) as seen:
        frame = seen.page.frame_locator("iframe").first
        frame.locator("path.leaflet-interactive").first.wait_for()
        assert frame.locator("path[role=button]").count() > 0  # the first sites of the ranking
        assert seen.page.locator("table").count() >= 3
        assert (seen.errors, seen.requests) == ([], [])
        assert "49777" not in seen.page.content()


def test_the_command_says_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], study: Path, whole: Path
) -> None:
    out = tmp_path / "commune.parquet"
    assert status(["portfolio", str(study), "--out", str(out), "--jobs", "1"]) == 0
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "8 parcelles et 5 assemblages : un programme optimal et prouvé sur 13." in said
    assert "5 paires contiguës" in said
    assert "Couche non examinée : écoles" in said
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "x.csv"], "suffixe inattendu"),
        (["--out", "x.parquet", "--scenario", "autre"], "autre"),
        (["--out", "x.parquet", "--scheduler", "nulle-part"], "Dask"),
    ],
)
def test_a_wrong_call_is_refused_in_french(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, arguments: list[str], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert status(["portfolio", str(study), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_each_study_has_its_file_and_a_refused_one_stops_no_other(
    tmp_path: Path, study: Path, whole: Path
) -> None:
    other = write_small_study(
        tmp_path / "autre", changes={"etude": "autre", "fichiers": {"parcelles": "zonage.geojson"}}
    )
    said: list[str] = []
    out = tmp_path / "dossier"
    failed = run_portfolios(
        [other, study], out=out, n_workers=1, say=said.append, tell=lambda *_: None
    )
    assert failed == 1
    assert (out / "petite-commune.parquet").read_bytes() == whole.read_bytes()
    assert not (out / "autre.parquet").exists()
    with pytest.raises(DataError, match="même fichier"):
        portfolio_files([study, tmp_path / "autre" / ".." / "autre" / "etude.yaml", study],
                        out, scenario="base")  # fmt: skip


def test_what_is_no_portfolio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="illisible ou absent"):
        read_portfolio(tmp_path / "absent.parquet")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "autre.parquet")
    with pytest.raises(DataError):
        read_portfolio(tmp_path / "autre.parquet")


@dataclass(frozen=True)
class Deadly:
    """Part of a work that ends the process that unpacks it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


def test_a_site_that_kills_its_process_stops_no_other(study: Path) -> None:
    ground = read_ground(load_study(study))
    sites = gather_portfolio(ground).examined.head(2)
    figures = figures_of(sites, shab_per_sdp=ground.study.ratios.shab_per_sdp)
    whole = make_work(ground, figures, scenario="base")
    good, other = whole.chunks(1)
    chunks = {0: replace(other, mould=Deadly()), 1: good}
    found = dict(work_in_pool(chunks, n_workers=2))
    assert found[1] == do_work(good)
    assert found[0] == stopped(other)
    assert [one.status for one in found[0]] == ["error"]


def test_what_was_given_up_is_all_that_the_next_run_does(study: Path, whole: Path) -> None:
    """An engine that gives up its second chunk; then the engine of this machine."""
    out = study.parent / "abandon.parquet"

    def tired(chunks: Mapping[int, Work]) -> Done:
        for rank, work in chunks.items():
            yield rank, stopped(work) if rank == 1 else do_work(work)

    run(study, out, engine=tired, chunk_sites=5)
    rows = read_portfolio(out)
    assert (rows["statut"] == "error").sum() == 5
    assert rows.loc[rows["statut"] == "error", "note"].str.contains("relancez").all()
    again = run(study, out, chunk_sites=5)
    assert again.n_answered == 5
    assert out.read_bytes() == whole.read_bytes()
    assert not list(study.parent.glob(".abandon.*"))


def test_every_status_is_said_in_french_and_only_one_is_impossible(study: Path) -> None:
    ground = read_ground(load_study(study))
    sites = gather_portfolio(ground).examined.head(len(STATUS_LABELS))
    figures = figures_of(sites, shab_per_sdp=ground.study.ratios.shab_per_sdp)
    work = make_work(ground, figures, scenario="base")
    rows = portfolio_rows(sites, work, [Answer(status=code) for code in STATUS_LABELS])
    assert rows["statut"].tolist() == list(STATUS_LABELS)
    assert rows["statut_libelle"].tolist() == list(STATUS_LABELS.values())
    drawn = {row["statut"]: symbol_of(row) for row in rows.to_dict("records")}
    impossible_ones = [code for code, symbol in drawn.items() if symbol is IMPOSSIBLE]
    assert impossible_ones == ["infeasible"]
    said = repr(counts_sheet(rows))
    assert all(label in said for label in STATUS_LABELS.values())


def test_a_commune_without_any_site_has_a_file_without_rows(tmp_path: Path) -> None:
    study = write_small_study(
        tmp_path, changes={"foncier": {"surface_min_m2": 5000, "surface_max_m2": 6000}}
    )
    found = run(study, tmp_path / "vide.parquet")
    rows = read_portfolio(found.file)
    assert len(rows) == 0
    assert ranked_portfolio(rows).empty
    assert "<p>0 parcelle.</p>" in found.page.read_text("utf-8").replace("\u00a0", " ")


def test_without_a_group_the_land_decides_the_ranking(tmp_path: Path) -> None:
    study = write_small_study(tmp_path, group=False, changes=FEW)
    rows = read_portfolio(run(study, tmp_path / "seul.parquet").file)
    ranking = ranked_portfolio(rows)
    assert rows["besoins_couverts"].eq(0).all()
    assert ranking["charge_fonciere_ht_par_m2_sdp"].is_monotonic_decreasing
    assert ranking["effort_par_besoin_eur"].isna().all()
