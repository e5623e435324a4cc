"""A made-up group and the rules of a made-up study, for the tests of households."""

import pandas as pd

from habitat_analysis.households.burdens import BudgetRules, Burden
from habitat_analysis.households.effort import EffortLimits
from habitat_analysis.households.eligibility import TenureTest
from habitat_analysis.households.group import COLUMNS
from habitat_analysis.households.needs import NeedRules
from habitat_analysis.households.occupancy import OccupancyNorm
from habitat_analysis.households.solvency import Credit
from habitat_analysis.regulation import IncomeTable

NORM = OccupancyNorm(
    share_age=10,
    area_one_m2=9.0,
    area_two_m2=16.0,
    area_more_m2=9.0,
    area_most_m2=70.0,
    persons_most=8,
)
MISSING = float("nan")


def ceilings(*values):
    return IncomeTable(values=tuple(map(float, values)), extra=1_000.0)


SALE = ceilings(38_000, 57_000, 69_000, 82_000)
RULES = NeedRules(
    tests={
        "PLUS": TenureTest(table=ceilings(20_000, 30_000, 36_000, 40_000), category="rental"),
        "BRS": TenureTest(
            table=SALE, category="rental", last_year_counts=False, category_settled=False
        ),
        "LIBRE": TenureTest(table=None, category="persons"),
    },
    typologies=("T2", "T3", "T4"),
    norm=NORM,
    young_couple_age_sum=55,
    income_fall_share=0.10,
)
# No interest, no fee, no insurance: 200 months of a third of the income, to be checked by hand.
BUDGET = BudgetRules(
    credit=Credit(rate=0.0, months=200, insurance=0.0, effort=0.35, fees=0.0),
    limits=EffortLimits(effort_max=0.30, residual_min_uc_eur=500.0),
)
BURDENS = (
    Burden(tenure="PLUS", typology="T2", kind="rent", rent_month_eur=380, charges_month_eur=70),
    Burden(tenure="BRS", typology="T2", kind="purchase", price_ttc_eur=110_000, fee_month_eur=50),
    Burden(tenure="LIBRE", typology="T2", kind="purchase", price_ttc_eur=200_000),
)
BASE = {
    "household_id": "M1",
    "couples": 0,
    "single_adults": 1,
    "adult_ages": (40,),
    "child_ages": (),
    "visiting_child_ages": (),
    "dependants": 0,
    "disabled": False,
    "rfr_n2_eur": 16_000.0,
    "rfr_n1_eur": MISSING,
    "income_year": pd.NA,
    "income_month_eur": 1_500.0,
    "savings_eur": MISSING,
    "loan_payments_month_eur": MISSING,
    "wished_tenures": (),
    "wished_typologies": (),
    "points": MISSING,
    "apl_month_eur": MISSING,
    "reservations": (),
    "child_departures_years": (),
}


def group(*rows):
    """Return typed rows: a lone adult of 1 500 EUR a month, with the changes given."""
    table = [
        {**BASE, "household_id": f"M{rank}", "line": rank + 1, **row}
        for rank, row in enumerate(rows, start=1)
    ]
    return pd.DataFrame(table)[list(COLUMNS)]
