"""The small study with the rooms and ballots of the worked example of the vote (file 13)."""

import json
from pathlib import Path

from tests.small_study import write_small_study
from tests.worked_adapter import WORKED

EXAMPLES = {
    example["id"]: example
    for example in json.loads((WORKED / "13_shared_spaces_vote.json").read_text("utf-8"))[
        "examples"
    ]
}
ASKED = EXAMPLES["mes_add1_cost"]["inputs"]
PLANTED = "MotifSecretDeLaTantePlantee"
RULE = {"regle": "parts_egales_cout", "budget_ttc": 140_000, "decidee_le": "2026-10-15"}


def plain(text: object) -> str:
    """Put plain spaces back, to compare words."""
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def rooms(mandatory: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """The six rooms of the worked example, in euros; a square metre for 2 000 euros."""
    return [
        {"id": name, "libelle": name.replace("_", " "), "surface_m2": kilo / 2,
         "cout_ttc": kilo * 1000, "obligatoire": name in mandatory}
        for name, kilo in ASKED["projects"].items()
    ]  # fmt: skip


def write_ballots(path: Path, ballots: list[list[str]], objections: dict[int, str]) -> None:
    lines = ["bulletin;espaces;objections;motif"]
    for number, ballot in enumerate(ballots, start=1):
        against = objections.get(number, "")
        lines.append(f"{number};{'|'.join(ballot)};{against};{PLANTED if against else ''}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_voted(
    folder: Path, *, rule: dict[str, object] | None = None, n_ballots: int = 24, **programme: object
) -> Path:
    """Write the small study with the rooms and ballots of the worked example."""
    changes = {
        "fichiers": {"votes": "votes.csv"},
        "groupe": {"vote": rule or RULE},
        "programme": {
            "espaces_partages": rooms(),
            "programme_impose": None,
            "fonds_propres_max": 1_500_000,
            **programme,
        },
    }
    path = write_small_study(folder, changes=changes)
    write_ballots(
        folder / "votes.csv", ASKED["ballots"][:n_ballots], {3: "atelier", 5: "buanderie"}
    )
    return path
