"""What people changed since the last refresh, in words: rows that came, went or differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.book.read import Table
from tracker.book.since import Since, since
from tracker.book.state import DIGEST, State
from tracker.schema.model import Column
from tracker.summary.agenda.item import clock
from tracker.summary.source import Source, text
from tracker.xlsx.serial import from_serial
from tracker.xlsx.values import number_text

_FIELDS = 6  # of one row
_LONGEST = 40


@dataclass(frozen=True)
class Past:
    """What a comparison reads: the tables, the rows as they are and as they were by id."""

    tables: Mapping[str, Table]
    now: Mapping[str, Mapping[str, Mapping[str, object]]]
    state: State


def changes(source: Source, past: Past, *, show: bool = False) -> dict[str, object] | None:
    """`day` of the last refresh, `total` and `tables`; None for a workbook never refreshed.

    A table has `sheet`, `added`, `gone` and `changed` (numbers), and `rows`, each with `how` (one
    of these words), `name` and `fields` (`label`, `old`, `new`; None for blank, "…" for a longer
    text or a value that is personal, unless `show`). Rows are cut at `agenda.limits.changes`.
    """
    if "as_of" not in past.state.meta:
        return None
    tables = [_table(source, past, name, table, show=show) for name, table in past.tables.items()]
    lost = [_lost(source, name, len(rows)) for name, rows in past.state.rows.items()
            if rows and name not in past.tables]  # fmt: skip
    shown = [t for t in (*tables, *lost) if t["total"]]
    total = sum(int(str(t["total"])) for t in shown)
    return {"day": past.state.meta["as_of"], "total": total, "tables": shown}


def _table(source: Source, past: Past, name: str, table: Table, *, show: bool) -> dict[str, object]:
    before, now = past.state.rows.get(name, {}), past.now.get(name, {})
    found = since(before, now, [c.name for c in table.module.owned("input") if c.name in table.raw])
    said = _Said(table, source.lang, show=show)
    rows = list(_rows(said, found, before, now))
    counts = {"added": len(found.added), "gone": len(found.gone), "changed": len(found.changed)}
    longest = source.limit("changes", "agenda")
    return {"sheet": source.sheet(name), "rows": rows[:longest], "total": len(rows), **counts}


def _lost(source: Source, name: str, count: int) -> dict[str, object]:
    known = source.schema.modules.get(name)
    sheet = known.sheet[source.lang] if known else name
    return {"sheet": sheet, "rows": [], "total": count, "added": 0, "gone": count, "changed": 0}


def _rows(
    said: _Said, found: Since, before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[dict[str, object]]:
    for key, pairs in found.changed.items():
        fields = [said.field(f, *pair) for f, pair in list(pairs.items())[:_FIELDS]]
        yield {"how": "changed", "name": said.name(now[key]), "fields": fields}
    for key in found.added:
        yield {"how": "added", "name": said.name(now[key]), "fields": []}
    for key in found.gone:
        yield {"how": "gone", "name": said.name(before[key]), "fields": []}


class _Said:
    """Puts the cells of one table into words."""

    def __init__(self, table: Table, lang: str, *, show: bool) -> None:
        self.table, self.lang, self.show = table, lang, show

    def name(self, row: Mapping[str, object]) -> str:
        """What tells a row apart, as far as it is kept."""
        columns = (self.table.module.by_name.get(f) for f in self.table.module.natural_key)
        told = (self.cell(c, row.get(c.name)) for c in columns if c and not self._hidden(c))
        return " · ".join(t for t in told if t and t != "…")

    def field(self, name: str, old: object, new: object) -> dict[str, object]:
        column = self.table.module.by_name[name]
        hidden = self._hidden(column)
        texts = {
            which: None if value is None else "…" if hidden else self.cell(column, value)
            for which, value in (("old", old), ("new", new))
        }
        return {"label": column.label(self.lang), **texts}

    def _hidden(self, column: Column) -> bool:
        return column.data_class != "public" and not self.show

    def cell(self, column: Column, value: object) -> str:
        """A cell's value as the state keeps it, as a person would read it."""
        if isinstance(value, str):
            return "…" if value.startswith(DIGEST) else text(value, _LONGEST)
        if not isinstance(value, float | int) or isinstance(value, bool):
            return text(value, _LONGEST)
        if column.type == "time":
            return clock(min(round(value % 1 * 1440), 1439))
        moment = None
        if column.type in ("date", "monthday"):
            moment = from_serial(value, date1904=self.table.place.sheet.book.date1904)
        return f"{moment:%Y-%m-%d}" if moment else number_text(float(value))
