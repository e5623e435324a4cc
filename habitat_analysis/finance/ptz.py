"""The zero-rate loan (prêt à taux zéro, PTZ) that a household may ask for: bracket, sum, deferral.

Bounds, shares of the cost, caps and durations are legal values of ``data/baremes/prets.csv``; the
loan is offered for a few years at a time, and a date after the last one is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.baremes import Fact, FactReader
from habitat_analysis.errors import UsageError
from habitat_analysis.regulation import LOANS

PTZ: Final = "PTZ"
TOLERANCE_EUR: Final = 1e-4  # resources are compared to the cent: a bound belongs to its bracket
BRACKET_BOUND: Final = re.compile(r"tranche_(\d+)_upper_bound")


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzOffer:
    """The zero-rate loan of one household for one dwelling."""

    bracket: int  # tranche, 1 for the lowest resources
    quota: float  # share of the capped cost, as a fraction
    base_eur: float  # cost of the operation, all taxes included, within the cap
    amount_eur: float
    deferral_years: int  # years without any payment
    total_years: int
    repayment_years: int  # of equal monthly payments, after the deferral
    payment_month_eur: float
    resources_eur: float  # as the loan counts them, a year


def ptz_offer(
    reader: FactReader,
    *,
    resources_eur: float,
    persons: int,
    operation_cost_ttc_eur: float,
    abc: str,
    collective: bool = True,
) -> PtzOffer | None:
    """Compute the zero-rate loan of a household, or None when its resources are too high.

    Resources are the greater of those declared and of a part of the cost; divided by the family
    coefficient they give the bracket, which sets the share of the cost and the durations.

    Parameters
    ----------
    reader
        Reader of the facts, on the date of the loan.
    resources_eur
        Revenu fiscal de référence (RFR) of year N-2, summed over the household, in euros.
    persons
        Persons who will live in the dwelling.
    operation_cost_ttc_eur
        Cost of the operation, all taxes included, in euros.
    abc
        ABC zone of the commune: ``"Abis"``, ``"A"``, ``"B1"``, ``"B2"`` or ``"C"``.
    collective
        Whether the scale of collective buildings holds, as it does for PSLA and BRS; false for
        another individual house.

    Returns
    -------
    offer
        The loan; None above the last bracket. Two conditions are left to the caller: the loan is
        never above the other loans of the household, and the household has not owned its home for
        some years.

    Raises
    ------
    DataError
        Unknown zone (``E_BAREME_KEY``), or a date that the table does not cover: before
        (``E_BAREME_BEFORE``) or after (``E_BAREME_AFTER``) the period in which the loan is offered.
    UsageError
        If there is nobody, or a sum is negative or not finite.

    References
    ----------
    CCH L31-10-5, L31-10-9, D31-10-9 to D31-10-11; ``docs/model.md`` 4.1 and 4.2.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> offer = ptz_offer(FactReader(load_baremes(), on=date(2026, 11, 22)),
    ...     resources_eur=52_000, persons=4, operation_cost_ttc_eur=260_000, abc="B1")
    >>> offer.bracket, round(offer.amount_eur), offer.deferral_years, offer.repayment_years
    (2, 104000, 8, 12)
    >>> round(offer.payment_month_eur, 2)
    722.22
    """
    sums_eur = (resources_eur, operation_cost_ttc_eur)
    if not all(math.isfinite(one) and one >= 0 for one in sums_eur):
        msg = f"Expected resources and a cost of zero or more: got {sums_eur}."
        raise UsageError(msg)
    cap_eur = ptz_quota_cap(reader, persons=persons, abc=abc).number
    divisor = reader.value(LOANS, item="rule", loan=PTZ, key="resources_divisor_of_cost")
    tested_eur = max(resources_eur, operation_cost_ttc_eur / divisor)
    coefficient = reader.value(
        LOANS, item="bracket", loan=PTZ, key=_key_of(reader, "family_coefficient", persons)
    )
    bracket = _bracket(reader, tested_eur / coefficient, abc)
    if bracket is None:
        return None
    return _offer(
        reader,
        bracket=bracket,
        base_eur=min(operation_cost_ttc_eur, cap_eur),
        resources_eur=tested_eur,
        scale="collective_psla_brs" if collective else "individual_house",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzStep:
    """One bracket that a household may fall in, and up to which price."""

    bracket: int
    quota: float  # share of the capped cost, as a fraction
    cap_eur: float
    deferral_years: int
    repayment_years: int
    price_max_eur: float  # a dearer dwelling leads to the next bracket


def ptz_steps(
    reader: FactReader,
    *,
    resources_eur: float,
    persons: int,
    abc: str,
    collective: bool = True,
) -> tuple[PtzStep, ...]:
    """List the brackets a household may fall in, as the price of its dwelling rises.

    Its resources give the first one; a part of the cost counts as resources beyond, so that a
    dearer dwelling leads to the next bracket, and at last to no loan at all.

    Parameters
    ----------
    reader, resources_eur, persons, abc, collective
        As `ptz_offer`.

    Returns
    -------
    steps
        From the first bracket; empty when the resources are above the last one.

    Raises
    ------
    DataError, UsageError
        As `ptz_offer`.

    References
    ----------
    CCH L31-10-5, L31-10-9, D31-10-9 to D31-10-11; ``docs/model.md`` 4.2.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> steps = ptz_steps(FactReader(load_baremes(), on=date(2026, 11, 22)), resources_eur=52_000,
    ...     persons=4, abc="B1")
    >>> [(step.bracket, step.quota, round(step.price_max_eur)) for step in steps]
    [(2, 0.4, 491400), (3, 0.4, 567000), (4, 0.2, 652050)]
    """
    cap_eur = ptz_quota_cap(reader, persons=persons, abc=abc).number
    divisor = reader.value(LOANS, item="rule", loan=PTZ, key="resources_divisor_of_cost")
    coefficient = reader.value(
        LOANS, item="bracket", loan=PTZ, key=_key_of(reader, "family_coefficient", persons)
    )
    scale = "collective_psla_brs" if collective else "individual_house"
    steps = []
    for bracket, bound in _bounds(reader, abc):
        if resources_eur / coefficient > bound + TOLERANCE_EUR:
            continue
        offer = _offer(
            reader, bracket=bracket, base_eur=cap_eur, resources_eur=resources_eur, scale=scale
        )
        steps.append(
            PtzStep(
                bracket=bracket,
                quota=offer.quota,
                cap_eur=cap_eur,
                deferral_years=offer.deferral_years,
                repayment_years=offer.repayment_years,
                price_max_eur=bound * coefficient * divisor,
            )
        )
    return tuple(steps)


def ptz_quota_cap(reader: FactReader, *, persons: int, abc: str) -> Fact:
    """Return the cost beyond which the loan no longer grows, in euros, all taxes included.

    Parameters
    ----------
    reader
        Reader of the facts.
    persons
        Persons who will live in the dwelling; the last line of the table is open-ended.
    abc
        ABC zone of the commune.

    Raises
    ------
    DataError
        As `find_fact`: unknown zone, or date before the first row.
    UsageError
        If there is nobody.

    References
    ----------
    CCH L31-10-10 and D31-10-10.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> reader = FactReader(load_baremes(), on=date(2026, 11, 22))
    >>> [ptz_quota_cap(reader, persons=n, abc="B1").number for n in (4, 5, 9)]
    [283500.0, 324000.0, 324000.0]
    """
    if persons < 1:
        msg = f"Expected at least one person: got {persons}."
        raise UsageError(msg)
    key = _key_of(reader, "operation_cost_cap", persons)
    return reader(LOANS, item="cap", loan=PTZ, key=key, zone=abc)


def _offer(
    reader: FactReader, *, bracket: int, base_eur: float, resources_eur: float, scale: str
) -> PtzOffer:
    """Read what the bracket gives, and lay out the loan."""

    def value(what: str) -> float:
        return reader.value(LOANS, item="bracket", loan=PTZ, key=f"tranche_{bracket}_{what}")

    quota = value(f"quota_{scale}")
    deferral, total = int(value("deferral")), int(value("total_duration"))
    amount = quota * base_eur
    return PtzOffer(
        bracket=bracket,
        quota=quota,
        base_eur=base_eur,
        amount_eur=amount,
        deferral_years=deferral,
        total_years=total,
        repayment_years=total - deferral,
        payment_month_eur=amount / (MONTHS * (total - deferral)),
        resources_eur=resources_eur,
    )


def _bracket(reader: FactReader, resources_per_unit_eur: float, abc: str) -> int | None:
    """Return the first bracket whose upper bound is not passed; None above the last one."""
    within = (
        b for b, bound in _bounds(reader, abc) if resources_per_unit_eur <= bound + TOLERANCE_EUR
    )
    return next(within, None)


def _bounds(reader: FactReader, abc: str) -> Iterator[tuple[int, float]]:
    """Give the brackets and their upper bounds, from the lowest."""
    keys = {match[1] for key in _keys(reader) if (match := BRACKET_BOUND.fullmatch(key))}
    for bracket in sorted(map(int, keys)):
        key = f"tranche_{bracket}_upper_bound"
        yield bracket, reader.value(LOANS, item="bracket", loan=PTZ, key=key, zone=abc)


def _key_of(reader: FactReader, stem: str, persons: int) -> str:
    """Return the key of a number of persons: its own, or the open-ended one below it.

    Without either, the key asked for is returned, which the reader refuses in French.
    """
    pattern = re.compile(rf"{stem}_(\d+)(_and_more)?(_persons)?")
    for key in _keys(reader):
        match = pattern.fullmatch(key)
        if match and (int(match[1]) == persons or (match[2] and persons > int(match[1]))):
            return key
    return f"{stem}_{persons}"


def _keys(reader: FactReader) -> list[str]:
    rows = reader.baremes.table(LOANS).rows
    return [row.cells["key"] for row in rows if row.cells["loan"] == PTZ]
