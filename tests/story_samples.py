"""A small group made by hand, with its whole story, by the real functions of `allocation/`.

Eight households retained, two who wait (one of them for a rental dwelling only), six dwellings in
two buildings, two bounds, one pair fixed, the group's own allocation. Pseudonyms M01 to M11 are
those of the small study.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from habitat_analysis.allocation.commission import (
    Applicant,
    RentalCell,
    candidates_to_propose,
)
from habitat_analysis.allocation.departures import resilience, waiting_list_length
from habitat_analysis.allocation.diversity import bounds_to_revote, price_of_diversity
from habitat_analysis.allocation.fairness import envy_report, explain
from habitat_analysis.allocation.formation import Candidate, Pool, Quota, check_pool, form_group
from habitat_analysis.allocation.imposed import judge_allocation
from habitat_analysis.allocation.proposal import allocate
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes, check_wishes
from habitat_analysis.feasibility.story import Allotted, Formation, GroupStory, RemovedWish

SEED = 20261122
WHY_REMOVED = "T4 BRS : revenu 64 321 € au-dessus du plafond"
FAMILIES = ("personne_seule", "couple_avec_enfants", "famille_monoparentale")
AGES = ("moins de 35 ans", "35 à 59 ans", "60 ans et plus")

GROUP: dict[str, Any] = {
    "budget": {"effort_locataire_max": 0.33, "reste_a_vivre_min_uc": 700, "source": "test"},
    "vote": {"regle": "parts_egales_cout", "budget_ttc": 90000, "decidee_le": "2026-09-01"},
    "quotas": [{"id": "q", "attribut": "quartile", "valeurs": ["Q1"], "max": 0.9}],
    "attribution": {
        "site": "99901000AB0005",
        "departage": "points",
        "limites": [
            {"id": "A_Q1_max2", "libelle": "Mixité du bâtiment A", "batiment": "A",
             "attribut": "quartile", "valeurs": ["Q1"], "max": 2},
            {"id": "b_aines", "libelle": "60 ans et plus, au bâtiment B", "batiment": "B",
             "attribut": "age", "valeurs": ["60 ans et plus"], "min": 1},
        ],
        "departs": {"a_la_fois": 2, "probabilite": 0.1},
    },
    "conserver_jusqu_au": "2028-12-31",
}  # fmt: skip
BOUNDS = (
    Bound(id="A_Q1_max2", attribute="quartile", values=("Q1",), block="A", max=2),
    Bound(id="b_aines", attribute="age", values=("60 ans et plus",), block="B", min=1),
)
DWELLINGS = tuple(
    Dwelling(id=f"L{n}", block="A" if n < 4 else "B", tenure="BRS" if n % 2 else "PSLA")
    for n in range(1, 7)
)
RANKINGS = {
    "M01": ("L1", "L2", "L3"),
    "M02": ("L1", "L2", "L4"),
    "M03": ("L1", "L3"),
    "M04": ("L2", "L1", "L5"),
    "M05": ("L4", "L5", "L6"),
    "M06": ("L6", "L4"),
    "M07": ("L3", "L1"),
    "M10": ("L5", "L6", "L1"),  # waits
}
SILENT, EMPTIED = ("M08",), ("M09",)
MEMBERS = tuple(f"M0{n}" for n in range(1, 8))
RETAINED = (*MEMBERS, *SILENT, *EMPTIED)
TENANTS = ("M11", "M12", "M13")
OWN = {"M01": "L1", "M02": "L2", "M03": "L3", "M04": "L5", "M05": "L4", "M06": "L6"}


def attributes_of(name: str) -> dict[str, str]:
    rank = int(name[1:])
    return {
        "quartile": "Q1" if rank < 5 else f"Q{1 + rank % 4}",
        "age": AGES[rank % 3],
        "famille": FAMILIES[rank % 3],
    }


def wishes(bounds: tuple[Bound, ...] = BOUNDS) -> Wishes:
    """Wishes of the members and of those who wait; L4 is fixed for M05."""
    households = tuple(
        Wisher(id=n, ranking=r, points=10 - int(n[1:]), attributes=attributes_of(n))
        for n, r in RANKINGS.items()
    )
    return check_wishes(
        Wishes(dwellings=DWELLINGS, households=households, bounds=bounds, fixed={"M05": "L4"})
    )


def allotted(bounds: tuple[Bound, ...] = BOUNDS) -> Allotted:
    everyone = wishes(bounds)
    members = everyone.without_households(["M10"])
    proposal = allocate(members, points=True, seed=SEED)
    given, found = proposal.assignment, proposal.status == "optimal"
    return Allotted(
        wishes=everyone,
        members=MEMBERS,
        proposal=proposal,
        unbounded=allocate(members.without_bounds(), points=True, seed=SEED),
        explanations=explain(members, given, points=True) if found else (),
        envy=envy_report(members, given) if found else None,
        diversity=price_of_diversity(members) if found else None,
        revote=bounds_to_revote(members),
        removed=(RemovedWish(household="M03", dwelling="L5", why=WHY_REMOVED),),
        silent=SILENT,
        emptied=EMPTIED,
        own=judge_allocation(members, OWN, points=True) if found else None,
        resilience=resilience(everyone, given, needed=proposal.housed, at_once=2)
        if found
        else None,
        waiting_list_needed=waiting_list_length(
            housed=proposal.housed, needed=proposal.housed, departure_share=0.1, confidence=0.95
        ),
    )


def formation() -> Formation:
    cells = {"T3 BRS": 3, "T3 PSLA": 6, "T2 PLUS": 2}
    sale = ("T3 BRS", "T3 PSLA")
    candidates = [
        Candidate(
            id=name,
            cells=("T2 PLUS",) if name in TENANTS else sale,
            points=30.0 - int(name[1:]),
            attributes=attributes_of(name),
        )
        for name in (*RETAINED, "M10", *TENANTS)
    ]
    quotas = (Quota(attribute="quartile", values=("Q1",), max=0.9),)
    pool = Pool(
        candidates=tuple(candidates), cells=cells, quotas=quotas, rental=frozenset(["T2 PLUS"])
    )
    return Formation(
        formed=form_group(check_pool(pool), seed=SEED),
        priority=0.0,
        pool_size=len(candidates),
        group_size=len(candidates),
        without_cell=("M14",),
        has_quotas=True,
    )


@cache
def story(*, possible: bool = True) -> GroupStory:
    """The story of the group; impossible bounds leave only what to vote again."""
    never = Bound(id="never", attribute="quartile", values=("Q1",), block="A", min=4)
    bounds = BOUNDS if possible else (replace(BOUNDS[1], min=1), never)
    names = [*RETAINED, "M10", *TENANTS, "M14"]
    return GroupStory(
        numbers={name: 1 + (5 * rank) % len(names) for rank, name in enumerate(names)},
        attributes={name: attributes_of(name) for name in names},
        formation=formation(),
        allotted=allotted(bounds),
        rental_dwellings=2,
        commission=candidates_to_propose(
            [RentalCell(id="T2 PLUS", tenure="PLUS", dwellings=2)],
            [
                Applicant(id=n, cells=("T2 PLUS",), points=float(r), reservations=("Etat",))
                for r, n in enumerate(TENANTS)
            ],
            {"Etat": 1},
        ),
        notes=("1 ménage sans logement possible.",),
    )
