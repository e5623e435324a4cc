"""The plan de financement of the whole operation: resources equal the prix de revient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from habitat_analysis.montage.operation import Operation, is_cost
from habitat_analysis.montage.rental import RentalMontage, subsidies_of
from habitat_analysis.montage.sales import SaleMontage
from habitat_analysis.montage.sciapp import SciappMontage

CENT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One use or one resource, in euros."""

    nature: str  # « prêt », « subvention », « vente », « fonds propres »…
    label: str
    amount_eur: float
    tenure: str = ""  # code; empty for the whole operation


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPlan:
    """Uses and resources of the operation, net of the VAT that is recovered.

    The rental and SCIAPP dwellings are counted tax included (their VAT is a cost), the lots for
    sale before tax (their VAT is neutral): the « prix de revient net » that a plan balances.

    Attributes
    ----------
    need_by_tenure
        What each tenure leaves to be found, in euros; below zero, what it brings.
    equity_eur, topup_eur, missing_eur, surplus_eur
        How the need of the whole is met: the Coop's equity first, then the top-up subsidy still
        to be obtained, each up to the limit of the study; what is left is missing.
    """

    uses: tuple[PlanLine, ...]
    resources: tuple[PlanLine, ...]
    need_by_tenure: dict[str, float]
    equity_eur: float
    topup_eur: float
    missing_eur: float
    surplus_eur: float
    overflow_eur: float  # resources of a tenure above its cost, to be lowered

    @property
    def need_eur(self) -> float:
        """What has to be found for the whole operation; below zero, what it leaves."""
        return sum(self.need_by_tenure.values())

    @property
    def total_uses_eur(self) -> float:
        """All uses."""
        return sum(line.amount_eur for line in self.uses)

    @property
    def total_resources_eur(self) -> float:
        """All resources: the same sum."""
        return sum(line.amount_eur for line in self.resources)


def operation_plan(
    operation: Operation,
    *,
    rentals: dict[str, RentalMontage],
    sales: dict[str, SaleMontage],
    sciapp: SciappMontage | None,
) -> OperationPlan:
    """Add up the plans of the tenures; what they leave to be found is met by equity."""
    needs = _needs(rentals, sales, sciapp)
    need = sum(needs.values())
    rules = operation.file.case.rules
    found = max(0.0, need)
    equity = min(found, found if rules.equity_max_eur is None else rules.equity_max_eur)
    granted = _granted(operation, rentals, sales, sciapp)
    given = sum(line.amount_eur for line in granted)
    left = found if rules.subsidy_max_eur is None else max(0.0, rules.subsidy_max_eur - given)
    topup = min(found - equity, rules.topup_max_eur, left)
    missing = found - equity - topup
    surplus = max(0.0, -need)
    overflow = _overflow(rentals, sciapp)
    resources = [
        *granted,
        *_lent(rentals, sciapp),
        *_sold(sales, sciapp),
        PlanLine(
            nature="fonds propres", label="Fonds propres de la coopérative", amount_eur=equity
        ),
    ]
    for nature, label, amount in (
        ("subvention", "Subvention complémentaire à obtenir", topup),
        ("à trouver", "Reste à trouver", missing),
        ("excédent", "Excédent de l'opération", -surplus),
        ("en trop", "Ressources en trop, à réduire", -overflow),
    ):
        if abs(amount) >= CENT:
            resources.append(PlanLine(nature=nature, label=label, amount_eur=amount))
    return OperationPlan(
        uses=tuple(_uses(operation, sales)),
        resources=tuple(resources),
        need_by_tenure=needs,
        equity_eur=equity,
        topup_eur=topup,
        missing_eur=missing,
        surplus_eur=surplus,
        overflow_eur=overflow,
    )


