"""Draw a made-up operation of many buildings: classes of dwellings, households, bounds of mix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from habitat_analysis.allocation.classes import ClassWishes, TypedDwelling, class_wishes
from habitat_analysis.allocation.wishes import Bound, Wisher

TENURES = ("PSLA", "BRS", "SCIAPP", "VEFA")
TYPOLOGIES = ("T2", "T3", "T4", "T5")
BUILDINGS = "ABCDEFGH"
PRESENT = 0.75  # chance that a building has a tenure in a typology
NEEDS = (0.3, 0.35, 0.25, 0.1)  # share of households that need each typology; the next suits too
ELIGIBLE = {  # chance of each tenure, by income quartile: invented, no barème
    "Q1": (0.9, 0.9, 0.7, 0.05), "Q2": (0.8, 0.85, 0.6, 0.3),
    "Q3": (0.4, 0.5, 0.4, 0.8), "Q4": (0.05, 0.1, 0.2, 1.0),
}  # fmt: skip
Shares = dict[
    str, tuple[float, float, float]
]  # value: of the households, least, most in a building
ATTRIBUTES: dict[str, Shares] = {
    "quartile": {"Q1": (0.3, 0.2, 0.35), "Q2": (0.3, 0.2, 0.4),
                 "Q3": (0.25, 0.1, 0.3), "Q4": (0.15, 0.05, 0.2)},
    "age": {"18-29": (0.25, 0.2, 0.3), "30-44": (0.4, 0.3, 0.45),
            "45-64": (0.2, 0.17, 0.23), "65+": (0.15, 0.13, 0.18)},
    "family": {"alone": (0.4, 0.35, 0.45), "couple": (0.35, 0.3, 0.4),
               "children": (0.25, 0.2, 0.3)},
}  # fmt: skip
MIXES = {"quartiles": ("quartile",), "quartiles-ages-families": tuple(ATTRIBUTES)}


def draw(seed: int, households: int, dwellings: int, bounded: tuple[str, ...]) -> ClassWishes:
    """Draw wishes that agree in part: some buildings please more than others.

    Each household is eligible to some tenures by its quartile and to two typologies; it ranks
    every class that it may have.
    """
    chance = np.random.default_rng(seed)
    classes = [
        (b, t, y) for b in range(8) for t in range(4) for y in range(4) if chance.random() < PRESENT
    ]
    homes = _homes(chance, classes, dwellings)
    said = {
        name: chance.choice(list(shares), households, p=[s[0] for s in shares.values()])
        for name, shares in ATTRIBUTES.items()
    }
    liked = _liked(chance, np.array(classes), said["quartile"])
    ids = [f"{BUILDINGS[b]} {TENURES[t]} {TYPOLOGIES[y]}" for b, t, y in classes]
    points = chance.integers(1, 21, households)
    people = [
        Wisher(
            id=f"H{row}",
            ranking=tuple(ids[k] for k in np.argsort(-liked[row]) if liked[row, k] > -np.inf),
            points=float(points[row]),
            attributes={name: str(values[row]) for name, values in said.items()},
        )
        for row in range(households)
    ]
    return class_wishes(homes, [p for p in people if p.ranking], _bounds(homes, bounded))


def _homes(
    chance: np.random.Generator, classes: list[tuple[int, int, int]], dwellings: int
) -> list[TypedDwelling]:
    count = len(classes)
    more = chance.choice(count, dwellings - count, p=chance.dirichlet(np.full(count, 3.0)))
    sizes = 1 + np.bincount(more, minlength=count)
    return [
        TypedDwelling(
            id=f"{BUILDINGS[b]}{t}{y}-{number}",
            block=BUILDINGS[b], tenure=TENURES[t], typology=TYPOLOGIES[y],
        )
        for (b, t, y), size in zip(classes, sizes, strict=True)
        for number in range(size)
    ]  # fmt: skip


def _liked(
    chance: np.random.Generator, classes: npt.NDArray[np.int_], quartile: npt.NDArray[np.str_]
) -> npt.NDArray[np.float64]:
    """Return how much each household likes each class, minus infinity where it may not go."""
    n = len(quartile)
    tenure = chance.random((n, 4)) < np.array([ELIGIBLE[q] for q in quartile.tolist()])
    tenure[~tenure.any(axis=1), TENURES.index("VEFA")] = True
    need = chance.choice(4, n, p=NEEDS)
    building, kind, size = classes.T
    larger = size[None] == need[:, None] + 1
    may = tenure[:, kind] & ((size[None] == need[:, None]) | larger)
    taste = chance.normal(0, 1, (n, 8)) + chance.normal(0, 1, 8)
    liked = taste[:, building] + chance.normal(0, 0.7, (n, 4))[:, kind] + 0.5 * larger
    return np.where(may, liked + chance.normal(0, 0.5, may.shape), -np.inf)


def _bounds(homes: list[TypedDwelling], bounded: tuple[str, ...]) -> list[Bound]:
    """Bound each value in each building by shares of its dwellings."""
    sizes = {block: sum(home.block == block for home in homes) for block in BUILDINGS}
    return [
        Bound(
            id=f"{block}_{value}", attribute=name, values=(value,), block=block,
            min=int(np.ceil(least * sizes[block])), max=int(most * sizes[block]),
        )
        for name in bounded
        for block in BUILDINGS
        for value, (_, least, most) in ATTRIBUTES[name].items()
    ]  # fmt: skip
