"""The commands as functions: new, check, refresh, undo. Disk and clock are touched here alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.api import config as configs
from tracker.api.book import Book, schema_for
from tracker.api.commit import commit, write_elsewhere
from tracker.api.config import Config
from tracker.api.report import Changes, Report
from tracker.book.create import new_workbook
from tracker.book.ids import new_workbook_id
from tracker.book.state import WORKBOOK, read_state
from tracker.errors import ConfigError, RefusedError, TrackerError
from tracker.history.journal import Entry
from tracker.history.store import Store, book_key, sha256
from tracker.history.undo import UNDO, undo_target
from tracker.opc.readbook import require_file
from tracker.opc.save import BookFile, write_new
from tracker.sample import default_rep_name, story
from tracker.schema.model import Schema
from tracker.xlsx import Workbook

_STATE = "_tracker"


def today(config: Config) -> date:
    """The day it is in the configured time zone."""
    try:
        return datetime.now(ZoneInfo(config.timezone)).date()
    except (ZoneInfoNotFoundError, ValueError) as e:
        raise ConfigError(
            path=config.path or configs.NAME,
            zh=f"没有“{config.timezone}”这个时区（例：Asia/Shanghai）",
            en=f'there is no time zone "{config.timezone}" (such as Asia/Shanghai)',
        ) from e


def new(
    path: Path, *, lang: str = "zh", rep: str = "", rep_name: str = "",
    packs: Sequence[str] = (), sample: bool = False, size: float = 1.0,
    config: Config | None = None,
) -> None:  # fmt: skip
    """Make a new workbook, which must not exist yet; with `sample`, a rep's invented year.

    Raises ConfigError for a pack that no column belongs to, RefusedError for an existing file.
    """
    config = configs.load(configs.find(path)) if config is None else config
    schema = schema_for(config)
    _known_packs(schema, packs)
    if os.path.lexists(path):
        raise RefusedError(
            path=path,
            zh="文件已存在；请换一个文件名",
            en="the file exists already; choose another name",
        )
    if sample:
        rep = rep or "R001"
        rep_name = rep_name or default_rep_name(lang, rep)
        data, ident = story(lang, rep, rep_name, size), new_workbook_id("sample", rep)
    else:
        data, ident = {}, secrets.token_hex(16)
    settings = {"rep_code": rep, "rep_name": rep_name, "language": lang}
    made = new_workbook(schema, data, settings, ident, owner=rep, lang=lang, packs=frozenset(packs))
    write_new(path, made)


def _known_packs(schema: Schema, packs: Sequence[str]) -> None:
    known = {c.pack for m in schema.modules.values() for c in m.columns} - {"core"}
    for pack in packs:
        if pack not in known:
            said = ", ".join(sorted(known))
            raise ConfigError(
                path=pack,
                zh=f"没有这个列组（可用：{said}）",
                en=f"there is no such pack (known: {said})",
            )


def check(path: Path, as_of: date, config: Config, *, schema: Path | None = None) -> Report:
    """Check a workbook; nothing is written."""
    return Book(path, schema=schema, config=config).report(as_of)


def refresh(
    path: Path, as_of: date, config: Config, *, schema: Path | None = None,
    out: Path | None = None, dry: bool = False, accept_deletes: bool = False,
    ignore_owner: bool = False, break_signature: bool = False,
) -> Report:  # fmt: skip
    """Refresh a workbook in place, or into `out`, or in memory only (`dry`).

    Nothing is written where nothing changes. The previous bytes go into the history first.

    Raises:
        UnsuitableFileError: it is no workbook that can be kept whole.
        RefusedError: open elsewhere, changed meanwhile, locked, read-only, too many rows gone,
            signed digitally.
        ProofError: the result would lose something.
    """
    if out is not None and os.path.realpath(out) == os.path.realpath(path):
        out = None  # in place, and so guarded against changes meanwhile
    allowed = {"accept_deletes": accept_deletes, "break_signature": break_signature or dry}
    if dry or out is not None:
        book = Book(path, schema=schema, config=config)
        report, data = book.prepare(as_of, **allowed)
        if out is None or dry:
            return report
        return write_elsewhere(out, data, report, book.session, ignore_owner=ignore_owner)
    with BookFile.open(path, ignore_owner=ignore_owner) as held:
        book = Book(path, held.data, schema=schema, config=config)
        report, data = book.prepare(as_of, **allowed)
        return commit(held, data, report, book.session)


def undo(path: Path, *, force: bool = False, ignore_owner: bool = False) -> Changes:
    """Bring back the bytes from before the last change that still stands.

    Raises RefusedError where there is none, or where the workbook was edited since and `force`
    is not given. What is replaced goes into the history, so that nothing is lost by an undo.
    """
    require_file(path)
    store = Store()
    with BookFile.open(path, ignore_owner=ignore_owner, check=lambda _path, _data: None) as held:
        key, entries = _journal(store, held)
        target = undo_target(entries, sha256(held.data))
        if target is None:
            raise RefusedError(
                path=path,
                zh="没有可以撤销的刷新",
                en="there is no refresh to undo",
            )
        if target.edited and not force:
            raise RefusedError(
                path=path,
                zh="上次刷新之后又编辑过。要撤销并放弃这些编辑，加 --force（编辑过的内容会先存入历史）",
                en="it was edited after the last refresh. To undo all the same add --force (what "
                "was edited goes into the history first)",
            )
        data, now = store.read(target.sha), datetime.now(UTC)

        def keep(before: bytes) -> None:
            store.keep(key, before, data, saved_at=now, command=UNDO, path=held.real)

        held.commit(data, keep)
        backup = store.file_of(sha256(data))
        return Changes(would_write=True, written=True, backup=backup, rescued=tuple(held.rescued))


def _journal(store: Store, held: BookFile) -> tuple[str, list[Entry]]:
    """The journal that a workbook's history stands in: by its id, else by its path."""
    key = book_key(_workbook_id(held), held.real)
    entries = store.entries(key)
    mine = [e for e in entries if os.path.realpath(e.path) == str(held.real)]
    if not entries:
        mine = store.entries_for(held.real)
    return key, mine or entries


def _workbook_id(held: BookFile) -> str | None:
    """The id that the state sheet carries; None where the file cannot be read or has none."""
    try:
        book = Workbook(held.data, str(held.path))
        names = [n for n in book.worksheet_names if n == _STATE]
        state = read_state(book.sheet(names[0]) if names else None)
    except TrackerError:
        return None
    return state.meta.get(WORKBOOK)
