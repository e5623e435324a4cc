"""The chart of the vote: approvals of each room, those funded told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from habitat_analysis import formats
from habitat_analysis.feasibility.shared_vote import RoomState
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
)

STATE_LABELS: Final[Mapping[RoomState, str]] = {
    "financee": "Financé",
    "a_discuter": "À discuter",
    "non_financee": "Non financé",
}
STYLES: Final[Mapping[RoomState, tuple[str, str]]] = {  # plain, hatched, dotted: read in grey too
    "financee": (palette.POSITIVE, ""),
    "a_discuter": (palette.POSITIVE, "///"),
    "non_financee": (palette.BUILDING, ".."),
}


def vote_chart(rooms: pd.DataFrame, *, n_ballots: int, title: str, sources: str = "") -> Chart:
    """Draw the approvals of each room, and whether the rule in force funds it.

    Parameters
    ----------
    rooms
        ``label``, ``approvals``, ``state``, in the order of reading.
    n_ballots
        Ballots read: where the axis ends.
    title, sources
        Cartouche.
    """
    require(rooms, "label", "approvals", "state")
    rows = rooms.to_dict("records")
    texts = [f"{row['approvals']} · {STATE_LABELS[row['state']].lower()}" for row in rows]
    with house_style():
        figure, (axes,) = blank(1.5 + 0.4 * len(rows), title, sources=sources)
        flat_bars(
            axes,
            [row["label"] for row in rows],
            [float(row["approvals"]) for row in rows],
            styles=[STYLES[row["state"]] for row in rows],
            texts=texts,
        )
        axes.set_xlim(0, max(n_ballots, 1) * 1.02)
        french_axis(axes.xaxis, formats.number)
        axes.set_xlabel(f"Bulletins qui approuvent le local, sur {n_ballots}")
        drawn = {row["state"] for row in rows}
        legend_below(
            axes, patches({STATE_LABELS[s]: style for s, style in STYLES.items() if s in drawn})
        )
    said = [
        f"{row['label']}, {row['approvals']} sur {n_ballots}, {STATE_LABELS[row['state']].lower()}"
        for row in rows
    ]
    return Chart(figure, formats.typeset(sentences([f"{title} : {' ; '.join(said)}"])), title)
