"""Each worked example of the facts, computed by the package from the values of ``data/baremes``.

The facts are the folder from which the tables came; its examples were worked by hand. A section
here has the number of a section there.
"""

import math
from datetime import date
from pathlib import Path

import pytest

from habitat_analysis.actuarial import annuity
from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.commune_zones import ABC, zones_from_list
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.psla import BuybackTerms, buyback_price
from habitat_analysis.finance.ptz import ptz_offer
from habitat_analysis.finance.rental import ceiling_rent_m2_month, structure_coefficient
from habitat_analysis.finance.surfaces import surface_utile, surface_utile_accession
from habitat_analysis.finance.taxes import development_tax
from habitat_analysis.households.eligibility import (
    Household,
    TenureTest,
    eligibility,
    is_young_couple,
)
from habitat_analysis.households.first_quartile import first_quartile_threshold
from habitat_analysis.households.occupancy import consumption_units
from habitat_analysis.regulation import (
    building_loan_years,
    income_table,
    livret_a,
    loan_rate,
    price_cap_m2_su,
    rent_cap_m2_month,
    structure_constants,
    vat_rate,
)
from habitat_analysis.tenures import tenure

COMMUNES = Path(__file__).resolve().parents[2] / "shared/facts/zonage_abc_communes.csv.gz"


@pytest.fixture
def reader() -> FactReader:
    return FactReader(load_baremes(), on=date(2026, 11, 22))


# --- 1. Income ceilings ----------------------------------------------------------------------


def test_young_couple_of_rennes_may_ask_for_all_but_plai(reader):
    """Ages 27 and 27: 54 <= 55, category 3. RFR of 36 000 EUR."""
    limit = reader.value("regles", subject="JEUNE_COUPLE", key="age_sum_max")
    young = is_young_couple(
        couples=1, single_adults=0, dependants=0, ages=(27, 27), age_sum_max=limit
    )
    couple = Household(adults=2, dependants=0, resources_eur=36_000, young_couple=young)
    tests = {
        code: TenureTest(
            table=income_table(reader, code, abc="A", ressources="autres_regions"),
            category="rental",
        )
        for code in ("PLAI", "PLUS", "PLS", "PSLA", "BRS")
    }
    rights = eligibility(couple, tests)
    assert rights.category_rental == 3
    assert rights.ceilings_eur == {
        "PLAI": 22_551, "PLUS": 37_584, "PLS": 48_859, "PSLA": 76_105, "BRS": 76_105,
    }  # fmt: skip
    assert [code for code, may in rights.eligible.items() if not may] == ["PLAI"]


def test_pls_ceiling_is_that_of_plus_and_thirty_percent(reader):
    """37 584 x 1.3 = 48 859.2, and so in every zone and category."""
    for zone in ("paris_limitrophes", "idf_hors_paris_limitrophes", "autres_regions"):
        plus, pls = (income_table(reader, code, ressources=zone) for code in ("PLUS", "PLS"))
        assert pls.values == tuple(round(1.3 * value) for value in plus.values)


# --- 2. Rents --------------------------------------------------------------------------------


def test_official_structure_coefficient_of_2010(reader):
    """20 dwellings, 1 320 m2 of SU: 1.0033; 5.24 EUR/m2 gives 5.26."""
    base, per_dwelling = structure_constants(reader)
    cs = structure_coefficient(20, 1_320, base=base, per_dwelling=per_dwelling)
    assert round(cs, 4) == 1.0033
    assert round(ceiling_rent_m2_month(5.24, cs), 2) == 5.26


def test_rent_of_twelve_plus_dwellings_of_2026(reader):
    """780 m2 of SU, zone 2: 1.0069 x 6.49 = 6.53 EUR/m2; 65 m2: 424.45 EUR a month."""
    base, per_dwelling = structure_constants(reader)
    cs = round(structure_coefficient(12, 780, base=base, per_dwelling=per_dwelling), 4)
    zone_rent = rent_cap_m2_month(reader, "PLUS", zone_123="2").number
    rent = round(ceiling_rent_m2_month(zone_rent, cs), 2)
    assert (zone_rent, cs, rent, round(65 * rent, 2)) == (6.49, 1.0069, 6.53, 424.45)


