"""What was done to a workbook, and the way back: history, undo, restore, purge."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from tracker.api import answers
from tracker.api import config as configs
from tracker.api.config import Config
from tracker.book.state import WORKBOOK, read_state
from tracker.errors import ConfigError, RefusedError, TrackerError
from tracker.history.journal import Entry
from tracker.history.lineage import lineage
from tracker.history.objects import sha256
from tracker.history.store import Store, Usage, book_key
from tracker.history.undo import UNDO, undo_target
from tracker.history.versions import changes_after, wanted
from tracker.opc.preflight import check_bytes
from tracker.opc.readbook import read_file, require_file
from tracker.opc.save import BookFile, write_new
from tracker.xlsx import Workbook

RESTORE = "restore"
_STATE = "_tracker"


@dataclass(frozen=True)
class Change:
    """One change of a workbook as the history shows it.

    Attributes:
        size: bytes of the version before it, None where that is no longer kept.
        elsewhere: where the workbook, or a copy of it, lay then; None where it lay here.
    """

    entry: Entry
    size: int | None
    elsewhere: str | None


@dataclass(frozen=True)
class PutBack:
    """What an undo or a restore did.

    Attributes:
        entry: the workbook is as it was before this change.
        path: the file with that version.
        written: False where it held that version already.
        rescued: files with somebody else's save that were found or put aside.
    """

    entry: Entry
    path: Path
    written: bool = True
    rescued: tuple[Path, ...] = ()


class _Past:
    """The journal that tells of a file; `data` is None where there is no file any more."""

    def __init__(self, path: Path, data: bytes | None) -> None:
        self.path, self.real = path, os.path.realpath(path)
        self.current = None if data is None else sha256(data)
        self.store = Store()
        self.key = self._key(None if data is None else _workbook_id(path, data))
        self.entries = self.store.entries(self.key)

    def _key(self, ident: str | None) -> str:
        """By the workbook's id, else by its content; one that bears no id also by its path."""
        key = book_key(ident, self.path)
        if self.store.entries(key):
            return key
        found = self.store.find(lambda e: self.current in (e.after, e.before))
        if not found and not ident:
            found = self.store.find(lambda e: e.path == self.real)
        return found or key

    @property
    def line(self) -> list[Entry]:
        """The changes that led to this very file, oldest first."""
        gone = cache(lambda path: not os.path.lexists(path))
        return lineage(self.entries, self.real, self.current or "", gone)

    def edited(self) -> bool:
        """Whether the file holds what the journal does not know."""
        known = {sha for e in self.entries for sha in (e.before, e.after)}
        return self.current is not None and self.current not in known

    def content(self, entry: Entry) -> bytes:
        """The version before a change. RefusedError where the person had it removed."""
        if entry.purged and not self.store.has(entry.before):
            raise RefusedError(
                path=self.path,
                zh=f"第 {entry.seq} 次改动之前的版本已按要求从历史中清除（--purge），无法恢复",
                en=f"the version before change {entry.seq} was removed from the history (--purge)",
            )
        return self.store.read(entry.before)


def history(path: Path) -> list[Change]:
    """What was done to a workbook and its copies, newest first; nothing is written.

    Of a file that is gone or destroyed it is what was done at its path. UnsuitableFileError where
    the file cannot be read, or is gone and nothing is known of it.
    """
    past = _past(path)
    return [
        Change(e, past.store.size(e.before), None if e.path == past.real else e.path)
        for e in reversed(past.entries)
    ]


def _past(path: Path) -> _Past:
    past = _Past(path, read_file(path) if os.path.lexists(path) else None)
    if past.current is None and not past.entries:
        require_file(path)
    return past


def undo(
    path: Path, *, config: Config | None = None, force: bool = False, ignore_owner: bool = False
) -> PutBack:
    """Bring back the bytes from before the last change that still stands.

    Raises RefusedError where there is none, or where the workbook was edited since and `force`
    is not given. What is replaced goes into the history, so that nothing is lost by an undo.
    """
    with BookFile.open(path, ignore_owner=ignore_owner, check=_any_bytes) as held:
        past = _Past(path, held.data)
        target = undo_target(past.line, sha256(held.data))
        if target is None:
            raise RefusedError(
                path=path,
                zh="没有可以撤销的刷新",
                en="there is no refresh to undo",
            )
        data = past.content(target.entry)
        _refuse_edited(path, edited=target.edited and not force)
        return _put(held, past, target.entry, data, UNDO, config)


