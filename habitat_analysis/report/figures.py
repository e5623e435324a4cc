"""A figure on paper: its picture, what it says in words, and the style all figures share."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from habitat_analysis.report import palette

DPI: Final = 200
WIDTH_IN: Final = 8.0  # 1 600 pixels, the width of an A4 page less its margins

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


def blank(height_in: float, *, n_panels: int = 1) -> tuple[Figure, list[Axes]]:
    """Open a figure as wide as the page, with panels side by side."""
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    axes = figure.subplots(1, n_panels, squeeze=False)
    return figure, list(axes[0])
