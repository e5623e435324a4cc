"""How long a portfolio takes, by number of parcels and of processes, and the memory it holds."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import samples
from benchmarks.straight import stop
from habitat_analysis.runs.portfolio_pool import work_in_pool
from habitat_analysis.runs.portfolio_work import Work

PROCESSES = (1, 2)
LARGE = 5000  # from so many sites on, one run a number of processes
PROC = Path("/proc")


def rows(work: Work, sizes: Sequence[int], repeats: int) -> Iterator[tuple[str, ...]]:
    """Run the work of so many sites in processes of their own; the best time of the repeats."""
    head = ("parcels", "runs", "one process", "two processes", "gain", "memory at most", "load")
    yield head
    for size in sizes:
        asked = samples.more_sites(work, size)
        runs = 1 if size >= LARGE else repeats
        best: dict[int, float] = {}
        memory = 0.0
        for n_workers in PROCESSES:
            for _ in range(runs):
                seconds, peak = _run(asked, n_workers)
                best[n_workers] = min(best.get(n_workers, seconds), seconds)
                memory = max(memory, peak)
        one, two = (best[n] for n in PROCESSES)
        load = f"{os.getloadavg()[0]:.1f}"
        yield (
            str(size), str(runs), f"{one:.1f} s ({size / one:.0f}/s)",
            f"{two:.1f} s ({size / two:.0f}/s)", f"{one / two:.2f}", f"{memory:.0f} MB", load,
        )  # fmt: skip


def _run(work: Work, n_workers: int) -> tuple[float, float]:
    """Return the seconds, processes started included, and the most memory held together, in MB."""
    watch = _Watch()
    watch.start()
    began = time.perf_counter()
    done = sum(
        len(answers)
        for _, answers in work_in_pool(dict(enumerate(work.chunks())), n_workers=n_workers)
    )
    seconds = time.perf_counter() - began
    watch.done.set()
    watch.join()
    if done != len(work.sites):
        stop(f"{done} answers for {len(work.sites)} sites.")
    return seconds, watch.peak / 1e6


class _Watch(threading.Thread):
    """Looks now and then at the memory of this process and of those it started (PSS)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peak = 0.0

    def run(self) -> None:
        while not self.done.wait(0.5):
            self.peak = max(self.peak, sum(map(_pss, _family(os.getpid()))))


def _family(root: int) -> list[int]:
    """Return a process and its descendants."""
    parents: dict[int, int] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # gone meanwhile
            continue
    found, size = {root}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return sorted(found)


def _pss(process: int) -> float:
    """Read the proportional set size of a process, in bytes; zero once it is gone."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return 1024.0 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
