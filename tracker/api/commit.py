"""The one place where a command meets the disk: the swap, with the history kept before it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tracker.api.answers import content_digest
from tracker.api.inbox import put_away
from tracker.api.refresh import TOLD_ONCE, is_told_once
from tracker.api.report import Changes, Report
from tracker.api.session import Session
from tracker.book.fixes import FixedCell
from tracker.errors import TrackerError
from tracker.history.objects import sha256
from tracker.history.store import Store, book_key
from tracker.opc.crypt import check_outside, is_encrypted
from tracker.opc.save import BookFile, write_new

REFRESH = "refresh"
FIX = "fix"


def commit(
    held: BookFile, data: bytes, report: Report, session: Session, command: str = REFRESH
) -> Report:
    """Put the new bytes in the place of the old ones, which go into the history first.

    Nothing behind the swap may fail: an outdated history is thinned out another time.
    """
    store, backup, changed = Store(), None, data != held.data
    told = _fixed if command == FIX else _notes
    if changed:
        key = book_key(session.workbook_id, held.real)
        backup = store.file_of(sha256(held.data))
        now = datetime.now(UTC)

        def keep(before: bytes) -> None:
            store.keep(
                key, before, data, saved_at=now, command=command, path=held.real,
                as_of=report.as_of, notes=told(report, session, hide=is_encrypted(data)),
            )  # fmt: skip

        held.commit(data, keep)
        with suppress(TrackerError, OSError):
            store.prune(key, now, **session.config.history)
    assert report.changes is not None
    put_away(report.changes.bundles)
    changes = replace(report.changes, written=changed, backup=backup, rescued=tuple(held.rescued))
    content = content_digest(data) if changed and report.content else report.content
    return replace(report, changes=changes, content=content)


def next_time(report: Report) -> Report | None:
    """What the same run says of the file that this one left, by G2: nothing is left to do.

    None where it says more than that: of what happened once, or of rescued files.
    """
    changes = report.changes
    if changes is None or not (changes.written or changes.rescued):
        return report
    if changes.rescued or any(is_told_once(f) for f in report.findings):
        return None
    return replace(report, changes=Changes(unnoted=changes.unnoted))


def write_elsewhere(
    out: Path, data: bytes, report: Report, session: Session, *, ignore_owner: bool,
    command: str = REFRESH,
) -> Report:  # fmt: skip
    """Write into another file; one that is there already goes into the history first.

    Bundles stay in the inbox, for the workbook that they are meant for.
    """
    assert report.changes is not None
    report = replace(report, changes=replace(report.changes, bundles=()))
    if out.exists():
        with BookFile.open(out, ignore_owner=ignore_owner, check=check_outside) as held:
            return commit(held, data, report, session, command)
    write_new(out, data)
    assert report.changes is not None
    return replace(report, changes=replace(report.changes, written=True))


def replace_own(path: Path, data: bytes, command: str, as_of: date) -> None:
    """Write a workbook that the program makes as a whole; the one before goes into the history.

    Raises as `BookFile.open` and `BookFile.commit`.
    """
    if not path.exists():
        write_new(path, data)
        return
    store = Store()
    with BookFile.open(path) as held:

        def keep(before: bytes) -> None:
            store.keep(
                book_key(None, held.real), before, data, saved_at=datetime.now(UTC),
                command=command, path=held.real, as_of=as_of,
            )  # fmt: skip

        held.commit(data, keep)


def _notes(report: Report, session: Session, *, hide: bool) -> list[Mapping[str, object]]:
    """What happened once, for the journal: places and ids, and what was typed over.

    `hide` leaves out what an encrypted workbook says: the journal is not encrypted.
    """
    told: list[Mapping[str, object]] = [
        {
            "code": f.code,
            "sheet": "" if hide else f.sheet,
            "row": f.row,
            "field": f.field,
            **({} if hide else f.facts),
        }
        for f in report.findings
        if f.code in TOLD_ONCE
    ]
    gone = session.vanished()
    if report.changes is not None and report.changes.ids:
        told.append({"ids_given": report.changes.ids})
    return [
        *told,
        *({"vanished": n, "ids": ["" if hide else i for i in ids]} for n, ids in gone.items()),
    ]


def _fixed(report: Report, session: Session, *, hide: bool) -> list[Mapping[str, object]]:  # noqa: ARG001 - as _notes
    """The cells that were put right by code and field, for the journal. Old values are kept whole."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for c in report.changes.cells if report.changes else ():
        code = c.code if isinstance(c, FixedCell) else ""
        places.setdefault((code, c.sheet, c.field), []).append(c.cell)
    return [
        {"fixed": code, "sheet": "" if hide else sheet, "field": field, "cells": cells}
        for (code, sheet, field), cells in places.items()
    ]
