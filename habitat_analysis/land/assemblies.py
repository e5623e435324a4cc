"""Pairs of adjoining unbuilt parcels that make one site, screened as parcels are.

A parcel too small alone may pass with its neighbour: that is why every pair is looked at, not only
pairs of candidates. A pair takes the zone and the rules of its larger parcel, as a site does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from habitat_analysis.errors import DataError
from habitat_analysis.land.candidates import Screened, screen_parcels
from habitat_analysis.land.context import nearest_distance, risk_of_parcels
from habitat_analysis.land.parcel_table import DISTANCES, OWNER_SCORES, describe_parcels
from habitat_analysis.land.reasons import flag_physical
from habitat_analysis.land.sites import SNAP_M, Site, assemble_at, site_name
from habitat_analysis.land.territory import POINT_KINDS, Territory
from habitat_analysis.land.zone_rules import ZONE_COLUMNS
from habitat_analysis.study import Study
from habitat_analysis.study.land import Land

CONTACT_MIN_M: Final = 1.0  # boundary that two parcels of an assembly share at least
CONTACT_TOLERANCE_M: Final = 1e-6
NOT_FOR_PAIRS: Final = ("hors_zonage", "famille_de_zone", "batie", "autre_destination")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assemblies:
    """Every pair of unbuilt parcels of buildable zones that adjoin, kept or put aside.

    `screened` has one row a pair: its ``idu`` is the name of the site, and its counts say how many
    pairs each reason puts aside. `pairs` has the same rows: ``idu``, ``first`` and ``second``
    (parcels), ``zones`` (labels of both), ``shared_m`` and the geometry, in EPSG:2154.
    """

    screened: Screened
    pairs: gpd.GeoDataFrame
    n_parcels: int  # unbuilt parcels of buildable zones, alone or not

    @property
    def kept(self) -> gpd.GeoDataFrame:
        """Pairs to study with all that is known of them, by name."""
        table = self.screened.parcels
        whole = self.pairs.merge(table[table["kept"]], on="idu", validate="one_to_one")
        return whole.sort_values("idu").reset_index(drop=True)


def find_assemblies(
    territory: Territory, table: pd.DataFrame, study: Study, *, shared_area_m2: float
) -> Assemblies:
    """Find the pairs of adjoining unbuilt parcels and screen their unions.

    Parameters
    ----------
    territory
        The commune; what its layers do not tell stays missing.
    table
        One row a parcel of the territory, in its order: see `parcel_table.describe_parcels`.
    study
        Bounds, criteria, exclusions, rules and prices.
    shared_area_m2
        SHAB of the mandatory shared rooms.

    Returns
    -------
    assemblies
        Pairs that share `CONTACT_MIN_M` of boundary at least, across gaps of the plan up to
        `sites.SNAP_M`. The price of a pair is the mean of its parcels', as for any site; its owner
        is the less willing of the two.

    References
    ----------
    ``docs/model.md`` 1.1 (assembly) and 1.3.
    """
    unbuilt = np.flatnonzero(~flag_physical(table, study.land)[list(NOT_FOR_PAIRS)].any(axis=1))
    first, second, shared_m = adjoining_pairs(territory.parcels.geometry.to_numpy(), unbuilt)
    idus = territory.parcels["idu"].astype(str).to_numpy()
    rows = np.column_stack([first, second])
    names = [site_name(list(pair)) for pair in idus[rows]]
    sites = [_assembled(territory.parcels, pair) for pair in rows]
    shapes = [
        site.geometry if isinstance(site, Site) else _loose_union(territory.parcels, pair)
        for site, pair in zip(sites, rows, strict=True)
    ]
    geometry = gpd.GeoSeries(shapes, crs=territory.parcels.crs)
    pairs = gpd.GeoDataFrame(
        {
            "idu": pd.Series(names, dtype=object),
            "first": idus[first],
            "second": idus[second],
            "zones": _both_zones(table, rows),
            "shared_m": shared_m,
            "area_m2": geometry.area.to_numpy(),
        },
        geometry=geometry,
    )
    land = _land_of_pairs(study.land, pairs)
    described = describe_parcels(
        pairs,
        _zones_of_pairs(table, rows, names),
        study.rules,
        land,
        ratios=study.ratios,
        typologies=study.programme.typologies,
        shared_area_m2=shared_area_m2,
        built=_built(table, rows, names),
        distances=_distances(territory, table, pairs),
        risks=None if territory.risks is None else risk_of_parcels(pairs, territory.risks),
        site_at=lambda row: _site_or_raise(sites[row]),
    )
    return Assemblies(
        screened=screen_parcels(described, land),
        pairs=pairs.drop(columns="area_m2"),
        n_parcels=len(unbuilt),
    )


def adjoining_pairs(
    shapes: NDArray[np.object_], among: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Find the pairs of shapes that share `CONTACT_MIN_M` of boundary at least.

    Parameters
    ----------
    shapes
        Polygons, in metres.
    among
        Positions of those to look at.

    Returns
    -------
    first, second, shared_m
        Positions of the two shapes of each pair, in order, and the length they share: what of the
        boundary of the first lies within `sites.SNAP_M` of the second, the two ends taken off:
        exact without a gap, short by at most its width at each end with one.

    Examples
    --------
    >>> plots = np.array([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9),
    ...                   shapely.box(18, 9, 20, 20)])
    >>> first, second, shared = adjoining_pairs(plots, np.arange(3))
    >>> first.tolist(), second.tolist(), shared.round(2).tolist()
    ([0], [1], [9.0])
    """
    chosen = shapes[among]
    left, right = shapely.STRtree(chosen).query(chosen, predicate="dwithin", distance=SNAP_M)
    ordered = left < right
    first, second = among[left[ordered]], among[right[ordered]]
    reach = shapely.buffer(shapes[second], SNAP_M, join_style="mitre")
    along = shapely.length(shapely.intersection(shapely.boundary(shapes[first]), reach))
    shared = np.maximum(along - 2 * SNAP_M, 0.0)
    adjoin = shared >= CONTACT_MIN_M - CONTACT_TOLERANCE_M
    order = np.lexsort((second[adjoin], first[adjoin]))
    return first[adjoin][order], second[adjoin][order], shared[adjoin][order]


