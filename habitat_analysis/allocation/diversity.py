"""What the bounds of a group cost, and which to vote again when they leave no allocation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from habitat_analysis.allocation.assignment import Stage, best_assignment
from habitat_analysis.allocation.proposal import allocate, pairs_of, play
from habitat_analysis.allocation.wishes import Wishes
from habitat_analysis.formats import join_fr, quoted, typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOfDiversity:
    """Largest utility without the bounds and with them; `ratio` None when not defined."""

    utility_without: float
    utility_with: float | None  # None when no allocation keeps the bounds
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revote:
    """Why bounds leave no allocation.

    Attributes
    ----------
    conflict
        Bounds that cannot hold together, none of them superfluous; empty when the pairs fixed
        are enough to leave nothing.
    alone
        Bounds each of which, put aside alone, makes an allocation possible.
    sentence
        The same in French.
    """

    conflict: tuple[str, ...]
    alone: tuple[str, ...]
    sentence: str


def price_of_diversity(wishes: Wishes) -> PriceOfDiversity:
    """Compare the largest utility without and with the bounds.

    Returns
    -------
    price
        Utility of a household housed: K + 1 - rank, K the number of dwellings (Benabbou et al.,
        "The price of diversity in assignment problems", 2019). A ratio of 1 costs nothing.
    """
    without, within = _utility(wishes.without_bounds()), _utility(wishes)
    return PriceOfDiversity(
        utility_without=without or 0.0,
        utility_with=within,
        ratio=without / within if without and within else None,
    )


def bounds_to_revote(wishes: Wishes) -> Revote | None:
    """Say which bounds to vote again; None when an allocation is possible.

    The conflict is found by taking bounds away one after the other (deletion filter): each one
    kept is needed for the impossibility.
    """
    if is_possible(wishes):
        return None
    ids = [bound.id for bound in wishes.bounds]
    if not is_possible(wishes.without_bounds()):
        return Revote(conflict=(), alone=(), sentence=revote_sentence((), ()))
    alone = tuple(name for name in ids if is_possible(wishes.without_bounds(name)))
    left = wishes
    for name in ids:
        fewer = left.without_bounds(name)
        if not is_possible(fewer):
            left = fewer
    conflict = tuple(bound.id for bound in left.bounds)
    return Revote(conflict=conflict, alone=alone, sentence=revote_sentence(conflict, alone))


def is_possible(wishes: Wishes) -> bool:
    """Whether some allocation keeps the bounds and the fixed pairs."""
    pairs = pairs_of(wishes)
    any_one = Stage(name="possible", value=pairs.rank * 0.0, sense="min")
    return play(wishes, pairs, [any_one]).status in ("optimal", "feasible")


def what_bounds_change(wishes: Wishes) -> dict[str, tuple[int, ...]]:
    """Return, bound by bound, the fairness that the group would have without it."""
    return {bound.id: allocate(wishes.without_bounds(bound.id)).fairness for bound in wishes.bounds}


def _utility(wishes: Wishes) -> float | None:
    pairs = pairs_of(wishes)
    worth = len(wishes.dwellings) + 1 - pairs.rank
    placement = best_assignment(pairs.places, worth, "max")
    return float(worth[placement.pairs].sum()) if placement.status == "optimal" else None


def revote_sentence(conflict: Sequence[str], alone: Sequence[str]) -> str:
    """Say which bounds cannot hold together and which to vote again, under the names given.

    Parameters
    ----------
    conflict, alone
        As in `Revote`, by their ids or by their labels; no conflict: pairs fixed are to blame.
    """
    if not conflict:
        sentence = "Les paires fixées ne peuvent pas tenir ensemble : libérez-en une."
        return typeset(sentence)
    told = join_fr([quoted(name) for name in conflict])
    several = len(conflict) > 1
    why = (
        f"Aucune allocation ne respecte ensemble les limites {told}."
        if several
        else f"Aucune allocation ne respecte la limite {told}."
    )
    if not alone:
        return typeset(f"{why} En revoter une seule ne suffit pas.")
    ways = join_fr([quoted(name) for name in alone], "ou")
    return typeset(f"{why} Le groupe peut revoter {ways}.")
