"""What a published figure lets anyone find out about a few households.

An indicator of mix is a figure made of cells. When the total is known, a figure precise enough
gives the cells back: with two categories, the entropy of 28 households and the side of the
reference they fall on leave one table. So a figure is rounded, and tried: it may be told only if
other tables, with the same total, the same cells already public and the same rounded figures,
leave every small cell in doubt.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from habitat_analysis.households.summary import THRESHOLD, suppress_table

STEP: Final = 0.05  # indicators of a group are rounded to this
LEAST_DOUBT: Final = 2  # households between the lowest and the highest value a small cell may take
FARTHEST: Final = 3  # tables tried: each hidden cell moved by this many households at most

Figures = tuple[float | None, ...]
Counts = Sequence[int]


def rounded(value: float | None, step: float = STEP) -> float | None:
    """Round an indicator to the step of publication.

    Examples
    --------
    >>> rounded(0.8489), rounded(0.69), rounded(None)
    (0.85, 0.7, None)
    """
    return None if value is None else round(round(value / step) * step, 10)


def keeps_secrets(
    counts: Counts,
    figures: Callable[[Counts], Figures],
    *,
    known: Collection[int] = (),
    threshold: int = THRESHOLD,
) -> bool:
    """Tell whether the figures of a table may be published without giving its small cells back.

    The reader is supposed to know the total, the cells that `suppress_table` would show (whether
    or not they are published), the figures and this rule. Figures are refused when

    - the table holds fewer than `threshold` households;
    - one category holds everybody: the figure would tell the situation of each;
    - the tables that give the same figures leave a cell of 1 to ``threshold - 1`` households
      known to fewer than `LEAST_DOUBT` households. Tables are tried around the true one, up to
      `FARTHEST` households a cell: finding them proves the doubt, whatever the other tables.

    Parameters
    ----------
    counts
        The true cells; never published.
    figures
        What would be published of such cells, rounded.
    known
        Places of cells told by another table.

    References
    ----------
    Interval protection of suppressed cells: Willenborg and de Waal, *Elements of Statistical
    Disclosure Control*, 2001, chapter 6.

    Examples
    --------
    >>> keeps_secrets([2, 26], lambda counts: (counts[0] / sum(counts),))
    False
    >>> keeps_secrets([7, 7, 7, 7], lambda counts: (rounded(max(counts) / sum(counts), 0.2),))
    True
    """
    total = sum(counts)
    if total < threshold or max(counts) == total:
        return False
    shown = suppress_table(counts, threshold=threshold)
    hidden = [i for i, cell in enumerate(shown) if cell is None and i not in known]
    small = [i for i, count in enumerate(counts) if 0 < count < threshold and i not in known]
    told = figures(counts)
    seen = {i: (counts[i], counts[i]) for i in small}
    for table in _tables_around(counts, hidden):
        if all(high - low >= LEAST_DOUBT for low, high in seen.values()):
            break
        if not _widens(table, seen):
            continue
        if figures(table) == told and _pattern(table, threshold) == _pattern(counts, threshold):
            for i, (low, high) in seen.items():
                seen[i] = (min(low, table[i]), max(high, table[i]))
    return all(high - low >= LEAST_DOUBT for low, high in seen.values())


def _widens(table: Counts, seen: dict[int, tuple[int, int]]) -> bool:
    """Tell whether a table would put a small cell in more doubt."""
    return any(not low <= table[i] <= high for i, (low, high) in seen.items())


def _pattern(counts: Counts, threshold: int) -> tuple[bool, ...]:
    """Say which cells are hidden."""
    return tuple(cell is None for cell in suppress_table(counts, threshold=threshold))


def _tables_around(counts: Counts, hidden: Sequence[int]) -> Iterator[list[int]]:
    """Make the tables of the same total that differ by a few households in the hidden cells."""
    if len(hidden) < 2:
        return
    *free, last = hidden
    steps = sorted(range(-FARTHEST, FARTHEST + 1), key=abs)
    for moves in itertools.product(steps, repeat=len(free)):
        table = list(counts)
        for place, move in zip(free, moves, strict=True):
            table[place] += move
        table[last] -= sum(moves)
        if min(table) >= 0:
            yield table
