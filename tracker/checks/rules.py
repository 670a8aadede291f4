"""The kinds of rules that schema files may state over the cells of a row or the rows of a sheet.

Each kind is a function (cells, rule, world) -> findings, vectorised over the frame.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING, Any

from tracker.book import period
from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.book.resolve import KEY
from tracker.checks.conditions import Cells, words
from tracker.findings import Finding
from tracker.schema.model import Column, Rule
from tracker.schema.names import plain
from tracker.schema.rules import AS_OF
from tracker.xlsx.refs import ref

if TYPE_CHECKING:
    from tracker.checks.conditions import Mask

_OPS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
_LIMITS = (
    ("min", operator.lt, "≥"),
    ("max", operator.gt, "≤"),
    ("exclusive_min", operator.le, ">"),
)
_AS_OF = {"zh": "统计日", "en": "the as-of day"}


@dataclass(frozen=True)
class World:
    """What a rule may look at beside its own table."""

    tables: Mapping[str, Table]
    ctx: Context
    as_of: date


def run_rules(table: Table, world: World) -> list[Finding]:
    """Findings of a module's rules; of rules with one code, field and row the first counts.

    Of rules about the order of dates the first that fires at a cell counts, whatever its code.
    """
    cells = Cells(table)
    found: dict[tuple[str, str | None, int | None], Finding] = {}
    for rule in table.module.rules if table.rows else ():
        if rule.field in cells:
            for finding in KINDS[rule.check](cells, rule, world):
                kind = rule.check if rule.check == "order" else finding.code
                found.setdefault((kind, finding.field, finding.row), finding)
    return list(found.values())


def _rows(cells: Cells, fires: Mask, rule: Rule, *others: str) -> Iterator[tuple[int, int]]:
    """(place, Excel row) where a rule fires and every cell that it looks at could be read."""
    if not fires.any():
        return
    fires = fires & cells.where(rule.when) & cells.readable((rule.field, *others))
    rows = cells.table.rows
    yield from ((int(i), rows[i]) for i in fires.nonzero()[0])


def _finding(cells: Cells, rule: Rule, row: int, world: World, **facts: object) -> Finding:
    if rule.when:
        facts["condition"] = words(cells.table, rule.when, world.ctx.lang)
    return cells.table.finding(rule.code, rule.field, row, facts, severity=rule.severity)


def _required_if(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    fires, after = ~cells.filled(rule.field), rule.args.get("after")
    others: tuple[str, ...] = ()
    if isinstance(after, str):
        if after not in cells:
            return
        import numpy as np

        limit = np.timedelta64(int(str(rule.args.get("days", 0))), "D")
        fires &= _day(world.as_of) - cells.values(after) > limit
        others = (after,)
    for _, row in _rows(cells, fires, rule, *others):
        yield _finding(cells, rule, row, world)


def _forbidden_if(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    fields = [str(f) for f in _list(rule.args.get("fields"))] or [rule.field]
    told = cells.constant(value=False)
    for name in fields:
        fires = cells.filled(name) & ~told
        for i, row in _rows(cells, fires, rule):
            told[i] = True
            facts = {"condition": words(cells.table, rule.when, world.ctx.lang)}
            yield cells.table.finding(rule.code, name, row, facts, severity=rule.severity)


def _order(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    op, other, lang = str(rule.args["op"]), str(rule.args["other"]), world.ctx.lang
    column: Column | None = None
    left, fires = cells.values(rule.field), cells.filled(rule.field)
    if other == AS_OF:
        right, header = _day(world.as_of), _AS_OF[lang]
    elif other in cells:
        right, column = cells.values(other), cells.table.module.by_name[other]
        header = cells.table.place.headers[cells.table.place.columns[other]]
        fires = fires & cells.filled(other)
    else:
        return
    for i, row in _rows(cells, fires & ~_OPS[op](left, right), rule, *([other] if column else [])):
        open_to_all = column is None or column.data_class == "public"
        said = _shown(right[i] if column else right, column) if open_to_all else header
        yield _finding(
            cells, rule, row, world,
            other_header=header, other_value=said, expected=f"{_SIGNS[op]} {said}",
        )  # fmt: skip


def _range(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    values, fires, expected = cells.values(rule.field), cells.constant(value=False), []
    for key, op, sign in _LIMITS:
        if key in rule.args:
            limit = float(str(rule.args[key]))
            fires |= op(values, limit)
            expected.append(f"{sign} {limit:g}")
    for _, row in _rows(cells, fires, rule):
        yield _finding(cells, rule, row, world, expected=", ".join(expected))


def _unique(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """Rows that agree in all fields. Exact copies of a row, told by their id, are none of it."""
    fields = [f for f in map(str, _list(rule.args["fields"])) if f in cells]
    places = list(_rows(cells, cells.filled(rule.field), rule, *fields))
    keys = list(zip(*(_comparable(cells.table, f) for f in fields), strict=True))
    ids = cells.values(cells.table.module.id_field)
    groups: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for i, row in places:
        groups.setdefault(keys[i], []).append((i, row))
    column, every = cells.table.place.columns[rule.field], rule.args.get("flag") == "all"
    twins: list[tuple[int, int]] = []
    for (i, first), *later in groups.values():
        others = [row for j, row in later if ids[j] != ids[i]]
        twins += [(row, first) for row in others]
        twins += [(first, others[0])] if every and others else []
    for row, other in sorted(twins):
        yield _finding(cells, rule, row, world, first=ref(other, column))


def _uniform(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """Rows that agree in `fields` and differ in the rule's field: told at each further value."""
    fields = [f for f in map(str, _list(rule.args["fields"])) if f in cells]
    keys = list(zip(*(_comparable(cells.table, f) for f in fields), strict=True))
    values, seen = _comparable(cells.table, rule.field), dict[tuple[Any, ...], set[Any]]()
    for i, row in _rows(cells, cells.filled(rule.field), rule, *fields) if fields else ():
        known = seen.setdefault(keys[i], set())
        if known and values[i] not in known:
            yield _finding(cells, rule, row, world)
        known.add(values[i])


