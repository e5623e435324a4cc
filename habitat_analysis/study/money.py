"""What a study says of money: cost lines, operating charges, terms of each tenure."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from habitat_analysis.study.parts import (
    Amount,
    Factor,
    Months,
    Name,
    Part,
    Positive,
    Rate,
    Share,
    Shift,
    Slug,
    Text,
    Whole,
    Years,
    refusal,
    refuse_repeats,
)

CENT = 0.01
UNNAMED_GIVER = "financeur non précisé"
LAND_LINE = "terrain"  # priced in « foncier », added by the package
Basis = Literal["forfait", "m2_shab", "m2_sdp", "m2_terrain", "logement", "place"]


class CostItem(Part):
    """A line of the prix de revient, before taxes, on its own basis."""

    id: Name
    label: Text = Field(alias="libelle")
    family: Literal["foncier", "travaux"] = Field(alias="famille")
    basis: Basis = Field(alias="base")
    value_ht_eur: Amount = Field(alias="valeur_ht")
    source: Text


class FeeRate(Part):
    """A fee proportional to the works, in the chapter where a committee reads it."""

    id: Name
    label: Text = Field(alias="libelle")
    rate: Share = Field(alias="taux")
    chapter: Literal["prestations", "assurances", "conduite"] = Field(
        default="prestations", alias="chapitre"
    )
    source: Text


class Costs(Part):
    """Every line of the prix de revient, with its hypotheses."""

    items: tuple[CostItem, ...] = Field(min_length=1, alias="lignes")
    fees: tuple[FeeRate, ...] = Field(default=(), alias="honoraires")
    contingency: Share = Field(alias="aleas")
    revision_rate: Rate = Field(alias="revision_taux")
    revision_months: Months = Field(alias="revision_mois")
    finance_rate: Rate = Field(alias="taux_financier")
    land_carry_months: Months = Field(alias="portage_foncier_mois")
    works_months: Months = Field(alias="duree_travaux_mois")
    fixed_vat: Share = Field(alias="tva_charges_fixes")
    default_key: Literal["shab", "su", "logement"] = Field(default="shab", alias="cle_repartition")
    source: Text

    @model_validator(mode="after")
    def _distinct_lines(self) -> Self:
        refuse_repeats([LAND_LINE, *(item.id for item in self.items)])
        refuse_repeats(fee.id for fee in self.fees)
        return self


class Operating(Part):
    """Yearly charges of a rental dwelling, borne by the landlord."""

    loss_share: Share = Field(alias="vacance_impayes")
    management_eur: Amount = Field(alias="gestion_par_logement")
    maintenance_eur: Amount = Field(alias="entretien_par_logement")
    insurance_eur: Amount = Field(default=0.0, alias="assurance_par_logement")
    tfpb_eur: Amount = Field(default=0.0, alias="tfpb_par_logement")
    major_repairs_rate: Share = Field(alias="gros_entretien_taux")
    source: Text


class Subsidy(Part):
    """One subsidy, by who gives it."""

    giver: Text = Field(alias="financeur")
    amount_eur: Amount = Field(alias="montant_par_logement")
    source: Text | None = None


class PartnerLoan(Part):
    """A loan of Action Logement or another partner, on its own terms."""

    lender: Text = Field(alias="preteur")
    amount_eur: Positive = Field(alias="montant_par_logement")
    rate: Rate = Field(alias="taux")
    years: Years = Field(alias="duree_ans")
    source: Text | None = None


class Terms(Part):
    """Terms of one tenure. Those that do not concern it are left out."""

    subsidy_eur: Amount = Field(default=0.0, alias="subvention_par_logement")
    subsidies: tuple[Subsidy, ...] = Field(default=(), alias="subventions")
    partner_loan: PartnerLoan | None = Field(default=None, alias="pret_partenaire")
    equity_eur: Amount | None = Field(default=None, alias="fonds_propres_par_logement")
    rent_m2_month_eur: Positive | None = Field(default=None, alias="loyer_m2_su_mois")
    annex_rent_month_eur: Amount = Field(default=0.0, alias="loyer_annexes_mois")
    parking: Amount = Field(alias="places_par_logement")
    cost_ceiling_m2_eur: Positive | None = Field(default=None, alias="plafond_prix_de_revient_m2")
    local_margin: Share = Field(default=0.0, alias="marge_locale_loyer")
    price_ttc_m2_eur: Positive | None = Field(default=None, alias="prix_ttc_m2_shab")
    ofs_land_m2_eur: Amount = Field(default=0.0, alias="foncier_ofs_m2_shab")
    ofs_fee_m2_month_eur: Amount = Field(default=0.0, alias="redevance_ofs_m2_mois")
    works_gap_m2_eur: Amount = Field(default=0.0, alias="surcout_travaux_ht_m2")
    loan_years: Years | None = Field(default=None, alias="duree_pret_ans")
    budget_month_eur: Amount = Field(default=0.0, alias="budget_mensuel_menage")
    n_parts: Whole = Field(default=0, alias="nombre_de_parts")
    first_parts: Whole = Field(default=0, alias="parts_initiales")
    rent_part_m2_month_eur: Positive | None = Field(default=None, alias="part_locative_m2_su_mois")
    acquisitive_month_eur: Amount | None = Field(default=None, alias="part_acquisitive_mois")
    option_months: Months | None = Field(default=None, alias="levee_option_mois")
    yearly_decrease: Share | None = Field(default=None, le=0.2, alias="baisse_annuelle_prix")
    ofs_loan_rate: Rate | None = Field(default=None, alias="taux_pret_ofs")
    ofs_loan_years: Years | None = Field(default=None, alias="duree_pret_ofs_ans")
    ofs_management_eur: Amount = Field(default=0.0, alias="gestion_ofs_par_logement")
    source: Text

    @model_validator(mode="after")
    def _one_sum_of_subsidies(self) -> Self:
        named = sum(subsidy.amount_eur for subsidy in self.subsidies)
        if self.subsidies and self.subsidy_eur and abs(named - self.subsidy_eur) > CENT:
            raise refusal("subventions", f"{named:g}")
        refuse_repeats(subsidy.giver for subsidy in self.subsidies)
        return self

    @property
    def subsidy_by_giver(self) -> dict[str, float]:
        """Subsidies of one dwelling by who gives them; a sum without giver is said so."""
        if self.subsidies:
            return {subsidy.giver: subsidy.amount_eur for subsidy in self.subsidies}
        return {UNNAMED_GIVER: self.subsidy_eur} if self.subsidy_eur else {}

    @property
    def subsidy_total_eur(self) -> float:
        """All subsidies of one dwelling."""
        return sum(self.subsidy_by_giver.values())


class ScenarioTerms(Part):
    """A named scenario: what moves, and by how much."""

    name: Slug = Field(alias="nom")
    label: Text = Field(alias="libelle")
    works_factor: Factor = Field(default=1.0, alias="facteur_travaux")
    land_factor: Factor = Field(default=1.0, alias="facteur_foncier")
    rate_shift: Shift = Field(default=0.0, alias="hausse_taux")
    dropout_loss: Share | None = Field(default=None, alias="perte_desistement")
