"""References as people write them (id, name, name@place) brought to the row that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tracker.book.coerce import split
from tracker.book.index import Index, column_of, nearest
from tracker.book.lookups import Context, Names
from tracker.book.read import Table
from tracker.findings import Finding
from tracker.schema.model import Column, Ref
from tracker.schema.names import plain

_QUALIFIED = re.compile(r"(.+?)\s*(?:[@＠]\s*(.+)|[（(]\s*(.+?)\s*[）)])")
_SHOWN = 3
_NOTHING_NEAR = {
    "zh": "没有，请先在它自己的表中登记",
    "en": "none, so enter it on its own sheet first",
}
_BLANK = {"zh": "（留空）", "en": "(leave it blank)"}
KEY = "_key"

Near = Sequence[str] | Mapping[str, str]
"""What a message names beside a reference that is not found: names, or a sentence."""


def resolve(tables: Mapping[str, Table], ctx: Context) -> list[Finding]:
    """Give every frame a `<field>_key` column beside each reference; returns GEN015 findings.

    References to lists come first, because rows of a table may be told apart by one.
    """
    findings: list[Finding] = []
    spoken: dict[tuple[str, str], str] = {}
    for table in tables.values():
        for column, ref in _references(table):
            if ref.to in ctx.lists:
                findings += _to_list(table, column, ref, ctx.lists[ref.to], spoken)
    indices = {name: Index(t) for name, t in tables.items()}
    for table in tables.values():
        for column, ref in _references(table):
            if ref.to not in ctx.lists:
                findings += _Links(table, column, ref, tables, indices, ctx).follow()
    return findings


def _references(table: Table) -> Iterator[tuple[Column, Ref]]:
    columns = [c for c in table.module.columns if c.name in table.frame]
    return ((c, c.ref) for c in columns if c.ref is not None)


def _to_list(
    table: Table, column: Column, ref: Ref, names: Names, spoken: dict[tuple[str, str], str]
) -> Iterator[Finding]:
    """References to a list of names. One that it lacks, or has twice, goes by its first spelling."""
    keys: list[str | None] = []
    for row, text in zip(table.frame.index, table.frame[column.name], strict=True):
        key = names.canonical(text) if text else None
        if text and key is None:
            key = spoken.setdefault((ref.to, plain(text)), text)
            several = names.candidates(text)
            if several:
                yield _missing(table, column, row, several)
            elif not ref.or_text and names.names:
                near = nearest(text, names.names) or names.names
                yield _missing(table, column, row, near, names.meant(text))
        keys.append(key)
    _store(table, column, keys)


def _missing(table: Table, column: Column, row: int, near: Near, fix: str | None = None) -> Finding:
    table.bad.setdefault(row, set()).add(column.name)
    said = near if isinstance(near, Mapping) else tuple(dict.fromkeys(near[:_SHOWN]))
    return table.finding("GEN015", column.name, row, {"nearest": said or _NOTHING_NEAR}, fix=fix)


class _Found(NamedTuple):
    """The key or keys of one cell; what to name where something was not found; the right name."""

    key: Any
    near: Near = ()
    fix: str | None = None


class _Links:
    """The references of one column to the rows of a table."""

    def __init__(
        self, table: Table, column: Column, ref: Ref, tables: Mapping[str, Table],
        indices: Mapping[str, Index], ctx: Context,
    ) -> None:  # fmt: skip
        self.table, self.column, self.ref, self.ctx = table, column, ref, ctx
        self.index, self.target = indices.get(ref.to), tables.get(ref.to)
        self.also = _also(ref, self.target, ctx) if ref.also and self.target else None

    def follow(self) -> Iterator[Finding]:
        """Store the keys of all rows; yields what is not found."""
        ids_only, blank = self._where(self.ref.only_ids_if), self._where(self.ref.blank_if)
        keys: list[Any] = []
        known: dict[tuple[str, str | None, bool, bool], _Found] = {}
        texts, rows = self.table.frame[self.column.name], self.table.frame.index
        for row, *query in zip(rows, texts, self._places(), ids_only, blank, strict=True):
            asked = tuple(query)
            if asked not in known:
                known[asked] = self._look_up(*asked)
            found = known[asked]
            if found.near and not self.ref.or_text:
                yield _missing(self.table, self.column, row, found.near, found.fix)
            keys.append(found.key)
        _store(self.table, self.column, keys)

    def mean(self, text: str, values: Mapping[str, object]) -> Any:
        """The key of a reference in a row with these values; None or () where there is none."""
        ids_only, blank = (
            bool(codes) and all(values.get(f) in c for f, c in codes.items())
            for codes in (self.ref.only_ids_if, self.ref.blank_if)
        )
        return self._look_up(text, None, ids_only, blank).key

    def _where(self, condition: Mapping[str, tuple[str, ...]]) -> list[bool]:
        """Rows in which the condition holds; nowhere where there is none."""
        if not condition:
            return [False] * len(self.table.frame)
        columns = [(column_of(self.table, f), codes) for f, codes in condition.items()]
        count = range(len(self.table.frame))
        return [all(values[i] in codes for values, codes in columns) for i in count]

    def _places(self) -> Sequence[str | None]:
        """The qualifier that stands in the referring row itself, if its table has that column."""
        name = self.target.module.qualifier_field if self.target else None
        other = name if self.target is not self.table else None
        return column_of(self.table, f"{other}{KEY}" if other else None)

    def _look_up(self, text: str | None, place: str | None, ids_only: bool, blank: bool) -> _Found:
        """What one cell refers to."""
        nothing: Any = () if self.ref.many else None
        if text is None or self.index is None:
            return _Found(nothing)
        if blank:
            return _Found(nothing, _BLANK)
        if self.also is not None and not ids_only:
            several = self.also.candidates(text)
            known = None if several else self.also.canonical(text)
            near = several or nearest(text, self.also.names) or _NOTHING_NEAR
            return _Found(known, () if known else near, None if several else self.also.meant(text))
        return self._rows(text, place, self.index)

    def _rows(self, text: str, place: str | None, index: Index) -> _Found:
        ids = candidates(text, index, self.ctx, place)
        if len(ids) == 1:
            return _Found((ids[0],) if self.ref.many else ids[0])
        fix = None if ids else index.meant(text)
        if not self.ref.many:
            return _Found(None, alike(text, ids, index) or _NOTHING_NEAR, fix)
        found: list[str] = []
        missed: list[tuple[str, list[str]]] = []
        for part in self._parts(text, place, index):
            ids = candidates(part, index, self.ctx, place)
            if len(ids) == 1:
                found.append(ids[0])
            else:
                missed.append((part, ids))
        near = [n for part, ids in missed for n in alike(part, ids, index)]
        key = tuple(dict.fromkeys(found))
        return _Found(key, near or _NOTHING_NEAR, fix) if missed else _Found(key)

    def _parts(self, text: str, place: str | None, index: Index) -> list[str]:
        """Single references; a stroke parts two where it does not stand in a name."""
        parts = split(text)
        strokes = [p for p in parts if "/" in p and not candidates(p, index, self.ctx, place)]
        return [q for p in parts for q in (split(p.replace("/", "、")) if p in strokes else [p])]


class Sought:
    """Tells what references mean of rows that do not stand in their table yet."""

    def __init__(self, tables: Mapping[str, Table], ctx: Context) -> None:
        self._tables, self._ctx = tables, ctx
        self._indices = {name: Index(t) for name, t in tables.items()}
        self._links: dict[tuple[str, str], _Links] = {}

    def key(self, table: Table, column: Column, values: Mapping[str, object]) -> Any:
        """As `<field>_key` of a row with these values; None where it means nothing known."""
        ref, text = column.ref, values.get(column.name)
        assert ref is not None
        if not isinstance(text, str) or not text:
            return None
        if ref.to in self._ctx.lists:
            return self._ctx.lists[ref.to].canonical(text)
        known = (table.module.name, column.name)
        if known not in self._links:
            about = (ref, self._tables, self._indices, self._ctx)
            self._links[known] = _Links(table, column, *about)
        return self._links[known].mean(text, values)


def candidates(text: str, index: Index, ctx: Context, place: str | None = None) -> list[str]:
    """Ids of the rows that a reference may mean: an id, a name, name@place or name（place）.

    `place` is the qualifier that stands elsewhere, canonical.
    """
    ids, m = index.find(text, place), _QUALIFIED.fullmatch(text)
    if ids or not m:
        return ids
    where = m[2] or m[3]
    for names in ctx.lists.values():
        where = names.canonical(where) or where
    return index.find_at(m[1], where)


def alike(text: str, ids: Sequence[str], index: Index) -> list[str]:
    """The candidates of an ambiguous reference; those of that name; those spelt most alike."""
    m = _QUALIFIED.fullmatch(text)
    named = ids or (index.find(m[1], None) if m else [])
    return [index.label.get(i, i) for i in named[:_SHOWN]] or index.nearest(text)


def _also(ref: Ref, target: Table, ctx: Context) -> Names:
    """Other values that a reference may name."""
    known: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}
    typed = column_of(target, ref.also)
    for text, key in zip(typed, column_of(target, f"{ref.also}{KEY}"), strict=True):
        if text:
            known[plain(text)] = known[plain(key or text)] = key or text
    for names in ctx.lists.values():
        known |= {s: n for s, n in names.by_spelling.items() if plain(n) in known}
        several |= {s: ns for s, ns in names.several.items() if any(plain(n) in known for n in ns)}
    labels, ids = (
        column_of(target, f) for f in (target.module.label_field, target.module.id_field)
    )
    conditions = [(column_of(target, f), codes) for f, codes in ref.also_labels_if.items()]
    for i in range(len(labels) if conditions else 0):
        if labels[i] and all(column[i] in codes for column, codes in conditions):
            name = known.setdefault(plain(labels[i]), labels[i])
            known.setdefault(plain(ids[i]), name)
    return Names(known, tuple(dict.fromkeys(known.values())), several=several)


def _store(table: Table, column: Column, keys: Iterable[Any]) -> None:
    import numpy as np
    import pandas as pd

    values = np.fromiter(keys, dtype=object, count=len(table.frame))
    table.frame[column.name + KEY] = pd.Series(values, index=table.frame.index, dtype=object)