# --- 3. Prices -------------------------------------------------------------------------------


def test_psla_price_in_b1(reader):
    """SU 65 + 5 + 6 = 76; 76 x 3 542 = 269 192 HT, 283 998 with VAT, 263 808 after two years."""
    su = surface_utile_accession(reader, shab_m2=65, annexes_m2=10, garage_m2=12)
    price = su * price_cap_m2_su(reader, "PSLA", "B1").number
    vat = vat_rate(reader, tenure("PSLA")).number
    yearly = reader.value("prix_plafonds", product="PSLA", zone="yearly_discount")
    assert (su, price) == (76, 269_192)
    assert (round(price * (1 + vat)), round(price * (1 - 2 * yearly))) == (283_998, 263_808)


def test_brs_prices_are_capped_like_psla(reader):
    caps = {zone: price_cap_m2_su(reader, "BRS", zone).number for zone in ABC}
    assert caps == {"Abis": 5_837, "A": 4_423, "B1": 3_542, "B2": 3_093, "C": 2_703}
    assert caps == {zone: price_cap_m2_su(reader, "PSLA", zone).number for zone in ABC}


def test_caps_of_b2_and_c_fell_by_the_index_of_the_other_zones(reader):
    """One index for all zones: ratio 0.9460 between 2025 and 2026."""
    before = FactReader(load_baremes(), on=date(2025, 7, 1))
    for zone in ABC:
        old, new = (price_cap_m2_su(r, "PSLA", zone).number for r in (before, reader))
        assert round(new / old, 3) == 0.946


# --- 4. Loans --------------------------------------------------------------------------------


def test_plus_loan_of_one_million(reader):
    """1.70 % + 0.60 % = 2.30 % over 40 years: 38 506 EUR a year."""
    rate, years = loan_rate(reader, "PLUS"), building_loan_years(reader, "PLUS").number
    assert (livret_a(reader).number, round(rate, 4), years) == (0.017, 0.023, 40)
    assert round(annuity(1_000_000, rate, int(years))) == 38_506


def test_ptz_of_four_persons_in_b1(reader):
    """260 000/9 = 28 889 < 52 000; 52 000/2.1 = 24 762: bracket 2, 40 %, 8 + 12 years."""
    divisor = reader.value("prets", item="rule", loan="PTZ", key="resources_divisor_of_cost")
    flat = {"persons": 4, "operation_cost_ttc_eur": 260_000, "abc": "B1"}
    offer = ptz_offer(reader, resources_eur=52_000, **flat)
    assert round(260_000 / divisor) == 28_889
    assert (offer.bracket, offer.resources_eur, offer.quota) == (2, 52_000, 0.4)
    assert (offer.base_eur, offer.amount_eur) == (260_000, 104_000)
    assert (offer.deferral_years, offer.repayment_years) == (8, 12)
    assert round(offer.payment_month_eur, 2) == 722.22
    assert round(ptz_offer(reader, resources_eur=20_000, **flat).resources_eur) == 28_889


# --- 5. Taxes --------------------------------------------------------------------------------


def test_taxe_amenagement_of_a_plus_dwelling(reader):
    """70 x (892 x 0.5) x 7.5 % = 2 341.50 EUR; in PLAI nothing."""
    rates = {"communal_rate": 0.05, "departmental_rate": 0.025}
    plus, plai = (
        development_tax(reader, taxable_m2=70, product=code, **rates) for code in ("PLUS", "PLAI")
    )
    assert (round(plus, 2), plai) == (2_341.50, 0)


# --- 6. Zones --------------------------------------------------------------------------------


@pytest.mark.realdata
@pytest.mark.skipif(not COMMUNES.exists(), reason="faits absents (../shared/facts)")
def test_zones_of_briancon_and_rennes():
    assert zones_from_list(COMMUNES, "05023") == ("A", "3", "autres_regions")
    assert zones_from_list(COMMUNES, "35238") == ("A", "2", "autres_regions")


