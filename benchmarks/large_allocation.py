"""Time 5 000 households x 1 000 dwellings against HiGHS given the plain relaxation, in one run.

``python -m benchmarks.large_allocation [--seeds 3] [--repeats 3]`` draws households, classes of
equal dwellings and bounds of mixity in each building (quartiles; then quartiles, ages and
families), and solves each draw both ways, each in a process of its own: the product, from arrays
to a certified allocation, and HiGHS, passed the relaxation with all pairs (the faster of with and
without presolve; only passing and solving it are counted). Best of the repeats, processor and
clock time, peak memory. Exits 1 if the product is slower, if its gap exceeds 1e-4, or if its
bound and the relaxation differ.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from benchmarks.large_draw import MIXES, draw
from habitat_analysis.allocation.assignment import Places
from habitat_analysis.allocation.classes import ClassWishes, allocate_by_class, class_pairs
from habitat_analysis.allocation.large import CERTIFIED_GAP, broken_rules, largest_total
from habitat_analysis.allocation.pricing import Market, with_limits_only
from habitat_analysis.programme.arrays import Vector

SEED = 20261122
AGREEMENT = 1e-6  # relative: bound of the product, once rounded down, against the relaxation
Report = dict[str, Any]


def product(said: ClassWishes, places: Places, value: Vector, repeats: int) -> Report:
    """Allocate from arrays; then once from the wishes, most housed first, down to dwellings."""
    found, times = timed(lambda: largest_total(places, value), repeats)
    memory = peak_mb()
    whole, whole_times = timed(lambda: allocate_by_class(said, points=True, seed=SEED), repeats)
    assert not broken_rules(places, found.pairs)
    return {
        **times, "memory": memory, "value": found.value, "bound": found.bound, "gap": found.gap,
        "status": found.status, "rounds": found.rounds, "columns": found.columns,
        "housed": whole.housed, "whole": whole_times["clock"],
    }  # fmt: skip


def relaxation(places: Places, value: Vector, presolve: str, repeats: int) -> Report:
    """Pass the relaxation with all pairs to HiGHS and solve it."""
    rows = plain(places, value)

    def solve() -> highspy.Highs:
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("presolve", presolve)
        highs.passModel(rows)
        highs.run()
        return highs

    highs, times = timed(solve, repeats)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return {
        **times, "memory": peak_mb(), "bound": highs.getInfo().objective_function_value,
    }  # fmt: skip


def plain(places: Places, value: Vector) -> highspy.HighsLp:
    """Write one column a pair; rows of households, classes and bounds."""
    market, n, k = Market(with_limits_only(places), value), places.households, places.pairs
    uses = market.uses
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = k, n + len(market.most)
    lp.col_cost_, lp.sense_ = value, highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = np.zeros(k), np.ones(k)
    lp.row_lower_ = np.concatenate([np.full(n, -np.inf), market.least])
    lp.row_upper_ = np.concatenate([np.ones(n), market.most])
    starts = uses.indptr + np.arange(k + 1)  # one entry more a pair: its household, first
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = np.insert(uses.indices + n, uses.indptr[:-1], places.household)
    lp.a_matrix_.value_ = np.insert(uses.data, uses.indptr[:-1], 1.0)
    return lp


def timed(work: Callable[[], Any], repeats: int) -> tuple[Any, Report]:
    """Repeat; return the answer and the best times, in seconds."""
    cpu, clock = [], []
    for _ in range(repeats):
        began = time.process_time(), time.perf_counter()
        answer = work()
        cpu.append(time.process_time() - began[0])
        clock.append(time.perf_counter() - began[1])
    return answer, {"cpu": min(cpu), "clock": min(clock)}


def peak_mb() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(options: argparse.Namespace) -> Report:
    """Draw and solve one way: the work of a child process."""
    said = draw(options.seed, options.households, options.dwellings, MIXES[options.mix])
    places, value = class_pairs(said, said.wishes.households, points=True)
    shape = {"classes": len(said.classes), "pairs": places.pairs, "bounds": len(places.limits)}
    before = {"before": peak_mb(), **shape}
    if options.way == "product":
        return before | product(said, places, value, options.repeats)
    return before | relaxation(places, value, options.way, options.repeats)


def child(options: argparse.Namespace, way: str, mix: str, seed: int) -> Report:
    """Run `alone` in a process of its own, so that its memory is its own."""
    names = {"households": options.households, "dwellings": options.dwellings,
             "repeats": options.repeats, "way": way, "mix": mix, "seed": seed}  # fmt: skip
    arguments = [word for name, given in names.items() for word in (f"--{name}", str(given))]
    command = [sys.executable, "-m", "benchmarks.large_allocation", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
    report: Report = json.loads(done.stdout)
    return report


def compare(options: argparse.Namespace, mix: str, seed: int) -> bool:
    """Solve one draw all ways and print it; whether the limits are kept."""
    ours = child(options, "product", mix, seed)
    ways = {word: child(options, word, mix, seed) for word in ("on", "off")}
    word, theirs = min(ways.items(), key=lambda item: item[1]["cpu"])
    ratio = ours["cpu"] / theirs["cpu"]
    same = theirs["bound"] - 1 - ours["bound"] <= AGREEMENT * theirs["bound"]
    same = same and ours["bound"] <= theirs["bound"] * (1 + AGREEMENT)
    print(
        f"\n{mix}, draw {seed}: {ours['classes']} classes, {ours['pairs']} pairs, "
        f"{ours['bounds']} bounds; {ours['housed']} housed"
    )
    print(
        f"  product: {ours['cpu']:.2f} s CPU, {ours['clock']:.2f} s clock; {ours['status']}, gap "
        f"{ours['gap']:.1e}; {ours['columns']} pairs solved in {ours['rounds']} rounds; peak "
        f"{ours['memory']:.0f} MB ({ours['before']:.0f} before); from the wishes to the dwellings "
        f"{ours['whole']:.2f} s"
    )
    for name, way in ways.items():
        print(
            f"  HiGHS, plain relaxation, presolve {name}: {way['cpu']:.2f} s CPU, "
            f"{way['clock']:.2f} s clock; peak {way['memory']:.0f} MB ({way['before']:.0f} before)"
        )
    print(f"  ratio to the faster (presolve {word}): {ratio:.2f} (limit 1); same bound: {same}")
    return same and ratio <= 1 and ours["gap"] <= CERTIFIED_GAP


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=5000)
    parser.add_argument("--dwellings", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--way", help="one way, in this process, as JSON: product, on or off")
    parser.add_argument("--mix", default="quartiles", choices=MIXES)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(alone(options)))
        return 0
    print(
        f"{platform.machine()}, Python {platform.python_version()}, "
        f"highspy {highspy.Highs().version()}, load {os.getloadavg()[0]:.1f}; "
        f"{options.households} households x {options.dwellings} dwellings"
    )
    seeds = range(options.seed, options.seed + options.seeds)
    kept = [compare(options, mix, seed) for mix in MIXES for seed in seeds]
    print(f"\nload {os.getloadavg()[0]:.1f}; limits kept: {sum(kept)} of {len(kept)}")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
