"""The sketch of the first site, and what households wish in it: invented, seeded.

`SKETCH` counts the dwellings that the programme of the site holds; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from valserres.shapes import chance

PLAN_COLUMNS = (
    "logement",
    "statut",
    "typologie",
    "batiment",
    "niveau",
    "orientation",
    "accessible",
    "pres_espace",
)
WISH_COLUMNS = (
    "pseudonyme",
    "rang",
    "logement",
    "statut",
    "typologie",
    "niveau_min",
    "niveau_max",
    "orientation",
    "accessible",
    "pres_espace",
)
OWN_COLUMNS = ("pseudonyme", "logement", "fixe")

SKETCH = (  # tenure, typology, dwellings
    ("PLAI", "T2", 4),
    ("PLS", "T3", 3),
    ("BRS", "T2", 3),
    ("SCIAPP", "T2", 1),
    ("PSLA", "T3", 1),
    ("BRS", "T3", 1),
    ("SCIAPP", "T3", 1),
    ("VEFA", "T3", 1),
    ("LIBRE", "T3", 2),
    ("PSLA", "T4", 3),
    ("BRS", "T4", 1),
    ("LIBRE", "T4", 2),
)
ORIENTATIONS = ("S", "SO", "E", "S|O", "SE", "N")
LEVELS = 3
OFFERED = ("PSLA", "BRS", "SCIAPP", "VEFA", "LIBRE")
OLD_AGE = 65  # from which a household would rather not climb
NAMED = 0.35  # households that visited the plan and name their first dwelling
NO_ANSWER = ("C053",)  # retained, and sent nothing back
FIXED = ("M017",)  # the carer's dwelling, agreed by everybody before the draw
OWN = (  # fair but for one bound: three elders on the street side, where two were voted
    ("M002", "C03"), ("M003", "B05"), ("M004", "B04"), ("M005", "C02"), ("M010", "B08"),
    ("M012", "A02"), ("M013", "C07"), ("M016", "C05"), ("M017", "A03"), ("M020", "C04"),
    ("M021", "C01"), ("M027", "A05"), ("C011", "B06"),
)  # fmt: skip

Dwelling = dict[str, object]


def plan() -> list[Dwelling]:
    """List the dwellings of the sketch, floor by floor."""
    wanted = [(code, size) for code, size, n in SKETCH for _ in range(n)]
    luck = chance("sketch")
    luck.shuffle(wanted)
    rows, on_floor = [], -(-len(wanted) // LEVELS)
    for rank, (code, size) in enumerate(wanted):
        level, place = divmod(rank, on_floor)
        rows.append(
            {
                "logement": f"{'ABC'[level]}{place + 1:02d}",
                "statut": code,
                "typologie": size,
                "batiment": "Rue" if place < on_floor // 2 else "Cour",
                "niveau": level,
                "orientation": ORIENTATIONS[place % len(ORIENTATIONS)],
                "accessible": "oui" if level == 0 or place < on_floor // 2 else "non",
                "pres_espace": "oui" if level == 0 and place < on_floor // 2 else "non",
            }
        )
    return rows


def wishes(households: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Draw the wishes of the households that would buy, or buy shares."""
    dwellings = plan()
    for household in households:
        name = str(household["pseudonyme"])
        luck = chance(f"wishes of {name}")
        tenures = [code for code in _list(household["statuts_souhaites"]) if code in OFFERED]
        sizes = _list(household["typologies_souhaitees"])
        if tenures and sizes and name not in NO_ANSWER:
            yield from _ranked(name, tenures, sizes, household, dwellings, luck)


def own_allocation() -> list[dict[str, object]]:
    """List the pairs that the group made one evening; one of them is fixed for good."""
    return [
        {"pseudonyme": name, "logement": home, "fixe": "oui" if name in FIXED else "non"}
        for name, home in OWN
    ]


def _ranked(
    name: str,
    tenures: list[str],
    sizes: list[str],
    household: dict[str, object],
    dwellings: list[Dwelling],
    luck: Random,
) -> Iterator[dict[str, object]]:
    """Rank a dwelling seen on the plan, then criteria from the most to the least demanding."""
    suited = [d for d in dwellings if d["statut"] in tenures and d["typologie"] in sizes]
    rank = 1
    if suited and luck.random() < NAMED:
        yield {"pseudonyme": name, "rang": rank, "logement": luck.choice(suited)["logement"]}
        rank += 1
    old = max((int(age) for age in _list(household["ages_adultes"])), default=0) >= OLD_AGE
    taste = _taste(luck, old=old)
    for code in tenures:
        base = {"pseudonyme": name, "statut": code, "typologie": "|".join(sizes)}
        yield {**base, "rang": rank, **taste}
        yield {**base, "rang": rank + 1}
        rank += 2


def _taste(luck: Random, *, old: bool) -> dict[str, object]:
    if old:
        return {"accessible": "oui", "niveau_max": 1}
    return luck.choice(
        (
            {"orientation": "S|SO|SE"},
            {"niveau_min": 1, "orientation": "S"},
            {"pres_espace": "oui"},
            {"niveau_max": 0},
        )
    )


def _list(cell: object) -> list[str]:
    return str(cell).split("|") if cell else []
