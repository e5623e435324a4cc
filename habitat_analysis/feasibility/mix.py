"""The mix of a programme: measured, set beside the target and the commune."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.households.mixity import (
    Mixity,
    SocialShare,
    mixity,
    social_share,
    theil_h,
)
from habitat_analysis.programme.case import Programme
from habitat_analysis.tenures import ORDER, tenures


@dataclass(frozen=True, slots=True, kw_only=True)
class MixReport:
    """Indicators of a programme; the table is what tells the mix, one number never does."""

    tenures: pd.DataFrame  # index tenure: n, share, reference_share (NaN when unknown)
    targets: pd.DataFrame  # label, n, share, target; empty without a target
    indicators: Mixity
    social: SocialShare
    buildings: pd.DataFrame  # index tenure, one column a building: n; no column without buildings
    theil_h: float | None  # between buildings: 0 same mix everywhere, 1 one tenure in each


def mix_report(ground: Ground, programme: Programme) -> MixReport:
    """Measure the mix of a programme of dwellings.

    Parameters
    ----------
    ground
        The study (its target) and the reference distribution of the commune.
    programme
        Dwellings by cell.

    References
    ----------
    ``docs/model.md`` 10.
    """
    counts = dict.fromkeys(ORDER, 0)
    for (_, code), n in programme.units.items():
        counts[code] += n
    total = sum(counts.values())
    reference = ground.needs.reference_tenures if ground.needs else {}
    known = sum(reference.values())
    table = pd.DataFrame({"n": pd.Series(counts, dtype=int)})
    table["share"] = table["n"] / total if total else float("nan")
    table["reference_share"] = [
        reference.get(code, 0.0) / known if known else float("nan") for code in table.index
    ]
    aligned = [reference.get(code, 0.0) for code in ORDER] if known else None
    return MixReport(
        tenures=table,
        targets=_targets(ground, counts, total),
        indicators=mixity([counts[code] for code in ORDER], aligned),
        social=social_share(
            counts,
            rental=[code for code, t in tenures().items() if t.family == "locatif"],
            accession=[
                c for c, t in tenures().items() if t.counts_in_sru and t.family != "locatif"
            ],
        ),
        buildings=_by_building(programme),
        theil_h=between_buildings(programme),
    )


def between_buildings(programme: Programme) -> float | None:
    """Measure how far the buildings of a programme differ in their mix of tenures.

    Returns
    -------
    h
        Theil H, 0 to 1; None without buildings, or with a single tenure in all.

    References
    ----------
    ``docs/model.md`` 10.

    Examples
    --------
    >>> plus, libre = ("T3", "PLUS"), ("T3", "LIBRE")
    >>> between_buildings(Programme(units={plus: 2, libre: 2},
    ...                             by_building={"A": {plus: 2}, "B": {libre: 2}}))
    1.0
    """
    counts = _by_building(programme)
    return theil_h([list(counts[name]) for name in counts]) if len(counts.columns) else None


def _by_building(programme: Programme) -> pd.DataFrame:
    """Count the dwellings of each tenure in each building."""
    counts = {name: dict.fromkeys(ORDER, 0) for name in programme.by_building}
    for name, units in programme.by_building.items():
        for (_, code), n in units.items():
            counts[name][code] += n
    return pd.DataFrame(counts, index=list(ORDER), dtype=int)


def _targets(ground: Ground, counts: dict[str, int], total: int) -> pd.DataFrame:
    target = ground.study.programme.mix_target
    rows = [
        {
            "label": group.label,
            "n": (n := sum(counts[code] for code in group.tenures)),
            "share": n / total if total else float("nan"),
            "target": group.share,
        }
        for group in (target.groups if target else ())
    ]
    return pd.DataFrame(rows, columns=["label", "n", "share", "target"])
