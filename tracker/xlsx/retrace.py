"""A written sheet retraced: the old bytes and the planned cells, in turn, are the new bytes.

Comparing whole stretches costs a fraction of taking both sheets apart into cells, and it proves
more: not only the cells outside the plan but every byte between them is the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cache

from tracker.xlsx import markup
from tracker.xlsx.patch import Edits, in_order, is_there, place, planned, stretches
from tracker.xlsx.scan import RawCell, Row, Scan, as_cell, plain_cells
from tracker.xlsx.values import Put

Holds = Callable[[RawCell | None, RawCell | None, Put], bool]
"""(cell as it was, cell as it is, plan) -> whether the cell is what the plan says."""
_WIDEST = 100  # bytes that a planned cell may add; where it adds more, rows are gone through singly
_FEW = 4  # rows that are not worth another try together
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
        self.plain = plain_cells(self.p, {c for columns in edits.values() for c in columns})
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

    def stretch(self, rows: list[int]) -> bool:
        """Rows that stand behind one another: together if that can be, else half by half.

        Where the first one gets new cells, so do the others as a rule: each by itself, then.
        """
        old, half = self.old, len(rows) // 2
        if not is_there(old, self.plain, self.edits, rows[0]):
            return all(self.row(n, self.edits[n]) for n in rows)
        if old.rows.together(rows):
            start, end = old.rows[rows[0]].start, old.rows[rows[-1]].end
            puts = planned(self.edits, rows)
            if not self.same(start):
                return False
            last = b'<%brow r="%d"' % (self.p, rows[-1])
            reach = self.here + end - start + _WIDEST * (len(puts) + 1)
            behind = self.new.find(self.row_end, self.new.find(last, self.here, reach), reach)
            behind += len(self.row_end)
            if self.cells(old.data[start:end], self.new[self.here : behind], puts):
                self.at, self.here = end, behind
                return True
        if half > _FEW:
            return self.stretch(rows[:half]) and self.stretch(rows[half:])
        return all(self.row(n, self.edits[n]) for n in rows)

    def cells(self, old: bytes, new: bytes, puts: Mapping[bytes, Put]) -> bool:
        """Whether rows differ in nothing but planned cells, which hold what was planned."""
        was, holds = self.plain.split(old), self.holds
        refs = was[2::6]
        if not in_order(refs, puts):
            return False
        now = self.plain.split(new)
        if was[::6] != now[::6] or refs != now[2::6]:
            return False
        cells = zip(
            refs, was[1::6], now[1::6], was[3::6], now[3::6], now[4::6], now[5::6], strict=True
        )
        for r, a, b, style, s, t, v in cells:
            put = puts.get(r)
            if not (holds(_styled(style), _cell(0, s, t, v), put) if put else a == b):
                return False
        return True

    def row(self, number: int, columns: Mapping[int, Put]) -> bool:
        """One row by itself, or one that was not there."""
        old, row = self.old, self.old.rows.get(number)
        if row is None:
            return self.same(old.rows.behind(number, old.last)) and self.new_row(number, columns)
        if not self.same(row.start):
            return False
        was, body = old.data[row.start : row.body], self.new.find(b">", self.here) + 1
        tag = self.new[self.here : body]
        if tag != was and _without_spans(tag) != _without_spans(was):
            return False
        self.at, self.here = row.body, body
        if tag.endswith(b"/>"):
            return was.endswith(b"/>") and self.blank(columns)
        if not self.columns(row, columns) or not self.same(row.body_end):
            return False
        self.at = row.end
        return self.goes_on(self.row_end)

    def columns(self, row: Row, columns: Mapping[int, Put]) -> bool:
        """The cells of a row up to the last planned one."""
        cells = self.old.cells(row)
        places = [c.column for c in cells]
        for column in sorted(columns):
            i = bisect_left(places, column)
            cell = cells[i] if column in places[i : i + 1] else None
            until = cells[i].start if i < len(cells) else cells[-1].end if cells else 0
            if not self.same(row.body + until):
                return False
            if not self.cell(cell, row.number, column, columns[column]):
                return False
            self.at = row.body + (cell.end if cell else until)
        return True

    def new_row(self, number: int, columns: Mapping[int, Put]) -> bool:
        if not self.goes_on(b'<%brow r="%d">' % (self.p, number)):
            return self.blank(columns)
        cells = (self.cell(None, number, c, columns[c]) for c in sorted(columns))
        return all(cells) and self.goes_on(self.row_end)

    def cell(self, was: RawCell | None, row: int, column: int, put: Put) -> bool:
        m = self.plain.match(self.new, self.here)
        if m is None or m[2] != place(row, column):
            return self.holds(was, None, put)
        self.here = m.end()
        return self.holds(was, _cell(column, m[3], m[4], m[5]), put)

    def blank(self, columns: Mapping[int, Put]) -> bool:
        return all(self.holds(None, None, put) for put in columns.values())

    def goes_on(self, text: bytes) -> bool:
        """Go on behind that text if the new sheet has it here."""
        found = self.new.startswith(text, self.here)
        self.here += len(text) if found else 0
        return found


@cache
def _styled(style: bytes | None) -> RawCell:
    return _cell(0, style, None, None)


def _cell(column: int, style: bytes | None, kind: bytes | None, value: bytes | None) -> RawCell:
    return as_cell((column, 0, 0, int(style or 0), kind or b"n", False, value))


def _without_spans(tag: bytes) -> bytes:
    return re.sub(rb"\sspans\s*=\s*[\"'][\d:]*[\"']", b"", tag).rstrip(b"/> ")
