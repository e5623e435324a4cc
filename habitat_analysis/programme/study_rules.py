"""The rules of a programme, from the targets of a study and the limits of a site."""

from __future__ import annotations

from collections.abc import Sequence

from habitat_analysis.programme.building_terms import building_shares
from habitat_analysis.programme.case import (
    MixGroup,
    MixTarget,
    ProgrammeRules,
    QuotaRule,
    ShareRule,
)
from habitat_analysis.programme.lots import Lots
from habitat_analysis.programme.site_figures import Room
from habitat_analysis.study import Study
from habitat_analysis.study.legal_persons import lots_by_cell


def programme_rules(study: Study, capacity: Room, *, group_size: int) -> ProgrammeRules:
    """Join the limits of the site to the targets of the study.

    Without a group, rules about households are left out: nobody can be placed yet.
    """
    wanted = study.programme
    offered = set(wanted.tenures)
    target = wanted.mix_target
    return ProgrammeRules(
        shab_max_m2=capacity.shab_m2,
        dwellings_min=wanted.dwellings_min,
        dwellings_max=wanted.dwellings_max,
        parking_max=_parking(study, capacity),
        open_max=wanted.open_max if group_size else None,
        housed_min=wanted.housed_min if group_size else 0,
        families=tuple(
            ShareRule(
                id=family.id,
                members=tuple(code for code in family.tenures if code in offered),
                min=family.min,
                max=family.max,
                label=family.label,
            )
            for family in wanted.families
        ),
        typology_shares=tuple(
            ShareRule(
                id=rule.id,
                members=_offered_sizes(study, rule.typologies),
                min=rule.min,
                max=rule.max,
            )
            for rule in wanted.typology_shares
        ),
        quartiles=tuple(
            ShareRule(id=rule.id, members=(rule.id,), min=rule.min, max=rule.max)
            for rule in wanted.quartiles
        )
        if group_size
        else (),
        quotas=group_quotas(study) if group_size else (),
        equity_max_eur=wanted.equity_max_eur,
        topup_max_eur=wanted.topup_max_eur,
        subsidy_max_eur=wanted.subsidy_max_eur,
        mix_target=None
        if target is None
        else MixTarget(
            groups=tuple(
                MixGroup(
                    id=group.id,
                    tenures=tuple(code for code in group.tenures if code in offered),
                    share=group.share,
                )
                for group in target.groups
            ),
            eps=target.eps,
        ),
        building_shares=building_shares(study),
    )


def group_quotas(study: Study) -> tuple[QuotaRule, ...]:
    """List the quotas of the group as rules of a programme that chooses it with itself."""
    if not study.residents.chosen_together:
        return ()
    return tuple(
        QuotaRule(
            id=quota.id,
            attribute=quota.attribute,
            members=quota.values,
            min=quota.min,
            max=quota.max,
            label=quota.label or "",
        )
        for quota in study.residents.quotas
    )


def legal_lots(study: Study) -> tuple[Lots, ...]:
    """Gather the lots of the legal persons of a study by cell, with the names of their holders."""
    persons = study.residents.legal_persons
    return tuple(
        Lots(
            typology=typology,
            tenure=code,
            count=n,
            holders=tuple(one.label for one in persons if (typology, code) in one.cells),
        )
        for (typology, code), n in sorted(lots_by_cell(persons).items())
    )


def _parking(study: Study, capacity: Room) -> float:
    if study.programme.parking_max is not None:
        return float(study.programme.parking_max)
    return float(capacity.parking_places)


def _offered_sizes(study: Study, sizes: Sequence[str]) -> tuple[str, ...]:
    offered = {size.id for size in study.programme.typologies}
    return tuple(size for size in sizes if size in offered)
