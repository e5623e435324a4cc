"""Regulated values used, sources, limits and glossary, at the end of a report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from habitat_analysis.baremes import CONFIDENCES, Fact
from habitat_analysis.feasibility import Feasibility, Ground
from habitat_analysis.formats import number, percent, typeset
from habitat_analysis.report.fact_words import fact_label, fact_unit, is_rate, legal_text
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet

PATH: Final = "hypotheses_macro"  # one line a series; the workbook has them all
GROUPED: Final = "plafonds_ressources"  # one line a product and zone; the workbook has them all


def facts_used(feasibility: Feasibility) -> Sheet:
    """List the regulated values used, ceilings of income gathered by product and zone."""
    rows = [
        _row(label, value, facts) | {"number": f"B{rank}"}
        for rank, (label, value, facts) in enumerate(_gathered(feasibility.facts), start=1)
    ]
    columns = [
        Column(name="number", header="N°"),
        Column(name="what", header="Valeur réglementaire"),
        Column(name="value", header="Valeur et unité"),
        Column(name="since", header="En vigueur depuis", kind="date"),
        Column(name="until", header="Jusqu'au", kind="date", absent=""),
        Column(name="text", header="Texte ou source"),
        Column(name="trust", header="Fiabilité"),
        Column(name="flags", header="Réserves", absent=""),
    ]
    notes = [
        (
            "Plafonds de ressources : de la première à la sixième catégorie de ménage. Le classeur "
            "donne chaque valeur avec sa ligne de data/baremes et sa source."
        )
    ]
    caption = "Valeurs réglementaires à la date de l'opération"
    return sheet("Valeurs réglementaires", caption, rows, columns, notes=notes)


def fact_numbers(feasibility: Feasibility, table: str, **cells: str) -> tuple[str, ...]:
    """Give the numbers of the lines of `facts_used` whose facts answer a partial key."""
    return tuple(
        f"B{rank}"
        for rank, (_, _, facts) in enumerate(_gathered(feasibility.facts), start=1)
        if any(fact.table == table and cells.items() <= dict(fact.key).items() for fact in facts)
    )


def facts_complete(feasibility: Feasibility) -> Sheet:
    """List every regulated value used, one line each, with its file, line and source."""
    rows = [
        _row(fact_label(fact), _value(fact), (fact,))
        | {"file": f"{fact.table}.csv, ligne {fact.line}", "source": fact.source}
        for fact in feasibility.facts
    ]
    columns = [
        Column(name="what", header="Valeur réglementaire"),
        Column(name="value", header="Valeur et unité", kind="mixed"),
        Column(name="since", header="En vigueur depuis", kind="date"),
        Column(name="until", header="Jusqu'au", kind="date", absent=""),
        Column(name="text", header="Texte"),
        Column(name="source", header="Source"),
        Column(name="trust", header="Fiabilité"),
        Column(name="flags", header="Réserves", absent=""),
        Column(name="file", header="Fichier et ligne"),
    ]
    caption = "Toutes les valeurs réglementaires utilisées"
    return sheet("Sources", caption, rows, columns)


def limits() -> tuple[str, ...]:
    """Say what this document is not."""
    said = (
        "Document de travail : il prépare une décision et ne la remplace pas.",
        (
            "La capacité est une enveloppe de calcul : elle ne vaut ni certificat d'urbanisme ni "
            "étude d'architecte."
        ),
        (
            "Le locatif social est attribué par la commission (CAL), jamais par le groupe ni par "
            "cette étude."
        ),
        "Les distances sont à vol d'oiseau. Le cadastre n'a pas de valeur juridique de limite.",
        "Les indicateurs de mixité décrivent le programme, pas les personnes.",
    )
    return tuple(typeset(text) for text in said)


def reproducibility(ground: Ground, *, version: str) -> str:
    """Say what it takes to find the same figures again."""
    study = ground.study
    return typeset(
        f"Étude « {study.name} », graine {study.seed}, logiciel habitat-analysis {version}. Les "
        "mêmes fichiers, la même étude et la même version redonnent le même document."
    )


def _gathered(facts: tuple[Fact, ...]) -> Iterator[tuple[str, Any, tuple[Fact, ...]]]:
    """Give label, value and facts of each line; a series of ceilings makes one line."""
    for table, rows in groupby(facts, key=lambda fact: fact.table):
        listed = list(rows)
        if table != GROUPED:
            for _, series in groupby(listed, key=_path_key):
                together = tuple(series)
                value = _value(together[0]) if len(together) == 1 else _steps(together)
                yield fact_label(together[0]), value, together
            continue
        for key, series in groupby(sorted(listed, key=_series), key=_series):
            together = tuple(series)
            yield (
                ", ".join((fact_label(together[0]).split(",")[0], *key[1:])),
                _span(together),
                together,
            )


def _series(fact: Fact) -> tuple[str, ...]:
    cells = dict(fact.key)
    label = fact_label(fact).split(", ")
    zone = [part for part in label[1:] if not part.startswith(("catégorie", "personne"))]
    return (cells.get("product", ""), *zone)


def _path_key(fact: Fact) -> object:
    """Gather the years of one path; any other fact stands alone."""
    cells = dict(fact.key)
    return cells.get("item") if cells.get("family") == PATH else (fact.line, fact.key)


def _steps(facts: tuple[Fact, ...]) -> str:
    """Write the steps of a path: « 1,15 % en 2027 ; 1,70 % en 2028 »."""
    said = (f"{percent(f.number, 2)} en {f.valid_from.year}" for f in facts if f.valid_from)
    return f"{' ; '.join(said)} et après"


def _span(facts: tuple[Fact, ...]) -> str:
    """Write the ceilings of a series: from one person to six; the next ones are in the workbook."""
    by_category = {dict(fact.key)["category"]: fact.number for fact in facts}
    steps = [value for category, value in by_category.items() if category.isdigit()]
    if not steps:
        return ""
    return f"{number(min(steps))} à {number(max(steps))} €/an"


def _value(fact: Fact) -> Quantity | str:
    if isinstance(fact.value, str):
        return fact.value
    if is_rate(fact):
        return Quantity(value=fact.value, unit="%", decimals=2 if fact.value < 0.1 else 1)
    decimals = 0 if float(fact.value).is_integer() else 2
    return Quantity(value=fact.value, unit=fact_unit(fact), decimals=decimals)


def _row(label: str, value: Any, facts: tuple[Fact, ...]) -> dict[str, Any]:
    starts = sorted({fact.valid_from for fact in facts if fact.valid_from})
    ends = sorted({fact.valid_to for fact in facts if fact.valid_to})
    trust = list(dict.fromkeys(CONFIDENCES[fact.confidence] for fact in facts))
    flags = list(dict.fromkeys(flag for fact in facts for flag in fact.flags))
    is_path = dict(facts[0].key).get("family") == PATH  # its years follow one another
    return {
        "what": typeset(label),
        "value": value,
        "since": (starts[0] if is_path else starts[-1]) if starts else None,
        "until": facts[-1].valid_to if is_path else ends[0] if ends else None,
        "text": typeset(legal_text(facts[0])),
        "trust": ", ".join(trust),
        "flags": " ; ".join(flags),
    }
