"""A worksheet with the plan for its cells and its tables."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.xlsx import growing
from tracker.xlsx.cells import Cells
from tracker.xlsx.edits import Edits
from tracker.xlsx.opened import OpenedBook
from tracker.xlsx.refs import ref
from tracker.xlsx.tables import Growth, Table
from tracker.xlsx.values import Put, Value


class Sheet(Cells):
    """One worksheet: its cells, its tables, and the planned changes of both."""

    def __init__(self, book: OpenedBook, name: str, part: str) -> None:
        super().__init__(book, name, part)
        self.growth: dict[str, Growth] = {}

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
                    raise ValueError(f"{self.name}!{ref(row, column)} is needed for totals")
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
