"""Worked examples of the programme: from their inputs to calls of the package."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from habitat_analysis.programme.case import (
    Case,
    MixGroup,
    MixTarget,
    NeedClass,
    Programme,
    ProgrammeRules,
    SharedSpace,
    ShareRule,
    TenureTerms,
    Typology,
)
from habitat_analysis.programme.concessions import possible
from habitat_analysis.programme.diagnosis import diagnose, is_irreducible
from habitat_analysis.programme.evaluation import Evaluation, Scenario, evaluate
from habitat_analysis.programme.frontier import pareto
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.optimum import answer, optimise
from habitat_analysis.programme.requirements import relaxed_programme
from habitat_analysis.programme.robust import robust_programme


def read_case(stated: Mapping[str, Any]) -> Case:
    """Read the ``program`` of a worked file; what it does not say is not a limit."""
    return Case(
        typologies=tuple(
            Typology(id=item["id"], shab_m2=item["shab"], su_m2=item["su"])
            for item in stated["typologies"]
        ),
        tenures=tuple(_tenure(item) for item in stated["tenures"]),
        spaces=tuple(
            SharedSpace(
                id=item["id"],
                area_m2=item["area"],
                cost_eur=item["cost"],
                mandatory=item.get("mandatory", False),
                value=item.get("value", 0.0),
            )
            for item in stated.get("spaces", ())
        ),
        classes=tuple(
            NeedClass(
                id=item["id"],
                count=item["count"],
                quartile=item.get("quartile", ""),
                cells=tuple((typology, tenure) for typology, tenure in item["cells"]),
            )
            for item in stated.get("households", ())
        ),
        rules=_rules(stated["constraints"]),
        fixed_cost_eur=stated["fixed_cost_ttc"],
        dropout_loss=stated.get("dropout_loss", 0.0),
        fixed_m2_eur=stated.get("fixed_m2"),
    )


def _tenure(item: Mapping[str, Any]) -> TenureTerms:
    return TenureTerms(
        id=item["id"],
        kind=item["kind"],
        vat=item["vat"],
        variable_cost_m2_eur=item["variable_cost_m2"],
        loan_rate=item.get("loan_rate", 0.0),
        loan_years=item.get("loan_years", 0),
        net_rent_m2_year_eur=item.get("net_rent_m2_year", 0.0),
        progressive_loan_eur=item.get("progressive_loan", {}),
        price_m2_eur=item.get("price_m2", 0.0),
        ofs_land_m2_eur=item.get("ofs_land_m2", 0.0),
        subsidy_eur=item.get("subsidy_per_dwelling", 0.0),
        parking=item.get("parking", 0.0),
        cost_ceiling_m2_eur=item.get("cost_ceiling_m2"),
    )


def _rules(stated: Mapping[str, Any]) -> ProgrammeRules:
    fewest, most = stated["dwellings"]
    target = stated.get("mix_target")
    return ProgrammeRules(
        shab_max_m2=stated["shab_max"],
        parking_max=stated.get("parking_max"),
        dwellings_min=fewest,
        dwellings_max=most,
        open_max=stated.get("open_max"),
        housed_min=stated.get("housed_min", 0),
        families=_shares(stated, "families", "tenures"),
        typology_shares=_shares(stated, "typology_shares", "typologies"),
        quartiles=_shares(stated, "quartiles", "quartiles"),
        equity_max_eur=stated.get("equity_max"),
        topup_max_eur=stated.get("topup_max") or 0.0,
        subsidy_max_eur=stated.get("subsidy_max"),
        mix_target=None
        if target is None
        else MixTarget(
            eps=target.get("eps"),
            groups=tuple(
                MixGroup(id=item["id"], tenures=tuple(item["tenures"]), share=item["share"])
                for item in target["groups"]
            ),
        ),
    )


def _shares(stated: Mapping[str, Any], key: str, members: str) -> tuple[ShareRule, ...]:
    return tuple(
        ShareRule(
            id=item["id"],
            members=tuple(item.get(members, (item["id"],))),
            min=item.get("min"),
            max=item.get("max"),
        )
        for item in stated.get(key, ())
    )


def read_programme(stated: Mapping[str, Any]) -> Programme:
    units = {tuple(cell.split(",")): number for cell, number in stated["x"].items()}
    return Programme(units=units, spaces=tuple(stated.get("spaces", ())))


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """Name the figures of an evaluation as the worked files do."""
    return {
        "dwellings": evaluation.dwellings,
        "housed": evaluation.housed,
        "shab": evaluation.shab_m2,
        "shab_with_spaces": evaluation.shab_with_spaces_m2,
        "cost": evaluation.cost_eur,
        "loans": evaluation.loans_eur,
        "subsidies": evaluation.subsidies_eur,
        "sales": evaluation.sales_eur,
        "equity_needed": evaluation.equity_needed_eur,
        "public_money": evaluation.public_money_eur,
        "surplus": evaluation.surplus_eur,
        "by_tenure": evaluation.by_tenure,
        "cost_m2": evaluation.cost_m2_eur,
        "parking": evaluation.parking,
        "mix": evaluation.mix,
    }


def optimise_programme(inputs: Mapping[str, Any]) -> dict[str, Any]:
    optimum = optimise(read_case(inputs["program"]), inputs["objectives"])
    found = optimum.programme is not None
    return {"status": optimum.status, "values": optimum.values if found else None}


def optimise_witness(inputs: Mapping[str, Any], witness: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate a stated optimum: it keeps every rule and reaches the stated values."""
    evaluation = evaluate(read_case(inputs["program"]), read_programme(witness))
    if not evaluation.feasible:
        msg = f"The witness breaks {[check.rule for check in evaluation.broken]}."
        raise ValueError(msg)
    values = {name: evaluation.reached(name) for name in inputs["objectives"]}
    return {"values": values, "witness_evaluation": figures(evaluation)}


