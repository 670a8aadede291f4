"""The journal of a workbook: one line of JSON for each change, only ever appended to.

A line counts once its line break is there. A run that was killed while writing leaves a torn
last line; readers pass over it and the next entry takes its place.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a workbook.

    Attributes:
        seq: rises by one from entry to entry of a workbook, from 1.
        saved_at: when, with its zone.
        command: the command that wrote ("refresh", "undo", ...).
        as_of: the day the workbook was computed for, None where there is none.
        before, after: SHA-256 (hex) of the content replaced and of the content written.
        path: where the workbook lay.
        notes: what happened once (a new id given, a typed-over value recomputed).
    """

    seq: int
    saved_at: datetime
    command: str
    as_of: date | None
    before: str
    after: str
    path: str
    notes: tuple[Mapping[str, object], ...] = ()


def to_line(entry: Entry) -> bytes:
    """The entry as a line of JSON in ASCII, so that odd path names pass, with its line break."""
    record = {
        "seq": entry.seq,
        "saved_at": entry.saved_at.isoformat(),
        "command": entry.command,
        "as_of": entry.as_of.isoformat() if entry.as_of else None,
        "before": entry.before,
        "after": entry.after,
        "path": entry.path,
        "notes": list(map(dict, entry.notes)),
    }
    return json.dumps(record, default=str).encode("ascii") + b"\n"


def from_line(line: bytes) -> Entry | None:
    """The entry of a line, or None where the line is damaged."""
    try:
        record = json.loads(line)
        as_of = record["as_of"]
        return Entry(
            seq=int(record["seq"]),
            saved_at=datetime.fromisoformat(record["saved_at"]),
            command=str(record["command"]),
            as_of=date.fromisoformat(as_of) if as_of else None,
            before=str(record["before"]),
            after=str(record["after"]),
            path=str(record["path"]),
            notes=tuple(dict(n) for n in record["notes"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def read_journal(file: Path) -> list[Entry]:
    """Entries oldest first; damaged lines and a torn last one are passed over."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    return list(_entries(content))


def _entries(content: bytes) -> Iterator[Entry]:
    for line in content.split(b"\n")[:-1]:
        entry = from_line(line)
        if entry:
            yield entry


def append(file: Path, entry: Entry) -> None:
    """Add an entry durably, in the place of a torn last line."""
    handle = os.open(file, _FLAGS, 0o600)
    with os.fdopen(handle, "r+b") as f:
        whole = f.read().rfind(b"\n") + 1
        f.seek(whole)
        f.truncate()
        f.write(to_line(entry))
        f.flush()
        os.fsync(f.fileno())
