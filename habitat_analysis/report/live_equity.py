"""« Équilibre PLAI »: the least equity, the rent that would do the same, what the equity earns.

The treasury without equity and what one euro of it saves are followed year by year: the equity
asked is the highest of their ratios over the main loan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from habitat_analysis.finance.loans import unit_payments
from habitat_analysis.finance.rental_account import Years, cumulated
from habitat_analysis.report.live_cells import Kind, LivePage, Series
from habitat_analysis.report.live_tenure import BALANCING, CHARGES, FIRST_ROW, LiveTenure

HEADERS = {
    "year": "Année",
    "before": "Résultat avant l'annuité du prêt d'équilibre (€/an)",
    "unit": "Annuité d'un euro de ce prêt (€)",
    "treasury": "Trésorerie cumulée sans fonds propres (€)",
    "saved": "Trésorerie gagnée par euro de fonds propres (€)",
    "asked": "Fonds propres que l'année demande (€)",
    "earned": "Trésorerie gagnée par euro de loyer au m² SU (€)",
    "rise": "Hausse de loyer que l'année demande (€/m² SU par mois)",
    "flow": "Flux des fonds propres (€/an)",
    "flows": "Flux cumulés (€)",
    "returned": "Fonds propres rendus (1 = oui)",
    "sign": "Signe du dernier flux non nul",
    "change": "Changement de signe (1 = oui)",
}
KINDS: dict[str, Kind] = {
    "year": "year", "unit": "index", "saved": "index", "rise": "eur2",
    "returned": "year", "sign": "whole", "change": "year",
}  # fmt: skip


def write_balance(page: LivePage, tenure: LiveTenure) -> None:
    """Write the working of the equity, one row a year from the signature."""
    page.opening(
        f"Équilibre {tenure.code} : fonds propres, loyer et rendement (euros courants)",
        "La ligne 0 est la signature. Les fonds propres remplacent une part du prêt d'équilibre.",
        widths=[8, *[14.0] * (len(BALANCING) - 1)],
    )
    values, formulas = _values(tenure), _formulas(tenure)
    columns = [
        Series(
            name=name, header=HEADERS[name], kind=KINDS.get(name, "eur"), values=values[name],
            formula=formulas[name], total=name in ("asked", "rise"),
        )
        for name in BALANCING
    ]  # fmt: skip
    page.grid(FIRST_ROW - 1, columns, rows=tenure.horizon + 1)
    page.freeze(FIRST_ROW, 1, repeat=True)


def _values(tenure: LiveTenure) -> dict[str, Sequence[float]]:
    account, bare = tenure.montage.account, tenure.without_equity
    rate = tenure.operation.paths.placement_rate
    unit = _padded(unit_payments(tenure.balancing), tenure.horizon)
    paid = _padded(account.schedules[tenure.balancing.id].payments, tenure.horizon)
    saved = cumulated(unit, rate)
    lent, treasury = bare.plan.balancing_eur, bare.cumulative
    asked = [
        0.0 if c >= 0 else -c / u if u > 0 else lent + 1
        for c, u in zip(treasury.tolist(), saved.tolist(), strict=True)
    ]
    earned = cumulated(_one_euro(tenure), rate)
    rise = [
        -c / v if v > 0 else 0.0
        for c, v in zip(account.cumulative.tolist(), earned.tolist(), strict=True)
    ]
    flow = [-account.plan.equity_eur, *account.lines["net"].tolist()]
    signs = _signs(flow)
    changes = [1.0 if before * after < 0 else 0.0 for before, after in pairwise(signs)]
    flows = np.cumsum(flow)
    return {
        "year": [float(k) for k in range(tenure.horizon + 1)],
        "before": [0.0, *(account.lines["net"] + paid)],
        "unit": [0.0, *unit],
        "treasury": [0.0, *treasury],
        "saved": [0.0, *saved],
        "asked": [0.0, *asked],
        "earned": [0.0, *earned],
        "rise": [0.0, *rise],
        "flow": flow,
        "flows": list(flows),
        "returned": [float(total >= 0) for total in flows],
        "sign": signs,
        "change": [0.0, *changes],
    }


def _one_euro(tenure: LiveTenure) -> Years:
    tranche, indices = tenure.montage.tranche, tenure.operation.paths.indices
    kept = 1 - tranche.loss_share - tranche.levies_share
    earned: Years = 12 * tranche.su_m2 * kept * indices.rent
    return earned


def _padded(payments: Sequence[float], years: int) -> Years:
    kept = list(payments[:years])
    return np.asarray([*kept, *[0.0] * (years - len(kept))])


def _signs(flow: Sequence[float]) -> list[float]:
    """Give the sign of the last flow that was not nil, to the cent."""
    signs: list[float] = []
    for amount in flow:
        sign = float(np.sign(round(amount, 2)))
        signs.append(sign or (signs[-1] if signs else 0.0))
    return signs


def _formulas(tenure: LiveTenure) -> dict[str, Callable[[int], str]]:
    """Write each column; flows alone begin at the signature."""
    yearly = {**_without_equity(tenure), **_rent_asked(tenure)}
    flows = dict(_flows(tenure))

    def after_signature(name: str) -> Callable[[int], str]:
        return lambda k: yearly[name](k) if k else ""

    return {name: after_signature(name) for name in yearly} | flows


def _without_equity(tenure: LiveTenure) -> dict[str, Callable[[int], str]]:
    grid, account, at = tenure.balance, tenure.account, tenure.at
    placed, loan = tenure.places("placement"), tenure.schedules[tenure.balancing.id]
    others = [f"loan_{item.id}" for item in tenure.loans if item.id != tenure.balancing.id]

    def before(k: int) -> str:
        charges = account.across(CHARGES[0], CHARGES[-1], k - 1)
        lent = "".join(f"-{account.at(name, k - 1)}" for name in others)
        return f"{account.at('rent', k - 1)}-SUM({charges}){lent}"

    def treasury(k: int) -> str:
        carried = f"{grid.at('treasury', k - 1)}*(1+{placed})+" if k > 1 else ""
        return f"{carried}{grid.at('before', k)}-{at('full_loan')}*{grid.at('unit', k)}"

    def saved(k: int) -> str:
        carried = f"{grid.at('saved', k - 1)}*(1+{placed})+" if k > 1 else ""
        return f"{carried}{grid.at('unit', k)}"

    def asked(k: int) -> str:
        short, one = grid.at("treasury", k), grid.at("saved", k)
        return f"IF({short}<0,IF({one}>0,-{short}/{one},{at('full_loan')}+1),0)"

    return {
        "before": before,
        "unit": lambda k: str(loan.at("unit", k)),
        "treasury": treasury,
        "saved": saved,
        "asked": asked,
    }


def _rent_asked(tenure: LiveTenure) -> dict[str, Callable[[int], str]]:
    grid, account, at = tenure.balance, tenure.account, tenure.at
    placed = tenure.places("placement")

    def earned(k: int) -> str:
        carried = f"{grid.at('earned', k - 1)}*(1+{placed})+" if k > 1 else ""
        kept = f"(1-{at('loss')}-{at('levies')})"
        return f"{carried}12*{at('su')}*{kept}*{account.at('index_rent', k - 1)}"

    def rise(k: int) -> str:
        one = grid.at("earned", k)
        return f"IF({one}>0,-{account.at('cumulative', k - 1)}/{one},0)"

    return {"earned": earned, "rise": rise}


def _flows(tenure: LiveTenure) -> Iterator[tuple[str, Callable[[int], str]]]:
    grid, account = tenure.balance, tenure.account

    def flow(k: int) -> str:
        return str(account.at("net", k - 1)) if k else f"-{tenure.at('equity_eur')}"

    def flows(k: int) -> str:
        before = f"{grid.at('flows', k - 1)}+" if k else ""
        return f"{before}{grid.at('flow', k)}"

    def sign(k: int) -> str:
        now = grid.at("flow", k)
        known = f"SIGN(ROUND({now},2))"  # rounding has no sign
        return f"IF({known}=0,{grid.at('sign', k - 1)},{known})" if k else known

    def change(k: int) -> str:
        return f"IF({grid.at('sign', k - 1)}*{grid.at('sign', k)}<0,1,0)" if k else ""

    yield "year", lambda k: str(account.at("year", k - 1)) if k else "0"
    yield "flow", flow
    yield "flows", flows
    yield "returned", lambda k: f"IF({grid.at('flows', k)}>=0,1,0)" if k else ""
    yield "sign", sign
    yield "change", change
