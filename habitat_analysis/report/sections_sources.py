"""Regulated values used, sources, limits and glossary, at the end of a report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from habitat_analysis.baremes import CONFIDENCES, Fact
from habitat_analysis.feasibility import Feasibility, Ground
from habitat_analysis.formats import number, typeset
from habitat_analysis.report.fact_words import fact_label, fact_unit, is_rate, legal_text
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet

GROUPED: Final = "plafonds_ressources"  # one line a product and zone; the workbook has them all


def facts_used(feasibility: Feasibility) -> Sheet:
    """List the regulated values used, ceilings of income gathered by product and zone."""
    rows = [_row(label, value, facts) for label, value, facts in _gathered(feasibility.facts)]
    columns = [
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


def facts_complete(feasibility: Feasibility) -> Sheet:
    """List every regulated value used, one line each, with its file, line and source."""
    rows = [
        _row(fact_label(fact), _value(fact), (fact,))
        | {"file": f"{fact.table}.csv", "line": fact.line, "source": fact.source}
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
        Column(name="file", header="Fichier"),
        Column(name="line", header="Ligne", kind="whole"),
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
            "Le locatif social est attribué par la commission (CAL) : les ménages du groupe y sont "
            "candidats."
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
            yield from ((fact_label(fact), _value(fact), (fact,)) for fact in listed)
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
    return {
        "what": typeset(label),
        "value": value,
        "since": starts[-1] if starts else None,
        "until": ends[0] if ends else None,
        "text": typeset(legal_text(facts[0])),
        "trust": ", ".join(trust),
        "flags": " ; ".join(flags),
    }
