"""Cells of a table that follow from others: totals, differences, shares, ratios.

A workbook holds them as formulas, so that a reader sees how they are made and may change a term.
A formula is proposed only where it gives the very value of the table, on every row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import pandas as pd

from habitat_analysis.report.sheets import Quantity, Sheet

Cell = tuple[int, int]  # row of the frame, rank of the column
Name = Callable[[int, int], str]  # how a cell is written in a formula: « B4 »
Numbers = list[list[float]]  # by column, then by row; NaN where there is no number

SAME: Final = 1e-9  # relative
LEAST_ROWS: Final = 3  # for a difference or a sum along the row
LEAST_PROPORTIONAL: Final = 4
NUMERIC: Final = frozenset({"whole", "decimal", "decimal2", "share", "mixed"})


def derived_cells(table: Sheet, name: Name) -> dict[Cell, str]:
    """Find the formulas of a table.

    Parameters
    ----------
    table
        The table; its last row is a total if it says so.
    name
        Writes the address of a cell.

    Returns
    -------
    formulas
        By (row, column), with the leading ``=``. None refers to itself, even through others: along
        a row a formula reads columns to its left, and a total reads its own rows.

    Examples
    --------
    >>> from habitat_analysis.report.sheets import Column, sheet
    >>> columns = [Column(name="what", header=""), Column(name="n", header="", kind="whole")]
    >>> rows = [{"what": "a", "n": 2}, {"what": "b", "n": 3}, {"what": "Total", "n": 5}]
    >>> derived_cells(sheet("t", "T", rows, columns, total=True), lambda r, c: f"{'AB'[c]}{r + 1}")
    {(2, 1): '=SUM(B1:B2)'}
    """
    numbers = _numbers(table)
    formulas: dict[Cell, str] = {}
    for rank in range(len(numbers)):
        formulas |= dict(_along_the_row(numbers, rank, name))
    if table.total:
        for rank, column in enumerate(numbers):
            if any(at == rank for _, at in formulas):
                continue
            found = dict(_proportional(numbers, rank, name))
            formulas |= found or dict(_sum_of_rows(column, rank, name))
    return formulas


def _numbers(table: Sheet) -> Numbers:
    """Read the numbers of each column; a column of texts has none."""
    return [
        [_number(value) for value in table.frame[column.name]]
        if column.kind in NUMERIC
        else [math.nan] * len(table.frame)
        for column in table.columns
    ]


def _number(value: object) -> float:
    if isinstance(value, Quantity):
        return float(value.value)
    if isinstance(value, bool | str) or value is None or not pd.api.types.is_number(value):
        return math.nan
    return float(value)  # type: ignore[arg-type]


def _along_the_row(numbers: Numbers, rank: int, name: Name) -> Iterator[tuple[Cell, str]]:
    """Give a column by those on its left: their sum, what is left of the first, or two of them."""
    column = numbers[rank]
    rows = [row for row, value in enumerate(column) if not math.isnan(value)]
    if len(rows) < LEAST_ROWS or len({round(column[row], 6) for row in rows}) < LEAST_ROWS:
        return
    used = [k for k in range(rank) if any(not math.isnan(numbers[k][row]) for row in rows)]
    for write in (_sums(numbers, rank, used, name), _pairs(numbers, used, name)):
        for made, formula in write:
            if all(_same(column[row], made(row)) for row in rows):
                for row in rows:
                    yield (row, rank), f"={formula(row)}"
                return
    yield from _either_way(numbers, rank, rows, name)


def _either_way(
    numbers: Numbers, rank: int, rows: Sequence[int], name: Name
) -> Iterator[tuple[Cell, str]]:
    """Give a column as the gap of the two on its left, each row in its own sense: a margin."""
    for first in range(rank):
        for second in range(first + 1, rank):
            gaps = [numbers[first][row] - numbers[second][row] for row in rows]
            pairs = list(zip(rows, gaps, strict=True))
            if not all(_same(abs(numbers[rank][row]), abs(gap)) for row, gap in pairs):
                continue
            for row, gap in pairs:
                near, far = name(row, first), name(row, second)
                ahead = _same(numbers[rank][row], gap)
                yield (row, rank), f"={near}-{far}" if ahead else f"={far}-{near}"
            return


Pair = Callable[[int], tuple[float, float]]
Form = tuple[Callable[[int], float], Callable[[int], str]]  # its value and its words, by row


def _sums(numbers: Numbers, rank: int, used: list[int], name: Name) -> Iterator[Form]:
    """Propose the sum of neighbours, then the first of them less the others."""
    for first in used:
        span = list(range(first, rank))
        if len(span) < 2 or not set(span) <= set(used):
            continue

        def total(row: int, columns: list[int] = span) -> float:
            return math.fsum(
                0.0 if math.isnan(v) else v for v in (numbers[k][row] for k in columns)
            )

        def words(row: int, first: int = first) -> str:
            return f"SUM({name(row, first)}:{name(row, rank - 1)})"

        yield total, words
        if len(span) > 2:

            def rest(row: int, columns: list[int] = span) -> float:
                return numbers[columns[0]][row] - math.fsum(numbers[k][row] for k in columns[1:])

            def less(row: int, first: int = first) -> str:
                return f"{name(row, first)}-SUM({name(row, first + 1)}:{name(row, rank - 1)})"

            yield rest, less


def _pairs(numbers: Numbers, used: list[int], name: Name) -> Iterator[Form]:
    """Propose the difference of two columns, their ratio, and a change in percent."""
    for a in used:
        for b in used:
            if a == b:
                continue

            def values(row: int, a: int = a, b: int = b) -> tuple[float, float]:
                return numbers[a][row], numbers[b][row]

            def cells(row: int, a: int = a, b: int = b) -> tuple[str, str]:
                return name(row, a), name(row, b)

            def gap(row: int, values: Pair = values) -> float:
                return values(row)[0] - values(row)[1]

            def ratio(row: int, values: Pair = values) -> float:
                return _ratio(*values(row))

            def change(row: int, values: Pair = values) -> float:
                return _ratio(*values(row)) - 1

            yield gap, partial(_joined, cells, "-")
            yield ratio, partial(_joined, cells, "/")
            yield change, partial(_joined, cells, "/", after="-1")


def _joined(cells: Callable[[int], tuple[str, str]], sign: str, row: int, after: str = "") -> str:
    return sign.join(cells(row)) + after


def _ratio(value: float, base: float) -> float:
    return value / base if base else math.nan


def _proportional(numbers: Numbers, rank: int, name: Name) -> Iterator[tuple[Cell, str]]:
    """Give a column as a share of one on its left: the same part of its own total."""
    column, last = numbers[rank], len(numbers[rank]) - 1
    rows = [row for row in range(last) if not math.isnan(column[row])]
    spread = len({round(column[row], 9) for row in rows})
    if len(rows) < LEAST_PROPORTIONAL or spread < LEAST_ROWS or not _known(column[last]):
        return
    for base in range(rank):
        whole = numbers[base][last]
        if not _known(whole) or any(math.isnan(numbers[base][row]) for row in rows):
            continue
        made = [numbers[base][row] * column[last] / whole for row in rows]
        if all(_same(column[row], value) for row, value in zip(rows, made, strict=True)):
            for row in rows:
                part = f"{name(row, base)}*{name(last, rank)}/{name(last, base)}"
                yield (row, rank), f"={part}"
            return


def _sum_of_rows(column: Sequence[float], rank: int, name: Name) -> Iterator[tuple[Cell, str]]:
    """Give a total as the sum of its column, when it is one."""
    last = len(column) - 1
    above = list(column[:last])
    if last < 2 or math.isnan(column[last]) or all(math.isnan(value) for value in above):
        return
    added = math.fsum(value for value in above if not math.isnan(value))
    if _same(column[last], added):
        yield (last, rank), f"=SUM({name(0, rank)}:{name(last - 1, rank)})"


def _known(value: float) -> bool:
    return not math.isnan(value) and value != 0


def _same(value: float, made: float) -> bool:
    return abs(value - made) <= SAME * max(abs(value), abs(made), 1e-9)
