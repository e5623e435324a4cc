"""Assembly of parcels into a site, and the edges taken as roads."""

import re

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box
from shapely.affinity import rotate

from habitat_analysis.errors import DataError
from habitat_analysis.land.sites import assemble, find_road_edges, site_name, unite

SOUTH = box(0, 0, 24, 40)
EAST = box(24, 0, 40, 40)


def commune(*shapes, contenance=None):
    """Parcels AB0001, AB0002... far from the origin, as in Lambert-93."""
    table = {
        "idu": [f"99012000AB{rank:04d}" for rank in range(1, len(shapes) + 1)],
        "contenance_m2": contenance or [float("nan")] * len(shapes),
    }
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:2154").assign(
        geometry=lambda parcels: parcels.translate(420_000, 6_415_000)
    )


def code_of(call):
    with pytest.raises(DataError) as refused:
        call()
    return refused.value.code


def test_two_adjoining_parcels_make_one_polygon():
    assert unite([SOUTH, EAST]).symmetric_difference(box(0, 0, 40, 40)).area < 1e-6


@pytest.mark.parametrize("gap", [0.05, 0.10])
def test_a_small_gap_of_the_plan_is_closed_and_counted_in_the_surface(gap):
    united = unite([SOUTH, box(24 + gap, 0, 40, 40)])
    assert united.area == pytest.approx(1600, abs=1e-6)
    assert not united.interiors


def test_the_gap_is_closed_whatever_the_orientation():
    turned = [rotate(shape, 33, origin=(9, 9)) for shape in (SOUTH, box(24.05, 0, 40, 40))]
    assert unite(turned).area == pytest.approx(1600, abs=1e-6)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (box(25, 0, 41, 40), "E_NOT_CONTIGUOUS"),  # a metre apart
        (box(24, 40, 48, 80), "E_NOT_CONTIGUOUS"),  # by a corner only
        (box(23.9, 0, 40, 40), "E_OVERLAP"),  # 0.1 x 40 = 4 m²
        (Polygon([(24, 0), (40, 40), (40, 0), (24, 40)]), "E_INVALID_GEOMETRY"),  # bow tie
        (Polygon(), "E_EMPTY_GEOMETRY"),
        (Polygon([(24, 0), (30, 0), (40, 0)]), "E_EMPTY_GEOMETRY"),  # flat
    ],
)
def test_what_does_not_make_a_site_is_refused_with_its_code(other, code):
    assert code_of(lambda: unite([SOUTH, other])) == code


def test_a_corner_does_not_hold_two_parcels_together_once_turned():
    turned = [rotate(shape, 21, origin=(9, 9)) for shape in (SOUTH, box(24, 40, 48, 80))]
    assert code_of(lambda: unite(turned)) == "E_NOT_CONTIGUOUS"


def test_an_overlap_of_drawing_is_accepted():
    assert unite([SOUTH, box(23.98, 0, 40, 40)]).area == pytest.approx(1600, abs=1e-6)


def test_no_parcel_is_refused():
    assert code_of(lambda: unite([])) == "E_NO_PARCEL"
    assert code_of(lambda: assemble(commune(SOUTH), [])) == "E_NO_PARCEL"


def test_a_parcel_in_two_pieces_is_not_a_site():
    two = SOUTH.union(box(100, 0, 120, 40))
    assert code_of(lambda: assemble(commune(two), ["99012000AB0001"])) == "E_NOT_CONTIGUOUS"


def test_an_unknown_parcel_is_explained_with_the_nearest_one():
    parcels = commune(SOUTH, EAST)
    with pytest.raises(DataError) as refused:
        assemble(parcels, ["99012000AC0002", "x<script>"])
    assert refused.value.code == "E_NO_PARCEL"
    assert len(refused.value.faults) == 2
    assert "99012000AB0002" in refused.value.faults[0]


def test_a_parcel_named_twice_is_refused():
    parcels = commune(SOUTH, EAST)
    assert code_of(lambda: assemble(parcels, ["99012000AB0001"] * 2)) == "E_OVERLAP"


def test_the_order_of_parcels_does_not_change_the_site():
    parcels = commune(SOUTH, EAST)
    one = assemble(parcels, ["99012000AB0001", "99012000AB0002"])
    two = assemble(parcels, ["99012000AB0002", "99012000AB0001"])
    assert (one.name, one.idus) == (two.name, two.idus)
    assert one.geometry.equals(two.geometry)


