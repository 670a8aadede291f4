"""The journal of a workbook: one line of JSON for each change, only ever appended to.

A line counts once its line break is there. A run that was killed while writing leaves a torn
last line; readers pass over it and the next entry takes its place.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
_DIGEST = re.compile(rb"[0-9a-f]{64}")


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
        purged: whether the person had the content replaced removed from the history.
    """

    seq: int
    saved_at: datetime
    command: str
    as_of: date | None
    before: str
    after: str
    path: str
    notes: tuple[Mapping[str, object], ...] = ()
    purged: bool = False


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
        **({"purged": True} if entry.purged else {}),
    }
    return json.dumps(record, default=str).encode("ascii") + b"\n"


def from_line(line: bytes) -> Entry | None:
    """The entry of a line, or None where the line is damaged."""
    try:
        record = json.loads(line)
        as_of = record["as_of"]
        saved_at = datetime.fromisoformat(record["saved_at"])
        if saved_at.tzinfo is None:
            return None
        return Entry(
            seq=int(record["seq"]),
            saved_at=saved_at,
            command=str(record["command"]),
            as_of=date.fromisoformat(as_of) if as_of else None,
            before=str(record["before"]),
            after=str(record["after"]),
            path=str(record["path"]),
            notes=tuple(dict(n) for n in record["notes"]),
            purged=record.get("purged") is True,
        )
    except (ValueError, KeyError, TypeError):
        return None


def read_journal(file: Path) -> list[Entry]:
    """Entries oldest first; damaged lines and a torn last one are passed over."""
    return [e for e in map(from_line, _lines(file)) if e]


def contents_named(file: Path) -> Iterator[tuple[int, str]]:
    """Digests of the contents that a journal needs, each with the number of its entry.

    A damaged line still names what it names, under number 0, so that nothing is removed for it.
    """
    for line in _lines(file):
        entry = from_line(line)
        if entry is None:
            yield from ((0, sha.decode()) for sha in _DIGEST.findall(line))
        elif not entry.purged:
            yield entry.seq, entry.before


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []


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
