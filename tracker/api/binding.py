"""Which rows of a workbook are which of the centrally kept ones, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from tracker.book.identity import Verdict
from tracker.book.locate import find_lookup
from tracker.book.lookups import Context
from tracker.book.read import Table
from tracker.book.resolve import KEY, Sought
from tracker.book.rows import Rows, key_text, list_rows, table_rows
from tracker.book.state import State
from tracker.bundles.desk import Mine, Which
from tracker.bundles.model import Cells, Known, Place
from tracker.bundles.settings import CentralSettings, Kept
from tracker.history.threeway import Value
from tracker.schema.model import Schema
from tracker.xlsx import Sheet, Workbook


class Held(Protocol):
    """What is asked of a workbook that was read (`tracker.api.session.Session`)."""

    book: Workbook
    schema: Schema
    ctx: Context
    tables: dict[str, Table]
    verdicts: dict[str, Verdict]
    state: State
    workbook_id: str

    @property
    def lang(self) -> str:
        """Its language."""

    def own_sheet(self, key: str) -> Sheet | None:
        """One of the tool's sheets."""


class Binding:
    """The rows of a session by what the central side calls them.

    Attributes:
        tables: rows by table, of those that the workbook has.
        at: Excel row by place, of the places that are bound.
    """

    def __init__(self, session: Held, kept: Mapping[str, Kept]) -> None:
        self._session, self.kept = session, kept
        found = {name: _rows(session, k) for name, k in kept.items()}
        self.tables: dict[str, Rows] = {n: rows for n, rows in found.items() if rows is not None}
        self.at: dict[Place, int] = {}
        self._by_id = {n: self._ids(n) for n in self.tables}
        self._taken: dict[str, set[int]] = {n: set() for n in self.tables}
        self._by_key: dict[str, dict[str, list[int]]] = {}
        self._sought: Sought | None = None

    def _ids(self, name: str) -> dict[str, int]:
        verdict = self._session.verdicts.get(name)
        if verdict is None:
            return {}
        return {i: row for row, i in reversed(verdict.ids.items()) if row not in verdict.copies}

    def bind(self, known: Mapping[Place, Known]) -> None:
        """Find the rows of places: by their ids, else by what makes them the same."""
        new = {p: k for p, k in known.items() if p not in self.at and p[0] in self.tables}
        for place, k in new.items():
            row = self._by_id[place[0]].get(k.id)
            if row is not None and row not in self._taken[place[0]]:
                self._hold(place, row)
        for place, k in new.items():
            if place not in self.at:
                free = (r for r in self._alike(place[0], k.at) if r not in self._taken[place[0]])
                row = next(free, None)
                if row is not None:
                    self._hold(place, row)

    def _hold(self, place: Place, row: int) -> None:
        self.at[place] = row
        self._taken[place[0]].add(row)

    def _alike(self, table: str, at: Cells) -> list[int]:
        """Rows that mean the same as a central one, going by the fields of its key."""
        kept = self.kept[table]
        if table not in self._by_key:
            found: dict[str, list[int]] = {}
            for row, key in self._own_keys(kept):
                found.setdefault(key, []).append(row)
            self._by_key[table] = found
        return self._by_key[table].get(key_text(self._their_key(kept, at)), [])

    def _own_keys(self, kept: Kept) -> Iterator[tuple[int, str]]:
        """Every row of a table with what makes it the same as another."""
        table = self._session.tables.get(kept.table)
        meant: dict[str, dict[Any, Any]] = {}
        for f in kept.key if table is not None else ():
            if table is not None and f + KEY in table.frame:
                meant[f] = dict(table.frame[f + KEY].items())
        for row, cells in self.tables[kept.table].cells.items():
            refs = ((cells.get(f), meant.get(f, {}).get(row)) for f in kept.key)
            yield row, key_text([_meant(value, key) for value, key in refs])

    def _their_key(self, kept: Kept, at: Cells) -> list[object]:
        table = self._session.tables.get(kept.table)
        found: list[object] = []
        for f in kept.key:
            column, value = kept.columns[f], at.get(f)
            meant: Any = None
            if table is not None and column.ref is not None and f + KEY in table.frame:
                self._sought = self._sought or Sought(self._session.tables, self._session.ctx)
                meant = self._sought.key(table, column, at)
            found.append(_meant(value, meant))
        return found

    def mine(self, places: Iterable[Place]) -> Mine:
        """The centrally kept cells of places that are bound, in the columns that there are."""
        return {p: self._cells(p) for p in places if p in self.at}

    def _cells(self, place: Place) -> dict[str, Value]:
        rows, kept = self.tables[place[0]], self.kept[place[0]]
        held = rows.cells[self.at[place]]
        return {f: held.get(f) for f in kept.fields if f in rows.columns}

    def __contains__(self, which: object) -> bool:
        """Whether a cell is not changed unasked: it holds a formula, or is part of a larger one."""
        cell = self.cell(which)  # type: ignore[arg-type]  # a Which, as the desk asks
        if cell is None:
            return False
        sheet, row, column = cell
        raw = sheet.raw(row, column)
        return bool(raw and raw.formula) or self.is_blocked(which)  # type: ignore[arg-type]

    def is_blocked(self, which: Which) -> bool:
        """Whether a cell cannot be set at all."""
        cell = self.cell(which)
        return cell is not None and bool(cell[0].blocked.at(cell[1], cell[2]))

    def cell(self, which: Which) -> tuple[Any, int, int] | None:
        """Sheet, row and column of a cell; None where it has no place in the workbook."""
        table, key, field = which
        rows, row = self.tables.get(table), self.at.get((table, key))
        if rows is None or row is None or field not in rows.columns:
            return None
        return rows.sheet, row, rows.columns[field]


def _meant(value: Value, key: object) -> object:
    """What a reference means where that is known, else what it says."""
    return key if isinstance(key, str) and key else value


def _rows(session: Held, kept: Kept) -> Rows | None:
    fields = (*kept.key, *kept.fields)
    if kept.table in session.schema.modules:
        table = session.tables.get(kept.table)
        return table_rows(table, fields, session.ctx) if table is not None else None
    look = session.schema.lookups[kept.table]
    sheet = find_lookup(session.book, look)
    return list_rows(sheet, look, session.ctx) if sheet is not None else None


def binding_of(session: Held, known: Mapping[Place, Known]) -> Binding:
    """The rows of a session, those of what it remembers bound."""
    bound = Binding(session, CentralSettings.of(session.schema).tables)
    bound.bind(known)
    return bound
