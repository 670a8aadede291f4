"""The commands as functions: new, check, refresh. Disk and clock are touched here alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from tracker.api import config as configs
from tracker.api.book import Book, schema_for
from tracker.api.commit import FIX, commit, write_elsewhere
from tracker.api.config import Config
from tracker.api.output import WORKBOOK, refuse_misnamed
from tracker.api.report import Report
from tracker.book.ids import new_workbook_id
from tracker.checks.catalogue import Grading
from tracker.errors import ConfigError, RefusedError
from tracker.opc.crypt import Password, check_outside
from tracker.opc.save import BookFile, write_new
from tracker.schema.model import Schema


def today(config: Config) -> date:
    """The day it is in the configured time zone."""
    return datetime.now(config.zone).date()


def new(
    path: Path, *, lang: str = "zh", rep: str = "", rep_name: str = "",
    packs: Sequence[str] = (), sample: bool = False, size: float = 1.0,
    config: Config | None = None,
) -> None:  # fmt: skip
    """Make a new workbook, which must not exist yet; with `sample`, a rep's invented year.

    Raises ConfigError for a pack that no column belongs to, RefusedError for an existing file.
    """
    from tracker.book.create import new_workbook

    refuse_misnamed(path, (WORKBOOK,))
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
        from tracker.sample import default_rep_name, story

        rep = rep or "R001"
        rep_name = rep_name or default_rep_name(lang, rep)
        data, ident = story(lang, rep, rep_name, size), new_workbook_id("sample", rep)
    else:
        data, ident = {}, secrets.token_hex(16)
    code, name = schema.owner_keys
    settings = {code: rep, name: rep_name, "language": lang}
    made = new_workbook(
        schema, data, settings, ident, owner=rep, lang=lang, packs=frozenset(packs), tinted=config.tint
    )  # fmt: skip
    write_new(path, made)


def _known_packs(schema: Schema, packs: Sequence[str]) -> None:
    for pack in packs:
        if pack not in schema.packs:
            said = ", ".join(schema.packs)
            raise ConfigError(
                path=pack,
                zh=f"没有这个列组（可用：{said}）",
                en=f"there is no such pack (known: {said})",
            )


def check(
    path: Path, as_of: date, config: Config, *, schema: Path | None = None,
    password: Password = None,
) -> Report:  # fmt: skip
    """Check a workbook; nothing is written."""
    return Book(path, schema=schema, config=config, password=password).report(as_of)


def refresh(
    path: Path, as_of: date, config: Config, *, schema: Path | None = None,
    out: Path | None = None, dry: bool = False, accept_deletes: bool = False,
    ignore_owner: bool = False, break_signature: bool = False, password: Password = None,
) -> Report:  # fmt: skip
    """Refresh a workbook in place, or into `out`, or in memory only (`dry`).

    Nothing is written where nothing changes. The previous bytes go into the history first. What
    was encrypted is written encrypted.

    Raises:
        UnsuitableFileError: it is no workbook that can be kept whole.
        RefusedError: open elsewhere, changed meanwhile, locked, read-only, too many rows gone,
            signed digitally.
        ProofError: the result would lose something.
    """
    if out is not None and os.path.realpath(out) == os.path.realpath(path):
        out = None  # in place, and so guarded against changes meanwhile
    if out is not None:
        refuse_misnamed(out, (path.suffix.lower() or WORKBOOK,))
    allowed = {"accept_deletes": accept_deletes, "break_signature": break_signature or dry}
    if dry or out is not None:
        book = Book(path, schema=schema, config=config, password=password)
        report, data = book.prepare(as_of, **allowed, last=True)
        if out is None or dry:
            return report
        return write_elsewhere(out, data, report, book.session, ignore_owner=ignore_owner)
    with BookFile.open(path, ignore_owner=ignore_owner, check=check_outside) as held:
        book = Book(path, held.data, schema=schema, config=config, password=password)
        report, data = book.prepare(as_of, **allowed, last=True)
        return commit(held, data, report, book.session)


def fix(
    path: Path, as_of: date, config: Config, *, codes: Grading | None = None,
    agree: Callable[[Report], bool] | None = None, schema: Path | None = None,
    out: Path | None = None, ignore_owner: bool = False, break_signature: bool = False,
    password: Password = None,
) -> Report:  # fmt: skip
    """Put right in a workbook, or in a copy `out`, what findings of some codes propose.

    Each change is shown to `agree`, as a report; nothing is written where it says no, or where
    there is none. The report that comes back is that of the file as it stands then, the changes
    with it. Raises as `refresh`.
    """
    if out is not None and os.path.realpath(out) == os.path.realpath(path):
        out = None
    if out is not None:
        refuse_misnamed(out, (path.suffix.lower() or WORKBOOK,))
    codes, signed = codes or Grading(), break_signature or agree is None
    if agree is None or out is not None:
        book = Book(path, schema=schema, config=config, password=password)
        as_is, fixed, data = book.prepare_fixes(as_of, codes, break_signature=signed)
        if out is None or agree is None or not agree(as_is):
            return as_is
        return write_elsewhere(
            out, data, fixed, book.session, ignore_owner=ignore_owner, command=FIX
        )
    with BookFile.open(path, ignore_owner=ignore_owner, check=check_outside) as held:
        book = Book(path, held.data, schema=schema, config=config, password=password)
        as_is, fixed, data = book.prepare_fixes(as_of, codes, break_signature=signed)
        return commit(held, data, fixed, book.session, FIX) if agree(as_is) else as_is