def test_the_parcels_are_left_as_given():
    parcels = commune(SOUTH, EAST)
    before = parcels.copy()
    assemble(parcels, ["99012000AB0001", "99012000AB0002"])
    assert parcels.equals(before)


def test_a_single_parcel_gives_its_name_to_the_site():
    assert site_name(["33234000AB0012"]) == "33234000ab0012"


@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_a_site_name_is_always_safe(idus):
    assert re.fullmatch(r"[a-z0-9-]{1,60}", site_name(idus))


def test_two_sets_of_parcels_have_two_names():
    first = ["99012000AB0001", "99012000AB0002"]
    assert site_name(first) != site_name([first[0], "99012000AB0003"])


# ----------------------------------------------------------------------------- road edges


ROW = [box(0, 0, 20, 30), box(20, 0, 40, 30), box(40, 0, 60, 30), box(0, 30, 60, 50)]


def test_the_side_without_a_neighbour_is_a_road_edge_up_to_its_corners():
    site = assemble(commune(*ROW), ["99012000AB0002"])
    expected = LineString([(420_020, 6_415_000), (420_040, 6_415_000)])
    assert site.road_edges.hausdorff_distance(expected) < 1e-5
    assert not site.landlocked


def test_a_corner_parcel_has_its_road_on_two_sides():
    site = assemble(commune(*ROW), ["99012000AB0001"])
    assert site.road_edges.length == pytest.approx(20 + 30, abs=1e-5)
    assert len(site.road_edges.geoms) == 1


def test_a_road_between_two_rows_makes_an_edge_on_each_side():
    rows = [box(0, 0, 20, 30), box(0, 34, 20, 60)]
    for idu in ("99012000AB0001", "99012000AB0002"):
        site = assemble(commune(*rows), [idu])
        assert site.road_edges.length == pytest.approx(site.geometry.length, abs=1e-5)


@pytest.mark.parametrize(("gap", "is_road"), [(0.0, False), (0.4, False), (0.6, True)])
def test_a_neighbour_nearer_than_half_a_metre_makes_a_separative(gap, is_road):
    shapes = [box(0, 0, 20, 30), box(20 + gap, -5, 40, 35)]
    site = assemble(commune(*shapes), ["99012000AB0001"])
    middle_of_the_east_side = Point(420_020, 6_415_015)
    assert (site.road_edges.distance(middle_of_the_east_side) < 1e-6) is is_road
    assert site.road_edges.length == pytest.approx(100 if is_road else 70, abs=1)


def test_a_surrounded_parcel_is_landlocked_and_says_so():
    block = [box(10, 10, 20, 20), box(0, 0, 30, 30).difference(box(10, 10, 20, 20))]
    site = assemble(commune(*block), ["99012000AB0001"])
    assert site.landlocked
    assert any("enclavé" in note for note in site.notes)


def test_an_inner_court_is_not_a_road():
    ring = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    assert find_road_edges(ring, []).length == pytest.approx(120)


def test_a_neighbour_with_an_oblique_limit_leaves_the_whole_front_on_the_road():
    site = Polygon([(0, 0), (30, 0), (40, 30), (10, 30)])
    west = Polygon([(-20, 0), (0, 0), (10, 30), (-20, 30)])
    east = Polygon([(30, 0), (60, 0), (60, 30), (40, 30)])
    north = box(-20, 30, 60, 40)
    road = find_road_edges(site, [west, east, north])
    assert road.length == pytest.approx(30, rel=0.01)
    assert road.hausdorff_distance(LineString([(0, 0), (30, 0)])) < 0.2


def test_the_notes_say_how_the_surface_was_measured():
    unknown = assemble(commune(*ROW), ["99012000AB0002"])
    assert unknown.contenance_m2 is None
    assert any("Contenance non fournie" in note for note in unknown.notes)
    known = assemble(commune(*ROW, contenance=[600, 598, 600, 1200]), ["99012000AB0002"])
    assert known.contenance_m2 == 598
    assert not any("ontenance" in note for note in known.notes)
    far = assemble(commune(*ROW, contenance=[600, 500, 600, 1200]), ["99012000AB0002"])
    assert any("20\u00a0%" in note for note in far.notes)


def test_the_assumption_on_roads_is_always_printed():
    site = assemble(commune(*ROW), ["99012000AB0002"])
    assert any("20\u00a0m de limites" in note and "cours d'eau" in note for note in site.notes)
