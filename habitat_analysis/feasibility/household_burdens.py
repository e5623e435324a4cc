"""What each cell of a study asks of a household, and the loans it may take: plain numbers.

`households` and `finance` do not know each other. Here the terms of a case become burdens, the
bank's terms and the brackets of the zero-rate loan (PTZ) become the inputs of a budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.baremes import FactReader
from habitat_analysis.errors import DataError
from habitat_analysis.finance.ptz import PtzStep, ptz_steps
from habitat_analysis.households.burdens import BudgetRules, Burden
from habitat_analysis.households.effort import EffortLimits
from habitat_analysis.households.eligibility import Household
from habitat_analysis.households.needs import NeedRules, household_of
from habitat_analysis.households.solvency import Credit, ZeroRateLoan
from habitat_analysis.montage.mortgage import BANK, household_loan
from habitat_analysis.programme.case import Typology
from habitat_analysis.programme.economics import CaseFile
from habitat_analysis.programme.terms import TenureSheet, lot_share_terms
from habitat_analysis.regulation import LOANS
from habitat_analysis.study import Study
from habitat_analysis.tenures import tenure

PSLA: Final = "PSLA"
BRS: Final = "BRS"
OFFER_ENDED: Final = "E_BAREME_AFTER"


def household_burdens(file: CaseFile) -> tuple[Burden, ...]:
    """Say what every cell (typology, tenure) of a case asks of a household.

    Rents are those the study keeps, prices are tax included; a PSLA whose option is not described
    in the study (``part_acquisitive_mois``, ``levee_option_mois``) has no burden, and its cells
    are not tested for money.

    References
    ----------
    ``docs/model.md`` 3.2 to 3.7 and 4.2.
    """
    return tuple(
        burden
        for code, sheet in file.sheets.items()
        for size in file.case.typologies
        for burden in _burden(file, code, sheet, size)
    )


def household_budget(
    study: Study,
    facts: FactReader,
    limits: EffortLimits,
    *,
    apport_share: float = 1.0,
    rate_shift: float = 0.0,
) -> BudgetRules:
    """Gather the loan of a household and its limits, at the date of the operation.

    Parameters
    ----------
    study
        Its mortgage, when it states one.
    facts
        Bank market and lending rule of the date (décision HCSF).
    limits
        Largest effort of a tenant and least reste à vivre: choices of the study.
    apport_share
        Share of the savings that may go into the dwelling, as a fraction.
    rate_shift
        Added to the yearly rate by the scenario, as in the accounts.
    """
    loan = household_loan(study, facts, rate_shift=rate_shift)
    effort = facts.value(LOANS, item="rule", loan=BANK, key="effort_rate_max")
    return BudgetRules(
        credit=Credit(
            rate=loan.rate,
            months=loan.years * MONTHS,
            insurance=loan.insurance,
            effort=effort,
            fees=loan.deed_fees_share,
        ),
        limits=limits,
        apport_share=apport_share,
    )


def household_ptz(
    group: pd.DataFrame, rules: NeedRules, facts: FactReader, *, abc: str
) -> dict[str, tuple[ZeroRateLoan, ...]]:
    """List the brackets of the zero-rate loan open to each household.

    Empty when the loan is no longer offered on the date of the operation. That a household has
    not owned its home for two years is not in the file: to be asked.

    References
    ----------
    CCH L31-10-5, D31-10-9 to D31-10-11; ``docs/model.md`` 4.2.
    """
    found: dict[str, tuple[ZeroRateLoan, ...]] = {}
    for record in group.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        try:
            steps = _steps(household_of(row, rules), facts, abc)
        except DataError as error:
            if error.code != OFFER_ENDED:
                raise
            return {}
        found[row["household_id"]] = tuple(_loan(step) for step in steps)
    return found


def _steps(household: Household, facts: FactReader, abc: str) -> tuple[PtzStep, ...]:
    n2 = household.resources_n2_eur
    return ptz_steps(
        facts,
        resources_eur=household.resources_eur if n2 is None else n2,
        persons=household.persons,
        abc=abc,
    )


def _loan(step: PtzStep) -> ZeroRateLoan:
    return ZeroRateLoan(
        quota=step.quota,
        cap_eur=step.cap_eur,
        defer_months=step.deferral_years * MONTHS,
        months=step.repayment_years * MONTHS,
        price_max_eur=step.price_max_eur,
    )


def _burden(file: CaseFile, code: str, sheet: TenureSheet, size: Typology) -> Iterator[Burden]:
    """Give the burden of one cell, or none when the study does not describe it."""
    kind = tenure(code).kind
    if kind == "rental":
        yield _rent(file, code, sheet, size)
    elif kind == "progressive":
        yield _shares(file, code, sheet, size)
    elif code == PSLA:
        yield from _option(file, sheet, size)
    else:
        fee = file.setting.study.terms_of(code).ofs_fee_m2_month_eur if code == BRS else 0.0
        yield Burden(
            tenure=code,
            typology=size.id,
            kind="purchase",
            price_ttc_eur=sheet.terms.price_m2_eur * size.shab_m2,
            fee_month_eur=fee * size.shab_m2,
            charges_month_eur=_charges(file, size, owner=True),
        )


def _rent(file: CaseFile, code: str, sheet: TenureSheet, size: Typology) -> Burden:
    stated = file.setting.study.terms_of(code)
    return Burden(
        tenure=code,
        typology=size.id,
        kind="rent",
        rent_month_eur=(sheet.rent_m2_month_eur or 0.0) * size.su_m2 + stated.annex_rent_month_eur,
        charges_month_eur=_charges(file, size, owner=False),
    )


def _shares(file: CaseFile, code: str, sheet: TenureSheet, size: Typology) -> Burden:
    """Count the rent, the shares bought at entry, and one share a year, the least there is."""
    terms = lot_share_terms(
        file.setting,
        file.setting.study.terms_of(code),
        size,
        rent=sheet.rent_m2_month_eur or 0.0,
        vat=sheet.terms.vat,
        years=sheet.terms.loan_years,
    )
    return Burden(
        tenure=code,
        typology=size.id,
        kind="shares",
        rent_month_eur=terms.rent_month_eur,
        charges_month_eur=_charges(file, size, owner=False),
        entry_eur=terms.initial_shares * terms.nominal_eur,
        shares_month_eur=terms.nominal_eur / MONTHS,
    )


def _option(file: CaseFile, sheet: TenureSheet, size: Typology) -> Iterator[Burden]:
    """Count the redevance before the option, then the price at its planned date."""
    stated, facts = file.setting.study.terms_of(PSLA), file.setting.facts
    saved, months = stated.acquisitive_month_eur, stated.option_months
    rent_m2 = stated.rent_part_m2_month_eur
    if saved is None or months is None or rent_m2 is None:
        return
    decrease = stated.yearly_decrease
    if decrease is None:
        decrease = facts.value("regles", subject=PSLA, key="decrease_min")
    price = sheet.terms.price_m2_eur * size.shab_m2
    yield Burden(
        tenure=PSLA,
        typology=size.id,
        kind="lease_purchase",
        rent_month_eur=rent_m2 * size.su_m2 + saved,
        charges_month_eur=_charges(file, size, owner=False),
        owner_charges_month_eur=_charges(file, size, owner=True),
        price_ttc_eur=price * max(0.0, 1 - decrease * (months // MONTHS)),
        saved_eur=saved * months,
    )


def _charges(file: CaseFile, size: Typology, *, owner: bool) -> float:
    """Return the charges of a dwelling, in euros a month; zero when the study is silent."""
    stated = file.setting.study.montage.charges
    if stated is None:
        return 0.0
    a_m2 = stated.owner_m2_month_eur if owner else stated.tenant_m2_month_eur
    return a_m2 * size.shab_m2
