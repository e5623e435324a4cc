"""The public summary: nothing stands on fewer than eleven households, even by subtraction."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.households.needs import Needs
from habitat_analysis.households.summary import (
    THRESHOLD,
    group_summary,
    suppress_nested,
    suppress_table,
)

TENURES = ("PLAI", "PLUS", "LIBRE")


def summary(persons, eligible=None, incomes=None):
    size = len(persons)
    incomes = incomes or [1_000.0 + 10 * n for n in range(size)]
    group = pd.DataFrame(
        {
            "household_id": [f"M{n:03}" for n in range(size)],
            "income_month_eur": incomes,
            "savings_eur": [float("nan")] * size,
        }
    )
    households = pd.DataFrame(
        {
            "persons": persons,
            "eligible": eligible or [("LIBRE",)] * size,
            "resources_eur": [12.0 * income for income in incomes],
            "income_uc_eur": incomes,
        }
    )
    needs = Needs(households=households, classes=pd.DataFrame(), unplaced=pd.DataFrame())
    return group_summary(group, needs, tenures=TENURES).set_index(["theme", "label"])


def test_a_group_large_enough_is_described():
    table = summary([1] * 12 + [3] * 14, [TENURES] * 12 + [("LIBRE",)] * 14)
    assert table.loc[("groupe", "Ménages"), "value"] == 26
    assert table.loc[("groupe", "Personnes"), "value"] == 54
    assert table.loc[("taille", "1 personne"), "value"] == 12
    assert table.loc[("taille", "2 personnes"), "value"] == 0
    assert table.loc[("statut", "PLAI"), "value"] == 12
    assert table.loc[("statut", "LIBRE"), "value"] == 26
    assert table.loc[("revenu", "Revenu mensuel médian"), "value"] == 1_100  # 1 125 rounded
    assert table.loc[("revenu", "Épargne médiane"), "suppressed"]


def test_a_small_group_keeps_its_secrets():
    table = summary([1, 2, 2, 3, 7])
    shown = table[~table["suppressed"]]
    assert shown.index.tolist() == [("groupe", "Ménages")]
    assert table.loc[table["suppressed"], "value"].isna().all()


def test_persons_are_not_said_when_sizes_are_hidden():
    table = summary([1] * 12 + [2] * 3 + [4] * 13)
    assert table.loc[("groupe", "Personnes"), "suppressed"]


def test_no_row_describes_a_household():
    text = summary([1] * 12 + [6] * 14).to_csv()
    assert "M0" not in text
    assert "6 personnes" not in text


@given(st.lists(st.integers(0, 30), min_size=1, max_size=7))
def test_a_hidden_cell_cannot_be_found_by_subtraction(counts):
    published = suppress_table(counts)
    for count, shown in zip(counts, published, strict=True):
        assert shown is None or shown == count
        assert shown is None or shown == 0 or shown >= THRESHOLD
    hidden = [n for n, shown in zip(counts, published, strict=True) if shown is None]
    if hidden and sum(counts) >= THRESHOLD:
        assert len(hidden) >= 2
        assert sum(hidden) >= THRESHOLD


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 60))
def test_no_difference_of_nested_counts_is_small(counts, extra):
    total = max(counts) + extra
    named = {f"u{n}": count for n, count in enumerate(counts)}
    published = suppress_nested(named, total)
    assert list(published) == list(named)
    known = [count for count in published.values() if count is not None]
    if total < THRESHOLD:
        assert known == []
        return
    for one in [*known, 0, total]:
        for other in known:
            assert one == other or abs(one - other) >= THRESHOLD


def test_another_threshold():
    assert suppress_table([3, 4], threshold=3) == [3, 4]
    assert suppress_nested({"PLAI": 3}, 6, threshold=3) == {"PLAI": 3}


@pytest.mark.parametrize("counts", [[12, 14, 2], [2, 3, 20], [1, 30]])
def test_the_smallest_large_cell_hides_the_small_ones(counts):
    published = suppress_table(counts)
    assert published[0] is None
