"""Five invented years of property sales, with everything that real sales files hold.

The table is the one of the geolocated « Demandes de valeurs foncières »: one row for each
premises or kind of land of a sale, the price of the whole sale repeated on each of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from valserres import plan
from valserres.addresses import address_of
from valserres.parcels import Parcel
from valserres.shapes import chance
from valserres.writing import degrees

YEARS = (2021, 2022, 2023, 2024, 2025)
COLUMNS = (
    "id_mutation", "date_mutation", "numero_disposition", "nature_mutation", "valeur_fonciere",
    "adresse_numero", "adresse_suffixe", "adresse_nom_voie", "adresse_code_voie", "code_postal",
    "code_commune", "nom_commune", "code_departement", "ancien_code_commune",
    "ancien_nom_commune", "id_parcelle", "ancien_id_parcelle", "numero_volume", "lot1_numero",
    "lot1_surface_carrez", "lot2_numero", "lot2_surface_carrez", "lot3_numero",
    "lot3_surface_carrez", "lot4_numero", "lot4_surface_carrez", "lot5_numero",
    "lot5_surface_carrez", "nombre_lots", "code_type_local", "type_local",
    "surface_reelle_bati", "nombre_pieces_principales", "code_nature_culture",
    "nature_culture", "code_nature_culture_speciale", "nature_culture_speciale",
    "surface_terrain", "longitude", "latitude",
)  # fmt: skip

SALE, OFF_PLAN, PLOT = "Vente", "Vente en l'état futur d'achèvement", "Vente terrain à bâtir"
HOUSE = {"code_type_local": "1", "type_local": "Maison"}
FLAT = {"code_type_local": "2", "type_local": "Appartement"}
OUTHOUSE = {"code_type_local": "3", "type_local": "Dépendance", "nombre_pieces_principales": "0"}
BUSINESS = {
    "code_type_local": "4",
    "type_local": "Local industriel. commercial ou assimilé",
    "nombre_pieces_principales": "0",
}
GROUND = {"code_nature_culture": "S", "nature_culture": "sols"}
GARDEN = {"code_nature_culture": "J", "nature_culture": "jardins"}
TO_BUILD = {"code_nature_culture": "AB", "nature_culture": "terrains a bâtir"}
COUNTRY = {
    "champ": {"code_nature_culture": "T", "nature_culture": "terres"},
    "pre": {"code_nature_culture": "P", "nature_culture": "prés"},
    "vigne": {"code_nature_culture": "VI", "nature_culture": "vignes"},
    "bois": {"code_nature_culture": "BT", "nature_culture": "taillis simples"},
}
MARKET = {2021: 0.95, 2022: 1.01, 2023: 1.02, 2024: 0.99, 2025: 1.0}  # invented price index
HOUSE_EUR_M2, OLD_FLAT_EUR_M2, NEW_FLAT_EUR_M2, PLOT_EUR_M2 = 2_480, 2_840, 3_950, 145
FEW_ROWS = 4  # the sales among which a few are spoilt

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One sale before its rows are written: when, how, at what price, of what."""

    day: dt.date
    nature: str
    price: str
    rows: tuple[Row, ...]


def draw_sales(parcels: list[Parcel], built: set[str]) -> dict[int, list[Row]]:
    """Return the rows of each year; `built` holds the identifiers of the parcels built on."""
    return {year: _rows_of_year(year, parcels, built) for year in YEARS}


def _rows_of_year(year: int, parcels: list[Parcel], built: set[str]) -> list[Row]:
    luck = chance(f"sales {year}")
    sales = sorted(_sales_of_year(year, parcels, built, luck), key=lambda sale: sale.day)
    rows: list[Row] = []
    for rank, sale in enumerate(sales):
        common = {
            "id_mutation": f"{year}-{990_001 + rank}",
            "date_mutation": sale.day.isoformat(),
            "nature_mutation": sale.nature,
            "valeur_fonciere": sale.price,
        }
        rows += [{**common, "numero_disposition": "000001", **row} for row in sale.rows]
    return list(_with_flaws(rows, year, luck))


