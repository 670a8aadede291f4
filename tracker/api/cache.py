"""Extracts kept by what the files hold, so that an unchanged workbook is not read again."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import shutil
import struct
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, fields
from itertools import starmap
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO

from tracker.findings import Finding
from tracker.history.objects import place
from tracker.opc.statedir import is_own, state_dir
from tracker.rollups.model import Extract, Gist, Head

GIST, SIGHTINGS, ROWS = 1, 2, 3
"""Parts of a packed extract, for `Cache.part`."""
_LENGTHS = struct.Struct("<4Q")
_FIELDS = attrgetter(*(f.name for f in fields(Finding)))
_DAYS = 40
_FOLDER = "extracts"


def key(digest: str, conditions: str) -> str:
    """Under which an extract is filed: the file's digest, and what else it was made from."""
    return hashlib.sha256(f"{digest}\0{conditions}".encode()).hexdigest()


@dataclass(frozen=True)
class Packed:
    """An extract as it is filed, and its head, which is wanted at once.

    `leaves` are its rows as `tracker.rollups.leaves` makes them, where they were asked for, in `lang`.
    """

    head: Head
    data: bytes
    lang: str = ""
    leaves: bytes | None = None


def pack(extract: Extract) -> Packed:
    """An extract as bytes: the lengths of its parts, then head, gist, sightings and rows.

    Each part is read without those behind it, so that a thousand heads cost little.
    """
    gist = extract.gist
    slim = [_FIELDS(f) for f in gist.findings], gist.spellings, gist.tallies
    parts = (extract.head, slim, extract.sightings, extract.frames)
    said = [pickle.dumps(part, protocol=5) for part in parts]
    said[ROWS] = zlib.compress(said[ROWS], 1)
    whole = _LENGTHS.pack(*map(len, said)) + b"".join(said)
    return Packed(extract.head, whole, extract.lang, extract.leaves)


def gist(part: Any) -> Gist:
    """The gist that a packed extract has as its part GIST."""
    findings, spellings, tallies = part
    return Gist(tuple(starmap(Finding, findings)), spellings, tallies)


class Cache:
    """The user's own folder of extracts (0700, files 0600); they are as personal as the workbooks.

    Only files of this user are read back, since an extract is unpickled.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: another one than the user's own, for a single run."""
        self._folder = folder or state_dir() / _FOLDER

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def head(self, key: str) -> Head | None:
        """The head of what was filed under a key; None where that is not known (any more)."""
        found = self.part(key, 0)
        if isinstance(found, Head):
            self._used(key)
            return found
        return None

    def _used(self, key: str) -> None:
        with suppress(OSError):
            os.utime(self._file(key))

    def whole(self, key: str) -> bytes | None:
        """All bytes that were filed under a key; None where they cannot be read."""
        try:
            with self._file(key).open("rb") as file:
                if not is_own(file.fileno()):
                    return None
                data = file.read()
        except OSError:
            return None
        self._used(key)
        return data

    def part(self, key: str, which: int) -> Any:
        """A part of an extract in the order of `pack`; None where it cannot be read."""
        try:
            with self._file(key).open("rb") as file:
                if not is_own(file.fileno()):
                    return None
                return _part(file, which)
        except Exception:  # noqa: BLE001 - a cache that cannot be read is an empty one
            return None

    def put(self, key: str, data: bytes) -> bool:
        """Keep a packed extract; returns whether that could be done."""
        try:
            place(self._file(key), data)
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


def _part(file: BinaryIO, which: int) -> Any:
    """A part of an extract that begins where the file stands."""
    lengths = _LENGTHS.unpack(file.read(_LENGTHS.size))
    file.seek(sum(lengths[:which]), os.SEEK_CUR)
    data = file.read(lengths[which])
    data = zlib.decompress(data) if which == ROWS else data
    return pickle.loads(data)  # noqa: S301 - this user's own, private folder, or memory


class Held:
    """Extracts of encrypted workbooks, for a single run: in memory, never on disk."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}

    def whole(self, key: str) -> bytes | None:
        """All bytes that were filed under a key."""
        return self._data.get(key)

    def part(self, key: str, which: int) -> Any:
        """A part of an extract in the order of `pack`."""
        return _part(io.BytesIO(self._data[key]), which)

    def put(self, key: str, data: bytes) -> bool:
        """Keep a packed extract."""
        self._data[key] = data
        return True


def forget() -> None:
    """Remove what is kept of all workbooks. OSError where that cannot be."""
    folder = state_dir() / _FOLDER
    if folder.is_dir():
        shutil.rmtree(folder)
