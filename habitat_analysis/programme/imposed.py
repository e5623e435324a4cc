"""People decide: their programme, or the numbers they fix, set beside the optimum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from habitat_analysis.formats import count, euros, typeset
from habitat_analysis.programme.case import Case, Cell, Programme
from habitat_analysis.programme.evaluation import Evaluation, evaluate
from habitat_analysis.programme.optimum import Optimum, optimise
from habitat_analysis.programme.sharing_out import share_out
from habitat_analysis.programme.wording import STATUS_LABELS, broken_sentence, rule_label


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that a programme does not keep, and by how much."""

    rule: str
    label: str
    gap: float
    unit: str
    sentence: str  # French


@dataclass(frozen=True, slots=True, kw_only=True)
class ImposedVerdict:
    """A programme typed by people, judged and set beside the optimum.

    The differences are those of the typed programme to the optimum, in « effort à réunir » and
    in needs covered; None when there is no optimum.
    """

    programme: Programme
    evaluation: Evaluation
    broken: tuple[BrokenRule, ...]
    optimum: Optimum
    extra_cost_eur: float | None
    housed_difference: int | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedVerdict:
    """What the numbers fixed by people cost: the optimum around them beside the free one."""

    optimum: Optimum
    free: Optimum
    extra_cost_eur: float | None
    housed_difference: int | None
    sentence: str


def judge_imposed(
    case: Case,
    programme: Programme | Mapping[Cell, int],
    objectives: Sequence[str],
    *,
    time_limit_s: float | None = None,
) -> ImposedVerdict:
    """Evaluate a programme typed by people, name each broken rule, compare with the optimum.

    Parameters
    ----------
    case
        The question.
    programme
        The group's own programme; dwellings alone come with the mandatory rooms and those the
        group fixed. What is not said of the buildings is shared out at best by `share_out`.
    objectives
        Objectives of the optimum, most important first.
    time_limit_s
        Seconds allowed to the optimum.

    Raises
    ------
    DataError
        ``E_PROGRAMME`` when the programme does not speak of this case.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules, TenureTerms, Typology
    >>> case = Case(
    ...     typologies=(Typology(id="T3", shab_m2=66.0, su_m2=70.0),),
    ...     tenures=(TenureTerms(id="LIBRE", kind="sale", vat=0.2, variable_cost_m2_eur=2500.0,
    ...                          price_m2_eur=3200.0),),
    ...     rules=ProgrammeRules(shab_max_m2=200.0, dwellings_max=5),
    ...     fixed_cost_eur=90_000.0)
    >>> verdict = judge_imposed(case, {("T3", "LIBRE"): 2}, ["public_money"])
    >>> verdict.sentence.replace("\u202f", " ").replace("\u00a0", " ")[:57]
    "Par rapport à l'optimum, votre programme coûte 13 200 € d"
    """
    if not isinstance(programme, Programme):
        programme = Programme(units=dict(programme), spaces=_decided_rooms(case))
    evaluation = evaluate(case, share_out(case, programme))
    broken = tuple(
        BrokenRule(
            rule=check.rule,
            label=rule_label(case, check.rule),
            gap=check.gap,
            unit=check.unit,
            sentence=broken_sentence(case, check),
        )
        for check in evaluation.broken
    )
    optimum = optimise(case, objectives, time_limit_s=time_limit_s)
    extra, fewer = _differences(evaluation, optimum.evaluation)
    comparison = _comparison("votre programme", extra, fewer, optimum, plural=False)
    return ImposedVerdict(
        programme=evaluation.programme,
        evaluation=evaluation,
        broken=broken,
        optimum=optimum,
        extra_cost_eur=extra,
        housed_difference=fewer,
        sentence=typeset(f"{comparison} {_rules_kept(len(broken))}"),
    )


def judge_fixed(
    case: Case, objectives: Sequence[str], *, time_limit_s: float | None = None
) -> FixedVerdict:
    """Optimise around the numbers fixed by people and say what they cost.

    Parameters
    ----------
    case
        The question, with its fixed numbers.
    objectives
        Most important first.
    time_limit_s
        Seconds allowed to each of the two optima.
    """
    optimum = optimise(case, objectives, time_limit_s=time_limit_s)
    free = optimise(replace(case, fixed={}), objectives, time_limit_s=time_limit_s)
    extra = fewer = None
    if optimum.evaluation is None and free.evaluation is not None:
        sentence = f"Avec vos choix : {_lower(STATUS_LABELS[optimum.status])}."
    else:
        if optimum.evaluation is not None:
            extra, fewer = _differences(optimum.evaluation, free.evaluation)
        sentence = _comparison("vos choix", extra, fewer, free, plural=True)
    return FixedVerdict(
        optimum=optimum,
        free=free,
        extra_cost_eur=extra,
        housed_difference=fewer,
        sentence=typeset(sentence),
    )


def _decided_rooms(case: Case) -> tuple[str, ...]:
    """Return the rooms built whatever the group types: mandatory, or fixed by it."""
    return tuple(
        space.id for space in case.spaces if space.mandatory or case.fixed.get(space.id) is True
    )


def _differences(
    evaluation: Evaluation, reference: Evaluation | None
) -> tuple[float | None, int | None]:
    if reference is None:
        return None, None
    extra = evaluation.public_money_eur - reference.public_money_eur
    return extra, evaluation.housed - reference.housed


def _comparison(
    subject: str, extra: float | None, housed: int | None, optimum: Optimum, *, plural: bool
) -> str:
    """Say what a programme costs and covers beside the optimum."""
    if extra is None or housed is None:
        return f"Pas de comparaison : {_lower(STATUS_LABELS[optimum.status])}."
    costs, covers = ("coûtent", "couvrent") if plural else ("coûte", "couvre")
    name = "l'optimum" if optimum.status == "optimal" else "le meilleur programme trouvé"
    money = f"{costs} autant"
    if abs(extra) >= 0.5:
        effort = "à réunir (fonds propres et subventions)"
        money = f"{costs} {euros(abs(extra))} {_sign(extra)} {effort}"
    if housed == 0:
        needs = f"{covers} autant de besoins"
    else:
        needs = f"{covers} {_needs(abs(housed))} {_sign(housed)}"
    return f"Par rapport à {name}, {subject} {money} et {needs}."


def _sign(difference: float) -> str:
    return "de plus" if difference > 0 else "de moins"


def _needs(number: int) -> str:
    return "un besoin" if number == 1 else count(number, "besoin")


def _rules_kept(broken: int) -> str:
    if broken == 0:
        return "Votre programme respecte toutes les règles."
    named = "une règle" if broken == 1 else count(broken, "règle")
    return f"Votre programme ne respecte pas {named}."


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
