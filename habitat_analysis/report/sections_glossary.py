"""The words of the suite, and how far its regulated values may be trusted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

import pandas as pd

from habitat_analysis.bareme_tables import MEMORY, Baremes, Table
from habitat_analysis.baremes import CONFLICT, Fact
from habitat_analysis.contracts import read_table
from habitat_analysis.files import DATA_DIR
from habitat_analysis.formats import count, date_short, typeset
from habitat_analysis.report.fact_words import TABLES, fact_label, legal_text
from habitat_analysis.report.sheets import Column, Sheet, sheet

GLOSSARY_FILE: Final = DATA_DIR / "glossaire.csv"
OTHER_TABLES: Final = {
    "categories_menages": "Catégories de ménages",
    "formes_juridiques": "Formes juridiques",
    "tenures": "Statuts d'occupation",
    "zonage_regles": "Zonages",
}


def read_glossary() -> pd.DataFrame:
    """Read the words of ``data/glossaire.csv``: ``mot``, ``sens``, ``source``."""
    return read_table(GLOSSARY_FILE, required=("mot", "sens", "source"))


def glossary() -> Sheet:
    """Explain each word and acronym, with the text that defines it."""
    columns = [
        Column(name="mot", header="Mot"),
        Column(name="sens", header="Sens"),
        Column(name="source", header="Texte ou origine"),
    ]
    words = read_glossary()
    typed = words.assign(sens=[typeset(text) for text in words["sens"]])
    return sheet("Glossaire", "Mots et sigles", typed, columns)


def bareme_states(baremes: Baremes) -> Sheet:
    """Count the rows of each table of regulated values, and those in doubt."""
    frame = pd.DataFrame([_state(table) for table in baremes.tables.values()])
    total = frame.sum(numeric_only=True).to_frame().T.assign(table="Total")
    columns = [
        Column(name="table", header="Table"),
        Column(name="n", header="Valeurs", kind="whole"),
        Column(name="official", header="Texte ou données officiels", kind="whole"),
        Column(name="derived", header="Calculées selon la règle", kind="whole"),
        Column(name="secondary", header="Citées par un tiers", kind="whole"),
        Column(name="memory", header="De mémoire, à vérifier", kind="whole"),
        Column(name="conflict", header="Sources contradictoires", kind="whole"),
    ]
    caption = "Barèmes livrés avec la suite, selon leur origine"
    return sheet("Barèmes", caption, pd.concat([frame, total]), columns, total=True)


def _state(table: Table) -> dict[str, str | int]:
    """Count the rows of one table by what they rest on."""
    trust = Counter(row.cells["confidence"] for row in table.rows)
    return {
        "table": TABLES.get(table.name, OTHER_TABLES.get(table.name, table.name)),
        "n": len(table.rows),
        "official": trust["official-dataset"],
        "derived": trust["derived-by-rule"],
        "secondary": trust["quoted-by-secondary"],
        "memory": trust[MEMORY],
        "conflict": sum(CONFLICT in row.cells.get("note", "") for row in table.rows),
    }


def doubts_sentence(baremes: Baremes) -> str:
    """Count the regulated values in doubt among all those of the suite."""
    rows = [row for table in baremes.tables.values() for row in table.rows]
    doubtful = sum(
        row.cells["confidence"] == MEMORY or CONFLICT in row.cells.get("note", "") for row in rows
    )
    said = count(doubtful, "valeur est douteuse", "valeurs sont douteuses")
    return typeset(
        f"{said} sur {len(rows)} (citées de mémoire ou sources contradictoires) ; chacune est "
        "signalée là où elle sert."
    )


def flagged_facts(facts: tuple[Fact, ...], *, on: date) -> Sheet:
    """List the regulated values used that carry a warning, with the reason."""
    rows = [
        {
            "what": typeset(fact_label(fact)),
            "text": typeset(legal_text(fact)),
            "flags": " ; ".join(fact.flags),
            "file": f"{fact.table}.csv, ligne {fact.line}",
        }
        for fact in facts
        if fact.flags
    ]
    columns = [
        Column(name="what", header="Valeur réglementaire"),
        Column(name="text", header="Texte"),
        Column(name="flags", header="Réserve"),
        Column(name="file", header="Où la vérifier"),
    ]
    caption = f"Valeurs à vérifier pour une opération du {date_short(on)}"
    return sheet("Réserves", caption, rows, columns)
