"""Why a programme is impossible, and each way out of it.

Three answers, all by solving: the smallest total of concessions (elastic model), for each rule
alone the smallest concession that is enough, and an irreducible conflict, that is a set of rules
of which any one may be lifted. Each way out is tried again on both sides by the PuLP problem
itself, apart from the kept arrays that found it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.programme.case import Case
from habitat_analysis.programme.certificate import Unit
from habitat_analysis.programme.concessions import Opened, conceded, elastic, possible
from habitat_analysis.programme.kept import KeptProgramme, Question
from habitat_analysis.programme.model import KILO
from habitat_analysis.programme.optimum import read_programme
from habitat_analysis.programme.rules import LOOSEST, loosest, relaxable_rules, rule_unit
from habitat_analysis.programme.search import Goal, Search
from habitat_analysis.programme.solving import Status

ENOUGH: Final[Mapping[Unit, float]] = {  # added to a concession when it is tried
    "m2": 1e-4, "places": 1e-5, "logements": 1e-5, "menages": 1e-5, "locaux": 1e-5, "eur": 0.5,
    "eur_m2": 0.01,
}  # fmt: skip
STEP: Final[Mapping[Unit, float]] = {  # taken off it when it must not be enough
    "m2": 0.1, "places": 0.01, "logements": 0.01, "menages": 0.01, "locaux": 0.01, "eur": 50.0,
    "eur_m2": 1.0,
}  # fmt: skip
CEILING_ROUNDS: Final = 30
CLOSE_EUR: Final = 0.01  # a ceiling is found when what exceeds it is below a cent


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A rule, and the smallest concession on it alone that makes a programme possible.

    Attributes
    ----------
    amount
        In the unit of the rule, euros for money; None when no concession on it is enough alone.
    total, part
        Dwellings of the programme that this concession allows, and what the rule counts in it.
    proved
        Whether a fresh solve finds a programme with it and none with a little less; None when
        there is nothing to try.
    """

    rule: str
    unit: Unit
    amount: float | None
    total: int | None = None
    part: float | None = None
    proved: bool | None = None

    @property
    def enough(self) -> bool:
        """Whether conceding on this rule alone is enough."""
        return self.amount is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What makes a programme impossible.

    Attributes
    ----------
    status
        Of the programme itself: ``infeasible`` when there is something to diagnose.
    hard
        Whether it stays impossible with every rule lifted.
    elastic_total, concessions
        Smallest weighted total of concessions made together, and one set of them that reaches it.
    ways_out
        One a rule, those that are enough first.
    conflict
        Rules that cannot hold together while any one less can.
    """

    status: Status
    hard: bool = False
    elastic_total: float | None = None
    concessions: Mapping[str, float] | None = None
    ways_out: tuple[WayOut, ...] = ()
    conflict: tuple[str, ...] = ()


def diagnose(
    case: Case,
    *,
    rules: Sequence[str] | None = None,
    scales: Mapping[str, float] | None = None,
    prove: bool = True,
) -> Diagnosis:
    """Say why a case has no programme, and what would give it one.

    Parameters
    ----------
    case
        The question.
    rules
        Rules that may be conceded, by their ids; all the relaxable ones by default.
    scales
        Weight of one unit of each rule in the elastic model; by default those of
        `concessions.SCALES`.
    prove
        Whether each way out is tried again on both sides.

    Returns
    -------
    diagnosis
        Nothing but the status when a programme exists, or when the solver could not tell.

    References
    ----------
    ``docs/model.md`` 5.6; Chinneck 2008 for the deletion filter.
    """
    doctor = _Doctor(case, rules)
    status = doctor.status()
    if status != "infeasible":
        return Diagnosis(status=status)
    freed = doctor.status(doctor.rules)
    if freed not in ("optimal", "feasible"):
        return Diagnosis(status=status, hard=freed == "infeasible")
    total, spent = elastic(case, doctor.rules, scales or {})
    ways = [doctor.way_out(rule) for rule in doctor.rules]
    if prove:
        ways = [replace(way, proved=_proved(case, way)) for way in ways]
    return Diagnosis(
        status=status,
        elastic_total=total,
        concessions=spent,
        ways_out=tuple(sorted(ways, key=lambda way: not way.enough)),
        conflict=doctor.conflict(),
    )


def irreducible_conflict(case: Case, *, kept: KeptProgramme | None = None) -> tuple[str, ...]:
    """Return an irreducible conflict of an impossible case, empty when hard rules conflict.

    Parameters
    ----------
    case
        A case without programme.
    kept
        Arrays of a case of the same shape, if there are some.
    """
    doctor = _Doctor(case, None, kept=kept)
    if doctor.status(doctor.rules) not in ("optimal", "feasible"):
        return ()
    return doctor.conflict()


def is_irreducible(
    case: Case, conflict: Collection[str], rules: Sequence[str] | None = None
) -> bool:
    """Tell whether some rules cannot hold together while any one less can, the others lifted.

    Parameters
    ----------
    case
        The question.
    conflict
        Rules said to conflict.
    rules
        Rules that may be lifted; all the relaxable ones by default.
    """
    doctor = _Doctor(case, rules)
    others = [rule for rule in doctor.rules if rule not in conflict]
    return doctor.status(others) == "infeasible" and all(
        doctor.status([*others, rule]) == "optimal" for rule in conflict
    )


class _Doctor:
    """Asks one impossible case without some of its rules."""

    def __init__(
        self, case: Case, rules: Sequence[str] | None, *, kept: KeptProgramme | None = None
    ) -> None:
        self.case = case
        self._opened: Opened | None = None
        self._loose: dict[frozenset[str], Case] = {frozenset(): case}
        self._kept = kept if kept is not None and kept.same_shape(case) else KeptProgramme(case)
        self.rules = relaxable_rules(self._kept.row_of) if rules is None else tuple(rules)

    def status(self, without: Collection[str] = ()) -> Status:
        """Tell whether a programme exists without some rules.

        The empty programme keeps every rule that none of those left speaks of. Without a bound on
        the number of dwellings there is no end of numbers to go through: a programme within the
        bound of the study is looked for first, since it stays one without that bound.
        """
        question = self._question(self.case, without)
        if _allows_nothing(question):
            return "optimal"
        if set(without) >= LOOSEST:
            within = self.status([rule for rule in without if rule != "dwellings:max"])
            if within == "optimal":
                return within
            self._opened = self._opened or Opened(self.case, LOOSEST)
            return self._opened.without(without)
        return Search(self._kept, question).possible()

    def conflict(self) -> tuple[str, ...]:
        """Drop for good each rule without which it is still impossible, in alphabetical order."""
        dropped: list[str] = []
        for rule in sorted(self.rules):
            if self.status([*dropped, rule]) == "infeasible":
                dropped.append(rule)
        return tuple(rule for rule in sorted(self.rules) if rule not in dropped)

    def way_out(self, rule: str) -> WayOut:
        """Find the smallest concession on one rule alone."""
        unit = rule_unit(self.case, rule)
        nothing = WayOut(rule=rule, unit=unit, amount=None)
        if unit == "eur_m2":
            return self._ceiling_way_out(rule, nothing)
        opened, limits = self._question(self.case, [rule]), self._kept.question(self.case)
        row, scale = self._kept.row_of[rule], KILO if unit == "eur" else 1.0
        slope, ways = float(limits.slope[row]), [nothing]
        for bound, maximise in ((limits.row_lower[row], True), (limits.row_upper[row], False)):
            if not math.isfinite(bound):
                continue
            search = Search(self._kept, _on_one_side(opened, limits, row, below=maximise))
            found = search.best(Goal(row=row, maximise=maximise, per_dwelling=slope))
            if found.value is None or found.total is None or found.status != "optimal":
                continue
            gap = float(bound - found.value if maximise else found.value - bound)
            counted = 0.0 if rule == "open" else slope * found.total
            part = (found.value + counted) * scale
            amount = max(0.0, gap) * scale
            ways.append(replace(nothing, amount=amount, total=found.total, part=part))
        return min(ways, key=lambda way: math.inf if way.amount is None else way.amount)

    def _ceiling_way_out(self, rule: str, nothing: WayOut) -> WayOut:
        """Find the lowest ceiling that is enough: the least cost per m2, by Dinkelbach's steps."""
        code = rule.partition(":")[2]
        terms = next(tenure for tenure in self.case.tenures if tenure.id == code)
        stated = cap = terms.cost_ceiling_m2_eur or 0.0
        shab = {size.id: size.shab_m2 for size in self.case.typologies}
        rooms = {space.id: space.cost_eur for space in self.case.spaces}
        for _ in range(CEILING_ROUNDS):
            tried = conceded(self.case, rule, cap - stated)
            search = Search(self._kept, self._question(tried, [rule]))
            found = search.best(Goal(row=self._kept.row_of[rule]))
            if found.value is None or found.status != "optimal":
                return nothing
            built = read_programme(self._kept.model, found.values)
            area = sum(n * shab[size] for (size, _), n in built.units.items())
            fixed = self.case.fixed_cost_eur + sum(rooms[room] for room in built.spaces)
            if not area:
                return nothing
            reached = terms.variable_cost_m2_eur * (1 + terms.vat) + fixed / area
            if abs(reached - cap) < CLOSE_EUR:
                amount = max(0.0, reached - stated)
                return replace(nothing, amount=amount, total=found.total, part=reached)
            cap = reached
        return nothing

    def _question(self, case: Case, without: Collection[str]) -> Question:
        bounds = frozenset(rule for rule in without if rule in LOOSEST)
        if case is not self.case:
            loose = loosest(case, bounds)
        elif bounds not in self._loose:
            loose = self._loose[bounds] = loosest(case, bounds)
        else:
            loose = self._loose[bounds]
        dropped = [rule for rule in without if rule not in LOOSEST]
        return self._kept.question(loose, without=dropped)


def _on_one_side(opened: Question, limits: Question, row: int, *, below: bool) -> Question:
    """Open an equality on one side only: the nearest value is looked for on each side of it."""
    if limits.row_lower[row] != limits.row_upper[row]:
        return opened
    bounds = opened.row_upper.copy() if below else opened.row_lower.copy()
    bounds[row] = limits.row_upper[row]
    return replace(opened, row_upper=bounds) if below else replace(opened, row_lower=bounds)


def _allows_nothing(question: Question) -> bool:
    """Tell whether the programme without any dwelling, room nor euro keeps every row."""
    if 0 not in question.totals:
        return False
    lower, upper = question.rows_at(0)
    return bool((lower <= 0).all() and (upper >= 0).all())


def _proved(case: Case, way: WayOut) -> bool | None:
    """Try a way out again on both sides, by the PuLP problem itself."""
    if way.amount is None:
        return None
    enough = possible(case, {way.rule: way.amount + ENOUGH[way.unit]})
    less = way.amount - STEP[way.unit]
    return enough in ("optimal", "feasible") and (
        less <= 0 or possible(case, {way.rule: less}) == "infeasible"
    )
