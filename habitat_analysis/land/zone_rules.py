"""Which rules of the study apply in a zone of the PLU, and whether it is meant for housing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from habitat_analysis.study.land import PluRules

# Values of DESTDOMI, dominant destination of a zone, in the PLU standard of the CNIG (2013-2017).
# Later versions of the standard no longer require it: an empty code says nothing.
DESTINATIONS: Final = {
    "00": "sans objet ou non encore définie",
    "01": "habitat",
    "02": "activité",
    "03": "destination mixte habitat et activité",
    "04": "loisirs et tourisme",
    "05": "équipement",
    "07": "activité agricole",
    "08": "espace naturel",
    "09": "espace remarquable",
    "10": "secteur de carrière",
    "99": "autre",
}
SILENT_OR_HOUSING: Final = frozenset({"", "00", "01", "03"})

ZONE_COLUMNS: Final = ("zone_label", "zone_type", "zone_family")


def rule_for(
    rules: Sequence[PluRules], *, label: str, zone_type: str, family: str
) -> PluRules | None:
    """Find the rules of a zone: those that name its label, else its type, else its family.

    Examples
    --------
    >>> rules = [PluRules.model_construct(zones=("U",)), PluRules.model_construct(zones=("UCr",))]
    >>> found = rule_for(rules, label="UCr", zone_type="U", family="U")
    >>> found.zones if found else None
    ('UCr',)
    """
    for name in (label, zone_type, family):
        for rule in rules:
            if name and name in rule.zones:
                return rule
    return None


def match_rules(zones: pd.DataFrame, rules: Sequence[PluRules]) -> list[PluRules | None]:
    """Find the rules of each row of a table with `ZONE_COLUMNS`, in its order."""
    known: dict[tuple[str, str, str], PluRules | None] = {}
    matched = []
    for label, zone_type, family in zones[list(ZONE_COLUMNS)].fillna("").itertuples(index=False):
        key = (str(label), str(zone_type), str(family))
        if key not in known:
            known[key] = rule_for(rules, label=key[0], zone_type=key[1], family=key[2])
        matched.append(known[key])
    return matched


def is_for_housing(destination: str, rule: PluRules | None) -> bool:
    """Tell whether neither the zone nor its rules reserve it for something else than housing.

    Parameters
    ----------
    destination
        Code of `DESTINATIONS`, empty when the PLU does not say.
    rule
        Rules of the zone, if the study has some.

    Examples
    --------
    >>> is_for_housing("03", None), is_for_housing("05", None)
    (True, False)
    """
    by_rule = rule is None or rule.destination == "habitat"
    return by_rule and destination in SILENT_OR_HOUSING
