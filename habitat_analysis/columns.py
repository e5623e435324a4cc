"""One column of a table at the door: its text cells become numbers, dates, codes or choices.

Each converter returns a typed column on the same index, missing where a cell is faulty, and notes
every faulty cell (line, label, column, value, why, what to do) in the `Faults` of the file.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from habitat_analysis.errors import Faults
from habitat_analysis.files import printable
from habitat_analysis.formats import count, number, quoted

NEAR: Final = 0.6  # likeness from which a word may have been meant for another

_THIN: Final = " \u00a0\u202f\u2009"
_NUMBER: Final = re.compile(
    rf"[+\-\u2212]?(?:\d{{1,3}}(?:[{_THIN}]\d{{3}})+|\d+|(?=[.,]\d))(?:[.,]\d*)?(?:[eE][+-]?\d{{1,3}})?"
)
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_DATE: Final = (
    r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})|(?P<d2>\d{1,2})/(?P<m2>\d{1,2})/(?P<y2>\d{4})"
)
_YES: Final = ("oui", "o", "vrai", "true", "1")
_NO: Final = ("non", "n", "faux", "false", "0")


def to_number(
    cells: pd.Series,
    faults: Faults,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    required: bool = True,
    labels: pd.Series | None = None,
    private: bool = False,
) -> pd.Series:
    """Read numbers written ``1234.5``, ``1234,5`` or ``1 234,5``.

    Parameters
    ----------
    cells
        Text cells of one column, indexed by line; the series' name is the column's.
    faults
        Collector of the file.
    minimum, maximum
        Bounds, themselves allowed.
    required
        An empty cell is a fault; otherwise it is NaN.
    labels
        What to call a line besides its number ("ménage M006"), same index.
    private
        Never show the value in a message (incomes, ages).

    Returns
    -------
    numbers
        Floats, same index; NaN where the cell is faulty.

    Examples
    --------
    >>> to_number(pd.Series(["1 234,5", "2.5", ""]), Faults("x"), required=False).tolist()
    [1234.5, 2.5, nan]
    """
    text = _text(cells)
    door = _Door(cells, faults, labels, private)
    if required:
        door.refuse_empty(text)
    readable = text.where(text.str.fullmatch(_NUMBER), "")
    plain = readable.str.replace(f"[{_THIN}]", "", regex=True)
    plain = plain.str.replace("\u2212", "-").str.replace(",", ".")
    values = pd.to_numeric(plain, errors="coerce").astype(float)
    finite = pd.Series(np.isfinite(values), index=cells.index)
    remedy = "Écrivez par exemple 1234,5, sans unité."
    door.refuse(text.ne("") & ~finite, "qui n'est pas un nombre", remedy)
    low = values < (-np.inf if minimum is None else minimum)
    high = values > (np.inf if maximum is None else maximum)
    remedy = "Corrigez la valeur ou son unité."
    door.refuse(finite & low, f"moins que le minimum ({_plain(minimum)})", remedy)
    door.refuse(finite & high, f"plus que le maximum ({_plain(maximum)})", remedy)
    return values.where(finite & ~low & ~high)


def to_integer(
    cells: pd.Series,
    faults: Faults,
    *,
    minimum: int | None = None,
    maximum: int | None = None,
    required: bool = True,
    labels: pd.Series | None = None,
    private: bool = False,
) -> pd.Series:
    """Read whole numbers; arguments as in `to_number`.

    Returns
    -------
    integers
        Nullable integers (``Int64``).

    Examples
    --------
    >>> to_integer(pd.Series(["4", "12"]), Faults("x")).tolist()
    [4, 12]
    """
    values = to_number(
        cells,
        faults,
        minimum=minimum,
        maximum=maximum,
        required=required,
        labels=labels,
        private=private,
    )
    broken = values.notna() & ((values.mod(1) != 0) | (values.abs() >= 2**53))
    door = _Door(cells, faults, labels, private)
    door.refuse(broken, "qui n'est pas un nombre entier", "Corrigez la valeur.")
    return values.mask(broken).astype("Int64")


def to_share(
    cells: pd.Series,
    faults: Faults,
    *,
    required: bool = True,
    labels: pd.Series | None = None,
    private: bool = False,
) -> pd.Series:
    """Read fractions between 0 and 1; 25 and 25 % are refused, 0,25 is asked for.

    Examples
    --------
    >>> faults = Faults("scenario.csv")
    >>> to_share(pd.Series(["25"], index=[2], name="part"), faults).tolist(), len(faults.list)
    ([nan], 1)
    """
    text = _text(cells)
    digits = text.str.replace(r"\s*%$", "", regex=True).rename(str(cells.name))
    values = to_number(digits, faults, required=required, labels=labels, private=private)
    percents = text.str.endswith("%")
    wrong = values.notna() & (percents | (values < 0) | (values > 1))
    door = _Door(cells, faults, labels, private)
    for line in cells.index[wrong]:
        meant = 0 < values[line] <= 100 and not private
        hint = f"Vouliez-vous écrire {_plain(values[line] / 100)} ?" if meant else ""
        door.refuse_line(line, "qui n'est pas une part (valeur entre 0 et 1)", hint)
    return values.mask(wrong)


def to_date(
    cells: pd.Series,
    faults: Faults,
    *,
    required: bool = True,
    labels: pd.Series | None = None,
    private: bool = False,
) -> pd.Series:
    """Read dates written ``2026-04-03`` or ``03/04/2026`` (day first, always).

    Returns
    -------
    dates
        ``datetime64[s]``; NaT where the cell is empty or faulty.

    Examples
    --------
    >>> to_date(pd.Series(["03/04/2026"]), Faults("x")).dt.month.tolist()
    [4]
    """
    text = _text(cells)
    door = _Door(cells, faults, labels, private)
    if required:
        door.refuse_empty(text)
    part = text.str.extract(f"^(?:{_DATE})$").fillna("")
    iso = part["y"] + part["y2"] + "-" + part["m"] + part["m2"] + "-" + part["d"] + part["d2"]
    dates = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    remedy = "Écrivez 31/12/2026 ou 2026-12-31."
    door.refuse(text.ne("") & dates.isna(), "qui n'est pas une date du calendrier", remedy)
    return dates


def to_choice(
    cells: pd.Series,
    choices: Sequence[str],
    faults: Faults,
    *,
    noun: str = "valeur inconnue",
    required: bool = True,
    labels: pd.Series | None = None,
    private: bool = False,
) -> pd.Series:
    """Read a coded word, case and accents aside, and return it as `choices` writes it.

    Parameters
    ----------
    choices
        Words accepted.
    noun
        What an unknown word is called in the message: "statut inconnu".

    Examples
    --------
    >>> to_choice(pd.Series(["plus", "BRS"]), ["PLUS", "BRS"], Faults("x")).tolist()
    ['PLUS', 'BRS']
    """
    text = _text(cells)
    door = _Door(cells, faults, labels, private)
    if required:
        door.refuse_empty(text)
    by_key = {plain_key(choice): choice for choice in choices}
    found = text.map(lambda word: by_key.get(plain_key(word), ""))
    for line in cells.index[text.ne("") & found.eq("")]:
        hint = "" if private else suggest(text[line], choices)
        remedy = f"Valeurs acceptées : {', '.join(choices)}. {hint}".rstrip()
        door.refuse_line(line, noun, remedy)
    return found


def to_code(
    cells: pd.Series,
    faults: Faults,
    *,
    length: int | None = None,
    pattern: str | None = None,
    example: str = "",
    required: bool = True,
    unique: bool = False,
    labels: pd.Series | None = None,
) -> pd.Series:
    """Read identifiers, which stay text: leading zeros are kept.

    Parameters
    ----------
    length
        Number of characters, exactly.
    pattern
        Regular expression that the whole code must match.
    example
        A right code, shown in the messages.
    unique
        Refuse a code met twice.

    Examples
    --------
    >>> faults = Faults("parcelles.csv")
    >>> _ = to_code(pd.Series(["1.345e+19"], index=[2], name="id"), faults, length=14)
    >>> "tableur" in faults.list[0]
    True
    """
    text = _text(cells)
    door = _Door(cells, faults, labels, private=False)
    if required:
        door.refuse_empty(text)
    hint = f"Exemple attendu : {example}." if example else ""
    spoiled = text.str.fullmatch(_SCIENTIFIC) & ~_fits(text, length, pattern)
    origin = f"Reprenez le fichier d'origine, cette colonne au format texte. {hint}".rstrip()
    door.refuse(spoiled, "un code transformé en nombre par un tableur", origin)
    good = text.ne("") & ~spoiled
    short = good & text.str.len().ne(length or 0) & (length is not None)
    for line in cells.index[short]:
        why = f"qui compte {count(len(text[line]), 'caractère')} au lieu de {length}"
        door.refuse_line(line, why, f"{hint} {_lost_zero(text[line], length)}".strip())
    good &= ~short
    if pattern is not None:
        odd = good & ~text.str.fullmatch(pattern)
        door.refuse(odd, "qui n'a pas la forme d'un tel code", hint)
        good &= ~odd
    if unique:
        twice = good & text.where(good).duplicated(keep=False)
        door.refuse(twice, "un code présent plusieurs fois", "Gardez une seule ligne.")
    return text.where(good, "")


def to_bool(
    cells: pd.Series,
    faults: Faults,
    *,
    required: bool = True,
    labels: pd.Series | None = None,
    private: bool = False,
) -> pd.Series:
    """Read oui/non, vrai/faux, true/false, 1/0 as nullable booleans.

    Examples
    --------
    >>> to_bool(pd.Series(["Oui", "0"]), Faults("x")).tolist()
    [True, False]
    """
    text = _text(cells).str.casefold()
    door = _Door(cells, faults, labels, private)
    if required:
        door.refuse_empty(text)
    known = text.isin((*_YES, *_NO))
    door.refuse(text.ne("") & ~known, "ni oui ni non", "Écrivez oui ou non.")
    return text.isin(_YES).astype("boolean").where(known)


def suggest(word: str, choices: Iterable[str]) -> str:
    """Ask whether a near choice was meant, or say nothing.

    Examples
    --------
    >>> suggest("PLSA", ["PLS", "PSLA", "BRS"]).replace(chr(160), " ")
    'Vouliez-vous « PSLA » ?'
    """
    ranked = sorted(choices, key=lambda choice: (-likeness(word, choice), choice))
    near = ranked and likeness(word, ranked[0]) >= NEAR
    return f"Vouliez-vous {quoted(ranked[0])} ?" if near else ""


def likeness(one: str, other: str) -> float:
    """Compare two words, case and accents aside: from 0 to 1, swapped letters at 0.9.

    Examples
    --------
    >>> likeness("Pièces", "pieces"), likeness("PLSA", "PSLA")
    (1.0, 0.9)
    """
    a, b = plain_key(one)[:80], plain_key(other)[:80]
    same_letters = 0.9 if a and sorted(a) == sorted(b) else 0.0
    ratio = difflib.SequenceMatcher(None, a, b).ratio()
    return max(ratio, same_letters)


def plain_key(name: str) -> str:
    """Reduce a name to lower-case letters, digits and underscores, to compare names.

    Examples
    --------
    >>> plain_key(" Type d'équipement ")
    'type_d_equipement'
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.casefold()).strip("_")


