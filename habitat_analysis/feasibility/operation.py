"""One operation gathered: a site, a scenario, a programme, its accounts, its tests, its verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from habitat_analysis.baremes import Fact, FactReader
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.access import Access, access_of, with_needs
from habitat_analysis.feasibility.ground import Ground, SiteIdus, mandatory_area
from habitat_analysis.feasibility.legal_form import legal_standing
from habitat_analysis.feasibility.market import market_price
from habitat_analysis.feasibility.mix import mix_report
from habitat_analysis.feasibility.needs import classes_of
from habitat_analysis.feasibility.nouns import Feasibility, Verdict
from habitat_analysis.feasibility.reference_households import reference_households
from habitat_analysis.feasibility.stress import stress_table
from habitat_analysis.feasibility.verdict import judge
from habitat_analysis.land.capacity import Capacity, site_capacity
from habitat_analysis.land.sites import Site, assemble
from habitat_analysis.land.zone_rules import rule_for
from habitat_analysis.montage import build_montage, detail_costs
from habitat_analysis.montage.paths import rate_paths
from habitat_analysis.programme.diagnosis import diagnose
from habitat_analysis.programme.economics import (
    CaseFile,
    build_case,
    imposed_programme,
)
from habitat_analysis.programme.imposed import judge_imposed
from habitat_analysis.programme.optimum import Optimum, optimise
from habitat_analysis.programme.sharing_out import evened
from habitat_analysis.study import OBJECTIVES, PluRules
from habitat_analysis.tenures import tenure

NO_RULES: Final = "E_NO_RULES"
HOUSED: Final = "housed"
MEMBERS: Final = "members"
LONGEST_ACCOUNT: Final = 80  # years: no loan of the barèmes is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A site and its question, before any answer."""

    site: Site
    parcels: pd.DataFrame
    zone_label: str
    rules: PluRules
    capacity: Capacity
    file: CaseFile
    access: Access | None  # None: no group yet
    facts: FactReader


def lay_out(ground: Ground, idus: SiteIdus, *, scenario: str) -> Layout:
    """Assemble a site, measure it and put its question; errors as `study_site`."""
    study = ground.study
    terms = study.scenario(scenario)
    site = assemble(ground.territory.parcels, idus)
    parcels = _parcel_rows(ground, site)
    zone, rules = _rules_of(ground, parcels)
    capacity = site_capacity(
        site.geometry,
        site.road_edges,
        rules=rules,
        ratios=study.ratios,
        typologies=study.programme.typologies,
        shared_area_m2=mandatory_area(study),
    )
    facts = FactReader(ground.baremes, on=study.operation_date)
    file = build_case(study, terms, site=site, capacity=capacity, classes=(), facts=facts)
    access = None if ground.needs is None else access_of(ground.needs, file)
    if access is not None:
        file = with_needs(file, access, capacity=capacity)
    return Layout(
        site=site,
        parcels=parcels,
        zone_label=zone,
        rules=rules,
        capacity=capacity,
        file=file,
        access=access,
        facts=facts,
    )


def check_sites(ground: Ground, sites: Sequence[SiteIdus], *, scenario: str) -> None:
    """Refuse, before any report, what would stop every site or was typed wrong.

    A zone without rules stops one site only: its report says so, the others are made.

    Raises
    ------
    DataError
        Parcels unknown or that do not adjoin, terms the law refuses.
    """
    for idus in sites:
        assemble(ground.territory.parcels, idus)
    for idus in sites:
        try:
            plan = lay_out(ground, idus, scenario=scenario)
        except DataError as error:
            if error.code != NO_RULES:
                raise
        else:
            rate_paths(ground.study, plan.facts, horizon=LONGEST_ACCOUNT)
            return


def study_site(ground: Ground, idus: SiteIdus, *, scenario: str = "base") -> Feasibility:
    """Study one site: capacity, programme, accounts, tests, verdict.

    Parameters
    ----------
    ground
        The study and all it names, read once.
    idus
        Parcels of the site.
    scenario
        Name of a scenario of the study.

    Returns
    -------
    feasibility
        Complete also when no programme respects all limits: the verdict then says so.

    Raises
    ------
    DataError
        Unknown parcels or scenario, parcels that do not adjoin, a zone without rules, terms the
        law refuses.
    """
    study = ground.study
    plan = lay_out(ground, idus, scenario=scenario)
    file, references = plan.file, reference_households(ground, plan.file)
    optimum = optimise(file.case, objectives(ground), time_limit_s=float(study.time_limit_s))
    optimum = evened(file.case, optimum)
    imposed = imposed_programme(study)
    legal = legal_standing(study, optimum.programme, plan.facts)
    gathered = Feasibility(
        ground=ground,
        scenario=study.scenario(scenario),
        site=plan.site,
        parcels=plan.parcels,
        zone_label=plan.zone_label,
        rules=plan.rules,
        capacity=plan.capacity,
        file=file,
        access=plan.access,
        references=references,
        optimum=optimum,
        imposed=None if imposed is None else judge_imposed(file.case, imposed, objectives(ground)),
        costs=None,
        montage=None,
        mix=None,
        stress=None,
        places_due=places_due(plan.rules, optimum, plan.facts),
        diagnosis=None,
        facts=_facts_used(ground, plan.facts.used),
        verdict=Verdict(word="infaisable", reasons=(), conditions=()),
        apart=_chosen_apart(ground, plan),
        legal=legal,
    )
    return _judged(gathered, plan.facts)


