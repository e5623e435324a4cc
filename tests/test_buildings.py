from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import DataError
from habitat_analysis.land.buildings import built_area, load_buildings, overlaps
from tests.layers import box, feature, idu, parcels, write_lambert


def test_buildings_of_either_publisher(tmp_path: Path) -> None:
    path = write_lambert(
        tmp_path / "batiments.geojson",
        feature(box(0, 0), id="batiment.1", type="Construction légère"),
        feature(box(0, 20, 5), id=2, type="01", nom="Mairie"),
        feature(box(0, 40), id=3, type=None),
    )
    table = load_buildings(path).table
    assert table["building_id"].tolist() == ["batiment.1", "2", "3"]
    assert table["kind"].tolist() == ["Construction légère", "Bâtiment en dur", ""]
    assert table["footprint_m2"].tolist() == pytest.approx([100, 50, 100])


def test_buildings_without_id_nor_type(tmp_path: Path) -> None:
    path = write_lambert(tmp_path / "b.geojson", feature(box(0, 0)), feature(box(20, 0)))
    table = load_buildings(path).table
    assert table["building_id"].tolist() == ["1", "2"]
    assert table["kind"].tolist() == ["", ""]


def test_built_area_is_cut_at_the_parcel_and_never_beyond_it() -> None:
    lots = parcels(box(0, 0), box(10, 0), box(50, 0))
    houses = parcels(box(5, 0), box(10, 0), box(10, 0))  # one astride, one drawn twice
    built = built_area(lots, houses)
    assert built.index.tolist() == [idu(1), idu(2), idu(3)]
    assert built.tolist() == pytest.approx([50, 100, 0])


squares = st.lists(
    st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 20)] * 2), min_size=1, max_size=6
)


@given(squares, squares)
def test_overlaps_are_those_of_every_pair(ours: list, theirs: list) -> None:
    left = parcels(*(box(*corner) for corner in ours)).geometry
    right = parcels(*(box(*corner) for corner in theirs)).geometry
    found = np.zeros((len(left), len(right)))
    pairs = overlaps(left, right)
    found[pairs["left"], pairs["right"]] = pairs["area_m2"]
    expected = shapely.area(shapely.intersection(left.to_numpy()[:, None], right.to_numpy()))
    assert found == pytest.approx(expected)


def test_parcels_given_for_buildings_are_refused() -> None:
    demo = Path(__file__).resolve().parents[1] / "data" / "demo"
    with pytest.raises(DataError, match="pas des bâtiments"):
        load_buildings(demo / "cadastre-99012-parcelles.json")
