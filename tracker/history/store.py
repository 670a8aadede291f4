"""The history on disk: every content that was replaced, and a journal for each workbook.

It lies in the user's state folder, open to its owner alone, not beside the workbook, where a sync
client would carry it off. Contents are filed under their SHA-256, so equal ones are stored once.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

from tracker.errors import UnsuitableFileError
from tracker.history.journal import Entry, append, read_journal, to_line
from tracker.history.retention import KEEP_DAYS, KEEP_LAST, kept
from tracker.opc.locks import held
from tracker.opc.statedir import private_dir, state_dir
from tracker.opc.swap import replace, sync_folder
from tracker.opc.temp import refusing, write_temp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
_WAIT = 10.0


def sha256(data: bytes) -> str:
    """Hex digest under which a content is filed."""
    return hashlib.sha256(data).hexdigest()


def book_key(workbook_id: str | None, path: Path) -> str:
    """Name of a workbook's journal: its id, else a digest of where it lies, links followed."""
    if workbook_id and _PLAIN_ID.fullmatch(workbook_id):
        return f"id-{workbook_id}"
    text = f"id:{workbook_id}" if workbook_id else os.path.normcase(os.path.realpath(path))
    return ("book-" if workbook_id else "path-") + sha256(os.fsencode(text))[:32]


class Store:
    """The history below a state folder, by default the user's. Nothing is made before `keep`."""

    def __init__(self, state: Path | None = None) -> None:
        self._state = state or state_dir()
        self._objects = self._state / "history" / "objects"
        self._journals = self._state / "history" / "journal"

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
            self._file(before)
            entry = Entry(
                seq=max((e.seq for e in self.entries(key)), default=0) + 1,
                saved_at=saved_at,
                command=command,
                as_of=as_of,
                before=sha256(before),
                after=sha256(after),
                path=str(path),
                notes=tuple(notes),
            )
            append(private_dir(self._journals) / f"{key}.jsonl", entry)
            sync_folder(self._journals)
        return entry

    def entries(self, key: str) -> list[Entry]:
        """What was done to a workbook, oldest first."""
        return read_journal(self._journals / f"{key}.jsonl")

    def entries_for(self, path: Path) -> list[Entry]:
        """What was done to whatever lay at a path, of all workbooks; for one that cannot be read."""
        real = os.path.realpath(path)
        found = [
            e
            for journal in sorted(self._journals.glob("*.jsonl"))
            for e in read_journal(journal)
            if os.path.realpath(e.path) == real
        ]
        return sorted(found, key=lambda e: e.saved_at)

    def size(self) -> int:
        """Bytes that the stored contents take up."""
        return sum(f.stat().st_size for f in self._objects.rglob("*") if f.is_file())

    def file_of(self, sha: str) -> Path:
        """Where a content is stored, or would be."""
        return self._object(sha)

    def has(self, sha: str) -> bool:
        """Whether a content is stored."""
        return self._object(sha).is_file()

    def read(self, sha: str) -> bytes:
        """A stored content, checked against its digest.

        Raises:
            UnsuitableFileError: it is not there (pruned) or damaged.
        """
        file = self._object(sha)
        try:
            data = file.read_bytes()
        except OSError:
            raise UnsuitableFileError(
                path=file,
                zh="历史中没有这一版本，可能已超过保留期",
                en="this version is not in the history, perhaps past its retention",
            ) from None
        if sha256(data) != sha:
            raise UnsuitableFileError(
                path=file,
                zh="历史中的这一版本已损坏，无法恢复",
                en="this version in the history is damaged and cannot be restored",
            )
        return data

    def prune(
        self, key: str, now: datetime, *, last: int = KEEP_LAST, days: int = KEEP_DAYS
    ) -> int:
        """Drop what is past its retention; contents that any journal names stay.

        Returns:
            The number of entries dropped.
        """
        file = self._journals / f"{key}.jsonl"
        entries = self.entries(key)
        if len(kept(entries, now, last=last, days=days)) == len(entries):
            return 0
        with self._held(file), refusing(file):
            entries = self.entries(key)
            staying = kept(entries, now, last=last, days=days)
            self._rewrite(file, staying)
            self._drop_unnamed({e.before for e in entries} - {e.before for e in staying})
        return len(entries) - len(staying)

    def _held(self, path: Path) -> AbstractContextManager[None]:
        return held("history", path, wait=_WAIT, state=self._state)

    def _object(self, sha: str) -> Path:
        return self._objects / sha[:2] / sha

    def _file(self, data: bytes) -> None:
        target = self._object(sha256(data))
        if target.is_file() and target.read_bytes() == data:
            return
        self._place(target, data)

    def _rewrite(self, file: Path, entries: Sequence[Entry]) -> None:
        self._place(file, b"".join(map(to_line, entries)))

    @staticmethod
    def _place(target: Path, data: bytes) -> None:
        folder = private_dir(target.parent)
        temp = folder / f".{secrets.token_hex(8)}.part"
        write_temp(temp, data, mode=0o600)
        replace(temp, target)
        sync_folder(folder)

    def _drop_unnamed(self, candidates: set[str]) -> None:
        named = {e.before for f in self._journal_files() for e in read_journal(f)}
        for sha in sorted(candidates - named):
            with suppress(OSError):
                self._object(sha).unlink()

    def _journal_files(self) -> Iterator[Path]:
        return self._journals.glob("*.jsonl")
