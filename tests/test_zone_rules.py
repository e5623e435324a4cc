"""Rules of the study matched with zones, and zones meant for housing."""

import pandas as pd
import pytest

from habitat_analysis.land.zone_rules import DESTINATIONS, is_for_housing, match_rules, rule_for
from habitat_analysis.study.land import PluRules


def stated(*zones, destination="habitat"):
    return PluRules.model_validate(
        {
            "zones": list(zones),
            "destination": destination,
            "lues_dans_le_reglement": True,
            "source": "règlement inventé",
        }
    )


RULES = (stated("U"), stated("Uh"), stated("UC"), stated("AUc", "AUs"))


@pytest.mark.parametrize(
    ("label", "zone_type", "family", "found"),
    [
        ("UC", "U", "U", "UC"),  # its label, though the family comes first in the study
        ("UD", "Uh", "U", "Uh"),  # else its type
        ("UD", "Ux", "U", "U"),  # else its family
        ("1AU", "AUs", "AUs", "AUc"),
        ("uc", "", "U", "U"),  # labels are read as written
        ("A", "A", "A", None),
        ("", "", "", None),
    ],
)
def test_the_most_precise_rules_apply(label, zone_type, family, found):
    rule = rule_for(RULES, label=label, zone_type=zone_type, family=family)
    assert (rule.zones[0] if rule else None) == found


def test_a_table_is_matched_in_its_order_and_a_parcel_without_a_zone_has_no_rules():
    zones = pd.DataFrame(
        {
            "zone_label": ["UC", None, "UD"],
            "zone_type": ["U", None, "U"],
            "zone_family": ["U", None, "U"],
        }
    )
    assert match_rules(zones, RULES) == [RULES[2], None, RULES[0]]


def test_only_housing_mixed_and_silent_zones_are_for_housing():
    kept = [code for code in ("", *DESTINATIONS) if is_for_housing(code, None)]
    assert kept == ["", "00", "01", "03"]


def test_rules_of_another_destination_close_a_zone_that_says_nothing():
    assert not is_for_housing("", stated("UX", destination="activite"))
    assert not is_for_housing("05", stated("UE"))
    assert is_for_housing("01", stated("UC"))
