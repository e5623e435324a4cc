"""The mix of the group retained on a site, cells included, beside the whole group and the commune.

For the cooperative alone. The public circle reads the mix of the whole group only: groups retained
on several sites, or beside the whole one, would give a few households back by difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from habitat_analysis.feasibility.group_mix import GroupMix, ThemeMix
from habitat_analysis.formats import typeset
from habitat_analysis.report.sections_group_mix import LABELS
from habitat_analysis.report.sheets import Column, Sheet, sheet

NOT_PUBLIC: Final = (
    "Effectifs exacts, à garder dans la coopérative : le rapport ne donne que la mixité du groupe "
    "entier, arrondie."
)


def mix_sheet(whole: GroupMix, retained: GroupMix) -> Sheet | None:
    """Count every category in the group and among the households retained; None without traits.

    Parameters
    ----------
    whole
        The group as it is.
    retained
        Members retained, and candidates to propose to the commission.
    """
    own = {theme.theme: theme for theme in whole.themes}
    rows = [row for theme in retained.themes for row in _rows(own.get(theme.theme), theme)]
    if not rows:
        return None
    columns = [
        Column(name="theme", header="Thème"),
        Column(name="value", header="Catégorie"),
        Column(name="whole", header="Groupe entier (ménages)", kind="whole"),
        Column(name="retained", header="Retenus et à proposer (ménages)", kind="whole"),
        Column(name="share", header="Part des retenus", kind="share"),
        Column(name="commune", header="Part dans la commune", kind="share", absent="n. d."),
        Column(name="basin", header="Part dans le bassin", kind="share", absent="n. d."),
    ]
    caption = "Mixité du groupe retenu, à côté du groupe entier, de la commune et du bassin"
    return sheet("Mixité", caption, rows, columns, notes=[typeset(NOT_PUBLIC)])


def _rows(own: ThemeMix | None, retained: ThemeMix) -> Iterator[dict[str, Any]]:
    for value, n in retained.counts.items():
        yield {
            "theme": LABELS[retained.theme],
            "value": value.replace("_", " "),
            "whole": 0 if own is None else own.counts.get(value, 0),
            "retained": n,
            "share": n / sum(retained.counts.values()),
            "commune": _share(retained.commune, value),
            "basin": _share(retained.basin, value),
        }


def _share(place: Mapping[str, float], value: str) -> float | None:
    total = sum(place.values())
    return place[value] / total if total and value in place else None
