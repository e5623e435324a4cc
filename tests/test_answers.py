"""The answer of one site: what it says, what it never says, and its way through a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.feasibility import Ground, read_ground, study_site
from habitat_analysis.feasibility.answers import (
    Answer,
    Binding,
    Figures,
    LandAnswer,
    Reached,
    answer,
    answer_many,
)
from habitat_analysis.feasibility.operation import lay_out, objectives
from habitat_analysis.programme.case import Case, ShareRule
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.runs.portfolio_work import answers_text, read_answers
from habitat_analysis.study import load_study
from tests.small_study import idu, write_small_study

STEP_EUR = 10.0


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return read_ground(load_study(write_small_study(tmp_path_factory.mktemp("etude"))))


@pytest.fixture(scope="module")
def case(ground: Ground) -> Case:
    return lay_out(ground, (idu(1),), scenario="base").file.case


@pytest.fixture(scope="module")
def found(ground: Ground, case: Case) -> Answer:
    return answer(case, objectives(ground))


def test_the_answer_is_that_of_the_report(ground: Ground, found: Answer) -> None:
    report = study_site(ground, (idu(1),))
    assert report.optimum.evaluation is not None
    assert found.figures is not None
    assert found.status == report.optimum.status == "optimal"
    reached = {stage.objective: stage.value for stage in found.stages}
    assert reached == pytest.approx(report.optimum.values)
    assert sum(n for _, _, n in found.figures.units) == report.optimum.evaluation.dwellings


def test_the_land_bill_holds_ten_euros_below_and_breaks_ten_above(
    case: Case, found: Answer
) -> None:
    assert found.land is not None
    assert found.land.status == "optimal"
    assert found.land.extra_eur is not None
    for step, status in ((-STEP_EUR, "optimal"), (STEP_EUR, "infeasible")):
        dearer = case.fixed_cost_eur + found.land.extra_eur + step
        assert optimise(replace(case, fixed_cost_eur=dearer), ["equity"]).status == status


def test_a_limit_with_no_room_for_one_more_unit_binds(found: Answer, case: Case) -> None:
    rules = {limit.rule for limit in found.binding}
    assert rules
    assert not rules & {"balance", "accepted"}
    assert all(limit.label and limit.label != limit.rule for limit in found.binding)
    tighter = replace(case, rules=replace(case.rules, dwellings_max=found.figures.dwellings))  # type: ignore[union-attr]
    assert "dwellings:max" in {limit.rule for limit in answer(tighter, ["housed"]).binding}


def test_an_impossible_case_names_an_irreducible_conflict(case: Case) -> None:
    wanted = replace(case.rules, dwellings_min=19, shab_max_m2=600.0)
    found = answer(replace(case, rules=wanted), ["housed"])
    assert found.status == "infeasible"
    assert found.figures is None
    assert "dwellings:min" in {limit.rule for limit in found.binding}


def test_no_answer_in_time_is_not_impossible(case: Case) -> None:
    families = (*case.rules.families, ShareRule(id="rare", members=("PLAI",), min=0.31, max=0.33))
    hard = replace(case, rules=replace(case.rules, families=families, dwellings_max=200,
                                       shab_max_m2=12_000.0))  # fmt: skip
    found = answer(hard, ["public_money"], time_limit_s=0.0)
    assert found.status in {"no_solution", "feasible"}
    if found.status == "no_solution":
        assert found.binding == ()


def test_a_case_that_fails_never_stops_the_others(case: Case) -> None:
    aimless = replace(case, rules=replace(case.rules, mix_target=None))
    good, bad, again = answer_many([case, aimless, case], ["mix"])
    assert bad.status == "error"
    assert bad.note.startswith("Échec du calcul")
    assert bad.binding == ()
    assert good == again
    assert good.status == "optimal"


def test_without_a_limit_of_equity_the_land_bill_says_why(case: Case) -> None:
    free = replace(case, rules=replace(case.rules, equity_max_eur=None))
    found = answer(free, ["housed"])
    assert found.land is None
    assert "fonds propres" in found.note


numbers = st.floats(allow_nan=False, allow_infinity=False)
statuses = st.sampled_from(["optimal", "feasible", "infeasible", "no_solution", "error"])


@given(
    st.builds(
        Answer,
        status=statuses,
        stages=st.lists(
            st.builds(Reached, objective=st.text(), value=numbers, bound=st.none() | numbers,
                      gap=st.none() | numbers, status=statuses), max_size=2,
        ).map(tuple),
        figures=st.none() | st.builds(
            Figures, units=st.just((("T2", "PLAI", 3),)), spaces=st.just(("salle",)),
            dwellings=st.integers(0, 99), shab_m2=numbers, housed=st.integers(0, 9),
            housed_rental=st.integers(0, 9), effort_eur=numbers, equity_eur=numbers,
            topup_eur=numbers, subsidies_eur=numbers, cost_eur=numbers,
        ),
        land=st.none() | st.builds(LandAnswer, status=statuses, extra_eur=st.none() | numbers,
                                   bound_eur=st.none() | numbers),
        binding=st.lists(st.builds(Binding, rule=st.text(), label=st.text()), max_size=2)
        .map(tuple),
        note=st.text(st.characters(codec="utf-8")),
    )
)  # fmt: skip
def test_answers_come_back_from_a_file_to_the_last_bit(one: Answer) -> None:
    assert read_answers(answers_text([one, one])) == (one, one)


def test_what_is_no_answer_is_refused(tmp_path: Path) -> None:
    for text in (b"", b"[{", b'[{"status": "optimal"'):
        with pytest.raises(ValueError):
            read_answers(text)
