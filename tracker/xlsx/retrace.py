"""A written sheet retraced: the old bytes and the planned cells, in turn, are the new bytes.

Comparing whole stretches costs a fraction of taking both sheets apart into cells, and it proves
more: not only the cells outside the plan but every byte between them is the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from tracker.xlsx import markup
from tracker.xlsx.edits import Edits, Place
from tracker.xlsx.patch import STAYS, aligned, by_row, stretches
from tracker.xlsx.refs import ref
from tracker.xlsx.scan import RawCell, Row, Scan, as_cell, columns_of, plain_cells, style_of
from tracker.xlsx.values import Put, Value

Holds = Callable[[int | None, RawCell | None, Put | Value], bool]
"""(style that was, None for no cell; cell as it is; plan) -> whether it is what the plan says."""
_WIDEST = 100  # bytes that a planned cell may add; where it adds more, rows are gone through singly
_PIECE = 1 << 20  # of what is compared at a time: a slice is a copy


def retrace(old: Scan, new: bytes, edits: Edits, holds: Holds) -> bool:
    """Whether the rows of `new` are those of `old` with nothing but the planned cells changed.

    False also where that cannot be told by bytes alone, as when followers of a shared formula
    got formulas of their own; then the sheets have to be compared cell by cell.
    """
    name = old.prefix + b"sheetData"
    start = markup.find_tag(new, name)
    if start is None:
        return False
    worker = _Retrace(old, new, start.end(), edits, holds)
    all_same = all(map(worker.stretch, stretches(edits))) and worker.same(old.last)
    return all_same and new.startswith(b"</" + name, worker.here)


class _Retrace:
    """Goes through both sheets at once: `at` and `here` are how far the old and the new one."""

    def __init__(self, old: Scan, new: bytes, here: int, edits: Edits, holds: Holds) -> None:
        self.old, self.new, self.edits, self.holds = old, new, edits, holds
        self.at, self.here, self.p = old.first, here, old.prefix
        self.plain = plain_cells(self.p, {column for _, column in edits})
        self.row_end = b"</" + self.p + b"row>"

    def same(self, until: int) -> bool:
        """Go on to that offset of the old sheet if the new one has the same bytes."""
        while self.at < until:
            piece = self.old.data[self.at : min(until, self.at + _PIECE)]
            if not self.new.startswith(piece, self.here):
                return False
            self.at += len(piece)
            self.here += len(piece)
        return True

    def stretch(self, run: list[Place]) -> bool:
        """Rows that stand behind one another: together if that can be, else one by one."""
        old, new = self.old, self.new
        first, last = (old.rows.get(row) for row, _ in (run[0], run[-1]))
        if first and last:
            if not self.same(first.start):
                return False
            tag = b'<%brow r="%d"' % (self.p, last.number)
            reach = self.here + last.end - first.start + _WIDEST * (len(run) + 1)
            behind = new.find(self.row_end, new.find(tag, self.here, reach), reach)
            behind += len(self.row_end)
            if self.together(old.data[first.start : last.end], new[self.here : behind], run):
                self.at, self.here = last.end, behind
                return True
        return all(map(self.row, by_row(run)))

    def together(self, old: bytes, new: bytes, run: list[Place]) -> bool:
        """Whether rows differ in nothing but planned cells, which hold what was planned."""
        was, holds = self.plain.split(old), self.holds
        refs = was[2::6]
        puts = aligned(refs, self.edits, run)
        if puts is None:
            return False
        now = self.plain.split(new)
        if was[::6] != now[::6] or refs != now[2::6]:
            return False
        cells = zip(
            puts, was[1::6], now[1::6], was[3::6], now[3::6], now[4::6], now[5::6], strict=True
        )
        for put, a, b, style, s, t, v in cells:
            if put is STAYS:
                if a != b:
                    return False
            elif not holds(style_of(style), _cell(0, s, t, v), put):
                return False
        return True

    def row(self, places: list[Place]) -> bool:
        """One row by itself, or one that was not there."""
        old, number = self.old, places[0][0]
        row = old.rows.get(number)
        if row is None:
            return self.same(old.rows.behind(number, old.last)) and self.new_row(places)
        if not self.same(row.start):
            return False
        was, body = old.data[row.start : row.body], self.new.find(b">", self.here) + 1
        tag = self.new[self.here : body]
        if tag != was and _without_spans(tag) != _without_spans(was):
            return False
        self.at, self.here = row.body, body
        if tag.endswith(b"/>"):
            return was.endswith(b"/>") and self.blank(places)
        if not self.cells(row, places) or not self.same(row.body_end):
            return False
        self.at = row.end
        return self.goes_on(self.row_end)

    def cells(self, row: Row, places: list[Place]) -> bool:
        """The cells of a row up to the last planned one."""
        columns = columns_of(self.old.data[row.body : row.body_end], self.p)
        if columns and max(columns) < places[0][1] and self.added(row, places):
            return True
        cells = self.old.cells(row)
        columns = [c.column for c in cells]
        for where in places:
            i = bisect_left(columns, where[1])
            cell = cells[i] if where[1] in columns[i : i + 1] else None
            until = cells[i].start if i < len(cells) else cells[-1].end if cells else 0
            if not self.same(row.body + until) or not self.cell(cell, where):
                return False
            self.at = row.body + (cell.end if cell else until)
        return True

    def added(self, row: Row, places: list[Place]) -> bool:
        """Whether the planned cells follow on the cells of a row, each of them there."""
        at, behind = self.at, self.new.find(self.row_end, self.here)
        if not self.same(row.body_end):
            return False
        parts = self.plain.split(self.new[self.here : behind])
        wanted = [ref(*where).encode() for where in places]
        told = zip(places, parts[3::6], parts[4::6], parts[5::6], strict=False)
        if (
            parts[2::6] == wanted
            and not any(parts[::6])
            and all(self.holds(None, _cell(w[1], s, t, v), self.edits[w]) for w, s, t, v in told)
        ):
            self.here = behind
            return True
        self.at, self.here = at, self.here - (self.at - at)
        return False

    def new_row(self, places: list[Place]) -> bool:
        if not self.goes_on(b'<%brow r="%d">' % (self.p, places[0][0])):
            return self.blank(places)
        return all(self.cell(None, p) for p in places) and self.goes_on(self.row_end)

    def cell(self, was: RawCell | None, where: Place) -> bool:
        style, m = was.style if was else None, self.plain.match(self.new, self.here)
        if m is None or m[2] != ref(*where).encode():
            return self.holds(style, None, self.edits[where])
        self.here = m.end()
        return self.holds(style, _cell(where[1], m[3], m[4], m[5]), self.edits[where])

    def blank(self, places: list[Place]) -> bool:
        return all(self.holds(None, None, self.edits[p]) for p in places)

    def goes_on(self, text: bytes) -> bool:
        """Go on behind that text if the new sheet has it here."""
        found = self.new.startswith(text, self.here)
        self.here += len(text) if found else 0
        return found


def _cell(column: int, style: bytes | None, kind: bytes | None, value: bytes | None) -> RawCell:
    return as_cell((column, 0, 0, style_of(style), kind or b"n", False, value))


def _without_spans(tag: bytes) -> bytes:
    return re.sub(rb"\sspans\s*=\s*[\"'][\d:]*[\"']", b"", tag).rstrip(b"/> ")
