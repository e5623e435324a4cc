"""The mix of a programme in a report: target, result, commune; the table first, numbers after."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report.charts import mixity_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet

UNKNOWN: Final = "n. d."
READINGS: Final = (  # indicator, how to read it, whether it is a share
    ("Diversité (entropie normalisée)", "0 : un seul statut ; 1 : tous à parts égales", False),
    ("Indice de Simpson", "chance que deux logements tirés au sort diffèrent", False),
    ("Simpson normalisé", "1 quand tous les statuts sont à égalité", False),
    ("Écart à la commune (entre-soi)", "part à changer pour lui ressembler", True),
    ("Locatif social", "part des logements", True),
    ("Locatif et accession sociale", "part comptée par la loi SRU, sous conditions", True),
)


def mix_targets(feasibility: Feasibility) -> Sheet | None:
    """Set the result beside the target and the commune, by group of tenures; None without one."""
    mix = feasibility.mix
    target = feasibility.ground.study.programme.mix_target
    if mix is None or target is None:
        return None
    commune = mix.tenures["reference_share"]
    rows = [
        {
            "label": row["label"],
            "tenures": ", ".join(group.tenures),
            "target": row["target"],
            "share": row["share"],
            "n": row["n"],
            "commune": float(commune[list(group.tenures)].sum(skipna=False)),
        }
        for row, group in zip(mix.targets.to_dict("records"), target.groups, strict=True)
    ]
    columns = [
        Column(name="label", header="Groupe de statuts"),
        Column(name="tenures", header="Statuts"),
        Column(name="target", header="Cible", kind="share"),
        Column(name="share", header="Résultat", kind="share"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="commune", header="Commune", kind="share"),
    ]
    return sheet("Mixité visée", "Mixité : cible, résultat et commune", rows, columns)


def mix_by_tenure(feasibility: Feasibility) -> Sheet | None:
    """Set each tenure beside its share in the commune; None without a programme."""
    mix = feasibility.mix
    if mix is None:
        return None
    shown = mix.tenures[(mix.tenures["n"] > 0) | (mix.tenures["reference_share"] > 0)]
    rows = [
        {"tenure": tenure_label(str(code)), **row} for code, row in shown.to_dict("index").items()
    ]
    columns = [
        Column(name="tenure", header="Statut"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="share", header="Part du programme", kind="share"),
        Column(name="reference_share", header="Part dans la commune", kind="share"),
    ]
    return sheet("Mixité", "Statuts du programme et de la commune", rows, columns)


def mix_indicators(feasibility: Feasibility) -> Sheet | None:
    """Give the indicators of mix with how to read them; None without a programme."""
    mix = feasibility.mix
    if mix is None:
        return None
    found, social = mix.indicators, mix.social
    figures = [found.entropy, found.simpson, found.simpson_normalised, found.dissimilarity]
    figures += [social.rental, social.with_accession]
    rows = [
        _line(what, value, how, share=share)
        for (what, how, share), value in zip(READINGS, figures, strict=True)
    ]
    columns = [
        Column(name="what", header="Indicateur"),
        Column(name="value", header="Valeur", kind="mixed"),
        Column(name="how", header="Lecture"),
    ]
    notes = [
        (
            "Aucun nombre seul ne dit la mixité : lire les tableaux. Les quotas SRU (loi "
            "Solidarité et renouvellement urbain) s'apprécient à l'échelle de la "
            "commune, non d'une opération. Accession comptée sous conditions (PSLA : durée "
            "limitée ; SCIAPP : lecture à confirmer)."
        )
    ]
    return sheet("Indicateurs", "Indicateurs de mixité", rows, columns, notes=notes)


def mix_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the result beside the target; None without a target or a programme."""
    mix = feasibility.mix
    if mix is None or mix.targets.empty:
        return None
    table = pd.DataFrame(
        {
            "label": mix.targets["label"],
            "target": mix.targets["target"],
            "result": mix.targets["share"],
        }
    )
    return mixity_chart(table, sources=study_sources(feasibility.ground))


def _line(what: str, value: float | None, how: str, *, share: bool) -> dict[str, Any]:
    if value is None:
        return {"what": what, "value": UNKNOWN, "how": how}
    unit, decimals = ("%", 1) if share else ("", 2)
    return {"what": what, "value": Quantity(value=value, unit=unit, decimals=decimals), "how": how}
