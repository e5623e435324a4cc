"""Colours, always the same for the same thing, and never alone: a label goes with each.

Contrasts and the distances seen by colour-blind readers are computed here, so that a test can hold
the whole palette to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

TENURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PLAI": "#002F5F",
        "PLUS": "#2374C6",
        "PLS": "#009E8E",
        "PSLA": "#B8860B",
        "BRS": "#C0392B",
        "SCIAPP": "#CC6DB5",
        "VEFA": "#7A4F9A",
        "LIBRE": "#4D4D4D",
    }
)

# One hatch a tenure: a grey-scale print still tells them apart.
TENURE_HATCHES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PLAI": "",
        "PLUS": "//",
        "PLS": "\\\\",
        "PSLA": "..",
        "BRS": "xx",
        "SCIAPP": "oo",
        "VEFA": "--",
        "LIBRE": "++",
    }
)

ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {"U": "#E60000", "AUc": "#FF6565", "AUs": "#FECCBE", "A": "#FFFF00", "N": "#56AA02"}
)
ZONE_OUTLINE: Final = "#343434"
ZONE_OPACITY: Final = 0.4

RISKS: Final[Mapping[str, str]] = MappingProxyType(
    {"rouge": "#B00020", "bleu": "#0B5CAD", "autre": "#6A4C00"}
)

SELECTED: Final = "#111111"
MISSING: Final = "#BDBDBD"
BACKGROUND: Final = "#F7F7F4"
CONTEXT: Final = "#D9D9D4"  # parcels and roads that only situate
BUILDING: Final = "#8C8C8C"
BUILDABLE: Final = "#0B6E4F"
TEXT: Final = "#1A1A1A"
MUTED_TEXT: Final = "#555555"
POSITIVE: Final = "#1B7837"
NEGATIVE: Final = "#A50026"
NEUTRAL: Final = "#2374C6"

# Five steps of viridis, dark (low) to light (high): lightness alone orders them.
SCORES: Final = ("#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725")

# Categories that are not tenures (criteria, families of cost); dark enough for 3:1 on white.
CATEGORIES: Final = (
    "#1F4E79",
    "#B85C00",
    "#3A7D44",
    "#8E44AD",
    "#7F6000",
    "#C2185B",
    "#00838F",
    "#5D4037",
    "#616161",
)
CATEGORY_HATCHES: Final = ("", "//", "..", "\\\\", "xx", "--", "oo", "++", "||")

COLOUR_BLINDNESS: Final[Mapping[str, tuple[tuple[float, float, float], ...]]] = MappingProxyType(
    {
        "protanopie": (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        ),
        "deutéranopie": (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        ),
        "tritanopie": (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        ),
    }
)
"""Machado, Oliveira and Fernandes 2009, severity 1.0, to apply to linear RGB."""

_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])


def contrast(first: str, second: str = "#FFFFFF") -> float:
    """Compute the contrast ratio of two colours, from 1 to 21.

    References
    ----------
    WCAG 2.1, definitions "contrast ratio" and "relative luminance".

    Examples
    --------
    >>> round(contrast("#000000"), 1), round(contrast("#C0392B"), 1)
    (21.0, 5.4)
    """
    low, high = sorted(_luminance(colour) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def ink_on(fill: str) -> str:
    """Choose black or white text, whichever reads better on a fill.

    Examples
    --------
    >>> ink_on("#FFFF00"), ink_on("#002F5F")
    ('#1A1A1A', '#FFFFFF')
    """
    return max((TEXT, "#FFFFFF"), key=lambda ink: contrast(ink, fill))


def distance(first: str, second: str, *, seen_with: str | None = None) -> float:
    """Compute how far apart two colours look (CIE 1976 ΔE; about 2 is just noticeable).

    Parameters
    ----------
    first, second
        Colours as ``#RRGGBB``.
    seen_with
        A key of `COLOUR_BLINDNESS`, or None for usual sight.

    Examples
    --------
    >>> round(distance("#C0392B", "#56AA02")), round(
    ...     distance("#C0392B", "#56AA02", seen_with="deutéranopie"))
    (106, 19)
    """
    gap = _lab(first, seen_with) - _lab(second, seen_with)
    return float(np.linalg.norm(gap))


def category_colours(names: list[str]) -> dict[str, tuple[str, str]]:
    """Give each name its colour and hatch: tenures have theirs, the rest follow the order given."""
    others = [name for name in names if name not in TENURES]
    styles = {
        name: (CATEGORIES[rank % len(CATEGORIES)], CATEGORY_HATCHES[rank % len(CATEGORY_HATCHES)])
        for rank, name in enumerate(others)
    }
    known = {name: (TENURES[name], TENURE_HATCHES[name]) for name in names if name in TENURES}
    return {name: (known | styles)[name] for name in names}


def _linear(colour: str) -> NDArray[np.float64]:
    levels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    return float(_linear(colour) @ _XYZ[1])


def _lab(colour: str, seen_with: str | None) -> NDArray[np.float64]:
    rgb = _linear(colour)
    if seen_with is not None:
        rgb = np.clip(np.array(COLOUR_BLINDNESS[seen_with]) @ rgb, 0, 1)
    ratio = _XYZ @ rgb / _WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
