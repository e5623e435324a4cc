"""Rules that give way: by a stated amount, or each by as little as can be, all together.

What is solved here is the PuLP problem of `model`, read once more, with the bounds of its rows
moved or a slack added to each.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.sparse import csr_array, hstack

from habitat_analysis.programme.arrays import Arrays, Vector, read_arrays
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.certificate import Unit
from habitat_analysis.programme.kept import row_limits
from habitat_analysis.programme.model import KILO, ProgrammeModel, build_programme
from habitat_analysis.programme.rules import LOOSEST, loosest, rule_unit
from habitat_analysis.programme.solving import Status, solve_arrays

SCALES: Final[Mapping[Unit, float]] = {  # concessions of so much of each unit weigh alike (5.6)
    "m2": 66.0, "places": 1.0, "logements": 1.0, "menages": 1.0, "locaux": 1.0, "eur": 30_000.0,
    "eur_m2": 30_000.0,  # over the whole operation
}  # fmt: skip
MONEY_UNITS: Final = frozenset({"eur", "eur_m2"})
NO_CONCESSION: Final = 1e-7


def possible(case: Case, concessions: Mapping[str, float]) -> Status:
    """Tell whether a programme exists once some rules give way.

    Parameters
    ----------
    case
        The question.
    concessions
        By rule id, in the unit of the rule, euros for money.

    Returns
    -------
    status
        Of the PuLP problem, solved from nothing.
    """
    moved = case
    for rule, amount in concessions.items():
        moved = conceded(moved, rule, amount)
    model = build_programme(moved)
    arrays = _unaimed(read_arrays(model.problem))
    row_of = _rows(model, arrays)
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    for rule, amount in concessions.items():
        if conceded(case, rule, amount) is case:
            change = amount / (KILO if rule_unit(case, rule) in MONEY_UNITS else 1.0)
            lower[row_of[rule]] -= change
            upper[row_of[rule]] += change
    return solve_arrays(replace(arrays, row_lower=lower, row_upper=upper)).status


def possible_without(case: Case, rules: Collection[str]) -> Status:
    """Tell whether a programme exists without some rules, by the PuLP problem itself.

    Without both the surface and the number of dwellings, a tenure with a ceiling holds at most
    `rules.MOST_TIMES` times as many dwellings as either allows.
    """
    return Opened(case, rules).without(rules)


class Opened:
    """The PuLP problem of a case, read once, to be solved without one set of rules or another."""

    def __init__(self, case: Case, rules: Collection[str]) -> None:
        """Read the problem, loose where one of the rules would be left out."""
        self._loose = frozenset(rule for rule in rules if rule in LOOSEST)
        model = build_programme(loosest(case, self._loose))
        self._arrays = _unaimed(read_arrays(model.problem))
        self._rules = [model.rules[row] for row in self._arrays.rows]

    def without(self, rules: Collection[str]) -> Status:
        """Tell whether a programme exists without some rules.

        Raises
        ------
        ValueError
            When they would loosen other limits than those of the problem read.
        """
        if self._loose != {rule for rule in rules if rule in LOOSEST}:
            msg = f"Expected rules that loosen {sorted(self._loose)}: got {sorted(rules)}."
            raise ValueError(msg)
        free = np.array([rule in rules for rule in self._rules], dtype=bool)
        lower = np.where(free, -np.inf, self._arrays.row_lower)
        upper = np.where(free, np.inf, self._arrays.row_upper)
        return solve_arrays(replace(self._arrays, row_lower=lower, row_upper=upper)).status


def conceded(case: Case, rule: str, amount: float) -> Case:
    """Return a case whose rule gives way, for the rules on which other rows rest; else itself."""
    rules, name = case.rules, rule.partition(":")[2]
    if rule == "surface":
        return replace(case, rules=replace(rules, shab_max_m2=rules.shab_max_m2 + amount))
    if rule == "dwellings:max":
        most = math.floor(rules.dwellings_max + amount)
        return replace(case, rules=replace(rules, dwellings_max=most))
    if rule.startswith("ceiling:"):
        tenures = tuple(
            replace(terms, cost_ceiling_m2_eur=(terms.cost_ceiling_m2_eur or 0.0) + amount)
            if terms.id == name
            else terms
            for terms in case.tenures
        )
        return replace(case, tenures=tenures)
    return case


def elastic(
    case: Case, rules: Sequence[str], scales: Mapping[str, float]
) -> tuple[float | None, dict[str, float]]:
    """Give each rule a slack of its own and spend as little of them as can be.

    Returns
    -------
    total
        Sum of the slacks, each divided by its scale: unique; None when nothing is proved.
    spent
        One set of slacks that reaches it, by rule, in its unit; a ceiling in euros of the whole.
    """
    model = build_programme(loosest(case, [rule for rule in rules if rule in LOOSEST]))
    arrays, slack_of = _with_slacks(model, case, rules, scales)
    result = solve_arrays(arrays)
    if result.objective is None or result.status != "optimal":
        return None, {}
    spent = {
        rule: math.fsum(result.values[name] for name in names) for rule, names in slack_of.items()
    }
    return result.objective, {rule: n for rule, n in spent.items() if n > NO_CONCESSION}


def _with_slacks(
    model: ProgrammeModel, case: Case, rules: Sequence[str], scales: Mapping[str, float]
) -> tuple[Arrays, dict[str, list[str]]]:
    """Add a column for each bound of each rule: what its row may lack, in the unit of the rule."""
    arrays = read_arrays(model.problem)
    row_of, limits = _rows(model, arrays), row_limits(case)
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    columns: list[Vector] = []
    costs: list[float] = []
    slack_of: dict[str, list[str]] = {rule: [] for rule in rules}
    for rule in rules:
        row, unit = row_of[rule], rule_unit(case, rule)
        if rule in LOOSEST:  # the row keeps the limit of the study: only the M are loose
            lower[row], upper[row] = limits[rule][:2]
        for sign, bound in ((1.0, lower[row]), (-1.0, upper[row])):
            if math.isfinite(bound):
                column = np.zeros(len(arrays.rows))
                column[row] = sign / (KILO if unit in MONEY_UNITS else 1.0)
                slack_of[rule].append(f"slack {len(columns)}")
                columns.append(column)
                costs.append(1.0 / scales.get(rule, SCALES[unit]))
    extra, known = len(columns), len(arrays.names)
    added = replace(
        arrays,
        names=(*arrays.names, *(f"slack {position}" for position in range(extra))),
        matrix=csr_array(hstack([arrays.matrix, csr_array(np.column_stack(columns))])),
        row_lower=lower,
        row_upper=upper,
        lower=np.concatenate([arrays.lower, np.zeros(extra)]),
        upper=np.concatenate([arrays.upper, np.full(extra, np.inf)]),
        integer=np.concatenate([arrays.integer, np.zeros(extra, dtype=bool)]),
        cost=np.concatenate([np.zeros(known), costs]),
        offset=0.0,
        maximise=False,
    )
    return added, slack_of


def _rows(model: ProgrammeModel, arrays: Arrays) -> dict[str, int]:
    return {model.rules[row]: position for position, row in enumerate(arrays.rows)}


def _unaimed(arrays: Arrays) -> Arrays:
    return replace(arrays, cost=np.zeros(len(arrays.names)), offset=0.0, maximise=False)
