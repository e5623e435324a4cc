"""Cells of the file of households that hold a list, written ``34|36``; what they say stays private.

Each faulty cell is noted with its line and its pseudonym; an age is never shown, and a word only
when it looks like a code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from habitat_analysis.contracts import suggest
from habitat_analysis.errors import Faults
from habitat_analysis.formats import quoted

LIST_SEPARATOR: Final = "|"
MASKED: Final = "(texte masqué)"
LONGEST_WORD: Final = 60

_CODED_WORD = re.compile(r"[A-Za-z0-9_-]{1,15}")
_WHOLE = re.compile(r"\d{1,3}")


def to_ages(
    cells: pd.Series, labels: pd.Series, faults: Faults, *, oldest: int, most: int
) -> pd.Series:
    """Read lists of ages in whole years.

    Parameters
    ----------
    cells
        Texts, named as their column in the file; indexed by line.
    labels
        What to call each line in messages.
    faults
        Where faults are noted; a faulty cell is left empty.
    oldest, most
        Largest age, and most persons in a list.
    """
    remedy = f"Écrivez des années entières de 0 à {oldest}, séparées par « {LIST_SEPARATOR} »."
    found: list[tuple[int, ...]] = []
    for line, text in cells.items():
        ages = [int(item) if _WHOLE.fullmatch(item) else -1 for item in _items(text)]
        if any(not 0 <= age <= oldest for age in ages):
            what = f"{quoted(cells.name)} contient un âge illisible ou hors des bornes."
            faults.add(place(line, labels), what, remedy)
            ages = []
        elif len(ages) > most:
            what = f"{quoted(cells.name)} compte plus de {most} personnes."
            faults.add(place(line, labels), what, remedy)
            ages = []
        found.append(tuple(ages))
    return pd.Series(found, index=cells.index, dtype=object)


def to_years(cells: pd.Series, labels: pd.Series, faults: Faults, *, longest: int) -> pd.Series:
    """Read lists of whole numbers of years, None where an item is left empty.

    Parameters
    ----------
    cells, labels, faults
        As `to_ages`.
    longest
        Most years.
    """
    remedy = (
        f"Écrivez des années entières de 0 à {longest}, séparées par « {LIST_SEPARATOR} » ; "
        "rien entre deux séparateurs quand on ne sait pas."
    )
    found: list[tuple[int | None, ...]] = []
    for line, text in cells.items():
        years = [_years(item) for item in _items(text)]
        if any(year is not None and not 0 <= year <= longest for year in years):
            what = f"{quoted(cells.name)} contient une durée illisible ou hors des bornes."
            faults.add(place(line, labels), what, remedy)
            years = []
        found.append(tuple(years))
    return pd.Series(found, index=cells.index, dtype=object)


def to_words(
    cells: pd.Series,
    labels: pd.Series,
    faults: Faults,
    *,
    known: Sequence[str] | None,
    noun: str,
) -> pd.Series:
    """Read lists of words, as `known` writes them; repeated words are kept once.

    Parameters
    ----------
    cells, labels, faults
        As `to_ages`.
    known
        Words accepted, whatever the case; None accepts any word of a reasonable length.
    noun
        What an unknown word is, in French.
    """
    by_key = {word.casefold(): word for word in known or ()}
    found: list[tuple[str, ...]] = []
    for line, text in cells.items():
        words = []
        for item in _items(text):
            free = known is None and 0 < len(item) <= LONGEST_WORD
            word = item if free else by_key.get(item.casefold())
            if word is None:
                why, remedy = _unknown(item, str(cells.name), known or (), noun)
                faults.add(place(line, labels), why, remedy)
            else:
                words.append(word)
        found.append(tuple(dict.fromkeys(words)))
    return pd.Series(found, index=cells.index, dtype=object)


def place(line: Any, labels: pd.Series) -> str:
    """Say where a fault is: the line, and the pseudonym when it is fit to show."""
    label = labels.loc[line]
    return f"ligne {line}, {label}" if label else f"ligne {line}"


def _items(text: str) -> list[str]:
    """Split a list; an empty cell is an empty list."""
    return [item.strip() for item in text.split(LIST_SEPARATOR)] if text else []


def _years(item: str) -> int | None:
    if not item:
        return None
    return int(item) if _WHOLE.fullmatch(item) else -1


def _unknown(item: str, column: str, known: Sequence[str], noun: str) -> tuple[str, str]:
    """Say that a word is unknown, masked unless it looks like a code, and what to write."""
    fit = bool(_CODED_WORD.fullmatch(item))
    why = f"{quoted(column)} vaut {quoted(item) if fit else MASKED}, {noun}."
    if not known:
        return why, "Laissez la cellule vide, ou nommez-le dans l'étude."
    hint = suggest(item, known) if fit else ""
    return why, f"Valeurs acceptées : {', '.join(known)}. {hint}".rstrip()
