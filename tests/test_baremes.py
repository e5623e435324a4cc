"""Lookups of dated values: examples of the tables, and synthetic folders for every refusal."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.bareme_tables import BAREMES_DIR
from habitat_analysis.baremes import (
    CONFIDENCES,
    FactReader,
    check_baremes,
    find_fact,
    load_baremes,
)
from habitat_analysis.errors import DataError, UsageError

TODAY = date(2026, 11, 22)
SIX_DATES = tuple(
    date(year, month, 1)
    for year, month in ((2024, 7), (2025, 7), (2026, 3), (2026, 11), (2028, 1), (2031, 12))
)
HEADER = (
    "product,zone,year,value,unit,valid_from,valid_to,next_revision,"
    "legal_reference,source,confidence,note"
)


def folder_of(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    (tmp_path / "taux.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return tmp_path


def row(
    product="PLUS",
    zone="A",
    year="2026",
    value="1",
    unit="ratio",
    valid_from="2026-01-01",
    valid_to="",
    next_revision="",
    confidence="official-dataset",
    note="",
) -> str:
    return (
        f"{product},{zone},{year},{value},{unit},{valid_from},{valid_to},{next_revision},"
        f"loi,source,{confidence},{note}"
    )


def find(tmp_path: Path, *rows: str, on: date = TODAY, **key: str):
    baremes = load_baremes(folder_of(tmp_path, *rows))
    return find_fact(baremes, "taux", on=on, **(key or {"product": "PLUS", "zone": "A"}))


def refused(code: str, *args, **kwargs) -> str:
    with pytest.raises(DataError) as error:
        find(*args, **kwargs)
    assert error.value.code == code
    return str(error.value)


# --- the tables of the project ---------------------------------------------------------------


def test_every_key_has_at_most_one_row_on_six_dates():
    baremes = load_baremes()
    assert {"prets", "fiscalite", "plafonds_ressources", "tenures"} <= baremes.tables.keys()
    check_baremes(baremes, SIX_DATES)


def test_every_row_says_where_it_comes_from():
    rows = [row for table in load_baremes().tables.values() for row in table.rows]
    assert len(rows) > 800
    assert all(row.cells["source"] and row.cells["confidence"] in CONFIDENCES for row in rows)


def test_codes_of_the_facts_are_translated_and_no_list_of_communes_is_kept():
    texts = {path.name: path.read_text(encoding="utf-8") for path in BAREMES_DIR.iterdir()}
    for code in ("LOC_", "VEFA_SOCIALE", "VEFA_LIBRE"):
        assert not [name for name, text in texts.items() if code in text]
    assert not [name for name in texts if "communes" in name]


def test_a_fact_carries_its_provenance():
    fact = find_fact(
        load_baremes(), "prix_plafonds", on=TODAY, product="PSLA", zone_scheme="ABC", zone="B1"
    )
    assert (fact.value, fact.unit, fact.confidence) == (
        3542.0,
        "EUR HT/m2 SU",
        "quoted-by-secondary",
    )
    assert fact.key == (("product", "PSLA"), ("zone_scheme", "ABC"), ("zone", "B1"))
    assert (fact.valid_from, fact.next_revision) == (date(2026, 1, 1), date(2027, 1, 1))
    assert fact.flags == ()
    assert not fact.projected
    assert (
        BAREMES_DIR.joinpath("prix_plafonds.csv")
        .read_text(encoding="utf-8")
        .splitlines()[fact.line - 1]
        .startswith("PSLA,2026,ABC,B1,3542,")
    )


@pytest.mark.parametrize(
    ("zone", "bounds"),
    [("B1", (21500, 26000, 30000, 34500)), ("C", (15000, 19500, 24000, 28500))],
)
def test_ptz_brackets(zone, bounds):
    reader = FactReader(load_baremes(), on=TODAY)
    found = tuple(
        reader.value("prets", item="bracket", loan="PTZ", key=f"tranche_{n}_upper_bound", zone=zone)
        for n in range(1, 5)
    )
    assert found == bounds


def test_ptz_worked_example_reads_its_facts():
    """4 persons, B1, RFR 52 000, flat at 260 000: bracket 2, 104 000 EUR, 722.22 EUR a month."""
    reader = FactReader(load_baremes(), on=TODAY)

    def ptz(item: str, key: str, zone: str = "") -> float:
        return reader.value("prets", item=item, loan="PTZ", key=key, zone=zone)

    resources = max(52_000, 260_000 / ptz("rule", "resources_divisor_of_cost"))
    tested = resources / ptz("bracket", "family_coefficient_4")
    assert ptz("bracket", "tranche_1_upper_bound", "B1") < tested
    assert tested <= ptz("bracket", "tranche_2_upper_bound", "B1")
    cost = min(260_000, ptz("cap", "operation_cost_cap_4_persons", "B1"))
    loan = ptz("bracket", "tranche_2_quota_collective_psla_brs") * cost
    years = ptz("bracket", "tranche_2_total_duration") - ptz("bracket", "tranche_2_deferral")
    assert loan == 104_000
    assert loan / years / 12 == pytest.approx(722.22, abs=0.005)


def test_text_value_is_not_a_number():
    fact = find_fact(load_baremes(), "prets", on=TODAY, loan="CDC_ALL", key="revisability")
    assert fact.value == "double"
    with pytest.raises(UsageError, match="holds a text"):
        _ = fact.number


def test_projected_and_from_memory_values_of_the_project_are_flagged():
    reader = FactReader(load_baremes(), on=date(2028, 5, 1))
    rent = reader("loyers_plafonds", product="PLUS", zone_scheme="zone_123", zone="2")
    livret = reader("prets", item="index", loan="LIVRET_A", key="rate")
    flat = reader("fiscalite", product="BRS", key="flat_value_outside_idf")
    memory = reader("fiscalite", tax="TFPB", product="LIBRE", key="exemption_years")
    assert (
        rent.flags
        == livret.flags
        == flat.flags
        == ("barème 2026 appliqué à une opération de 2028",)
    )
    assert memory.flags == (
        "date d'entrée en vigueur inconnue",
        "valeur citée de mémoire, non vérifiée",
    )
    assert sum(fact.projected for fact in reader.used) == 3


def test_a_value_not_found_is_left_to_the_study():
    with pytest.raises(DataError, match="valeur absente : à saisir dans l'étude") as error:
        find_fact(load_baremes(), "couts", on=TODAY, item="construction_works")
    assert error.value.code == "E_BAREME_EMPTY"


# --- the row of a date -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "value"),
    [(date(2025, 1, 1), 1.0), (date(2025, 12, 31), 1.0), (date(2026, 1, 1), 2.0)],
)
def test_both_ends_are_inclusive_whatever_the_order_of_the_rows(tmp_path, on, value):
    new = row(value="2")
    old = row(year="2025", value="1", valid_from="2025-01-01", valid_to="2025-12-31")
    assert find(tmp_path, new, old, on=on).value == value


def test_before_the_first_row_is_refused(tmp_path):
    message = refused("E_BAREME_BEFORE", tmp_path, row(), on=date(2025, 12, 31))
    assert "taux.csv : PLUS A : première valeur connue au 1er" in message
    assert "Vérifiez cette date ; si elle est juste, saisissez la valeur dans l'étude" in message


def test_two_rows_are_refused_with_file_and_lines(tmp_path):
    rows = (row(), row(zone="B1"), row(year="2027", value="2"))
    message = refused("E_BAREME_DUPLICATE", tmp_path, *rows)
    assert message.startswith("taux.csv, lignes 2 et 4 : plusieurs valeurs à la même date")
    with pytest.raises(DataError, match="lignes 2 et 4") as error:
        check_baremes(load_baremes(tmp_path), SIX_DATES)
    assert len(error.value.faults) == 1


def test_overlap_elsewhere_does_not_hide_a_good_date(tmp_path):
    rows = (row(valid_to="2026-06-30"), row(value="2", valid_from="2026-06-01"))
    assert find(tmp_path, *rows).value == 2.0
    refused("E_BAREME_DUPLICATE", tmp_path, *rows, on=date(2026, 6, 15))


def test_two_last_rows_cannot_be_projected(tmp_path):
    rows = (row(valid_to="2026-12-31"), row(value="2", valid_to="2026-12-31"))
    refused("E_BAREME_DUPLICATE", tmp_path, *rows, on=date(2028, 1, 1))


def test_yearly_series_is_projected_from_its_next_revision(tmp_path):
    one = row(next_revision="2027-01-01")
    assert find(tmp_path, one, on=date(2026, 12, 31)).flags == ()
    for year in (2027, 2031):
        fact = find(tmp_path, one, on=date(year, 1, 1))
        assert fact.projected
        assert fact.flags == (f"barème 2026 appliqué à une opération de {year}",)


def test_revision_within_the_year_is_told_by_its_dates(tmp_path):
    one = row(next_revision="2026-08-01")
    assert find(tmp_path, one).flags == (
        "barème du 01/01/2026 appliqué à une opération du 22/11/2026",
    )


def test_yearly_series_without_next_revision_is_projected_after_its_last_year(tmp_path):
    fact = find(tmp_path, row(valid_to="2026-12-31"), on=date(2028, 3, 1))
    assert (fact.value, fact.projected) == (1.0, True)
    assert fact.flags == ("barème 2026 appliqué à une opération de 2028",)


def test_a_stated_revision_makes_a_long_series_yearly(tmp_path):
    one = row(valid_from="2024-04-01", valid_to="2026-12-31", next_revision="2027-01-01")
    assert find(tmp_path, one, on=date(2027, 1, 1)).projected


@pytest.mark.parametrize("valid_from", ["2020-01-01", ""])
def test_series_that_ended_and_is_not_yearly_is_refused(tmp_path, valid_from):
    ended = row(valid_from=valid_from, valid_to="2026-06-30")
    assert "en vigueur jusqu'au 30" in refused("E_BAREME_AFTER", tmp_path, ended)


def test_hole_between_two_rows_is_refused(tmp_path):
    rows = (row(valid_from="2014-01-01", valid_to="2014-12-31"), row())
    refused("E_BAREME_GAP", tmp_path, *rows, on=date(2020, 1, 1))


def test_undated_memory_and_conflict_are_flagged(tmp_path):
    one = row(year="", valid_from="", confidence="from-memory-unverified", note="CONFLICT: a and b")
    assert find(tmp_path, one).flags == (
        "date d'entrée en vigueur inconnue",
        "valeur citée de mémoire, non vérifiée",
        "sources contradictoires, voir la note de la valeur",
    )


def test_a_settled_conflict_is_not_flagged(tmp_path):
    assert find(tmp_path, row(note="former conflict settled by the rule")).flags == ()


def test_undated_value_past_its_revision_says_so(tmp_path):
    one = row(year="", valid_from="", next_revision="2026-01-01")
    assert find(tmp_path, one).flags[0] == "barème non daté appliqué à une opération de 2026"


def test_empty_value_is_refused(tmp_path):
    message = refused("E_BAREME_EMPTY", tmp_path, row(value=""))
    assert message == "taux.csv, ligne 2 (PLUS A) : valeur absente : à saisir dans l'étude."


@settings(max_examples=60, derandomize=True, deadline=None)
@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_livret_a_is_that_of_its_half_year_or_flagged(day):
    fact = (
        None
        if day < date(2020, 2, 1)
        else find_fact(load_baremes(), "prets", on=day, item="index", loan="LIVRET_A", key="rate")
    )
    if fact is None:
        with pytest.raises(DataError, match="première valeur connue"):
            find_fact(load_baremes(), "prets", on=day, item="index", loan="LIVRET_A", key="rate")
    else:
        assert fact.valid_from <= day
        assert fact.projected == bool(fact.flags) == (day >= date(2027, 2, 1))


# --- the key ---------------------------------------------------------------------------------


def test_exact_product_then_shared_row_then_all(tmp_path):
    rows = (row(product="ALL", value="1"), row(product="PLAI/PLUS", value="2"), row(value="3"))
    values = {
        product: find(tmp_path, *rows, product=product, zone="A").value
        for product in ("PLUS", "PLAI", "PLAI/PLUS", "BRS")
    }
    assert values == {"PLUS": 3.0, "PLAI": 2.0, "PLAI/PLUS": 2.0, "BRS": 1.0}


def test_part_of_a_product_name_is_not_the_product(tmp_path):
    refused("E_BAREME_KEY", tmp_path, row(product="PLUS_QPV/PLS"), product="PLUS", zone="A")


def test_two_shared_rows_on_one_date_are_a_duplicate(tmp_path):
    rows = (row(product="PLAI/PLUS"), row(product="PLUS/PLS"))
    assert "lignes 2 et 3" in refused("E_BAREME_DUPLICATE", tmp_path, *rows)


def test_shared_rows_may_follow_each_other(tmp_path):
    rows = (
        row(product="PLAI/PLUS", valid_from="2025-01-01", valid_to="2025-12-31"),
        row(product="PLUS/PLS", value="2"),
    )
    assert find(tmp_path, *rows).value == 2.0


def test_unknown_key_names_the_nearest(tmp_path):
    message = refused(
        "E_BAREME_KEY", tmp_path, row(), row(product="BRS", zone="C"), product="PLSU", zone="A"
    )
    assert message == "taux.csv : rien pour « PLSU A ». Clés proches : « PLUS A » ou « BRS C »."


def test_incomplete_key_is_refused_unless_one_series_answers(tmp_path):
    rows = (row(), row(zone="B1"), row(product="BRS"))
    message = refused("E_BAREME_KEY", tmp_path, *rows, product="PLUS")
    assert "plusieurs valeurs répondent à « PLUS »" in message
    assert find(tmp_path, *rows, product="BRS").line == 4


def test_unknown_column_and_table(tmp_path):
    baremes = load_baremes(folder_of(tmp_path, row()))
    with pytest.raises(UsageError, match="no key column"):
        find_fact(baremes, "taux", on=TODAY, typology="T3")
    with pytest.raises(DataError, match="Tables présentes : taux"):
        find_fact(baremes, "loyers", on=TODAY)


# --- the reader ------------------------------------------------------------------------------


def test_reader_remembers_each_fact_once_in_the_order_of_the_files(tmp_path):
    reader = FactReader(load_baremes(folder_of(tmp_path, row(zone="C"), row())), on=TODAY)
    for zone in ("A", "C", "A"):
        assert reader.value("taux", product="PLUS", zone=zone) == 1.0
    reader("taux", zone="C")  # the same row under another key
    assert [fact.line for fact in reader.used] == [2, 3]


def test_reader_does_not_remember_a_refused_fact(tmp_path):
    reader = FactReader(load_baremes(folder_of(tmp_path, row(value=""))), on=TODAY)
    with pytest.raises(DataError):
        reader("taux", product="PLUS")
    assert reader.used == ()


def test_flag_added_by_a_caller_reaches_the_used_facts(tmp_path):
    reader = FactReader(load_baremes(folder_of(tmp_path, row())), on=TODAY)
    fact = reader.flag(reader("taux", zone="A"), "à confirmer")
    assert reader.flag(fact, "à confirmer") is fact
    assert [item.flags for item in reader.used] == [("à confirmer",)]


# --- the door --------------------------------------------------------------------------------


def test_every_fault_of_a_folder_at_once(tmp_path):
    folder_of(
        tmp_path,
        row(value="0,5").replace("0,5", '"0,5"'),
        row(valid_from="01/02/2026", confidence="sûr"),
        row(valid_from="2026-02-01", valid_to="2026-01-01"),
        "PLUS,A",
        row(value="nan"),
    )
    (tmp_path / "vide.csv").write_text("", encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes("source,confidence\né".encode("latin-1"))
    (tmp_path / "sans.csv").write_text("product,value\nPLUS,1\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_baremes(tmp_path)
    assert error.value.code == "E_BAREME_FILE"
    text = str(error.value)
    assert len(error.value.faults) == 9
    for part in (
        "taux.csv, ligne 2 : valeur illisible « 0,5 ». Écrivez un nombre, avec un point.",
        "taux.csv, ligne 3 : valid_from illisible « 01/02/2026 ».",
        "taux.csv, ligne 3 : confidence inconnue « sûr ».",
        "taux.csv, ligne 4 : valid_from (2026-02-01) est après valid_to (2026-01-01).",
        "taux.csv, ligne 5 : 2 cellules pour 12 colonnes.",
        "taux.csv, ligne 6 : valeur illisible « nan ».",
        "sans.csv, ligne 1 : colonnes absentes (source et confidence).",
        "latin.csv",
        "vide.csv",
    ):
        assert part in text


def test_doubled_column_empty_folder_and_blank_lines(tmp_path):
    with pytest.raises(DataError, match="aucune table"):
        load_baremes(tmp_path)
    folder_of(tmp_path, row(), header=HEADER.replace("zone", "product"))
    with pytest.raises(DataError, match="une colonne est double"):
        load_baremes(tmp_path)
    assert find(tmp_path, "", row(), "").line == 3


def test_columns_of_dates_may_be_absent(tmp_path):
    header = "product,value,source,confidence"
    folder_of(tmp_path, "PLUS,1,loi,official-dataset", header=header)
    fact = find_fact(load_baremes(tmp_path), "taux", on=TODAY, product="PLUS")
    assert fact.flags == ("date d'entrée en vigueur inconnue",)


def test_default_tables_are_read_once():
    assert load_baremes() is load_baremes()
