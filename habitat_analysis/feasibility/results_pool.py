"""The synthetic pool in `resultats.json`: the key « vivier_synthetique ». None of it exists."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.nouns import Feasibility


class VivierR(BaseModel):
    """Households drawn in place of an unknown group, by type and income band."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    menages: int
    graine: int
    source: str
    effectifs: dict[str, dict[str, int]]


def pool_results(feasibility: Feasibility) -> VivierR | None:
    """Publish the pool; None for a real group, or none."""
    pool = feasibility.ground.synthetic
    if pool is None:
        return None
    return VivierR(
        menages=len(pool.group.table),
        graine=pool.seed,
        source=pool.source,
        effectifs={
            str(label): {str(band): int(n) for band, n in row.items()}
            for label, row in pool.counts.to_dict("index").items()
        },
    )
