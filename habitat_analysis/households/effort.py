"""What housing weighs on a household: its share of the income, and what is left to live on.

The housing allowance (aide personnalisée au logement, APL) comes in as a number: the tenant's
own estimate, or that of the social services. It is never guessed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from habitat_analysis.errors import UsageError
from habitat_analysis.households.occupancy import ConsumptionUnits, consumption_units

CENT = 0.01  # sums are compared to the cent: equality is within the limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a tenant pays each month, in euros, before and after the allowance."""

    rent_eur: float
    charges_eur: float
    apl_eur: float = 0.0

    @property
    def outlay_eur(self) -> float:
        """Rent and charges less the allowance; the allowance never exceeds them."""
        return max(0.0, self.rent_eur + self.charges_eur - self.apl_eur)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortLimits:
    """The two limits of a budget, chosen by the study."""

    effort_max: float  # share of the income
    residual_min_uc_eur: float  # reste à vivre, a month for one unit of consumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The weight of a monthly outlay on a household."""

    effort: float | None  # share of the income; None without income
    residual_eur: float  # income less outlay, a month
    residual_uc_eur: float  # the same for one unit of consumption
    ok: bool
    margin_eur: float  # a month, what more it could pay within both limits; below zero: too dear


def rental_effort(
    income_month_eur: float,
    ages: Sequence[float],
    lease: Lease,
    limits: EffortLimits,
    *,
    units: ConsumptionUnits | None = None,
) -> Effort:
    """Weigh a rent on the income of a household.

    Parameters
    ----------
    income_month_eur
        Income of the household, a month.
    ages
        One age a person: the household is compared by its units of consumption.
    lease
        Rent, charges and allowance.
    limits
        Largest effort and least reste à vivre; equality passes.
    units
        Weights of the persons; the modified OECD scale by default.

    Returns
    -------
    effort
        Share, reste à vivre and margin. Without income, the effort is None and the rent is not
        within reach.

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` without anybody, ``E_USAGE`` for negative sums.

    References
    ----------
    ``docs/model.md`` 4.3.

    Examples
    --------
    >>> found = rental_effort(1_650, [34, 8, 5], Lease(rent_eur=432, charges_eur=95, apl_eur=180),
    ...     EffortLimits(effort_max=0.33, residual_min_uc_eur=700))
    >>> round(found.effort, 4), found.residual_uc_eur, found.ok
    (0.2103, 814.375, True)
    """
    sums = (income_month_eur, lease.rent_eur, lease.charges_eur, lease.apl_eur)
    if not all(math.isfinite(one) and one >= 0 for one in sums):
        msg = "Expected income, rent, charges and allowance of zero or more."
        raise UsageError(msg)
    return effort_of(income_month_eur, lease.outlay_eur, consumption_units(ages, units), limits)


def effort_of(
    income_month_eur: float, outlay_eur: float, n_units: float, limits: EffortLimits
) -> Effort:
    """Weigh any monthly outlay on an income, see `rental_effort`.

    Examples
    --------
    >>> limits = EffortLimits(effort_max=0.30, residual_min_uc_eur=800)
    >>> found = effort_of(2_000, 500, 1.5, limits)
    >>> found.effort, found.residual_uc_eur, found.margin_eur
    (0.25, 1000.0, 100.0)
    """
    residual = income_month_eur - outlay_eur
    within_effort = limits.effort_max * income_month_eur - outlay_eur
    within_residual = residual - limits.residual_min_uc_eur * n_units
    margin = min(within_effort, within_residual)
    return Effort(
        effort=outlay_eur / income_month_eur if income_month_eur > 0 else None,
        residual_eur=residual,
        residual_uc_eur=residual / n_units,
        ok=income_month_eur > 0 and margin >= -CENT / 100,
        margin_eur=margin,
    )
