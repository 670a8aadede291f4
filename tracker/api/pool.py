"""Where the work on many workbooks runs: here, in processes, or on a Dask cluster."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

from tracker.errors import ConfigError

T = TypeVar("T")
_TRIES = 3
_COLLECT = 8


def run(
    work: Mapping[str, Callable[[], T]], jobs: int, scheduler: str | None, lost: Callable[[], T]
) -> Iterator[tuple[str, T]]:
    """Do each piece of work once; results come as they are ready, under their names.

    Pieces whose worker dies are given to others; one whose workers die three times comes out as
    `lost()`.

    Args:
        work: name -> a picklable function without arguments.
        jobs: processes on this machine; 1 does all of it here.
        scheduler: address of a Dask scheduler, which is then used instead (extra `tracker[dask]`).
        lost: what stands for a piece that cannot be done.

    Raises:
        ConfigError: the scheduler cannot be reached, or the extra is missing.
    """
    if scheduler is not None:
        with _cluster(scheduler) as pool:
            yield from _on_cluster(pool, work, lost)
    elif jobs <= 1 or len(work) <= 1:
        for done, (name, one) in enumerate(work.items(), 1):
            yield name, one()
            if done % _COLLECT == 0:  # a command runs without the collector
                gc.collect()
    else:
        yield from _in_processes(work, jobs, lost)


def _in_processes(
    work: Mapping[str, Callable[[], T]], jobs: int, lost: Callable[[], T]
) -> Iterator[tuple[str, T]]:
    left = dict(work)
    for attempt in range(_TRIES):
        # the pieces that were under way when a worker died go one by one at last
        workers = min(jobs, len(left)) if attempt < _TRIES - 1 else 1
        for name, result in _attempt(left, workers, alone=attempt == _TRIES - 1):
            del left[name]
            yield name, result
        if not left:
            return
    yield from ((name, lost()) for name in left)


def _attempt(
    left: Mapping[str, Callable[[], T]], workers: int, *, alone: bool
) -> Iterator[tuple[str, T]]:
    """Results until the pool breaks; with `alone`, each piece in a pool of its own."""
    groups = [{name: one} for name, one in left.items()] if alone else [dict(left)]
    for group in groups:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            try:
                yield from _results(pool, group)
            except BrokenProcessPool:
                continue


def _on_cluster(
    pool: Executor, work: Mapping[str, Callable[[], T]], lost: Callable[[], T]
) -> Iterator[tuple[str, T]]:
    """Dask gives pieces whose worker died to others by itself, a few times."""
    from asyncio import CancelledError

    names: dict[Future[T], str] = {pool.submit(one): name for name, one in work.items()}
    for done in as_completed(names):
        try:
            result = done.result()
        except (Exception, CancelledError):  # noqa: BLE001 - killed, cancelled, or not to be sent
            result = lost()
        yield names[done], result


def _results(pool: Executor, work: Mapping[str, Callable[[], T]]) -> Iterator[tuple[str, T]]:
    names: dict[Future[T], str] = {pool.submit(one): name for name, one in work.items()}
    broken: BrokenProcessPool | None = None
    for done in as_completed(names):
        try:
            yield names[done], done.result()
        except BrokenProcessPool as e:
            broken = e
    if broken is not None:
        raise broken


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """An executor on a Dask cluster."""
    try:
        from distributed import Client
    except ImportError as e:
        raise ConfigError(
            path="--scheduler",
            zh="需要 pip install 'tracker[dask]'",
            en="needs pip install 'tracker[dask]'",
        ) from e
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # Dask has no types
    except (OSError, ValueError) as e:
        raise ConfigError(
            path=address,
            zh=f"连不上这个 Dask 调度器（{e}）；请检查地址",
            en=f"this Dask scheduler cannot be reached ({e}); check the address",
        ) from e
    with client:
        yield client.get_executor(retries=_TRIES, pure=False)


def processes() -> int:
    """How many processes pay on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
