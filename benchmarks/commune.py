"""Measure what one commune costs, stage by stage: the figures of ``docs/scale.md``.

``python -m benchmarks.commune [ETUDE.yaml …] [--sites 60]`` reads each study, lists its sites, then
answers a sample of them, evenly spaced by name, in this one process. It prints seconds a stage,
milliseconds a site (median and mean) by status, and the size of what travels to a worker.
"""

from __future__ import annotations

import argparse
import pickle
import platform
import resource
import statistics
import time
from pathlib import Path

from habitat_analysis.feasibility import read_ground
from habitat_analysis.feasibility.answers import answer
from habitat_analysis.programme.mould import cast
from habitat_analysis.runs.portfolio_sites import figures_of, gather_portfolio
from habitat_analysis.runs.portfolio_work import make_work
from habitat_analysis.study import load_study

STUDY = Path(__file__).parents[1] / "data" / "demo" / "etude.yaml"


def measure(study_file: Path, n_sites: int) -> list[str]:
    """Return the lines of one commune."""
    start = time.perf_counter()
    study = load_study(study_file)
    ground = read_ground(study)
    read = time.perf_counter()
    gathered = gather_portfolio(ground)
    listed = time.perf_counter()
    figures = figures_of(gathered.examined, shab_per_sdp=study.ratios.shab_per_sdp)
    work = make_work(ground, figures, scenario="base")
    made = time.perf_counter()
    cases = [cast(work.mould, site) for site in work.sites]
    laid = time.perf_counter()
    times: dict[str, list[float]] = {}
    for case in cases[:: max(1, len(cases) // n_sites)]:
        began = time.perf_counter()
        found = answer(case, work.objectives, time_limit_s=work.time_limit_s)
        times.setdefault(found.status, []).append(1000 * (time.perf_counter() - began))
    lines = [
        f"{study.name}: {len(ground.screened.parcels)} parcels, {len(cases)} sites",
        f"  {len(gathered.assemblies.pairs)} pairs looked at in {listed - read:.2f} s",
        f"  read and screen {read - start:.2f} s, tenures {1000 * (made - listed):.0f} ms",
        f"  case of a site {1000 * (laid - made) / max(1, len(cases)):.2f} ms (mean of all)",
    ]
    lines += [
        f"  answer, {status}: n = {len(each)}, median {statistics.median(each):.0f} ms, "
        f"mean {statistics.mean(each):.0f} ms"
        for status, each in sorted(times.items())
    ]
    chunk = work.chunks()[0] if cases else work
    lines.append(f"  one chunk of {len(chunk.sites)} sites weighs {len(pickle.dumps(chunk))} bytes")
    return lines


def main() -> None:
    """Measure each study named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="*", type=Path, default=[STUDY])
    parser.add_argument("--sites", type=int, default=60)
    options = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}, one process")
    for study_file in options.studies:
        print("\n".join(measure(study_file, options.sites)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:.0f} MiB")


if __name__ == "__main__":
    main()
