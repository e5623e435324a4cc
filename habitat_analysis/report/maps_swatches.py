"""Symbols in the web page: hatches as SVG patterns, swatches of the legend, styles of Leaflet."""

from __future__ import annotations

from typing import Any, Final

from habitat_analysis.report import palette
from habitat_analysis.report.escape import map_text
from habitat_analysis.report.symbols import Symbol


def _pattern(name: str, fill: str, opacity: float, lines: str) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="8" height="8" fill="{fill}" '
        f'fill-opacity="{opacity}"/>{lines}</pattern>'
    )


def _line(colour: str, width: float) -> str:
    return f'<path d="M0 0V8" stroke="{colour}" stroke-width="{width}"/>'


_AU: Final = [
    _pattern(f"au-{code}", fill, palette.ZONE_OPACITY, _line("#343434", 1.2))
    for code, fill in palette.ZONES.items()
    if code.startswith("AU")
]
_RISKS: Final = [
    _pattern(f"risque-{level}", colour, 0.12, _line(colour, 3))
    for level, colour in palette.RISKS.items()
]
_MISSING: Final = _pattern("manquant", palette.MISSING, 1.0, _line("#FFFFFF", 3))

HATCH_DEFINITIONS: Final = (
    '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>'
    + "".join((*_AU, *_RISKS, _MISSING))
    + "</defs></svg>"
)


def paint(symbol: Symbol) -> tuple[str, float]:
    """Return the fill of a symbol, a colour or a hatch, and its opacity."""
    match symbol.hatch:
        case "au":
            code = next(code for code, fill in palette.ZONES.items() if fill == symbol.fill)
            return f"url(#au-{code})", 1.0
        case "risk":
            level = next(code for code, fill in palette.RISKS.items() if fill == symbol.fill)
            return f"url(#risque-{level})", 1.0
        case "missing":
            return "url(#manquant)", 1.0
        case _:
            return symbol.fill, symbol.fill_opacity


def leaflet_style(symbol: Symbol) -> dict[str, Any]:
    """Return the path options of Leaflet for a symbol."""
    fill, opacity = paint(symbol)
    style: dict[str, Any] = {"color": symbol.outline, "weight": symbol.width, "opacity": 1}
    if symbol.dash:
        style["dashArray"] = "7 4"
    filled = symbol.kind in {"surface", "star"} and fill != "none"
    return style | ({"fillColor": fill, "fillOpacity": opacity} if filled else {"fill": False})


def swatch(symbol: Symbol) -> str:
    """Draw a symbol for the legend, as inline SVG."""
    fill, opacity = paint(symbol)
    stroke = f'stroke="{symbol.outline}" stroke-width="{min(symbol.width, 3)}"'
    if symbol.dash:
        stroke += ' stroke-dasharray="5 3"'
    match symbol.kind:
        case "line":
            drawing = f'<path d="M1 8H27" {stroke}/>'
        case "star":
            drawing = (
                f'<rect x="2" y="2" width="24" height="12" fill="none" {stroke}/>'
                '<text x="14" y="12" font-size="11" text-anchor="middle">★</text>'
            )
        case "mark":
            drawing = (
                f'<circle cx="14" cy="8" r="8" fill="{symbol.fill}"/><text x="14" y="12" '
                'font-size="10" font-weight="bold" fill="#FFF" text-anchor="middle">'
                f"{map_text(symbol.glyph)}</text>"
            )
        case _:
            drawing = (
                f'<rect x="2" y="2" width="24" height="12" fill="{fill}" '
                f'fill-opacity="{opacity}" {stroke}/>'
            )
    return f'<svg width="28" height="16" aria-hidden="true">{drawing}</svg>'
