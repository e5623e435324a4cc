"""A case turned once into arrays, so that a neighbouring question only changes their numbers.

Once the number N of dwellings is fixed, every share of the dwellings is a constant right-hand
side: ``sum_F x - alpha N >= 0`` becomes ``sum_F x >= alpha N``, and its limit can be rounded to a
whole number. A kept programme is the PuLP problem of `model` after this change of form; a
question gives it the numbers of a case that has the same typologies, tenures, rooms and rules
but other surfaces, places, sums, shares, costs, rents or prices. What makes no such question is
built again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from habitat_analysis.errors import UsageError
from habitat_analysis.programme.arrays import Arrays, Vector, coefficients, read_arrays
from habitat_analysis.programme.case import OBJECTIVES, Case, ShareRule, resident_shares
from habitat_analysis.programme.cells import cell_rows
from habitat_analysis.programme.duality import Matrix
from habitat_analysis.programme.model import (
    KILO,
    build_programme,
    ceiling_numbers,
    largest_bill,
    objective,
)
from habitat_analysis.programme.relaxations import Relaxations
from habitat_analysis.programme.witnesses import Witnesses

ROUNDED: Final = ("share", "typo")  # families whose part is a number of dwellings
LAND: Final = "land"
MONEY: Final = ("cost", "loan", "subsidy", "revenue")  # of a cell
NUMBER_NOISE: Final = 1e-9  # an alpha N this near to a whole number is that number


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Arrays of one case, still to be told the number of dwellings.

    Attributes
    ----------
    matrix
        Coefficients, shape (rows, columns), shares of the dwellings replaced by their parts.
    row_lower, row_upper, slope
        Bounds of the rows: ``bound + slope N``.
    upper
        Upper bounds of the columns.
    whole
        Rows whose bounds are rounded to whole numbers.
    totals
        Numbers of dwellings that the rules allow.
    total_row
        Row that counts the dwellings.
    """

    matrix: Matrix
    row_lower: Vector
    row_upper: Vector
    slope: Vector
    upper: Vector
    whole: npt.NDArray[np.bool_]
    totals: range
    total_row: int

    def rows_at(self, total: int) -> tuple[Vector, Vector]:
        """Return the bounds of the rows for so many dwellings."""
        lower, upper = self.rows_for([total])
        return lower[0], upper[0]

    def rows_for(self, totals: Sequence[int]) -> tuple[Matrix, Matrix]:
        """Return the bounds of the rows, one line a number of dwellings."""
        numbers = np.array(totals, dtype=float)[:, None]
        lower, upper = self.row_lower + self.slope * numbers, self.row_upper + self.slope * numbers
        lower[:, self.whole] = np.ceil(lower[:, self.whole] - NUMBER_NOISE)
        upper[:, self.whole] = np.floor(upper[:, self.whole] + NUMBER_NOISE)
        lower[:, [self.total_row]] = upper[:, [self.total_row]] = numbers
        return lower, upper


