"""What may go wrong in an operation: unsold lots, buy-backs, chance, pre-sales, securities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from habitat_analysis.finance.costs import family_total
from habitat_analysis.finance.risk import (
    BuybackCost,
    BuybackStress,
    PresaleCheck,
    ResultDistribution,
    ResultRisks,
    UnsoldLots,
    buyback_cost,
    buyback_stress,
    monte_carlo,
    presale_check,
    unsold_lots,
)
from habitat_analysis.montage.operation import Operation, is_cost
from habitat_analysis.montage.plan import OperationPlan
from habitat_analysis.montage.psla import buyback_terms
from habitat_analysis.montage.rental import RentalMontage, at_rate
from habitat_analysis.montage.sales import SaleMontage
from habitat_analysis.study.montage import Risks

POINT: Final = 0.01
GUARANTEES: Final = {"PSLA": "PSLA", "VEFA": "HLM_SALE"}  # tenure -> rules of its buy-back


@dataclass(frozen=True, slots=True, kw_only=True)
class BuybackRisk:
    """The buy-back guarantee of the lots of one tenure, in euros."""

    tenure: str
    lots: int
    mean_price_eur: float
    cost: BuybackCost  # of one lot
    stress: BuybackStress  # every lot at once

    @property
    def expected_eur(self) -> float:
        """Expected cost of all the lots, discounted."""
        return self.lots * self.cost.expected_cost_eur


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReport:
    """The risks of an operation; None where the study states no hypothesis or nothing is sold.

    Attributes
    ----------
    covered
        Chance that what has to be found stays within the equity and top-up of the study.
    limit_eur
        That equity and top-up; None without a limit.
    """

    hypotheses: Risks | None
    unsold: UnsoldLots | None
    buybacks: tuple[BuybackRisk, ...]
    result: ResultDistribution | None
    risks: ResultRisks | None
    covered: float | None
    limit_eur: float | None
    presale: PresaleCheck | None
    lots: int


def risk_report(
    operation: Operation,
    *,
    plan: OperationPlan,
    rentals: dict[str, RentalMontage],
    sales: dict[str, SaleMontage],
) -> RiskReport:
    """Measure the risks of an operation under the hypotheses of its study.

    References
    ----------
    ``docs/model.md`` 8.2 to 8.5.
    """
    stated = operation.study.montage.risks
    lots = sum(m.dwellings for m in sales.values())
    limit = _limit(operation)
    if stated is None:
        return RiskReport(
            hypotheses=None, unsold=None, buybacks=(), result=None, risks=None, covered=None,
            limit_eur=limit, presale=_presale(operation, lots), lots=lots,
        )  # fmt: skip
    unsold = _unsold(stated, sales, lots)
    risks = ResultRisks(
        result_base_eur=-plan.need_eur,
        works_eur=_works_ttc(operation),
        works_low=stated.works_low,
        works_mode=stated.works_mode,
        works_high=stated.works_high,
        lots=lots,
        p_unsold=stated.unsold_probability,
        loss_per_lot_eur=unsold.loss_per_lot_eur if unsold else 0.0,
        rate_sd=stated.rate_sd,
        rate_sensitivity_eur=rate_sensitivity_eur(operation, rentals),
    )
    result = monte_carlo(risks, draws=stated.draws, seed=operation.study.seed)
    return RiskReport(
        hypotheses=stated,
        unsold=unsold,
        buybacks=tuple(_buybacks(operation, stated, sales)),
        result=result,
        risks=risks,
        covered=None if limit is None else result.p_covered(limit),
        limit_eur=limit,
        presale=_presale(operation, lots),
        lots=lots,
    )


def rate_sensitivity_eur(operation: Operation, rentals: dict[str, RentalMontage]) -> float:
    """Measure what the result loses for a rate higher by 1 (that is, 100 points).

    The rental accounts are drawn again at one more point, and the interest of the works grows
    alike; the loan of a SCIAPP is left out.
    """
    more = sum(
        at_rate(operation, m, POINT).account.plan.equity_eur - m.account.plan.equity_eur
        for m in rentals.values()
    )
    rate = operation.file.parameters.finance_rate
    interest = family_total(operation.costs.price.lines, "frais_financiers")
    carried = interest / rate * POINT if rate > 0 else 0.0
    return (more + carried) / POINT


def _works_ttc(operation: Operation) -> float:
    """Return the works of the operation, revised; tax included where it is a cost."""
    costs = operation.costs
    kept = sum(
        operation.shab_m2(code) * (1 + (costs.vat[code] if is_cost(code) else 0.0))
        for code in operation.codes
    ) / float(costs.quantities["shab"].sum())
    return costs.price.works_revised_ht_eur * kept


def _limit(operation: Operation) -> float | None:
    rules = operation.file.case.rules
    return None if rules.equity_max_eur is None else rules.equity_max_eur + rules.topup_max_eur


def _unsold(stated: Risks, sales: dict[str, SaleMontage], lots: int) -> UnsoldLots | None:
    if not lots:
        return None
    price = sum(m.turnover_ttc_eur for m in sales.values()) / lots
    before_tax = sum(m.turnover_ht_eur for m in sales.values()) / lots
    return unsold_lots(
        lots=lots,
        p_unsold=stated.unsold_probability,
        price_ttc_eur=price,
        vat=price / before_tax - 1,
        discount=stated.discount,
        carry_month_eur=stated.carry_month_eur,
        months=stated.carry_months,
    )


def _buybacks(
    operation: Operation, stated: Risks, sales: dict[str, SaleMontage]
) -> Iterator[BuybackRisk]:
    for code, subject in GUARANTEES.items():
        if code not in sales:
            continue
        montage = sales[code]
        price = montage.turnover_ttc_eur / montage.dwellings
        cost = buyback_cost(
            price,
            buyback_terms(operation.facts, subject),
            market_growth=stated.market_growth,
            resale_cost=stated.resale_cost,
            p_event=stated.buyback_probability,
            p_exit=stated.exit_probability,
            discount=operation.paths.discount_rate,
        )
        yield BuybackRisk(
            tenure=code,
            lots=montage.dwellings,
            mean_price_eur=price,
            cost=cost,
            stress=buyback_stress(cost, montage.dwellings),
        )


def _presale(operation: Operation, lots: int) -> PresaleCheck | None:
    montage = operation.study.montage
    if montage.presale_share is None or not lots:
        return None
    reserved = min(lots, montage.reserved_lots or 0)
    return presale_check(reserved=reserved, lots=lots, bank_share=montage.presale_share)
