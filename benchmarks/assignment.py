"""Time the published generalised assignments beside HiGHS given the same model, in one run.

``python -m benchmarks.assignment [--types A,B,C,D,E,max] [--agents 5] [--jobs 15,20,25,30,100]
[--seeds 3] [--limit 60] [--files d05100 …] [--sense min]`` draws instances, or reads files of the
OR-Library, and solves each both ways: `best_assignment`, and the whole model passed to HiGHS with
a time limit. Clock time, mean and slowest of the seeds. Exits 1 when an answer of ours is not
proven, or when a value proven by HiGHS differs.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import highspy

from benchmarks.published_assignments import TYPES, Instance, draw, read
from habitat_analysis.allocation.assignment import (
    Placement,
    Stage,
    best_assignment,
    solve_in_turn,
)

CLOSE = 1e-6


def timed(instance: Instance, limit: float) -> tuple[Placement, float, Placement, float]:
    """Solve one instance both ways; return each answer and its seconds."""
    places, value, sense = instance
    start = time.perf_counter()
    ours = best_assignment(places, value, sense)
    between = time.perf_counter()
    theirs = solve_in_turn(places, [Stage(name="value", value=value, sense=sense)], limit)
    return ours, between - start, theirs, time.perf_counter() - between


def agree(ours: Placement, theirs: Placement) -> bool:
    """Whether ours is proven, and equal to what HiGHS proved."""
    if theirs.status == "infeasible":
        return ours.status == "infeasible"
    if ours.status != "optimal":
        return False
    return theirs.status != "optimal" or abs(ours.steps[0].value - theirs.steps[0].value) < CLOSE


def column(answers: list[tuple[Placement, float]]) -> str:
    """Write how many are proven, and the seconds of one way."""
    proven = sum(found.status in ("optimal", "infeasible") for found, _ in answers)
    seconds = [spent for _, spent in answers]
    return f"{proven}/{len(answers)}, {sum(seconds) / len(seconds):.2f}, {max(seconds):.2f}"


def instances(options: argparse.Namespace) -> Iterator[tuple[str, list[Instance]]]:
    """Yield what is asked for, by groups of one line."""
    for path in options.files:
        for position, instance in enumerate(read(path, options.sense)):
            yield f"{path.name} {position + 1}", [instance]
    if options.files:
        return
    for kind in options.types.split(","):
        for jobs in map(int, options.jobs.split(",")):
            seeds = range(options.seeds)
            yield (
                f"{kind} {options.agents} x {jobs}",
                [draw(kind, options.agents, jobs, seed) for seed in seeds],
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--types", default=",".join(TYPES))
    parser.add_argument("--agents", type=int, default=5)
    parser.add_argument("--jobs", default="15,20,25,30,100")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds given to HiGHS")
    parser.add_argument("--files", type=Path, nargs="*", default=[])
    parser.add_argument("--sense", choices=("min", "max"), default="min", help="of the files")
    options = parser.parse_args()
    print(
        f"{platform.machine()}, Python {platform.python_version()}, "
        f"highspy {highspy.Highs().version()}, load {os.getloadavg()[0]:.1f}"
    )
    print("instance | best_assignment: proven, mean s, slowest | HiGHS: proven, mean s, slowest")
    fine = True
    for name, group in instances(options):
        answers = [timed(instance, options.limit) for instance in group]
        fine = fine and all(agree(ours, theirs) for ours, _, theirs, _ in answers)
        cells = [column([(row[at], row[at + 1]) for row in answers]) for at in (0, 2)]
        values = [row[0].steps[0].value for row in answers if row[0].steps]
        print(" | ".join([name, *cells, " ".join(f"{value:g}" for value in values)]), flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
