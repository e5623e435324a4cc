"""The commune in a report: parcels kept and put aside, ranking of the sites, market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility import Feasibility, Ground
from habitat_analysis.formats import count, euros, join_fr, number, percent, typeset
from habitat_analysis.land.candidates import FIELD_LABELS
from habitat_analysis.land.sales import market_summary
from habitat_analysis.report.charts_comparison import ranking_chart, weight_sweep_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import map_notice, sources
from habitat_analysis.report.sheets import Column, Sheet, sheet
from habitat_analysis.report.static_maps import draw_candidates

FIRST_SITES: Final = 10
TERM: Final = "term_"
SAME: Final = 0.005  # a gap that whole percents write as zero
MOST_CRITERIA: Final = 7  # columns of a printed page, the site apart


def screening_counts(ground: Ground) -> Sheet:
    """Count the parcels kept, and those put aside by main reason: together, all parcels."""
    screened = ground.screened
    counts = screened.counts[screened.counts["n_any"] > 0]
    rows = [
        {"reason": _sentence(row["reason"]), "main": row["n_main"], "any": row["n_any"]}
        for row in counts.to_dict("records")
    ]
    rows.append({"reason": "Sites à étudier", "main": int(screened.parcels["kept"].sum())})
    rows.append({"reason": "Parcelles de la commune", "main": len(screened.parcels)})
    columns = [
        Column(name="reason", header="Motif"),
        Column(name="main", header="Parcelles (motif principal)", kind="whole"),
        Column(name="any", header="Concernées au total", kind="whole", absent=""),
    ]
    note = "Une parcelle est comptée une fois, à son premier motif ; les autres motifs sont listés."
    caption = "Parcelles retenues et écartées"
    return sheet("Tri des parcelles", caption, rows, columns, total=True, notes=[note])


def screening_sentence(ground: Ground) -> str:
    """Say that kept and excluded parcels are all the parcels."""
    kept, whole = int(ground.screened.parcels["kept"].sum()), len(ground.screened.parcels)
    return typeset(
        f"{count(whole, 'parcelle')} dans la commune : {count(kept, 'site')} à étudier et "
        f"{number(whole - kept)} écartées, chacune pour un motif principal. "
        "Un site à étudier n'est pas un terrain déclaré constructible."
    )


def ranking(ground: Ground, *, first: int = FIRST_SITES) -> Sheet:
    """List the first sites with their score, their second opinion and what is not known."""
    kept = ground.screened.kept
    shown = kept.head(first)
    read = shown["rules_were_read"].fillna(value=False).astype(bool)
    shown = shown.assign(rules=read.map({True: "lues", False: "supposées"}))
    columns = [
        Column(name="idu", header="Parcelle (IDU)"),
        Column(name="rank", header="Rang", kind="whole"),
        Column(name="score", header="Score (0 à 1)", kind="decimal2"),
        Column(name="topsis_rank", header="Rang selon TOPSIS", kind="whole"),
        Column(name="area_m2", header="Surface (m²)", kind="whole"),
        Column(name="zone_label", header="Zone"),
        Column(name="capacity_dwellings", header="Capacité (logements)", kind="whole"),
        Column(name="rules", header="Règles"),
    ]
    notes = [
        (
            "Score : somme pondérée des critères, bornes fixées par l'étude ; une valeur non "
            "examinée compte 0. TOPSIS : second avis, par distance au meilleur et au pire des "
            "sites."
        )
    ]
    notes += [
        f"Non examiné pour {count(n, 'site')} : {missing}."
        for missing, n in shown["missing"].value_counts().items()
        if missing
    ]
    caption = f"Les {min(first, len(kept))} premiers sites sur {len(kept)}"
    return sheet("Classement", caption, shown, columns, notes=notes)


def contributions(ground: Ground, *, first: int = FIRST_SITES) -> Sheet:
    """Tell what each criterion brings to the score of the first sites."""
    table = _contributions(ground).head(first)
    criteria = [name for name in table.columns if name != "site"]
    columns = [Column(name="site", header="Parcelle (IDU)")]
    columns += [
        Column(name=name, header=_sentence(str(name)), kind="decimal2")
        for name in criteria[:MOST_CRITERIA]
    ]
    hidden = [str(name) for name in criteria[MOST_CRITERIA:]]
    notes = [f"Sur la figure seulement : {join_fr(hidden)}."] if hidden else []
    caption = "Ce que chaque critère apporte au score"
    return sheet("Contributions", caption, table, columns, notes=notes)


def ranking_figure(ground: Ground) -> Chart | None:
    """Draw the scores of the first sites; None when no site is kept."""
    table = _contributions(ground)
    if table.empty:
        return None
    long = table.melt(id_vars="site", var_name="criterion", value_name="contribution")
    return ranking_chart(long, sources=sources(ground))


def weight_sweep_figure(ground: Ground) -> Chart | None:
    """Draw whether the first site stays first when each weight moves; None without sites."""
    sweep = ground.screened.sweep
    if sweep.empty:
        return None
    table = pd.DataFrame(
        {
            "criterion": [FIELD_LABELS[name] for name in sweep["criterion"]],
            "change": sweep["factor"] - 1,
            "rank": sweep["rank_of_first"],
        }
    )
    return weight_sweep_chart(table, sources=sources(ground))


def candidates_map(ground: Ground, *, selected: tuple[str, ...] = ()) -> Chart | None:
    """Draw the sites to study, coloured by score; None when none is kept."""
    parcels = candidate_parcels(ground, selected)
    if parcels.empty:
        return None
    land = ground.territory
    return draw_candidates(
        parcels,
        land.zones,
        selected=set(selected),
        risks=land.risks,
        points=land.points,
        sources=sources(ground),
        title=f"Sites à étudier, {ground.study.commune.name}",
        rules_assumed=rules_assumed(ground),
        notice=map_notice(ground),
    )


def candidate_parcels(ground: Ground, chosen: tuple[str, ...] = ()) -> gpd.GeoDataFrame:
    """Give the parcels kept, and those chosen by the planner, with their shapes."""
    table = ground.screened.parcels
    wanted = table[table["kept"] | table["idu"].isin(chosen)]
    shapes = ground.territory.parcels.set_index("idu").geometry.reindex(wanted["idu"])
    return gpd.GeoDataFrame(
        wanted[["idu", "score", "rank", "area_m2", "zone_label", "capacity_dwellings"]].assign(
            zone_label=wanted["zone_label"].fillna("")
        ),
        geometry=list(shapes),
        crs=ground.territory.parcels.crs,
    ).reset_index(drop=True)


def rules_assumed(ground: Ground) -> bool:
    """Tell whether a site to study stands on rules that nobody read."""
    read = ground.screened.kept["rules_were_read"]
    return bool((~read.fillna(value=False).astype(bool)).any())


def market(ground: Ground) -> Sheet | None:
    """Sum up the sales of the commune, filters stated; None when no sale was examined."""
    sales = ground.territory.sales
    if sales is None:
        return None
    table = market_summary(sales)
    columns = [
        Column(name="kind", header="Biens"),
        Column(name="n", header="Ventes", kind="whole"),
        Column(name="unit", header="Unité"),
        Column(name="q1", header="1er quartile", kind="whole"),
        Column(name="median", header="Médiane", kind="whole"),
        Column(name="q3", header="3e quartile", kind="whole"),
    ]
    notes = [f"{row['kind']} : {row['filter']}" for row in table.to_dict("records") if row["n"]]
    return sheet("Marché", "Prix des ventes publiées (DVF)", table, columns, notes=notes)


def land_price_check(feasibility: Feasibility) -> str:
    """Compare the price of the land with the sales of building land, when there are any."""
    sales = feasibility.ground.territory.sales
    if sales is None:
        return typeset("Marché : non examiné.")
    rows = market_summary(sales).set_index("kind")
    land = rows.loc["Terrains à bâtir"]
    price = feasibility.file.land_price_eur / feasibility.site.area_m2
    said = f"Prix du terrain retenu : {number(price)} € HT par m² de terrain"
    if land["n"] == 0:
        return typeset(f"{said} ; aucune vente de terrain à bâtir dans les fichiers lus.")
    sold = count(land["n"], "vente")
    return typeset(
        f"{said} ; médiane des terrains à bâtir vendus : {number(land['median'])} € ({sold})."
    )


def prices_against_market(ground: Ground, prices: Mapping[str, float]) -> tuple[str, ...]:
    """Set each sale price (TTC per m² of SHAB, by tenure) beside those of the flats sold."""
    sales = ground.territory.sales
    if sales is None:
        return (typeset("Ventes publiées : non examiné ; prix non comparés au marché."),)
    flats = market_summary(sales).set_index("kind").loc["Appartements"].to_dict()
    if flats["n"] == 0:
        return (typeset("Aucune vente d'appartement dans les fichiers lus : prix non comparés."),)
    median, third = float(flats["median"]), float(flats["q3"])
    return tuple(
        typeset(
            f"{code} {euros(price)}/m² : {_gap(price, median)} la médiane des "
            f"appartements vendus ({euros(median)}/m², n = {number(flats['n'])}), "
            f"{_gap(price, third)} leur troisième quartile ({euros(third)}/m²)."
        )
        for code, price in prices.items()
    )


def _gap(price: float, market_price: float) -> str:
    gap = price / market_price - 1
    if abs(gap) < SAME:
        return "au niveau de"
    return f"{percent(abs(gap), 0)} {'au-dessus' if gap > 0 else 'au-dessous'} de"


def _contributions(ground: Ground) -> pd.DataFrame:
    """Lay out what each criterion brings, in points of score, best site first."""
    kept = ground.screened.kept
    weight = sum(criterion.weight for criterion in ground.study.land.criteria)
    terms = [name for name in kept.columns if str(name).startswith(TERM)]
    if not terms:
        msg = "Expected the contributions of the criteria in the screened table."
        raise UsageError(msg)
    named = {name: FIELD_LABELS[str(name).removeprefix(TERM)] for name in terms}
    table = (kept[terms].astype(float) / weight).rename(columns=named)
    table.insert(0, "site", kept["idu"])
    return table


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
