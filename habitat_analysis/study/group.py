"""What a study says of its residents: limits of a budget, vote, quotas, allocation, members.

Nothing here names a household. Rules are written before ballots, wishes or incomes are read.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from habitat_analysis.study.legal_persons import LegalForm, LegalPerson
from habitat_analysis.study.parts import (
    Amount,
    Flag,
    Idu,
    Name,
    Ordered,
    Part,
    Positive,
    Ratio,
    Share,
    Text,
    Whole,
    refusal,
)
from habitat_analysis.study.pool import SyntheticPool
from habitat_analysis.study.programme import each_id_once, each_once
from habitat_analysis.study.typical import TypicalHousehold

Attribute = Literal["quartile", "age", "famille"]
Family = Literal[
    "personne_seule", "couple_sans_enfant", "couple_avec_enfants", "famille_monoparentale", "autre"
]
GroupMode = Literal["groupe", "conjoint"]
VoteRule = Literal["parts_egales_cout", "parts_egales_nombre", "approbations", "sac_a_dos"]

TYPES_MOST: Final = 20
QUARTILES: Final = ("Q1", "Q2", "Q3", "Q4")
FAMILIES: Final[tuple[str, ...]] = (
    "personne_seule",
    "couple_sans_enfant",
    "couple_avec_enfants",
    "famille_monoparentale",
    "autre",
)


class Budget(Part):
    """Limits of the budget of a household, chosen by the cooperative; euros a month."""

    tenant_effort_max: Ratio = Field(alias="effort_locataire_max")
    residual_min_uc_eur: Amount = Field(alias="reste_a_vivre_min_uc")
    apport_share: Share = Field(default=1.0, alias="part_epargne_mobilisable")
    source: Text


class RoomVote(Part):
    """The rule of the vote on shared rooms, decided before the ballots are read."""

    rule: VoteRule = Field(alias="regle")
    budget_ttc_eur: Positive = Field(alias="budget_ttc")
    decided_on: dt.date | None = Field(default=None, alias="decidee_le")


class Counted(Part):
    """Households with one of these values: income quartile, age band or family type, no other."""

    id: Name
    label: Text | None = Field(default=None, alias="libelle")
    attribute: Attribute = Field(alias="attribut")
    values: tuple[Text, ...] = Field(min_length=1, alias="valeurs")

    _each_once = field_validator("values")(each_once)


class GroupQuota(Counted, Ordered):
    """A share of the group to form, between two bounds."""


class GroupBound(Counted):
    """A number of households of the sale and SCIAPP dwellings, in a building or in all."""

    building: Name | None = Field(default=None, alias="batiment")
    min: Whole | None = None
    max: Whole | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refusal("ordre")
        return self


class Departures(Part):
    """Departures to be ready for: how many at once, and how likely before the signature."""

    at_once: Annotated[Whole, Field(ge=1, le=3)] = Field(default=1, alias="a_la_fois")
    share: Share = Field(default=0.0, alias="probabilite")
    confidence: Annotated[Share, Field(lt=1)] = Field(default=0.95, alias="confiance")


class Allotment(Part):
    """How the sale and SCIAPP dwellings of one site are put to the group."""

    site: Annotated[tuple[Idu, ...], Field(min_length=1)]
    last_stage: Literal["points", "tirage"] = Field(default="tirage", alias="departage")
    bounds: tuple[GroupBound, ...] = Field(default=(), alias="limites")
    keep_housed: Flag = Field(default=True, alias="nul_ne_perd_sa_place")
    departures: Departures = Field(default_factory=Departures, alias="departs")

    _ids_once = field_validator("bounds")(each_id_once)

    @model_validator(mode="before")
    @classmethod
    def _one_parcel(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("site"), str):
            return {**data, "site": [data["site"]]}
        return data


class Residents(Part):
    """All the choices of a study about its residents."""

    mode: GroupMode = "groupe"
    budget: Budget | None = Field(default=None)
    vote: RoomVote | None = None
    age_bands: tuple[Whole, ...] = Field(default=(35, 60), min_length=1, alias="tranches_age")
    quotas: tuple[GroupQuota, ...] = ()
    allotment: Allotment | None = Field(default=None, alias="attribution")
    reservations: dict[Text, Whole] = Field(default_factory=dict, alias="contingents")
    typical_savings_months: Amount = Field(default=0.0, alias="epargne_types_mois")
    typical: tuple[TypicalHousehold, ...] = Field(
        default=(), max_length=TYPES_MOST, alias="menages_types"
    )
    pool: SyntheticPool | None = Field(default=None, alias="vivier")
    legal_form: LegalForm | None = Field(default=None, alias="forme_juridique")
    legal_persons: tuple[LegalPerson, ...] = Field(default=(), alias="personnes_morales")
    horizon_years: Annotated[Whole, Field(ge=1, le=25)] = Field(default=10, alias="horizon_ans")
    keep_until: dt.date | None = Field(default=None, alias="conserver_jusqu_au")

    _ids_once = field_validator("quotas", "legal_persons")(each_id_once)

    @field_validator("typical")
    @classmethod
    def _labels_once(cls, types: tuple[TypicalHousehold, ...]) -> tuple[TypicalHousehold, ...]:
        each_once(tuple(one.label for one in types))
        return types

    @field_validator("age_bands")
    @classmethod
    def _growing(cls, bands: tuple[int, ...]) -> tuple[int, ...]:
        if list(bands) != sorted(set(bands)):
            raise refusal("ordre")
        return bands

    @model_validator(mode="after")
    def _known_values(self) -> Self:
        bounds = self.allotment.bounds if self.allotment else ()
        for counted in (*self.quotas, *bounds):
            known = self.values_of(counted.attribute)
            for value in counted.values:
                if value not in known:
                    raise refusal("valeur_d_attribut", value)
        return self

    @property
    def chosen_together(self) -> bool:
        """Whether the programme and the group are chosen as one question."""
        return self.mode == "conjoint" or self.pool is not None

    def values_of(self, attribute: Attribute) -> tuple[str, ...]:
        """List the values of an attribute, as the study writes them."""
        if attribute == "quartile":
            return QUARTILES
        if attribute == "famille":
            return FAMILIES
        return age_labels(self.age_bands)


def age_labels(bands: tuple[int, ...]) -> tuple[str, ...]:
    """Name the age bands that these ages separate.

    Examples
    --------
    >>> age_labels((35, 60))
    ('moins de 35 ans', '35 à 59 ans', '60 ans et plus')
    """
    between = [f"{low} à {high - 1} ans" for low, high in itertools.pairwise(bands)]
    return (f"moins de {bands[0]} ans", *between, f"{bands[-1]} ans et plus")
