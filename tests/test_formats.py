"""Figures as a French planner reads them."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis import formats as f

N, B = "\u202f", "\u00a0"
FINITE = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (1234567, 0, f"1{N}234{N}567"),
        (-1234.5, 1, f"−1{N}234,5"),
        (2.5, 0, "3"),  # half away from zero, not to the even neighbour
        (-2.5, 0, "−3"),
        (2.675, 2, "2,68"),  # as written, not as stored in binary
        (-0.4, 0, "0"),
        (999.95, 1, f"1{N}000,0"),
        (np.int64(12000), 0, f"12{N}000"),
        (np.float32(1.5), 1, "1,5"),
        (Decimal("1.005"), 2, "1,01"),
        (1e20, 0, f"100{N}000{N}000{N}000{N}000{N}000{N}000"),
    ],
)
def test_number(value: object, decimals: int, text: str) -> None:
    assert f.number(value, decimals) == text


@pytest.mark.parametrize(
    "nothing", [None, float("nan"), np.nan, pd.NA, pd.NaT, math.inf, -math.inf]
)
def test_missing_everywhere(nothing: object) -> None:
    writers = [f.number, f.euros, f.kilo_euros, f.euros_m2, f.percent, f.points, f.area]
    writers += [f.hectares, f.area_auto, f.metres, f.months]
    assert {write(nothing) for write in writers} == {"n. d."}
    assert f.euros_m2(nothing, "SU", tax="HT") == "n. d."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, f"1{N}234{N}567{B}€"),
        (1000.4, f"1{N}000{B}€"),
        (999.999, f"1{N}000{B}€"),
        (999.99, f"999,99{B}€"),
        (850.0, f"850{B}€"),
        (0, f"0{B}€"),
        (-0.001, f"0{B}€"),
        (-1500.5, f"−1{N}501{B}€"),
    ],
)
def test_euros(value: float, text: str) -> None:
    assert f.euros(value) == text


def test_signs() -> None:
    assert f.euros(1500, signed=True) == f"+1{N}500{B}€"
    assert f.euros(-1500, signed=True) == f"−1{N}500{B}€"
    assert f.euros(0, signed=True) == f"0{B}€"
    assert f.percent(0.1, signed=True) == f"+10,0{B}%"
    assert f.points(0.02, 0) == f"+2{B}points"
    assert f.points(0.0199, 1) == f"+2,0{B}points"
    assert f.points(0, 0) == f"0{B}point"


def test_units() -> None:
    assert f.euros_m2(2450, "SU") == f"2{N}450{B}€/m²{B}SU"
    assert f.euros_m2(2450) == f"2{N}450{B}€/m²"
    assert f.euros_m2(2450, tax="HT") == f"2{N}450{B}€{B}HT/m²"
    assert f.area(61.25, 1) == f"61,3{B}m²"
    assert f.hectares(8_668_800, 2) == f"866,88{B}ha"
    assert f.area_auto(10_000) == f"1,0{B}ha"
    assert f.area_auto(9_999) == f"9{N}999{B}m²"
    assert f.metres(1500) == f"1{N}500{B}m"
    assert f.months(18) == f"18{B}mois"
    assert f.kilo_euros(-999_500) == f"−1{N}000{B}k€"


def test_counts_agree_in_number() -> None:
    assert f.count(0, "logement") == f"0{B}logement"
    assert f.count(1.5, "part") == f"1,5{B}part"
    assert f.count(2, "bail", "baux") == f"2{B}baux"
    assert f.count(1200, "parcelle") == f"1{N}200{B}parcelles"
    assert f.count(None, "parcelle") == f"n. d.{B}parcelle"


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 22),
        datetime(2026, 11, 22, 9, tzinfo=UTC),
        pd.Timestamp("2026-11-22"),
        "2026-11-22",
    ],
)
def test_dates(day: date | str) -> None:
    assert f.date_short(day) == "22/11/2026"
    assert f.date_long(day) == f"22{B}novembre 2026"


@pytest.mark.parametrize("nothing", [None, "", pd.NaT])
def test_missing_dates(nothing: str | None) -> None:
    assert f.date_short(nothing) == f.date_long(nothing) == "n. d."


def test_a_wrong_date_is_refused() -> None:
    with pytest.raises(ValueError, match="22/11/2026"):
        f.date_short("22/11/2026")


def test_first_of_the_month() -> None:
    assert f.date_long("2026-02-01") == f"1er{B}février 2026"


def test_typeset() -> None:
    assert f.typeset("Vrai ? Oui ; non : 3 m² à 12 € !") == (
        f"Vrai{N}? Oui{N}; non{B}: 3{B}m² à 12{B}€{N}!"
    )
    assert f.typeset("à 10 h, 2 hameaux, 5 mois") == "à 10 h, 2 hameaux, 5 mois"


@settings(derandomize=True, max_examples=100)
@given(FINITE, st.integers(0, 4))
def test_number_reads_back(value: float, decimals: int) -> None:
    text = f.number(value, decimals)
    assert re.fullmatch(rf"−?\d{{1,3}}({N}\d{{3}})*(,\d{{{decimals}}})?", text)
    back = float(text.replace(N, "").replace(",", ".").replace("−", "-"))
    assert abs(back - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + abs(value) * 1e-15
    assert not (text.startswith("−") and back == 0)


@settings(derandomize=True, max_examples=100)
@given(FINITE)
def test_no_plain_space_nor_hyphen_in_a_sum(value: float) -> None:
    for text in (f.euros(value), f.percent(value), f.euros_m2(value, "SU", tax="HT")):
        assert " " not in text
        assert "-" not in text
