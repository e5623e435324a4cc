"""How a notebook shows sentences and pictures: readable, light, the same at each run.

Tables show themselves (`sheets.Sheet`); what is here does the same for the rest.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from habitat_analysis.formats import typeset
from habitat_analysis.report.escape import html_text
from habitat_analysis.report.figures import Chart, house_style
from habitat_analysis.report.sheets import Sheet

SCREEN_DPI: Final = 100  # 800 pixels wide; reports have 200 dots an inch
COLOURS: Final = 256  # enough for maps and charts, and three times lighter
NO_FIGURE: Final = "Rien à dessiner : cette figure demande un programme."
NOTHING_TO_SAY: Final = "Rien à signaler."


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences, one a line; several make a list in a page."""

    lines: tuple[str, ...]

    def __repr__(self) -> str:
        """Write the sentences as text: a notebook compares them."""
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        if len(self.lines) == 1:
            return f"<p>{html_text(self.lines[0])}</p>"
        items = "".join(f"<li>{html_text(line)}</li>" for line in self.lines)
        return f"<ul>{items}</ul>"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure or a map at the size of a screen, with what it says in words."""

    chart: Chart

    def __repr__(self) -> str:
        """Say what the figure shows."""
        return repr(self.chart)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        del include, exclude  # the front end chooses between the two
        data = {"image/png": b64encode(screen_png(self.chart)).decode(), "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.chart.alt}}


@dataclass(frozen=True, slots=True)
class Tables:
    """Several tables, one under the other."""

    sheets: tuple[Sheet, ...]

    def __repr__(self) -> str:
        """Write the tables as text: a notebook compares them."""
        return "\n\n".join(repr(one) for one in self.sheets)

    def _repr_html_(self) -> str:
        return "".join(one._repr_html_() for one in self.sheets)


def tables(sheets: Iterable[Sheet]) -> Tables:
    """Show several tables in one cell."""
    return Tables(tuple(sheets))


def say(*texts: str | Iterable[str] | None) -> Prose:
    """Gather sentences to show; an absent one is left out.

    Parameters
    ----------
    *texts
        Sentences, lists of sentences, or None.

    Examples
    --------
    >>> say("Un site.", ["Deux étages.", "Trois lots."], None)
    Un site.
    Deux étages.
    Trois lots.
    """
    given = [[text] if isinstance(text, str) else list(text or ()) for text in texts]
    lines = tuple(typeset(line) for part in given for line in part if line)
    return Prose(lines or (NOTHING_TO_SAY,))


def picture(chart: Chart | None) -> Picture | Prose:
    """Show a figure at the size of a screen; a sentence when there is none to draw."""
    return Prose((NO_FIGURE,)) if chart is None else Picture(chart)


def screen_png(chart: Chart, *, dpi: int = SCREEN_DPI) -> bytes:
    """Write a figure as a light PNG: fewer dots and fewer colours, the same bytes each time."""
    with house_style():
        whole = io.BytesIO()
        chart.figure.savefig(whole, format="png", dpi=dpi, metadata={"Software": None})
    few = Image.open(whole).convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    light = io.BytesIO()
    few.save(light, format="png", optimize=True)
    return light.getvalue()
