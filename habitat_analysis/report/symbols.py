"""How each thing of a map is drawn, whatever draws it: one symbol, one line of legend.

The web map (`maps`) and the printed one (`static_maps`) read the same symbols, so that their
legends cannot disagree.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from habitat_analysis import formats
from habitat_analysis.report import palette

Kind = Literal["surface", "line", "mark", "star"]
Hatch = Literal["", "au", "missing", "risk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One way of drawing, with the label it has in the legend."""

    label: str
    kind: Kind = "surface"
    fill: str = "none"
    fill_opacity: float = 1.0
    hatch: Hatch = ""
    outline: str = palette.ZONE_OUTLINE
    width: float = 1.0  # pixels
    dash: bool = False
    glyph: str = ""  # one or two letters written inside a mark


SELECTED: Final = Symbol(label="site retenu", kind="star", outline=palette.SELECTED, width=3)
SITE: Final = replace(SELECTED, fill="#FFFFFF", fill_opacity=0.85)
MISSING_SCORE: Final = Symbol(
    label="score non disponible", fill=palette.MISSING, hatch="missing", width=0.8
)
PARCEL: Final = Symbol(label="parcelles voisines", outline="#8A8A85", width=0.7)
BUILDING: Final = Symbol(
    label="bâtiments", fill=palette.BUILDING, outline="#5F5F5F", width=0.5, fill_opacity=0.85
)
BUILDABLE: Final = Symbol(
    label="emprise après reculs (calcul)",
    fill=palette.BUILDABLE,
    fill_opacity=0.35,
    outline=palette.BUILDABLE,
    width=1.5,
    dash=True,
)
ROAD_EDGE: Final = Symbol(label="limite sur rue", kind="line", outline="#C2185B", width=4)

_ZONE_LABELS: Final = {
    "U": "U : zone urbaine",
    "AUc": "AUc : à urbaniser, ouverte",
    "AUs": "AUs : à urbaniser, fermée",
    "A": "A : zone agricole",
    "N": "N : zone naturelle",
}
_POINTS: Final = {
    "arret": ("A", "arrêt de transport", "#0B3C6F"),
    "ecole": ("É", "école", "#7A1F5C"),
    "commerce": ("C", "commerce", "#7F4A00"),
    "autre": ("+", "autre équipement", "#3D3D3D"),
}
_RISK_LABELS: Final = {
    "rouge": "zone rouge",
    "bleu": "zone bleue",
    "autre": "autre contrainte",
}


def zone_symbol(family: str) -> Symbol:
    """Give the CNIG symbol of a zone family; an unknown one is drawn as missing."""
    if family not in palette.ZONES:
        return Symbol(label=f"{family} : autre zone", fill=palette.MISSING, hatch="missing")
    return Symbol(
        label=_ZONE_LABELS[family],
        fill=palette.ZONES[family],
        fill_opacity=palette.ZONE_OPACITY,
        hatch="au" if family.startswith("AU") else "",
    )


def risk_symbol(level: str, nature: str = "") -> Symbol:
    """Give the symbol of a constraint by its level: rouge, bleu, or any other."""
    level = level if level in palette.RISKS else "autre"
    colour = palette.RISKS[level]
    label = f"{nature}, {_RISK_LABELS[level]}" if nature else _RISK_LABELS[level]
    return Symbol(label=label, fill=colour, hatch="risk", outline=colour, width=2)


def point_symbol(kind: str) -> Symbol:
    """Give the symbol of an amenity: a letter in a disc, the colour only helps."""
    glyph, label, colour = _POINTS.get(kind, _POINTS["autre"])
    return Symbol(label=label, kind="mark", fill=colour, outline="#FFFFFF", glyph=glyph)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreScale:
    """Five classes of equal width, whose bounds are the figures written in the legend."""

    bounds: tuple[float, ...]  # increasing; two when all scores are the same
    decimals: int

    def symbol(self, score: float | None) -> Symbol:
        """Give the symbol of a score; without one, the parcel is hatched grey."""
        if score is None or math.isnan(score):
            return MISSING_SCORE
        return self.symbols[bisect_right(self.bounds[1:-1], score)]

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The classes, lowest first."""
        colours = palette.SCORES if len(self.bounds) > 2 else palette.SCORES[2:3]
        pairs = zip(self.bounds, self.bounds[1:], strict=False)
        return tuple(
            Symbol(label=self._label(low, high), fill=colour, fill_opacity=0.95, width=0.6)
            for (low, high), colour in zip(pairs, colours, strict=True)
        )

    def write(self, score: float | None) -> str:
        """Write a score as the legend does."""
        return formats.number(score, self.decimals)

    def _label(self, low: float, high: float) -> str:
        return self.write(low) if low == high else f"{self.write(low)} à {self.write(high)}"


def score_scale(scores: Iterable[float], *, decimals: int | None = None) -> ScoreScale:
    """Cut the range of the scores into five classes with readable bounds.

    Parameters
    ----------
    scores
        Scores of the sites, from 0 to 1 or from 0 to 100, or prices; NaN is left out.
    decimals
        How many to begin with; by default two for scores up to 1, none above.

    Examples
    --------
    >>> [symbol.label for symbol in score_scale([0.31, 0.52, 0.81]).symbols]
    ['0,31 à 0,41', '0,41 à 0,51', '0,51 à 0,61', '0,61 à 0,71', '0,71 à 0,81']
    >>> [symbol.label for symbol in score_scale([62.0, 62.0]).symbols]
    ['62']
    """
    known = [float(score) for score in scores if score is not None and not math.isnan(score)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    decimals = decimals if decimals is not None else 2 if high <= 1 else 0
    if low == high:
        return ScoreScale(bounds=(low, high), decimals=decimals)
    while True:
        bounds = _rounded_bounds(low, high, decimals)
        if len(set(bounds)) == len(bounds) or decimals == 9:
            return ScoreScale(bounds=bounds, decimals=decimals)
        decimals += 1


def counted(symbol: Symbol, n: int, singular: str, plural: str | None = None) -> Symbol:
    """Return the symbol with the number of things it stands for, for a legend."""
    return replace(symbol, label=f"{symbol.label} ({formats.count(n, singular, plural)})")


def _rounded_bounds(low: float, high: float, decimals: int) -> tuple[float, ...]:
    unit = 10**decimals
    first = math.floor(round(low * unit, 6)) / unit
    last = math.ceil(round(high * unit, 6)) / unit
    step = (last - first) / len(palette.SCORES)
    return tuple(round(first + k * step, decimals) for k in range(len(palette.SCORES) + 1))
