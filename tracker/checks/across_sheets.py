"""Kinds of rules that hold a row against the rows of another sheet.

A row looks out through its own reference (`via`), or is looked at by the rows of another module
(`of`): where `match` says which of their fields holds what a path leads to from the row
(`customer.institution`: the institution of the row that `customer` refers to).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from tracker.book.resolve import KEY
from tracker.checks.conditions import Cells
from tracker.checks.firing import Kind, World, days, listed, place, rows, shown, tell
from tracker.checks.texts import mentions
from tracker.checks.within_row import OPS
from tracker.findings import Finding
from tracker.schema.model import Rule
from tracker.schema.names import PickList

Keys = list[tuple[Any, ...]]
"""What each row is known by; several values where a cell holds several."""


def _agree(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value that differs from that of the row (or, of several, of every row) referred to."""
    via, theirs = str(rule.args["via"]), str(rule.args["theirs"])
    other = _target(cells, via, world)
    if other is None or theirs not in other:
        return
    ids = other.values(other.table.module.id_field)
    known = {i: v for i, v in zip(ids, other.comparable(theirs), strict=True) if v not in ("", ())}
    said = dict(zip(ids, other.values(theirs), strict=True))
    mine, keys = cells.comparable(rule.field), cells.values(via + KEY)
    for i, row in rows(cells, cells.filled(rule.field), rule, via):
        targets = [k for k in listed(keys[i]) if k in known]
        if targets and not any(_same(mine[i], known[k]) for k in targets):
            column = other.table.module.by_name[theirs]
            told = shown(said[targets[0]], column, world.ctx.lang)
            yield tell(cells, rule, row, world, theirs=told)


