"""The joint mode in `resultats.json`: what choosing programme and group together changes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.nouns import Feasibility


class GroupeSeulR(BaseModel):
    """The programme chosen for the group alone: needs covered, dwellings, effort in EUR."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statut: str
    besoins_couverts: int | None
    logements: int | None
    effort: float | None


def joint_results(feasibility: Feasibility) -> GroupeSeulR | None:
    """Publish the programme chosen for the group alone; None in the usual mode."""
    apart = feasibility.apart
    if apart is None:
        return None
    alone = apart.evaluation
    return GroupeSeulR(
        statut=apart.status,
        besoins_couverts=None if alone is None else alone.housed,
        logements=None if alone is None else alone.dwellings,
        effort=None if alone is None else round(alone.public_money_eur, 2),
    )
