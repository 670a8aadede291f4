"""What is made of the program's own files, kept so that the next run need not make it again.

It lies in the user's own state folder (0700, files 0600) and is unpickled, so only files of this
user are read back. Nothing in it comes out of a workbook.
"""

from __future__ import annotations

import hashlib
import pickle
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tracker.opc.statedir import is_own, private_dir, state_dir
from tracker.opc.swap import replace
from tracker.opc.temp import sweep_parts, write_temp
from tracker.resources import program

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "derived"
_LENGTH, _HOUR = 64, 3600  # of a mark; seconds


def recall(kind: str, *of: object) -> Any:
    """What `remember` kept under this kind for the same sources and program; None for nothing.

    Args:
        kind: one name for each use; one thing is kept under it.
        of: whatever it follows from, besides the program; told apart by their text.
    """
    try:
        with _file(kind).open("rb") as f:
            mine = is_own(f.fileno())
            mark, content = f.read(_LENGTH), f.read()
        return pickle.loads(content) if mine and mark == _mark(of) else None  # noqa: S301 - as said above
    except Exception:  # noqa: BLE001 - what cannot be read is made anew
        return None


def remember(kind: str, value: object, *of: object) -> None:
    """Keep what was made; a folder that cannot be written keeps nothing."""
    file = _file(kind)
    with suppress(OSError):
        folder = private_dir(file.parent)
        sweep_parts(folder, time.time() - _HOUR)
        temp = folder / f".{secrets.token_hex(8)}.part"
        write_temp(temp, _mark(of) + pickle.dumps(value, protocol=5), mode=0o600)
        replace(temp, file)


def _file(kind: str) -> Path:
    return state_dir() / _FOLDER / kind


def _mark(of: tuple[object, ...]) -> bytes:
    said = "\0".join((program(), *map(str, of)))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest().encode()
