"""Bedrooms that will be needed in some years, checked by hand."""

import pytest

from habitat_analysis.households.horizon import future_needs
from tests.household_samples import RULES, group

COUPLE = {"couples": 1, "single_adults": 0, "adult_ages": ()}
PAIR = {**COUPLE, "child_ages": (12, 15), "child_departures_years": (8, 4)}


@pytest.mark.parametrize(
    ("row", "years", "now", "later"),
    [
        (PAIR, 3, 4, 4),  # two older children: three bedrooms, and nobody has left
        (PAIR, 4, 4, 3),  # the elder leaves in the fourth year
        (PAIR, 10, 4, 2),  # both have left
        ({**COUPLE, "child_ages": (2, 5)}, 5, 3, 4),  # they no longer share a bedroom
        ({**COUPLE, "child_ages": (12,)}, 20, 3, 3),  # no departure is stated: it stays
        ({"child_ages": (16,), "child_departures_years": (2,)}, 5, 3, 1),  # alone again
        ({"visiting_child_ages": (16,)}, 10, 3, 3),
    ],
)
def test_needs_in_some_years(row, years, now, later):
    (found,) = future_needs(group(row), RULES, years).to_dict("records")
    assert (found["t_min"], found["t_min_later"]) == (now, later)
    assert (found["falls"], found["rises"]) == (later < now, later > now)


def test_it_says_whether_every_departure_is_stated():
    some = {**PAIR, "child_departures_years": (8, None)}
    found = future_needs(group(PAIR, some, {}, {"child_ages": (4,)}), RULES, 10)
    assert found["stated"].tolist() == [True, False, True, False]


def test_needs_never_grow_as_more_children_leave():
    ages = (3, 9, 13, 17)
    asked = [
        future_needs(
            group(
                {
                    **COUPLE,
                    "child_ages": ages,
                    "child_departures_years": (0,) * gone + (30,) * (4 - gone),
                }
            ),
            RULES,
            6,
        )["t_min_later"][0]
        for gone in range(5)
    ]
    assert asked == sorted(asked, reverse=True)
