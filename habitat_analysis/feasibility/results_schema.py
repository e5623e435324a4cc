"""The published schema of `resultats.json`. No household and no class of need stand in it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1


class Section(BaseModel):
    """A part of the results: no key outside the schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EtudeR(Section):
    """The study and its commune."""

    nom: str
    titre: str
    maitre_ouvrage: str
    commune: str
    insee: str
    date_operation: str
    avertissement: str | None


class SiteR(Section):
    """The land and what it holds."""

    nom: str
    idus: list[str]
    surface_m2: float
    contenance_m2: float | None
    zone: str
    regles_lues: bool
    source_regles: str
    score: float | None
    rang: int | None
    niveaux: int
    regle_limitante: str
    sdp_m2: float
    shab_m2: float
    logements_capacite: int
    places: int
    remarques: list[str]


class LigneProgramme(Section):
    """A number of dwellings of one cell."""

    typologie: str
    statut: str
    nombre: int


class ChiffresR(Section):
    """Figures of a programme; money in EUR tax included, areas in m²."""

    logements: int
    besoins_couverts: int
    besoins_couverts_locatif: int
    logements_ouverts: int
    shab_m2: float
    shab_avec_espaces_m2: float
    places: float
    cout_ttc: float
    emprunts: float
    subventions: float
    ventes: float
    fonds_propres: float
    subvention_complementaire: float
    manque: float
    effort: float
    mixite_logements_a_deplacer: float | None
    cout_m2_shab: dict[str, float | None]


class ProgrammeR(Section):
    """A programme and its figures."""

    logements: list[LigneProgramme]
    espaces: list[str]
    chiffres: ChiffresR


class EtapeR(Section):
    """One objective of the lexicographic order, and what was proved of it."""

    objectif: str
    valeur: float
    borne: float | None
    ecart: float | None
    statut: str


class ControleR(Section):
    """One rule recomputed without the solver."""

    regle: str
    libelle: str
    valeur: float
    sens: str
    limite: float
    unite: str
    respectee: bool


class ImposeR(Section):
    """The programme typed by the group, beside the optimum."""

    programme: ProgrammeR
    regles_rompues: list[str]
    surcout: float | None
    ecart_besoins: int | None
    phrase: str


class EssaiR(Section):
    """One trial of the stress table."""

    libelle: str
    fonds_propres_necessaires: float
    effort: float
    tient: bool
    premiere_regle_rompue: str


class CalqueR(Section):
    """A layer: examined or not, from what."""

    calque: str
    etat: str
    fichiers: str
    lignes: int
    ecartees: int
    source: str


class BaremeR(Section):
    """A legal or economic value used, with its provenance."""

    table: str
    cle: dict[str, str]
    valeur: float | str
    unite: str
    depuis: str | None
    jusqu_a: str | None
    reference: str
    source: str
    confiance: str
    alertes: list[str]
    prolonge: bool


class Resultats(Section):
    """Everything a report says of one site and one scenario, as data."""

    version_schema: int = SCHEMA_VERSION
    empreinte: str = Field(description="Empreinte des entrées, paramètres et versions (SHA-256)")
    etude: EtudeR
    scenario: dict[str, str | float | None]
    site: SiteR
    statut: str
    preuve: str
    verdict: str
    raisons: list[str]
    conditions: list[str]
    besoins: str
    besoins_groupe: int | None
    programme: ProgrammeR | None
    objectifs: list[EtapeR]
    controle: list[ControleR]
    impose: ImposeR | None
    prix_de_revient_ttc: float | None
    ecart_modele_comptes: float | None
    essais: list[EssaiR]
    calques: list[CalqueR]
    baremes: list[BaremeR]
    entrees: dict[str, str]
    parametres: dict[str, Any]
    versions: dict[str, str]
