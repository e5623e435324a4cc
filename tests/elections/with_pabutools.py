"""Draw elections and write what pabutools funds: ``python tests/elections/with_pabutools.py``.

Needs pabutools (1.2.3), which brings a proprietary solver and is therefore no dependency of the
project: its answers are kept in ``pabutools.json``, and this file writes them again.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("pabutools.json")
ELECTIONS = 200


def draw(chance: random.Random) -> dict[str, Any]:
    """Draw an election: at most 7 rooms and 12 ballots, costs small enough to tie often."""
    rooms = [f"room_{letter}" for letter in "abcdefg"[: chance.randint(2, 7)]]
    costs = {room: chance.randint(1, chance.choice([4, 12, 60])) for room in rooms}
    ballots = [
        sorted(room for room in rooms if chance.random() < 0.45)
        for _ in range(chance.randint(1, 12))
    ]
    total = sum(costs.values())
    return {"costs": costs, "ballots": ballots, "budget": chance.randint(1, total)}


def funded(stated: dict[str, Any]) -> dict[str, Any]:
    """Ask pabutools: equal shares in order, both utilities, plain and add1, greedy, best total."""
    from pabutools import election as pb
    from pabutools import rules

    projects = {name: pb.Project(name, cost) for name, cost in stated["costs"].items()}
    instance = pb.Instance(projects.values(), budget_limit=stated["budget"])
    profile = pb.ApprovalProfile(
        [pb.ApprovalBallot([projects[name] for name in ballot]) for ballot in stated["ballots"]],
        instance=instance,
    )
    answer: dict[str, Any] = {}
    for utility, sat in (("cost", pb.Cost_Sat), ("count", pb.Cardinality_Sat)):
        plain = rules.method_of_equal_shares(instance, profile, sat_class=sat)
        answer[f"equal_shares_{utility}"] = [project.name for project in plain]
        raised = rules.exhaustion_by_budget_increase(
            instance,
            profile,
            rules.method_of_equal_shares,
            {"sat_class": sat},
            budget_step=len(stated["ballots"]),
        )
        answer[f"add1_{utility}"] = sorted(project.name for project in raised)
    greedy = rules.greedy_utilitarian_welfare(
        instance, profile, sat_class=pb.Cost_Sat, is_sat_additive=True
    )
    most = rules.max_additive_utilitarian_welfare(instance, profile, sat_class=pb.Cardinality_Sat)
    answer["greedy"] = sorted(project.name for project in greedy)
    answer["most_approvals"] = sum(
        project.name in ballot for project in most for ballot in stated["ballots"]
    )
    return answer


def main() -> None:
    """Write the elections with their answers."""
    chance = random.Random(13)  # noqa: S311 - made-up elections
    lines = []
    for _ in range(ELECTIONS):
        stated = draw(chance)
        lines.append(json.dumps(stated | {"funded": funded(stated)}))
    KEPT.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
