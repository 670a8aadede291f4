"""One table into a typed frame whose index is the Excel row, with every fault at its cell."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as having
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.book.coerce import MONTH_DAY, NO_YEAR, Coercer, Fault, Reading, coercer, unreadable
from tracker.book.days import LUNAR_ALONE, near
from tracker.book.grid import Grid, read_grid
from tracker.book.locate import Place
from tracker.book.lookups import Context
from tracker.findings import Finding
from tracker.schema.model import Column, Module
from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area, ref
from tracker.xlsx.serial import from_serial
from tracker.xlsx.values import ErrorValue

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Table:
    """A module's table as read.

    Attributes:
        place: where it stands.
        rows: Excel rows of its records, ascending.
        raw: what the cells of each mapped column hold, by field, aligned with `rows`.
        frame: typed values of input and id columns; index = Excel row, named "row".
        findings: faults of spelling and layout (GEN001 and the like are found later).
        bad: fields by row whose value could not be read; rules about them stay silent.
        spare: rows that hold nothing but the tool's own cells.
        kept: (row, field) of cells that are never written although they read as blank: formulas
            without a saved result.
        spread: (row, field) of cells that are blank but have half of another one's range, with what
            that one holds.
    """

    place: Place
    rows: list[int]
    raw: Mapping[str, list[Any]]
    frame: pd.DataFrame
    findings: list[Finding] = having(default_factory=list)
    bad: dict[int, set[str]] = having(default_factory=dict)
    spare: list[int] = having(default_factory=list)
    kept: set[tuple[int, str]] = having(default_factory=set)
    spread: dict[tuple[int, str], Any] = having(default_factory=dict)

    @property
    def module(self) -> Module:
        """The module that the table belongs to."""
        return self.place.module

    def finding(
        self, code: str, name: str | None, row: int | None,
        facts: Mapping[str, object] | None = None, *, fix: object = None, severity: str = "",
    ) -> Finding:  # fmt: skip
        """A finding at the cell of a field in a row, with what the cell holds."""
        column = self.place.columns.get(name) if name else None
        value = None
        if name is not None and name in self.raw and row is not None:
            value = self.spread.get((row, name), self.raw[name][self._positions[row]])
        if name is not None:
            value = shown(value, self.module.by_name[name], date1904=self.place.sheet.book.date1904)
        return Finding(
            code, self.place.sheet.name, self.module.name, name, row, column,
            self.place.headers.get(column) if column else None, value, facts or {}, fix, severity,
        )  # fmt: skip

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {r: i for i, r in enumerate(self.rows)}


def shown(raw: object, column: Column, *, date1904: bool) -> object:
    """What a cell holds as a person sees it: dates and times as text, errors as their sign."""
    if isinstance(raw, ErrorValue):
        return raw.text
    serial = isinstance(raw, float) and column.type == "period" and 20_000 <= raw < 80_000
    if serial or (isinstance(raw, float) and column.type in ("date", "monthday") and raw >= 1):
        assert isinstance(raw, float)
        moment = from_serial(raw, date1904=date1904)
        return moment.date().isoformat() if moment else raw
    if isinstance(raw, float) and column.type == "time" and 0 <= raw < 1:
        return "{:02d}:{:02d}".format(*divmod(round(raw * 1440), 60))
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 2**53:
        return int(raw)
    return raw


def read_table(place: Place, ctx: Context) -> Table:
    """Read the records of a table. Blank rows are skipped, hidden ones count."""
    import pandas as pd

    grid = read_grid(place)
    index = pd.Index(grid.rows, name="row", dtype="int64")
    table = Table(place, grid.rows, grid.columns(), pd.DataFrame(index=index))
    table.spare, table.kept = grid.spare, grid.uncalculated
    _layout_findings(table, grid)
    by_name, columns = place.module.by_name, dict[str, list[Any]]()
    for name in place.columns:
        if by_name[name].owner != "computed":
            columns[name] = _values(table, by_name[name], grid, ctx)
    _spread_ranges(table, columns)
    _hold_against_calendar(table, columns)
    arrays = {n: _array(by_name[n], v, index) for n, v in columns.items()}
    names = pd.Index(
        list(arrays), dtype=object
    )  # a text index takes three times as long to look up
    table.frame = pd.DataFrame(arrays, index=index, columns=names, copy=False)
    return table


def _layout_findings(table: Table, grid: Grid) -> None:
    place = table.place
    for name, column, other in place.match.doubled:
        first = f"{ref(place.header_row, other)} “{place.headers[other]}”"
        facts = {"zh": f"与 {first} 是同一字段", "en": f"it is the same field as {first}"}
        table.findings.append(
            Finding("GEN005", place.sheet.name, table.module.name, name, place.header_row, column,
                    place.headers[column], place.headers[column], {"other": facts})
        )  # fmt: skip
    for row, name, label in grid.totals:
        column = place.columns[name]
        table.findings.append(
            Finding("GEN019", place.sheet.name, table.module.name, name, row, column,
                    place.headers[column], label, {"label": label.strip()})
        )  # fmt: skip
    if grid.hidden:
        table.findings.append(
            Finding("GEN012", place.sheet.name, table.module.name, facts={"count": grid.hidden})
        )
    _note_merged(table, _merged_areas(place))


def _merged_areas(place: Place) -> list[Range]:
    """Merged areas below the header."""
    refs = (
        markup.get(m[0], b"ref")
        for m in re.finditer(rb"<(?:[\w.-]+:)?mergeCell\s[^>]*>", place.sheet.scan.tail)
    )
    found = [area(ref.decode()) for ref in refs if ref]
    return [m for m in found if m.top > place.header_row]


def _note_merged(table: Table, areas: Iterable[Range]) -> None:
    """A merged area over a key column: a finding at each record under it, since none is sure.

    Areas over the same columns are gone through together, a record under several of them once.
    """
    columns = sorted(table.place.columns.items(), key=lambda item: item[1])
    spans: dict[tuple[str, ...], list[Range]] = {}
    for merged in areas:
        fields = tuple(n for n, c in columns if merged.left <= c <= merged.right)
        if fields:
            spans.setdefault(fields, []).append(merged)
    for fields, alike in spans.items():
        key = next((n for n in fields if _is_key(table, n)), None)
        for row, merged in _rows_under(table.rows, alike):
            if key is not None:
                table.findings.append(table.finding("GEN013", key, row, {"range": str(merged)}))
            table.bad.setdefault(row, set()).update(fields)


def _rows_under(rows: list[int], areas: list[Range]) -> Iterator[tuple[int, Range]]:
    """Each row under at least one area, with the first that covers it; `rows` ascend."""
    at = 0
    for merged in sorted(areas, key=lambda a: a.top):
        at = max(at, bisect_left(rows, merged.top))
        while at < len(rows) and rows[at] <= merged.bottom:
            yield rows[at], merged
            at += 1


def _is_key(table: Table, name: str) -> bool:
    return name == table.module.id_field or table.module.by_name[name].need == "required"


def _values(table: Table, column: Column, grid: Grid, ctx: Context) -> list[Any]:
    """Typed values of one column; faults go to the table's findings."""
    name, raws = column.name, table.raw[column.name]
    picks = ctx.picks.get((table.module.name, name))
    date1904 = table.place.sheet.book.date1904
    read = coercer(column, ctx.variants, picks, date1904=date1904, lang=ctx.lang)
    undated = {row for row, field in grid.undated if field == name}
    uncalculated = {row for row, field in grid.uncalculated if field == name}
    known = _readings(set(raws), read)
    if known is None or undated or uncalculated:
        readings = [
            _reading(raw, read, dated=row not in undated, uncalculated=row in uncalculated)
            for row, raw in zip(table.rows, raws, strict=True)
        ]
    else:
        readings = [known[raw] for raw in raws]
    values = [value for value, _ in readings]
    if known is None or uncalculated or undated or any(fault for _, fault in known.values()):
        for i, (_, fault) in enumerate(readings):
            if fault is not None:
                _note(table, column, i, values, fault)
    return values


