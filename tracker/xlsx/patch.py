"""Cells spliced into a sheet's bytes; every byte outside the planned cells stays."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.edits import Edits, Place, RowPlan
from tracker.xlsx.refs import Range, area
from tracker.xlsx.scan import (
    Row,
    Scan,
    ascending,
    cells_of,
    columns_of,
    numbered_cells,
    plain_cells,
    style_of,
)
from tracker.xlsx.spots import Spot, quick_spots, refs_of, spots
from tracker.xlsx.values import Put, Value

Make = Callable[[bytes, int, Put | Value], bytes]
"""(reference, style index, planned cell) -> its bytes."""
Splice = tuple[int, int, bytes]
"""(start, end, what stands there instead)."""
_TOGETHER = 32  # rows; more are no quicker, and where one is odd all are done one by one


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


def stretches(edits: Edits) -> Iterator[list[RowPlan]]:
    """The planned rows in their order, some consecutive ones at a time."""
    run = list[RowPlan]()
    for plan in edits.by_row():
        if run and not plan[0] - run[-1][0] == 1 <= run[0][0] + _TOGETHER - plan[0]:
            yield run
            run = []
        run.append(plan)
    if run:
        yield run


STAYS = Put(None)
"""Stands for no plan."""


def aligned(refs: list[bytes], run: list[RowPlan]) -> list[Put | Value] | None:
    """What is planned for each of the cells that were found, STAYS for one without a plan.

    None unless the planned cells are all among them, each once, and stand in order.
    """
    wanted = [where for plan in run for where in refs_of(plan)]
    puts = [planned for plan in run for planned in plan[2]]
    if refs == wanted:
        return puts
    known = dict(zip(wanted, puts, strict=True))
    found = [known.get(r, STAYS) for r in refs]
    return found if [r for r in refs if r in known] == wanted else None


class _Patcher:
    def __init__(self, sheet: Scan, edits: Edits, make: Make) -> None:
        self.sheet, self.edits, self.make, self.p = sheet, edits, make, sheet.prefix
        self.overwritten = list[Overwritten]()
        columns = edits.columns
        self.plain = plain_cells(self.p, columns)
        self.column_styles = _column_styles(sheet, columns)
        self.styled = bool(self.column_styles) or b"customFormat" in sheet.data

    def splices(self) -> Iterator[Splice]:
        """What stands where in the new sheet, from the front to the back."""
        if not self.sheet.rows.in_order:
            raise ValueError("rows are out of order")
        yield 0, self.sheet.first, _wider_dimension(self.sheet, self.edits)
        for run in stretches(self.edits):
            together = self.together(run)
            yield from [together] if together else map(self.row, run)

    def together(self, run: list[RowPlan]) -> Splice | None:
        """Rows at once whose planned cells are there, each once and in order; None for others."""
        first, last = (self.sheet.rows.get(plan[0]) for plan in (run[0], run[-1]))
        if first is None or last is None:
            return None
        stretch = self.sheet.data[first.start : last.end]
        if not stands(stretch, run):
            return None
        parts, make = self.plain.split(stretch), self.make
        refs = parts[2::6]
        puts = aligned(refs, run)
        if puts is None:
            return None
        cells = zip(parts[1::6], refs, parts[3::6], puts, strict=True)
        new = [
            cell if put is STAYS else make(r, style_of(s), put) or self.bare(r)
            for cell, r, s, put in cells
        ]
        whole = b"".join(chain.from_iterable(zip(parts[::6], [*new, b""], strict=True)))
        return first.start, last.end, whole

    def row(self, plan: RowPlan) -> Splice:
        """One row around its planned cells, or a new one."""
        number, data = plan[0], self.sheet.data
        row, tag = self.sheet.rows.get(number), b'<%brow r="%d">' % (self.p, number)
        if row:
            start, end, tag = row.start, row.end, data[row.start : row.body]
        else:
            start = end = self.sheet.rows.behind(number, self.sheet.last)
        body, own = data[row.body : row.body_end] if row else b"", _row_style(tag)
        columns = columns_of(body, self.p)
        columns = columns if columns and ascending(columns) else None
        if columns and columns[-1] < plan[1][0]:
            new = body + self.added(plan, own)
        else:
            found = quick_spots(body, columns, plan, self.p, self.plain) if columns else None
            if found is None:
                body, found = self.located(row, plan) if row else (b"", spots([], plan))
            new = self.among(plan, own, body, found)
        held = [c for c, planned in zip(*plan[1:], strict=True) if not _clears(planned)]
        return start, end, self.closed(tag, new, held) if row or new else b""

    def added(self, plan: RowPlan, own: int | None) -> bytes:
        """Cells of a row behind those that it has; `own` is the style that it gives to them."""
        styles, make = self.column_styles, self.make
        return b"".join(
            [
                make(where, styles.get(column, 0) if own is None else own, planned)
                for where, column, planned in zip(refs_of(plan), *plan[1:], strict=True)
                if not _clears(planned)
            ]
        )

    def among(self, plan: RowPlan, own: int | None, body: bytes, found: list[Spot]) -> bytes:
        """A row's body with the planned cells in the places of its own, between and behind them."""
        out, at = list[bytes](), 0
        for r, column, planned, spot in zip(refs_of(plan), *plan[1:], found, strict=True):
            if spot.cell is not None:
                self.note((plan[0], column), body[spot.start : spot.end])
            if spot.style is not None:
                new = self.make(r, spot.style, planned) or self.bare(r)
            else:
                style = self.column_styles.get(column, 0) if own is None else own
                new = b"" if _clears(planned) else self.make(r, style, planned)
            out += [body[at : spot.start], new]
            at = spot.end
        return b"".join([*out, body[at:]])

    def bare(self, where: bytes) -> bytes:
        """What is left of a cleared cell without a style, lest its column's or row's shows."""
        return b'<%bc r="%b"/>' % (self.p, where) if self.styled else b""

    def located(self, row: Row, plan: RowPlan) -> tuple[bytes, list[Spot]]:
        """Body of a row, every cell with a reference of its own, and the spots in it."""
        body = self.sheet.data[row.body : row.body_end]
        numbered = numbered_cells(body, self.p, row.number)
        cells = self.sheet.cells(row) if numbered is body else cells_of(numbered, self.p)
        if not ascending(tuple(c.column for c in cells)):
            raise ValueError(f"the cells of row {row.number} are out of order")
        return numbered, spots(cells, plan)

    def note(self, where: Place, cell: bytes) -> None:
        """Note a formula that is overwritten."""
        name = self.p + b"f"
        m = markup.start_tag(cell, name)
        element = cell[m.start() : markup.element_end(cell, m, name)]
        self.overwritten.append(Overwritten(*where, element))

    def closed(self, tag: bytes, cells: bytes, columns: list[int]) -> bytes:
        """The row around its cells, its spans wide enough for the columns."""
        spans = _SPANS.search(tag)
        if spans and columns:
            low, high = int(spans[1]), int(spans[2])
            if columns[0] < low or columns[-1] > high:
                wider = b"%d:%d" % (min(low, columns[0]), max(high, columns[-1]))
                tag = tag[: spans.start(1)] + wider + tag[spans.end(2) :]
        if tag.endswith(b"/>"):
            if not cells:
                return tag
            tag = tag[:-2].rstrip() + b">"
        return tag + cells + b"</" + self.p + b"row>"


