"""The needs of the group of a study: households read, tested on the date, gathered in classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from habitat_analysis.baremes import CONFLICT, Baremes, Fact, FactReader
from habitat_analysis.errors import DataError, Faults
from habitat_analysis.feasibility.group_files import read_list
from habitat_analysis.feasibility.household_burdens import household_ptz
from habitat_analysis.feasibility.joint import Traits, quota_traits
from habitat_analysis.feasibility.synthetic import draw_pool
from habitat_analysis.households.eligibility import TenureTest
from habitat_analysis.households.feasible import HouseholdInputs
from habitat_analysis.households.group import Group
from habitat_analysis.households.needs import NeedRules, Needs, need_classes
from habitat_analysis.households.occupancy import OccupancyNorm
from habitat_analysis.households.pool import Pool
from habitat_analysis.households.reference import (
    TENURES,
    Reference,
    distribution,
    read_reference,
    theme_of,
)
from habitat_analysis.programme.case import NeedClass
from habitat_analysis.regulation import income_table
from habitat_analysis.study import Study
from habitat_analysis.study.model import Zones, resolved_zones
from habitat_analysis.tenures import tenure

OPEN_TO_ALL: Final = "none"  # income product of a tenure without ceiling
AREA_THEME: Final = "overcrowding_APL"
PERSONS_MOST: Final = 8  # the table of areas ends with « 8 persons and more »


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupNeeds:
    """The group, its needs, and what the commune is compared with.

    `group`, `candidates` and `needs` hold rows of households: they never leave the cooperative's
    circle. `needs` and `classes` are those before any budget: what households can pay depends on
    the prices of a scenario, see `access`. Read once, it is known by its identity.
    """

    group: Group
    candidates: Group | None  # the waiting list; None when the study names no list
    rules: NeedRules
    inputs: HouseholdInputs  # allowances and zero-rate loans, empty when money is not tested
    needs: Needs
    classes: tuple[NeedClass, ...]
    reference: Reference | None
    facts: tuple[Fact, ...]
    traits: Mapping[str, Traits] | None = None  # of quotas, when the programme chooses the group
    synthetic: Pool | None = None  # the group is drawn: none of its households exists

    @property
    def lists(self) -> tuple[Group, ...]:
        """The group, then its waiting list when there is one."""
        return (self.group,) if self.candidates is None else (self.group, self.candidates)

    @property
    def n_households(self) -> int:
        """Number of households of the group."""
        return len(self.group.table)

    @property
    def n_candidates(self) -> int | None:
        """Number of households on the waiting list; None when the study names no list."""
        return None if self.candidates is None else len(self.candidates.table)

    @property
    def n_without_cell(self) -> int:
        """Number of households that no dwelling of the study suits, budgets apart."""
        return len(self.needs.unplaced)

    @property
    def reference_tenures(self) -> dict[str, float]:
        """Main homes of the commune by tenure, empty without a reference file."""
        return {} if self.reference is None else distribution(self.reference, TENURES)

    @property
    def basin_tenures(self) -> dict[str, float]:
        """Main homes of the basin by tenure, empty when the reference file does not give them."""
        if self.reference is None:
            return {}
        return distribution(self.reference, theme_of(TENURES, "bassin"))


def read_needs(study: Study, baremes: Baremes) -> GroupNeeds | None:
    """Read the group of a study and gather its needs in classes.

    Returns
    -------
    needs
        None when the study neither names a file of households nor describes a pool.

    Raises
    ------
    DataError
        With every fault of the file of households, of the waiting list or of the reference; of
        a synthetic pool that cannot be drawn.
    """
    pool = draw_pool(study)
    if study.files.group is None and pool is None:
        return None
    group = pool.group if pool else read_list(study, str(study.files.group))
    reference = (
        None if study.files.reference is None else read_reference(study.path(study.files.reference))
    )
    waiting = None
    if study.files.candidates is not None:
        waiting = read_list(study, study.files.candidates)
        _refuse_shared_names(group, waiting)
    if study.programme.quartiles and _quartiles(reference) is None:
        msg = (
            f"Étude « {study.name} » : « programme.quartiles » demande une mixité de revenus, mais "
            "les seuils Q1, Q2 et Q3 ne sont pas donnés. Ajoutez le thème « quartiles_revenu » au "
            "fichier de référence, ou retirez « quartiles »."
        )
        raise DataError(msg, code="E_QUARTILES")
    facts = FactReader(baremes, on=study.operation_date)
    rules = need_rules(study, facts, reference)
    needs = need_classes(group.table, rules)
    lists = (group,) if waiting is None else (group, waiting)
    together = study.residents.chosen_together
    return GroupNeeds(
        group=group,
        candidates=waiting,
        rules=rules,
        inputs=_inputs(study, lists, rules, facts),
        needs=needs,
        classes=classes_of(needs),
        reference=reference,
        facts=facts.used,
        traits=quota_traits(lists, rules, study.residents) if together else None,
        synthetic=pool,
    )


def _refuse_shared_names(group: Group, waiting: Group) -> None:
    """Refuse a candidate who has the pseudonym of a household of the group."""
    lines = waiting.table.loc[waiting.table["household_id"].isin(group.table["household_id"])]
    faults = Faults(waiting.file)
    for line, name in lines[["line", "household_id"]].itertuples(index=False):
        why = f"ce pseudonyme est déjà celui d'un ménage de {group.file}."
        faults.add(f"ligne {line}, {name}", why, "Retirez cette ligne, ou changez le pseudonyme.")
    faults.raise_if_any(code="E_GROUP")


def _inputs(
    study: Study, lists: Sequence[Group], rules: NeedRules, facts: FactReader
) -> HouseholdInputs:
    """Gather the housing allowances stated and the zero-rate loans open, household by household.

    One allowance is stated a household: it counts for every rental cell, and for no other.
    """
    if study.residents.budget is None:
        return HouseholdInputs()
    table = pd.concat([one.table for one in lists], ignore_index=True)
    rental = [code for code in rules.tests if tenure(code).kind == "rental"]
    stated = table.loc[table["apl_month_eur"] > 0, ["household_id", "apl_month_eur"]]
    return HouseholdInputs(
        apl_month_eur={
            (who, code, size): float(apl)
            for who, apl in stated.itertuples(index=False)
            for code in rental
            for size in rules.typologies
        },
        ptz=household_ptz(table, rules, facts, abc=str(resolved_zones(study).abc)),
    )


def classes_of(needs: Needs) -> tuple[NeedClass, ...]:
    """Turn the classes of need into those of a programme, without their members."""
    columns = needs.classes[["class_id", "count", "quartile", "cells"]]
    return tuple(
        NeedClass(id=name, count=int(count), quartile=quartile, cells=tuple(cells))
        for name, count, quartile, cells in columns.itertuples(index=False)
    )


def need_rules(study: Study, facts: FactReader, reference: Reference | None) -> NeedRules:
    """Gather the rules that turn a household into a need, on the date of the operation."""
    zones = resolved_zones(study)
    return NeedRules(
        tests={code: tenure_test(code, zones, facts) for code in study.programme.tenures},
        typologies=tuple(size.id for size in study.programme.typologies),
        norm=_norm(facts),
        young_couple_age_sum=facts.value("regles", subject="JEUNE_COUPLE", key="age_sum_max"),
        income_fall_share=facts.value("regles", subject="RESSOURCES", key="income_fall_share"),
        quartiles_eur_uc=_quartiles(reference),
    )


def tenure_test(code: str, zones: Zones, facts: FactReader) -> TenureTest:
    """Tell how a tenure tests a household: ceilings of its product, by category or persons."""
    nature = tenure(code)
    if not nature.income_product or nature.income_product == OPEN_TO_ALL:
        return TenureTest(table=None, category="persons")
    table = income_table(facts, nature.income_product, abc=zones.abc, ressources=zones.incomes)
    if nature.kind != "sale":
        return TenureTest(table=table, category="rental")
    counted = facts("regles", subject="CATEGORIE", key=code)
    return TenureTest(
        table=table,
        category="rental" if counted.number > 0 else "persons",
        category_settled=CONFLICT not in counted.note,
        last_year_counts=facts.value("regles", subject="RESSOURCES", key=f"last_year_{code}") > 0,
    )


def _norm(facts: FactReader) -> OccupancyNorm:
    """Read the least areas of the APL, and the age from which a child has its own bedroom."""

    def area(persons: str) -> float:
        return facts.value("surfaces", topic=AREA_THEME, key=f"min_area_{persons}_persons")

    one, two, three = area("1"), area("2"), area("3")
    return OccupancyNorm(
        share_age=int(facts.value("regles", subject="OCCUPATION", key="share_age")),
        area_one_m2=one,
        area_two_m2=two,
        area_more_m2=three - two,
        area_most_m2=facts.value(
            "surfaces", topic=AREA_THEME, key=f"min_area_{PERSONS_MOST}_persons_and_more"
        ),
        persons_most=PERSONS_MOST,
    )


def _quartiles(reference: Reference | None) -> tuple[float, float, float] | None:
    """Return the thresholds of income of the commune, EUR per consumption unit and year."""
    if reference is None:
        return None
    thresholds = distribution(reference, "quartiles_revenu")
    if not {"Q1", "Q2", "Q3"} <= set(thresholds):
        return None
    return thresholds["Q1"], thresholds["Q2"], thresholds["Q3"]


def quartile_counts(needs: GroupNeeds) -> pd.Series:
    """Count the households of the group by income quartile. Not for publication as such."""
    order = ["Q1", "Q2", "Q3", "Q4"]
    return needs.needs.households["quartile"].value_counts().reindex(order, fill_value=0)
