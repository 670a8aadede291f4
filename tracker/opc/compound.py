"""The OLE2 container around an encrypted package ([MS-CFB]): streams read, and two put anew.

What is not put anew stays: other streams with their bytes, the directory with its names, order,
class ids and times. Only where streams lie changes.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import olefile

_END, _FREE, _FAT, _DIFAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
_MINI = 64
_IN_HEADER = 109
_HEAD = 76
_ENTRY = 128
_UNUSED = bytes(68) + b"\xff" * 12 + bytes(48)


class Compound:
    """A compound file in memory. Raises ValueError where it cannot be followed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._ole = olefile.OleFileIO(io.BytesIO(data))
            self._streams = dict(_streams(self._ole.root, ()))
        except Exception as e:  # a broken container raises whatever it happens to hit
            raise ValueError("no compound file") from e

    def __contains__(self, name: str) -> bool:
        return (name,) in self._streams

    def read(self, *path: str) -> bytes:
        """Content of a stream by the names that lead to it, as much of it as is there."""
        try:
            content: bytes = self._ole.openstream(list(path)).read()
        except Exception as e:
            raise ValueError("no such stream") from e
        return content

    def others(self, *names: str) -> dict[tuple[str, ...], bytes]:
        """All streams by their paths but those of these names below the root."""
        return {p: self.read(*p) for p in self._streams if p not in {(n,) for n in names}}

    def rewritten(self, new: Mapping[str, bytes]) -> bytes:
        """The file with other content in the streams of these names below its root."""
        size, cutoff = self._ole.sectorsize, self._ole.minisectorcutoff
        large, small = _Chains(size), _Chains(_MINI)
        placed = {}
        for path, entry in self._streams.items():
            content = new[path[0]] if len(path) == 1 and path[0] in new else self.read(*path)
            chains = small if len(content) < cutoff else large
            placed[entry.sid] = (chains.add(content), len(content))
        placed[0] = (large.add(small.body), len(small.body))
        directory, minifat = self._directory(placed), _sectors(small.table)
        large.directory, large.minifat = large.add(directory), large.add(minifat, b"\xff")
        version_4 = size > 512  # which alone tells the size of its directory
        counts = (len(directory) // size * version_4, -(-len(minifat) // size))
        return large.file(self._data[:_HEAD], *counts)

    def _directory(self, placed: Mapping[int, tuple[int, int]]) -> bytes:
        """The directory as it came, with the streams where they lie now."""
        storages = {e.sid for e in _below(self._ole.root)}
        self._ole.directory_fp.seek(0)
        raw: bytes = self._ole.directory_fp.read()
        entries = []
        for sid in range(len(raw) // _ENTRY):
            entry = raw[sid * _ENTRY : (sid + 1) * _ENTRY]
            if sid in placed:
                entry = entry[:116] + struct.pack("<LQ", *placed[sid])
            elif sid not in storages:
                entry = _UNUSED
            entries.append(entry)
        return b"".join(entries)


class _Chains:
    """Sectors of one size in a row, and the table that says which follows which."""

    def __init__(self, size: int) -> None:
        self.size, self.body, self.table = size, bytearray(), list[int]()
        self.directory = self.minifat = _END

    def add(self, content: bytes | bytearray, filler: bytes = b"\0") -> int:
        """Append a stream; returns the number of its first sector."""
        if not content:
            return _END
        first, count = len(self.table), -(-len(content) // self.size)
        self.table += [*range(first + 1, first + count), _END]
        self.body += content
        self.body += filler * (count * self.size - len(content))
        return first

    def file(self, head: bytes, directories: int, minifats: int) -> bytes:
        """The whole file, its header after that of another."""
        per, base, fats, difats = self.size // 4, len(self.table), 0, 0
        while True:  # the table has to hold its own sectors too
            needed = -(-(base + fats + difats) // per)
            beyond = -(-max(0, needed - _IN_HEADER) // (per - 1))
            if (needed, beyond) == (fats, difats):
                break
            fats, difats = needed, beyond
        table = [*self.table, *[_FAT] * fats, *[_DIFAT] * difats]
        table += [_FREE] * (fats * per - len(table))
        lie = [*range(base, base + fats)]
        lie += [_FREE] * (_IN_HEADER + difats * (per - 1) - fats)
        rest = [
            [*lie[at : at + per - 1], base + fats + n + 1 if n + 1 < difats else _END]
            for n, at in enumerate(range(_IN_HEADER, len(lie), per - 1))
        ]
        first = base + fats if difats else _END
        begin = struct.pack("<3L", directories, fats, self.directory)
        end = struct.pack("<4L", self.minifat, minifats, first, difats)
        header = head[:40] + begin + head[52:60] + end + _sectors(lie[:_IN_HEADER])
        tables = b"".join(map(_sectors, [table, *rest]))
        return b"".join((header.ljust(self.size, b"\0"), self.body, tables))


def _below(entry: Any) -> Iterator[Any]:
    for kid in entry.kids:
        yield kid
        yield from _below(kid)


def _streams(entry: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for kid in entry.kids:
        here = (*path, kid.name)
        if kid.entry_type == olefile.STGTY_STREAM:
            yield here, kid
        yield from _streams(kid, here)


def _sectors(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}L", *numbers)
