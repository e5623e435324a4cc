import geopandas as gpd
import pytest
import shapely

from habitat_analysis.land.context import nearest_distance, risk_of_parcels
from tests.layers import EAST, NORTH, box, idu, parcels


def points(*rows: tuple[str, float, float]) -> gpd.GeoDataFrame:
    shapes = [shapely.Point(EAST + x, NORTH + y) for _, x, y in rows]
    return gpd.GeoDataFrame({"kind": [kind for kind, _, _ in rows]}, geometry=shapes, crs=2154)


def risks(*rows: tuple[str, str, shapely.Polygon]) -> gpd.GeoDataFrame:
    table = {"kind": [kind for kind, _, _ in rows], "level": [level for _, level, _ in rows]}
    return gpd.GeoDataFrame(table, geometry=[shape for *_, shape in rows], crs=2154)


def test_distance_is_from_the_edge_to_the_nearest() -> None:
    lots = parcels(box(0, 0), box(100, 0))
    near = nearest_distance(
        lots, points(("arret", 40, 5), ("ecole", 5, 5), ("arret", 13, 14)), "arret"
    )
    assert near.index.tolist() == [idu(1), idu(2)]
    assert near.tolist() == pytest.approx([5, 60])  # (3, 4) from a corner; 60 from an edge


def test_distance_is_zero_inside_and_missing_without_point() -> None:
    lots = parcels(box(0, 0))
    school = points(("ecole", 5, 5))
    assert nearest_distance(lots, school, "ecole").tolist() == [0]
    assert nearest_distance(lots, school, "arret").isna().tolist() == [True]


def test_the_worst_rule_wins_with_its_share() -> None:
    lots = parcels(box(0, 0), box(20, 0), box(40, 0), box(60, 0))
    found = risk_of_parcels(
        lots,
        risks(
            ("inondation", "bleu", box(0, 0, 30, 10)),
            ("inondation", "rouge", box(20, 0, 10, 2)),
            ("inondation", "rouge", box(59, 0, 1.05, 10)),  # half a square metre: drawing noise
        ),
    )
    assert found["idu"].tolist() == [idu(n) for n in range(1, 5)]
    assert found["flood_level"].tolist() == ["bleu", "rouge", "aucun", "aucun"]
    assert found["flood_share"].tolist() == pytest.approx([1, 0.2, 0, 0])
    assert found["risk_level"].tolist() == found["flood_level"].tolist()


def test_a_plan_for_a_plant_says_nothing_of_floods() -> None:
    found = risk_of_parcels(parcels(box(0, 0)), risks(("risque technologique", "rouge", box(0, 0))))
    assert found["flood_level"].isna().all()
    assert found["flood_share"].isna().all()
    assert found[["risk_level", "risk_share"]].to_numpy().tolist() == [["rouge", 1.0]]
