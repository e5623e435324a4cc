"""Capacity of a site: hand-made shapes, brute force on points, invariances."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon, box
from shapely.affinity import rotate, translate

from habitat_analysis.errors import DataError
from habitat_analysis.land.capacity import (
    dwellings_within,
    effective_levels,
    levels_allowed,
    mean_dwelling,
    setback_footprint,
    site_capacity,
)
from habitat_analysis.study.land import PluRules, Ratios
from habitat_analysis.study.programme import Typology

NOWHERE = MultiLineString()


def rules(**changes):
    stated = {
        "zones": ["U"],
        "lues_dans_le_reglement": True,
        "source": "règlement inventé",
        "hauteur_max_m": 13.0,
        "niveaux_max": 4,
        "part_dernier_niveau": 0.8,
        "emprise_max": 0.35,
        "recul_voie_m": 5.0,
        "pleine_terre_min": 0.3,
        "places_par_logement": 0.8,
    }
    return PluRules.model_validate(stated | changes)


def typologies(*sizes):
    listed = sizes or (("T2", 46, 0.3), ("T3", 66, 0.4), ("T4", 82, 0.3))
    return tuple(
        Typology.model_validate({"id": name, "shab_m2": shab, "part": share})
        for name, shab, share in listed
    )


def capacity(site, road=NOWHERE, shared=110.0, sizes=(), **changes):
    return site_capacity(
        site,
        road,
        rules=rules(**changes),
        ratios=Ratios(),
        typologies=typologies(*sizes),
        shared_area_m2=shared,
    )


def south(width):
    return MultiLineString([[(0, 0), (width, 0)]])


# ----------------------------------------------------------------- the worked site, by hand


def test_the_site_of_the_specification():
    found = capacity(box(0, 0, 40, 40), south(40))
    assert [round(o.buildable_footprint_m2, 3) for o in found.options] == [1088, 1088, 945.5, 812]
    assert (found.levels, found.binding) == (4, "emprise")
    assert found.sdp_m2 == pytest.approx(0.9 * 3.8 * 560)
    assert (found.dwellings, found.parking_places) == (24, 20)
    assert found.by_typology == {"T2": 7, "T3": 10, "T4": 7}
    assert found.buildable.bounds == pytest.approx((6, 5, 34, 34))


def test_the_density_cut_takes_ground_cover_back_too():
    found = capacity(box(0, 0, 40, 40), south(40), densite_max=1.0)
    assert (found.binding, found.sdp_m2) == ("densite", 1600)
    assert found.coverage_m2 == pytest.approx(1600 / (0.9 * 3.8))


def test_equal_floor_areas_keep_fewer_levels():
    found = capacity(box(0, 0, 40, 40), south(40), densite_max=0.3)
    assert {option.sdp_m2 for option in found.options} == {480.0}
    assert found.levels == 1


def test_shared_rooms_larger_than_the_building_leave_no_dwelling():
    found = capacity(box(0, 0, 40, 40), south(40), shared=5000)
    assert (found.status, found.dwellings, found.parking_places) == ("OK", 0, 0)
    assert found.shab_private_m2 == 0


def test_nothing_buildable_is_a_status_with_zeros():
    found = capacity(box(0, 0, 5, 40), south(5))
    assert found.status == "E_NOT_BUILDABLE"
    assert (found.levels, found.sdp_m2, found.dwellings, found.binding) == (0, 0, 0, "retraits")
    assert found.buildable.is_empty


def test_a_height_below_one_level_forbids_everything():
    found = capacity(box(0, 0, 40, 40), south(40), hauteur_max_m=2.5)
    assert (found.status, found.options, found.binding) == ("E_NOT_BUILDABLE", (), "hauteur")


def test_circulation_larger_than_the_open_ground_is_not_buildable():
    found = capacity(box(0, 0, 40, 40), south(40), voirie_interne_m2=2000)
    assert (found.status, found.binding) == ("E_NOT_BUILDABLE", "pleine_terre")


def test_levels_are_counted_despite_binary_fractions():
    assert levels_allowed(rules(hauteur_max_m=8.7, hauteur_etage_m=2.9)) == 3
    assert levels_allowed(rules(hauteur_max_m=12.0, hauteur_comble_m=3.5)) == 2


def test_a_single_level_counts_whole_even_with_an_attic():
    assert [effective_levels(n, 0.5) for n in (1, 2, 3)] == [1.0, 1.5, 2.5]


# ------------------------------------------------------------------------ shapes, by hand


def footprint(site, road=None, road_m=0.0, side_m=0.0, band=None):
    edges = road if road is not None else NOWHERE
    sides = site.boundary.difference(edges.buffer(1e-6, cap_style="flat"))
    return setback_footprint(site, edges, sides, road_m=road_m, side_m=side_m, band_depth_m=band)


def test_an_l_shaped_site_has_a_round_setback_at_its_inner_corner():
    site = box(0, 0, 40, 40).difference(box(20, 20, 40, 40))
    square, notch = 34 * 34, 20 * 20
    corner = 3 * 3 - math.pi * 9 / 4
    assert footprint(site, side_m=3).area == pytest.approx(square - notch + corner, rel=5e-4)


def test_a_triangle_shrinks_around_its_inscribed_circle():
    site = Polygon([(0, 0), (40, 0), (0, 40)])
    radius = (40 + 40 - 40 * math.sqrt(2)) / 2
    expected = 800 * ((radius - 4) / radius) ** 2
    assert footprint(site, side_m=4).area == pytest.approx(expected, rel=1e-3)


def test_roads_on_two_sides():
    site = box(0, 0, 30, 40)
    road = MultiLineString([[(0, 40), (0, 0), (30, 0)]])
    assert footprint(site, road, road_m=5, side_m=3).area == pytest.approx(22 * 32, rel=1e-6)


def test_a_road_without_setback_allows_building_on_it():
    assert footprint(box(0, 0, 30, 40), south(30), side_m=3).area == pytest.approx(
        24 * 37, rel=1e-4
    )


def test_a_band_keeps_the_front_of_the_site():
    kept = footprint(box(0, 0, 30, 60), south(30), road_m=5, side_m=3, band=20)
    assert kept.area == pytest.approx(24 * 15, rel=1e-6)


def test_a_landlocked_site_has_no_front_for_a_band():
    assert footprint(box(0, 0, 30, 60), side_m=3, band=20).is_empty
    assert capacity(box(0, 0, 30, 60), bande_constructible_m=20).status == "E_NOT_BUILDABLE"


def test_a_landlocked_site_keeps_its_distance_to_every_side():
    found = capacity(box(0, 0, 40, 40), NOWHERE)
    assert found.options[0].buildable_footprint_m2 == pytest.approx(34 * 34)


def test_a_court_is_a_limit_too():
    site = box(0, 0, 40, 40).difference(box(15, 15, 25, 25))
    rounded_court = 10 * 10 + 4 * 10 * 3 + math.pi * 9
    assert footprint(site, side_m=3).area == pytest.approx(34 * 34 - rounded_court, rel=1e-3)


# ---------------------------------------------------------------- brute force and properties

star_sites = st.lists(st.floats(12, 40), min_size=5, max_size=9).map(
    lambda radii: Polygon(
        [
            (r * math.cos(2 * math.pi * k / len(radii)), r * math.sin(2 * math.pi * k / len(radii)))
            for k, r in enumerate(radii)
        ]
    )
)


def front(site):
    """First side of the site, taken as its road."""
    return MultiLineString([LineString(site.exterior.coords[:2])])


@given(star_sites, st.floats(0, 6), st.floats(0, 8))
def test_the_footprint_agrees_with_distances_measured_point_by_point(site, road_m, side_m):
    road = front(site)
    sides = LineString(site.exterior.coords[1:])
    kept = setback_footprint(site, road, sides, road_m=road_m, side_m=side_m)
    span = np.linspace(-40, 40, 41)
    grid = shapely.points(*np.meshgrid(span, span)).ravel()
    inside = grid[shapely.contains(site, grid)]
    allowed = (shapely.distance(inside, road) >= road_m) & (
        shapely.distance(inside, sides) >= side_m
    )
    far_from_doubt = np.abs(shapely.distance(inside, kept.boundary)) > 0.01
    if kept.is_empty:
        margin = np.minimum(
            shapely.distance(inside, road) - road_m, shapely.distance(inside, sides) - side_m
        )
        assert not (margin > 0.01).any()
    else:
        assert (shapely.contains(kept, inside) == allowed)[far_from_doubt].all()


@given(star_sites, st.floats(0, 360), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_the_capacity_ignores_where_the_site_is_and_how_it_is_turned(site, angle, east, north):
    road = front(site)

    def moved(shape):
        return translate(rotate(shape, angle, origin=(0, 0)), east, north)

    here, there = capacity(site, road), capacity(moved(site), moved(road))
    assert there.sdp_m2 == pytest.approx(here.sdp_m2, rel=1e-5, abs=1e-3)
    assert [o.buildable_footprint_m2 for o in there.options] == pytest.approx(
        [o.buildable_footprint_m2 for o in here.options], rel=1e-5, abs=1e-3
    )


@given(
    star_sites,
    st.sampled_from(
        ["recul_voie_m", "retrait_min_m", "retrait_facteur_hauteur", "places_par_logement"]
    ),
    st.floats(0, 3),
    st.floats(0, 3),
)
def test_a_stricter_rule_never_gives_more_floor_area(site, rule, one, other):
    loose, strict = sorted((one, other))
    gentle = capacity(site, front(site), emprise_max=1.0, **{rule: loose})
    severe = capacity(site, front(site), emprise_max=1.0, **{rule: strict})
    assert severe.sdp_m2 <= gentle.sdp_m2 * (1 + 1e-4) + 1e-6


@given(star_sites, st.floats(0, 1), st.floats(0, 1))
def test_more_open_ground_never_gives_more_floor_area(site, one, other):
    loose, strict = sorted((one, other))
    gentle = capacity(site, front(site), pleine_terre_min=loose)
    severe = capacity(site, front(site), pleine_terre_min=strict)
    assert severe.sdp_m2 <= gentle.sdp_m2 + 1e-9


@given(star_sites, st.floats(0, 1))
def test_open_ground_and_surface_places_hold_on_the_site(site, open_share):
    found = capacity(site, front(site), pleine_terre_min=open_share, emprise_max=1.0)
    places = 0.8 * found.shab_m2 / found.mean_dwelling_m2
    used = found.coverage_m2 + 25 * places + open_share * site.area
    assert used <= site.area + 1e-6 or found.coverage_m2 == 0


# ------------------------------------------------------------------------------- dwellings


def test_dwellings_are_lowered_until_they_fit():
    sizes = typologies(("T2", 40, 0.5), ("T4", 100, 0.5))
    assert mean_dwelling(sizes) == 70
    assert dwellings_within(140, sizes) == {"T2": 1, "T4": 1}
    # 3 dwellings of 70 m² on average, but 2 T2 + 1 T4 = 180 m² fit and are kept
    assert dwellings_within(210, sizes) == {"T2": 2, "T4": 1}
    # the odd one goes to the first typology: 1 T4 + ... 100 m² do not fit in 90
    big_first = typologies(("T4", 100, 0.5), ("T2", 40, 0.5))
    assert dwellings_within(90, big_first) == {"T4": 0, "T2": 0}


@given(st.floats(0, 5000), st.integers(1, 9))
def test_dwellings_fit_in_the_private_surface(private_m2, tenths):
    sizes = typologies(("T2", 46, tenths / 10), ("T4", 82, 1 - tenths / 10))
    counts = dwellings_within(private_m2, sizes)
    assert 46 * counts["T2"] + 82 * counts["T4"] <= private_m2 + 1e-6
    assert sum(counts.values()) <= private_m2 / mean_dwelling(sizes) + 1e-9


@pytest.mark.parametrize(
    "sizes",
    [
        (("T2", 46, 0.3), ("T3", 66, 0.4)),
        (("T2", 46, 0.6), ("T3", 66, 0.6)),
    ],
)
def test_shares_that_do_not_sum_to_one_are_refused(sizes):
    with pytest.raises(DataError, match="parts") as refused:
        capacity(box(0, 0, 40, 40), south(40), sizes=sizes)
    assert refused.value.code == "E_TYPOLOGY_MIX"


def test_a_dwelling_without_surface_is_refused():
    flat = [Typology.model_construct(id="T2", shab_m2=0.0, share=1.0)]
    with pytest.raises(DataError) as refused:
        mean_dwelling(flat)
    assert refused.value.code == "E_TYPOLOGY_MIX"
