"""Extracts kept by what the files hold, so that an unchanged workbook is not read again."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from contextlib import suppress
from pathlib import Path

from tracker.history.objects import place
from tracker.opc.statedir import state_dir
from tracker.rollup.model import Extract

_DAYS = 40
_FOLDER = "extracts"


def key(digest: str, conditions: str) -> str:
    """Under which an extract is filed: the file's digest, and what else it was made from."""
    return hashlib.sha256(f"{digest}\0{conditions}".encode()).hexdigest()


class Cache:
    """The user's own folder of extracts (0700, files 0600); they are as personal as the workbooks.

    Only files of this user are read back, since an extract is unpickled.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: another one than the user's own, for a single run."""
        self._folder = folder or state_dir() / _FOLDER

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def get(self, key: str) -> Extract | None:
        """What was filed under a key; None where that is not known (any more)."""
        file = self._file(key)
        try:
            if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
                return None
            found = pickle.loads(file.read_bytes())  # noqa: S301 - this user's own, private folder
            os.utime(file)
        except Exception:  # noqa: BLE001 - a cache that cannot be read is an empty one
            return None
        return found if isinstance(found, Extract) else None

    def put(self, key: str, extract: Extract) -> bool:
        """Keep an extract; returns whether that could be done."""
        try:
            place(self._file(key), pickle.dumps(extract, protocol=5))
        except OSError:
            return False
        return True

    def sweep(self) -> None:
        """Remove what no run asked for in the last weeks."""
        oldest = time.time() - _DAYS * 86_400
        for file in self._folder.glob("??/*"):
            with suppress(OSError):
                if file.stat().st_mtime < oldest:
                    file.unlink()