class KeptProgramme:
    """The arrays of a case and the place of every rule and objective in them."""

    def __init__(self, case: Case) -> None:
        """Build the PuLP problem of a case, once, and read it."""
        self.case = case
        self.model = build_programme(case, land_max_eur=largest_bill(case))
        self._cells = cell_rows(case)
        arrays = read_arrays(self.model.problem)
        self.names, self.integer, self.lower = arrays.names, arrays.integer, arrays.lower
        self._column = {name: position for position, name in enumerate(arrays.names)}
        self.row_of = {self.model.rules[row]: i for i, row in enumerate(arrays.rows)}
        self._total = np.sign(arrays.matrix[[self.row_of["dwellings:min"]]].toarray()[0])
        self._base = arrays
        self._parts, self._offsets = self._with_objectives(arrays)
        self._labels = tuple(str(position) for position in range(self.rows))
        self.relaxations = Relaxations()
        self.witnesses = Witnesses(
            total=self.row_of["dwellings:min"],
            balance=self.row_of["balance"],
            equity_row=self.row_of.get("equity"),
        )
        self.equity = self._column[str(self.model.equity.name)]
        self.topup = self._column[str(self.model.topup.name)]
        for rule, (_, _, slope) in row_limits(case).items():
            self._parts[self.row_of[rule]] += slope * self._total

    @property
    def rows(self) -> int:
        """Number of rows, one an objective included."""
        return int(self._parts.shape[0])

    def objective_row(self, name: str) -> int:
        """Return the row that measures an objective, free unless bounded."""
        return self.row_of[f"objective:{name}"]

    def offset(self, row: int) -> float:
        """Return what the row of an objective leaves out: the constant of its expression."""
        return float(self._offsets[row])

    def measured(self, row: int, values: Mapping[str, float]) -> float:
        """Return what a solution makes of an objective."""
        solution = np.array([values.get(name, 0.0) for name in self.names])
        return float(self._parts[row] @ solution + self._offsets[row])

    def question(self, case: Case, *, without: Collection[str] = ()) -> Question:
        """Give the arrays the numbers of a case.

        Parameters
        ----------
        case
            A case of the same shape as the one kept, see `same_shape`.
        without
            Rules left out. The surface and the largest number of dwellings bound other rows and
            cannot be left out: give the case loose ones.

        Raises
        ------
        UsageError
            For a case of another shape, or a rule that is not in it.
        """
        if not self.same_shape(case):
            msg = "Expected a case of the shape of the one kept: only its numbers may change."
            raise UsageError(msg)
        matrix = self._parts.copy()
        lower = np.concatenate([self._base.row_lower, np.full(len(OBJECTIVES) + 1, -np.inf)])
        upper = np.concatenate([self._base.row_upper, np.full(len(OBJECTIVES) + 1, np.inf)])
        slope, whole = np.zeros(self.rows), np.zeros(self.rows, dtype=bool)
        for rule, (least, most, change) in row_limits(case).items():
            row = self.row_of[rule]
            lower[row], upper[row], slope[row] = least, most, change
            whole[row] = rule.partition(":")[0] in ROUNDED
        if case is not self.case:
            self._write_cells(case, matrix)
        self._write_ceilings(case, matrix, upper)
        self._write_resident_shares(case, matrix)
        for rule in without:
            if rule not in self.row_of or rule in ("surface", "dwellings:max"):
                msg = f"Expected a rule of the case that can be left out: got {rule!r}."
                raise UsageError(msg)
            lower[self.row_of[rule]], upper[self.row_of[rule]] = -np.inf, np.inf
        columns = self._base.upper.copy()
        columns[self.integer] = np.minimum(columns[self.integer], case.rules.dwellings_max)
        columns[self._column[self._land()]] = 0.0
        fewest = 0 if "dwellings:min" in without else case.rules.dwellings_min
        return Question(
            matrix=matrix,
            row_lower=lower,
            row_upper=upper,
            slope=slope,
            upper=columns,
            whole=whole,
            totals=range(fewest, case.rules.dwellings_max + 1),
            total_row=self.row_of["dwellings:min"],
        )

    def with_land(self, question: Question, case: Case) -> Question:
        """Open the extra land bill of a question, up to the largest the data allow."""
        columns = question.upper.copy()
        columns[self._column[self._land()]] = largest_bill(case) / KILO
        return replace(question, upper=columns)

    def arrays_at(
        self, question: Question, total: int, row: int, *, matrix: csr_array | None = None
    ) -> Arrays:
        """Return the problem of a question for so many dwellings, minimising one row.

        `matrix` is that of the question, if it was already compressed.
        """
        lower, upper = question.rows_at(total)
        return Arrays(
            names=self.names,
            rows=self._labels,
            matrix=csr_array(question.matrix) if matrix is None else matrix,
            row_lower=lower,
            row_upper=upper,
            lower=self.lower,
            upper=question.upper,
            integer=self.integer,
            cost=question.matrix[row].copy(),
        )

    def same_shape(self, case: Case) -> bool:
        """Tell whether a case only changes numbers that `question` knows how to change."""
        if _shape(case) != _shape(self.case):
            return False
        if not case.phases:
            return True
        return cell_rows(case) == self._cells  # the rows of a phase hold the money of the cells

    def _with_objectives(self, arrays: Arrays) -> tuple[Matrix, Vector]:
        """Add one row an objective below the matrix, with the constants apart."""
        extra: list[Vector] = []
        offsets = np.zeros(len(arrays.rows) + len(OBJECTIVES) + 1)
        for name in (*OBJECTIVES, LAND):
            row = len(arrays.rows) + len(extra)
            vector, offsets[row] = coefficients(objective(self.model, name), self._column)
            extra.append(vector)
            self.row_of[f"objective:{name}"] = row
        return np.vstack([arrays.matrix.toarray(), *extra]), offsets

    def _land(self) -> str:
        return str(self.model.land.name) if self.model.land is not None else ""

    def _write_cells(self, case: Case, matrix: Matrix) -> None:
        """Write the money of the cells: in the balance, the subsidies and two objectives."""
        if case.tenures == self.case.tenures and case.fixed_m2_eur == self.case.fixed_m2_eur:
            return
        rows = cell_rows(case)
        if rows == self._cells:
            return
        columns = [self._column[str(self.model.units[cell].name)] for cell in rows]
        table = [[row[f"{name}_eur"] for row in rows.values()] for name in MONEY]
        cost, loan, subsidy, revenue = np.array(table).reshape(len(MONEY), -1) / KILO
        matrix[self.row_of["balance"], columns] = loan + subsidy + revenue - cost
        matrix[self.objective_row("cost"), columns] = cost
        matrix[self.objective_row("public_money"), columns] = subsidy
        if "subsidy" in self.row_of:
            matrix[self.row_of["subsidy"], columns] = subsidy

    def _write_ceilings(self, case: Case, matrix: Matrix, upper: Vector) -> None:
        """Write the ceilings of the cost per m2, whose big M follows the numbers of the case."""
        if all(terms.cost_ceiling_m2_eur is None for terms in case.tenures):
            return
        shab = self._parts[self.row_of["surface"]] * self._total
        former = {terms.id: terms for terms in self.case.tenures}
        for terms in case.tenures:
            if terms.cost_ceiling_m2_eur is None:
                continue
            margin, big = ceiling_numbers(case, terms, land_max=largest_bill(case) / KILO)
            known, _ = ceiling_numbers(self.case, former[terms.id], land_max=0.0)
            used = self._column[str(self.model.used[terms.id].name)]
            row = self.row_of[f"ceiling:{terms.id}"]
            matrix[row] += (known - margin) * shab
            matrix[row, used] = big
            upper[row] = big - case.fixed_cost_eur / KILO
            matrix[self.row_of[f"used:{terms.id}"], used] = -float(case.rules.dwellings_max)

    def _write_resident_shares(self, case: Case, matrix: Matrix) -> None:
        """Write the shares of the households placed, which no number of dwellings fixes."""
        housed = self._parts[self.objective_row("housed")]
        former = dict(resident_shares(self.case.rules))
        for name, rule in resident_shares(case.rules):
            for bound, share in _bounds_of(rule):
                known = dict(_bounds_of(former[name]))[bound]
                matrix[self.row_of[f"{name}:{bound}"]] += (known - share) * housed


