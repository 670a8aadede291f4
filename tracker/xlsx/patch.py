"""Cells spliced into a sheet's bytes; every byte outside the planned cells stays."""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area, letters
from tracker.xlsx.scan import RawCell, Row, Scan, cells_of, numbered_cells, plain_cells
from tracker.xlsx.values import Put

Make = Callable[[bytes, int, Put], bytes]
"""(reference, style index, planned cell) -> its bytes."""
Edits = Mapping[int, Mapping[int, Put]]
"""row -> column -> planned cell."""
Splice = tuple[int, int, bytes]
"""(start, end, what stands there instead)."""
_TOGETHER = 64  # rows; more are no quicker, and what cannot be done together is tried by halves


class Overwritten(NamedTuple):
    """A formula that a planned cell replaces: its place and the bytes of its <f> element."""

    row: int
    column: int
    element: bytes


def patch(
    sheet: Scan, edits: Edits, make: Make, tail: bytes | None = None
) -> tuple[bytes, list[Overwritten]]:
    """The sheet with the planned cells made anew by `make`, and with another tail if given.

    Returns the new bytes and the formulas that were overwritten. ValueError where rows, or the
    cells of a row that gets further ones, do not stand in ascending order.
    """
    worker, out, at = _Patcher(sheet, edits, make), io.BytesIO(), 0
    old = memoryview(sheet.data)  # neither copies of the stretches nor a list of them
    for start, end, new in worker.splices():
        out.write(old[at:start])
        out.write(new)
        at = end
    out.write(old[at : sheet.last])
    out.write(sheet.tail if tail is None else tail)
    return out.getvalue(), worker.overwritten


def stretches(edits: Edits) -> Iterator[list[int]]:
    """The planned rows in runs of consecutive numbers, none of them long."""
    run = list[int]()
    for number in sorted(edits):
        if run and (number > run[-1] + 1 or len(run) == _TOGETHER):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def planned(edits: Edits, rows: Iterable[int]) -> dict[bytes, Put]:
    """The planned cells of some rows by reference, in the order in which a sheet has them."""
    numbered = ((b"%d" % n, edits[n]) for n in rows)
    return {_letters(c) + n: columns[c] for n, columns in numbered for c in sorted(columns)}


def in_order(refs: list[bytes], puts: Mapping[bytes, Put]) -> bool:
    """Whether the planned cells are all among the found ones, each once, and stand in order."""
    planned = list(puts)
    return refs == planned or [r for r in refs if r in puts] == planned


def is_there(sheet: Scan, plain: re.Pattern[bytes], edits: Edits, number: int) -> bool:
    """Whether a row has all of its planned cells already, as plain ones."""
    row = sheet.rows.get(number)
    old = sheet.data[row.start : row.end] if row else b""
    return in_order(plain.split(old)[2::6], planned(edits, [number]))


def place(row: int, column: int) -> bytes:
    """A1 reference of a cell."""
    return _letters(column) + b"%d" % row


@cache
def _letters(column: int) -> bytes:
    return letters(column).encode()


