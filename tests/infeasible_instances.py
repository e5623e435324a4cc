"""Random programmes that no answer satisfies, of at least five rules people could concede."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from habitat_analysis.programme.case import Case, ShareRule
from habitat_analysis.programme.optimum import optimise
from tests.programme_instances import Draw


def impossible_cases(first: int) -> Iterator[tuple[int, Case]]:
    """Give, one seed after another, cases without programme, each asked too much somewhere."""
    seed = first
    while True:
        draw = Draw(seed, large=seed % 4 == 0)
        case = _demanding(draw.case(), np.random.default_rng(seed))
        if optimise(case, ["dwellings"]).status == "infeasible":
            yield seed, case
        seed += 1


def _demanding(case: Case, rng: np.random.Generator) -> Case:
    """Ask for more homes, more needs covered, dearer land or less money than a case does."""
    rules, most = case.rules, case.rules.dwellings_max
    people = sum(group.count for group in case.classes)
    wanted = replace(
        rules,
        dwellings_min=int(rng.integers(1, max(2, most // 2))),
        housed_min=int(rng.integers(1, max(2, min(people, most)))),
        open_max=int(rng.integers(0, 4)),
        equity_max_eur=float(rng.uniform(5e3, 25e3) * most),
        topup_max_eur=float(rng.uniform(0, 4e3) * most),
        parking_max=float(rng.uniform(0.4, 1.0) * most),
        families=(
            *rules.families,
            ShareRule(id="asked", members=(case.tenures[0].id,), min=float(rng.uniform(0.1, 0.5))),
        ),
    )
    dearer = case.fixed_cost_eur * float(rng.uniform(0.7, 1.6))
    return replace(case, rules=wanted, fixed_cost_eur=dearer, fixed={})
