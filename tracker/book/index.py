"""The rows of one table by id, by name, and by name with the place that tells namesakes apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from tracker.book.read import Table
from tracker.schema.names import alike, plain
from tracker.schema.slips import Slips

_SHOWN = 3


class Index:
    """Rows of one table, found by what a reference may say."""

    def __init__(self, table: Table) -> None:
        module = table.module
        labelled = module.label_field
        if labelled is not None and module.by_name[labelled].ref is not None:
            labelled = None  # rows that are told apart by a reference have no name of their own
        ids = column_of(table, module.id_field)
        places = column_of(table, f"{module.qualifier_field}_key")
        typed = column_of(table, module.qualifier_field)
        self._ids = dict.fromkeys(i for i in ids if i)
        self.label: dict[str, str] = {}
        self._typed: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._at: dict[tuple[str, str], list[str]] = {}
        if labelled is None:
            return
        rows = zip(ids, column_of(table, labelled), places, typed, strict=True)
        for (key, name, place, where), same in zip(rows, _repeats(table), strict=True):
            if name and key and not same:
                self._names.setdefault(plain(name), []).append(key)
                self._typed.setdefault(plain(name), str(name))
                self._at.setdefault((plain(name), plain(place or "")), []).append(key)
                self.label.setdefault(key, f"{name}@{where}" if where else str(name))

    def find(self, text: str, place: str | None) -> list[str]:
        """Ids that a text may mean; `place` narrows down a name that several rows share.

        An id in its very spelling means itself, however many others differ in case alone.
        """
        if text in self._ids:
            return [text]
        name = plain(text)
        if name in self._spellings:
            return self._spellings[name]
        found = self._names.get(name, [])
        if len(found) > 1 and place:
            found = self._at.get((name, plain(place)), found)
        return found

    @cached_property
    def _spellings(self) -> dict[str, list[str]]:
        """Ids by their compared form."""
        found: dict[str, list[str]] = {}
        for i in self._ids:
            found.setdefault(plain(i), []).append(i)
        return found

    def find_at(self, name: str, place: str) -> list[str]:
        """Ids of the rows of a name at a place."""
        return self._at.get((plain(name), plain(place)), [])

    def meant(self, text: str) -> str | None:
        """The name that has the letters of a text, if it is one row's alone; else None."""
        found = self._slips.same_letters(plain(text))
        alone = [self._typed[n] for n in found if len(self._names[n]) == 1]
        return alone[0] if len(found) == len(alone) == 1 else None

    @cached_property
    def _slips(self) -> Slips:
        return Slips(self._names)

    def nearest(self, text: str) -> list[str]:
        """Names that are spelt most alike; ids where rows have no names."""
        if not self._names:
            return nearest(text, list(self._ids))
        return [self.label[self._names[n][0]] for n in nearest(plain(text), self._spelt)]

    @cached_property
    def _spelt(self) -> list[str]:
        return list(self._names)


def nearest(text: str, names: Sequence[str]) -> list[str]:
    """The few names that are spelt most alike, the nearest first; none where none is like it."""
    return alike(text, names, _SHOWN)


def column_of(table: Table, name: str | None) -> Sequence[Any]:
    """A column's values as a list; all None where the table has no such column."""
    frame = table.frame
    return list(frame[name]) if name and name in frame else [None] * len(frame)


def _repeats(table: Table) -> Iterable[bool]:
    """Whether a row repeats the natural key, or the id, of an earlier one.

    A reference to such a record means the first; the doubled row itself is told elsewhere.
    """
    module = table.module
    fields = [f for f in module.natural_key if f in table.frame]
    columns = [column_of(table, f"{f}_key" if f"{f}_key" in table.frame else f) for f in fields]
    seen: set[Any] = set()
    for key, *values in zip(column_of(table, module.id_field), *columns, strict=True):
        natural = tuple(plain(v) if isinstance(v, str) else v for v in values)
        known = {("id", key), natural} if natural else {("id", key)}
        yield not seen.isdisjoint(known)
        seen |= known
