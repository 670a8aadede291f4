"""The planned cells of a sheet, kept as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tracker.xlsx.values import Put, Value, as_put

Place = tuple[int, int]
"""(row, column)"""
RowPlan = tuple[int, list[int], list[Put | Value]]
"""A row, the columns of its planned cells in ascending order, what is planned for them."""


class Edits:
    """Planned cells by place; a value without more is kept as just that.

    Attributes:
        columns: column -> row -> what is planned.
    """

    def __init__(self, cells: Mapping[Place, Put | Value] | None = None) -> None:
        self.columns: dict[int, dict[int, Put | Value]] = {}
        for where, planned in (cells or {}).items():
            self[where] = planned

    def __setitem__(self, where: Place, planned: Put | Value) -> None:
        self.columns.setdefault(where[1], {})[where[0]] = planned

    def __getitem__(self, where: Place) -> Put | Value:
        return self.columns[where[1]][where[0]]

    def __contains__(self, where: Place) -> bool:
        return where[0] in self.columns.get(where[1], ())

    def __iter__(self) -> Iterator[Place]:
        return ((row, column) for column, cells in self.columns.items() for row in cells)

    def __len__(self) -> int:
        return sum(map(len, self.columns.values()))

    def put_column(
        self, column: int, rows: Iterable[int], values: Iterable[Value], number_format: str | None
    ) -> None:
        """Plan cells of a column, with the number format they get where they have none.

        Equal values are one object; what is equal and of another type or sign is not.
        """
        known: dict[Any, Put | Value] = {}
        cells = self.columns.setdefault(column, {})
        for row, value in zip(rows, values, strict=True):
            key = (value.__class__, value or str(value))
            if key not in known:
                known[key] = value if number_format is None else Put(value, number_format)
            cells[row] = known[key]

    def copy(self) -> Edits:
        """The same cells, to be added to."""
        twin = Edits()
        twin.columns = {column: cells.copy() for column, cells in self.columns.items()}
        return twin

    def at(self, where: Place) -> Put:
        """What is planned for a place, which must be planned."""
        return as_put(self[where])

    def by_row(self) -> Iterator[RowPlan]:
        """The planned cells row by row, from the top down."""
        columns = sorted(self.columns.items())
        for row in sorted(set[int]().union(*self.columns.values())):
            mine = [(column, cells[row]) for column, cells in columns if row in cells]
            yield row, [column for column, _ in mine], [planned for _, planned in mine]

    def texts(self) -> Iterator[str]:
        """The planned values that are texts, one a cell."""
        for cells in self.columns.values():
            for planned in cells.values():
                value = planned.value if isinstance(planned, Put) else planned
                if isinstance(value, str):
                    yield value
