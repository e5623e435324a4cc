"""The three regulatory zones of a commune, from a list which the planner downloaded.

A commune has three zone codes, one a scheme: ABC (rents of PLS, prices, PTZ), 1bis to 3 (rents of
PLAI and PLUS) and the zone of income ceilings (PLAI, PLUS, PLS). No list of communes is part of the
project: a study states its zones, or names a file in one of these forms:

* all three: ``code_insee, zone_abc_2025 (or zone_abc), zone_123, zone_ressources``;
* the ministry's ABC list: ``CODGEO; …; Zone en vigueur depuis le …``;
* the 1 / 2 / 3 list: ``CODGEO, …, Zonage``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from habitat_analysis.errors import DataError
from habitat_analysis.files import read_text
from habitat_analysis.formats import join_fr, number

ABC: Final = ("Abis", "A", "B1", "B2", "C")
ZONE_123: Final = ("1bis", "1", "2", "3")
RESSOURCES: Final = ("paris_limitrophes", "idf_hors_paris_limitrophes", "autres_regions")
# field, its codes, pattern of its column: the first column that matches is read
SCHEMES: Final = (
    ("abc", ABC, re.compile(r"zone_abc(_\d{4})?|zone en vigueur depuis.*|zonage_abc")),
    ("zone_123", ZONE_123, re.compile(r"zone_123|zonage")),
    ("ressources", RESSOURCES, re.compile(r"zone_ressources")),
)
CODE_COLUMN: Final = re.compile(r"code_insee|codgeo|insee|code_commune")
DISTRICTS: Final[Mapping[str, str]] = MappingProxyType(
    {"751": "75056", "6938": "69123", "132": "13055"}  # arrondissements of Paris, Lyon, Marseille
)
MAX_LIST_BYTES: Final = 20_000_000  # the whole country is under 3 MB


class CommuneZones(NamedTuple):
    """The zones of a commune; ``None`` where the list does not say."""

    abc: str | None
    zone_123: str | None
    ressources: str | None


def zones_from_list(path: Path | str, insee: str) -> CommuneZones:
    """Return the zones of a commune from a list of communes, CSV or CSV in gzip.

    Parameters
    ----------
    path
        File in one of the forms of this module.
    insee
        INSEE code of the commune, five characters.

    Raises
    ------
    DataError
        If the file cannot be read or has no known column (``E_ZONE_LIST``), holds an unknown zone
        or the commune twice (``E_ZONE_LIST``), or does not hold the commune (``E_ZONE_COMMUNE``).
    """
    name = Path(path).name
    header, rows = _read_rows(path)
    code = _column(header, CODE_COLUMN)
    columns = {field: _column(header, pattern) for field, _, pattern in SCHEMES}
    if code is None or all(index is None for index in columns.values()):
        msg = (
            f"{name} : colonnes non reconnues. Attendu : code_insee et zone_abc_2025, zone_123 ou "
            f"zone_ressources ; ou la liste du ministère (CODGEO, « Zone en vigueur depuis… »)."
        )
        raise DataError(msg, code="E_ZONE_LIST")
    found = {line: cells for line, cells in rows.items() if cells[code] == insee}
    if not found:
        known = {cells[code] for cells in rows.values()}
        raise DataError(_not_found(name, insee, known), code="E_ZONE_COMMUNE")
    read = {_zones(cells, columns, f"{name}, ligne {line}") for line, cells in found.items()}
    if len(read) > 1:
        lines = join_fr(list(found))
        msg = f"{name}, lignes {lines} : zones différentes pour {insee}. Gardez la bonne ligne."
        raise DataError(msg, code="E_ZONE_LIST")
    return read.pop()


def _read_rows(path: Path | str) -> tuple[list[str], dict[int, list[str]]]:
    """Return the columns of a list, in lower case, and its rows by line."""
    text = read_text(path, max_bytes=MAX_LIST_BYTES)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [column.strip().lower() for column in next(lines, [])]
    cells = {line: [cell.strip() for cell in row] for line, row in enumerate(lines, 2)}
    return header, {line: row for line, row in cells.items() if len(row) == len(header)}


def _column(header: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    """Return the place of a column; of several dated ones, the latest."""
    matching = [column for column in header if pattern.fullmatch(column)]
    return header.index(max(matching)) if matching else None


def _zones(cells: Sequence[str], columns: Mapping[str, int | None], where: str) -> CommuneZones:
    read: dict[str, str | None] = {}
    for field, allowed, _ in SCHEMES:
        index = columns[field]
        zone = "" if index is None else cells[index].replace(" ", "").lower()
        codes = {code.lower(): code for code in allowed}
        if zone and zone not in codes:
            msg = f"{where} : zone inconnue « {zone} ». Zones possibles : {join_fr(allowed)}."
            raise DataError(msg, code="E_ZONE_LIST")
        read[field] = codes.get(zone)
    return CommuneZones(**read)


def _not_found(name: str, insee: str, known: set[str]) -> str:
    msg = f"{name} : commune {insee} absente de la liste ({number(len(known))} communes)."
    city = next((city for start, city in DISTRICTS.items() if insee.startswith(start)), None)
    if city and insee != city:
        return f"{msg} C'est un arrondissement : donnez le code de la ville entière, {city}."
    if insee.lstrip("0") in known:
        return f"{msg} Ses codes ont perdu leur zéro initial : ouvrez-la comme du texte."
    return (
        f"{msg} Vérifiez le code INSEE (commune fusionnée ? arrondissement de Paris, Lyon ou "
        f"Marseille : 75056, 69123 ou 13055), ou saisissez les zones dans l'étude."
    )
