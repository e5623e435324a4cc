"""What a portfolio asks of the model for one site: one pure function, and one for a chunk of sites.

An `Answer` is plain numbers and texts, without seconds nor tables: it goes through a file or
between processes and two runs give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from habitat_analysis.errors import HabitatError
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.programme.case import Case, check_objectives
from habitat_analysis.programme.certificate import TOLERANCES, Check
from habitat_analysis.programme.diagnosis import irreducible_conflict
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.land_bill import charge_fonciere_admissible
from habitat_analysis.programme.optimum import Optimum
from habitat_analysis.programme.optimum import answer as answered
from habitat_analysis.programme.solving import Status
from habitat_analysis.programme.wording import rule_label

NO_EQUITY_LIMIT: Final = (
    "Charge foncière non calculée : l'étude ne limite pas les fonds propres, donc tout prix du "
    "terrain pourrait être payé."
)
ALWAYS_TIGHT: Final = frozenset({"balance", "accepted", "class", "cell", "mandatory"})
ROUNDING_EUR: Final = 1.0  # a sum this near its limit is at its limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One objective: the value reached, the best value not excluded, their gap. Euros."""

    objective: str
    value: float
    bound: float | None
    gap: float | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a table says of a programme; euros, tax included."""

    units: tuple[tuple[str, str, int], ...]  # typology, tenure, dwellings
    spaces: tuple[str, ...]
    dwellings: int
    shab_m2: float
    housed: int
    housed_rental: int
    effort_eur: float
    equity_eur: float
    topup_eur: float
    subsidies_eur: float
    cost_eur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LandAnswer:
    """The charge foncière admissible above the land already counted; euros, tax included."""

    status: Status
    extra_eur: float | None
    bound_eur: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A limit at work: its id in the model and its French name."""

    rule: str
    label: str


