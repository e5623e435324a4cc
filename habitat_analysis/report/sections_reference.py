"""What a group and a programme are compared with: the homes and the incomes of the commune."""

from __future__ import annotations

from typing import Final

from habitat_analysis.feasibility import Ground
from habitat_analysis.households.reference import distribution
from habitat_analysis.report.sheets import Column, Sheet, sheet

TENURES: Final = "statuts"
INCOMES: Final = "quartiles_revenu"


def reference_tenures(ground: Ground) -> Sheet | None:
    """Count the main homes of the commune by tenure; None without a reference file."""
    counts = ground.needs.reference_tenures if ground.needs else {}
    whole = sum(counts.values())
    if not whole:
        return None
    rows = [{"code": code, "n": n, "share": n / whole} for code, n in counts.items()]
    rows.append({"code": "Total", "n": whole, "share": 1.0})
    columns = [
        Column(name="code", header="Statut"),
        Column(name="n", header="Résidences principales", kind="whole"),
        Column(name="share", header="Part", kind="share"),
    ]
    caption = f"Résidences principales de {ground.study.commune.name} par statut"
    return sheet("Commune", caption, rows, columns, total=True, notes=_notes(ground, TENURES))


def reference_incomes(ground: Ground) -> Sheet | None:
    """Give the thresholds between the income quartiles of the commune; None without them."""
    reference = ground.needs.reference if ground.needs else None
    limits = distribution(reference, INCOMES) if reference else {}
    if not limits:
        return None
    rows = [{"name": name, "value": value} for name, value in limits.items()]
    columns = [
        Column(name="name", header="Limite haute du quartile"),
        Column(name="value", header="Revenu annuel par unité de consommation (€)", kind="whole"),
    ]
    caption = f"Quartiles de revenu de {ground.study.commune.name}"
    return sheet("Revenus", caption, rows, columns, notes=_notes(ground, INCOMES))


def _notes(ground: Ground, theme: str) -> list[str]:
    """Name the sources of a theme with their vintages."""
    reference = ground.needs.reference if ground.needs else None
    if reference is None:
        return []
    rows = reference.table[reference.table["theme"] == theme]
    named = dict.fromkeys(zip(rows["source"], rows["vintage"], strict=True))
    return [f"Source : {source}, {vintage}." for source, vintage in named]
