"""Bundles out of the inbox into a workbook in memory: found, merged, written, proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as having
from pathlib import Path

from tracker.api.binding import Binding, binding_of
from tracker.api.conflicts import UNHEEDED, obey, remembered, typed_on, visible
from tracker.api.inbox import Post, collect
from tracker.api.session import Session
from tracker.book.changes import CellChange
from tracker.book.placing import add_rows, can_close, clear_row, close_gaps, set_cell
from tracker.book.state import WORKBOOK
from tracker.bundles.desk import Desk, following
from tracker.bundles.memory import glance, to_lines
from tracker.bundles.model import Bundle, Cells, Known, Place
from tracker.findings import Finding
from tracker.xlsx import Workbook

DAMAGED, STRANGER, NEWER, GAP, TAKEN_IN, NO_ROOM = (
    "DST801", "DST802", "DST803", "DST804", "DST806", "DST807",
)  # fmt: skip
TOLD = frozenset({DAMAGED, STRANGER, NEWER, GAP, TAKEN_IN, NO_ROOM, UNHEEDED})
"""Codes that are said and stand in the history, not in the workbook."""


@dataclass
class Intake:
    """What bundles did to a workbook.

    Attributes:
        session: the workbook as it is now, in memory.
        cells: the cells that were set, in sheet order.
        told: what is to be said about it.
        files: bundles that are done with.
        numbers, rows: which were taken in, and how many rows were added.
    """

    session: Session
    cells: list[CellChange] = having(default_factory=list)
    told: list[Finding] = having(default_factory=list)
    files: list[Path] = having(default_factory=list)
    numbers: list[int] = having(default_factory=list)
    rows: int = 0


def take_in(session: Session, path: Path, *, break_signature: bool = False) -> Intake | None:
    """Take in what lies in the inbox of a workbook and do what was chosen about conflicts.

    Nothing is written to disk. None where there is neither. Raises as `Workbook.to_bytes`.
    """
    if not session.state.meta.get(WORKBOOK):
        return None
    ours, last, is_open = glance(session.state.synced, session.workbook_id)
    if not ours:  # it changed hands, and remembers nothing of the hands before
        session.state.synced = []
    post = collect(path, session.workbook_id, last)
    if not (post.bundles or post.flawed or post.strangers or is_open):
        return None
    synced = remembered(session)
    intake = Intake(session)
    binding = binding_of(session, synced.rows)
    desk = Desk(synced, binding.mine(synced.rows), binding)
    desk.tidy()
    intake.told += obey(session, binding, desk, typed_on(session))
    _take(desk, binding, post, intake)
    _write(desk, binding, intake, break_signature=break_signature)
    return intake


def _take(desk: Desk, binding: Binding, post: Post, intake: Intake) -> None:
    """Take bundles in, one after the other, as long as one follows; the rest is told."""
    version, fit = intake.session.schema.version, list[Bundle]()
    for file, bundle in post.bundles:
        if bundle.schema == version:
            fit.append(bundle)
        elif bundle.number > desk.synced.last:
            said = {"zh": f"版本 {bundle.schema}", "en": f"version {bundle.schema}"}
            intake.told.append(_about(NEWER, file, why=said))
    while (due := following(fit, desk.synced)) is not None:
        news = {(e.table, e.key): Known(e.at, {}) for e in due.rows}
        news = {p: k for p, k in news.items() if p not in desk.synced.rows and p not in desk.mine}
        binding.bind(news)
        desk.mine |= binding.mine(news)
        desk.take(due)
        intake.numbers.append(due.number)
    intake.told += _left(post, desk, version)
    taken, last = desk.synced.taken, desk.synced.last
    intake.files += [
        f
        for f, b in post.bundles
        if taken.get(b.number) == b.checksum or (b.number < last and b.number not in taken)
    ]


def _left(post: Post, desk: Desk, version: str) -> Iterator[Finding]:
    """What is to be said of bundles that were not taken in."""
    taken, last = desk.synced.taken, desk.synced.last
    for file, flaw in post.flawed:
        yield _about(NEWER if flaw.newer else DAMAGED, file, why={"zh": flaw.zh, "en": flaw.en})
    for file in post.strangers:
        yield _about(STRANGER, file)
    for file, b in post.bundles:
        is_other = b.number in taken and taken[b.number] != b.checksum
        if b.schema == version and (is_other or b.number > last):
            yield _about(GAP, file, follows=b.follows, number=b.number, last=last)


def _about(code: str, file: Path, **facts: object) -> Finding:
    return Finding(code, file.parent.name, value=file.name, facts=facts)


def _write(desk: Desk, binding: Binding, intake: Intake, *, break_signature: bool) -> None:
    """Carry out what the desk holds now, and read the workbook again where that changed it."""
    session = intake.session
    before = binding.mine(list(binding.at))
    gone = [p for p in before if p not in desk.mine]
    for place in desk.mine:
        if place in before:
            intake.cells += _changed(session, binding, place, before[place], desk.mine[place])
    lost = [(p[0], _row_id(session, binding, p)) for p in gone]
    intake.cells += _gone(
        session, desk, binding, dict(zip(gone, (i for _, i in lost), strict=True))
    )
    _add(desk, binding, intake)
    if intake.cells:
        data = session.book.to_bytes(break_signature=break_signature)
        book, lines = Workbook(data, session.book.path), to_lines(desk.synced)
        intake.session = Session(book, session.schema, session.config, lines)
    _remember(desk, binding, intake)
    for table, row_id in lost:
        if table in session.tables:
            intake.session.forget(table, row_id)


def _row_id(session: Session, binding: Binding, place: Place) -> str:
    table, row = place[0], binding.at[place]
    return session.row_ids(table).get(row, "") if table in session.tables else ""


def _gone(
    session: Session, desk: Desk, binding: Binding, lost: Mapping[Place, str]
) -> Iterator[CellChange]:
    """Rows that go, with their ids: those of tables are left empty, lists close up where they can."""
    for name in {table: None for table, _ in lost}:
        rows, mine = binding.tables[name], [p for p in lost if p[0] == name]
        at = {p: binding.at.pop(p) for p in mine}
        news = any(p[0] == name and p not in binding.at for p in desk.mine)
        other = any(row in rows.cells for row, _ in rows.sheet.edits)
        if name not in session.tables and not (news or other) and can_close(rows, [*at.values()]):
            yield from close_gaps(rows, [*at.values()])
        else:
            for place, row in at.items():
                yield from clear_row(rows, row, lost[place])


def _changed(
    session: Session, binding: Binding, place: Place, old: Cells, new: Cells
) -> Iterator[CellChange]:
    """Cells of a row that stands there and is to hold something else."""
    rows, row_id = binding.tables[place[0]], _row_id(session, binding, place)
    for field, value in new.items():
        if value != old.get(field):
            yield set_cell(rows, binding.at[place], field, value, session.lang, row_id)


def _add(desk: Desk, binding: Binding, intake: Intake) -> None:
    """Put new rows below the others of their tables."""
    for name in binding.kept:
        new = [p for p in desk.mine if p[0] == name and p not in binding.at]
        records = [{**desk.synced.rows[p].at, **desk.mine[p]} for p in new]
        rows = binding.tables.get(name)
        made = add_rows(rows, records, intake.session.lang) if rows is not None and new else []
        for place, (row, cells) in zip(new, made, strict=False):
            binding.at[place] = row
            intake.cells += cells
        intake.rows += len(made)
        for place in new[len(made) :]:
            desk.no_room(place)
        if len(made) < len(new):
            sheet = rows.sheet.name if rows is not None else name
            intake.told.append(Finding(NO_ROOM, sheet, value=len(new) - len(made)))


def _remember(desk: Desk, binding: Binding, intake: Intake) -> None:
    """Let the workbook remember where both sides stand, with the ids that rows have now."""
    session = intake.session
    for place, known in desk.synced.rows.items():
        row = binding.at.get(place)
        if row is not None and place[0] in session.tables:
            row_id = session.row_ids(place[0]).get(row, known.id)
            desk.synced.rows[place] = replace(known, id=row_id)
    session.state.synced = to_lines(desk.synced)
    if intake.numbers:
        facts = {
            "numbers": tuple(intake.numbers), "rows": intake.rows,
            "cells": len(intake.cells), "open": len(visible(desk.synced)),
        }  # fmt: skip
        intake.told.append(Finding(TAKEN_IN, session.title("conflicts"), facts=facts))
