"""References as people write them (id, name, name@place) brought to the row that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracker.book.coerce import split
from tracker.book.lookups import Context, Names
from tracker.book.read import Table
from tracker.findings import Finding
from tracker.schema.model import Column, Ref
from tracker.schema.names import plain

_QUALIFIED = re.compile(r"(.+?)\s*(?:[@＠]\s*(.+)|[（(]\s*(.+?)\s*[）)])")
_SHOWN = 3
KEY = "_key"


class Index:
    """Rows of one table by id, by name, and by name with qualifier."""

    def __init__(self, table: Table) -> None:
        module, frame = table.module, table.frame
        ids = _column(table, module.id_field)
        names = _column(table, module.label_field)
        places = _column(table, f"{module.qualifier_field}{KEY}")
        shown = _column(table, module.qualifier_field)
        self.ids = {plain(i): i for i in ids if i}
        self.names: dict[str, list[str]] = {}
        self.qualified: dict[tuple[str, str], list[str]] = {}
        self.label: dict[str, str] = {}
        for key, name, place, where in zip(ids, names, places, shown, strict=True):
            if name and key:
                self.names.setdefault(plain(name), []).append(key)
                self.qualified.setdefault((plain(name), plain(place or "")), []).append(key)
                self.label.setdefault(key, f"{name}@{where}" if where else str(name))
        self.rows = dict(zip(ids, frame.index, strict=True))

    def find(self, text: str, place: str | None) -> list[str]:
        """Ids that a text may mean; `place` narrows down a name that several rows share."""
        name = plain(text)
        if name in self.ids:
            return [self.ids[name]]
        found = self.names.get(name, [])
        if len(set(found)) > 1 and place:
            found = self.qualified.get((name, plain(place)), found)
        return list(dict.fromkeys(found))

    def nearest(self, text: str) -> list[str]:
        """Names that are spelt most alike."""
        from difflib import get_close_matches

        names = {k: self.label[v[0]] for k, v in self.names.items()}
        return [names[n] for n in get_close_matches(plain(text), names, n=_SHOWN, cutoff=0.5)]


def resolve(tables: Mapping[str, Table], ctx: Context) -> list[Finding]:
    """Give every frame a `<field>_key` column beside each reference; returns GEN015 findings.

    References to lists come first, because rows of a table may be told apart by one.
    """
    findings: list[Finding] = []
    for table in tables.values():
        for column in _references(table, lambda r: r.to in ctx.lists):
            findings += _to_list(table, column, ctx.lists[_ref(column).to])
    indices = {name: Index(t) for name, t in tables.items()}
    for table in tables.values():
        for column in _references(table, lambda r: r.to not in ctx.lists):
            index = indices.get(_ref(column).to)
            findings += _to_table(table, column, index, tables, ctx)
    return findings


def _column(table: Table, name: str | None) -> Sequence[Any]:
    frame = table.frame
    return list(frame[name]) if name and name in frame else [None] * len(frame)


def _ref(column: Column) -> Ref:
    assert column.ref is not None
    return column.ref


def _references(table: Table, wanted: Any) -> Iterable[Column]:
    columns = table.module.columns
    return [c for c in columns if c.ref and wanted(c.ref) and c.name in table.frame]


def _to_list(table: Table, column: Column, names: Names) -> list[Finding]:
    ref, findings, keys = _ref(column), [], []
    for row, text in zip(table.frame.index, table.frame[column.name], strict=True):
        key = names.canonical(text) if text else None
        if text and key is None:
            key = text
            if not ref.or_text and names.names:
                near = _nearest(text, names.names)
                findings.append(_missing(table, column, row, near, tuple(names.names)))
        keys.append(key)
    _store(table, column, keys)
    return findings


def _nearest(text: str, names: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(text, names, n=_SHOWN, cutoff=0.4)


def _missing(
    table: Table, column: Column, row: int, near: Sequence[str], all_names: Sequence[str] = ()
) -> Finding:
    table.bad.setdefault(row, set()).add(column.name)
    said = "、".join(near or all_names[:_SHOWN]) or "—"
    return table.finding("GEN015", column.name, row, {"nearest": said})


def _to_table(
    table: Table, column: Column, index: Index | None, tables: Mapping[str, Table], ctx: Context
) -> list[Finding]:
    ref, findings = _ref(column), list[Finding]()
    also = _also(ref, tables, ctx) if ref.also else None
    places = _places(table, tables, ref)
    only = [_column(table, f) for f in ref.only_ids_if]
    wanted = list(ref.only_ids_if.values())
    keys: list[Any] = []
    memo: dict[tuple[str, str | None, bool], tuple[Any, list[str]]] = {}
    for i, (row, text) in enumerate(zip(table.frame.index, table.frame[column.name], strict=True)):
        ids_only = bool(only) and all(c[i] in w for c, w in zip(only, wanted, strict=True))
        query = (text, places[i], ids_only)
        if query not in memo:
            memo[query] = _look_up(text, places[i], ref, index, None if ids_only else also, ctx)
        key, near = memo[query]
        if near and not ref.or_text:
            findings.append(_missing(table, column, row, near))
        keys.append(key)
    _store(table, column, keys)
    return findings


def _look_up(
    text: str | None, place: str | None, ref: Ref, index: Index | None,
    also: Mapping[str, str] | None, ctx: Context,
) -> tuple[Any, list[str]]:  # fmt: skip
    """The key or keys of one cell, and what to name where something was not found."""
    if text is None or index is None:
        return (() if ref.many else None), []
    if also is not None:
        return _among(text, also)
    found, near = [], list[str]()
    for part in split(text) if ref.many else [text]:
        ids = _candidates(part, place, index, ctx)
        if len(ids) == 1:
            found.append(ids[0])
        else:
            near += [index.label[i] for i in ids[:_SHOWN]] or index.nearest(part) or ["—"]
    if ref.many:
        return tuple(dict.fromkeys(found)), near
    return (found[0] if found else None), near


def _candidates(part: str, place: str | None, index: Index, ctx: Context) -> list[str]:
    ids = index.find(part, place)
    m = _QUALIFIED.fullmatch(part)
    if not ids and m:
        where = m[2] or m[3]
        for names in ctx.lists.values():
            where = names.canonical(where) or where
        ids = index.qualified.get((plain(m[1]), plain(where)), [])
    return ids


def _among(text: str, also: Mapping[str, str]) -> tuple[str | None, list[str]]:
    found = also.get(plain(text))
    if found is not None:
        return found, []
    return None, _nearest(text, list(dict.fromkeys(also.values()))) or ["—"]


def _also(ref: Ref, tables: Mapping[str, Table], ctx: Context) -> dict[str, str]:
    """Other values that a reference may name: spelling -> canonical."""
    target = tables.get(ref.to)
    if target is None:
        return {}
    known: dict[str, str] = {}
    frame = target.frame
    typed = _column(target, ref.also)
    for text, key in zip(typed, _column(target, f"{ref.also}{KEY}"), strict=True):
        if text:
            known[plain(text)] = known[plain(key or text)] = key or text
    for names in ctx.lists.values():
        known |= {s: n for s, n in names.by_spelling.items() if plain(n) in known}
    labels = _column(target, target.module.label_field)
    conditions = [(_column(target, f), codes) for f, codes in ref.also_labels_if.items()]
    for i in range(len(frame) if conditions else 0):
        if labels[i] and all(column[i] in codes for column, codes in conditions):
            known.setdefault(plain(labels[i]), labels[i])
    return known


def _places(table: Table, tables: Mapping[str, Table], ref: Ref) -> Sequence[str | None]:
    """The qualifier that stands in the referring row itself, if its table has that column."""
    target = tables.get(ref.to)
    name = target.module.qualifier_field if target else None
    own = target is table
    return _column(table, f"{name}{KEY}" if name and not own else None)


def _store(table: Table, column: Column, keys: list[Any]) -> None:
    import numpy as np
    import pandas as pd

    values = np.fromiter(keys, dtype=object, count=len(keys))
    table.frame[column.name + KEY] = pd.Series(values, index=table.frame.index, dtype=object)
