"""Time a large allocation against HiGHS given the same models directly, in one run.

``python -m benchmarks.allocation [--households 500] [--dwellings 200] [--wishes 30]`` draws
households, dwellings in four blocks and bounds of mixity, allocates (most housed, then leximin,
proven), then passes the same sequence of models to HiGHS, one after the other, and compares the
processor time and the ranks. Prints the memory used. Exits 1 above 1.5 times the time of HiGHS.
"""

from __future__ import annotations

import argparse
import platform
import resource
import sys
import time

import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

from habitat_analysis.allocation.assignment import assignment_arrays
from habitat_analysis.allocation.proposal import allocate, fairness_stages, pairs_of
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes, check_wishes

LIMIT = 1.5
SEED = 20261122
BLOCKS = "ABCD"


def draw(households: int, dwellings: int, wishes: int) -> Wishes:
    """Draw wishes that agree in part: some dwellings please more than others."""
    chance = np.random.default_rng(SEED)
    homes = tuple(Dwelling(id=f"D{j}", block=BLOCKS[j % 4]) for j in range(dwellings))
    common = chance.gumbel(size=dwellings)
    people = []
    for i in range(households):
        liked = np.argsort(-(common + chance.gumbel(size=dwellings)))[:wishes]
        quartile = {"quartile": f"Q{chance.integers(1, 5)}"}
        people.append(
            Wisher(id=f"H{i}", ranking=tuple(f"D{j}" for j in liked), attributes=quartile)
        )
    size = dwellings // 4
    bounds = tuple(
        Bound(
            id=f"{block}{value}", attribute="quartile", values=(value,), block=block,
            min=int(0.15 * size), max=max(1, int(0.3 * size)),
        )
        for block in BLOCKS
        for value in ("Q1", "Q4")
    )  # fmt: skip
    return check_wishes(Wishes(dwellings=homes, households=tuple(people), bounds=bounds))


def directly(wishes: Wishes) -> list[int]:
    """Pass each stage to HiGHS as a model of its own; return what each reached."""
    pairs = pairs_of(wishes)
    known = assignment_arrays(pairs.places, np.zeros(pairs.places.pairs), "min")
    matrix, low, high = known.matrix, known.row_lower, known.row_upper
    reached = []
    for stage in fairness_stages(pairs, wishes.worst_rank):
        if stage.guide:
            continue
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("mip_rel_gap", 0.0)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(known.names), len(low)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = stage.value, known.lower, known.upper
        lp.sense_ = (
            highspy.ObjSense.kMaximize if stage.sense == "max" else highspy.ObjSense.kMinimize
        )
        lp.row_lower_, lp.row_upper_ = low, high
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(known.names)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
        lp.a_matrix_.value_ = matrix.data
        highs.passModel(lp)
        highs.run()
        value = round(highs.getInfo().objective_function_value)
        reached.append(value)
        matrix = csr_array(vstack([matrix, csr_array(stage.value[None, :])], "csr"))
        low = np.append(low, value if stage.sense == "max" else -np.inf)
        high = np.append(high, np.inf if stage.sense == "max" else value)
    return reached


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=500)
    parser.add_argument("--dwellings", type=int, default=200)
    parser.add_argument("--wishes", type=int, default=30)
    options = parser.parse_args()
    wishes = draw(options.households, options.dwellings, options.wishes)
    start = time.process_time()
    found = allocate(wishes)
    ours = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    reached = directly(wishes)
    theirs = time.process_time() - start
    same = reached == [round(step.value) for step in found.steps]
    solved = sum(step.seconds > 0 for step in found.steps)
    print(
        f"{platform.machine()}, Python {platform.python_version()}, "
        f"highspy {highspy.Highs().version()}"
    )
    print(
        f"{options.households} households x {options.dwellings} dwellings, "
        f"{options.wishes} wishes, {len(wishes.bounds)} bounds: "
        f"{found.status}, {found.housed} housed"
    )
    print(f"allocate: {ours:.1f} s, {solved} stages solved of {len(found.steps)}, {memory:.0f} MB")
    print(f"HiGHS, the same models one by one: {theirs:.1f} s; same values: {same}")
    print(f"ratio: {ours / theirs:.2f} (limit {LIMIT})")
    return 0 if same and found.status == "optimal" and ours <= LIMIT * theirs else 1


if __name__ == "__main__":
    sys.exit(main())
