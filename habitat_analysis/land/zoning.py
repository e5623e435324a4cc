"""Zones of the local plan (PLU), in either generation of the CNIG standard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from habitat_analysis.contracts import check_columns
from habitat_analysis.errors import Faults
from habitat_analysis.files import printable
from habitat_analysis.formats import count, quoted
from habitat_analysis.land.buildings import overlaps
from habitat_analysis.land.geodata import Loaded, read_layer, text_column

FAMILIES: Final = ("U", "AUc", "AUs", "A", "N")

TOUCHES_M2: Final = 1.0  # overlap above which a parcel is said to touch a zone
STRADDLES_SHARE: Final = 0.05  # of the parcel in a second zone, above which it straddles

_TYPES: Final = "U, AUc, AUs, A, Ah, N, Nh, Nd"
_TYPE: Final = re.compile(
    r"(?P<u>U)|(?P<au>\d?AU)(?P<open>[cs]?)|(?P<a>A)h?|(?P<n>N)[hd]?", re.IGNORECASE
)


def load_zoning(path: Path | str, *, declared_crs: str | None = None) -> Loaded:
    """Load the zones of a PLU: GeoJSON, GeoPackage, shapefile, or the folder of a delivery.

    Parameters
    ----------
    path
        Layer ``ZONE_URBA`` of the CNIG standard: 2013-2014 (capitals, ``DESTDOMI``) or 2017 and
        later (``idurba``, ``destoui``); in a folder or an archive it is found by its name.
    declared_crs
        Projection declared by the planner, when the file says none.

    Returns
    -------
    loaded
        Columns ``zone_id label label_long type family destination destinations_allowed
        destinations_forbidden approved_on geometry``. ``type`` is TYPEZONE as written, ``family``
        one of `FAMILIES`; ``destination`` is the two-digit DESTDOMI, "" when the standard has none.

    Raises
    ------
    DataError
        For a layer that cannot be read, or a type of zone that is missing or unknown.
    """
    layer = read_layer(
        path,
        what="zone",
        name_hint="zone_?urba",
        declared_crs=declared_crs,
        id_columns=("libelle",),
        public_columns=("nomfic", "nomreg", "nomproc"),
    )
    rows = layer.table
    faults = Faults(layer.file)
    check_columns(rows.columns, ["libelle", "typezone"], faults)
    faults.raise_if_any(code="E_LAYER")
    families, notes = _families(rows, faults)
    table = gpd.GeoDataFrame(
        {
            "zone_id": [f"Z{rank:03d}" for rank in range(1, len(rows) + 1)],
            "label": text_column(rows, "libelle"),
            "label_long": text_column(rows, "libelong"),
            "type": text_column(rows, "typezone"),
            "family": families,
            "destination": text_column(rows, "destdomi").map(_two_digits),
            "destinations_allowed": text_column(rows, "destoui"),
            "destinations_forbidden": text_column(rows, "destnon"),
            "approved_on": _approvals(rows),
        },
        geometry=rows.geometry,
    )
    return Loaded(table=table, dropped=layer.dropped, notes=(*layer.notes, *notes), file=layer.file)


def zones_of_parcels(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Tell in which zone each parcel lies.

    The zone is the one under the parcel's representative point (a point inside it); under none, the
    zone that covers most of it.

    Returns
    -------
    zoned
        One row a parcel, in the order of `parcels`: ``idu zone_id zone_label zone_type zone_family
        destination`` (all "" outside the plan), ``n_zones`` (zones it touches by more than 1 m2),
        ``share_main`` (of its surface in its zone), ``straddles`` (a second zone over 5 %).
    """
    pairs = overlaps(parcels.geometry, zones.geometry)
    surface = parcels.geometry.area.to_numpy()
    pairs["share"] = pairs["area_m2"] / surface[pairs["left"]]
    main = _main_zone(parcels, zones, pairs)
    found = main >= 0
    result = pd.DataFrame({"idu": parcels["idu"].to_numpy()})
    for column, source in _ZONE_COLUMNS.items():
        values = zones[source].to_numpy(dtype=object)
        result[column] = np.where(found, values[main], "")
    touching = pairs.loc[pairs["area_m2"] > TOUCHES_M2]
    large = pairs.loc[pairs["share"] > STRADDLES_SHARE]
    in_main = pairs.loc[pairs["right"].to_numpy() == main[pairs["left"]]]
    n_parcels = len(parcels)
    result["n_zones"] = np.bincount(touching["left"], minlength=n_parcels)
    result["share_main"] = np.bincount(in_main["left"], in_main["share"], minlength=n_parcels)
    result["straddles"] = np.bincount(large["left"], minlength=n_parcels) > 1
    return result


