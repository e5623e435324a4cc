"""Charts of what reference households pay."""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D

from habitat_analysis import formats
from habitat_analysis.formats import NBSP
from habitat_analysis.report import palette
from habitat_analysis.report.figures import (
    Chart,
    blank,
    french_axis,
    house_style,
    legend_below,
    require,
    sentences,
    wrapped,
)

MARKERS = {
    "PLAI": "o", "PLUS": "s", "PLS": "^", "PSLA": "D", "BRS": "v", "SCIAPP": "P", "VEFA": "X",
    "LIBRE": "*",
}  # fmt: skip


def effort_chart(
    efforts: pd.DataFrame,
    *,
    limit: float | None = None,
    title: str = "Part du revenu consacrée au logement, par ménage type et statut",
    sources: str = "",
) -> Chart:
    """Draw one line a household, one mark a tenure: full where possible, hollow where not.

    Parameters
    ----------
    efforts
        ``label tenure effort feasible``, effort as a fraction of the income.
    limit
        Largest effort that the study accepts of a tenant.
    title, sources
        Cartouche.
    """
    require(efforts, "label", "tenure", "effort", "feasible")
    labels = list(dict.fromkeys(efforts["label"]))
    codes = [code for code in palette.TENURES if code in set(efforts["tenure"])]
    with house_style():
        figure, (axes,) = blank(1.7 + 0.27 * len(labels), title, sources=sources)
        for place, label in enumerate(labels):
            axes.axhline(place, color="#E3E3DE", linewidth=0.8, zorder=0)
            for row in efforts[efforts["label"] == label].to_dict("records"):
                colour = palette.TENURES[row["tenure"]]
                axes.plot(
                    row["effort"],
                    place,
                    MARKERS[row["tenure"]],
                    markersize=7,
                    markeredgecolor=colour,
                    markerfacecolor=colour if row["feasible"] else "#FFFFFF",
                )
        if limit is not None:
            axes.axvline(limit, color=palette.SELECTED, linewidth=1.2, linestyle="--")
        axes.set_yticks(range(len(labels)), wrapped(labels, 34))
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.set_xlim(left=0)
        french_axis(axes.xaxis, lambda value: formats.percent(value, 0))
        legend_below(axes, _handles(codes, limit))
    return Chart(figure, _alt(efforts, labels), title)


def _handles(codes: list[str], limit: float | None) -> list[Line2D]:
    marks = [
        Line2D([], [], marker=MARKERS[code], color=palette.TENURES[code], linestyle="", label=code)
        for code in codes
    ]
    hollow = Line2D(
        [], [], marker="o", markerfacecolor="#FFFFFF", markeredgecolor=palette.MUTED_TEXT,
        linestyle="", label="creux : pas possible",
    )  # fmt: skip
    if limit is None:
        return [*marks, hollow]
    line = Line2D([], [], color=palette.SELECTED, linestyle="--", label="limite d'un locataire")
    return [*marks, hollow, line]


def _alt(efforts: pd.DataFrame, labels: list[str]) -> str:
    """Say, household by household, the range of what is possible."""
    said = []
    for label in labels:
        kept = efforts[(efforts["label"] == label) & efforts["feasible"]].sort_values("effort")
        if kept.empty:
            said.append(f"{label.capitalize()}{NBSP}: aucun statut possible")
            continue
        low, high = (
            f"{formats.percent(row['effort'], 0)} ({row['tenure']})"
            for row in kept.iloc[[0, -1]].to_dict("records")
        )
        said.append(f"{label.capitalize()}{NBSP}: de {low} à {high}")
    return sentences(said)
