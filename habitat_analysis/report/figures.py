"""A figure on paper: its picture, what it says in words, and the style all figures share."""

from __future__ import annotations

import io
import math
import textwrap
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, cast

import pandas as pd
from matplotlib import style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter

from habitat_analysis.errors import UsageError
from habitat_analysis.report import palette

DPI: Final = 200
WIDTH_IN: Final = 8.0  # 1 600 pixels, the width of an A4 page less its margins

Panels = tuple[Figure, list[Axes]]

_STYLE: Final[dict[str, Any]] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": palette.TEXT,
    "axes.labelcolor": palette.TEXT,
    "axes.edgecolor": "#8A8A85",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": palette.TEXT,
    "ytick.color": palette.TEXT,
    "grid.color": "#DDDDDA",
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "figure.facecolor": "#FFFFFF",
    "savefig.facecolor": "#FFFFFF",
    "path.simplify": True,
    "text.usetex": False,
    "text.parse_math": False,  # a dollar in a name is a dollar
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure with its text alternative.

    Parameters
    ----------
    figure
        What to draw.
    alt
        The finding, for who does not see the figure.
    caption
        Title written under the figure in a report.
    """

    figure: Figure
    alt: str
    caption: str

    def png(self) -> bytes:
        """Write the picture; the same figure gives the same bytes."""
        return figure_png(self.figure)

    def __repr__(self) -> str:
        """Say what the figure shows: a notebook compares this text, not the picture."""
        return f"Figure : {self.caption}\n{self.alt}"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        """Show the picture in a notebook, with its alternative."""
        del include, exclude  # the front end chooses between the two
        picture = b64encode(self.png()).decode()
        width = round(self.figure.get_figwidth() * 100)
        data = {"image/png": picture, "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.alt, "width": width}}


def figure_png(figure: Figure) -> bytes:
    """Write a figure as PNG, 200 dots an inch, without a date nor a version."""
    with house_style():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def house_style() -> AbstractContextManager[None]:
    """Draw with the project's style, whatever the reader's own settings."""
    return style.context(["default", _STYLE])


def blank(height_in: float, title: str, *, sources: str = "", n_panels: int = 1) -> Panels:
    """Open a figure as wide as the page: title, panels side by side, a strip for the sources."""
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    lines = source_lines(sources)
    foot_in = 0.1 + 0.11 * len(lines)
    strips = figure.subfigures(2, 1, height_ratios=[height_in - foot_in, foot_in])
    body, foot = cast("Sequence[SubFigure]", strips)
    body.suptitle(
        "\n".join(textwrap.wrap(title, 88)), x=0.012, ha="left", fontsize=11, fontweight="bold"
    )
    foot.text(0.012, 0.5, "\n".join(lines), va="center", fontsize=6.5, color=palette.MUTED_TEXT)
    return figure, list(body.subplots(1, n_panels, squeeze=False)[0])


def source_lines(sources: str) -> list[str]:
    """Cut the line of sources to the width of the page."""
    return textwrap.wrap(sources, 150)


def legend_below(axes: Axes, handles: Sequence[Artist]) -> None:
    """Put the legend under the panels, where it hides nothing."""
    axes.figure.legend(
        handles=list(handles), loc="outside lower left", ncols=min(len(handles), 4), fontsize=8
    )


def patches(styles: Mapping[str, tuple[str, str]]) -> list[Artist]:
    """List the entries of a legend: name, colour and hatch."""
    return [
        Patch(facecolor=colour, hatch=hatch, edgecolor="#FFFFFF", label=name)
        for name, (colour, hatch) in styles.items()
    ]


def require(frame: pd.DataFrame, *columns: str) -> None:
    """Check that there is something to draw.

    Raises
    ------
    UsageError
        If the table is empty or has not these columns.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing or frame.empty:
        msg = f"Nothing to draw: {len(frame)} rows, missing columns {missing}."
        raise UsageError(msg)


def wrapped(labels: Iterable[object], width: int = 30) -> list[str]:
    """Cut long labels into lines."""
    return ["\n".join(textwrap.wrap(str(label), width)) or " " for label in labels]


def flat_bars(
    axes: Axes,
    labels: Sequence[object],
    values: Sequence[float],
    *,
    styles: Sequence[tuple[str, str]],
    texts: Sequence[str],
    reach: Sequence[float] | None = None,
    room: float = 0.3,
) -> None:
    """Draw horizontal bars from top to bottom, the figure written at the end of each.

    Parameters
    ----------
    styles
        Colour and hatch of each bar.
    texts
        Figures, already written.
    reach
        Where the figures start, when something is drawn beyond the bars.
    room
        Space kept for them, as a share of the longest bar.
    """
    places = list(range(len(values)))
    drawn = [0.0 if math.isnan(value) else value for value in values]
    for place, value, (colour, hatch) in zip(places, drawn, styles, strict=True):
        axes.barh(place, value, 0.66, color=colour, hatch=hatch, edgecolor="#FFFFFF")
    offset = 4 if reach is None else 9
    ends = drawn if reach is None else list(reach)
    for place, value, end, text in zip(places, drawn, ends, texts, strict=True):
        axes.annotate(
            text,
            (end, place),
            xytext=(offset if value >= 0 else -offset, 0),
            textcoords="offset points",
            va="center",
            ha="left" if value >= 0 else "right",
            fontsize=8,
        )
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = (high - low) or 1.0
    axes.set_xlim(low - (room * span if low < 0 else 0), high + room * span)
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_yticks(places, wrapped(labels))
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color="#8A8A85", linewidth=0.8)


def sentences(parts: Iterable[str]) -> str:
    """Join sentences, each ended by one full stop."""
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def french_axis(axis: Axis, write: Callable[[float], str]) -> None:
    """Write the figures of an axis as the rest of the report does."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def written_over(axes: Axes, x: float, y: float, text: str, fill: str) -> None:
    """Write inside a bar, readable over its hatch."""
    axes.annotate(
        text,
        (x, y),
        ha="center",
        va="center",
        fontsize=8,
        fontweight="bold",
        color=palette.ink_on(fill),
        path_effects=[withStroke(linewidth=2.5, foreground=fill)],
    )
