"""What the operation costs: prix de revient by tenure, line by line, and shared rooms.

The prix de revient (all that is spent until delivery) is built before tax from lines (land,
works, fees), to which contingency, price revisions, proportional fees and a quick form of the
interest during works are added. Each line is then shared among tenures by a key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.errors import UsageError

Family = Literal["foncier", "travaux", "honoraires", "frais_financiers"]
Key = Literal["shab", "su", "dwellings", "parking"]
Chapter = Literal[
    "foncier", "batiment", "imprevus", "revisions", "prestations", "assurances", "conduite",
    "frais_financiers",
]  # fmt: skip

FAMILIES: tuple[Family, ...] = ("foncier", "travaux", "honoraires", "frais_financiers")
CHAPTER_OF: Mapping[Family, Chapter] = {
    "foncier": "foncier",
    "travaux": "batiment",
    "honoraires": "prestations",
    "frais_financiers": "frais_financiers",
}
MEAN_DRAW = 0.5  # works and fees are paid evenly: half of them is owed on average


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line of the prix de revient, before tax."""

    id: str
    label: str  # as the planner reads it
    family: Family
    amount_ht_eur: float
    key: Key | None = None  # how it is shared among tenures; None: the default key
    tenure: str | None = None  # the one tenure that pays it, whatever the key
    own_chapter: Chapter | None = None  # None: the usual one of its family

    @property
    def chapter(self) -> Chapter:
        """Chapter in which a committee reads the line."""
        return self.own_chapter or CHAPTER_OF[self.family]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee in proportion to the works, contingency and revisions included."""

    id: str
    label: str
    rate: float  # fraction of the revised works
    chapter: Chapter = "prestations"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostParameters:
    """What turns an estimate of works into the sum spent at delivery."""

    contingency: float  # fraction of the works
    revision_rate: float  # yearly rise of works prices, fraction
    revision_months: float  # from the estimate to the middle of the works
    finance_rate: float  # yearly rate of the bridge credit, fraction
    land_carry_months: float  # months during which the land is financed
    works_months: float
    default_key: Key = "shab"

    @property
    def works_factor(self) -> float:
        """Revised works for one euro of estimated works: (1 + alpha)(1 + i)**(m/12)."""
        years = self.revision_months / MONTHS
        return float((1 + self.contingency) * (1 + self.revision_rate) ** years)

    @property
    def land_interest(self) -> float:
        """Interest on one euro of land."""
        return self.finance_rate * self.land_carry_months / MONTHS

    @property
    def works_interest(self) -> float:
        """Interest on one euro of works or fees, paid evenly during the works."""
        return self.finance_rate * MEAN_DRAW * self.works_months / MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPrice:
    """The prix de revient of a programme, in euros, by line, by family and by tenure."""

    lines: tuple[CostLine, ...]  # the planner's lines, then those derived from them
    by_family: Mapping[str, float]
    total_ht_eur: float
    ht: Mapping[str, float]  # tenure -> euros before tax
    ttc: Mapping[str, float]  # tenure -> euros, tax of the tenure included
    total_ttc_eur: float
    ttc_per_m2: Mapping[str, float | None]  # tenure -> euros a m² of SHAB; None without SHAB
    works_revised_ht_eur: float
    allocation: pd.DataFrame  # line x tenure, euros before tax


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSpace:
    """One shared room: a laundry, a common hall, a guest room."""

    id: str
    area_m2: float
    cost_eur_m2: float
    equipment_eur: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSpaceCost:
    """What shared rooms cost, and what each dwelling gives up for them."""

    area_m2: float
    cost_eur: float
    share_of_shab: float  # shared m² for one private m² of SHAB
    price_factor: float  # by which the cost of a private m² is multiplied
    per_dwelling: pd.DataFrame  # index id; columns count, cost_eur, m2


def cost_price(
    lines: Sequence[CostLine],
    fees: Sequence[Fee],
    parameters: CostParameters,
    quantities: pd.DataFrame,
    vat: Mapping[str, float],
) -> CostPrice:
    """Build the prix de revient and share it among tenures.

    Parameters
    ----------
    lines
        Land and works, and any lump sum of fees or interest already known, before tax.
    fees
        Fees in proportion to the revised works.
    parameters
        Contingency, revisions, interest during works, default key.
    quantities
        One row a tenure, one column a key: ``shab`` and ``su`` in m², ``dwellings``, ``parking``.
    vat
        Rate of value added tax of each tenure, as a fraction.

    Returns
    -------
    price
        The parts, in euros. The tenures add up to the lines.

    Raises
    ------
    UsageError
        ``E_EMPTY_KEY`` when a line has to be shared by a key that no tenure has any of, ``E_KEY``
        for an unknown key, ``E_USAGE`` for two lines of the same id or a tenure without VAT.

    References
    ----------
    ``docs/model.md`` 2.1 (quick form of the interest; the exact one is the cash calendar).

    Examples
    --------
    >>> quantities = pd.DataFrame({"shab": {"PLUS": 60.0, "BRS": 40.0}})
    >>> parameters = CostParameters(contingency=0.05, revision_rate=0, revision_months=0,
    ...     finance_rate=0, land_carry_months=0, works_months=0)
    >>> works = CostLine(id="bati", label="Bâtiment", family="travaux", amount_ht_eur=200_000)
    >>> price = cost_price([works], [], parameters, quantities, {"PLUS": 0.1, "BRS": 0.055})
    >>> round(price.total_ht_eur), {u: round(v) for u, v in price.ttc_per_m2.items()}
    (210000, {'PLUS': 2310, 'BRS': 2216})
    """
    tenures = [str(code) for code in quantities.index]
    missing = [code for code in tenures if code not in vat]
    if missing:
        msg = f"Expected a VAT rate for each tenure: none for {missing}."
        raise UsageError(msg)
    complete = (*lines, *derived_lines(lines, fees, parameters))
    allocation = _allocate(complete, quantities, parameters.default_key)
    ht = {code: float(allocation[code].sum()) for code in tenures}
    ttc = {code: ht[code] * (1 + vat[code]) for code in tenures}
    shab = quantities["shab"] if "shab" in quantities else pd.Series(0.0, index=quantities.index)
    return CostPrice(
        lines=complete,
        by_family={family: family_total(complete, family) for family in FAMILIES},
        total_ht_eur=sum(line.amount_ht_eur for line in complete),
        ht=ht,
        ttc=ttc,
        total_ttc_eur=sum(ttc.values()),
        ttc_per_m2={u: ttc[u] / shab[u] if shab[u] > 0 else None for u in tenures},
        works_revised_ht_eur=family_total(lines, "travaux") * parameters.works_factor,
        allocation=allocation,
    )


def derived_lines(
    lines: Sequence[CostLine], fees: Sequence[Fee], parameters: CostParameters
) -> tuple[CostLine, ...]:
    """Return contingency, revisions, proportional fees and interest, as lines of their own."""
    key = parameters.default_key
    works = family_total(lines, "travaux")
    contingency = parameters.contingency * works
    revised = works * parameters.works_factor
    paid_fees = [
        CostLine(
            id=fee.id,
            label=fee.label,
            family="honoraires",
            amount_ht_eur=fee.rate * revised,
            key=key,
            own_chapter=fee.chapter,
        )
        for fee in fees
    ]
    all_fees = family_total((*lines, *paid_fees), "honoraires")
    interest = (
        family_total(lines, "foncier") * parameters.land_interest
        + (revised + all_fees) * parameters.works_interest
    )
    return (
        CostLine(
            id="aleas",
            label="Aléas",
            family="travaux",
            amount_ht_eur=contingency,
            key=key,
            own_chapter="imprevus",
        ),
        CostLine(
            id="revisions",
            label="Révisions de prix",
            family="travaux",
            amount_ht_eur=revised - works - contingency,
            key=key,
            own_chapter="revisions",
        ),
        *paid_fees,
        CostLine(
            id="frais_financiers",
            label="Frais financiers pendant l’opération",
            family="frais_financiers",
            amount_ht_eur=interest,
            key=key,
        ),
    )


def family_total(lines: Sequence[CostLine], family: Family) -> float:
    """Add up the lines of one family, in euros before tax."""
    return float(sum(line.amount_ht_eur for line in lines if line.family == family))


def family_allocation(price: CostPrice) -> pd.DataFrame:
    """Add up the allocation by family: rows families, columns tenures, euros before tax."""
    families = pd.Series({line.id: line.family for line in price.lines}, name="family")
    return price.allocation.groupby(families).sum().reindex(list(FAMILIES), fill_value=0.0)


def chapter_allocation(price: CostPrice) -> pd.DataFrame:
    """Add up the allocation by chapter: rows `Chapter`, columns tenures, euros before tax."""
    chapters = pd.Series({line.id: line.chapter for line in price.lines}, name="chapter")
    order = list(get_args(Chapter))
    return price.allocation.groupby(chapters).sum().reindex(order, fill_value=0.0)


def shared_space_cost(dwellings: pd.DataFrame, spaces: Sequence[SharedSpace]) -> SharedSpaceCost:
    """Share the cost and the floor of the shared rooms among all dwellings, by SHAB.

    Parameters
    ----------
    dwellings
        One row a type of dwelling (index: its id), columns ``shab_m2`` and ``count``.
    spaces
        The shared rooms, their cost either before or after tax: the answer is of the same kind.

    Returns
    -------
    cost
        Total area and cost, and what one dwelling of each type pays and gives up.

    Raises
    ------
    UsageError
        ``E_NO_DWELLING`` when there is no dwelling to share among.

    References
    ----------
    ``docs/model.md`` 2.2.

    Examples
    --------
    >>> dwellings = pd.DataFrame({"shab_m2": {"T3": 60.0}, "count": {"T3": 10}})
    >>> hall = SharedSpace(id="salle", area_m2=30, cost_eur_m2=1_600, equipment_eur=2_000)
    >>> shared = shared_space_cost(dwellings, [hall])
    >>> shared.per_dwelling.loc["T3", "m2"], shared.per_dwelling.loc["T3", "cost_eur"]
    (np.float64(3.0), np.float64(5000.0))
    """
    private = float((dwellings["shab_m2"] * dwellings["count"]).sum()) if len(dwellings) else 0.0
    if private <= 0:
        msg = "Expected at least one dwelling to share the rooms among."
        raise UsageError(msg, code="E_NO_DWELLING")
    area = float(sum(space.area_m2 for space in spaces))
    cost = float(sum(s.area_m2 * s.cost_eur_m2 + s.equipment_eur for s in spaces))
    part = dwellings["shab_m2"] / private
    return SharedSpaceCost(
        area_m2=area,
        cost_eur=cost,
        share_of_shab=area / private,
        price_factor=(private + area) / private,
        per_dwelling=pd.DataFrame(
            {"count": dwellings["count"], "cost_eur": cost * part, "m2": area * part}
        ),
    )


def _allocate(
    lines: Sequence[CostLine], quantities: pd.DataFrame, default_key: Key
) -> pd.DataFrame:
    """Share each line among tenures: line x tenure, euros before tax."""
    ids = [line.id for line in lines]
    repeated = sorted({line_id for line_id in ids if ids.count(line_id) > 1})
    if repeated:
        msg = f"Expected one cost line for each id: several for {repeated}."
        raise UsageError(msg)
    rows = [line.amount_ht_eur * _shares(line, quantities, default_key) for line in lines]
    return pd.DataFrame(rows, index=pd.Index(ids, name="line"), columns=quantities.index)


def _shares(line: CostLine, quantities: pd.DataFrame, default_key: Key) -> pd.Series:
    """Return the part of each tenure in a line; they add up to one, unless the line is nil."""
    if line.tenure is not None:
        if line.tenure not in quantities.index:
            msg = f"The cost line `{line.id}` is paid by `{line.tenure}`, which is not there."
            raise UsageError(msg, code="E_KEY")
        return pd.Series(quantities.index == line.tenure, index=quantities.index, dtype=float)
    key = line.key or default_key
    if key not in quantities:
        msg = f"Unknown key `{key}` for the cost line `{line.id}`: known {list(quantities)}."
        raise UsageError(msg, code="E_KEY")
    whole = quantities[key].sum()
    if whole > 0:
        return quantities[key] / whole
    if line.amount_ht_eur != 0:
        msg = f"No tenure has any `{key}` to share the cost line `{line.id}` by."
        raise UsageError(msg, code="E_EMPTY_KEY")
    return pd.Series(0.0, index=quantities.index)
