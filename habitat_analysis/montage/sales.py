"""Sale tenures: lots against their caps, bilan promoteur, break-even price, compte à rebours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.costs import Chapter
from habitat_analysis.finance.vefa import (
    Lot,
    PromoterBalance,
    countdown_land_eur,
    promoter_balance,
    promoter_chapters,
)
from habitat_analysis.montage.operation import Operation
from habitat_analysis.regulation import price_cap_m2_su
from habitat_analysis.tenures import tenure

EQUAL: Final = 1 + 1e-9  # a price equal to its cap passes
PROMOTER_CHAPTER: Final[Mapping[Chapter, str]] = {
    "foncier": "foncier",
    "batiment": "travaux",
    "revisions": "travaux",
    "imprevus": "imprevus",
    "prestations": "honoraires",
    "assurances": "assurances",
    "conduite": "gestion_financiers",
    "frais_financiers": "gestion_financiers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLot:
    """The dwellings of one typology and tenure for sale; prices of one dwelling, in euros."""

    typology: str
    count: int
    shab_m2: float
    su_m2: float
    price_ttc_eur: float
    price_ht_eur: float
    cap_ht_eur: float | None  # None: the tenure has no cap of price

    @property
    def respected(self) -> bool:
        """Whether the price stays within its cap; true without a cap."""
        return self.cap_ht_eur is None or self.price_ht_eur <= self.cap_ht_eur * EQUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleMontage:
    """One sale tenure of a programme, before tax: VAT is neutral for the seller.

    Attributes
    ----------
    ofs_land_ht_eur
        What the OFS pays for the land of BRS lots; part of the receipts, not of the price.
    chapters
        The seven chapters of a « bilan promoteur », in euros HT, sales fees included.
    balance
        Turnover, cost net of the OFS and of subsidies, margin, break-even price.
    land_ht_eur, countdown_ht_eur
        Charge foncière of the tenure, and the one that would leave exactly the target margin:
        « charge foncière d'équilibre » of this tenure alone.
    cost_m2_ttc_eur, price_m2_ttc_eur
        Prix de revient of one m² of SHAB, tax included, beside its price (OFS land included).
    """

    code: str
    vat: float
    lots: tuple[SaleLot, ...]
    cost_ht_eur: float
    ofs_land_ht_eur: float
    subsidies: Mapping[str, float]
    chapters: Mapping[str, float]
    balance: PromoterBalance
    land_ht_eur: float
    countdown_ht_eur: float
    cost_m2_ttc_eur: float
    price_m2_ttc_eur: float

    @property
    def dwellings(self) -> int:
        """Number of lots."""
        return sum(lot.count for lot in self.lots)

    @property
    def turnover_ht_eur(self) -> float:
        """Sales, in euros HT."""
        return self.balance.turnover_ht_eur

    @property
    def turnover_ttc_eur(self) -> float:
        """Sales, tax included."""
        return sum(lot.count * lot.price_ttc_eur for lot in self.lots)

    @property
    def sales_fees_ht_eur(self) -> float:
        """Fees of sale, in euros HT."""
        return self.chapters["commercialisation"]

    @property
    def margin_eur(self) -> float:
        """Receipts less costs, in euros HT: what the tenure brings to the operation."""
        return self.balance.margin_eur


def sale_montages(operation: Operation) -> dict[str, SaleMontage]:
    """Draw the balance of every sale tenure of a programme.

    References
    ----------
    ``docs/model.md`` 3.6; profession's seven chapters.
    """
    return {code: sale_montage(operation, code) for code in operation.of_kind("sale")}


def sale_montage(operation: Operation, code: str) -> SaleMontage:
    """Draw the balance of one sale tenure."""
    montage, costs = operation.study.montage, operation.costs
    terms, vat = operation.model_terms(code), costs.vat[code]
    n = operation.dwellings(code)
    lots = sale_lots(operation, code)
    turnover = sum(lot.count * lot.price_ht_eur for lot in lots)
    cost = costs.ht_eur(code)
    ofs = terms.ofs_land_m2_eur * operation.shab_m2(code) / (1 + vat)
    subsidies = {giver: n * eur for giver, eur in operation.terms(code).subsidy_by_giver.items()}
    received = ofs + sum(subsidies.values())
    land = costs.family_ht_eur(code, "foncier")
    carried = 1 + operation.file.parameters.land_interest
    return SaleMontage(
        code=code,
        vat=vat,
        lots=lots,
        cost_ht_eur=cost,
        ofs_land_ht_eur=ofs,
        subsidies=subsidies,
        chapters=promoter_chapters(
            _promoter_costs(operation, code),
            turnover_ht_eur=turnover,
            sales_fee=montage.sales_fee,
        ),
        balance=promoter_balance(
            [_lot(lot) for lot in lots for _ in range(lot.count)],
            vat=vat,
            sales_fee=montage.sales_fee,
            target_margin=montage.target_margin,
            cost_ht_eur=cost - received,
        ),
        land_ht_eur=land,
        countdown_ht_eur=countdown_land_eur(
            turnover_ht_eur=turnover,
            sales_fee=montage.sales_fee,
            target_margin=montage.target_margin,
            other_costs_ht_eur=cost - received - land * carried,
            land_interest_factor=carried,
        ),
        cost_m2_ttc_eur=costs.ttc_eur(code) / operation.shab_m2(code),
        price_m2_ttc_eur=terms.price_m2_eur + terms.ofs_land_m2_eur,
    )


def sale_lots(operation: Operation, code: str) -> tuple[SaleLot, ...]:
    """Price the lots of a tenure by typology, beside their cap."""
    nature, price = tenure(code), operation.model_terms(code).price_m2_eur
    vat, cap = operation.costs.vat[code], None
    if nature.price_product:
        abc = str(operation.zones.abc)
        cap = price_cap_m2_su(operation.facts, nature.price_product, abc).number
    return tuple(
        SaleLot(
            typology=size.id,
            count=n,
            shab_m2=size.shab_m2,
            su_m2=size.su_m2,
            price_ttc_eur=price * size.shab_m2,
            price_ht_eur=price * size.shab_m2 / (1 + vat),
            cap_ht_eur=None if cap is None else cap * size.su_m2,
        )
        for size, n in operation.sizes(code)
    )


def promotion_brackets(facts: FactReader) -> dict[str, tuple[float, float]]:
    """Read the shares of sales usually seen in developers' accounts: landmarks, never limits."""

    def read(key: str) -> float:
        return facts.value("regles", subject="PROMOTION", key=key)

    names = ("land", "works", "fees", "margin")
    return {name: (read(f"{name}_share_low"), read(f"{name}_share_high")) for name in names}


def _lot(lot: SaleLot) -> Lot:
    return Lot(id=lot.typology, shab_m2=lot.shab_m2, price_ttc_eur=lot.price_ttc_eur)


def _promoter_costs(operation: Operation, code: str) -> dict[str, float]:
    """Put the costs of a tenure in the chapters of a promoter; rooms are works."""
    costs = operation.costs
    rooms = costs.rooms_ttc_eur[code] / (1 + costs.vat[code])
    gathered = {"travaux": rooms}
    for chapter, amount in costs.chapters[code].items():
        name = PROMOTER_CHAPTER[chapter]  # type: ignore[index]
        gathered[name] = gathered.get(name, 0.0) + float(amount)
    return gathered
