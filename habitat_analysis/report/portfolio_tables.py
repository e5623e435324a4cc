"""A portfolio as tables: the columns of its file, the ranking of its sites, its counts.

Money is in euros. « HT » is before tax: the charge foncière is the price of the bare land before
tax, its interest until delivery already set apart. Everything of the programme is tax included.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from habitat_analysis.errors import DataError
from habitat_analysis.formats import count, join_fr, typeset
from habitat_analysis.programme.wording import STATUS_LABELS
from habitat_analysis.report.blocks import Block, Heading, Link, Paragraph
from habitat_analysis.report.sheets import NOT_APPLICABLE, NOT_APPLICABLE_NOTE, Column, Sheet, sheet
from habitat_analysis.tenures import ORDER

NOT_EXAMINED: Final = "not_examined"
NOT_EXAMINED_LABEL: Final = "Non examiné"
LABELS: Final = {**STATUS_LABELS, NOT_EXAMINED: NOT_EXAMINED_LABEL}
FOUND: Final = {  # status -> what is said of so many sites
    "optimal": "un programme optimal et prouvé",
    "feasible": "un programme dont l'optimum n'est pas prouvé",
    "infeasible": "aucun programme possible",
    "unbounded": "question mal posée",
    "no_solution": "rien de prouvé dans le temps imparti",
    "error": "échec du solveur et rien de prouvé",
    NOT_EXAMINED: "non examiné",
}
FIRST_SITES: Final = 20
LIMITS_SEPARATOR: Final = " ; "
ALL_PARCELS: Final = "Toutes les parcelles"

WHOLE_NUMBERS: Final = (
    *("niveaux", "places", "capacite_logements", "logements"),
    *(f"logements_{code}" for code in ORDER),
    *("besoins_couverts", "besoins_couverts_locatif"),
)
COLUMNS: Final = (
    *("site", "idus", "nature", "zone", "zones", "regles_lues", "surface_m2", "score"),
    *("sdp_m2", "shab_max_m2", "niveaux", "places", "capacite_logements"),
    *("statut", "statut_libelle", "ecart", "logements"),
    *(f"logements_{code}" for code in ORDER),
    *("programme", "espaces", "shab_m2", "besoins_couverts", "besoins_couverts_locatif"),
    *("effort_eur", "fonds_propres_eur", "subventions_eur", "subvention_complementaire_eur"),
    *("cout_ttc_eur", "effort_par_besoin_eur", "terrain_compte_ht_eur"),
    *("charge_fonciere_statut", "charge_fonciere_supplement_ttc_eur"),
    *("charge_fonciere_supplement_borne_ttc_eur", "charge_fonciere_admissible_ht_eur"),
    *("charge_fonciere_ht_par_m2_terrain", "charge_fonciere_ht_par_m2_sdp"),
    *("limites", "limites_codes", "non_examine", "non_examine_code"),
    *("couches_non_examinees", "valeurs_manquantes", "note"),
)
RANKED: Final = (
    *("rang", "site", "idus", "nature", "zone", "surface_m2", "logements", "besoins_couverts"),
    *("effort_par_besoin_eur", "effort_eur", "charge_fonciere_ht_par_m2_sdp"),
    *("charge_fonciere_admissible_ht_eur", "statut", "statut_libelle", "limites", "non_examine"),
)


def read_portfolio(path: Path | str) -> gpd.GeoDataFrame:
    """Read the file that ``habitat portfolio`` wrote.

    Raises
    ------
    DataError
        ``E_PORTFOLIO`` when it is absent, or is no portfolio.
    """
    path = Path(path)
    try:
        frame = gpd.read_parquet(path)
    except (OSError, ValueError) as error:
        msg = f"{path.name} : portefeuille illisible ou absent. Lancez « habitat portfolio »."
        raise DataError(typeset(msg), code="E_PORTFOLIO") from error
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        msg = f"{path.name} : ce n'est pas un portefeuille (colonne {missing[0]} absente)."
        raise DataError(typeset(msg), code="E_PORTFOLIO")
    return frame


def ranked_portfolio(portfolio: pd.DataFrame) -> pd.DataFrame:
    """Rank the sites: the least effort for each need covered first.

    Equal ones by the charge foncière admissible per m² of SDP, the highest first, then by name.
    Without a group no need is covered: the charge foncière decides alone. Sites without a
    programme come last, with their status and no rank.

    Returns
    -------
    ranking
        Columns `RANKED`, one row a site.
    """
    keys = pd.DataFrame(
        {
            "none": portfolio["logements"].isna(),
            "effort": portfolio["effort_par_besoin_eur"].fillna(np.inf),
            "land": -portfolio["charge_fonciere_ht_par_m2_sdp"].fillna(-np.inf),
            "site": portfolio["site"],
        }
    )
    order = keys.sort_values(list(keys.columns)).index
    ranking = pd.DataFrame(portfolio.loc[order]).reset_index(drop=True)
    ranks = pd.Series(range(1, len(ranking) + 1), dtype="Int64")
    return ranking.assign(rang=ranks.where(ranking["logements"].notna()))[list(RANKED)]


def ranking_sheet(portfolio: pd.DataFrame, *, first: int = FIRST_SITES) -> Sheet:
    """List the first sites that have a programme, the best first."""
    ranking = ranked_portfolio(portfolio)
    found = ranking[ranking["rang"].notna()]
    columns = [
        Column(name="idus", header="Site (IDU)"),
        Column(name="rang", header="Rang", kind="whole"),
        Column(name="mix", header="Logements"),
        Column(name="besoins_couverts", header="Besoins couverts", kind="whole"),
        _number("effort_par_besoin_eur", "Effort par besoin couvert (€)"),
        _number("charge_fonciere_ht_par_m2_sdp", "Charge foncière admissible (€ HT/m² SDP)"),
        Column(name="statut_libelle", header="Statut"),
    ]
    shown = found.head(first)
    mixes = portfolio.set_index("site").loc[shown["site"]]
    shown = shown.assign(mix=[mix_words(row) for row in mixes.to_dict("records")])
    notes = [
        (
            "Effort à réunir : fonds propres et subventions. Besoins en locatif couverts sous "
            "réserve de la commission (CAL)."
        ),
        (
            "Charge foncière admissible : prix du terrain nu HT le plus haut qu'un programme "
            "respectant toutes les limites peut porter, par m² de SDP permise. Les statuts et "
            "toutes les limites de chaque site sont dans le fichier."
        ),
        NOT_APPLICABLE_NOTE,
    ]
    head = f"Les {min(first, len(found))} premiers sites sur {len(found)}"
    caption = f"{head}, du moindre effort par besoin couvert"
    return sheet("Portefeuille", caption, shown, columns, notes=notes)


def portfolio_blocks(
    portfolio: pd.DataFrame | None, *, note: str = "", page: str = ""
) -> tuple[Block, ...]:
    """Tell all the parcels beside the sites compared: their ranking, or why there is none.

    Parameters
    ----------
    portfolio
        The sites; None when there are none to show.
    note
        What is to be said of them.
    page
        Relative address of the page of the portfolio; "" without one.
    """
    said = [] if portfolio is None else [summary_sentence(portfolio)]
    blocks: list[Block] = [Paragraph(text=text) for text in (*said, note) if text]
    if portfolio is not None:
        blocks.append(ranking_sheet(portfolio))
    if page:
        blocks.append(Link(text="Ouvrir la carte et les tableaux du portefeuille", href=page))
    return (Heading(text=ALL_PARCELS), *blocks) if blocks else ()


def mix_words(row: Mapping[Any, Any]) -> str:
    """Write the dwellings of a site by tenure: « 4 PLUS, 8 BRS »; "" without a programme."""
    if pd.isna(row["logements"]):
        return ""
    return ", ".join(f"{int(n)} {code}" for code in ORDER if (n := row[f"logements_{code}"]))


def counts_sheet(portfolio: pd.DataFrame) -> Sheet:
    """Count the sites by status and nature: together, all the sites."""
    rows = [
        {
            "label": label,
            "alone": int((of_status["nature"] == "parcelle").sum()),
            "pairs": int((of_status["nature"] == "assemblage").sum()),
        }
        for code, label in LABELS.items()
        if len(of_status := portfolio[portfolio["statut"] == code])
    ]
    rows.append(
        {
            "label": "Tous les sites",
            "alone": int((portfolio["nature"] == "parcelle").sum()),
            "pairs": int((portfolio["nature"] == "assemblage").sum()),
        }
    )
    columns = [
        Column(name="label", header="Statut"),
        Column(name="alone", header="Parcelles", kind="whole"),
        Column(name="pairs", header="Assemblages de deux parcelles", kind="whole"),
    ]
    note = "Un échec du solveur ou un temps épuisé ne dit rien du site : ce n'est pas impossible."
    caption = "Les sites par statut"
    return sheet("Statuts", caption, rows, columns, total=True, notes=[note])


def limits_sheet(portfolio: pd.DataFrame) -> Sheet | None:
    """Count the sites by limit: reached by the optimum, or in a conflict that leaves none."""
    named = portfolio.assign(limit=portfolio["limites"].str.split(LIMITS_SEPARATOR, regex=False))
    long = named.explode("limit").query("limit != ''")
    if long.empty:
        return None
    found = long["logements"].notna()
    counts = pd.DataFrame(
        {
            "reached": long.loc[found, "limit"].value_counts(),
            "conflict": long.loc[~found, "limit"].value_counts(),
        }
    )
    counts = counts.fillna(0).astype(int).rename_axis("limit").reset_index()
    rows = counts.sort_values(["reached", "conflict", "limit"], ascending=[False, False, True])
    columns = [
        Column(name="limit", header="Limite"),
        Column(name="reached", header="Sites où le programme l'atteint", kind="whole"),
        Column(name="conflict", header="Sites sans programme où elle est en conflit", kind="whole"),
    ]
    notes = [
        (
            "Atteinte : il ne reste pas de quoi ajouter un logement, un ménage, une place ou un "
            "euro. En conflit : elle est de celles qui ne peuvent pas tenir ensemble, même toutes "
            "les autres levées ; en lever une seule ne suffit donc pas toujours."
        )
    ]
    caption = "Ce qui limite les programmes de la commune"
    return sheet("Limites", caption, rows, columns, notes=notes)


def unexamined_sheet(portfolio: pd.DataFrame) -> Sheet | None:
    """Count the sites that could not be examined, and the layers absent, by reason."""
    reasons = [*_counted(portfolio, "non_examine"), *_layer_rows(portfolio)]
    if not reasons:
        return None
    columns = [
        Column(name="reason", header="Motif"),
        Column(name="n", header="Sites", kind="whole"),
        Column(name="state", header="Ce que cela change"),
    ]
    return sheet("Non examinés", "Ce qui n'a pas pu être examiné", reasons, columns)


def summary_sentence(portfolio: pd.DataFrame) -> str:
    """Say in one sentence how many sites, and what became of them."""
    natures = portfolio["nature"].value_counts()
    codes = portfolio["statut"].value_counts()
    alone, pairs = int(natures.get("parcelle", 0)), int(natures.get("assemblage", 0))
    parts = [count(alone, "parcelle"), *([count(pairs, "assemblage")] if pairs else [])]
    said = [f"{FOUND[code]} sur {int(codes[code])}" for code in LABELS if codes.get(code, 0)]
    return typeset(f"{join_fr(parts)}{' : ' if said else ''}{', '.join(said)}.")


def dear_land_sentence(portfolio: pd.DataFrame) -> str:
    """Count the sites without a programme that a cheaper land would open; "" when there is none."""
    shut = portfolio[portfolio["statut"] == "infeasible"]
    opened = shut[shut["charge_fonciere_admissible_ht_eur"].notna()]
    if opened.empty:
        return ""
    n = int((opened["charge_fonciere_admissible_ht_eur"] >= 0).sum())
    given = len(opened) - n
    helped = f" ; sur {given}, même un terrain gratuit ne suffit pas sans aide de plus"
    would = "auraient" if n > 1 else "aurait"
    return typeset(
        f"Sur {count(len(shut), 'site')} sans programme, {n} en {would} un si le terrain coûtait "
        f"moins cher que le prix compté{helped if given else ''} : la charge foncière admissible "
        "dit jusqu'où."
    )


def unexamined_reasons(portfolio: pd.DataFrame) -> list[tuple[str, int]]:
    """List the reasons of the sites not examined and the layers absent, with their counts."""
    rows = [*_counted(portfolio, "non_examine"), *_layer_rows(portfolio)]
    return [(str(row["reason"]), int(str(row["n"]))) for row in rows]


def _counted(portfolio: pd.DataFrame, column: str) -> list[dict[str, object]]:
    counts = portfolio.loc[portfolio[column] != "", column].value_counts()
    return [
        {"reason": reason, "n": n, "state": "aucun programme cherché"}
        for reason, n in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    ]


def _layer_rows(portfolio: pd.DataFrame) -> list[dict[str, object]]:
    """Count, among the sites answered, those that a layer tells nothing about."""
    answered = portfolio[portfolio["statut"] != NOT_EXAMINED]
    named = answered["couches_non_examinees"].str.split(", ").explode()
    counts = named[named.fillna("") != ""].value_counts()
    return [
        {
            "reason": typeset(f"Couche non examinée : {layer}"),
            "n": n,
            "state": "programme cherché sans elle",
        }
        for layer, n in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    ]


def _number(name: str, header: str) -> Column:
    return Column(name=name, header=header, kind="whole", absent=NOT_APPLICABLE)
