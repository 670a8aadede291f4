"""What has to go down to one workbook: the central rows against what was said to it before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tracker.bundles.model import Cells, Entry, Known, Place
from tracker.history.threeway import Value

Scope = tuple[str, tuple[Value, ...]]
"""A table and the values of a few fields of its key, such as one period."""


@dataclass(frozen=True)
class Spoken:
    """What a central file speaks of.

    Attributes:
        within: table -> fields of its key. A row that the file lacks is withdrawn only where it
            has other rows that agree in these, so that a file for one period leaves the others be.
        scopes: the values that its rows have in them, whoever they are for.
    """

    within: Mapping[str, Sequence[str]]
    scopes: Collection[Scope]

    def scope(self, table: str, at: Cells) -> Scope:
        """The scope of a row."""
        return table, tuple(at.get(f) for f in self.within.get(table, ()))


def patch(
    said: Mapping[Place, Known], wanted: Mapping[Place, Entry], spoken: Spoken
) -> tuple[tuple[Entry, ...], tuple[Place, ...]]:
    """Rows that are new or differ, in the order of `wanted`, and rows that are withdrawn."""
    rows = tuple(e for place, e in wanted.items() if _is_news(e, said.get(place)))
    gone = tuple(
        place
        for place, known in sorted(said.items())
        if not known.withdrawn
        and place not in wanted
        and spoken.scope(place[0], known.at) in spoken.scopes
    )
    return rows, gone


def _is_news(entry: Entry, known: Known | None) -> bool:
    if known is None or known.withdrawn:
        return True
    return any(known.values.get(f) != v for f, v in entry.values.items())
