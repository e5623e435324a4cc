"""A real commune from end to end: every parcel accounted for, sites studied, no overclaim."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitat_analysis.feasibility import Ground, choose_sites, read_ground, study_site
from habitat_analysis.land.candidates import unbuilt_parcels
from habitat_analysis.study import load_study

STUDY = Path(__file__).with_name("latresne.yaml")


@pytest.fixture(scope="module")
def latresne(realdata: Path) -> Ground:
    assert (realdata / "33234_latresne").is_dir()
    return read_ground(load_study(STUDY))


@pytest.mark.realdata
def test_every_parcel_is_kept_or_put_aside_for_one_main_reason(latresne: Ground) -> None:
    screened = latresne.screened
    assert len(screened.kept) + len(screened.excluded) == 4344
    assert screened.counts["n_main"].sum() == len(screened.excluded)
    assert screened.excluded["main_reason"].str.len().gt(0).all()


@pytest.mark.realdata
def test_candidates_are_the_unbuilt_parcels_less_other_destinations_and_thin_shapes(
    latresne: Ground,
) -> None:
    unbuilt = unbuilt_parcels(latresne.screened.parcels, latresne.study.land)
    assert len(unbuilt) == 229
    assert round(unbuilt["area_m2"].sum()) == 386_397
    counts = latresne.screened.counts.set_index("reason_id")["n_main"]
    assert counts["autre_destination"] == 14
    assert len(latresne.screened.kept) == 229 - 14 - counts["trop_etroite"]


@pytest.mark.realdata
@pytest.mark.slow
def test_at_least_five_sites_are_optimised_and_none_is_simply_feasible(latresne: Ground) -> None:
    found = [study_site(latresne, idus) for idus in choose_sites(latresne)]
    assert len(found) >= 5
    for feasibility in found:
        assert feasibility.optimum.status in {"optimal", "infeasible"}
        assert feasibility.verdict.word != "faisable"
    assert sum(f.programme is not None for f in found) >= 5
