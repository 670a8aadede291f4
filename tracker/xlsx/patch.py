"""Cells spliced into a sheet's bytes; every byte outside the planned cells stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area
from tracker.xlsx.scan import RawCell, Row, Scan, cells_of, numbered_cells
from tracker.xlsx.values import Put

Make = Callable[[bytes, int, int, Put], bytes]
"""(row in digits, column, style index, planned cell) -> its bytes."""
Edits = Mapping[int, Mapping[int, Put]]
"""row -> column -> planned cell."""
_BEHIND_ALL = 1 << 20


class Overwritten(NamedTuple):
    """A formula that a planned cell replaces: its place and the bytes of its <f> element."""

    row: int
    column: int
    element: bytes


def patch(sheet: Scan, edits: Edits, make: Make) -> tuple[bytes, list[Overwritten]]:
    """The sheet with the planned cells made anew by `make`.

    Returns the new bytes and the formulas that were overwritten. ValueError where rows, or the
    cells of a planned row, do not stand in ascending order.
    """
    numbers = list(sheet.rows)
    if numbers != sorted(numbers):
        raise ValueError("rows are out of order")
    worker = _Patcher(sheet, make)
    out, at = [_wider_dimension(sheet, edits)], sheet.first
    for number in sorted(edits):
        row = sheet.rows.get(number)
        if row is None:
            following = bisect_right(numbers, number)
            here = following < len(numbers)
            start = sheet.rows[numbers[following]].start if here else sheet.last
            out += [sheet.data[at:start], worker.new_row(number, edits[number])]
            at = start
        else:
            out += [sheet.data[at : row.start], worker.edited_row(row, edits[number])]
            at = row.end
    out.append(sheet.data[at:])
    return b"".join(out), worker.overwritten


class _Patcher:
    def __init__(self, sheet: Scan, make: Make) -> None:
        self.sheet, self.make, self.p = sheet, make, sheet.prefix
        self.overwritten: list[Overwritten] = []
        self.column_styles = _column_styles(sheet)
        self.known_styles: dict[int, int] = {}

    def column_style(self, column: int) -> int:
        style = self.known_styles.get(column)
        if style is None:
            style = next((s for a, b, s in self.column_styles if a <= column <= b), 0)
            self.known_styles[column] = style
        return style

    def new_row(self, number: int, columns: Mapping[int, Put]) -> bytes:
        row = b"%d" % number
        cells = [self.make(row, c, self.column_style(c), columns[c]) for c in sorted(columns)]
        if not any(cells):
            return b""
        return b'<%brow r="%b">%b</%brow>' % (self.p, row, b"".join(cells), self.p)

    def edited_row(self, row: Row, columns: Mapping[int, Put]) -> bytes:
        tag = self.sheet.data[row.start : row.body]
        body, cells = self.located(row)
        number, own = b"%d" % row.number, _row_style(tag)
        out, at, last = list[bytes](), 0, 0
        todo = iter(sorted(columns))
        column = next(todo, _BEHIND_ALL)
        for cell in cells:
            if cell.column <= last:
                raise ValueError(f"the cells of row {row.number} are out of order")
            last = cell.column
            while column < last:
                style = self.column_style(column) if own is None else own
                out += [body[at : cell.start], self.make(number, column, style, columns[column])]
                at = cell.start
                column = next(todo, _BEHIND_ALL)
            if column == last:
                new = self.make(number, column, cell.style, columns[column])
                out += [body[at : cell.start], new]
                at = cell.end
                column = next(todo, _BEHIND_ALL)
                if cell.formula:
                    self.note(row.number, cell.column, body[cell.start : cell.end])
        end = cells[-1].end if cells else 0
        out.append(body[at:end])
        while column < _BEHIND_ALL:
            style = self.column_style(column) if own is None else own
            out.append(self.make(number, column, style, columns[column]))
            column = next(todo, _BEHIND_ALL)
        out.append(body[end:])
        return self.closed(tag, b"".join(out), columns)

    def located(self, row: Row) -> tuple[bytes, list[RawCell]]:
        """Body and cells of a row, every cell with a reference of its own."""
        body = self.sheet.data[row.body : row.body_end]
        numbered = numbered_cells(body, self.p, row.number)
        if numbered is body:
            return body, self.sheet.cells(row)
        return numbered, cells_of(numbered, self.p)

    def note(self, row: int, column: int, cell: bytes) -> None:
        m = markup.find_tag(cell, self.p + b"f")
        assert m is not None
        end = markup.element_end(cell, m, self.p + b"f")
        self.overwritten.append(Overwritten(row, column, cell[m.start() : end]))

    def closed(self, tag: bytes, cells: bytes, columns: Mapping[int, Put]) -> bytes:
        """The row around its cells, its spans wide enough for the planned ones."""
        spans = _SPANS.search(tag)
        if spans:
            low, high = int(spans[1]), int(spans[2])
            if min(columns) < low or max(columns) > high:
                wider = b"%d:%d" % (min(low, *columns), max(high, *columns))
                tag = markup.put(tag, b"spans", wider)
        if tag.endswith(b"/>"):
            if not cells:
                return tag
            tag = tag[:-2].rstrip() + b">"
        return tag + cells + b"</" + self.p + b"row>"


_SPANS = re.compile(rb"\sspans\s*=\s*[\"'](\d+):(\d+)[\"']")


def _row_style(tag: bytes) -> int | None:
    """Style that a row gives to its new cells, or None."""
    if b"customFormat" in tag and markup.get(tag, b"customFormat") in (b"1", b"true"):
        return int(markup.get(tag, b"s") or 0)
    return None


def _column_styles(sheet: Scan) -> list[tuple[int, int, int]]:
    found = []
    for m in re.finditer(rb"<%bcol(?=\s)[^>]*>" % re.escape(sheet.prefix), sheet.head):
        style = int(markup.get(m[0], b"style") or 0)
        if style:
            low, high = markup.get(m[0], b"min"), markup.get(m[0], b"max")
            found.append((int(low or 1), int(high or 1), style))
    return found


def _wider_dimension(sheet: Scan, edits: Edits) -> bytes:
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


class Guarded:
    """Areas that no single cell may be set in: array formulas, data tables, merged cells."""

    def __init__(self, areas: list[tuple[Range, str]]) -> None:
        self.areas = areas
        self._rows: dict[int, list[tuple[Range, str]]] = {}
        self._tall = [a for a in areas if a[0].bottom - a[0].top > _TALL]
        for one in areas:
            if one[0].bottom - one[0].top <= _TALL:
                for row in range(one[0].top, one[0].bottom + 1):
                    self._rows.setdefault(row, []).append(one)

    def __bool__(self) -> bool:
        return bool(self.areas)

    def at(self, row: int, column: int) -> str | None:
        """Why a cell must not be set ("array", "merge"), or None.

        The first cell of a merged area may be set.
        """
        here: list[tuple[Range, str]] = self._rows.get(row, []) + self._tall
        for where, why in here:
            first = row == where.top and column == where.left
            if where.covers(row, column) and not (why == "merge" and first):
                return why
        return None


_TALL = 50  # rows; taller areas are looked through one by one


def guarded(sheet: Scan) -> Guarded:
    """The areas of a sheet in which a single cell must not be set."""
    p, found = re.escape(sheet.prefix), []
    if b"array" in sheet.data or b"dataTable" in sheet.data:
        formula = re.compile(rb"<%bf\s[^>]*\bt=[\"'](?:array|dataTable)[\"'][^>]*>" % p)
        found = [(m[0], "array") for m in formula.finditer(sheet.data)]
    merged = re.compile(rb"<%bmergeCell\s[^>]*>" % p)
    found += [(m[0], "merge") for m in merged.finditer(sheet.tail)]
    refs = [(markup.get(tag, b"ref") or b"", why) for tag, why in found]
    return Guarded([(area(ref.decode()), why) for ref, why in refs if b":" in ref])


def is_blocked(areas: Guarded, row: int, column: int) -> str | None:
    """Why a cell must not be set ("array", "merge"), or None."""
    return areas.at(row, column) if areas else None
