"""Worked examples of allocation, group and vote: from their inputs to calls of the package."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from habitat_analysis.allocation import departures, diversity, fairness, formation, proposal, vote
from habitat_analysis.allocation import wishes as said

PLAIN = {"id", "ranking", "points", "cells"}


def wishes(stated: Mapping[str, Any]) -> said.Wishes:
    return said.check_wishes(
        said.Wishes(
            dwellings=tuple(
                said.Dwelling(id=d["id"], block=d.get("block", ""), tenure=d.get("tenure", ""))
                for d in stated["dwellings"]
            ),
            households=tuple(
                said.Wisher(
                    id=h["id"],
                    ranking=tuple(h["ranking"]),
                    points=h.get("points", 0),
                    attributes=attributes(h),
                )
                for h in stated["households"]
            ),
            bounds=tuple(
                said.Bound(
                    id=b["id"],
                    attribute=b["attribute"],
                    values=tuple(b["values"]),
                    block=b.get("block"),
                    min=b.get("min"),
                    max=b.get("max"),
                )
                for b in stated.get("bounds", ())
            ),
            fixed=stated.get("fixed", {}),
        )
    )


def attributes(stated: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in stated.items() if name not in PLAIN}


def told(allocation: proposal.Allocation) -> dict[str, Any]:
    return {
        "status": allocation.status,
        "housed": allocation.housed,
        "rank_profile": allocation.rank_profile,
        "sum_of_ranks": allocation.sum_of_ranks,
        "assignment": allocation.assignment,
    }


def allocate(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return told(proposal.allocate(wishes(inputs)))


def allocate_witness(inputs: Mapping[str, Any], witness: Mapping[str, str]) -> dict[str, Any]:
    case = wishes(inputs)
    assert proposal.broken_bounds(case, witness) == ()
    assert all(case.household(name).rank(place) for name, place in witness.items())
    assert len(set(witness.values())) == len(witness)
    return told(proposal.allocation_of(case, witness, status="optimal"))


def envy_report(inputs: Mapping[str, Any]) -> dict[str, Any]:
    report = fairness.envy_report(wishes(inputs["instance"]), inputs["assignment"])
    return {"envies": list(report.envies), "swaps": list(report.swaps)}


def reallocate(inputs: Mapping[str, Any]) -> dict[str, Any]:
    again = departures.reallocate(wishes(inputs["instance"]), inputs["assignment"], inputs["left"])
    counts = {name: len(getattr(again, name)) for name in ("kept", "moved", "entered", "lost")}
    return told(again.allocation) | counts


def pool(stated: Mapping[str, Any]) -> formation.Pool:
    return formation.check_pool(
        formation.Pool(
            candidates=tuple(
                formation.Candidate(
                    id=h["id"],
                    cells=tuple(h["cells"]),
                    points=h.get("points", 0),
                    attributes=attributes(h),
                )
                for h in stated["pool"]
            ),
            cells=stated["cells"],
            quotas=tuple(
                formation.Quota(
                    attribute=q["attribute"],
                    values=tuple(q["values"]),
                    min=q.get("min"),
                    max=q.get("max"),
                )
                for q in stated.get("quotas", ())
            ),
        )
    )


def form_group_witness(inputs: Mapping[str, Any], witness: list[str]) -> dict[str, Any]:
    """Give exactly these households to the package: they must all have a place."""
    case = pool(inputs)
    assert formation.broken_quotas(case, witness) == ()
    stated = {**inputs, "pool": [h for h in inputs["pool"] if h["id"] in witness], "quotas": []}
    return {"size": len(witness), "points": formation.form_group(pool(stated)).points}


def election(inputs: Mapping[str, Any]) -> vote.Election:
    return vote.election(inputs["projects"], inputs["ballots"], inputs["budget"])


def equal_shares(inputs: Mapping[str, Any]) -> dict[str, Any]:
    case = election(inputs)
    if inputs.get("completion") == "add1":
        return funded(vote.equal_shares_add1(case, inputs["utility"], inputs.get("step", 1)))
    return funded(vote.equal_shares(case, inputs["utility"]))


def funded(outcome: vote.Outcome) -> dict[str, Any]:
    return {
        "selected": sorted(outcome.rooms),
        "selected_in_order": list(outcome.rooms),
        "rho": [[room, written(price)] for room, price in outcome.rho],
        "total": outcome.total,
    }


def written(price: Fraction) -> str:
    return f"{price.numerator}/{price.denominator}"


def knapsack(inputs: Mapping[str, Any]) -> dict[str, Any]:
    case = election(inputs)
    outcome = vote.knapsack_approval(case)
    return funded(outcome) | {"approvals": sum(map(case.supporters, outcome.rooms))}


CALLS: dict[str, Callable[[dict[str, Any]], object]] = {
    "allocate": allocate,
    "price_of_diversity": lambda inputs: diversity.price_of_diversity(wishes(inputs)),
    "envy_report": envy_report,
    "reallocate": reallocate,
    "form_group": lambda inputs: formation.form_group(pool(inputs)),
    "equal_shares": equal_shares,
    "greedy_approval": lambda inputs: funded(vote.greedy_approval(election(inputs))),
    "knapsack_approval": knapsack,
}
WITNESSES: dict[str, Callable[[Any, Any], object]] = {
    "allocate": allocate_witness,
    "form_group": form_group_witness,
}
