"""A planner's table at the door: read as text, checked column by column, refused once for all.

`read_table` returns the cells as written, indexed by line number in the file. The converters of
`columns`, offered here too, then type one column each; they collect every faulty cell in a `Faults`
and never stop at the first. The caller ends with ``faults.raise_if_any()``.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from habitat_analysis.columns import (
    NEAR,
    likeness,
    plain_key,
    suggest,
    to_bool,
    to_choice,
    to_code,
    to_date,
    to_integer,
    to_number,
    to_share,
)
from habitat_analysis.errors import Faults
from habitat_analysis.files import printable, read_text
from habitat_analysis.formats import count, join_fr, quoted

__all__ = [
    "check_columns",
    "is_personal",
    "read_table",
    "suggest",
    "to_bool",
    "to_choice",
    "to_code",
    "to_date",
    "to_integer",
    "to_number",
    "to_share",
]

Extra = Literal["refuse", "keep", "drop"]

_SEPARATORS: Final = (",", ";", "\t")
_MAX_COLUMNS: Final = 1_000

# Columns that name or reach a person: dropped where they enter (ux.md 8). Whole names, or
# beginnings when they end with "_".
TABLE_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".gz")
_PERSONAL: Final = frozenset(
    """
    nom noms nom_ prenom prenoms prenom_ patronyme identite contact contact_
    proprietaire proprietaires proprietaire_ proprio proprio_nom occupant titulaire
    adresse adresse_ adresses rue voie code_postal
    telephone telephone_ telephones tel tel_ portable mobile fax
    email emails email_ e_mail e_mail_ mail mails mail_ courriel courriels courriel_
    naissance date_naissance date_naissance_ date_de_naissance date_de_naissance_
    lieu_naissance ne_le nee_le ne_e_le
    nir numero_nir securite_sociale numero_securite_sociale numero_fiscal iban rib
    name first_name last_name full_name address phone phone_ birth birth_ birthdate
    """.split()  # noqa: SIM905 - read as a list of words
)


def read_table(
    path: Path | str,
    *,
    required: Sequence[str] | Mapping[str, str],
    optional: Sequence[str] | Mapping[str, str] = (),
    forbidden: Sequence[str] = (),
    separator: str | None = None,
    extra: Extra = "refuse",
    personal: bool = True,
) -> pd.DataFrame:
    """Read a CSV as text cells, indexed by line number; check its shape and its columns.

    Parameters
    ----------
    path
        UTF-8 file, with or without byte order mark; ``.gz`` is unpacked within limits.
    required, optional
        Column names, compared without regard to case. A mapping also renames: keys are the names
        in the file, values those in the result.
    forbidden
        More columns to drop as personal, besides names, addresses, phones, e-mails and births.
    separator
        ``","``, ``";"`` or a tab; guessed from the header when omitted.
    extra
        What to do with columns that are neither required nor optional.
    personal
        Drop the columns that name or reach a person (those asked for are kept).

    Returns
    -------
    table
        Cells stripped of outer blanks; empty ones are ``""``. ``attrs["notes"]`` says in French
        what was left out, ``attrs["file"]`` is the file's name.

    Raises
    ------
    DataError
        With every fault of shape: header, number of values of a line, columns (``E_TABLE``).
    """
    names = _as_mapping(required), _as_mapping(optional)
    asked = {**names[0], **names[1]}
    faults = Faults(Path(path).name)
    text = read_text(path)
    suffix = Path(path).suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        listed = ", ".join(TABLE_SUFFIXES)
        faults.add("", f"suffixe « {suffix} » inattendu pour un tableau.", f"Acceptés : {listed}.")
        faults.raise_if_any(code="E_TABLE")
    header, rows = _parse(text, separator or _guess_separator(text, asked), faults)
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=header, dtype=str)
    table, notes = _drop_blank_lines(table.apply(lambda cells: cells.str.strip()))
    if personal:
        table, dropped = _drop_personal(table, asked, forbidden)
        notes += dropped
    table, ignored = _match_columns(table, *names, extra, faults)
    if table.empty and not faults.list:
        faults.add("", "aucune ligne sous l'en-tête.", "Vérifiez l'export.")
    faults.raise_if_any(code="E_TABLE")
    table.attrs.update(notes=(*notes, *ignored), file=faults.file)
    return table


def check_columns(
    present: Iterable[str], required: Iterable[str], faults: Faults, *, known: Iterable[str] = ()
) -> None:
    """Note the required columns that are missing, with the near name that stands instead."""
    names = {plain_key(name): name for name in present}
    expected = list(required)
    for key in (plain_key(name) for name in known):
        names.pop(key, None)
    missing = [name for name in expected if plain_key(name) not in names]
    spare = [name for key, name in names.items() if key not in map(plain_key, expected)]
    for name in missing:
        near = [other for other in spare if likeness(name, other) >= NEAR]
        hint = f"Faut-il renommer {quoted(printable(near[0]))} ?" if near else ""
        remedy = hint or "Ajoutez-la, ou vérifiez que c'est le bon fichier."
        faults.add("", f"colonne {quoted(name)} absente.", remedy)


def _as_mapping(names: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    return dict(names) if isinstance(names, Mapping) else {name: name for name in names}


def _guess_separator(text: str, known: Mapping[str, str]) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    keys = {plain_key(name) for name in known}

    def fitness(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=separator), [])
        return len(keys & {plain_key(cell) for cell in cells}), len(cells)

    return max(_SEPARATORS, key=fitness)


def _parse(text: str, separator: str, faults: Faults) -> tuple[list[str], dict[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    rows: dict[int, list[str]] = {}
    line = 1
    try:
        for cells in reader:
            if cells and not header:
                header = _checked_header(cells, faults)
            elif cells:
                rows[line] = _checked_row(cells, header, line, faults)
            line = reader.line_num + 1
    except csv.Error:
        faults.add(
            f"ligne {line}", "guillemet mal fermé ou valeur démesurée.", "Corrigez la ligne."
        )
    faults.raise_if_any(code="E_TABLE")
    return header, rows


def _checked_header(cells: list[str], faults: Faults) -> list[str]:
    header = [cell.strip() for cell in cells]
    for name, times in Counter(plain_key(cell) for cell in header).items():
        if times > 1:
            shown = next(cell for cell in header if plain_key(cell) == name)
            what = f"colonne {quoted(printable(shown))} présente {times} fois." if name else ""
            faults.add("en-tête", what or f"{times} colonnes sans nom.", "Gardez-en une seule.")
    if len(header) > _MAX_COLUMNS:
        faults.add("en-tête", f"{len(header)} colonnes.", "Vérifiez que c'est le bon fichier.")
    faults.raise_if_any(code="E_TABLE")
    return header


def _checked_row(cells: list[str], header: list[str], line: int, faults: Faults) -> list[str]:
    gap = len(cells) - len(header)
    if gap:
        side = "de trop" if gap > 0 else "en moins"
        faults.add(
            f"ligne {line}",
            f"{count(len(cells), 'valeur')} pour {count(len(header), 'colonne')} "
            f"({abs(gap)} {side}).",
            "Vérifiez le séparateur, et mettez entre guillemets les textes qui le contiennent.",
        )
    return [*cells, *[""] * -gap][: len(header)]


def _drop_blank_lines(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    blank = (table == "").all(axis=1)
    note = f"{count(int(blank.sum()), 'ligne vide ignorée', 'lignes vides ignorées')}."
    return table.loc[~blank], (note,) if blank.any() else ()


def _drop_personal(
    table: pd.DataFrame, asked: Mapping[str, str], forbidden: Sequence[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    kept = {plain_key(name) for name in asked}
    also = {plain_key(name) for name in forbidden}
    personal = [
        name
        for name in table.columns
        if plain_key(name) in also or (plain_key(name) not in kept and is_personal(name))
    ]
    if not personal:
        return table, ()
    shown = join_fr([quoted(printable(name)) for name in personal])
    note = f"Données personnelles écartées à la lecture et non conservées : {shown}."
    return table.drop(columns=personal), (note,)


def is_personal(column: str) -> bool:
    """Tell whether a column name announces who a person is or how to reach them.

    Examples
    --------
    >>> [is_personal(name) for name in ("Prénom", "nom_menage", "E-mail", "nombre_personnes")]
    [True, True, True, False]
    """
    key = plain_key(column)
    return any(key.startswith(p) if p.endswith("_") else key == p for p in _PERSONAL)


def _match_columns(
    table: pd.DataFrame,
    required: Mapping[str, str],
    optional: Mapping[str, str],
    extra: Extra,
    faults: Faults,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    known = {plain_key(name): target for name, target in {**optional, **required}.items()}
    present = {plain_key(name) for name in table.columns}
    if required and not present & set(known):  # never show a line that may be a person's
        expected = join_fr([quoted(name) for name in required])
        faults.add("ligne 1", "l'en-tête attendu est absent.", f"Colonnes attendues : {expected}.")
        return table, ()
    check_columns(table.columns, required, faults, known=optional)
    unknown = [name for name in table.columns if plain_key(name) not in known]
    if extra == "refuse":
        said = "\n".join(faults.list)  # as the likely bearer of a missing name
        for name in (name for name in unknown if quoted(printable(name)) not in said):
            free = [known_name for known_name in optional if plain_key(known_name) not in present]
            remedy = suggest(name, free) or "Retirez-la du fichier."
            faults.add("", f"colonne {quoted(printable(name))} inconnue.", remedy)
    dropped = unknown if extra == "drop" else []
    shown = join_fr([quoted(printable(name)) for name in dropped])
    renamed = {name: known[plain_key(name)] for name in table.columns if name not in unknown}
    table = table.drop(columns=dropped).rename(columns=renamed)
    return table, (f"Colonnes non utilisées : {shown}.",) if dropped else ()