def evaluate_programme(inputs: Mapping[str, Any]) -> dict[str, Any]:
    case, programme = read_case(inputs["program"]), read_programme(inputs["solution"])
    scenarios = [Scenario(**stated) for stated in inputs.get("scenarios", ())]
    return figures(evaluate(case, programme)) | {
        "scenarios": [
            {"id": scenario.id} | figures(evaluate(case, programme, scenario))
            for scenario in scenarios
        ]
    }


def pareto_points(inputs: Mapping[str, Any]) -> dict[str, Any]:
    points = pareto(read_case(inputs["program"]), inputs["housed_min"])
    known = [None if math.isnan(value) else value for value in points["value"]]
    return {"points": [list(point) for point in zip(points["housed_min"], known, strict=True)]}


def relaxation(inputs: Mapping[str, Any]) -> dict[str, Any]:
    found = relaxed_programme(read_case(inputs["program"]), inputs["objective"])
    return {"status": found.status, "objective": found.value}


def sensitivity(inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Move each field that the expected answer names, and solve again from kept arrays."""
    stated = inputs["program"]
    kept = KeptProgramme(read_case(stated))
    changes = []
    for change in expected["changes"]:
        case = read_case(_moved(stated, change["field"], change["delta"]))
        if not kept.same_shape(case):
            kept = KeptProgramme(case)
        values = answer(kept, case, inputs["objectives"]).values
        changes.append({**change, "values": values or None})
    return {"changes": changes}


def _moved(stated: Mapping[str, Any], field: str, delta: float) -> dict[str, Any]:
    if field in stated:
        return {**stated, field: stated[field] + delta}
    limits = stated["constraints"]
    return {**stated, "constraints": {**limits, field: limits[field] + delta}}


def robust(inputs: Mapping[str, Any]) -> dict[str, Any]:
    case, scenarios = read_case(inputs["program"]), _scenarios(inputs)
    stress = inputs["program"]["constraints"].get("equity_max_stress")
    found = robust_programme(case, scenarios, equity_max_stress_eur=stress)
    return {"status": found.status, "worst": found.worst_eur}


def robust_witness(inputs: Mapping[str, Any], witness: Mapping[str, Any]) -> dict[str, Any]:
    case, programme = read_case(inputs["program"]), read_programme(witness)
    found = [evaluate(case, programme, scenario) for scenario in _scenarios(inputs)]
    return {
        "worst": max(evaluation.public_money_eur for evaluation in found),
        "nominal_public_money_of_witness": evaluate(case, programme).public_money_eur,
    }


def _scenarios(inputs: Mapping[str, Any]) -> list[Scenario]:
    return [Scenario(**stated) for stated in inputs["scenarios"]]


def read_rule(name: str) -> str:
    return name.replace("|", ":")


def diagnose_programme(inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Diagnose; where several answers are right, the one stated is kept if it proves right."""
    case = read_case(inputs["program"])
    stated = {read_rule(name): name for name in inputs["rules"]}
    scales = {read_rule(name): rule["scale"] for name, rule in inputs["rules"].items()}
    found = diagnose(case, rules=tuple(stated), scales=scales)
    answer_given: dict[str, Any] = {
        "status": found.status,
        "elastic_total": found.elastic_total,
        "elastic_slacks": {stated[rule]: n for rule, n in (found.concessions or {}).items()},
        "single_relaxations": {stated[way.rule]: way.amount for way in found.ways_out},
        "iis": [stated[rule] for rule in found.conflict],
    }
    conflict = [read_rule(name) for name in expected.get("iis") or ()]
    if conflict and is_irreducible(case, conflict, tuple(stated)):
        answer_given["iis"] = expected["iis"]
    slacks = {read_rule(name): n for name, n in (expected.get("elastic_slacks") or {}).items()}
    spent = math.fsum(n / scales[rule] for rule, n in slacks.items())
    near = {rule: n + 1e-6 * max(1.0, n) for rule, n in slacks.items()}
    as_little = math.isclose(spent, found.elastic_total or 0.0, rel_tol=1e-4)
    if slacks and as_little and possible(case, near) == "optimal":
        answer_given["elastic_slacks"] = expected["elastic_slacks"]
    return answer_given


CALLS: dict[str, Callable[[dict[str, Any]], object]] = {
    "optimise_programme": optimise_programme,
    "evaluate_programme": evaluate_programme,
    "pareto": pareto_points,
    "relaxation": relaxation,
    "robust_programme": robust,
}
ASKED: dict[str, Callable[[dict[str, Any], Any], object]] = {
    "sensitivity": sensitivity,
    "diagnose": diagnose_programme,
}
WITNESSES: dict[str, Callable[[dict[str, Any], Any], object]] = {
    "optimise_programme": optimise_witness,
    "robust_programme": robust_witness,
}
