"""Reference households typed by a planner: invented, so that what they can pay may be published."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from habitat_analysis.study.parts import Amount, Part, Positive, Text, Whole, refusal

Age = Annotated[Whole, Field(le=120)]


class TypicalHousehold(Part):
    """A household that nobody is: composition, income and savings of an example."""

    label: Text = Field(alias="libelle")
    couples: Whole = 0
    single_adults: Whole = Field(default=0, alias="adultes_seuls")
    adult_ages: tuple[Age, ...] = Field(default=(), alias="ages_adultes")
    child_ages: tuple[Age, ...] = Field(default=(), alias="ages_enfants")
    income_month_eur: Positive = Field(alias="revenu_mensuel")
    rfr_eur: Amount | None = Field(default=None, alias="rfr")
    savings_eur: Amount = Field(default=0.0, alias="epargne")
    apl_month_eur: Amount = Field(default=0.0, alias="apl_mensuelle")

    @model_validator(mode="after")
    def _has_adults(self) -> Self:
        adults = 2 * self.couples + self.single_adults
        if not adults:
            raise refusal("sans_adulte")
        if self.adult_ages and len(self.adult_ages) != adults:
            raise refusal("ages_adultes", str(len(self.adult_ages)))
        return self
