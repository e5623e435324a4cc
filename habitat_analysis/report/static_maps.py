"""The maps of `scenes` on paper: 1 600 pixels wide, legend and sources beside the map."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from shapely.geometry.base import BaseGeometry

from habitat_analysis import formats
from habitat_analysis.report import palette, scenes
from habitat_analysis.report.figures import WIDTH_IN, Chart, house_style, source_lines
from habitat_analysis.report.scene_layers import Layer
from habitat_analysis.report.scenes import Scene
from habitat_analysis.report.symbols import Symbol

HEIGHT_IN: Final = 5.9
SOURCE_LINE_IN: Final = 0.118  # height of a line of sources, 6.5 points
_HATCHES: Final = {"": "", "au": "////", "missing": "xxxx", "risk": "\\\\\\\\"}
_HALO: Final = [withStroke(linewidth=2, foreground="#FFFFFF")]


def draw_candidates(
    parcels: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    selected: Collection[str] | None = None,
    risks: gpd.GeoDataFrame | None = None,
    points: gpd.GeoDataFrame | None = None,
    details: Mapping[str, str] | None = None,
    sources: str,
    title: str,
    rules_assumed: bool = False,
    notice: str = "",
) -> Chart:
    """Draw the sites to study, coloured by score; see `scenes.candidates_scene`."""
    scene = scenes.candidates_scene(
        parcels,
        zones,
        selected=selected,
        risks=risks,
        points=points,
        details=details,
        sources=sources,
        title=title,
        rules_assumed=rules_assumed,
        notice=notice,
    )
    return draw(scene)


def draw_site(
    site_geometry: BaseGeometry,
    road_edges: BaseGeometry | None,
    buildable: BaseGeometry | None,
    parcels: gpd.GeoDataFrame | None,
    zones: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    risks: gpd.GeoDataFrame | None,
    points: gpd.GeoDataFrame | None,
    *,
    rules_assumed: bool,
    sources: str,
    title: str,
    notice: str = "",
) -> Chart:
    """Draw one site and its surroundings; see `scenes.site_scene`."""
    scene = scenes.site_scene(
        site_geometry,
        road_edges,
        buildable,
        parcels,
        zones,
        buildings,
        risks,
        points,
        rules_assumed=rules_assumed,
        sources=sources,
        title=title,
        notice=notice,
    )
    return draw(scene)


def draw(scene: Scene) -> Chart:
    """Draw a scene as a figure, with an alternative that lists its legend."""
    with house_style():
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN))
        _title(figure, scene)
        said = source_lines(scene.sources)
        bottom = 0.018 + len(said) * SOURCE_LINE_IN / HEIGHT_IN
        plan = figure.add_axes((0.012, bottom, 0.70, 0.91 - bottom))
        _frame(plan, scene)
        for rank, layer in enumerate(scene.layers):
            _draw_layer(plan, layer, 10 * (rank + 1))
        _north(plan)
        _scale_bar(plan)
        _legend(figure.add_axes((0.725, bottom, 0.265, 0.91 - bottom)), scene)
        figure.text(
            0.012,
            0.008,
            "\n".join(said),
            fontsize=6.5,
            color=palette.MUTED_TEXT,
            va="bottom",
        )
    return Chart(figure, alternative(scene), scene.title)


def alternative(scene: Scene) -> str:
    """Say in words what a map shows: its warnings and its legend."""
    parts = [f"Carte{formats.NBSP}: {scene.title}."]
    parts += [f"{notice}." for notice in scene.notices]
    for heading, rows in scene.legend:
        parts.append(f"{heading}{formats.NBSP}: {', '.join(symbol.label for symbol in rows)}.")
    return " ".join(parts)


def _title(figure: Figure, scene: Scene) -> None:
    room = 52 if scene.notices else 85
    lines = textwrap.wrap(scene.title, room, max_lines=2, placeholder=" …")
    figure.text(0.012, 0.985, "\n".join(lines), fontsize=11, fontweight="bold", va="top")
    if scene.notices:
        figure.text(
            0.99,
            0.965,
            "\n".join(textwrap.wrap(" · ".join(scene.notices), 42, max_lines=2)),
            fontsize=8,
            fontweight="bold",
            color="#4A3000",
            ha="right",
            va="center",
            bbox={"boxstyle": "round,pad=0.35", "facecolor": "#FFF4D6", "edgecolor": "#7A4F00"},
        )


def _frame(plan: Axes, scene: Scene) -> None:
    """Set the limits: the whole view, widened to the shape of the paper."""
    low_x, low_y, high_x, high_y = scene.view
    width_in, height_in = WIDTH_IN * 0.70, HEIGHT_IN * 0.855
    metres_per_in = max((high_x - low_x) / width_in, (high_y - low_y) / height_in)
    half_w, half_h = metres_per_in * width_in / 2, metres_per_in * height_in / 2
    middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
    plan.set_xlim(middle_x - half_w, middle_x + half_w)
    plan.set_ylim(middle_y - half_h, middle_y + half_h)
    plan.set_aspect("equal")
    plan.set_facecolor(palette.BACKGROUND)
    plan.set_xticks([])
    plan.set_yticks([])
    for spine in plan.spines.values():
        spine.set_visible(True)


def _draw_layer(plan: Axes, layer: Layer, order: int) -> None:
    for symbol in dict.fromkeys(shape.symbol for shape in layer.shapes):
        parts = shapely.get_parts([s.geometry for s in layer.shapes if s.symbol == symbol])
        if symbol.kind == "mark":
            _draw_marks(plan, parts, symbol, order)
        else:
            _draw_surfaces(plan, parts, symbol, order)
            _draw_lines(plan, parts, symbol, order)
    for text in layer.texts:
        plan.annotate(
            text.text,
            (text.point.x, text.point.y),
            fontsize=10 if text.strong else 6.5,
            fontweight="bold",
            ha="center",
            va="center",
            zorder=900,
            path_effects=_HALO,
            annotation_clip=True,
        )


def _draw_surfaces(plan: Axes, parts: Sequence[BaseGeometry], symbol: Symbol, order: int) -> None:
    patches = [PathPatch(_outline(part)) for part in parts if isinstance(part, shapely.Polygon)]
    if patches:
        plan.add_collection(PatchCollection(patches, zorder=order, **_paint(symbol)))


def _draw_lines(plan: Axes, parts: Sequence[BaseGeometry], symbol: Symbol, order: int) -> None:
    lines = [
        np.asarray(part.coords)[:, :2] for part in parts if isinstance(part, shapely.LineString)
    ]
    if lines:
        plan.add_collection(
            LineCollection(
                lines, colors=symbol.outline, linewidths=0.6 * symbol.width, zorder=order
            )
        )


def _draw_marks(plan: Axes, parts: Sequence[BaseGeometry], symbol: Symbol, order: int) -> None:
    for part in parts:
        point = part.centroid
        plan.annotate(
            symbol.glyph,
            (point.x, point.y),
            fontsize=5.5,
            fontweight="bold",
            color="#FFFFFF",
            ha="center",
            va="center",
            zorder=order + 800,
            annotation_clip=True,
            bbox={
                "boxstyle": "circle,pad=0.25",
                "facecolor": symbol.fill,
                "edgecolor": "#FFFFFF",
                "linewidth": 0.8,
            },
        )


def _outline(polygon: shapely.Polygon) -> Outline:
    rings = (polygon.exterior, *polygon.interiors)
    return Outline.make_compound_path(
        *(Outline(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings)
    )


def _paint(symbol: Symbol) -> dict[str, Any]:
    """Translate a symbol; matplotlib draws hatches in the colour of the outline."""
    fill: Any = "none" if symbol.fill == "none" else to_rgba(symbol.fill, symbol.fill_opacity)
    if symbol.hatch == "risk":
        fill = to_rgba(symbol.fill, 0.12)
    return {
        "facecolor": fill,
        "edgecolor": symbol.outline,
        "hatch": _HATCHES[symbol.hatch] or None,
        "linewidth": 0.6 * symbol.width,
        "linestyle": "--" if symbol.dash else "-",
    }


def _north(plan: Axes) -> None:
    plan.annotate(
        "N",
        xy=(0.965, 0.975),
        xytext=(0.965, 0.90),
        xycoords="axes fraction",
        ha="center",
        va="center",
        fontsize=9,
        fontweight="bold",
        zorder=1000,
        path_effects=_HALO,
        arrowprops={"arrowstyle": "-|>", "color": palette.TEXT, "lw": 1.4},
    )


def _scale_bar(plan: Axes) -> None:
    """Draw a bar of 1, 2 or 5 times a power of ten, about a fifth of the map."""
    low, high = plan.get_xlim()
    length = _round_length((high - low) / 5)
    share = length / (high - low)
    plan.add_patch(
        Rectangle(
            (0.02, 0.02),
            share + 0.03,
            0.052,
            transform=plan.transAxes,
            facecolor="#FFFFFF",
            zorder=999,
        )
    )
    for start, colour in ((0.0, palette.TEXT), (0.5, "#FFFFFF")):
        plan.add_patch(
            Rectangle(
                (0.035 + start * share, 0.03),
                share / 2,
                0.009,
                transform=plan.transAxes,
                facecolor=colour,
                edgecolor=palette.TEXT,
                linewidth=0.6,
                zorder=1000,
            )
        )
    label = formats.metres(length) if length < 1000 else f"{formats.number(length / 1000)} km"
    plan.text(0.035, 0.046, label, transform=plan.transAxes, fontsize=7, va="bottom", zorder=1000)


def _round_length(metres: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not above.

    Examples
    --------
    >>> _round_length(730), _round_length(34), _round_length(199)
    (500.0, 20.0, 100.0)
    """
    power = 10.0 ** math.floor(math.log10(metres))
    return power * max(step for step in (1, 2, 5) if step * power <= metres)


