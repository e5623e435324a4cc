"""Measures of mix: within a programme, against a reference, between buildings.

One number never tells the mix; tables are printed beside these.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from habitat_analysis.errors import UsageError

Counts = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixity:
    """Indicators of one distribution over the categories of a reference list.

    None means "not defined": nobody to count, or a single category.
    """

    entropy: float | None  # Shannon, 0 (one category) to 1 (all equal)
    simpson: float | None  # chance that two draws differ
    simpson_normalised: float | None  # the same, 1 when all categories are equal
    dissimilarity: float | None  # share that would have to change to match the reference


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialShare:
    """The share of social dwellings, said both ways; None without any dwelling."""

    rental: float | None
    with_accession: float | None


def mixity(counts: Counts, reference: Counts | None = None) -> Mixity:
    """Measure the mix of a distribution.

    Parameters
    ----------
    counts
        One number a category of the reference list, those with nobody included.
    reference
        The same categories in the commune or the basin, in any unit.

    Returns
    -------
    mixity
        The indicators, each None where it is not defined.

    Raises
    ------
    UsageError
        When a count is negative or the two lists differ in length.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> mix = mixity([5, 8, 5, 6, 0], [9, 17, 4, 1, 69])
    >>> round(mix.entropy, 4), round(mix.dissimilarity, 2)
    (0.849, 0.69)
    """
    shares = _shares(counts)
    if shares is None:
        return Mixity(entropy=None, simpson=None, simpson_normalised=None, dissimilarity=None)
    n_categories = len(shares)
    simpson = 1 - math.fsum(share**2 for share in shares)
    several = n_categories > 1
    return Mixity(
        entropy=_entropy(shares) / math.log(n_categories) if several else None,
        simpson=simpson,
        simpson_normalised=simpson / (1 - 1 / n_categories) if several else None,
        dissimilarity=None if reference is None else dissimilarity(counts, reference),
    )


def dissimilarity(counts: Counts, reference: Counts) -> float | None:
    """Return the share that would have to change category to match the reference.

    Raises
    ------
    UsageError
        When a count is negative or the two lists differ in length.

    Examples
    --------
    >>> dissimilarity([1, 1], [3, 1])
    0.25
    """
    if len(counts) != len(reference):
        msg = f"Expected the same categories twice: got {len(counts)} and {len(reference)}."
        raise UsageError(msg)
    observed, expected = _shares(counts), _shares(reference)
    if observed is None or expected is None:
        return None
    return 0.5 * math.fsum(abs(p - q) for p, q in zip(observed, expected, strict=True))


def quartile_mix(counts: Counts) -> float | None:
    """Say how evenly income quartiles are present: 1 when equal, 0 when there is only one.

    Returns
    -------
    mix
        1 - D(counts, uniform) / (1 - 1/K); None with nobody or a single class.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> round(quartile_mix([7, 6, 6, 5]), 4)
    0.9444
    """
    n_classes = len(counts)
    distance = dissimilarity(counts, [1.0] * n_classes)
    if distance is None or n_classes < 2:
        return None
    return max(0.0, 1 - distance / (1 - 1 / n_classes))


def theil_h(units: Sequence[Counts]) -> float | None:
    """Measure how far buildings differ in their mix.

    Parameters
    ----------
    units
        One row a building, one number a category.

    Returns
    -------
    h
        0 when the mix is the same everywhere, 1 when each building has one category; None when
        there is nothing to separate. Empty buildings are ignored.

    Raises
    ------
    UsageError
        When a count is negative or the rows differ in length.

    References
    ----------
    Theil and Finizza, 1971; ``docs/model.md`` 10.

    Examples
    --------
    >>> theil_h([[5, 0], [0, 7]])
    1.0
    """
    if len({len(unit) for unit in units}) > 1:
        msg = "Expected the same categories in every building."
        raise UsageError(msg)
    whole = _shares([math.fsum(column) for column in zip(*units, strict=True)])
    inside = [(math.fsum(unit), _shares(unit)) for unit in units]
    entropy = 0.0 if whole is None else _entropy(whole)
    if entropy <= 0:
        return None
    total = math.fsum(size for size, _ in inside)
    within = math.fsum(size * _entropy(shares) for size, shares in inside if shares is not None)
    return min(1.0, max(0.0, 1 - within / (total * entropy)))


def duncan(units: Sequence[Counts]) -> float | None:
    """Return the share of one of two groups that would have to move to even out buildings.

    Parameters
    ----------
    units
        One row a building: the two numbers.

    Returns
    -------
    index
        0 (even) to 1 (apart); None when a group has nobody.

    Raises
    ------
    UsageError
        When a row is not a pair of numbers, zero or above.

    References
    ----------
    Duncan and Duncan, 1955; ``docs/model.md`` 10.

    Examples
    --------
    >>> round(duncan([[10, 2], [4, 8]]), 4)
    0.5143
    """
    if any(len(unit) != 2 for unit in units):
        msg = "Expected two groups in every building."
        raise UsageError(msg)
    return dissimilarity([unit[0] for unit in units], [unit[1] for unit in units])


def social_share(
    counts: Mapping[str, float], *, rental: Collection[str], accession: Collection[str]
) -> SocialShare:
    """Say the share of social dwellings two ways: rental alone, and with social accession.

    Parameters
    ----------
    counts
        Dwellings by tenure.
    rental
        Tenures that count as social rental.
    accession
        Tenures of social accession, counted in the second figure only. Which ones the SRU law
        counts, and how long, is said beside the figure.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> social_share({"PLUS": 8, "BRS": 6, "LIBRE": 2}, rental=["PLUS"], accession=["BRS"])
    SocialShare(rental=0.5, with_accession=0.875)
    """
    total = math.fsum(counts.values())
    if total <= 0:
        return SocialShare(rental=None, with_accession=None)
    let = math.fsum(number for code, number in counts.items() if code in rental)
    sold = math.fsum(number for code, number in counts.items() if code in accession)
    return SocialShare(rental=let / total, with_accession=(let + sold) / total)


def _shares(counts: Counts) -> list[float] | None:
    """Return the counts as parts of one; None when there is nobody."""
    if any(not count >= 0 for count in counts):
        msg = f"Expected counts, zero or above: got {list(counts)}."
        raise UsageError(msg)
    total = math.fsum(counts)
    return [count / total for count in counts] if total > 0 else None


def _entropy(shares: Sequence[float]) -> float:
    """Return the entropy of parts of one, in nats."""
    return -math.fsum(share * math.log(share) for share in shares if share > 0) + 0.0
