"""Locks between runs of this program: files in the user's state folder, held by the system.

A lock goes with the process that holds it, however that ends; the empty files stay.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tracker.errors import BookLockedError, RefusedError
from tracker.opc.statedir import VARIABLE, private_dir, state_dir
from tracker.opc.temp import refusing
from tracker.opc.trylock import lock_file, try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.02


@contextmanager
def held(name: str, path: Path, *, wait: float = 0.0, state: Path | None = None) -> Iterator[None]:
    """Hold the lock `name` for the time of a `with` block.

    Args:
        name: any text; equal names exclude each other.
        path: the workbook that messages name.
        wait: seconds to try before giving up.
        state: the state folder, by default the user's.

    Raises:
        BookLockedError: another run (or another thread) holds it.
        RefusedError: the state folder cannot be written.
    """
    handle = _open(name, path, state or state_dir())
    try:
        with refusing(path):
            _acquire(handle, path, wait)
        yield
    finally:
        with suppress(OSError):  # it goes with the process at the latest
            os.close(handle)


def _open(name: str, path: Path, state: Path) -> int:
    file = type(state)(lock_file(name, str(state)))
    try:
        private_dir(file.parent)
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as e:
        raise RefusedError(
            path=path,
            zh=f"状态文件夹 {state} 不可写（{e.strerror}），可用环境变量 {VARIABLE} 另指定",
            en=f"the state folder {state} cannot be written ({e.strerror}); "
            f"name another in {VARIABLE}",
        ) from None


def _acquire(handle: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while not try_lock(handle):
        if time.monotonic() >= until:
            raise BookLockedError(path=path)
        time.sleep(_PAUSE)
