"""Cells of the files of a group: pseudonyms, lists of coded words, and what may be shown of them.

A message shows a line, a pseudonym and a coded word; never a free text, which is masked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd

from habitat_analysis.columns import NEAR, likeness, plain_key
from habitat_analysis.contracts import read_table
from habitat_analysis.errors import Faults
from habitat_analysis.files import check_file, printable
from habitat_analysis.formats import join_fr, quoted, typeset
from habitat_analysis.households.group import PSEUDONYM
from habitat_analysis.households.group import first_line as first_line_of
from habitat_analysis.households.list_columns import CODED_WORD, LIST_SEPARATOR, MASKED

MAX_BYTES: Final = 4_000_000  # fifty thousand lines: no group writes more
MAX_LISTED: Final = 12  # known words named in a message
MANY_FAULTS: Final = 100  # beyond, no near word is looked for
SLIP: Final = 3  # letters that a slip of the hand adds to a word
KEY: Final = "\0"  # before a simplified word: no word is written so
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a file while it is read: where to note its faults, and whose line it is."""

    number: int
    faults: Faults
    household: str = ""  # pseudonym, once it is known to be one

    def fault(self, why: str, remedy: str) -> None:
        """Note a fault of this line."""
        whose = f", ménage {self.household}" if self.household else ""
        self.faults.add(f"ligne {self.number}{whose}", why, remedy)

    def pseudonym(self, text: str) -> Line:
        """Return the line with its pseudonym; what does not look like one is hidden and noted."""
        if PSEUDONYM.fullmatch(text):
            return replace(self, household=text)
        why = "pseudonyme non conforme." if text else "« pseudonyme » est vide."
        remedy = "Donnez un numéro tiré au sort ou une empreinte, par exemple M006, jamais un nom."
        self.fault(why, remedy)
        return self

    def member_of(self, households: Collection[str] | None) -> None:
        """Note a household that no file of households knows, where they are given."""
        if households is not None and self.household and self.household not in households:
            remedy = self.meant(self.household, households)
            self.fault(
                "ce ménage n'est ni dans menages.csv ni dans candidats.csv.",
                remedy or "Retirez la ligne, ou inscrivez le ménage.",
            )

    def words(self, text: str, column: str, known: Words | None, noun: str) -> tuple[str, ...]:
        """Read a list of coded words as `known` writes them; unknown ones are noted."""
        found = []
        for item in items(text):
            word = item if known is None else known.get(item)
            if word is None:
                assert known is not None  # noqa: S101 - the line above
                said = shown(item, known.listed, near=self.near(item, known.listed))
                self.fault(f"{quoted(column)} vaut {said}, {noun}.", self.remedy(item, known))
            else:
                found.append(word)
        return tuple(dict.fromkeys(found))

    def yes_or_no(self, text: str, column: str) -> bool | None:
        """Read oui or non; None when the cell is empty or faulty."""
        if not text:
            return None
        if text.casefold() in (*YES, *NO):
            return text.casefold() in YES
        why = f"{quoted(column)} vaut {shown(text, ('oui', 'non'))}, ni oui ni non."
        self.fault(why, "Écrivez oui, non, ou laissez la cellule vide.")
        return None

    def near(self, text: str, known: Iterable[str]) -> str:
        """Return the word probably meant, or ""; no longer looked for in a hopeless file."""
        return near_word(text, known) if len(self.faults.list) < MANY_FAULTS else ""

    def meant(self, text: str, known: Iterable[str]) -> str:
        """Ask whether a near word was meant, or say nothing."""
        near = self.near(text, known)
        return f"Vouliez-vous {quoted(near)} ?" if near else ""

    def remedy(self, text: str, known: Words) -> str:
        """Say what to write instead of an unknown word: the near one, else those accepted."""
        if any(mark in text for mark in ",/+"):
            return f"Séparez les mots d'une liste par « {LIST_SEPARATOR} »."
        listed = known.listed
        more = f"… ({len(listed)} en tout)" if len(listed) > MAX_LISTED else ""
        accepted = f"Valeurs acceptées : {', '.join(listed[:MAX_LISTED])}{more}." if listed else ""
        return self.meant(text, listed) or accepted


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a column accepts, found exactly, else case, accents and signs aside."""

    listed: tuple[str, ...]
    by_key: Mapping[str, str]

    def get(self, text: str) -> str | None:
        """Return a word as it is listed, None if unknown.

        Examples
        --------
        >>> words_of(["Bât. A"]).get("bat a"), words_of(["Bât. A"]).get("B")
        ('Bât. A', None)
        """
        return self.by_key.get(text) or self.by_key.get(f"{KEY}{plain_key(text)}")


def words_of(listed: Iterable[str], others: Mapping[str, str] = MappingProxyType({})) -> Words:
    """Gather the words of a column, and other ways of writing them (`others`: way to word)."""
    words = tuple(listed)
    written = {**{word: word for word in reversed(words)}, **others}
    keys = {f"{KEY}{plain_key(way)}": word for way, word in written.items() if plain_key(way)}
    return Words(words, {**keys, **{word: word for word in words}})


def lines_said(lines: Iterable[int]) -> str:
    """Name several lines.

    Examples
    --------
    >>> lines_said([3, 7])
    'lignes 3 et 7'
    """
    return f"lignes {join_fr([str(line) for line in lines])}"


def items(text: str) -> list[str]:
    """Split a list written ``a|b``; an empty cell is an empty list."""
    return [item for part in text.split(LIST_SEPARATOR) if (item := part.strip())]


def near_word(text: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or ""."""
    ranked = sorted(known, key=lambda word: (-likeness(text, word), word))
    return ranked[0] if ranked and likeness(text, ranked[0]) >= NEAR else ""


def shown(text: str, known: Iterable[str], *, near: str | None = None, coded: bool = True) -> str:
    """Quote a faulty coded word, or mask what may be a free text.

    Parameters
    ----------
    known
        Words of the column; one that nearly is one of them is always shown.
    near
        The near word, when it is already known.
    coded
        Whether a short word without blank is shown too; not beside a column of free text, whose
        content may have slipped here.
    """
    meant = near_word(text, known) if near is None else near
    close = bool(meant) and len(text) <= len(meant) + SLIP
    fit = coded and bool(CODED_WORD.fullmatch(text))
    return quoted(printable(text)) if fit or close else MASKED


def whole_number(text: str) -> int | None:
    """Read a whole number from 1, written in digits alone; None for anything else."""
    return int(text) if re.fullmatch(r"0*[1-9][0-9]{0,5}", text) else None
