"""Linear inequalities over quantities that are not negative: which of them cannot all hold.

The general simplex of Dutertre and de Moura, in exact fractions: no tolerance, no solver. It is
made for a few dozen inequalities, such as the targets of a study.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Final

Column = Hashable
Form = Mapping[Column, Fraction]  # coefficient of each quantity
ONE: Final = Fraction(1)
ZERO: Final = Fraction(0)

_Line = tuple[Fraction, dict[int, Fraction]]  # constant, coefficients of the quantities at zero


def conflict(forms: Sequence[tuple[Form, Fraction]]) -> frozenset[int] | None:
    """Find inequalities that cannot hold together, whatever the quantities.

    Parameters
    ----------
    forms
        One ``(coefficients, constant)`` an inequality: the sum of the coefficients times the
        quantities, plus the constant, is at least zero. Quantities are real and at least zero.

    Returns
    -------
    ranks
        Ranks of inequalities that contradict each other, a few of which may be superfluous; None
        when every inequality can hold.

    References
    ----------
    Dutertre, de Moura, « A fast linear-arithmetic solver for DPLL(T) », CAV 2006; the smallest
    rank enters and leaves (Bland), so that the search ends.

    Examples
    --------
    At least 60 % and at least 50 % of one whole, in two parts that do not overlap:

    >>> one, part = Fraction(1), Fraction
    >>> whole = {"a": -one, "b": -one}
    >>> sorted(conflict([({"a": one}, part(-6, 10)), ({"b": one}, part(-1, 2)), (whole, one)]))
    [0, 1, 2]
    >>> conflict([({"a": one}, part(-4, 10)), ({"b": one}, part(-1, 2)), (whole, one)]) is None
    True
    """
    ranks = _merged(forms)
    n_columns = len(set(ranks.values()))
    lines: dict[int, _Line] = {}
    for row, (form, constant) in enumerate(forms):
        coefficients: dict[int, Fraction] = {}
        for column, value in form.items():
            if value:
                coefficients[ranks[column]] = value  # merged columns are alike in every form
        lines[n_columns + row] = (constant, coefficients)
    while True:
        low = min((basic for basic, (constant, _) in lines.items() if constant < 0), default=None)
        if low is None:
            return None
        _, coefficients = lines[low]
        entering = min((rank for rank, value in coefficients.items() if value > 0), default=None)
        if entering is None:
            blamed = {low, *coefficients}
            return frozenset(rank - n_columns for rank in blamed if rank >= n_columns)
        _pivot(lines, low, entering)


def _merged(forms: Sequence[tuple[Form, Fraction]]) -> dict[Column, int]:
    """Rank the quantities, those with the same coefficients everywhere sharing one rank."""
    signatures: dict[Column, list[tuple[int, Fraction]]] = {}
    for row, (form, _) in enumerate(forms):
        for column, value in form.items():
            if value:
                signatures.setdefault(column, []).append((row, value))
    ranks: dict[tuple[tuple[int, Fraction], ...], int] = {}
    return {
        column: ranks.setdefault(tuple(signature), len(ranks))
        for column, signature in signatures.items()
    }


def _pivot(lines: dict[int, _Line], leaving: int, entering: int) -> None:
    """Write the entering quantity in terms of the leaving one, everywhere."""
    constant, coefficients = lines.pop(leaving)
    pivot = coefficients[entering]
    new_constant = -constant / pivot
    new = {rank: -value / pivot for rank, value in coefficients.items() if rank != entering}
    new[leaving] = ONE / pivot
    for basic, (other_constant, other) in lines.items():
        factor = other.get(entering, ZERO)
        if not factor:
            continue
        written = {rank: value for rank, value in other.items() if rank != entering}
        for rank, value in new.items():
            total = written.get(rank, ZERO) + factor * value
            if total:
                written[rank] = total
            else:
                written.pop(rank, None)
        lines[basic] = (other_constant + factor * new_constant, written)
    lines[entering] = (new_constant, new)
