"""The kinds of rules that schema files may state over the cells of a row or the rows of a sheet.

Each kind is a function (table, rule, world) -> findings, vectorised over the frame.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.book import period
from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.book.resolve import KEY
from tracker.checks.conditions import filled, mask, unreadable, words
from tracker.findings import Finding
from tracker.schema.model import Rule
from tracker.schema.names import plain
from tracker.xlsx.refs import ref

if TYPE_CHECKING:
    import pandas as pd

_OPS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
AS_OF = {"zh": "统计日", "en": "the as-of day"}


@dataclass(frozen=True)
class World:
    """What a rule may look at beside its own table."""

    tables: Mapping[str, Table]
    ctx: Context
    as_of: date


def run_rules(table: Table, world: World) -> list[Finding]:
    """Findings of a module's rules; of rules with one code, field and row the first counts."""
    found: dict[tuple[str, str | None, int | None], Finding] = {}
    for rule in table.module.rules:
        if rule.field in table.frame:
            for finding in KINDS[rule.check](table, rule, world):
                found.setdefault((finding.code, finding.field, finding.row), finding)
    return list(found.values())


def _rows(table: Table, fires: pd.Series[bool], rule: Rule, *others: str) -> list[int]:
    """Rows where a rule fires and every cell that it looks at could be read."""
    fires = fires & mask(table, rule.when) & ~unreadable(table, (rule.field, *others))
    return [int(r) for r in table.frame.index[fires]]


def _finding(table: Table, rule: Rule, row: int, world: World, **facts: object) -> Finding:
    if rule.when:
        facts["condition"] = words(table, rule.when, world.ctx.lang)
    return table.finding(rule.code, rule.field, row, facts, severity=rule.severity)


