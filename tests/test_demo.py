"""The demonstration commune: invented, in its publishers' schemas, the same bytes every time."""

import csv
import datetime as dt
import math
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DATA_SUFFIXES = {".json", ".geojson", ".csv", ".txt"}

DVF_COLUMNS = (
    "id_mutation,date_mutation,numero_disposition,nature_mutation,valeur_fonciere,adresse_numero,"
    "adresse_suffixe,adresse_nom_voie,adresse_code_voie,code_postal,code_commune,nom_commune,"
    "code_departement,ancien_code_commune,ancien_nom_commune,id_parcelle,ancien_id_parcelle,"
    "numero_volume,lot1_numero,lot1_surface_carrez,lot2_numero,lot2_surface_carrez,lot3_numero,"
    "lot3_surface_carrez,lot4_numero,lot4_surface_carrez,lot5_numero,lot5_surface_carrez,"
    "nombre_lots,code_type_local,type_local,surface_reelle_bati,nombre_pieces_principales,"
    "code_nature_culture,nature_culture,code_nature_culture_speciale,nature_culture_speciale,"
    "surface_terrain,longitude,latitude"
)
HOUSEHOLD_COLUMNS = (
    "pseudonyme;couples;adultes_seuls;ages_adultes;ages_enfants;ages_enfants_visite;"
    "personnes_a_charge;carte_invalidite;rfr_n2;rfr_n1;revenu_mensuel;epargne;mensualites_credit;"
    "statuts_souhaites;typologies_souhaitees;points;apl_mensuelle;contingents;departs_enfants_ans"
)
TENURES = {"PLAI", "PLUS", "PLS", "PSLA", "BRS", "SCIAPP", "VEFA", "LIBRE"}


def data_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in DATA_SUFFIXES
    }