def _comparable(table: Table, name: str) -> list[Any]:
    """A column as it is compared for sameness: keys of references, plain texts, blank as blank."""
    frame = table.frame
    series = frame[name + KEY] if name + KEY in frame else frame[name]
    if series.dtype == object:
        return [tuple(map(plain, v)) if isinstance(v, tuple) else plain(v or "") for v in series]
    return [v if full else "" for v, full in zip(series, series.notna(), strict=True)]


def _agree(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    via, theirs = str(rule.args["via"]), str(rule.args["theirs"])
    column = cells.table.module.by_name[via]
    other = world.tables.get(column.ref.to) if column.ref else None
    if other is None or via + KEY not in cells or theirs not in other.frame:
        return
    ids = other.frame[other.module.id_field]
    known = {
        i: v for i, v in zip(ids, _comparable(other, theirs), strict=True) if v not in ("", ())
    }
    said = dict(zip(ids, other.frame[theirs], strict=True))
    mine, keys = _comparable(cells.table, rule.field), cells.values(via + KEY)
    for i, row in _rows(cells, cells.filled(rule.field), rule, via):
        targets = [k for k in _list(keys[i]) if k in known]
        if targets and not any(_same(mine[i], known[k]) for k in targets):
            shown = _shown(said[targets[0]], other.module.by_name[theirs])
            yield _finding(cells, rule, row, world, theirs=shown)


def _same(mine: Any, theirs: Any) -> bool:
    """Whether two compared values agree; groups of rows agree where they share one."""
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        return not set(mine).isdisjoint(theirs)
    if isinstance(theirs, tuple):
        return mine in theirs
    return bool(mine == theirs)


def _not_self(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    import numpy as np

    keys, own = cells.values(rule.field + KEY), cells.values(cells.table.module.id_field)
    itself = [mine in _list(k) for mine, k in zip(own, keys, strict=True)]
    for _, row in _rows(cells, np.array(itself, dtype=bool), rule):
        yield _finding(cells, rule, row, world)


def _within_period(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A day outside the time from the start of the row's period to the as-of day."""
    starts = _starts(cells, rule)
    if starts is None:
        return
    days, last = cells.values(rule.field), _day(world.as_of)
    fires = cells.filled(rule.field) & ((days < starts) | (days > last))
    for i, row in _rows(cells, fires, rule, str(rule.args["period"])):
        span = f"{_shown(starts[i])} – {_shown(last)}"
        yield _finding(cells, rule, row, world, expected=span)


def _not_before_period(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value in a row whose period has not begun on the as-of day."""
    starts = _starts(cells, rule)
    if starts is None:
        return
    fires = cells.filled(rule.field) & (starts > _day(world.as_of))
    for i, row in _rows(cells, fires, rule, str(rule.args["period"])):
        yield _finding(cells, rule, row, world, expected=f"≥ {_shown(starts[i])}")


def _starts(cells: Cells, rule: Rule) -> Any:
    """First day of each row's period, NaT where it has none; None without such a column."""
    import numpy as np

    name = str(rule.args["period"])
    if name not in cells:
        return None
    texts = cells.values(name)
    first = {t: np.datetime64(period.bounds(t)[0], "s") for t in set(compress(texts, texts))}
    blank = np.datetime64("NaT", "s")
    return np.array([first.get(t, blank) for t in texts], dtype="datetime64[s]")


def _day(day: date) -> Any:
    import numpy as np

    return np.datetime64(day, "s")


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _shown(value: Any, column: Column | None = None) -> str:
    """A value as people read it: dates as 2026-03-05, times as 9:30."""
    import numpy as np

    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]"))
    if hasattr(value, "date"):
        return str(value.date())
    if column is not None and column.type == "time":
        return "{:02d}:{:02d}".format(*divmod(round(value), 60))
    return f"{value:g}" if isinstance(value, float) else str(value)


KINDS: Mapping[str, Callable[[Cells, Rule, World], Iterable[Finding]]] = {
    "required_if": _required_if,
    "forbidden_if": _forbidden_if,
    "order": _order,
    "range": _range,
    "unique": _unique,
    "uniform": _uniform,
    "agree": _agree,
    "not_self": _not_self,
    "within_period": _within_period,
    "not_before_period": _not_before_period,
}
