"""Kinds of rules over the rows of one sheet: what may stand once, and what must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tracker.checks.conditions import Cells
from tracker.checks.firing import Kind, World, listed, place, rows, tell, tell_at
from tracker.findings import Finding
from tracker.schema.model import Rule

if TYPE_CHECKING:
    from tracker.checks.conditions import Mask

Key = tuple[Any, ...]


def known_fields(cells: Cells, rule: Rule, key: str = "fields") -> list[str]:
    """The fields that a setting of a rule names, without those that the workbook lacks."""
    return [f for f in map(str, listed(rule.args.get(key))) if f in cells]


def _keys(cells: Cells, fields: list[str]) -> list[Key]:
    """What each row holds in the fields, in compared form."""
    return list(zip(*(cells.comparable(f) for f in fields), strict=True))


def _unique(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """Rows that agree in all fields. Exact copies of a row, told by their id, are none of it.

    With `each` a cell of several values agrees with another where they share one.
    """
    fields = known_fields(cells, rule)
    doubled = cells.filled(rule.field) & _doubled(cells, fields)
    places = list(rows(cells, doubled, rule, *fields))
    keys, ids = _keys(cells, fields) if places else [], cells.values(cells.table.module.id_field)
    groups: dict[Key, list[tuple[int, int]]] = {}
    for i, row in places:
        for key in _single(keys[i]) if rule.args.get("each") else (keys[i],):
            groups.setdefault(key, []).append((i, row))
    every = rule.args.get("flag") == "all"
    twins: dict[int, int] = {}
    for (i, first), *later in groups.values():
        others = [row for j, row in later if ids[j] != ids[i]]
        for row in others:
            twins.setdefault(row, first)
        if every and others:
            twins.setdefault(first, others[0])
    for row, other in sorted(twins.items()):
        yield tell(cells, rule, row, world, first=place(cells, rule.field, other))


def _doubled(cells: Cells, fields: list[str]) -> Mask:
    """Rows that share a value with another row in all the fields at once."""
    import numpy as np
    import pandas as pd

    at, numbers = np.arange(len(cells)), np.zeros(len(cells), dtype=np.int64)
    for name in fields:
        values = [v if isinstance(v, tuple) else (v,) for v in cells.comparable(name)]
        counts = np.fromiter(map(len, values), dtype=np.int64, count=len(values))[at]
        flat = [v for i in at.tolist() for v in values[i]]
        at, numbers = np.repeat(at, counts), np.repeat(numbers, counts)
        codes = pd.factorize(np.fromiter(flat, dtype=object, count=len(flat)))[0]
        numbers = pd.factorize(numbers * (codes.max(initial=0) + 1) + codes)[0].astype(np.int64)
    found = cells.constant(value=False)
    found[at[pd.Series(numbers).duplicated(keep=False).to_numpy()]] = True
    return found


def _single(key: Key) -> Iterator[Key]:
    """A key with cells of several values, as one key for each value."""
    return product(*(v if isinstance(v, tuple) else (v,) for v in key))


def _unshared(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value of the shape `pattern` that stands in two rows, in whichever of the `fields`."""
    pattern, first = re.compile(str(rule.args["pattern"])), dict[str, tuple[int, str]]()
    for name in known_fields(cells, rule):
        values = cells.comparable(name)
        for i, row in rows(cells, cells.filled(name), rule, name):
            if pattern.fullmatch(values[i]):
                there, field = first.setdefault(values[i], (row, name))
                if there != row:
                    where = place(cells, field, there)
                    yield tell_at(cells, rule, name, row, world, first=where)


def _uniform(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """Rows that agree in `fields` and differ in the rule's field: told at each further value.

    With `blanks` a blank is a value as well.
    """
    fields = known_fields(cells, rule)
    keys, seen = _keys(cells, fields), dict[Key, tuple[int, list[set[Any]]]]()
    parts = _parts(cells, rule.field)
    looked_at = cells.constant(value=True) if rule.args.get("blanks") else cells.filled(rule.field)
    for i, row in rows(cells, looked_at, rule, *fields) if fields else ():
        first, known = seen.setdefault(keys[i], (row, [set() for _ in parts[i]]))
        if any(k and part not in (None, *k) for k, part in zip(known, parts[i], strict=True)):
            yield tell(cells, rule, row, world, first=place(cells, rule.field, first))
        for k, part in zip(known, parts[i], strict=True):
            if part is not None:
                k.add(part)


def _parts(cells: Cells, name: str) -> list[Key]:
    """What has to agree: the value; of a date whose year may be left out the day and the year."""
    values = cells.comparable(name)
    if cells.table.module.by_name[name].type != "monthday":
        return [(v,) for v in values]
    return [(v[-5:], v[:-6] or None) for v in values]


def _crowded(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """More than `most` rows that agree in `fields`: told once, at the first row too many."""
    fields, most = known_fields(cells, rule), int(str(rule.args["most"]))
    keys, counts = _keys(cells, fields), dict[Key, int]()
    spilt: dict[Key, int] = {}
    for i, row in rows(cells, cells.filled(rule.field), rule, *fields) if fields else ():
        counts[keys[i]] = counts.get(keys[i], 0) + 1
        if counts[keys[i]] == most + 1:
            spilt[keys[i]] = row
    for key, row in spilt.items():
        yield tell(cells, rule, row, world, count=counts[key])


KINDS: Mapping[str, Kind] = MappingProxyType({
    "unique": _unique,
    "unshared": _unshared,
    "uniform": _uniform,
    "crowded": _crowded,
})  # fmt: skip
