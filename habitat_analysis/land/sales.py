"""Property sales (DVF): one row a mutation, and the prices they tell.

The published file has one row a dwelling, outbuilding or piece of land, and repeats the price of
the mutation on each: prices are never added by row. Some rows are published twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from habitat_analysis.contracts import read_table, to_choice, to_code, to_date, to_number
from habitat_analysis.errors import DataError, Faults
from habitat_analysis.formats import count
from habitat_analysis.land.geodata import Loaded, Loss, losses_table
from habitat_analysis.land.parcels import IDU, IDU_EXAMPLE

RESALE: Final = "Vente"
OFF_PLAN: Final = "Vente en l'état futur d'achèvement"
BUILDING_LAND: Final = "Vente terrain à bâtir"

_ALONE: Final = (
    "local d'activité), prix et surface connus. Lignes répétées retirées, une mutation compte une "
    "fois."
)
FLAT_FILTER: Final = (
    "Ventes, hors VEFA et adjudications, d'un seul appartement (dépendances admises, sans maison "
    f"ni {_ALONE}"
)
HOUSE_FILTER: Final = (
    "Ventes, hors VEFA et adjudications, d'une seule maison (dépendances admises, sans appartement "
    f"ni {_ALONE}"
)
OFF_PLAN_FILTER: Final = (
    "Ventes en l'état futur d'achèvement, prix total de la mutation : la surface y est rarement "
    "publiée."
)
LAND_FILTER: Final = "Ventes de terrain à bâtir, sans local, prix et surface de terrain connus."

_MAX_PRICE_EUR: Final = 1e10  # beyond, a figure is a typing error
_MAX_AREA_M2: Final = 1e9
_HOUSE, _FLAT, _BUSINESS = "1", "2", "4"  # code_type_local; 3 is an outbuilding
_COLUMNS: Final = (
    "id_mutation date_mutation numero_disposition nature_mutation valeur_fonciere code_commune "
    "id_parcelle code_type_local surface_reelle_bati nombre_pieces_principales code_nature_culture "
    "surface_terrain longitude latitude"
)
_LAND_KEY: Final = ["mutation_id", "idu", "culture", "land_m2"]
_HOUSE_KEY: Final = ["mutation_id", "idu", "built_m2", "rooms"]


def load_sales(paths: Sequence[Path | str] | Path | str) -> Loaded:
    """Load the sales of a commune from files of the geo-dvf schema (40 columns).

    Parameters
    ----------
    paths
        One or several ``.csv`` or ``.csv.gz``, a year each as published.

    Returns
    -------
    loaded
        One row a mutation, sorted by identifier: ``mutation_id date nature price_eur insee idus
        n_rows n_flats n_houses n_business built_m2 land_m2 lon lat off_plan``. ``price_eur`` is NaN
        where none is published; ``built_m2`` leaves outbuildings out; a house published once for
        each use of its land counts once; ``lon`` and ``lat`` (EPSG:4326) are those of the first
        located row.

    Raises
    ------
    DataError
        With all the faults of the first file that has any.
    """
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    if not several:
        msg = "Aucun fichier de ventes indiqué. Nommez au moins un fichier geo-dvf."
        raise DataError(msg, code="E_FILE")
    read = [_read_rows(path) for path in several]
    rows = pd.concat([one for one, _ in read], ignore_index=True)
    written = pd.concat([raw for _, raw in read], ignore_index=True)
    repeated = written.duplicated().to_numpy()
    mutations = _by_mutation(rows.loc[~repeated])
    lost = tuple(rows.loc[repeated, "place"])
    reason = "ligne strictement identique à une autre"
    losses = [Loss(reason=reason, ids=lost, family="doublon")] if lost else []
    return Loaded(
        table=mutations,
        dropped=losses_table(losses),
        notes=_notes(len(rows), len(lost), mutations),
        file=", ".join(dict.fromkeys(Path(path).name for path in several)),
    )


def flat_prices(sales: pd.DataFrame) -> pd.DataFrame:
    """Select the flats sold alone, by `FLAT_FILTER`.

    Returns
    -------
    prices
        ``mutation_id date price_eur surface_m2 price_m2_eur``.
    """
    alone = (sales["n_flats"] == 1) & (sales["n_houses"] == 0) & (sales["n_business"] == 0)
    return _unit_prices(sales.loc[alone & (sales["nature"] == RESALE)], "built_m2")


def house_prices(sales: pd.DataFrame) -> pd.DataFrame:
    """Select the houses sold alone, by `HOUSE_FILTER`; columns of `flat_prices`."""
    alone = (sales["n_houses"] == 1) & (sales["n_flats"] == 0) & (sales["n_business"] == 0)
    return _unit_prices(sales.loc[alone & (sales["nature"] == RESALE)], "built_m2")


def market_summary(sales: pd.DataFrame) -> pd.DataFrame:
    """Sum up the market: median and quartiles by kind of sale, with the filter and the number.

    Returns
    -------
    summary
        ``kind unit n median q1 q3 filter``; the figures are NaN where there is no sale.
    """
    off_plan = sales.loc[sales["off_plan"] & (sales["price_eur"] > 0), "price_eur"]
    bare = sales[["n_flats", "n_houses", "n_business"]].sum(axis=1) == 0
    land = _unit_prices(sales.loc[bare & (sales["nature"] == BUILDING_LAND)], "land_m2")
    kinds = [
        ("Appartements", "€/m²", flat_prices(sales)["price_m2_eur"], FLAT_FILTER),
        ("Maisons", "€/m²", house_prices(sales)["price_m2_eur"], HOUSE_FILTER),
        ("Logements en VEFA", "€", off_plan, OFF_PLAN_FILTER),
        ("Terrains à bâtir", "€/m² de terrain", land["price_m2_eur"], LAND_FILTER),
    ]
    rows = [
        (kind, unit, len(p), p.median(), p.quantile(0.25), p.quantile(0.75), text)
        for kind, unit, p, text in kinds
    ]
    return pd.DataFrame(rows, columns=["kind", "unit", "n", "median", "q1", "q3", "filter"])


def _unit_prices(sales: pd.DataFrame, surface: str) -> pd.DataFrame:
    known = sales.loc[(sales["price_eur"] > 0) & (sales[surface] > 0)]
    prices = known[["mutation_id", "date", "price_eur", surface]]
    prices = prices.rename(columns={surface: "surface_m2"}).reset_index(drop=True)
    return prices.assign(price_m2_eur=prices["price_eur"] / prices["surface_m2"])


# ---------------------------------------------------------------------------- rows


def _read_rows(path: Path | str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a file: typed rows, and the same as written, to find exact repetitions."""
    raw = read_table(path, required=_COLUMNS.split(), extra="keep", personal=False)
    faults = Faults(Path(path).name)

    def amount(name: str, maximum: float) -> pd.Series:
        return to_number(raw[name], faults, minimum=0, maximum=maximum, required=False)

    rows = pd.DataFrame(
        {
            "mutation_id": to_code(raw["id_mutation"], faults, example="2021-1556827"),
            "date": to_date(raw["date_mutation"], faults),
            "disposition": raw["numero_disposition"],
            "nature": to_code(raw["nature_mutation"], faults, example=RESALE),
            "price_eur": amount("valeur_fonciere", _MAX_PRICE_EUR),
            "insee": to_code(raw["code_commune"], faults, length=5, example="92078"),
            "idu": to_code(
                raw["id_parcelle"], faults, length=14, pattern=IDU.pattern, example=IDU_EXAMPLE
            ),
            "local": to_choice(raw["code_type_local"], list("1234"), faults, required=False),
            "built_m2": amount("surface_reelle_bati", _MAX_AREA_M2),
            "rooms": raw["nombre_pieces_principales"],
            "culture": raw["code_nature_culture"],
            "land_m2": amount("surface_terrain", _MAX_AREA_M2),
            "lon": to_number(raw["longitude"], faults, minimum=-180, maximum=180, required=False),
            "lat": to_number(raw["latitude"], faults, minimum=-90, maximum=90, required=False),
            "place": [f"{faults.file} ligne {line}" for line in raw.index],
        }
    )
    _refuse_swapped(rows, faults)
    faults.raise_if_any(code="E_TABLE")
    return rows, raw


