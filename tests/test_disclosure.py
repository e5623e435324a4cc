"""Figures of a group may be published only if they do not give its small cells back."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.households.disclosure import (
    LEAST_DOUBT,
    keeps_secrets,
    rounded,
)
from habitat_analysis.households.mixity import dissimilarity, mixity
from habitat_analysis.households.summary import THRESHOLD, suppress_table

REFERENCE = [5.0, 3.0, 2.0]


def published(counts):
    """Entropy and dissimilarity to a reference, as a report rounds them."""
    found = mixity(counts, REFERENCE[: len(counts)])
    return rounded(found.entropy), rounded(found.dissimilarity)


def exact(counts):
    return mixity(counts).entropy, dissimilarity(counts, REFERENCE[: len(counts)])


def test_rounding_by_hand():
    assert [rounded(x) for x in (0.849, 0.69, 0.02, 1.0)] == [0.85, 0.7, 0.0, 1.0]


def test_two_categories_and_a_known_total_give_the_table_back():
    counts = [24, 4]
    same = [[a, 28 - a] for a in range(29) if exact([a, 28 - a]) == exact(counts)]
    assert same == [counts]  # entropy says 4 and 24, the reference says which
    assert not keeps_secrets(counts, exact)
    # Even rounded: no other table with a hidden pattern alike comes near enough.
    assert not keeps_secrets(counts, published)


def test_a_group_under_the_threshold_says_nothing():
    assert not keeps_secrets([3, 4, 3], lambda counts: (None,))
    assert keeps_secrets([4, 4, 3], lambda counts: (None,))


def test_everybody_in_one_category_is_the_situation_of_each():
    assert not keeps_secrets([28, 0, 0], published)


def test_a_planted_small_cell_turns_figures_off():
    spread = [8, 7, 7, 6]
    coarse = lambda counts: (rounded(mixity(counts).entropy, 0.1),)  # noqa: E731
    assert keeps_secrets(spread, coarse)
    # One household alone in its category: the figure that counts it is not told.
    planted = lambda counts: (counts[3],)  # noqa: E731
    assert not keeps_secrets([9, 9, 9, 1], planted)


def test_a_cell_told_elsewhere_leaves_less_doubt():
    counts = [9, 7, 5]
    loose = lambda counts: (None,)  # noqa: E731
    assert keeps_secrets(counts, loose)
    assert keeps_secrets(counts, loose, known=[0])  # the two others may still be exchanged
    assert not keeps_secrets(counts, loose, known=[0, 1])  # the last one is a subtraction


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=3, max_size=3))
def test_what_is_told_leaves_each_small_cell_in_doubt(counts):
    """Brute force: of all tables of the same total and figures, small cells take far values."""
    if not keeps_secrets(counts, published):
        return
    shown = suppress_table(counts)
    total = sum(counts)
    alike = [
        [a, b, total - a - b]
        for a, b in itertools.product(range(total + 1), repeat=2)
        if a + b <= total and published([a, b, total - a - b]) == published(counts)
    ]
    alike = [
        table
        for table in alike
        if all(told is None or told == n for told, n in zip(shown, table, strict=True))
    ]
    for place, count in enumerate(counts):
        if 0 < count < THRESHOLD:
            values = {table[place] for table in alike}
            assert max(values) - min(values) >= LEAST_DOUBT
