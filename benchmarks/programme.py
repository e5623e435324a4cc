"""Time the programme against the straightforward way, side by side in one run.

``python -m benchmarks.programme [--parts slider,front,prices,portfolio,curve] [--samples 40]
[--sizes 100,1000,10000] [--repeats 3]`` prints one Markdown table a part. Ratios compare the same
questions asked both ways, one after the other, to the same proven optimum within 1e-6: a
difference stops the run. The sites are those of the demonstration and, where its data are, of
Latresne.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from benchmarks import curve, samples, straight
from benchmarks.straight import stop
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import choose_sites, read_ground
from habitat_analysis.feasibility.answers import Answer, answer_many
from habitat_analysis.feasibility.operation import lay_out, objectives
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.frontier import STEPS, front
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.optimum import answer
from habitat_analysis.programme.requirements import case_levers, price_requirements
from habitat_analysis.programme.search import Goal, Search
from habitat_analysis.programme.solving import SOLVER, VERSION
from habitat_analysis.runs.portfolio_work import CHUNK_SITES, Work
from habitat_analysis.study import load_study

SAME: Final = 1e-6  # relative
STATED_GAP: Final = 0.005
FRONT: Final = ("equity", "spaces", "housed")
Row = tuple[str, ...]


def slider(case: Case, aims: tuple[str, ...]) -> Iterator[Row]:
    """Move works, a share or the parking, and answer: shown at once, then found, then exact."""
    yield ("question", "shown at once", f"found, gap {STATED_GAP:.1%}", "exact", "straight")
    for name, moves in _moves(case).items():
        kept = KeptProgramme(case)
        last = answer(kept, case, aims)
        times: list[tuple[float, ...]] = []
        for moved in moves:
            began = time.perf_counter()
            goal = Goal(row=kept.objective_row(aims[0]), maximise=True, counted=True)
            Search(kept, kept.question(moved)).bound(goal)
            if last.programme is not None:
                evaluate(moved, last.programme)
            shown = time.perf_counter()
            answer(kept, moved, aims, gap_rel=STATED_GAP)
            near = time.perf_counter()
            found = answer(kept, moved, aims)
            exact = time.perf_counter()
            plain = straight.optimum(moved, aims)
            end = time.perf_counter()
            _same(tuple(found.values.values()), plain.values)
            last = found if found.programme is not None else last
            times.append((shown - began, near - shown, exact - near, end - exact))
        yield (
            f"{name}, n = {len(moves)}",
            *(_spread(column) for column in zip(*times, strict=True)),
        )


def _moves(case: Case) -> dict[str, list[Case]]:
    rules, family = case.rules, case.rules.families[0]
    works = [
        replace(
            case,
            tenures=tuple(
                replace(t, variable_cost_m2_eur=t.variable_cost_m2_eur + step) for t in case.tenures
            ),
        )
        for step in range(-200, 201, 10)
    ]
    shares = [
        replace(
            case, rules=replace(rules, families=(replace(family, min=s / 100), *rules.families[1:]))
        )
        for s in range(20, 61)
    ]
    places = [
        replace(case, rules=replace(rules, parking_max=float(n)))
        for n in range(max(0, int(rules.parking_max or 20) - 20), int(rules.parking_max or 20) + 21)
    ]
    return {"works price": works, "share of a tenure": shares, "parking places": places}


def fronts(cases: dict[str, Case]) -> Iterator[Row]:
    """Sweep a front both ways."""
    yield ("front " + ", ".join(FRONT), "points", "questions", "time", "straight", "ratio")
    for name, case in cases.items():
        began = time.perf_counter()
        found = front(case, FRONT)
        middle = time.perf_counter()
        points, _ = straight.front(case, FRONT)
        end = time.perf_counter()
        mine = {tuple(round(point.reached[o] / STEPS[o]) for o in FRONT) for point in found.points}
        if len(mine) > len(points):
            stop(f"Fronts differ on {name}: {len(mine)} and {len(points)} points.")
        ours, theirs = middle - began, end - middle
        yield (
            name, str(len(found.points)), str(found.solves), f"{ours:.2f} s", f"{theirs:.1f} s",
            f"{theirs / ours:.0f}",
        )  # fmt: skip


def prices(cases: dict[str, Case], aims: tuple[str, ...]) -> Iterator[Row]:
    """Price every requirement, both ways."""
    yield ("requirements", "levers", "time", "straight", "ratio")
    for name, case in cases.items():
        levers = list(case_levers(case))
        began = time.perf_counter()
        found = price_requirements(case, aims, levers=levers)
        middle = time.perf_counter()
        moved = [c for lever in levers for c in (lever.looser, lever.tighter) if c is not None]
        for one in [case, *moved]:
            straight.optimum(one, aims)
        end = time.perf_counter()
        ours, theirs = middle - began, end - middle
        yield name, str(len(found)), f"{ours:.2f} s", f"{theirs:.1f} s", f"{theirs / ours:.0f}"


def throughput(works: dict[str, Work], count: int) -> Iterator[Row]:
    """Answer the same sites both ways: optimum, land bill, and the conflict of the impossible."""
    yield ("portfolio", "sites", "CPU ms a site", "straight, CPU ms", "ratio", "without conflicts")
    for name, work in works.items():
        yield _both_ways(name, samples.cases_of(work), work.objectives, count)
        if name == "demonstration":
            wide = [(samples.larger(case), land) for case, land in samples.cases_of(work)]
            yield _both_ways(f"{name}, 35 cells", wide, work.objectives, count)


def _both_ways(
    name: str, cases: list[tuple[Case, float]], aims: tuple[str, ...], count: int
) -> Row:
    """Alternate chunks of both ways; seconds of this process, which others do not lengthen."""
    chosen = cases[:: max(1, len(cases) // count)]
    ours = theirs = conflicts = possible = 0.0
    for start in range(0, len(chosen), CHUNK_SITES):
        chunk = chosen[start : start + CHUNK_SITES]
        began = time.process_time()
        found = answer_many([c for c, _ in chunk], aims, lands_eur=[land for _, land in chunk])
        ours += time.process_time() - began
        for one, (case, land) in zip(found, chunk, strict=True):
            began = time.process_time()
            plain = straight.optimum(case, aims)
            bill = straight.land_bill(case, land_eur=land)
            middle = time.process_time()
            conflict = straight.conflict(case)[0] if plain.status == "infeasible" else ()
            end = time.process_time()
            theirs, conflicts = theirs + middle - began, conflicts + end - middle
            _same_answer(one, plain, bill, conflict)
    kept: list[float] = []
    good = [(case, land) for case, land in chosen if answer_many([case], aims)[0].figures]
    for start in range(0, len(good), CHUNK_SITES):
        chunk = good[start : start + CHUNK_SITES]
        began = time.process_time()
        answer_many([c for c, _ in chunk], aims, lands_eur=[land for _, land in chunk])
        kept.append(time.process_time() - began)
        began = time.process_time()
        for case, land in chunk:
            straight.optimum(case, aims)
            straight.land_bill(case, land_eur=land)
        possible += time.process_time() - began
    n = len(chosen)
    return (
        name, str(n), f"{1000 * ours / n:.1f}", f"{1000 * (theirs + conflicts) / n:.0f}",
        f"{(theirs + conflicts) / ours:.1f}",
        f"{possible / sum(kept):.1f} ({len(good)} possible sites)" if kept else "",
    )  # fmt: skip


def _same_answer(
    one: Answer, plain: straight.Straight, bill: float | None, conflict: tuple[str, ...]
) -> None:
    if one.status != plain.status:
        stop(f"{one.status} against {plain.status}.")
    _same(tuple(stage.value for stage in one.stages), plain.values)
    if one.status == "infeasible" and {limit.rule for limit in one.binding} != set(conflict):
        stop(f"Conflicts differ: {one.binding} and {conflict}.")
    mine = None if one.land is None else one.land.extra_eur
    _same(() if mine is None else (mine,), () if bill is None else (bill,))


def _same(one: tuple[float, ...], other: tuple[float, ...]) -> None:
    near = [abs(a - b) <= 2 * SAME * max(1.0, abs(a)) for a, b in zip(one, other, strict=False)]
    if len(one) != len(other) or not all(near):
        stop(f"Both ways differ: {one} and {other}.")


def _spread(seconds: tuple[float, ...]) -> str:
    ordered = sorted(1000 * value for value in seconds)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{statistics.median(ordered):.1f} ms (95 %: {late:.1f})"


def table(rows: Iterator[Row]) -> None:
    """Print rows as Markdown, the first one as the header."""
    for rank, row in enumerate(rows):
        print("| " + " | ".join(row) + " |", flush=True)
        if rank == 0:
            print("|" + " --- |" * len(row))
    print()


def main() -> int:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="slider,front,prices,portfolio,curve")
    parser.add_argument("--samples", type=int, default=60)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    parts = options.parts.split(",")
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{SOLVER} {VERSION}; load of the machine at the start {load}\n"
    )
    ground = read_ground(load_study(samples.DEMO))
    case = lay_out(ground, choose_sites(ground)[0], scenario="base").file.case
    aims = tuple(objectives(ground))
    cases = {"demonstration": case, "35 cells": samples.larger(case)}
    works = _works()
    asked: dict[str, Callable[[], Iterator[Row]]] = {
        "slider": lambda: slider(case, aims),
        "front": lambda: fronts(cases),
        "prices": lambda: prices(cases, aims),
        "portfolio": lambda: throughput(works, options.samples),
        "curve": lambda: curve.rows(
            list(works.values())[-1], [int(n) for n in options.sizes.split(",")], options.repeats
        ),
    }
    for part in parts:
        table(asked[part]())
    print(f"load at the end {', '.join(f'{value:.2f}' for value in os.getloadavg())}")
    return 0


def _works() -> dict[str, Work]:
    works = {"demonstration": samples.work_of(samples.DEMO)}
    try:
        works["Latresne"] = samples.work_of(samples.COMMUNE)
    except (DataError, OSError):
        print("The data of Latresne are absent: the demonstration alone.\n")
    return works


if __name__ == "__main__":
    sys.exit(main())
