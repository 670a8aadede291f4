"""The planned cells of a sheet by their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tracker.xlsx.values import Put, Value

Place = tuple[int, int]
"""(row, column)"""


class Edits(Mapping[Place, Put]):
    """Planned cells; a value without more is kept as just that.

    The search for cyclic garbage, which takes longer with every object that may hold others,
    passes over them.
    """

    def __init__(self, cells: Mapping[Place, Put | Value] | None = None) -> None:
        self._cells: dict[Place, Put | Value] = dict(cells or {})

    def __setitem__(self, where: Place, what: Put | Value) -> None:
        self._cells[where] = what

    def __getitem__(self, where: Place) -> Put:
        return self.puts([where])[0]

    def __contains__(self, where: object) -> bool:
        return where in self._cells

    def __iter__(self) -> Iterator[Place]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def puts(self, places: Iterable[Place]) -> list[Put]:
        """What is planned for some places, which must be planned."""
        found = map(self._cells.__getitem__, places)
        return [p if isinstance(p, Put) else Put(p) for p in found]

    def texts(self) -> set[str]:
        """The texts among the planned values."""
        values = (p.value if isinstance(p, Put) else p for p in self._cells.values())
        return {v for v in values if isinstance(v, str)}

    def copy(self) -> Edits:
        """The same plan, for adding to it."""
        return Edits(self._cells)
