"""Every rule of a case checked again on the figures of a programme, without the solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from habitat_analysis.programme.account import Account
from habitat_analysis.programme.case import Case, Programme, ShareRule, resident_shares
from habitat_analysis.programme.lots import places_for_households

Unit = Literal["m2", "places", "logements", "menages", "locaux", "eur", "eur_m2"]
Sense = Literal["<=", ">=", "="]

TOLERANCES: Final[Mapping[Unit, float]] = {
    "m2": 1e-6,
    "places": 1e-6,
    "logements": 1e-6,
    "menages": 1e-6,
    "locaux": 1e-6,
    "eur": 0.01,
    "eur_m2": 0.001,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule, what the programme makes of it, and by how much it is broken."""

    rule: str  # id of docs/model.md 5.3: "surface", "share:PLAI:min"...
    value: float
    sense: Sense
    limit: float
    unit: Unit
    kind: Literal["rule", "control"] = "rule"  # a control is not in the integer program

    @property
    def gap(self) -> float:
        """Say by how much the rule is broken, zero when it is kept."""
        below, above = self.limit - self.value, self.value - self.limit
        worst = {"<=": above, ">=": below, "=": max(above, below)}[self.sense]
        return worst if worst > TOLERANCES[self.unit] else 0.0

    @property
    def slack(self) -> float:
        """Say how much room the rule leaves, below zero when it is broken.

        Examples
        --------
        >>> Check(rule="equity", value=90.0, sense="<=", limit=100.0, unit="eur").slack
        10.0
        """
        room = self.value - self.limit if self.sense == ">=" else self.limit - self.value
        return -abs(room) if self.sense == "=" else room

    @property
    def ok(self) -> bool:
        """Whether the rule is kept, within the tolerance of its unit."""
        return self.gap == 0


def certify(case: Case, account: Account) -> tuple[Check, ...]:
    """Check every rule of a case on the account of a programme."""
    return (
        *_site_checks(case, account),
        *_share_checks(case, account),
        *_lot_checks(case, account.programme),
        *_placement_checks(case, account),
        *_money_checks(case, account),
        *_ceiling_checks(case, account),
        *_decision_checks(case, account.programme),
        *_loan_checks(case, account),
        *_building_checks(case, account),
        *_phase_checks(case, account),
    )


def _site_checks(case: Case, account: Account) -> Iterator[Check]:
    rules, built = case.rules, account.dwellings
    surface = account.shab_with_spaces_m2
    yield Check(rule="surface", value=surface, sense="<=", limit=rules.shab_max_m2, unit="m2")
    if rules.parking_max is not None:
        limit = rules.parking_max
        yield Check(rule="parking", value=account.parking, sense="<=", limit=limit, unit="places")
    least, most = rules.dwellings_min, rules.dwellings_max
    yield Check(rule="dwellings:min", value=built, sense=">=", limit=least, unit="logements")
    yield Check(rule="dwellings:max", value=built, sense="<=", limit=most, unit="logements")


def _share_checks(case: Case, account: Account) -> Iterator[Check]:
    rules, whole = case.rules, account.dwellings
    for rule in rules.families:
        part = sum(account.by_tenure[tenure] for tenure in rule.members)
        yield from _bounds(f"share:{rule.id}", rule, part, whole, "logements")
    for rule in rules.typology_shares:
        part = sum(account.by_typology[typology] for typology in rule.members)
        yield from _bounds(f"typo:{rule.id}", rule, part, whole, "logements")
    if rules.mix_target is not None and rules.mix_target.eps is not None:
        limit, distance = rules.mix_target.eps * whole, account.mix or 0.0
        yield Check(rule="mix", value=distance, sense="<=", limit=limit, unit="logements")


def _lot_checks(case: Case, programme: Programme) -> Iterator[Check]:
    for lots in case.lots:
        built, limit = programme.units.get(lots.cell, 0), lots.count
        yield Check(rule=lots.id, value=built, sense=">=", limit=limit, unit="logements")


def _placement_checks(case: Case, account: Account) -> Iterator[Check]:
    rules, placements = case.rules, account.programme.placements or ()
    accepted = {group.id: group.cells for group in case.classes}
    strays = sum(p.count for p in placements if (p.typology, p.tenure) not in accepted[p.class_id])
    yield Check(rule="accepted", value=strays, sense="<=", limit=0, unit="menages")
    for group in case.classes:
        part = sum(p.count for p in placements if p.class_id == group.id)
        rule = f"class:{group.id}"
        yield Check(rule=rule, value=part, sense="<=", limit=group.count, unit="menages")
    places = places_for_households(case, account.programme.units)
    for t, u in sorted({(p.typology, p.tenure) for p in placements}):
        part = sum(p.count for p in placements if (p.typology, p.tenure) == (t, u))
        limit = places.get((t, u), 0)
        yield Check(rule=f"cell:{t},{u}", value=part, sense="<=", limit=limit, unit="menages")
    if rules.open_max is not None:
        free, limit = account.open_dwellings, rules.open_max
        yield Check(rule="open", value=free, sense="<=", limit=limit, unit="logements")
    if rules.housed_min > 0:
        housed, limit = account.housed, rules.housed_min
        yield Check(rule="housed", value=housed, sense=">=", limit=limit, unit="menages")
    classes = {group.id: group for group in case.classes}
    for name, share in resident_shares(rules):
        part = sum(p.count for p in placements if share.counts(classes[p.class_id]))
        yield from _bounds(name, share, part, account.housed, "menages")


