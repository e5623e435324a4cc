"""From sites and answers to the rows of a portfolio file, in the planner's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from habitat_analysis.feasibility.answers import Answer, Figures
from habitat_analysis.programme.mould import counted_land_ht
from habitat_analysis.programme.site_figures import SiteFigures
from habitat_analysis.programme.wording import STATUS_LABELS
from habitat_analysis.report.portfolio_tables import (
    COLUMNS,
    LIMITS_SEPARATOR,
    NOT_EXAMINED,
    NOT_EXAMINED_LABEL,
    WHOLE_NUMBERS,
)
from habitat_analysis.runs.portfolio_work import Work
from habitat_analysis.study import OBJECTIVES
from habitat_analysis.tenures import ORDER

CENTS: Final = 2


def portfolio_rows(
    sites: gpd.GeoDataFrame, work: Work, answers: Sequence[Answer]
) -> gpd.GeoDataFrame:
    """Join the answers to their sites.

    Parameters
    ----------
    sites
        From `portfolio_sites.gather_portfolio`, sorted; those without a reason were answered.
    work, answers
        What was asked and answered, in the order of the sites answered.

    Returns
    -------
    rows
        One row a site, the columns of `report.portfolio_tables`, geometry in EPSG:2154.
    """
    asked = iter(zip(work.sites, answers, strict=True))
    rows = []
    for site in sites.to_dict("records"):
        row = _site_columns(site)
        if site["reason"]:
            row |= {"statut": NOT_EXAMINED, "statut_libelle": NOT_EXAMINED_LABEL}
        else:
            figures, found = next(asked)
            row |= _answer_columns(work, figures, found, sdp_m2=float(site["sdp_m2"]))
        rows.append(row)
    names = [*COLUMNS, *_stage_names(work)]
    frame = pd.DataFrame(rows, columns=names)
    numbers = frame.columns.difference(_texts(names)).difference(["regles_lues", *WHOLE_NUMBERS])
    frame[numbers] = frame[numbers].astype("float64")
    frame = frame.astype(dict.fromkeys(WHOLE_NUMBERS, "Int64") | {"regles_lues": "boolean"})
    return gpd.GeoDataFrame(frame, geometry=sites.geometry.to_numpy(), crs=sites.crs)


def _texts(names: Sequence[str]) -> list[str]:
    known = {
        *("site", "idus", "nature", "zone", "zones", "statut", "statut_libelle", "programme"),
        *("espaces", "charge_fonciere_statut", "limites", "limites_codes", "non_examine"),
        *("non_examine_code", "couches_non_examinees", "valeurs_manquantes", "note"),
    }
    return [name for name in names if name in known or name.endswith("_preuve")]


def _site_columns(site: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "site": site["site"],
        "idus": ", ".join(site["parts"]),
        "nature": site["kind"],
        "zone": _text(site["zone_label"]),
        "zones": _text(site["zones"]),
        "regles_lues": None if pd.isna(site["rules_were_read"]) else bool(site["rules_were_read"]),
        "surface_m2": round(float(site["area_m2"]), CENTS),
        "score": site["score"],
        "sdp_m2": site["sdp_m2"],
        "niveaux": _whole(site["levels"]),
        "places": _whole(site["parking_places"]),
        "capacite_logements": _whole(site["capacity_dwellings"]),
        "programme": "",
        "espaces": "",
        "charge_fonciere_statut": "",
        "limites": "",
        "limites_codes": "",
        "non_examine": site["reason"],
        "non_examine_code": site["reason_code"],
        "couches_non_examinees": site["layers_missing"],
        "valeurs_manquantes": _text(site["missing"]),
        "note": "",
    }


def _answer_columns(
    work: Work, site: SiteFigures, found: Answer, *, sdp_m2: float
) -> dict[str, Any]:
    gaps = [stage.gap for stage in found.stages if stage.gap is not None]
    row: dict[str, Any] = {
        "statut": found.status,
        "statut_libelle": STATUS_LABELS[found.status],
        "ecart": max(gaps, default=np.nan),
        "shab_max_m2": site.shab_m2,
        "terrain_compte_ht_eur": _cents(counted_land_ht(work.mould, site)),
        "limites": LIMITS_SEPARATOR.join(limit.label for limit in found.binding),
        "limites_codes": LIMITS_SEPARATOR.join(limit.rule for limit in found.binding),
        "note": found.note,
    }
    if found.figures is not None:
        row |= _programme_columns(found.figures)
    row |= _land_columns(work, site, found, sdp_m2=sdp_m2)
    for stage, name in zip(found.stages, _stages(work), strict=False):
        row |= {
            f"{name}_valeur": _cents(stage.value),
            f"{name}_borne": _cents(stage.bound),
            f"{name}_ecart": stage.gap,
            f"{name}_preuve": stage.status,
        }
    return row


def _programme_columns(figures: Figures) -> dict[str, Any]:
    by_tenure = dict.fromkeys(ORDER, 0)
    for _, code, n in figures.units:
        by_tenure[code] += n
    return {
        "logements": figures.dwellings,
        **{f"logements_{code}": n for code, n in by_tenure.items()},
        "programme": LIMITS_SEPARATOR.join(f"{n} {size} {code}" for size, code, n in figures.units),
        "espaces": LIMITS_SEPARATOR.join(figures.spaces),
        "shab_m2": figures.shab_m2,
        "besoins_couverts": figures.housed,
        "besoins_couverts_locatif": figures.housed_rental,
        "effort_eur": _cents(figures.effort_eur),
        "fonds_propres_eur": _cents(figures.equity_eur),
        "subventions_eur": _cents(figures.subsidies_eur),
        "subvention_complementaire_eur": _cents(figures.topup_eur),
        "cout_ttc_eur": _cents(figures.cost_eur),
        "effort_par_besoin_eur": _cents(figures.effort_eur / figures.housed)
        if figures.housed
        else None,
    }


def _land_columns(work: Work, site: SiteFigures, found: Answer, *, sdp_m2: float) -> dict[str, Any]:
    """Say the land bill before tax: what is counted, and what more the operation could bear.

    The extra bill of the model is tax included and financed to delivery: brought back to the
    price of the bare land before tax, it adds to the price that the study counts.
    """
    if found.land is None:
        return {}
    row: dict[str, Any] = {"charge_fonciere_statut": found.land.status}
    if found.land.extra_eur is None:
        return row
    counted = counted_land_ht(work.mould, site)
    whole = counted + found.land.extra_eur / work.mould.fixed_ttc_per_land_ht()
    return row | {
        "charge_fonciere_supplement_ttc_eur": _cents(found.land.extra_eur),
        "charge_fonciere_supplement_borne_ttc_eur": _cents(found.land.bound_eur),
        "charge_fonciere_admissible_ht_eur": _cents(whole),
        "charge_fonciere_ht_par_m2_terrain": _cents(whole / site.area_m2),
        "charge_fonciere_ht_par_m2_sdp": _cents(whole / sdp_m2) if sdp_m2 else None,
    }


def _stages(work: Work) -> list[str]:
    """Name the objectives as the study does."""
    french = {code: name for name, code in OBJECTIVES.items()}
    return [f"objectif_{french[code]}" for code in work.objectives]


def _stage_names(work: Work) -> list[str]:
    parts = ("valeur", "borne", "ecart", "preuve")
    return [f"{name}_{part}" for name in _stages(work) for part in parts]


def _cents(value: float | None) -> float | None:
    return None if value is None else round(float(value), CENTS) + 0.0


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
