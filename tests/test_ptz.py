"""The zero-rate loan: bounds of brackets, open-ended sizes, zones and dates."""

from dataclasses import replace
from datetime import date

import pytest

from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.commune_zones import ABC
from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.finance.ptz import PtzOffer, ptz_offer, ptz_quota_cap, ptz_steps
from habitat_analysis.regulation import income_table

FLAT = {"resources_eur": 52_000, "persons": 4, "operation_cost_ttc_eur": 260_000, "abc": "B1"}


def reader_on(*day: int) -> FactReader:
    return FactReader(load_baremes(), on=date(*day) if day else date(2026, 11, 22))


def offer(*day: int, **changes) -> PtzOffer | None:
    return ptz_offer(reader_on(*day), **{**FLAT, **changes})


def alone(resources_eur: float, abc: str = "B1", cost: float = 100_000) -> PtzOffer | None:
    """One person: the family coefficient is 1."""
    return offer(resources_eur=resources_eur, persons=1, operation_cost_ttc_eur=cost, abc=abc)


def test_worked_example_line_by_line():
    assert offer() == PtzOffer(
        bracket=2,
        quota=0.40,
        base_eur=260_000,
        amount_eur=104_000,
        deferral_years=8,
        total_years=20,
        repayment_years=12,
        payment_month_eur=104_000 / 144,
        resources_eur=52_000,
    )


@pytest.mark.parametrize(
    ("abc", "bounds"),
    [
        ("Abis", (25_000, 31_000, 37_000, 49_000)),
        ("A", (25_000, 31_000, 37_000, 49_000)),
        ("B1", (21_500, 26_000, 30_000, 34_500)),
        ("B2", (18_000, 22_500, 27_000, 31_500)),
        ("C", (15_000, 19_500, 24_000, 28_500)),
    ],
)
def test_a_bound_belongs_to_its_bracket(abc, bounds):
    at = [alone(bound, abc) for bound in bounds]
    assert [found and found.bracket for found in at] == [1, 2, 3, 4]
    above = [alone(bound + 0.01, abc) for bound in bounds]
    assert [found and found.bracket for found in above] == [2, 3, 4, None]


@pytest.mark.parametrize("abc", ABC)
@pytest.mark.parametrize("persons", range(1, 10))
def test_no_loan_begins_just_above_the_ceiling_of_the_zone(abc, persons):
    """Last bound x family coefficient is the ceiling of `plafonds_ressources`, exactly."""
    ceilings = income_table(reader_on(), "PTZ", abc=abc).values
    ceiling = ceilings[min(persons, len(ceilings)) - 1]
    case = {"persons": persons, "abc": abc, "operation_cost_ttc_eur": 100_000}
    assert offer(**case, resources_eur=ceiling).bracket == 4
    assert offer(**case, resources_eur=ceiling + 1) is None


def test_durations_and_shares_of_the_four_brackets():
    found = [alone(resources) for resources in (20_000, 25_000, 29_000, 34_000)]
    assert [(o.quota, o.deferral_years, o.total_years, o.repayment_years) for o in found] == [
        (0.50, 10, 25, 15),
        (0.40, 8, 20, 12),
        (0.40, 2, 15, 13),
        (0.20, 0, 10, 10),
    ]


def test_a_house_has_its_own_shares_and_the_same_durations():
    found = [offer(resources_eur=r, collective=False) for r in (40_000, 52_000, 60_000, 70_000)]
    assert [o.quota for o in found] == [0.30, 0.20, 0.20, 0.10]
    assert replace(found[1], quota=0.40, amount_eur=104_000, payment_month_eur=104_000 / 144) == (
        offer()
    )


def test_a_dear_home_raises_the_resources_and_the_bracket():
    """450 000 / 9 = 50 000 > 40 000; 50 000 / 2.1 = 23 810: bracket 2, on the cap of 283 500."""
    cheap, dear = (offer(resources_eur=40_000, operation_cost_ttc_eur=c) for c in (1e5, 4.5e5))
    assert (cheap.bracket, cheap.resources_eur) == (1, 40_000)
    assert (dear.bracket, dear.resources_eur, dear.base_eur) == (2, 50_000, 283_500)
    assert dear.amount_eur == pytest.approx(113_400)


