"""What the land may cost, for `resultats.json`: the key « charge_fonciere »."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.land_walk import land_walk
from habitat_analysis.feasibility.nouns import Feasibility

CENTS: Final = 2


class PassageR(BaseModel):
    """One step from the charge foncière admissible to the comptes à rebours, EUR before tax."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    etape: str
    montant_ht: float


class ChargeFonciereR(BaseModel):
    """The largest price of the bare land, in EUR before tax, and how it was proved.

    Prices by m² are of land, and of the SDP that the rules allow. `ht_compte_a_rebours` is the
    sum over the sale tenures; `passage` leads to it from `admissible_ht`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    statut: str
    compte_ht: float
    admissible_ht: float
    borne_ht: float | None
    par_m2_terrain_ht: float
    par_m2_sdp_ht: float | None
    cout_ttc_par_euro_ht: float
    prouve_des_deux_cotes: bool
    compte_a_rebours_ht: dict[str, float] = {}
    passage: list[PassageR] = []


def land_results(feasibility: Feasibility) -> ChargeFonciereR | None:
    """Write what the land may cost as data; None when it was not looked for, or nothing limits."""
    argument = feasibility.argument
    land = None if argument is None else argument.land
    if land is None:
        return None
    walk = land_walk(feasibility)
    bound, per_sdp = land.bound_ht_eur, land.per_sdp_m2_eur
    return ChargeFonciereR(
        statut=land.bill.status,
        compte_ht=_cents(land.counted_ht_eur),
        admissible_ht=_cents(land.admissible_ht_eur),
        borne_ht=None if bound is None else _cents(bound),
        par_m2_terrain_ht=_cents(land.per_land_m2_eur),
        par_m2_sdp_ht=None if per_sdp is None else _cents(per_sdp),
        cout_ttc_par_euro_ht=round(land.factor, 6),
        prouve_des_deux_cotes=land.proof is not None and land.proof.holds,
        compte_a_rebours_ht={}
        if walk is None
        else {c: _cents(v) for c, v in walk.by_tenure.items()},
        passage=[]
        if walk is None
        else [PassageR(etape=name, montant_ht=_cents(eur)) for name, eur in walk.steps.items()],
    )


def _cents(value: float) -> float:
    return round(float(value), CENTS) + 0.0
