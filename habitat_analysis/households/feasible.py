"""Which dwellings each household may ask for, needs and can pay; why none, when there is none.

A cell is a pair (typology, tenure). Rows name incomes and margins: they belong to the
cooperative's circle and never leave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.formats import euros, typeset
from habitat_analysis.households.burdens import (
    MONTHLY,
    BudgetRules,
    Burden,
    Limit,
    LimitName,
    Weight,
    weigh,
)
from habitat_analysis.households.needs import (
    UNKNOWN_ADULT_AGE,
    NeedRules,
    Needs,
    need_classes,
)
from habitat_analysis.households.occupancy import consumption_units
from habitat_analysis.households.rights import rights_table
from habitat_analysis.households.solvency import Means, ZeroRateLoan

CELL_COLUMNS: Final = (
    "household_id",
    "line",
    "tenure",
    "typology",
    "eligible",
    "wished",
    "suits",
    "affordable",
    "feasible",
    "binding",
    "asked_eur",
    "limit_eur",
    "margin_eur",
    "outlay_month_eur",
    "effort",
    "residual_uc_eur",
    "budget_month_eur",
    "price_max_eur",
    "price_max_without_ptz_eur",
    "price_max_rate_raised_eur",
    "reason",
)
HOUSEHOLD_COLUMNS: Final = ("household_id", "line", "cells", "reason")
LIMIT_WORDS: Final[Mapping[LimitName, str]] = {
    "effort": "dépense mensuelle",
    "residual": "dépense mensuelle, reste à vivre compris",
    "price": "prix",
    "entry": "apport à l'entrée",
}


_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdInputs:
    """What is known of one household and one cell besides the file; all plain numbers.

    `apl_month_eur` is keyed by (household, tenure, typology), euros a month; `ptz` holds the
    brackets open to a household, from the lowest, see `solvency.Credit`.
    """

    apl_month_eur: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    ptz: Mapping[str, Sequence[ZeroRateLoan]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeasibleSet:
    """What each household can live in.

    Attributes
    ----------
    cells
        One row a household and burden: each test, the binding limit of the budget with what is
        asked, at most what and the margin, and the reason in French ("" when feasible).
    households
        ``household_id line cells reason``: the reason is that of an empty set, "" otherwise.
    affordable
        The argument of that name of `needs.need_classes`: one column a cell.
    needs
        Classes of need, budgets taken into account.
    """

    cells: pd.DataFrame
    households: pd.DataFrame
    affordable: pd.DataFrame
    needs: Needs


def feasible_set(
    group: pd.DataFrame,
    rules: NeedRules,
    burdens: Sequence[Burden],
    budget: BudgetRules,
    inputs: HouseholdInputs | None = None,
) -> FeasibleSet:
    """Find the cells that each household may ask for, wishes, fits and can pay.

    Parameters
    ----------
    group
        Households, as `group.read_group` types them. Unknown savings and debts count for zero.
    rules
        Ceilings, occupancy norm and typologies.
    burdens
        One a cell; a cell without burden is not tested for money, a burden of a tenure or
        typology that the study does not offer is left aside.
    budget
        Loans and limits of the study.
    inputs
        Housing allowances and zero-rate loans, household by household.

    Returns
    -------
    feasible
        The table of cells, the households with the reason of an empty set, and the classes.

    Raises
    ------
    UsageError
        When two burdens describe one cell, or as `weigh` and `need_classes`.

    References
    ----------
    ``docs/model.md`` 4.1 to 4.4.
    """
    described = [(one.typology, one.tenure) for one in burdens]
    if len(set(described)) < len(described):
        msg = "Expected one burden a cell (typology, tenure)."
        raise UsageError(msg)
    inputs = inputs or HouseholdInputs()
    before = need_classes(group, rules)
    rights = rights_table(group, rules).set_index(["household_id", "tenure"])
    needs = {row["household_id"]: _texts(row) for row in before.households.to_dict("records")}
    rows = [
        _cell(_texts(row), needs[row["household_id"]], burden, rules, budget, inputs)
        for row in group.to_dict("records")
        for burden in burdens
        if burden.tenure in rules.tests and burden.typology in rules.typologies
    ]
    cells = pd.DataFrame(rows, columns=list(CELL_COLUMNS))
    cells["reason"] = [_reason(_texts(row), needs, rights) for row in cells.to_dict("records")]
    affordable = _affordable(cells, group, described)
    after = need_classes(group, rules, affordable=affordable)
    return FeasibleSet(
        cells=cells,
        households=_households(after, cells, rights),
        affordable=affordable,
        needs=after,
    )


def means_of(row: Mapping[str, Any]) -> Means:
    """Read the budget of a household; what the file does not say counts for zero."""
    return Means(
        income_month_eur=float(row["income_month_eur"]),
        other_debts_month_eur=_known(row["loan_payments_month_eur"]),
        apport_eur=_known(row["savings_eur"]),
    )


def units_of(row: Mapping[str, Any], rules: NeedRules) -> float:
    """Count the units of consumption of a household; children who only visit do not count."""
    adults = 2 * row["couples"] + row["single_adults"]
    ages = row["adult_ages"] or (UNKNOWN_ADULT_AGE,) * adults
    return consumption_units([*ages, *row["child_ages"]], rules.units)


def _cell(
    row: Mapping[str, Any],
    need: Mapping[str, Any],
    burden: Burden,
    rules: NeedRules,
    budget: BudgetRules,
    inputs: HouseholdInputs,
) -> dict[str, Any]:
    """Test one household in one cell."""
    who = row["household_id"]
    found = weigh(
        burden,
        means_of(row),
        units_of(row, rules),
        budget,
        apl_eur=inputs.apl_month_eur.get((who, burden.tenure, burden.typology), 0.0),
        ptz=inputs.ptz.get(who, ()),
    )
    wished = burden.tenure in (row["wished_tenures"] or rules.tests)
    wished &= burden.typology in (row["wished_typologies"] or rules.typologies)
    tests = {
        "eligible": burden.tenure in need["eligible"],
        "wished": wished,
        "suits": need["t_min"] <= int(burden.typology[1:]) <= need["t_max"],
        "affordable": found.affordable,
    }
    return {
        "household_id": who,
        "line": row["line"],
        "tenure": burden.tenure,
        "typology": burden.typology,
        **tests,
        "feasible": all(tests.values()),
        **_figures(found),
    }


def _figures(found: Weight) -> dict[str, Any]:
    """Lay out the figures of a budget test."""
    binding, prices = found.binding, found.reach
    missing = float("nan")
    return {
        "binding": binding.name,
        "asked_eur": binding.asked_eur,
        "limit_eur": binding.limit_eur,
        "margin_eur": binding.margin_eur,
        "outlay_month_eur": found.outlay_month_eur,
        "effort": missing if found.effort is None else found.effort,
        "residual_uc_eur": found.residual_uc_eur,
        "budget_month_eur": found.budget_month_eur,
        "price_max_eur": prices.best.price_eur if prices else missing,
        "price_max_without_ptz_eur": prices.without_ptz.price_eur if prices else missing,
        "price_max_rate_raised_eur": prices.rate_raised.price_eur if prices else missing,
    }


def _reason(
    row: Mapping[str, Any], needs: Mapping[str, Mapping[str, Any]], rights: pd.DataFrame
) -> str:
    """Say why a cell is out of reach: the first test that fails."""
    if row["feasible"]:
        return ""
    need = needs[row["household_id"]]
    if not row["eligible"]:
        return str(rights.loc[(row["household_id"], row["tenure"]), "reason"])
    if not row["wished"]:
        return "non souhaité"
    if not row["suits"]:
        few = int(row["typology"][1:]) < need["t_min"]
        return (
            f"trop petit : T{need['t_min']} au moins"
            if few
            else (f"trop grand : T{need['t_max']} au plus")
        )
    return _money_words(row)


def _money_words(row: Mapping[str, Any]) -> str:
    """Say which limit of the budget is passed, and by how much."""
    limit = Limit(
        name=row["binding"],
        asked_eur=row["asked_eur"],
        limit_eur=row["limit_eur"],
        margin_eur=row["margin_eur"],
    )
    by_month = " par mois" if limit.name in MONTHLY else ""
    return typeset(
        f"{LIMIT_WORDS[limit.name]} de {euros(limit.asked_eur)} pour "
        f"{euros(max(0.0, limit.limit_eur))} possibles{by_month} : "
        f"{euros(-limit.margin_eur)} de trop"
    )


def _affordable(
    cells: pd.DataFrame, group: pd.DataFrame, described: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Lay out what each household can pay, one column a cell (typology, tenure)."""
    answers: dict[str, dict[tuple[str, str], bool]] = {
        who: dict.fromkeys(described, True) for who in group["household_id"]
    }
    for who, tenure, typology, payable in cells[
        ["household_id", "tenure", "typology", "affordable"]
    ].itertuples(index=False):
        answers[who][typology, tenure] = bool(payable)
    return pd.DataFrame.from_dict(answers, orient="index").rename_axis("household_id")


