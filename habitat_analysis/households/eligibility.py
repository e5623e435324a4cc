"""Who may hold which tenure: household categories, resources and ceilings.

Ceilings, the age rule of young couples and the divisor of the zero-rate loan are legal values:
they come in as inputs, read from ``data/baremes`` by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from habitat_analysis.errors import UsageError
from habitat_analysis.regulation import IncomeTable

CategoryLine = Literal["persons", "young_couple", "single_parent", "disabled"]

YOUNG_COUPLE_CATEGORY = 3  # row of the table of categories that a young couple joins
CENT = 0.01  # resources are compared to the cent: equality is within the ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """What the ceilings look at. Resources are those of the year to be tested."""

    adults: int  # persons who are not dependants
    dependants: int
    resources_eur: float  # revenu fiscal de référence (RFR), summed over the household
    young_couple: bool = False
    disabled: bool = False  # one holder at least of the card "mobilité inclusion - invalidité"
    operation_cost_eur: float | None = None  # for the zero-rate loan (PTZ)
    resources_n2_eur: float | None = None  # of year N-2, where later falls do not count

    @property
    def persons(self) -> int:
        """Number of persons of the household."""
        return self.adults + self.dependants


@dataclass(frozen=True, slots=True, kw_only=True)
class TenureTest:
    """How one tenure, or one loan, tests a household."""

    table: IncomeTable | None  # None: open to all
    category: Literal["rental", "persons"]
    cost_divisor: float | None = None  # resources at least operation cost / divisor
    last_year_counts: bool = True  # whether a fall of resources since year N-2 counts
    category_settled: bool = True  # false: sources differ on `category`, to be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What a household may ask for, and the figures that say so."""

    category_rental: int
    persons: int
    eligible: Mapping[str, bool]
    ceilings_eur: Mapping[str, float | None]  # None: no ceiling
    resources_eur: Mapping[str, float]  # as each tenure counts them


def ceiling_eur(table: IncomeTable, category: int) -> float:
    """Return the ceiling of a category or number of persons, counted from 1, in euros a year.

    Examples
    --------
    >>> ceiling_eur(IncomeTable(values=(24_000, 32_050), extra=6_880), 4)
    45810
    """
    last = len(table.values)
    beyond = max(0, category - last)
    return table.values[min(category, last) - 1] + beyond * table.extra


def category_of_household(household: Household) -> int:
    """Return the rental category of a household: the highest of those that apply.

    Parameters
    ----------
    household
        Its adults and dependants, and whether it is a young couple or has a disability card.

    Returns
    -------
    category
        1 to 6, or more: each person above adds one.

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` when there is no adult, ``E_USAGE`` for a negative number.

    References
    ----------
    Arrêté of 29 July 1987, article 1; ``docs/model.md`` 4.1.

    Examples
    --------
    >>> category_of_household(Household(adults=1, dependants=1, resources_eur=0))
    3
    >>> category_of_household(Household(adults=2, dependants=0, resources_eur=0, young_couple=True))
    3
    """
    return max(category_lines(household).values())


def category_lines(household: Household) -> dict[CategoryLine, int]:
    """Return every line of the table of categories that applies, with its category.

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` when there is no adult, ``E_USAGE`` for a negative number.

    References
    ----------
    Arrêté of 29 July 1987, article 1; ``data/baremes/categories_menages.csv``.

    Examples
    --------
    >>> category_lines(Household(adults=1, dependants=2, resources_eur=0, disabled=True))
    {'persons': 3, 'single_parent': 4, 'disabled': 4}
    """
    if household.adults < 1:
        msg = "Expected a household with at least one adult."
        raise UsageError(msg, code="E_EMPTY_HOUSEHOLD")
    if household.dependants < 0:
        msg = f"Expected a number of dependants: got {household.dependants}."
        raise UsageError(msg)
    lines: dict[CategoryLine, int] = {"persons": household.persons}
    if household.young_couple and household.dependants == 0:
        lines["young_couple"] = YOUNG_COUPLE_CATEGORY
    if household.adults == 1 and household.dependants > 0:
        lines["single_parent"] = household.dependants + 2
    if household.disabled:
        lines["disabled"] = household.persons + 1
    return lines


