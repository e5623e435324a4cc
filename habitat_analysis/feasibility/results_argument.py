"""What argues a programme in `resultats.json`; lists are empty when nothing was argued."""

from __future__ import annotations

from typing import Final

from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.results_schema import (
    ArbitrageR,
    CompromisR,
    EffetR,
    EssaiRobusteR,
    ExigenceR,
    ImpossibiliteR,
    IssueR,
    LigneProgramme,
    RobustesseR,
    RuptureR,
)
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.frontier import Front, FrontPoint, holds_point
from habitat_analysis.programme.price_words import lever_label, price_sentence
from habitat_analysis.programme.requirement_keys import study_key
from habitat_analysis.programme.requirements import Answered, Price
from habitat_analysis.programme.way_words import conflict_sentence, way_sentence
from habitat_analysis.programme.wording import rule_label
from habitat_analysis.study import OBJECTIVES

CENTS: Final = 2
DIGITS: Final = 4
FRENCH: Final = {model: french for french, model in OBJECTIVES.items()}
TROUBLES: Final = {
    "works": "travaux", "land": "charges_fixes", "rate": "taux", "dropout": "desistements",
}  # fmt: skip


def tradeoff_results(feasibility: Feasibility) -> list[ArbitrageR]:
    """Publish each front, point by point."""
    argument, kept = feasibility.argument, feasibility.optimum.evaluation
    if argument is None or kept is None:
        return []
    return [
        ArbitrageR(
            objectifs=[FRENCH[name] for name in front.objectives],
            statut=front.status,
            complet=front.complete,
            points=[_point(front, point, kept) for point in front.points],
        )
        for front in argument.fronts
    ]


def requirement_results(feasibility: Feasibility) -> list[ExigenceR]:
    """Publish the price of each requirement, those on the incomes of households left out."""
    argument = feasibility.argument
    prices = argument.prices if argument else ()
    return [_price(feasibility, p) for p in prices if not is_private_rule(p.lever.rule)]


def robust_results(feasibility: Feasibility) -> RobustesseR | None:
    """Publish what the kept programme withstands, beside the robust one; None when unproved."""
    argument = feasibility.argument
    robust = argument.robust if argument else None
    if argument is None or robust is None or robust.evaluations is None:
        return None
    return RobustesseR(
        statut=robust.status,
        pire_essai=next(t.label for t in argument.tested if t.id == robust.worst),
        pire_effort=round(robust.worst_eur or 0.0, CENTS),
        borne=_rounded(robust.bound_eur),
        prix=_rounded(robust.price_eur),
        essais=[
            EssaiRobusteR(
                libelle=tested.label,
                effort_retenu=round(tested.kept.public_money_eur, CENTS),
                effort_robuste=round(robust.evaluations[tested.id].public_money_eur, CENTS),
            )
            for tested in argument.tested
        ],
        ruptures=[
            RuptureR(
                alea=TROUBLES[point.trouble],
                tient_jusqu_a=None if point.reached is None else round(point.reached, DIGITS),
                essaye=point.tried,
            )
            for point in argument.breaking
        ],
    )


def impossibility_results(feasibility: Feasibility) -> ImpossibiliteR | None:
    """Publish the conflict and the ways out; None when a programme exists, or nothing is proved."""
    diagnosis, case = feasibility.diagnosis, feasibility.file.case
    if diagnosis is None or diagnosis.status != "infeasible":
        return None
    return ImpossibiliteR(
        conflit=[rule_label(case, rule) for rule in diagnosis.conflict],
        phrase=conflict_sentence(case, diagnosis.conflict),
        issues=[
            IssueR(
                regle=way.rule,
                libelle=rule_label(case, way.rule),
                unite=way.unit,
                montant=None if is_private_rule(way.rule) else _rounded(way.amount),
                suffit=way.enough,
                verifiee=way.proved,
                phrase=way_sentence(case, way),
            )
            for way in diagnosis.ways_out
        ],
        concessions={
            rule: round(amount, DIGITS)
            for rule, amount in (diagnosis.concessions or {}).items()
            if not is_private_rule(rule)
        },
    )


def _point(front: Front, point: FrontPoint, kept: Evaluation) -> CompromisR:
    evaluation = point.optimum.evaluation
    assert evaluation is not None  # noqa: S101 - a point of a front has its evaluation
    return CompromisR(
        valeurs={FRENCH[name]: round(value, DIGITS) for name, value in point.reached.items()},
        logements=[
            LigneProgramme(typologie=size, statut=code, nombre=n)
            for (size, code), n in sorted(evaluation.programme.units.items())
        ],
        effort=round(evaluation.public_money_eur, CENTS),
        fonds_propres=round(evaluation.equity_eur, CENTS),
        subventions=round(evaluation.subsidies_eur + evaluation.topup_eur, CENTS),
        retenu=holds_point(front, point, kept),
    )


def _price(feasibility: Feasibility, price: Price) -> ExigenceR:
    case, lever = feasibility.file.case, price.lever
    return ExigenceR(
        cle=study_key(lever.rule),
        libelle=lever_label(case, lever),
        unite=lever.unit,
        pas=lever.step,
        limite=None if lever.limit is None else round(lever.limit, DIGITS),
        plus_souple=_effect(price.looser),
        plus_stricte=_effect(price.tighter),
        phrase=price_sentence(case, price),
    )


def _effect(side: Answered | None) -> EffetR | None:
    if side is None:
        return None
    return EffetR(statut=side.optimum.status, besoins=side.housed, effort=_rounded(side.effort_eur))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, CENTS)
