"""An impossible programme in a report: concessions that, made together, would give one."""

from __future__ import annotations

import math
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.formats import area, count, euros, number, typeset
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.certificate import Unit
from habitat_analysis.programme.concessions import SCALES
from habitat_analysis.programme.price_words import LESS_IS_LOOSER
from habitat_analysis.programme.rules import rule_unit
from habitat_analysis.programme.wording import NOUNS, rule_label
from habitat_analysis.report.sections_summary import conflict

SEEN: Final = {"eur": 0.5, "eur_m2": 0.5}  # a concession below this is a rounding of the solver
TINY: Final = 0.005


def conflict_line(feasibility: Feasibility) -> str:
    """Name the limits in conflict, unless a reason of the verdict already does."""
    said = conflict(feasibility)
    return "" if any(said and said in reason for reason in feasibility.verdict.reasons) else said


def concessions_sentence(feasibility: Feasibility) -> str:
    """Say the smallest concessions made together; empty when they are one of the ways out."""
    diagnosis, case = feasibility.diagnosis, feasibility.file.case
    spent = (diagnosis.concessions or {}) if diagnosis else {}
    seen = {
        rule: amount
        for rule, amount in spent.items()
        if amount >= SEEN.get(rule_unit(case, rule), TINY)
    }
    alone = {way.rule for way in diagnosis.ways_out if way.enough} if diagnosis else set()
    if not seen or (len(seen) == 1 and alone >= set(seen)):
        return ""
    parts = [
        f"{_label(case, rule)}, {_amount(case, rule, amount)}" for rule, amount in seen.items()
    ]
    head = (
        "La plus petite concession d'ensemble"
        if len(parts) == 1
        else f"Ou, faites ensemble, ces {len(parts)} concessions plus petites"
    )
    return typeset(
        f"{head} : {' ; '.join(parts)}. C'est une façon parmi d'autres ; un logement, une place,"
        f" {area(SCALES['m2'])} et {euros(SCALES['eur'])} y pèsent autant."
    )


def _label(case: Case, rule: str) -> str:
    text = "Terrain, taxes et frais fixes" if rule == "balance" else rule_label(case, rule)
    return text[0].lower() + text[1:]


def _amount(case: Case, rule: str, amount: float) -> str:
    """Write a concession with its sense, rounded up so as to be enough."""
    family, unit = rule.partition(":")[0], rule_unit(case, rule)
    if is_private_rule(rule):
        return "une part plus souple (chiffres réservés)"
    if family == "mandatory":
        return "y renoncer"
    if family == "ceiling":
        return f"{euros(math.ceil(amount - TINY))} de plus sur l'ensemble"
    less = rule in LESS_IS_LOOSER or rule.endswith(":min")
    return f"{_written(amount, unit)} {'de moins' if less else 'de plus'}"


def _written(amount: float, unit: Unit) -> str:
    if unit in ("eur", "eur_m2"):
        return euros(math.ceil(amount - TINY))
    tenths = math.ceil(amount * 10 - 10 * TINY) / 10
    if unit == "m2":
        return area(tenths, 1)
    if tenths.is_integer():
        return count(tenths, *NOUNS[unit])
    return f"{number(tenths, 1)} {NOUNS[unit][0 if tenths < 2 else 1]}"
