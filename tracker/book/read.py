"""One table into a typed frame whose index is the Excel row, with every fault at its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as having
from typing import TYPE_CHECKING, Any

from tracker.book.coerce import BLANKS, Fault, Reading, coercer
from tracker.book.locate import Place
from tracker.book.lookups import Context
from tracker.findings import Finding
from tracker.schema.model import Column, Module
from tracker.schema.names import plain
from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area
from tracker.xlsx.serial import from_serial
from tracker.xlsx.values import ErrorValue, decode

if TYPE_CHECKING:
    import pandas as pd

_TOTALS = {"合计", "小计", "总计", "total", "subtotal", "grandtotal"}
_LONGEST_LABEL = 16
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
_Grid = dict[int, dict[int, tuple[Any, int, bool]]]
"""row -> column -> (value, style, whether a formula gave it)"""


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
    """

    place: Place
    rows: list[int]
    raw: Mapping[str, list[Any]]
    frame: pd.DataFrame
    findings: list[Finding] = having(default_factory=list)
    bad: dict[int, set[str]] = having(default_factory=dict)
    spare: list[int] = having(default_factory=list)

    @property
    def module(self) -> Module:
        """The module that the table belongs to."""
        return self.place.module

    def finding(
        self, code: str, name: str | None, row: int | None, facts: Mapping[str, object] | None = None,
        *, fix: object = None, severity: str = "",
    ) -> Finding:  # fmt: skip
        """A finding at the cell of a field in a row, with what the cell holds."""
        column = self.place.columns.get(name) if name else None
        value = None
        if name is not None and name in self.raw and row is not None:
            value = self.raw[name][self._position(row)]
        if name is not None:
            value = shown(value, self.module.by_name[name], date1904=self.place.sheet.book.date1904)
        return Finding(
            code, self.place.sheet.name, self.module.name, name, row, column,
            self.place.headers.get(column) if column else None, value, facts or {}, fix, severity,
        )  # fmt: skip

    def _position(self, row: int) -> int:
        if not hasattr(self, "_positions"):
            self._positions = {r: i for i, r in enumerate(self.rows)}
        return self._positions[row]


def shown(raw: object, column: Column, *, date1904: bool) -> object:
    """What a cell holds as a person sees it: dates and times as text, errors as their sign."""
    if isinstance(raw, ErrorValue):
        return raw.text
    if isinstance(raw, float) and column.type in ("date", "monthday") and raw >= 1:
        moment = from_serial(raw, date1904=date1904)
        return moment.date().isoformat() if moment else raw
    if isinstance(raw, float) and column.type == "time" and 0 <= raw < 1:
        return "{:02d}:{:02d}".format(*divmod(round(raw * 1440), 60))
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 2**53:
        return int(raw)
    return raw


def read_table(place: Place, ctx: Context) -> Table:
    """Read the records of a table. Blank rows are skipped, hidden ones count."""
    grid, hidden = _grid(place)
    rows, spare, totals = _records(place, grid)
    raw = {
        name: [grid[r][c][0] if c in grid[r] else None for r in rows]
        for name, c in place.columns.items()
    }
    import pandas as pd

    table = Table(place, rows, raw, pd.DataFrame(index=pd.Index(rows, name="row", dtype="int64")))
    table.spare = spare
    _layout_findings(table, grid, hidden, totals)
    columns = {}
    for name in place.columns:
        column = place.module.by_name[name]
        if column.owner != "computed":
            columns[name] = _values(table, column, grid, ctx)
    _spread_ranges(table, columns)
    index = table.frame.index
    arrays = {n: _array(place.module.by_name[n], v, index) for n, v in columns.items()}
    table.frame = pd.DataFrame(arrays, index=index)
    return table


def _grid(place: Place) -> tuple[_Grid, int]:
    """Cells of the mapped columns below the header, and how many hidden rows hold some."""
    scan, strings = place.sheet.scan, place.sheet.book.strings
    wanted, data, prefix = frozenset(place.columns.values()), scan.data, scan.prefix
    grid: _Grid = {}
    hidden = 0
    for number, row in scan.rows.items():
        if number <= place.header_row:
            continue
        cells = {
            c.column: (decode(c, strings, prefix), c.style, c.formula)
            for c in scan.cells(row)
            if (c.value is not None or c.formula) and c.column in wanted
        }
        if cells:
            grid[number] = cells
            hidden += _HIDDEN.search(data, row.start, row.body) is not None
    return grid, hidden


def _records(place: Place, grid: _Grid) -> tuple[list[int], list[int], list[tuple[int, str]]]:
    """Rows that are records, rows with nothing but the tool's cells, rows of totals."""
    inputs = {c for n, c in place.columns.items() if place.module.by_name[n].owner == "input"}
    table_totals = {
        r
        for t in place.sheet.tables
        if t.area.top == place.header_row
        for r in range(t.last_record + 1, t.area.bottom + 1)
    }
    rows, spare, totals = [], [], []
    for number, cells in grid.items():
        if number in table_totals:
            continue
        filled = [v for c, (v, _, f) in cells.items() if c in inputs and (f or _filled(v))]
        label = next((v for v in filled if _is_total(v)), None)
        if not filled:
            spare.append(number)
        elif label is not None:
            totals.append((number, str(label)))
        else:
            rows.append(number)
    return rows, spare, totals


