"""What rules look at, where they fire, and how a place is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.checks.conditions import Cells, words
from tracker.findings import Finding
from tracker.schema.model import Column, Rule
from tracker.xlsx.refs import ref

if TYPE_CHECKING:
    import pandas as pd

    from tracker.checks.conditions import Mask


@dataclass
class World:
    """What rules may look at: all tables, and from `see` on what was computed from them."""

    tables: Mapping[str, Table]
    ctx: Context
    as_of: date
    _cells: dict[str, Cells] = having(default_factory=dict)

    def cells(self, name: str) -> Cells | None:
        """The cells of a module's table; None where the workbook lacks it."""
        if name not in self._cells and name in self.tables:
            self._cells[name] = Cells(self.tables[name], self.as_of)
        return self._cells.get(name)

    def see(self, computed: Mapping[str, pd.DataFrame]) -> None:
        """Let rules see computed columns (module -> frame on the table's index)."""
        for name, frame in computed.items():
            cells = self.cells(name)
            if cells is not None:
                cells.computed = frame


Kind = Callable[[Cells, Rule, World], Iterable[Finding]]
"""A kind of rule: (cells of its table, rule, world) -> findings, vectorised over the frame."""


def rows(cells: Cells, fires: Mask, rule: Rule, *others: str) -> Iterator[tuple[int, int]]:
    """(place, Excel row) where a rule fires and every cell that it looks at could be read."""
    if not fires.any():
        return
    fires = fires & cells.where(rule.when) & cells.readable((rule.field, *others))
    numbers = cells.table.rows
    yield from ((int(i), numbers[i]) for i in fires.nonzero()[0])


def tell(cells: Cells, rule: Rule, row: int, world: World, **facts: object) -> Finding:
    """The finding of a rule in a row, at the rule's field."""
    return tell_at(cells, rule, rule.field, row, world, **facts)


def tell_at(
    cells: Cells, rule: Rule, name: str, row: int, world: World, **facts: object
) -> Finding:
    """The finding of a rule in a row, at another field."""
    if rule.say:
        facts["say"] = rule.say
    if rule.when:
        facts["condition"] = words(cells.table, rule.when, world.ctx.lang)
    return cells.table.finding(rule.code, name, row, facts, severity=rule.severity)


def place(cells: Cells, name: str, row: int) -> str:
    """A1 reference of a field's cell in a row."""
    return ref(row, cells.table.place.columns[name])


def day(when: date) -> Any:
    """A day as frames hold it."""
    import numpy as np

    return np.datetime64(when, "s")


def days(count: object) -> Any:
    """So many days as a difference of what frames hold."""
    import numpy as np

    return np.timedelta64(int(str(count)), "D")


def listed(value: Any) -> Sequence[Any]:
    """One value or several as several; blank is none."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def shown(value: Any, column: Column | None = None, lang: str = "zh") -> str:
    """A value as people read it: dates as 2026-03-05, times as 9:30, codes as their words."""
    import numpy as np

    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]"))
    if hasattr(value, "date"):
        return str(value.date())
    if column is not None and column.type == "time":
        return "{:02d}:{:02d}".format(*divmod(round(value), 60))
    if column is not None and column.picks:
        return next((p.label(lang) for p in column.picks if p.code == value), str(value))
    return f"{value:g}" if isinstance(value, float) else str(value)
