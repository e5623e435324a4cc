"""Rank many sites: exclusions, a weighted sum, and TOPSIS as a second opinion.

Pure arithmetic on a table of values, one row a site (``docs/model.md`` 1.3). The bounds of each
criterion are fixed by the planner, so that a score does not move when another site is added; the
TOPSIS score depends on the set, which is why it is only a second opinion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.formats import quoted, typeset

SCORE_DIGITS: Final = 12  # scores that agree to this many decimals are equal: the id decides
SWEEP_STEP: Final = 0.5  # each weight is moved by this share, down and up

Operator = Literal["lt", "gt", "eq"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A criterion on a column of the values, with its weight and its two bounds."""

    id: str  # the column
    weight: float
    worst: float  # value worth 0
    best: float  # value worth 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A reason to put a site aside: `field` `op` `value`, and the sentence that says it."""

    id: str
    field: str  # the column
    op: Operator
    value: float | str
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Every site with its marks, and the two orders of those kept.

    `sites` has one row a site, in the order given: `excluded`, `excluded_by` (ids of bars),
    `main_reason` (sentence of the first), `missing` (fields without a value), `score`, `rank`,
    `topsis`, `topsis_rank` and `ranks_differ`; a score is NaN and a rank missing where excluded.
    `terms` has the contribution of each criterion, weight times share, excluded sites included.
    """

    sites: pd.DataFrame
    terms: pd.DataFrame
    ranking: tuple[str, ...]  # by weighted sum
    topsis_ranking: tuple[str, ...]


def screen_sites(
    values: pd.DataFrame, criteria: Sequence[Scale], exclusions: Sequence[Bar] = ()
) -> Screening:
    """Put sites aside, then rank the others.

    Parameters
    ----------
    values
        One row a site, its id as index; the columns that criteria and exclusions name. A missing
        column, an empty or an infinite value is « missing »: worth 0, and listed.
    criteria
        Columns to weigh, each between its own bounds.
    exclusions
        Reasons to put a site aside. A missing value does not exclude.

    Returns
    -------
    screening
        Marks, contributions and rankings. Nothing is ranked when all sites are excluded.

    Raises
    ------
    DataError
        ``E_WEIGHTS`` when the weights are all zero, or one is negative or not a number, and for
        equal or undefined bounds.
    UsageError
        If an id appears twice.

    References
    ----------
    ``docs/model.md`` 1.3; TOPSIS: Hwang and Yoon, 1981.

    Examples
    --------
    >>> values = pd.DataFrame({"school_m": [300.0, 900.0]}, index=["A", "B"])
    >>> near = Scale(id="school_m", weight=1, worst=1100, best=100)
    >>> screen_sites(values, [near]).sites["score"].to_dict()
    {'A': 0.8, 'B': 0.2}
    """
    _check(values, criteria, exclusions)
    hits = flag_exclusions(values, exclusions)
    kept = ~hits.any(axis=1).astype(bool)
    terms = contributions(values, criteria)
    score = (terms.sum(axis=1) / _total_weight(criteria)).where(kept)
    second = topsis(values[kept], criteria).reindex(values.index)
    sites = pd.DataFrame(
        {
            "excluded": ~kept,
            "excluded_by": _names_where(hits),
            "main_reason": _main_reasons(hits, exclusions),
            "missing": _names_where(_missing(values, criteria, exclusions)),
            "score": score,
            "rank": rank_scores(score),
            "topsis": second,
            "topsis_rank": rank_scores(second),
        },
        index=values.index,
    )
    sites["ranks_differ"] = kept & (sites["rank"] != sites["topsis_rank"]).fillna(False)
    return Screening(
        sites=sites,
        terms=terms,
        ranking=_order(sites["rank"]),
        topsis_ranking=_order(sites["topsis_rank"]),
    )


def flag_exclusions(values: pd.DataFrame, exclusions: Sequence[Bar]) -> pd.DataFrame:
    """Tell which exclusion puts which site aside: one boolean column each, by id."""
    return pd.DataFrame({bar.id: _hit(values, bar) for bar in exclusions}, index=values.index)


def contributions(values: pd.DataFrame, criteria: Sequence[Scale]) -> pd.DataFrame:
    """Compute what each criterion brings to each site: its weight times its share."""
    terms = {scale.id: scale.weight * _share(values, scale) for scale in criteria}
    return pd.DataFrame(terms, index=values.index)


def topsis(values: pd.DataFrame, criteria: Sequence[Scale]) -> pd.Series:
    """Score sites by their distances to the best and to the worst of the set.

    Columns are divided by their Euclidean norm and weighted. A missing value counts as the worst
    bound of its criterion. The score is 0.5 where both distances are zero.

    Parameters
    ----------
    values
        Sites that are kept, one row each.
    criteria
        Columns to weigh; the bounds only say which direction is better.

    Returns
    -------
    score
        Between 0 and 1, by site.
    """
    weighted = np.zeros((len(values), len(criteria)))
    for column, scale in enumerate(criteria):
        raw = _numbers(values, scale.id).fillna(scale.worst).to_numpy()
        size = float(np.abs(raw).max(initial=0.0)) or 1.0
        norm = size * math.sqrt(float(((raw / size) ** 2).sum())) or 1.0
        direction = 1.0 if scale.best > scale.worst else -1.0
        weighted[:, column] = direction * scale.weight * raw / norm
    if not len(values):
        return pd.Series([], index=values.index, dtype=float)
    to_best = np.sqrt(((weighted - weighted.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((weighted - weighted.min(axis=0)) ** 2).sum(axis=1))
    both = to_best + to_worst
    score = np.divide(to_worst, both, out=np.full(len(values), 0.5), where=both > 0)
    return pd.Series(score, index=values.index)


def weight_sweep(
    values: pd.DataFrame,
    criteria: Sequence[Scale],
    exclusions: Sequence[Bar] = (),
    *,
    step: float = SWEEP_STEP,
) -> pd.DataFrame:
    """Move each weight down and up, and see whether the first site stays first.

    Parameters
    ----------
    values, criteria, exclusions
        As for `screen_sites`.
    step
        Share by which a weight moves, within [0, 1).

    Returns
    -------
    sweep
        ``criterion``, ``factor``, ``first_site`` (with the moved weight) and ``rank_of_first``
        (rank that the first site of the given weights then has). Empty without any site kept.

    Raises
    ------
    DataError, UsageError
        As `screen_sites`.
    """
    _check(values, criteria, exclusions)
    if not 0 <= step < 1:
        msg = f"Expected a step within [0, 1): got {step}."
        raise UsageError(msg)
    kept = values[~flag_exclusions(values, exclusions).any(axis=1).astype(bool)]
    shares = pd.DataFrame({scale.id: _share(kept, scale) for scale in criteria}, index=kept.index)
    weights = np.array([scale.weight for scale in criteria])
    first = _order(rank_scores(_weighted(shares, weights)))[:1]
    rows = []
    for column, scale in enumerate(criteria):
        for factor in (1 - step, 1 + step):
            moved = weights.copy()
            moved[column] *= factor
            ranks = rank_scores(_weighted(shares, moved))
            rows += [(scale.id, factor, _order(ranks)[0], int(ranks[site])) for site in first]
    return pd.DataFrame(rows, columns=["criterion", "factor", "first_site", "rank_of_first"])


def rank_scores(score: pd.Series) -> pd.Series:
    """Rank scores, the greatest first, equal ones by id; a missing score has no rank."""
    known = score.dropna().round(SCORE_DIGITS)
    ordered = sorted(known.index, key=lambda site: (-known[site], str(site)))
    ranks = pd.Series(range(1, len(ordered) + 1), index=ordered, dtype="Int64")
    return ranks.reindex(score.index)


def _check(values: pd.DataFrame, criteria: Sequence[Scale], exclusions: Sequence[Bar]) -> None:
    if not values.index.is_unique:
        msg = "Expected each site once: the index of `values` has duplicates."
        raise UsageError(msg)
    for ids in ([scale.id for scale in criteria], [bar.id for bar in exclusions]):
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            msg = f"Le critère ou l'exclusion {quoted(twice[0][:40])} est donné deux fois."
            raise DataError(typeset(msg))
    for bar in exclusions:
        if isinstance(bar.value, str) and bar.op != "eq":
            msg = (
                f"Exclusion {quoted(bar.id)} : {quoted(bar.value[:40])} est un texte, qui ne se "
                "compare que par « eq » (égal). Écrivez un nombre ou changez la comparaison."
            )
            raise DataError(typeset(msg))
    _check_scales(criteria)


def _check_scales(criteria: Sequence[Scale]) -> None:
    weights = [scale.weight for scale in criteria]
    if not all(math.isfinite(w) and w >= 0 for w in weights) or math.fsum(weights) <= 0:
        msg = (
            "Critères : un poids est négatif, ou aucun poids n'est positif. "
            "Donnez à chaque critère un poids positif ou nul, et à l'un d'eux au moins un poids "
            "positif."
        )
        raise DataError(typeset(msg), code="E_WEIGHTS")
    flat = [s.id for s in criteria if not math.isfinite(s.best - s.worst) or s.best == s.worst]
    if flat:
        msg = (
            f"Critère {quoted(flat[0])} : les bornes « pire » et « meilleur » sont égales ou "
            "indéfinies. Donnez deux valeurs différentes."
        )
        raise DataError(typeset(msg), code="E_WEIGHTS")


def _total_weight(criteria: Sequence[Scale]) -> float:
    return math.fsum(scale.weight for scale in criteria)


def _numbers(values: pd.DataFrame, column: str) -> pd.Series:
    """Read a column as finite numbers; what is not one is missing."""
    if column not in values:
        return pd.Series(np.nan, index=values.index)
    read = pd.to_numeric(values[column], errors="coerce")
    numbers = pd.Series(read.to_numpy(dtype=float, na_value=np.nan), index=values.index)
    return numbers.where(np.isfinite(numbers))


def _share(values: pd.DataFrame, scale: Scale) -> pd.Series:
    """Place a column between its bounds: 0 at the worst or missing, 1 at the best."""
    share = (_numbers(values, scale.id).to_numpy() - scale.worst) / (scale.best - scale.worst)
    return pd.Series(np.nan_to_num(np.clip(share, 0, 1)), index=values.index)


def _weighted(shares: pd.DataFrame, weights: NDArray[np.float64]) -> pd.Series:
    return pd.Series(shares.to_numpy() @ weights / weights.sum(), index=shares.index)


def _hit(values: pd.DataFrame, bar: Bar) -> pd.Series:
    if isinstance(bar.value, str):
        known = values.get(bar.field, pd.Series(None, index=values.index, dtype=object))
        return (known.astype("string") == bar.value).fillna(False).astype(bool)
    numbers = _numbers(values, bar.field)
    if bar.op == "eq":
        return numbers == bar.value
    return numbers < bar.value if bar.op == "lt" else numbers > bar.value


def _missing(
    values: pd.DataFrame, criteria: Sequence[Scale], exclusions: Sequence[Bar]
) -> pd.DataFrame:
    """Tell which fields of the criteria, then of the exclusions, have no value."""
    absent = {scale.id: _numbers(values, scale.id).isna() for scale in criteria}
    for bar in exclusions:
        if bar.field not in absent:
            known = values.get(bar.field, pd.Series(None, index=values.index, dtype=object))
            text = isinstance(bar.value, str)
            absent[bar.field] = known.isna() if text else _numbers(values, bar.field).isna()
    return pd.DataFrame(absent, index=values.index)


def _names_where(flags: pd.DataFrame) -> list[tuple[str, ...]]:
    names = np.array(flags.columns, dtype=object)
    return [tuple(names[row]) for row in flags.to_numpy(dtype=bool)]


def _main_reasons(hits: pd.DataFrame, exclusions: Sequence[Bar]) -> list[str]:
    sentences = {bar.id: bar.sentence or bar.id for bar in exclusions}
    return [sentences[names[0]] if names else "" for names in _names_where(hits)]


def _order(ranks: pd.Series) -> tuple[str, ...]:
    return tuple(ranks.dropna().sort_values().index)
