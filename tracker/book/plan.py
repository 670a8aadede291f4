"""The plan of a refresh: which cells get which value, decided by comparing with what stands there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.book.changes import ColumnChange
from tracker.book.coerce import cell_text
from tracker.book.phrases import spoken
from tracker.book.read import Table, shown
from tracker.book.state import Marks, mark
from tracker.schema.model import Column
from tracker.schema.names import plain
from tracker.xlsx.refs import MAX_ROW
from tracker.xlsx.serial import to_serial
from tracker.xlsx.values import ErrorValue

if TYPE_CHECKING:
    import pandas as pd

_CLOSE = 1e-12  # programs re-save numbers with 15 digits


@dataclass(frozen=True, slots=True)
class TypedOver:
    """A computed cell that no longer holds what was written: somebody typed over it (GEN014)."""

    row: int
    field: str
    old: object
    new: object


def display_values(column: Column, values: pd.Series[Any], lang: str) -> list[Any]:
    """Computed values as cells hold them: labels for codes, dates, numbers; None for blank.

    Remarks (`tracker.book.phrases`) become one text.
    """
    if column.phrases:
        return [spoken(remarks, column.phrases, lang) for remarks in values]
    if column.picks:
        labels = {p.code: p.label(lang) for p in column.picks}
        return [labels.get(v, v) if isinstance(v, str) else None for v in values]
    if values.dtype.kind == "M":
        return [v.date() if full else None for v, full in zip(values, values.notna(), strict=True)]
    if values.dtype.kind == "f":
        return [v if -math.inf < v < math.inf else None for v in values.tolist()]
    return [v if v.__class__ is str else _plain(v) for v in values]


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str | bool | int | date):
        return value
    return float(value) if isinstance(value, float) or hasattr(value, "__float__") else str(value)


def column_changes(
    table: Table, name: str, wanted: Sequence[Any], row_ids: Mapping[int, str]
) -> ColumnChange:
    """Cells of one column that differ from what is wanted, aligned with the table's rows.

    An id that a person typed in another way (as a number, with spaces) stays as it is.
    """
    at, sheet = table.place.columns[name], table.place.sheet
    date1904, blocked, raw, rows = sheet.book.date1904, sheet.blocked, table.raw[name], table.rows
    is_id = table.module.by_name[name].owner == "id"
    found = [
        i
        for i, (old, new) in enumerate(zip(raw, wanted, strict=True))
        if not (old == new and old.__class__ is new.__class__)  # most of them, and the quickest
        and not same(old, new, date1904=date1904)
        and not (blocked and blocked.at(rows[i], at))
        and not (is_id and ((rows[i], name) in table.kept or _is_typed(old, new)))
    ]
    changed, olds, news = ([values[i] for i in found] for values in (rows, raw, wanted))
    return ColumnChange(sheet.name, at, name, changed, olds, news, row_ids)


def _is_typed(old: Any, new: Any) -> bool:
    """Whether an id cell already says what is wanted, or shows an error that is a formula's."""
    return isinstance(old, ErrorValue) or (old is not None and plain(cell_text(old)) == plain(new))


def spare_changes(table: Table) -> list[ColumnChange]:
    """Computed cells of rows that hold no record any more; they are cleared.

    What stands below the Excel table and its last record is no refresh's, which lets it grow.
    """
    sheet, scan, own = table.place.sheet, table.place.sheet.scan, table.place.table
    known = table.place.columns
    fields = {known[c.name]: c.name for c in table.module.owned("computed") if c.name in known}
    found = []
    last = max([own.area.bottom, *table.rows[-1:]]) if own else MAX_ROW
    for row in (r for r in table.spare if r <= last):
        for cell in scan.cells(scan.rows[row]):
            value = sheet.value(cell) if cell.column in fields else None
            if value not in (None, "") and not sheet.blocked.at(row, cell.column):
                at = cell.column, fields[cell.column]
                found.append(ColumnChange(sheet.name, *at, [row], [value], [None], {}))
    return found


def same(old: Any, new: Any, *, date1904: bool) -> bool:
    """Whether a cell already holds a value; blank text is blank."""
    if old in ("", None):
        return new in ("", None)
    if new is None or isinstance(old, ErrorValue):
        return False
    if isinstance(new, bool) or isinstance(old, bool):
        return old is new
    if isinstance(new, date):
        new = to_serial(new, date1904=date1904)
    if isinstance(new, int | float) and isinstance(old, int | float):
        return math.isclose(float(old), float(new), rel_tol=_CLOSE, abs_tol=_CLOSE)
    return bool(old == new)


def typed_over(table: Table, changes: Iterable[ColumnChange], marks: Marks) -> Iterator[TypedOver]:
    """Changes whose old value is not what the last refresh wrote there."""
    date1904 = table.place.sheet.book.date1904
    for part in changes if marks.lines else ():
        column = table.module.by_name[part.field]
        for row, old, new in zip(part.rows, part.old, part.new, strict=True):
            written = marks.of(part.row_ids.get(row, ""), part.field)
            if written is not None and mark(_markable(old)) != written:
                yield TypedOver(row, part.field, shown(old, column, date1904=date1904), new)


def _markable(old: Any) -> Any:
    return None if old == "" else str(old) if isinstance(old, ErrorValue) else old


def marks_of(columns: Mapping[str, list[Any]], ids: Iterable[str], *, date1904: bool) -> Marks:
    """Marks of the computed cells of some fields as they will stand, by row id."""
    keys, fields = list(ids), sorted(columns)
    lines = zip(*[_marks(columns[name], date1904=date1904) for name in fields], strict=True)
    return Marks(fields if keys else [], dict(zip(keys, map("".join, lines), strict=False)))


def _marks(values: list[Any], *, date1904: bool) -> list[str]:
    known: dict[Any, str] = {}
    for value in set(values):
        number = to_serial(value, date1904=date1904) if isinstance(value, date) else value
        is_count = isinstance(number, int) and not isinstance(number, bool)
        known[value] = mark(float(number) if is_count else number)
    return [known[value] for value in values]


def put(table: Table, change: ColumnChange) -> None:
    """Carry changes into the workbook's plan, with the column's number format."""
    column = table.module.by_name[change.field]
    table.place.sheet.put_column(change.column, change.rows, change.new, column.format)