class _Patcher:
    def __init__(self, sheet: Scan, edits: Edits, make: Make) -> None:
        self.sheet, self.edits, self.make, self.p = sheet, edits, make, sheet.prefix
        self.overwritten = list[Overwritten]()
        self.plain = plain_cells(self.p, {c for columns in edits.values() for c in columns})
        styles = _column_styles(sheet)
        self.column_style = cache(partial(_column_style, styles))
        self.styled = bool(styles) or b"customFormat" in sheet.data

    def splices(self) -> Iterator[Splice]:
        """What stands where in the new sheet, from the front to the back."""
        if not self.sheet.rows.in_order:
            raise ValueError("rows are out of order")
        yield 0, self.sheet.first, _wider_dimension(self.sheet, self.edits)
        for rows in stretches(self.edits):
            yield from self.stretch(rows)

    def stretch(self, rows: list[int]) -> Iterator[Splice]:
        """Rows that stand behind one another: together if that can be, else half by half.

        Where the first one cannot be done so by itself, neither can the others as a rule.
        """
        there = self.sheet.rows
        if there.together(rows):
            start, end = there[rows[0]].start, there[rows[-1]].end
            new = self.cells(self.sheet.data[start:end], planned(self.edits, rows))
            if new is not None:
                yield start, end, new
                return
        half = len(rows) // 2
        if half and is_there(self.sheet, self.plain, self.edits, rows[0]):
            yield from self.stretch(rows[:half])
            yield from self.stretch(rows[half:])
        else:
            yield from (self.row(n, self.edits[n]) for n in rows)

    def cells(self, old: bytes, puts: Mapping[bytes, Put]) -> bytes | None:
        """Rows with their planned cells made anew; None unless each is there, once, in order."""
        parts = self.plain.split(old)
        refs, make = parts[2::6], self.make
        if not in_order(refs, puts):
            return None
        cells = zip(parts[1::6], refs, parts[3::6], strict=True)
        new = [
            make(r, int(s or 0), puts[r]) or self.bare(r) if r in puts else cell
            for cell, r, s in cells
        ]
        return b"".join(chain.from_iterable(zip(parts[::6], [*new, b""], strict=True)))

    def row(self, number: int, columns: Mapping[int, Put]) -> Splice:
        """One row around its planned cells, or a new one."""
        row = self.sheet.rows.get(number)
        if row is None:
            behind = self.sheet.rows.behind(number, self.sheet.last)
            return behind, behind, self.new_row(number, columns)
        tag = self.sheet.data[row.start : row.body]
        body, cells = self.located(row)
        places, own = [c.column for c in cells], _row_style(tag)
        if places != sorted(set(places)):
            raise ValueError(f"the cells of row {number} are out of order")
        out, at, last = list[bytes](), 0, cells[-1].end if cells else 0
        for column in sorted(columns):
            i = bisect_left(places, column)
            start = cells[i].start if i < len(cells) else last
            style, end = self.column_style(column) if own is None else own, start
            there, put, where = column in places[i : i + 1], columns[column], place(number, column)
            if there:
                style, end = cells[i].style, cells[i].end
                if cells[i].formula:
                    self.note(number, column, body[start:end])
            if there or not put.clears:
                new = self.make(where, style, put) or (self.bare(where) if there else b"")
                out += [body[at:start], new]
                at = end
        held = [c for c, put in columns.items() if not put.clears]
        return row.start, row.end, self.closed(tag, b"".join([*out, body[at:]]), held)

    def new_row(self, number: int, columns: Mapping[int, Put]) -> bytes:
        order = sorted(c for c, put in columns.items() if not put.clears)
        cells = [self.make(place(number, c), self.column_style(c), columns[c]) for c in order]
        if not any(cells):
            return b""
        return b'<%brow r="%d">%b</%brow>' % (self.p, number, b"".join(cells), self.p)

    def bare(self, where: bytes) -> bytes:
        """What is left of a cleared cell without a style, lest its column's or row's shows."""
        return b'<%bc r="%b"/>' % (self.p, where) if self.styled else b""

    def located(self, row: Row) -> tuple[bytes, list[RawCell]]:
        """Body and cells of a row, every cell with a reference of its own."""
        body = self.sheet.data[row.body : row.body_end]
        numbered = numbered_cells(body, self.p, row.number)
        if numbered is body:
            return body, self.sheet.cells(row)
        return numbered, cells_of(numbered, self.p)

    def note(self, row: int, column: int, cell: bytes) -> None:
        m = markup.start_tag(cell, self.p + b"f")
        end = markup.element_end(cell, m, self.p + b"f")
        self.overwritten.append(Overwritten(row, column, cell[m.start() : end]))

    def closed(self, tag: bytes, cells: bytes, columns: list[int]) -> bytes:
        """The row around its cells, its spans wide enough for the columns."""
        spans = _SPANS.search(tag)
        if spans and columns:
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


def _column_style(styles: list[tuple[int, int, int]], column: int) -> int:
    return next((s for a, b, s in styles if a <= column <= b), 0)


def _wider_dimension(sheet: Scan, edits: Edits) -> bytes:
    """The sheet's head with a <dimension> that covers the planned cells, if it has one."""
    m = markup.find_tag(sheet.head, sheet.prefix + b"dimension")
    text = markup.get(m[0], b"ref") if m else None
    held = [(r, c) for r, cells in edits.items() for c, put in cells.items() if not put.clears]
    if m is None or not text or not held:
        return sheet.head
    try:
        old = area(text.decode())
    except ValueError:
        return sheet.head
    rows, columns = zip(*held, strict=True)
    new = Range(
        min(old.top, *rows), min(old.left, *columns),
        max(old.bottom, *rows), max(old.right, *columns),
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
