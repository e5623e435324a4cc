"""What a household will need in some years: children grow up, then leave.

A household is never asked to move: this tells a group how many dwellings may become too large, so
that it can write rules of exchange before the question is personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from habitat_analysis.households.needs import NeedRules
from habitat_analysis.households.occupancy import min_typology

COLUMNS = ("household_id", "line", "t_min", "t_min_later", "falls", "rises", "stated")


def future_needs(group: pd.DataFrame, rules: NeedRules, years: int) -> pd.DataFrame:
    """Compare the smallest suitable typology of each household with that of some years later.

    Parameters
    ----------
    group
        Households, as `group.read_group` types them. A child whose departure is not stated, or who
        only visits, is thought to stay.
    rules
        Its occupancy norm.
    years
        Years from now.

    Returns
    -------
    needs
        One row a household: ``t_min`` and ``t_min_later`` (2 for a T2), ``falls``, ``rises``, and
        ``stated``, whether a departure is stated for each of its children at home.

    References
    ----------
    ``docs/model.md`` 4.4, asked twice.
    """
    rows = [
        _later({str(name): value for name, value in record.items()}, rules, years)
        for record in group.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def children_later(row: Mapping[str, Any], years: int) -> tuple[int, ...]:
    """Return the ages of the children still at home, or visiting, in some years.

    Examples
    --------
    >>> row = {"child_ages": (12, 16), "visiting_child_ages": (),
    ...     "child_departures_years": (None, 3)}
    >>> children_later(row, 2), children_later(row, 3)
    ((14, 18), (15,))
    """
    stated = row["child_departures_years"] or (None,) * len(row["child_ages"])
    at_home = [
        age + years
        for age, leaves in zip(row["child_ages"], stated, strict=True)
        if leaves is None or leaves > years
    ]
    return (*at_home, *(age + years for age in row["visiting_child_ages"]))


def _later(row: Mapping[str, Any], rules: NeedRules, years: int) -> dict[str, Any]:
    def least(children: tuple[int, ...]) -> int:
        adults = row["couples"], row["single_adults"]
        return min_typology(*adults, children, norm=rules.norm).t_min

    now = least((*row["child_ages"], *row["visiting_child_ages"]))
    later = least(children_later(row, years))
    stated = row["child_departures_years"]
    return {
        "household_id": row["household_id"],
        "line": row["line"],
        "t_min": now,
        "t_min_later": later,
        "falls": later < now,
        "rises": later > now,
        "stated": len(stated) == len(row["child_ages"]) and None not in stated,
    }
