from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.land.zoning import family_of, load_zoning, zones_of_parcels
from tests.layers import box, feature, idu, parcels, write_lambert


def zone(shape: Any, label: str, kind: str, **more: Any) -> dict[str, Any]:
    return feature(shape, LIBELLE=label, TYPEZONE=kind, **more)


def load(tmp_path: Path, *features: dict[str, Any]) -> Any:
    return load_zoning(write_lambert(tmp_path / "zone_urba.geojson", *features))


def test_older_standard(tmp_path: Path) -> None:
    row = zone(box(0, 0), "UA", "U", LIBELONG=None, DESTDOMI="01", DATAPPRO="20170213")
    table = load(tmp_path, row).table
    assert table.drop(columns="geometry").to_dict("records") == [
        {
            "zone_id": "Z001",
            "label": "UA",
            "label_long": "",
            "type": "U",
            "family": "U",
            "destination": "01",
            "destinations_allowed": "",
            "destinations_forbidden": "",
            "approved_on": "2017-02-13",
        }
    ]


def test_newer_standard(tmp_path: Path) -> None:
    row = feature(
        box(0, 0),
        partition="DU_30014",
        libelle="1AUb",
        typezone="AUc",
        destoui="1100",
        destnon="5000",
        idurba="30014_PLU_20171013",
    )
    found = load(tmp_path, row).table.iloc[0]
    assert found["family"] == "AUc"
    assert found["destination"] == ""
    assert (found["destinations_allowed"], found["destinations_forbidden"]) == ("1100", "5000")
    assert found["approved_on"] == "2017-10-13"


def test_codes_read_as_numbers_get_their_zero_back(tmp_path: Path) -> None:
    table = load(tmp_path, zone(box(0, 0), "UX", "U", DESTDOMI=2)).table
    assert table["destination"].tolist() == ["02"]


@pytest.mark.parametrize("kind", ["X", "", None, "AUx", "N/A"])
def test_unknown_types_are_refused(tmp_path: Path, kind: Any) -> None:
    with pytest.raises(DataError, match="Valeurs acceptées"):
        load(tmp_path, zone(box(0, 0), "UA", "U"), zone(box(0, 0), "?", kind))


def test_a_vague_au_is_closed_and_said(tmp_path: Path) -> None:
    loaded = load(tmp_path, zone(box(0, 0), "AU", "AU"))
    assert loaded.table["family"].tolist() == ["AUs"]
    assert "AUs" in loaded.notes[0]


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        *(("U", "U"), ("AUc", "AUc"), ("AUs", "AUs"), ("1AU", "AUc"), ("2AU", "AUs")),
        *(
            ("A", "A"),
            ("Ah", "A"),
            ("N", "N"),
            ("Nh", "N"),
            ("Nd", "N"),
            ("auC", "AUc"),
            ("1AUs", "AUs"),
        ),
    ],
)
def test_families(kind: str, family: str) -> None:
    assert family_of(kind) == family


def test_zones_of_parcels(tmp_path: Path) -> None:
    zones: gpd.GeoDataFrame = load(
        tmp_path,
        zone(box(0, 0, 100, 100), "UA", "U", DESTDOMI="01"),
        zone(box(100, 0, 100, 100), "N", "N"),
    ).table
    lots = parcels(
        box(10, 10),  # inside UA
        box(92, 10, 10, 10),  # 80 % in UA, 20 % in N
        box(99.6, 30, 10, 10),  # 4 % in UA, 96 % in N: touches, does not straddle
        box(99.95, 50, 10, 10),  # half a square metre in UA: drawing noise
        box(500, 500),  # outside
        box(195, 90, 20, 10),  # representative point outside the plan, a quarter inside
    )
    result = zones_of_parcels(lots, zones)
    assert result["idu"].tolist() == [idu(n) for n in range(1, 7)]
    assert result["zone_label"].tolist() == ["UA", "UA", "N", "N", "", "N"]
    assert result["zone_family"].tolist() == ["U", "U", "N", "N", "", "N"]
    assert result["zone_type"].tolist() == ["U", "U", "N", "N", "", "N"]
    assert result["destination"].tolist() == ["01", "01", "", "", "", ""]
    assert result["n_zones"].tolist() == [1, 2, 2, 1, 0, 1]
    assert result["share_main"].tolist() == pytest.approx([1, 0.8, 0.96, 0.995, 0, 0.25])
    assert result["straddles"].tolist() == [False, True, False, False, False, False]


def test_overlapping_zones_give_the_one_that_covers_most(tmp_path: Path) -> None:
    zones = load(
        tmp_path, zone(box(0, 0, 100, 100), "UA", "U"), zone(box(0, 0, 18, 100), "UX", "U")
    ).table
    assert zones_of_parcels(parcels(box(10, 10)), zones)["zone_label"].tolist() == ["UA"]