def _assembled(parcels: gpd.GeoDataFrame, pair: NDArray[np.intp]) -> Site | DataError:
    """Assemble a pair, or keep why it makes no site: the others are still to be seen."""
    try:
        return assemble_at(parcels, pair)
    except DataError as error:
        return error
    except shapely.errors.GEOSException as error:
        return DataError(str(error), code="E_INVALID_GEOMETRY")


def _site_or_raise(site: Site | DataError) -> Site:
    if isinstance(site, DataError):
        raise site
    return site


def _loose_union(parcels: gpd.GeoDataFrame, pair: NDArray[np.intp]) -> shapely.Geometry:
    return shapely.union_all(parcels.geometry.to_numpy()[pair])


def _larger(table: pd.DataFrame, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the position of the larger parcel of each pair, the first IDU when they are equal."""
    areas, idus = table["area_m2"].to_numpy(dtype=float), table["idu"].to_numpy(dtype=str)
    first, second = rows.T
    tie = (areas[first] == areas[second]) & (idus[first] < idus[second])
    larger: NDArray[np.intp] = np.where((areas[first] > areas[second]) | tie, first, second)
    return larger


def _zones_of_pairs(
    table: pd.DataFrame, rows: NDArray[np.intp], names: Sequence[str]
) -> pd.DataFrame:
    """Give each pair the zone of its larger parcel."""
    columns = [*ZONE_COLUMNS, "destination"]
    return table[columns].iloc[_larger(table, rows)].set_axis(pd.Index(names, name="idu"))


def _both_zones(table: pd.DataFrame, rows: NDArray[np.intp]) -> list[str]:
    labels = table["zone_label"].fillna("").astype(str).to_numpy(dtype=object)
    return [", ".join(dict.fromkeys(label for label in pair if label)) for pair in labels[rows]]


def _built(table: pd.DataFrame, rows: NDArray[np.intp], names: Sequence[str]) -> pd.Series | None:
    """Add the built footprints of both parcels; None when the layer is absent."""
    built = table["built_m2"].to_numpy(dtype=float)
    return (
        None if np.isnan(built).all() else pd.Series(built[rows].sum(axis=1), index=pd.Index(names))
    )


def _distances(
    territory: Territory, table: pd.DataFrame, pairs: gpd.GeoDataFrame
) -> dict[str, pd.Series]:
    """Measure the distances of the unions to what the territory knows."""
    if territory.points is None:
        return {}
    return {
        column: nearest_distance(pairs, territory.points, POINT_KINDS[column])
        for column in DISTANCES
        if table[column].notna().any()
    }


def _land_of_pairs(land: Land, pairs: gpd.GeoDataFrame) -> Land:
    """See the prices and owners of the study pair by pair, under the names of the pairs."""
    prices: dict[str, float] = {}
    control: dict[str, str] = {}
    for name, first, second in zip(pairs["idu"], pairs["first"], pairs["second"], strict=True):
        both = (first, second)
        if any(idu in land.prices_m2_eur for idu in both):
            paid = [land.prices_m2_eur.get(idu, land.price_m2_eur) for idu in both]
            prices[name] = sum(paid) / 2
        if all(idu in land.control for idu in both):
            control[name] = min((land.control[idu] for idu in both), key=OWNER_SCORES.__getitem__)
    return land.model_copy(update={"prices_m2_eur": prices, "control": control})