def _refuse_swapped(rows: pd.DataFrame, faults: Faults) -> None:
    located = rows.loc[rows["lon"].notna() & rows["lat"].notna()]
    swapped = located["lon"].between(41, 52) & located["lat"].between(-6, 10)
    if swapped.any():
        why = "longitude et latitude semblent inversées."
        faults.add(f"ligne {swapped.idxmax()}", why, "Échangez les deux colonnes.")


def _by_mutation(rows: pd.DataFrame) -> pd.DataFrame:
    is_house = rows["local"] == _HOUSE
    houses = rows.loc[is_house].drop_duplicates(_HOUSE_KEY)
    dwellings = pd.concat([houses, rows.loc[rows["local"].isin([_FLAT, _BUSINESS])]])
    land = rows.drop_duplicates(_LAND_KEY)
    groups = rows.groupby("mutation_id", sort=True)
    table = groups.agg(
        date=("date", "first"),
        nature=("nature", "first"),
        price_eur=("price_eur", "first"),
        insee=("insee", "first"),
        idus=("idu", lambda idus: tuple(sorted(set(idus)))),
        n_rows=("idu", "size"),
        lon=("lon", "first"),
        lat=("lat", "first"),
    )
    table["price_eur"] = _prices(rows).reindex(table.index)
    counted = (
        ("n_flats", _FLAT, rows),
        ("n_houses", _HOUSE, houses),
        ("n_business", _BUSINESS, rows),
    )
    for name, code, source in counted:
        found = source.loc[source["local"] == code].groupby("mutation_id").size()
        table[name] = found.reindex(table.index, fill_value=0).astype(int)
    for name, source in (("built_m2", dwellings), ("land_m2", land)):
        table[name] = source.groupby("mutation_id")[name].sum().reindex(table.index, fill_value=0.0)
    table["off_plan"] = table["nature"].str.startswith("Vente en l'état futur")
    return table.reset_index()[list(_MUTATION_COLUMNS)]


