"""What people changed in the tables since the last refresh, from the rows that it left behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as having

Rows = Mapping[str, Mapping[str, object]]
"""Row id -> field -> what the input cell holds, as the state keeps it; blank cells left out."""


@dataclass(frozen=True)
class Since:
    """One table against what it was.

    Attributes:
        added: ids of rows that are new, in sheet order.
        gone: ids of rows that are no longer there.
        changed: row id -> field -> (before, now); None for a blank cell.
    """

    added: list[str] = having(default_factory=list)
    gone: list[str] = having(default_factory=list)
    changed: dict[str, dict[str, tuple[object, object]]] = having(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.changed)


def since(before: Rows, now: Rows, fields: Collection[str]) -> Since:
    """Compare the rows of one table by their ids, in the columns that it has today."""
    found = Since([i for i in now if i not in before], [i for i in before if i not in now])
    for key, values in now.items():
        old = before.get(key)
        if old is not None and old != values:
            pairs = {f: (old.get(f), values.get(f)) for f in fields}
            other = {f: pair for f, pair in pairs.items() if pair[0] != pair[1]}
            if other:
                found.changed[key] = other
    return found
