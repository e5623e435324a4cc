"""Chunks of a portfolio on the cores of this machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from habitat_analysis.feasibility.answers import Answer
from habitat_analysis.runs.portfolio_work import Work, do_work, stopped

TRIES: Final = 3  # a process that dies (memory) takes its chunk with it: so many times
Done = Iterator[tuple[int, tuple[Answer, ...]]]


def work_here(chunks: Mapping[int, Work]) -> Done:
    """Do the chunks one after the other in this process."""
    for rank, work in chunks.items():
        yield rank, do_work(work)


def work_in_pool(chunks: Mapping[int, Work], *, n_workers: int) -> Done:
    """Do the chunks in processes of their own, and give each as it comes.

    A process that dies has its chunks done again by others; after `TRIES` times their sites get
    the status ``error``.
    """
    left = dict(chunks)
    for _ in range(TRIES):
        if not left:
            return
        yield from _one_pool(left, n_workers)
    for rank, work in left.items():
        yield rank, stopped(work)


def _one_pool(left: dict[int, Work], n_workers: int) -> Done:
    """Do what is left until all is done or a process dies; take off what is done."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        max_workers=min(n_workers, len(left)), mp_context=context, initializer=_die_with_parent
    ) as pool:
        futures: dict[Future[tuple[Answer, ...]], int] = {}
        try:
            futures = {pool.submit(do_work, work): rank for rank, work in left.items()}
            for future in as_completed(futures):
                answers = future.result()
                del left[futures[future]]
                yield futures[future], answers
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(cancel_futures=True)


def _die_with_parent() -> None:
    """Leave when the run is killed: a worker would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