_ZONE_COLUMNS: Final = {
    "zone_id": "zone_id",
    "zone_label": "label",
    "zone_type": "type",
    "zone_family": "family",
    "destination": "destination",
}


def _main_zone(
    parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, pairs: pd.DataFrame
) -> np.ndarray:
    """Position of the zone of each parcel, -1 outside the plan."""
    points = parcels.geometry.representative_point()
    left, right = zones.sindex.query(points.to_numpy(), predicate="intersects")
    under = set(zip(left.tolist(), right.tolist(), strict=True))
    holds = [pair in under for pair in zip(pairs["left"], pairs["right"], strict=True)]
    ranked = pairs.assign(holds=holds).sort_values(["left", "holds", "area_m2"], kind="stable")
    best = ranked.drop_duplicates("left", keep="last")
    main = np.full(len(parcels), -1)
    main[best["left"]] = best["right"]
    return main


def family_of(zone_type: str) -> str:
    """Reduce a TYPEZONE to its family; "" if it is not a type of zone.

    Examples
    --------
    >>> [family_of(t) for t in ("U", "AUc", "2AU", "AU", "Ah", "Nd", "X")]
    ['U', 'AUc', 'AUs', 'AUs', 'A', 'N', '']
    """
    match = _TYPE.fullmatch(zone_type.strip())
    if not match:
        return ""
    if match["au"]:
        opened = match["open"].lower() == "c" or (match["au"].startswith("1") and not match["open"])
        return "AUc" if opened else "AUs"
    return "U" if match["u"] else "A" if match["a"] else "N"


def _families(rows: pd.DataFrame, faults: Faults) -> tuple[pd.Series, tuple[str, ...]]:
    types = text_column(rows, "typezone")
    families = types.map(family_of)
    for position in np.flatnonzero(families.eq("").to_numpy()):
        label = printable(str(rows["libelle"].iloc[position]))
        written = types.iloc[position]
        why = f"type de zone {quoted(printable(written))} inconnu." if written else "type absent."
        faults.add(f"zone {quoted(label)}", why, f"Valeurs acceptées (TYPEZONE) : {_TYPES}.")
    faults.raise_if_any(code="E_LAYER")
    vague = int(types.str.upper().eq("AU").sum())
    note = (
        f"{count(vague, 'zone')} de type « AU » sans précision : tenue(s) pour fermée(s) à "
        "l'urbanisation (AUs)."
    )
    return families, (note,) if vague else ()


def _two_digits(code: str) -> str:
    return code.zfill(2) if code.isdigit() else code


def _approvals(rows: pd.DataFrame) -> pd.Series:
    """ISO date of approval: DATAPPRO, else the end of IDURBA ("30014_PLU_20171013")."""
    written = text_column(rows, "datappro")
    from_name = text_column(rows, "idurba").str.extract(r"_(\d{8})(?:_[A-Z])?$")[0].fillna("")
    digits = written.where(written.ne(""), from_name).str.replace("-", "").str[:8]
    dates = pd.to_datetime(digits, format="%Y%m%d", errors="coerce")
    return dates.dt.strftime("%Y-%m-%d").fillna("")
