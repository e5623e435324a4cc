"""The three traits of a household that a study may bound: income quartile, age band, family type.

They are personal: they stay in the circle of the cooperative. The values are those that the study
knows (`study.residents.values_of`), or "" where the file does not say enough.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import Any

import pandas as pd

from habitat_analysis.households.needs import NeedRules, income_per_unit_eur, quartile_of
from habitat_analysis.study.group import Attribute, Family, Residents


def household_traits(
    group: pd.DataFrame, rules: NeedRules, residents: Residents
) -> dict[str, dict[Attribute, str]]:
    """Say the quartile, the age band and the family type of each household.

    Parameters
    ----------
    group
        Households, as `group.read_group` types them.
    rules
        Its thresholds of income and units of consumption.
    residents
        Its age bands.

    Returns
    -------
    traits
        By pseudonym: ``quartile`` ("" without thresholds), ``age`` (band of the oldest adult, ""
        when no age is given), ``famille``.
    """
    found: dict[str, dict[Attribute, str]] = {}
    for record in group.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        found[row["household_id"]] = {
            "quartile": quartile_of(income_per_unit_eur(row, rules.units), rules.quartiles_eur_uc),
            "age": age_band(row["adult_ages"], residents),
            "famille": family_type(row),
        }
    return found


def age_band(adult_ages: tuple[int, ...], residents: Residents) -> str:
    """Name the age band of the oldest adult; "" when no age is known.

    Examples
    --------
    >>> age_band((34, 35), Residents()), age_band((), Residents())
    ('35 à 59 ans', '')
    """
    if not adult_ages:
        return ""
    return residents.values_of("age")[bisect.bisect_right(residents.age_bands, max(adult_ages))]


def family_type(row: Mapping[str, Any]) -> Family:
    """Name the family type from the couples, the single adults and the children at home.

    Children who only visit do not change it; two single adults, or a couple and its parent, are
    « autre ».

    Examples
    --------
    >>> family_type({"couples": 0, "single_adults": 1, "child_ages": (4,)})
    'famille_monoparentale'
    """
    kind: dict[tuple[int, int, bool], Family] = {
        (0, 1, False): "personne_seule",
        (0, 1, True): "famille_monoparentale",
        (1, 0, False): "couple_sans_enfant",
        (1, 0, True): "couple_avec_enfants",
    }
    shape = (int(row["couples"]), int(row["single_adults"]), bool(row["child_ages"]))
    return kind.get(shape, "autre")
