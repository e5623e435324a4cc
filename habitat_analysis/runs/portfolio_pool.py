"""Chunks of a portfolio on the cores of this machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from habitat_analysis.feasibility.answers import Answer
from habitat_analysis.runs.portfolio_work import Work, do_work, stopped

TRIES: Final = 2  # a process that dies takes all those beside it: so many times, then each alone
Done = Iterator[tuple[int, tuple[Answer, ...]]]


def work_here(chunks: Mapping[int, Work]) -> Done:
    """Do the chunks one after the other in this process."""
    for rank, work in chunks.items():
        yield rank, do_work(work)


def work_in_pool(chunks: Mapping[int, Work], *, n_workers: int) -> Done:
    """Do the chunks in processes of their own, and give each as it comes.

    When a process dies (memory), what it and its neighbours were doing is done again; after `TRIES`
    times each chunk left has a process alone, then each site of a chunk that still dies: only the
    site that kills its process gets the status ``error``.
    """
    left = dict(chunks)
    for _ in range(TRIES):
        if not left:
            return
        yield from _one_pool(left, n_workers)
    with ThreadPoolExecutor(max_workers=n_workers) as threads:
        futures = {threads.submit(_alone, work): rank for rank, work in left.items()}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _alone(work: Work) -> tuple[Answer, ...]:
    """Do a work in a process that nothing else shares; its sites one by one if it dies."""
    try:
        with _pool(1) as pool:
            return pool.submit(do_work, work).result()
    except BrokenProcessPool:
        if len(work.sites) <= 1:
            return stopped(work)
    return tuple(answer for part in work.chunks(1) for answer in _alone(part))


def _pool(n_workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=n_workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_die_with_parent,
    )


def _one_pool(left: dict[int, Work], n_workers: int) -> Done:
    """Do what is left until all is done or a process dies; take off what is done."""
    with _pool(min(n_workers, len(left))) as pool:
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
