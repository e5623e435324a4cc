"""From every parcel of the commune to the sites to study, nothing lost on the way.

Each parcel is either kept and ranked, or put aside for one main reason with the others listed. A
kept parcel is a « site à étudier », never « constructible ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from habitat_analysis.land.parcel_table import unexamined_layers
from habitat_analysis.land.reasons import (
    exclusion_key,
    flag_capacity,
    flag_physical,
    reason_sentences,
)
from habitat_analysis.land.screening import (
    Bar,
    Scale,
    Screening,
    contributions,
    flag_exclusions,
    screen_sites,
    weight_sweep,
)
from habitat_analysis.study.land import Criterion, Exclusion, Land

# Field of the study (French) -> column of the table of parcels.
FIELDS: Final = {
    "distance_arret_m": "transit_m",
    "distance_ecole_m": "school_m",
    "distance_commerce_m": "shops_m",
    "prix_terrain_m2_sdp": "land_price_m2_sdp",
    "maitrise_fonciere": "owner_score",
    "capacite_logements": "capacity_dwellings",
    "surface_m2": "area_m2",
    "part_inondable": "flood_share",
    "niveau_risque": "risk_level",
    "surface_batie_m2": "built_m2",
    "longueur_sur_voie_m": "road_m",
}

# Column -> what a planner calls it.
FIELD_LABELS: Final = {
    "transit_m": "distance à l'arrêt",
    "school_m": "distance à l'école",
    "shops_m": "distance aux commerces",
    "land_price_m2_sdp": "prix du terrain par m² de SDP",
    "owner_score": "maîtrise foncière",
    "capacity_dwellings": "capacité en logements",
    "area_m2": "surface",
    "flood_share": "part inondable",
    "risk_level": "niveau de risque",
    "built_m2": "surface bâtie",
    "road_m": "longueur sur voie",
}

OF_STATISTIC: Final = (
    "hors_zonage",
    "famille_de_zone",
    "surface_insuffisante",
    "surface_excessive",
    "batie",
)

SEPARATOR: Final = " ; "


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """Every parcel of the commune, kept or put aside.

    `parcels` has one row a parcel, in the order of the table, with all its columns and `kept`,
    `reason_id`, `main_reason`, `other_reasons` (separated by « ; »), `missing` (French names of the
    values that no layer tells), `score`, `rank`, `topsis`, `topsis_rank`, `ranks_differ`, and a
    column `term_<column>` a criterion.
    """

    parcels: pd.DataFrame
    counts: pd.DataFrame  # reason_id, reason, n_main, n_any, in order of precedence
    sweep: pd.DataFrame  # see `weight_sweep`
    unexamined: tuple[str, ...]  # layers no parcel has, in French

    @property
    def kept(self) -> pd.DataFrame:
        """Parcels to study, the best first."""
        return self.parcels[self.parcels["kept"]].sort_values("rank").reset_index(drop=True)

    @property
    def excluded(self) -> pd.DataFrame:
        """Parcels put aside: `idu`, `reason_id`, `main_reason`, `other_reasons`."""
        aside = self.parcels.loc[~self.parcels["kept"]]
        columns = ["idu", "reason_id", "main_reason", "other_reasons"]
        return aside[columns].reset_index(drop=True)


def screen_parcels(table: pd.DataFrame, land: Land) -> Screened:
    """Put parcels aside for a stated reason, and rank the others.

    Parameters
    ----------
    table
        From `parcel_table.describe_parcels`.
    land
        Bounds, criteria and exclusions of the study.

    Returns
    -------
    screened
        Kept and excluded parcels are all the parcels of the table, each once.

    Raises
    ------
    DataError
        ``E_WEIGHTS``, see `screening.screen_sites`.
    """
    values = table.set_index("idu", drop=False)
    scales, bars = scales_of(land.criteria), bars_of(land.exclusions)
    flags = flag_parcels(values, land)
    kept = ~flags.any(axis=1)
    screening = screen_sites(values[kept], scales, bars)
    sentences = reason_sentences(land)
    terms = contributions(values, scales).add_prefix("term_")
    parcels = pd.concat(
        [values.assign(kept=kept), _reasons(flags, sentences), _marks(screening, values), terms],
        axis=1,
    )
    return Screened(
        parcels=parcels.reset_index(drop=True),
        counts=_count(flags, sentences),
        sweep=weight_sweep(values[kept], scales),
        unexamined=unexamined_layers(table),
    )


def flag_parcels(table: pd.DataFrame, land: Land) -> pd.DataFrame:
    """Tell every reason of every parcel to be put aside, columns in order of precedence."""
    exclusions = flag_exclusions(table, bars_of(land.exclusions))
    steps = [flag_physical(table, land), flag_capacity(table), exclusions]
    return pd.concat(steps, axis=1).astype(bool)


def unbuilt_parcels(table: pd.DataFrame, land: Land) -> pd.DataFrame:
    """Select the unbuilt parcels of the size and of the zone families of the study.

    A statistic of the commune, not candidates: destination, shape and rules are not looked at.
    """
    return table[~flag_physical(table, land)[list(OF_STATISTIC)].any(axis=1)]


def scales_of(criteria: Sequence[Criterion]) -> list[Scale]:
    """Turn the criteria of a study into scales on columns of the table."""
    return [
        Scale(id=FIELDS[item.id], weight=item.weight, worst=item.worst, best=item.best)
        for item in criteria
    ]


def bars_of(exclusions: Sequence[Exclusion]) -> list[Bar]:
    """Turn the exclusions of a study into bars on columns of the table."""
    return [
        Bar(
            id=exclusion_key(item.id),
            field=FIELDS[item.field],
            op=item.op,
            value=item.value,
            sentence=item.sentence,
        )
        for item in exclusions
    ]


def _reasons(flags: pd.DataFrame, sentences: Mapping[str, str]) -> pd.DataFrame:
    """Write the main reason of each parcel and the others; empty where it is kept."""
    named = [flags.columns[row].tolist() for row in flags.to_numpy()]
    said = [[sentences[reason] for reason in reasons] for reasons in named]
    return pd.DataFrame(
        {
            "reason_id": [reasons[0] if reasons else "" for reasons in named],
            "main_reason": [texts[0] if texts else "" for texts in said],
            "other_reasons": [SEPARATOR.join(texts[1:]) for texts in said],
        },
        index=flags.index,
    )


def _marks(screening: Screening, values: pd.DataFrame) -> pd.DataFrame:
    """Take the scores, ranks and missing values of the sites kept, for every parcel."""
    columns = ["score", "rank", "topsis", "topsis_rank", "ranks_differ"]
    marks = screening.sites[columns].reindex(values.index)
    names = screening.sites["missing"].reindex(values.index)
    missing = [
        ", ".join(FIELD_LABELS[field] for field in fields) if isinstance(fields, tuple) else ""
        for fields in names
    ]
    differ = marks["ranks_differ"].astype("boolean").fillna(False).astype(bool)
    return marks.assign(ranks_differ=differ, missing=missing)


def _count(flags: pd.DataFrame, sentences: Mapping[str, str]) -> pd.DataFrame:
    """Count the parcels each reason puts aside, as the main one and at all."""
    first = flags & (flags.cumsum(axis=1) == 1)
    return pd.DataFrame(
        {
            "reason_id": list(flags.columns),
            "reason": [sentences[reason] for reason in flags.columns],
            "n_main": first.sum().to_numpy(dtype=int),
            "n_any": flags.sum().to_numpy(dtype=int),
        }
    )
