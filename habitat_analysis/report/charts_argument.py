"""Charts that argue: a front of compromises, and what each requirement weighs in euros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from habitat_analysis import formats
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

LOOSER: Final = palette.POSITIVE
TIGHTER: Final = palette.CATEGORIES[1]
NEEDS_HATCH: Final = "///"
KEPT_COLOUR: Final = palette.NEGATIVE


def front_chart(
    points: pd.DataFrame,
    *,
    axes_labels: tuple[str, str],
    writers: tuple[Callable[[float], str], Callable[[float], str]],
    more_is_better: bool,
    steps: bool,
    title: str,
    alt: str,
    sources: str = "",
) -> Chart:
    """Draw the compromises between two objectives, the kept programme starred.

    Parameters
    ----------
    points
        ``mark`` ("A"), ``x``, ``y``, ``kept`` and ``on_front``; a point beside the front is drawn
        alone.
    axes_labels, writers
        Of x, then of y.
    more_is_better
        Whether more of x is better: tells which side of a point the step is on.
    steps
        Whether a line joins the points: not when a third objective is at stake.
    title, alt, sources
        The finding, for who sees and who does not; cartouche.
    """
    require(points, "mark", "x", "y", "kept", "on_front")
    with house_style():
        figure, (axes,) = blank(3.9, title, sources=sources)
        on_front = points[points["on_front"]].sort_values("x", kind="stable")
        if steps and len(on_front) > 1:
            side = "steps-pre" if more_is_better else "steps-post"
            axes.plot(on_front["x"], on_front["y"], drawstyle=side, color=palette.NEUTRAL, lw=1.6)
        for row in points.to_dict("records"):
            _draw_point(axes, row, free=8 if more_is_better else -8)
        axes.margins(x=0.06, y=0.14)
        axes.grid(visible=True)
        axes.set_xlabel(axes_labels[0])
        axes.set_ylabel(axes_labels[1])
        french_axis(axes.xaxis, writers[0])
        french_axis(axes.yaxis, writers[1])
        legend_below(axes, _front_legend(points, steps=steps))
    return Chart(figure, alt, title)


def requirement_chart(effects: pd.DataFrame, *, title: str, sources: str = "") -> Chart:
    """Draw what a step on each side of each requirement does to the effort, the heaviest on top.

    Parameters
    ----------
    effects
        ``label``, and for each side ``looser`` and ``tighter``: euros of effort more or less (NaN
        when there is nothing to draw), ``looser_text`` and ``tighter_text`` beside the bar, and
        ``looser_needs`` and ``tighter_needs``: whether the needs covered change too.
    title, sources
        Cartouche.
    """
    sides = ("looser", "tighter")
    require(effects, "label", *sides, *(f"{s}_text" for s in sides), *(f"{s}_needs" for s in sides))
    values = [v for side in sides for v in effects[side].fillna(0.0)]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    with house_style():
        figure, (axes,) = blank(1.6 + 0.46 * len(effects), title, sources=sources)
        for place, row in enumerate(effects.to_dict("records")):
            for side, offset, colour in (("looser", -0.19, LOOSER), ("tighter", 0.19, TIGHTER)):
                if row[f"{side}_text"]:
                    _draw_bar(axes, row, side, place + offset, colour)
        axes.set_xlim(low - (0.5 if low < 0 else 0.06) * span, high + 0.5 * span)
        axes.set_ylim(len(effects) - 0.4, -0.6)
        axes.set_yticks(range(len(effects)), wrapped(effects["label"], 34))
        axes.set_xticks([])
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
        axes.axvline(0, color="#8A8A85", linewidth=0.8)
        axes.set_xlabel("Effort à réunir en plus ou en moins (€)")
        legend_below(axes, _requirement_legend(effects))
    return Chart(figure, _requirement_alt(effects), title)


def _draw_point(axes: Axes, row: dict[Any, Any], *, free: float) -> None:
    """Draw a programme, its letter on the side that the line of the steps leaves free."""
    kept = bool(row["kept"])
    marker, colour, size = ("*", KEPT_COLOUR, 13) if kept else ("o", palette.NEUTRAL, 6)
    axes.plot(
        [row["x"]], [row["y"]], marker=marker, color=colour, linestyle="none",
        markersize=size, markeredgecolor="#FFFFFF", zorder=4,
    )  # fmt: skip
    axes.annotate(
        str(row["mark"]), (row["x"], row["y"]), xytext=(free, -12), textcoords="offset points",
        ha="left" if free > 0 else "right", fontsize=8, fontweight="bold", zorder=5,
    )  # fmt: skip


def _front_legend(points: pd.DataFrame, *, steps: bool) -> list[Line2D]:
    handles = [
        Line2D([], [], marker="o", color=palette.NEUTRAL, linestyle="-" if steps else "none",
               label="compromis que rien ne bat", markersize=6, markeredgecolor="#FFFFFF"),
    ]  # fmt: skip
    if points["kept"].any():
        beside = "" if points.loc[points["kept"], "on_front"].all() else ", hors de ce front"
        handles.append(
            Line2D([], [], marker="*", color=KEPT_COLOUR, linestyle="none",
                   label=f"programme retenu{beside}", markersize=11, markeredgecolor="#FFFFFF"),
        )  # fmt: skip
    return handles


def _draw_bar(axes: Axes, row: dict[Any, Any], side: str, place: float, colour: str) -> None:
    value = 0.0 if row[side] != row[side] else float(row[side])
    hatch = NEEDS_HATCH if row[f"{side}_needs"] else ""
    axes.barh(place, value, 0.36, color=colour, hatch=hatch, edgecolor="#FFFFFF")
    axes.annotate(
        row[f"{side}_text"], (value, place), xytext=(4 if value >= 0 else -4, 0),
        textcoords="offset points", va="center", ha="left" if value >= 0 else "right", fontsize=7,
    )  # fmt: skip


def _requirement_legend(effects: pd.DataFrame) -> Sequence[Patch]:
    handles = [
        Patch(facecolor=LOOSER, label="un pas plus souple"),
        Patch(facecolor=TIGHTER, label="un pas plus strict"),
    ]
    if effects[["looser_needs", "tighter_needs"]].any(axis=None):
        grey = Patch(facecolor=palette.CATEGORIES[8], hatch=NEEDS_HATCH, edgecolor="#FFFFFF",
                     label="hachuré : les besoins couverts changent aussi")  # fmt: skip
        handles.append(grey)
    return handles


def _requirement_alt(effects: pd.DataFrame) -> str:
    said = []
    for row in effects.to_dict("records"):
        parts = [
            f"un pas plus {word}, {row[f'{side}_text']}"
            for side, word in (("looser", "souple"), ("tighter", "strict"))
            if row[f"{side}_text"]
        ]
        said.append(formats.typeset(f"{row['label']} : {' ; '.join(parts)}"))
    return sentences(said)