def _legend(box: Axes, scene: Scene) -> None:
    """Write the legend in a column of its own, tighter when it is long."""
    box.set_axis_off()
    rows = _legend_rows(scene)
    step = min(0.042, 1 / max(len(rows), 1))
    for rank, (symbol, text, bold) in enumerate(rows):
        middle = 1 - step * (rank + 0.5)
        box.text(
            0.0 if bold else 0.15,
            middle,
            text,
            fontsize=min(7.5, 150 * step),
            fontweight="bold" if bold else "normal",
            va="center",
            transform=box.transAxes,
        )
        if symbol is not None:
            _swatch(box, symbol, middle, 0.6 * step)


def _legend_rows(scene: Scene) -> list[tuple[Symbol | None, str, bool]]:
    """List the lines of the legend: symbol if any, text, and whether it is a heading."""
    rows: list[tuple[Symbol | None, str, bool]] = []
    for heading, entries in scene.legend:
        rows.append((None, heading, True))
        for symbol in entries:
            first, *rest = textwrap.wrap(symbol.label, 40) or [""]
            rows += [(symbol, first, False), *((None, line, False) for line in rest)]
    return rows


def _swatch(box: Axes, symbol: Symbol, middle: float, height: float) -> None:
    artist: Patch | Line2D
    if symbol.kind == "line":
        artist = Line2D(
            (0.0, 0.11), (middle, middle), color=symbol.outline, linewidth=0.6 * symbol.width
        )
    elif symbol.kind == "mark":
        artist = Line2D(
            (0.055,), (middle,), marker="o", markersize=8, color=symbol.fill, linestyle="none"
        )
        _glyph(box, symbol.glyph, middle, "#FFFFFF", 5.5)
    else:
        artist = Rectangle((0.0, middle - height / 2), 0.11, height)
        artist.set(**_paint(symbol))
        if symbol.kind == "star":
            _glyph(box, "★", middle, palette.TEXT, 7)
    artist.set_transform(box.transAxes)
    box.add_artist(artist)


def _glyph(box: Axes, text: str, middle: float, colour: str, size: float) -> None:
    box.text(
        0.055,
        middle,
        text,
        color=colour,
        fontsize=size,
        fontweight="bold",
        ha="center",
        va="center_baseline",
        zorder=10,
        transform=box.transAxes,
    )
