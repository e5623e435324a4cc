"""What an argument is made of: compromises, prices, what is withstood, what the land may cost."""

from __future__ import annotations

from dataclasses import dataclass

from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.frontier import Front
from habitat_analysis.programme.land_bill import BillProof, LandBill
from habitat_analysis.programme.optimum import Optimum
from habitat_analysis.programme.requirements import Price, Relaxation
from habitat_analysis.programme.robust import Breaking, Robust


@dataclass(frozen=True, slots=True, kw_only=True)
class LandValue:
    """The largest land price under which some programme keeps every rule of the study.

    Attributes
    ----------
    bill, proof
        Above the land already counted, tax and interest included; tried ten euros on each side.
    counted_ht_eur
        Price of the bare land in the study, before tax.
    admissible_ht_eur
        Largest price of the bare land before tax; below zero, even free land is too dear, by the
        help that would make a programme possible.
    factor
        What one euro of land before tax adds to the cost, tax and interest included.
    """

    bill: LandBill
    proof: BillProof | None
    counted_ht_eur: float
    admissible_ht_eur: float
    factor: float
    land_m2: float
    sdp_m2: float

    @property
    def bound_ht_eur(self) -> float | None:
        """Price of the bare land before tax above which nothing is possible, as far as proved."""
        bound = self.bill.bound_eur
        return None if bound is None else self.counted_ht_eur + bound / self.factor

    @property
    def per_land_m2_eur(self) -> float:
        """Admissible price by m² of land, before tax."""
        return self.admissible_ht_eur / self.land_m2

    @property
    def per_sdp_m2_eur(self) -> float | None:
        """Admissible price by m² of SDP that the rules allow, before tax."""
        return self.admissible_ht_eur / self.sdp_m2 if self.sdp_m2 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One thing that may happen, with the planner's words, and the kept programme under it."""

    id: str
    label: str
    kept: Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteEffect:
    """What the rooms voted change: the same site and study with none of them, solved again."""

    before: Optimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """All that argues a programme before a municipality or a bank.

    Attributes
    ----------
    fronts
        Compromises between the objectives that the study opposes.
    prices
        Every target and limit moved by a step, the one that matters most first.
    relaxation
        Prices of the relaxation, for what they are; of the first objective in money.
    robust, tested
        The programme whose worst case is the least bad, and what was tried; None when the solver
        proved nothing.
    breaking
        How far each trouble can go before the kept programme breaks a limit.
    land
        What the land may cost; None when nothing limits the equity.
    vote
        What the shared rooms voted change; None when no vote funded any.
    """

    fronts: tuple[Front, ...]
    prices: tuple[Price, ...]
    relaxation: Relaxation
    robust: Robust | None
    tested: tuple[Tested, ...]
    breaking: tuple[Breaking, ...]
    land: LandValue | None
    vote: VoteEffect | None = None
