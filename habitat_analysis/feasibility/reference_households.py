"""What reference households can live in and pay: invented types, so that it may be published.

They go the way of the real ones (`households.feasible`): rights, size, budget, largest price. None
of them is of the group; they are those that the study types, or usual families at three levels of
living of the commune.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.baremes import FactReader
from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.feasibility.household_burdens import (
    household_budget,
    household_burdens,
    household_ptz,
)
from habitat_analysis.feasibility.needs import need_rules, tenure_test
from habitat_analysis.formats import number, typeset
from habitat_analysis.households.burdens import BudgetRules
from habitat_analysis.households.effort import EffortLimits
from habitat_analysis.households.eligibility import eligibility
from habitat_analysis.households.feasible import HouseholdInputs, feasible_set, units_of
from habitat_analysis.households.group import COLUMNS, UNSTATED
from habitat_analysis.households.needs import NeedRules, household_of
from habitat_analysis.households.reference import read_reference
from habitat_analysis.households.rights import rights_table
from habitat_analysis.programme.economics import CaseFile
from habitat_analysis.study import Study
from habitat_analysis.study.model import resolved_zones
from habitat_analysis.study.typical import TypicalHousehold
from habitat_analysis.tenures import tenure

LEVELS: Final = ("modeste", "médian", "aisé")
CEILING_SHARES: Final = (0.6, 0.8, 1.0)  # of the PLUS ceiling, where no level of living is known
CEILING_TENURE: Final = "PLUS"
WHOLE_INCOME: Final = EffortLimits(effort_max=1.0, residual_min_uc_eur=0.0)  # no limit is stated
TYPED: Final = "types saisis dans l'étude (« groupe.menages_types »)"
BY_QUARTILE: Final = (
    "modeste, médian, aisé : 1er quartile, médiane et 3e quartile du niveau de vie de la commune"
)
BY_CEILING: Final = (
    "modeste, médian, aisé : 60 %, 80 % et 100 % du plafond de ressources PLUS, le niveau de vie "
    "de la commune n'étant pas donné"
)
FAMILIES: Final = (  # [P] couples, single adults, ages of the adults, of the children
    ("personne seule", 0, 1, (35,), ()),
    ("couple", 1, 0, (35, 35), ()),
    ("parent seul, 1 enfant", 0, 1, (35,), (8,)),
    ("couple, 2 enfants", 1, 0, (38, 38), (6, 9)),
    ("couple, 3 enfants", 1, 0, (40, 40), (4, 8, 12)),
)
_Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceHouseholds:
    """Reference households before the dwellings of a study.

    Attributes
    ----------
    households
        One row each: ``label income_month_eur rfr_eur savings_eur persons units typology``:
        units of consumption, smallest typology of the study that suits, "" when none does.
    cells
        One row a household and tenure, in that typology: ``label tenure typology eligible
        affordable feasible binding asked_eur limit_eur margin_eur outlay_month_eur effort
        residual_uc_eur price_max_eur price_max_without_ptz_eur price_max_rate_raised_eur reason
        ceiling_eur ceiling_margin_eur``; sums in euros, by month where said, the ceiling by year.
    asked_eur
        Price of each (typology, tenure) that is bought, all taxes included; PSLA: at its option.
    levels
        Where the incomes come from, in French.
    limited
        Whether the study states the limits of a budget; without them the law and the bank alone
        are tested.
    """

    households: pd.DataFrame
    cells: pd.DataFrame
    asked_eur: Mapping[tuple[str, str], float]
    levels: str
    limited: bool

    @property
    def shut_out(self) -> tuple[str, ...]:
        """Labels of the households that no tenure suits."""
        suited = set(self.cells.loc[self.cells["feasible"], "label"])
        return tuple(label for label in self.households["label"] if label not in suited)


def reference_households(ground: Ground, file: CaseFile) -> ReferenceHouseholds:
    """Weigh the dwellings of a case on reference households.

    Parameters
    ----------
    ground
        The study; its group, if there is one, is not looked at.
    file
        A case: its prices, rents and loans.

    Returns
    -------
    references
        The housing allowance is that typed in the study, else none: it is never computed.

    References
    ----------
    ``docs/model.md`` 4.1 to 4.4.
    """
    study, facts = ground.study, file.setting.facts
    rules = _rules(ground, facts)
    table, levels = _table(study, rules, facts)
    burdens = household_burdens(file)
    found = feasible_set(
        table,
        rules,
        burdens,
        _budget(study, file),
        HouseholdInputs(
            apl_month_eur=_allowances(study, rules),
            ptz=household_ptz(table, rules, facts, abc=str(resolved_zones(study).abc)),
        ),
    )
    needs = found.needs.households.set_index("household_id")
    sizes = {str(who): _smallest(row, rules) for who, row in needs.to_dict("index").items()}
    households = table.assign(
        label=table["household_id"],
        rfr_eur=table["rfr_n2_eur"],
        persons=table["household_id"].map(needs["persons"]),
        units=[units_of(_texts(row), rules) for row in table.to_dict("records")],
        typology=table["household_id"].map(sizes),
    )
    columns = [
        "label",
        "income_month_eur",
        "rfr_eur",
        "savings_eur",
        "persons",
        "units",
        "typology",
    ]
    return ReferenceHouseholds(
        households=households[columns],
        cells=_cells(found.cells, sizes, rights_table(table, rules)),
        asked_eur={(b.typology, b.tenure): b.price_ttc_eur for b in burdens if b.price_ttc_eur},
        levels=levels,
        limited=study.residents.budget is not None,
    )


def _rules(ground: Ground, facts: FactReader) -> NeedRules:
    """Return the rules of the group, or those of the study when it names none."""
    if ground.needs is not None:
        return ground.needs.rules
    study = ground.study
    named = study.files.reference
    reference = None if named is None else read_reference(study.path(named))
    return need_rules(study, facts, reference)


def _budget(study: Study, file: CaseFile) -> BudgetRules:
    stated = study.residents.budget
    limits = WHOLE_INCOME
    if stated is not None:
        limits = EffortLimits(
            effort_max=stated.tenant_effort_max, residual_min_uc_eur=stated.residual_min_uc_eur
        )
    return household_budget(
        study,
        file.setting.facts,
        limits,
        apport_share=1.0 if stated is None else stated.apport_share,
        rate_shift=file.setting.scenario.rate_shift,
    )


def _table(study: Study, rules: NeedRules, facts: FactReader) -> tuple[pd.DataFrame, str]:
    """Lay out the reference households as a group, and say where their incomes come from."""
    deduction = facts.value("regles", subject="RESSOURCES", key="wage_deduction_share")
    typed = study.residents.typical
    if typed:
        rows, levels = [_typed(one, deduction) for one in typed], TYPED
    elif rules.quartiles_eur_uc is not None:
        rows, levels = list(_by_quartile(rules, rules.quartiles_eur_uc, deduction)), BY_QUARTILE
    else:
        rows, levels = list(_by_ceiling(study, rules, facts, deduction)), BY_CEILING
    table = pd.DataFrame(rows).assign(line=range(1, len(rows) + 1))
    if not typed:
        months = study.residents.typical_savings_months
        table["savings_eur"] = months * table["income_month_eur"]
        levels += f" ; épargne : {number(months, 1).removesuffix(',0')} mois de revenu"
    return table[list(COLUMNS)], typeset(levels)


def _typed(one: TypicalHousehold, deduction: float) -> _Record:
    family = (one.label, one.couples, one.single_adults, one.adult_ages, one.child_ages)
    rfr = one.income_month_eur * MONTHS * (1 - deduction) if one.rfr_eur is None else one.rfr_eur
    return _household(
        one.label, family, one.income_month_eur, rfr_eur=rfr, savings_eur=one.savings_eur
    )


def _by_quartile(
    rules: NeedRules, thresholds: Sequence[float], deduction: float
) -> Iterator[_Record]:
    """Give each family the level of living of a quartile, times its units of consumption."""
    for family in FAMILIES:
        bare = _household(family[0], family, 0.0, rfr_eur=0.0)
        for level, threshold in zip(LEVELS, thresholds, strict=True):
            yearly = threshold * units_of(bare, rules)
            label = f"{family[0]}, {level}"
            yield _household(label, family, yearly / MONTHS, rfr_eur=yearly * (1 - deduction))


def _by_ceiling(
    study: Study, rules: NeedRules, facts: FactReader, deduction: float
) -> Iterator[_Record]:
    """Give each family a share of the ceiling of resources of its category."""
    test = {CEILING_TENURE: tenure_test(CEILING_TENURE, resolved_zones(study), facts)}
    for family in FAMILIES:
        bare = _household(family[0], family, 0.0, rfr_eur=0.0)
        ceiling = eligibility(household_of(bare, rules), test).ceilings_eur[CEILING_TENURE] or 0.0
        for level, share in zip(LEVELS, CEILING_SHARES, strict=True):
            rfr, label = ceiling * share, f"{family[0]}, {level}"
            yield _household(label, family, rfr / (1 - deduction) / MONTHS, rfr_eur=rfr)


def _household(
    label: str,
    family: tuple[str, int, int, tuple[int, ...], tuple[int, ...]],
    income_month_eur: float,
    *,
    rfr_eur: float,
    savings_eur: float = 0.0,
) -> _Record:
    """Write one row of a group, as `households.group` types it."""
    _, couples, single_adults, adult_ages, child_ages = family
    return {
        **UNSTATED,
        "household_id": label,
        "couples": couples,
        "single_adults": single_adults,
        "adult_ages": adult_ages,
        "child_ages": child_ages,
        "dependants": len(child_ages),
        "rfr_n2_eur": rfr_eur,
        "income_month_eur": income_month_eur,
        "savings_eur": savings_eur,
    }


def _allowances(study: Study, rules: NeedRules) -> dict[tuple[str, str, str], float]:
    rental = [code for code in rules.tests if tenure(code).kind == "rental"]
    return {
        (one.label, code, size): one.apl_month_eur
        for one in study.residents.typical
        for code in rental
        for size in rules.typologies
        if one.apl_month_eur
    }


def _texts(record: Mapping[Any, Any]) -> _Record:
    return {str(name): value for name, value in record.items()}


def _smallest(need: Mapping[Any, Any], rules: NeedRules) -> str:
    """Name the smallest typology of the study that suits a household, "" when none does."""
    suited = [t for t in rules.typologies if need["t_min"] <= int(t[1:]) <= need["t_max"]]
    return suited[0] if suited else ""


def _cells(cells: pd.DataFrame, sizes: Mapping[str, str], rights: pd.DataFrame) -> pd.DataFrame:
    """Keep the cells of the smallest typology of each household, with its ceilings."""
    own = cells[cells["typology"] == cells["household_id"].map(sizes)]
    ceilings = rights[["household_id", "tenure", "ceiling_eur", "margin_eur"]].rename(
        columns={"margin_eur": "ceiling_margin_eur"}
    )
    joined = own.merge(ceilings, on=["household_id", "tenure"], how="left")
    return joined.rename(columns={"household_id": "label"}).drop(columns=["line", "wished"])
