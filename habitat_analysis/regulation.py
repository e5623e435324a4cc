"""The regulated values of an operation, by name: rates, caps, ceilings, durations, taxes.

Each function reads the tables through a `FactReader`, which remembers the facts for the report.
One row gives a `Fact`; several rows give the number made of them. Which zoning scheme a product
follows is read from the tables, like the values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from habitat_analysis.bareme_tables import Row
from habitat_analysis.baremes import EVERY_PRODUCT, Fact, FactReader
from habitat_analysis.errors import DataError
from habitat_analysis.formats import date_long
from habitat_analysis.tenures import Tenure

RENTS: Final = "loyers_plafonds"
PRICES: Final = "prix_plafonds"
INCOMES: Final = "plafonds_ressources"
LOANS: Final = "prets"
TAXES: Final = "fiscalite"
FORMS: Final = "formes_juridiques"
RESIDENTS_COMPANIES: Final = "ALL_L200"  # residents' companies, CCH L200-1 s.
EXTRA_PERSON: Final = "+1 person"
OPEN_ENDED: Final = "and more"
ZONE_NAMES: Final[Mapping[str, str]] = {
    "ABC": "zone ABC",
    "zone_123": "zone 1 / 2 / 3",
    "paris_idf_regions": "zone des plafonds de ressources",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeTable:
    """Income ceilings of one product and zone, in euros a year."""

    values: tuple[float, ...]  # category or number of persons 1, 2, 3...
    extra: float  # for each person beyond the last one; 0 when the last one is open-ended


def livret_a(reader: FactReader) -> Fact:
    """Return the rate of the Livret A, per year, as a fraction."""
    return reader(LOANS, item="index", loan="LIVRET_A", key="rate")


def loan_rate(reader: FactReader, product: str) -> float:
    """Return the rate of a regulated loan, Livret A plus its margin, per year, as a fraction.

    Examples
    --------
    >>> from habitat_analysis.baremes import load_baremes
    >>> round(loan_rate(FactReader(load_baremes(), on=date(2026, 11, 22)), "PLUS"), 4)
    0.023
    """
    margin = reader.value(LOANS, item="loan", loan=product, key="margin_over_livret_a")
    return livret_a(reader).number + margin


def building_loan_years(reader: FactReader, product: str) -> Fact:
    """Return the longest duration of the loan on the building, in years."""
    keys = _values(reader, LOANS, "key", item="loan", loan=product)
    key = "duration_building_max" if "duration_building_max" in keys else "duration_max"
    return reader(LOANS, item="loan", loan=product, key=key)


def land_loan_years(reader: FactReader, product: str, abc: str) -> Fact:
    """Return the longest duration of the loan on the land in an ABC zone, in years."""
    key = "duration_land_max"
    zones = _values(reader, LOANS, "zone", item="loan", loan=product, key=key)
    everywhere = zones == {""}
    return reader(LOANS, item="loan", loan=product, key=key, zone="" if everywhere else abc)


def rent_cap_m2_month(
    reader: FactReader, product: str, *, abc: str | None = None, zone_123: str | None = None
) -> Fact:
    """Return the cap of rent before the structure coefficient, in euros per m2 of SU and month.

    Raises
    ------
    DataError
        If the zone of the scheme which the product follows is not given (``E_BAREME_ZONE``), or
        as `find_fact`.
    """
    return _in_zone(reader, RENTS, product, {"ABC": abc, "zone_123": zone_123})


def structure_constants(reader: FactReader, product: str = "PLUS") -> tuple[float, float]:
    """Return the constants of the structure coefficient: its base, and its m2 per dwelling.

    CS = base * (1 + m2 per dwelling * N / SU), see ``docs/model.md`` 3.2.
    """
    base, per_dwelling = (
        reader.value(RENTS, product=product, zone_scheme="formula", zone=constant)
        for constant in ("cs_base", "cs_factor_n")
    )
    return base, per_dwelling


def price_cap_m2_su(reader: FactReader, product: str, abc: str) -> Fact:
    """Return the cap of the sale price, in euros without VAT per m2 of SU for accession."""
    return _in_zone(reader, PRICES, product, {"ABC": abc})


def income_table(
    reader: FactReader, product: str, *, abc: str | None = None, ressources: str | None = None
) -> IncomeTable:
    """Return the income ceilings of a product where the operation is.

    Parameters
    ----------
    reader
        Reader of the facts.
    product
        A product of the table ``plafonds_ressources``.
    abc, ressources
        Zones of the commune; the product needs one of them.

    Raises
    ------
    DataError
        If the zone needed is not given (``E_BAREME_ZONE``), if a size of household is missing
        from the table (``E_BAREME_EMPTY``), or as `find_fact`.
    """
    scheme, zone = _zone(reader, INCOMES, product, {"ABC": abc, "paris_idf_regions": ressources})
    place = {"product": product, "zone_scheme": scheme, "zone": zone}
    categories = _values(reader, INCOMES, "category", **place)
    if not categories:
        reader(INCOMES, **place)  # refuses, with the nearest keys
    sizes = {int(text[0]): name for name in categories if (text := re.match(r"\d+", name))}
    open_ended = any(name.endswith(OPEN_ENDED) for name in sizes.values())
    complete = sorted(sizes) == list(range(1, len(sizes) + 1))
    if not complete or not (open_ended or EXTRA_PERSON in categories):
        msg = (
            f"{INCOMES}.csv : plafonds de {product} en zone {zone} incomplets (tailles de ménage "
            f"absentes) : à saisir dans l'étude, ou à compléter dans la table."
        )
        raise DataError(msg, code="E_BAREME_EMPTY")
    values = tuple(reader.value(INCOMES, category=sizes[n], **place) for n in sorted(sizes))
    extra = 0.0 if open_ended else reader.value(INCOMES, category=EXTRA_PERSON, **place)
    return IncomeTable(values=values, extra=extra)


def vat_rate(reader: FactReader, tenure: Tenure, *, qpv: bool = False) -> Fact:
    """Return the VAT rate of a tenure, as a fraction; `qpv` if in a priority neighbourhood."""
    product = (tenure.vat_product_qpv if qpv else "") or tenure.vat_product
    return reader(TAXES, tax="TVA", product=product, key="rate")


def tfpb_exemption_years(reader: FactReader, tenure: Tenure) -> Fact | None:
    """Return for how many years a tenure is exempt from property tax.

    Where the long exemption has ended on the date of the operation, the base one is returned,
    with a flag. ``None`` means that the tables know no exemption for this tenure.
    """
    product = tenure.tfpb_product
    keys = _values(reader, TAXES, "key", tax="TFPB", product=product)
    if "exemption_years" not in keys:
        return None
    try:
        return reader(TAXES, tax="TFPB", product=product, key="exemption_years")
    except DataError as error:
        if error.code != "E_BAREME_AFTER" or "exemption_years_base" not in keys:
            raise
    base = reader(TAXES, tax="TFPB", product=product, key="exemption_years_base")
    return reader.flag(base, _long_exemption_ended(reader, product))


def _long_exemption_ended(reader: FactReader, product: str) -> str:
    rows = _rows(reader, TAXES, tax="TFPB", product=product, key="exemption_years")
    last = max(rows, key=lambda row: row.valid_to or date.max)
    until = f"jusqu'au {date_long(last.valid_to)}"
    return f"exonération de {last.cells['value']} ans connue {until}, durée de base retenue"


def _in_zone(reader: FactReader, table: str, product: str, zones: Mapping[str, str | None]) -> Fact:
    scheme, zone = _zone(reader, table, product, zones)
    return reader(table, product=product, zone_scheme=scheme, zone=zone)


def _zone(
    reader: FactReader, table: str, product: str, zones: Mapping[str, str | None]
) -> tuple[str, str]:
    """Return the zoning scheme which a product follows in a table, and the zone in it."""
    followed = _values(reader, table, "zone_scheme", product=product)
    schemes = [scheme for scheme in zones if scheme in followed]
    if not schemes:
        reader(table, product=product, zone_scheme=next(iter(zones)))  # refuses: no such key
    given = [(scheme, zone) for scheme in schemes if (zone := zones[scheme])]
    if not given:
        name = ZONE_NAMES[schemes[0]]
        msg = (
            f"{name} de la commune absente : les valeurs de {product} en dépendent. "
            f"Saisissez-la dans l'étude."
        )
        raise DataError(msg, code="E_BAREME_ZONE")
    return given[0]


def legal_persons_cap(reader: FactReader) -> Fact:
    """Return the most of the capital or of the votes that legal persons hold (CCH L200-3)."""
    subject = "share of capital or votes of all legal persons together"
    return reader(FORMS, form=RESIDENTS_COMPANIES, legal_persons_cap=subject)


def proportional_dwellings(reader: FactReader) -> Fact:
    """Return the rule that ties the dwellings of an Hlm body to its capital (CCH L200-4)."""
    subject = "dwellings held by an Hlm body are in proportion to its share of capital"
    return reader(FORMS, form=RESIDENTS_COMPANIES, household_right=subject)


def legal_form(reader: FactReader, code: str) -> Row:
    """Return the row that describes a legal form: it holds no value.

    Raises
    ------
    DataError
        If the table has no such form (``E_LEGAL_FORM``).
    """
    rows = reader.baremes.table(FORMS).rows
    found = [row for row in rows if code in row.cells["form"].split(" / ") and row.value is None]
    if not found:
        msg = f"{FORMS}.csv : forme juridique « {code} » absente. Ajoutez sa ligne sourcée."
        raise DataError(msg, code="E_LEGAL_FORM")
    return found[0]


def caps_legal_persons(form: Row) -> bool:
    """Whether CCH L200-3 and L200-4 apply to a legal form: its row quotes the cap."""
    return bool(form.cells["legal_persons_cap"])


def _values(reader: FactReader, table: str, column: str, **key: str) -> set[str]:
    """Return what a column holds over the rows of a partial key."""
    return {row.cells[column] for row in _rows(reader, table, **key)}


def _rows(reader: FactReader, table: str, **key: str) -> list[Row]:
    rows = reader.baremes.table(table).rows
    return [row for row in rows if all(_answers(row.cells[c], v) for c, v in key.items())]


def _answers(cell: str, asked: str) -> bool:
    return cell in (asked, EVERY_PRODUCT) or asked in cell.split("/")
