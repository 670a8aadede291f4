"""Cells that are set on somebody's behalf: into rows that stand there, and into new ones below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from tracker.book.changes import CellChange
from tracker.book.look import number_format
from tracker.book.rows import Plain, Rows, as_cell
from tracker.xlsx.growing import is_taken
from tracker.xlsx.refs import Range
from tracker.xlsx.tables import Table, headed
from tracker.xlsx.values import ErrorValue, Put

Record = Mapping[str, Plain]


def set_cell(rows: Rows, row: int, field: str, value: Plain, lang: str, row_id: str) -> CellChange:
    """Plan a cell of a row that stands there; its format stays."""
    column, sheet = rows.described[field], rows.sheet
    new = as_cell(value, column, rows.picks.get(field), lang)
    raw = sheet.raw(row, rows.columns[field])
    old = sheet.value(raw) if raw else None
    sheet.put(row, rows.columns[field], Put(new, number_format(column)))
    return CellChange(sheet.name, row, rows.columns[field], old, new, field, row_id)


def clear_row(rows: Rows, row: int, row_id: str) -> Iterator[CellChange]:
    """Plan that no column of the table holds anything in a row; columns of the person's own do."""
    fields = {c: f for f, c in rows.columns.items()}
    where = rows.sheet.scan.rows[row]
    for cell in rows.sheet.scan.cells(where):
        value = rows.sheet.value(cell)
        ours = cell.column in fields and (cell.formula or value is not None)
        if ours and not rows.sheet.blocked.at(row, cell.column):
            rows.sheet.put(row, cell.column, Put(None))
            field = fields[cell.column]
            yield CellChange(rows.sheet.name, row, cell.column, value, None, field, row_id)


def close_gaps(rows: Rows, gone: Sequence[int]) -> Iterator[CellChange]:
    """Plan that records go from a list and those below them move up, so that no row is left empty.

    Nothing is planned where `can_close` says no.
    """
    left = [row for row in rows.cells if row not in gone]
    for at, row in zip_longest(rows.cells, left):
        for field, column in rows.columns.items():
            raw = rows.sheet.raw(row, column) if row is not None else None
            new = rows.sheet.value(raw) if raw is not None else None
            old_cell = rows.sheet.raw(at, column)
            old = rows.sheet.value(old_cell) if old_cell else None
            if new != old and not isinstance(new, ErrorValue):
                rows.sheet.put(at, column, Put(new))
                yield CellChange(rows.sheet.name, at, column, old, new, field, None)


def can_close(rows: Rows, gone: Sequence[int]) -> bool:
    """Whether nothing but plain values in the list's own columns stands in the rows that would move."""
    first, ours = min(gone), set(rows.columns.values())
    moving = (r for r in rows.sheet.scan.rows.values() if r.number >= first)
    cells = [(r.number, c) for r in moving for c in rows.sheet.scan.cells(r)]
    return not any(
        rows.sheet.blocked.at(row, c.column)
        or c.formula
        or isinstance(rows.sheet.value(c), ErrorValue)
        or (c.column not in ours and rows.sheet.value(c) not in (None, ""))
        for row, c in cells
    )


def add_rows(
    rows: Rows, records: Sequence[Record], lang: str
) -> list[tuple[int, list[CellChange]]]:
    """Plan new rows below the last record, in its look; each with its Excel row.

    A table grows over them, its totals moving down. Fewer come back where there is no room.
    """
    above = rows.last if rows.last > rows.header_row else None
    looks = {f: _style(rows, above, f) for f in rows.columns} if above else {}
    found = []
    for row, record in zip(_free(rows, len(records)), records, strict=False):
        changes = []
        for field, value in record.items():
            if field in rows.columns and value is not None:
                changes.append(_new_cell(rows, row, field, value, lang, looks.get(field)))
        found.append((row, changes))
    return found


def _style(rows: Rows, row: int, field: str) -> int | None:
    """Style of a field's cell in a row; None where there is no cell."""
    cell = rows.sheet.raw(row, rows.columns[field])
    return cell.style if cell else None


def _new_cell(
    rows: Rows, row: int, field: str, value: Plain, lang: str, look: int | None
) -> CellChange:
    column, at, sheet = rows.described[field], rows.columns[field], rows.sheet
    style = None if sheet.raw(row, at) else look
    new = as_cell(value, column, rows.picks.get(field), lang)
    sheet.put(row, at, Put(new, number_format(column), style=style))
    return CellChange(sheet.name, row, at, None, new, field, None)


def _free(rows: Rows, count: int) -> list[int]:
    """Rows below the last record in which nothing stands."""
    table = headed(rows.sheet.tables, rows.header_row, rows.columns.values())
    if table is not None and table.totals:
        return _above_totals(rows, table, count)
    left, right = min(rows.columns.values()), max(rows.columns.values())
    free, row = list[int](), rows.last
    while len(free) < count:
        row += 1
        if not is_taken(rows.sheet, Range(row, left, row, right)):
            free.append(row)
    if table is not None and free:
        rows.sheet.grow_table(table.name, free[-1])
    return free


def _above_totals(rows: Rows, table: Table, count: int) -> list[int]:
    """Rows between the records of a table and its totals, which move down for them."""
    first, last = rows.last + 1, rows.last + count
    grown = last <= table.last_record or rows.sheet.grow_table(table.name, last)
    return list(range(first, last + 1)) if grown else []
