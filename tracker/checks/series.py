"""Kinds of rules over rows that follow each other: hours of a day, steps of a ladder, amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tracker.book import period
from tracker.book.period import PER_YEAR
from tracker.checks.across_sheets import follow, leading
from tracker.checks.conditions import Cells
from tracker.checks.firing import Kind, World, listed, place, rows, shown, tell
from tracker.checks.within_sheet import known_fields
from tracker.findings import Finding
from tracker.schema.model import Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tracker.checks.conditions import Mask

    Ints = NDArray[np.int64]


def group(cells: Cells, fields: Sequence[str]) -> Ints:
    """A number for each row: equal where all the fields agree in compared form."""
    import numpy as np
    import pandas as pd

    found = np.zeros(len(cells), dtype=np.int64)
    for name in fields:
        values = np.fromiter(cells.comparable(name), dtype=object, count=len(cells))
        codes = pd.factorize(values)[0]
        found = pd.factorize(found * (codes.max(initial=0) + 1) + codes)[0].astype(np.int64)
    return found


def _steps(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value of a pick-list more than `up` places above, or below, the one before it.

    One before another: of the rows that agree in `fields`, by the day `by`, then by row.
    """
    import numpy as np

    fields, by = known_fields(cells, rule), str(rule.args["by"])
    if by not in cells:
        return
    rank = {p.code: p.rank for p in cells.table.module.by_name[rule.field].picks}
    values = cells.values(rule.field)
    used = cells.filled(rule.field) & cells.filled(by) & cells.readable([rule.field, by, *fields])
    at = used.nonzero()[0]
    at = at[np.lexsort((at, cells.values(by)[at], group(cells, fields)[at]))]
    ranks = np.array([rank.get(v, 0) for v in values[at]], dtype=np.int64)
    step = np.diff(ranks, prepend=ranks[:1])
    same = np.diff(group(cells, fields)[at], prepend=-1) == 0
    odd = same & ((step > int(str(rule.args["up"]))) | (step < 0))
    fires = cells.constant(value=False)
    fires[at[odd]] = True
    before = dict(zip(at[1:].tolist(), at[:-1].tolist(), strict=True))
    for i, row in rows(cells, fires, rule, by, *fields):
        j = before[i]
        said = shown(values[j], cells.table.module.by_name[rule.field], world.ctx.lang)
        where = place(cells, rule.field, cells.table.rows[j])
        yield tell(cells, rule, row, world, first=where, other_value=said)


