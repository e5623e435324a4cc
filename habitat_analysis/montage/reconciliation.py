"""The linear form of the model against the detailed accounts: every euro of difference named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from habitat_analysis.finance.loans import LoanTerms
from habitat_analysis.finance.rental_account import Indices, balanced_account, constant_indices
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.plan import OperationPlan
from habitat_analysis.montage.rental import BUILDING, LAND, RentalMontage, subsidies_of
from habitat_analysis.montage.sales import SaleMontage
from habitat_analysis.montage.sciapp import SciappMontage

REASONS: Final[Mapping[str, str]] = {
    "keys": "Clés de répartition : aléas, révisions et honoraires répartis en bloc",
    "vat_fixed": "TVA des charges fixes : taux moyen de l'étude, ou taux de chaque statut",
    "vat_margin": "TVA sur la marge des ventes : le calcul compare des montants TTC",
    "sales_fees": "Frais de commercialisation, absents du calcul",
    "loans": "Prêts : compte d'exploitation année par année au lieu d'un loyer net capitalisé",
    "first_shares": "Parts initiales de la SCIAPP, absentes du calcul",
    "overflow": "Ressources d'un statut au-delà de son coût : elles ne financent pas les autres",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanStep:
    """One reason why the loans of a rental tenure differ from the model's, in euros."""

    tenure: str
    label: str
    amount_eur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What sets the model and the accounts apart.

    Attributes
    ----------
    by_tenure
        Indexed by tenure, then ``total``: ``model_eur`` and ``accounts_eur`` (what the tenure
        brings, resources less cost), one column a key of `REASONS`, and ``gap_eur``, their sum.
    cost_by_tenure
        Indexed alike: ``model_ttc_eur``, ``accounts_ttc_eur``, ``gap_eur``, ``share``.
    loan_steps
        The difference of the loans, one step after the other.
    cost_gap_share
        Gap of the whole cost over the prix de revient, as a fraction: above one percent, the
        model's mean VAT is too coarse.
    """

    by_tenure: pd.DataFrame
    cost_by_tenure: pd.DataFrame
    loan_steps: tuple[LoanStep, ...]
    cost_gap_share: float
    total_ttc_eur: float


def reconcile(
    operation: Operation,
    *,
    plan: OperationPlan,
    rentals: dict[str, RentalMontage],
    sales: dict[str, SaleMontage],
    sciapp: SciappMontage | None,
) -> Reconciliation:
    """Explain the difference between the model and the accounts, line by line and by tenure.

    References
    ----------
    ``docs/model.md`` 5.1, addendum.
    """
    rows = {}
    model = operation.evaluation.tenures
    for code in operation.codes:
        reasons = _cost_reasons(operation, code)
        if code in sales:
            reasons |= _sale_reasons(operation, sales[code])
        if code in rentals:
            borrowed = rentals[code].account.plan.loans_eur
            reasons["loans"] = borrowed - float(model["loan_eur"][code])
            reasons["overflow"] = -rentals[code].account.plan.overflow_eur
        if code == "SCIAPP" and sciapp is not None:
            reasons["loans"] = (sciapp.loan.amount_eur or 0.0) - float(model["loan_eur"][code])
            reasons["first_shares"] = sciapp.first_shares_eur
            reasons["overflow"] = -sciapp.overflow_eur
        rows[code] = {
            "model_eur": float(model["balance_eur"][code]),
            "accounts_eur": -plan.need_by_tenure[code],
            **dict.fromkeys(REASONS, 0.0),
            **reasons,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["gap_eur"] = table[list(REASONS)].sum(axis=1)
    table.loc["total"] = table.sum()
    cost = _cost_table(operation)
    total = operation.costs.total_ttc_eur
    return Reconciliation(
        by_tenure=table,
        cost_by_tenure=cost,
        loan_steps=tuple(step for m in rentals.values() for step in _loan_steps(operation, m)),
        cost_gap_share=abs(operation.costs.gap_eur) / total if total else 0.0,
        total_ttc_eur=total,
    )


def _cost_reasons(operation: Operation, code: str) -> dict[str, float]:
    """Split the gap of the cost of a tenure: allocation keys, then VAT of the fixed cost."""
    costs, unit = operation.costs, operation.file.unit_costs
    vat, fixed_vat = costs.vat[code], operation.study.costs.fixed_vat
    shab = operation.shab_m2(code)
    share = shab / float(costs.quantities["shab"].sum())
    fixed = unit.fixed_ht_eur * share
    terms = operation.model_terms(code)
    own = terms.variable_cost_m2_eur * shab + terms.dwelling_cost_eur * operation.dwellings(code)
    return {
        "keys": (own + fixed - costs.price.ht[code]) * (1 + vat),
        "vat_fixed": fixed * (fixed_vat - vat),
    }


def _sale_reasons(operation: Operation, montage: SaleMontage) -> dict[str, float]:
    """Take off the VAT that the seller owes on its margin, and the fees of sale."""
    received = montage.turnover_ht_eur + montage.ofs_land_ht_eur
    margin = received - operation.costs.ht_eur(montage.code)
    return {
        "vat_margin": -montage.vat * margin,
        "sales_fees": -montage.sales_fees_ht_eur,
    }


def _cost_table(operation: Operation) -> pd.DataFrame:
    model = operation.evaluation.tenures["total_cost_eur"]
    rows = {
        code: {
            "model_ttc_eur": float(model[code]),
            "accounts_ttc_eur": operation.costs.ttc_eur(code),
        }
        for code in operation.codes
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.loc["total"] = table.sum()
    table["gap_eur"] = table["model_ttc_eur"] - table["accounts_ttc_eur"]
    table["share"] = table["gap_eur"] / table["accounts_ttc_eur"]
    return table


def _loan_steps(operation: Operation, montage: RentalMontage) -> Iterator[LoanStep]:
    """Walk from the model's loan to the plan's, one hypothesis at a time."""
    code = montage.code
    before = float(operation.evaluation.tenures["loan_eur"][code])
    for label, after in _loans_on_the_way(operation, montage):
        yield LoanStep(tenure=code, label=label, amount_eur=after - before)
        before = after
    final = montage.account.plan.loans_eur
    label = (
        "fonds propres décidés par l'étude"
        if montage.equity_stated
        else "Livret A daté, progression et différé des annuités, prêt d'un partenaire"
    )
    yield LoanStep(tenure=code, label=label, amount_eur=final - before)


def _loans_on_the_way(operation: Operation, montage: RentalMontage) -> Iterator[tuple[str, float]]:
    sheet = operation.file.sheets[montage.code]
    plan, horizon = montage.account.plan, montage.account.horizon
    building = next(loan for loan in plan.loans if loan.id == BUILDING)
    flat = LoanTerms(id=BUILDING, rate=building.rate, years=building.years, main=True)
    still = constant_indices(horizon, rent=0.0, charges=0.0, tfpb=0.0)
    mean = replace(
        montage.tranche,
        rent_m2_su_month_eur=sheet.rent_m2_month_eur or 0.0,
        other_rent_month_eur=0.0,
        levies_share=0.0,
    )
    yield (
        "équilibre de chaque année au lieu d'une moyenne",
        _borrowed(operation, montage, mean, [flat], still),
    )
    yield (
        "loyer de la tranche, annexes et cotisations",
        _borrowed(operation, montage, montage.tranche, [flat], still),
    )
    yield (
        "indexation des loyers et des charges",
        _borrowed(operation, montage, montage.tranche, [flat], operation.paths.indices),
    )
    land = next((loan for loan in plan.loans if loan.id == LAND), None)
    if land is not None:
        longer = LoanTerms(id=LAND, rate=land.rate, years=land.years, amount_eur=land.amount_eur)
        yield (
            "prêt foncier plus long",
            _borrowed(operation, montage, montage.tranche, [longer, flat], operation.paths.indices),
        )


def _borrowed(
    operation: Operation,
    montage: RentalMontage,
    tranche: object,
    loans: list[LoanTerms],
    indices: Indices,
) -> float:
    """Return all that a tranche borrows at the least equity that balances it."""
    account = balanced_account(
        tranche,  # type: ignore[arg-type]
        loans,
        indices,
        subsidies=subsidies_of(operation, montage.code),
        placement_rate=operation.paths.placement_rate,
        discount=operation.paths.discount_rate,
    )
    return account.plan.loans_eur
