"""Measures of mix: bounds, invariances, and what is not defined."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from habitat_analysis.errors import UsageError
from habitat_analysis.households.mixity import (
    SocialShare,
    dissimilarity,
    duncan,
    mixity,
    quartile_mix,
    social_share,
    theil_h,
)

COUNTS = st.lists(st.integers(0, 50), min_size=2, max_size=8)
BUILDINGS = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 20), min_size=k, max_size=k), min_size=1, max_size=6)
)


def test_all_equal_and_all_the_same():
    assert mixity([3, 3, 3]).entropy == pytest.approx(1)
    assert mixity([3, 3, 3]).simpson_normalised == pytest.approx(1)
    alone = mixity([7, 0, 0])
    assert (alone.entropy, alone.simpson, alone.simpson_normalised) == (0, 0, 0)


def test_categories_of_the_list_count_even_when_empty():
    assert mixity([3, 3]).entropy > mixity([3, 3, 0]).entropy


def test_not_defined():
    nobody = mixity([0, 0], [1, 1])
    assert (nobody.entropy, nobody.simpson, nobody.dissimilarity) == (None, None, None)
    single = mixity([5])
    assert (single.entropy, single.simpson, single.simpson_normalised) == (None, 0, None)
    assert mixity([1, 2]).dissimilarity is None
    assert mixity([1, 2], [0, 0]).dissimilarity is None
    assert quartile_mix([0, 0, 0, 0]) is None
    assert quartile_mix([4]) is None
    assert theil_h([]) is None
    assert theil_h([[3, 0], [5, 0]]) is None
    assert theil_h([[0, 0]]) is None
    assert duncan([[3, 0], [5, 0]]) is None
    assert duncan([]) is None
    none = SocialShare(rental=None, with_accession=None)
    assert social_share({}, rental=["PLUS"], accession=[]) == none


@pytest.mark.parametrize(
    "call",
    [
        lambda: mixity([-1, 2]),
        lambda: mixity([float("nan"), 2]),
        lambda: mixity([1, 2], [1, 2, 3]),
        lambda: theil_h([[1, 2], [1]]),
        lambda: duncan([[1, 2, 3]]),
        lambda: duncan([[1, -2]]),
    ],
)
def test_refusals(call):
    with pytest.raises(UsageError):
        call()


@given(COUNTS, st.randoms())
def test_bounds_and_invariances(counts, chance):
    assume(sum(counts) > 0)
    found = mixity(counts, counts)
    assert -1e-12 <= found.entropy <= 1 + 1e-12
    assert -1e-12 <= found.simpson_normalised <= 1 + 1e-12
    assert found.dissimilarity == pytest.approx(0, abs=1e-12)
    shuffled = counts.copy()
    chance.shuffle(shuffled)
    assert mixity(shuffled).entropy == pytest.approx(found.entropy, abs=1e-12)
    assert mixity([3 * count for count in counts]).simpson == pytest.approx(found.simpson)
    assert 0 <= quartile_mix(counts) <= 1 + 1e-12


@given(COUNTS, st.data())
def test_dissimilarity_is_a_distance_between_shares(counts, data):
    size = len(counts)
    other = data.draw(st.lists(st.integers(0, 50), min_size=size, max_size=size))
    assume(sum(counts) > 0)
    assume(sum(other) > 0)
    there, back = dissimilarity(counts, other), dissimilarity(other, counts)
    assert there == pytest.approx(back)
    assert -1e-12 <= there <= 1 + 1e-12


@given(BUILDINGS)
def test_theil_bounds_order_and_empty_buildings(units):
    found = theil_h(units)
    assume(found is not None)
    assert 0 <= found <= 1
    assert theil_h(units[::-1]) == pytest.approx(found, abs=1e-12)
    assert theil_h([*units, [0] * len(units[0])]) == pytest.approx(found, abs=1e-12)


def test_quartiles_by_hand():
    assert quartile_mix([5, 5, 5, 5]) == 1
    assert quartile_mix([0, 8, 0, 0]) == 0
    assert quartile_mix([10, 10, 0, 0]) == pytest.approx(1 - 0.5 / 0.75)


def test_social_share_both_ways():
    counts = {"PLAI": 2, "PLUS": 2, "BRS": 4, "LIBRE": 2}
    shares = social_share(counts, rental={"PLAI", "PLUS", "PLS"}, accession={"BRS", "PSLA"})
    assert shares == SocialShare(rental=0.4, with_accession=0.8)
