"""What surrounds and burdens each parcel: distances to daily life, risk-prevention plans."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from habitat_analysis.land.buildings import overlaps
from habitat_analysis.land.points import Kind, load_points
from habitat_analysis.land.risks import LEVELS, NOT_FLOOD, load_risks

__all__ = ["NO_RISK", "load_points", "load_risks", "nearest_distance", "risk_of_parcels"]

NO_RISK = "aucun"  # examined, and in no regulated zone

_TOUCHES_M2 = 1.0  # overlap above which a zone counts (drawing noise)


def nearest_distance(
    parcels: gpd.GeoDataFrame, points: gpd.GeoDataFrame, kind: Kind | str
) -> pd.Series:
    """Measure the way to the nearest point of a kind, as the crow flies.

    Returns
    -------
    distance_m
        Metres from the edge of the parcel (0 inside it), indexed by ``idu``; NaN when the layer has
        no point of this kind.
    """
    wanted = points.geometry[points["kind"] == kind].to_numpy()
    index = pd.Index(parcels["idu"], name="idu")
    if not len(wanted):
        return pd.Series(np.nan, index=index, name="distance_m")
    shapes = parcels.geometry.to_numpy()
    _, distances = shapely.STRtree(wanted).query_nearest(
        shapes, return_distance=True, all_matches=False
    )
    return pd.Series(distances, index=index, name="distance_m")


def risk_of_parcels(parcels: gpd.GeoDataFrame, risks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Tell the worst rule that a risk-prevention plan sets on each parcel.

    A zone counts from 1 m2 on: being partly in a red zone is being concerned.

    Returns
    -------
    burdened
        One row a parcel, in the order of `parcels`: ``idu``; ``flood_level`` (``rouge``, ``bleu``,
        ``autre`` or ``aucun``) and ``flood_share`` (of the parcel in zones of that level) over the
        floods, natural risks and those unsaid, missing when the layer has none of them;
        ``risk_level`` and ``risk_share`` over all risks.
    """
    natural = risks.loc[~risks["kind"].isin(NOT_FLOOD)]
    result = pd.DataFrame({"idu": parcels["idu"].to_numpy()})
    result["flood_level"], result["flood_share"] = _worst(parcels, natural)
    result["risk_level"], result["risk_share"] = _worst(parcels, risks)
    return result


def _worst(parcels: gpd.GeoDataFrame, risks: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    n_parcels = len(parcels)
    if risks.empty:
        return np.full(n_parcels, None, dtype=object), np.full(n_parcels, np.nan)
    pairs = overlaps(parcels.geometry, risks.geometry)
    levels = risks["level"].to_numpy()[pairs["right"]]
    worst = np.full(n_parcels, NO_RISK, dtype=object)
    share = np.zeros(n_parcels)
    surface = parcels.geometry.area.to_numpy()
    for level in reversed(LEVELS):
        of_level = pairs.loc[levels == level]
        area = np.bincount(of_level["left"], of_level["area_m2"], minlength=n_parcels)
        concerned = area > _TOUCHES_M2
        worst[concerned] = level
        share[concerned] = np.minimum(area[concerned] / surface[concerned], 1.0)
    return worst, share
