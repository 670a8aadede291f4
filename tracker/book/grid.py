"""The cells of a table below its header: rows of values, told apart into records and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from typing import Any

from tracker.book.coerce import BLANKS
from tracker.book.locate import Place
from tracker.errors import UnsuitableFileError
from tracker.schema.model import Column
from tracker.schema.names import loose
from tracker.xlsx.refs import letters
from tracker.xlsx.scan import RawCell, Row, told, told_cell
from tracker.xlsx.values import ISO, decode

_TOTALS = {"合计", "小计", "总计", "total", "subtotal", "grandtotal"}
_LONGEST_LABEL = 16
MOST_ROWS = 250_000
"""Rows of a table that are read: several times what is kept in one by hand."""
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
_DATED = frozenset({"date", "monthday", "period", "text", "ref"})
"""Types for which it matters whether a number's format shows a date."""


@dataclass
class Grid:
    """What stands below a header.

    Attributes:
        fields: the mapped columns, from left to right.
        rows, lines: Excel rows of the records, and their cells by field, aligned.
        spare: rows that hold nothing but the tool's own cells.
        totals: rows that sum up others, each with the field and the text that say so.
        hidden: how many of the records are hidden or filtered out.
        undated: (row, field) of numbers whose format shows no date, where that matters.
        uncalculated: (row, field) of formulas without a saved result.
    """

    fields: list[str]
    rows: list[int] = having(default_factory=list)
    lines: list[list[Any]] = having(default_factory=list)
    spare: list[int] = having(default_factory=list)
    totals: list[tuple[int, str, str]] = having(default_factory=list)
    hidden: int = 0
    undated: set[tuple[int, str]] = having(default_factory=set)
    uncalculated: set[tuple[int, str]] = having(default_factory=set)

    def columns(self) -> dict[str, list[Any]]:
        """What the records hold, by field."""
        if not self.lines:
            return {name: [] for name in self.fields}
        return {n: list(c) for n, c in zip(self.fields, zip(*self.lines, strict=True), strict=True)}


def read_grid(place: Place) -> Grid:
    """Read the mapped columns of a table, the totals rows of the Excel table apart.

    UnsuitableFileError where a row holds what cannot be told apart, or there are too many.
    """
    fields = sorted(place.columns, key=place.columns.__getitem__)
    grid = Grid(fields)
    hidden = set[int]()
    with place.sheet.book.suitable():
        lines = _lines(place, grid, hidden)
    for row in _table_totals(place):
        lines.pop(row, None)
    _sort_out(place, grid, lines)
    grid.hidden = len(hidden.intersection(grid.rows))
    return grid


def _table_totals(place: Place) -> Iterable[int]:
    t = place.table
    return range(t.last_record + 1, t.area.bottom + 1) if t else ()


def _lines(place: Place, grid: Grid, hidden: set[int]) -> dict[int, list[Any]]:
    """Rows with at least one filled cell in a mapped column; numbers of hidden ones are added."""
    reader, found, data = _Reader(place, grid), dict[int, list[Any]](), place.sheet.scan.data
    for row in place.sheet.scan.rows.standing():
        line = reader.line(row) if row.number > place.header_row else None
        if line is None:
            continue
        found[row.number] = line
        if _HIDDEN.search(data, row.start, row.body):
            hidden.add(row.number)
        if len(found) > MOST_ROWS:
            raise _too_many(place)
    return found


class _Known(dict[bytes | RawCell | None, Any]):
    """What cells hold, by all that they say: cells that say the same are looked at once.

    Attributes:
        undated: those that hold numbers and whose format shows no date.
        uncalculated: those that are formulas without a saved result.
    """

    def __init__(self, place: Place) -> None:
        super().__init__({None: None})
        self.book, self.prefix = place.sheet.book, place.sheet.scan.prefix
        self.undated, self.uncalculated = set[Any](), set[Any]()

    def __missing__(self, says: bytes | RawCell) -> Any:
        book, cell = self.book, says if isinstance(says, RawCell) else told(says, self.prefix)
        self[says] = value = decode(cell, book.strings, self.prefix, date1904=book.date1904)
        if value is None and cell.formula:
            self.uncalculated.add(says)
        elif value.__class__ is float and not (cell.kind == ISO or book.styles.is_date(cell.style)):
            self.undated.add(says)
        return value


