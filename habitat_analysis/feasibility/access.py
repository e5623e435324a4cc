"""What the households of a study can live in, once prices, rents and loans of a case are known.

Tables hold rows of households: they stay in the circle of the cooperative. `Access.blocked` counts
those that nothing suits, and is published under the rules of `households.summary` only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from habitat_analysis.baremes import FactReader
from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.feasibility.household_burdens import household_budget, household_burdens
from habitat_analysis.feasibility.joint import joint_classes
from habitat_analysis.feasibility.needs import GroupNeeds, classes_of
from habitat_analysis.formats import SUPPRESSED, number
from habitat_analysis.households.burdens import BudgetRules, Burden
from habitat_analysis.households.effort import EffortLimits
from habitat_analysis.households.feasible import FeasibleSet, feasible_set
from habitat_analysis.households.group import Group
from habitat_analysis.households.needs import OBSTACLES, Cell
from habitat_analysis.households.solvency import Credit
from habitat_analysis.households.summary import THRESHOLD
from habitat_analysis.programme.case import NeedClass
from habitat_analysis.programme.economics import CaseFile, build_case
from habitat_analysis.programme.mould import BARE
from habitat_analysis.programme.site_figures import Room
from habitat_analysis.programme.study_rules import programme_rules

NEARLY_ALL: Final = f"tous, sauf moins de {THRESHOLD}"
KEPT_ANSWERS: Final = 16  # scenarios and studies of one process
UNTESTED: Final = BudgetRules(  # never asked: there is no burden then
    credit=Credit(rate=0.0, months=1, insurance=0.0, effort=1.0, fees=0.0),
    limits=EffortLimits(effort_max=1.0, residual_min_uc_eur=0.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Cells of the members and of the candidates, and what they were weighed with.

    Attributes
    ----------
    members, candidates
        Without a list, None. When money is not tested, no cell is withheld for it and their
        table of cells is empty.
    tested_for_money
        Whether the study states the limits of a budget (``groupe.budget``).
    burdens
        What each cell asks; those without burden are not tested for money.
    budget
        Loans and limits; None when money is not tested.
    classes
        Classes of need of the programme, budgets counted: those of the members, and of the
        candidates when the programme chooses the group with itself.
    """

    members: FeasibleSet
    candidates: FeasibleSet | None
    tested_for_money: bool
    burdens: tuple[Burden, ...]
    budget: BudgetRules | None
    classes: tuple[NeedClass, ...]

    @property
    def sets(self) -> tuple[FeasibleSet, ...]:
        """What the members can live in, then the candidates when there are some."""
        return (self.members,) if self.candidates is None else (self.members, self.candidates)

    @property
    def n_without_cell(self) -> int:
        """Number of households of the group that no cell suits."""
        return len(self.members.needs.unplaced)

    @property
    def unplaced_in_public(self) -> str:
        """That number as it may be published: neither it nor what it leaves is a few people."""
        n, total = self.n_without_cell, len(self.members.needs.households)
        if n < THRESHOLD:
            return SUPPRESSED
        return NEARLY_ALL if 0 < total - n < THRESHOLD else number(n)

    @property
    def blocked(self) -> dict[str, int]:
        """Count the households of the group without cell by the first test that stops them."""
        counts = self.members.needs.unplaced["obstacle"].value_counts()
        return {name: int(counts.get(name, 0)) for name in OBSTACLES}


def access_of(needs: GroupNeeds, file: CaseFile) -> Access:
    """Find what each household can live in, under the prices and rates of a case.

    Parameters
    ----------
    needs
        Group, candidates and rules.
    file
        A case of the study: prices, rents and loans do not depend on its site.

    Returns
    -------
    access
        Remembered for the next sites: the same needs, burdens and budget give the same object.

    References
    ----------
    ``docs/model.md`` 4.1 to 4.4.
    """
    setting = file.setting
    study, stated = setting.study, setting.study.residents.budget
    burdens: tuple[Burden, ...] = ()
    budget = None
    if stated is not None:
        burdens = household_burdens(file)
        budget = household_budget(
            study,
            setting.facts,
            EffortLimits(
                effort_max=stated.tenant_effort_max,
                residual_min_uc_eur=stated.residual_min_uc_eur,
            ),
            apport_share=stated.apport_share,
            rate_shift=setting.scenario.rate_shift,
        )
    return _access(needs, burdens, budget)


def access_of_study(ground: Ground, *, scenario: str) -> Access | None:
    """Find what each household can live in under a scenario, whatever the site.

    Returns
    -------
    access
        As `access_of` on any site of the study; None without a group.
    """
    if ground.needs is None:
        return None
    study = ground.study
    facts = FactReader(ground.baremes, on=study.operation_date)
    file = build_case(
        study, study.scenario(scenario), site=BARE, capacity=BARE, classes=(), facts=facts
    )
    return access_of(ground.needs, file)


def with_needs(file: CaseFile, access: Access, *, capacity: Room) -> CaseFile:
    """Put the question of a site for the needs that budgets leave: as `build_case` would.

    Parameters
    ----------
    file
        The case of a site, whatever its classes.
    access
        What households can live in.
    capacity
        What the site holds, as given to `build_case`.
    """
    size = sum(need.count for need in access.classes)
    rules = programme_rules(file.setting.study, capacity, group_size=size)
    return replace(file, case=replace(file.case, classes=access.classes, rules=rules))


def cells_by_household(access: Access) -> dict[str, tuple[Cell, ...]]:
    """List the cells (typology, tenure) of each household, members then candidates."""
    return {
        who: cells
        for one in access.sets
        for who, cells in one.households[["household_id", "cells"]].itertuples(index=False)
    }


@lru_cache(maxsize=KEPT_ANSWERS)
def _access(needs: GroupNeeds, burdens: tuple[Burden, ...], budget: BudgetRules | None) -> Access:
    def weighed(group: Group) -> FeasibleSet:
        limits = budget or UNTESTED
        return feasible_set(group.table, needs.rules, burdens, limits, needs.inputs)

    members = weighed(needs.group)
    candidates = None if needs.candidates is None else weighed(needs.candidates)
    classes = classes_of(members.needs)
    if needs.traits is not None:
        classes = joint_classes(needs.traits, needs.rules, members, candidates)
    return Access(
        members=members,
        candidates=candidates,
        tested_for_money=budget is not None,
        burdens=burdens,
        budget=budget,
        classes=classes,
    )
