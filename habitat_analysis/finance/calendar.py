"""Cash of an operation, month by month: what is paid, what is called from buyers, what is lent.

The credit of the operation is the negative side of the balance; its peak is what a bank must lend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.errors import UsageError

TOLERANCE = 1e-9  # a call equal to its ceiling passes

SaleKind = Literal["vefa", "option"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outflow:
    """A cost spread evenly over months, both ends included."""

    id: str
    amount_eur: float
    start_month: int
    end_month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A price called at milestones: cumulative shares, in the order of the milestones."""

    id: str
    kind: SaleKind  # "vefa": calls capped by the law; "option": PSLA, paid at the option
    amount_eur: float
    signed_month: int  # nothing is called before; what was due is then caught up
    calls: tuple[tuple[str, float], ...]  # milestone, cumulative share of the price


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A sum received in one month: loan drawn, subsidy, equity."""

    id: str
    amount_eur: float
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashCalendar:
    """Balance at the end of each month, from month 0, and what it comes to, in euros."""

    balances_eur: tuple[float, ...]
    outflows_eur: tuple[float, ...]  # positive
    sales_eur: tuple[float, ...]
    receipts_eur: tuple[float, ...]
    interests_eur: tuple[float, ...]  # positive, paid on the balance of the month before
    peak_debt_eur: float  # zero when the balance never falls below zero
    peak_month: int | None
    interest_eur: float
    final_balance_eur: float
    peak_debt_without_interest_eur: float


def cash_calendar(
    outflows: Iterable[Outflow],
    sales: Iterable[Sale],
    receipts: Iterable[Receipt],
    *,
    months: int,
    credit_rate: float,
    milestones: Mapping[str, int],
    call_caps: Mapping[str, float],
) -> CashCalendar:
    """Follow the cash of an operation and find the credit that it needs.

    Parameters
    ----------
    outflows, sales, receipts
        What is paid and received, in euros, months counted from 0.
    months
        Last month.
    credit_rate
        Yearly rate of the credit, as a fraction; a twelfth is paid each month on what is owed.
    milestones
        Month of each milestone.
    call_caps
        Largest cumulative share that a VEFA may call at each milestone.

    Returns
    -------
    calendar
        ``b[m] = b[m-1] - max(0, -b[m-1]) x rate/12 + flow[m]``, with ``months + 1`` values.

    Raises
    ------
    UsageError
        ``E_VEFA_CAP`` when a VEFA calls more than its ceiling, ``E_VEFA_ORDER`` when cumulative
        shares or their milestones go back, ``E_MONTH`` for a month outside the calendar,
        ``E_KEY`` for an unknown milestone, ``E_LOAN`` for a negative rate.

    References
    ----------
    CCH R261-14 (35 % at foundations, 70 % watertight, 95 % at completion); ``docs/model.md`` 8.1.

    Examples
    --------
    >>> calendar = cash_calendar(
    ...     [Outflow(id="travaux", amount_eur=1_200, start_month=1, end_month=2)],
    ...     [Sale(id="lot", kind="vefa", amount_eur=1_300, signed_month=0,
    ...         calls=(("fondations", 0.3), ("livraison", 1.0)))],
    ...     [], months=3, credit_rate=0.12, milestones={"fondations": 2, "livraison": 3},
    ...     call_caps={"fondations": 0.35, "livraison": 1.0})
    >>> [round(balance, 4) for balance in calendar.balances_eur]
    [0.0, -600.0, -816.0, 85.84]
    >>> calendar.peak_month, round(calendar.interest_eur, 4)
    (2, 14.16)
    """
    if months < 0 or months != int(months):
        msg = f"Expected whole months from 0: got {months}."
        raise UsageError(msg, code="E_MONTH")
    if not credit_rate >= 0:
        msg = f"Expected a rate of 0 or above: got {credit_rate}."
        raise UsageError(msg, code="E_LOAN")
    for name, month in milestones.items():
        _check_month(month, months, name)
    paid = _outflows(outflows, months)
    called = np.zeros(months + 1)
    for sale in sales:
        _check_sale(sale, months, milestones, call_caps)
        _add_calls(called, sale, milestones)
    received = _receipts(receipts, months)
    return _balance(paid, called, received, credit_rate)


def _outflows(outflows: Iterable[Outflow], months: int) -> np.ndarray:
    """Spread costs over their months."""
    paid = np.zeros(months + 1)
    for cost in outflows:
        _check_month(cost.start_month, months, cost.id)
        _check_month(cost.end_month, months, cost.id)
        if cost.start_month > cost.end_month:
            msg = f"{cost.id}: month {cost.start_month} comes after {cost.end_month}."
            raise UsageError(msg, code="E_MONTH")
        length = cost.end_month - cost.start_month + 1
        paid[cost.start_month : cost.end_month + 1] += cost.amount_eur / length
    return paid


def _receipts(receipts: Iterable[Receipt], months: int) -> np.ndarray:
    received = np.zeros(months + 1)
    for receipt in receipts:
        _check_month(receipt.month, months, receipt.id)
        received[receipt.month] += receipt.amount_eur
    return received


def _add_calls(called: np.ndarray, sale: Sale, milestones: Mapping[str, int]) -> None:
    """Add what a buyer pays at each milestone, or at signature for those already passed."""
    before = 0.0
    for milestone, share in sale.calls:
        month = max(milestones[milestone], sale.signed_month)
        called[month] += sale.amount_eur * (share - before)
        before = share


def _balance(
    paid: np.ndarray, called: np.ndarray, received: np.ndarray, credit_rate: float
) -> CashCalendar:
    """Run the balance, interest on its negative side, and read its lowest point."""
    flows = called + received - paid
    monthly = credit_rate / MONTHS
    balance = 0.0
    balances: list[float] = []
    interests: list[float] = []
    for flow in flows.tolist():
        interests.append(max(0.0, -balance) * monthly)
        balance += flow - interests[-1]
        balances.append(balance)
    lowest = min(balances)
    return CashCalendar(
        balances_eur=tuple(balances),
        outflows_eur=tuple(paid.tolist()),
        sales_eur=tuple(called.tolist()),
        receipts_eur=tuple(received.tolist()),
        interests_eur=tuple(interests),
        peak_debt_eur=max(0.0, -lowest),
        peak_month=balances.index(lowest) if lowest < 0 else None,
        interest_eur=sum(interests),
        final_balance_eur=balance,
        peak_debt_without_interest_eur=max(0.0, -float(np.cumsum(flows).min())),
    )


def _check_month(month: int, months: int, what: str) -> None:
    if not 0 <= month <= months or month != int(month):
        msg = f"{what}: month {month} is outside 0..{months}."
        raise UsageError(msg, code="E_MONTH")


def _check_sale(
    sale: Sale, months: int, milestones: Mapping[str, int], call_caps: Mapping[str, float]
) -> None:
    """Refuse calls that the law or the calendar does not allow."""
    _check_month(sale.signed_month, months, sale.id)
    known = set(milestones) & set(call_caps) if sale.kind == "vefa" else set(milestones)
    unknown = [milestone for milestone, _ in sale.calls if milestone not in known]
    if unknown:
        msg = f"{sale.id}: unknown milestones {unknown}, expected some of {sorted(known)}."
        raise UsageError(msg, code="E_KEY")
    if sale.kind == "vefa":
        _check_caps(sale, call_caps)
    shares = [0.0, *(share for _, share in sale.calls)]
    dates = [milestones[milestone] for milestone, _ in sale.calls]
    if _goes_back(shares) or _goes_back(dates):
        msg = f"{sale.id}: cumulative calls must not decrease nor go back in time: {sale.calls}."
        raise UsageError(msg, code="E_VEFA_ORDER")


def _check_caps(sale: Sale, call_caps: Mapping[str, float]) -> None:
    for milestone, share in sale.calls:
        if not share <= call_caps[milestone] + TOLERANCE:
            msg = (
                f"{sale.id}: {share} called at {milestone}, above its ceiling "
                f"{call_caps[milestone]}."
            )
            raise UsageError(msg, code="E_VEFA_CAP")


def _goes_back(values: Sequence[float]) -> bool:
    return any(after < before for before, after in pairwise(values))
