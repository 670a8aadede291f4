"""The history on disk: every content that was replaced, and a journal for each workbook.

It lies in the user's state folder, open to its owner alone, not beside the workbook, where a sync
client would carry it off.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tracker.history.journal import Entry, append, contents_named, read_journal, to_line
from tracker.history.objects import Objects, durable_dir, place, sha256
from tracker.history.retention import KEEP_DAYS, KEEP_LAST, kept
from tracker.opc.locks import held
from tracker.opc.statedir import state_dir
from tracker.opc.swap import sync_folder
from tracker.opc.temp import refusing, sweep_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
_WAIT = 10.0
PRIVATE = 0o700
_HOUR, _DAY = 3600.0, 86400.0


def book_key(workbook_id: str | None, path: Path) -> str:
    """Name of a workbook's journal: its id, else a digest of where it lies, links followed."""
    if workbook_id and _PLAIN_ID.fullmatch(workbook_id):
        return f"id-{workbook_id}"
    text = f"id:{workbook_id}" if workbook_id else os.path.normcase(os.path.realpath(path))
    return ("book-" if workbook_id else "path-") + sha256(os.fsencode(text))[:32]


class Usage(NamedTuple):
    """Disk use of the history: bytes of its contents, how many they are, of how many workbooks."""

    bytes: int
    snapshots: int
    workbooks: int


