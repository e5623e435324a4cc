"""Households of a commune by family type, from the file « couples, familles, ménages » of INSEE.

The planner downloads it: CSV, ``;``, one row a commune or an IRIS, columns ``C22_MEN``,
``C22_MENPSEUL``… where 22 is the vintage. Only these columns are read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from habitat_analysis.errors import DataError, Faults
from habitat_analysis.files import read_text
from habitat_analysis.formats import count, join_fr, number, quoted, typeset

# The five types of household: they add up to the column of all households.
TYPES: Final[Mapping[str, str]] = {
    "MENPSEUL": "Personne seule",
    "MENSFAM": "Autres sans famille",
    "MENCOUPSENF": "Couple sans enfant",
    "MENCOUPAENF": "Couple avec enfants",
    "MENFAMMONO": "Famille monoparentale",
}
WHOLE: Final = "MEN"
COMMUNE_COLUMNS: Final = ("CODGEO", "COM")  # communes; IRIS, added up by commune
VINTAGE: Final = re.compile(r"C(\d\d)_MEN")
CENTURY: Final = 2000
MAX_BYTES: Final = 120_000_000  # the whole country by IRIS is under 50 MB
ROUNDING: Final = 1e-3  # of the parts and the whole, relative


@dataclass(frozen=True, slots=True, kw_only=True)
class InseeHouseholds:
    """Households of a commune, by type; the counts are those of the survey, with decimals."""

    counts: Mapping[str, float]  # by words of `TYPES`
    total: float
    vintage: int
    source: str


def read_insee_households(path: Path | str, commune: str) -> InseeHouseholds:
    """Read the households of a commune by family type.

    Parameters
    ----------
    path
        File of INSEE, by commune or by IRIS.
    commune
        INSEE code of the commune, five characters.

    Returns
    -------
    households
        Counts by type, in the order of `TYPES`.

    Raises
    ------
    DataError
        ``E_INSEE``: column missing, commune absent, figure unreadable, or types that do not add
        up to all the households.

    References
    ----------
    INSEE, census, « base-cc-coupl-fam-men » (communes) and « base-ic-couples-familles-menages ».
    """
    name = Path(path).name
    rows = csv.reader(io.StringIO(read_text(path, max_bytes=MAX_BYTES)), delimiter=";")
    header = [cell.strip() for cell in next(rows, [])]
    place, vintage, columns = _columns(header, name)
    kept = [
        (line, row)
        for line, row in enumerate(rows, start=2)
        if len(row) > place and row[place].strip() == commune
    ]
    if not kept:
        msg = f"{name} : commune {quoted(commune)} absente. Vérifiez le code INSEE et le fichier."
        raise DataError(typeset(msg), code="E_INSEE")
    faults = Faults(name)
    sums = {key: sum(_number(row, at, line, faults) for line, row in kept) for key, at in columns}
    faults.raise_if_any(code="E_INSEE")
    _check_sum(sums, commune, faults)
    faults.raise_if_any(code="E_INSEE")
    return InseeHouseholds(
        counts={words: sums[key] for key, words in TYPES.items()},
        total=sums[WHOLE],
        vintage=vintage,
        source=f"INSEE, recensement {vintage}, {name}",
    )


def _columns(header: Sequence[str], name: str) -> tuple[int, int, list[tuple[str, int]]]:
    """Find the column of the commune, the vintage and the columns of households."""
    places = [header.index(column) for column in COMMUNE_COLUMNS if column in header]
    vintages = sorted(int(found[1]) for cell in header if (found := VINTAGE.fullmatch(cell)))
    if not places or not vintages:
        msg = (
            f"{name} : ce n'est pas le fichier « couples, familles, ménages » de l'INSEE (colonnes "
            f"{join_fr(COMMUNE_COLUMNS, 'ou')} et C22_MEN attendues, séparées par « ; »)."
        )
        raise DataError(typeset(msg), code="E_INSEE")
    prefix = f"C{vintages[-1]:02d}_"
    absent = [prefix + key for key in (WHOLE, *TYPES) if prefix + key not in header]
    if absent:
        msg = f"{name} : {count(len(absent), 'colonne absente', 'colonnes absentes')} : "
        msg += f"{join_fr(absent)}. Téléchargez le fichier complet."
        raise DataError(typeset(msg), code="E_INSEE")
    columns = [(key, header.index(prefix + key)) for key in (WHOLE, *TYPES)]
    return places[0], CENTURY + vintages[-1], columns


def _number(row: Sequence[str], at: int, line: int, faults: Faults) -> float:
    """Read one count; a faulty one is noted."""
    text = row[at].strip().replace(",", ".") if at < len(row) else ""
    if re.fullmatch(r"\d+(\.\d+)?(e[-+]?\d+)?", text, flags=re.IGNORECASE):
        return float(text)
    why = "un nombre de ménages est vide ou illisible."
    faults.add(f"ligne {line}", why, "Reprenez le fichier tel que l'INSEE le publie.")
    return 0.0


def _check_sum(sums: Mapping[str, float], commune: str, faults: Faults) -> None:
    """Note types that do not add up to all the households."""
    parts = sum(sums[key] for key in TYPES)
    if abs(parts - sums[WHOLE]) > max(1.0, ROUNDING * sums[WHOLE]):
        why = (
            f"commune {commune}, les types totalisent {number(parts, 1)} ménages pour "
            f"{number(sums[WHOLE], 1)} annoncés."
        )
        remedy = "Reprenez le fichier de l'INSEE, ou tapez les effectifs vous-même."
        faults.add("", typeset(why), remedy)
