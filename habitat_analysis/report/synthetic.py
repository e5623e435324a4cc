"""The label of a synthetic pool on whatever speaks of its households, and the table of the pool."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from habitat_analysis.feasibility import Ground
from habitat_analysis.feasibility.synthetic import pool_words
from habitat_analysis.formats import typeset
from habitat_analysis.report.sheets import Column, Sheet, sheet

LABEL: Final = "ménages synthétiques"
POOL: Final = "vivier"
SMALL_COUNTS: Final = (
    "Ménages tirés, aucun n'existe : leurs effectifs, même petits, ne disent rien de personne."
)
_Table = TypeVar("_Table", Sheet, None)


def marked(table: _Table, ground: Ground) -> _Table:
    """Say in the caption of a table that its households are synthetic, when they are."""
    if table is None or ground.synthetic is None:
        return table
    return replace(table, caption=typeset(f"{table.caption} ({LABEL})"))


def pool_or_group(ground: Ground) -> str:
    """Name whom the households are: « vivier » when they are drawn, else « groupe »."""
    return "groupe" if ground.synthetic is None else POOL


def pool_sentence(ground: Ground) -> str:
    """Say that the group is drawn, from what and how; "" for a real group."""
    pool = ground.synthetic
    if pool is None:
        return ""
    return typeset(
        f"Groupe inconnu, {pool_words(pool)}. Tirage par calage sur marges ; source : "
        f"{pool.source}."
    )


def pool_table(ground: Ground) -> Sheet | None:
    """Count the synthetic households by type and income band; None for a real group."""
    pool = ground.synthetic
    if pool is None:
        return None
    bands = list(pool.counts.columns)
    table = pool.counts.assign(total=pool.counts.sum(axis=1))
    rows = [{"type": label, **values} for label, values in table.to_dict("index").items()]
    rows.append({"type": "Total", **table.sum().to_dict()})
    columns = [
        Column(name="type", header="Type de ménage"),
        *(Column(name=band, header=band, kind="whole") for band in bands),
        Column(name="total", header="Total", kind="whole"),
    ]
    caption = f"Vivier : {LABEL} par type et par revenu annuel d'une unité de consommation"
    return sheet("Vivier synthétique", caption, rows, columns, total=True, notes=[SMALL_COUNTS])
