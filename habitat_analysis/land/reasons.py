"""Why a parcel is put aside, in a fixed order of precedence.

The order goes from what the plan says (zone, size, buildings, destination, shape) to what the
study says (rules, capacity), then to the exclusions of the planner in their order. The first reason
met is the main one; the others are listed. A value that no layer tells never puts a parcel aside.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from habitat_analysis.formats import area, join_fr, metres, typeset
from habitat_analysis.land.capacity import NOT_BUILDABLE
from habitat_analysis.study.land import Land

PHYSICAL: Final = (
    "hors_zonage",
    "famille_de_zone",
    "surface_insuffisante",
    "surface_excessive",
    "batie",
    "autre_destination",
    "trop_etroite",
    "sans_regle",
)
AFTER_CAPACITY: Final = ("contour", "non_constructible", "sans_logement")


def flag_physical(table: pd.DataFrame, land: Land) -> pd.DataFrame:
    """Tell, for each parcel, which reasons hold before any capacity is computed.

    Parameters
    ----------
    table
        Columns ``area_m2 zone_label zone_family built_m2 for_housing width_m rules_zone``.
    land
        Bounds of the study.

    Returns
    -------
    flags
        One boolean column for each of `PHYSICAL`, in order of precedence.
    """
    has_zoning = bool(table["zone_label"].notna().any())
    in_zone = table["zone_family"].fillna("") != ""
    flags = {
        "hors_zonage": ~in_zone & has_zoning,
        "famille_de_zone": in_zone & ~table["zone_family"].isin(land.families),
        "surface_insuffisante": table["area_m2"] < land.area_min_m2,
        "surface_excessive": table["area_m2"] > land.area_max_m2,
        "batie": table["built_m2"] > land.built_max_m2,
        "autre_destination": ~table["for_housing"].astype(bool),
        "trop_etroite": table["width_m"] < land.width_min_m,
        "sans_regle": table["rules_zone"].isna(),
    }
    return pd.DataFrame(flags, index=table.index).astype(bool)


def flag_capacity(table: pd.DataFrame) -> pd.DataFrame:
    """Tell which parcels the rules leave without a building, or without a dwelling.

    Parameters
    ----------
    table
        Columns ``capacity_status`` (empty where no capacity was computed) and
        ``capacity_dwellings``.

    Returns
    -------
    flags
        One boolean column for each of `AFTER_CAPACITY`, in order of precedence.
    """
    status = table["capacity_status"]
    flags = {
        "contour": ~status.isin(["", "OK", NOT_BUILDABLE]),
        "non_constructible": status == NOT_BUILDABLE,
        "sans_logement": (status == "OK") & (table["capacity_dwellings"] < 1),
    }
    return pd.DataFrame(flags, index=table.index).astype(bool)


def reason_sentences(land: Land) -> dict[str, str]:
    """Say each reason in French, the planner's exclusions last, by id in order of precedence."""
    families = join_fr(land.families)
    sentences = {
        "hors_zonage": "hors des zones du PLU",
        "famille_de_zone": f"zone du PLU hors des familles étudiées ({families})",
        "surface_insuffisante": f"surface inférieure à {area(land.area_min_m2)}",
        "surface_excessive": f"surface supérieure à {area(land.area_max_m2)}",
        "batie": f"bâtie sur plus de {area(land.built_max_m2)}",
        "autre_destination": "zone d'une autre destination que l'habitat",
        "trop_etroite": f"forme trop étroite pour bâtir (moins de {_width(land)})",
        "sans_regle": "aucune règle énoncée dans l'étude pour sa zone",
        "contour": "contour en plusieurs morceaux ou impossible à mesurer",
        "non_constructible": "les règles ne laissent aucune emprise constructible",
        "sans_logement": "capacité inférieure à un logement, espaces communs déduits",
    }
    sentences |= {exclusion_key(rule.id): rule.sentence for rule in land.exclusions}
    return {reason: typeset(sentence) for reason, sentence in sentences.items()}


def exclusion_key(exclusion_id: str) -> str:
    """Name the reason of a planner's exclusion, so that it never hides one of ours."""
    return f"exclusion:{exclusion_id}"


def _width(land: Land) -> str:
    return metres(land.width_min_m, 0 if land.width_min_m == int(land.width_min_m) else 1)
