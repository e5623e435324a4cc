"""Every parcel of the commune scored, in one file, the excluded ones with their reason."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

from habitat_analysis.atomic import atomic_write
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import read_ground
from habitat_analysis.formats import count, typeset
from habitat_analysis.study import load_study

SUFFIXES = (".parquet", ".gpkg")


def write_screening(study_file: Path, out: Path) -> list[str]:
    """Screen the commune of a study and write one row a parcel.

    Parameters
    ----------
    study_file
        The study.
    out
        ``.parquet`` (GeoParquet) or ``.gpkg``; geometry in EPSG:2154.

    Returns
    -------
    lines
        What was found, in French, for the screen.

    Raises
    ------
    DataError
        Another suffix, or anything wrong in the study.
    """
    if out.suffix not in SUFFIXES:
        msg = f"{out.name} : suffixe inattendu. Écrivez {' ou '.join(SUFFIXES)}."
        raise DataError(msg, code="E_SUFFIX")
    ground = read_ground(load_study(study_file))
    parcels = ground.territory.parcels[["idu", "geometry"]]
    table = parcels.merge(ground.screened.parcels, on="idu", validate="one_to_one")
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=parcels.crs).sort_values("idu")
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / out.name
        if out.suffix == ".parquet":
            frame.to_parquet(whole, index=False)
        else:
            frame.to_file(whole, driver="GPKG", layer="parcelles")
        out.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(out, whole.read_bytes())
    return _told(ground.screened.counts, len(ground.screened.kept), len(frame), out)


def _told(counts: pd.DataFrame, kept: int, total: int, out: Path) -> list[str]:
    rows = counts[counts["n_main"] > 0]
    reasons = [f"  {row.n_main} : {row.reason}" for row in rows.itertuples(index=False)]
    return [
        typeset(f"{count(total, 'parcelle')}, dont {kept} à étudier."),
        "Écartées, par motif principal :" if reasons else "Aucune parcelle écartée.",
        *reasons,
        f"Écrit dans {out}",
    ]
