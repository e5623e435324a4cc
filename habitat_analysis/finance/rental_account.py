"""The plan de financement and the operating account of a rental tranche, year by year.

What a bank and an engagement committee read: resources that balance the prix de revient to the
cent, then rents less charges and annuities over the longest loan, the equity that keeps the
treasury from falling below zero over the main loan, the rent that would do the same, and what
the equity earns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from habitat_analysis.actuarial import MONTHS, Schedule, irr, npv
from habitat_analysis.errors import UsageError
from habitat_analysis.finance.loans import LoanTerms, loan_life, unit_payments

BALANCED_EUR = 0.005  # half a cent: a treasury above minus this is not negative
Years = NDArray[np.float64]

LINES: Mapping[str, str] = {  # in the order of the account; charges are subtracted
    "rent": "Loyers",
    "losses": "Vacance et impayés",
    "management": "Gestion",
    "maintenance": "Entretien courant",
    "insurance": "Assurances",
    "levies": "Cotisations (CGLLS, Ancols)",
    "major_repairs": "Gros entretien et renouvellement",
    "tfpb": "Taxe foncière (TFPB)",
    "annuities": "Annuités",
    "net": "Autofinancement net",
}
CHARGES = tuple(name for name in LINES if name not in ("rent", "net"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """What one euro of the first year becomes in each year: rents, charges, works, taxes."""

    rent: Years
    charges: Years
    repairs: Years
    tfpb: Years

    @property
    def horizon(self) -> int:
        """Number of years."""
        return len(self.rent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """The rental dwellings of one product, and what the landlord spends on them."""

    dwellings: float
    su_m2: float
    cost_ttc_eur: float  # prix de revient, tax of the product included
    building_cost_eur: float  # base of the major repairs
    rent_m2_su_month_eur: float
    other_rent_month_eur: float = 0.0  # annexes and parking, for the whole tranche
    loss_share: float = 0.0  # vacancy and bad debt, fraction of the rents
    management_eur_dwelling: float = 0.0
    maintenance_eur_dwelling: float = 0.0
    insurance_eur_dwelling: float = 0.0
    levies_share: float = 0.0  # CGLLS and Ancols, fraction of the rents
    major_repairs_rate: float = 0.0  # fraction of the building cost a year
    major_repairs_free_years: int = 0  # first years without any
    tfpb_eur_dwelling: float = 0.0
    tfpb_exempt_years: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancingPlan:
    """Resources that pay for a tranche: they add up to its prix de revient."""

    cost_ttc_eur: float
    subsidies: Mapping[str, float]  # by source
    loans: tuple[LoanTerms, ...]  # every amount known
    balancing: str  # id of the loan whose amount was computed
    equity_eur: float
    overflow_eur: float  # resources above the cost: the balancing loan is nil, and it is said

    @property
    def subsidies_eur(self) -> float:
        """All subsidies."""
        return float(sum(self.subsidies.values()))

    @property
    def loans_eur(self) -> float:
        """All loans."""
        return float(sum(loan.amount_eur or 0.0 for loan in self.loans))

    @property
    def resources_eur(self) -> float:
        """Everything that pays; equal to the cost unless there is an overflow."""
        return self.subsidies_eur + self.loans_eur + self.equity_eur

    @property
    def balancing_eur(self) -> float:
        """Amount of the balancing loan."""
        return next(loan.amount_eur or 0.0 for loan in self.loans if loan.id == self.balancing)


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalAccount:
    """The operating account of a tranche and what follows from it; money in euros.

    Attributes
    ----------
    lines
        One array a line of `LINES`, one value a year; charges are positive.
    cumulative
        Treasury at the end of each year, placed or carried at the same rate.
    equity_required_eur
        Least equity that keeps the treasury from falling below zero over the main loan, in place
        of the balancing loan; None when even without that loan the treasury falls below zero.
    balance_rent_m2
        Rent that does the same at the equity of the plan, EUR per m2 of SU and month; None
        without rent to vary.
    irr, irr_reason
        Internal rate of the flows of the equity, or why there is none.
    """

    plan: FinancingPlan
    lines: Mapping[str, Years]
    schedules: Mapping[str, Schedule]
    cumulative: Years
    main_years: int
    equity_required_eur: float | None
    balance_rent_m2: float | None
    npv_eur: float
    irr: float | None
    irr_reason: str
    payback_year: int | None

    @property
    def horizon(self) -> int:
        """Number of years of the account."""
        return len(self.cumulative)

    @property
    def balanced(self) -> bool:
        """Whether the treasury never falls below zero over the main loan."""
        return self.min_cumulative_eur >= -BALANCED_EUR

    @property
    def min_cumulative_eur(self) -> float:
        """Lowest treasury over the main loan."""
        return float(np.min(self.cumulative[: self.main_years]))

    @property
    def min_cumulative_year(self) -> int:
        """Year of the lowest treasury over the main loan, from 1."""
        return int(np.argmin(self.cumulative[: self.main_years])) + 1

    @property
    def first_negative_year(self) -> int | None:
        """First year with a treasury below zero, over the whole account."""
        below = np.flatnonzero(self.cumulative < -BALANCED_EUR)
        return int(below[0]) + 1 if len(below) else None

    def table(self) -> pd.DataFrame:
        """Give the account as a table: one row a year, columns of `LINES` and ``cumulative``."""
        years = pd.RangeIndex(1, self.horizon + 1, name="year")
        return pd.DataFrame({**self.lines, "cumulative": self.cumulative}, index=years)


def constant_indices(
    horizon: int, *, rent: float, charges: float, tfpb: float, repairs: float | None = None
) -> Indices:
    """Index every line at a constant rate a year; works follow charges unless said otherwise.

    Examples
    --------
    >>> [round(float(v), 4) for v in constant_indices(3, rent=0.01, charges=0, tfpb=0).rent]
    [1.0, 1.01, 1.0201]
    """
    years = np.arange(horizon, dtype=float)
    return Indices(
        rent=(1 + rent) ** years,
        charges=(1 + charges) ** years,
        repairs=(1 + (charges if repairs is None else repairs)) ** years,
        tfpb=(1 + tfpb) ** years,
    )


def financing_plan(
    cost_ttc_eur: float,
    *,
    subsidies: Mapping[str, float],
    equity_eur: float,
    loans: Sequence[LoanTerms],
) -> FinancingPlan:
    """Balance a plan: the one loan without an amount pays for what is left.

    Parameters
    ----------
    cost_ttc_eur
        Prix de revient, tax included, in euros.
    subsidies
        Euros by source.
    equity_eur
        Fonds propres, in euros.
    loans
        Loans; exactly one has no amount.

    Raises
    ------
    UsageError
        ``E_ONE_BALANCING_LOAN`` unless exactly one loan has no amount; ``E_LOAN`` for a negative
        amount, or a negative subsidy or equity.

    References
    ----------
    ``docs/model.md`` 3.3.

    Examples
    --------
    >>> loans = [LoanTerms(id="foncier", amount_eur=200.0, rate=0.02, years=60),
    ...          LoanTerms(id="bati", rate=0.02, years=40, main=True)]
    >>> plan = financing_plan(1_000.0, subsidies={"État": 100.0}, equity_eur=50.0, loans=loans)
    >>> plan.balancing_eur, plan.resources_eur
    (650.0, 1000.0)
    """
    free = [loan for loan in loans if loan.amount_eur is None]
    if len(free) != 1:
        msg = f"Expected exactly one balancing loan (no amount): got {len(free)}."
        raise UsageError(msg, code="E_ONE_BALANCING_LOAN")
    stated = [loan.amount_eur for loan in loans if loan.amount_eur is not None]
    if min([*stated, *subsidies.values(), equity_eur, cost_ttc_eur]) < 0:
        msg = "Expected loans, subsidies, equity and cost at or above zero."
        raise UsageError(msg, code="E_LOAN")
    left = cost_ttc_eur - sum(subsidies.values()) - equity_eur - sum(stated)
    balanced = replace(free[0], amount_eur=max(0.0, left))
    return FinancingPlan(
        cost_ttc_eur=cost_ttc_eur,
        subsidies=dict(subsidies),
        loans=tuple(balanced if loan.amount_eur is None else loan for loan in loans),
        balancing=balanced.id,
        equity_eur=equity_eur,
        overflow_eur=max(0.0, -left),
    )


def rental_account(
    tranche: Tranche,
    plan: FinancingPlan,
    indices: Indices,
    *,
    placement_rate: float,
    discount: float,
) -> RentalAccount:
    """Draw the operating account of a tranche under a plan.

    Parameters
    ----------
    tranche
        Dwellings, rents and charges of the first year.
    plan
        From `financing_plan`.
    indices
        What a euro of the first year becomes, one value a year of the account.
    placement_rate
        Yearly rate at which the treasury is placed, or carried when negative, as a fraction.
    discount
        Rate of the net present value, as a fraction.

    Raises
    ------
    UsageError
        ``E_SU`` without surface, ``E_YEARS`` when the account has no year.

    References
    ----------
    ``docs/model.md`` 3.3; circulaire 97-51 of 29/05/1997, annexe IV (balance rule).

    Examples
    --------
    >>> tranche = Tranche(dwellings=1, su_m2=60, cost_ttc_eur=150_000, building_cost_eur=100_000,
    ...     rent_m2_su_month_eur=7.0)
    >>> plan = financing_plan(150_000, subsidies={}, equity_eur=0.0,
    ...     loans=[LoanTerms(id="bati", rate=0.02, years=40, main=True)])
    >>> account = rental_account(tranche, plan, constant_indices(40, rent=0, charges=0, tfpb=0),
    ...     placement_rate=0.0, discount=0.03)
    >>> round(account.equity_required_eur or 0), round(account.balance_rent_m2 or 0, 2)
    (12128, 7.62)
    """
    horizon = indices.horizon
    if not tranche.su_m2 > 0:
        msg = f"Expected a surface utile above 0 m²: got {tranche.su_m2}."
        raise UsageError(msg, code="E_SU")
    if horizon < 1:
        msg = "Expected an account of a year or more."
        raise UsageError(msg, code="E_YEARS")
    schedules = {loan.id: loan_life(loan, loan.amount_eur or 0.0) for loan in plan.loans}
    annuities = sum(_padded(s.payments, horizon) for s in schedules.values())
    lines = _lines(tranche, indices, np.asarray(annuities, dtype=float))
    net = lines["net"]
    cumulative = cumulated(net, placement_rate)
    main = min(max((loan.years for loan in plan.loans if loan.main), default=horizon), horizon)
    flows = [-plan.equity_eur, *net.tolist()]
    rate, reason = rate_of_return(flows)
    return RentalAccount(
        plan=plan,
        lines=lines,
        schedules=schedules,
        cumulative=cumulative,
        main_years=main,
        equity_required_eur=_required_equity(plan, cumulative[:main], placement_rate),
        balance_rent_m2=_balance_rent(tranche, indices, cumulative[:main], placement_rate),
        npv_eur=npv(discount, flows),
        irr=rate,
        irr_reason=reason,
        payback_year=_payback(net, plan.equity_eur),
    )


def balanced_account(
    tranche: Tranche,
    loans: Sequence[LoanTerms],
    indices: Indices,
    *,
    subsidies: Mapping[str, float],
    placement_rate: float,
    discount: float,
    equity_eur: float | None = None,
) -> RentalAccount:
    """Draw the account at the least equity that balances it, or at the equity stated.

    Parameters
    ----------
    equity_eur
        Equity decided by people; None for the required one. When no equity balances the account
        even without the balancing loan, the equity that replaces this loan whole is taken, and
        `RentalAccount.balanced` is false.
    """

    def drawn(equity: float) -> RentalAccount:
        plan = financing_plan(
            tranche.cost_ttc_eur, subsidies=subsidies, equity_eur=equity, loans=loans
        )
        return rental_account(
            tranche, plan, indices, placement_rate=placement_rate, discount=discount
        )

    if equity_eur is not None:
        return drawn(equity_eur)
    without = drawn(0.0)
    needed = without.equity_required_eur
    if needed is None:
        needed = without.plan.balancing_eur
    return without if needed == 0 else drawn(needed)


def cumulated(net: Years, placement_rate: float) -> Years:
    """Follow a treasury that starts at zero, placed or carried at the same rate."""
    balances = np.empty(len(net))
    balance = 0.0
    for year, flow in enumerate(net.tolist()):
        balance = balance * (1 + placement_rate) + flow
        balances[year] = balance
    return balances


def rate_of_return(flows: Sequence[float]) -> tuple[float | None, str]:
    """Give the internal rate of return of yearly flows, or say in French why there is none.

    Examples
    --------
    >>> rate_of_return([-100.0, -5.0, -5.0])[1]
    'les flux ne changent jamais de signe : le taux n’existe pas'
    """
    signs = [flow > 0 for flow in flows if abs(flow) > BALANCED_EUR]  # rounding has no sign
    changes = sum(before != after for before, after in pairwise(signs))
    if changes == 0:
        return None, "les flux ne changent jamais de signe : le taux n’existe pas"
    if changes > 1:
        return None, f"les flux changent {changes} fois de signe : le taux n’est pas unique"
    return irr(flows), ""


def _lines(tranche: Tranche, indices: Indices, annuities: Years) -> dict[str, Years]:
    """Write every line of the account, charges positive."""
    years = np.arange(1, indices.horizon + 1)
    monthly = tranche.rent_m2_su_month_eur * tranche.su_m2 + tranche.other_rent_month_eur
    rent = MONTHS * monthly * indices.rent
    repairs = tranche.major_repairs_rate * tranche.building_cost_eur * indices.repairs
    tfpb = tranche.tfpb_eur_dwelling * tranche.dwellings * indices.tfpb
    lines = {
        "rent": rent,
        "losses": rent * tranche.loss_share,
        "management": tranche.management_eur_dwelling * tranche.dwellings * indices.charges,
        "maintenance": tranche.maintenance_eur_dwelling * tranche.dwellings * indices.charges,
        "insurance": tranche.insurance_eur_dwelling * tranche.dwellings * indices.charges,
        "levies": rent * tranche.levies_share,
        "major_repairs": np.where(years > tranche.major_repairs_free_years, repairs, 0.0),
        "tfpb": np.where(years > tranche.tfpb_exempt_years, tfpb, 0.0),
        "annuities": annuities,
    }
    lines["net"] = rent - sum(lines[name] for name in CHARGES)
    return lines


def _padded(payments: Sequence[float], horizon: int) -> Years:
    """Lay payments over the years of the account; those after it are out of it."""
    years = np.zeros(horizon)
    kept = list(payments[:horizon])
    years[: len(kept)] = kept
    return years


def _required_equity(plan: FinancingPlan, balances: Years, placement_rate: float) -> float | None:
    """Solve B_k + x U_k >= 0 for every year of the main loan: linear, so in closed form."""
    loan = next(loan for loan in plan.loans if loan.id == plan.balancing)
    saved = cumulated(_padded(unit_payments(loan), len(balances)), placement_rate)
    short = balances < 0
    if not short.any():
        return plan.equity_eur
    if (saved[short] <= 0).any():
        return None
    more = float(np.max(-balances[short] / saved[short]))
    reachable = more <= plan.balancing_eur * (1 + 1e-12)
    return plan.equity_eur + more if reachable else None


def _balance_rent(
    tranche: Tranche, indices: Indices, balances: Years, placement_rate: float
) -> float | None:
    """Find the lowest rent that keeps the treasury at zero or above; may be below the rent."""
    kept = 1 - tranche.loss_share - tranche.levies_share
    one_euro = MONTHS * tranche.su_m2 * kept * indices.rent[: len(balances)]
    earned = cumulated(one_euro, placement_rate)
    if (earned <= 0).any():
        return None
    return tranche.rent_m2_su_month_eur + float(np.max(-balances / earned))


def _payback(net: Years, equity_eur: float) -> int | None:
    """Find the first year by which the flows have given the equity back."""
    reached = np.flatnonzero(np.cumsum(net) >= equity_eur)
    return int(reached[0]) + 1 if len(reached) else None
