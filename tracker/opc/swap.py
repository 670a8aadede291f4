"""The few system calls behind a safe save: swapping two names, syncing a folder, waiting."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

T = TypeVar("T")

_AT_FDCWD = -100
_LINUX_EXCHANGE = 2
_MAC_SWAP = 2
# A container's filter may answer an unknown call with EPERM; where that is the truth about the
# folder, the replace that follows meets it again.
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
EXCLUSIVE = frozenset({32, 33})  # Windows: sharing violation, lock violation
_SHARING = EXCLUSIVE | {5}  # access denied, which a scanner causes too
_PATIENCE = 3.0
_PAUSE = 0.1


def exchange(a: Path, b: Path) -> bool:
    """Swap two names of one folder at one instant; False where the system cannot.

    Linux has renameat2 with RENAME_EXCHANGE (renameat2(2)), macOS renamex_np with RENAME_SWAP
    (rename(2) of Darwin). Any other failure is an OSError and leaves both names as they were.
    """
    code = _swap_call(os.fsencode(a), os.fsencode(b))
    if code and code not in _UNSUPPORTED:
        raise OSError(code, os.strerror(code), str(b))
    return code == 0


def _swap_call(a: bytes, b: bytes) -> int:
    """0 or an errno."""
    if sys.platform == "win32":
        return errno.ENOSYS
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            done = libc.renamex_np(a, b, ctypes.c_uint(_MAC_SWAP))
        else:
            done = libc.renameat2(_AT_FDCWD, a, _AT_FDCWD, b, ctypes.c_uint(_LINUX_EXCHANGE))
    except AttributeError:
        return errno.ENOSYS
    return ctypes.get_errno() if done else 0


def patiently(call: Callable[[], T]) -> T:
    """The call's answer; on Windows it outlasts the moment in which a scanner holds a file.

    Raises:
        PermissionError: another program does not let go of it, or it is no matter of sharing.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return call()
        except PermissionError as e:
            if getattr(e, "winerror", None) not in _SHARING or time.monotonic() >= until:
                raise
            time.sleep(_PAUSE)


def replace(source: Path, target: Path) -> None:
    """`os.replace`, patiently."""
    patiently(lambda: source.replace(target))


def sync_folder(folder: Path) -> None:
    """Make names durable; a folder that cannot be synced (Windows, some mounts) is let be."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def signals_held() -> Iterator[None]:
    """Put off requests to stop until the block is over, then let them take their course.

    Outside the main thread nothing is held, as Python delivers signals only there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    known = [signal.Signals[n] for n in _SIGNALS if n in signal.Signals.__members__]
    before = {s: h for s in known if (h := signal.getsignal(s)) is not None}
    try:
        for s in before:
            signal.signal(s, note)
        yield
    finally:
        for s, handler in before.items():
            signal.signal(s, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)
