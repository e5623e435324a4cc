"""Charts that compare: sites by their criteria, weights, stresses, operations side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.patches import Rectangle

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
)

_UNCHANGED: Final = "#D9EAD3"
_CHANGED: Final = "#F9CB9C"


def ranking_chart(
    contributions: pd.DataFrame,
    *,
    first: int = 15,
    title: str = "Ce qui fait le score des premiers sites",
    sources: str = "",
) -> Chart:
    """Stack what each criterion brings to the score of each site, best site on top.

    Parameters
    ----------
    contributions
        ``site``, ``criterion`` and ``contribution`` (weight times utility, in points of score).
    first
        Number of sites drawn; the title says how many there are in all.
    title, sources
        Cartouche.
    """
    require(contributions, "site", "criterion", "contribution")
    table = contributions.pivot_table(
        index="site", columns="criterion", values="contribution", aggfunc="sum", fill_value=0.0
    )[list(dict.fromkeys(contributions["criterion"]))]
    totals = table.sum(axis=1)
    order = totals.sort_index().sort_values(ascending=False, kind="stable").index
    shown = table.loc[list(order[:first])]
    styles = palette.category_colours([str(name) for name in table.columns])
    whole = f"{title} ({len(shown)} sur {len(table)})"
    with house_style():
        figure, (axes,) = blank(max(2.4, 1.5 + 0.3 * len(shown)), whole, sources=sources)
        left = pd.Series(0.0, index=shown.index)
        for name in shown.columns:
            colour, hatch = styles[str(name)]
            places = range(len(shown))
            axes.barh(
                places, shown[name], 0.7, left=left, color=colour, hatch=hatch, edgecolor="#FFFFFF"
            )
            left = left + shown[name]
        for place, total in enumerate(left):
            axes.annotate(
                formats.number(total, 2),
                (total, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
                fontsize=8,
            )
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_yticks(range(len(shown)), wrapped(shown.index, 24))
        axes.set_xlim(0, max(float(left.max()) * 1.12, 0.01))
        french_axis(axes.xaxis, lambda value: formats.number(value, 2))
        axes.set_xlabel("Score (somme des contributions)")
        legend_below(axes, patches(styles))
    best = shown.index[0]
    strongest = shown.loc[best].idxmax()
    alt = (
        f"Premier site{NBSP}: {best}, score {formats.number(totals[best], 2)}, porté surtout par "
        f"le critère {formats.quoted(strongest)}. {formats.count(len(shown), 'site')} sur "
        f"{formats.number(len(table))}."
    )
    return Chart(figure, alt, whole)


def weight_sweep_chart(
    sweep: pd.DataFrame,
    *,
    title: str = "Rang du premier site quand un poids change",
    sources: str = "",
) -> Chart:
    """Show in a grid whether the first site stays first when each weight varies.

    Parameters
    ----------
    sweep
        ``criterion``, ``change`` (-0.5 for half the weight) and ``rank`` of the first site.
    title, sources
        Cartouche.
    """
    require(sweep, "criterion", "change", "rank")
    criteria = list(dict.fromkeys(sweep["criterion"]))
    changes = sorted(set(sweep["change"]))
    with house_style():
        figure, (axes,) = blank(1.3 + 0.36 * len(criteria), title, sources=sources)
        for row in sweep.to_dict("records"):
            x, y = changes.index(row["change"]), criteria.index(row["criterion"])
            colour = _UNCHANGED if row["rank"] == 1 else _CHANGED
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="#FFF"))
            axes.annotate(
                formats.number(row["rank"]),
                (x, y),
                ha="center",
                va="center",
                fontweight="normal" if row["rank"] == 1 else "bold",
            )
        axes.set_xlim(-0.5, len(changes) - 0.5)
        axes.set_ylim(len(criteria) - 0.5, -0.5)
        axes.set_xticks(
            range(len(changes)), [formats.percent(change, 0, signed=True) for change in changes]
        )
        axes.set_yticks(range(len(criteria)), wrapped(criteria))
        axes.set_xlabel("Variation du poids")
        axes.tick_params(left=False, bottom=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
    moved = sweep[sweep["rank"] != 1]
    names = list(dict.fromkeys(moved["criterion"]))
    alt = (
        f"Le premier site change dans {formats.count(len(moved), 'cas', 'cas')} sur "
        f"{formats.number(len(sweep))}, quand varie le poids de{NBSP}: {formats.join_fr(names)}."
        if names
        else f"Le premier site reste premier dans les {formats.number(len(sweep))} cas."
    )
    return Chart(figure, alt, title)


def sensitivity_chart(
    stresses: pd.DataFrame,
    *,
    effect: str,
    write: Callable[[Any], str] | None = None,
    title: str = "Sensibilité du résultat",
    sources: str = "",
) -> Chart:
    """Draw what each stress changes, the strongest first.

    Parameters
    ----------
    stresses
        ``case`` and ``delta``: the change against the base, NaN when the case is infeasible.
    effect
        What changes, with its unit: "effort à réunir (€)".
    write
        How a change is written; euros with their sign by default.
    title, sources
        Cartouche.
    """
    require(stresses, "case", "delta")
    writer = write or (lambda value: formats.euros(value, signed=True))
    ordered = stresses.assign(size=stresses["delta"].abs()).sort_values(
        "size", ascending=False, na_position="first", kind="stable"
    )
    values = [float(value) for value in ordered["delta"]]
    texts = ["infaisable" if value != value else writer(value) for value in values]
    with house_style():
        figure, (axes,) = blank(max(2.2, 1.2 + 0.34 * len(values)), title, sources=sources)
        flat_bars(
            axes,
            list(ordered["case"]),
            values,
            styles=[
                (palette.CATEGORIES[1], "") if value > 0 else (palette.NEUTRAL, "//")
                for value in values
            ],
            texts=texts,
        )
        axes.set_xticks([])
        axes.set_xlabel(f"Variation{NBSP}: {effect}")
    cases = list(ordered["case"])
    alt = [f"{case}{NBSP}: {text}" for case, text in zip(cases, texts, strict=True)]
    return Chart(figure, sentences([f"Variation{NBSP}: {effect}", *alt]), title)


def comparison_chart(
    sites: pd.DataFrame,
    *,
    writers: Mapping[str, Callable[[Any], str]] | None = None,
    title: str = "Les sites côte à côte",
    sources: str = "",
) -> Chart:
    """Compare sites, one panel and one scale for each indicator.

    Parameters
    ----------
    sites
        ``site``, ``indicator`` (with its unit, up to four) and ``value``.
    writers
        How to write the values of an indicator; whole numbers by default.
    title, sources
        Cartouche.
    """
    require(sites, "site", "indicator", "value")
    names = list(dict.fromkeys(sites["site"]))
    indicators = list(dict.fromkeys(sites["indicator"]))
    how = dict(writers or {})
    styles = list(
        palette.category_colours([f"{rank} {name}" for rank, name in enumerate(names)]).values()
    )
    alt = []
    with house_style():
        figure, panels = blank(
            max(2.0, 1.2 + 0.4 * len(names)), title, sources=sources, n_panels=len(indicators)
        )
        for rank, (axes, indicator) in enumerate(zip(panels, indicators, strict=True)):
            known = sites[sites["indicator"] == indicator].set_index("site")["value"]
            values = [float(known.get(name, float("nan"))) for name in names]
            texts = [how.get(indicator, formats.number)(value) for value in values]
            flat_bars(axes, names, values, styles=styles, texts=texts, room=0.65)
            axes.set_title("\n".join(wrapped([indicator], 96 // len(indicators))), fontsize=8)
            axes.set_xticks([])
            axes.set_yticks(
                range(len(names)), wrapped(names, 18) if rank == 0 else [""] * len(names)
            )
            pairs = (f"{name} {text}" for name, text in zip(names, texts, strict=True))
            alt.append(f"{indicator}{NBSP}: {', '.join(pairs)}")
    return Chart(figure, sentences(alt), title)
