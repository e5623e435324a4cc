"""The commune as one study sees it: every layer read once, absent layers named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from habitat_analysis.errors import Faults
from habitat_analysis.land.buildings import built_area, load_buildings
from habitat_analysis.land.context import (
    load_points,
    load_risks,
    nearest_distance,
    risk_of_parcels,
)
from habitat_analysis.land.geodata import Loaded
from habitat_analysis.land.parcels import load_parcels
from habitat_analysis.land.sales import load_sales
from habitat_analysis.land.zoning import load_zoning, zones_of_parcels
from habitat_analysis.study import Study

NOT_EXAMINED = "non examiné"
POINT_KINDS = {"transit_m": "arret", "school_m": "ecole", "shops_m": "commerce"}
LABELS = {
    "parcels": "Parcelles",
    "zoning": "Zonage du PLU",
    "buildings": "Bâtiments",
    "sales": "Ventes (DVF)",
    "points": "Arrêts, écoles, commerces",
    "risks": "Risques",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """Layers of a commune in EPSG:2154, and what each parcel has of them.

    A layer the study does not name is None, and its state says « non examiné ».
    """

    parcels: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame | None
    zones_of: pd.DataFrame | None  # one row a parcel, see `zones_of_parcels`
    buildings: gpd.GeoDataFrame | None
    built_m2: pd.Series | None  # by IDU
    sales: pd.DataFrame | None
    points: gpd.GeoDataFrame | None
    distances_m: dict[str, pd.Series]  # by IDU, as the crow flies
    risks: gpd.GeoDataFrame | None
    risk_of: pd.DataFrame | None
    states: pd.DataFrame  # layer, state, files, n_rows, n_dropped, source
    dropped: pd.DataFrame  # layer, reason, count, ids
    notes: tuple[str, ...]


def load_territory(study: Study) -> Territory:
    """Read every layer a study names.

    Parameters
    ----------
    study
        Its `files` say where the layers are.

    Returns
    -------
    territory
        Layers reprojected to EPSG:2154, with counts of all that was dropped and why.

    Raises
    ------
    DataError
        From the first file that cannot be used, with all its faults.
    """
    read = _read_layers(study)
    tables = {layer: _table(loaded) for layer, loaded in read.items()}
    parcels = tables["parcels"]
    _check_commune(study, parcels)
    zones, buildings = tables["zoning"], tables["buildings"]
    points, risks = tables["points"], tables["risks"]
    return Territory(
        parcels=parcels,
        zones=zones,
        zones_of=None if zones is None else zones_of_parcels(parcels, zones),
        buildings=buildings,
        built_m2=None if buildings is None else built_area(parcels, buildings),
        sales=tables["sales"],
        points=points,
        distances_m=_distances(parcels, points),
        risks=risks,
        risk_of=None if risks is None else risk_of_parcels(parcels, risks),
        states=_states(study, read),
        dropped=_dropped(read),
        notes=tuple(note for loaded in read.values() for one in loaded for note in one.notes),
    )


def _check_commune(study: Study, parcels: gpd.GeoDataFrame) -> None:
    """Refuse parcels of another commune, and prices or owners typed for no parcel."""
    faults = Faults(f"étude « {study.name} »")
    insee, found = study.commune.insee, parcels["idu"].str[:5]
    if not (found == insee).any():
        faults.add(
            "« commune.insee »",
            f"aucune parcelle du fichier n'est dans la commune {insee} (lu : {found.iloc[0]}).",
            "Corrigez le code ou le fichier des parcelles.",
        )
    known = set(parcels["idu"])
    typed: dict[str, Iterable[str]] = {
        "maitrise": study.land.control,
        "prix_par_parcelle_ht_m2": study.land.prices_m2_eur,
    }
    for key, idus in typed.items():
        for idu in idus:
            if idu not in known:
                faults.add(
                    f"« foncier.{key} »",
                    f"la parcelle {idu} n'est pas dans le fichier des parcelles.",
                    "Corrigez l'identifiant.",
                )
    faults.raise_if_any(code="E_COMMUNE")


def _read_layers(study: Study) -> dict[str, list[Loaded]]:
    """Read the files of each layer; an empty list where the study names none."""
    files = study.files

    def each(names: Sequence[str], load: Callable[[Path], Loaded]) -> list[Loaded]:
        return [load(study.path(name)) for name in names]

    return {
        "parcels": each(
            [files.parcels], lambda path: load_parcels(path, insee=study.commune.insee)
        ),
        "zoning": each([files.zoning] if files.zoning else [], load_zoning),
        "buildings": each([files.buildings] if files.buildings else [], load_buildings),
        "sales": [load_sales([study.path(name) for name in files.sales])] if files.sales else [],
        "points": each(files.points, load_points),
        "risks": each(files.risks, load_risks),
    }


def _table(loaded: list[Loaded]) -> gpd.GeoDataFrame | None:
    if not loaded:
        return None
    if len(loaded) == 1:
        return loaded[0].table
    return pd.concat([one.table for one in loaded], ignore_index=True)


def _distances(parcels: gpd.GeoDataFrame, points: gpd.GeoDataFrame | None) -> dict[str, pd.Series]:
    if points is None:
        return {}
    present = set(points["kind"])
    return {
        column: nearest_distance(parcels, points, kind)
        for column, kind in POINT_KINDS.items()
        if kind in present
    }


def _states(study: Study, read: dict[str, list[Loaded]]) -> pd.DataFrame:
    """One row a layer: examined or not, from which files, how many rows kept and dropped."""
    rows = [
        {
            "layer": LABELS[layer],
            "state": "examiné" if loaded else NOT_EXAMINED,
            "files": ", ".join(one.file for one in loaded),
            "n_rows": sum(len(one.table) for one in loaded),
            "n_dropped": sum(int(one.dropped["count"].sum()) for one in loaded),
            "source": getattr(study.sources, layer) if loaded else "",
        }
        for layer, loaded in read.items()
    ]
    return pd.DataFrame(rows)


def _dropped(read: dict[str, list[Loaded]]) -> pd.DataFrame:
    frames = [
        one.dropped.assign(layer=LABELS[layer]) for layer, loaded in read.items() for one in loaded
    ]
    every = pd.concat(frames, ignore_index=True)
    return every[["layer", "reason", "count", "ids"]]
