"""A table bent to its margins by iterative proportional fitting (IPF), then in whole units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from habitat_analysis.apportionment import largest_remainder
from habitat_analysis.errors import UsageError

Array = npt.NDArray[np.float64]

TOLERANCE: Final = 1e-10  # of a margin reached, relative to the total
ROUNDING: Final = 1e-6  # of two totals that are the same, relative: official files are rounded
ROUNDS_MAX: Final = 10_000


def ipf(seed: Sequence[Sequence[float]] | Array, margins: Sequence[Sequence[float]]) -> Array:
    """Fit a table to its margins, by iterative proportional fitting.

    Parameters
    ----------
    seed
        Table of weights, zero or above, of as many dimensions as there are margins.
    margins
        Totals along each dimension: rows, then columns, then any other.

    Returns
    -------
    table
        The table whose margins are those given and that keeps the zeros and the odds ratios of
        the seed; of all such tables, the nearest to the seed in relative entropy.

    Raises
    ------
    UsageError
        ``E_IPF_TOTALS`` when the margins do not add up to the same total, ``E_IPF_ZERO_ROW`` or
        ``E_IPF_ZERO_COL`` when nothing of the seed can fill a positive margin,
        ``E_IPF_NO_CONVERGENCE`` when the zeros of the seed forbid the margins, or allow them only
        at the price of new zeros, ``E_USAGE`` for shapes that differ or negative numbers.

    References
    ----------
    Deming and Stephan 1940; ``docs/model.md`` 4.6.

    Examples
    --------
    >>> ipf([[1, 1], [1, 1]], [[30, 10], [20, 20]]).tolist()
    [[15.0, 15.0], [5.0, 5.0]]
    """
    table = np.array(seed, dtype=float)
    wanted = [np.array(margin, dtype=float) for margin in margins]
    _check_table(table, wanted)
    total = float(wanted[0].sum())
    if total == 0:
        return np.zeros_like(table)
    wanted = [margin * (total / margin.sum()) for margin in wanted]
    for _ in range(ROUNDS_MAX):
        for axis, margin in enumerate(wanted):
            table *= _stretch(table, axis, margin)
        if _largest_gap(table, wanted) < TOLERANCE * total:
            return table
    msg = f"Margins not reached in {ROUNDS_MAX} rounds: the zeros of the seed forbid them."
    raise UsageError(msg, code="E_IPF_NO_CONVERGENCE")


def whole_table(table: Array, total: int) -> npt.NDArray[np.int64]:
    """Share whole households over the cells of a table, by the largest remainders.

    Parameters
    ----------
    table
        Fitted table; cells are read row by row.
    total
        Households to share.

    Returns
    -------
    counts
        Whole numbers that add up to `total`; a zero cell stays at zero.

    References
    ----------
    ``docs/model.md`` 0.3 and 4.6.

    Examples
    --------
    >>> import numpy as np
    >>> whole_table(np.array([[15.0, 15.0], [5.0, 5.0]]), 10).tolist()
    [[4, 4], [1, 1]]
    """
    shared = largest_remainder([float(cell) for cell in table.ravel()], total)
    return np.array(shared, dtype=np.int64).reshape(table.shape)


def same_total(one: float, other: float) -> bool:
    """Tell whether two margins count the same households, rounding of official files apart.

    Examples
    --------
    >>> same_total(300.0, 300.0000001), same_total(300.0, 310.0)
    (True, False)
    """
    return abs(one - other) <= ROUNDING * max(one, other)


def _stretch(table: Array, axis: int, margin: Array) -> Array:
    """Return the factors that give one dimension its margin, shaped to multiply the table."""
    sums = table.sum(axis=_others(table, axis))
    factors: Array = np.divide(margin, sums, out=np.zeros_like(margin), where=sums > 0)
    shape = [1] * table.ndim
    shape[axis] = -1
    return factors.reshape(shape)


def _others(table: Array, axis: int) -> tuple[int, ...]:
    return tuple(other for other in range(table.ndim) if other != axis)


def _largest_gap(table: Array, wanted: Sequence[Array]) -> float:
    return max(
        float(np.abs(table.sum(axis=_others(table, axis)) - margin).max())
        for axis, margin in enumerate(wanted)
    )


def _check_table(table: Array, wanted: Sequence[Array]) -> None:
    """Refuse shapes and numbers that make no sense, then margins that cannot be met."""
    shape = tuple(len(margin) for margin in wanted)
    if table.shape != shape or not table.size:
        msg = f"Expected a table of shape {shape}: got {table.shape}."
        raise UsageError(msg)
    if not all(np.isfinite(part).all() and (part >= 0).all() for part in (table, *wanted)):
        msg = "Expected a seed and margins of zero or more."
        raise UsageError(msg)
    totals = [float(margin.sum()) for margin in wanted]
    if not all(same_total(total, totals[0]) for total in totals):
        msg = f"Margins add up to different totals: {totals}."
        raise UsageError(msg, code="E_IPF_TOTALS")
    for axis, margin in enumerate(wanted):
        if ((table.sum(axis=_others(table, axis)) <= 0) & (margin > 0)).any():
            msg = f"No cell of the seed can fill a positive margin along dimension {axis}."
            raise UsageError(msg, code="E_IPF_ZERO_ROW" if axis == 0 else "E_IPF_ZERO_COL")
