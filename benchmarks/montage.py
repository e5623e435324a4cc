"""Time the montage of one site, and the rate of many on every core.

``python -m benchmarks.montage [--repeats 30] [--many 1000] [--jobs 2]`` studies the first site of
the demonstration once, then times the accounts alone (prix de revient and every account, imports
and optimisation apart): median of the repeats against the limit of 150 ms, then the rate of many
montages in a process pool. The trials of the stress table are timed apart. Exits 1 above the limit.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from habitat_analysis.baremes import FactReader
from habitat_analysis.feasibility import Feasibility, choose_sites, read_ground, study_site
from habitat_analysis.feasibility.stress import stress_table
from habitat_analysis.montage import Montage, build_montage, detail_costs
from habitat_analysis.study import load_study

STUDY = Path(__file__).parents[1] / "data" / "demo" / "etude.yaml"
LIMIT_MS = 150.0


@lru_cache(maxsize=1)
def site() -> Feasibility:
    ground = read_ground(load_study(STUDY))
    return study_site(ground, choose_sites(ground)[0])


def montage(found: Feasibility) -> Montage:
    evaluation = found.optimum.evaluation
    assert evaluation is not None
    costs = detail_costs(
        found.file,
        evaluation.programme,
        land_m2=found.site.area_m2,
        model_ttc_eur=evaluation.cost_eur,
    )
    facts = FactReader(found.ground.baremes, on=found.ground.study.operation_date)
    return build_montage(found.file, evaluation, costs, facts)


def trials(found: Feasibility) -> None:
    assert found.costs is not None
    assert found.programme is not None
    facts = FactReader(found.ground.baremes, on=found.ground.study.operation_date)
    stress_table(found.file, found.programme, found.costs.price, facts)


def milliseconds(call, found: Feasibility, repeats: int) -> list[float]:
    call(found)  # warm
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(found)
        times.append(1e3 * (time.perf_counter() - start))
    return sorted(times)


def many(count: int) -> int:
    found = site()
    for _ in range(count):
        montage(found)
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    found = site()
    print(f"Python {platform.python_version()}, {platform.machine()}, site {found.site.name}")
    limit_passed = False
    for name, call in (("montage", montage), ("essais", trials)):
        times = milliseconds(call, found, options.repeats)
        median = statistics.median(times)
        p95 = times[int(0.95 * (len(times) - 1))]
        print(f"{name:8} median {median:6.1f} ms   95 % {p95:6.1f} ms   n = {len(times)}")
        limit_passed |= name == "montage" and median > LIMIT_MS
    share = [options.many // options.jobs] * options.jobs
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        list(pool.map(many, [1] * options.jobs))  # imports and the site, out of the count
        start = time.perf_counter()
        done = sum(pool.map(many, share))
        elapsed = time.perf_counter() - start
    print(f"{done} montages, {options.jobs} processes: {elapsed:.1f} s, {done / elapsed:.1f}/s")
    print(f"limit {LIMIT_MS:.0f} ms: {'passed' if limit_passed else 'kept'}")
    return int(limit_passed)


if __name__ == "__main__":
    sys.exit(main())