_SPANS = re.compile(rb"\sspans\s*=\s*[\"'](\d+):(\d+)[\"']")


def _clears(planned: Put | Value) -> bool:
    return planned is None or (isinstance(planned, Put) and planned.clears)


def stands(stretch: bytes, run: list[RowPlan]) -> bool:
    """Whether the first and the last planned cell of some rows may be there: no more than a look."""
    ends = refs_of(run[0])[0], refs_of(run[-1])[-1]
    return all(b'"%b"' % where in stretch for where in ends)


def _row_style(tag: bytes) -> int | None:
    """Style that a row gives to its new cells, or None."""
    if b"customFormat" in tag and markup.get(tag, b"customFormat") in (b"1", b"true"):
        return int(markup.get(tag, b"s") or 0)
    return None


def _column_styles(sheet: Scan, columns: Iterable[int]) -> dict[int, int]:
    """Styles that some columns give to their new cells, where they give one."""
    found = dict[int, int]()
    for m in markup.tags(sheet.head, sheet.prefix + b"col"):
        low, high, style = (int(markup.get(m[0], n) or 0) for n in (b"min", b"max", b"style"))
        found |= {c: style for c in columns if style and low <= c <= high}
    return found


def _wider_dimension(sheet: Scan, edits: Edits) -> bytes:
    """The sheet's head with a <dimension> that covers the planned cells, if it has one."""
    name = sheet.prefix + b"dimension"
    m = markup.find_tag(sheet.head, name)
    text = markup.get(m[0], b"ref") if m else None
    if m is None or not text:
        return sheet.head
    try:
        old = area(text.decode())
    except ValueError:
        return sheet.head
    top, left, bottom, right = old
    beyond = [(r, c) for r, c in edits if not (top <= r <= bottom and left <= c <= right)]
    beyond = [p for p in beyond if not _clears(edits[p])]
    if not beyond:
        return sheet.head
    rows, columns = zip(*beyond, strict=True)
    new = Range(
        min(old.top, *rows), min(old.left, *columns),
        max(old.bottom, *rows), max(old.right, *columns),
    )  # fmt: skip
    return markup.with_attribute(sheet.head, name, b"ref", str(new).encode())
