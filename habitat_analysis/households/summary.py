"""What may be said of the group in public: totals and medians, never a few people.

A figure on the situation of fewer than `threshold` households is suppressed, and so is whatever
would let it be found by subtraction. No row here names or describes a household.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from habitat_analysis.households.needs import Needs

THRESHOLD = 11  # households; statistical secrecy of `ux.md` 8
MEDIAN_STEP_EUR = 100  # a median may be one household's income: it is rounded
LARGEST_SIZE = 5  # "5 et plus"
COLUMNS = ("theme", "label", "value", "unit", "suppressed")

_Row = tuple[str, str, float | None, str, bool]


def group_summary(
    group: pd.DataFrame, needs: Needs, *, tenures: Sequence[str], threshold: int = THRESHOLD
) -> pd.DataFrame:
    """Describe a group without describing anybody.

    Parameters
    ----------
    group
        Households, as `group.read_group` types them.
    needs
        Their needs.
    tenures
        Tenures whose ceilings are counted, in the order of the reports.
    threshold
        Fewest households a published figure stands on.

    Returns
    -------
    summary
        Columns ``theme label value unit suppressed``; a suppressed value is NaN, to be written
        "< 11". Themes: groupe, taille, statut (eligibility), revenu.

    References
    ----------
    The public circle of ``docs/architecture.md``; secrecy as official statistics keep it.
    """
    size = len(group)
    sizes = _sizes(needs.households["persons"], threshold)
    # With the number of persons, two hidden sizes could be solved for.
    persons_hidden = any(hidden for *_, hidden in sizes)
    persons = None if persons_hidden else float(needs.households["persons"].sum())
    rows: list[_Row] = [
        ("groupe", "Ménages", float(size), "ménages", False),
        ("groupe", "Personnes", persons, "personnes", persons_hidden),
        *sizes,
        *_rights(needs.households["eligible"], tenures, threshold),
        *_incomes(group, needs, threshold),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": float, "suppressed": bool})


def suppress_table(counts: Sequence[int], *, threshold: int = THRESHOLD) -> list[int | None]:
    """Hide the small cells of a table whose total is known, and enough others to protect them.

    Parameters
    ----------
    counts
        Cells of one table that add up to a published total.
    threshold
        Fewest households in a published cell. Zero may be published.

    Returns
    -------
    published
        The counts, None where suppressed. When any is, at least two are, and together they hold
        at least `threshold` households; under that total, all are.

    Examples
    --------
    >>> suppress_table([12, 14, 2])
    [None, 14, None]
    >>> suppress_table([15, 13, 0])
    [15, 13, 0]
    """
    if sum(counts) < threshold:
        return [None] * len(counts)
    hidden = {index for index, count in enumerate(counts) if 0 < count < threshold}
    shown = sorted((i for i, n in enumerate(counts) if n >= threshold), key=lambda i: counts[i])
    while hidden and (len(hidden) < 2 or sum(counts[i] for i in hidden) < threshold):
        hidden.add(shown.pop(0))
    return [None if index in hidden else count for index, count in enumerate(counts)]


def suppress_nested(
    counts: Mapping[str, int], total: int, *, threshold: int = THRESHOLD
) -> dict[str, int | None]:
    """Hide the counts that differ too little from one another, or from none or all.

    Ceilings are nested: whoever is within the lowest is within the others. The difference of two
    counts is then a number of households too, and has to be large enough.

    Examples
    --------
    >>> suppress_nested({"PLAI": 12, "PLUS": 15, "PLS": 28}, 28)
    {'PLAI': 12, 'PLUS': None, 'PLS': 28}
    """
    published = {0, total} if total >= threshold else set()
    answer: dict[str, int | None] = dict.fromkeys(counts)
    for code in sorted(counts, key=lambda code: counts[code]):
        count = counts[code]
        gaps = [abs(count - other) for other in published]
        if gaps and all(gap == 0 or gap >= threshold for gap in gaps):
            published.add(count)
            answer[code] = count
    return answer


def _sizes(persons: pd.Series, threshold: int) -> list[_Row]:
    """Count households by number of persons."""
    sizes = list(range(1, LARGEST_SIZE + 1))
    capped = persons.clip(upper=LARGEST_SIZE)
    counts = suppress_table([int((capped == size).sum()) for size in sizes], threshold=threshold)
    labels = [*(f"{n} personne{'s' * (n > 1)}" for n in sizes[:-1]), f"{LARGEST_SIZE} et plus"]
    return [
        ("taille", label, count, "ménages", count is None)
        for label, count in zip(labels, counts, strict=True)
    ]


def _rights(eligible: pd.Series, tenures: Sequence[str], threshold: int) -> list[_Row]:
    """Count households within the ceilings of each tenure."""
    counts = {code: sum(code in codes for codes in eligible) for code in tenures}
    published = suppress_nested(counts, len(eligible), threshold=threshold)
    return [
        ("statut", code, count, "ménages éligibles", count is None)
        for code, count in published.items()
    ]


def _incomes(group: pd.DataFrame, needs: Needs, threshold: int) -> list[_Row]:
    """Give the medians of the group, rounded."""
    series = {
        "Revenu mensuel médian": (group["income_month_eur"], "€/mois"),
        "Revenu fiscal de référence médian": (needs.households["resources_eur"], "€/an"),
        "Revenu annuel médian par unité de consommation": (
            needs.households["income_uc_eur"],
            "€/an",
        ),
        "Épargne médiane": (group["savings_eur"].dropna(), "€"),
    }
    return [
        ("revenu", label, _median(values, threshold), unit, len(values) < threshold)
        for label, (values, unit) in series.items()
    ]


def _median(values: pd.Series, threshold: int) -> float | None:
    if len(values) < threshold:
        return None
    return float(round(values.median() / MEDIAN_STEP_EUR) * MEDIAN_STEP_EUR)
