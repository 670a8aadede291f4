"""Cells spliced into a sheet's bytes; every byte outside the planned cells stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area
from tracker.xlsx.scan import Row, Scan

Make = Callable[[int, int, int], bytes]
"""(row, column, style index) -> the bytes of the planned cell."""


class Overwritten(NamedTuple):
    """A formula that a planned cell replaces: its place and the bytes of its <f> element."""

    row: int
    column: int
    element: bytes


def patch(
    sheet: Scan, edits: Mapping[int, Mapping[int, object]], make: Make
) -> tuple[bytes, list[Overwritten]]:
    """The sheet with the cells of `edits` (row -> column -> anything) made anew by `make`.

    Returns the new bytes and the formulas that were overwritten. ValueError where rows do not
    stand in ascending order.
    """
    numbers = list(sheet.rows)
    if numbers != sorted(numbers):
        raise ValueError("rows are out of order")
    worker = _Patcher(sheet, make)
    out, at, last = [_wider_dimension(sheet, edits)], sheet.first, 0
    for number in sorted(edits):
        columns = edits[number]
        row = sheet.rows.get(number)
        if row is None:
            nxt = next((r for r in numbers[_above(numbers, number, last) :]), None)
            start = sheet.rows[nxt].start if nxt else sheet.last
            out += [sheet.data[at:start], worker.new_row(number, columns)]
            at = start
        else:
            out += [sheet.data[at : row.start], worker.edited_row(row, columns)]
            at = row.end
        last = _above(numbers, number, last)
    out.append(sheet.data[at:])
    return b"".join(out), worker.overwritten


def _above(numbers: list[int], number: int, start: int) -> int:
    """Index of the first row number greater than `number`, searched from `start`."""
    while start < len(numbers) and numbers[start] <= number:
        start += 1
    return start


class _Patcher:
    def __init__(self, sheet: Scan, make: Make) -> None:
        self.sheet, self.make, self.p = sheet, make, sheet.prefix
        self.overwritten: list[Overwritten] = []
        self.column_styles = _column_styles(sheet)

    def column_style(self, column: int) -> int:
        return next((s for a, b, s in self.column_styles if a <= column <= b), 0)

    def new_row(self, number: int, columns: Mapping[int, object]) -> bytes:
        cells = b"".join(self.make(number, c, self.column_style(c)) for c in sorted(columns))
        return b'<%brow r="%d">%b</%brow>' % (self.p, number, cells, self.p) if cells else b""

    def edited_row(self, row: Row, columns: Mapping[int, object]) -> bytes:
        data = self.sheet.data
        tag, body = data[row.start : row.body], data[row.body : row.body_end]
        out, at, todo = [], 0, sorted(columns, reverse=True)
        for cell in self.sheet.cells(row):
            while todo and todo[-1] < cell.column:
                out += [body[at : cell.start], self.missing(row.number, todo.pop(), tag)]
                at = cell.start
            if todo and todo[-1] == cell.column:
                todo.pop()
                out += [body[at : cell.start], self.make(row.number, cell.column, cell.style)]
                at = cell.end
                if cell.formula:
                    self.note(row.number, cell.column, body[cell.start : cell.end])
        out.append(body[at:])
        out += [self.missing(row.number, c, tag) for c in reversed(todo)]
        return self._closed(tag, b"".join(out), columns)

    def missing(self, row: int, column: int, tag: bytes) -> bytes:
        style = self.column_style(column)
        if markup.get(tag, b"customFormat") in (b"1", b"true"):
            style = int(markup.get(tag, b"s") or 0)
        return self.make(row, column, style)

    def note(self, row: int, column: int, cell: bytes) -> None:
        m = markup.find_tag(cell, self.p + b"f")
        assert m is not None
        end = markup.element_end(cell, m, self.p + b"f")
        self.overwritten.append(Overwritten(row, column, cell[m.start() : end]))

    def _closed(self, tag: bytes, cells: bytes, columns: Mapping[int, object]) -> bytes:
        spans = markup.get(tag, b"spans")
        if spans and re.fullmatch(rb"\d+:\d+", spans):
            low, high = map(int, spans.split(b":"))
            if min(columns) < low or max(columns) > high:
                wider = b"%d:%d" % (min(low, *columns), max(high, *columns))
                tag = markup.put(tag, b"spans", wider)
        if tag.endswith(b"/>"):
            if not cells:
                return tag
            tag = tag[:-2].rstrip() + b">"
        return tag + cells + b"</" + self.p + b"row>"


def _column_styles(sheet: Scan) -> list[tuple[int, int, int]]:
    found = []
    for m in re.finditer(rb"<%bcol(?=\s)[^>]*>" % re.escape(sheet.prefix), sheet.head):
        style = int(markup.get(m[0], b"style") or 0)
        if style:
            low, high = markup.get(m[0], b"min"), markup.get(m[0], b"max")
            found.append((int(low or 1), int(high or 1), style))
    return found


def _wider_dimension(sheet: Scan, edits: Mapping[int, Mapping[int, object]]) -> bytes:
    """The sheet's head with a <dimension> that covers the planned cells, if it has one."""
    m = markup.find_tag(sheet.head, sheet.prefix + b"dimension")
    text = markup.get(m[0], b"ref") if m else None
    if m is None or not text or not edits:
        return sheet.head
    try:
        old = area(text.decode())
    except ValueError:
        return sheet.head
    columns = [c for cells in edits.values() for c in cells]
    new = Range(
        min(old.top, *edits), min(old.left, *columns),
        max(old.bottom, *edits), max(old.right, *columns),
    )  # fmt: skip
    tag = markup.put(m[0], b"ref", str(new).encode()) if new != old else m[0]
    return sheet.head[: m.start()] + tag + sheet.head[m.end() :]


def guarded(sheet: Scan) -> list[tuple[Range, str]]:
    """Areas in which a single cell must not be set: array formulas, data tables, merged cells.

    The first cell of a merged area may be set; callers let it pass.
    """
    p, found = re.escape(sheet.prefix), []
    for m in re.finditer(rb'<%bf\s[^>]*\bt="(?:array|dataTable)"[^>]*>' % p, sheet.data):
        found.append((markup.get(m[0], b"ref"), "array"))
    for m in re.finditer(rb"<%bmergeCell\s[^>]*>" % p, sheet.tail):
        found.append((markup.get(m[0], b"ref"), "merge"))
    return [(area(r.decode()), why) for r, why in found if r and b":" in r]


def is_blocked(areas: list[tuple[Range, str]], row: int, column: int) -> str | None:
    """Why a cell must not be set ("array", "merge"), or None."""
    for where, why in areas:
        if where.covers(row, column) and not (why == "merge" and (row, column) == where[:2]):
            return why
    return None
