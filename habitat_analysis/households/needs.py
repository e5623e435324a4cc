"""What the group needs: households gathered in classes that accept the same dwellings.

A cell is a pair (typology, tenure). A household accepts those that its resources open, that it
wishes, that are neither too small nor too large, and that it can afford when that was computed.
Classes, like rows of households, are never published (see `summary`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pandas as pd

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.errors import UsageError
from habitat_analysis.formats import join_fr
from habitat_analysis.households.eligibility import (
    Eligibility,
    Household,
    TenureTest,
    eligibility,
    is_young_couple,
    resources_tested_eur,
)
from habitat_analysis.households.occupancy import (
    ConsumptionUnits,
    Occupancy,
    OccupancyNorm,
    consumption_units,
    min_typology,
)

UNKNOWN_ADULT_AGE = 40  # an adult of unknown age counts as an adult, nothing more
Obstacle = Literal["", "droits", "souhaits", "taille", "budget"]
OBSTACLES: Final[tuple[Obstacle, ...]] = ("droits", "souhaits", "taille", "budget")
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRules:
    """Everything that turns a household into a need, from the study and ``data/baremes``."""

    tests: Mapping[str, TenureTest]  # one a tenure of the study, in the order of the reports
    typologies: tuple[str, ...]  # "T1" to "T6", those of the study, in order
    norm: OccupancyNorm
    young_couple_age_sum: float
    income_fall_share: float  # fall from which the income of last year counts
    quartiles_eur_uc: tuple[float, float, float] | None = None  # yearly income a unit, Q1 to Q3
    units: ConsumptionUnits = field(default_factory=ConsumptionUnits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The needs of a group.

    `households` has one row each: ``household_id persons t_min t_max min_area_m2 category
    resources_eur income_uc_eur quartile eligible cells obstacle reason class_id``.
    `classes`: ``class_id count quartile cells members``.
    `unplaced`: ``household_id line obstacle reason``, those that no cell suits; the obstacle is the
    first test that leaves none, among `OBSTACLES`.
    """

    households: pd.DataFrame
    classes: pd.DataFrame
    unplaced: pd.DataFrame


def need_classes(
    group: pd.DataFrame, rules: NeedRules, *, affordable: pd.DataFrame | None = None
) -> Needs:
    """Gather the households that accept the same cells and have the same income quartile.

    Parameters
    ----------
    group
        Households, as `group.read_group` types them.
    rules
        Ceilings, occupancy norm, typologies and quartiles.
    affordable
        Whether a household can afford a tenure, or a cell: index ``household_id``, one boolean
        column a tenure or a pair (typology, tenure), as `feasible.FeasibleSet` gives them. What
        has no column is not restricted.

    Returns
    -------
    needs
        Households, classes, and those that no cell suits, with the reason in French.

    Raises
    ------
    UsageError
        When `affordable` lacks a household, or a household has no adult (``E_EMPTY_HOUSEHOLD``).

    References
    ----------
    ``docs/model.md`` 4.1, 4.4 and 5.1 (class c, cells A_c).
    """
    if affordable is not None:
        absent = sorted(set(group["household_id"]) - set(affordable.index))
        if absent:
            msg = f"Expected a row of `affordable` for each household: {len(absent)} missing."
            raise UsageError(msg)
    records = group.to_dict("records")
    rows = [_need({str(k): v for k, v in row.items()}, rules, affordable) for row in records]
    households = pd.DataFrame(rows, columns=list(_NEED_COLUMNS))
    classes = _classes(households, rules)
    class_of = _class_of(classes)
    households["class_id"] = [class_of.get(who, "") for who in households["household_id"]]
    empty = households["cells"].map(len) == 0
    return Needs(
        households=households,
        classes=classes,
        unplaced=households.loc[empty, list(_UNPLACED_COLUMNS)].reset_index(drop=True),
    )


def household_of(
    row: Mapping[str, Any], rules: NeedRules, *, operation_cost_eur: float | None = None
) -> Household:
    """Turn a row of the group into what the ceilings look at.

    Adults are the persons who are not dependants. A dependant beyond the children at home is a
    child who visits (counted then as a person) or, failing that, one of the adults.
    """
    at_home = 2 * row["couples"] + row["single_adults"] + len(row["child_ages"])
    beyond = max(0, row["dependants"] - len(row["child_ages"]))
    persons = at_home + min(beyond, len(row["visiting_child_ages"]))
    return Household(
        adults=int(persons - row["dependants"]),
        dependants=int(row["dependants"]),
        resources_eur=resources_tested_eur(
            row["rfr_n2_eur"], row["rfr_n1_eur"], fall_share=rules.income_fall_share
        ),
        young_couple=is_young_couple(
            couples=row["couples"],
            single_adults=row["single_adults"],
            dependants=row["dependants"] + len(row["child_ages"]),
            ages=row["adult_ages"],
            age_sum_max=rules.young_couple_age_sum,
        ),
        disabled=bool(row["disabled"]),
        operation_cost_eur=operation_cost_eur,
        resources_n2_eur=row["rfr_n2_eur"],
    )


def income_per_unit_eur(row: Mapping[str, Any], units: ConsumptionUnits) -> float:
    """Compute the yearly income for one unit of consumption of a household, in euros.

    Children who only visit do not count.
    """
    adults = 2 * row["couples"] + row["single_adults"]
    ages = row["adult_ages"] or (UNKNOWN_ADULT_AGE,) * adults
    found = MONTHS * row["income_month_eur"] / consumption_units([*ages, *row["child_ages"]], units)
    return float(found)


