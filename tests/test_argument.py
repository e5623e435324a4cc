"""What argues a programme: asked of a small study, each answer tried against the site itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Ground, choose_sites, read_ground, study_site
from habitat_analysis.feasibility.argument import argue, opposed_objectives, with_argument
from habitat_analysis.feasibility.land_value import land_value
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.plu_levers import plu_levers
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.study import load_study
from tests.small_study import write_small_study


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return read_ground(load_study(write_small_study(tmp_path_factory.mktemp("argued"))))


@pytest.fixture(scope="module")
def found(ground: Ground) -> Feasibility:
    return with_argument(study_site(ground, choose_sites(ground)[0]))


def ground_with(folder: Path, **changes: object) -> Ground:
    return read_ground(load_study(write_small_study(folder, changes=changes)))


def test_a_study_is_argued_only_when_asked(ground: Ground) -> None:
    assert study_site(ground, choose_sites(ground)[0]).argument is None


def test_the_fronts_go_through_the_programme_kept(found: Feasibility) -> None:
    """The optimum covers the most needs, at the least effort for that: an end of the front."""
    argument, best = found.argument, found.optimum.evaluation
    assert argument is not None
    assert best is not None
    front = argument.fronts[0]
    assert front.objectives == ("public_money", "housed")
    assert front.complete
    last = front.table().sort_values("housed").iloc[-1]
    assert last["housed"] == best.housed
    assert last["public_money"] == pytest.approx(best.public_money_eur, rel=1e-6)


def test_every_requirement_of_the_study_and_of_the_plan_is_priced(found: Feasibility) -> None:
    assert found.argument is not None
    rules = {price.lever.rule for price in found.argument.prices}
    assert {"surface", "parking", "equity", "balance", "dwellings:max"} <= rules
    assert {"plu:niveaux_max", "plu:emprise_max", "plu:recul_voie_m"} <= rules


def test_a_rule_of_the_plan_draws_the_envelope_again(found: Feasibility) -> None:
    levers = {lever.rule: lever for lever in plu_levers(found)}
    coverage = levers["plu:emprise_max"]
    here = found.file.case.rules.shab_max_m2
    assert coverage.tighter is not None
    assert coverage.tighter.rules.shab_max_m2 <= here
    if coverage.looser is not None:
        assert coverage.looser.rules.shab_max_m2 >= here
    level = levers["plu:niveaux_max"].tighter
    assert level is not None
    assert level.rules.shab_max_m2 < here
    assert level.fixed_m2_eur == pytest.approx(level.fixed_cost_eur / level.rules.shab_max_m2)


def test_the_land_bill_is_that_of_a_study_with_that_price(found: Feasibility) -> None:
    """At the admissible price a programme exists; a hundred euros more and none does."""
    assert found.argument is not None
    land = found.argument.land
    assert land is not None
    assert land.proof is not None
    assert land.proof.holds
    case = found.file.case
    for more, status in ((-100.0, "optimal"), (100.0, "infeasible")):
        extra = (land.admissible_ht_eur - land.counted_ht_eur + more) * land.factor
        moved = replace(case, fixed_cost_eur=case.fixed_cost_eur + extra)
        assert optimise(moved, ["dwellings"]).status == status
    assert land.per_land_m2_eur == pytest.approx(land.admissible_ht_eur / found.site.area_m2)
    assert land.per_sdp_m2_eur == pytest.approx(land.admissible_ht_eur / found.capacity.sdp_m2)


def test_land_too_dear_has_an_admissible_price_below_it(tmp_path: Path) -> None:
    dear = ground_with(tmp_path, foncier={"prix_terrain_ht_m2": 5_000})
    found = study_site(dear, choose_sites(dear)[0])
    assert found.verdict.word == "infaisable"
    land = land_value(found)
    assert land is not None
    assert land.admissible_ht_eur < land.counted_ht_eur
    assert found.diagnosis is not None
    assert "balance" in {way.rule for way in found.diagnosis.ways_out if way.enough}
    argument = argue(found)
    assert (argument.fronts, argument.prices, argument.robust) == ((), (), None)
    assert argument.land is not None


def test_without_a_limit_of_equity_the_land_has_no_price(tmp_path: Path) -> None:
    free = ground_with(tmp_path, programme={"fonds_propres_max": None})
    assert land_value(study_site(free, choose_sites(free)[0])) is None


def test_what_is_tried_is_the_fixed_set_and_the_scenarios_of_the_study(found: Feasibility) -> None:
    assert found.argument is not None
    labels = [tested.label.replace("\u00a0", " ") for tested in found.argument.tested]
    assert labels[:2] == ["Hypothèses de l'étude", "Travaux + 10 %"]
    assert len(labels) == len(set(labels))
    robust = found.argument.robust
    if robust is not None and robust.evaluations is not None:
        assert set(robust.evaluations) == {tested.id for tested in found.argument.tested}


def test_the_study_chooses_what_is_opposed(tmp_path: Path) -> None:
    stated = ground_with(
        tmp_path, programme={"arbitrages": [["effort", "mixite"], ["cout", "logements"]]}
    )
    found = study_site(stated, choose_sites(stated)[0])
    assert opposed_objectives(found) == (("public_money", "mix"), ("cost", "dwellings"))


@pytest.mark.parametrize(
    ("arbitrages", "said"),
    [
        ([["effort"]], "arbitrages"),
        ([["effort", "effort"]], "deux fois"),
        ([["effort", "besoins"]], "besoins_couverts"),
        ([["effort", "mixite", "cout", "logements"]], "arbitrages"),
    ],
)
def test_a_wrong_pair_is_refused_at_its_line(tmp_path: Path, arbitrages: object, said: str) -> None:
    with pytest.raises(DataError) as refused:
        load_study(write_small_study(tmp_path, changes={"programme": {"arbitrages": arbitrages}}))
    assert "ligne" in str(refused.value)
    assert said in str(refused.value)
