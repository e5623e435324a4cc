"""Every allocation and every group of a small case, one by one: shares no line with the solver."""

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction

from habitat_analysis.allocation.formation import Candidate, Pool, Quota
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes

QUARTILES = ("Q1", "Q2", "Q3", "Q4")
AGES = ("18-29", "30-44", "65+")


def drawing(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - made-up groups, nothing secret


def random_wishes(chance: random.Random, *, bounded: bool = True) -> Wishes:
    """Draw at most 6 households and 5 dwellings in two blocks."""
    dwellings = [
        Dwelling(id=f"D{n}", block=chance.choice("AB")) for n in range(chance.randint(1, 5))
    ]
    ids = [dwelling.id for dwelling in dwellings]
    households = [
        Wisher(
            id=f"H{n}",
            ranking=tuple(chance.sample(ids, chance.randint(1, len(ids)))),
            points=chance.randint(0, 4),
            attributes={"quartile": chance.choice(QUARTILES[:2]), "age": chance.choice(AGES[:2])},
        )
        for n in range(chance.randint(1, 6))
    ]
    bounds = [random_bound(chance, n) for n in range(chance.randint(0, 2) if bounded else 0)]
    return Wishes(dwellings=tuple(dwellings), households=tuple(households), bounds=tuple(bounds))


def random_bound(chance: random.Random, number: int) -> Bound:
    attribute = chance.choice(["quartile", "age"])
    known = QUARTILES[:2] if attribute == "quartile" else AGES[:2]
    least = chance.choice([None, None, 1, 2])
    most = chance.choice([0, 1, 2]) if least is None else None
    return Bound(
        id=f"b{number}",
        attribute=attribute,
        values=(chance.choice(known),),
        block=chance.choice(["A", "B", None]),
        min=least,
        max=most,
    )


def all_assignments(wishes: Wishes) -> Iterator[dict[str, str]]:
    """Give every assignment that keeps the wishes, the bounds and the pairs fixed."""
    for choice in itertools.product(*([None, *h.ranking] for h in wishes.households)):
        taken = [dwelling for dwelling in choice if dwelling]
        if len(set(taken)) < len(taken):
            continue
        given = {h.id: d for h, d in zip(wishes.households, choice, strict=True) if d}
        if all(given.get(h) == d for h, d in wishes.fixed.items()) and keeps(wishes, given):
            yield given


def keeps(wishes: Wishes, given: dict[str, str]) -> bool:
    blocks = {dwelling.id: dwelling.block for dwelling in wishes.dwellings}
    for bound in wishes.bounds:
        counted = sum(
            household.attributes[bound.attribute] in bound.values
            for household in wishes.households
            if household.id in given and bound.block in (None, blocks[given[household.id]])
        )
        if counted < (bound.min or 0) or (bound.max is not None and counted > bound.max):
            return False
    return True


def profile(wishes: Wishes, given: dict[str, str]) -> dict[int, int]:
    ranks = [h.ranking.index(given[h.id]) + 1 for h in wishes.households if h.id in given]
    longest = max(len(h.ranking) for h in wishes.households)
    return {rank: ranks.count(rank) for rank in range(1, longest + 1)}


def fairness(wishes: Wishes, given: dict[str, str]) -> tuple[int, ...]:
    counts = profile(wishes, given)
    return (len(given), *(-counts[rank] for rank in sorted(counts, reverse=True) if rank > 1))


def random_pool(chance: random.Random) -> Pool:
    """Draw at most 9 candidates for 3 cells, with one or two quotas."""
    cells = {"T2": chance.randint(0, 2), "T3": chance.randint(1, 2), "T4": chance.randint(0, 2)}
    candidates = [
        Candidate(
            id=f"G{n}",
            cells=tuple(chance.sample(sorted(cells), chance.randint(1, 2))),
            points=chance.randint(0, 9),
            attributes={"quartile": chance.choice(QUARTILES), "age": chance.choice(AGES)},
        )
        for n in range(chance.randint(1, 9))
    ]
    shares = [0.2, 0.25, 1 / 3, 0.375, 0.5]
    quotas = [
        Quota(attribute="age", values=("65+",), max=chance.choice(shares)),
        Quota(attribute="quartile", values=("Q1", "Q2"), min=chance.choice(shares)),
    ]
    chosen = quotas[: chance.randint(0, 2)]
    return Pool(candidates=tuple(candidates), cells=cells, quotas=tuple(chosen))


def best_group(pool: Pool) -> tuple[int, float]:
    """Return the size and the points of the best group, by trying them all."""
    best = (0, 0.0)
    for size in range(len(pool.candidates), -1, -1):
        for group in itertools.combinations(pool.candidates, size):
            worth = (size, float(sum(candidate.points for candidate in group)))
            if worth > best and in_shares(pool, group) and have_places(pool, group):
                best = worth
        if best[0] == size:
            return best
    return best


def in_shares(pool: Pool, group: tuple[Candidate, ...]) -> bool:
    for quota in pool.quotas:
        inside = sum(c.attributes[quota.attribute] in quota.values for c in group)
        low, high = (Fraction(x or 0).limit_denominator(1000) for x in (quota.min, quota.max))
        if inside < low * len(group) or (quota.max is not None and inside > high * len(group)):
            return False
    return True


def have_places(pool: Pool, group: tuple[Candidate, ...]) -> bool:
    return any(
        all(cells.count(cell) <= pool.cells[cell] for cell in set(cells))
        for cells in itertools.product(*(candidate.cells for candidate in group))
    )
