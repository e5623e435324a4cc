"""What the land of the first sites of a study may cost: table, sentences and maps."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from habitat_analysis.feasibility import Ground
from habitat_analysis.formats import count, euros, number, typeset
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.land_value_scene import land_value_scene
from habitat_analysis.report.portfolio_scene import PRICE
from habitat_analysis.report.portfolio_tables import LIMITS_SEPARATOR
from habitat_analysis.report.scenes import Scene
from habitat_analysis.report.sections_land import candidate_parcels
from habitat_analysis.report.sections_site import map_notice, sources
from habitat_analysis.report.sheets import NOT_APPLICABLE, NOT_APPLICABLE_NOTE, Column, Sheet, sheet
from habitat_analysis.report.static_maps import draw

ADMISSIBLE: Final = "charge_fonciere_admissible_ht_eur"
COUNTED: Final = "terrain_compte_ht_eur"
LAND_PRICE: Final = "Prix du terrain compté"


def land_ranking_sheet(values: pd.DataFrame) -> Sheet:
    """Set the land counted beside what it may cost, site by site, in the order of the ranking.

    Parameters
    ----------
    values
        See `portfolio_tables.COLUMNS`, and ``rang``.
    """
    rows = values.assign(limit=first_limits(values))
    columns = [
        Column(name="idus", header="Site (IDU)"),
        Column(name="rang", header="Rang", kind="whole"),
        Column(name="sdp_m2", header="SDP permise (m²)", kind="whole"),
        Column(name=COUNTED, header="Terrain compté (€ HT)", kind="whole"),
        _money(ADMISSIBLE, "Charge foncière admissible (€ HT)"),
        _money("charge_fonciere_ht_par_m2_terrain", "Par m² de terrain (€ HT)"),
        _money(PRICE, "Par m² de SDP (€ HT)"),
        Column(name="limit", header="Première limite", absent=NOT_APPLICABLE),
    ]
    notes = [
        (
            "Charge foncière admissible : prix HT du terrain nu le plus haut pour lequel un "
            "programme respecte encore toutes les limites de l'étude, tous les fonds propres et "
            "toute la subvention complémentaire permis étant dépensés. Négative : même un terrain "
            "gratuit est trop cher. SDP : surface de plancher permise par les règles."
        ),
        (
            "Première limite : la première des limites que le programme optimal atteint ; sans "
            "programme, le prix du terrain quand il suffirait de le baisser, sinon la première "
            "des limites qui ne peuvent pas tenir ensemble."
        ),
        NOT_APPLICABLE_NOTE,
    ]
    caption = f"Charge foncière admissible des {len(values)} premiers sites, en euros HT"
    return sheet("Charge foncière des sites", caption, rows, columns, notes=notes)


def land_ranking_sentences(values: pd.DataFrame) -> tuple[str, ...]:
    """Say how many sites bear more than the land counted, and the limit met first."""
    known = values[values[ADMISSIBLE].notna()]
    more = int((known[ADMISSIBLE] >= known[COUNTED]).sum())
    said = []
    if len(known):
        low, high = (euros(round(price)) for price in (known[PRICE].min(), known[PRICE].max()))
        said.append(
            f"Sur {count(len(values), 'site')}, {number(more)} "
            f"{'peuvent' if more > 1 else 'peut'} porter le prix du terrain compté par l'étude ou "
            f"davantage ; la charge foncière admissible va de {low} à {high} HT par m² de SDP."
        )
    unpriced = len(values) - len(known)
    if unpriced:
        said.append(_unpriced_sentence(values, unpriced))
    return (*(typeset(text) for text in said), *_limit_sentence(known))


def land_value_map(
    values: gpd.GeoDataFrame, ground: Ground, *, selected: tuple[str, ...] = ()
) -> Chart | None:
    """Draw what the land of each site may cost; None without a site."""
    return None if values.empty else draw(value_scene(values, ground, selected=selected))


def value_scene(
    values: gpd.GeoDataFrame, ground: Ground, *, selected: tuple[str, ...] = ()
) -> Scene:
    """Set the scene of the sites priced, the other sites of the commune outlined."""
    land, candidates = ground.territory, candidate_parcels(ground)
    return land_value_scene(
        values,
        candidates[~candidates["idu"].isin(values["idus"])],
        land.zones,
        selected=set(selected),
        risks=land.risks,
        sources=sources(ground),
        title=f"Charge foncière admissible, {ground.study.commune.name}",
        rules_assumed=bool((~values["regles_lues"].fillna(value=True).astype(bool)).any()),
        notice=map_notice(ground),
    )


def _limit_sentence(known: pd.DataFrame) -> tuple[str, ...]:
    """Name the limit that the most programmes meet first."""
    met = known[known["logements"].notna()]
    limits = first_limits(met).dropna()
    if limits.empty:
        return ()
    counts = limits.value_counts()
    n = int(counts.max())
    name = min(str(limit) for limit in counts[counts == n].index)
    return (
        typeset(
            f"Première limite atteinte le plus souvent : {name} ({count(n, 'site')} sur les "
            f"{len(met)} qui ont un programme)."
        ),
    )


def _unpriced_sentence(values: pd.DataFrame, unpriced: int) -> str:
    notes = [note for note in values.loc[values[ADMISSIBLE].isna(), "note"] if note]
    if notes:
        return str(notes[0])
    return (
        f"{count(unpriced, 'site')} sans charge foncière admissible : aucun programme ne respecte "
        "les limites de l'étude à aucun prix du terrain, ou rien n'est prouvé."
    )


def first_limits(values: pd.DataFrame) -> pd.Series:
    """Name the first limit of each site: met by its programme, or in the way of any."""
    first = values["limites"].str.split(LIMITS_SEPARATOR, regex=False).str[0]
    too_dear = values["logements"].isna() & values[ADMISSIBLE].notna()
    return first.where(first != "").mask(too_dear, LAND_PRICE)


def _money(name: str, header: str) -> Column:
    return Column(name=name, header=header, kind="whole", absent=NOT_APPLICABLE)
