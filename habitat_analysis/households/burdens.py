"""What a dwelling asks of a household, tenure by tenure, and whether its budget bears it.

A burden comes from the accounts as plain numbers: rent, redevance, price, land fee, charges. Each
tenure asks its own questions; the answer keeps every limit with its margin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from habitat_analysis.errors import UsageError
from habitat_analysis.households.effort import CENT, EffortLimits
from habitat_analysis.households.solvency import (
    ONE_POINT,
    Credit,
    Means,
    Reach,
    ZeroRateLoan,
    payment_month_eur,
    reach,
)

Kind = Literal["rent", "purchase", "lease_purchase", "shares"]
LimitName = Literal["effort", "residual", "price", "entry"]

MONTHLY: Final[frozenset[LimitName]] = frozenset({"effort", "residual"})  # limits by month


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """One cell of the programme as a household sees it; euros, all taxes included."""

    tenure: str
    typology: str
    kind: Kind
    rent_month_eur: float = 0.0  # rent, or redevance of a PSLA before its option
    charges_month_eur: float = 0.0
    price_ttc_eur: float = 0.0  # of the purchase; PSLA: at the option
    fee_month_eur: float = 0.0  # land fee of a BRS
    owner_charges_month_eur: float | None = None  # PSLA: once bought; None: the same charges
    saved_eur: float = 0.0  # PSLA: part acquisitive saved at the option
    entry_eur: float = 0.0  # SCIAPP: shares bought at entry; a deposit
    shares_month_eur: float = 0.0  # SCIAPP: least purchase of shares, by month


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRules:
    """The loans and limits of the study."""

    credit: Credit  # its land fee and zero-rate loans are those of each burden and household
    limits: EffortLimits
    apport_share: float = 1.0  # share of the savings that may go into the dwelling
    rate_raised_by: float = ONE_POINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One question put to a budget: what is asked, at most what, and the margin."""

    name: LimitName
    asked_eur: float
    limit_eur: float
    margin_eur: float  # below zero: what is missing, a month for `effort` and `residual`

    @property
    def holds(self) -> bool:
        """Whether it is within the limit, to the cent."""
        return self.margin_eur >= -CENT / 100

    @property
    def shortfall_share(self) -> float:
        """What is missing, as a share of what is asked: compares euros and euros a month."""
        if self.holds:
            return 0.0
        return -self.margin_eur / max(self.asked_eur, -self.margin_eur)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The weight of one burden on one household."""

    limits: tuple[Limit, ...]
    outlay_month_eur: float  # housing, charges included, allowance taken off
    effort: float | None  # share of the income; None without income
    residual_uc_eur: float  # reste à vivre, debts paid, a month for one unit of consumption
    budget_month_eur: float  # what the effort leaves for rent and shares, or for the loans
    reach: Reach | None  # largest prices, for a purchase

    @property
    def affordable(self) -> bool:
        """Whether every limit holds."""
        return all(limit.holds for limit in self.limits)

    @property
    def binding(self) -> Limit:
        """The limit that stops the household, or the nearest to doing so."""
        worst = max(self.limits, key=lambda one: one.shortfall_share)
        if not worst.holds:
            return worst
        return min(self.limits, key=lambda one: one.margin_eur / max(one.limit_eur, CENT))


def weigh(
    burden: Burden,
    means: Means,
    n_units: float,
    rules: BudgetRules,
    *,
    apl_eur: float = 0.0,
    ptz: Sequence[ZeroRateLoan] = (),
) -> Weight:
    """Weigh a burden on the budget of a household.

    Parameters
    ----------
    burden
        The dwelling, in its tenure.
    means
        Income, other debts and savings of the household.
    n_units
        Its units of consumption.
    rules
        Loans and limits of the study.
    apl_eur
        Housing allowance of this household for this dwelling, a month; an input.
    ptz
        Brackets of the zero-rate loan open to this household, from the lowest.

    Returns
    -------
    weight
        Rent: effort and reste à vivre. Purchase: price within reach and reste à vivre. PSLA: both,
        before and at the option. SCIAPP: effort on rent and shares, reste à vivre, entry.

    Raises
    ------
    UsageError
        ``E_USAGE`` for negative sums, ``E_LOAN`` for meaningless loans.

    References
    ----------
    ``docs/model.md`` 4.2 and 4.3; 3.4, 3.5 and 3.7 for PSLA, BRS and SCIAPP.

    Examples
    --------
    >>> rules = BudgetRules(limits=EffortLimits(effort_max=0.33, residual_min_uc_eur=700),
    ...     credit=Credit(rate=0.03, months=300, insurance=0, effort=0.35, fees=0))
    >>> rent = Burden(tenure="PLUS", typology="T3", kind="rent", rent_month_eur=432,
    ...     charges_month_eur=95)
    >>> found = weigh(rent, Means(income_month_eur=1_650), 1.6, rules, apl_eur=180)
    >>> found.affordable, round(found.residual_uc_eur, 2), round(found.binding.margin_eur, 2)
    (True, 814.38, 183.0)
    """
    _check(burden, means, n_units, apl_eur)
    savings = means.apport_eur * rules.apport_share
    rented, bought = _rented(burden, means, rules, apl_eur), _bought(burden, means, rules, ptz)
    outlays = [phase.outlay_eur for phase in (rented, bought) if phase is not None]
    left = means.income_month_eur - means.other_debts_month_eur
    living = left - rules.limits.residual_min_uc_eur * n_units
    limits = [phase.limit for phase in (rented, bought) if phase is not None]
    if burden.entry_eur > 0:
        limits.append(_limit("entry", burden.entry_eur, savings))
    income = means.income_month_eur
    return Weight(
        limits=(*limits, _limit("residual", max(outlays), living)),
        outlay_month_eur=outlays[0],
        effort=outlays[0] / income if income > 0 else None,
        residual_uc_eur=(left - max(outlays)) / n_units,
        budget_month_eur=_budget(burden, means, rules),
        reach=None if bought is None else bought.reach,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phase:
    """One phase of a tenure: what it costs a month, and the limit it meets."""

    outlay_eur: float
    limit: Limit
    reach: Reach | None = None


def _rented(burden: Burden, means: Means, rules: BudgetRules, apl_eur: float) -> _Phase | None:
    """Weigh the rent of a tenant, of a PSLA before its option, of a SCIAPP with its shares."""
    if burden.kind == "purchase":
        return None
    asked = burden.rent_month_eur + burden.charges_month_eur + burden.shares_month_eur
    outlay = max(0.0, asked - apl_eur)
    allowed = rules.limits.effort_max * means.income_month_eur
    if burden.kind != "rent":  # a bank will look at them, or has
        allowed -= means.other_debts_month_eur
    limit = _limit("effort", outlay, allowed)
    if means.income_month_eur <= 0:  # no share of nothing is within reach
        limit = replace(limit, margin_eur=min(limit.margin_eur, -CENT))
    return _Phase(outlay_eur=outlay, limit=limit)


def _bought(
    burden: Burden, means: Means, rules: BudgetRules, ptz: Sequence[ZeroRateLoan]
) -> _Phase | None:
    """Weigh a purchase, or the option of a PSLA with what it saved."""
    if burden.kind not in ("purchase", "lease_purchase"):
        return None
    savings = means.apport_eur * rules.apport_share + burden.saved_eur
    buyer = replace(means, apport_eur=savings)
    credit = replace(rules.credit, fee_month_eur=burden.fee_month_eur, ptz=tuple(ptz))
    found = reach(buyer, credit, raised_by=rules.rate_raised_by)
    payment = payment_month_eur(burden.price_ttc_eur, buyer, credit)
    charges = burden.owner_charges_month_eur
    charges = burden.charges_month_eur if charges is None else charges
    return _Phase(
        outlay_eur=payment + burden.fee_month_eur + charges,
        limit=_limit("price", burden.price_ttc_eur, found.best.price_eur),
        reach=found,
    )


def _budget(burden: Burden, means: Means, rules: BudgetRules) -> float:
    """Return what the share of the income leaves each month for the tenure, in euros."""
    buys = burden.kind == "purchase"
    share = rules.credit.effort if buys else rules.limits.effort_max
    charges = burden.fee_month_eur if buys else burden.charges_month_eur
    return max(0.0, share * means.income_month_eur - means.other_debts_month_eur - charges)


def _limit(name: LimitName, asked: float, at_most: float) -> Limit:
    return Limit(name=name, asked_eur=asked, limit_eur=at_most, margin_eur=at_most - asked)


def _check(burden: Burden, means: Means, n_units: float, apl_eur: float) -> None:
    """Refuse sums that are negative or undefined; those of the household are not shown."""
    asked = (
        burden.rent_month_eur,
        burden.charges_month_eur,
        burden.owner_charges_month_eur or 0.0,
        burden.price_ttc_eur,
        burden.fee_month_eur,
        burden.saved_eur,
        burden.entry_eur,
        burden.shares_month_eur,
    )
    owned = (means.income_month_eur, means.other_debts_month_eur, means.apport_eur, apl_eur)
    fit = all(math.isfinite(one) and one >= 0 for one in (*asked, *owned))
    if not fit or not n_units >= 1:
        msg = f"Expected sums of zero or more and one unit of consumption or more: {burden}."
        raise UsageError(msg)