def quartile_of(income_uc_eur: float, thresholds: Sequence[float] | None) -> str:
    """Return ``"Q1"`` to ``"Q4"``; a threshold belongs to the quartile below; "" if unknown.

    Examples
    --------
    >>> [quartile_of(income, (10, 20, 30)) for income in (10, 11, 31)]
    ['Q1', 'Q2', 'Q4']
    """
    if thresholds is None:
        return ""
    return f"Q{1 + sum(income_uc_eur > threshold for threshold in thresholds)}"


_NEED_COLUMNS = (
    "household_id",
    "line",
    "persons",
    "t_min",
    "t_max",
    "min_area_m2",
    "category",
    "resources_eur",
    "income_uc_eur",
    "quartile",
    "eligible",
    "cells",
    "obstacle",
    "reason",
)
_UNPLACED_COLUMNS = ("household_id", "line", "obstacle", "reason")


def _need(
    row: Mapping[str, Any], rules: NeedRules, affordable: pd.DataFrame | None
) -> dict[str, Any]:
    """Work out the need of one household."""
    children = (*row["child_ages"], *row["visiting_child_ages"])
    room = min_typology(row["couples"], row["single_adults"], children, norm=rules.norm)
    household = household_of(row, rules)
    rights = eligibility(household, rules.tests)
    income = income_per_unit_eur(row, rules.units)
    paid = {} if affordable is None else affordable.loc[row["household_id"]].to_dict()
    cells, obstacle, reason = _cells(row, room, rights, rules, paid)
    return {
        "household_id": row["household_id"],
        "line": row["line"],
        "persons": room.persons,
        "t_min": room.t_min,
        "t_max": room.t_max,
        "min_area_m2": room.min_area_m2,
        "category": rights.category_rental,
        "resources_eur": household.resources_eur,
        "income_uc_eur": income,
        "quartile": quartile_of(income, rules.quartiles_eur_uc),
        "eligible": tuple(code for code in rules.tests if rights.eligible[code]),
        "cells": cells,
        "obstacle": obstacle,
        "reason": reason,
    }


def _cells(
    row: Mapping[str, Any],
    room: Occupancy,
    rights: Eligibility,
    rules: NeedRules,
    paid: Mapping[Any, bool],
) -> tuple[tuple[Cell, ...], Obstacle, str]:
    """Return the cells a household accepts, or none, what leaves none and why, in French."""
    wished = row["wished_tenures"] or tuple(rules.tests)
    opened = [code for code in rules.tests if rights.eligible[code]]
    chosen = [code for code in opened if code in wished]
    payable = [u for u in chosen if any(_is_payable(paid, t, u) for t in rules.typologies)]
    suited = [t for t in rules.typologies if room.t_min <= int(t[1:]) <= room.t_max]
    kept = [t for t in suited if t in (row["wished_typologies"] or suited)]
    cells = tuple((t, u) for t in kept for u in payable if _is_payable(paid, t, u))
    span = " à ".join(dict.fromkeys((f"T{room.t_min}", f"T{room.t_max}")))
    tests: tuple[tuple[Sequence[object], Obstacle, str], ...] = (
        (opened, "droits", "ressources au-dessus de tous les plafonds des statuts étudiés"),
        (chosen, "souhaits", f"aucun statut souhaité n'est accessible ({join_fr(wished, 'ou')})"),
        (suited, "taille", f"aucune typologie étudiée ne convient à sa taille ({span})"),
        (kept, "souhaits", f"les typologies souhaitées ne conviennent pas à sa taille ({span})"),
        (payable, "budget", "aucun statut accessible et souhaité n'est abordable pour ce ménage"),
        (cells, "budget", f"aucun logement à sa taille ({span}) n'est abordable pour ce ménage"),
    )
    nothing: tuple[Obstacle, str] = ("", "")
    obstacle, reason = next(((what, why) for left, what, why in tests if not left), nothing)
    return cells, obstacle, reason


def _is_payable(paid: Mapping[Any, bool], typology: str, tenure: str) -> bool:
    """Read whether a cell is affordable: its own column, that of its tenure, or none."""
    return bool(paid.get((typology, tenure), paid.get(tenure, True)))


def _classes(households: pd.DataFrame, rules: NeedRules) -> pd.DataFrame:
    """Gather the households by cells and quartile, in a fixed order."""
    typologies = {typology: rank for rank, typology in enumerate(rules.typologies)}
    tenures = {code: rank for rank, code in enumerate(rules.tests)}
    members: dict[tuple[str, tuple[Cell, ...]], list[str]] = {}
    for record in households[households["cells"].map(len) > 0].to_dict("records"):
        key = record["quartile"], record["cells"]
        members.setdefault(key, []).append(record["household_id"])
    ordered = sorted(
        members, key=lambda key: (key[0], [(typologies[t], tenures[u]) for t, u in key[1]])
    )
    width = max(2, len(str(len(ordered))))
    rows = [
        {
            "class_id": f"C{number:0{width}d}",
            "count": len(members[key]),
            "quartile": key[0],
            "cells": key[1],
            "members": tuple(sorted(members[key])),
        }
        for number, key in enumerate(ordered, start=1)
    ]
    return pd.DataFrame(rows, columns=["class_id", "count", "quartile", "cells", "members"])


def _class_of(classes: pd.DataFrame) -> dict[str, str]:
    exploded = classes.explode("members")
    return dict(zip(exploded["members"], exploded["class_id"], strict=True))
