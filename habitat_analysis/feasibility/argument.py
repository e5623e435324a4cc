"""What argues a programme: its compromises, the price of each requirement, what it withstands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from habitat_analysis.feasibility.argued import Argument, Tested
from habitat_analysis.feasibility.land_value import land_value
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.operation import objectives
from habitat_analysis.feasibility.plu_levers import plu_levers
from habitat_analysis.feasibility.stress import TRIALS
from habitat_analysis.feasibility.vote_effect import vote_effect
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.programme.account import Scenario
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.economics import build_case, shifted_case
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.frontier import front
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.requirements import (
    case_levers,
    price_requirements,
    relaxed_programme,
)
from habitat_analysis.programme.robust import (
    breaking_points,
    robust_programme,
)
from habitat_analysis.study import OBJECTIVES

PRICED_OBJECTIVES: Final = 2  # the price of a requirement is read on the first two objectives


def argue(feasibility: Feasibility) -> Argument:
    """Argue the programme of a site: a second or two of solving.

    Parameters
    ----------
    feasibility
        A site studied. Without a programme, only what the land may cost is looked for: the ways
        out are in its diagnosis.

    Returns
    -------
    argument
        Fronts and prices are empty without a programme.
    """
    case, study = feasibility.file.case, feasibility.ground.study
    kept, limit = KeptProgramme(case), float(study.time_limit_s)
    land, vote = land_value(feasibility, kept=kept), vote_effect(feasibility)
    relaxation = relaxed_programme(case, "public_money")
    evaluation = feasibility.optimum.evaluation
    if evaluation is None or feasibility.programme is None:
        return Argument(fronts=(), prices=(), relaxation=relaxation, robust=None, tested=(),
                        breaking=(), land=land, vote=vote)  # fmt: skip
    wanted = objectives(feasibility.ground)
    tested, scenarios, cases = _trials(feasibility, feasibility.programme)
    robust = robust_programme(
        case,
        scenarios,
        cases=cases,
        housed_min=evaluation.housed,
        equity_max_stress_eur=study.programme.stressed_equity_max_eur,
        time_limit_s=limit,
    )
    levers = [*case_levers(case), *plu_levers(feasibility)]
    return Argument(
        fronts=tuple(
            front(case, opposed, kept=kept, time_limit_s=limit)
            for opposed in opposed_objectives(feasibility)
        ),
        prices=price_requirements(
            case, wanted[:PRICED_OBJECTIVES], levers=levers, kept=kept, time_limit_s=limit
        ),
        relaxation=relaxation,
        robust=robust if robust.programme is not None else None,
        tested=tested,
        breaking=breaking_points(case, feasibility.programme),
        land=land,
        vote=vote,
    )


def opposed_objectives(feasibility: Feasibility) -> tuple[tuple[str, ...], ...]:
    """Name the objectives to oppose: those of the study, or effort against needs and mix."""
    study = feasibility.ground.study
    stated = [tuple(OBJECTIVES[name] for name in names) for names in study.programme.tradeoffs]
    if stated:
        return tuple(stated)
    target = study.programme.mix_target is not None
    counted = "housed" if feasibility.ground.needs is not None else "dwellings"
    pairs = [("public_money", counted), *([("public_money", "mix")] if target else [])]
    return tuple(pairs)


def _trials(
    feasibility: Feasibility, programme: Programme
) -> tuple[tuple[Tested, ...], list[Scenario], dict[str, Case]]:
    """Gather the fixed set of trials, as `stress_table` makes them, and the study's scenarios."""
    file, unit = feasibility.file, feasibility.file.unit_costs
    land_share = unit.fixed_land_ht_eur / unit.fixed_ht_eur if unit.fixed_ht_eur else 0.0
    labels = {trial.id: typeset(trial.label) for trial in TRIALS}
    scenarios = [trial.scenario(land_share) for trial in TRIALS]
    cases: dict[str, Case] = {
        trial.id: shifted_case(file, months=trial.delay_months, rate_shift=trial.rate_shift)
        for trial in TRIALS
        if trial.delay_months or trial.rate_shift
    }
    for terms in feasibility.ground.study.scenarios:
        if terms.name == feasibility.scenario.name:
            continue
        name = f"etude:{terms.name}"
        labels[name] = typeset(f"Scénario {quoted(terms.label)}")
        scenarios.append(Scenario(id=name))
        cases[name] = build_case(
            feasibility.ground.study,
            terms,
            site=feasibility.site,
            capacity=feasibility.capacity,
            classes=file.case.classes,
            facts=file.setting.facts,
        ).case
    tested = [
        Tested(
            id=scenario.id,
            label=labels[scenario.id],
            kept=evaluate(cases.get(scenario.id, file.case), programme, scenario),
        )
        for scenario in scenarios
    ]
    return tuple(tested), scenarios, cases


def with_argument(feasibility: Feasibility) -> Feasibility:
    """Add its argument to a site studied."""
    return replace(feasibility, argument=argue(feasibility))