def _money_checks(case: Case, account: Account) -> Iterator[Check]:
    rules = case.rules
    found = account.loans_eur + account.subsidies_eur + account.sales_eur
    found += account.equity_eur + account.topup_eur
    yield Check(rule="balance", value=found, sense=">=", limit=account.cost_eur, unit="eur")
    helped = account.subsidies_eur + account.topup_eur
    for rule, value, limit in (
        ("equity", account.equity_eur, rules.equity_max_eur),
        ("topup", account.topup_eur, rules.topup_max_eur),
        ("subsidy", helped, rules.subsidy_max_eur),
    ):
        if limit is not None:
            yield Check(rule=rule, value=value, sense="<=", limit=limit, unit="eur")


def _ceiling_checks(case: Case, account: Account) -> Iterator[Check]:
    for terms in case.tenures:
        cap, cost = terms.cost_ceiling_m2_eur, account.cost_m2_eur[terms.id]
        if cap is not None and cost is not None and account.by_tenure[terms.id] > 0:
            rule = f"ceiling:{terms.id}"
            yield Check(rule=rule, value=cost, sense="<=", limit=cap, unit="eur_m2")


def _decision_checks(case: Case, programme: Programme) -> Iterator[Check]:
    built = {space.id: int(space.id in programme.spaces) for space in case.spaces}
    for space in case.spaces:
        if space.mandatory:
            rule = f"mandatory:{space.id}"
            yield Check(rule=rule, value=built[space.id], sense=">=", limit=1, unit="locaux")
    for key, wanted in case.fixed.items():
        if isinstance(key, tuple):
            label, value = ",".join(key), programme.units.get(key, 0)
        elif isinstance(wanted, bool):
            label, value = key, built[key]
        else:
            label, value = key, sum(n for (_, u), n in programme.units.items() if u == key)
        unit: Unit = "locaux" if isinstance(wanted, bool) else "logements"
        rule = f"fixed:{label}"
        yield Check(rule=rule, value=value, sense="=", limit=int(wanted), unit=unit)


def _loan_checks(case: Case, account: Account) -> Iterator[Check]:
    """No loan pays for another tenure: guaranteed when `fixed_m2_eur` is at most F / surface."""
    for terms in case.tenures:
        if terms.kind == "sale" or account.by_tenure[terms.id] == 0:
            continue
        row = account.tenure_rows[terms.id]
        limit = max(0.0, row["total_cost_eur"] - row["subsidy_eur"])
        rule, loan = f"loan:{terms.id}", row["loan_eur"]
        yield Check(rule=rule, value=loan, sense="<=", limit=limit, unit="eur", kind="control")


def _building_checks(case: Case, account: Account) -> Iterator[Check]:
    """Check that every dwelling and room is in a building, and what each building holds."""
    if not case.buildings:
        return
    built, rooms = account.dwellings, len(account.programme.spaces)
    shared = sum(inside.dwellings for inside in account.buildings)
    put = sum(len(inside.spaces) for inside in account.buildings)
    yield Check(rule="buildings:dwellings", value=shared, sense="=", limit=built, unit="logements")
    yield Check(rule="buildings:rooms", value=put, sense="=", limit=rooms, unit="locaux")
    for space in case.spaces:
        where = account.programme.rooms_in.get(space.id)
        if space.building is not None and where is not None:
            rule, value = f"buildings:room:{space.id}", int(where == space.building)
            yield Check(rule=rule, value=value, sense=">=", limit=1, unit="locaux")
    for building, inside in zip(case.buildings, account.buildings, strict=True):
        name, area = f"building:{building.id}", inside.shab_with_spaces_m2
        limit = building.shab_max_m2
        yield Check(rule=f"{name}:surface", value=area, sense="<=", limit=limit, unit="m2")
        if (most := building.dwellings_max) is not None:
            rule, value = f"{name}:dwellings", inside.dwellings
            yield Check(rule=rule, value=value, sense="<=", limit=most, unit="logements")
        if (places := building.parking_max) is not None:
            rule = f"{name}:parking"
            yield Check(rule=rule, value=inside.parking, sense="<=", limit=places, unit="places")
        for share in case.rules.building_shares:
            part = sum(inside.by_tenure[code] for code in share.members)
            rule = f"{name}:share:{share.id}"
            yield from _bounds(rule, share, part, inside.dwellings, "logements")


def _phase_checks(case: Case, account: Account) -> Iterator[Check]:
    for phase, money in zip(case.phases, account.phases, strict=True):
        if phase.equity_max_eur is not None:
            rule, limit = f"phase:{phase.number}:equity", phase.equity_max_eur
            value = money.tied_up_eur
            yield Check(rule=rule, value=value, sense="<=", limit=limit, unit="eur")


def _bounds(rule_id: str, rule: ShareRule, part: int, whole: int, unit: Unit) -> Iterator[Check]:
    """Check a share in whole units: so many dwellings, against the share of all of them."""
    if rule.min is not None:
        limit = rule.min * whole
        yield Check(rule=f"{rule_id}:min", value=part, sense=">=", limit=limit, unit=unit)
    if rule.max is not None:
        limit = rule.max * whole
        yield Check(rule=f"{rule_id}:max", value=part, sense="<=", limit=limit, unit=unit)
