"""Pairs of parcels: those that adjoin, those that pass, on plots one can draw by hand."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.feasibility import Ground, read_ground
from habitat_analysis.feasibility.ground import mandatory_area
from habitat_analysis.feasibility.operation import lay_out
from habitat_analysis.land.assemblies import (
    CONTACT_MIN_M,
    Assemblies,
    adjoining_pairs,
    find_assemblies,
)
from habitat_analysis.study import load_study
from tests.small_study import idu, write_small_study


def pairs_of(*plots: shapely.Polygon) -> list[tuple[int, int, float]]:
    shapes = np.array(plots, dtype=object)
    found = adjoining_pairs(shapes, np.arange(len(plots)))
    return [(int(a), int(b), round(float(m), 3)) for a, b, m in zip(*found, strict=True)]


def assemblies_of(ground: Ground) -> Assemblies:
    return find_assemblies(
        ground.territory,
        ground.screened.parcels,
        ground.study,
        shared_area_m2=mandatory_area(ground.study),
    )


def ground_with(folder: Path, **changes: Any) -> Ground:
    return read_ground(load_study(write_small_study(folder, changes=changes)))


def test_a_metre_of_boundary_is_asked_and_no_less() -> None:
    base = shapely.box(0, 0, 10, 10)
    assert pairs_of(base, shapely.box(9, 10, 20, 20)) == [(0, 1, 1.0)]
    assert pairs_of(base, shapely.box(9.1, 10, 20, 20)) == []
    assert pairs_of(base, shapely.box(10, 10, 20, 20)) == []  # a corner


def test_a_gap_of_the_plan_is_closed_and_a_path_is_not() -> None:
    base = shapely.box(0, 0, 10, 10)
    [(_, _, shared)] = pairs_of(base, shapely.box(10.08, 0, 20, 10))
    assert shared == pytest.approx(10, abs=0.17)  # a gap takes up to its width at each end
    assert pairs_of(base, shapely.box(10.12, 0, 20, 10)) == []


def test_only_the_parcels_given_are_paired() -> None:
    row = [shapely.box(10 * rank, 0, 10 * rank + 10, 10) for rank in range(4)]
    found = adjoining_pairs(np.array(row, dtype=object), np.array([0, 2, 3]))
    assert [(int(a), int(b)) for a, b in zip(found[0], found[1], strict=True)] == [(2, 3)]


@st.composite
def cut_grounds(draw: st.DrawFn) -> list[shapely.Polygon]:
    """A square cut again and again, along quarters of a metre."""
    plots = [(0, 0, 48, 48)]
    for _ in range(draw(st.integers(1, 9))):
        at = draw(st.integers(0, len(plots) - 1))
        low_x, low_y, high_x, high_y = plots.pop(at)
        upright = draw(st.booleans())
        low, high = (low_x, high_x) if upright else (low_y, high_y)
        if high - low < 2:
            plots.append((low_x, low_y, high_x, high_y))
            continue
        cut = draw(st.integers(low + 1, high - 1))
        first = (low_x, low_y, cut, high_y) if upright else (low_x, low_y, high_x, cut)
        second = (cut, low_y, high_x, high_y) if upright else (low_x, cut, high_x, high_y)
        plots += [first, second]
    return [shapely.box(*(side / 4 for side in plot)) for plot in plots]


@given(cut_grounds())
def test_the_pairs_are_those_of_every_two_plots_measured(plots: list[shapely.Polygon]) -> None:
    expected = {
        (a, b): round(shapely.intersection(plots[a], plots[b]).length, 3)
        for a, b in combinations(range(len(plots)), 2)
        if shapely.intersection(plots[a], plots[b]).length >= CONTACT_MIN_M
    }
    assert {(a, b): length for a, b, length in pairs_of(*plots)} == expected


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Assemblies:
    return assemblies_of(ground_with(tmp_path_factory.mktemp("etude")))


def test_built_parcels_and_other_zones_are_left_out(found: Assemblies) -> None:
    """Three rows of four plots; 3 and 4 are built, 11 and 12 natural, a road between the rows."""
    assert found.n_parcels == 8
    drawn = set(zip(found.pairs["first"], found.pairs["second"], strict=True))
    expected = [(1, 2), (5, 6), (6, 7), (7, 8), (9, 10)]
    assert drawn == {(idu(a), idu(b)) for a, b in expected}
    assert len(found.kept) == 5


def test_every_pair_is_kept_or_refused_for_one_main_reason(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, foncier={"surface_max_m2": 3590})
    found = assemblies_of(ground)
    refused = found.screened.counts.set_index("reason_id")["n_main"]
    assert refused.sum() + len(found.kept) == len(found.pairs) == 5
    assert refused["surface_excessive"] > 0


def test_small_parcels_refused_alone_pass_in_a_pair(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, foncier={"surface_min_m2": 2500})
    assert ground.screened.kept.empty
    kept = assemblies_of(ground).kept
    assert len(kept) == 5
    assert kept["area_m2"].between(2500, 6000).all()


def test_a_pair_is_described_as_the_site_it_makes(tmp_path: Path) -> None:
    prices = {idu(5): 90.0, idu(6): 130.0}
    owners = {idu(5): "public", idu(6): "prive", idu(7): "public"}
    ground = ground_with(tmp_path, foncier={"prix_par_parcelle_ht_m2": prices, "maitrise": owners})
    kept = assemblies_of(ground).kept.set_index(["first", "second"])
    for pair, row in kept.iterrows():
        plan = lay_out(ground, pair, scenario="base")
        assert row["idu"] == plan.site.name
        assert row["area_m2"] == plan.site.area_m2
        assert row["sdp_m2"] == plan.capacity.sdp_m2
        assert row["parking_places"] == plan.capacity.parking_places
        assert row["zone_label"] == plan.zone_label
        price = row["land_price_m2_eur"] * row["area_m2"]
        assert price == pytest.approx(plan.file.land_price_eur)
    assert kept.at[(idu(5), idu(6)), "land_price_m2_eur"] == 110.0
    assert kept.at[(idu(5), idu(6)), "owner_score"] == 0.4  # the less willing of the two
    assert np.isnan(kept.at[(idu(7), idu(8)), "owner_score"])  # one owner is unknown
