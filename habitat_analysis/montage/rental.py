"""Rental tenures (PLAI, PLUS, PLS): ceiling rent, plan de financement, operating account."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.loans import LoanTerms, Revision
from habitat_analysis.finance.rental import ceiling_rent_m2_month, structure_coefficient
from habitat_analysis.finance.rental_account import RentalAccount, Tranche, balanced_account
from habitat_analysis.formats import euros, number
from habitat_analysis.montage.operation import Operation
from habitat_analysis.regulation import (
    building_loan_years,
    land_loan_years,
    loan_rate,
    rent_cap_m2_month,
    structure_constants,
    tfpb_exemption_years,
)
from habitat_analysis.tenures import tenure

LAND: Final = "foncier"
BUILDING: Final = "bati"
PARTNER: Final = "partenaire"
REVISED_TWICE: Final = frozenset({"PLAI", "PLUS"})  # rate and growth both follow the Livret A
LEVIES: Final = ("cglls_net_rate", "ancols_rate")
CENT: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class RentCap:
    """The ceiling rent of one tranche, and the rent kept."""

    zone_rent_m2: float  # LM of the zone, EUR per m² of SU and month
    coefficient: float  # structure coefficient of the tranche
    margins: float  # local margins, fraction
    cap_m2: float
    rent_m2: float
    annex_rent_month_eur: float  # of the whole tranche
    total_ratio: float  # rents over the ceiling without annexes and margins
    total_ratio_max: float  # highest of that ratio

    @property
    def respected(self) -> bool:
        """Whether both the rent and the total stay within their ceilings."""
        within = self.rent_m2 <= self.cap_m2 * (1 + 1e-9)
        return within and self.total_ratio <= self.total_ratio_max * (1 + 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalMontage:
    """One rental tenure of a programme, financed."""

    code: str
    tranche: Tranche
    cap: RentCap
    account: RentalAccount
    land_ttc_eur: float  # charge foncière of the tenure
    equity_stated: bool  # decided by people, not computed
    least_equity_eur: float | None  # that balances the account; None when no equity does
    remarks: tuple[str, ...]  # what was bounded or refused, in French


def rental_montages(operation: Operation) -> dict[str, RentalMontage]:
    """Finance every rental tenure of a programme.

    References
    ----------
    ``docs/model.md`` 3.1 to 3.3.
    """
    return {code: rental_montage(operation, code) for code in operation.of_kind("rental")}


def rental_montage(operation: Operation, code: str) -> RentalMontage:
    """Finance one rental tenure: its plan balances, its equity is the least that is needed.

    The equity is the one the study states, or else the least that keeps the treasury from falling
    below zero over the building loan. A land loan that the rents cannot bear is taken out of the
    plan, which is said.
    """
    cap = rent_cap(operation, code)
    tranche = tranche_of(operation, code, rent_m2=cap.rent_m2)
    land = operation.costs.family_ht_eur(code, "foncier")
    land_ttc = land * (1 + operation.costs.vat[code])
    stated = operation.terms(code).equity_eur
    equity = None if stated is None else stated * tranche.dwellings
    remarks: list[str] = []
    loans = _loans(operation, code, tranche, land_ttc, equity or 0.0, remarks)
    account = _account(operation, code, tranche, loans, equity)
    if equity is None and not account.balanced and account.plan.overflow_eur <= CENT:
        remarks.append(
            "les loyers ne supportent pas le prêt foncier : il est retiré du plan, les fonds "
            "propres le remplacent"
        )
        lighter = [loan for loan in loans if loan.id != LAND]
        account = _account(operation, code, tranche, lighter, None)
    if account.plan.overflow_eur > CENT:
        remarks = [_too_much(code, account.plan.overflow_eur)]
    elif not account.balanced:
        remarks.append(_unbalanced(code, tranche, account, equity))
    return RentalMontage(
        code=code,
        tranche=tranche,
        cap=cap,
        account=account,
        land_ttc_eur=land_ttc,
        equity_stated=stated is not None,
        least_equity_eur=_least_equity(
            operation, code, tranche, account, stated=equity is not None
        ),
        remarks=tuple(remarks),
    )


def _too_much(code: str, overflow_eur: float) -> str:
    """Say by how much the stated resources pass the cost, and which keys to lower."""
    return (
        f"subventions, prêt partenaire et fonds propres saisis dépassent le prix de revient de"
        f" {euros(overflow_eur)} : réduisez-les sous « statuts.{code} »"
    )


def _unbalanced(
    code: str, tranche: Tranche, account: RentalAccount, stated_eur: float | None
) -> str:
    """Say why the treasury falls below zero: equity stated too low, or charges too heavy."""
    needed = account.equity_required_eur
    if stated_eur is None or needed is None:
        return "aucun niveau de fonds propres n'équilibre ce compte : charges trop fortes"
    each = math.ceil(needed / tranche.dwellings)
    return (
        f"fonds propres saisis trop bas : {euros(stated_eur)} pour {euros(needed)} nécessaires ; "
        f"relevez « statuts.{code}.fonds_propres_par_logement » à {number(each)} ou retirez-le"
    )


def rent_cap(operation: Operation, code: str) -> RentCap:
    """Compute the ceiling rent of a tranche with its own structure coefficient."""
    nature, terms, facts = tenure(code), operation.terms(code), operation.facts
    base, per_dwelling = structure_constants(facts)
    su, n = operation.su_m2(code), operation.dwellings(code)
    coefficient = structure_coefficient(n, su, base=base, per_dwelling=per_dwelling)
    zones = operation.zones
    fact = rent_cap_m2_month(facts, nature.rent_product, abc=zones.abc, zone_123=zones.rents)
    bare = ceiling_rent_m2_month(fact.number, coefficient)
    cap = ceiling_rent_m2_month(fact.number, coefficient, margins=terms.local_margin)
    rent = cap if terms.rent_m2_month_eur is None else terms.rent_m2_month_eur
    annex = terms.annex_rent_month_eur * n
    key = "max_rent_total_with_lift" if operation.study.montage.lift else "max_rent_total"
    return RentCap(
        zone_rent_m2=fact.number,
        coefficient=coefficient,
        margins=terms.local_margin,
        cap_m2=cap,
        rent_m2=rent,
        annex_rent_month_eur=annex,
        total_ratio=(rent * su + annex) / (bare * su),
        total_ratio_max=facts.value(
            "loyers_plafonds", product="PLUS", zone_scheme="formula", zone=key
        ),
    )


def tranche_of(operation: Operation, code: str, *, rent_m2: float) -> Tranche:
    """Describe the dwellings of a rental tenure and what the landlord spends on them."""
    operating, facts = operation.study.operating, operation.facts
    montage, costs = operation.study.montage, operation.costs
    works = costs.family_ht_eur(code, "travaux")
    exemption = tfpb_exemption_years(facts, tenure(code))
    n = operation.dwellings(code)
    return Tranche(
        dwellings=n,
        su_m2=operation.su_m2(code),
        cost_ttc_eur=costs.ttc_eur(code),
        building_cost_eur=works * (1 + costs.vat[code]) + costs.rooms_ttc_eur[code],
        rent_m2_su_month_eur=rent_m2,
        other_rent_month_eur=operation.terms(code).annex_rent_month_eur * n,
        loss_share=operating.loss_share,
        management_eur_dwelling=operating.management_eur,
        maintenance_eur_dwelling=operating.maintenance_eur,
        insurance_eur_dwelling=operating.insurance_eur,
        levies_share=sum(facts.value("couts", family="exploitation", item=i) for i in LEVIES),
        major_repairs_rate=operating.major_repairs_rate,
        major_repairs_free_years=montage.repairs_free_years,
        tfpb_eur_dwelling=operating.tfpb_eur,
        tfpb_exempt_years=int(exemption.number) if exemption else 0,
    )


def subsidies_of(operation: Operation, code: str) -> dict[str, float]:
    """Add up the subsidies of a tenure by giver, in euros."""
    n = operation.dwellings(code)
    return {giver: n * eur for giver, eur in operation.terms(code).subsidy_by_giver.items()}


def account_years(facts: FactReader, product: str, abc: str) -> int:
    """Return the length of an account: that of the longest loan its product allows."""
    land = land_loan_years(facts, product, abc).number
    return int(max(land, building_loan_years(facts, product).number))


def _loans(
    operation: Operation,
    code: str,
    tranche: Tranche,
    land_ttc_eur: float,
    equity_eur: float,
    remarks: list[str],
) -> list[LoanTerms]:
    """List the loans: land, partner, building; the last one balances the plan."""
    montage, terms, facts = operation.study.montage, operation.terms(code), operation.facts
    product = tenure(code).loan_product
    longest = building_loan_years(facts, product).number
    revision: Revision = "double" if product in REVISED_TWICE else "simple"
    common = {
        "rate": loan_rate(facts, product) + operation.file.setting.scenario.rate_shift,
        "growth": montage.annuity_growth,
        "defer": montage.deferral_years,
        "revision": revision,
        "shifts": operation.paths.shifts,
    }
    partner = _partner_loan(operation, code)
    lent = (partner.amount_eur or 0.0) if partner else 0.0
    room = tranche.cost_ttc_eur - sum(subsidies_of(operation, code).values()) - lent - equity_eur
    amount = min(land_ttc_eur, max(0.0, room))
    if amount < land_ttc_eur - CENT:
        remarks.append(
            f"prêt foncier ramené de {euros(land_ttc_eur)} à {euros(amount)} : les autres "
            "ressources couvrent le reste du prix de revient"
        )
    land = LoanTerms(
        id=LAND,
        label=f"Prêt {product} foncier",
        amount_eur=amount,
        years=int(land_loan_years(facts, product, str(operation.zones.abc)).number),
        **common,  # type: ignore[arg-type]
    )
    building = LoanTerms(
        id=BUILDING,
        label=f"Prêt {product} bâti",
        years=int(terms.loan_years or longest),
        main=True,
        **common,  # type: ignore[arg-type]
    )
    return [land, *([partner] if partner else []), building]


def _partner_loan(operation: Operation, code: str) -> LoanTerms | None:
    """Give the loan of Action Logement or another partner, at a fixed rate."""
    loan = operation.terms(code).partner_loan
    if loan is None:
        return None
    return LoanTerms(
        id=PARTNER,
        label=f"Prêt {loan.lender}",
        amount_eur=loan.amount_eur * operation.dwellings(code),
        rate=loan.rate,
        years=loan.years,
    )


def _account(
    operation: Operation,
    code: str,
    tranche: Tranche,
    loans: list[LoanTerms],
    equity_eur: float | None,
) -> RentalAccount:
    return balanced_account(
        tranche,
        loans,
        operation.paths.indices,
        subsidies=subsidies_of(operation, code),
        placement_rate=operation.paths.placement_rate,
        discount=operation.paths.discount_rate,
        equity_eur=equity_eur,
    )


def at_rent(operation: Operation, montage: RentalMontage, factor: float) -> RentalMontage:
    """Draw the same montage at another rent, every other hypothesis of the plan kept.

    The equity is worked out again unless it is stated: a higher rent asks for less of it.
    """
    rent = montage.tranche.rent_m2_su_month_eur * factor
    tranche = replace(montage.tranche, rent_m2_su_month_eur=rent)
    again = _again(operation, montage, tranche, rate_shift=0.0)
    return replace(again, cap=replace(montage.cap, rent_m2=rent))


def at_rate(operation: Operation, montage: RentalMontage, shift: float) -> RentalMontage:
    """Draw the same montage with the rates of its loans moved, fixed ones apart; see `at_rent`."""
    return _again(operation, montage, montage.tranche, rate_shift=shift)


def _again(
    operation: Operation, montage: RentalMontage, tranche: Tranche, *, rate_shift: float
) -> RentalMontage:
    plan = montage.account.plan
    loans = [
        replace(
            loan,
            rate=loan.rate + (0.0 if loan.revision == "fixe" else rate_shift),
            amount_eur=None if loan.id == plan.balancing else loan.amount_eur,
        )
        for loan in plan.loans
    ]
    stated = plan.equity_eur if montage.equity_stated else None
    account = _account(operation, montage.code, tranche, loans, stated)
    least = _least_equity(operation, montage.code, tranche, account, stated=montage.equity_stated)
    return replace(montage, tranche=tranche, account=account, least_equity_eur=least)


def _least_equity(
    operation: Operation, code: str, tranche: Tranche, account: RentalAccount, *, stated: bool
) -> float | None:
    """Return the least equity that balances an account, whatever equity it was drawn at."""
    if not stated:
        return account.equity_required_eur
    plan = account.plan
    loans = [
        replace(loan, amount_eur=None) if loan.id == plan.balancing else loan for loan in plan.loans
    ]
    return _account(operation, code, tranche, loans, 0.0).equity_required_eur


def mean_rent_month_eur(montage: RentalMontage, su_m2: float) -> float:
    """Rent of one dwelling of this surface, annexes included, in euros a month."""
    annex = montage.tranche.other_rent_month_eur / montage.tranche.dwellings
    return montage.tranche.rent_m2_su_month_eur * su_m2 + annex


__all__ = [
    "BUILDING",
    "LAND",
    "RentCap",
    "RentalMontage",
    "account_years",
    "at_rate",
    "at_rent",
    "mean_rent_month_eur",
    "rent_cap",
    "rental_montage",
    "rental_montages",
    "subsidies_of",
    "tranche_of",
]