def _as_listed(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A code that is not the one that the list referred to names, both being `among` some codes."""
    via, theirs, among = str(rule.args["via"]), str(rule.args["theirs"]), listed(rule.args["among"])
    ref = cells.table.module.by_name[via].ref
    if ref is None or via + KEY not in cells or ref.to not in world.ctx.lists:
        return
    column = next(c for c in world.ctx.schema.lookups[ref.to].columns if c.name == theirs)
    picks = PickList(column.picks, world.ctx.variants)
    known = {n: picks.code(r.get(theirs, "")) for n, r in world.ctx.lists[ref.to].records.items()}
    mine, keys = cells.values(rule.field), cells.values(via + KEY)
    for i, row in rows(cells, cells.filled(rule.field), rule, via):
        code = known.get(keys[i])
        if code in among and mine[i] in among and mine[i] != code:
            yield tell(cells, rule, row, world, theirs=shown(code, column, world.ctx.lang))


def _same(mine: Any, theirs: Any) -> bool:
    """Whether two compared values agree; groups of rows agree where they share one."""
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        return not set(mine).isdisjoint(theirs)
    if isinstance(theirs, tuple):
        return mine in theirs
    return bool(mine == theirs)


def _target(cells: Cells, via: str, world: World) -> Cells | None:
    """The cells of the table that a column refers to; None where there is none."""
    column = cells.table.module.by_name[via]
    return world.cells(column.ref.to) if column.ref and via + KEY in cells else None


def _refers_to(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A reference to a row for which all of `having` holds."""
    import numpy as np

    other = _target(cells, rule.field, world)
    having: Any = rule.args["having"]
    if other is None or any(name not in other for name in having):
        return
    ids = other.values(other.table.module.id_field)
    meant = set(ids[other.where(having)])
    hits = [not meant.isdisjoint(listed(k)) for k in cells.values(rule.field + KEY)]
    for _, row in rows(cells, np.array(hits, dtype=bool), rule):
        yield tell(cells, rule, row, world)


def _linked(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A row that rows of the module `of` with all of `having` point at."""
    known = _known_links(rule, world)
    if known is None:
        return
    other, places = known
    ways = _ways(cells, rule, world)
    for i, row in rows(cells, cells.filled(rule.field), rule):
        for way, parts in enumerate(ways):
            theirs = product(*(keys[i] for keys in parts))
            hit = next((places[way][k] for k in theirs if k in places[way]), None)
            if hit is not None:
                field = next(iter(_matches(rule)[way]))
                where = f"{other.table.place.sheet.name}!{place(other, field, hit)}"
                yield tell(cells, rule, row, world, first=where)
                break


def _unlinked(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A row that no row of the module `of` with all of `having` belongs to.

    Rows without anything to be found by are passed over; with `if_any` so is a module without rows,
    with `patterns` every row in whose text none of them occurs.
    """
    known = _known_links(rule, world)
    if known is None or (rule.args.get("if_any") and not len(known[0])):
        return
    patterns = rule.args.get("patterns")
    looked_at = mentions(cells, rule.field, patterns) if patterns else cells.constant(value=True)
    ways = list(zip(known[1], _ways(cells, rule, world), strict=True))
    for i, row in rows(cells, looked_at, rule):
        sought = [(there, key) for there, parts in ways for key in product(*(k[i] for k in parts))]
        if sought and not any(key in there for there, key in sought):
            yield tell(cells, rule, row, world)


def _matches(rule: Rule) -> list[Mapping[str, str]]:
    match: Any = rule.args["match"]
    return match if isinstance(match, list) else [match]


def _known_links(rule: Rule, world: World) -> tuple[Cells, list[dict[Any, int]]] | None:
    """The other table, and for each way to match its keys with the first row of each."""
    other = world.cells(str(rule.args["of"]))
    if other is None:
        return None
    having: Any = rule.args.get("having", {})
    fields = {f for match in _matches(rule) for f in match}
    if any(f not in other for f in {*fields, *having}):
        return None
    counts = (other.where(having) & other.readable(fields)).nonzero()[0]
    found = []
    for match in _matches(rule):
        columns = [_several(other.comparable(f)) for f in match]
        places: dict[Any, int] = {}
        for i in counts:
            for key in product(*(c[i] for c in columns)):
                places.setdefault(key, other.table.rows[i])
        found.append(places)
    return other, found


def _ways(cells: Cells, rule: Rule, world: World) -> list[list[Keys]]:
    """For each way to match the parts of the keys that rows are looked for by, blank ones empty."""
    return [[follow(cells, path, world) for path in m.values()] for m in _matches(rule)]


def follow(cells: Cells, path: str, world: World) -> Keys:
    """What a path leads to from each row, in compared form; worked out once."""
    known = cells.paths.get(path)
    if known is None:
        known = cells.paths[path] = _followed(cells, path, world)
    return known


def leading(cells: Cells, paths: Any, world: World) -> Keys:
    """What the first of several paths that leads anywhere leads to from each row."""
    found = [follow(cells, str(p), world) for p in listed(paths)]
    return [next((keys for keys in each if keys), ()) for each in zip(*found, strict=True)]


def _followed(cells: Cells, path: str, world: World) -> Keys:
    head, _, rest = path.partition(".")
    if head not in cells:
        return [()] * len(cells)
    if not rest:
        return _several(cells.comparable(head))
    other = _target(cells, head, world)
    if other is None:
        return [()] * len(cells)
    ids = other.values(other.table.module.id_field)
    there = dict(zip(ids, follow(other, rest, world), strict=True))
    keys = cells.values(head + KEY)
    return [tuple(v for k in listed(key) for v in there.get(k, ())) for key in keys]


def _several(values: list[Any]) -> Keys:
    return [v if isinstance(v, tuple) else () if v == "" else (v,) for v in values]


def _order_linked(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A day against the first day (`other`) of the rows that belong to the row: it may not be later."""
    other, name = world.cells(str(rule.args["of"])), str(rule.args["other"])
    match = _matches(rule)[0]
    having: Any = rule.args.get("having", {})
    if other is None or any(f not in other for f in {name, *match, *having}):
        return
    counts = other.where(having) & other.readable({name, *match}) & other.filled(name)
    (field,) = match
    keys, first = _several(other.comparable(field)), dict[Any, int]()
    moments = other.values(name)
    at = counts.nonzero()[0]
    for i in at[moments[at].argsort(kind="stable")[::-1]].tolist():
        for key in keys[i]:
            first[key] = i
    mine, own = follow(cells, match[field], world), cells.values(rule.field)
    margin = days(rule.args.get("days", 0))
    for i, row in rows(cells, cells.filled(rule.field), rule):
        hit = next((first[k] for k in mine[i] if k in first), None)
        if hit is not None and not OPS[str(rule.args["op"])](own[i], moments[hit] + margin):
            where = f"{other.table.place.sheet.name}!{place(other, name, other.table.rows[hit])}"
            yield tell(cells, rule, row, world, first=where, other_value=shown(moments[hit]))


KINDS: Mapping[str, Kind] = MappingProxyType({
    "agree": _agree,
    "as_listed": _as_listed,
    "refers_to": _refers_to,
    "linked": _linked,
    "unlinked": _unlinked,
    "order_linked": _order_linked,
})  # fmt: skip