class _Reader:
    """Reads what the mapped columns of a row hold."""

    def __init__(self, place: Place, grid: Grid) -> None:
        self.grid, self.scan, self.known = grid, place.sheet.scan, _Known(place)
        self.slots = {place.columns[name]: i for i, name in enumerate(grid.fields)}
        self.letters = [letters(c).encode() for c in self.slots]
        self.usual = told_cell(self.scan.prefix)
        self.blank: list[Any] = [None] * len(grid.fields)
        by_name = place.module.by_name
        self.dated = [i for i, name in enumerate(grid.fields) if by_name[name].type in _DATED]

    def line(self, row: Row) -> list[Any] | None:
        """The cells of a row by field; None where no mapped column holds anything."""
        says = self.says(row)
        line = list(map(self.known.__getitem__, says))
        uncalculated, undated = self.known.uncalculated, self.known.undated
        if uncalculated and not uncalculated.isdisjoint(says):
            odd = [i for i, what in enumerate(says) if what in uncalculated]
            self.grid.uncalculated |= {(row.number, self.grid.fields[i]) for i in odd}
        elif line == self.blank:
            return None
        for i in self.dated:
            if line[i].__class__ is float and says[i] in undated:
                self.grid.undated.add((row.number, self.grid.fields[i]))
        return line

    def says(self, row: Row) -> list[Any]:
        """All that the cells of a row say beside their place, by field; None where there is none.

        A row with anything between its cells is taken apart in a slower way.
        """
        parts = self.usual.split(self.scan.data[row.body : row.body_end].lstrip())
        cells = dict(zip(parts[1::3], parts[2::3], strict=True))
        if not any(parts[::3]) and 3 * len(cells) + 1 == len(parts):
            return list(map(cells.get, self.letters))
        slowly: list[Any] = self.blank.copy()
        for cell in self.scan.cells(row):
            slot = self.slots.get(cell.column)
            if slot is not None and (cell.value is not None or cell.formula):
                slowly[slot] = cell._replace(column=0, start=0, end=0)
        return slowly


def _too_many(place: Place) -> UnsuitableFileError:
    return UnsuitableFileError(
        path=place.sheet.book.path,
        zh=f"“{place.sheet.name}”超过 {MOST_ROWS} 行，不予读取；请按年份分成几个工作簿",
        en=f'"{place.sheet.name}" has more than {MOST_ROWS} rows; part it into workbooks by year',
    )


def _sort_out(place: Place, grid: Grid, lines: dict[int, list[Any]]) -> None:
    """Tell records, totals and rows without input apart."""
    columns = [place.module.by_name[name] for name in grid.fields]
    inputs = [i for i, c in enumerate(columns) if c.owner == "input"]
    said = set[Any]().union(*lines.values())
    blanks = {None, *(v for v in said if isinstance(v, str) and not v.strip(BLANKS))}
    totals = {v for v in said if isinstance(v, str) and _is_total(v)}
    formulas = {row for row, _ in grid.uncalculated}
    for number, line in lines.items():
        label = _label(place, columns, line, totals, blanks) if totals else None
        if label is not None:
            grid.totals.append((number, grid.fields[label], line[label]))
        elif any(line[i] not in blanks for i in inputs) or (
            number in formulas
            and any((number, grid.fields[i]) in grid.uncalculated for i in inputs)
        ):
            grid.rows.append(number)
            grid.lines.append(line)
        else:
            grid.spare.append(number)


def _is_total(text: str) -> bool:
    """Whether a text says that its row sums up others."""
    if len(text) >= _LONGEST_LABEL or not ("计" in text or "otal" in text or "OTAL" in text):
        return False
    return loose(text).rstrip(":") in _TOTALS


def _label(
    place: Place, columns: Sequence[Column], line: Sequence[Any], totals: set[str], blanks: set[Any]
) -> int | None:
    """Where a row says that it is a total: in a key cell, or anywhere while a key cell is blank.

    A full record with such a word in its remarks stays a record.
    """
    module = place.module
    keys = [
        i
        for i, c in enumerate(columns)
        if c.need == "required" or c.name == module.id_field or c.name in module.natural_key
    ]
    found = [i for i, v in enumerate(line) if v in totals and columns[i].owner != "computed"]
    if not found:
        return None
    partial = any(line[i] in blanks for i in keys if columns[i].need == "required")
    return next((i for i in found if partial or i in keys), None)
