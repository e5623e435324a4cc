"""Formulas found in a table give the very values of the table, and never refer to themselves."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from habitat_analysis.report.derived_cells import derived_cells
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet
from tests.building_samples import built_document
from tests.report_samples import sample_document

LETTERS = "ABCDEFGHIJ"


def name(row: int, rank: int) -> str:
    return f"{LETTERS[rank]}{row + 1}"


def table(rows: list[dict[str, object]], *kinds: str, total: bool = False) -> Sheet:
    columns = [Column(name="what", header="")]
    columns += [
        Column(name=f"c{k}", header="", kind=kind)  # type: ignore[arg-type]
        for k, kind in enumerate(kinds)
    ]
    return sheet("t", "T", rows, columns, total=total)


def test_a_total_is_a_sum_and_shares_follow_their_base() -> None:
    rows: list[dict[str, object]] = [
        {"what": w, "c0": n, "c1": n / 200}
        for w, n in zip("abcd", (20.0, 30.0, 50.0, 100.0), strict=True)
    ]
    rows.append({"what": "Total", "c0": 200.0, "c1": 1.0})
    found = derived_cells(table(rows, "whole", "share", total=True), name)
    assert found[(4, 1)] == "=SUM(B1:B4)"
    assert found[(0, 2)] == "=B1*C5/B5"
    assert (4, 2) not in found  # the share of the total stays, or the column would turn in a circle


def test_differences_ratios_changes_and_what_is_left() -> None:
    values = [(10.0, 4.0, 1.0), (20.0, 5.0, 2.0), (35.0, 7.0, 3.0)]
    rows = [
        {"what": "x", "c0": a, "c1": b, "c2": c, "c3": a - b - c, "c4": a / b, "c5": a / b - 1}
        for a, b, c in values
    ]
    found = derived_cells(table(rows, *["decimal"] * 6), name)
    assert found[(0, 4)] == "=B1-SUM(C1:D1)"
    assert found[(1, 5)] == "=B2/C2"
    assert found[(2, 6)] == "=B3/C3-1"


def test_a_margin_is_a_gap_in_the_sense_of_its_row() -> None:
    """At most 10, reached 7: 3 left; at least 5, reached 9: 4 more."""
    rows: list[dict[str, object]] = [
        {"what": "x", "c0": Quantity(value=7.0), "c1": Quantity(value=10.0), "c2": 3.0},
        {"what": "y", "c0": Quantity(value=9.0), "c1": Quantity(value=5.0), "c2": 4.0},
        {"what": "z", "c0": Quantity(value=8.0), "c1": Quantity(value=6.5), "c2": -1.5},
    ]
    found = derived_cells(table(rows, "mixed", "mixed", "decimal"), name)
    assert [found[(row, 3)] for row in range(3)] == ["=C1-B1", "=B2-C2", "=C3-B3"]


def test_a_sum_along_the_row_skips_what_is_absent() -> None:
    rows = [
        {"what": "x", "c0": 1.0, "c1": 2.0, "c2": 3.0},
        {"what": "y", "c0": 4.0, "c1": None, "c2": 4.0},
        {"what": "z", "c0": 5.0, "c1": 6.0, "c2": 11.0},
    ]
    assert derived_cells(table(rows, "whole", "whole", "whole"), name)[(1, 3)] == "=SUM(B2:C2)"


@pytest.mark.parametrize("rows", [[], [{"what": "a", "c0": 1.0}], [{"what": "a"}, {"what": "b"}]])
def test_nothing_is_found_where_there_is_nothing_to_find(rows: list[dict[str, object]]) -> None:
    assert derived_cells(table(rows, "whole", total=True), name) == {}


def test_two_rows_alike_by_chance_are_not_a_formula() -> None:
    rows = [
        {"what": "a", "c0": 4.0, "c1": 2.0, "c2": 2.0},
        {"what": "b", "c0": 6.0, "c1": 3.0, "c2": 3.0},
    ]
    assert derived_cells(table(rows, "whole", "whole", "whole"), name) == {}


def evaluated(formula: str, numbers: pd.DataFrame) -> float:
    """Work a formula out on the numbers of the table alone: no formula of it is read."""

    def cell(reference: str) -> float:
        value = numbers.iloc[int(reference[1:]) - 1, LETTERS.index(reference[0])]
        return float(value)

    def span(match: re.Match[str]) -> str:
        (c1, r1), (c2, r2) = ((m[0], int(m[1:])) for m in match.groups())
        inside = [
            cell(f"{LETTERS[c]}{r}")
            for c in range(LETTERS.index(c1), LETTERS.index(c2) + 1)
            for r in range(r1, r2 + 1)
        ]
        return repr(math.fsum(v for v in inside if not math.isnan(v)))

    text = re.sub(r"SUM\((\w\d+):(\w\d+)\)", span, formula.removeprefix("="))
    text = re.sub(r"\b([A-J]\d+)\b", lambda m: f"({cell(m[1])!r})", text)
    return float(eval(text))  # noqa: S307 - a formula made here, numbers and signs only


def test_every_formula_of_a_real_report_gives_its_value_and_none_turns_in_a_circle() -> None:
    count = 0
    for one in (*sample_document().sheets, *built_document().sheets):
        if len(one.columns) > len(LETTERS):
            continue
        plain = one.frame.map(lambda v: v.value if isinstance(v, Quantity) else v)
        numbers = plain.apply(pd.to_numeric, errors="coerce")
        found = derived_cells(one, name)
        for (row, rank), formula in found.items():
            expected = numbers.iloc[row, rank]
            assert evaluated(formula, numbers) == pytest.approx(expected, rel=1e-8, abs=1e-6)
            count += 1
        check_order(found)
    assert count > 100


def check_order(found: dict[tuple[int, int], str]) -> None:
    """Follow the references of each formula: none may come back to itself."""
    reads = {cell: references(formula) for cell, formula in found.items()}

    def walk(cell: tuple[int, int], way: tuple[tuple[int, int], ...]) -> None:
        assert cell not in way, (cell, found[cell])
        for other in reads.get(cell, ()):
            if other in reads:
                walk(other, (*way, cell))

    for cell in reads:
        walk(cell, ())


def references(formula: str) -> set[tuple[int, int]]:
    cells: set[tuple[int, int]] = set()
    for first, last in re.findall(r"([A-J]\d+)(?::([A-J]\d+))?", formula):
        c1, r1 = LETTERS.index(first[0]), int(first[1:]) - 1
        c2, r2 = (LETTERS.index(last[0]), int(last[1:]) - 1) if last else (c1, r1)
        cells |= {(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
    return cells
