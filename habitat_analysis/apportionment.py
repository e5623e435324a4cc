"""Share whole units in proportion to weights: dwellings, households, ten-thousandths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from habitat_analysis.errors import UsageError

TIE_DIGITS = 9  # remainders that agree to this many decimals are equal: the lower index wins


def largest_remainder(weights: Sequence[float], total: int) -> list[int]:
    """Split `total` whole units in proportion to `weights`, by the largest remainders.

    Each share is rounded down; the units left go to the largest fractional parts, equal parts
    by order of index. The sum is exactly `total`: the arithmetic is in exact fractions.

    Parameters
    ----------
    weights
        One weight a share, zero or above, at least one above zero.
    total
        Units to share, zero or above.

    Returns
    -------
    units
        One whole number a weight, in the same order.

    Raises
    ------
    UsageError
        ``E_ZERO_WEIGHTS`` when the weights do not add up to something positive, ``E_WEIGHTS`` for
        a negative or undefined weight, ``E_USAGE`` for a total that is not a natural number.

    References
    ----------
    ``docs/model.md`` 0.3 (Hare and Niemeyer's method).

    Examples
    --------
    >>> largest_remainder([0.3, 0.4, 0.3], 24)
    [7, 10, 7]
    >>> largest_remainder([1, 1, 1], 4)
    [2, 1, 1]
    """
    shares = _exact_weights(weights)
    if total < 0 or total != int(total):
        msg = f"Expected a natural number of units to share: got {total!r}."
        raise UsageError(msg)
    whole = sum(shares)
    if whole <= 0:
        msg = "Expected weights with a positive sum."
        raise UsageError(msg, code="E_ZERO_WEIGHTS")
    quotas = [share * int(total) / whole for share in shares]
    units = [math.floor(quota) for quota in quotas]
    remainders = [
        round(float(quota - unit), TIE_DIGITS) for quota, unit in zip(quotas, units, strict=True)
    ]
    by_remainder = sorted(range(len(units)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: int(total) - sum(units)]:
        units[index] += 1
    return units


def _exact_weights(weights: Sequence[float]) -> list[Fraction]:
    """Return the weights as exact fractions, none of them negative or undefined."""
    wrong = [weight for weight in weights if not math.isfinite(weight) or weight < 0]
    if wrong and len(wrong) < len(weights):
        msg = f"Expected weights that are numbers, zero or above: got {wrong}."
        raise UsageError(msg, code="E_WEIGHTS")
    return [] if wrong else [Fraction(float(weight)) for weight in weights]
