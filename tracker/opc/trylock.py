"""The system's lock on a file, tried without waiting. Imports next to nothing: see `statedir`."""

from __future__ import annotations

import os
import sys

_LOCKS = "locks"


def lock_file(name: str, state: str) -> str:
    """Where the lock of that name lies below a state folder; any text is a name."""
    import hashlib

    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return os.path.join(state, _LOCKS, f"{digest}.lock")


def book_lock_name(real: str) -> str:
    """Name of the lock of one workbook, from its path with links followed."""
    return "book:" + os.path.normcase(real)


if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Lock an open file; False where another run holds it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Lock an open file; False where another run holds it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
