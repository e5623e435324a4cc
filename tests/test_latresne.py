"""A real commune from end to end: every parcel accounted for, sites studied, no overclaim."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitat_analysis.feasibility import Ground, choose_sites, read_ground, study_site
from habitat_analysis.feasibility.operation import lay_out, objectives
from habitat_analysis.land.candidates import unbuilt_parcels
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.runs.portfolio_sites import figures_of, gather_portfolio
from habitat_analysis.runs.portfolio_work import do_work, make_work
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


@pytest.mark.realdata
def test_every_pair_of_the_commune_is_kept_or_refused_for_one_main_reason(
    latresne: Ground,
) -> None:
    gathered = gather_portfolio(latresne)
    found = gathered.assemblies
    counts = found.screened.counts.set_index("reason_id")["n_main"]
    assert (found.n_parcels, len(found.pairs), len(found.kept)) == (1205, 1208, 546)
    assert counts.sum() == len(found.pairs) - len(found.kept)
    assert counts["surface_insuffisante"] == 628
    assert len(gathered.examined) == len(latresne.screened.kept) + len(found.kept)


@pytest.mark.realdata
@pytest.mark.slow
def test_fifty_sites_have_the_optimum_of_their_report(latresne: Ground) -> None:
    """Evenly spaced by name, parcels and assemblies; the report is what `habitat run` writes."""
    gathered = gather_portfolio(latresne)
    sites = gathered.examined.iloc[:: len(gathered.examined) // 49].head(50)
    assert len(sites) == 50
    figures = figures_of(sites, shab_per_sdp=latresne.study.ratios.shab_per_sdp)
    answers = do_work(make_work(latresne, figures, scenario="base"))
    wanted = objectives(latresne)
    for site, found in zip(figures, answers, strict=True):
        plan = lay_out(latresne, site.idus, scenario="base")
        best = optimise(plan.file.case, wanted)
        assert found.status == best.status
        values = {stage.objective: stage.value for stage in found.stages}
        assert values == pytest.approx(best.values)
