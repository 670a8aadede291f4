"""The cells that findings propose to put right: which may be, and what is put into them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property

from tracker.book.changes import CellChange
from tracker.book.coerce import Coercer, coercer
from tracker.book.lookups import Context
from tracker.book.read import Table, shown
from tracker.findings import Finding
from tracker.xlsx import Sheet
from tracker.xlsx.scan import RawCell
from tracker.xlsx.serial import to_serial
from tracker.xlsx.values import ISO, Put, refuse_unstorable

_TEXT_FORMAT = "@"
_RUN = re.compile(rb"<(?:[\w.-]+:)?r[\s>]")


@dataclass(unsafe_hash=True, slots=True)
class FixedCell(CellChange):
    """A cell that is put right, the code of the finding that proposed it, its column's header."""

    code: str
    header: str


def settled(
    findings: Iterable[Finding], tables: Mapping[str, Table], ctx: Context
) -> list[Finding]:
    """The findings, those that propose a value for a cell which may not get it without the fix.

    A formula, a part of a merged area, a text in several formats, an id and a computed cell are
    never fixed, nor one whose proposed value would read as another than the cell does now.
    """
    found = list(findings)
    asking = [i for i, f in enumerate(found) if f.fix is not None]
    asking.sort(key=lambda i: (found[i].module or "", found[i].row or 0))
    menders = {name: _Mender(t, ctx) for name, t in tables.items()} if asking else {}
    for i in asking:
        mender = menders.get(found[i].module or "")
        if mender is None or not mender.may(found[i]):
            found[i] = replace(found[i], fix=None)
    return found


class _Mender:
    """Knows of the cells of one table whether they may be put right."""

    def __init__(self, table: Table, ctx: Context) -> None:
        self.table, self.ctx = table, ctx
        self._reader = cache(self._make_reader)
        self._row: tuple[int, dict[int, RawCell]] = (0, {})

    def may(self, f: Finding) -> bool:
        """Whether the cell of a finding may get the value that it proposes."""
        column = self.table.module.by_name.get(f.field or "")
        at = self.table.place.columns.get(f.field or "")
        if column is None or column.owner != "input" or f.row is None or at is None:
            return False
        cell = self._cells(f.row).get(at)
        if cell is None or cell.formula or self._is_shared(f.row, at):
            return False
        return not self._is_rich(cell) and self._reads_well(f, cell)

    @property
    def _sheet(self) -> Sheet:
        return self.table.place.sheet

    def _cells(self, row: int) -> dict[int, RawCell]:
        if self._row[0] != row:
            scan = self._sheet.scan
            self._row = row, {c.column: c for c in scan.cells(scan.rows[row])}
        return self._row[1]

    def _is_shared(self, row: int, column: int) -> bool:
        """Whether the cell is part of a larger one, be it the first."""
        return (row, column) in self._firsts or bool(self._sheet.blocked.at(row, column))

    @cached_property
    def _firsts(self) -> set[tuple[int, int]]:
        return {(where.top, where.left) for where, _ in self._sheet.blocked.areas}

    def _is_rich(self, cell: RawCell) -> bool:
        raw = cell.value or b""
        if cell.kind == b"s":
            return raw.isdigit() and int(raw) in self._sheet.book.strings.rich
        return cell.kind == b"inlineStr" and _RUN.search(raw) is not None

    def _make_reader(self, name: str) -> Coercer:
        module, book = self.table.module, self._sheet.book
        picks, column = self.ctx.picks.get((module.name, name)), module.by_name[name]
        return coercer(column, self.ctx.variants, picks, date1904=book.date1904, lang=self.ctx.lang)

    def _reads_well(self, f: Finding, cell: RawCell) -> bool:
        """Whether the new value can be stored, has no fault, and reads as what stands there now."""
        book, read = self._sheet.book, self._reader(str(f.field))
        try:
            refuse_unstorable(f.fix, date1904=book.date1904)
            value, fault = read(_stored(f.fix, date1904=book.date1904), True)
        except (ValueError, TypeError):
            return False
        if fault is not None or value is None:
            return False
        if self.ctx.schema.codes[f.code].severity == "error":
            return True  # as it stands it reads as nothing that counts
        dated = book.styles.is_date(cell.style) or cell.kind == ISO
        return value == read(self._sheet.value(cell), dated)[0]


def _stored(value: object, *, date1904: bool) -> object:
    """A proposed value as it is read back from its cell."""
    if isinstance(value, date):
        return float(to_serial(value, date1904=date1904))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def fixed_cells(
    table: Table, findings: Iterable[Finding], row_ids: Mapping[int, str]
) -> Iterator[FixedCell]:
    """A change for each cell of a table that findings put right; faults go before the rest.

    `findings` are settled and sorted with the graver one first at each cell.
    """
    told = set[tuple[int, str]]()
    for f in findings:
        if f.row is None or f.field is None or f.fix is None or (f.row, f.field) in told:
            continue
        told.add((f.row, f.field))
        at, sheet, ident = table.place.columns[f.field], table.place.sheet, row_ids.get(f.row)
        yield FixedCell(
            sheet.name, f.row, at, _old(table, f), f.fix, f.field, ident, f.code, f.header or ""
        )


def _old(table: Table, f: Finding) -> object:
    """What a cell shows to a person: a serial number as a date only where its format does so."""
    sheet, row, name = table.place.sheet, f.row or 0, f.field or ""
    cell = sheet.raw(row, table.place.columns[name])
    value = sheet.value(cell) if cell else None
    if cell and isinstance(value, float) and sheet.book.styles.is_date(cell.style):
        return shown(value, table.module.by_name[name], date1904=sheet.book.date1904)
    return value


def put_fixed(table: Table, change: FixedCell) -> None:
    """Carry a fix into the workbook's plan, in a format in which it stays what it is."""
    sheet = table.place.sheet
    cell = sheet.raw(change.row, change.column)
    style = cell.style if cell else 0
    sheet.put(change.row, change.column, _put(table, change, style))


def _put(table: Table, change: FixedCell, style: int) -> Put:
    """A date shows as one, a number as one; a text that a program would take for either is kept."""
    column, styles = table.module.by_name[change.field], table.place.sheet.book.styles
    shown, value = styles.number_format(style), change.new
    if isinstance(value, datetime):
        return Put(value)
    if isinstance(value, date):
        return Put(value, column.format)
    if isinstance(value, str):
        reads_as_number = column.type == "period" or bool(column.patterns)
        keeps = not reads_as_number or shown == _TEXT_FORMAT
        return Put(value) if keeps else Put(value, _TEXT_FORMAT, over=True)
    assert isinstance(value, float | int)
    over = shown == _TEXT_FORMAT or styles.is_date(style)
    return Put(value, column.format or ("General" if over else None), over=over)