def _readings(raws: set[Any], read: Coercer) -> dict[Any, Reading] | None:
    """What each distinct value reads as; None where values may be mixed up (True equals 1.0)."""
    if bool in set(map(type, raws)):
        return None
    return {raw: _reading(raw, read, dated=True, uncalculated=False) for raw in raws}


def _reading(raw: Any, read: Coercer, *, dated: bool, uncalculated: bool) -> Reading:
    if raw is None:
        return None, Fault("GEN011") if uncalculated else None
    if isinstance(raw, ErrorValue):
        return None, Fault("GEN009", {"error": raw.text})
    return read(raw, dated)


def _note(table: Table, column: Column, i: int, values: list[Any], fault: Fault) -> None:
    row, facts, fix = table.rows[i], fault.facts, fault.fix
    if MONTH_DAY in facts:
        month, day = map(int, str(facts[MONTH_DAY]).split("-"))
        fix = _with_year(month, day, i, values)
        if column.data_class != "public":
            facts = {**facts, "example": f"{NO_YEAR}MM-DD"}
    found = table.finding(fault.code, column.name, row, facts, fix=fix)
    if fault.code == "GEN009" and column.need == "required":
        found = replace(found, severity="error")
    table.findings.append(found)
    if values[i] is None:
        table.bad.setdefault(row, set()).add(column.name)


def _with_year(month: int, day: int, i: int, values: list[Any]) -> dt.date | None:
    """A date without its year, taken to lie near the dates of the rows about it."""
    above = next((v for v in reversed(values[:i]) if isinstance(v, dt.date)), None)
    about = above or next((v for v in values[i:] if isinstance(v, dt.date)), None)
    return near(month, day, about) if about else None


def _spread_ranges(table: Table, columns: dict[str, list[Any]]) -> None:
    """Give the second half of "9:30-10:00" to its own column where that is blank."""
    for name, values in columns.items():
        into = table.module.by_name[name].range_into
        for i, value in enumerate(values) if into else ():
            if isinstance(value, tuple):
                values[i] = value[0]
                if into in columns and columns[into][i] is None:
                    columns[into][i] = value[1]
                    table.spread[table.rows[i], into] = table.raw[name][i]


def _hold_against_calendar(table: Table, columns: dict[str, list[Any]]) -> None:
    """A day that the lunar calendar alone has cannot be read in a row of the common one."""
    for name, values in columns.items():
        column = table.module.by_name[name]
        for i, value in enumerate(values) if column.lunar_if else ():
            told = (
                (columns[n][i] if n in columns else None, w) for n, w in column.lunar_if.items()
            )
            if value and value.endswith(LUNAR_ALONE) and not all(v in wanted for v, wanted in told):
                values[i] = None
                _note(table, column, i, values, unreadable(column))


def _array(column: Column, values: list[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Values as a series of the dtype that the type of a column has in frames."""
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return pd.Series(np.array(values, dtype="datetime64[s]"), index=index, copy=False)
    if column.type in ("num", "int", "time"):
        return pd.Series(np.array(values, dtype="float64"), index=index, copy=False)
    objects = np.fromiter(values, dtype=object, count=len(values))
    return pd.Series(objects, index=index, dtype=object, copy=False)
