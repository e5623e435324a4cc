"""The sites of a portfolio: every parcel and pair to study, and those that could not be examined.

A parcel put aside by the screening is no site. One that nothing puts aside, but that no zone, no
rule or no measure lets examine, is a site without an answer: its reason is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from habitat_analysis.feasibility import Ground
from habitat_analysis.feasibility.ground import mandatory_area
from habitat_analysis.feasibility.operation import NO_RULES
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.land.assemblies import Assemblies, find_assemblies
from habitat_analysis.land.candidates import flag_parcels
from habitat_analysis.land.parcel_table import layers_missing
from habitat_analysis.land.sites import site_name
from habitat_analysis.programme.site_figures import SiteFigures
from habitat_analysis.study.land import Land

PARCEL: Final = "parcelle"
PAIR: Final = "assemblage"
NOT_KNOWN: Final = ("hors_zonage", "sans_regle", "contour")  # reasons that say nothing of the land
KEPT_COLUMNS: Final = (
    *("zone_label", "rules_were_read", "area_m2", "score", "sdp_m2", "levels"),
    *("parking_places", "capacity_dwellings", "capacity_status", "missing"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The sites of a study, sorted by name.

    `sites` has one row a site: ``site``, ``parts`` (tuple of IDU), ``kind``, ``zones``, the
    columns of `KEPT_COLUMNS`, ``layers_missing``, ``reason`` and ``reason_code`` (empty for a site
    that can be optimised), geometry in EPSG:2154.
    """

    sites: gpd.GeoDataFrame
    assemblies: Assemblies

    @property
    def examined(self) -> gpd.GeoDataFrame:
        """Sites that can be optimised."""
        return self.sites[self.sites["reason"] == ""]


def gather_portfolio(ground: Ground) -> Gathered:
    """List the sites of a study: parcels kept, assemblies, and what could not be examined."""
    area_m2 = mandatory_area(ground.study)
    table = ground.screened.parcels
    assemblies = find_assemblies(ground.territory, table, ground.study, shared_area_m2=area_m2)
    alone = _alone(table, ground)
    pairs = assemblies.screened.parcels.merge(assemblies.pairs, on="idu", validate="one_to_one")
    both = [tuple(sorted(pair)) for pair in zip(pairs["first"], pairs["second"], strict=True)]
    parts = pd.Series(both, index=pairs.index, dtype=object)
    together = pairs.assign(site=pairs["idu"], parts=parts, kind=PAIR)
    rows = [_chosen(one, ground) for one in (alone, together)]
    whole = pd.concat([one for one in rows if len(one)] or rows[:1], ignore_index=True)
    frame = gpd.GeoDataFrame(whole, geometry="geometry", crs=ground.territory.parcels.crs)
    return Gathered(sites=frame.sort_values("site").reset_index(drop=True), assemblies=assemblies)


def ranked_sites(ground: Ground, *, first: int) -> gpd.GeoDataFrame:
    """List the first parcels of the ranking of a study, the best first, with their ``rank``.

    Returns
    -------
    sites
        Columns of `Gathered`, all of them examined.
    """
    table = ground.screened.kept.head(first)
    rows = _chosen(_alone(table, ground), ground).assign(rank=table["rank"])
    return gpd.GeoDataFrame(
        rows.reset_index(drop=True), geometry="geometry", crs=ground.territory.parcels.crs
    )


def figures_of(sites: pd.DataFrame, *, shab_per_sdp: float) -> tuple[SiteFigures, ...]:
    """Reduce each site to what enters its case."""
    rows = zip(
        sites["parts"], sites["area_m2"], sites["sdp_m2"], sites["parking_places"], strict=True
    )
    return tuple(
        SiteFigures(
            idus=parts,
            area_m2=float(area),
            shab_m2=shab_per_sdp * float(sdp),
            parking_places=int(places),
        )
        for parts, area, sdp, places in rows
    )


def _alone(table: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Make a site of each parcel of a screened table."""
    shapes = ground.territory.parcels.set_index("idu").geometry
    return table.assign(
        site=[site_name([idu]) for idu in table["idu"]],
        parts=pd.Series([(idu,) for idu in table["idu"]], index=table.index, dtype=object),
        kind=PARCEL,
        zones=table["zone_label"].fillna(""),
        geometry=shapes.reindex(table["idu"]).to_numpy(),
    )


def _chosen(table: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Take the rows kept, and those that nothing but a lack of knowledge puts aside."""
    land = ground.study.land
    unknown = _unknown(table, land)
    chosen = table[table["kept"] | (unknown != "")]
    reasons = unknown[chosen.index]
    columns = ["site", "parts", "kind", "zones", *KEPT_COLUMNS, "geometry"]
    return pd.DataFrame(chosen[columns]).assign(
        layers_missing=layers_missing(chosen),
        reason=[
            _reason(code, row, ground)
            for code, row in zip(reasons, chosen.to_dict("records"), strict=True)
        ],
        reason_code=[
            _code(code, status)
            for code, status in zip(reasons, chosen["capacity_status"], strict=True)
        ],
    )


def _unknown(table: pd.DataFrame, land: Land) -> pd.Series:
    """Give the first reason of the rows put aside for want of knowledge only; else ""."""
    flags = flag_parcels(table.set_index("idu", drop=False), land)
    others = flags.drop(columns=list(NOT_KNOWN)).any(axis=1).to_numpy()
    known = flags[list(NOT_KNOWN)].to_numpy()
    first = np.array(NOT_KNOWN, dtype=object)[known.argmax(axis=1)]
    reasons = np.where(known.any(axis=1) & ~others, first, "")
    return pd.Series(reasons, index=table.index, dtype=object)


def _reason(code: str, row: dict[Any, Any], ground: Ground) -> str:
    """Say in French why a site was not examined, and what would let it be."""
    if not code:
        return ""
    if code == "contour":
        return typeset("Contour en plusieurs morceaux ou impossible à mesurer : corrigez le plan.")
    if ground.territory.zones is None:
        return typeset(
            "Zonage du PLU non fourni : aucune règle ne s'applique. Ajoutez « zonage » dans "
            "« fichiers »."
        )
    if code == "hors_zonage":
        return typeset("Hors des zones du PLU lues : complétez la couche du zonage.")
    zone = quoted(str(row["zone_label"] or "inconnue"))
    return typeset(f"Aucune règle pour la zone {zone} : ajoutez-la dans « regles_plu ».")


def _code(code: str, capacity_status: str) -> str:
    if not code:
        return ""
    return str(capacity_status) if code == "contour" else NO_RULES
