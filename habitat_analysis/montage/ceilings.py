"""Every legal ceiling of an operation, tested at its date: rents, prices, PTZ, incomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from habitat_analysis.baremes import Fact
from habitat_analysis.errors import DataError
from habitat_analysis.finance.ptz import ptz_quota_cap
from habitat_analysis.formats import euros, number
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.psla import PslaMontage
from habitat_analysis.montage.rental import RentalMontage
from habitat_analysis.montage.sales import SaleMontage
from habitat_analysis.regulation import income_table, price_cap_m2_su, rent_cap_m2_month
from habitat_analysis.tenures import tenure

PERSONS: Final = (1, 2, 3, 4, 5)
OPEN_TO_ALL: Final = "none"
PTZ_TENURES: Final = ("PSLA", "BRS", "VEFA", "LIBRE")
PTZ_KNOWN: Final = "tranche_1_quota_collective_psla_brs"
EQUAL: Final = 1 + 1e-9
RATIO: Final = "rapport"


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingTest:
    """One value against its legal ceiling, with the text and what to change if it is above."""

    tenure: str
    what: str  # French, with the unit
    subject: str  # typology, or the whole tenure
    value: float
    ceiling: float
    unit: str
    legal_reference: str
    source: str
    flags: tuple[str, ...]  # of the fact: projected, from memory, without a date
    binding: bool = True  # false: a reference, not a limit (the PTZ counts the price up to it)
    remedy: str = ""

    @property
    def respected(self) -> bool:
        """Whether the value is at most its ceiling; equality passes."""
        return self.value <= self.ceiling * EQUAL

    def written(self, amount: float) -> str:
        """Write the value or the ceiling in its unit."""
        if self.unit == "€":
            return euros(amount)
        text = number(amount, 2)
        return text if self.unit == RATIO else f"{text} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """Every test, the income ceilings of the operation, and what could not be tested."""

    tests: tuple[CeilingTest, ...]
    incomes: pd.DataFrame  # index tenure, columns number of persons, euros a year
    untested: tuple[str, ...]  # French sentences

    @property
    def exceeded(self) -> tuple[CeilingTest, ...]:
        """The binding ceilings that are exceeded."""
        return tuple(test for test in self.tests if test.binding and not test.respected)


def ceilings(
    operation: Operation,
    *,
    rentals: dict[str, RentalMontage],
    sales: dict[str, SaleMontage],
    psla: PslaMontage | None,
) -> Ceilings:
    """Test every ceiling of an operation at its date.

    A value that the barèmes do not know at that date is named, never guessed.
    """
    unknown: dict[str, list[str]] = {}  # why, and the tenures concerned
    tests = [
        *(test for m in rentals.values() for test in _rents(operation, m)),
        *(test for m in sales.values() for test in _prices(operation, m)),
        *_rent_part(operation, psla),
    ]
    incomes: dict[str, list[float]] = {}
    for code in operation.codes:
        try:
            incomes[code] = _incomes(operation, code)
            tests += _ptz(operation, sales[code]) if code in PTZ_TENURES else []
        except DataError as error:
            unknown.setdefault(str(error), []).append(code)
    return Ceilings(
        tests=tuple(tests),
        incomes=pd.DataFrame.from_dict(incomes, orient="index", columns=list(PERSONS)),
        untested=tuple(f"{', '.join(codes)} : {why}" for why, codes in unknown.items()),
    )


def _test(
    code: str, what: str, subject: str, value: float, ceiling: float, unit: str, fact: Fact,
    *, binding: bool = True, remedy: str = "",
) -> CeilingTest:  # fmt: skip
    return CeilingTest(
        tenure=code,
        what=what,
        subject=subject,
        value=value,
        ceiling=ceiling,
        unit=unit,
        legal_reference=fact.legal_reference,
        source=fact.source,
        flags=fact.flags,
        binding=binding,
        remedy=remedy,
    )


def _rents(operation: Operation, montage: RentalMontage) -> Iterator[CeilingTest]:
    code, cap = montage.code, montage.cap
    zones, facts = operation.zones, operation.facts
    product = tenure(code).rent_product
    fact = rent_cap_m2_month(facts, product, abc=zones.abc, zone_123=zones.rents)
    yield _test(
        code, "Loyer", "tranche", cap.rent_m2, cap.cap_m2, "€/m² SU par mois", fact,
        remedy=f"baissez « statuts.{code}.loyer_m2_su_mois »",
    )  # fmt: skip
    key = "max_rent_total_with_lift" if operation.study.montage.lift else "max_rent_total"
    total = facts("loyers_plafonds", product="PLUS", zone_scheme="formula", zone=key)
    yield _test(
        code, "Loyer avec annexes et marges, sur loyer de base", "tranche",
        cap.total_ratio, cap.total_ratio_max, RATIO, total,
        remedy=f"baissez « statuts.{code}.loyer_annexes_mois »",
    )  # fmt: skip


def _prices(operation: Operation, montage: SaleMontage) -> Iterator[CeilingTest]:
    product = tenure(montage.code).price_product
    if not product:
        return
    fact = price_cap_m2_su(operation.facts, product, str(operation.zones.abc))
    for lot in montage.lots:
        yield _test(
            montage.code, "Prix de vente HT", lot.typology, lot.price_ht_eur,
            lot.cap_ht_eur or 0.0, "€", fact,
            remedy=f"baissez « statuts.{montage.code}.prix_ttc_m2_shab »",
        )  # fmt: skip


def _rent_part(operation: Operation, psla: PslaMontage | None) -> Iterator[CeilingTest]:
    if psla is None or not psla.lots:
        return
    zones = operation.zones
    fact = rent_cap_m2_month(operation.facts, "PSLA", abc=zones.abc, zone_123=zones.rents)
    terms = psla.lots[0].terms
    yield _test(
        "PSLA", "Part locative de la redevance", "tous", terms.rent_part_m2_su_month_eur,
        fact.number, "€/m² SU par mois", fact,
        remedy="baissez « statuts.PSLA.part_locative_m2_su_mois »",
    )  # fmt: skip


def _ptz(operation: Operation, montage: SaleMontage) -> list[CeilingTest]:
    """Set each price beside the cost that the PTZ counts, one person a room.

    The caps have no known end: the quotas tell whether the loan is known at the date.
    """
    operation.facts("prets", item="bracket", loan="PTZ", key=PTZ_KNOWN)
    tests = []
    for lot in montage.lots:
        persons = int(lot.typology[1:])
        fact = ptz_quota_cap(operation.facts, persons=persons, abc=str(operation.zones.abc))
        what = f"Prix TTC compté par le PTZ, {persons} pers."
        test = _test(
            montage.code, what, lot.typology, lot.price_ttc_eur, fact.number, "€", fact,
            binding=False,
        )  # fmt: skip
        tests.append(test)
    return tests


def _incomes(operation: Operation, code: str) -> list[float]:
    """Return the income ceilings by number of persons; infinite without a ceiling."""
    product = tenure(code).income_product
    if not product or product == OPEN_TO_ALL:
        return [float("inf")] * len(PERSONS)
    zones = operation.zones
    table = income_table(operation.facts, product, abc=zones.abc, ressources=zones.incomes)
    known = table.values  # noqa: PD011 - a tuple, not a frame
    return [
        known[n - 1] if n <= len(known) else known[-1] + table.extra * (n - len(known))
        for n in PERSONS
    ]