@pytest.mark.parametrize(
    ("abc", "caps"),
    [
        ("Abis", (150_000, 225_000, 270_000, 315_000, 360_000)),
        ("A", (150_000, 225_000, 270_000, 315_000, 360_000)),
        ("B1", (135_000, 202_500, 243_000, 283_500, 324_000)),
        ("B2", (110_000, 165_000, 198_000, 231_000, 264_000)),
        ("C", (100_000, 150_000, 180_000, 210_000, 240_000)),
    ],
)
def test_cap_of_the_cost_is_open_ended_from_five_persons(abc, caps):
    found = [ptz_quota_cap(reader_on(), persons=n, abc=abc).number for n in range(1, 9)]
    assert found == [*caps, *[caps[-1]] * 3]


def test_family_coefficient_is_open_ended_from_eight_persons():
    """3.3 x 21 500 = 70 950 in B1: the end of bracket 1 for 8, 9 or 12 persons."""
    for persons in (8, 9, 12):
        assert offer(persons=persons, resources_eur=70_950).bracket == 1
        assert offer(persons=persons, resources_eur=70_951).bracket == 2
    assert offer(persons=7, resources_eur=70_950).bracket == 2


def test_the_facts_used_are_remembered():
    reader = reader_on()
    ptz_offer(reader, **FLAT)
    assert [dict(fact.key)["key"] for fact in reader.used] == [
        "tranche_1_upper_bound",
        "tranche_2_upper_bound",
        "family_coefficient_4",
        "tranche_2_quota_collective_psla_brs",
        "tranche_2_deferral",
        "tranche_2_total_duration",
        "operation_cost_cap_4_persons",
        "resources_divisor_of_cost",
    ]


def test_unknown_zone_is_refused_in_french():
    with pytest.raises(DataError, match=r"prets\.csv : rien pour .* B3 ».* Clés proches") as error:
        offer(abc="B3")
    assert error.value.code == "E_BAREME_KEY"


@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        ((2016, 5, 1), "E_BAREME_BEFORE", "première valeur connue"),
        ((2024, 3, 31), "E_BAREME_BEFORE", "première valeur connue"),
        ((2025, 3, 31), "E_BAREME_BEFORE", "première valeur connue"),  # shares of 2025
        ((2028, 1, 1), "E_BAREME_AFTER", "en vigueur jusqu'au 31 décembre 2027"),
    ],
)
def test_a_date_without_the_loan_is_refused_in_french(day, code, words):
    with pytest.raises(DataError) as error:
        offer(*day)
    assert error.value.code == code
    assert words in str(error.value).replace("\u00a0", " ").replace("\u202f", " ")


def test_first_and_last_day_of_the_loan():
    assert offer(2025, 4, 1) == offer(2027, 12, 31) == offer()


@pytest.mark.parametrize(
    "changes",
    [
        {"persons": 0},
        {"resources_eur": -1},
        {"operation_cost_ttc_eur": float("nan")},
        {"resources_eur": float("inf")},
    ],
)
def test_impossible_calls(changes):
    with pytest.raises(UsageError):
        offer(**changes)


def test_a_hole_in_the_table_is_refused_not_guessed(tmp_path):
    """Without an open-ended last line, a larger household has no value."""
    (tmp_path / "prets.csv").write_text(
        "item,loan,key,zone,value,unit,source,confidence\n"
        "cap,PTZ,operation_cost_cap_1_persons,A,1,EUR,s,official-dataset\n",
        encoding="utf-8",
    )
    reader = FactReader(load_baremes(tmp_path), on=date(2026, 11, 22))
    assert ptz_quota_cap(reader, persons=1, abc="A").number == 1
    with pytest.raises(DataError, match="rien pour « cap PTZ operation_cost_cap_2 A »"):
        ptz_quota_cap(reader, persons=2, abc="A")


@pytest.mark.parametrize("abc", ABC)
@pytest.mark.parametrize("persons", [1, 4, 9])
@pytest.mark.parametrize("resources_eur", [12_000, 30_000, 45_000, 90_000])
def test_steps_say_the_offer_of_every_price(abc, persons, resources_eur):
    """The bracket of a price is the first step that it does not pass."""
    reader = reader_on()
    steps = ptz_steps(reader, resources_eur=resources_eur, persons=persons, abc=abc)
    for cost in (50_000, 150_000, 250_000, 400_000, 700_000, 1_200_000):
        made = ptz_offer(
            reader,
            resources_eur=resources_eur,
            persons=persons,
            operation_cost_ttc_eur=cost,
            abc=abc,
        )
        step = next((one for one in steps if cost <= one.price_max_eur), None)
        assert (made is None) == (step is None)
        if made is not None:
            assert made.amount_eur == pytest.approx(step.quota * min(cost, step.cap_eur))
            assert (made.deferral_years, made.repayment_years) == (
                step.deferral_years,
                step.repayment_years,
            )
