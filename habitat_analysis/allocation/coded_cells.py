"""Cells of the files of a group: pseudonyms, lists of coded words, and what may be shown of them.

A message shows a line, a pseudonym and a coded word; never a free text, which is masked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from habitat_analysis.columns import NEAR, likeness, plain_key
from habitat_analysis.contracts import read_table
from habitat_analysis.errors import Faults
from habitat_analysis.files import check_file, printable
from habitat_analysis.formats import join_fr, quoted, typeset
from habitat_analysis.households.group import CODED_WORD, LIST_SEPARATOR, MASKED, PSEUDONYM
from habitat_analysis.households.group import first_line as first_line_of

MAX_BYTES: Final = 4_000_000  # fifty thousand lines: no group writes more
MAX_LISTED: Final = 12  # known words named in a message
YES: Final = ("oui", "o", "vrai", "true", "1")
NO: Final = ("non", "n", "faux", "false", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """A file of the group as text: one row a line of the file, its name and what was left out."""

    table: pd.DataFrame
    notes: tuple[str, ...]
    file: str

    def rows(self) -> Iterable[tuple[int, Mapping[str, str]]]:
        """Give each line with its cells by French column."""
        for line, row in zip(self.table.index, self.table.to_dict("records"), strict=True):
            yield int(line), {str(column): str(cell) for column, cell in row.items()}


def read_cells(path: Path | str, required: Sequence[str], optional: Sequence[str] = ()) -> Cells:
    """Read a small table of the group as text, each of its columns present.

    Raises
    ------
    DataError
        If it is no table of this shape (``E_TABLE``), or no such file (``E_FILE``).
    """
    raw = read_table(check_file(path, max_bytes=MAX_BYTES), required=required, optional=optional)
    table = raw.reindex(columns=[*required, *optional], fill_value="")
    return Cells(table=table, notes=tuple(raw.attrs["notes"]), file=str(raw.attrs["file"]))


def refuse(faults: Faults, code: str) -> None:
    """Refuse a file with all its faults, in the order of its lines.

    Raises
    ------
    DataError
        Under this code, if there is any fault.
    """
    faults.list[:] = [typeset(fault) for fault in sorted(faults.list, key=first_line_of)]
    faults.raise_if_any(code=code)


def place(line: int, household: str = "") -> str:
    """Name a line, and its household when the pseudonym can be shown."""
    return f"ligne {line}, ménage {household}" if household else f"ligne {line}"


def lines_said(lines: Iterable[int]) -> str:
    """Name several lines.

    Examples
    --------
    >>> lines_said([3, 7])
    'lignes 3 et 7'
    """
    return f"lignes {join_fr([str(line) for line in lines])}"


def pseudonym(text: str, line: int, faults: Faults) -> str:
    """Return the pseudonym of a line, or "" with a fault: what does not look like one is hidden."""
    if PSEUDONYM.fullmatch(text):
        return text
    why = "pseudonyme non conforme." if text else "« pseudonyme » est vide."
    remedy = "Donnez un numéro tiré au sort ou une empreinte, par exemple M006, jamais un nom."
    faults.add(place(line), why, remedy)
    return ""


def items(text: str) -> list[str]:
    """Split a list written ``a|b``; an empty cell is an empty list."""
    return [item for part in text.split(LIST_SEPARATOR) if (item := part.strip())]


def known_word(text: str, known: Iterable[str]) -> str | None:
    """Return a word as `known` writes it: exactly, else case and accents aside; None if unknown."""
    words = list(known)
    if text in words:
        return text
    key = plain_key(text)
    return next((word for word in words if key and plain_key(word) == key), None)


def near_word(text: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or ""."""
    ranked = sorted(known, key=lambda word: (-likeness(text, word), word))
    return ranked[0] if ranked and likeness(text, ranked[0]) >= NEAR else ""


def shown(text: str, known: Iterable[str], *, beside_free_text: bool = False) -> str:
    """Quote a faulty coded word, or mask what may be a free text.

    Parameters
    ----------
    known
        Words of the column; one that nearly is one of them is always shown.
    beside_free_text
        The next column holds a free text that may have slipped here: only near words are shown.
    """
    coded = bool(CODED_WORD.fullmatch(text)) and not beside_free_text
    near = near_word(text, known)
    close = bool(near) and len(text) <= 2 * len(near)
    return quoted(printable(text)) if coded or close else MASKED


def suggestion(text: str, known: Collection[str], noun: str) -> str:
    """Say what to write instead of an unknown word: the near one, else the words of the column."""
    if near := near_word(text, known):
        return f"Vouliez-vous {quoted(near)} ?"
    if not known:
        return ""
    words = list(known)
    more = f"… ({len(words)} en tout)" if len(words) > MAX_LISTED else ""
    return f"{noun} : {', '.join(words[:MAX_LISTED])}{more}."


def yes_or_no(text: str, column: str, line: int, household: str, faults: Faults) -> bool | None:
    """Read oui or non; None when the cell is empty or faulty, a faulty one being noted."""
    if not text:
        return None
    if text.casefold() in (*YES, *NO):
        return text.casefold() in YES
    why = f"{quoted(column)} vaut {shown(text, ('oui', 'non'))}, ni oui ni non."
    faults.add(place(line, household), why, "Écrivez oui, non, ou laissez la cellule vide.")
    return None


def whole_number(text: str) -> int | None:
    """Read a whole number from 1, written in digits alone; None for anything else."""
    return int(text) if re.fullmatch(r"0*[1-9][0-9]{0,5}", text) else None
