"""Every account of one programme, drawn together."""

from __future__ import annotations

from dataclasses import dataclass

from habitat_analysis.baremes import Fact, FactReader
from habitat_analysis.finance.calendar import CashCalendar
from habitat_analysis.montage.brs import BrsMontage, brs_montage
from habitat_analysis.montage.cash import operation_cash
from habitat_analysis.montage.ceilings import Ceilings, ceilings
from habitat_analysis.montage.costs import DetailedCosts
from habitat_analysis.montage.monthly import MarketPrice, MonthlyCosts, monthly_costs
from habitat_analysis.montage.mortgage import household_loan
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.paths import RatePaths, rate_paths
from habitat_analysis.montage.plan import OperationPlan, operation_plan
from habitat_analysis.montage.psla import PslaMontage, psla_montage
from habitat_analysis.montage.reconciliation import Reconciliation, reconcile
from habitat_analysis.montage.rental import RentalMontage, account_years, rental_montages
from habitat_analysis.montage.risks import RiskReport, risk_report
from habitat_analysis.montage.sales import SaleMontage, promotion_brackets, sale_montages
from habitat_analysis.montage.sciapp import SciappMontage, sciapp_montage
from habitat_analysis.programme.economics import CaseFile
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.tenures import tenure

WITHOUT_RENTAL = 40  # years of the indices when no rental loan asks for more


@dataclass(frozen=True, slots=True, kw_only=True)
class Montage:
    """The whole montage of one programme: what a committee and a bank read."""

    operation: Operation
    paths: RatePaths
    rentals: dict[str, RentalMontage]
    sales: dict[str, SaleMontage]
    brackets: dict[str, tuple[float, float]]  # shares of sales usually seen, as fractions
    psla: PslaMontage | None
    brs: BrsMontage | None
    sciapp: SciappMontage | None
    plan: OperationPlan
    monthly: MonthlyCosts
    ceilings: Ceilings
    reconciliation: Reconciliation
    risks: RiskReport
    cash: CashCalendar
    facts: tuple[Fact, ...]


def build_montage(
    file: CaseFile,
    evaluation: Evaluation,
    costs: DetailedCosts,
    facts: FactReader,
    *,
    market: MarketPrice | None = None,
) -> Montage:
    """Draw every account of a programme.

    Parameters
    ----------
    file
        The case and what it was made from.
    evaluation
        The programme kept, judged.
    costs
        Its detailed prix de revient.
    facts
        Reader at the date of the operation; what is read here is remembered.
    market
        Price of comparable dwellings; None when unknown.

    Raises
    ------
    DataError
        A date before the first value of a barème that the accounts cannot do without, with the
        value to type in the study.

    References
    ----------
    ``docs/model.md`` 2, 3 and 8.
    """
    study = file.setting.study
    operation = Operation(
        file=file,
        programme=evaluation.programme,
        evaluation=evaluation,
        costs=costs,
        paths=rate_paths(study, facts, horizon=_horizon(file, costs, facts)),
        facts=facts,
    )
    loan = household_loan(study, facts, rate_shift=file.setting.scenario.rate_shift)
    rentals, sales = rental_montages(operation), sale_montages(operation)
    psla, sciapp = psla_montage(operation, loan), sciapp_montage(operation)
    plan = operation_plan(operation, rentals=rentals, sales=sales, sciapp=sciapp)
    return Montage(
        operation=operation,
        paths=operation.paths,
        rentals=rentals,
        sales=sales,
        brackets=promotion_brackets(facts) if sales else {},
        psla=psla,
        brs=brs_montage(operation),
        sciapp=sciapp,
        plan=plan,
        monthly=monthly_costs(
            operation, loan=loan, rentals=rentals, psla=psla, sciapp=sciapp, market=market
        ),
        ceilings=ceilings(operation, rentals=rentals, sales=sales, psla=psla),
        reconciliation=reconcile(operation, plan=plan, rentals=rentals, sales=sales, sciapp=sciapp),
        risks=risk_report(operation, plan=plan, rentals=rentals, sales=sales),
        cash=operation_cash(file, evaluation, costs.price, facts),
        facts=tuple(dict.fromkeys([*facts.used, *operation.paths.facts])),
    )


def _horizon(file: CaseFile, costs: DetailedCosts, facts: FactReader) -> int:
    """Return the length of the longest loan of the rental tenures of the programme."""
    abc = str(file.setting.zones.abc)
    codes = [str(code) for code in costs.quantities.index if tenure(str(code)).kind == "rental"]
    years = (account_years(facts, tenure(code).loan_product, abc) for code in codes)
    return max(years, default=WITHOUT_RENTAL)
