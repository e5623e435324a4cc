"""What households can live in under the prices of a study: budgets count when the study says so."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd
import pytest

from habitat_analysis.feasibility import Feasibility, Ground, choose_sites, read_ground, study_site
from habitat_analysis.feasibility.access import Access, access_of_study, cells_by_household
from habitat_analysis.feasibility.operation import lay_out
from habitat_analysis.runs.portfolio_work import make_work
from habitat_analysis.study import load_study
from tests.small_study import HOUSEHOLDS, idu, write_small_study

BUDGET = {"effort_locataire_max": 0.22, "reste_a_vivre_min_uc": 700, "source": "essai"}
DEARER = {"nom": "taux", "libelle": "Taux + 1 point", "hausse_taux": 0.01}


def written(folder: Path, *, households: str = HOUSEHOLDS, **residents: Any) -> Path:
    """Write the small study, with what it says of residents and its households."""
    changes = {"groupe": residents, "scenarios": [DEARER]}
    path = write_small_study(folder, changes=changes)
    (folder / "menages.csv").write_text(households, encoding="utf-8")
    return path


@lru_cache(maxsize=8)
def ground_of(*, tested: bool = True, households: str = HOUSEHOLDS) -> Ground:
    residents = {"budget": BUDGET} if tested else {}
    folder = Path(mkdtemp(prefix="habitat-access-"))
    return read_ground(load_study(written(folder, households=households, **residents)))


def access(*, scenario: str = "base", **ground: Any) -> Access:
    found = access_of_study(ground_of(**ground), scenario=scenario)
    assert found is not None
    return found


def cells(found: Access) -> dict[str, set[tuple[str, str]]]:
    return {who: set(one) for who, one in cells_by_household(found).items()}


def test_without_a_budget_everything_is_as_before() -> None:
    ground = ground_of(tested=False)
    found = access(tested=False)
    assert ground.needs is not None
    assert not found.tested_for_money
    assert found.classes == ground.needs.classes
    pd.testing.assert_frame_equal(found.members.needs.households, ground.needs.needs.households)
    assert lay_out(ground, (idu(1),), scenario="base").file.case.classes == ground.needs.classes


def test_a_budget_only_takes_cells_away() -> None:
    before, after = cells(access(tested=False)), cells(access())
    assert all(after[who] <= before[who] for who in before)
    assert any(after[who] < before[who] for who in before)


def test_the_rent_of_one_household_checked_by_hand() -> None:
    """M08 earns 2 000 a month alone: 22 % of it bears a rent of 440, and 700 is left to live on."""
    found = access().members.cells.set_index(["household_id", "tenure", "typology"])
    row = found.loc[("M08", "PLUS", "T2")]
    burden = next(b for b in access().burdens if (b.tenure, b.typology) == ("PLUS", "T2"))
    asked = burden.rent_month_eur + burden.charges_month_eur
    assert row["outlay_month_eur"] == pytest.approx(asked)
    assert row["effort"] == pytest.approx(asked / 2_000)
    assert bool(row["affordable"]) == (asked <= 440 and 2_000 - asked >= 700)


def test_the_portfolio_and_the_site_have_the_same_classes() -> None:
    for scenario in ("base", "taux"):
        work = make_work(ground_of(), (), scenario=scenario)
        for site in ((idu(1),), (idu(5),)):
            plan = lay_out(ground_of(), site, scenario=scenario)
            assert plan.file.case.classes == work.mould.case.classes
            assert plan.access is not None
            assert plan.file.case.classes == plan.access.classes


def test_dearer_loans_open_no_cell() -> None:
    base, dearer = access(), access(scenario="taux")
    assert dearer.budget is not None
    assert base.budget is not None
    assert dearer.budget.credit.rate == pytest.approx(base.budget.credit.rate + 0.01)
    assert all(cells(dearer)[who] <= cells(base)[who] for who in cells(base))


def test_a_poorer_household_never_gains_a_cell_that_needs_money() -> None:
    """Same rights (the yearly income does not move), a tenth less each month and less saved."""
    columns = HOUSEHOLDS.splitlines()[0].split(";")
    month, saved = columns.index("revenu_mensuel"), columns.index("epargne")
    kept = cells(access())
    for share in (0.9, 0.7, 0.4):
        lines = [line.split(";") for line in HOUSEHOLDS.splitlines()]
        for line in lines[1:]:
            line[month] = str(round(float(line[month]) * share))
            line[saved] = str(round(float(line[saved]) * share))
        poorer = cells(access(households="\n".join(";".join(line) for line in lines) + "\n"))
        assert all(poorer[who] <= kept[who] for who in kept)
        kept = poorer


def test_an_allowance_opens_rental_cells_and_no_other() -> None:
    head, *lines = HOUSEHOLDS.splitlines()
    helped = "\n".join([f"{head};apl_mensuelle", *(f"{line};400" for line in lines), ""])
    before, after = cells(access()), cells(access(households=helped))
    gained = {code for who in before for _, code in after[who] - before[who]}
    assert all(before[who] <= after[who] for who in before)
    assert gained
    assert gained <= {"PLAI", "PLUS"}


def test_households_without_cell_are_counted_by_what_stops_them_first() -> None:
    """Three tenants that earn 500 a month, one that wishes what its income closes."""
    head = HOUSEHOLDS.splitlines()[0] + ";statuts_souhaites"
    lines = [line + ";" for line in HOUSEHOLDS.splitlines()[1:]]
    lines += [f"P{n};0;1;40;;9000;500;0;PLUS" for n in (1, 2, 3)]
    lines += ["R1;0;1;40;;150000;9000;0;PLAI", "B1;2;0;;1|12|14|15|16;20000;2500;0;"]
    found = access(households="\n".join([head, *lines, ""]))
    assert found.blocked["budget"] >= 3
    assert found.blocked["souhaits"] == 1
    assert found.blocked["taille"] == 1
    assert sum(found.blocked.values()) == found.n_without_cell
    named = found.members.needs.unplaced.set_index("household_id")["obstacle"]
    assert set(named[["P1", "P2", "P3"]]) == {"budget"}
    assert sum(need.count for need in found.classes) + found.n_without_cell == 19


def test_it_is_computed_once_for_all_the_sites() -> None:
    one = lay_out(ground_of(), (idu(1),), scenario="base").access
    other = lay_out(ground_of(), (idu(2),), scenario="base").access
    assert one is other
    assert one is not lay_out(ground_of(), (idu(1),), scenario="taux").access


def test_candidates_are_weighed_like_members(tmp_path: Path) -> None:
    path = written(tmp_path, budget=BUDGET)
    study = load_study(path)
    (tmp_path / "candidats.csv").write_text(HOUSEHOLDS.replace("\nM", "\nC"), encoding="utf-8")
    files = study.files.model_copy(update={"candidates": "candidats.csv"})
    ground = read_ground(study.model_copy(update={"files": files}))
    found = access_of_study(ground, scenario="base")
    assert found is not None
    both = cells_by_household(found)
    assert len(both) == 28
    assert all(both[f"C{n:02d}"] == both[f"M{n:02d}"] for n in range(1, 15))


def test_without_a_group_there_is_no_access(tmp_path: Path) -> None:
    ground = read_ground(load_study(write_small_study(tmp_path, group=False)))
    assert access_of_study(ground, scenario="base") is None
    assert lay_out(ground, (idu(1),), scenario="base").access is None


@pytest.mark.slow
def test_the_demonstration_houses_only_those_who_can_pay(project: Path) -> None:
    study = load_study(project / "data" / "demo" / "etude.yaml")
    ground = read_ground(study)
    found: Feasibility = study_site(ground, choose_sites(ground)[0])
    assert found.access is not None
    assert found.access.tested_for_money
    assert found.programme is not None
    reached = {code for one in cells_by_household(found.access).values() for _, code in one}
    assert reached == set(study.programme.tenures)
    able = replace(found.file.case, classes=found.access.classes)
    assert able == found.file.case
