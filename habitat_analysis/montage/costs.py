"""The detailed prix de revient of a programme: by line, chapter and tenure, shared rooms apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from habitat_analysis.finance.costs import (
    CostLine,
    CostPrice,
    Family,
    Key,
    SharedSpace,
    SharedSpaceCost,
    chapter_allocation,
    cost_price,
    family_allocation,
    shared_space_cost,
)
from habitat_analysis.finance.unit_costs import cost_lines
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.economics import CaseFile, programme_quantities

KEYS: Final[tuple[Key, ...]] = ("shab", "su", "dwellings")


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailedCosts:
    """The prix de revient of a programme by line and tenure, and what the model counts for it.

    Money in euros; `price` is before tax by line, tax included by tenure. The shared rooms are
    given tax included by the study and paid by every dwelling in proportion to its SHAB.
    """

    quantities: pd.DataFrame
    price: CostPrice
    families: pd.DataFrame  # family x tenure, euros before tax
    chapters: pd.DataFrame  # chapter x tenure, euros before tax
    vat: Mapping[str, float]
    rooms_ttc_eur: Mapping[str, float]  # by tenure
    spaces_ttc_eur: float
    model_ttc_eur: float

    @property
    def total_ttc_eur(self) -> float:
        """Lines and shared rooms, tax included."""
        return self.price.total_ttc_eur + self.spaces_ttc_eur

    @property
    def gap_eur(self) -> float:
        """Linear form of the model less detailed accounts: the VAT of the fixed cost."""
        return self.model_ttc_eur - self.total_ttc_eur

    def quantity(self, code: str, key: Key) -> float:
        """Return a quantity of a tenure: m², dwellings or places."""
        return float(self.quantities[key][code])

    def family_ht_eur(self, code: str, family: Family) -> float:
        """Return what a tenure pays of a family of lines, before tax."""
        return float(self.families[code][family])

    def ttc_eur(self, code: str) -> float:
        """Prix de revient of a tenure, tax and its part of the rooms included."""
        return self.price.ttc[code] + self.rooms_ttc_eur[code]

    def ht_eur(self, code: str) -> float:
        """Prix de revient of a tenure before tax; the rooms at the VAT of the tenure."""
        return self.price.ht[code] + self.rooms_ttc_eur[code] / (1 + self.vat[code])


def detail_costs(
    file: CaseFile, programme: Programme, *, land_m2: float, model_ttc_eur: float
) -> DetailedCosts:
    """Compute the prix de revient of a programme by line and tenure.

    Parameters
    ----------
    file
        The case and the costs it was made from.
    programme
        Dwellings and rooms kept.
    land_m2
        Area of the site.
    model_ttc_eur
        Cost of the same programme in the linear form, to compare.
    """
    quantities = programme_quantities(file, programme)
    rooms = [room for room in file.case.spaces if room.id in programme.spaces]
    vat = {terms.id: terms.vat for terms in file.case.tenures}
    lines = (
        *cost_lines(file.items, quantities, land_m2=land_m2, sdp_per_shab=file.sdp_per_shab),
        *_own_lines(file, quantities),
    )
    price = cost_price(lines, file.fees, file.parameters, quantities, vat)
    spaces = sum(room.cost_eur for room in rooms)
    parts = quantities["shab"] / quantities["shab"].sum()
    return DetailedCosts(
        quantities=quantities,
        price=price,
        families=family_allocation(price),
        chapters=chapter_allocation(price),
        vat=vat,
        rooms_ttc_eur={str(code): float(spaces * part) for code, part in parts.items()},
        spaces_ttc_eur=spaces,
        model_ttc_eur=model_ttc_eur,
    )


def key_effects(costs: DetailedCosts, file: CaseFile) -> pd.DataFrame:
    """Say what another allocation key changes for one dwelling of each tenure.

    Returns
    -------
    effects
        Indexed by tenure: ``key`` columns ``shab``, ``su``, ``dwellings``: prix de revient TTC of
        one dwelling, in euros, when the lines without a key of their own are shared by it.
    """
    derived = len(costs.price.lines) - len(file.fees) - 3  # contingency, revisions, interest
    lines = costs.price.lines[:derived]
    effects = {}
    for key in KEYS:
        price = cost_price(
            lines,
            file.fees,
            replace(file.parameters, default_key=key),
            costs.quantities,
            costs.vat,
        )
        effects[key] = pd.Series(price.ttc) / costs.quantities["dwellings"]
    return pd.DataFrame(effects)


def room_shares(file: CaseFile, programme: Programme) -> SharedSpaceCost | None:
    """Share the rooms built among the typologies of the programme; None without any room."""
    rooms = [
        SharedSpace(id=r.id, area_m2=r.area_m2, cost_eur_m2=0.0, equipment_eur=r.cost_eur)
        for r in file.case.spaces
        if r.id in programme.spaces
    ]
    counts = {size.id: 0 for size in file.case.typologies}
    for (size, _), n in programme.units.items():
        counts[size] += n
    sizes = {size.id: size.shab_m2 for size in file.case.typologies if counts[size.id]}
    if not rooms or not sizes:
        return None
    dwellings = pd.DataFrame(
        {"shab_m2": pd.Series(sizes), "count": pd.Series({size: counts[size] for size in sizes})}
    )
    return shared_space_cost(dwellings, rooms)


def _own_lines(file: CaseFile, quantities: pd.DataFrame) -> list[CostLine]:
    """Add the works that one tenure alone asks for, charged to it alone."""
    study = file.setting.study
    return [
        CostLine(
            id=f"surcout_{code}",
            label=f"Surcoût de travaux {code}",
            family="travaux",
            amount_ht_eur=study.terms_of(str(code)).works_gap_m2_eur
            * float(quantities["shab"][code]),
            tenure=str(code),
        )
        for code in quantities.index
        if study.terms_of(code).works_gap_m2_eur
    ]
