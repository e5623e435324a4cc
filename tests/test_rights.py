"""Each household before each tenure: answer, margin and words, case by case."""

from dataclasses import replace

import pytest

from habitat_analysis.households.eligibility import TenureTest
from habitat_analysis.households.rights import COLUMNS, rights_table
from tests.household_samples import RULES, SALE, group

PTZ = {"PTZ": TenureTest(table=SALE, category="persons", cost_divisor=9.0, last_year_counts=False)}


def right(row, code, **more):
    table = rights_table(group(row), RULES, **more)
    assert tuple(table.columns) == COLUMNS
    (found,) = table[table["tenure"] == code].to_dict("records")
    found["reason"] = found["reason"].replace("\u202f", " ").replace("\u00a0", " ")
    return found


def test_a_margin_and_what_is_too_much():
    within = right({"rfr_n2_eur": 16_000.0}, "PLUS")
    assert (within["eligible"], within["margin_eur"], within["counted"]) == (
        True,
        4_000,
        "catégorie 1",
    )
    assert (
        within["reason"]
        == "ressources de 16 000 €, plafond de 20 000 € (catégorie 1) : marge de 4 000 €"
    )
    above = right({"rfr_n2_eur": 20_000.5}, "PLUS")
    assert (above["eligible"], above["margin_eur"]) == (False, -0.5)
    assert above["reason"].endswith("0,50 € de trop")
    assert right({}, "LIBRE")["reason"] == "sans plafond de ressources"


@pytest.mark.parametrize(
    ("row", "counted", "ceiling"),
    [
        (
            {"couples": 1, "single_adults": 0, "adult_ages": (27, 28)},
            "catégorie 3, jeune couple",
            36_000,
        ),
        ({"couples": 1, "single_adults": 0, "adult_ages": (28, 28)}, "catégorie 2", 30_000),
        (
            {"child_ages": (4,), "dependants": 1},
            "catégorie 3, adulte seul avec personnes à charge",
            36_000,
        ),
        ({"disabled": True}, "catégorie 2, carte d'invalidité", 30_000),
    ],
)
def test_the_line_that_gives_the_category(row, counted, ceiling):
    found = right(row, "PLUS")
    assert (found["counted"], found["ceiling_eur"]) == (counted, ceiling)


def test_a_fall_of_income_counts_for_a_rent_not_for_a_sale():
    """RFR 40 000 then 19 000: within the PLUS ceiling of 20 000, above that of BRS at 38 000."""
    row = {"rfr_n2_eur": 40_000.0, "rfr_n1_eur": 19_000.0}
    rent, sale = right(row, "PLUS"), right(row, "BRS")
    assert (rent["eligible"], rent["resources_eur"], rent["resources_basis"]) == (
        True,
        19_000,
        "N-1",
    )
    assert (sale["eligible"], sale["resources_eur"], sale["resources_basis"]) == (
        False,
        40_000,
        "N-2",
    )


def test_a_doubt_is_said_only_where_it_changes_the_answer():
    """A young couple is three in BRS (69 000) by categories, two (57 000) by persons."""
    young = {"couples": 1, "single_adults": 0, "adult_ages": (27, 27)}
    assert right({**young, "rfr_n2_eur": 50_000.0}, "BRS")["settled"]
    between = right({**young, "rfr_n2_eur": 60_000.0}, "BRS")
    assert between["eligible"]
    assert not between["settled"]
    assert "texte à vérifier" in between["reason"]
    assert right({**young, "rfr_n2_eur": 80_000.0}, "BRS")["settled"]


def test_a_dear_dwelling_counts_as_resources_of_the_zero_rate_loan():
    """360 000 / 9 = 40 000, above the 38 000 of one person."""
    found = right({}, "PTZ", loans=PTZ, operation_cost_eur=360_000.0)
    assert (found["eligible"], found["resources_eur"]) == (False, 40_000)
    assert found["resources_basis"] == "part du coût de l'opération"
    assert right({}, "PTZ", loans=PTZ, operation_cost_eur=90_000.0)["resources_basis"] == "N-2"


def test_one_row_a_household_and_tenure():
    table = rights_table(group({}, {"disabled": True}), RULES, loans=PTZ)
    assert len(table) == 2 * 4
    assert table["line"].tolist() == [2] * 4 + [3] * 4


def test_an_open_tenure_is_never_in_doubt():
    rules = replace(
        RULES, tests={"LIBRE": TenureTest(table=None, category="rental", category_settled=False)}
    )
    assert rights_table(group({}), rules)["settled"].all()