def _sales_of_year(
    year: int, parcels: list[Parcel], built: set[str], luck: Random
) -> Iterator[Sale]:
    by_use = _stock(parcels, built)

    def sale(rows: list[Row], price: float, nature: str = SALE) -> Sale:
        day = dt.date(year, 1, 4) + dt.timedelta(days=luck.randrange(356))
        return Sale(day=day, nature=nature, price=_money(price, luck), rows=tuple(rows))

    for parcel in luck.sample(by_use["houses"], 36):
        yield sale(*_house(parcel, by_use["gardens"], year, luck))
    for parcel in luck.choices(by_use["flats"], k=17):
        yield sale(*_flat(parcel, OLD_FLAT_EUR_M2, year, luck))
    for _ in range(7 if year >= 2023 else 0):
        yield sale(*_flat(by_use["new"][0], NEW_FLAT_EUR_M2 * 0.97, year, luck))
    for _ in range({2022: 9, 2023: 8, 2024: 2}.get(year, 0)):
        yield sale(*_off_plan(by_use["new"][0], year, luck), nature=OFF_PLAN)
    for parcel in luck.sample(by_use["plots"], 3):
        yield sale([_land(parcel, TO_BUILD)], parcel.shape.area * PLOT_EUR_M2 * MARKET[year], PLOT)
    for parcel in luck.sample(by_use["country"], 6):
        yield sale([_land(parcel, COUNTRY[parcel.use])], parcel.shape.area * luck.uniform(0.5, 0.9))
    for parcel in luck.sample(by_use["business"], 2):
        size = luck.randrange(140, 900, 10)
        yield sale([_premises(parcel, BUSINESS, size)], size * luck.uniform(650, 1_150))
    for parcel in luck.sample(by_use["flats"], 2):
        yield sale([_lot(parcel, luck, OUTHOUSE)], luck.uniform(7_500, 16_000))
    yield sale(*_house(luck.choice(by_use["houses"]), [], year, luck), nature="Adjudication")
    yield from _rare(year, by_use, luck, sale)


def _rare(
    year: int, by_use: dict[str, list[Parcel]], luck: Random, sale: Callable[..., Sale]
) -> Iterator[Sale]:
    """Sell what is sold once in five years: a whole estate, a gift, several fields at once."""
    if year == 2021:
        fields = luck.sample(by_use["country"], 9)
        yield sale([_land(field, COUNTRY[field.use]) for field in fields], 214_300)
        yield sale([_land(by_use["gardens"][0], GARDEN)], 1)
    if year == 2022:
        pair = luck.sample(by_use["houses"], 2)
        rows, price = _house(pair[0], [], year, luck)
        more, other = _house(pair[1], [], year, luck)
        yield sale(rows + more, price + other)
    if year == 2023:
        yield sale(*_whole_estate(by_use["estate"][0], luck))
    if year == 2024:
        yield sale([_land(by_use["gardens"][1], GARDEN)], 1)
        yield sale([_land(by_use["gardens"][2], GARDEN)], 3_400, "Echange")
    if year == 2025:
        yield sale([_land(by_use["gardens"][3], GARDEN)], 12_800, "Expropriation")


def _stock(parcels: list[Parcel], built: set[str]) -> dict[str, list[Parcel]]:
    """Return what may be sold, by kind; public land and the sites of the study are not."""

    def having(*uses: str, is_built: bool) -> list[Parcel]:
        return [p for p in parcels if p.use in uses and not p.key and (p.idu in built) == is_built]

    rows = having("centre", is_built=True)
    return {
        "houses": [p for p in rows if p.shape.area < 260]
        + having("faubourg", "pavillon", "hameau", is_built=True),
        "flats": [p for p in rows if p.shape.area > 420][:34]
        + [p for p in parcels if p.key == "residence_tilleuls"] * 12,
        "new": [p for p in parcels if p.key == "clos_du_mail"],
        "estate": [p for p in parcels if p.key == "residence_tilleuls"],
        "plots": having("pavillon", "faubourg", is_built=False),
        "gardens": having("jardin", is_built=False),
        "country": having(*COUNTRY, is_built=False),
        "business": having("activite", is_built=True),
    }


def _house(
    parcel: Parcel, gardens: list[Parcel], year: int, luck: Random
) -> tuple[list[Row], float]:
    size = min(luck.randrange(62, 165), round(parcel.shape.area * 1.4))
    rows = [_premises(parcel, {**HOUSE, "nombre_pieces_principales": _rooms(size)}, size)]
    if luck.random() < 0.4:
        rows.append(_premises(parcel, OUTHOUSE, 0))
    if parcel.shape.area > 700 and luck.random() < 0.3:
        half = {"surface_terrain": str(round(parcel.shape.area / 2))}
        rows = [{**row, **land, **half} for land in (GROUND, GARDEN) for row in rows]
    if gardens and luck.random() < 0.12:
        here = parcel.shape.centroid
        rows.append(_land(min(gardens, key=lambda g: g.shape.distance(here)), GARDEN))
    price = size * HOUSE_EUR_M2 * MARKET[year] * luck.lognormvariate(0, 0.17)
    return rows, price + 12 * min(parcel.shape.area, 1_500)


