"""The planned cells of a sheet by their place."""

from __future__ import annotations

from tracker.xlsx.values import Put, Value, as_put

Place = tuple[int, int]
"""(row, column)"""


class Edits(dict[Place, Put | Value]):
    """Planned cells; a value without more is kept as just that.

    The search for cyclic garbage, which takes longer with every object that may hold others,
    passes over them.
    """

    def at(self, where: Place) -> Put:
        """What is planned for a place, which must be planned."""
        return as_put(self[where])

    def texts(self) -> list[str]:
        """The planned values that are texts."""
        values = (p.value if isinstance(p, Put) else p for p in self.values())
        return [v for v in values if isinstance(v, str)]
