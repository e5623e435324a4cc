"""The mix of a programme: measured, set beside the target, the commune and the basin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from habitat_analysis.baremes import Fact, FactReader
from habitat_analysis.feasibility.building_mix import (
    BuildingsMix,
    buildings_mix,
    rental_tenures,
    social_both_ways,
    social_sale_tenures,
    tenure_counts,
)
from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.households.mixity import Mixity, SocialShare, dissimilarity, mixity
from habitat_analysis.programme.case import Programme
from habitat_analysis.tenures import ORDER

NAN: Final = float("nan")
RENTAL_LABEL, SALE_LABEL = "Locatif social", "Accession sociale"
MARKET_LABEL, OTHERS_LABEL = "Autres statuts (VEFA, libre)", "Autres statuts"
SRU_KEYS: Final[Mapping[str, tuple[str, str]]] = {  # tenure: scope and key in mixite.csv
    "PSLA": ("PSLA home", "years_counted_after_option"),
    "BRS": ("BRS home", "counted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MixReport:
    """Indicators of a programme; the table is what tells the mix, one number never does."""

    tenures: pd.DataFrame  # index tenure: n, share, reference_share, basin_share (NaN: unknown)
    targets: pd.DataFrame  # label, n, share, target; empty without a target
    groups: pd.DataFrame  # label, tenures, n, share, reference_share, basin_share, target
    indicators: Mixity  # dissimilarity to the commune
    commune: Mixity  # of the commune itself, all None without a reference
    basin: Mixity
    basin_gap: float | None  # dissimilarity of the programme to the basin
    social: SocialShare
    social_commune: SocialShare
    social_basin: SocialShare
    conditions: Mapping[str, Fact]  # what the SRU law asks of an accession tenure of the programme
    inside: BuildingsMix

    @property
    def dwellings(self) -> int:
        """Number of dwellings of the programme."""
        return int(self.tenures["n"].sum())

    @property
    def buildings(self) -> pd.DataFrame:
        """Dwellings by tenure, one column a building."""
        return self.inside.counts

    @property
    def theil_h(self) -> float | None:
        """How far the buildings differ in their tenures, 0 to 1."""
        return self.inside.theil_h


def mix_report(ground: Ground, programme: Programme) -> MixReport:
    """Measure the mix of a programme of dwellings.

    Parameters
    ----------
    ground
        The study (its target) and the reference distributions of the commune and the basin.
    programme
        Dwellings by cell.

    References
    ----------
    ``docs/model.md`` 10.
    """
    counts = tenure_counts(programme.units)
    total = sum(counts.values())
    commune = ground.needs.reference_tenures if ground.needs else {}
    basin = ground.needs.basin_tenures if ground.needs else {}
    table = pd.DataFrame({"n": pd.Series(counts, dtype=int)})
    table["share"] = table["n"] / total if total else NAN
    table["reference_share"], table["basin_share"] = _shares(commune), _shares(basin)
    observed = [counts[code] for code in ORDER]
    return MixReport(
        tenures=table,
        targets=_targets(ground, counts, total),
        groups=_groups(ground, table),
        indicators=mixity(observed, _aligned(commune)),
        commune=mixity(_aligned(commune)),
        basin=mixity(_aligned(basin)),
        basin_gap=dissimilarity(observed, _aligned(basin)),
        social=social_both_ways(counts),
        social_commune=social_both_ways(commune),
        social_basin=social_both_ways(basin),
        conditions=_conditions(ground, counts),
        inside=buildings_mix(programme),
    )


def _aligned(reference: Mapping[str, float]) -> list[float]:
    """Put a reference in the order of the tenures, those it does not name at zero."""
    return [reference.get(code, 0.0) for code in ORDER]


def _shares(reference: Mapping[str, float]) -> list[float]:
    """Return the shares of a reference in the order of the tenures, NaN when it says nothing."""
    known = sum(reference.values())
    return [value / known if known else NAN for value in _aligned(reference)]


def _conditions(ground: Ground, counts: Mapping[str, int]) -> dict[str, Fact]:
    """Read on which conditions the SRU law counts the accession tenures of the programme."""
    facts = FactReader(ground.baremes, on=ground.study.operation_date)
    return {
        code: facts("mixite", rule="SRU", scope=scope, key=key)
        for code, (scope, key) in SRU_KEYS.items()
        if counts[code]
    }


def _targets(ground: Ground, counts: dict[str, int], total: int) -> pd.DataFrame:
    target = ground.study.programme.mix_target
    rows = [
        {
            "label": group.label,
            "n": (n := sum(counts[code] for code in group.tenures)),
            "share": n / total if total else NAN,
            "target": group.share,
        }
        for group in (target.groups if target else ())
    ]
    return pd.DataFrame(rows, columns=["label", "n", "share", "target"])


def _groups(ground: Ground, table: pd.DataFrame) -> pd.DataFrame:
    """Gather the tenures in the groups of the target, or in three; every tenure is in one."""
    rows = [
        {"label": label, "tenures": codes, "target": target}
        | {
            column: table.loc[list(codes), column].sum(skipna=False)
            for column in ("n", "share", "reference_share", "basin_share")
        }
        for label, codes, target in _grouped_tenures(ground)
    ]
    columns = ["label", "tenures", "n", "share", "reference_share", "basin_share", "target"]
    present = pd.DataFrame(rows, columns=columns)
    kept = present[["n", "reference_share", "basin_share"]].fillna(0).gt(0).any(axis=1)
    return present[kept | present["target"].notna()].reset_index(drop=True)


def _grouped_tenures(ground: Ground) -> Iterator[tuple[str, tuple[str, ...], float]]:
    target = ground.study.programme.mix_target
    if target is None:
        rental, sale = rental_tenures(), social_sale_tenures()
        yield RENTAL_LABEL, rental, NAN
        yield SALE_LABEL, sale, NAN
        yield MARKET_LABEL, tuple(code for code in ORDER if code not in {*rental, *sale}), NAN
        return
    for group in target.groups:
        yield group.label, tuple(group.tenures), group.share
    taken = {code for group in target.groups for code in group.tenures}
    left = tuple(code for code in ORDER if code not in taken)
    if left:
        yield OTHERS_LABEL, left, NAN
