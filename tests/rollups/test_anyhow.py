"""How a rollup was made never shows in it: order, processes, a cluster, workers that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF
from tracker.api.rollup import Request, rollup

pytestmark = pytest.mark.own_state
Bytes = dict[str, bytes]


def made(books: Path, folder: Path, *, backwards: bool = False, **more: Any) -> Bytes:
    """A rollup made anew, as a workbook and as parquet files; what they hold by name."""
    folder.mkdir(exist_ok=True)
    out, rows = folder / "r.xlsx", folder / "p"
    paths = sorted(books.iterdir(), reverse=backwards)
    rollup(Request(paths, AS_OF, out, rows, fresh=True, **more))
    return {f.name: f.read_bytes() for f in (out, *sorted(rows.iterdir()))}


@pytest.fixture(scope="module")
def alone(tiny_books: Path, tmp_path_factory: pytest.TempPathFactory) -> Bytes:
    """What one process makes of the books."""
    return made(tiny_books, tmp_path_factory.mktemp("alone") / "out")


def killing(victim: Callable[[], int]) -> Callable[[int, int], object]:
    """A progress that kills a worker when the first workbook is done."""

    def progress(done: int, _all: int) -> None:
        if done == 1:
            os.kill(victim(), signal.SIGKILL)

    return progress


def a_child() -> int:
    return next(c.pid for c in multiprocessing.active_children() if c.pid)


def test_processes_of_which_one_dies_give_the_bytes_of_one(
    tiny_books: Path, tmp_path: Path, alone: Bytes
) -> None:
    found = made(tiny_books, tmp_path / "out", backwards=True, jobs=2, progress=killing(a_child))
    assert found == alone


def test_a_cluster_of_which_a_worker_dies_gives_the_bytes_of_one(
    tiny_books: Path, tmp_path: Path, alone: Bytes
) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        first = int(cluster.workers[0].process.pid)
        where = cluster.scheduler_address
        found = made(tiny_books, tmp_path / "out", scheduler=where, progress=killing(lambda: first))
    assert found == alone
