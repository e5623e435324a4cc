"""Dated, sourced values: one key and one operation date give one fact, or a refusal.

A row is chosen by the date of the operation, never by its place in the file:

* two rows on one date, a date before the first row, an unknown key, an empty value: refused;
* after the last year known of a yearly series: its last value, projected as constant and flagged;
* a value without a date, cited from memory or contradicted by another source: flagged.

A flag is a French sentence that follows the fact into the report.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from habitat_analysis.bareme_tables import (
    CONFIDENCES,
    MEMORY,
    Baremes,
    Key,
    Row,
    Table,
    load_baremes,
)
from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.formats import date_long, date_short, join_fr

__all__ = [
    "CONFIDENCES",
    "Baremes",
    "Fact",
    "FactReader",
    "check_baremes",
    "find_fact",
    "load_baremes",
]

PRODUCT_COLUMNS: Final = ("product", "loan")  # may hold "PLAI/PLUS/PLS" or "ALL"
EVERY_PRODUCT: Final = "ALL"
CONFLICT: Final = "CONFLICT"
NEAREST_SHOWN: Final = 4
TYPE_IT: Final = "saisissez la valeur dans l'étude, ou ajoutez sa ligne sourcée à la table."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One regulated or observed value, as it holds on the date of an operation."""

    table: str  # file of data/baremes, without its suffix
    key: Key  # identifying columns of the row and what they hold
    value: float | str
    unit: str
    valid_from: date | None
    valid_to: date | None
    next_revision: date | None
    legal_reference: str
    source: str
    confidence: str  # a key of `CONFIDENCES`
    note: str
    line: int  # in the file
    flags: tuple[str, ...]  # French sentences for the report; empty if the fact is clean
    projected: bool  # last value known, carried beyond its term

    @property
    def number(self) -> float:
        """The value as a number.

        Raises
        ------
        UsageError
            If the fact is a text.
        """
        if isinstance(self.value, str):
            msg = f"{self.table}.csv, line {self.line}, holds a text: {self.value!r}."
            raise UsageError(msg)
        return self.value


class FactReader:
    """Read facts on the date of one operation and remember which were used.

    Examples
    --------
    >>> reader = FactReader(load_baremes(), on=date(2026, 11, 22))
    >>> reader.value("prets", item="index", loan="LIVRET_A", key="rate")
    0.017
    >>> [fact.table for fact in reader.used]
    ['prets']
    """

    def __init__(self, baremes: Baremes, *, on: date) -> None:
        self.baremes = baremes
        self.on = on
        self._read: dict[tuple[str, Key], Fact] = {}

    def __call__(self, table: str, /, **key: str) -> Fact:
        """Return one fact and remember it, see `find_fact`."""
        asked = (table, tuple(sorted(key.items())))
        if asked not in self._read:
            self._read[asked] = find_fact(self.baremes, table, on=self.on, **key)
        return self._read[asked]

    def value(self, table: str, /, **key: str) -> float:
        """Return the number of one fact and remember it, see `find_fact`."""
        return self(table, **key).number

    def flag(self, fact: Fact, sentence: str) -> Fact:
        """Return a fact already read with one more flag, and remember it so."""
        if sentence in fact.flags:
            return fact
        flagged = replace(fact, flags=(*fact.flags, sentence))
        self._read = {
            asked: flagged if known == fact else known for asked, known in self._read.items()
        }
        return flagged

    @property
    def used(self) -> tuple[Fact, ...]:
        """The facts read so far, each once, in the order of the files."""
        return tuple(sorted(set(self._read.values()), key=lambda fact: (fact.table, fact.line)))


