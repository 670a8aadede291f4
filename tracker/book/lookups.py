"""The support sheets that people edit: settings, lists of names, values added to pick-lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from functools import cached_property

from tracker.book.coerce import cell_text
from tracker.book.locate import find_lookup, header_rows
from tracker.book.settings import read_settings
from tracker.findings import Finding
from tracker.schema.model import Lookup, Module, Pick, Schema
from tracker.schema.names import PickList, Variants, header_names, plain
from tracker.schema.slips import Slips
from tracker.xlsx import Sheet, Workbook


@dataclass(frozen=True)
class Names:
    """Canonical names by any spelling that means one alone; in the order of the list.

    `several` has those that a spelling of more than one (an alias, a code) may mean, `records` the
    texts of the first row of each name, by column.
    """

    by_spelling: Mapping[str, str] = having(default_factory=dict)
    names: tuple[str, ...] = ()
    records: Mapping[str, Mapping[str, str]] = having(default_factory=dict)
    several: Mapping[str, tuple[str, ...]] = having(default_factory=dict)

    def canonical(self, text: str) -> str | None:
        """The canonical name of a text, or None."""
        return self.by_spelling.get(plain(text))

    def candidates(self, text: str) -> tuple[str, ...]:
        """The names that a text may mean where they are several."""
        return self.several.get(plain(text), ())

    def meant(self, text: str) -> str | None:
        """The one name that has the letters of a text, or None."""
        found = {self.by_spelling[n] for n in self._slips.same_letters(plain(text))}
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _slips(self) -> Slips:
        return Slips(self.by_spelling)


@dataclass(frozen=True)
class Context:
    """What reading a table needs to know beside its schema; `faults` are findings about settings."""

    schema: Schema
    variants: Variants
    lang: str
    settings: Mapping[str, str]
    lists: Mapping[str, Names]
    picks: Mapping[tuple[str, str], PickList]
    faults: tuple[Finding, ...] = ()

    @property
    def owner(self) -> str:
        """The code of whoever keeps the workbook, "" for nobody."""
        return self.settings.get(self.schema.owner_keys[0], "").strip()

    @property
    def owner_name(self) -> str:
        """The name of whoever keeps the workbook, "" for nobody."""
        return self.settings.get(self.schema.owner_keys[1], "").strip()


def context(book: Workbook, schema: Schema, given: Mapping[str, str] | None = None) -> Context:
    """Read the support sheets of a workbook; what it does not have counts as empty.

    `given` holds settings that hold for all workbooks: where the workbook says nothing, and where a
    setting has an order of strictness, against a laxer one.
    """
    variants = Variants(schema.variants)
    settings: dict[str, str] = {}
    faults: list[Finding] = []
    lists: dict[str, Names] = {}
    added: dict[tuple[str, str], list[Pick]] = {}
    for look in schema.lookups.values():
        sheet = find_lookup(book, look)
        if look.kind == "settings":
            settings, faults = read_settings(look, sheet, variants, given or {})
        elif look.kind == "list":
            lists[look.name] = _names(look, sheet)
        elif sheet is not None:
            added = _added_picks(look, sheet, schema)
    picks = {
        (m.name, c.name): PickList((*c.picks, *added.get((m.name, c.name), ())), variants)
        for m in schema.modules.values()
        for c in m.columns
        if c.picks
    }
    lang = settings.get("language") or "zh"
    return Context(schema, variants, lang, settings, lists, picks, tuple(faults))


def records(sheet: Sheet, look: Lookup) -> list[dict[str, str]]:
    """Rows under the header of a list, as texts by column name; blank cells are left out."""
    place = list_place(sheet, look)
    if place is None:
        return []
    number, columns = place
    return [r for r in _rows(sheet, number, {c: f for f, c in columns.items()}) if r]


def list_place(sheet: Sheet, look: Lookup) -> tuple[int, dict[str, int]] | None:
    """Header row of a list and its column numbers by name; None where there is no such row."""
    names = {n: c.name for c in look.columns for n in header_names(c)}
    for number, headers in header_rows(sheet):
        columns = {c: names[plain(t)] for c, t in headers.items() if plain(t) in names}
        if columns and len(columns) >= min(2, len(look.columns)):
            return number, {f: c for c, f in reversed(columns.items())}
    return None


def _rows(sheet: Sheet, header: int, columns: Mapping[int, str]) -> list[dict[str, str]]:
    found = []
    for number, row in sheet.scan.rows.items():
        if number > header:
            record = {}
            for cell in sheet.scan.cells(row):
                value = sheet.value(cell) if cell.column in columns else None
                text = "" if value is None else cell_text(value).strip()
                if text:
                    record[columns[cell.column]] = text
            found.append(record)
    return found


def _names(look: Lookup, sheet: Sheet | None) -> Names:
    """A list of names. A name means itself, whatever else it is an alias of."""
    rows = [r for r in (records(sheet, look) if sheet else []) if look.key in r]
    names = dict.fromkeys(r[look.key] for r in rows)
    own = {plain(n): n for n in reversed(names)}
    meant: dict[str, dict[str, None]] = {s: {n: None} for s, n in own.items()}
    for column in look.match:
        for r in rows:
            if plain(r.get(column, "")) not in {"", *own}:
                meant.setdefault(plain(r[column]), {})[own[plain(r[look.key])]] = None
    several = {s: tuple(ns) for s, ns in meant.items() if len(ns) > 1}
    alone = {s: next(iter(ns)) for s, ns in meant.items() if s not in several}
    return Names(alone, tuple(names), {r[look.key]: r for r in reversed(rows)}, several)


def _added_picks(look: Lookup, sheet: Sheet, schema: Schema) -> dict[tuple[str, str], list[Pick]]:
    """Values that people added to pick-lists, by module and field."""
    modules = {plain(n): m for m in schema.modules.values() for n in (m.name, *m.sheet.values())}
    found: dict[tuple[str, str], list[Pick]] = {}
    for r in records(sheet, look):
        module = modules.get(plain(r.get("module", "")))
        column = _pick_column(module, r.get("field", "")) if module else None
        if module is None or column is None or "value" not in r:
            continue
        known = {n for p in module.by_name[column].picks for n in (p.zh, p.en, p.code)}
        if r["value"] not in known and r.get("english") not in known:
            mine = found.setdefault((module.name, column), [])
            code, rank = r.get("code", r["value"]), len(known) + len(mine)
            mine.append(Pick(code, r["value"], r.get("english", r["value"]), rank))
    return found


def _pick_column(module: Module, label: str) -> str | None:
    for c in module.columns:
        if c.picks and c.owner == "input" and plain(label) in {plain(c.name), *header_names(c)}:
            return c.name
    return None
