"""What a household pays each month, by tenure and typology: the measure of *juste coût*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.finance.sciapp import SharePath
from habitat_analysis.montage.mortgage import HouseholdLoan
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.psla import PslaMontage
from habitat_analysis.montage.rental import RentalMontage, mean_rent_month_eur
from habitat_analysis.montage.sciapp import SciappMontage
from habitat_analysis.programme.case import Typology

COLUMNS: Final = (
    "tenure", "phase", "typology", "housing_eur", "fee_eur", "charges_eur", "energy_eur",
    "total_eur", "market_eur",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPrice:
    """Price of comparable dwellings, and where it comes from."""

    price_ttc_m2_eur: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCosts:
    """What households pay each month in each tenure of the programme.

    Attributes
    ----------
    table
        One row a tenure, phase and typology, in euros a month: ``housing_eur`` (rent, redevance
        or loan payment with insurance), ``fee_eur`` (BRS), ``charges_eur``, ``energy_eur``,
        ``total_eur`` and ``market_eur``: the same dwelling bought at the market price, charges
        and energy alike; NaN where it is not known.
    missing
        French keys of the study without which a part is counted for nothing.
    """

    table: pd.DataFrame
    loan: HouseholdLoan
    market: MarketPrice | None
    missing: tuple[str, ...]
    quality_saving_m2_year_eur: float | None  # energy saved by the quality level


def monthly_costs(
    operation: Operation,
    *,
    loan: HouseholdLoan,
    rentals: dict[str, RentalMontage],
    psla: PslaMontage | None,
    sciapp: SciappMontage | None,
    market: MarketPrice | None,
) -> MonthlyCosts:
    """Gather the monthly cost of every tenure and typology of a programme.

    A purchase is paid by a bank loan on the whole price and its fees, less the down payment of
    the study; no subsidised loan (PTZ) is counted.

    References
    ----------
    ``docs/model.md`` 3.4, 3.5, 3.7 and 4.2.
    """
    burdens = _Burdens(operation, loan, market)
    rows = [
        *(row for m in rentals.values() for row in _rental(operation, m, burdens)),
        *_psla(psla, burdens),
        *_bought(operation, loan, burdens, psla),
        *_sciapp(sciapp, burdens),
    ]
    quality = operation.study.montage.quality
    saving = None
    if quality is not None and quality.reference_energy_m2_year_eur is not None:
        saving = quality.reference_energy_m2_year_eur - quality.energy_m2_year_eur
    return MonthlyCosts(
        table=pd.DataFrame(rows, columns=list(COLUMNS)),
        loan=loan,
        market=market,
        missing=_missing(operation),
        quality_saving_m2_year_eur=saving,
    )


class _Burdens:
    """Charges, energy and market price of a dwelling, whatever its tenure."""

    def __init__(
        self, operation: Operation, loan: HouseholdLoan, market: MarketPrice | None
    ) -> None:
        montage = operation.study.montage
        self._charges, self._quality = montage.charges, montage.quality
        self._loan, self._market = loan, market
        self._sizes = {size.id: size for size in operation.file.case.typologies}

    def row(
        self, code: str, phase: str, typology: str, *, housing: float, owner: bool, fee: float = 0.0
    ) -> dict[str, Any]:
        size = self._sizes[typology]
        charges = self.charges(size, owner=owner)
        energy = self.energy(size)
        return {
            "tenure": code,
            "phase": phase,
            "typology": typology,
            "housing_eur": housing,
            "fee_eur": fee,
            "charges_eur": charges,
            "energy_eur": energy,
            "total_eur": housing + fee + charges + energy,
            "market_eur": self.market(size),
        }

    def charges(self, size: Typology, *, owner: bool) -> float:
        if self._charges is None:
            return 0.0
        stated = self._charges
        a_m2 = stated.owner_m2_month_eur if owner else stated.tenant_m2_month_eur
        return a_m2 * size.shab_m2

    def energy(self, size: Typology) -> float:
        if self._quality is None:
            return 0.0
        return self._quality.energy_m2_year_eur * size.shab_m2 / MONTHS

    def market(self, size: Typology) -> float:
        if self._market is None:
            return float("nan")
        price = self._market.price_ttc_m2_eur * size.shab_m2
        payment = self._loan.payment_month_eur(price)
        return payment + self.charges(size, owner=True) + self.energy(size)


def _rental(
    operation: Operation, montage: RentalMontage, burdens: _Burdens
) -> Iterator[dict[str, Any]]:
    for size, _ in operation.sizes(montage.code):
        rent = mean_rent_month_eur(montage, size.su_m2)
        yield burdens.row(montage.code, "loyer", size.id, housing=rent, owner=False)


def _psla(psla: PslaMontage | None, burdens: _Burdens) -> Iterator[dict[str, Any]]:
    for lot in psla.lots if psla else ():
        paid = lot.option.redevance_month_eur
        yield burdens.row("PSLA", "phase locative", lot.lot.typology, housing=paid, owner=False)


def _bought(
    operation: Operation, loan: HouseholdLoan, burdens: _Burdens, psla: PslaMontage | None
) -> Iterator[dict[str, Any]]:
    """Pay for a dwelling by a loan; PSLA at the price of the option, savings taken off."""
    options = {lot.lot.typology: lot for lot in (psla.lots if psla else ())}
    for code in operation.of_kind("sale"):
        price = operation.model_terms(code).price_m2_eur
        fee = operation.terms(code).ofs_fee_m2_month_eur if code == "BRS" else 0.0
        for size, _ in operation.sizes(code):
            payment = loan.payment_month_eur(price * size.shab_m2)
            phase = "achat"
            if code == "PSLA" and size.id in options:
                option = options[size.id].option
                insured = option.loan_eur * loan.insurance / MONTHS
                payment, phase = option.payment_month_eur + insured, "après l'option"
            yield burdens.row(
                code, phase, size.id, housing=payment, owner=True, fee=fee * size.shab_m2
            )


def _sciapp(sciapp: SciappMontage | None, burdens: _Burdens) -> Iterator[dict[str, Any]]:
    """Pay rent and shares: the budget of the household, while it buys."""
    for lot in sciapp.lots if sciapp else ():
        paid = lot.terms.budget_month_eur
        yield burdens.row("SCIAPP", "loyer et parts", lot.typology, housing=paid, owner=False)


def _missing(operation: Operation) -> tuple[str, ...]:
    montage = operation.study.montage
    missing = []
    if montage.charges is None:
        missing.append("montage.charges_menage")
    if montage.quality is None:
        missing.append("montage.qualite")
    return tuple(missing)


def first_year_rent_eur(path: SharePath) -> float:
    """Rent of the first year of a SCIAPP, in euros a month."""
    return path.rows[0].rent_eur / MONTHS if path.rows else 0.0
