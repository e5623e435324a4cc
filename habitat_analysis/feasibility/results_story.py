"""The story of the group in `resultats.json`: totals of the public circle, nobody's row."""

from __future__ import annotations

from collections import Counter
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from habitat_analysis.allocation.commission import CommissionFile
from habitat_analysis.allocation.formation import Reason
from habitat_analysis.allocation.proposal import Allocation
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.story import Allotted, Formation
from habitat_analysis.households.summary import suppress_table

REASONS: Final[tuple[Reason, ...]] = ("no_cell", "fixed", "quota", "points", "draw")
REASON_KEYS: Final = {
    "no_cell": "aucune_place_adaptee",
    "fixed": "paires_fixees",
    "quota": "quotas_de_mixite",
    "points": "points",
    "draw": "tirage",
}
DECIMALS: Final = 4


class _Part(BaseModel):
    """A part of the results: no key outside the schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CoutMixiteR(_Part):
    """What the quotas of the mix cost: households placed, those of the group, points."""

    menages: int
    menages_du_groupe: int
    points: float


class FormationR(_Part):
    """The group formed in the pool."""

    vivier: int
    retenus: int
    a_proposer_a_la_commission: int
    liste_attente: int
    non_retenus_par_motif: dict[str, int | None] = Field(
        description="Nul sous onze ménages, ou si la soustraction le donnerait"
    )
    cout_de_la_mixite: CoutMixiteR | None


class PropositionR(_Part):
    """A proposal put to the group, by its numbers of households at each rank."""

    loges: int
    profil_des_rangs: dict[str, int]


class AttributionR(_Part):
    """The sale and SCIAPP dwellings, put to the group."""

    statut: str
    logements: int
    proposition: PropositionR | None
    proposition_sans_limites: PropositionR | None
    graine: int
    limites: list[str]
    limites_a_revoter: list[str]
    prix_de_la_diversite: float | None
    envies: int
    envies_justifiees: int
    echanges_souhaites: int
    sans_voeux: int
    voeux_ecartes: int
    proposition_du_groupe: PropositionR | None
    proposition_du_groupe_aussi_juste: bool | None
    departs_essayes: int
    departs_bloquants: int
    liste_attente_par_departs: dict[str, int]
    liste_attente_conseillee: int | None


class CommissionR(_Part):
    """Rental dwellings: how many households could be proposed; never an allocation."""

    logements_locatifs: int
    non_reserves: int
    menages_a_proposer: int
    proposables_ensemble: int
    alertes: list[str]


class GroupeR(_Part):
    """The group on this site: formed, allotted, proposed to the commission."""

    formation: FormationR
    attribution: AttributionR | None
    commission: CommissionR | None
    remarques: list[str]


def story_results(feasibility: Feasibility) -> GroupeR | None:
    """Publish the totals of a story; None when it was not told."""
    story = feasibility.story
    if story is None:
        return None
    study = feasibility.ground.study
    rules = study.residents.allotment
    labels = {} if rules is None else {bound.id: bound.label or bound.id for bound in rules.bounds}
    allotted = story.allotted
    return GroupeR(
        formation=_formation(story.formation),
        attribution=None if allotted is None else _allotted(allotted, labels, study.seed),
        commission=None
        if story.commission is None
        else _commission(story.commission, story.rental_dwellings),
        remarques=list(story.notes),
    )


def left_out_counts(formation: Formation) -> dict[Reason, int | None]:
    """Count the households left out by reason, the small counts hidden.

    Those that no dwelling of the study suits are told with those that no place of the programme
    suits: apart, the size of the pool would give their number back.
    """
    counts = Counter(line.reason for line in formation.formed.left_out)
    counts["no_cell"] += len(formation.without_cell)
    published = suppress_table([counts[reason] for reason in REASONS])
    return dict(zip(REASONS, published, strict=True))


def _formation(formation: Formation) -> FormationR:
    formed = formation.formed
    with_quotas = formation.worth(formed.points)
    without = formation.worth(formed.points_without_quotas)
    cost = CoutMixiteR(
        menages=formed.size_without_quotas - formed.size,
        menages_du_groupe=without[0] - with_quotas[0],
        points=round(without[1] - with_quotas[1], DECIMALS),
    )
    return FormationR(
        vivier=formation.pool_size,
        retenus=len(formed.members),
        a_proposer_a_la_commission=len(formed.candidates),
        liste_attente=len(formed.waiting_list),
        non_retenus_par_motif={
            REASON_KEYS[reason]: n for reason, n in left_out_counts(formation).items()
        },
        cout_de_la_mixite=cost if formation.has_quotas else None,
    )


def _allotted(allotted: Allotted, labels: dict[str, str], seed: int) -> AttributionR:
    own, envy, tried = allotted.own, allotted.envy, allotted.resilience
    found = allotted.revote is None
    again = () if allotted.revote is None else allotted.revote.conflict
    return AttributionR(
        statut=allotted.proposal.status,
        logements=len(allotted.wishes.dwellings),
        proposition=_proposal(allotted.proposal) if found else None,
        proposition_sans_limites=(
            None if allotted.unbounded is None else _proposal(allotted.unbounded)
        ),
        graine=seed,
        limites=[labels[bound.id] for bound in allotted.wishes.bounds],
        limites_a_revoter=[labels[name] for name in again],
        prix_de_la_diversite=_rounded(allotted.diversity.ratio if allotted.diversity else None),
        envies=0 if envy is None else len(envy.envies),
        envies_justifiees=0 if envy is None else sum(one.justified for one in envy.envies),
        echanges_souhaites=0 if envy is None else len(envy.swaps),
        sans_voeux=len(allotted.silent) + len(allotted.emptied),
        voeux_ecartes=len(allotted.removed),
        proposition_du_groupe=None if own is None else _proposal(own.allocation),
        proposition_du_groupe_aussi_juste=None if own is None else own.as_fair,
        departs_essayes=0 if tried is None else len(tried.departures),
        departs_bloquants=0 if tried is None else sum(one.breaks for one in tried.departures),
        liste_attente_par_departs=(
            {} if tried is None else {str(n): need for n, need in tried.waiting_list.items()}
        ),
        liste_attente_conseillee=allotted.waiting_list_needed,
    )


def _proposal(allocation: Allocation) -> PropositionR:
    profile = {str(rank): n for rank, n in allocation.rank_profile.items() if n}
    return PropositionR(loges=allocation.housed, profil_des_rangs=profile)


def _commission(file: CommissionFile, dwellings: int) -> CommissionR:
    return CommissionR(
        logements_locatifs=dwellings,
        non_reserves=file.unreserved,
        menages_a_proposer=len({line.household for line in file.candidates}),
        proposables_ensemble=file.proposable,
        alertes=list(file.warnings),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
