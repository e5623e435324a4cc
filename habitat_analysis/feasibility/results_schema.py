"""The published schema of `resultats.json`. No household and no class of need stand in it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from habitat_analysis.feasibility.results_households import AccessibiliteR
from habitat_analysis.feasibility.results_joint import GroupeSeulR
from habitat_analysis.feasibility.results_land import ChargeFonciereR
from habitat_analysis.feasibility.results_legal import PersonnesMoralesR
from habitat_analysis.feasibility.results_mix import MixiteR
from habitat_analysis.feasibility.results_pool import VivierR
from habitat_analysis.feasibility.results_story import GroupeR
from habitat_analysis.feasibility.results_vote import VoteR

SCHEMA_VERSION = 6


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
    besoins_couverts_groupe: int | None = None  # candidats à part ; absent avant la version 6
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


class BatimentR(Section):
    """One building: its limits and what it holds."""

    id: str
    libelle: str
    phase: int
    shab_max_m2: float
    logements_max: int | None
    logements: list[LigneProgramme]
    espaces: list[str]
    nombre_logements: int
    shab_avec_espaces_m2: float
    places: float


class PhaseR(Section):
    """One phase: what it leaves to be found, alone and with those before it, in EUR."""

    numero: int
    batiments: list[str]
    nombre_logements: int
    part_charges_fixes: float
    besoin: float
    fonds_propres_engages: float
    fonds_propres_max: float | None


class ProgrammeR(Section):
    """A programme and its figures; by building and phase where the study has several."""

    logements: list[LigneProgramme]
    espaces: list[str]
    chiffres: ChiffresR
    batiments: list[BatimentR] = []
    phases: list[PhaseR] = []
    theil_batiments: float | None = None


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
    marge: float | None = None


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
    dette_max: float
    tient: bool
    premiere_regle_rompue: str


class CompromisR(Section):
    """One compromise of a front; money in EUR tax included."""

    valeurs: dict[str, float]
    logements: list[LigneProgramme]
    effort: float
    fonds_propres: float
    subventions: float
    retenu: bool


class ArbitrageR(Section):
    """All the best compromises between two or three objectives; complete when proved."""

    objectifs: list[str]
    statut: str
    complet: bool
    points: list[CompromisR]


class EffetR(Section):
    """What the programme becomes when a requirement moves by its step; None when unproved."""

    statut: str
    besoins: int | None
    effort: float | None


class ExigenceR(Section):
    """One requirement moved by a step on each side, the programme found again."""

    cle: str
    libelle: str
    unite: str
    pas: float
    limite: float | None
    plus_souple: EffetR | None
    plus_stricte: EffetR | None
    phrase: str


class EssaiRobusteR(Section):
    """The effort of the kept programme and of the robust one under one trial, in EUR."""

    libelle: str
    effort_retenu: float
    effort_robuste: float


class RuptureR(Section):
    """How far one trouble can go before the kept programme breaks a limit, as a fraction."""

    alea: str
    tient_jusqu_a: float | None
    essaye: float


class RobustesseR(Section):
    """The programme whose worst trial asks for the least effort, and what breaks the kept one."""

    statut: str
    pire_essai: str
    pire_effort: float
    borne: float | None
    prix: float | None
    essais: list[EssaiRobusteR]
    ruptures: list[RuptureR]


class IssueR(Section):
    """The smallest concession on one rule that is enough alone; None when none is."""

    regle: str
    libelle: str
    unite: str
    montant: float | None
    suffit: bool
    verifiee: bool | None
    phrase: str


class ImpossibiliteR(Section):
    """Why no programme exists: limits in conflict, ways out, concessions made together."""

    conflit: list[str]
    phrase: str
    issues: list[IssueR]
    concessions: dict[str, float]


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


class LignePlanR(Section):
    """One use or one resource of the plan, in EUR."""

    nature: str
    libelle: str
    statut: str
    montant: float


class LocatifR(Section):
    """One rental tenure: its plan, its account, in EUR."""

    statut: str
    loyer_m2_su_mois: float
    loyer_plafond_m2_su_mois: float
    prix_de_revient_ttc: float
    prets: dict[str, float]
    subventions: dict[str, float]
    fonds_propres: float
    equilibre: bool
    tresorerie_min: float
    annee_tresorerie_min: int
    loyer_equilibre_m2_su_mois: float | None
    van: float
    tri: float | None
    motif_tri: str
    annee_recuperation: int | None
    autofinancement: list[float]
    remarques: list[str]


class VenteR(Section):
    """One sale tenure, in EUR before tax."""

    statut: str
    lots: int
    chiffre_affaires_ht: float
    chapitres_ht: dict[str, float]
    marge_ht: float
    taux_marge: float | None
    prix_equilibre_ttc_m2: float | None
    charge_fonciere_ht: float
    charge_fonciere_equilibre_ht: float


class MensualiteR(Section):
    """What a household pays each month in one tenure and typology, in EUR."""

    statut: str
    phase: str
    typologie: str
    total: float
    marche: float | None


class PlafondR(Section):
    """A legal ceiling tested at the date of the operation."""

    statut: str
    objet: str
    libelle: str
    valeur: float
    plafond: float
    unite: str
    contraignant: bool
    respecte: bool
    texte: str


class MontageR(Section):
    """The detailed accounts of the programme."""

    emplois: list[LignePlanR]
    ressources: list[LignePlanR]
    besoin_par_statut: dict[str, float]
    fonds_propres: float
    complement: float
    reste_a_trouver: float
    excedent: float
    locatif: list[LocatifR]
    ventes: list[VenteR]
    mensualites: list[MensualiteR]
    plafonds: list[PlafondR]
    rapprochement: dict[str, float]
    ecart_cout_part: float
    dette_max: float
    probabilite_dans_les_fonds_propres: float | None


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
    vote: VoteR | None = None
    prix_de_revient_ttc: float | None
    ecart_modele_comptes: float | None
    montage: MontageR | None
    charge_fonciere: ChargeFonciereR | None = None
    mixite: MixiteR | None = None
    essais: list[EssaiR]
    arbitrages: list[ArbitrageR] = []
    exigences: list[ExigenceR] = []
    robustesse: RobustesseR | None = None
    impossibilite: ImpossibiliteR | None = None
    groupe: GroupeR | None = None
    vivier_synthetique: VivierR | None = None  # à la place d'un groupe inconnu
    accessibilite: AccessibiliteR | None = None  # ménages types, inventés
    choisi_pour_le_groupe_seul: GroupeSeulR | None = None  # en mode conjoint, pour comparer
    personnes_morales: PersonnesMoralesR | None = None  # forme juridique, lots, contrôles
    calques: list[CalqueR]
    baremes: list[BaremeR]
    entrees: dict[str, str]
    parametres: dict[str, Any]
    versions: dict[str, str]
