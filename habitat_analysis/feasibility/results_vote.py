"""The vote on shared rooms, for `resultats.json`: the key « vote ». No ballot, no objection."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.households.summary import THRESHOLD
from habitat_analysis.programme.evaluation import Evaluation

CENTS: Final = 2


class EspaceVoteR(BaseModel):
    """A room put to the vote; approvals are absent when fewer than 11 ballots were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    libelle: str
    surface_m2: float
    surface_terrain_m2: float
    cout_ttc: float
    approbations: int | None
    issue: str  # financee, a_discuter, non_financee


class SansVoteR(BaseModel):
    """The programme of the same site with none of the rooms put to the vote."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statut: str
    logements: int | None
    besoins_couverts: int | None
    cout_ttc: float | None
    fonds_propres: float | None
    effort: float | None


class VoteR(BaseModel):
    """The rule in force, decided before the ballots, and its outcome; EUR TTC."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    regle: str
    decidee_le: str | None
    budget_ttc: float
    bulletins: int
    engage_ttc: float
    espaces: list[EspaceVoteR]
    sans_espace_vote: SansVoteR | None = None


def vote_results(feasibility: Feasibility) -> VoteR | None:
    """Write the vote as data; None without ballots. Its effect is there when it was asked for."""
    vote = feasibility.ground.vote
    if vote is None:
        return None
    hidden = vote.n_ballots < THRESHOLD
    return VoteR(
        regle=vote.rule,
        decidee_le=None if vote.decided_on is None else vote.decided_on.isoformat(),
        budget_ttc=round(vote.budget_eur, CENTS),
        bulletins=vote.n_ballots,
        engage_ttc=round(vote.spent_eur, CENTS),
        espaces=[
            EspaceVoteR(
                id=room.id,
                libelle=room.label,
                surface_m2=room.area_m2,
                surface_terrain_m2=room.land_m2,
                cout_ttc=round(room.cost_eur, CENTS),
                approbations=None if hidden else room.approvals,
                issue=room.state,
            )
            for room in vote.rooms
        ],
        sans_espace_vote=_without(feasibility),
    )


def _without(feasibility: Feasibility) -> SansVoteR | None:
    effect = feasibility.argument.vote if feasibility.argument else None
    if effect is None:
        return None
    found: Evaluation | None = effect.before.evaluation
    return SansVoteR(
        statut=effect.before.status,
        logements=found.dwellings if found else None,
        besoins_couverts=found.housed if found else None,
        cout_ttc=round(found.cost_eur, CENTS) if found else None,
        fonds_propres=round(found.equity_eur, CENTS) if found else None,
        effort=round(found.public_money_eur, CENTS) if found else None,
    )
