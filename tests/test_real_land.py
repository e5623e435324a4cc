"""The statistics published in ../shared/realdata/README.md, found again by the loaders."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.land.brownfields import load_brownfields
from habitat_analysis.land.buildings import UNBUILT_M2, built_area, load_buildings
from habitat_analysis.land.context import load_points, load_risks, risk_of_parcels
from habitat_analysis.land.geodata import Loaded
from habitat_analysis.land.parcels import load_parcels
from habitat_analysis.land.sales import flat_prices, load_sales, market_summary
from habitat_analysis.land.zoning import load_zoning, zones_of_parcels

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def latresne(realdata: Path) -> Path:
    return realdata / "33234_latresne"


@pytest.fixture(scope="module")
def parcels(latresne: Path) -> gpd.GeoDataFrame:
    return load_parcels(latresne / "cadastre-33234-parcelles.json").table


@pytest.fixture(scope="module")
def zones(latresne: Path) -> gpd.GeoDataFrame:
    return load_zoning(latresne / "zone_urba.geojson").table


@pytest.fixture(scope="module")
def buildings(latresne: Path) -> gpd.GeoDataFrame:
    return load_buildings(latresne / "batiments.geojson").table


@pytest.fixture(scope="module")
def sales(realdata: Path) -> Loaded:
    return load_sales(sorted(realdata.glob("92078*/geo-dvf/csv/*/communes/92/92078.csv")))


def hectares(layer: gpd.GeoDataFrame, column: str) -> dict[str, float]:
    return (layer.area.groupby(layer[column]).sum() / 1e4).round(2).to_dict()


def test_parcels_of_latresne(parcels: gpd.GeoDataFrame) -> None:
    assert len(parcels) == 4344
    assert parcels["idu"].is_unique
    assert parcels["insee"].eq("33234").all()
    assert parcels["section"].nunique() == 10
    assert (parcels["section"].min(), parcels["section"].max()) == ("AB", "AN")
    assert round(parcels["area_m2"].sum() / 1e4, 2) == 866.88
    assert round(parcels["area_m2"].median(), 1) == 640.3
    assert (parcels["area_m2"] >= 1000).sum() == 1688
    assert (parcels["area_m2"] < 1).sum() == 3
    largest = parcels.loc[parcels["area_m2"].idxmax()]
    assert largest["idu"] == "33234000AI0142"
    assert round(largest["area_m2"]) == 250_218
    assert parcels["contenance_m2"].isna().all()


def test_both_files_of_parcels_agree(latresne: Path, parcels: gpd.GeoDataFrame) -> None:
    loaded = load_parcels(latresne / "parcelles.geojson")
    assert loaded.table["idu"].tolist() == parcels["idu"].tolist()
    assert loaded.table["area_m2"].to_numpy() == pytest.approx(parcels["area_m2"].to_numpy())
    assert any("commune 33234" in note and "préfixe 000 supposé" in note for note in loaded.notes)


def test_zones_of_latresne(zones: gpd.GeoDataFrame) -> None:
    assert hectares(zones, "type") == {
        "U": 298.72,
        "AUc": 9.45,
        "A": 228.92,
        "N": 484.58,
        "Nh": 4.29,
    }
    assert zones["type"].value_counts().to_dict() == {"U": 23, "N": 16, "A": 8, "AUc": 7, "Nh": 1}
    assert zones["label"].nunique() == 13
    assert round(zones.area.sum() / 1e4, 2) == 1025.95
    assert zones["approved_on"].unique().tolist() == ["2017-02-13"]
    assert zones.loc[zones["label"] == "UX", "destination"].unique().tolist() == ["02"]


def test_buildings_of_latresne(buildings: gpd.GeoDataFrame) -> None:
    assert len(buildings) == 3513
    assert round(buildings["footprint_m2"].sum()) == 417_261
    assert set(buildings["kind"]) == {"Bâtiment en dur", "Construction légère"}


def test_overlaps_of_latresne(
    parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> None:
    zoned = zones_of_parcels(parcels, zones)
    assert zoned["zone_type"].value_counts().to_dict() == {
        "U": 2943,
        "N": 1050,
        "A": 307,
        "AUc": 31,
        "Nh": 13,
    }
    assert (zoned["n_zones"] >= 2).sum() == 209
    assert zoned["straddles"].sum() == 104
    unbuilt = built_area(parcels, buildings).to_numpy() <= UNBUILT_M2
    assert unbuilt.sum() == 2265
    open_zones = zoned["zone_family"].isin(["U", "AUc"])
    candidates = unbuilt & open_zones & parcels["area_m2"].between(800, 10_000)
    assert candidates.sum() == 229
    assert round(parcels["area_m2"][candidates].sum()) == 386_397
    assert zoned["zone_label"][candidates].isin(["UX", "UE"]).sum() == 14


@pytest.mark.parametrize(
    ("folder", "n_zones", "expected", "total"),
    [
        ("30014_PLU_20171013", 90, {"U": 78.1, "AUc": 7.3, "A": 796.7, "N": 487.1}, 1369.2),
        (
            "41175_PLU_20140603",
            118,
            {"U": 66.4, "AUc": 4.0, "AUs": 1.3, "A": 1062.3, "N": 254.8, "Nh": 21.9},
            1410.6,
        ),
    ],
)
def test_deliveries_of_both_standards(
    realdata: Path, folder: str, n_zones: int, expected: dict[str, float], total: float
) -> None:
    zones = load_zoning(realdata / "cnig_plu" / folder).table
    assert len(zones) == n_zones
    areas = {kind: round(area, 1) for kind, area in hectares(zones, "type").items()}
    assert areas == expected
    assert round(zones.area.sum() / 1e4, 1) == total


def test_garbled_accents_are_read_right(realdata: Path) -> None:
    loaded = load_zoning(realdata / "cnig_plu" / "41175_PLU_20140603")
    text = " ".join(loaded.table["label_long"])
    assert "où l'évolution" in text
    assert "Ã" not in text
    assert "lus en UTF-8" in loaded.notes[0]
    assert loaded.table["destination"].ne("").all()
    newer = load_zoning(realdata / "cnig_plu" / "30014_PLU_20171013").table
    assert "particulières" in newer["label_long"].iloc[0]
    assert newer["destination"].eq("").all()


def test_technological_plan(realdata: Path, parcels: gpd.GeoDataFrame) -> None:
    risks = load_risks(realdata / "risques" / "pprt_69dreal20090005.gpkg").table
    assert len(risks) == 25
    assert round(risks.area.sum() / 1e4, 2) == 41.42
    assert risks["level"].value_counts().to_dict() == {"bleu": 17, "rouge": 8}
    assert set(risks["kind"]) == {"risque technologique"}
    assert risks.loc[risks["label"].str.contains("stricte"), "level"].eq("rouge").all()
    far = risk_of_parcels(parcels.head(3), risks)
    assert far["risk_level"].tolist() == ["aucun"] * 3
    assert far["flood_level"].isna().all()


def test_sales_of_villeneuve(sales: Loaded) -> None:
    table = sales.table
    assert len(table) == 827
    assert int(table["price_eur"].sum()) == 407_438_629
    assert table["mutation_id"].str[:4].value_counts().to_dict() == {
        "2020": 113,
        "2021": 221,
        "2022": 238,
        "2023": 255,
    }
    assert "2\u202f166\u00a0lignes lues" in sales.notes[0]
    assert sales.dropped["count"].tolist() == [276]
    assert table["price_eur"].isna().sum() == 3
    assert (table["price_eur"].min(), table["price_eur"].max()) == (1, 70_826_000)
    assert (table["n_rows"] > 1).sum() == 615
    assert (table["idus"].map(len) > 1).sum() == 20
    assert len({idu for idus in table["idus"] for idu in idus}) == 189
    assert table["date"].min() == pd.Timestamp("2020-07-01")


def test_prices_of_villeneuve(sales: Loaded) -> None:
    prices = flat_prices(sales.table)["price_m2_eur"]
    assert len(prices) == 444
    assert prices.quantile([0.25, 0.5, 0.75]).round(1).tolist() == [2770.5, 3343.0, 4246.9]
    summary = market_summary(sales.table).set_index("kind")
    assert summary.loc["Appartements", ["n", "median"]].round(1).tolist() == [444, 3343.0]
    assert summary.loc["Logements en VEFA", ["n", "median"]].tolist() == [168, 288_000]
    land = sales.table.loc[sales.table["nature"] == "Vente terrain à bâtir"].iloc[0]
    assert (land["idus"], land["price_eur"], land["land_m2"]) == (
        ("920780000B0129",),
        324_624,
        2022,
    )


def test_polluted_sites(realdata: Path) -> None:
    loaded = load_brownfields(realdata / "friches" / "donnees-ademe-sites-pollues.geojson")
    lost = dict(loaded.dropped[["reason", "count"]].to_numpy().tolist())
    assert lost == {"géométrie absente ou vide": 29, "hors de France métropolitaine": 3}
    assert len(loaded.table) + sum(lost.values()) == 419
    assert loaded.table["insee"].str.len().eq(5).all()


@pytest.mark.parametrize(
    ("load", "name", "word"),
    [
        (
            load_brownfields,
            "friches/cnig-friches-fichier-valide.csv",
            "latitude semblent inversées",
        ),
        (load_zoning, "69_lyon_villeurbanne/iris.geojson", "typezone"),
        (load_parcels, "69_lyon_villeurbanne/lignes_metro.geojson", "polygone"),
        (load_points, "69_lyon_villeurbanne/lignes_metro.geojson", "point"),
        (load_parcels, "69_lyon_villeurbanne/autopartage.geojson", "polygone"),
        (load_risks, "33234_latresne/zone_urba.geojson", "typereglement"),
        (load_parcels, "33234_latresne/zone_urba.geojson", "« id »"),
        (load_zoning, "33234_latresne/parcelles.geojson", "typezone"),
        (load_zoning, "cnig_plu", "plusieurs couches"),
        (load_zoning, "risques/pprt_69dreal20090005.gpkg", "aucune couche du nom attendu"),
        (load_parcels, "national/communes.json", "collection d'objets GeoJSON"),
        (load_parcels, "national/iris_2021.parquet", "Parquet"),
        (load_points, "national/zonage-abc-juillet-2024.csv", "coordonnées"),
        (load_points, "national/tauxvacance_communes_2021.csv", "UTF-8"),
        (load_sales, "national/cityStats.csv", "en-tête attendu"),
    ],
)
def test_other_files_are_refused_in_one_clear_way(
    realdata: Path, load: Any, name: str, word: str
) -> None:
    with pytest.raises(DataError) as caught:
        load(realdata / name)
    assert word in str(caught.value).replace("\u00a0", " ")


def test_car_sharing_points_load_as_another_kind(realdata: Path) -> None:
    points = load_points(realdata / "69_lyon_villeurbanne" / "autopartage.geojson").table
    assert points["kind"].value_counts().to_dict() == {"autre": 138}
