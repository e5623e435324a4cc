"""The land of the demonstration commune: a town whose parcels fit, with sites worth comparing."""

import csv
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
DEFAULT_SITE = "99012000AB0012"
CHURCH = shapely.Point(518_945, 6_650_485)  # Lambert-93
PARCEL_KEYS = {"id", "commune", "prefixe", "section", "numero", "contenance", "arpente",
               "created", "updated"}  # fmt: skip
ZONE_KEYS = {"libelle", "libelong", "typezone", "destdomi", "nomfic", "urlfic", "idurba",
             "datvalid"}  # fmt: skip
ZONE_TYPES = {"UA": "U", "UB": "U", "UC": "U", "UX": "U", "UE": "U", "1AU": "AUc", "2AU": "AUs",
              "A": "A", "N": "N", "Nh": "Nh"}  # fmt: skip


def layer(name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(DEMO / name).to_crs(2154)


@pytest.fixture(scope="module")
def parcels() -> gpd.GeoDataFrame:
    return layer("cadastre-99012-parcelles.json").set_index("id", drop=False)


@pytest.fixture(scope="module")
def zones() -> gpd.GeoDataFrame:
    return layer("zone_urba.geojson")


@pytest.fixture(scope="module")
def buildings() -> gpd.GeoDataFrame:
    return layer("cadastre-99012-batiments.json")


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_parcels_are_those_of_a_small_town(parcels: gpd.GeoDataFrame) -> None:
    assert set(parcels.columns) == {*PARCEL_KEYS, "geometry"}
    assert 1_400 <= len(parcels) <= 1_750
    assert parcels["id"].is_unique
    assert parcels["id"].str.fullmatch(r"99012000[A-Z0-9]{2}\d{4}").all()
    rebuilt = "99012000" + parcels["section"].str.zfill(2) + parcels["numero"].str.zfill(4)
    assert (parcels["id"] == rebuilt).all()
    assert parcels.is_valid.all()
    assert (parcels.geom_type == "Polygon").all()
    assert parcels.area.min() > 50


def test_the_size_written_is_the_size_drawn_but_for_a_few(parcels: gpd.GeoDataFrame) -> None:
    assert 1 <= parcels["contenance"].isna().sum() <= 10
    known = parcels.dropna(subset="contenance")
    assert ((known["contenance"] / known.area - 1).abs() < 0.05).all()


def test_neighbours_share_their_edges_exactly() -> None:
    drawn = gpd.read_file(DEMO / "cadastre-99012-parcelles.json").geometry
    assert shapely.coverage_is_valid(drawn.to_numpy())  # no overlap, no unmatched edge
    corners = shapely.get_coordinates(drawn.to_numpy())
    assert np.array_equal(corners, np.round(corners, 7))  # a centimetre, as the publisher writes


def test_streets_and_river_are_not_parcelled(
    parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> None:
    ground = shapely.union_all(parcels.geometry.to_numpy())
    spots = {"church square": (40, 0), "bridge": (-29, -285), "avenue": (420, 412)}
    for name, (east, north) in spots.items():
        here = shapely.Point(CHURCH.x + east, CHURCH.y + north)
        assert not ground.contains(here), name
    share = ground.area / zones.area.sum()
    assert 0.90 < share < 0.97


def test_the_default_site_is_a_fine_communal_plot(
    parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> None:
    site = parcels.geometry[DEFAULT_SITE]
    assert 2_400 <= site.area <= 3_000
    assert site.distance(CHURCH) < 300
    assert buildings.intersection(site).area.sum() <= 1
    assert zones.loc[zones.contains(site.representative_point()), "typezone"].tolist() == ["U"]
    owners = rows_of("parcelles-personnes-morales.csv")
    owner = [row for row in owners if _idu(row) == DEFAULT_SITE]
    assert owner[0]["Dénomination (Propriétaire(s) parcelle)"].startswith("COMMUNE DE")


def _idu(row: dict[str, str]) -> str:
    section = row["Section (Références cadastrales)"].zfill(2)
    return f"99012000{section}{row['N° plan (Références cadastrales)'].zfill(4)}"


@pytest.mark.parametrize(
    ("idu", "zone", "smallest", "largest"),
    [
        ("99012000AE0144", "UC", 2_500, 3_200),  # meadow by the river, partly in the blue zone
        ("99012000AI0114", "UC", 2_500, 3_200),  # near the old barn
        ("99012000AE0027", "UB", 2_500, 3_200),  # heart of a block, reached by a narrow way
        ("99012000AH0026", "UB", 1_500, 2_200),  # triangle at the fork
        ("99012000AM0112", "UC", 3_300, 4_000),  # the orchard
        ("99012000AM0002", "UB", 4_300, 5_000),  # former goods yard
        ("99012000AL0131", "1AU", 2_000, 2_500),
        ("99012000AL0208", "1AU", 5_200, 6_000),
        ("99012000AL0209", "1AU", 5_200, 6_000),
        ("99012000AL0210", "1AU", 3_200, 3_700),
        ("99012000AC0257", "UA", 900, 1_100),  # car park of the old town
        ("99012000AN0020", "UX", 2_900, 3_400),  # business land: to be put aside
        ("99012000AB0035", "UE", 3_900, 4_500),  # land kept for schools: to be put aside
    ],
)
def test_a_screening_has_sites_to_compare(
    parcels: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    idu: str,
    zone: str,
    smallest: float,
    largest: float,
) -> None:
    site = parcels.geometry[idu]
    assert smallest <= site.area <= largest
    assert buildings.intersection(site).area.sum() <= 1
    assert zones.loc[zones.contains(site.representative_point()), "libelle"].tolist() == [zone]
    assert street_edge_m(parcels, idu) > 5


def street_edge_m(parcels: gpd.GeoDataFrame, idu: str) -> float:
    """Return the length of the edge of a parcel that touches no other parcel."""
    site = parcels.geometry[idu]
    others = parcels.geometry[parcels.geometry.distance(site) < 0.05].drop(idu)
    return site.boundary.difference(shapely.union_all(others.to_numpy()).buffer(0.05)).length


def test_two_small_neighbours_work_only_together(parcels: gpd.GeoDataFrame) -> None:
    west, east = (parcels.geometry[idu] for idu in ("99012000AM0068", "99012000AM0066"))
    assert max(west.area, east.area) < 600
    assert west.boundary.intersection(east.boundary).length > 15
    assert west.union(east).geom_type == "Polygon"


def test_one_communal_strip_is_too_thin_to_build(parcels: gpd.GeoDataFrame) -> None:
    strip = parcels.geometry["99012000AD0061"]
    assert strip.area > 900
    assert strip.buffer(-5).is_empty  # nowhere ten metres wide


def test_one_good_meadow_is_in_the_red_zone(parcels: gpd.GeoDataFrame) -> None:
    flood = layer("ppri_zonereglementaireurba_s.geojson")
    assert set(flood["typereglement"]) == {"02", "03"}  # prescriptions, interdiction
    assert flood.is_valid.all()
    red = shapely.union_all(flood.geometry[flood["codezonereglement"] == "R"].to_numpy())
    blue = shapely.union_all(flood.geometry[flood["codezonereglement"] == "B"].to_numpy())
    assert red.intersection(blue).area < 5
    meadow = parcels.geometry["99012000AD0091"]
    assert meadow.intersection(red).area > 0.8 * meadow.area
    assert not parcels.geometry[DEFAULT_SITE].intersects(red.union(blue))


def test_the_brownfield_is_the_old_sawmill(
    parcels: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> None:
    with (DEMO / "friches.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    site = parcels.geometry[row["unite_fonciere_refcad"]]
    assert float(row["unite_fonciere_surface"]) == pytest.approx(site.area, rel=0.01)
    assert buildings.intersection(site).area.sum() == pytest.approx(
        float(row["bati_surface"]), rel=0.01
    )
    place = gpd.GeoSeries.from_wkt([row["geompoint"]], crs=4326).to_crs(2154)[0]
    assert site.contains(place)


def test_zones_cover_the_commune_once(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> None:
    assert set(zones.columns) == {*ZONE_KEYS, "geometry"}
    assert dict(zip(zones["libelle"], zones["typezone"], strict=True)) == ZONE_TYPES
    assert shapely.coverage_is_valid(gpd.read_file(DEMO / "zone_urba.geojson").geometry.to_numpy())
    assert shapely.union_all(zones.geometry.to_numpy()).geom_type == "Polygon"
    inside = gpd.sjoin(
        gpd.GeoDataFrame(geometry=parcels.representative_point()), zones, predicate="within"
    )
    assert len(inside) == len(parcels)
    ordinary = inside["libelle"].map(Counter(inside["libelle"])).min()
    assert ordinary >= 2


def test_areas_by_zone_are_those_of_a_french_town(
    parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> None:
    points = gpd.GeoDataFrame(geometry=parcels.representative_point())
    labels = gpd.sjoin(points, zones, predicate="within")["libelle"]
    median = parcels.area.groupby(labels).median()
    assert 150 <= median["UA"] <= 400
    assert 600 <= median["UC"] <= 1_100
    assert 3_000 <= median["A"] <= 25_000


def test_buildings_stand_on_parcels(parcels: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> None:
    assert list(buildings.columns) == ["type", "nom", "commune", "created", "updated", "geometry"]
    kinds = Counter(buildings["type"])
    assert set(kinds) == {"01", "02"}
    assert 1_200 <= kinds["01"] <= 1_600
    assert buildings.is_valid.all()
    ground = shapely.union_all(parcels.geometry.to_numpy())
    assert buildings.difference(ground).area.max() < 1
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    one, other = tree.query(buildings.geometry.to_numpy(), predicate="intersects")
    shapes = buildings.geometry.to_numpy()
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))[one != other]
    assert shared.max() < 1
