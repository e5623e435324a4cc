"""What a study asks of the programme: dwellings, shared rooms, targets, imposed numbers."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, Self, TypeVar, get_args

from pydantic import AfterValidator, Field, field_validator, model_validator

from habitat_analysis.study.buildings import Building, BuildingMix, BuildingPhase
from habitat_analysis.study.parts import (
    Amount,
    Area,
    Bounded,
    Distance,
    Flag,
    Name,
    Part,
    Share,
    Text,
    Whole,
    refusal,
    refuse_repeats,
)

TenureCode = Literal["PLAI", "PLUS", "PLS", "PSLA", "BRS", "SCIAPP", "VEFA", "LIBRE"]
TypologyCode = Literal["T1", "T2", "T3", "T4", "T5", "T6"]
Quartile = Literal["Q1", "Q2", "Q3", "Q4"]
ObjectiveName = Literal[
    "besoins_couverts", "effort", "fonds_propres", "mixite", "logements", "cout", "espaces"
]

OBJECTIVES: dict[str, str] = {
    "besoins_couverts": "housed",
    "effort": "public_money",
    "fonds_propres": "equity",
    "mixite": "mix",
    "logements": "dwellings",
    "cout": "cost",
    "espaces": "spaces",
}


SUM_TOLERANCE = 1e-6


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Names = TypeVar("Names", bound=tuple[str, ...])
Items = TypeVar("Items", bound=tuple[_Named, ...])


def each_once(names: Names) -> Names:
    """Refuse a list in which a name comes twice."""
    refuse_repeats(names)
    return names


def each_id_once(items: Items) -> Items:
    """Refuse a list in which two items have the same id."""
    refuse_repeats(item.id for item in items)
    return items


class Typology(Part):
    """A size of dwelling: SHAB, retained annexes, and its share in the capacity."""

    id: TypologyCode
    shab_m2: Area
    annexes_m2: Distance = 0.0
    share: Share = Field(alias="part")


class SharedRoom(Part):
    """A shared room of the project (m² SHAB) or a garden (m² of land), and its cost TTC."""

    id: Name
    label: Text = Field(alias="libelle")
    area_m2: Amount = Field(default=0.0, alias="surface_m2")
    land_m2: Amount = Field(default=0.0, alias="surface_terrain_m2")  # no SHAB: a garden
    cost_ttc_eur: Amount = Field(alias="cout_ttc")
    mandatory: Flag = Field(default=False, alias="obligatoire")
    value: Amount = Field(default=0.0, alias="valeur")
    building: Name | None = Field(default=None, alias="batiment")  # None: the tool chooses

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.area_m2 and not self.land_m2:
            raise refusal("surface_de_local")
        return self


class Family(Bounded):
    """A target on a family of tenures, as a share of the dwellings."""

    id: Name
    label: Text = Field(alias="libelle")
    tenures: tuple[TenureCode, ...] = Field(min_length=1, alias="statuts")
    legal_reference: Text | None = Field(default=None, alias="reference")

    _each_once = field_validator("tenures")(each_once)


class TypologyShare(Bounded):
    """A target on typologies, as a share of the dwellings."""

    id: Name
    typologies: tuple[TypologyCode, ...] = Field(min_length=1)

    _each_once = field_validator("typologies")(each_once)


class QuartileShare(Bounded):
    """A target on an income quartile, as a share of the households placed."""

    id: Quartile


class MixGroup(Part):
    """A group of tenures and the share wished for it."""

    id: Name
    label: Text = Field(alias="libelle")
    tenures: tuple[TenureCode, ...] = Field(min_length=1, alias="statuts")
    share: Share = Field(alias="part")


class MixTarget(Part):
    """The mix wished by the cooperative: groups of tenures summing to one."""

    groups: tuple[MixGroup, ...] = Field(min_length=1, alias="groupes")
    eps: Share | None = Field(default=None, alias="ecart_max")

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        total = sum(group.share for group in self.groups)
        if abs(total - 1) > SUM_TOLERANCE:
            raise refusal("somme", f"{total:g}")
        refuse_repeats(group.id for group in self.groups)
        refuse_repeats(code for group in self.groups for code in group.tenures)
        return self


class Imposed(Part):
    """A whole programme typed by the group: dwellings by typology and tenure, rooms.

    `by_building` says the same dwellings again, building by building; left out, they are shared
    out at best.
    """

    units: dict[TypologyCode, dict[TenureCode, Whole]] = Field(alias="logements")
    spaces: tuple[Name, ...] = Field(default=(), alias="espaces")
    by_building: dict[Name, dict[TypologyCode, dict[TenureCode, Whole]]] = Field(
        default_factory=dict, alias="batiments"
    )

    _each_once = field_validator("spaces")(each_once)


class Fixed(Part):
    """Single numbers that people decided; the rest is optimised around them."""

    units: dict[TypologyCode, dict[TenureCode, Whole]] = Field(
        default_factory=dict, alias="logements"
    )
    tenures: dict[TenureCode, Whole] = Field(default_factory=dict, alias="statuts")
    spaces: dict[Name, Flag] = Field(default_factory=dict, alias="espaces")


Tradeoff = Annotated[
    tuple[ObjectiveName, ...], Field(min_length=2, max_length=3), AfterValidator(each_once)
]


class Programme(Part):
    """The programme asked for: sizes, tenures, targets, limits, order of objectives."""

    typologies: tuple[Typology, ...] = Field(min_length=1)
    tenures: tuple[TenureCode, ...] = Field(min_length=1, alias="statuts")
    spaces: tuple[SharedRoom, ...] = Field(default=(), alias="espaces_partages")
    dwellings_min: Whole = Field(alias="logements_min")
    dwellings_max: Whole = Field(ge=1, alias="logements_max")
    open_max: Whole | None = Field(default=None, alias="logements_ouverts_max")
    housed_min: Whole = Field(default=0, alias="besoins_couverts_min")
    families: tuple[Family, ...] = Field(default=(), alias="familles")
    typology_shares: tuple[TypologyShare, ...] = Field(default=(), alias="parts_de_typologies")
    quartiles: tuple[QuartileShare, ...] = Field(default=())
    mix_target: MixTarget | None = Field(default=None, alias="mixite_visee")
    equity_max_eur: Amount | None = Field(default=None, alias="fonds_propres_max")
    topup_max_eur: Amount = Field(default=0.0, alias="subvention_complementaire_max")
    subsidy_max_eur: Amount | None = Field(default=None, alias="subventions_max")
    parking_max: Whole | None = Field(default=None, alias="places_max")
    dropout_loss: Share = Field(default=0.0, alias="perte_desistement")
    objectives: tuple[ObjectiveName, ...] = Field(
        default=("besoins_couverts", "effort", "mixite"), min_length=1, alias="objectifs"
    )
    tradeoffs: tuple[Tradeoff, ...] = Field(default=(), alias="arbitrages")
    stressed_equity_max_eur: Amount | None = Field(default=None, alias="fonds_propres_max_essais")
    imposed: Imposed | None = Field(default=None, alias="programme_impose")
    fixed: Fixed = Field(default_factory=Fixed, alias="fixe")
    buildings: tuple[Building, ...] = Field(default=(), alias="batiments")
    building_mix: BuildingMix | None = Field(default=None, alias="mixite_par_batiment")
    phases: tuple[BuildingPhase, ...] = Field(default=())

    _codes_once = field_validator("tenures", "objectives")(each_once)
    _ids_once = field_validator("families", "typology_shares", "quartiles", "buildings")(
        each_id_once
    )

    @field_validator("typologies")
    @classmethod
    def _whole_capacity(cls, typologies: tuple[Typology, ...]) -> tuple[Typology, ...]:
        total = sum(typology.share for typology in typologies)
        if abs(total - 1) > SUM_TOLERANCE:
            raise refusal("somme", f"{total:g}")
        return each_id_once(typologies)

    @field_validator("buildings")
    @classmethod
    def _labels_once(cls, buildings: tuple[Building, ...]) -> tuple[Building, ...]:
        refuse_repeats(each.label for each in buildings if each.label is not None)
        return buildings

    @field_validator("phases")
    @classmethod
    def _numbers_once(cls, phases: tuple[BuildingPhase, ...]) -> tuple[BuildingPhase, ...]:
        refuse_repeats(str(phase.number) for phase in phases)
        return phases

    @field_validator("spaces")
    @classmethod
    def _own_names(cls, spaces: tuple[SharedRoom, ...]) -> tuple[SharedRoom, ...]:
        refuse_repeats([*get_args(TenureCode), *(room.id for room in spaces)])
        return spaces
