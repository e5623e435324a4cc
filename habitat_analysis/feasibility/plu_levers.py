"""What each rule of the plan (PLU) weighs: the envelope drawn again a step looser and tighter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.feasibility.ground import mandatory_area
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.land.capacity import site_capacity
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.requirements import Lever, LeverUnit
from habitat_analysis.programme.study_rules import programme_rules
from habitat_analysis.study import PluRules

STEP_SHARE: Final = 0.05  # five points of the site
STEP_M: Final = 1.0  # one metre
STEP_LEVELS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _PluStep:
    """One rule of the plan, its field in the study, and the move that loosens it."""

    field: str
    label: str
    unit: LeverUnit
    looser: float


STEPS: Final = (
    _PluStep(field="levels_max", label="Niveaux permis par le PLU", unit="niveaux",
             looser=STEP_LEVELS),
    _PluStep(field="coverage_max", label="Emprise au sol permise par le PLU", unit="points",
             looser=STEP_SHARE),
    _PluStep(field="open_ground_min", label="Pleine terre demandée par le PLU", unit="points",
             looser=-STEP_SHARE),
    _PluStep(field="road_setback_m", label="Recul sur voie demandé par le PLU", unit="metres",
             looser=-STEP_M),
    _PluStep(field="side_min_m", label="Retrait minimal demandé par le PLU", unit="metres",
             looser=-STEP_M),
)  # fmt: skip


def plu_levers(feasibility: Feasibility) -> Iterator[Lever]:
    """List the rules of the plan as requirements, each with the case of a step on both sides.

    A level comes with its height. The envelope is measured again by `land.capacity`; the price of
    the land does not move.
    """
    rules = feasibility.rules
    for step in STEPS:
        limit = float(getattr(rules, step.field))
        sides = [_moved(feasibility, step, move) for move in (step.looser, -step.looser)]
        yield Lever(
            rule=f"plu:{PluRules.model_fields[step.field].alias}",
            unit=step.unit,
            step=abs(step.looser),
            limit=limit,
            looser=sides[0],
            tighter=sides[1],
            label=step.label,
        )


def _moved(feasibility: Feasibility, step: _PluStep, move: float) -> Case | None:
    """Return the case under one rule moved; None where the move means nothing."""
    rules, study = feasibility.rules, feasibility.ground.study
    value = round(getattr(rules, step.field) + move, 9)
    if value < 0 or (step.unit == "points" and value > 1) or (step.unit == "niveaux" and value < 1):
        return None
    changes: dict[str, float] = {step.field: value}
    if step.unit == "niveaux":
        changes["height_max_m"] = rules.height_max_m + move * rules.floor_height_m
    capacity = site_capacity(
        feasibility.site.geometry,
        feasibility.site.road_edges,
        rules=rules.model_copy(update=changes),
        ratios=study.ratios,
        typologies=study.programme.typologies,
        shared_area_m2=mandatory_area(study),
    )
    case = feasibility.file.case
    limits = programme_rules(study, capacity, group_size=sum(c.count for c in case.classes))
    fixed = case.fixed_cost_eur
    return replace(
        case,
        rules=limits,
        fixed_m2_eur=fixed / limits.shab_max_m2 if limits.shab_max_m2 else 0.0,
    )
