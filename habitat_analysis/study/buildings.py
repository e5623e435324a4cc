"""Several buildings on one site: what each holds, the mix within each, the phases. All optional.

Faults that need two keys at once are found by `building_faults`.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from habitat_analysis.study.parts import (
    Amount,
    Months,
    Name,
    Ordered,
    Part,
    Positive,
    Rank,
    Ratio,
    Whole,
    refusal,
    refuse_repeats,
)


class Building(Part):
    """One building: its share of the SHAB of the site, or its own m², and its other limits."""

    id: Name
    label: Name | None = Field(default=None, alias="libelle")
    shab_share: Ratio | None = Field(default=None, alias="part_shab")
    shab_max_m2: Positive | None = None  # shared rooms included
    dwellings_max: Whole | None = Field(default=None, alias="logements_max")
    parking_max: Whole | None = Field(default=None, alias="places_max")
    phase: Rank = 1

    @model_validator(mode="after")
    def _one_capacity(self) -> Self:
        if (self.shab_share is None) == (self.shab_max_m2 is None):
            raise refusal("capacite_de_batiment", self.id)
        return self


class BuildingFamily(Ordered):
    """Bounds on a family of the study, as a share of the dwellings of each building."""

    family: Name = Field(alias="famille")


class BuildingMix(Part):
    """The mix asked within each building: no tenure pushed into one block."""

    tenure_max: Ratio | None = Field(default=None, alias="part_max_statut")
    families: tuple[BuildingFamily, ...] = Field(default=(), alias="familles")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        refuse_repeats(rule.family for rule in self.families)
        return self


class BuildingPhase(Part):
    """Buildings delivered together: the equity tied up at most by then, and when they begin."""

    number: Rank = Field(alias="numero")
    equity_max_eur: Amount | None = Field(default=None, alias="fonds_propres_max")
    start_month: Months | None = Field(default=None, alias="debut_mois")
