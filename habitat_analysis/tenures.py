"""The catalogue of tenures: who owns, what is paid, what is tested.

The columns `*_product` are the names under which the other tables of ``data/baremes`` know a
tenure; an empty one means that no such rule applies or is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, cast, get_args

from habitat_analysis.bareme_tables import Row
from habitat_analysis.baremes import Baremes, load_baremes
from habitat_analysis.errors import DataError, Faults, did_you_mean
from habitat_analysis.formats import join_fr

Family = Literal["locatif", "accession", "progressive"]
Kind = Literal["rental", "sale", "progressive"]

LIKENESS: Final = 0.5  # under which no tenure is suggested: « VEFA_SOCIALE » is VEFA
ORDER: Final = ("PLAI", "PLUS", "PLS", "PSLA", "BRS", "SCIAPP", "VEFA", "LIBRE")
TABLE: Final = "tenures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """One way of occupying a dwelling of the programme."""

    code: str  # usual acronym: "PLAI", "PSLA", "BRS"...
    label: str  # French name, as a planner reads it
    family: Family
    kind: Kind  # how money enters: rents, a price, or rents and shares
    owner_of_land: str
    owner_of_building: str
    household_pays: str
    income_product: str  # ceilings of income: table plafonds_ressources
    rent_product: str  # caps of rent: table loyers_plafonds
    price_product: str  # caps of price: table prix_plafonds
    vat_product: str  # table fiscalite
    vat_product_qpv: str  # the same in a priority neighbourhood, if the rate differs there
    tfpb_product: str  # table fiscalite
    loan_product: str  # table prets
    securities: str
    resale_rule: str
    counts_in_sru: bool
    legal_reference: str
    source: str
    confidence: str
    note: str


def tenures() -> Mapping[str, Tenure]:
    """Return the tenures by code, in the order of the reports.

    Examples
    --------
    >>> list(tenures())
    ['PLAI', 'PLUS', 'PLS', 'PSLA', 'BRS', 'SCIAPP', 'VEFA', 'LIBRE']
    """
    return _default()


def tenure(code: str) -> Tenure:
    """Return one tenure.

    Raises
    ------
    DataError
        If the code is unknown, with the nearest one (``E_TENURE``).

    Examples
    --------
    >>> tenure("BRS").owner_of_land
    'organisme de foncier solidaire (OFS)'
    """
    known = tenures()
    if code not in known:
        raise DataError(unknown_tenure(code), code="E_TENURE")
    return known[code]


def unknown_tenure(code: str) -> str:
    """Say in French that a tenure is unknown, and name the nearest one.

    Examples
    --------
    >>> unknown_tenure("PLSA")
    'statut inconnu « PLSA ». Vouliez-vous « PSLA » ?'
    >>> unknown_tenure("???")[-60:]
    'Statuts : PLAI, PLUS, PLS, PSLA, BRS, SCIAPP, VEFA ou LIBRE.'
    """
    near = did_you_mean(code.strip(), ORDER, likeness=LIKENESS)
    hint = near or f"Statuts : {join_fr(ORDER, 'ou')}."
    return f"statut inconnu « {code} ». {hint}"


def read_tenures(baremes: Baremes) -> Mapping[str, Tenure]:
    """Read the catalogue from the tables of a folder.

    Raises
    ------
    DataError
        If a tenure is missing, unknown or twice there, or has an unknown family or kind
        (``E_TENURE``).
    """
    table = baremes.table(TABLE)
    faults = Faults(table.file)
    found = [_tenure(row, faults) for row in table.rows]
    codes = [item.code for item in found]
    if sorted(codes) != sorted(ORDER):
        why = f"statuts lus : {join_fr(codes)}."
        faults.add("", why, f"Attendus, une fois chacun : {join_fr(ORDER)}.")
    faults.raise_if_any(code="E_TENURE")
    by_code = {item.code: item for item in found}
    return MappingProxyType({code: by_code[code] for code in ORDER})


@lru_cache(maxsize=1)
def _default() -> Mapping[str, Tenure]:
    return read_tenures(load_baremes())


def _tenure(row: Row, faults: Faults) -> Tenure:
    cells = row.cells
    for column, allowed in (("family", get_args(Family)), ("kind", get_args(Kind))):
        if cells.get(column) not in allowed:
            why = f"{column} inconnu « {cells.get(column, '')} »."
            faults.add(f"ligne {row.line}", why, f"Valeurs possibles : {join_fr(allowed)}.")
    return Tenure(
        code=cells.get("tenure", ""),
        label=cells.get("label_fr", ""),
        family=cast("Family", cells.get("family", "")),
        kind=cast("Kind", cells.get("kind", "")),
        owner_of_land=cells.get("owner_of_land", ""),
        owner_of_building=cells.get("owner_of_building", ""),
        household_pays=cells.get("household_pays", ""),
        income_product=cells.get("income_ceiling_product", ""),
        rent_product=cells.get("rent_cap_product", ""),
        price_product=cells.get("price_cap_product", ""),
        vat_product=cells.get("vat_product", ""),
        vat_product_qpv=cells.get("vat_product_qpv", ""),
        tfpb_product=cells.get("tfpb_product", ""),
        loan_product=cells.get("loan_product", ""),
        securities=cells.get("securities", ""),
        resale_rule=cells.get("resale_rule", ""),
        counts_in_sru=cells.get("counts_in_SRU", "").startswith("yes"),
        legal_reference=cells.get("legal_reference", ""),
        source=cells["source"],
        confidence=cells["confidence"],
        note=cells.get("note", ""),
    )