def restore(
    path: Path, to: str, *, config: Config | None = None, out: Path | None = None,
    force: bool = False, ignore_owner: bool = False,
) -> PutBack:  # fmt: skip
    """Bring back the bytes of an earlier version, into the workbook or into a new file.

    `to` is the number of a change (the workbook as it was before it), the digest of a version or
    at least its first seven digits, or a day (as it was at its end, in the configured zone).

    Raises:
        ConfigError: there is no such version, or several.
        RefusedError: nothing is known of the workbook, the version was purged, the workbook was
            edited since and `force` is not given, or `out` exists.
    """
    if out is not None or not os.path.lexists(path):
        past = _past(path)
        entry = _sought(past, to, config)
        write_new(out or path, past.content(entry))
        return PutBack(entry, out or path)
    with BookFile.open(path, ignore_owner=ignore_owner, check=_any_bytes) as held:
        past = _Past(path, held.data)
        entry = _sought(past, to, config)
        data = past.content(entry)
        _refuse_edited(path, edited=data != held.data and past.edited() and not force)
        return _put(held, past, entry, data, RESTORE, config)


def _any_bytes(_path: Path, _data: bytes) -> None:
    """No pre-flight: a destroyed workbook can be brought back too."""


def _refuse_edited(path: Path, *, edited: bool) -> None:
    if edited:
        raise RefusedError(
            path=path,
            zh="上次刷新之后又编辑过。要退回并放弃这些编辑，加 --force（编辑过的内容会先存入历史）",
            en="it was edited after the last refresh. To go back all the same add --force (what "
            "was edited goes into the history first)",
        )


def _sought(past: _Past, to: str, config: Config | None) -> Entry:
    if not past.entries:
        raise RefusedError(
            path=past.path,
            zh="历史中没有这个工作簿的任何版本",
            en="the history has no version of this workbook",
        )
    meant = wanted(to)
    if meant is None:
        raise ConfigError(
            path=to,
            zh="不是改动编号、日期（YYYY-MM-DD）或版本摘要的前 7 位以上",
            en="is no number of a change, no day (YYYY-MM-DD), no 7 or more digits of a version",
        )
    entries = past.line if isinstance(meant, date) else past.entries
    zone = (config or configs.load(configs.find(past.path))).zone
    found = changes_after(entries, meant, zone)
    if len(found) != 1:
        raise _no_version(past, to, meant, several=len(found) > 1)
    return next(iter(found.values()))


def _no_version(past: _Past, to: str, meant: object, *, several: bool) -> ConfigError:
    first, last = past.entries[0].seq, past.entries[-1].seq
    if isinstance(meant, date):
        zh = f"{meant} 之后没有改动，也就没有另存当日的版本"
        en = f"nothing was changed after {meant}, and so no other version of that day is kept"
    elif several:
        zh, en = f"“{to}”对应多个版本；请多写几位", f'"{to}" fits several versions; add digits'
    else:
        zh = f"没有“{to}”这一版本（改动编号 {first} 到 {last}；见 tracker history）"
        en = f'no version "{to}" (changes {first} to {last}; see tracker history)'
    return ConfigError(path=past.path, zh=zh, en=en)


def _put(
    held: BookFile, past: _Past, entry: Entry, data: bytes, command: str, config: Config | None
) -> PutBack:
    now = datetime.now(UTC)

    def keep(before: bytes) -> None:
        past.store.keep(
            past.key, before, data, saved_at=now, command=command, path=held.real,
            notes=[{"back_to": entry.seq}],
        )  # fmt: skip

    written = held.commit(data, keep)
    with suppress(TrackerError, OSError):  # nothing behind the swap may fail
        rules = (config or configs.load(configs.find(held.path))).history
        past.store.prune(past.key, now, **rules)
    return PutBack(entry, held.path, written, tuple(held.rescued))


def _workbook_id(path: Path, data: bytes) -> str | None:
    """The id that the state sheet carries; None where the file cannot be read or has none."""
    try:
        check_bytes(path, data)
        book = Workbook(data, str(path))
        state = read_state(book.sheet(_STATE) if _STATE in book.worksheet_names else None)
    except TrackerError:
        return None
    return state.meta.get(WORKBOOK)


@dataclass(frozen=True)
class Purge:
    """What a purge removes, or would.

    Attributes:
        versions, bytes: how many contents there are to go and what they take up.
        copies: where copies of the workbook lie whose way back goes too.
    """

    versions: int
    bytes: int
    copies: tuple[str, ...] = ()


def purge(path: Path, *, keep: int = 0, dry: bool = False) -> Purge:
    """Remove the versions of a workbook and its copies from the history, all but the last `keep`.

    Contents that another workbook's journal names stay. With `dry` nothing is removed.
    """
    past = _past(path)
    store, key = past.store, past.key
    gone = store.purgeable(key, keep) if dry else store.purge(key, keep)
    if not dry:
        _forget()
    others = {e.path for e in past.entries if e.path != past.real and os.path.lexists(e.path)}
    return Purge(len(gone), sum(gone.values()), tuple(sorted(others)))


def purge_all(*, dry: bool = False) -> Usage:
    """Remove the whole history of every workbook; with `dry` only say what that is."""
    if dry:
        return Store().usage()
    _forget()
    return Store().purge_all()


def _forget() -> None:
    """What else is kept of workbooks to save time: whoever purges wants nothing of them kept."""
    from tracker.api import cache

    answers.forget()
    cache.forget()