def layer(name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(DEMO / name).to_crs(2154)


@pytest.fixture(scope="module")
def parcels() -> gpd.GeoDataFrame:
    return layer("cadastre-99012-parcelles.json").set_index("id", drop=False)


@pytest.fixture(scope="module")
def zones() -> gpd.GeoDataFrame:
    return layer("zone_urba.geojson")


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    tables = [
        pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((DEMO / "dvf").glob("*.csv"))
    ]
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def households() -> list[dict[str, str]]:
    return rows_of("menages.csv")


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


# The script


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs of the script, in two processes that order their sets differently."""
    folders = [tmp_path_factory.mktemp("demo") for _ in range(2)]
    runs = [
        subprocess.Popen(
            [sys.executable, str(DEMO / "build_demo.py"), "--out", str(folder)],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        for seed, folder in enumerate(folders, 1)
    ]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    return folders


def test_two_runs_write_the_same_bytes(rebuilt: list[Path]) -> None:
    assert data_files(rebuilt[0]) == data_files(rebuilt[1])


def test_the_committed_files_are_those_the_script_writes(rebuilt: list[Path]) -> None:
    committed, written = data_files(DEMO), data_files(rebuilt[0])
    assert set(written) <= set(committed)
    for name, content in written.items():
        assert_same_to_a_centimetre(name, content.decode(), committed[name].decode())


def assert_same_to_a_centimetre(name: str, one: str, other: str) -> None:
    """Another machine may round the last digit of a coordinate otherwise, and nothing else."""
    if one == other:
        return
    assert NUMBER.sub("#", one) == NUMBER.sub("#", other), name
    for a, b in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True):
        tolerance = 2e-6 if abs(float(a)) < 90 and "." in a else 1
        assert math.isclose(float(a), float(b), rel_tol=0, abs_tol=tolerance), (name, a, b)


def test_the_demonstration_stays_small_and_says_that_it_is_invented() -> None:
    files = data_files(DEMO)
    assert sum(map(len, files.values())) < 3_000_000
    named = ("cadastre-99012-parcelles.json", "cadastre-99012-batiments.json", "zone_urba.geojson",
             "ppri_zonereglementaireurba_s.geojson", "stops.txt", "annuaire-education.csv",
             "friches.csv", "reference.csv", "parcelles-personnes-morales.csv")  # fmt: skip
    for name in named:
        assert re.search("invent[ée]", files[name].decode(), re.IGNORECASE), name
    assert "inventée" in (DEMO / "README.md").read_text(encoding="utf-8")


# The sales


def test_sales_have_the_forty_columns_and_a_believable_number(sales: pd.DataFrame) -> None:
    for path in (DEMO / "dvf").glob("*.csv"):
        assert path.read_text(encoding="utf-8").splitlines()[0] == DVF_COLUMNS
    yearly = sales.groupby(sales["date_mutation"].str[:4])["id_mutation"].nunique()
    assert yearly.index.tolist() == ["2021", "2022", "2023", "2024", "2025"]
    assert yearly.between(60, 90).all()
    assert all(dt.date.fromisoformat(day) for day in set(sales["date_mutation"]))


def test_sales_carry_the_flaws_of_real_files(
    sales: pd.DataFrame, parcels: gpd.GeoDataFrame
) -> None:
    by_sale = sales.groupby("id_mutation")
    assert sales.duplicated().sum() >= 10
    assert (by_sale.size() > 1).sum() >= 60
    assert by_sale.size().max() >= 40
    places = sales[["id_mutation", "id_parcelle"]].drop_duplicates()
    assert places["id_mutation"].value_counts().ge(2).sum() >= 10
    assert (sales["valeur_fonciere"] == "").sum() >= 3
    assert (sales["valeur_fonciere"] == "1").sum() >= 2
    assert (sales["longitude"] == "").sum() >= 3
    assert (sales["lot1_surface_carrez"] != "").sum() >= 40
    natures = set(sales["nature_mutation"])
    assert {"Vente", "Vente en l'état futur d'achèvement", "Adjudication",
            "Vente terrain à bâtir", "Echange", "Expropriation"} == natures  # fmt: skip
    off_plan = sales[sales["nature_mutation"].str.startswith("Vente en l'état")]
    assert (off_plan["type_local"] == "").all()
    gone = ~sales["id_parcelle"].isin(parcels["id"])
    assert 1 <= gone.sum() <= 30
    assert {"Maison", "Appartement", "Dépendance", ""} <= set(sales["type_local"])


def test_flats_sell_for_about_2_900_eur_a_square_metre(sales: pd.DataFrame) -> None:
    once = sales.drop_duplicates()
    prices = []
    for _, sale in once[once["nature_mutation"] == "Vente"].groupby("id_mutation"):
        flats = sale[sale["type_local"] == "Appartement"]
        others = sale["type_local"].isin({"Maison", "Local industriel. commercial ou assimilé"})
        if len(flats) == 1 and not others.any() and sale["valeur_fonciere"].iloc[0] != "":
            price = float(flats["valeur_fonciere"].iloc[0])
            prices.append(price / float(flats["surface_reelle_bati"].iloc[0]))
    assert len(prices) >= 80
    assert statistics.median(prices) == pytest.approx(2_900, rel=0.03)


def test_sales_lie_on_the_parcels_they_name(sales: pd.DataFrame, parcels: gpd.GeoDataFrame) -> None:
    placed = sales[(sales["longitude"] != "") & sales["id_parcelle"].isin(parcels["id"])]
    points = gpd.points_from_xy(
        placed["longitude"].astype(float), placed["latitude"].astype(float), crs=4326
    ).to_crs(2154)
    homes = parcels.geometry.loc[placed["id_parcelle"]].to_numpy()
    assert shapely.distance(shapely.points(points.x, points.y), homes).max() < 0.5


# The places


def test_stops_schools_and_shops_are_in_the_commune(zones: gpd.GeoDataFrame) -> None:
    commune = shapely.union_all(zones.geometry.to_numpy())
    stops = pd.read_csv(DEMO / "stops.txt", dtype=str)
    assert {"stop_id", "stop_name", "stop_lat", "stop_lon", "location_type"} <= set(stops.columns)
    schools = pd.DataFrame(rows_of("annuaire-education.csv"))
    shops = pd.DataFrame(rows_of("bpe.csv"))
    assert {"TYPEQU", "LAMBERT_X", "LAMBERT_Y", "QUALITE_XY", "DEPCOM"} <= set(shops.columns)
    placed = schools[schools["latitude"] != ""]
    lambert = shops[shops["LAMBERT_X"] != ""]
    points = [
        *gpd.points_from_xy(stops["stop_lon"], stops["stop_lat"], crs=4326).to_crs(2154),
        *gpd.points_from_xy(placed["longitude"], placed["latitude"], crs=4326).to_crs(2154),
        *gpd.points_from_xy(lambert["LAMBERT_X"], lambert["LAMBERT_Y"]),
    ]
    assert all(commune.contains(point) for point in points)
    assert (len(schools) - len(placed), len(shops) - len(lambert)) == (1, 1)


# The people


def test_the_group_has_28_households_and_60_candidates(households: list[dict[str, str]]) -> None:
    candidates = rows_of("candidats.csv")
    assert [row["pseudonyme"] for row in households] == [f"M{n:03d}" for n in range(1, 29)]
    assert [row["pseudonyme"] for row in candidates] == [f"C{n:03d}" for n in range(1, 61)]
    for name in ("menages.csv", "candidats.csv"):
        head = (DEMO / name).read_text(encoding="utf-8").splitlines()[0]
        assert head == HOUSEHOLD_COLUMNS


@pytest.mark.parametrize("name", ["menages.csv", "candidats.csv"])
def test_households_hold_together(name: str) -> None:
    for row in rows_of(name):
        adults = ages(row["ages_adultes"])
        assert len(adults) == 2 * int(row["couples"]) + int(row["adultes_seuls"])
        assert int(row["personnes_a_charge"]) == len(ages(row["ages_enfants"]))
        assert all(18 <= age <= 95 for age in adults)
        assert all(0 <= age <= 25 for age in ages(row["ages_enfants"]))
        assert row["carte_invalidite"] in {"oui", "non"}
        assert set(filter(None, row["statuts_souhaites"].split("|"))) <= TENURES
        months = float(row["rfr_n2"]) / float(row["revenu_mensuel"])
        assert 6.5 < months < 12.5, row["pseudonyme"]


def ages(text: str) -> list[int]:
    return [int(age) for age in text.split("|") if age]


def test_the_group_spreads_over_the_ceilings(households: list[dict[str, str]]) -> None:
    """Count who is below each ceiling of 2026, by number of persons only (a cautious count)."""
    ceilings = pd.read_csv(DEMO.parent / "baremes" / "plafonds_ressources.csv", dtype=str)
    current = ceilings[ceilings["year"] == "2026"]

    def below(product: str, zone: str) -> int:
        rows = current[(current["product"] == product) & (current["zone"] == zone)]
        limit = dict(zip(rows["category"], rows["value"].astype(float), strict=True))
        return sum(float(row["rfr_n2"]) <= limit[str(persons(row))] for row in households)

    plai, plus = below("PLAI", "autres_regions"), below("PLUS", "autres_regions")
    psla = below("PSLA", "B1")
    assert 6 <= plai <= 12
    assert plai + 6 <= plus <= 24
    assert plus < psla
    young = [row for row in households if is_young_couple(row)]
    assert len(young) >= 3
    assert any(row["statuts_souhaites"] == "" for row in households)


def persons(row: dict[str, str]) -> int:
    return len(ages(row["ages_adultes"])) + len(ages(row["ages_enfants"]))


def is_young_couple(row: dict[str, str]) -> bool:
    adults = ages(row["ages_adultes"])
    return row["couples"] == "1" and not row["ages_enfants"] and sum(adults) <= 55


def test_the_reference_names_every_tenure() -> None:
    rows = rows_of("reference.csv")
    assert list(rows[0]) == ["theme", "categorie", "valeur", "unite", "millesime", "source"]
    themes = {row["theme"] for row in rows}
    compared = {"statuts", "tailles_menages", "familles"}
    basin = {f"{theme}_bassin" for theme in compared}
    assert themes == {*compared, *basin, "quartiles_revenu", "ages"}
    for theme in ("statuts", "statuts_bassin"):
        assert {row["categorie"] for row in rows if row["theme"] == theme} == TENURES
    assert all("invent" in row["source"] for row in rows)
    totals = {theme: sum(int(r["valeur"]) for r in rows if r["theme"] == theme) for theme in themes}
    for place in (compared, basin):  # one household a main home, counted once in each theme
        assert len({totals[theme] for theme in place}) == 1
