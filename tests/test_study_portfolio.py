"""The portfolio of a study where planners look: with its reports, and beside the sites compared."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from habitat_analysis.cli import status
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Ground, read_ground
from habitat_analysis.formats import NARROW, NBSP
from habitat_analysis.report.portfolio_tables import dear_land_sentence, limits_sheet
from habitat_analysis.runs.portfolio import parquet_bytes, portfolio_file, run_portfolio
from habitat_analysis.runs.portfolio_batch import portfolio_files
from habitat_analysis.runs.study_portfolio import LIVE_SITES, study_portfolio
from habitat_analysis.study import load_study
from tests.small_study import write_small_study

FEW = {"foncier": {"surface_max_m2": 1900}, "programme": {"objectifs": ["effort"]}}  # quick


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("etude"), changes=FEW)


@pytest.fixture(scope="module")
def ground(study: Path) -> Ground:
    return read_ground(load_study(study))


@pytest.fixture(scope="module")
def reports(study: Path) -> Path:
    """Folder of the reports of the study, with its portfolio."""
    folder = study.parent / "reports" / load_study(study).name
    folder.mkdir(parents=True)
    file = portfolio_file(folder)
    run_portfolio(study, out=file, n_workers=1, say=lambda _: None, tell=lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def rows(reports: Path) -> gpd.GeoDataFrame:
    return gpd.read_parquet(portfolio_file(reports))


def plain(text: object) -> str:
    return str(text).replace(NBSP, " ").replace(NARROW, " ")


def test_it_stands_by_default_with_the_reports(
    study: Path, reports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(study.parent)
    kept = portfolio_file(reports).relative_to(study.parent)
    assert status(["portfolio", str(study)]) == 0
    assert f"Inchangé : {kept}" in plain(capsys.readouterr().out)
    named = portfolio_files([study], None, scenario="tension")
    assert list(named.values()) == [kept.with_name("portefeuille-tension.parquet")]
    twin = study.with_name("autre.yaml")
    twin.write_bytes(study.read_bytes())
    with pytest.raises(DataError, match="même fichier"):
        portfolio_files([study, twin], None, scenario="base")


def test_a_portfolio_of_these_files_is_ranked(study: Path, ground: Ground, reports: Path) -> None:
    found = study_portfolio(ground, study, scenario="base", reports=reports)
    assert found.rows is not None
    assert (found.note, found.page) == ("", "portefeuille.html")
    ranking = found.ranking()
    assert ranking is not None
    assert ranking.frame["rang"].tolist() == list(range(1, len(ranking.frame) + 1))
    assert [type(block).__name__ for block in found.blocks()] == [
        "Heading", "Paragraph", "Sheet", "Link",
    ]  # fmt: skip


def test_a_portfolio_of_other_inputs_is_not_shown(
    study: Path, ground: Ground, reports: Path, tmp_path: Path
) -> None:
    changed = tmp_path / study.name
    changed.write_text(study.read_text("utf-8") + "\n", encoding="utf-8")
    found = study_portfolio(ground, changed, scenario="base", reports=reports)
    assert found.rows is None
    assert found.ranking() is None
    assert "d'autres hypothèses" in plain(found.note)
    assert "habitat portfolio etude.yaml" in plain(found.note)


def test_an_unfinished_or_broken_portfolio_is_not_shown(
    study: Path, ground: Ground, rows: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    file = portfolio_file(tmp_path)
    file.write_bytes(parquet_bytes(rows, ""))
    part = study_portfolio(ground, study, scenario="base", reports=tmp_path)
    assert part.rows is None
    assert "incomplet" in plain(part.note)
    file.write_bytes(b"rien")
    broken = study_portfolio(ground, study, scenario="base", reports=tmp_path)
    assert broken.rows is None
    assert "illisible" in plain(broken.note)


def test_without_a_portfolio_one_sentence_says_how_to_make_it(
    study: Path, ground: Ground, tmp_path: Path
) -> None:
    absent = study_portfolio(ground, study, scenario="base", reports=tmp_path)
    assert (absent.rows, absent.ranking()) == (None, None)
    assert "Lancez « habitat portfolio etude.yaml »" in plain(absent.sentences()[0])
    assert [type(block).__name__ for block in absent.blocks()] == ["Heading", "Paragraph"]


def test_without_reports_the_first_sites_are_answered(
    study: Path, ground: Ground, rows: gpd.GeoDataFrame
) -> None:
    begun = study_portfolio(ground, study, scenario="base")
    assert begun.rows is not None
    assert len(begun.rows) == min(LIVE_SITES, len(ground.screened.kept))
    whole = rows.set_index("site")
    for row in begun.rows.to_dict("records"):
        for name in ("effort_eur", "charge_fonciere_admissible_ht_eur"):
            assert row[name] == pytest.approx(whole.loc[row["site"], name], abs=0.01)
    assert "premiers sites du classement" in plain(begun.note)


def test_a_site_that_cheaper_land_would_open_is_counted(rows: gpd.GeoDataFrame) -> None:
    assert dear_land_sentence(rows) == ""
    shut = rows.assign(statut="infeasible", logements=pd.NA)
    price = "charge_fonciere_admissible_ht_eur"
    shut[price] = np.nan
    shut.loc[shut.index[:3], price] = [-1.0, 5.0, 7.0]
    said = plain(dear_land_sentence(shut))
    assert f"Sur {len(shut)} sites sans programme, 2 en auraient un" in said
    assert "sur 1, même un terrain gratuit" in said


def test_a_limit_in_a_conflict_is_not_said_to_be_enough(rows: gpd.GeoDataFrame) -> None:
    """An irreducible conflict holds with all other rules lifted: one less may open nothing."""
    table = limits_sheet(rows)
    assert table is not None
    words = plain(table)
    assert "suffit à" not in words
    assert "en lever une seule ne suffit donc pas toujours" in words
