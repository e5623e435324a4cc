"""A simple cash calendar of the operation: the largest debt before the sales come in.

Conventions, to be replaced by the planning of the operation: the land is paid in month 0; half
of the fees before the works, the rest and the works evenly during them; loans and subsidies come
in evenly during the works, equity at once; lots are sold off plan when the works begin and call
for payment at the usual milestones, PSLA lots when their option is taken up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.calendar import CashCalendar, Outflow, Receipt, Sale, cash_calendar
from habitat_analysis.finance.costs import CostPrice
from habitat_analysis.programme.account import Account
from habitat_analysis.programme.economics import CaseFile

MILESTONES: Final = {  # share of the works done, and the row of the legal call
    "fondations": (0.15, "call_foundations"),
    "hors_eau": (0.55, "call_watertight"),
    "achevement": (0.95, "call_completion"),
    "livraison": (1.0, "call_delivery"),
}
BEFORE_WORKS: Final = 0.5  # of the fees


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Months of the operation, from the purchase of the land."""

    works_start: int
    works_end: int
    last: int
    option: int  # month in which PSLA options are taken up

    @property
    def works(self) -> int:
        """Length of the works."""
        return self.works_end - self.works_start


def durations(file: CaseFile, *, delay_months: int = 0) -> Durations:
    """Place the works after the purchase of the land; a delay comes before the works."""
    parameters = file.parameters
    works = max(1, int(parameters.works_months))
    start = max(0, int(parameters.land_carry_months) - works) + delay_months
    terms = file.setting.study.terms.get("PSLA")
    waited = (terms.option_months or 0) if terms else 0
    option = start + works + waited
    return Durations(works_start=start, works_end=start + works, last=option, option=option)


def operation_cash(
    file: CaseFile, account: Account, price: CostPrice, facts: FactReader, *, delay_months: int = 0
) -> CashCalendar:
    """Follow the cash of a programme under one account, plan or trial.

    The interest of the prix de revient is left out: the calendar counts its own.

    References
    ----------
    ``docs/model.md`` 8.1; CCH R261-14 for the calls of a VEFA.
    """
    when = durations(file, delay_months=delay_months)
    caps = {
        name: facts.value("regles", subject="VEFA", key=key)
        for name, (_, key) in MILESTONES.items()
    }
    return cash_calendar(
        list(_outflows(account, price, when)),
        list(_sales(account, caps, when)),
        list(_receipts(account, when)),
        months=when.last,
        credit_rate=file.parameters.finance_rate + account.scenario.rate_shift,
        milestones={
            name: when.works_start + round(share * when.works)
            for name, (share, _) in MILESTONES.items()
        }
        | {"option": when.option},
        call_caps=caps | {"option": 1.0},
    )


def _outflows(account: Account, price: CostPrice, when: Durations) -> Iterator[Outflow]:
    families, total = price.by_family, price.total_ht_eur
    share = {family: amount / total for family, amount in families.items()}
    cost = account.cost_eur
    fees = cost * share["honoraires"]
    begin, end = when.works_start, when.works_end
    yield Outflow(id="foncier", amount_eur=cost * share["foncier"], start_month=0, end_month=0)
    yield Outflow(id="etudes", amount_eur=fees * BEFORE_WORKS, start_month=0, end_month=begin)
    during = cost * share["travaux"] + fees * (1 - BEFORE_WORKS)
    yield Outflow(id="travaux", amount_eur=during, start_month=begin, end_month=end)


def _sales(account: Account, caps: dict[str, float], when: Durations) -> Iterator[Sale]:
    for code, amount in account.tenures["revenue_eur"].items():
        if not amount:
            continue
        if code == "PSLA":
            yield Sale(
                id=str(code), kind="option", amount_eur=float(amount), signed_month=when.option,
                calls=(("option", 1.0),),
            )  # fmt: skip
        else:
            yield Sale(
                id=str(code), kind="vefa", amount_eur=float(amount),
                signed_month=when.works_start, calls=tuple(caps.items()),
            )  # fmt: skip


def _receipts(account: Account, when: Durations) -> Iterator[Receipt]:
    yield Receipt(id="fonds_propres", amount_eur=account.equity_eur, month=0)
    paid = account.loans_eur + account.subsidies_eur + account.topup_eur
    months = when.works + 1
    for month in range(when.works_start, when.works_end + 1):
        yield Receipt(id="prets_et_subventions", amount_eur=paid / months, month=month)