def _needs(
    rentals: dict[str, RentalMontage],
    sales: dict[str, SaleMontage],
    sciapp: SciappMontage | None,
) -> dict[str, float]:
    """Return what each tenure leaves to be found, margins taken off.

    Subsidies and loans above the cost of a rental tenure or of a SCIAPP pay for nothing else:
    they come off the resources.
    """
    needs = {code: m.account.plan.equity_eur for code, m in rentals.items()}
    needs |= {code: -m.margin_eur for code, m in sales.items()}
    if sciapp is not None:
        needs["SCIAPP"] = sciapp.equity_eur
    return needs


def _overflow(rentals: dict[str, RentalMontage], sciapp: SciappMontage | None) -> float:
    over = sum(m.account.plan.overflow_eur for m in rentals.values())
    return over + (0.0 if sciapp is None else sciapp.overflow_eur)


def _uses(operation: Operation, sales: dict[str, SaleMontage]) -> Iterator[PlanLine]:
    """List the chapters HT, then rooms, the VAT that is a cost, and sales fees."""
    costs = operation.costs
    for chapter, amount in costs.chapters.sum(axis=1).items():
        yield PlanLine(nature=str(chapter), label=str(chapter), amount_eur=float(amount))
    codes = operation.codes
    rooms = sum(costs.rooms_ttc_eur[u] / (1 + costs.vat[u]) for u in codes)
    if rooms:
        yield PlanLine(nature="locaux", label="locaux", amount_eur=rooms)
    vat = sum(costs.ttc_eur(u) - costs.ht_eur(u) for u in codes if is_cost(u))
    yield PlanLine(nature="tva", label="tva", amount_eur=vat)
    fees = sum(m.sales_fees_ht_eur for m in sales.values())
    if fees:
        yield PlanLine(nature="commercialisation", label="commercialisation", amount_eur=fees)


def _granted(
    operation: Operation,
    rentals: dict[str, RentalMontage],
    sales: dict[str, SaleMontage],
    sciapp: SciappMontage | None,
) -> list[PlanLine]:
    lines = [
        PlanLine(nature="subvention", label=giver, amount_eur=amount, tenure=code)
        for code, m in rentals.items()
        for giver, amount in m.account.plan.subsidies.items()
    ]
    lines += [
        PlanLine(nature="subvention", label=giver, amount_eur=amount, tenure=code)
        for code, m in sales.items()
        for giver, amount in m.subsidies.items()
    ]
    if sciapp is not None:
        lines += [
            PlanLine(nature="subvention", label=giver, amount_eur=amount, tenure="SCIAPP")
            for giver, amount in subsidies_of(operation, "SCIAPP").items()
        ]
    return lines


def _lent(rentals: dict[str, RentalMontage], sciapp: SciappMontage | None) -> Iterator[PlanLine]:
    for code, m in rentals.items():
        for loan in m.account.plan.loans:
            if loan.amount_eur:
                yield PlanLine(
                    nature="prêt", label=loan.label, amount_eur=loan.amount_eur, tenure=code
                )
    if sciapp is not None and sciapp.loan.amount_eur:
        loan = sciapp.loan
        yield PlanLine(
            nature="prêt", label=loan.label, amount_eur=loan.amount_eur or 0.0, tenure="SCIAPP"
        )


def _sold(sales: dict[str, SaleMontage], sciapp: SciappMontage | None) -> Iterator[PlanLine]:
    for code, m in sales.items():
        yield PlanLine(nature="vente", label="Ventes HT", amount_eur=m.turnover_ht_eur, tenure=code)
        if m.ofs_land_ht_eur:
            yield PlanLine(
                nature="vente à l'OFS",
                label="Foncier payé par l'OFS, HT",
                amount_eur=m.ofs_land_ht_eur,
                tenure=code,
            )
    if sciapp is not None and sciapp.first_shares_eur:
        yield PlanLine(
            nature="parts", label="Parts initiales", amount_eur=sciapp.first_shares_eur,
            tenure="SCIAPP",
        )  # fmt: skip
