import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.land.sales import (
    BUILDING_LAND,
    OFF_PLAN,
    flat_prices,
    house_prices,
    load_sales,
    market_summary,
)

HEADER = """
    id_mutation date_mutation numero_disposition nature_mutation valeur_fonciere adresse_numero
    adresse_suffixe adresse_nom_voie adresse_code_voie code_postal code_commune nom_commune
    code_departement ancien_code_commune ancien_nom_commune id_parcelle ancien_id_parcelle
    numero_volume lot1_numero lot1_surface_carrez lot2_numero lot2_surface_carrez lot3_numero
    lot3_surface_carrez lot4_numero lot4_surface_carrez lot5_numero lot5_surface_carrez
    nombre_lots code_type_local type_local surface_reelle_bati nombre_pieces_principales
    code_nature_culture nature_culture code_nature_culture_speciale nature_culture_speciale
    surface_terrain longitude latitude
""".split()  # noqa: SIM905 - the 40 official columns, as a list of words
HOUSE, FLAT, OUTBUILDING, BUSINESS = "1", "2", "3", "4"


def row(mutation: str, **values: Any) -> dict[str, str]:
    base = {
        "id_mutation": mutation,
        "date_mutation": "2023-05-02",
        "numero_disposition": "000001",
        "nature_mutation": "Vente",
        "valeur_fonciere": "200000",
        "code_commune": "99012",
        "id_parcelle": "99012000AB0012",
        "code_type_local": FLAT,
        "surface_reelle_bati": "50",
        "longitude": "3.0",
        "latitude": "46.5",
    }
    return dict.fromkeys(HEADER, "") | base | {k: str(v) for k, v in values.items()}


def write(path: Path, *rows: dict[str, str]) -> Path:
    lines = [",".join(HEADER), *(",".join(one.values()) for one in rows)]
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def load(tmp_path: Path, *rows: dict[str, str]) -> pd.DataFrame:
    return load_sales(write(tmp_path / "99012.csv", *rows)).table


def fault(tmp_path: Path, **values: Any) -> str:
    with pytest.raises(DataError) as caught:
        load(tmp_path, row("2023-1", **values))
    assert len(caught.value.faults) == 1
    return str(caught.value)


def test_a_price_repeated_on_each_row_counts_once(tmp_path: Path) -> None:
    sales = load(
        tmp_path,
        row("2023-1", surface_reelle_bati=60),
        row("2023-1", code_type_local=OUTBUILDING, surface_reelle_bati=""),
        row("2023-1", code_type_local=OUTBUILDING, id_parcelle="99012000AB0013"),
    )
    assert len(sales) == 1
    found = sales.iloc[0]
    assert found["price_eur"] == 200_000
    assert found["idus"] == ("99012000AB0012", "99012000AB0013")
    assert found[["n_rows", "n_flats", "n_houses", "n_business"]].tolist() == [3, 1, 0, 0]
    assert found["built_m2"] == 60


def test_exact_repetitions_are_removed_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", row("2023-1"), row("2023-1"), row("2023-1", lot1_numero="7"))
    loaded = load_sales(path)
    assert loaded.table["n_flats"].tolist() == [2]
    assert loaded.dropped.to_dict("records") == [
        {
            "reason": "ligne strictement identique à une autre",
            "count": 1,
            "ids": "a.csv ligne 3",
            "family": "doublon",
        }
    ]
    assert "3\u00a0lignes lues, dont 1\u00a0répétée" in loaded.notes[0]


def test_several_years_even_packed(tmp_path: Path) -> None:
    one = write(tmp_path / "2022.csv", row("2022-1"))
    other = write(tmp_path / "2023.csv.gz", row("2023-1"), row("2023-2", code_commune="99013"))
    loaded = load_sales([other, one])
    assert loaded.table["mutation_id"].tolist() == ["2022-1", "2023-1", "2023-2"]
    assert loaded.file == "2023.csv.gz, 2022.csv"
    assert load_sales([one, one]).dropped["count"].tolist() == [1]
    with pytest.raises(DataError, match="Aucun fichier"):
        load_sales([])


def test_a_house_on_two_uses_of_land_is_one_house(tmp_path: Path) -> None:
    house = {"code_type_local": HOUSE, "surface_reelle_bati": 100, "nombre_pieces_principales": 5}
    sales = load(
        tmp_path,
        row("2023-1", **house, code_nature_culture="S", surface_terrain=300),
        row("2023-1", **house, code_nature_culture="J", surface_terrain=200),
    )
    assert sales[["n_houses", "built_m2", "land_m2"]].iloc[0].tolist() == [1, 100, 500]
    assert house_prices(sales)["price_m2_eur"].tolist() == [2000]


