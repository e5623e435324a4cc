"""What a site or a group is plainly too small for: said with its figures, and true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, choose_sites, read_ground, study_site
from habitat_analysis.feasibility.shortfalls import never_kept, shortfalls
from habitat_analysis.programme.case import (
    Case,
    NeedClass,
    ProgrammeRules,
    SharedSpace,
    TenureTerms,
    Typology,
)
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.runs.checks import check_file_of_kind
from habitat_analysis.study import load_study
from tests.small_study import write_small_study


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def case_of(**changes: Any) -> Case:
    """Make a site of 200 m² for two to four dwellings of 50 m², one place each, all open."""
    rules = ProgrammeRules(
        shab_max_m2=200.0, dwellings_min=2, dwellings_max=4, parking_max=4.0, open_max=4,
        topup_max_eur=1e6,
    )  # fmt: skip
    own = {key: changes.pop(key) for key in list(changes) if hasattr(rules, key)}
    made: dict[str, Any] = {
        "typologies": (Typology(id="T2", shab_m2=50.0, su_m2=52.0),),
        "tenures": (
            TenureTerms(
                id="LIBRE", kind="sale", vat=0.2, variable_cost_m2_eur=2000.0,
                price_m2_eur=3000.0, parking=1.0,
            ),
        ),
        "rules": replace(rules, **own),
        "fixed_cost_eur": 20_000.0,
    }  # fmt: skip
    return Case(**(made | changes))


def hall(area_m2: float) -> tuple[SharedSpace, ...]:
    return (SharedSpace(id="h", area_m2=area_m2, cost_eur=0.0, mandatory=True, label="Halle"),)


SHORT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    # name: (just enough, a step less, what is then said)
    "room alone": (
        {"spaces": hall(100.0)},
        {"spaces": hall(201.0)},
        "(Halle 201 m²) demandent 201 m² de surface habitable ; le bâtiment en offre 200 m²",
    ),
    "room and dwellings": (
        {"spaces": hall(100.0)},
        {"spaces": hall(101.0)},
        "avec les locaux obligatoires (Halle 101 m²), demandent 201 m² de surface habitable",
    ),
    "places": (
        {"parking_max": 2.0},
        {"parking_max": 1.0},
        "2 logements demandent au moins 2,0 places de stationnement ; le site en porte 1",
    ),
    "group": (
        {"open_max": 1, "classes": (NeedClass(id="c", count=1, quartile="Q1",
                                              cells=(("T2", "LIBRE"),)),)},
        {"open_max": 0, "classes": (NeedClass(id="c", count=1, quartile="Q1",
                                              cells=(("T2", "LIBRE"),)),)},
        "dont 0 au plus hors du groupe : il faudrait 2 ménages, le groupe n'en a pas autant",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHORT)
def test_what_is_said_short_is_impossible_and_a_step_more_is_not(name: str) -> None:
    enough, less, said = SHORT[name]
    assert list(shortfalls(case_of(**enough))) == []
    assert optimise(case_of(**enough), ["cost"]).status == "optimal"
    sentences = list(shortfalls(case_of(**less)))
    assert len(sentences) == 1
    assert said in plain(sentences[0])
    assert optimise(case_of(**less), ["cost"]).status == "infeasible"


def test_a_ceiling_under_the_least_cost_is_said_and_the_tenure_never_kept() -> None:
    # 2 400 EUR of works tax included and 20 000 / 200 = 100 EUR of fixed cost a square metre
    def capped(cap: float) -> Case:
        known = case_of()
        return replace(
            known, tenures=tuple(replace(t, cost_ceiling_m2_eur=cap) for t in known.tenures)
        )

    assert list(never_kept(capped(2500.0))) == []
    assert optimise(capped(2500.0), ["cost"]).status == "optimal"
    (said,) = never_kept(capped(2499.0))
    assert "LIBRE : jamais retenu" in plain(said)
    assert "au moins 2 500 € TTC/m² SHAB, dont 2 400 €" in plain(said)
    assert optimise(capped(2499.0), ["cost"]).status == "infeasible"


def study_of(folder: Path, **programme: Any) -> Feasibility:
    path = write_small_study(folder, changes={"programme": programme})
    ground = read_ground(load_study(path))
    return study_site(ground, choose_sites(ground)[0])


def test_the_verdict_says_which_room_is_larger_than_the_building(tmp_path: Path) -> None:
    room = {
        "id": "halle", "libelle": "Grande halle", "surface_m2": 20_000, "cout_ttc": 1,
        "obligatoire": True,
    }  # fmt: skip
    found = study_of(tmp_path, espaces_partages=[room], programme_impose=None)
    assert found.verdict.word == "infaisable"
    assert any("Grande halle 20 000 m²" in plain(reason) for reason in found.verdict.reasons)
    assert len(found.verdict.reasons) == 3


def test_more_needs_than_the_group_has_are_refused_with_their_line(tmp_path: Path) -> None:
    changes = {"programme": {"besoins_couverts_min": 15, "logements_max": 20}}
    study = load_study(write_small_study(tmp_path, changes=changes))
    with pytest.raises(DataError, match=r"ligne .*besoins_couverts_min") as refusal:
        read_ground(study)
    assert refusal.value.code == "E_GROUP"
    assert "le groupe compte 14 ménages. Écrivez au plus 14" in plain(str(refusal.value))


def test_the_check_of_a_study_warns_of_a_ceiling_under_the_variable_cost(tmp_path: Path) -> None:
    path = write_small_study(
        tmp_path, changes={"statuts": {"PLUS": {"plafond_prix_de_revient_m2": 900}}}
    )
    lines = [plain(line) for line in check_file_of_kind(path, "etude")]
    assert [line for line in lines if "PLUS : jamais retenu" in line]
    assert not [line for line in lines if "PLAI : jamais retenu" in line]
