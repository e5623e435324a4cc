"""Charts of mix: tenures beside the commune and the basin, and from one building to another.

A bar is stacked by tenure, in its colour and hatch, the code written inside where it fits and in
the legend everywhere: nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
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
    patches,
    require,
    sentences,
    wrapped,
    written_over,
)

PROGRAMME: Final = "Programme"
ROOM: Final = 0.075  # least share of the axis for a code to be written inside its bar
BAR: Final = 0.72
GAP: Final = 1.15  # between two groups, in bars: the name of the next one stands there
INK: Final = "#111111"


def compared_mix_chart(
    shares: pd.DataFrame,
    targets: Mapping[str, float],
    *,
    title: str = "Statuts du programme, de la commune et du bassin",
    sources: str = "",
) -> Chart:
    """Set each group of tenures of the programme beside the commune, the basin and the target.

    Parameters
    ----------
    shares
        ``group``, ``place`` (`PROGRAMME` first), ``tenure`` and ``share``, a fraction of all the
        dwellings of the place; groups and places in the order of reading.
    targets
        Share aimed at, by group; none for the groups absent.
    title, sources
        Cartouche.
    """
    require(shares, "group", "place", "tenure", "share")
    groups = list(dict.fromkeys(shares["group"]))
    totals = shares.groupby(["group", "place"], sort=False)["share"].sum()
    reach = max(float(totals.max()), *targets.values(), 0.1)
    n_bars = len(totals)
    with house_style():
        height = 1.25 + 0.27 * n_bars + 0.27 * GAP * len(groups)
        figure, (axes,) = blank(height, title, sources=sources)
        place, ticks, labels = 0.0, [], []
        for group in groups:
            place += GAP
            axes.annotate(
                group, (0, place - 0.95), va="center", fontweight="bold", annotation_clip=False
            )
            for where, rows in shares[shares["group"] == group].groupby("place", sort=False):
                target = targets.get(group) if where == PROGRAMME else None
                _stack(axes, place, rows, scale=reach, mark=target)
                _end_text(axes, place, float(rows["share"].sum()), target)
                ticks.append(place)
                labels.append(str(where))
                place += 1
        axes.set_yticks(ticks, labels)
        _finish(axes, bottom=place - 0.4, right=reach * 1.3)
        axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= 1])
        legend_below(axes, [*_tenures_drawn(shares), *_target_handle(targets)])
    return Chart(figure, _compared_alt(totals, targets), title)


def building_mix_chart(
    counts: pd.DataFrame, *, title: str = "Statuts, bâtiment par bâtiment", sources: str = ""
) -> Chart:
    """Draw the mix of each building beside that of the whole, each bar adding up to 100 %.

    Parameters
    ----------
    counts
        Index tenure, one column a building (its name) and the whole: dwellings.
    title, sources
        Cartouche.
    """
    rows = [
        {"place": name, "tenure": code, "n": n, "share": n / column.sum()}
        for name, column in counts.items()
        if column.sum() > 0
        for code, n in column.items()
        if n > 0
    ]
    table = pd.DataFrame(rows, columns=["place", "tenure", "n", "share"])
    require(table, "place", "tenure", "n", "share")
    names = list(dict.fromkeys(table["place"]))
    with house_style():
        figure, (axes,) = blank(1.35 + 0.42 * len(names), title, sources=sources)
        for place, name in enumerate(names):
            inside = table[table["place"] == name]
            _stack(axes, place, inside, scale=1.0, counted=True)
            said = formats.count(inside["n"].sum(), "logement")
            axes.annotate(
                said, (1, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8
            )
        axes.set_yticks(range(len(names)), wrapped(names, 24))
        _finish(axes, bottom=len(names) - 0.5, right=1.2)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        legend_below(axes, _tenures_drawn(table))
    alt = (
        f"{name}{NBSP}: "
        + formats.join_fr(
            [
                f"{code} {formats.percent(share, 0)}"
                for code, share in table.loc[table["place"] == name, ["tenure", "share"]].to_numpy()
            ]
        )
        for name in names
    )
    return Chart(figure, sentences(alt), title)


def _stack(
    axes: Axes,
    place: float,
    rows: pd.DataFrame,
    *,
    scale: float,
    counted: bool = False,
    mark: float | None = None,
) -> None:
    """Draw one bar, tenure after tenure; the code inside where a mark leaves room for it."""
    left = 0.0
    for row in rows.to_dict("records"):
        code, share = str(row["tenure"]), float(row["share"])
        if share <= 0:
            continue
        colour = palette.TENURES[code]
        axes.barh(
            place,
            share,
            BAR,
            left=left,
            color=colour,
            hatch=palette.TENURE_HATCHES[code],
            edgecolor="#FFFFFF",
        )
        start, end = _clear_part(left, left + share, mark)
        if end - start >= ROOM * scale:
            text = f"{code} {formats.number(row['n'])}" if counted else code
            fits = end - start >= 1.45 * ROOM * scale or not counted
            written_over(axes, (start + end) / 2, place, text if fits else code, colour)
        left += share


def _clear_part(start: float, end: float, mark: float | None) -> tuple[float, float]:
    """Return the larger of the two parts of a segment that a mark cuts.

    Examples
    --------
    >>> _clear_part(0.0, 1.0, 0.25), _clear_part(0.0, 1.0, None)
    ((0.25, 1.0), (0.0, 1.0))
    """
    if mark is None or not start < mark < end:
        return start, end
    return (start, mark) if mark - start >= end - mark else (mark, end)


def _end_text(axes: Axes, place: float, share: float, target: float | None) -> None:
    """Write the share at the end of a bar, and its target if it has one."""
    text, end = formats.percent(share), share
    if target is not None:
        text += f" (cible {formats.percent(target)})"
        end = max(share, target)
        axes.plot([target] * 2, [place - 0.47, place + 0.47], color=INK, linewidth=3)
    weight = "bold" if target is not None else "normal"
    axes.annotate(
        text,
        (end, place),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        fontweight=weight,
    )


def _finish(axes: Axes, *, bottom: float, right: float) -> None:
    axes.set_ylim(bottom, -0.5)
    axes.set_xlim(0, right)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color="#8A8A85", linewidth=0.8)
    french_axis(axes.xaxis, lambda value: formats.percent(value, 0))


def _tenures_drawn(table: pd.DataFrame) -> list[Artist]:
    drawn = set(table.loc[table["share"] > 0, "tenure"])
    codes = [code for code in palette.TENURES if code in drawn]
    return list(patches(palette.category_colours(codes)))


def _target_handle(targets: Mapping[str, float]) -> Sequence[Artist]:
    return [Line2D([], [], color=INK, linewidth=3, label="cible")] if targets else []


def _compared_alt(totals: pd.Series, targets: Mapping[str, float]) -> str:
    """Say, group by group, the share everywhere and the target."""
    said: dict[str, list[str]] = {}
    table = totals.reset_index()[["group", "place", "share"]]
    for group, where, share in table.itertuples(index=False, name=None):
        aimed = where == PROGRAMME and group in targets
        target = f" (cible {formats.percent(targets[group])})" if aimed else ""
        said.setdefault(group, []).append(f"{where.lower()} {formats.percent(share)}{target}")
    lines = [f"{group}{NBSP}: {formats.join_fr(parts)}" for group, parts in said.items()]
    return sentences(lines)