class Store:
    """The history below a state folder, by default the user's. Nothing is made before `keep`."""

    def __init__(self, state: Path | None = None) -> None:
        self._state = state or state_dir()
        self.folder = self._state / "history"
        self._objects = Objects(self.folder / "objects")
        self._journals = self.folder / "journal"

    def keep(
        self,
        key: str,
        before: bytes,
        after: bytes,
        *,
        saved_at: datetime,
        command: str,
        path: Path,
        as_of: date | None = None,
        notes: Sequence[Mapping[str, object]] = (),
    ) -> Entry:
        """Store `before` and journal the change that is about to replace it by `after`.

        Both are durable on return. Of `after` only the digest is kept.

        Raises:
            RefusedError: the state folder cannot be written, or is held for too long.
        """
        with self._held(path), refusing(self._state):
            entry = Entry(
                seq=max((e.seq for e in self.entries(key)), default=0) + 1,
                saved_at=saved_at,
                command=command,
                as_of=as_of,
                before=self._objects.add(before),
                after=sha256(after),
                path=str(path),
                notes=tuple(notes),
            )
            durable_dir(self._journals)
            append(self._journal(key), entry)
            sync_folder(self._journals)
        return entry

    def entries(self, key: str) -> list[Entry]:
        """What was done to a workbook, oldest first."""
        return read_journal(self._journal(key))

    def find(self, fits: Callable[[Entry], bool]) -> str | None:
        """The journal of the newest entry that fits, of all workbooks; None where none does."""
        found = [(e.saved_at, k) for k in self.keys() for e in self.entries(k) if fits(e)]
        return max(found)[1] if found else None

    def keys(self) -> list[str]:
        """The workbooks that have a journal."""
        return sorted(f.stem for f in self._journals.glob("*.jsonl"))

    def usage(self) -> Usage:
        """What the history takes up."""
        sizes = [self.size(sha) or 0 for sha in self._objects.stored()]
        return Usage(sum(sizes), len(sizes), len(self.keys()))

    def open_folders(self) -> list[tuple[Path, int]]:
        """Folders of the history whose mode is not 0700, with that; the state folder is one."""
        if os.name != "posix":
            return []
        known = [f for f in (self._state, self.folder, self._journals) if f.is_dir()]
        modes = [(f, stat.S_IMODE(f.stat().st_mode)) for f in known]
        return [(f, mode) for f, mode in modes if mode != PRIVATE]

    def file_of(self, sha: str) -> Path:
        """Where a content is stored, or would be."""
        return self._objects.file(sha)

    def size(self, sha: str) -> int | None:
        """Bytes of a stored content; None where it is not there."""
        return self._objects.size(sha)

    def has(self, sha: str) -> bool:
        """Whether a content is stored."""
        return self._objects.size(sha) is not None

    def read(self, sha: str) -> bytes:
        """A stored content. UnsuitableFileError where it is not there (pruned) or damaged."""
        return self._objects.read(sha)

    def prune(
        self, key: str, now: datetime, *, last: int = KEEP_LAST, days: int = KEEP_DAYS
    ) -> int:
        """Drop entries past their retention, and once a day the contents that no entry names.

        Only the daily round reads the journals of all workbooks.

        Returns:
            The number of entries dropped.
        """
        entries = self.entries(key)
        staying = kept(entries, now, last=last, days=days)
        if len(staying) < len(entries):
            with self._held(self._journal(key)), refusing(self.folder):
                entries = self.entries(key)
                staying = kept(entries, now, last=last, days=days)
                self._rewrite(key, staying)
        if self.folder.is_dir() and _is_older(self._swept, now.timestamp() - _DAY):
            self._sweep(now.timestamp())
        return len(entries) - len(staying)

    @property
    def _swept(self) -> Path:
        return self.folder / "swept"

    def _sweep(self, now: float) -> None:
        """Drop contents of a day ago that no journal names: past retention, or of a killed run."""
        self._swept.touch(0o600)
        os.utime(self._swept, (now, now))
        old = self._objects.stored(now - _DAY)
        if old - self._named():
            with self._held(self.folder):
                self._objects.drop(old - self._named())
        sweep_parts(self._state, now - _HOUR)

    def purgeable(self, key: str, last: int = 0) -> dict[str, int]:
        """Bytes by digest of the contents that `purge` would remove."""
        going = self._going(key, last)
        staying = self._named(apart=(key, {e.seq for e in going}))
        sizes = {e.before: self.size(e.before) for e in going if e.before not in staying}
        return {sha: size for sha, size in sizes.items() if size is not None}

    def purge(self, key: str, last: int = 0) -> dict[str, int]:
        """Remove the contents of all changes but the `last`; their entries stay, without notes.

        Contents that another entry or another workbook's journal names stay. Returns the bytes of
        each content removed, by digest. RefusedError where the state folder cannot be written.
        """
        with self._held(self._journal(key)), refusing(self.folder):
            gone = {e.seq for e in self._going(key, last)}
            entries = self.entries(key)
            if gone:
                purged = [
                    replace(e, purged=True, notes=()) if e.seq in gone else e for e in entries
                ]
                self._rewrite(key, purged)
            return self._objects.drop({e.before for e in entries} - self._named())

    def _going(self, key: str, last: int) -> list[Entry]:
        entries = self.entries(key)
        return entries[: max(0, len(entries) - last)]

    def purge_all(self) -> Usage:
        """Remove every content and every journal; returns what they took up."""
        with self._held(self.folder), refusing(self.folder):
            usage = self.usage()
            for key in self.keys():
                self._journal(key).unlink()
            self._objects.drop(self._objects.stored())
            sweep_parts(self.folder, float("inf"))
            self._swept.unlink(missing_ok=True)
        return usage

    def _held(self, path: Path) -> AbstractContextManager[None]:
        return held("history", path, wait=_WAIT, state=self._state)

    def _journal(self, key: str) -> Path:
        return self._journals / f"{key}.jsonl"

    def _rewrite(self, key: str, entries: Sequence[Entry]) -> None:
        place(self._journal(key), b"".join(map(to_line, entries)))

    def _named(self, apart: tuple[str, Collection[int]] = ("", ())) -> set[str]:
        """Contents that the journals name, those of some entries of one journal left out."""
        key, seqs = apart
        return {
            sha
            for k in self.keys()
            for seq, sha in contents_named(self._journal(k))
            if k != key or seq not in seqs
        }


def _is_older(file: Path, moment: float) -> bool:
    """Whether a file was last written before a moment, or never, or by a clock that was wrong."""
    try:
        age = moment - file.stat().st_mtime
    except OSError:
        return True
    return age >= 0 or age < -2 * _DAY