def test_land_of_a_parcel_counts_once_whatever_the_premises(tmp_path: Path) -> None:
    land = {"code_nature_culture": "S", "surface_terrain": 400}
    sales = load(tmp_path, row("2023-1", **land), row("2023-1", **land, surface_reelle_bati=30))
    assert sales["land_m2"].tolist() == [400]


def test_dispositions_with_prices_of_their_own_are_added(tmp_path: Path) -> None:
    same = [row("2023-1"), row("2023-1", numero_disposition="000002", surface_reelle_bati=30)]
    other = [
        row("2023-2", valeur_fonciere=100),
        row("2023-2", numero_disposition="000002", valeur_fonciere=50),
    ]
    assert load(tmp_path, *same, *other)["price_eur"].tolist() == [200_000, 150]


def test_unpriced_sales_stay_out_of_the_statistics(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", row("2023-1", valeur_fonciere=""), row("2023-2", longitude=""))
    loaded = load_sales(path)
    assert loaded.table["price_eur"].isna().tolist() == [True, False]
    assert "1\u00a0mutation sans prix" in loaded.notes[1]
    assert "1\u00a0mutation sans coordonnées" in loaded.notes[2]
    assert flat_prices(loaded.table)["mutation_id"].tolist() == ["2023-2"]


def test_the_market_in_four_lines(tmp_path: Path) -> None:
    sales = load(
        tmp_path,
        *(row(f"2023-{n}", valeur_fonciere=100_000 * n) for n in (1, 2, 3)),
        row("2023-4", code_type_local=BUSINESS),
        row("2023-5", nature_mutation="Adjudication"),
        row("2023-6", nature_mutation=OFF_PLAN, code_type_local="", valeur_fonciere=288_000),
        row("2023-7", nature_mutation=BUILDING_LAND, code_type_local="", surface_terrain=1000),
        row("2023-8", surface_reelle_bati=""),
    )
    summary = market_summary(sales).set_index("kind")
    assert summary["n"].to_dict() == {
        "Appartements": 3,
        "Maisons": 0,
        "Logements en VEFA": 1,
        "Terrains à bâtir": 1,
    }
    flats = summary.loc["Appartements"]
    assert flats[["median", "q1", "q3"]].tolist() == [4000, 3000, 5000]
    assert pd.isna(summary.loc["Maisons", "median"])
    assert summary.loc["Logements en VEFA", "median"] == 288_000
    assert summary.loc["Terrains à bâtir", "median"] == 200
    assert "VEFA" in flats["filter"]


def test_dates_decimals_and_section_0e(tmp_path: Path) -> None:
    sales = load(
        tmp_path,
        row("2023-1", date_mutation="03/04/2023", id_parcelle="920780000E0186"),
        row("2023-2", valeur_fonciere="1234.5"),
    )
    assert sales["date"].dt.month.tolist() == [4, 5]
    assert sales["price_eur"].tolist() == [200_000, 1234.5]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"valeur_fonciere": "-1"}, "minimum"),
        ({"valeur_fonciere": "nan"}, "nombre"),
        ({"valeur_fonciere": "1e12"}, "maximum"),
        ({"date_mutation": "2023-02-30"}, "calendrier"),
        ({"date_mutation": ""}, "vide"),
        ({"id_parcelle": "9.2078E+12"}, "tableur"),
        ({"id_parcelle": "9901200AB0012"}, "13"),
        ({"code_commune": "1004"}, "zéro de tête"),
        ({"code_type_local": "7"}, "Valeurs acceptées"),
        ({"nature_mutation": ""}, "vide"),
        ({"id_mutation": ""}, "vide"),
        ({"longitude": "46.5", "latitude": "3.0"}, "inversées"),
        ({"longitude": "658900"}, "maximum"),
    ],
)
def test_wrong_cells_are_named(tmp_path: Path, values: dict[str, str], word: str) -> None:
    message = fault(tmp_path, **values)
    assert word in message
    assert message.startswith("99012.csv, ligne 2")


def test_a_column_gone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", row("2023-1"))
    path.write_text(path.read_text().replace("valeur_fonciere", "prix"))
    with pytest.raises(DataError, match="valeur_fonciere"):
        load_sales(path)