def _households(needs: Needs, cells: pd.DataFrame, rights: pd.DataFrame) -> pd.DataFrame:
    """Gather the cells of each household, and why there is none, with the nearest way in."""
    table = needs.households[["household_id", "line", "cells", "reason"]].copy()
    priced = cells[cells["eligible"] & cells["wished"] & cells["suits"]]
    by_cell = _by_household(priced)
    by_tenure = _by_household(rights.reset_index())
    table["reason"] = [
        f"{reason}{_nearest(by_cell.get(who, []), by_tenure[who])}" if reason else ""
        for who, reason in zip(table["household_id"], table["reason"], strict=True)
    ]
    return table[list(HOUSEHOLD_COLUMNS)]


def _nearest(cells: Sequence[_Row], rights: Sequence[_Row]) -> str:
    """Name the limit that would be the easiest to lift: a budget, else a ceiling."""
    if cells:
        row = min(cells, key=lambda one: -one["margin_eur"] / max(1.0, one["asked_eur"]))
        return f" ; au plus près, {row['typology']} en {row['tenure']} ({_money_words(row)})"
    if any(row["eligible"] for row in rights):
        return ""
    best = max(rights, key=lambda one: one["margin_eur"])
    return f" ; au plus près, {best['tenure']} ({best['reason']})"


def _by_household(table: pd.DataFrame) -> dict[str, list[_Row]]:
    """Gather the rows of each household, in their order."""
    found: dict[str, list[_Row]] = {}
    for record in table.to_dict("records"):
        found.setdefault(record["household_id"], []).append(_texts(record))
    return found


def _known(value: Any) -> float:
    return 0.0 if pd.isna(value) else float(value)


def _texts(record: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in record.items()}
