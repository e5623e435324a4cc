"""Needs: which cells a household accepts, why none suits, and how classes gather."""

import pandas as pd
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.households.eligibility import TenureTest
from habitat_analysis.households.group import COLUMNS
from habitat_analysis.households.needs import (
    NeedRules,
    household_of,
    income_per_unit_eur,
    need_classes,
    quartile_of,
)
from habitat_analysis.households.occupancy import OccupancyNorm
from habitat_analysis.regulation import IncomeTable

NORM = OccupancyNorm(
    share_age=10,
    area_one_m2=9.0,
    area_two_m2=16.0,
    area_more_m2=9.0,
    area_most_m2=70.0,
    persons_most=8,
)


def ceiling(*values):
    return IncomeTable(values=tuple(map(float, values)), extra=1_000.0)


RULES = NeedRules(
    tests={
        "PLAI": TenureTest(table=ceiling(10_000, 15_000, 18_000, 20_000), category="rental"),
        "PLUS": TenureTest(table=ceiling(20_000, 30_000, 36_000, 40_000), category="rental"),
        "BRS": TenureTest(table=ceiling(38_000, 57_000, 69_000, 82_000), category="persons"),
    },
    typologies=("T2", "T3", "T4"),
    norm=NORM,
    young_couple_age_sum=55,
    income_fall_share=0.10,
    quartiles_eur_uc=(14_000.0, 20_000.0, 28_000.0),
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
    "rfr_n1_eur": float("nan"),
    "income_month_eur": 1_500.0,
    "savings_eur": float("nan"),
    "loan_payments_month_eur": float("nan"),
    "wished_tenures": (),
    "wished_typologies": (),
    "points": float("nan"),
    "apl_month_eur": float("nan"),
    "reservations": (),
    "child_departures_years": (),
    "line": 2,
}


def people(*changes):
    rows = [
        {**BASE, "household_id": f"M{n}", "line": n + 1, **change}
        for n, change in enumerate(changes, start=1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def only(change, rules=RULES, **more):
    return need_classes(people(change), rules, **more)


def test_cells_are_eligible_wished_and_fitting():
    needs = only({"wished_tenures": ("PLUS", "PLAI")})
    assert needs.households.loc[0, "eligible"] == ("PLUS", "BRS")
    assert needs.households.loc[0, "cells"] == (("T2", "PLUS"),)
    assert needs.households.loc[0, "quartile"] == "Q2"  # 18 000 a year
    free = only({})
    assert free.households.loc[0, "cells"] == (("T2", "PLUS"), ("T2", "BRS"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rfr_n2_eur": 90_000.0}, "au-dessus de tous les plafonds"),
        ({"wished_tenures": ("PLAI",)}, "aucun statut souhaité n'est accessible (PLAI)"),
        ({"child_ages": (12, 13, 14, 15)}, "aucune typologie étudiée ne convient à sa taille (T6)"),
        ({"wished_typologies": ("T4",)}, "typologies souhaitées ne conviennent pas"),
    ],
)
def test_a_household_that_nothing_suits_is_kept_apart_with_the_reason(change, reason):
    needs = only(change)
    assert needs.classes.empty
    assert list(needs.classes.columns) == ["class_id", "count", "quartile", "cells", "members"]
    (row,) = needs.unplaced.to_dict("records")
    assert row["household_id"] == "M1"
    assert reason in row["reason"]
    assert needs.households.loc[0, "class_id"] == ""


def test_solvency_given_from_outside_restricts_tenures():
    affordable = pd.DataFrame({"BRS": [False]}, index=["M1"])
    assert only({}, affordable=affordable).households.loc[0, "cells"] == (("T2", "PLUS"),)
    none = pd.DataFrame({"BRS": [False], "PLUS": [False]}, index=["M1"])
    assert "abordable" in only({}, affordable=none).unplaced.loc[0, "reason"]
    with pytest.raises(UsageError):
        only({}, affordable=pd.DataFrame({"BRS": []}))


def test_same_cells_and_quartile_make_a_class():
    needs = need_classes(
        people({}, {"rfr_n2_eur": 17_000.0}, {"income_month_eur": 3_000.0}, {"rfr_n2_eur": 9e4}),
        RULES,
    )
    assert needs.classes["count"].tolist() == [2, 1]
    assert needs.classes["quartile"].tolist() == ["Q2", "Q4"]
    assert needs.classes["members"].tolist() == [("M1", "M2"), ("M3",)]
    assert needs.households["class_id"].tolist() == ["C01", "C01", "C02", ""]
    assert needs.classes["count"].sum() + len(needs.unplaced) == 4


def test_order_of_the_file_does_not_change_the_classes():
    group = people(
        {}, {"couples": 1, "single_adults": 0, "adult_ages": (50, 52)}, {"dependants": 0}
    )
    forth = need_classes(group, RULES).classes
    back = need_classes(group.iloc[::-1], RULES).classes
    pd.testing.assert_frame_equal(forth, back)


def test_without_thresholds_the_quartile_is_unknown():
    assert quartile_of(20_000, None) == ""
    assert [quartile_of(income, (10, 20, 30)) for income in (0, 10, 20.5, 30, 31)] == [
        "Q1",
        "Q1",
        "Q3",
        "Q3",
        "Q4",
    ]


@pytest.mark.parametrize(
    ("change", "adults", "dependants"),
    [
        ({}, 1, 0),
        ({"child_ages": (4, 6), "dependants": 2}, 1, 2),
        ({"visiting_child_ages": (4,), "dependants": 1}, 1, 1),  # shared custody
        ({"visiting_child_ages": (4,)}, 1, 0),
        ({"single_adults": 2, "dependants": 1}, 1, 1),  # a dependent parent
        ({"child_ages": (24, 6), "dependants": 1}, 2, 1),  # a child with a tax return of its own
    ],
)
def test_adults_and_dependants(change, adults, dependants):
    found = household_of({**BASE, **change}, RULES)
    assert (found.adults, found.dependants) == (adults, dependants)


def test_young_couples_and_falling_incomes():
    couple = {**BASE, "couples": 1, "single_adults": 0, "adult_ages": (27, 28)}
    assert household_of(couple, RULES).young_couple
    assert not household_of({**couple, "child_ages": (1,), "dependants": 1}, RULES).young_couple
    fell = {**BASE, "rfr_n2_eur": 20_000.0, "rfr_n1_eur": 18_000.0}
    assert household_of(fell, RULES).resources_eur == 18_000
    assert household_of(BASE, RULES, operation_cost_eur=5.0).operation_cost_eur == 5


def test_children_who_visit_have_a_bed_but_no_unit():
    row = {**BASE, "visiting_child_ages": (6, 8)}
    assert income_per_unit_eur(row, RULES.units) == 18_000
    needs = only({"visiting_child_ages": (6, 8)})
    assert needs.households.loc[0, ["persons", "t_min"]].tolist() == [3, 3]
    assert income_per_unit_eur({**BASE, "couples": 1, "adult_ages": ()}, RULES.units) == 9_000


def test_a_study_without_a_group_has_no_needs():
    needs = need_classes(people(), RULES)
    assert needs.classes.empty
    assert needs.households.empty
    assert needs.unplaced.empty


def test_inputs_are_left_alone():
    group = people({}, {"rfr_n2_eur": 9e4})
    before = group.copy(deep=True)
    need_classes(group, RULES)
    pd.testing.assert_frame_equal(group, before)