def _filled(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip(BLANKS))


def _is_total(value: object) -> bool:
    """Whether a cell says that its row sums up others."""
    if not isinstance(value, str) or len(value) >= _LONGEST_LABEL:
        return False
    return ("计" in value or "otal" in value.lower()) and plain(value).rstrip(":") in _TOTALS


def _layout_findings(
    table: Table, grid: _Grid, hidden: int, totals: Sequence[tuple[int, str]]
) -> None:
    place = table.place
    for name, column, other in place.match.doubled:
        where = Finding(
            "GEN005", place.sheet.name, table.module.name, name, place.header_row, column,
            place.headers[column], place.headers[column], {"other": place.headers[other]},
        )  # fmt: skip
        table.findings.append(where)
    for row, label in totals:
        table.findings.append(
            Finding("GEN019", place.sheet.name, table.module.name, row=row, value=label, facts={"label": label})
        )  # fmt: skip
    if hidden:
        table.findings.append(
            Finding("GEN012", place.sheet.name, table.module.name, facts={"count": hidden})
        )
    for merged in _merged_records(place, set(grid)):
        fields = {n for n, c in place.columns.items() if merged.left <= c <= merged.right}
        keys = [n for n in fields if _is_key(table.module, n)]
        if keys and merged.top in table.frame.index:
            facts = {"range": str(merged)}
            table.findings.append(table.finding("GEN013", min(keys), merged.top, facts))
        for row in range(merged.top, merged.bottom + 1):
            table.bad.setdefault(row, set()).update(fields)


def _is_key(module: Module, name: str) -> bool:
    return name == module.id_field or module.by_name[name].need == "required"


def _merged_records(place: Place, rows: set[int]) -> list[Range]:
    """Merged areas of more than one cell that lie over records."""
    found = []
    for m in re.finditer(rb"<(?:[\w.-]+:)?mergeCell\s[^>]*>", place.sheet.scan.tail):
        ref = markup.get(m[0], b"ref") or b""
        where = area(ref.decode())
        if where.top > place.header_row and any(
            r in rows for r in range(where.top, where.bottom + 1)
        ):
            found.append(where)
    return found


def _values(table: Table, column: Column, grid: _Grid, ctx: Context) -> list[object]:
    """Typed values of one column; faults go to the table's findings."""
    at = table.place.columns[column.name]
    book = table.place.sheet.book
    picks = ctx.picks.get((table.module.name, column.name))
    read = coercer(column, ctx.variants, picks, date1904=book.date1904)
    is_date, values = book.styles.is_date, list[object]()
    known: dict[tuple[object, bool, bool], Reading] = {}
    for row in table.rows:
        cell = grid[row].get(at)
        if cell is None:
            values.append(None)
            continue
        raw, style, formula = cell
        value, fault = None, None
        if isinstance(raw, ErrorValue):
            fault = Fault("GEN009", {"error": raw.text})
        elif raw is not None:
            dated = isinstance(raw, float) and is_date(style)
            key = (raw, dated, isinstance(raw, bool))  # True equals 1.0
            if key not in known:
                known[key] = read(raw, dated)
            value, fault = known[key]
        elif formula:
            fault = Fault("GEN011")
        values.append(value)
        if fault is not None:
            _note(table, column, row, value, fault)
    return values


def _note(table: Table, column: Column, row: int, value: object, fault: Fault) -> None:
    found = table.finding(fault.code, column.name, row, fault.facts, fix=fault.fix)
    if fault.code == "GEN009" and column.need == "required":
        found = replace(found, severity="error")
    table.findings.append(found)
    if value is None:
        table.bad.setdefault(row, set()).add(column.name)


def _spread_ranges(table: Table, columns: dict[str, list[Any]]) -> None:
    """Give the second half of "9:30-10:00" to its own column where that is blank."""
    for name, values in columns.items():
        into = table.module.by_name[name].range_into
        for i, value in enumerate(values):
            if isinstance(value, tuple) and into:
                values[i] = value[0]
                if into in columns and columns[into][i] is None:
                    columns[into][i] = value[1]


def _array(column: Column, values: list[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Values as a series of the dtype that the type of a column has in frames."""
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return pd.Series(np.array(values, dtype="datetime64[s]"), index=index)
    if column.type in ("num", "int", "time"):
        numbers = [np.nan if v is None else v for v in values]
        return pd.Series(np.array(numbers, dtype="float64"), index=index)
    objects = np.fromiter(values, dtype=object, count=len(values))
    return pd.Series(objects, index=index, dtype=object)
