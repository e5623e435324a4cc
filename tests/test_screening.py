"""Ranking of sites: exclusions, weighted sum, TOPSIS, sweep of the weights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.land.screening import (
    Bar,
    Scale,
    flag_exclusions,
    rank_scores,
    screen_sites,
    topsis,
    weight_sweep,
)

NEAR = Scale(id="school_m", weight=0.6, worst=1100, best=100)
LARGE = Scale(id="area_m2", weight=0.4, worst=500, best=2500)
RED = Bar(id="red", field="flood_level", op="eq", value="rouge", sentence="zone rouge")
SMALL = Bar(id="small", field="area_m2", op="lt", value=600)


def table(**sites):
    return pd.DataFrame.from_dict(
        sites, orient="index", columns=["school_m", "area_m2", "flood_level"]
    )


SITES = table(A=(300, 1500, "aucun"), B=(100, 500, "aucun"), C=(900, 2500, "rouge"))


def test_a_score_is_the_weighted_sum_of_shares():
    # A: 0.6 x 0.8 + 0.4 x 0.5; B: 0.6 x 1 + 0; C: 0.6 x 0.2 + 0.4
    marks = screen_sites(SITES, [NEAR, LARGE])
    assert marks.sites["score"].tolist() == pytest.approx([0.68, 0.60, 0.52])
    assert marks.ranking == ("A", "B", "C")
    assert marks.terms.loc["A"].tolist() == pytest.approx([0.48, 0.20])


def test_weights_need_not_sum_to_one():
    twice = [Scale(id=s.id, weight=2 * s.weight, worst=s.worst, best=s.best) for s in (NEAR, LARGE)]
    assert screen_sites(SITES, twice).sites["score"]["A"] == pytest.approx(0.68)


def test_an_excluded_site_has_its_terms_but_no_score():
    marks = screen_sites(SITES, [NEAR, LARGE], [RED, SMALL])
    assert marks.ranking == ("A",)
    assert marks.sites.loc["C", ["excluded_by", "main_reason"]].tolist() == [("red",), "zone rouge"]
    assert marks.sites.loc["B", "main_reason"] == "small"
    assert np.isnan(marks.sites.loc["C", "score"])
    assert marks.sites.loc["C", "rank"] is pd.NA
    assert marks.terms.loc["C"].tolist() == pytest.approx([0.12, 0.40])


def test_a_missing_value_neither_excludes_nor_scores_and_is_listed():
    holes = table(A=(None, 1500, None), B=(float("inf"), 550, "aucun"))
    marks = screen_sites(holes, [NEAR, LARGE], [RED, SMALL])
    assert marks.sites.loc["A", "missing"] == ("school_m", "flood_level")
    assert marks.sites.loc["A", "score"] == pytest.approx(0.2)
    assert not marks.sites.loc["A", "excluded"]
    assert marks.sites.loc["B", "missing"] == ("school_m",)
    assert marks.sites.loc["B", "excluded_by"] == ("small",)


def test_an_absent_column_is_missing_everywhere():
    marks = screen_sites(SITES.drop(columns=["school_m", "flood_level"]), [NEAR, LARGE], [RED])
    assert set(marks.sites["missing"]) == {("school_m", "flood_level")}
    assert not marks.sites["excluded"].any()


@pytest.mark.parametrize("blank", [None, float("nan"), pd.NA])
def test_every_kind_of_blank_is_missing(blank):
    values = pd.DataFrame({"school_m": [blank, 100]}, index=["A", "B"], dtype=object)
    assert screen_sites(values, [NEAR]).sites["missing"].tolist() == [("school_m",), ()]


@pytest.mark.parametrize(
    ("op", "value", "hit"),
    [("lt", 500, []), ("lt", 501, ["B"]), ("gt", 1500, ["C"]), ("eq", 500, ["B"])],
)
def test_comparisons_are_strict(op, value, hit):
    bar = Bar(id="x", field="area_m2", op=op, value=value)
    flags = flag_exclusions(SITES, [bar])["x"]
    assert flags[flags].index.tolist() == hit


def test_all_sites_excluded_is_an_empty_ranking():
    marks = screen_sites(SITES, [NEAR], [Bar(id="all", field="area_m2", op="gt", value=0)])
    assert (marks.ranking, marks.topsis_ranking) == ((), ())
    assert weight_sweep(SITES, [NEAR], [Bar(id="a", field="area_m2", op="gt", value=0)]).empty


def test_no_site_at_all():
    marks = screen_sites(pd.DataFrame(), [NEAR], [RED])
    assert marks.sites.empty
    assert marks.ranking == ()


def test_equal_scores_are_ordered_by_id():
    same = table(b=(300, 1500, ""), a=(300, 1500, ""), C=(300, 1500, ""))
    assert screen_sites(same, [NEAR, LARGE]).ranking == ("C", "a", "b")
    assert screen_sites(same, [NEAR, LARGE]).sites["topsis"].tolist() == [0.5, 0.5, 0.5]


def test_ranks_ignore_the_last_bits_of_a_sum():
    assert rank_scores(pd.Series({"b": 0.3, "a": 0.1 + 0.2 - 1e-16})).to_dict() == {"b": 2, "a": 1}


@pytest.mark.parametrize("weights", [(0, 0), (1, -0.1), (float("nan"), 1), ()])
def test_weights_that_mean_nothing_are_refused(weights):
    scales = [
        Scale(id=name, weight=weight, worst=0, best=1)
        for name, weight in zip(("school_m", "area_m2"), weights, strict=False)
    ]
    for call in (screen_sites, weight_sweep):
        with pytest.raises(DataError) as refused:
            call(SITES, scales)
        assert refused.value.code == "E_WEIGHTS"


def test_equal_bounds_are_refused():
    with pytest.raises(DataError, match="bornes"):
        screen_sites(SITES, [Scale(id="area_m2", weight=1, worst=5, best=5)])


def test_a_text_is_compared_by_equality_only():
    with pytest.raises(DataError, match="texte"):
        screen_sites(SITES, [NEAR], [Bar(id="x", field="flood_level", op="lt", value="rouge")])


@pytest.mark.parametrize(
    ("scales", "bars"), [([NEAR, NEAR], []), ([NEAR], [RED, RED])], ids=["criteria", "exclusions"]
)
def test_a_criterion_or_an_exclusion_given_twice_is_refused(scales, bars):
    with pytest.raises(DataError, match="deux fois"):
        screen_sites(SITES, scales, bars)


def test_a_site_given_twice_is_a_mistake_of_the_caller():
    with pytest.raises(UsageError):
        screen_sites(pd.concat([SITES, SITES]), [NEAR])


def test_hostile_ids_are_kept_as_they_are():
    ids = ["<script>alert(1)</script>", "=1+1", "../../etc", "é\u202eid", ""]
    values = pd.DataFrame({"school_m": [100, 200, 300, 400, 500]}, index=ids)
    assert screen_sites(values, [NEAR]).ranking == tuple(ids)


def test_the_values_are_left_as_given():
    before = SITES.copy()
    screen_sites(SITES, [NEAR, LARGE], [RED])
    weight_sweep(SITES, [NEAR, LARGE])
    assert SITES.equals(before)


# ---------------------------------------------------------------------------------- TOPSIS


def test_topsis_by_hand():
    # one criterion of cost: norms 3-4-5, so 0.6 and 0.8; A is the best, B the worst
    values = pd.DataFrame({"school_m": [3.0, 4.0]}, index=["A", "B"])
    assert topsis(values, [NEAR]).tolist() == [1.0, 0.0]
    # a second criterion of gain the other way round, twice as heavy: distances 0.2 and 0.4
    values["area_m2"] = [3.0, 4.0]
    light, heavy = (
        Scale(id="school_m", weight=1, worst=9, best=0),
        Scale(id="area_m2", weight=2, worst=0, best=9),
    )
    assert topsis(values, [light, heavy]).tolist() == pytest.approx([1 / 3, 2 / 3])


def test_a_column_of_zeros_does_not_count_in_topsis():
    values = SITES.assign(school_m=0.0)
    both = topsis(values, [NEAR, LARGE])
    assert both.tolist() == pytest.approx(topsis(values, [LARGE]).tolist())


def test_ranks_that_differ_are_flagged():
    # both are within 100 m, so worth 1; X is larger, but TOPSIS sees 10 m against 100 m
    values = table(X=(100, 1600, ""), Y=(10, 1500, ""), Z=(900, 600, ""))
    marks = screen_sites(values, [NEAR, LARGE])
    assert (marks.ranking, marks.topsis_ranking) == (("X", "Y", "Z"), ("Y", "X", "Z"))
    assert marks.sites["ranks_differ"].to_dict() == {"X": True, "Y": True, "Z": False}


# -------------------------------------------------------------------------------- properties

measures = st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 4000)), min_size=1, max_size=8)


def as_table(rows):
    return pd.DataFrame(
        rows, columns=["school_m", "area_m2"], index=[f"S{rank}" for rank in range(len(rows))]
    )


@given(measures)
def test_a_site_at_least_as_good_everywhere_never_ranks_after(rows):
    values = as_table(rows)
    values.loc["Z"] = [values["school_m"].min(), values["area_m2"].max()]
    marks = screen_sites(values, [NEAR, LARGE])
    assert marks.sites["score"]["Z"] >= marks.sites["score"].max() - 1e-12
    assert marks.sites["topsis"]["Z"] >= marks.sites["topsis"].max() - 1e-9


@given(measures, st.tuples(st.floats(0, 2000), st.floats(0, 4000)))
def test_another_site_does_not_move_a_score(rows, other):
    values = as_table(rows)
    alone = screen_sites(values, [NEAR, LARGE]).sites["score"]
    values.loc["Z"] = list(other)
    assert screen_sites(values, [NEAR, LARGE]).sites["score"].drop("Z").equals(alone)


@given(measures, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_ranking(rows, random):
    values = as_table(rows)
    mixed = list(values.index)
    random.shuffle(mixed)
    marks = screen_sites(values, [NEAR, LARGE])
    assert screen_sites(values.loc[mixed], [NEAR, LARGE]).ranking == marks.ranking


# ------------------------------------------------------------------------------------- sweep


def test_the_sweep_finds_the_weight_that_changes_the_first_site():
    # A 0.6 x 0.8 + 0.4 x 0.5; B 0.6 + 0. Near at 0.9: A (0.72 + 0.2)/1.3, B 0.9/1.3: A first.
    # Large at 0.2: A (0.48 + 0.1)/0.8, B 0.6/0.8: B first, A second.
    sweep = weight_sweep(SITES, [NEAR, LARGE], [RED]).set_index(["criterion", "factor"])
    assert sweep.loc[("school_m", 1.5)].tolist() == ["A", 1]
    assert sweep.loc[("area_m2", 0.5)].tolist() == ["B", 2]
    assert len(sweep) == 4


def test_a_sweep_that_would_cancel_a_weight_is_refused():
    with pytest.raises(UsageError):
        weight_sweep(SITES, [NEAR], step=1.0)