def _required_if(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    blank = ~filled(table, rule.field)
    after = rule.args.get("after")
    if isinstance(after, str):
        if after not in table.frame:
            return
        passed = _as_of(world) - table.frame[after]
        blank &= passed.dt.days > int(str(rule.args.get("days", 0)))
    for row in _rows(table, blank, rule, *([after] if isinstance(after, str) else [])):
        yield _finding(table, rule, row, world)


def _forbidden_if(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    fields = [str(f) for f in _list(rule.args.get("fields"))] or [rule.field]
    for row in _rows(table, mask(table, {}), rule):
        first = next((f for f in fields if f in table.frame and filled(table, f).at[row]), None)
        if first is not None:
            facts = {"condition": words(table, rule.when, world.ctx.lang)}
            yield table.finding(rule.code, first, row, facts, severity=rule.severity)


def _order(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    op, other = str(rule.args["op"]), str(rule.args["other"])
    lang = world.ctx.lang
    if other == "as_of":
        right: Any = _as_of(world)
        names: tuple[str, ...] = ()
    elif other in table.frame:
        right, names = table.frame[other], (other,)
    else:
        return
    left = table.frame[rule.field]
    fires = left.notna() & ~_OPS[op](left, right)
    if names:
        fires &= right.notna()
    for row in _rows(table, fires, rule, *names):
        said = _shown(right.at[row] if names else right)
        header = table.module.by_name[other].label(lang) if names else AS_OF[lang]
        yield _finding(
            table, rule, row, world,
            other_header=header, other_value=said, expected=f"{_SIGNS[op]} {said}",
        )  # fmt: skip


def _range(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    values, expected = table.frame[rule.field], []
    fires = values.notna() & False
    for key, op, sign in (("min", operator.lt, "≥"), ("max", operator.gt, "≤"), ("exclusive_min", operator.le, ">")):  # fmt: skip
        if key in rule.args:
            limit = float(str(rule.args[key]))
            fires |= op(values, limit)
            expected.append(f"{sign} {limit:g}")
    for row in _rows(table, fires, rule):
        yield _finding(table, rule, row, world, expected=", ".join(expected))


def _unique(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    import pandas as pd

    fields = [f for f in map(str, _list(rule.args["fields"])) if f in table.frame]
    rows = _rows(table, filled(table, rule.field), rule, *fields)
    keys = pd.DataFrame({f: _comparable(table, f).loc[rows] for f in fields})
    first: dict[tuple[Any, ...], int] = {}
    twins: list[tuple[int, int]] = []
    for row, key in zip(rows, keys.itertuples(index=False, name=None), strict=True):
        if key in first:
            twins.append((row, first[key]))
        else:
            first[key] = row
    if rule.args.get("flag") == "all":
        seconds = {b: a for a, b in reversed(twins)}
        twins += [(b, a) for b, a in seconds.items()]
    column = table.place.columns[rule.field]
    for row, other in sorted(twins):
        yield _finding(table, rule, row, world, first=ref(other, column))


def _comparable(table: Table, name: str) -> pd.Series[Any]:
    """A column as it is compared for sameness: keys of references, plain texts, blank as blank."""
    frame = table.frame
    series = frame[name + KEY] if name + KEY in frame else frame[name]
    if series.dtype == object:
        return series.map(lambda v: plain(v) if isinstance(v, str) else v or "")
    return series.astype(object).where(series.notna(), "")


def _agree(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    via, theirs = str(rule.args["via"]), str(rule.args["theirs"])
    column = table.module.by_name[via]
    other = world.tables.get(column.ref.to) if column.ref else None
    if other is None or via + KEY not in table.frame or theirs not in other.frame:
        return
    ids = other.frame[other.module.id_field]
    known = dict(zip(ids, _comparable(other, theirs), strict=True))
    said = dict(zip(ids, other.frame[theirs], strict=True))
    mine, keys = _comparable(table, rule.field), table.frame[via + KEY]
    for row in _rows(table, filled(table, rule.field) & keys.map(bool), rule, via):
        targets = [k for k in _list(keys.at[row]) if k in known and known[k] not in ("", ())]
        if targets and not any(_same(mine.at[row], known[k]) for k in targets):
            yield _finding(table, rule, row, world, theirs=_shown(said[targets[0]]))


def _same(mine: Any, theirs: Any) -> bool:
    return bool(mine in theirs if isinstance(theirs, tuple) else mine == theirs)


def _not_self(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    keys = table.frame[rule.field + KEY]
    own = table.frame[table.module.id_field]
    itself = own.copy()
    itself[:] = [bool(i) and i in _list(k) for i, k in zip(own, keys, strict=True)]
    for row in _rows(table, filled(table, rule.field) & itself.astype(bool), rule):
        yield _finding(table, rule, row, world)


def _within_period(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    """A day outside the time from the start of the row's period to the as-of day."""
    for row, (start, _) in _periods(table, rule):
        day = table.frame.at[row, rule.field].date()
        if not start <= day <= world.as_of:
            span = f"{start.isoformat()} – {world.as_of.isoformat()}"
            yield _finding(table, rule, row, world, expected=span)


def _not_before_period(table: Table, rule: Rule, world: World) -> Iterator[Finding]:
    """A value in a row whose period has not begun on the as-of day."""
    for row, (start, _) in _periods(table, rule):
        if start > world.as_of:
            yield _finding(table, rule, row, world, expected=f"≥ {start.isoformat()}")


def _periods(table: Table, rule: Rule) -> Iterator[tuple[int, tuple[date, date]]]:
    name = str(rule.args["period"])
    if name in table.frame:
        fires = filled(table, rule.field) & filled(table, name)
        for row in _rows(table, fires, rule, name):
            yield row, period.bounds(table.frame.at[row, name])


def _as_of(world: World) -> Any:
    import pandas as pd

    return pd.Timestamp(world.as_of)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _shown(value: Any) -> str:
    if hasattr(value, "date"):
        return str(value.date())
    if isinstance(value, float):
        hours, minutes = divmod(round(value), 60)
        return f"{hours:02d}:{minutes:02d}"
    return str(value)


KINDS: Mapping[str, Callable[[Table, Rule, World], Iterator[Finding]]] = {
    "required_if": _required_if,
    "forbidden_if": _forbidden_if,
    "order": _order,
    "range": _range,
    "unique": _unique,
    "agree": _agree,
    "not_self": _not_self,
    "within_period": _within_period,
    "not_before_period": _not_before_period,
}