def _flat(parcel: Parcel, eur_m2: float, year: int, luck: Random) -> tuple[list[Row], float]:
    size = luck.choice((24, 31, 38, 42, 46, 51, 55, 58, 61, 64, 68, 71, 76, 83, 92))
    measured = {"lot1_surface_carrez": f"{size + luck.uniform(-1.5, 1.5):.2f}"}
    rows = [_lot(parcel, luck, FLAT, size, measured if luck.random() < 0.7 else {})]
    rows += [_lot(parcel, luck, OUTHOUSE) for _ in range(luck.choice((0, 0, 1, 1, 2)))]
    return rows, size * eur_m2 * MARKET[year] * luck.lognormvariate(0, 0.15)


def _off_plan(parcel: Parcel, year: int, luck: Random) -> tuple[list[Row], float]:
    """Sell a flat that is not built: hardly ever a type, sometimes a measured area."""
    size = luck.choice((44, 47, 63, 66, 69, 82, 85))
    area = {"lot1_surface_carrez": f"{size + luck.uniform(-0.9, 0.9):.2f}"}
    rows = [_lot(parcel, luck, {}, 0, area if luck.random() < 0.35 else {})]
    if luck.random() < 0.8:
        rows.append(_lot(parcel, luck, {}))
    return rows, size * NEW_FLAT_EUR_M2 * MARKET[year] * luck.lognormvariate(0, 0.05)


def _whole_estate(parcel: Parcel, luck: Random) -> tuple[list[Row], float]:
    """Sell a whole estate to an investor: 48 rows for one price."""
    rows = [_lot(parcel, luck, FLAT, luck.choice((46, 58, 64, 71)), {}) for _ in range(27)]
    return rows + [_lot(parcel, luck, OUTHOUSE) for _ in range(21)], 2_650_000


def _rooms(size: int) -> str:
    return str(max(1, min(7, round(size / 22))))


def _money(price: float, luck: Random) -> str:
    """Write a price as people agree on it: round, rarely with cents."""
    if price < 2:
        return "1"
    if luck.random() < 0.04:
        return f"{price:.2f}"
    step = 500 if price > 40_000 else 100
    return str(max(step, step * round(price / step)))


def _place(parcel: Parcel) -> Row:
    address, here = address_of(parcel), parcel.shape.representative_point()
    lon, lat = degrees(here.x, here.y, decimals=6)
    return {
        "adresse_numero": address.number,
        "adresse_nom_voie": address.street,
        "adresse_code_voie": address.code,
        "code_postal": plan.POSTCODE,
        "code_commune": plan.INSEE,
        "nom_commune": plan.COMMUNE,
        "code_departement": plan.INSEE[:2],
        "id_parcelle": parcel.idu,
        "nombre_lots": "0",
        "longitude": f"{lon:.6f}",
        "latitude": f"{lat:.6f}",
    }


def _land(parcel: Parcel, nature: Row) -> Row:
    return {**_place(parcel), **nature, "surface_terrain": str(round(parcel.shape.area))}


def _premises(parcel: Parcel, kind: Row, size: int) -> Row:
    return {**_land(parcel, GROUND), **kind, "surface_reelle_bati": str(size) if size else ""}


def _lot(parcel: Parcel, luck: Random, kind: Row, size: int = 0, area: Row | None = None) -> Row:
    rooms = {"nombre_pieces_principales": _rooms(size)} if size else {}
    lot = {"lot1_numero": str(luck.randrange(1, 160)), "nombre_lots": "1"}
    if luck.random() < 0.12:
        lot |= {"lot2_numero": str(luck.randrange(160, 220)), "nombre_lots": "2"}
    built = {"surface_reelle_bati": str(size)} if size else {}
    return {**_place(parcel), **lot, **kind, **rooms, **built, **(area or {})}


def _with_flaws(rows: list[Row], year: int, luck: Random) -> Iterator[Row]:
    """Spoil a few rows as real files are: repeated, without price, place or known parcel."""
    counts = Counter(row["id_mutation"] for row in rows)
    sales = sorted(sale for sale, count in counts.items() if count <= FEW_ROWS)
    no_price, no_place, divided = luck.sample(sales, 3)
    for row in rows:
        spoilt = dict(row)
        if row["id_mutation"] == no_price and year != 2023:
            spoilt["valeur_fonciere"] = ""
        if row["id_mutation"] == no_place:
            spoilt |= {"longitude": "", "latitude": ""}
        if row["id_mutation"] == divided:  # the parcel was divided since: its number is gone
            spoilt["id_parcelle"] = f"{row['id_parcelle'][:10]}9{row['id_parcelle'][11:]}"
        yield spoilt
        if luck.random() < 0.035:
            yield dict(spoilt)
