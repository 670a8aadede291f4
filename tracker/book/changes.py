"""Cells that a run changes, kept as columns; one object a cell where somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, overload

from tracker.xlsx.refs import ref


@dataclass(unsafe_hash=True, slots=True)  # frozen ones take three times as long to make
class CellChange:
    """One planned cell: where it is, what it holds and will hold, what it means."""

    sheet: str
    row: int
    column: int
    old: object
    new: object
    field: str
    row_id: str | None

    @property
    def cell(self) -> str:
        """A1 reference."""
        return ref(self.row, self.column)


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """The cells of one column that change: `rows`, what they hold (`old`) and will hold (`new`)."""

    sheet: str
    column: int
    field: str
    rows: Sequence[int]
    old: Sequence[Any]
    new: Sequence[Any]
    row_ids: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[CellChange]:
        for row, old, new in zip(self.rows, self.old, self.new, strict=True):
            row_id = self.row_ids.get(row)
            yield CellChange(self.sheet, row, self.column, old, new, self.field, row_id)


class CellChanges(Sequence[CellChange]):
    """The cells that change, in the order in which they were planned; equal to any like sequence."""

    def __init__(self, parts: Iterable[ColumnChange | Sequence[CellChange]] = ()) -> None:
        self._parts = [part for part in parts if len(part)]

    def add(self, part: ColumnChange | Sequence[CellChange]) -> None:
        """Put further cells behind those that are there."""
        self._parts += [part] if len(part) else []

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[CellChange]:
        return chain.from_iterable(self._parts)

    @overload
    def __getitem__(self, at: int) -> CellChange: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[CellChange]: ...
    def __getitem__(self, at: int | slice) -> CellChange | Sequence[CellChange]:
        return tuple(self)[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
