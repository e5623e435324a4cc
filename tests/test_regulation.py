"""Regulated values by name, against the worked examples of the tables."""

import ast
from datetime import date
from pathlib import Path

import pytest

from habitat_analysis import baremes, regulation, tenures
from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.errors import DataError
from habitat_analysis.regulation import (
    IncomeTable,
    building_loan_years,
    income_table,
    land_loan_years,
    livret_a,
    loan_rate,
    price_cap_m2_su,
    rent_cap_m2_month,
    structure_constants,
    tfpb_exemption_years,
    vat_rate,
)
from habitat_analysis.tenures import tenure

TODAY = date(2026, 11, 22)
INCOME_HEADER = (
    "product,year,zone_scheme,zone,category,value,unit,valid_from,valid_to,source,confidence"
)


def reader_on(*day: int) -> FactReader:
    return FactReader(load_baremes(), on=date(*day) if day else TODAY)


def reader_of(folder: Path, name: str, *lines: str) -> FactReader:
    (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return FactReader(load_baremes(folder), on=TODAY)


@pytest.mark.parametrize(
    ("day", "rate"),
    [((2026, 8, 1), 0.017), ((2026, 7, 31), 0.015), ((2026, 3, 1), 0.015), ((2025, 3, 1), 0.024)],
)
def test_livret_a(day, rate):
    assert livret_a(reader_on(*day)).number == rate


def test_loan_rate_is_livret_a_and_margin_and_records_both():
    reader = reader_on()
    assert loan_rate(reader, "PLUS") == pytest.approx(0.023)
    assert loan_rate(reader, "PLAI") == pytest.approx(0.015)
    assert [dict(fact.key)["loan"] for fact in reader.used] == ["LIVRET_A", "PLAI", "PLUS"]


def test_plus_loan_worked_example():
    """1 000 000 EUR over 40 years at 2.30 %: 38 506 EUR a year."""
    reader = reader_on()
    rate, years = loan_rate(reader, "PLUS"), building_loan_years(reader, "PLUS").number
    assert 1_000_000 * rate / (1 - (1 + rate) ** -years) == pytest.approx(38_506, abs=0.5)


def test_loan_years():
    reader = reader_on()
    assert [building_loan_years(reader, p).number for p in ("PLAI", "PLS", "PSLA")] == [40, 40, 30]
    assert [land_loan_years(reader, "PLUS", z).number for z in ("A", "B1", "B2")] == [60, 60, 50]
    assert land_loan_years(reader, "GAIA_BRS", "C").number == 80  # no condition of zone
    with pytest.raises(DataError, match="rien pour"):
        land_loan_years(reader, "PLUS", "B3")


@pytest.mark.parametrize(
    ("product", "cap"),
    [("PLUS", 6.49), ("PLAI", 5.77), ("PLS", 10.17), ("PSLA", 10.24)],
)
def test_rent_caps_of_2026_follow_the_scheme_of_the_product(product, cap):
    assert rent_cap_m2_month(reader_on(), product, abc="B1", zone_123="2").number == cap


def test_rent_of_twelve_plus_dwellings():
    """12 dwellings, 780 m2 SU, zone 2: CS 1.0069, 6.53 EUR/m2, 424.45 EUR for 65 m2."""
    reader = reader_on()
    base, per_dwelling = structure_constants(reader)
    cs = round(base * (1 + per_dwelling * 12 / 780), 4)
    cap = round(rent_cap_m2_month(reader, "PLUS", zone_123="2").number * cs, 2)
    assert (cs, cap, round(cap * 65, 2)) == (1.0069, 6.53, 424.45)
    assert round(base * (1 + per_dwelling * 20 / 1_320), 4) == 1.0033


def test_zone_not_given_is_asked_for():
    with pytest.raises(DataError, match="zone 1 / 2 / 3 de la commune absente") as error:
        rent_cap_m2_month(reader_on(), "PLUS", abc="B1")
    assert error.value.code == "E_BAREME_ZONE"
    with pytest.raises(DataError, match="zone ABC de la commune absente"):
        income_table(reader_on(), "PSLA", ressources="autres_regions")


def test_product_without_cap_is_refused():
    for refused in (
        lambda: rent_cap_m2_month(reader_on(), "LIBRE", abc="A", zone_123="1"),
        lambda: price_cap_m2_su(reader_on(), "LIBRE", "A"),
        lambda: income_table(reader_on(), "LIBRE", abc="A", ressources="autres_regions"),
    ):
        with pytest.raises(DataError) as error:
            refused()
        assert error.value.code == "E_BAREME_KEY"


def test_price_cap_worked_example():
    """PSLA in B1, SU 76 m2: 269 192 EUR without VAT, 283 998 EUR with it."""
    reader = reader_on()
    assert price_cap_m2_su(reader, "PSLA", "B1").number == 3542
    price = 76 * price_cap_m2_su(reader, "PSLA", "B1").number
    vat = vat_rate(reader, tenure("PSLA")).number
    assert (price, round(price * (1 + vat))) == (269_192, 283_998)
    assert [price_cap_m2_su(reader, "BRS", zone).number for zone in ("B2", "C")] == [3093, 2703]


@pytest.mark.parametrize(
    ("product", "ceiling"),
    [("PLAI", 22_551), ("PLUS", 37_584), ("PLS", 48_859), ("PSLA", 76_105), ("BRS", 76_105)],
)
def test_young_couple_of_rennes(product, ceiling):
    table = income_table(reader_on(), product, abc="A", ressources="autres_regions")
    assert table.values[3 - 1] == ceiling
    assert len(table.values) == 6
    assert table.extra > 0


def test_income_table_records_its_seven_facts():
    reader = reader_on()
    assert income_table(reader, "PLUS", ressources="paris_limitrophes") == IncomeTable(
        values=(26_920, 40_233, 52_740, 62_968, 74_919, 84_304), extra=9_394
    )
    assert len(reader.used) == 7


def test_income_table_follows_the_date():
    before, after = (
        income_table(reader_on(2026, 3, day), "PSLA", abc="A").values[0] for day in (7, 8)
    )
    assert (before, after) == (38_508, 38_844)


def test_ptz_ceilings_are_by_person_and_open_ended():
    table = income_table(reader_on(), "PTZ", abc="B1")
    assert (table.values[0], table.values[7], table.extra) == (34_500, 113_850, 0)


def test_income_table_with_one_line_only_is_refused():
    with pytest.raises(DataError, match="incomplets") as error:
        income_table(FactReader(load_baremes(), on=date(2024, 5, 1)), "LLI", abc="A")
    assert error.value.code == "E_BAREME_EMPTY"


def test_income_table_with_a_hole_is_refused(tmp_path):
    lines = [
        f"PLUS,2026,ABC,A,{size},1,EUR/year,2026-01-01,,s,official-dataset"
        for size in ("1", "3", "+1 person")
    ]
    reader = reader_of(tmp_path, "plafonds_ressources", INCOME_HEADER, *lines)
    with pytest.raises(DataError, match="incomplets"):
        income_table(reader, "PLUS", abc="A")
    with pytest.raises(DataError, match="rien pour « PLUS ABC B1 »"):
        income_table(reader, "PLUS", abc="B1")


@pytest.mark.parametrize(
    ("code", "rate", "rate_qpv"),
    [
        ("PLAI", 0.055, 0.055),
        ("PLUS", 0.10, 0.055),
        ("PLS", 0.10, 0.10),
        ("PSLA", 0.055, 0.055),
        ("BRS", 0.055, 0.055),
        ("SCIAPP", 0.055, 0.055),
        ("VEFA", 0.20, 0.055),
        ("LIBRE", 0.20, 0.20),
    ],
)
def test_vat_of_each_tenure(code, rate, rate_qpv):
    reader = reader_on()
    assert vat_rate(reader, tenure(code)).number == rate
    assert vat_rate(reader, tenure(code), qpv=True).number == rate_qpv


def test_tfpb_exemption():
    reader = reader_on()
    found = {code: tfpb_exemption_years(reader, tenure(code)) for code in tenures.ORDER}
    years = {code: fact and fact.number for code, fact in found.items()}
    assert years == {
        "PLAI": 25, "PLUS": 25, "PLS": 25, "PSLA": 15, "BRS": None, "SCIAPP": 25,
        "VEFA": 2, "LIBRE": 2,
    }  # fmt: skip
    assert "valeur citée de mémoire, non vérifiée" in found["LIBRE"].flags


def test_long_tfpb_exemption_is_not_assumed_after_its_end():
    reader = reader_on(2027, 1, 1)
    fact = tfpb_exemption_years(reader, tenure("PLUS"))
    assert fact.number == 15
    assert "exonération de 25 ans connue jusqu'au 31" in fact.flags[-1]
    assert tfpb_exemption_years(reader, tenure("PLAI")) == fact
    assert reader.used == (fact,)


def test_other_refusals_of_the_exemption_are_not_hidden(tmp_path):
    header = "tax,product,key,value,unit,valid_from,valid_to,source,confidence"
    line = "TFPB,PSLA,exemption_years,15,years,2027-01-01,,s,official-dataset"
    with pytest.raises(DataError) as error:
        tfpb_exemption_years(reader_of(tmp_path, "fiscalite", header, line), tenure("PSLA"))
    assert error.value.code == "E_BAREME_BEFORE"


def test_code_holds_no_legal_value():
    """Their only numbers: counts, indices, the length of a year, the likeness of two codes."""
    allowed = {0, 0.5, 1, 2, 4, 366}
    for module in (baremes, regulation, tenures):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        numbers = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        }
        assert numbers <= allowed, module.__name__
