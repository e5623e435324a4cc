"""A table with its values: written in French in a page, kept as numbers in a workbook.

A `Sheet` is what the sections of a report are made of. It shows itself in a notebook as the
`FrenchTable` it writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

import pandas as pd

from habitat_analysis import formats
from habitat_analysis.formats import NBSP, typeset
from habitat_analysis.report.tables import FrenchTable

Kind = Literal["text", "whole", "decimal", "decimal2", "share", "date", "mixed"]

DECIMALS: Final[Mapping[str, int]] = {"whole": 0, "decimal": 1, "decimal2": 2}
NOT_APPLICABLE: Final = "s. o."
NOT_APPLICABLE_NOTE: Final = "s. o. : sans objet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One value with its unit, for a column that holds several units."""

    value: float
    unit: str = ""  # "€", "%" (of a fraction), "m²", "logements"...
    decimals: int = 0

    def __str__(self) -> str:
        """Write the value with its unit."""
        if self.unit == "€":
            return formats.euros(self.value)
        if self.unit == "%":
            return formats.percent(self.value, self.decimals)
        text = formats.number(self.value, self.decimals)
        return f"{text}{NBSP}{self.unit}" if self.unit and text != formats.MISSING else text


def sum_of(eur: float) -> Quantity:
    """Hold a sum in euros, to the cent."""
    return Quantity(value=eur, unit="€")


def whole_sum(eur: float) -> Quantity:
    """Hold a sum to the euro: a rounding error reads as nothing."""
    return sum_of(float(round(eur)))


def share_of(fraction: float, decimals: int = 1) -> Quantity:
    """Hold a fraction, written as a percentage."""
    return Quantity(value=fraction, unit="%", decimals=decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet: where its values are, its title with the unit, how to write it."""

    name: str  # in the frame
    header: str
    kind: Kind = "text"  # mixed: each cell is a `Quantity` or a text
    absent: str = formats.MISSING  # what a missing value is called

    def write(self, value: Any) -> str:
        """Write one cell."""
        if isinstance(value, str | Quantity):
            return str(value)
        if value is None or pd.isna(value):
            return self.absent
        if isinstance(value, bool) or self.kind == "text":
            return ("oui" if value else "non") if isinstance(value, bool) else str(value)
        if self.kind == "share":
            return formats.percent(value)
        if self.kind == "date":
            return formats.date_short(value)
        return formats.number(value, DECIMALS[self.kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of a report."""

    name: str  # title of its sheet in a workbook, 31 characters at most
    caption: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    total: bool = False  # whether the last row is a total
    notes: tuple[str, ...] = ()

    def table(self) -> FrenchTable:
        """Write the table in French."""
        cells = [[column.write(v) for v in self.frame[column.name]] for column in self.columns]
        return FrenchTable(
            caption=self.caption,
            headers=tuple(column.header for column in self.columns),
            rows=tuple(zip(*cells, strict=True)),
            numeric=tuple(column.kind not in ("text", "date") for column in self.columns),
            total=self.total and not self.frame.empty,
            row_header=0,
            notes=self.notes,
        )

    def with_caption(self, caption: str) -> Sheet:
        """Return the same table under another caption."""
        return replace(self, caption=typeset(caption))

    def __repr__(self) -> str:
        """Write the table as text: a notebook compares it."""
        return repr(self.table())

    def _repr_html_(self) -> str:
        return str(self.table()._repr_html_())


def sheet(
    name: str,
    caption: str,
    rows: Sequence[Mapping[Any, Any]] | pd.DataFrame,
    columns: Sequence[Column],
    *,
    total: bool = False,
    notes: Sequence[str] = (),
) -> Sheet:
    """Make a sheet; captions, headers and notes typed with plain spaces are typeset.

    Parameters
    ----------
    name
        Title in a workbook.
    caption
        What the table says, with HT or TTC.
    rows
        One row a line; a missing key is a missing value.
    columns
        In the order of reading, the first names the rows.
    total
        Whether the last row is a total.
    notes
        Sentences under the table.

    Examples
    --------
    >>> columns = [Column(name="who", header="Statut"), Column(name="n", header="Lots",
    ...     kind="whole")]
    >>> sheet("lots", "Lots par statut", [{"who": "PLUS", "n": 7}, {"who": "BRS"}], columns)
    Lots par statut
    Statut   Lots
    ──────  ─────
    PLUS        7
    BRS     n. d.
    """
    names = [column.name for column in columns]
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    titled = tuple(replace(column, header=typeset(column.header)) for column in columns)
    return Sheet(
        name=name,
        caption=typeset(caption),
        columns=titled,
        frame=frame.reindex(columns=names).reset_index(drop=True),
        total=total,
        notes=tuple(typeset(note) for note in notes),
    )


def facts_sheet(
    name: str, caption: str, facts: Mapping[str, Any], *, notes: Sequence[str] = ()
) -> Sheet:
    """Make a sheet of two columns: what, and its value with its unit."""
    rows = [{"what": typeset(what), "value": cell(value)} for what, value in facts.items()]
    columns = [Column(name="what", header="Élément"), Column(name="value", header="Valeur")]
    return sheet(name, caption, rows, columns, notes=notes)


def cell(value: Any) -> Any:
    """Prepare one value of a mixed column: numbers keep their unit, the rest becomes text."""
    if isinstance(value, Quantity | str):
        return value
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return formats.date_short(value)
    return formats.MISSING if value is None or pd.isna(value) else Quantity(value=float(value))


def counted(n: float, singular: str, plural: str | None = None) -> Quantity:
    """Make a quantity of things, agreed as French does.

    Examples
    --------
    >>> str(counted(1, "logement")).replace(NBSP, " "), str(counted(3, "place")).replace(NBSP, " ")
    ('1 logement', '3 places')
    """
    several = abs(n) >= 2
    decimals = 0 if float(n).is_integer() else 1
    unit = (plural or f"{singular}s") if several else singular
    return Quantity(value=float(n), unit=unit, decimals=decimals)