RESERVED: Final = Binding(rule="menages", label="Placement et revenus du groupe (réservé)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that a portfolio keeps of one site.

    Attributes
    ----------
    status
        As `Optimum.status`: ``error`` and ``no_solution`` say nothing of the site.
    stages
        One an objective, in order; empty without a programme.
    figures
        None without a programme.
    land
        None when nothing limits the equity, or when nothing is proved of the site; a bill below
        zero says by how much the land counted is too dear.
    binding
        With a programme, the limits that leave no room for one more unit; without one, limits
        that cannot hold together while any one less can. See `binding_rules`.
    note
        French; why something is missing.
    """

    status: Status
    stages: tuple[Reached, ...] = ()
    figures: Figures | None = None
    land: LandAnswer | None = None
    binding: tuple[Binding, ...] = ()
    note: str = ""


def answer(
    case: Case,
    objectives: Sequence[str],
    *,
    land_eur: float = 0.0,
    kept: KeptProgramme | None = None,
    time_limit_s: float | None = None,
) -> Answer:
    """Optimise one case and find the land bill it can bear.

    Parameters
    ----------
    case
        The question.
    objectives
        Names of `case.OBJECTIVES`, most important first.
    land_eur
        Land in the fixed cost of the case, tax and interest included.
    kept
        Arrays of a case of the same shape, if there are some.
    time_limit_s
        Seconds for the objectives together, and again for the land bill.

    Returns
    -------
    answer
        The same for the same case and software: no clock in it.

    Raises
    ------
    HabitatError
        As `optimise`; `answer_many` turns it into the status ``error``.
    """
    check_objectives(case, objectives)
    if kept is None or not kept.same_shape(case):
        kept = KeptProgramme(case)
    optimum = answered(kept, case, objectives, time_limit_s=time_limit_s)
    evaluation = optimum.evaluation
    limited = case.rules.equity_max_eur is not None
    known = optimum.status in ("optimal", "feasible", "infeasible")
    return Answer(
        status=optimum.status,
        stages=tuple(
            Reached(
                objective=stage.objective,
                value=stage.value,
                bound=stage.bound,
                gap=stage.gap,
                status=stage.status,
            )
            for stage in optimum.stages
        ),
        figures=None if evaluation is None else _figures(evaluation),
        land=_land(case, land_eur, kept, time_limit_s) if known and limited else None,
        binding=binding_rules(case, optimum, kept=kept),
        note="" if limited else typeset(NO_EQUITY_LIMIT),
    )


def answer_many(
    cases: Sequence[Case],
    objectives: Sequence[str],
    *,
    lands_eur: Sequence[float] | None = None,
    time_limit_s: float | None = None,
) -> tuple[Answer, ...]:
    """Answer a chunk of cases; one that fails never stops the others.

    Parameters
    ----------
    cases, objectives, time_limit_s
        As `answer`; the arrays of one case serve all those of its shape.
    lands_eur
        Land in the fixed cost of each case, none by default.

    Returns
    -------
    answers
        In the order of the cases. A failure of the software or of the solver is an answer of
        status ``error``, never « impossible ».
    """
    lands = [0.0] * len(cases) if lands_eur is None else lands_eur
    kept: KeptProgramme | None = None
    answers = []
    for case, land in zip(cases, lands, strict=True):
        try:
            if kept is None or not kept.same_shape(case):
                kept = KeptProgramme(case)
            answers.append(
                answer(case, objectives, land_eur=land, kept=kept, time_limit_s=time_limit_s)
            )
        except Exception as error:  # whatever it is, the other sites go on and this one says so
            first = (str(error) or type(error).__name__).splitlines()[0]
            note = typeset(f"Échec du calcul : {quoted(first[:200])}.")
            answers.append(Answer(status="error", note=note))
    return tuple(answers)


def binding_rules(
    case: Case, optimum: Optimum, *, kept: KeptProgramme | None = None
) -> tuple[Binding, ...]:
    """Name the limits at work in an answer.

    With a programme, every rule of the certificate with no room left for one more unit: a
    dwelling, a household, the smallest dwelling for the surface, the least of the tenures' places
    for the parking, one euro for money. What is tight by construction (balance, placements,
    mandatory rooms) is left out. Without a programme, an irreducible conflict. Rules on the
    incomes of the group are named together, without which one: a portfolio is public.
    """
    if optimum.evaluation is not None:
        rules = [c.rule for c in optimum.evaluation.certificate if _is_tight(case, c)]
    elif optimum.status == "infeasible":
        rules = list(irreducible_conflict(case, kept=kept))
    else:
        rules = []
    named = [
        RESERVED if is_private_rule(rule) else Binding(rule=rule, label=rule_label(case, rule))
        for rule in rules
    ]
    return tuple(dict.fromkeys(named))


def _is_tight(case: Case, check: Check) -> bool:
    if check.kind != "rule" or check.rule.partition(":")[0] in ALWAYS_TIGHT:
        return False
    if check.sense == "=":
        return True
    if check.limit == 0 and check.value == 0:  # nothing was allowed, nothing was wanted
        return False
    slack = check.limit - check.value if check.sense == "<=" else check.value - check.limit
    return slack < _unit(case, check) - TOLERANCES[check.unit]


def _unit(case: Case, check: Check) -> float:
    """Return the smallest step a programme can make in the unit of a check."""
    if check.unit == "m2":
        return min((size.shab_m2 for size in case.typologies), default=0.0)
    if check.unit == "places":
        return min((terms.parking for terms in case.tenures if terms.parking), default=0.0)
    if check.unit in ("eur", "eur_m2"):
        return ROUNDING_EUR
    return 1.0


def _figures(evaluation: Evaluation) -> Figures:
    programme = evaluation.programme
    return Figures(
        units=tuple((size, code, n) for (size, code), n in programme.units.items() if n),
        spaces=tuple(programme.spaces),
        dwellings=evaluation.dwellings,
        shab_m2=evaluation.shab_m2,
        housed=evaluation.housed,
        housed_rental=evaluation.housed_rental,
        effort_eur=evaluation.public_money_eur,
        equity_eur=evaluation.equity_eur,
        topup_eur=evaluation.topup_eur,
        subsidies_eur=evaluation.subsidies_eur,
        cost_eur=evaluation.cost_eur,
    )


def _land(
    case: Case, land_eur: float, kept: KeptProgramme, time_limit_s: float | None
) -> LandAnswer:
    """Find the land bill; its own failure leaves the programme of the site as it is."""
    try:
        bill = charge_fonciere_admissible(
            case, land_eur=land_eur, below_free=True, kept=kept, time_limit_s=time_limit_s
        )
    except HabitatError:
        return LandAnswer(status="error", extra_eur=None, bound_eur=None)
    return LandAnswer(status=bill.status, extra_eur=bill.extra_eur, bound_eur=bill.bound_eur)
