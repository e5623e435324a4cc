"""Hypotheses on households in section 11: limits of a budget, reference households."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from habitat_analysis.formats import euros
from habitat_analysis.report.sheets import Quantity, share_of
from habitat_analysis.study.group import Budget, Residents
from habitat_analysis.study.pool import SyntheticPool

Row = tuple[str, Quantity | str, str, str]  # what, value, source, who may change it
COOP: Final = "coopérative"
STUDY: Final = "étude"


def resident_rows(residents: Residents) -> Iterator[Row]:
    """Give the hypotheses on households, those that nobody typed left out."""
    if residents.budget is not None:
        yield from _budget(residents.budget)
    if residents.pool is not None:
        yield from _pool(residents.pool)
    if not residents.typical:
        months = Quantity(value=residents.typical_savings_months, unit="mois de revenu", decimals=1)
        yield "Ménages types, épargne", months, STUDY, COOP
    for one in residents.typical:
        name = f"Ménage type « {one.label} »"
        income = Quantity(value=one.income_month_eur, unit="€ par mois")
        yield f"{name}, revenu", income, STUDY, COOP
        yield f"{name}, épargne", Quantity(value=one.savings_eur, unit="€"), STUDY, COOP
        if one.apl_month_eur:
            allowance = Quantity(value=one.apl_month_eur, unit="€ par mois")
            yield f"{name}, APL", allowance, STUDY, COOP


def _pool(pool: SyntheticPool) -> Iterator[Row]:
    source = pool.source
    yield "Vivier synthétique, ménages tirés", Quantity(value=pool.households), source, COOP
    yield "Vivier synthétique, RFR sur revenu", share_of(pool.rfr_to_income), source, COOP
    years = Quantity(value=pool.savings_years, unit="ans de revenu", decimals=1)
    yield "Vivier synthétique, épargne", years, source, COOP
    for band in pool.incomes:
        span = f"{euros(band.low_eur)} à {euros(band.high_eur)} par an et par UC"
        yield f"Vivier synthétique, tranche « {band.label} »", span, source, COOP


def _budget(budget: Budget) -> Iterator[Row]:
    source = budget.source
    effort = share_of(budget.tenant_effort_max)
    yield "Budget : effort d'un locataire, maximum", effort, source, COOP
    left = Quantity(value=budget.residual_min_uc_eur, unit="€ par mois et par UC")
    yield "Budget : reste à vivre, minimum", left, source, COOP
    yield "Budget : épargne mobilisable", share_of(budget.apport_share), source, COOP