def find_fact(baremes: Baremes, table: str, /, *, on: date, **key: str) -> Fact:
    """Return the one value of `key` on the date of the operation.

    A product is looked for as it is, then in the rows shared by several products
    ("PLAI/PLUS/PLS"), then in those of all ("ALL"). A column left out may hold anything,
    as long as one series answers.

    Parameters
    ----------
    baremes
        The tables.
    table
        Name of the file, without its suffix.
    on
        Date of the operation.
    **key
        Identifying columns and what they hold.

    Raises
    ------
    DataError
        Unknown or incomplete key (``E_BAREME_KEY``), date before the first row
        (``E_BAREME_BEFORE``), between two rows (``E_BAREME_GAP``) or after the end of a series
        that is not yearly (``E_BAREME_AFTER``), two rows (``E_BAREME_DUPLICATE``), no value
        (``E_BAREME_EMPTY``).
    UsageError
        If the table has no such column.

    Examples
    --------
    >>> fact = find_fact(
    ...     load_baremes(), "loyers_plafonds", on=date(2028, 5, 1), product="PLUS", zone="2")
    >>> fact.value, fact.unit, fact.flags
    (6.49, 'EUR/m2 SU/month', ('barème 2026 appliqué à une opération de 2028',))
    """
    source = baremes.table(table)
    row, projected = _row_on(source, _series(source, key), on)
    return _fact(source, row, on=on, projected=projected)


def check_baremes(baremes: Baremes, dates: Iterable[date]) -> None:
    """Check that every key of every table has at most one row on each of the dates.

    Raises
    ------
    DataError
        With every group of rows that answer together (``E_BAREME_DUPLICATE``).
    """
    days = tuple(dates)
    faults: dict[str, None] = {}  # each once, in the order of the files
    for table in baremes.tables.values():
        series: defaultdict[Key, list[Row]] = defaultdict(list)
        for row in table.rows:
            series[row.key].append(row)
        together = (_holding(rows, day) for rows in series.values() for day in days)
        faults |= {_duplicate(table, rows): None for rows in together if len(rows) > 1}
    if faults:
        raise DataError(faults, code="E_BAREME_DUPLICATE")


# --- choosing the row -----------------------------------------------------------------------


def _series(table: Table, key: Mapping[str, str]) -> tuple[Row, ...]:
    """Return the rows of the one series that answers to `key`."""
    unknown = sorted(set(key) - set(table.key_columns))
    if unknown:
        msg = f"{table.file} has no key column {unknown}: {list(table.key_columns)}."
        raise UsageError(msg)
    for shared, rows in enumerate(_candidates(table, key)):
        if rows:
            loose = PRODUCT_COLUMNS if shared else ()
            keys = {tuple(item for item in row.key if item[0] not in loose) for row in rows}
            if len(keys) > 1:
                raise DataError(_key_message(table, key, rows), code="E_BAREME_KEY")
            return rows
    raise DataError(_key_message(table, key, ()), code="E_BAREME_KEY")


def _candidates(table: Table, key: Mapping[str, str]) -> Iterator[tuple[Row, ...]]:
    """Yield the rows of the product itself, of the products that share a row, of all products."""
    products = {column: cell for column, cell in key.items() if column in PRODUCT_COLUMNS}
    plain = {column: cell for column, cell in key.items() if column not in products}
    rows = [row for row in table.rows if all(row.cells[c] == cell for c, cell in plain.items())]
    yield tuple(row for row in rows if all(row.cells[c] == p for c, p in products.items()))
    yield tuple(
        row for row in rows if all(p in row.cells[c].split("/") for c, p in products.items())
    )
    yield tuple(row for row in rows if all(row.cells[c] == EVERY_PRODUCT for c in products))


def _row_on(table: Table, rows: tuple[Row, ...], on: date) -> tuple[Row, bool]:
    """Return the row of a series on a date, and whether it is carried beyond its term."""
    holding = _holding(rows, on)
    if not holding:
        last_day = max(row.valid_to or date.max for row in rows)
        holding = [row for row in rows if row.valid_to == last_day and on > last_day]
        if not holding or not holding[0].is_yearly:
            raise _no_row(table, rows, on)
    if len(holding) > 1:
        raise DataError(_duplicate(table, holding), code="E_BAREME_DUPLICATE")
    row = holding[0]
    revised = row.next_revision is not None and on >= row.next_revision
    return row, revised or not row.holds_on(on)


def _holding(rows: Iterable[Row], day: date) -> list[Row]:
    return [row for row in rows if row.holds_on(day)]


