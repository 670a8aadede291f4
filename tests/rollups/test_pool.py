"""Work in processes: results by name, and what a dying worker leaves to others."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tracker.api.pool import run
from tracker.errors import ConfigError


def square(number: int) -> int:
    return number * number


def die_once(marker: Path, number: int) -> int:
    """Kill the own process at the first call of all; later calls answer."""
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return square(number)
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def die_always() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def stumble() -> int:
    raise MemoryError


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_piece_is_done_once(jobs: int) -> None:
    work = {str(n): partial(square, n) for n in range(7)}
    assert dict(run(work, jobs, None, lambda: -1)) == {str(n): n * n for n in range(7)}


def test_the_pieces_of_a_killed_worker_go_to_others(tmp_path: Path) -> None:
    work = {str(n): partial(die_once, tmp_path / "died", n) for n in range(6)}
    assert dict(run(work, 2, None, lambda: -1)) == {str(n): n * n for n in range(6)}
    assert (tmp_path / "died").exists()


def test_a_piece_that_kills_every_worker_is_given_up_and_the_others_are_done() -> None:
    work: dict[str, Callable[[], int]] = {
        "bad": die_always,
        **{str(n): partial(square, n) for n in range(4)},
    }
    found = dict(run(work, 2, None, lambda: -1))
    assert found == {"bad": -1, **{str(n): n * n for n in range(4)}}


def test_a_scheduler_that_is_not_there_is_told() -> None:
    pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    patient = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with patient, pytest.raises(ConfigError, match="scheduler"):
        dict(run({"1": partial(square, 1)}, 1, "tcp://127.0.0.1:9", lambda: -1))


def test_a_piece_that_fails_on_a_cluster_is_given_up_and_the_others_are_done() -> None:
    distributed = pytest.importorskip("distributed")
    work: dict[str, Callable[[], int]] = {
        "bad": stumble,
        **{str(n): partial(square, n) for n in range(4)},
    }
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        found = dict(run(work, 1, cluster.scheduler_address, lambda: -1))
    assert found == {"bad": -1, **{str(n): n * n for n in range(4)}}
