"""A PuLP problem as numbers: one matrix, its bounds, its objective.

The PuLP problem stays the only formulation; it is read here once, and what is asked of it
afterwards only changes bounds, costs and right-hand sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pulp
from scipy.sparse import csr_array

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """A linear problem, columns in the order of their names, rows in the order they were added.

    Attributes
    ----------
    names, rows
        Names of the columns and of the rows.
    matrix
        Coefficients, shape (rows, columns).
    row_lower, row_upper
        Bounds of the rows; infinite where there is none.
    lower, upper
        Bounds of the columns.
    integer
        Whether each column holds whole numbers.
    cost, offset, maximise
        The objective: ``cost @ x + offset``, and its sense.
    """

    names: tuple[str, ...]
    rows: tuple[str, ...]
    matrix: csr_array
    row_lower: Vector
    row_upper: Vector
    lower: Vector
    upper: Vector
    integer: npt.NDArray[np.bool_]
    cost: Vector
    offset: float = 0.0
    maximise: bool = False


def read_arrays(problem: pulp.LpProblem) -> Arrays:
    """Copy a PuLP problem into arrays; the problem is not changed.

    Raises
    ------
    ValueError
        If two variables have the same name.

    Examples
    --------
    >>> problem = pulp.LpProblem("rooms", pulp.LpMaximize)
    >>> x = problem.add_variable("x", lowBound=0, cat="Integer")
    >>> problem += 2 * x + 1
    >>> problem += 3 * x <= 10, "surface"
    >>> arrays = read_arrays(problem)
    >>> arrays.names, arrays.rows, arrays.row_upper.tolist(), arrays.offset
    (('x',), ('surface',), [10.0], 1.0)
    """
    variables = sorted(problem.variables(), key=lambda variable: variable.name)
    column = {variable.name: index for index, variable in enumerate(variables)}
    if len(column) < len(variables):
        msg = "Two variables of the problem have the same name."
        raise ValueError(msg)
    cost, offset = np.zeros(len(variables)), 0.0
    if problem.objective is not None:
        cost, offset = coefficients(problem.objective, column)
    rows: list[Any] = problem.constraints()
    return Arrays(
        names=tuple(column),
        rows=tuple(str(row.name) for row in rows),
        matrix=_matrix(rows, column),
        row_lower=_bounds([row.getLb() for row in rows], -np.inf),
        row_upper=_bounds([row.getUb() for row in rows], np.inf),
        lower=_bounds([variable.lowBound for variable in variables], -np.inf),
        upper=_bounds([variable.upBound for variable in variables], np.inf),
        integer=np.array([variable.cat == pulp.LpInteger for variable in variables], dtype=bool),
        cost=cost,
        offset=offset,
        maximise=bool(problem.sense == pulp.LpMaximize),
    )


def coefficients(expression: Any, column: Mapping[str, int]) -> tuple[Vector, float]:
    """Return the coefficients of a PuLP expression, by column, and its constant."""
    vector = np.zeros(len(column))
    for variable, coefficient in expression.items():
        vector[column[variable.name]] = coefficient
    return vector, float(expression.constant)


def _matrix(rows: Sequence[Any], column: Mapping[str, int]) -> csr_array:
    starts, indices, values = [0], [], []
    for row in rows:
        terms = sorted((column[variable.name], value) for variable, value in row.items() if value)
        indices += [index for index, _ in terms]
        values += [value for _, value in terms]
        starts.append(len(indices))
    whole = (
        np.array(values, dtype=float),
        np.array(indices, dtype=np.int32),
        np.array(starts, dtype=np.int32),
    )
    return csr_array(whole, shape=(len(rows), len(column)))


def _bounds(values: Sequence[float | None], missing: float) -> Vector:
    return np.array([missing if value is None else float(value) for value in values], dtype=float)
