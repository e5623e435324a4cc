"""Taxes of an operation and of a sale: taxe d'aménagement, costs of the deed.

Flat values, abatements and rates of deeds are legal or observed values of
``data/baremes/fiscalite.csv``; the local rates are voted by the commune and the department, and
come from the study. VAT and property tax are read by `habitat_analysis.regulation`.
"""

from __future__ import annotations

from typing import Final

from habitat_analysis.baremes import EVERY_PRODUCT, Fact, FactReader
from habitat_analysis.errors import UsageError
from habitat_analysis.regulation import TAXES
from habitat_analysis.tenures import tenure

DEVELOPMENT_TAX: Final = "TAXE_AMENAGEMENT"
DEED_FEES: Final = "FRAIS_ACTE"


def development_tax(
    reader: FactReader,
    *,
    taxable_m2: float,
    product: str,
    communal_rate: float,
    departmental_rate: float,
    in_idf: bool = False,
    outdoor_places: int = 0,
) -> float:
    """Compute the taxe d'aménagement of the dwellings of one tenure.

    Parameters
    ----------
    reader
        Reader of the facts, on the date of the building permit.
    taxable_m2
        Taxable floor area of the dwellings, in m², closed parking included.
    product
        Code of the tenure: ``"PLAI"``, ``"PLUS"``, ``"PSLA"``...
    communal_rate, departmental_rate
        Rates voted, as fractions: ``0.05`` for 5 %. In Île-de-France add the regional share to the
        second one.
    in_idf
        Whether the commune is in Île-de-France, where the flat value is higher.
    outdoor_places
        Open-air parking places, taxed at a flat value each, never abated.

    Returns
    -------
    tax
        In euros. Zero for a tenure that is exempt as of right (PLAI), its places included. A
        tenure without a known abatement pays on the whole flat value, and the fact says so: local
        exemptions, and the abatement of other main homes, are not in the table.

    Raises
    ------
    DataError
        Unknown tenure (``E_TENURE``) or date before the first value (``E_BAREME_BEFORE``).
    UsageError
        If an area or a number is negative, or a rate is not a fraction.

    References
    ----------
    CGI 1635 quater D (exemption), H (flat value), I (abatement), J (parking), L and M (rates).

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> reader = FactReader(load_baremes(), on=date(2026, 11, 22))
    >>> tax = development_tax(reader, taxable_m2=70, product="PLUS", communal_rate=0.05,
    ...     departmental_rate=0.025)
    >>> round(tax, 2)
    2341.5
    """
    rates = (communal_rate, departmental_rate)
    if not (taxable_m2 >= 0 and outdoor_places >= 0 and all(0 <= rate < 1 for rate in rates)):
        msg = (
            "Expected an area and places of zero or more, and rates as fractions (0.05 for 5 %): "
            f"got taxable_m2={taxable_m2}, outdoor_places={outdoor_places}, rates={rates}."
        )
        raise UsageError(msg)
    code = tenure(product).code
    if _has_row(reader, code, "exemption") and _tax_value(reader, code, "exemption"):
        return 0.0
    base_eur = taxable_m2 * _taxed_value_m2(reader, code, in_idf=in_idf)
    if outdoor_places:
        base_eur += outdoor_places * _tax_value(reader, EVERY_PRODUCT, "outdoor_parking_place")
    return base_eur * (communal_rate + departmental_rate)


def deed_fee_rate(reader: FactReader, kind: str) -> Fact:
    """Return the costs of the deed of a sale, as a fraction of its price.

    Parameters
    ----------
    reader
        Reader of the facts.
    kind
        ``"NEUF"`` for a new dwelling, ``"BRS"`` for real rights on one, ``"ANCIEN"`` otherwise.

    Raises
    ------
    DataError
        If the table has no such kind (``E_BAREME_KEY``).

    References
    ----------
    Tariff of notaries and taxe de publicité foncière: an order of magnitude, see the source of the
    fact.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> deed_fee_rate(FactReader(load_baremes(), on=date(2026, 11, 22)), "BRS").number
    0.03
    """
    return reader(TAXES, tax=DEED_FEES, product=kind, key="rate")


def _taxed_value_m2(reader: FactReader, product: str, *, in_idf: bool) -> float:
    """Return the flat value of one m², abated if the tenure is, in euros."""
    key = "flat_value_idf" if in_idf else "flat_value_outside_idf"
    flat = reader(TAXES, tax=DEVELOPMENT_TAX, product=EVERY_PRODUCT, key=key)
    if _has_row(reader, product, "abatement"):
        return flat.number * (1 - _tax_value(reader, product, "abatement"))
    why = f"taxe d'aménagement de {product} : aucun abattement connu, valeur entière retenue"
    return reader.flag(flat, why).number


def _tax_value(reader: FactReader, product: str, key: str) -> float:
    return reader.value(TAXES, tax=DEVELOPMENT_TAX, product=product, key=key)


def _has_row(reader: FactReader, product: str, key: str) -> bool:
    """Tell whether the table knows something of a product, at whatever date."""
    rows = (row.cells for row in reader.baremes.table(TAXES).rows)
    return any(
        (cells["tax"], cells["key"]) == (DEVELOPMENT_TAX, key)
        and product in cells["product"].split("/")
        for cells in rows
    )