def row_limits(case: Case) -> dict[str, tuple[float, float, float]]:
    """List the rules whose limit is a number of the case; money in kEUR.

    Returns
    -------
    limits
        By rule: lower bound, upper bound and slope, for ``bound + slope N``. The other rules have
        bounds of their own.
    """
    rules, none = case.rules, np.inf
    limits: dict[str, tuple[float, float, float]] = {
        "surface": (-none, rules.shab_max_m2, 0.0),
        "dwellings:min": (rules.dwellings_min, none, 0.0),
        "dwellings:max": (-none, rules.dwellings_max, 0.0),
        "balance": (case.fixed_cost_eur / KILO, none, 0.0),
        "topup": (-none, rules.topup_max_eur / KILO, 0.0),
    }
    if rules.parking_max is not None:
        limits["parking"] = (-none, rules.parking_max, 0.0)
    if rules.open_max is not None:
        limits["open"] = (-none, rules.open_max, -1.0)
    if rules.housed_min > 0:
        limits["housed"] = (rules.housed_min, none, 0.0)
    if rules.equity_max_eur is not None:
        limits["equity"] = (-none, rules.equity_max_eur / KILO, 0.0)
    if rules.subsidy_max_eur is not None:
        limits["subsidy"] = (-none, rules.subsidy_max_eur / KILO, 0.0)
    for family, shares in (("share", rules.families), ("typo", rules.typology_shares)):
        for rule in shares:
            for bound, share in _bounds_of(rule):
                interval = (0.0, none) if bound == "min" else (-none, 0.0)
                limits[f"{family}:{rule.id}:{bound}"] = (*interval, share)
    target = rules.mix_target
    for group in target.groups if target else ():
        limits[f"dev:{group.id}:above"] = (0.0, none, -group.share)
        limits[f"dev:{group.id}:below"] = (0.0, none, group.share)
    if target is not None and target.eps is not None:
        limits["mix"] = (-none, 0.0, target.eps)
    for key, value in case.fixed.items():
        label = ",".join(key) if isinstance(key, tuple) else key
        limits[f"fixed:{label}"] = (float(value), float(value), 0.0)
    return limits


def _bounds_of(rule: ShareRule) -> list[tuple[str, float]]:
    stated = (("min", rule.min), ("max", rule.max))
    return [(bound, share) for bound, share in stated if share is not None]


def _shape(case: Case) -> tuple[object, ...]:
    """Reduce a case to what a question cannot change."""
    rules, target = case.rules, case.rules.mix_target
    return (
        case.typologies,
        tuple((t.id, t.kind, t.parking, t.cost_ceiling_m2_eur is None) for t in case.tenures),
        case.spaces,
        case.classes,
        case.buildings,
        case.phases,
        case.lots,
        rules.building_shares,
        case.fixed_cost_eur if case.phases else None,  # each phase bears its part of it
        frozenset(case.fixed),
        tuple(row_limits(case)),
        tuple(rule.members for rule in (*rules.families, *rules.typology_shares)),
        tuple(
            (name, rule.members, rule.min is None, rule.max is None)
            for name, rule in resident_shares(rules)
        ),
        tuple(group.tenures for group in (target.groups if target else ())),
    )
