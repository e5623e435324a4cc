"""The same costs seen two ways: as lines of one programme, and as a linear form of any.

A planner states costs by the square metre, by the dwelling, by the parking place or as lump
sums. For a given programme they become the lines of `costs.cost_price`; for the search of a
programme they become a linear form. Both give the same total.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.costs import CostLine, CostParameters, Family, Fee, Key

Basis = Literal["forfait", "m2_shab", "m2_sdp", "m2_terrain", "logement", "place"]

BASES: tuple[Basis, ...] = ("forfait", "m2_shab", "m2_sdp", "m2_terrain", "logement", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One cost as the planner states it, before tax."""

    id: str
    label: str
    family: Family
    basis: Basis  # forfait: a lump sum; otherwise euros for one unit of the basis
    value_eur_ht: float
    key: Key | None = None  # how it is shared among tenures; None: the natural key of its basis


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCosts:
    """The cost of any programme on one site, before tax, interest and fees included."""

    variable_m2_ht_eur: float  # for one m² of SHAB
    dwelling_ht_eur: float
    parking_ht_eur: float  # for one place
    fixed_ht_eur: float
    fixed_land_ht_eur: float  # the part of the fixed cost that is land, with its interest
    land_factor: float  # fixed cost of one more euro of land

    def total_ht_eur(self, *, shab_m2: float, dwellings: float, parking: float) -> float:
        """Compute the cost of a programme, in euros before tax."""
        return (
            self.variable_m2_ht_eur * shab_m2
            + self.dwelling_ht_eur * dwellings
            + self.parking_ht_eur * parking
            + self.fixed_ht_eur
        )


def cost_lines(
    items: Sequence[CostItem],
    quantities: pd.DataFrame,
    *,
    land_m2: float,
    sdp_per_shab: float,
) -> list[CostLine]:
    """Turn stated costs into the lines of one programme.

    Parameters
    ----------
    items
        Costs as the planner states them.
    quantities
        One row a tenure, columns ``shab`` in m², ``dwellings`` and ``parking``.
    land_m2
        Area of the site, in m².
    sdp_per_shab
        Floor area (SDP) for one m² of SHAB.

    Returns
    -------
    lines
        One line an item, in the same order, before tax.

    Examples
    --------
    >>> quantities = pd.DataFrame({"shab": {"BRS": 60.0}, "dwellings": 1, "parking": 1})
    >>> items = [CostItem(id="bati", label="Bâtiment", family="travaux", basis="m2_shab",
    ...     value_eur_ht=2_000)]
    >>> [line.amount_ht_eur for line in cost_lines(items, quantities, land_m2=90, sdp_per_shab=1.1)]
    [120000.0]
    """
    totals = quantities.sum()
    amounts: dict[str, float] = {
        "forfait": 1.0,
        "m2_shab": float(totals["shab"]),
        "m2_sdp": float(totals["shab"]) * sdp_per_shab,
        "m2_terrain": land_m2,
        "logement": float(totals["dwellings"]),
        "place": float(totals["parking"]),
    }
    return [
        CostLine(
            id=item.id,
            label=item.label,
            family=item.family,
            amount_ht_eur=item.value_eur_ht * amounts[item.basis],
            key=item.key or _natural_key(item),
        )
        for item in items
    ]


def unit_costs(
    items: Sequence[CostItem],
    fees: Sequence[Fee],
    parameters: CostParameters,
    *,
    land_m2: float,
    sdp_per_shab: float,
) -> UnitCosts:
    """Put the stated costs in the linear form that the choice of a programme needs.

    Each cost carries its own contingency, revisions, proportional fees and interest, so that the
    form has no average cost in it.

    Parameters
    ----------
    items
        Costs as the planner states them.
    fees
        Fees in proportion to the revised works.
    parameters
        Contingency, revisions, interest during works.
    land_m2
        Area of the site, in m².
    sdp_per_shab
        Floor area (SDP) for one m² of SHAB.

    Returns
    -------
    unit_costs
        Euros before tax for one m² of SHAB, one dwelling, one place, and whatever the programme.

    References
    ----------
    ``docs/model.md`` 2.1 and 5.1. ``cost_price`` on the lines of `cost_lines` gives the same sum.

    Examples
    --------
    >>> parameters = CostParameters(contingency=0.05, revision_rate=0, revision_months=0,
    ...     finance_rate=0.04, land_carry_months=24, works_months=0)
    >>> works = CostItem(id="bati", label="Bâtiment", family="travaux", basis="m2_shab",
    ...     value_eur_ht=2_000)
    >>> land = CostItem(id="terrain", label="Terrain", family="foncier", basis="forfait",
    ...     value_eur_ht=100_000)
    >>> costs = unit_costs([works, land], [], parameters, land_m2=900, sdp_per_shab=1.1)
    >>> round(costs.variable_m2_ht_eur, 2), round(costs.fixed_ht_eur, 2)
    (2100.0, 108000.0)
    """
    if not math.isfinite(sdp_per_shab) or sdp_per_shab <= 0 or land_m2 < 0:
        msg = f"Expected a positive `sdp_per_shab` and a land area: got {sdp_per_shab}, {land_m2}."
        raise UsageError(msg)
    factors = _family_factors(fees, parameters)

    def total(*bases: Basis, family: Family | None = None) -> float:
        chosen = [i for i in items if i.basis in bases and family in (None, i.family)]
        return float(sum(item.value_eur_ht * factors[item.family] for item in chosen))

    return UnitCosts(
        variable_m2_ht_eur=total("m2_shab") + total("m2_sdp") * sdp_per_shab,
        dwelling_ht_eur=total("logement"),
        parking_ht_eur=total("place"),
        fixed_ht_eur=total("forfait") + total("m2_terrain") * land_m2,
        fixed_land_ht_eur=total("forfait", family="foncier")
        + total("m2_terrain", family="foncier") * land_m2,
        land_factor=factors["foncier"],
    )


def _family_factors(fees: Sequence[Fee], parameters: CostParameters) -> dict[Family, float]:
    """Return what one euro of each family becomes at delivery, all charges included."""
    with_fees = 1 + sum(fee.rate for fee in fees)
    with_interest = 1 + parameters.works_interest
    return {
        "foncier": 1 + parameters.land_interest,
        "travaux": parameters.works_factor * with_fees * with_interest,
        "honoraires": with_interest,
        "frais_financiers": 1.0,
    }


def _natural_key(item: CostItem) -> Key | None:
    """Return the key a cost is shared by when none is stated (None: the study's default)."""
    keys: dict[str, Key] = {"logement": "dwellings", "place": "parking", "m2_shab": "shab"}
    return keys.get(item.basis)
