"""Bring the tables of a facts folder into ``data/baremes``, same bytes at every run.

Usage::

    python tools/import_baremes.py FACTS_FOLDER [data/baremes]

What it changes, and nothing else:

* tenure codes: ``LOC_PLAI`` becomes ``PLAI``, ``VEFA_SOCIALE`` ``VEFA``, ``VEFA_LIBRE`` ``LIBRE``;
* a date which the note of a row states in words is put in its column (`DATES_IN_NOTES`);
* the English words of legal references are put in French (`FRENCH`);
* « same » or « idem » in a reference or a source is replaced by what the row above says;
* ``tenures.csv``: the columns a planner reads come from ``tools/tenures_fr.csv``, and the columns
  ``*_product`` hold codes only; what they said besides goes to the note.

The list of communes with their zones is left where it is: a study states its zones.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from datetime import date, datetime
from pathlib import Path

TABLES = (
    "categories_menages",
    "couts",
    "fiscalite",
    "formes_juridiques",
    "loyers_plafonds",
    "mixite",
    "plafonds_ressources",
    "prets",
    "prix_plafonds",
    "surfaces",
    "tenures",
    "zonage_regles",
)
RENAMED = (
    (re.compile(r"\bLOC_\*"), "PLAI/PLUS/PLS"),
    (re.compile(r"\bLOC_(?=PLAI|PLUS|PLS)"), ""),
    (re.compile(r"\bVEFA_SOCIALE\b"), "VEFA"),
    (re.compile(r"\bVEFA_LIBRE\b"), "LIBRE"),
    (re.compile(r"\bVEFA_\*"), "VEFA/LIBRE"),
)
AGAIN = re.compile(r"(same|idem)(?= ;|$| \(| PLUS$)( PLUS$)?")
# English words of legal references, which the report prints: longest first
FRENCH = (
    (
        "caps revised every 1 January by the variation of the ICC between Q2 of Y-2 and Q2 of Y-1",
        "plafonds révisés chaque 1 janvier selon l'ICC entre les T2 de N-2 et T2 de N-1",
    ),
    ("PLS in A/B/C zones", "PLS : zones A, B, C"),
    ("one index for all zones", "un seul indice pour toutes les zones"),
    ("monthly rent part of the redevance", "part locative mensuelle de la redevance"),
    ("local scale of the délégataire", "barème local du délégataire"),
    ("recodified at constant law", "recodifié à droit constant"),
    ("last known: 5 September 2025", "dernier connu : 5 septembre 2025"),
    ("revised yearly by ICC", "révisé chaque année selon l'ICC"),
    ("yearly revision by ICC of Q2", "révision annuelle selon l'ICC du T2"),
    ("local allocation rules", "règles locales d'attribution"),
    ("tariff of notaries", "tarif des notaires"),
    ("vacancy and arrears", "vacance et impayés"),
    ("last: 28 July 2026", "dernier : 28 juillet 2026"),
    ("annexed statutes", "statuts annexés"),
    ("of 29/09/2021, amended", "du 29/09/2021, modifiée le"),
    ("dwelling of CCH", "logement du CCH"),
    ("yearly arrêté", "arrêté annuel"),
    ("PLUS ceiling", "plafond PLUS"),
    ("protocol of", "protocole du"),
    ("March 2002", "mars 2002"),
    ("HCSF decision", "décision HCSF"),
    ("since 01/", "depuis le 01/"),
    ("(for L", "(pour L"),
    (" before", " auparavant"),
    (" and ", " et "),
    (" to L", " à L"),
    (" to R", " à R"),
)
# table, what its key must be, pattern of the date in the note, column that receives it
DATES_IN_NOTES = (
    (
        "prets",
        {"loan": "LIVRET_A", "valid_to": ""},
        r"next revision due (\d{4}-\d\d-\d\d)",
        "next_revision",
    ),
    (
        "fiscalite",
        {"tax": "TFPB", "product": "PLAI/PLUS/PLS", "key": "exemption_years"},
        r"before the end date \((\d\d/\d\d/\d{4})\)",
        "valid_to",
    ),
)
TENURES_FR = Path(__file__).with_name("tenures_fr.csv")
TENURE_ORDER = ("PLAI", "PLUS", "PLS", "PSLA", "BRS", "SCIAPP", "VEFA", "LIBRE")
REGISTRIES = re.compile(
    r"pypi\.|pythonhosted|npmjs|anaconda\.|crates\.io|proxy\.golang", re.IGNORECASE
)

Rows = list[dict[str, str]]


def main(arguments: list[str]) -> int:
    """Import every table and say how many rows each holds."""
    if len(arguments) not in (1, 2):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    facts = Path(arguments[0])
    out = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).parents[1] / "data/baremes"
    out.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        rows = import_table(facts, table)
        (out / f"{table}.csv").write_text(_as_csv(table, rows), encoding="utf-8", newline="")
        sys.stdout.write(f"{table}.csv: {len(rows)} rows\n")
    return 0


def import_table(facts: Path, table: str) -> Rows:
    """Return the rows of one table, in our codes."""
    with (facts / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {column: _renamed(cell) for column, cell in row.items()} for row in csv.DictReader(file)
        ]
    for name, key, pattern, column in DATES_IN_NOTES:
        if name == table:
            rows = _with_date(rows, key=key, pattern=pattern, column=column)
    rows = _in_french(_spelled_out(rows))
    return _tenures(rows) if table == "tenures" else rows


def _in_french(rows: Rows) -> Rows:
    """Put the English words of legal references in French; numbers and articles stay."""
    translated = []
    for row in rows:
        text = row.get("legal_reference") or ""
        for english, french in FRENCH:
            text = text.replace(english, french)
        translated.append({**row, "legal_reference": text} if "legal_reference" in row else row)
    return translated


def _spelled_out(rows: Rows) -> Rows:
    """Replace « same » or « idem », first in a reference or a source, by the words above."""
    last: dict[str, str] = {}
    spelled = []
    for row in rows:
        new = dict(row)
        for column in ("legal_reference", "source"):
            text = new.get(column) or ""
            if again := AGAIN.match(text):
                new[column] = last.get(column, "") + text[again.end() :]
            elif text:
                last[column] = text
        spelled.append(new)
    return spelled


def _renamed(text: str) -> str:
    for pattern, code in RENAMED:
        text = pattern.sub(code, text)
    return text


def _with_date(rows: Rows, *, key: dict[str, str], pattern: str, column: str) -> Rows:
    """Put the date stated in the note of the rows of `key` in their `column`."""
    dated: Rows = []
    found = 0
    for row in rows:
        stated = re.search(pattern, row["note"])
        mine = stated is not None and all(row[name] == cell for name, cell in key.items())
        new = row if column in row else _insert(row, column, after="valid_to")
        if mine and stated is not None:
            found += 1
            note = f"{row['note']}; {column} put in its column at import, as this note states it"
            new = {**new, column: _iso(stated[1]), "note": note}
        dated.append(new)
    if found != 1:
        msg = f"Expected one row of {key} whose note matches {pattern!r}, found {found}."
        raise ValueError(msg)
    return dated


def _insert(row: dict[str, str], column: str, *, after: str) -> dict[str, str]:
    new: dict[str, str] = {}
    for name, cell in row.items():
        new[name] = cell
        if name == after:
            new[column] = ""
    return new


def _iso(text: str) -> str:
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007
    return date.fromisoformat(text).isoformat()


def _tenures(rows: Rows) -> Rows:
    """Merge the French columns, which also hold codes alone where the facts hold a sentence."""
    with TENURES_FR.open(encoding="utf-8", newline="") as file:
        french = {row["tenure"]: row for row in csv.DictReader(file)}
    facts = {row["tenure"]: row for row in rows}
    if not set(facts) == set(french) == set(TENURE_ORDER):
        msg = f"Expected the tenures {TENURE_ORDER}: got {sorted(facts)} and {sorted(french)}."
        raise ValueError(msg)
    return [_tenure(facts[code], french[code]) for code in TENURE_ORDER]


def _tenure(fact: dict[str, str], french: dict[str, str]) -> dict[str, str]:
    said = [
        f"{column} in the facts: {fact[column]}"
        for column, code in french.items()
        if column.endswith("_product") and fact.get(column, code) not in (code, "", "none")
    ]
    note = "; ".join([*filter(None, [fact["note"]]), *said])
    shown = {column: cell for column, cell in fact.items() if column not in french}
    kept = {column: shown.pop(column) for column in ("legal_reference", "source", "confidence")}
    shown.pop("note")
    return {**french, **shown, **kept, "note": note}


def _as_csv(table: str, rows: Rows) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    text = buffer.getvalue()
    if REGISTRIES.search(text):
        msg = f"{table}.csv names a package registry: take the address out of the facts first."
        raise ValueError(msg)
    return text


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
