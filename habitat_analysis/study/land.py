"""What a study says of the land: files, rules of the PLU, sites and their criteria."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from habitat_analysis.study.parts import (
    Amount,
    Distance,
    Flag,
    Height,
    Idu,
    Name,
    Part,
    Positive,
    Ratio,
    Real,
    Share,
    Storeys,
    Text,
    Whole,
    refusal,
    refuse_repeats,
)

RiskLevel = Literal["rouge", "bleu", "autre"]
RISK_LEVELS: tuple[str, ...] = get_args(RiskLevel)
Destination = Literal["habitat", "activite", "equipement", "agricole", "naturel"]


class Files(Part):
    """Paths of the input files, relative to the study file. A missing layer is not examined."""

    parcels: Text = Field(alias="parcelles")
    zoning: Text | None = Field(default=None, alias="zonage")
    buildings: Text | None = Field(default=None, alias="batiments")
    sales: tuple[Text, ...] = Field(default=(), alias="ventes")
    points: tuple[Text, ...] = Field(default=())
    risks: tuple[Text, ...] = Field(default=(), alias="risques")
    group: Text | None = Field(default=None, alias="menages")
    candidates: Text | None = Field(default=None, alias="candidats")
    insee_households: Text | None = Field(default=None, alias="menages_insee")
    reference: Text | None = Field(default=None)
    wishes: Text | None = Field(default=None, alias="voeux")
    ballots: Text | None = Field(default=None, alias="votes")
    dwellings: Text | None = Field(default=None, alias="logements")
    own_allocation: Text | None = Field(default=None, alias="attribution_du_groupe")


class LayerSources(Part):
    """Publisher and vintage of each layer, printed under every map."""

    parcels: Text = Field(default="cadastre (millésime non précisé)", alias="parcelles")
    zoning: Text = Field(default="PLU (millésime non précisé)", alias="zonage")
    buildings: Text = Field(default="bâti (millésime non précisé)", alias="batiments")
    sales: Text = Field(default="ventes (millésime non précisé)", alias="ventes")
    points: Text = Field(default="équipements (millésime non précisé)")
    risks: Text = Field(default="risques (millésime non précisé)", alias="risques")


class PluRules(Part):
    """Rules of one or several zones of the PLU, in the planner's units.

    Every area is in m², every length in metres, every share a fraction of the site.
    """

    zones: tuple[Name, ...] = Field(min_length=1)
    destination: Destination = "habitat"
    was_read: Flag = Field(alias="lues_dans_le_reglement")
    source: Text
    height_max_m: Height = Field(default=9.0, alias="hauteur_max_m")
    height_top_m: Distance = Field(default=0.0, alias="hauteur_comble_m")
    floor_height_m: Height = Field(default=3.0, ge=2, alias="hauteur_etage_m")
    levels_max: Storeys = Field(default=3, alias="niveaux_max")
    attic_share: Share = Field(default=1.0, alias="part_dernier_niveau")
    coverage_max: Share = Field(default=1.0, alias="emprise_max")
    road_setback_m: Distance = Field(default=0.0, alias="recul_voie_m")
    side_min_m: Distance = Field(default=3.0, alias="retrait_min_m")
    side_height_factor: Distance = Field(default=0.5, alias="retrait_facteur_hauteur")
    open_ground_min: Share = Field(default=0.0, alias="pleine_terre_min")
    circulation_m2: Amount = Field(default=0.0, alias="voirie_interne_m2")
    place_m2: Amount = Field(default=25.0, alias="surface_place_m2")
    surface_place_share: Share = Field(default=1.0, alias="part_places_en_surface")
    places_per_dwelling: Distance = Field(default=1.0, alias="places_par_logement")
    density_max: Positive | None = Field(default=None, alias="densite_max")
    band_depth_m: Positive | None = Field(default=None, alias="bande_constructible_m")


class Ratios(Part):
    """Ratios between surfaces: SDP per gross m², SHAB per m² SDP."""

    sdp_per_gross: Ratio = Field(default=0.90, alias="sdp_par_m2_brut")
    shab_per_sdp: Ratio = Field(default=0.90, alias="shab_par_m2_sdp")


class Criterion(Part):
    """A criterion of the ranking: its weight and the bounds fixed by the planner."""

    id: Literal[
        "distance_arret_m",
        "distance_ecole_m",
        "distance_commerce_m",
        "prix_terrain_m2_sdp",
        "maitrise_fonciere",
        "capacite_logements",
        "surface_m2",
        "part_inondable",
    ]
    weight: Share = Field(alias="poids")
    worst: Real = Field(alias="pire")
    best: Real = Field(alias="meilleur")

    @model_validator(mode="after")
    def _bounds_differ(self) -> Self:
        if self.worst == self.best:
            raise refusal("bornes", f"{self.best:g}")
        return self


class Exclusion(Part):
    """A reason to put a parcel aside: field, comparison, value, sentence."""

    id: Name
    field: Literal[
        "distance_arret_m",
        "distance_ecole_m",
        "distance_commerce_m",
        "prix_terrain_m2_sdp",
        "capacite_logements",
        "surface_m2",
        "part_inondable",
        "niveau_risque",
        "surface_batie_m2",
        "longueur_sur_voie_m",
    ] = Field(alias="champ")
    op: Literal["lt", "gt", "eq"] = Field(alias="comparaison")
    value: Real | RiskLevel = Field(alias="valeur", union_mode="left_to_right")
    sentence: Text = Field(alias="motif")

    @model_validator(mode="before")
    @classmethod
    def _value_of_its_field(cls, data: Any) -> Any:
        """Refuse a comparison that could never be true: it would switch the filter off."""
        if not isinstance(data, dict) or "valeur" not in data:
            return data
        value, risk = data["valeur"], data.get("champ") == "niveau_risque"
        if risk and (value not in RISK_LEVELS or data.get("comparaison") != "eq"):
            raise refusal("niveau", str(value))
        if not risk and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise refusal("nombre", str(value))
        return data


class Land(Part):
    """Which parcels are looked at, which are kept, at which price."""

    area_min_m2: Positive = Field(alias="surface_min_m2")
    area_max_m2: Positive = Field(alias="surface_max_m2")
    width_min_m: Amount = Field(alias="largeur_min_m")
    built_max_m2: Amount = Field(default=1.0, alias="bati_max_m2")
    families: tuple[Literal["U", "AUc", "AUs"], ...] = Field(
        default=("U", "AUc"), alias="familles_de_zones"
    )
    price_m2_eur: Amount = Field(alias="prix_terrain_ht_m2")
    prices_m2_eur: dict[Idu, Amount] = Field(default_factory=dict, alias="prix_par_parcelle_ht_m2")
    price_source: Text = Field(alias="source_prix")
    control: dict[Idu, Literal["public", "cooperatif", "prive", "refus"]] = Field(
        default_factory=dict, alias="maitrise"
    )
    criteria: tuple[Criterion, ...] = Field(min_length=1, alias="criteres")
    exclusions: tuple[Exclusion, ...] = Field(default=())
    n_sites: Whole = Field(default=5, alias="nombre_de_sites")
    sites: tuple[Annotated[tuple[Idu, ...], Field(min_length=1)], ...] = Field(
        default=(), alias="sites_choisis"
    )

    @model_validator(mode="before")
    @classmethod
    def _single_parcels(cls, data: Any) -> Any:
        """Accept `- 99012000AB0012` as a site of one parcel."""
        if isinstance(data, dict) and isinstance(data.get("sites_choisis"), list):
            sites = [[site] if isinstance(site, str) else site for site in data["sites_choisis"]]
            return {**data, "sites_choisis": sites}
        return data

    @model_validator(mode="after")
    def _areas_in_order(self) -> Self:
        if self.area_min_m2 >= self.area_max_m2:
            raise refusal("ordre")
        refuse_repeats(criterion.id for criterion in self.criteria)
        refuse_repeats(exclusion.id for exclusion in self.exclusions)
        for site in self.sites:
            refuse_repeats(site)
        if not any(criterion.weight for criterion in self.criteria):
            raise refusal("poids_nuls")
        return self
