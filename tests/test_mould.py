"""The quick case of a site is the very case of its report."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.baremes import FactReader
from habitat_analysis.feasibility import Ground, read_ground
from habitat_analysis.feasibility.access import access_of_study
from habitat_analysis.feasibility.operation import lay_out
from habitat_analysis.programme.economics import build_case
from habitat_analysis.programme.mould import Mould, cast, counted_land_ht, make_mould
from habitat_analysis.programme.site_figures import SiteFigures
from habitat_analysis.study import load_study
from tests.small_study import idu, write_small_study

SITES = ((idu(1),), (idu(2),), (idu(5),), (idu(9),), (idu(1), idu(2)), (idu(6), idu(7)))
STUDIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "priced": {"foncier": {"prix_par_parcelle_ht_m2": {idu(1): 40, idu(6): 300}}},
    "parked": {"programme": {"places_max": 11}},
    "moved": {
        "scenarios": [
            {
                "nom": "travaux-plus-10",
                "libelle": "Tout bouge",
                "facteur_travaux": 1.2,
                "hausse_taux": 0.01,
                "facteur_foncier": 0.8,
            }
        ]
    },
    "budget": {
        "groupe": {
            "budget": {"effort_locataire_max": 0.3, "reste_a_vivre_min_uc": 700, "source": "essai"}
        }
    },
}


def mould_of(ground: Ground, scenario: str) -> Mould:
    study, access = ground.study, access_of_study(ground, scenario=scenario)
    return make_mould(
        study,
        study.scenario(scenario),
        classes=access.classes if access else (),
        facts=FactReader(ground.baremes, on=study.operation_date),
    )


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ground]:
    made = {}
    for name, changes in STUDIES.items():
        folder = tmp_path_factory.mktemp(name)
        made[name] = read_ground(load_study(write_small_study(folder, changes=changes)))
    folder = tmp_path_factory.mktemp("alone")
    made["no group"] = read_ground(load_study(write_small_study(folder, group=False)))
    return made


@pytest.mark.parametrize("name", [*STUDIES, "no group"])
def test_the_case_is_that_of_the_report(grounds: dict[str, Ground], name: str) -> None:
    ground = grounds[name]
    for scenario, idus in product(("base", "travaux-plus-10"), SITES):
        plan = lay_out(ground, idus, scenario=scenario)
        site = SiteFigures(
            idus=plan.site.idus,
            area_m2=plan.site.area_m2,
            shab_m2=plan.capacity.shab_m2,
            parking_places=plan.capacity.parking_places,
        )
        mould = mould_of(ground, scenario)
        assert cast(mould, site) == plan.file.case
        assert counted_land_ht(mould, site) == plan.file.land_price_eur


@given(
    area=st.floats(0, 1e5), shab=st.floats(0, 1e5), places=st.integers(0, 500),
    n=st.integers(0, 2),
)  # fmt: skip
@settings(max_examples=50)
def test_the_case_of_any_site_is_that_of_build_case(
    grounds: dict[str, Ground], area: float, shab: float, places: int, n: int
) -> None:
    ground = grounds["priced"]
    study = ground.study
    site = SiteFigures(
        idus=(idu(1), idu(6), idu(7))[: n + 1], area_m2=area, shab_m2=shab, parking_places=places
    )
    facts = FactReader(ground.baremes, on=study.operation_date)
    assert ground.needs is not None
    whole = build_case(
        study, study.scenario("base"), site=site, capacity=site, classes=ground.needs.classes,
        facts=facts,
    )  # fmt: skip
    assert cast(mould_of(ground, "base"), site) == whole.case


def test_one_euro_of_land_adds_what_the_mould_says(tmp_path: Path) -> None:
    """Interest of 3 % a year for 30 months, then one rate of tax on the whole fixed cost."""
    ground = read_ground(load_study(write_small_study(tmp_path)))
    assert mould_of(ground, "base").fixed_ttc_per_land_ht() == pytest.approx(
        (1 + 0.03 * 30 / 12) * 1.085
    )
