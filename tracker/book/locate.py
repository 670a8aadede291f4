"""Where the tables of a schema stand in a workbook: by hidden names, sheet names, headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tracker.book.headers import Headers, Match
from tracker.schema.model import Lookup, Module, Schema
from tracker.schema.names import Variants, plain
from tracker.xlsx import Sheet, Workbook
from tracker.xlsx.refs import sheet_area
from tracker.xlsx.tables import Table, headed

PREFIX = "_trk."
_HEADER_ROWS = 20
_ENOUGH = 3  # fields that make a row a header row
_COPY_SHARE = 0.6


@dataclass(frozen=True)
class Place:
    """One module in a workbook: its sheet, its header row, and which column is which field."""

    module: Module
    sheet: Sheet
    header_row: int
    headers: Mapping[int, str]
    match: Match

    @property
    def columns(self) -> Mapping[str, int]:
        """Column numbers by field name."""
        return self.match.columns

    @cached_property
    def table(self) -> Table | None:
        """The Excel table of the module, None where it is a plain range."""
        return headed(self.sheet.tables, self.header_row, self.columns.values())


@dataclass(frozen=True)
class Copy:
    """A sheet that repeats a module's table; it is reported and not read."""

    module: str
    sheet: str
    original: str


def locate(book: Workbook, schema: Schema) -> tuple[dict[str, Place], list[Copy]]:
    """The modules found in a workbook, and the copies of their sheets.

    A module is found by its anchor, else by the name of its sheet or an alias, else by headers.
    """
    free = [n for n in book.worksheet_names if n not in _own_sheets(book, schema)]
    variants = Variants(schema.variants)
    modules = {n: _Search(book, m, variants) for n, m in schema.modules.items()}
    places: dict[str, Place] = {}
    for way in (_Search.by_anchor, _Search.by_name, _Search.by_headers):
        for name, search in modules.items():
            if name not in places:
                taken = {p.sheet.name for p in places.values()}
                place = next(way(search, [n for n in free if n not in taken]), None)
                if place is not None:
                    places[name] = place
    searches = [modules[n] for n in places]
    return places, list(_copies(searches, places, free))


def anchor(module: str, field: str = "") -> str:
    """Name of the hidden defined name that follows a table, or one of its columns."""
    return PREFIX + module + ("." + field if field else "")


def _own_sheets(book: Workbook, schema: Schema) -> set[str]:
    """Sheets that are no module's: generated and support sheets, by any of their names."""
    names = {plain(n) for both in schema.sheets.values() for n in both.values()}
    for look in schema.lookups.values():
        names.update(map(plain, (*look.sheet.values(), *look.sheet_aliases)))
    return {n for n in book.worksheet_names if plain(n) in names}


class _Search:
    """The search for one module in a workbook: three ways, the surest first."""

    def __init__(self, book: Workbook, module: Module, variants: Variants) -> None:
        self.book, self.module, self.variants = book, module, variants
        self.headers = Headers(module, variants)
        self.required = {c.name for c in module.columns if c.need == "required"}

    def by_anchor(self, free: list[str]) -> Iterator[Place]:
        """The sheet that the module's defined name points into."""
        where = sheet_area(self.book.names.get(anchor(self.module.name), ""))
        if where and where[0] in free:
            yield from self._places([where[0]])

    def by_name(self, free: list[str]) -> Iterator[Place]:
        """Sheets with the module's name, then those with an alias."""
        for names in (self.module.sheet.values(), self.module.sheet_aliases):
            known = set(map(self.variants.plain, names))
            yield from self._places([n for n in free if self.variants.plain(n) in known])

    def by_headers(self, free: list[str]) -> Iterator[Place]:
        """Sheets with all required columns or the module's own table, the fullest first."""
        fit = [p for p in self._places(free) if self.required <= set(p.columns) or self._owns(p)]
        yield from sorted(fit, key=lambda p: -len(p.columns))

    def _owns(self, place: Place) -> bool:
        return any(t.name == self.module.table for t in place.sheet.tables)

    def _places(self, names: Iterable[str]) -> Iterator[Place]:
        return (p for p in map(self.place, names) if p is not None)

    def place(self, name: str) -> Place | None:
        """The module's table on a sheet, its header row being the best of the first twenty."""
        sheet = self.book.sheet(name)
        anchors = self._column_anchors(name)
        best: Place | None = None
        for number, headers in header_rows(sheet):
            here = {f: c for f, (row, c) in anchors.items() if row == number}
            found = self.headers.match(headers, here)
            if len(found.columns) >= min(_ENOUGH, len(self.module.columns)):
                place = Place(self.module, sheet, number, headers, found)
                if best is None or len(place.columns) > len(best.columns):
                    best = place
        return best

    def _column_anchors(self, sheet: str) -> dict[str, tuple[int, int]]:
        start, found = anchor(self.module.name, "x")[:-1], {}
        for name, text in self.book.names.items():
            if name.startswith(start) and name[len(start) :] in self.module.by_name:
                where = sheet_area(text)
                if where and where[0] == sheet:
                    found[name[len(start) :]] = (where[1].top, where[1].left)
        return found


def header_rows(sheet: Sheet) -> Iterator[tuple[int, dict[int, str]]]:
    """Texts of each of the first rows, by column number; rows without text are passed over."""
    for number, row in sheet.scan.rows.items():
        if number > _HEADER_ROWS:
            break
        texts = {}
        for cell in sheet.scan.cells(row):
            value = sheet.value(cell)
            if isinstance(value, str) and value.strip():
                texts[cell.column] = value
        if texts:
            yield number, texts


def _copies(
    searches: list[_Search], places: Mapping[str, Place], free: list[str]
) -> Iterator[Copy]:
    """Sheets left over that hold most columns of a module, and every required one that it has."""
    taken = {p.sheet.name for p in places.values()}
    for name in free:
        for search in searches if name not in taken else ():
            place, twin = places[search.module.name], search.place(name)
            if twin and _repeats(_alike(twin, place), set(place.columns), search.required):
                yield Copy(search.module.name, name, place.sheet.name)
                break


def _alike(twin: Place, original: Place) -> set[str]:
    """Fields that stand on a sheet, one that was renamed in the original by its header there."""
    texts = set(map(plain, twin.headers.values()))
    named = {f for f, c in original.columns.items() if plain(original.headers[c]) in texts}
    return named.union(twin.columns)


def _repeats(twin: set[str], original: set[str], required: set[str]) -> bool:
    enough = max(_ENOUGH, _COPY_SHARE * len(original))
    return len(twin & original) >= enough and required & original <= twin


def find_lookup(book: Workbook, look: Lookup) -> Sheet | None:
    """The support sheet of that name, else of an alias, or None."""
    return _first_named(book, (*look.sheet.values(), *look.sheet_aliases))


def own_sheet(book: Workbook, schema: Schema, key: str, lang: str = "") -> Sheet | None:
    """A generated or hidden sheet, or None: that of its name in `lang`, else in another language.

    A person's sheet may bear the name that it would have in the other one.
    """
    titles = schema.sheets[key]
    return _first_named(book, (*([titles[lang]] if lang else []), *titles.values()))


def _first_named(book: Workbook, names: Iterable[str]) -> Sheet | None:
    """The sheet of the first of some names that there is."""
    known = {plain(n): n for n in reversed(book.worksheet_names)}
    name = next((known[plain(n)] for n in names if plain(n) in known), None)
    return book.sheet(name) if name else None
