"""Charts of the montage: prix de revient step by step, treasuries over the years, shares held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from habitat_analysis import formats
from habitat_analysis.formats import NBSP
from habitat_analysis.report import palette
from habitat_analysis.report.figures import (
    Chart,
    blank,
    french_axis,
    house_style,
    legend_below,
    patches,
    require,
    sentences,
    wrapped,
)

STEP_STYLES: Final[Mapping[str, tuple[str, str]]] = {
    "dépenses HT": (palette.CATEGORIES[0], ""),
    "TVA": (palette.CATEGORIES[1], "//"),
    "total": (palette.TENURES["LIBRE"], ""),
}
HT, TAX, TOTAL = STEP_STYLES
MARKS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")  # one a line, as palette.TENURES is ordered
DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
MARK_EVERY: Final = 5  # years
GUIDE: Final = "#8A8A85"
LABEL_GAP: Final = 0.07  # least distance of two labels, as a share of the axis

Line = tuple[str, pd.Series, tuple[str, str, Any]]  # name, values by year, style


def cost_waterfall(
    table: pd.DataFrame, *, title: str = "Le prix de revient, étape par étape", sources: str = ""
) -> Chart:
    """Stack the chapters of the prix de revient HT, then the VAT, up to the total.

    Parameters
    ----------
    table
        ``step`` (name), ``amount_eur`` and ``kind``: ``"ht"`` or ``"tva"``; rows before tax first.
    title, sources
        Cartouche.
    """
    require(table, "step", "amount_eur", "kind")
    total = float(table["amount_eur"].sum())
    before_tax = float(table.loc[table["kind"] == "ht", "amount_eur"].sum())
    bars = _steps(table, before_tax, total)
    whole = f"{title}{NBSP}: {formats.euros(total)} TTC"
    with house_style():
        figure, (axes,) = blank(1.5 + 0.34 * len(bars), whole, sources=sources)
        ends = [low + size for _, low, size, _ in bars]
        reach = max(ends, default=1.0) or 1.0
        for place, (_, low, size, kind) in enumerate(bars):
            colour, hatch = STEP_STYLES[kind]
            axes.barh(place, size, 0.66, left=low, color=colour, hatch=hatch, edgecolor="#FFFFFF")
            axes.annotate(
                _step_text(size, total, kind),
                (max(low, low + size), place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                fontweight="bold" if kind == TOTAL else "normal",
            )
            if place + 1 < len(bars):
                axes.plot([ends[place]] * 2, [place + 0.33, place + 0.67], color=GUIDE, lw=0.8)
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.set_yticks(range(len(bars)), wrapped((name for name, *_ in bars), 34))
        axes.set_xlim(0, reach * 1.3)
        axes.tick_params(left=False)
        french_axis(axes.xaxis, lambda value: formats.number(value / 1000))
        axes.set_xlabel("Montant cumulé (k€)")
        legend_below(axes, patches(STEP_STYLES))
    names, sizes = list(table["step"]), [float(value) for value in table["amount_eur"]]
    first = sizes.index(max(sizes))
    alt = (
        (
            f"Prix de revient{NBSP}: {formats.euros(before_tax)} HT, "
            f"{formats.euros(total - before_tax)} de TVA, soit {formats.euros(total)} TTC"
        ),
        f"Étape la plus lourde{NBSP}: {names[first]}, {_step_text(sizes[first], total, HT)}",
    )
    return Chart(figure, sentences(alt), whole)


def treasury_curves(
    table: pd.DataFrame,
    *,
    main_years: Mapping[str, int],
    title: str = "Trésorerie cumulée des logements locatifs",
    sources: str = "",
) -> Chart:
    """Follow the treasury of each rental tenure: up to the end of its main loan, then further.

    Parameters
    ----------
    table
        ``tenure`` (code), ``year`` (from 1) and ``cumulative_eur`` at the end of the year.
    main_years
        Length of the main loan of each tenure: the treasury is judged up to it.
    title, sources
        Cartouche.
    """
    require(table, "tenure", "year", "cumulative_eur")
    lines = [_tenure_line(table, code) for code in _codes(table)]
    end = max(main_years[name] for name, *_ in lines)
    last = int(table["year"].max())
    with house_style():
        figure, (near, far) = blank(3.7, title, sources=sources, n_panels=2)
        short = [(name, values[values.index <= end], look) for name, values, look in lines]
        for axes, drawn in ((near, short), (far, lines)):
            _draw_lines(axes, drawn, _kilo)
            axes.set_xlabel("Année du compte")
            french_axis(axes.yaxis, lambda value: formats.number(value / 1000))
            for year in sorted({main_years[name] for name, *_ in lines}):
                axes.axvline(year, color=palette.TEXT, linewidth=1, linestyle=":")
        near.set_title("Jusqu'à la fin du prêt principal", fontsize=9)
        far.set_title(f"Sur {last} ans (pointillé{NBSP}: fin du prêt principal)", fontsize=9)
        near.set_ylabel("Trésorerie cumulée (k€)")
    alt = [_treasury_words(name, values, main_years[name]) for name, values, _ in lines]
    return Chart(figure, sentences(alt), title)


def sciapp_path(
    table: pd.DataFrame, *, title: str = "Parts détenues par le ménage", sources: str = ""
) -> Chart:
    """Follow the part of its lot that a household of a SCIAPP holds.

    Parameters
    ----------
    table
        ``typology``, ``year`` (from 1) and ``share`` of the lot held at the end of the year.
    title, sources
        Cartouche.
    """
    require(table, "typology", "year", "share")
    names = [str(name) for name in dict.fromkeys(table["typology"])]
    lines: list[Line] = [
        (
            name,
            table[table["typology"] == name].set_index("year")["share"].astype(float),
            (palette.CATEGORIES[rank % len(palette.CATEGORIES)], MARKS[rank], DASHES[rank]),
        )
        for rank, name in enumerate(names[: len(MARKS)])
    ]
    with house_style():
        figure, (axes,) = blank(2.8, title, sources=sources)
        _draw_lines(axes, lines, _percent, room=0.12, low=0.0, high=1.08)
        axes.axhline(1.0, color=palette.TEXT, linewidth=1, linestyle=":")
        axes.annotate("pleine propriété", (1, 1.0), xytext=(0, 3), textcoords="offset points",
                      fontsize=8)  # fmt: skip
        axes.set_xlabel("Année")
        axes.set_ylabel("Part du lot détenue")
        french_axis(axes.yaxis, _percent)
    return Chart(figure, sentences(_share_words(name, held) for name, held, _ in lines), title)


def _steps(
    table: pd.DataFrame, before_tax: float, total: float
) -> list[tuple[str, float, float, str]]:
    """List the bars: name, where it starts, its length, its kind; the totals from zero."""
    bars, level, taxed = [], 0.0, False
    for row in table.to_dict("records"):
        kind = HT if row["kind"] == "ht" else TAX
        if kind == TAX and not taxed:
            bars.append(("Prix de revient HT", 0.0, before_tax, TOTAL))
            taxed = True
        bars.append((str(row["step"]), level, float(row["amount_eur"]), kind))
        level += float(row["amount_eur"])
    bars.append(("Prix de revient TTC", 0.0, total, TOTAL))
    return bars


def _step_text(size: float, total: float, kind: str) -> str:
    if kind == TOTAL:
        return formats.euros(size)
    return f"{formats.euros(size)} ({formats.percent(size / total if total else None)})"


def _codes(table: pd.DataFrame) -> list[str]:
    there = {str(code) for code in table["tenure"]}
    return [code for code in palette.TENURES if code in there]


def _tenure_line(table: pd.DataFrame, code: str) -> Line:
    rank = list(palette.TENURES).index(code)
    values = table[table["tenure"] == code].set_index("year")["cumulative_eur"].astype(float)
    return code, values, (palette.TENURES[code], MARKS[rank], DASHES[rank])


def _draw_lines(
    axes: Axes,
    lines: Sequence[Line],
    write: Callable[[float], str],
    *,
    room: float = 0.36,
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Draw each line with its own marks and dashes, named at its end."""
    for name, values, (colour, mark, dash) in lines:
        axes.plot(
            values.index, values.to_numpy(), color=colour, marker=mark, linestyle=dash,
            markevery=MARK_EVERY, markersize=4.5, linewidth=1.6, label=name,
        )  # fmt: skip
    axes.axhline(0, color=GUIDE, linewidth=1)
    first, last = (pick(values.index) for pick, values in ((min, lines[0][1]), (max, lines[0][1])))
    last = max(last, *(max(values.index) for _, values, _ in lines))
    axes.set_xlim(first, last + (last - first + 1) * room)
    axes.set_xticks([first, *range(10, last + 1, 10)])
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    heights = _apart([float(values.iloc[-1]) for _, values, _ in lines], axes.get_ylim())
    for (name, values, (colour, *_)), height in zip(lines, heights, strict=True):
        axes.annotate(
            f"{name} {write(float(values.iloc[-1]))}",
            (float(values.index[-1]), height),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            fontweight="bold",
            color=colour if palette.contrast(colour) >= 4.5 else palette.TEXT,
        )


