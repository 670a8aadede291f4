"""A written sheet retraced: the old bytes and the planned cells, in turn, are the new bytes.

Comparing whole stretches costs a fraction of taking both sheets apart into cells, and it proves
more: not only the cells outside the plan but every byte between them is the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from functools import cache

from tracker.xlsx import markup
from tracker.xlsx.patch import Edits
from tracker.xlsx.refs import letters
from tracker.xlsx.scan import RawCell, Row, Scan
from tracker.xlsx.values import Put

Holds = Callable[[RawCell | None, RawCell | None, Put], bool]
"""(cell as it was, cell as it is, plan) -> whether the cell is what the plan says."""
_LOST = -1


def retrace(old: Scan, new: bytes, edits: Edits, holds: Holds) -> bool:
    """Whether the rows of `new` are those of `old` with nothing but the planned cells changed.

    False also where that cannot be told by bytes alone, as when followers of a shared formula
    got formulas of their own; then the sheets have to be compared cell by cell.
    """
    return _Retrace(old, new, holds).run(edits)


@cache
def _behind_reference(prefix: bytes) -> re.Pattern[bytes]:
    """A cell as the encoder writes it, from behind its reference; groups: style, type, value."""
    p = re.escape(prefix)
    return re.compile(
        rb'"(?: s="(\d+)")?(?: t="([sb])")?(?:/>|><%bv>([^<]*)</%bv></%bc>)' % (p, p, p)
    )


def _without_spans(tag: bytes) -> bytes:
    return re.sub(rb"\sspans\s*=\s*[\"'][\d:]*[\"']", b"", tag).rstrip(b"/> ")


class _Retrace:
    def __init__(self, old: Scan, new: bytes, holds: Holds) -> None:
        self.old, self.new, self.holds, self.p = old, new, holds, old.prefix
        self.row_end = b"</" + self.p + b"row>"
        self.start = b"<" + self.p + b'c r="'
        self.rest = _behind_reference(self.p).match

    def run(self, edits: Edits) -> bool:
        old, new = self.old, self.new
        name = self.p + b"sheetData"
        start = markup.find_tag(new, name)
        if start is None:
            return False
        numbers, at, here = list(old.rows), old.first, start.end()
        for number in sorted(edits):
            row = old.rows.get(number)
            until = row.start if row else self.following(numbers, number)
            here = self.same(at, until, here)
            if here != _LOST and row:
                here = self.row(row, edits[number], here)
            elif here != _LOST:
                here = self.new_row(number, edits[number], here)
            if here == _LOST:
                return False
            at = row.end if row else until
        here = self.same(at, old.last, here)
        return here != _LOST and new.startswith(b"</" + name, here)

    def following(self, numbers: list[int], number: int) -> int:
        """Offset of the first row behind that number."""
        i = bisect_right(numbers, number)
        return self.old.rows[numbers[i]].start if i < len(numbers) else self.old.last

    def same(self, start: int, end: int, here: int) -> int:
        """Offset behind a stretch of the old bytes that stands in the new ones, or _LOST."""
        stands = self.new.startswith(self.old.data[start:end], here)
        return here + end - start if stands else _LOST

    def row(self, row: Row, columns: Mapping[int, Put], here: int) -> int:
        was, body = self.old.data[row.start : row.body], self.new.find(b">", here) + 1
        tag = self.new[here:body]
        if tag != was and _without_spans(tag) != _without_spans(was):
            return _LOST
        if tag.endswith(b"/>"):
            blank = was.endswith(b"/>") and all(self.holds(None, None, p) for p in columns.values())
            return body if blank else _LOST
        at, here = row.body, body
        cells, number = self.old.cells(row), b"%d" % row.number
        places = [c.column for c in cells]
        for column in sorted(columns):
            i = bisect_left(places, column)
            cell = cells[i] if i < len(cells) else None
            until = cell.start if cell else cells[-1].end if cells else 0
            here = self.same(at, row.body + until, here)
            before = cell if cell and cell.column == column else None
            if here != _LOST:
                here = self.cell(before, number, column, columns[column], here)
            if here == _LOST:
                return _LOST
            at = row.body + (before.end if before else until)
        here = self.same(at, row.body_end, here)
        return here + len(self.row_end) if self.new.startswith(self.row_end, here) else _LOST

    def new_row(self, number: int, columns: Mapping[int, Put], here: int) -> int:
        tag = b'<%brow r="%d">' % (self.p, number)
        if not self.new.startswith(tag, here):
            blank = all(self.holds(None, None, p) for p in columns.values())
            return here if blank else _LOST
        here += len(tag)
        for column in sorted(columns):
            here = self.cell(None, b"%d" % number, column, columns[column], here)
            if here == _LOST:
                return _LOST
        return here + len(self.row_end) if self.new.startswith(self.row_end, here) else _LOST

    def cell(self, before: RawCell | None, row: bytes, column: int, put: Put, here: int) -> int:
        start = self.start + letters(column).encode() + row
        m = self.rest(self.new, here + len(start)) if self.new.startswith(start, here) else None
        if m is None:
            return here if self.holds(before, None, put) else _LOST
        style, kind, value = m.groups()
        now = RawCell(column, here, m.end(), int(style or 0), kind or b"n", False, value)
        return m.end() if self.holds(before, now, put) else _LOST
