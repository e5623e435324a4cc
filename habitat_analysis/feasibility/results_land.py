"""What the land may cost, for `resultats.json`: the key « charge_fonciere »."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.land_walk import LandWalk, land_walk
from habitat_analysis.feasibility.nouns import Feasibility

CENTS: Final = 2
NAMES: Final[Mapping[str, str]] = {
    "equity": "fonds_propres_et_complement",
    "programme": "programme_retenu",
    "accounts": "comptes_detailles",
    "others": "besoin_des_autres_statuts",
    "vat": "tva_charges_fixes",
    "margin": "marge_visee",
    "other_land": "foncier_des_autres_statuts",
    "land_lines": "autres_lignes_de_foncier",
}


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
        else {code: _cents(eur) for code, eur in walk.by_tenure.items()},
        passage=[] if walk is None else _steps(walk),
    )


def _steps(walk: LandWalk) -> list[PassageR]:
    """Write the steps to the cent; the largest takes what rounding leaves, so that they add up."""
    cents = {name: _cents(eur) for name, eur in walk.steps.items()}
    ends = sum(_cents(eur) for eur in walk.by_tenure.values()) - _cents(walk.start_eur)
    largest = max(cents, key=lambda name: abs(cents[name]))
    cents[largest] = _cents(cents[largest] + ends - sum(cents.values()))
    return [PassageR(etape=NAMES[name], montant_ht=eur) for name, eur in cents.items()]


def _cents(value: float) -> float:
    return round(float(value), CENTS) + 0.0