@dataclass(frozen=True, slots=True)
class _Door:
    """Write the faults of one column's cells: line, label, column, value, why, what to do."""

    cells: pd.Series
    faults: Faults
    labels: pd.Series | None
    private: bool

    def refuse(self, wrong: pd.Series, why: str, remedy: str) -> None:
        for line in self.cells.index[wrong.to_numpy(dtype=bool)]:
            self.refuse_line(line, why, remedy)

    def refuse_line(self, line: Any, why: str, remedy: str) -> None:
        value = "(valeur masquée)" if self.private else quoted(printable(str(self.cells.loc[line])))
        self.faults.add(self._place(line), f"{self._column()} vaut {value}, {why}.", remedy)

    def refuse_empty(self, text: pd.Series) -> None:
        for line in text.index[text.eq("")]:
            self.faults.add(self._place(line), f"{self._column()} est vide.", "Remplissez-la.")

    def _column(self) -> str:
        return quoted(printable(str(self.cells.name)))

    def _place(self, line: Any) -> str:
        label = "" if self.labels is None else printable(str(self.labels.loc[line]))
        return f"ligne {line}, {label}" if label else f"ligne {line}"


def _text(cells: pd.Series) -> pd.Series:
    return cells.astype(object).where(cells.notna(), "").astype(str).str.strip()


def _fits(text: pd.Series, length: int | None, pattern: str | None) -> pd.Series:
    """Tell the codes that only look like 1E9: section 0E is in 920780000E0186."""
    fits = ~text.str.contains("[.,+]") if length is None else text.str.len().eq(length)
    return fits & (text.str.fullmatch(pattern) if pattern else True)


def _plain(value: float | None) -> str:
    if value is None:
        return ""
    return number(value) if float(value).is_integer() else f"{value:g}".replace(".", ",")


def _lost_zero(code: str, length: int | None) -> str:
    lost = length is not None and len(code) == length - 1 and code[:1].isdigit()
    return "Le zéro de tête a-t-il été perdu dans un tableur ?" if lost else ""
