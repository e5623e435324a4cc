"""How an operation is financed and secured: hypotheses of the detailed accounts.

Everything here is optional. What is left out is read in ``data/baremes`` where a dated value
exists (indices, Livret A, bank rates); otherwise the report says what to type and computes the
rest.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from habitat_analysis.study.parts import (
    Amount,
    Factor,
    Flag,
    Months,
    Part,
    Positive,
    Rate,
    Ratio,
    Share,
    Text,
    Whole,
    Years,
    refusal,
    whole_number,
)


def _year(value: Any) -> Any:
    """Read a year written as a number or as text: keys of a JSON file are texts."""
    return whole_number(int(value) if isinstance(value, str) and value.isdecimal() else value)


CalendarYear = Annotated[int, BeforeValidator(_year), Field(ge=2000, le=2200)]


class Indexation(Part):
    """Yearly growth of each line of the accounts; what is left out is read in the barèmes."""

    rents: Rate | None = Field(default=None, alias="loyers")
    charges: Rate | None = None
    repairs: Rate | None = Field(default=None, alias="gros_entretien")
    tfpb: Rate | None = None


class Mortgage(Part):
    """The loan of a household that buys."""

    rate: Rate | None = Field(default=None, alias="taux")
    years: Years | None = Field(default=None, alias="duree_ans")
    insurance: Rate | None = Field(default=None, alias="assurance")
    down_payment: Share = Field(default=0.0, alias="apport_part")
    deed_fees: Share | None = Field(default=None, alias="frais_acte")


class Quality(Part):
    """The energy and quality level wished, its cost and its effect on charges."""

    level: Text = Field(alias="niveau")  # « RE2020, seuil 2028 »
    label: Text | None = None  # « NF Habitat HQE »
    extra_works_m2_eur: Amount = Field(default=0.0, alias="surcout_ht_m2_shab")
    energy_m2_year_eur: Amount = Field(alias="energie_m2_an")
    reference_energy_m2_year_eur: Amount | None = Field(
        default=None, alias="energie_reference_m2_an"
    )
    source: Text


class HouseholdCharges(Part):
    """What a household pays beside its rent or its loan, energy apart."""

    tenant_m2_month_eur: Amount = Field(alias="locataire_m2_mois")
    owner_m2_month_eur: Amount = Field(alias="proprietaire_m2_mois")
    source: Text


class Risks(Part):
    """Hypotheses of the risk section."""

    unsold_probability: Share = Field(alias="probabilite_invendu")
    discount: Share = Field(alias="decote_invendu")
    carry_month_eur: Amount = Field(alias="portage_invendu_mois")
    carry_months: Months = Field(alias="duree_portage_mois")
    buyback_probability: Share = Field(alias="probabilite_rachat")
    exit_probability: Share = Field(alias="probabilite_depart")
    market_growth: Rate = Field(alias="evolution_prix_marche")
    resale_cost: Share = Field(alias="frais_revente")
    works_low: Factor = Field(alias="travaux_bas")
    works_mode: Factor = Field(alias="travaux_mode")
    works_high: Factor = Field(alias="travaux_haut")
    rate_sd: Ratio = Field(alias="ecart_type_taux")
    draws: Annotated[Whole, Field(ge=100)] = Field(default=20_000, alias="tirages")
    source: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.works_low <= self.works_mode <= self.works_high:
            raise refusal("ordre")
        if self.works_low == self.works_high:
            raise refusal("travaux_egaux", f"{self.works_low:g}")
        if self.buyback_probability + self.exit_probability > 1:
            raise refusal("probabilites", f"{self.buyback_probability + self.exit_probability:g}")
        return self


class Security(Part):
    """One guarantee of the operation or of the buyers, and where it stands."""

    state: Literal["acquise", "a_obtenir", "sans_objet"] = Field(alias="etat")
    day: dt.date | None = Field(default=None, alias="date")
    remark: Text | None = Field(default=None, alias="precision")


SecurityName = Literal[
    "garantie_achevement",
    "dommages_ouvrage",
    "rachat",
    "relogement",
    "assurance_revente",
    "garantie_financiere_sciapp",
    "agrement_psla",
    "agrement_ofs",
    "garantie_emprunts",
]


class Montage(Part):
    """Financial hypotheses of the detailed accounts."""

    indexation: Indexation = Field(default_factory=Indexation)
    livret_a: dict[CalendarYear, Rate] = Field(default_factory=dict, alias="trajectoire_livret_a")
    placement_rate: Rate | None = Field(default=None, alias="taux_placement")
    discount_rate: Rate | None = Field(default=None, alias="taux_actualisation")
    annuity_growth: Rate = Field(default=0.0, alias="progression_annuites")
    deferral_years: Annotated[Whole, Field(le=5)] = Field(default=0, alias="differe_ans")
    repairs_free_years: Annotated[Whole, Field(le=40)] = Field(
        default=0, alias="gros_entretien_apres_ans"
    )
    lift: Flag = Field(default=False, alias="ascenseur")
    sales_fee: Share = Field(default=0.0, alias="commercialisation")
    target_margin: Share = Field(default=0.0, alias="marge_visee")
    presale_share: Ratio | None = Field(default=None, alias="precommercialisation_min")
    reserved_lots: Whole | None = Field(default=None, alias="lots_reserves")
    market_price_m2_eur: Positive | None = Field(default=None, alias="prix_marche_ttc_m2_shab")
    mortgage: Mortgage = Field(default_factory=Mortgage, alias="credit_menage")
    charges: HouseholdCharges | None = Field(default=None, alias="charges_menage")
    quality: Quality | None = Field(default=None, alias="qualite")
    risks: Risks | None = Field(default=None, alias="risques")
    securities: dict[SecurityName, Security] = Field(default_factory=dict, alias="garanties")
    source: Text = "barèmes datés, faute de saisie dans l'étude"

    @model_validator(mode="after")
    def _sold_something(self) -> Self:
        if self.sales_fee + self.target_margin >= 1:
            raise refusal("marge_et_frais", f"{self.sales_fee + self.target_margin:g}")
        return self
