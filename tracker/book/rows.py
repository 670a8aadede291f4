"""Rows of a table or of a list as plain values, and plain values as cells again.

A plain value is a text, a number, a truth value or None: the code of a pick, the ISO text of a
day. What cannot be read stands as the text that it is, so that it differs from everything sound.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from typing import Any

from tracker.book.coerce import cell_text, coercer
from tracker.book.lists import YES_NO
from tracker.book.lookups import Context, list_place
from tracker.book.read import Table
from tracker.schema.model import Column, Lookup
from tracker.schema.names import PickList, plain
from tracker.xlsx import Sheet
from tracker.xlsx.values import ErrorValue, Value

Plain = str | float | bool | None
_SEPARATOR = "、"


@dataclass
class Rows:
    """Where rows stand, and what they hold.

    Attributes:
        columns: column number by field; `described` the column itself.
        picks: pick-list by field.
        cells: Excel row -> field -> plain value, blank ones as None; records alone.
        faults: (row, field) of what could not be read, with the finding's code.
        headers: header text by field.
    """

    sheet: Sheet
    header_row: int
    columns: Mapping[str, int]
    described: Mapping[str, Column]
    picks: Mapping[str, PickList]
    cells: dict[int, dict[str, Plain]] = having(default_factory=dict)
    faults: dict[tuple[int, str], str] = having(default_factory=dict)
    headers: Mapping[str, str] = having(default_factory=dict)

    @property
    def last(self) -> int:
        """Row of the last record; that of the header where there is none."""
        return max(self.cells, default=self.header_row)


def table_rows(table: Table, fields: Iterable[str], ctx: Context) -> Rows:
    """Rows of a module's table, in some of its fields."""
    place, module = table.place, table.module
    known = [f for f in fields if f in place.columns and f in table.frame]
    rows = Rows(
        place.sheet, place.header_row, place.columns, module.by_name,
        {f: ctx.picks[module.name, f] for f in known if (module.name, f) in ctx.picks},
        headers={f: place.headers[c] for f, c in place.columns.items() if c in place.headers},
    )  # fmt: skip
    typed = [
        [_plain(v, raw) for v, raw in zip(table.frame[f].tolist(), table.raw[f], strict=True)]
        for f in known
    ]
    for i, row in enumerate(table.rows):
        rows.cells[row] = {f: values[i] for f, values in zip(known, typed, strict=True)}
    for row, bad in table.bad.items():
        rows.faults |= {(row, f): "GEN002" for f in bad if f in known}
    return rows


def list_rows(sheet: Sheet, look: Lookup, ctx: Context) -> Rows | None:
    """Rows of a list that people edit; None where its header is not found."""
    place = list_place(sheet, look)
    if place is None:
        return None
    number, columns = place
    described = {c.name: c for c in look.columns}
    picks = {c.name: PickList(c.picks, ctx.variants) for c in look.columns if c.picks}
    texts = {f: sheet.raw(number, c) for f, c in columns.items()}
    headers = {f: str(sheet.value(cell)) for f, cell in texts.items() if cell}
    rows = Rows(sheet, number, columns, described, picks, headers=headers)
    read = {
        f: coercer(described[f], ctx.variants, picks.get(f), date1904=sheet.book.date1904)
        for f in columns
    }
    by_column = {c: f for f, c in columns.items()}
    for row, where in sheet.scan.rows.items():
        line: dict[str, Plain] = dict.fromkeys(columns)
        for cell in sheet.scan.cells(where) if row > number else ():
            field, raw = by_column.get(cell.column), sheet.value(cell)
            if field is not None and raw not in (None, ""):
                value = None if isinstance(raw, ErrorValue) else read[field](raw, False)[0]
                line[field] = _plain(value, raw)
        if any(v is not None for v in line.values()):
            rows.cells[row] = line
    return rows


def _plain(value: Any, raw: object) -> Plain:
    """A typed value, or the text of a cell that could not be read, as a plain one."""
    if value is None or value != value:
        text = "" if raw is None else str(raw) if isinstance(raw, ErrorValue) else cell_text(raw)
        return text.strip() or None
    return plain_value(value)


def plain_value(value: Any) -> Plain:
    """A typed value as a plain one."""
    if isinstance(value, tuple):
        return _SEPARATOR.join(map(str, value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, bool | str) else float(value)


def as_cell(value: Plain, column: Column, picks: PickList | None, lang: str) -> Value:
    """A plain value as a person would type it into a cell of that column."""
    if value is None:
        return None
    if column.type == "bool" and isinstance(value, bool):
        return YES_NO[not value].label(lang)
    if picks is not None and isinstance(value, str):
        parts = value.split(_SEPARATOR) if column.type == "multi" else [value]
        known = (picks.by_code.get(p) for p in parts)
        return _SEPARATOR.join(k.label(lang) if k else p for k, p in zip(known, parts, strict=True))
    if column.type == "date" and isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    if column.type == "time" and isinstance(value, float):
        return dt.time(*divmod(int(value), 60))
    return value


def key_text(values: Sequence[object]) -> str:
    """What rows are the same by, as one text: spelling and case do not count."""
    said = [plain(v) if isinstance(v, str) else v for v in values]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
