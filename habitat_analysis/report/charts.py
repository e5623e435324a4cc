"""Charts of one operation: dwellings, financing, prices against ceilings.

Each takes a table and returns a `Chart`: the figure, what it says in words, its caption. Tenures
keep their colour and hatch, and every bar carries its figure, so that nothing is told by colour
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from habitat_analysis import formats
from habitat_analysis.formats import NBSP
from habitat_analysis.report import palette
from habitat_analysis.report.figures import (
    Chart,
    blank,
    flat_bars,
    french_axis,
    house_style,
    legend_below,
    patches,
    require,
    sentences,
    wrapped,
    written_over,
)


def programme_chart(
    programme: pd.DataFrame, *, title: str = "Logements par typologie et statut", sources: str = ""
) -> Chart:
    """Stack the dwellings of each typology by tenure.

    Parameters
    ----------
    programme
        ``typology`` ("T3"), ``tenure`` (code), ``n`` (dwellings); rows of the same pair are added.
    title, sources
        Cartouche.
    """
    require(programme, "typology", "tenure", "n")
    counts = programme.pivot_table(
        index="typology", columns="tenure", values="n", aggfunc="sum", fill_value=0
    )
    codes = [code for code in palette.TENURES if code in counts and counts[code].sum() > 0]
    styles = palette.category_colours(codes)
    with house_style():
        figure, (axes,) = blank(3.4, title, sources=sources)
        floor = pd.Series(0.0, index=counts.index)
        for code in codes:
            colour, hatch = styles[code]
            axes.bar(
                range(len(counts)),
                counts[code],
                0.66,
                bottom=floor,
                color=colour,
                hatch=hatch,
                edgecolor="#FFFFFF",
            )
            for place, (low, n) in enumerate(zip(floor, counts[code], strict=True)):
                if n > 0:
                    written_over(axes, place, low + n / 2, formats.number(n), colour)
            floor = floor + counts[code]
        for place, total in enumerate(floor):
            axes.annotate(
                formats.number(total),
                (place, total),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontweight="bold",
            )
        axes.set_xticks(range(len(counts)), [str(label) for label in counts.index])
        axes.set_ylim(0, max(floor.max() * 1.12, 1))
        axes.set_ylabel("Logements")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        french_axis(axes.yaxis, formats.number)
        axes.legend(handles=patches(styles), loc="center left", bbox_to_anchor=(1.01, 0.5))
    totals = [f"{code} {formats.number(counts[code].sum())}" for code in codes]
    sizes = [f"{label} {formats.number(n)}" for label, n in floor.items()]
    alt = (
        f"{formats.count(floor.sum(), 'logement')}{NBSP}: {formats.join_fr(totals)}. "
        f"Par typologie{NBSP}: {formats.join_fr(sizes)}."
    )
    return Chart(figure, alt, title)


def financing_chart(
    plan: pd.DataFrame, *, tax: str, title: str = "Plan de financement", sources: str = ""
) -> Chart:
    """Set the costs and the resources side by side, on one scale.

    Parameters
    ----------
    plan
        ``side`` ("cost" or "resource"), ``label`` and ``amount_eur``.
    tax
        ``"HT"`` or ``"TTC"``; empty when the title says it.
    title, sources
        Cartouche.
    """
    require(plan, "side", "label", "amount_eur")
    sides = [("cost", "Coûts", palette.CATEGORIES[0]), ("resource", "Ressources", palette.POSITIVE)]
    tables = [plan[plan["side"] == side] for side, _, _ in sides]
    sums = [float(table["amount_eur"].sum()) for table in tables]
    longest = max(float(plan["amount_eur"].max()), 1.0)
    most = max(len(table) for table in tables)
    with house_style():
        figure, panels = blank(_height(most), title, sources=sources, n_panels=2)
        for axes, table, total, (_, name, colour) in zip(panels, tables, sums, sides, strict=True):
            axes.set_title(f"{name}{NBSP}: {formats.euros(total)} {tax}", fontsize=9)
            values = [float(value) for value in table["amount_eur"]]
            if values:
                texts = [formats.euros(value) for value in values]
                hatch = "" if name == "Coûts" else "//"
                styles = [(colour, hatch)] * len(values)
                flat_bars(axes, list(table["label"]), values, styles=styles, texts=texts)
            axes.set_xlim(min(0, *values, 0), longest * 1.55)
            axes.set_ylim(most - 0.4, -0.6)
            axes.set_yticks(axes.get_yticks(), wrapped(table["label"], 20))
            axes.set_xticks([])
    alt = (
        f"Coûts{NBSP}: {formats.euros(sums[0])} {tax}. Ressources{NBSP}: {formats.euros(sums[1])}. "
        f"Écart{NBSP}: {formats.euros(sums[1] - sums[0], signed=True)}."
    )
    return Chart(figure, alt, title)


def price_caps_chart(
    prices: pd.DataFrame,
    *,
    basis: str,
    tax: str,
    title: str = "Prix, plafond et coût par statut",
    sources: str = "",
) -> Chart:
    """Compare the price of each tenure with its ceiling and with what it costs.

    Parameters
    ----------
    prices
        ``tenure``, ``price_eur_m2``, ``cap_eur_m2`` and ``cost_eur_m2``, NaN where there is none.
    basis, tax
        Surface and tax of the prices: ``"SU"``, ``"HT"``.
    title, sources
        Cartouche.
    """
    require(prices, "tenure", "price_eur_m2", "cap_eur_m2", "cost_eur_m2")
    rows = prices.to_dict("records")
    texts = [_price_text(row) for row in rows]
    with house_style():
        figure, (axes,) = blank(_height(len(rows), line=0.48), title, sources=sources)
        styles = palette.category_colours([str(row["tenure"]) for row in rows])
        flat_bars(
            axes,
            [row["tenure"] for row in rows],
            [float(row["price_eur_m2"]) for row in rows],
            styles=[styles[str(row["tenure"])] for row in rows],
            texts=texts,
            reach=[_furthest(row) for row in rows],
            room=0.6,
        )
        for place, row in enumerate(rows):
            axes.plot([row["cap_eur_m2"]] * 2, [place - 0.43, place + 0.43], color="#111", lw=3)
            axes.plot(
                row["cost_eur_m2"],
                place,
                "D",
                color="#FFFFFF",
                markeredgecolor="#111",
                markersize=7,
            )
        french_axis(axes.xaxis, formats.number)
        axes.set_xlabel(f"€{NBSP}{tax}/m²{NBSP}{basis}")
        legend_below(axes, _price_handles())
    alt = [f"Prix en euros {tax} par m² {basis}"]
    for row, text in zip(rows, texts, strict=True):
        alt.append(f"{row['tenure']}{NBSP}: {text.replace(chr(10), ', ')}")
    return Chart(figure, sentences(alt), title)


def _price_text(row: dict[Any, Any]) -> str:
    price, cap, cost = row["price_eur_m2"], row["cap_eur_m2"], row["cost_eur_m2"]
    over = f" (dépassé de {formats.euros(price - cap)})" if price > cap else ""
    ceiling = "sans plafond" if cap != cap else f"plafond {formats.euros(cap)}{over}"
    return f"prix {formats.euros(price)}, {ceiling}\ncoût {formats.euros(cost)}"


def _price_handles() -> list[Any]:
    return [
        Patch(facecolor="#8C8C8C", label="prix (couleur du statut)"),
        Line2D([], [], color="#111", linewidth=3, label="plafond"),
        Line2D([], [], marker="D", color="#FFFFFF", markeredgecolor="#111", ls="", label="coût"),
    ]


def _furthest(row: dict[Any, Any]) -> float:
    return max(_zeros([row["price_eur_m2"], row["cap_eur_m2"], row["cost_eur_m2"]]))


def _zeros(values: Sequence[float]) -> list[float]:
    return [0.0 if value != value else float(value) for value in values]


def _height(n_rows: int, *, line: float = 0.36) -> float:
    return max(2.2, 1.35 + line * n_rows)
