"""Kinds of rules over the cells of one row."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tracker.book.days import LUNAR_ALONE
from tracker.checks.conditions import Cells
from tracker.checks.firing import Kind, World, day, days, listed, rows, shown, tell, tell_at
from tracker.errors import ConfigError
from tracker.findings import Finding
from tracker.schema.model import Column, Rule
from tracker.schema.rules import AS_OF

OPS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
_LIMITS = (
    ("min", operator.lt, "≥"),
    ("max", operator.gt, "≤"),
    ("exclusive_min", operator.le, ">"),
)
_AS_OF = {"zh": "统计日", "en": "the as-of day"}


def _required_if(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A blank cell; with `after` only when `days` have passed since that date."""
    fires, after = ~cells.filled(rule.field), rule.args.get("after")
    others: tuple[str, ...] = ()
    if isinstance(after, str):
        if after not in cells:
            return
        limit = days(rule.args.get("days", 0))
        fires &= day(world.as_of) - cells.values(after) > limit
        others = (after,)
    for _, row in rows(cells, fires, rule, *others):
        yield tell(cells, rule, row, world)


def _forbidden_if(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A filled cell; of several `fields` the first that is filled in a row is told."""
    fields = [str(f) for f in listed(rule.args.get("fields"))] or [rule.field]
    told = cells.constant(value=False)
    for name in fields:
        fires = cells.filled(name) & ~told
        for i, row in rows(cells, fires, rule):
            told[i] = True
            yield tell_at(cells, rule, name, row, world)


def _order(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value that is not before or after another one, or the as-of day, `days` added to that.

    With `of` another column's value is compared, and the finding still stands at the field.
    """
    name = str(rule.args.get("of", rule.field))
    op, other, lang = str(rule.args["op"]), str(rule.args["other"]), world.ctx.lang
    column: Column | None = None
    if name not in cells or (other != AS_OF and other not in cells):
        return
    left, fires = _dated(cells, name), cells.filled(name)
    if other == AS_OF:
        right, header = day(world.as_of), _AS_OF[lang]
    else:
        right, column = _dated(cells, other), cells.table.module.by_name[other]
        header = cells.table.place.headers[cells.table.place.columns[other]]
        fires = fires & cells.filled(other)
    limit = right + days(rule.args["days"]) if "days" in rule.args else right
    for i, row in rows(cells, fires & ~OPS[op](left, limit), rule, *([other] if column else [])):
        open_to_all = column is None or column.data_class == "public"
        said = shown(right[i] if column else right, column) if open_to_all else header
        bound = shown(limit[i] if column else limit, column) if open_to_all else header
        yield tell(
            cells, rule, row, world,
            other_header=header, other_value=said, expected=f"{_SIGNS[op]} {bound}",
        )  # fmt: skip


def _dated(cells: Cells, name: str) -> Any:
    """Values that can be put in order; a date whose year is left out comes before all others."""
    import numpy as np

    values = cells.values(name)
    column = cells.table.module.by_name.get(name)
    if column is None or column.type != "monthday":
        return values
    days = [v if v and len(v) == 10 else "0001-01-01" for v in values]
    return np.array([d.replace(LUNAR_ALONE, "02-28") for d in days], "datetime64[s]")


def _range(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A number outside its limits; with `of` that of another column."""
    name = str(rule.args.get("of", rule.field))
    if name not in cells:
        return
    values, fires, expected = cells.values(name), cells.constant(value=False), []
    column = cells.table.module.by_name.get(name)
    for key, op, sign in _LIMITS:
        if key in rule.args:
            limit = float(str(rule.args[key]))
            fires |= op(values, limit)
            expected.append(f"{sign} {shown(limit, column)}")
    for _, row in rows(cells, fires, rule, name):
        yield tell(cells, rule, row, world, expected=", ".join(expected))


def _same(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value that differs from that of another column."""
    import numpy as np

    other = str(rule.args["other"])
    if other not in cells:
        return
    mine, theirs = cells.values(rule.field), cells.values(other)
    fires = np.array(mine != theirs, dtype=bool) & cells.filled(rule.field) & cells.filled(other)
    column = cells.table.module.by_name.get(other)
    for i, row in rows(cells, fires, rule, other):
        said = shown(theirs[i], column, world.ctx.lang)
        yield tell(cells, rule, row, world, other_value=said)


def _apart(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value of a pick-list that stands `by` places or more from that of another column."""
    import numpy as np

    other, lang = str(rule.args["other"]), world.ctx.lang
    if other not in cells:
        return
    column = cells.table.module.by_name[rule.field]
    rank = {p.code: float(p.rank) for p in column.picks}
    mine, theirs = cells.values(rule.field), cells.values(other)
    places = [[rank.get(v, np.nan) for v in side] for side in (mine, theirs)]
    steps = np.abs(np.array(places[0]) - np.array(places[1]))
    for i, row in rows(cells, steps >= float(str(rule.args["by"])), rule, other):
        said = shown(theirs[i], column, lang)
        yield tell(cells, rule, row, world, other_value=said, count=int(steps[i]))


def _not_self(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A reference to the row itself."""
    import numpy as np

    from tracker.book.resolve import KEY

    keys, own = cells.values(rule.field + KEY), cells.values(cells.table.module.id_field)
    itself = [mine in listed(k) for mine, k in zip(own, keys, strict=True)]
    for _, row in rows(cells, np.array(itself, dtype=bool), rule):
        yield tell(cells, rule, row, world)


def _within_period(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A day outside the time from the start of the row's period to the as-of day."""
    name = str(rule.args["period"])
    if name not in cells:
        return
    starts, last = cells.bounds(name)[0], day(world.as_of)
    values = cells.values(rule.field)
    fires = cells.filled(rule.field) & ((values < starts) | (values > last))
    for i, row in rows(cells, fires, rule, name):
        yield tell(cells, rule, row, world, expected=f"{shown(starts[i])} – {shown(last)}")


def _not_before_period(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value in a row whose period has not begun on the as-of day."""
    name = str(rule.args["period"])
    if name not in cells:
        return
    starts = cells.bounds(name)[0]
    fires = cells.filled(rule.field) & (starts > day(world.as_of))
    for i, row in rows(cells, fires, rule, name):
        yield tell(cells, rule, row, world, expected=f"≥ {shown(starts[i])}")


def _workday(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A day at the weekend or on a holiday of the calendar that the thresholds name."""
    import numpy as np

    calendar: Any = world.ctx.schema.thresholds[str(rule.args["calendar"])]
    values = cells.values(rule.field).astype("datetime64[D]")
    known = np.unique(values[~np.isnat(values)])
    free = known[~np.is_busday(known, holidays=_days_of(calendar, "holidays"))]
    free = free[~np.isin(free, _days_of(calendar, "workdays"))]
    for _, row in rows(cells, np.isin(values, free), rule):
        yield tell(cells, rule, row, world)


def _days_of(calendar: Mapping[str, Any], key: str) -> Any:
    """Days of a list of days and spans (2026-02-15/2026-02-23). ConfigError names what is none."""
    import numpy as np

    one = np.timedelta64(1, "D")
    try:
        spans = [[np.datetime64(d, "D") for d in str(t).split("/")] for t in calendar[key]]
    except ValueError as e:
        raise ConfigError(
            path="thresholds", zh=f"{key} 应为日期或起止日期的列表（{e}）",
            en=f"{key} must be a list of days or spans of days ({e})",
        ) from e  # fmt: skip
    found = [np.arange(s[0], s[-1] + one) for s in spans]
    return np.concatenate(found) if found else np.array([], "datetime64[D]")


KINDS: Mapping[str, Kind] = MappingProxyType({
    "required_if": _required_if,
    "forbidden_if": _forbidden_if,
    "order": _order,
    "range": _range,
    "same": _same,
    "apart": _apart,
    "not_self": _not_self,
    "within_period": _within_period,
    "not_before_period": _not_before_period,
    "workday": _workday,
})  # fmt: skip
