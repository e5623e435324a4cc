"""The nouns of a programme: what may be built, what it costs, who needs it, what the rules are.

A `Case` is the whole question put to the optimiser for one site; a `Programme` is one answer,
found by the solver or typed by people. Neither knows how an answer is found. The symbols of
``docs/model.md`` 5.1 are given beside the fields.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from numbers import Real
from typing import Any, Final, Literal

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.programme.buildings import Building, Phase, phase_faults, split_faults
from habitat_analysis.programme.lots import Lots, lot_faults

Cell = tuple[str, str]  # (typology id, tenure id)
Kind = Literal["rental", "sale", "progressive"]

OBJECTIVES: Final[Mapping[str, Literal["max", "min"]]] = {
    "members": "max",  # households of the group whose need is covered, candidates left out
    "housed": "max",  # households whose need is covered
    "public_money": "min",  # equity, top-up and subsidies, EUR
    "equity": "min",  # equity and top-up, EUR
    "mix": "min",  # dwellings to move to reach the target mix
    "dwellings": "max",
    "cost": "min",  # EUR, tax included
    "spaces": "max",  # value given by the group to its shared rooms
}
MONEY_OBJECTIVES: Final = frozenset({"public_money", "equity", "cost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Typology:
    """A size of dwelling: T1 to T6."""

    id: str
    shab_m2: float  # s_t, surface habitable
    su_m2: float  # su_t, surface utile


@dataclass(frozen=True, slots=True, kw_only=True)
class TenureTerms:
    """What one tenure costs and brings in, on this operation.

    A rental loan is repaid by net rents, a progressive one (SCIAPP) by rents and shares; a sale
    has no loan. A null value means the tenure has no such resource.
    """

    id: str
    kind: Kind
    vat: float
    variable_cost_m2_eur: float  # v_u, before tax, per m2 of SHAB
    dwelling_cost_eur: float = 0.0  # before tax, per dwelling: parking places, meters
    loan_rate: float = 0.0  # r_u
    loan_years: int = 0  # n_u
    net_rent_m2_year_eur: float = 0.0  # rent less all charges but the loan, per m2 of SU
    progressive_loan_eur: Mapping[str, float] = field(default_factory=dict)  # by typology
    price_m2_eur: float = 0.0  # tax included, per m2 of SHAB
    ofs_land_m2_eur: float = 0.0  # BRS: paid by the OFS for the land, per m2 of SHAB
    subsidy_eur: float = 0.0  # sigma_u, per dwelling
    parking: float = 0.0  # rho_u, places per dwelling
    cost_ceiling_m2_eur: float | None = None  # cap_u, tax included, per m2 of SHAB


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSpace:
    """A shared room the group may build."""

    id: str
    area_m2: float  # a_k
    cost_eur: float  # c_k, tax included
    mandatory: bool = False
    value: float = 0.0  # what the group says it is worth, in its own unit
    label: str = ""
    building: str | None = None  # where people decided it stands; None: to be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedClass:
    """Households alike in need, means and income quartile, and the cells that suit them."""

    id: str
    count: int  # n_c
    quartile: str
    cells: tuple[Cell, ...]  # A_c
    candidate: bool = False  # of the waiting list, chosen together with the programme
    traits: tuple[tuple[str, str], ...] = ()  # attributes that the quotas of the group count


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """Bounds on the share of some tenures, typologies or quartiles, as fractions."""

    id: str
    members: tuple[str, ...]
    min: float | None = None
    max: float | None = None
    label: str = ""

    def counts(self, need: NeedClass) -> bool:
        """Whether the households of a class are counted by a rule of quartiles."""
        return need.quartile in self.members


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRule(ShareRule):
    """Bounds on the share of households with some values of an attribute, among those placed."""

    attribute: str

    def counts(self, need: NeedClass) -> bool:
        """Whether the households of a class are counted by the quota."""
        return dict(need.traits).get(self.attribute) in self.members


@dataclass(frozen=True, slots=True, kw_only=True)
class MixGroup:
    """One part of the target mix: tenures counted together and the share wanted."""

    id: str
    tenures: tuple[str, ...]
    share: float  # tau_g


@dataclass(frozen=True, slots=True, kw_only=True)
class MixTarget:
    """The mix of tenures wanted, and how far from it a programme may be."""

    groups: tuple[MixGroup, ...]
    eps: float | None = None  # largest dissimilarity to the target, as a fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeRules:
    """What a programme must respect; None is no limit."""

    shab_max_m2: float
    dwellings_max: int
    dwellings_min: int = 0
    parking_max: float | None = None
    open_max: int | None = None  # dwellings left to people outside the group
    housed_min: int = 0
    families: tuple[ShareRule, ...] = ()  # members are tenures
    typology_shares: tuple[ShareRule, ...] = ()  # members are typologies
    quartiles: tuple[ShareRule, ...] = ()  # members are quartiles, among placed households
    quotas: tuple[QuotaRule, ...] = ()  # of the group chosen together with the programme
    equity_max_eur: float | None = None  # E_max
    topup_max_eur: float = 0.0  # G_max, a subsidy still to be found
    subsidy_max_eur: float | None = None  # S_max, top-up included
    mix_target: MixTarget | None = None
    building_shares: tuple[ShareRule, ...] = ()  # members are tenures, within each building


def resident_shares(rules: ProgrammeRules) -> tuple[tuple[str, ShareRule], ...]:
    """List the rules on the share of some households among those placed, by id (5.3)."""
    return (
        *((f"quartile:{rule.id}", rule) for rule in rules.quartiles),
        *((f"quota:{rule.id}", rule) for rule in rules.quotas),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the optimiser needs to know about one site and one group.

    Attributes
    ----------
    fixed_cost_eur
        F: land, taxes and fixed fees, tax included.
    dropout_loss
        Share of the price lost on a sale whose buyer drops out.
    fixed_m2_eur
        f: land and fixed fees per m2 of SHAB counted in the ceiling of loans; None for no
        ceiling. Given as F / ``shab_max_m2`` or less, no loan can exceed the cost of its tenure.
    fixed
        Numbers decided by people: dwellings of a (typology, tenure) or of a tenure, or whether a
        shared room is built.
    buildings, phases
        Empty for a site taken as a whole; phases are given when there are several.
    lots
        Dwellings that legal persons hold, one entry a cell.

    Raises
    ------
    UsageError
        ``E_CASE``, with every fault: unknown or repeated ids, negative areas and sums, shares
        outside [0, 1], NaN and infinities.
    """

    typologies: tuple[Typology, ...]
    tenures: tuple[TenureTerms, ...]
    rules: ProgrammeRules
    classes: tuple[NeedClass, ...] = ()
    spaces: tuple[SharedSpace, ...] = ()
    fixed_cost_eur: float = 0.0
    dropout_loss: float = 0.0
    fixed_m2_eur: float | None = None
    fixed: Mapping[Cell | str, int | bool] = field(default_factory=dict)
    buildings: tuple[Building, ...] = ()
    phases: tuple[Phase, ...] = ()
    lots: tuple[Lots, ...] = ()

    def __post_init__(self) -> None:
        numbers = () if _sound(self) else _number_faults(self, "case")
        faults = [*numbers, *_name_faults(self), *_fixed_faults(self)]
        if faults:
            raise UsageError("Wrong case: " + "; ".join(faults) + ".", code="E_CASE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """So many households of a class, placed in dwellings of one cell."""

    class_id: str
    typology: str
    tenure: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One answer: dwellings by cell and shared rooms.

    `placements` is None when nobody said which households go where: `evaluation` then places as
    many as can be. `by_building` and `rooms_in` share out the dwellings and say where each room
    stands; empty when the site is taken as a whole, or when nobody said it.
    """

    units: Mapping[Cell, int]
    spaces: tuple[str, ...] = ()
    placements: tuple[Placement, ...] | None = None
    by_building: Mapping[str, Mapping[Cell, int]] = field(default_factory=dict)
    rooms_in: Mapping[str, str] = field(default_factory=dict)  # room id -> building id


def check_objectives(case: Case, objectives: Sequence[str]) -> None:
    """Refuse a list of objectives that means nothing for this case.

    Raises
    ------
    UsageError
        ``E_OBJECTIVE`` when the list is empty, repeats a name, holds an unknown one, or asks for
        the mix although the case has no target.

    Examples
    --------
    >>> rules = ProgrammeRules(shab_max_m2=100.0, dwellings_max=2)
    >>> check_objectives(Case(typologies=(), tenures=(), rules=rules), ["housed", "cost"])
    """
    unknown = [name for name in objectives if name not in OBJECTIVES]
    if not objectives or unknown or len(set(objectives)) < len(objectives):
        msg = f"Expected distinct objectives among {', '.join(OBJECTIVES)}: got {objectives!r}."
        raise UsageError(msg, code="E_OBJECTIVE")
    if "mix" in objectives and case.rules.mix_target is None:
        msg = "Objective `mix` needs `rules.mix_target`."
        raise UsageError(msg, code="E_OBJECTIVE")


def check_programme(case: Case, programme: Programme) -> None:
    """Refuse a programme that does not speak of this case.

    Raises
    ------
    DataError
        ``E_PROGRAMME``, in French, with every unknown cell, room or class and every count that
        is not a natural number.
    """
    cells = {(t.id, u.id) for t in case.typologies for u in case.tenures}
    rooms = {space.id for space in case.spaces}
    counts: list[tuple[str, object]] = [(f"{t} {u}", n) for (t, u), n in programme.units.items()]
    faults = [f"{t} {u} : typologie ou statut inconnu de l'étude." for t, u in
              sorted(set(programme.units) - cells)]  # fmt: skip
    faults += [f"« {room} » : local partagé inconnu." for room in programme.spaces
               if room not in rooms]  # fmt: skip
    if len(set(programme.spaces)) < len(programme.spaces):
        faults.append("un local partagé est cité deux fois.")
    for place in programme.placements or ():
        counts.append((f"{place.typology} {place.tenure}", place.count))
        known = place.class_id in {group.id for group in case.classes}
        if not known or (place.typology, place.tenure) not in cells:
            faults.append(f"classe de besoin « {place.class_id} » ou logement inconnu.")
    faults += _sharing_faults(case, programme)
    for name, shared in programme.by_building.items():
        counts += [(f"bâtiment {name}, {t} {u}", n) for (t, u), n in shared.items()]
    faults += [f"{where} : {n} n'est pas un nombre entier positif de logements." for where, n in
               counts if not _is_natural(n)]  # fmt: skip
    if faults:
        raise DataError(["programme imposé, " + fault for fault in faults], code="E_PROGRAMME")


def _sharing_faults(case: Case, programme: Programme) -> Iterator[str]:
    """Name what is wrong with the buildings of a programme."""
    yield from split_faults(case.buildings, programme.units, programme.by_building)
    known = {building.id for building in case.buildings}
    for room, name in programme.rooms_in.items():
        if room not in programme.spaces or name not in known:
            yield f"« {room} » : local non construit, ou bâtiment « {name} » inconnu."


def _is_natural(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    number = float(value)
    return math.isfinite(number) and number >= 0 and number.is_integer()


_Named = Typology | TenureTerms | SharedSpace | NeedClass | ShareRule | MixGroup | Building
_FRACTIONS: Final = frozenset({"vat", "dropout_loss", "min", "max", "share", "eps"})
_NATURALS: Final = frozenset(
    {
        "count",
        "dwellings_min",
        "dwellings_max",
        "open_max",
        "housed_min",
        "loan_years",
        "number",
        "phase",
    }
)


def _sound(value: Any, name: str = "") -> bool:
    """Tell at once that no number is out of its domain; anything unusual is left to the walk."""
    kind: Any = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is float or kind is int:
        return not _number_fault(float(value), name)
    if kind is tuple:
        return all(_sound(item, name) for item in value)
    if kind is dict:
        return name == "fixed" or all(_sound(item, name) for item in value.values())
    parts = _parts(kind)
    return bool(parts) and all(_sound(getattr(value, part), part) for part in parts)


@lru_cache(maxsize=64)
def _parts(kind: type[Any]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()


def _number_faults(value: object, where: str, name: str = "") -> Iterator[str]:
    """Walk through the case and name every number out of its domain."""
    if is_dataclass(value):
        for part in fields(value):
            yield from _number_faults(getattr(value, part.name), f"{where}.{part.name}", part.name)
    elif isinstance(value, Mapping) and name != "fixed":
        for key, item in value.items():
            yield from _number_faults(item, f"{where}[{key}]", name)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            label = getattr(item, "id", position)
            yield from _number_faults(item, f"{where}[{label}]", name)
    elif isinstance(value, Real) and not isinstance(value, bool):
        fault = _number_fault(float(value), name)
        if fault:
            yield f"{where} = {value} {fault}"


def _number_fault(value: float, name: str) -> str:
    """Say what is wrong with one number of a case, or nothing."""
    if not math.isfinite(value):
        return "is not a number"
    if name == "loan_rate":
        return "is not a rate above -1" if value <= -1 else ""
    if value < 0:
        return "is negative"
    if name in _FRACTIONS and value > 1:
        return "is not a fraction"
    if name in _NATURALS and not value.is_integer():
        return "is not a whole number"
    if name in {"shab_m2", "su_m2"} and value == 0:
        return "is not a surface"
    return ""


def _name_faults(case: Case) -> Iterator[str]:
    """Name every id that is empty, repeated or unknown."""
    rules, target = case.rules, case.rules.mix_target
    groups = target.groups if target else ()
    named: dict[str, tuple[_Named, ...]] = {
        "typologies": case.typologies, "tenures": case.tenures, "spaces": case.spaces,
        "classes": case.classes, "families": rules.families, "mix groups": groups,
        "typology shares": rules.typology_shares, "quartiles": rules.quartiles,
        "quotas": rules.quotas,
        "buildings": case.buildings, "building shares": rules.building_shares,
    }  # fmt: skip
    for what, items in named.items():
        ids = [item.id for item in items]
        if "" in ids or len(set(ids)) < len(ids):
            yield f"{what}: empty or repeated id in {ids}"
    tenures = {tenure.id for tenure in case.tenures}
    typologies = {typology.id for typology in case.typologies}
    for rule in rules.families:
        yield from _unknown(f"families[{rule.id}]", rule.members, tenures)
    yield from _building_faults(case, tenures)
    for rule in rules.typology_shares:
        yield from _unknown(f"typology_shares[{rule.id}]", rule.members, typologies)
    for group in groups:
        yield from _unknown(f"mix_target[{group.id}]", group.tenures, tenures)
    cells = {(t, u) for t in typologies for u in tenures}
    yield from lot_faults(case.lots, cells)
    for need in case.classes:
        yield from _unknown(f"classes[{need.id}]", need.cells, cells)
    for tenure in case.tenures:
        if tenure.kind not in ("rental", "sale", "progressive"):
            yield f"tenures[{tenure.id}]: unknown kind {tenure.kind!r}"
        if tenure.kind == "progressive" and set(tenure.progressive_loan_eur) != typologies:
            yield f"tenures[{tenure.id}]: progressive_loan_eur must name every typology"


def _building_faults(case: Case, tenures: Collection[str]) -> Iterator[str]:
    """Name every rule of the buildings that means nothing here."""
    for rule in case.rules.building_shares:
        yield from _unknown(f"building_shares[{rule.id}]", rule.members, tenures)
    if case.rules.building_shares and not case.buildings:
        yield "building_shares: there is no building"
    yield from phase_faults(case.buildings, case.phases)
    located = {space.building for space in case.spaces} - {None}
    yield from _unknown("buildings of spaces", list(located), {b.id for b in case.buildings})


def _unknown(where: str, named: Sequence[object], known: Collection[object]) -> Iterator[str]:
    strangers = [name for name in named if name not in known]
    if strangers or len(set(named)) < len(named):
        yield f"{where}: unknown or repeated members in {list(named)}"


def _fixed_faults(case: Case) -> Iterator[str]:
    """Name every number fixed by people that means nothing here."""
    rooms = {space.id for space in case.spaces}
    tenures = {tenure.id for tenure in case.tenures}
    cells = {(t.id, u) for t in case.typologies for u in tenures}
    for key, value in case.fixed.items():
        room = isinstance(value, bool)
        if key not in (rooms if room else cells | tenures) or not (room or _is_natural(value)):
            yield f"fixed[{key}] = {value}: unknown name or not a natural number"
