"""A worksheet: its cells and tables as they came, and what is planned for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

from tracker.xlsx import growing, refs, rules
from tracker.xlsx.edits import Edits, Place
from tracker.xlsx.guarded import Guarded
from tracker.xlsx.limits import refuse_many
from tracker.xlsx.notes import Note, NotePlan, SheetNotes, read_notes
from tracker.xlsx.opened import OpenedBook, unsuitable
from tracker.xlsx.rules import Rule
from tracker.xlsx.scan import RawCell, Scan, scan
from tracker.xlsx.serial import from_serial
from tracker.xlsx.tables import Growth, Table, tables_of
from tracker.xlsx.values import ISO, ErrorValue, Put, Value, decode, refuse_unstorable


class Sheet:
    """One worksheet: its cells by A1 reference, its tables, and the planned changes of both."""

    def __init__(self, book: OpenedBook, name: str, part: str) -> None:
        self.book, self.name, self.part = book, name, part
        self.edits = Edits()
        self.growth: dict[str, Growth] = {}
        self.rules: dict[str, Rule | None] = {}
        self.noted: NotePlan | None = None

    @cached_property
    def scan(self) -> Scan:
        """The sheet as it came, its rows located."""
        with self.book.suitable():
            found = scan(self.book.package.read(self.part))
            refuse_many(self.book.path, found.data, b"mergeCell", start=found.last)
            return replace(found, refusal=partial(unsuitable, self.book.path))

    @cached_property
    def tables(self) -> list[Table]:
        """Tables of the sheet as it came."""
        with self.book.suitable():
            return tables_of(self.book.package, self.part)

    @cached_property
    def blocked(self) -> Guarded:
        """Areas where single cells must not be set: arrays, data tables, merged cells."""
        sheet = self.scan
        with self.book.suitable():
            return Guarded(sheet)

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
            return self.edits.at(where).value
        cell = self.raw(*where)
        value = self.value(cell) if cell else None
        if cell and isinstance(value, float):
            if cell.kind == ISO or self.book.styles.is_date(cell.style):
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

    def put_column(
        self, column: int, rows: Iterable[int], values: Iterable[Value], number_format: str | None
    ) -> None:
        """Plan cells of a column, with the number format they get where they have none."""
        self.edits.put_column(column, rows, values, number_format)

    def clear_row(self, row: int) -> None:
        """Plan that no cell of a row holds anything; formats stay."""
        where = self.scan.rows.get(row)
        for cell in self.scan.cells(where) if where else ():
            if cell.formula or cell.value is not None:
                self.set(refs.ref(row, cell.column), None)

    @property
    def planned_cells(self) -> Edits:
        """The planned cells, with those that move along with a table."""
        grown = [t for t in self.tables if t.totals and t.name in self.growth]
        cells = self.edits.copy() if grown else self.edits
        for table in grown:
            for row, column, put in growing.moving(self, table, self.growth[table.name]):
                if (row, column) not in cells:
                    cells[row, column] = put
                elif put.moved is not None:
                    raise ValueError(f"{self.name}!{refs.ref(row, column)} is needed for totals")
        return cells

    def _table(self, name: str) -> tuple[Table, Growth]:
        """A table and what is planned for it. KeyError if there is none of that name."""
        mine = next((t for t in self.tables if t.name == name), None)
        if mine is None:
            raise KeyError(name)
        return mine, self.growth.get(name, Growth(mine.last_record))

    def grow_table(self, name: str, last_record: int) -> bool:
        """Plan that a table's records reach down to a row, its rules and totals following.

        Returns whether they will: not where something is in the way, or they do already.
        KeyError if there is no table of that name.
        """
        table, growth = self._table(name)
        wanted = growth._replace(last_record=last_record)
        if last_record <= growth.last_record or growing.obstacle(self, table, wanted):
            return False
        self.growth[name] = wanted
        return True

    def put_rule(self, mark: str, rule: Rule) -> None:
        """Plan the one conditional format whose formula has a mark; nothing where it stands already.

        It yields to every other rule of the sheet, none of which is touched.
        """
        tail, prefix = self.scan.tail, self.scan.prefix
        if not rules.stands(tail, prefix, mark, rule, len(self.book.styles.items(b"dxfs"))):
            self.rules[mark] = rule

    def drop_rule(self, mark: str) -> None:
        """Plan that no conditional format has a mark in its formula."""
        if rules.find(self.scan.tail, self.scan.prefix, mark):
            self.rules[mark] = None

    @cached_property
    def as_noted(self) -> SheetNotes:
        """The notes of the sheet as it came, and the parts that hold them."""
        return read_notes(self.book.package, self.part, self.scan, strict=self.book.strict)

    @property
    def notes(self) -> Mapping[Place, Note]:
        """The notes of the sheet as it came by (row, column), threads of comments too."""
        return self.as_noted.notes

    def put_notes(
        self, author: str, wanted: Mapping[Place, str], mine: Collection[Place] = ()
    ) -> None:
        """Plan that the notes at the cells `mine` give way to an author's that are wanted.

        One that is there and says the same stays. ValueError where another's note stands, or the
        sheet's notes are written in a way that cannot be followed; KeyError for `mine` without one.
        """
        kept = wanted.keys() & mine
        same = {p for p in kept if wanted[p].split() == self.notes[p].text.split()}
        add = {p: text for p, text in wanted.items() if p not in same}
        plan = NotePlan(author, frozenset(mine) - same, add)
        if plan.drop or plan.add:
            self.as_noted.refuse(plan)
        self.noted = plan if plan.drop or plan.add else None

    def append(self, name: str, rows: Sequence[Sequence[Value]]) -> int:
        """Plan records below the last one of a table, in its order of columns and its look.

        Returns the row of the first. KeyError if there is no such table; ValueError where
        something is in the way or a row is too long.
        """
        table, growth = self._table(name)
        wanted = growth._replace(last_record=growth.last_record + len(rows))
        first, area = growth.last_record + 1, wanted.area(table)
        below = area._replace(top=first, bottom=wanted.last_record)
        why = growing.obstacle(self, table, wanted)
        if why is None and not table.totals and growing.is_taken(self, below):
            why = "the cells below it are not free"
        if max(map(len, rows), default=0) > area.right - area.left + 1:
            why = "too many values"
        if why:
            raise ValueError(f"table {name} takes no such rows: {why}")
        self.growth[name] = wanted
        for number, row in enumerate(rows, first):
            for column, value in enumerate(row, area.left):
                look = growing.record_style(self, table, column)
                self.put(number, column, Put(value, style=look))
        return first

    def add_column(self, name: str, header: str) -> int:
        """Plan a column at the right edge of a table. Returns its number.

        Planning a column that is there already changes nothing. KeyError if there is no such
        table; ValueError where something is in the way.
        """
        table, growth = self._table(name)
        headers = [h.lower() for h in (*table.headers, *growth.headers)]
        if header.lower() in headers:
            return table.area.left + headers.index(header.lower())
        wanted = growth._replace(headers=(*growth.headers, header))
        why = growing.obstacle(self, table, wanted)
        if why or not header.strip():
            raise ValueError(f"table {name} takes no column {header!r}: {why or 'it has no name'}")
        self.growth[name] = wanted
        column = wanted.area(table).right
        edge = self.raw(table.area.top, table.area.right)
        self.put(table.area.top, column, Put(header, style=edge.style if edge else None))
        return column
