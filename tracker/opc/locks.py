"""Locks between runs of this program: files in the user's state folder, held by the system.

A lock goes with the process that holds it, however that ends; the empty files stay.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tracker.errors import BookLockedError, RefusedError
from tracker.opc.statedir import VARIABLE, private_dir, state_dir
from tracker.opc.temp import refusing

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


def book_lock_name(real: Path) -> str:
    """Name of the lock of one workbook, from its path with links followed."""
    return "book:" + os.path.normcase(real)


def _open(name: str, path: Path, state: Path) -> int:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    try:
        folder = private_dir(state / "locks")
        return os.open(folder / f"{digest}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as e:
        raise RefusedError(
            path=path,
            zh=f"状态文件夹 {state} 不可写（{e.strerror}），可用环境变量 {VARIABLE} 另指定",
            en=f"the state folder {state} cannot be written ({e.strerror}); "
            f"name another in {VARIABLE}",
        ) from None


def _acquire(handle: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while not _try(handle):
        if time.monotonic() >= until:
            raise BookLockedError(path=path)
        time.sleep(_PAUSE)


if sys.platform == "win32":
    import msvcrt

    def _try(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
