"""Each household before each tenure: may it ask, by how many euros, and why, in French.

These rows name incomes: they belong to the cooperative's circle and never leave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from habitat_analysis.formats import count, euros, typeset
from habitat_analysis.households.eligibility import (
    CategoryLine,
    Eligibility,
    Household,
    TenureTest,
    category_lines,
    eligibility,
)
from habitat_analysis.households.needs import NeedRules, household_of

COLUMNS: Final = (
    "household_id",
    "line",
    "tenure",
    "eligible",
    "counted",
    "resources_eur",
    "resources_basis",
    "ceiling_eur",
    "margin_eur",
    "settled",
    "reason",
)
CATEGORY_WORDS: Final[Mapping[CategoryLine, str]] = {
    "young_couple": "jeune couple",
    "single_parent": "adulte seul avec personnes à charge",
    "disabled": "carte d'invalidité",
}


def rights_table(
    group: pd.DataFrame,
    rules: NeedRules,
    *,
    loans: Mapping[str, TenureTest] | None = None,
    operation_cost_eur: float | None = None,
) -> pd.DataFrame:
    """Test every household against every tenure, with the reason and the margin in euros.

    Parameters
    ----------
    group
        Households, as `group.read_group` types them.
    rules
        One test a tenure of the study, and the rules of categories and years.
    loans
        Loans tested like a tenure, the zero-rate loan for instance.
    operation_cost_eur
        Cost of the dwelling, all taxes included, for the loans that count a part of it.

    Returns
    -------
    rights
        One row a household and tenure. ``counted``: the category or the persons that set the
        ceiling; ``margin_eur``: ceiling less resources, below zero when they are too high, NaN
        without ceiling; ``settled``: false when the sources differ on how to count this household
        and the answer depends on it.

    Raises
    ------
    UsageError
        ``E_EMPTY_HOUSEHOLD`` for a household without adult.

    References
    ----------
    ``docs/model.md`` 4.1.
    """
    tests = {**rules.tests, **(loans or {})}
    rows: list[dict[str, Any]] = []
    for record in group.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        household = household_of(row, rules, operation_cost_eur=operation_cost_eur)
        answer = eligibility(household, tests)
        rows += [_right(row, household, code, test, answer) for code, test in tests.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _right(
    row: Mapping[str, Any],
    household: Household,
    code: str,
    test: TenureTest,
    answer: Eligibility,
) -> dict[str, Any]:
    """Write the row of one household and one tenure."""
    ceiling, resources = answer.ceilings_eur[code], answer.resources_eur[code]
    counted = _counted(household, test)
    settled = test.category_settled or not _depends_on_count(household, code, test, answer)
    return {
        "household_id": row["household_id"],
        "line": row["line"],
        "tenure": code,
        "eligible": answer.eligible[code],
        "counted": counted,
        "resources_eur": resources,
        "resources_basis": _basis(household, test, resources),
        "ceiling_eur": float("nan") if ceiling is None else ceiling,
        "margin_eur": float("nan") if ceiling is None else ceiling - resources,
        "settled": settled,
        "reason": _reason(resources, ceiling, counted, settled=settled),
    }


def _counted(household: Household, test: TenureTest) -> str:
    """Name what sets the ceiling: persons, or a category and the line that gives it."""
    if test.table is None:
        return ""
    if test.category == "persons":
        return typeset(count(household.persons, "personne"))
    lines = category_lines(household)
    highest = max(lines.values())
    extra = [
        CATEGORY_WORDS[line] for line, value in lines.items() if value == highest > lines["persons"]
    ]
    return f"catégorie {highest}" + (f", {extra[0]}" if extra else "")


def _basis(household: Household, test: TenureTest, resources_eur: float) -> str:
    """Name the year of the resources, or the part of the cost that stands for them."""
    n2 = household.resources_n2_eur
    fell = n2 is not None and household.resources_eur != n2 and test.last_year_counts
    declared = household.resources_eur if n2 is None or test.last_year_counts else n2
    if resources_eur > declared:
        return "part du coût de l'opération"
    return "N-1" if fell else "N-2"


def _depends_on_count(
    household: Household, code: str, test: TenureTest, answer: Eligibility
) -> bool:
    """Whether counting the household the other way would change the answer."""
    other = TenureTest(
        table=test.table,
        category="persons" if test.category == "rental" else "rental",
        cost_divisor=test.cost_divisor,
        last_year_counts=test.last_year_counts,
    )
    return eligibility(household, {code: other}).eligible[code] != answer.eligible[code]


def _reason(resources: float, ceiling: float | None, counted: str, *, settled: bool) -> str:
    """Say the answer, the ceiling and the margin."""
    if ceiling is None:
        return "sans plafond de ressources"
    margin = ceiling - resources
    side = f"marge de {euros(margin)}" if margin >= 0 else f"{euros(-margin)} de trop"
    doubt = "" if settled else " ; sources en désaccord sur la catégorie, texte à vérifier"
    return typeset(
        f"ressources de {euros(resources)}, plafond de {euros(ceiling)} ({counted}) : {side}{doubt}"
    )