# --- 7. Buy-back -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "share", "price"), [("HLM_SALE", 0.755, 151_000), ("PSLA", 0.925, 185_000)]
)
def test_buyback_asked_in_the_eighth_year(reader, subject, share, price):
    """Home sold 200 000 EUR; years are counted from 0, the eighth is 7: three falls."""

    def rule(key: str) -> float:
        return reader.value("regles", subject=subject, key=key)

    terms = BuybackTerms(
        first_rate=rule("buyback_first_rate"),
        drop=rule("buyback_drop"),
        flat_years=int(rule("buyback_flat_years")),
        end_years=int(rule("buyback_end_years")),
    )
    assert buyback_price(200_000, terms, 7) == pytest.approx(price)
    assert price == 200_000 * share
    assert buyback_price(200_000, terms, 4) == pytest.approx(200_000 * terms.first_rate)
    assert buyback_price(200_000, terms, 15) is None


# --- 9. Areas and parking --------------------------------------------------------------------


def test_t3_for_four_persons(reader):
    """62 m2 + half of 8 + 4 = 68 m2 of SU; minimum 4 x 14 = 56; overcrowded under 34."""
    su = surface_utile(reader, shab_m2=62, annexes_m2=8 + 4)
    each = reader.value("surfaces", topic="construction_minimum", key="area_per_occupant_first_4")
    crowded = reader.value("surfaces", topic="overcrowding_APL", key="min_area_4_persons")
    assert (su, 4 * each, crowded) == (68, 56, 34)
    assert 62 >= 4 * each >= crowded


def test_garage_counts_by_half_within_its_limit(reader):
    areas = {"shab_m2": 65, "annexes_m2": 10}
    found = [surface_utile_accession(reader, **areas, garage_m2=m2) for m2 in (0, 8, 12, 20)]
    assert found == [70, 74, 76, 76]
    assert found[0] == surface_utile(reader, **areas)


@pytest.mark.parametrize("wrong", [{"shab_m2": -1}, {"annexes_m2": math.nan}, {"garage_m2": -1}])
def test_impossible_areas_are_refused(reader, wrong):
    with pytest.raises(UsageError) as error:
        surface_utile_accession(reader, **{"shab_m2": 60, "annexes_m2": 0, "garage_m2": 0, **wrong})
    assert error.value.code == "E_SU"


def test_parking_of_twenty_social_homes_near_a_tram_stop(reader):
    """300 m from the stop: half a place a dwelling may be required at most, 10 places."""
    near = reader.value("surfaces", topic="parking", key="max_required_social_rental_near_station")
    assert 20 * near == 10


# --- 10. Costs -------------------------------------------------------------------------------


def test_provision_for_major_maintenance(reader):
    """20 homes x 65 m2 x 2 550 EUR = 3 315 000 EUR; 0.6 % of it: 19 890 EUR a year."""
    cost = 20 * 65 * reader.value("couts", item="average_social_dwelling", zone="France")
    assert cost == 3_315_000
    assert round(cost * reader.value("couts", item="pge_rate", zone="France")) == 19_890


# --- 11. Mixity ------------------------------------------------------------------------------


def test_social_homes_of_a_commune_under_default_order(reader):
    """30 homes, more than 12: at least 9 in PLUS or PLAI."""
    share = reader.value(
        "mixite", scope="commune under default order", key="min_share_social_in_operation"
    )
    assert math.ceil(30 * share) == 9


def test_first_quartile_of_a_couple_with_two_children(reader):
    """1 + 0.5 + 0.3 + 0.3 = 2.1 units; 8 671 EUR a unit: 18 209 EUR a year, nationally."""
    units = consumption_units([38, 36, 9, 6])
    threshold = first_quartile_threshold(reader, consumption_units=units)
    (median,) = reader.used
    assert (round(units, 1), median.value, round(threshold)) == (2.1, 8_671, 18_209)
    assert median.flags == ("médiane nationale de 2022, à remplacer par le seuil de l'EPCI",)