def is_young_couple(
    *, couples: int, single_adults: int, dependants: int, ages: tuple[int, ...], age_sum_max: float
) -> bool:
    """Tell whether a household is a couple without dependants, young enough together.

    Parameters
    ----------
    couples, single_adults, dependants
        Composition of the household.
    ages
        Ages of the two adults; without both of them nobody is presumed young.
    age_sum_max
        Highest sum of the ages, itself allowed, see ``data/baremes/categories_menages.csv``.

    Examples
    --------
    >>> is_young_couple(couples=1, single_adults=0, dependants=0, ages=(27, 28), age_sum_max=55)
    True
    """
    alone = couples == 1 and single_adults == 0 and dependants == 0
    return alone and len(ages) == 2 and sum(ages) <= age_sum_max


def resources_tested_eur(
    rfr_n2_eur: float, rfr_n1_eur: float | None, *, fall_share: float
) -> float:
    """Choose the year of the resources: N-2, or N-1 when they fell enough.

    Parameters
    ----------
    rfr_n2_eur
        Revenu fiscal de référence of the year before last, in euros.
    rfr_n1_eur
        That of last year, when known.
    fall_share
        Fall from which N-1 counts, as a fraction, itself enough.

    Returns
    -------
    resources
        In euros.

    References
    ----------
    Arrêté of 29 July 1987; ``docs/model.md`` 4.1.

    Examples
    --------
    >>> resources_tested_eur(30_000, 27_000, fall_share=0.10)
    27000
    >>> resources_tested_eur(30_000, 27_001, fall_share=0.10)
    30000
    """
    if rfr_n1_eur is None or math.isnan(rfr_n1_eur):
        return rfr_n2_eur
    fell = rfr_n1_eur < rfr_n2_eur and rfr_n1_eur <= rfr_n2_eur * (1 - fall_share) + CENT / 100
    return rfr_n1_eur if fell else rfr_n2_eur


def eligibility(household: Household, tests: Mapping[str, TenureTest]) -> Eligibility:
    """Test a household against the ceiling of each tenure.

    Parameters
    ----------
    household
        Composition and resources.
    tests
        One test a tenure or loan.

    Returns
    -------
    eligibility
        One answer a tenure, with ceiling and resources as counted. Equality is eligible.

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` when there is no adult.

    References
    ----------
    ``docs/model.md`` 4.1.

    Examples
    --------
    >>> plus = IncomeTable(values=(24_000, 32_050, 38_540), extra=6_880)
    >>> couple = Household(adults=2, dependants=0, resources_eur=38_540)
    >>> tests = {"PLUS": TenureTest(table=plus, category="rental"),
    ...     "LIBRE": TenureTest(table=None, category="persons")}
    >>> dict(eligibility(couple, tests).eligible)
    {'PLUS': False, 'LIBRE': True}
    """
    categories = {"rental": category_of_household(household), "persons": household.persons}
    resources = {code: _resources(household, test) for code, test in tests.items()}
    ceilings = {
        code: None if test.table is None else ceiling_eur(test.table, categories[test.category])
        for code, test in tests.items()
    }
    return Eligibility(
        category_rental=categories["rental"],
        persons=categories["persons"],
        eligible={code: _within(resources[code], ceilings[code]) for code in tests},
        ceilings_eur=ceilings,
        resources_eur=resources,
    )


def _resources(household: Household, test: TenureTest) -> float:
    """Return the resources as one tenure counts them, in euros."""
    declared = household.resources_eur
    if not test.last_year_counts and household.resources_n2_eur is not None:
        declared = household.resources_n2_eur
    if test.cost_divisor is None or household.operation_cost_eur is None:
        return declared
    return max(declared, household.operation_cost_eur / test.cost_divisor)


def _within(resources_eur: float, ceiling_eur: float | None) -> bool:
    return ceiling_eur is None or resources_eur <= ceiling_eur + CENT / 100