_MUTATION_COLUMNS: Final = (
    *("mutation_id", "date", "nature", "price_eur", "insee", "idus", "n_rows"),
    *("n_flats", "n_houses", "n_business", "built_m2", "land_m2", "lon", "lat", "off_plan"),
)


def _prices(rows: pd.DataFrame) -> pd.Series:
    """Price of each mutation: the one repeated, or the sum of its dispositions when they differ."""
    each = rows.groupby(["mutation_id", "disposition"])["price_eur"].first()
    by_mutation = each.groupby("mutation_id")
    first, total = by_mutation.first(), by_mutation.sum()
    return first.where(by_mutation.min().eq(by_mutation.max()) | first.isna(), total)


def _notes(n_rows: int, n_repeated: int, mutations: pd.DataFrame) -> tuple[str, ...]:
    unpriced = int(mutations["price_eur"].isna().sum())
    unplaced = int(mutations["lon"].isna().sum())
    read = (
        f"{count(n_rows, 'ligne lue', 'lignes lues')}, dont {count(n_repeated, 'répétée')} à "
        f"l'identique et retirée(s) : {count(len(mutations), 'mutation')}."
    )
    notes = [read]
    if unpriced:
        notes.append(f"{count(unpriced, 'mutation')} sans prix publié, hors des statistiques.")
    if unplaced:
        notes.append(f"{count(unplaced, 'mutation')} sans coordonnées, absente(s) de la carte.")
    return tuple(notes)
