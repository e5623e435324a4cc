"""The linear form and the lines of a programme give the same prix de revient."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.costs import FAMILIES, CostParameters, Fee, cost_price
from habitat_analysis.finance.unit_costs import BASES, CostItem, cost_lines, unit_costs

RATE = st.floats(0, 0.3)
PARAMETERS = CostParameters(
    contingency=0.05,
    revision_rate=0.0,
    revision_months=0,
    finance_rate=0.04,
    land_carry_months=24,
    works_months=12,
)


def item(basis, value, family="travaux", item_id="x"):
    return CostItem(id=item_id, label="", family=family, basis=basis, value_eur_ht=value)


@st.composite
def programmes(draw):
    counts = draw(st.lists(st.integers(1, 30), min_size=1, max_size=4))
    return pd.DataFrame(
        {
            "shab": [draw(st.floats(20, 3_000)) for _ in counts],
            "dwellings": [float(count) for count in counts],
            "parking": [draw(st.floats(0.5, 40)) for _ in counts],
        },
        index=["PLAI", "PLUS", "PSLA", "BRS"][: len(counts)],
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(BASES), st.sampled_from(FAMILIES), st.floats(0, 1e5)),
        min_size=1,
        max_size=9,
    ),
    st.lists(RATE, max_size=3),
    st.tuples(RATE, RATE, st.integers(0, 48), RATE, st.integers(0, 48), st.integers(0, 48)),
    programmes(),
    st.floats(100, 20_000),
    st.floats(1.0, 1.4),
)
def test_both_ways_agree(stated, rates, numbers, quantities, land, ratio):
    items = [item(b, value, family, f"i{n}") for n, (b, family, value) in enumerate(stated)]
    fees = [Fee(id=f"f{n}", label="", rate=rate) for n, rate in enumerate(rates)]
    names = CostParameters.__slots__[:6]
    parameters = CostParameters(**dict(zip(names, numbers, strict=True)))
    lines = cost_lines(items, quantities, land_m2=land, sdp_per_shab=ratio)
    price = cost_price(lines, fees, parameters, quantities, dict.fromkeys(quantities.index, 0.1))
    costs = unit_costs(items, fees, parameters, land_m2=land, sdp_per_shab=ratio)
    linear = costs.total_ht_eur(
        shab_m2=quantities["shab"].sum(),
        dwellings=quantities["dwellings"].sum(),
        parking=quantities["parking"].sum(),
    )
    assert linear == pytest.approx(price.total_ht_eur, rel=1e-9, abs=1e-6)


def test_each_basis_goes_to_its_own_coefficient():
    items = [
        item("m2_shab", 2_000, item_id="bati"),
        item("m2_sdp", 100, item_id="vrd"),
        item("place", 5_000, item_id="places"),
        item("logement", 3_000, "foncier", "reseaux"),
        item("forfait", 100_000, "foncier", "terrain"),
        item("m2_terrain", 10, "foncier", "depollution"),
        item("forfait", 7_000, "travaux", "jardin"),
        item("forfait", 900, "frais_financiers", "caution"),
    ]
    fees = [Fee(id="moe", label="", rate=0.10)]
    costs = unit_costs(items, fees, PARAMETERS, land_m2=1_000, sdp_per_shab=1.2)
    works = 1.05 * 1.10 * 1.02
    assert costs.variable_m2_ht_eur == pytest.approx(2_120 * works)
    assert costs.parking_ht_eur == pytest.approx(5_000 * works)
    assert costs.dwelling_ht_eur == pytest.approx(3_000 * 1.08)
    assert costs.fixed_land_ht_eur == pytest.approx(110_000 * 1.08)
    assert costs.fixed_ht_eur == pytest.approx(110_000 * 1.08 + 7_000 * works + 900)
    assert costs.land_factor == pytest.approx(1.08)


def test_lines_take_the_natural_key_of_their_basis():
    quantities = pd.DataFrame({"shab": {"BRS": 60.0}, "dwellings": 1.0, "parking": 1.0})
    items = [item(basis, 1.0, item_id=basis) for basis in BASES]
    lines = cost_lines(items, quantities, land_m2=90, sdp_per_shab=1.1)
    assert {line.id: line.key for line in lines} == {
        "forfait": None,
        "m2_shab": "shab",
        "m2_sdp": None,
        "m2_terrain": None,
        "logement": "dwellings",
        "place": "parking",
    }
    assert [line.amount_ht_eur for line in lines] == pytest.approx([1, 60, 66, 90, 1, 1])


@pytest.mark.parametrize(("land", "ratio"), [(-1, 1.1), (100, 0), (100, float("nan"))])
def test_meaningless_areas_are_refused(land, ratio):
    with pytest.raises(UsageError):
        unit_costs([], [], PARAMETERS, land_m2=land, sdp_per_shab=ratio)
