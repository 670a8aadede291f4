"""Where the tables of a schema stand in a workbook: by hidden names, sheet names, headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracker.book.headers import Match, match
from tracker.schema.model import Lookup, Module, Schema
from tracker.schema.names import plain
from tracker.xlsx import Sheet, Workbook
from tracker.xlsx.refs import sheet_area

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
    places: dict[str, Place] = {}
    for find in (_by_anchor, _by_name, _by_headers):
        for module in schema.modules.values():
            if module.name in places:
                continue
            taken = {p.sheet.name for p in places.values()}
            for name in find(book, module, [n for n in free if n not in taken]):
                place = _place(book, module, name)
                if place is not None:
                    places[module.name] = place
                    break
    return places, list(_copies(book, places, free))


def anchor(module: str, field: str = "") -> str:
    """Name of the hidden defined name that follows a table, or one of its columns."""
    return PREFIX + module + ("." + field if field else "")


def _own_sheets(book: Workbook, schema: Schema) -> set[str]:
    """Sheets that are no module's: generated and support sheets, by any of their names."""
    names = {plain(n) for both in schema.sheets.values() for n in both.values()}
    for look in schema.lookups.values():
        names.update(map(plain, (*look.sheet.values(), *look.sheet_aliases)))
    return {n for n in book.worksheet_names if plain(n) in names}


def _by_anchor(book: Workbook, module: Module, free: list[str]) -> Iterator[str]:
    where = sheet_area(book.names.get(anchor(module.name), ""))
    if where and where[0] in free:
        yield where[0]


def _by_name(book: Workbook, module: Module, free: list[str]) -> Iterator[str]:  # noqa: ARG001 - one shape for three ways
    for names in (module.sheet.values(), module.sheet_aliases):
        known = set(map(plain, names))
        yield from (n for n in free if plain(n) in known)


def _by_headers(book: Workbook, module: Module, free: list[str]) -> Iterator[str]:
    need = {c.name for c in module.columns if c.need == "required"}
    scores = []
    for name in free:
        place = _place(book, module, name)
        if place is not None and need <= set(place.columns):
            scores.append((-len(place.columns), free.index(name), name))
    return (name for *_, name in sorted(scores))


def _place(book: Workbook, module: Module, name: str) -> Place | None:
    """The module's table on a sheet, its header row being the best of the first twenty."""
    sheet = book.sheet(name)
    anchors = _column_anchors(book, module, name)
    best: Place | None = None
    for number, headers in header_rows(sheet):
        here = {f: c for f, (row, c) in anchors.items() if row == number}
        found = match(module, headers, here)
        if len(found.columns) >= min(_ENOUGH, len(module.columns)):
            place = Place(module, sheet, number, headers, found)
            if best is None or len(place.columns) > len(best.columns):
                best = place
    return best


def _column_anchors(book: Workbook, module: Module, sheet: str) -> dict[str, tuple[int, int]]:
    start, found = anchor(module.name, "x")[:-1], {}
    for name, text in book.names.items():
        if name.startswith(start):
            where = sheet_area(text)
            if where and where[0] == sheet and name[len(start) :] in module.by_name:
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


def _copies(book: Workbook, places: Mapping[str, Place], free: list[str]) -> Iterator[Copy]:
    taken = {p.sheet.name for p in places.values()}
    for name in free:
        if name in taken:
            continue
        for module, place in places.items():
            twin = _place(book, place.module, name)
            if twin and len(twin.columns) >= max(_ENOUGH, _COPY_SHARE * len(place.columns)):
                yield Copy(module, name, place.sheet.name)
                break


def find_lookup(book: Workbook, look: Lookup) -> Sheet | None:
    """The support sheet of that name or alias, or None."""
    known = set(map(plain, (*look.sheet.values(), *look.sheet_aliases)))
    for name in book.worksheet_names:
        if plain(name) in known:
            return book.sheet(name)
    return None
