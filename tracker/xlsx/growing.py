"""How a table comes to reach further: what would be in the way, and which cells move along.

Rows below a table without totals become its records, as when a person types there. Totals rows
move down, which must not pull the rug from under anything: where a formula, a note, a link or a
merged cell holds on to them, or the cells below are taken, the table stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from tracker.xlsx import markup
from tracker.xlsx.formulas import refer_to
from tracker.xlsx.guarded import Guarded
from tracker.xlsx.opened import OpenedBook
from tracker.xlsx.refs import MAX_COLUMN, MAX_ROW, Range, area
from tracker.xlsx.scan import RawCell, Scan
from tracker.xlsx.tables import Growth, Table
from tracker.xlsx.values import Put

_ANCHORED = re.compile(rb"<(?:[\w.-]+:)?(?:hyperlink|comment|threadedComment)\s[^>]*>")


class Standing(Protocol):
    """What growing asks of a sheet: how it came."""

    book: OpenedBook
    name: str
    part: str

    @property
    def scan(self) -> Scan:
        """The cells and rows."""

    @property
    def tables(self) -> list[Table]:
        """The tables."""

    @property
    def blocked(self) -> Guarded:
        """Areas whose cells belong together."""

    def raw(self, row: int, column: int) -> RawCell | None:
        """One cell, or None."""


def obstacle(sheet: Standing, table: Table, growth: Growth) -> str | None:
    """Why a table cannot grow as planned, or None."""
    reach = growth.area(table)
    if reach.bottom > MAX_ROW or reach.right > MAX_COLUMN:
        return "the sheet ends there"
    if any(t.area.meets(reach) for t in sheet.tables if t.name != table.name):
        return "there is another table"
    if growth.headers:
        wider = reach._replace(left=table.area.right + 1)
        if not (table.plain and table.headers):
            return "its columns are not a person's to add"
        if is_taken(sheet, wider):
            return "the cells beside it are not free"
    if table.totals and growth.last_record > table.last_record:
        return _held_fast(sheet, table, reach)
    return None


def _held_fast(sheet: Standing, table: Table, reach: Range) -> str | None:
    """What keeps the totals rows where they are."""
    totals = table.area._replace(top=table.last_record + 1)
    below = reach._replace(top=table.area.bottom + 1, right=table.area.right)
    if is_taken(sheet, below):
        return "the cells below its totals are not free"
    if any(where.meets(totals) for where, _ in sheet.blocked.areas):
        return "its totals hold merged cells or an array formula"
    if any(b"shared" in raw for _, _, raw in _cells(sheet, totals)):
        return "its totals hold a shared formula"
    if _anchored(sheet, totals) or refer_to(sheet.book.package, sheet.name, sheet.part, totals):
        return "notes, links or formulas refer to its totals"
    return None


def is_taken(sheet: Standing, where: Range) -> bool:
    """Whether any cell of an area holds something, or is part of a larger cell."""
    if any(one.meets(where) for one, _ in sheet.blocked.areas):
        return True
    return any(c.formula or c.value not in (None, b"") for _, c, _ in _cells(sheet, where))


def _anchored(sheet: Standing, where: Range) -> bool:
    """Whether a link or a note stands at a cell of an area."""
    package = sheet.book.package
    notes = (r for r in package.relationships(sheet.part) if "comment" in r.kind.lower())
    texts = [sheet.scan.tail, *(package.read(r.target) for r in notes if r.target in package)]
    refs = (markup.get(m[0], b"ref") for text in texts for m in _ANCHORED.finditer(text))
    return any(area(ref.decode()).meets(where) for ref in refs if ref)


def _cells(sheet: Standing, where: Range) -> Iterator[tuple[int, RawCell, bytes]]:
    """The cells of an area: row, cell, bytes."""
    for row in filter(None, map(sheet.scan.rows.get, range(where.top, where.bottom + 1))):
        body = sheet.scan.data[row.body : row.body_end]
        for cell in sheet.scan.cells(row):
            if where.covers(row.number, cell.column):
                yield row.number, cell, body[cell.start : cell.end]


def moving(sheet: Standing, table: Table, growth: Growth) -> Iterator[tuple[int, int, Put]]:
    """Row, column and plan of the cells that a table's growth moves or leaves behind.

    What stands in a totals row goes down with it; the cells it leaves look like the record above.
    """
    shift = growth.last_record - table.last_record
    if not (table.totals and shift):
        return
    for row, cell, raw in _cells(sheet, table.area._replace(top=table.last_record + 1)):
        look = record_style(sheet, table, cell.column)
        yield row, cell.column, Put(None, style=look)
        yield row + shift, cell.column, Put(None, style=cell.style, moved=raw)


def record_style(sheet: Standing, table: Table, column: int) -> int | None:
    """Style of a column's last record, None where there is no cell."""
    cell = sheet.raw(table.last_record, column) if table.last_record > table.area.top else None
    return cell.style if cell else None
