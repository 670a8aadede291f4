"""The cells of a worksheet: as they came, and what is planned for them."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from tracker.xlsx import patch, refs
from tracker.xlsx.edits import Edits
from tracker.xlsx.limits import refuse_many
from tracker.xlsx.opened import OpenedBook
from tracker.xlsx.scan import RawCell, Scan, scan
from tracker.xlsx.serial import from_serial
from tracker.xlsx.tables import Table, tables_of
from tracker.xlsx.values import ErrorValue, Put, Value, decode, refuse_unstorable


class Cells:
    """Cells of one worksheet by A1 reference, and what is planned for them."""

    def __init__(self, book: OpenedBook, name: str, part: str) -> None:
        self.book, self.name, self.part = book, name, part
        self.edits = Edits()

    @cached_property
    def scan(self) -> Scan:
        """The sheet as it came, its rows located."""
        with self.book.suitable():
            found = scan(self.book.package.read(self.part))
            refuse_many(self.book.path, found.data, b"mergeCell", start=found.last)
            return found

    @cached_property
    def tables(self) -> list[Table]:
        """Tables of the sheet as it came."""
        with self.book.suitable():
            return tables_of(self.book.package, self.part)

    @cached_property
    def blocked(self) -> patch.Guarded:
        """Areas where single cells must not be set: arrays, data tables, merged cells."""
        sheet = self.scan
        with self.book.suitable():
            return patch.guarded(sheet)

    def raw(self, row: int, column: int) -> RawCell | None:
        """The cell as it came, or None."""
        where = self.scan.rows.get(row)
        with self.book.suitable():
            cells = self.scan.cells(where) if where else []
        return next((c for c in cells if c.column == column), None)

    def value(self, cell: RawCell) -> str | float | bool | ErrorValue | None:
        """What a raw cell holds; dates are still numbers."""
        book = self.book
        return decode(cell, book.strings, self.scan.prefix, date1904=book.date1904)

    def get(self, ref: str) -> Value | ErrorValue:
        """Value of a cell, planned changes included.

        A number in a date format is a datetime, or a time where it is less than a day.
        ValueError for what is no reference.
        """
        where = refs.cell(ref)
        if where in self.edits:
            return self.edits[where].value
        cell = self.raw(*where)
        value = self.value(cell) if cell else None
        if cell and isinstance(value, float):
            if cell.kind == b"d" or self.book.styles.is_date(cell.style):
                return self._moment(value)
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        return value

    def _moment(self, number: float) -> dt.datetime | dt.time | float:
        moment = from_serial(number, date1904=self.book.date1904)
        if moment is None:
            return number
        return moment.time() if 0 <= number < 1 else moment

    def set(self, ref: str, value: Value) -> None:
        """Plan a cell's value; None clears it and keeps its format.

        A date in a cell that shows numbers gets a date format. Raises ValueError for what is no
        reference or cannot be held, and where one cell alone must not be changed (array
        formulas, merged cells); TypeError for a type that cells do not know.
        """
        where = refs.cell(ref)
        blocked = self.blocked.areas and self.blocked.at(*where)
        if blocked:
            raise ValueError(f"{self.name}!{ref} lies inside an area that is one {blocked}")
        refuse_unstorable(value, date1904=self.book.date1904)
        self.edits[where] = value

    def put(self, row: int, column: int, what: Put) -> None:
        """Plan a cell by row and column, with the number format it gets if it has none."""
        self.edits[row, column] = what

    def clear_row(self, row: int) -> None:
        """Plan that no cell of a row holds anything; formats stay."""
        where = self.scan.rows.get(row)
        for cell in self.scan.cells(where) if where else ():
            if cell.formula or cell.value is not None:
                self.set(refs.ref(row, cell.column), None)
