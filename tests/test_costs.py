"""Prix de revient: the tenures add up to the lines, whatever the lines."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.costs import (
    CostLine,
    CostParameters,
    Fee,
    SharedSpace,
    cost_price,
    family_allocation,
    shared_space_cost,
)

PLAIN = CostParameters(
    contingency=0.0,
    revision_rate=0.0,
    revision_months=0,
    finance_rate=0.0,
    land_carry_months=0,
    works_months=0,
)
TWO = pd.DataFrame(
    {"shab": [60.0, 40.0], "su": [66.0, 44.0], "dwellings": [1.0, 1.0], "parking": [0.0, 2.0]},
    index=["PLUS", "BRS"],
)
VAT = {"PLUS": 0.10, "BRS": 0.055}


def line(line_id="bati", family="travaux", amount=100_000.0, key=None):
    return CostLine(id=line_id, label=line_id, family=family, amount_ht_eur=amount, key=key)


def parameters(**changes):
    values = {name: getattr(PLAIN, name) for name in CostParameters.__slots__}
    return CostParameters(**{**values, **changes})


def test_each_line_follows_its_key():
    lines = [line(), line("places", amount=10_000, key="parking"), line("eau", key="dwellings")]
    price = cost_price(lines, [], PLAIN, TWO, VAT)
    assert price.allocation.loc["bati"].to_dict() == {"PLUS": 60_000, "BRS": 40_000}
    assert price.allocation.loc["places"].to_dict() == {"PLUS": 0, "BRS": 10_000}
    assert price.allocation.loc["eau"].to_dict() == {"PLUS": 50_000, "BRS": 50_000}
    assert price.ht == {"PLUS": 110_000, "BRS": 100_000}
    assert price.ttc["BRS"] == pytest.approx(105_500)
    assert price.ttc_per_m2["PLUS"] == pytest.approx(121_000 / 60)


def test_derived_lines_by_hand():
    price = cost_price(
        [line(amount=100_000), line("terrain", "foncier", 50_000)],
        [Fee(id="moe", label="Maîtrise d’œuvre", rate=0.10)],
        parameters(
            contingency=0.05,
            revision_rate=0.21,
            revision_months=6,
            finance_rate=0.04,
            land_carry_months=24,
            works_months=12,
        ),
        TWO,
        VAT,
    )
    amounts = {entry.id: entry.amount_ht_eur for entry in price.lines}
    assert amounts["aleas"] == pytest.approx(5_000)
    assert amounts["revisions"] == pytest.approx(10_500)  # 105 000 x (1.21^0.5 - 1)
    assert amounts["moe"] == pytest.approx(11_550)
    assert amounts["frais_financiers"] == pytest.approx(50_000 * 0.08 + 127_050 * 0.02)
    assert price.works_revised_ht_eur == pytest.approx(115_500)
    assert price.by_family["travaux"] == pytest.approx(115_500)


def test_fees_known_as_lump_sums_bear_interest_too():
    price = cost_price(
        [line("etudes", "honoraires", 10_000)],
        [],
        parameters(finance_rate=0.04, works_months=12),
        TWO,
        VAT,
    )
    assert price.by_family["frais_financiers"] == pytest.approx(200)


def test_a_tenure_without_area_has_no_price_per_m2():
    quantities = pd.DataFrame({"shab": {"PLUS": 60.0, "BRS": 0.0}})
    price = cost_price([line()], [], PLAIN, quantities, VAT)
    assert price.ttc_per_m2["BRS"] is None
    assert price.ht["BRS"] == 0


@pytest.mark.parametrize(
    ("entry", "quantities", "code"),
    [
        (line(key="parking"), TWO.assign(parking=0.0), "E_EMPTY_KEY"),
        (line(key="volume"), TWO, "E_KEY"),
        (line(), TWO * 0, "E_EMPTY_KEY"),
        (line(), TWO.rename(index={"PLUS": "PLAI"}), "E_USAGE"),
    ],
)
def test_refusals(entry, quantities, code):
    with pytest.raises(UsageError) as error:
        cost_price([entry], [], PLAIN, quantities, VAT)
    assert error.value.code == code


def test_two_lines_of_one_id_are_refused():
    with pytest.raises(UsageError, match="aleas"):
        cost_price([line("aleas")], [], PLAIN, TWO, VAT)


def test_a_nil_line_may_have_an_empty_key():
    price = cost_price(
        [line(), line("x", amount=0, key="parking")], [], PLAIN, TWO * [1, 1, 1, 0], VAT
    )
    assert price.allocation.loc["x"].sum() == 0


AMOUNTS = st.floats(0, 1e7)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["foncier", "travaux", "honoraires", "frais_financiers"]),
        AMOUNTS,
        st.sampled_from([None, "shab", "su", "dwellings", "parking"]),
    ),
    max_size=8,
)
RATE = st.floats(0, 0.3)


@st.composite
def cost_parameters(draw):
    return CostParameters(
        contingency=draw(RATE),
        revision_rate=draw(RATE),
        revision_months=draw(st.integers(0, 60)),
        finance_rate=draw(RATE),
        land_carry_months=draw(st.integers(0, 60)),
        works_months=draw(st.integers(0, 60)),
        default_key=draw(st.sampled_from(["shab", "su", "dwellings", "parking"])),
    )


@given(LINES, st.lists(RATE, max_size=4), cost_parameters())
def test_tenures_and_families_add_up_to_the_lines(lines, rates, chosen):
    entries = [line(f"l{i}", family, amount, key) for i, (family, amount, key) in enumerate(lines)]
    fees = [Fee(id=f"f{i}", label="", rate=rate) for i, rate in enumerate(rates)]
    price = cost_price(entries, fees, chosen, TWO, VAT)
    total = math.fsum(entry.amount_ht_eur for entry in price.lines)
    assert sum(price.ht.values()) == pytest.approx(total, rel=1e-12)
    assert sum(price.by_family.values()) == pytest.approx(total, rel=1e-12)
    assert family_allocation(price).to_numpy().sum() == pytest.approx(total, rel=1e-12)
    assert price.total_ttc_eur == pytest.approx(sum(price.ht[u] * (1 + VAT[u]) for u in VAT))


def test_inputs_are_left_alone():
    before = TWO.copy()
    cost_price([line()], [], PLAIN, TWO, VAT)
    pd.testing.assert_frame_equal(TWO, before)


def test_shared_rooms_are_paid_by_all_dwellings():
    dwellings = pd.DataFrame({"shab_m2": {"T2": 45.0, "T4": 85.0}, "count": {"T2": 6, "T4": 4}})
    rooms = [
        SharedSpace(id="salle", area_m2=50, cost_eur_m2=1_600, equipment_eur=5_000),
        SharedSpace(id="buanderie", area_m2=15, cost_eur_m2=1_700),
    ]
    shared = shared_space_cost(dwellings, rooms)
    each = shared.per_dwelling
    assert shared.area_m2 == 65
    assert shared.cost_eur == 110_500
    assert (each["cost_eur"] * each["count"]).sum() == pytest.approx(shared.cost_eur)
    assert (each["m2"] * each["count"]).sum() == pytest.approx(shared.area_m2)
    assert shared.price_factor == pytest.approx(1 + shared.share_of_shab)


@pytest.mark.parametrize(
    "dwellings",
    [
        pd.DataFrame({"shab_m2": [], "count": []}),
        pd.DataFrame({"shab_m2": [45.0], "count": [0]}),
    ],
)
def test_shared_rooms_without_dwellings(dwellings):
    with pytest.raises(UsageError) as error:
        shared_space_cost(dwellings, [])
    assert error.value.code == "E_NO_DWELLING"
