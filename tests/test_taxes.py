"""Taxe d'aménagement and costs of the deed: tenures, places, dates."""

from datetime import date

import pytest

from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.finance.taxes import deed_fee_rate, development_tax

HOME = {"taxable_m2": 70, "communal_rate": 0.05, "departmental_rate": 0.025}


def reader_on(*day: int) -> FactReader:
    return FactReader(load_baremes(), on=date(*day) if day else date(2026, 11, 22))


def tax(product: str, *day: int, **changes) -> float:
    return round(development_tax(reader_on(*day), product=product, **{**HOME, **changes}), 2)


def test_half_of_the_flat_value_nothing_or_the_whole():
    """70 m2 x 892 EUR x 7.5 % = 4 683 EUR."""
    taxes = {code: tax(code) for code in ("PLAI", "PLUS", "PLS", "PSLA", "BRS", "LIBRE")}
    assert taxes == {
        "PLAI": 0, "PLUS": 2_341.50, "PLS": 2_341.50, "PSLA": 4_683, "BRS": 4_683, "LIBRE": 4_683,
    }  # fmt: skip


def test_ile_de_france_has_its_own_flat_value():
    assert tax("PLUS", in_idf=True) == pytest.approx(70 * 1011 / 2 * 0.075, abs=0.01)


def test_the_flat_value_follows_the_date():
    assert tax("PLUS", 2025, 6, 1) == pytest.approx(70 * 930 / 2 * 0.075, abs=0.01)
    assert tax("PLUS", 2028, 6, 1) == tax("PLUS")  # carried on, and flagged
    reader = reader_on(2028, 6, 1)
    development_tax(reader, product="PLUS", **HOME)
    assert "barème 2026 appliqué à une opération de 2028" in reader.used[0].flags


def test_outdoor_places_are_never_abated():
    """Two places of 2 928 EUR at 7.5 %: 439.20 EUR more."""
    assert tax("PLUS", outdoor_places=2) == 2_341.50 + 439.20
    assert tax("PLAI", outdoor_places=2) == 0
    assert tax("PLUS", outdoor_places=2, taxable_m2=0) == 439.20


def test_a_tenure_without_known_abatement_says_so_once_a_tenure():
    reader = reader_on()
    for product in ("PLUS", "PSLA", "BRS", "PSLA"):
        development_tax(reader, product=product, **HOME)
    flat = [fact for fact in reader.used if dict(fact.key)["key"] == "flat_value_outside_idf"]
    assert [fact.flags for fact in flat] == [
        tuple(
            f"taxe d'aménagement de {code} : aucun abattement connu, valeur entière retenue"
            for code in ("PSLA", "BRS")
        )
    ]


def test_zero_rates_zero_area():
    assert tax("PLUS", communal_rate=0, departmental_rate=0) == 0
    assert tax("PLUS", taxable_m2=0) == 0


def test_unknown_tenure_is_refused_in_french():
    with pytest.raises(DataError, match="Vouliez-vous « PLUS »") as error:
        tax("PLSU")
    assert error.value.code == "E_TENURE"


def test_date_before_the_first_value_is_refused():
    with pytest.raises(DataError, match="première valeur connue") as error:
        tax("PLUS", 2024, 12, 31)
    assert error.value.code == "E_BAREME_BEFORE"
    with pytest.raises(DataError, match="outdoor_parking_place") as error:
        tax("PLUS", 2025, 6, 1, outdoor_places=1)
    assert error.value.code == "E_BAREME_BEFORE"


@pytest.mark.parametrize(
    "changes",
    [
        {"taxable_m2": -1},
        {"taxable_m2": float("nan")},
        {"communal_rate": 5},
        {"departmental_rate": -0.01},
        {"outdoor_places": -1},
    ],
)
def test_impossible_calls(changes):
    with pytest.raises(UsageError):
        tax("PLUS", **changes)


def test_deed_fees():
    rates = [deed_fee_rate(reader_on(), kind).number for kind in ("NEUF", "BRS", "ANCIEN")]
    assert rates == [0.03, 0.03, 0.075]
    with pytest.raises(DataError, match="rien pour « FRAIS_ACTE VIAGER rate »") as error:
        deed_fee_rate(reader_on(), "VIAGER")
    assert error.value.code == "E_BAREME_KEY"