def _apart(heights: Sequence[float], limits: tuple[float, float]) -> list[float]:
    """Move labels upwards until none covers another."""
    gap = LABEL_GAP * (limits[1] - limits[0])
    moved = list(heights)
    order = sorted(range(len(moved)), key=lambda rank: moved[rank])
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    return moved


def _kilo(value: float) -> str:
    return formats.kilo_euros(value)


def _percent(value: float) -> str:
    return formats.percent(value, 0)


def _treasury_words(name: str, values: pd.Series, main_years: int) -> str:
    """Say where the treasury is lowest over the main loan, and where it ends."""
    judged = values[values.index <= main_years]
    place = int(np.argmin(judged.to_numpy()))
    lowest, year = float(judged.iloc[place]), int(judged.index[place])
    short = lowest < -0.5
    word = "est négative" if short else "ne passe jamais sous zéro"
    return (
        f"{name}{NBSP}: la trésorerie {word} pendant le prêt principal de {main_years} ans, au "
        f"plus bas {formats.euros(lowest)} en année {year}, {formats.euros(judged.iloc[-1])} à "
        f"son terme, {formats.euros(values.iloc[-1])} en année {int(values.index[-1])}"
    )


def _share_words(name: str, held: pd.Series) -> str:
    end, last = float(held.iloc[-1]), int(held.index[-1])
    full = end >= 1 - 1e-9
    word = "pleine propriété" if full else f"{formats.percent(end)} des parts, pas la totalité,"
    return f"{name}{NBSP}: {word} en année {last}"
