"""Zip members as raw bytes: what is not replaced is copied as it stands, never recompressed.

Only the central directory is written anew, because offsets move. The layout is that of
APPNOTE.TXT 6.3; `zipfile` locates the directory and inflates members.
"""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_EPOCH = (0, 33)  # 1980-01-01 00:00, the earliest date a zip can say
_UTF8 = 0x800
_BIG = 0xFFFFFFFF
_PIECE = 1 << 20
LEVEL = 1  # a third of the CPU of level 6 for files a fifth larger; only touched members pay


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name, the span of its local record in the archive, its directory record."""

    name: str
    start: int
    end: int
    central: bytes
    info: zipfile.ZipInfo


class RawZip:
    """A zip archive held in memory.

    Raises `zipfile.BadZipFile` (or `struct.error`) where the directory cannot be followed.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self.members = self._members()

    def _members(self) -> list[Member]:
        infos = self._zip.infolist()
        records = self._central_records(len(infos))
        ends = dict(pairwise([*sorted(i.header_offset for i in infos), self._zip.start_dir]))
        return [
            Member(i.filename, i.header_offset, ends[i.header_offset], rec, i)
            for i, rec in zip(infos, records, strict=True)
        ]

    def _central_records(self, count: int) -> list[bytes]:
        at, records = self._zip.start_dir, []
        for _ in range(count):
            fields = _CENTRAL.unpack_from(self.data, at)
            end = at + _CENTRAL.size + fields[10] + fields[11] + fields[12]
            records.append(self.data[at:end])
            at = end
        return records

    def read(self, member: Member) -> bytes:
        """Inflated content, no more than the directory tells; the CRC is checked."""
        out = io.BytesIO()  # in pieces: inflated at once it would be held twice
        with self._zip.open(member.info) as packed:
            shutil.copyfileobj(packed, out, _PIECE)
        return out.getvalue()

    def raw(self, member: Member) -> tuple[int, int, bytes]:
        """Compression method, CRC and the packed bytes of a member."""
        info = member.info
        f = _LOCAL.unpack_from(self.data, member.start)
        at = member.start + _LOCAL.size + f[9] + f[10]
        return info.compress_type, info.CRC, self.data[at : at + info.compress_size]

    def rebuild(
        self, replace: Mapping[str, bytes], drop: frozenset[str], add: Mapping[str, bytes]
    ) -> bytes:
        """The archive with members replaced in place, dropped, and added at the end.

        Keys are member names as they stand in the archive. Untouched members keep their bytes,
        local headers and data descriptors included, and their order.
        """
        first = min((m.start for m in self.members), default=0)
        out, at, central = [self.data[:first]], first, dict[str, bytes]()
        for m in sorted(self.members, key=lambda m: m.start):
            if m.name in drop:
                continue
            if m.name in replace:
                local, central[m.name] = _pack(m.central, replace[m.name], at)
            else:
                local, central[m.name] = [self.data[m.start : m.end]], _moved(m.central, at)
            out += local
            at += sum(map(len, local))
        directory = [central[m.name] for m in self.members if m.name in central]
        for name, content in add.items():
            local, record = _pack(_fresh(name), content, at)
            out += local
            directory.append(record)
            at += sum(map(len, local))
        return b"".join([*out, *directory, _end(directory, at, self._zip.comment)])


def _fresh(name: str) -> bytes:
    """A directory record for a member that was not there; `_pack` fills in the rest."""
    raw = name.encode("utf-8")
    flags = 0 if name.isascii() else _UTF8
    return (
        _CENTRAL.pack(b"PK\x01\x02", 20, 20, flags, 8, *_EPOCH, 0, 0, 0, len(raw), 0, 0, 0, 0, 0, 0)
        + raw
    )


def _pack(record: bytes, content: bytes, at: int) -> tuple[list[bytes], bytes]:
    """Local record in pieces and directory record of content under an old name and date."""
    f = _CENTRAL.unpack_from(record)
    name = record[_CENTRAL.size : _CENTRAL.size + f[10]]
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    view = memoryview(content)
    pieces = (view[i : i + _PIECE] for i in range(0, len(view), _PIECE))
    packed = [*map(squeeze.compress, pieces), squeeze.flush()]
    flags, sizes = f[3] & _UTF8, (zlib.crc32(content), sum(map(len, packed)), len(content))
    local = _LOCAL.pack(b"PK\x03\x04", 20, flags, 8, f[5], f[6], *sizes, len(name), 0)
    central = _CENTRAL.pack(
        b"PK\x01\x02", f[1], 20, flags, 8, f[5], f[6], *sizes, len(name), 0, 0, 0, f[14], f[15], at
    )
    return [local, name, *packed], central + name


def _moved(record: bytes, at: int) -> bytes:
    """A directory record with another offset; a zip64 offset is patched where it stands."""
    f = _CENTRAL.unpack_from(record)
    if f[16] != _BIG:
        return record[:42] + struct.pack("<L", at) + record[46:]
    pos = _CENTRAL.size + f[10]
    stop = pos + f[11]
    while pos + 4 <= stop:
        tag, size = struct.unpack_from("<HH", record, pos)
        if tag == 1:
            skip = 8 * ((f[9] == _BIG) + (f[8] == _BIG))
            where = pos + 4 + skip
            return record[:where] + struct.pack("<Q", at) + record[where + 8 :]
        pos += 4 + size
    raise zipfile.BadZipFile("zip64 offset without its field")


def _end(directory: list[bytes], at: int, comment: bytes) -> bytes:
    size, count = sum(map(len, directory)), len(directory)
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, len(comment)) + comment
