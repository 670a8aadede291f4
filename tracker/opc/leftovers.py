"""Working files beside a workbook: their names, and what becomes of them after a killed run.

A `.part` file is output not yet in place. A `.swap` file is what changes places with the
workbook: the new version before, the old one after, and where another program saved in that very
moment, the only copy of its work. The name carries the digests that tell these apart.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from tracker.opc.processes import lives
from tracker.opc.temp import rename_new

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_STEM = 40


def part_path(book: Path, old: bytes, new: bytes) -> Path:
    """A fresh `.part` name for output that is to take the place of `old`.

    It does not contain the workbook's name, which may be as long as a name can be.
    """
    mark = f"{os.getpid()}-{_digest(old)}-{_digest(new)}-{secrets.token_hex(3)}"
    return book.with_name(f"{_prefix(book)}{mark}.part")


def _prefix(book: Path) -> str:
    host = socket.gethostname().encode("utf-8", "replace")
    return f".tracker-{_digest(os.fsencode(book.name))}-{_digest(host)}-"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def sweep(book: Path) -> list[Path]:
    """Clear away what killed runs on this machine left beside `book`; its lock must be held.

    Returns:
        Files that held what neither run nor history knows: they were given visible names
        beside the workbook, and the person should be told.
    """
    rescued = []
    prefix = _prefix(book)
    with suppress(OSError):
        for file in sorted(book.parent.iterdir()):
            if file.name.startswith(prefix):
                rescued += _clear(book, file, file.name.removeprefix(prefix))
    return rescued


def _clear(book: Path, file: Path, mark: str) -> list[Path]:
    pid, *digests = mark.split("-")
    if not pid.isdigit() or (int(pid) != os.getpid() and lives(int(pid))):
        return []
    with suppress(OSError):
        if file.suffix == ".part" or _digest(file.read_bytes()) in digests[:2]:
            file.unlink()
        elif file.suffix == ".swap":
            return [rescue(book, file)]
    return []


def rescue(book: Path, file: Path) -> Path:
    """Give a file with somebody's work a visible name beside the workbook, and return that."""
    stem = book.stem[:_LONGEST_STEM]
    for n in count(1):
        target = book.with_name(f"{stem} (救回 rescued {n}){book.suffix}")
        with suppress(FileExistsError):
            rename_new(file, target)
            return target
    raise AssertionError("unreachable")
