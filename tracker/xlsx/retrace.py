"""A written sheet retraced: the old bytes and the planned cells, in turn, are the new bytes.

Comparing whole stretches costs a fraction of taking both sheets apart into cells, and it proves
more: not only the cells outside the plan but every byte between them is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tracker.xlsx import markup
from tracker.xlsx.edits import Edits, RowPlan
from tracker.xlsx.patch import STAYS, aligned, stands, stretches
from tracker.xlsx.scan import (
    RawCell,
    Row,
    Scan,
    as_cell,
    ascending,
    columns_of,
    last_column,
    plain_cells,
    style_of,
)
from tracker.xlsx.spots import quick_spots, refs_of, spots
from tracker.xlsx.values import Put, Value

Holds = Callable[[int | None, RawCell | None, Put | Value], bool]
"""(style that was, None for no cell; cell as it is; plan) -> whether it is what the plan says."""
_WIDEST = 100  # bytes that a planned cell may add; where it adds more, rows are gone through singly
_SPANS = re.compile(rb"\sspans\s*=\s*[\"'][\d:]*[\"']")
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
        self.plain = plain_cells(self.p, edits.columns)
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

    def stretch(self, run: list[RowPlan]) -> bool:
        """Rows that stand behind one another: together if that can be, else one by one."""
        old, new = self.old, self.new
        first, last = (old.rows.get(plan[0]) for plan in (run[0], run[-1]))
        if first and last and stands(was := old.data[first.start : last.end], run):
            if not self.same(first.start):
                return False
            tag = b'<%brow r="%d"' % (self.p, last.number)
            most = sum(len(plan[1]) for plan in run) + 1
            reach = self.here + len(was) + _WIDEST * most
            behind = new.find(self.row_end, new.find(tag, self.here, reach), reach)
            behind += len(self.row_end)
            if self.together(was, new[self.here : behind], run):
                self.at, self.here = last.end, behind
                return True
        return all(map(self.row, run))

    def together(self, old: bytes, new: bytes, run: list[RowPlan]) -> bool:
        """Whether rows differ in nothing but planned cells, which hold what was planned."""
        was, holds = self.plain.split(old), self.holds
        refs = was[2::6]
        puts = aligned(refs, run)
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

    def row(self, plan: RowPlan) -> bool:
        """One row by itself, or one that was not there."""
        old, number = self.old, plan[0]
        row = old.rows.get(number)
        if row is None:
            return self.same(old.rows.behind(number, old.last)) and self.new_row(plan)
        if not self.same(row.start):
            return False
        was, body = old.data[row.start : row.body], self.new.find(b">", self.here) + 1
        tag = self.new[self.here : body]
        if tag != was and _without_spans(tag) != _without_spans(was):
            return False
        self.at, self.here = row.body, body
        if tag.endswith(b"/>"):
            return was.endswith(b"/>") and self.blank(plan)
        if not (self.added(row, plan) or self.cells(row, plan)) or not self.same(row.body_end):
            return False
        self.at = row.end
        return self.goes_on(self.row_end)

    def added(self, row: Row, plan: RowPlan) -> bool:
        """Whether the planned cells follow on the cells of a row, each of them there."""
        body = self.old.data[row.body : row.body_end]
        if not self.new.startswith(body, self.here) or last_column(body, self.p) >= plan[1][0]:
            return False
        behind = self.new.find(self.row_end, self.here)
        parts = self.plain.split(self.new[self.here + len(body) : behind])
        if parts[2::6] != refs_of(plan) or any(parts[::6]):
            return False
        told = zip(plan[1], parts[3::6], parts[4::6], parts[5::6], plan[2], strict=True)
        if not all(self.holds(None, _cell(c, s, t, v), planned) for c, s, t, v, planned in told):
            return False
        self.at, self.here = row.body_end, behind
        return True

    def cells(self, row: Row, plan: RowPlan) -> bool:
        """The cells of a row up to the last planned one."""
        body = self.old.data[row.body : row.body_end]
        columns = columns_of(body, self.p)
        quick = columns is not None and ascending(columns)
        found = quick_spots(body, columns, plan, self.p, self.plain) if columns and quick else None
        found = spots(self.old.cells(row), plan) if found is None else found
        for spot, where, column, planned in zip(found, refs_of(plan), *plan[1:], strict=True):
            if not self.same(row.body + spot.start):
                return False
            if not self.cell(spot.style, where, column, planned):
                return False
            self.at = row.body + spot.end
        return True

    def new_row(self, plan: RowPlan) -> bool:
        if not self.goes_on(b'<%brow r="%d">' % (self.p, plan[0])):
            return self.blank(plan)
        cells = zip(refs_of(plan), *plan[1:], strict=True)
        return all(self.cell(None, *cell) for cell in cells) and self.goes_on(self.row_end)

    def cell(self, style: int | None, where: bytes, column: int, planned: Put | Value) -> bool:
        """Whether a cell comes next as planned; `style` is that of the cell that was there."""
        m = self.plain.match(self.new, self.here)
        if m is None or m[2] != where:
            return self.holds(style, None, planned)
        self.here = m.end()
        return self.holds(style, _cell(column, m[3], m[4], m[5]), planned)

    def blank(self, plan: RowPlan) -> bool:
        return all(self.holds(None, None, planned) for planned in plan[2])

    def goes_on(self, text: bytes) -> bool:
        """Go on behind that text if the new sheet has it here."""
        found = self.new.startswith(text, self.here)
        self.here += len(text) if found else 0
        return found


def _cell(column: int, style: bytes | None, kind: bytes | None, value: bytes | None) -> RawCell:
    return as_cell((column, 0, 0, style_of(style), kind or b"n", False, value))


def _without_spans(tag: bytes) -> bytes:
    return _SPANS.sub(b"", tag).rstrip(b"/> ")