def _chosen_apart(ground: Ground, plan: Layout) -> Optimum | None:
    """Choose the programme for the group alone, to compare, where it is chosen with candidates."""
    if not _may_choose(ground) or plan.access is None:
        return None
    case = plan.file.case
    alone = replace(
        case, classes=classes_of(plan.access.members.needs), rules=replace(case.rules, quotas=())
    )
    wanted = [name for name in objectives(ground) if name != MEMBERS]
    return optimise(alone, wanted, time_limit_s=float(ground.study.time_limit_s))


def _judged(gathered: Feasibility, facts: FactReader) -> Feasibility:
    """Add what follows from the answer: accounts and tests, or the ways out; then the verdict."""
    programme, evaluation = gathered.programme, gathered.optimum.evaluation
    if programme is None or evaluation is None:
        impossible = gathered.optimum.status == "infeasible"
        completed = replace(
            gathered, diagnosis=diagnose(gathered.file.case) if impossible else None
        )
    else:
        costs = detail_costs(
            gathered.file,
            programme,
            land_m2=gathered.site.area_m2,
            model_ttc_eur=evaluation.cost_eur,
        )
        montage = build_montage(
            gathered.file, evaluation, costs, facts, market=market_price(gathered.ground)
        )
        mix = mix_report(gathered.ground, programme)
        completed = replace(
            gathered,
            costs=costs,
            montage=montage,
            mix=mix,
            stress=stress_table(gathered.file, programme, costs.price, facts),
            facts=_facts_used(gathered.ground, (*montage.facts, *mix.conditions.values())),
        )
    return replace(completed, verdict=judge(completed))


def places_due(rules: PluRules, optimum: Optimum, facts: FactReader) -> int | None:
    """Count the places that the rules of the zone ask for a programme.

    References
    ----------
    A social rental dwelling is asked no more than the cap of ``data/baremes/surfaces.csv``.
    """
    cap = facts.value("surfaces", topic="parking", key="max_required_social_rental")
    if optimum.evaluation is None:
        return None
    asked = rules.places_per_dwelling
    due = sum(
        n * (min(asked, cap) if tenure(code).family == "locatif" else asked)
        for code, n in optimum.evaluation.by_tenure.items()
    )
    return math.ceil(due - 1e-9)


def objectives(ground: Ground) -> list[str]:
    """Name the objectives of the study for the model, without those that need what is absent.

    Where candidates may enter with the programme, the needs of the group come before all needs.
    """
    wanted = ground.study.programme
    without_group = {"besoins_couverts"} if ground.needs is None else set()
    without_target = {"mixite"} if wanted.mix_target is None else set()
    names = [n for n in wanted.objectives if n not in without_group | without_target]
    found = [OBJECTIVES[name] for name in names or ["effort"]]
    if not _may_choose(ground) or HOUSED not in found:
        return found
    first = found.index(HOUSED)
    return [*found[:first], MEMBERS, *found[first:]]


def _may_choose(ground: Ground) -> bool:
    """Whether candidates may enter with the programme: the group then comes before them."""
    needs = ground.needs
    return needs is not None and needs.traits is not None and needs.candidates is not None


def _parcel_rows(ground: Ground, site: Site) -> pd.DataFrame:
    table = ground.screened.parcels
    return table[table["idu"].isin(site.idus)].reset_index(drop=True)


def _rules_of(ground: Ground, parcels: pd.DataFrame) -> tuple[str, PluRules]:
    """Find the zone and the rules of the largest parcel of a site.

    Raises
    ------
    DataError
        ``E_NO_RULES`` when the study states no rule for this zone.
    """
    row = parcels.sort_values(["area_m2", "idu"], ascending=[False, True]).iloc[0]
    label, kind, family = (
        "" if pd.isna(row[name]) else str(row[name])
        for name in ("zone_label", "zone_type", "zone_family")
    )
    rules = rule_for(ground.study.rules, label=label, zone_type=kind, family=family)
    if rules is None and ground.territory.zones is None:
        msg = (
            f"Site {row['idu']} : le zonage du PLU n'est pas donné, donc aucune règle ne "
            "s'applique. Ajoutez « zonage » dans « fichiers »."
        )
        raise DataError(msg, code=NO_RULES)
    if rules is None:
        msg = (
            f"Site {row['idu']} : l'étude ne donne pas de règles pour la zone "
            f"« {label or 'inconnue'} ». Ajoutez-les dans « regles_plu », "
            "ou choisissez un autre site."
        )
        raise DataError(msg, code=NO_RULES)
    return label, rules


def _facts_used(ground: Ground, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Join the values read for the money to those read for the needs, each once."""
    shared = ground.needs.facts if ground.needs else ()
    return tuple(sorted({*facts, *shared}, key=lambda fact: (fact.table, fact.line)))
