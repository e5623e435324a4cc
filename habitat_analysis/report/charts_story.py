"""Charts of the group on a site."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import MaxNLocator

from habitat_analysis.formats import count, typeset
from habitat_analysis.report import palette
from habitat_analysis.report.figures import Chart, blank, house_style, require, sentences


def rank_chart(profile: pd.DataFrame, *, sources: str = "") -> Chart:
    """Draw how many households have each rank, the first wish first.

    Parameters
    ----------
    profile
        ``rank`` from 1 and ``n``, every rank up to the worst one reached.
    sources
        Cartouche.
    """
    require(profile, "rank", "n")
    title = "Vœux satisfaits : ménages par rang obtenu"
    with house_style():
        figure, (axes,) = blank(2.9, title, sources=sources)
        bars = axes.bar(profile["rank"], profile["n"], color=palette.NEUTRAL, width=0.6)
        axes.bar_label(bars, labels=[str(n) for n in profile["n"]], padding=2)
        axes.set_xticks(profile["rank"], [f"rang {rank}" for rank in profile["rank"]])
        axes.set_ylabel("Ménages")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.margins(y=0.16)
    told = sentences(
        f"Rang {row['rank']} : {count(row['n'], 'ménage')}" for row in profile.to_dict("records")
    )
    return Chart(figure, typeset(f"{title}. {told}"), title)