def _overlap(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """Spans of one day that overlap, or lie less than `gap` minutes apart at different places.

    `day` and `end` name columns, the rule's field is the start, `where` paths to the place. The gap
    counts only between rows for which `moving` holds. Rows that agree in `who` are passed over:
    they stand doubled, which is told as such.
    """
    spans = _Spans(cells, rule, world)
    for i, row in spans.rows():
        j = spans.clash(i)
        if j is not None:
            where = place(cells, rule.field, cells.table.rows[j])
            yield tell(cells, rule, row, world, first=where)


class _Spans:
    """The spans of a table, each held against the one that ends last before it on its day."""

    def __init__(self, cells: Cells, rule: Rule, world: World) -> None:
        self.cells, self.rule, self.world = cells, rule, world
        self.day, self.end = str(rule.args["day"]), str(rule.args["end"])
        self.gap = float(str(rule.args["gap"]))
        moving: Any = rule.args.get("moving", {})
        self.moving = cells.where(moving)
        self.who = follow(cells, str(rule.args["who"]), world)
        self.starts = cells.values(rule.field)
        self.ends = self._ends()
        self.last: dict[Any, int] = {}

    @cached_property
    def places(self) -> list[tuple[Any, ...]]:
        """Where each row takes place; looked up only where it matters."""
        return leading(self.cells, self.rule.args["where"], self.world)

    def _ends(self) -> Any:
        import numpy as np

        if self.end not in self.cells:
            return self.starts
        ends = self.cells.values(self.end)
        return np.where(np.isnan(ends) | (ends < self.starts), self.starts, ends)

    def rows(self) -> Iterator[tuple[int, int]]:
        """Rows in the order of day, start and row."""
        if self.day not in self.cells:
            return iter(())
        usable = self.cells.filled(self.rule.field) & self.cells.filled(self.day)
        found = list(rows(self.cells, usable, self.rule, self.day, self.end))
        self.days = self.cells.values(self.day)
        return iter(sorted(found, key=lambda at: (self.days[at[0]], self.starts[at[0]], at[0])))

    def clash(self, i: int) -> int | None:
        """The earlier span that a span gets in the way of, or None."""
        j = self.last.get(self.days[i])
        if j is None or self.ends[i] >= self.ends[j]:
            self.last[self.days[i]] = i
        return j if j is not None and self._clashes(j, i) else None

    def _clashes(self, before: int, after: int) -> bool:
        if set(self.who[before]) & set(self.who[after]):
            return False
        between = self.starts[after] - self.ends[before]
        if between < 0 or self.starts[after] == self.starts[before]:
            return True
        if between >= self.gap or not (self.moving[before] and self.moving[after]):
            return False
        here, there = self.places[before], self.places[after]
        return bool(here and there and not set(here) & set(there))


def _outlier(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value over `factor` times, or under that part of, the median of its series.

    A series: rows that agree in `fields`, their `period` of one length; its median is that of the
    complete periods, of which it needs `least`. A period that runs cannot be too low yet.
    """
    import numpy as np
    import pandas as pd

    name, factor = str(rule.args["period"]), float(str(rule.args["factor"]))
    if name not in cells:
        return
    values = cells.values(rule.field)
    used = ~np.isnan(values) & cells.filled(name) & cells.readable([rule.field, name])
    done = used & cells.where({name: "complete"})
    keys = _by_grain(cells, rule, name)
    settled = pd.Series(np.where(done, values, np.nan)).groupby(keys)
    middle = settled.transform("median").to_numpy()
    counted = settled.transform("count").to_numpy() >= int(str(rule.args["least"]))
    judged = used & counted & (middle > 0) & (values >= 0)
    fires = judged & ((values > middle * factor) | (done & (values < middle / factor)))
    for i, row in rows(cells, fires, rule, name, *known_fields(cells, rule)):
        yield tell(cells, rule, row, world, expected=shown(float(middle[i])))


def _by_grain(cells: Cells, rule: Rule, name: str) -> Ints:
    """Numbers of the series: rows that agree in the rule's fields and in how long the period is."""
    import pandas as pd

    grains = [period.split(t).grain if t else "" for t in cells.values(name)]
    lengths = pd.factorize(pd.Series(grains, dtype=object))[0]
    return group(cells, known_fields(cells, rule)) * (len(PER_YEAR) + 1) + lengths


def _sums_up(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value of a long period that differs from the sum over the shorter ones inside it.

    Held against the longest shorter periods that stand there: where all of them do, a share of
    `tolerance` may be missing or over; where some are not yet there, they may not be more already.
    """
    fields, name = known_fields(cells, rule), str(rule.args["period"])
    if name not in cells:
        return
    values, numbers = cells.values(rule.field), group(cells, fields)
    usable = cells.filled(rule.field) & cells.filled(name)
    found = list(rows(cells, usable, rule, name, *fields))
    known: dict[tuple[int, period.Period], float] = {}
    periods = cells.values(name)
    for i, _ in found:
        known[int(numbers[i]), period.split(periods[i])] = float(values[i])
    for i, row in found:
        whole = period.split(periods[i])
        total = _parts_of(whole, int(numbers[i]), known)
        if total is not None and _differs(float(values[i]), *total, rule):
            yield tell(cells, rule, row, world, expected=shown(total[0]), count=total[1])


def _parts_of(
    whole: period.Period, number: int, known: Mapping[tuple[int, period.Period], float]
) -> tuple[float, int, bool] | None:
    """Sum, count and completeness of the longest periods inside a period; None without any."""
    for grain, per_year in PER_YEAR.items():
        share = per_year // PER_YEAR[whole.grain]
        if share > 1 and per_year % PER_YEAR[whole.grain] == 0:
            inside = range(whole.ordinal * share, (whole.ordinal + 1) * share)
            parts = [known.get((number, period.Period(grain, n))) for n in inside]
            there = [p for p in parts if p is not None]
            if there:
                return sum(there), len(there), len(there) == share
    return None


def _differs(whole: float, total: float, count: int, complete: bool, rule: Rule) -> bool:
    margin = float(str(rule.args["tolerance"])) * abs(whole) + 1e-9
    return count > 0 and (total - whole > margin or (complete and whole - total > margin))


def _adds_up(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A value at the level `whole` that differs from the sum of the others of its `fields`.

    `level` names the column, `parts` its other codes from coarse to fine: of one `where` (the
    first path that leads anywhere) only the coarsest counts, so that nothing is added twice. With
    a blank among the parts the sum may only not be more.
    """
    level, fields = str(rule.args["level"]), known_fields(cells, rule)
    if level not in cells:
        return
    levels, values, numbers = cells.values(level), cells.values(rule.field), group(cells, fields)
    sums = _sums_of_parts(cells, rule, world, numbers)
    wholes = cells.filled(rule.field) & (levels == rule.args["whole"])
    for i, row in rows(cells, wholes, rule, level, *fields):
        total = sums.get(int(numbers[i]))
        if total is not None and _differs(float(values[i]), *total, rule):
            yield tell(cells, rule, row, world, expected=shown(total[0]), count=total[1])


def _sums_of_parts(
    cells: Cells, rule: Rule, world: World, numbers: Ints
) -> dict[int, tuple[float, int, bool]]:
    """Sum, count and completeness of the parts, by number of the group."""
    rank = {code: n for n, code in enumerate(listed(rule.args["parts"]))}
    level = str(rule.args["level"])
    levels, values = cells.values(level), cells.values(rule.field)
    places = leading(cells, rule.args["where"], world)
    at_place: dict[tuple[int, Any], dict[int, list[float]]] = {}
    looked_at: Mask = cells.readable([rule.field, level, *known_fields(cells, rule)])
    for i in looked_at.nonzero()[0]:
        if levels[i] in rank:
            kinds = at_place.setdefault((int(numbers[i]), places[i]), {})
            kinds.setdefault(rank[levels[i]], []).append(float(values[i]))
    found: dict[int, tuple[float, int, bool]] = {}
    for (number, _), kinds in at_place.items():
        parts = kinds[min(kinds)]
        there = [v for v in parts if v == v]  # NaN is blank
        total, count, complete = found.get(number, (0.0, 0, True))
        complete = complete and len(there) == len(parts)
        found[number] = total + sum(there), count + len(there), complete
    return found


KINDS: Mapping[str, Kind] = MappingProxyType({
    "steps": _steps,
    "overlap": _overlap,
    "outlier": _outlier,
    "sums_up": _sums_up,
    "adds_up": _adds_up,
})  # fmt: skip
