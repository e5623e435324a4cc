"""What stops a programme from going further: the rules it holds at their very limit."""

from __future__ import annotations

import math
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.formats import count, join_fr, typeset
from habitat_analysis.programme.certificate import Check
from habitat_analysis.programme.wording import rule_label
from habitat_analysis.report.sections_programme import (
    NO_PROGRAMME,
    SENSES,
    check_value,
)
from habitat_analysis.report.sheets import Column, Sheet, sheet

EVERYWHERE: Final = frozenset(
    {"accepted", "balance", "fixed", "mandatory"}
)  # at their limit always
NEAR: Final = 1e-6  # relative: sums of money computed twice may differ in the last digits
WHOLE: Final = frozenset({"logements", "places", "menages"})


def limiting_rules(feasibility: Feasibility) -> Sheet | None:
    """List the rules held at their limit; None without a programme.

    A rule counted in dwellings or places limits as soon as one more of them would break it.
    Rules on households are left out: their figures stay in the cooperative's circle.
    """
    checks = _at_limit(feasibility)
    if checks is None:
        return None
    case = feasibility.file.case
    rows = [
        {
            "rule": rule_label(case, check.rule),
            "value": check_value(check, check.value),
            "sense": SENSES[check.sense],
            "limit": check_value(check, check.limit),
        }
        for check in checks
    ]
    columns = [
        Column(name="rule", header="Limite atteinte"),
        Column(name="value", header="Programme", kind="mixed"),
        Column(name="sense", header="Doit être"),
        Column(name="limit", header="Limite", kind="mixed"),
    ]
    note = (
        "Le prix de chaque exigence, en euros, est recalculé à la section 9 du rapport et dans le "
        "carnet 30."
    )
    return sheet("Ce qui limite", "Ce qui limite le programme", rows, columns, notes=[note])


def limits_sentence(feasibility: Feasibility) -> str:
    """Name the rules held at their limit, in one sentence."""
    checks = _at_limit(feasibility)
    if checks is None:
        return NO_PROGRAMME
    if not checks:
        return "Aucune règle publique n'est à sa limite."
    labels = [rule_label(feasibility.file.case, check.rule) for check in checks]
    said = count(len(labels), "règle est à sa limite", "règles sont à leur limite")
    return typeset(f"{said} : {join_fr([label[0].lower() + label[1:] for label in labels])}.")


def _at_limit(feasibility: Feasibility) -> list[Check] | None:
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return None
    return [
        check
        for check in evaluation.certificate
        if check.kind == "rule"
        and check.rule.partition(":")[0] not in EVERYWHERE
        and not is_private_rule(check.rule)
        and _is_tight(check)
    ]


def _is_tight(check: Check) -> bool:
    """Tell whether one more unit, or a euro more, would break the rule."""
    room = check.limit - check.value if check.sense == "<=" else check.value - check.limit
    if check.unit in WHOLE:
        return room < 1 - NEAR and float(check.value).is_integer()
    return math.isclose(check.value, check.limit, rel_tol=NEAR, abs_tol=NEAR)
