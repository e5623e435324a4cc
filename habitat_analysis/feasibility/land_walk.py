"""From what the land of the operation may cost to the compte à rebours of its sale tenures.

Two prices of the same land: the whole operation keeps every limit of the study and spends all the
equity and the help allowed; the compte à rebours asks of each sale tenure alone its target margin
and gives it no equity. Every step between the two is named, in euros before tax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.programme.evaluation import Evaluation

STEPS: Final = (
    "equity",  # equity and top-up spent by the programme that bears the land
    "programme",  # the programme kept instead of that one
    "accounts",  # detailed accounts instead of the linear form
    "others",  # what the tenures that are not sold leave to be found
    "vat",  # the price of land that a euro pays: VAT of the fixed cost left out
    "margin",  # the target margin
    "other_land",  # the land counted that the other tenures bear
    "land_lines",  # the other lines of land, that the compte à rebours counts with the land
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandWalk:
    """The steps from one price of the land to the other, in euros before tax.

    Attributes
    ----------
    start_eur
        Charge foncière admissible of the operation.
    steps
        One amount a key of `STEPS`: ``start_eur`` and all of them add up to ``end_eur``.
    by_tenure
        Compte à rebours of each sale tenure.
    same_programme
        Whether the programme kept is the one that bears the most land.
    """

    start_eur: float
    steps: Mapping[str, float]
    by_tenure: Mapping[str, float]
    same_programme: bool

    @property
    def end_eur(self) -> float:
        """Sum of the comptes à rebours."""
        return sum(self.by_tenure.values())


def land_walk(feasibility: Feasibility) -> LandWalk | None:
    """Walk from the charge foncière admissible to the compte à rebours; None without sales.

    References
    ----------
    ``docs/model.md`` 3.6 and 5.4. With k = 1 + interest of the land, t = VAT of the fixed cost and
    every resource and cost of the programme kept: compte à rebours = land of the tenure +
    (margin - target) / k, and the operation pays (resources - other costs) / (k (1 + t)).
    """
    argument, montage = feasibility.argument, feasibility.montage
    kept = feasibility.optimum.evaluation
    land = None if argument is None else argument.land
    if land is None or montage is None or not montage.sales or kept is None:
        return None
    bearing = land.bill.evaluation
    if bearing is None:
        return None
    sales, factor = montage.sales, land.factor
    carried = 1 + feasibility.file.parameters.land_interest
    left = montage.plan.need_by_tenure
    margins = sum(m.margin_eur for m in sales.values())
    target = feasibility.ground.study.montage.target_margin
    turnover = sum(m.turnover_ht_eur for m in sales.values())
    sold_land = sum(m.land_ht_eur for m in sales.values())
    whole_land = _land_lines(feasibility)
    steps = {
        "equity": -_left_to_find(bearing) / factor,
        "programme": _paid_for(kept, land.counted_ht_eur, factor)
        - _paid_for(bearing, land.admissible_ht_eur, factor),
        "accounts": (_left_to_find(kept) - sum(left.values())) / factor,
        "others": sum(need for code, need in left.items() if code not in sales) / factor,
        "vat": margins * (1 / carried - 1 / factor),
        "margin": -target * turnover / carried,
        "other_land": -(whole_land - sold_land),
        "land_lines": whole_land - land.counted_ht_eur,
    }
    return LandWalk(
        start_eur=land.admissible_ht_eur,
        steps={name: steps[name] for name in STEPS},
        by_tenure={code: m.countdown_ht_eur for code, m in sales.items()},
        same_programme=_same(kept, bearing),
    )


def _left_to_find(evaluation: Evaluation) -> float:
    """Return what resources leave to be found, tax included; below zero, what they leave over."""
    return evaluation.equity_needed_eur - evaluation.surplus_eur


def _paid_for(evaluation: Evaluation, land_ht_eur: float, factor: float) -> float:
    """Return the land before tax that loans, subsidies and sales pay for, all else paid."""
    resources = evaluation.loans_eur + evaluation.subsidies_eur + evaluation.sales_eur
    others = evaluation.cost_eur - land_ht_eur * factor
    return (resources - others) / factor


def _land_lines(feasibility: Feasibility) -> float:
    """Add up all the lines of land of the accounts, before tax."""
    costs = feasibility.costs
    if costs is None:
        return 0.0
    return sum(costs.family_ht_eur(str(code), "foncier") for code in costs.families.columns)


def _same(kept: Evaluation, bearing: Evaluation) -> bool:
    one, other = kept.programme, bearing.programme
    used = [{cell: n for cell, n in p.units.items() if n} for p in (one, other)]
    return used[0] == used[1] and set(one.spaces) == set(other.spaces)