def _fact(table: Table, row: Row, *, on: date, projected: bool) -> Fact:
    if row.value is None:
        where = f"{table.file}, ligne {row.line} ({_words(row.key)})"
        msg = f"{where} : valeur absente : à saisir dans l'étude."
        raise DataError(msg, code="E_BAREME_EMPTY")
    cells = row.cells
    return Fact(
        table=table.name,
        key=row.key,
        value=row.value,
        unit=cells.get("unit", ""),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        next_revision=row.next_revision,
        legal_reference=cells.get("legal_reference", ""),
        source=cells["source"],
        confidence=cells["confidence"],
        note=cells.get("note", ""),
        line=row.line,
        flags=tuple(_flags(row, on=on, projected=projected)),
        projected=projected,
    )


def _flags(row: Row, *, on: date, projected: bool) -> Iterator[str]:
    """Yield what a reader must know before trusting the value."""
    if projected:
        yield _projection(row, on)
    if row.valid_from is None:
        yield "date d'entrée en vigueur inconnue"
    if row.cells["confidence"] == MEMORY:
        yield "valeur citée de mémoire, non vérifiée"
    if CONFLICT in row.cells.get("note", ""):
        yield "sources contradictoires, voir la note de la valeur"


def _projection(row: Row, on: date) -> str:
    year, start = row.cells.get("year", ""), row.valid_from
    shown = year if year.isdecimal() else str(start.year) if start else ""
    if not shown:
        return f"barème non daté appliqué à une opération de {on.year}"
    if start is not None and shown == str(on.year):
        return f"barème du {date_short(start)} appliqué à une opération du {date_short(on)}"
    return f"barème {shown} appliqué à une opération de {on.year}"


# --- refusing in French ---------------------------------------------------------------------


def _no_row(table: Table, rows: tuple[Row, ...], on: date) -> DataError:
    """Say why no row of a series holds on a date: too early, too late, or between two."""
    what = f"{table.file} : {_words(rows[0].key)} :"
    first = min(row.valid_from or date.min for row in rows)
    last = max(row.valid_to or date.max for row in rows)
    day = f"opération du {date_long(on)}. Vérifiez cette date ; si elle est juste, {TYPE_IT}"
    if on < first:
        msg = f"{what} première valeur connue au {date_long(first)}, {day}"
        return DataError(msg, code="E_BAREME_BEFORE")
    if on > last:
        msg = f"{what} dernière valeur en vigueur jusqu'au {date_long(last)}, {day}"
        return DataError(msg, code="E_BAREME_AFTER")
    msg = f"{what} aucune valeur entre deux périodes connues, {day}"
    return DataError(msg, code="E_BAREME_GAP")


def _duplicate(table: Table, rows: Iterable[Row]) -> str:
    same = tuple(rows)
    lines = join_fr([row.line for row in same])
    what = f"plusieurs valeurs à la même date pour {_words(same[0].key)}."
    return f"{table.file}, lignes {lines} : {what} Gardez-en une, ou bornez leurs dates."


def _key_message(table: Table, key: Mapping[str, str], rows: tuple[Row, ...]) -> str:
    asked = _words(tuple(key.items()))
    known = tuple(dict.fromkeys(row.key for row in rows or table.rows))
    near = sorted(known, key=lambda other: _distance(key, other))[:NEAREST_SHOWN]
    shown = join_fr([f"« {_words(other)} »" for other in near], "ou") or "aucune"
    why = f"plusieurs valeurs répondent à « {asked} »" if rows else f"rien pour « {asked} »"
    return f"{table.file} : {why}. Clés proches : {shown}."


def _distance(key: Mapping[str, str], other: Key) -> tuple[int, float]:
    """Order known keys by the cells that differ from those asked, then by their spelling."""
    cells = dict(other)
    differing = sum(cells[column] != cell for column, cell in key.items())
    alike = difflib.SequenceMatcher(None, _words(tuple(key.items())), _words(other)).ratio()
    return differing, -alike


def _words(key: Key) -> str:
    return " ".join(cell for _, cell in key if cell)
