"""The files of ``data/baremes``, read and typed: the door of every dated value.

One CSV file a table, one row a value. The identifying columns of a row are all but `NOT_KEY`:
they are its key, and the rows of one key are a series in time. What a key answers on a given date
is `habitat_analysis.baremes`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from habitat_analysis.errors import DataError, Faults
from habitat_analysis.files import DATA_DIR, read_text
from habitat_analysis.formats import join_fr

BAREMES_DIR: Final = DATA_DIR / "baremes"
DATES: Final = ("valid_from", "valid_to", "next_revision")
PROVENANCE: Final = ("legal_reference", "source", "confidence", "note")
REQUIRED: Final = ("source", "confidence")
NOT_KEY: Final = frozenset({"year", "value", "unit", "income_tested", *DATES, *PROVENANCE})
MEMORY: Final = "from-memory-unverified"
CONFIDENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "official-dataset": "texte ou jeu de données officiel",
        "quoted-by-secondary": "cité par un tiers",
        "derived-by-rule": "calculé selon la règle",
        MEMORY: "de mémoire, non vérifié",
    }
)
TEXT: Final = "text"
LEAP_YEAR_DAYS: Final = 366

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table, read and typed, not yet tied to the date of an operation."""

    line: int  # in the file
    key: Key  # identifying columns and what they hold
    cells: Mapping[str, str]  # every column, as written
    value: float | str | None  # None: the source has no value
    valid_from: date | None
    valid_to: date | None
    next_revision: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether `day` is within the validity of the row, both ends included."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    @property
    def is_yearly(self) -> bool:
        """Whether another value comes every year: stated, or seen from its length."""
        if self.next_revision is not None:
            return True
        if self.valid_from is None or self.valid_to is None:
            return False
        return (self.valid_to - self.valid_from).days < LEAP_YEAR_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One file of ``data/baremes``."""

    name: str
    key_columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def file(self) -> str:
        """Name of the file, for messages."""
        return f"{self.name}.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baremes:
    """Every table of a folder."""

    folder: Path
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """Return a table by the name of its file.

        Raises
        ------
        DataError
            If the folder has no such file (``E_BAREME_TABLE``).
        """
        if name not in self.tables:
            known = join_fr(sorted(self.tables))
            msg = f"{self.folder.name}/{name}.csv : table absente. Tables présentes : {known}."
            raise DataError(msg, code="E_BAREME_TABLE")
        return self.tables[name]


def load_baremes(folder: Path | None = None) -> Baremes:
    """Read every table of a folder, and refuse it with all its faults if one cannot be read.

    Parameters
    ----------
    folder
        Folder of CSV files; by default ``data/baremes``, read once.

    Raises
    ------
    DataError
        If the folder is empty or a file is not what it should be: every fault, named by file
        and line (``E_BAREME_FILE``).

    Examples
    --------
    >>> len(load_baremes().table("tenures").rows)
    8
    """
    return _default() if folder is None else _read_folder(folder)


@lru_cache(maxsize=1)
def _default() -> Baremes:
    return _read_folder(BAREMES_DIR)


def _read_folder(folder: Path) -> Baremes:
    files = sorted(folder.glob("*.csv"))
    if not files:
        msg = f"{folder.name} : aucune table de barème (*.csv) dans ce dossier."
        raise DataError(msg, code="E_BAREME_FILE")
    tables: dict[str, Table] = {}
    refused: list[str] = []
    for path in files:
        try:
            tables[path.stem] = _read_table(path)
        except DataError as error:
            refused += error.faults
    if refused:
        raise DataError(refused, code="E_BAREME_FILE")
    return Baremes(folder=folder, tables=MappingProxyType(tables))


def _read_table(path: Path) -> Table:
    faults = Faults(path.name)
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = tuple(column.strip() for column in next(reader, []))
    missing = [column for column in REQUIRED if column not in header]
    if missing or len(set(header)) != len(header):
        why = f"colonnes absentes ({join_fr(missing)})." if missing else "une colonne est double."
        faults.add("ligne 1", why, "Séparateur attendu : la virgule.")
        faults.raise_if_any()
    columns = tuple(column for column in header if column not in NOT_KEY)
    rows: list[Row] = []
    line = reader.line_num + 1
    for cells in reader:
        if cells and len(cells) != len(header):
            faults.add(f"ligne {line}", f"{len(cells)} cellules pour {len(header)} colonnes.")
        elif cells:
            record = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            rows.append(_read_row(record, columns, line=line, faults=faults))
        line = reader.line_num + 1
    faults.raise_if_any()
    return Table(name=path.stem, key_columns=columns, rows=tuple(rows))


def _read_row(cells: dict[str, str], columns: tuple[str, ...], *, line: int, faults: Faults) -> Row:
    where = f"ligne {line}"
    dates = {name: _read_date(cells.get(name, ""), name, where, faults) for name in DATES}
    start, end = dates["valid_from"], dates["valid_to"]
    if start and end and start > end:
        faults.add(where, f"valid_from ({start}) est après valid_to ({end}).")
    if cells["confidence"] not in CONFIDENCES:
        why = f"confidence inconnue « {cells['confidence']} »."
        faults.add(where, why, f"Valeurs possibles : {join_fr(list(CONFIDENCES))}.")
    return Row(
        line=line,
        key=tuple((column, cells[column]) for column in columns),
        cells=MappingProxyType(cells),
        value=_read_value(cells, where, faults),
        valid_from=start,
        valid_to=end,
        next_revision=dates["next_revision"],
    )


def _read_value(cells: Mapping[str, str], where: str, faults: Faults) -> float | str | None:
    text = cells.get("value", "")
    if not text:
        return None
    if cells.get("unit") == TEXT:
        return text
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        faults.add(where, f"valeur illisible « {text} ».", "Écrivez un nombre, avec un point.")
    return value


def _read_date(text: str, column: str, where: str, faults: Faults) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add(where, f"{column} illisible « {text} ».", "Écrivez la date AAAA-MM-JJ.")
        return None
