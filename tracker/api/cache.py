"""Extracts kept by what the files hold, so that an unchanged workbook is not read again."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from contextlib import suppress
from pathlib import Path

import tracker
from tracker.history.objects import place
from tracker.opc.statedir import state_dir
from tracker.rollup.model import Extract

_DAYS = 40
_FOLDER = "extracts"


class Cache:
    """The user's own folder of extracts (0700, files 0600); they are as personal as the workbooks.

    Only files of this user are read back, since an extract is unpickled.
    """

    def __init__(self, conditions: str, folder: Path | None = None) -> None:
        """`conditions`: everything beside a file's bytes that an extract depends on."""
        self._folder = folder or state_dir() / _FOLDER
        self._salt = f"{tracker.__version__}\0{conditions}"

    def _file(self, digest: str) -> Path:
        key = hashlib.sha256(f"{self._salt}\0{digest}".encode()).hexdigest()
        return self._folder / key[:2] / key

    def get(self, digest: str) -> Extract | None:
        """What was taken from a file with this digest; None where that is not known (any more)."""
        file = self._file(digest)
        try:
            if file.stat().st_uid != os.getuid():
                return None
            found = pickle.loads(file.read_bytes())  # noqa: S301 - this user's own, private folder
            os.utime(file)
        except Exception:  # noqa: BLE001 - a cache that cannot be read is an empty one
            return None
        return found if isinstance(found, Extract) else None

    def put(self, extract: Extract) -> bool:
        """Keep an extract; returns whether that could be done."""
        try:
            place(self._file(extract.head.digest), pickle.dumps(extract, protocol=5))
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
