"""A workbook as it came, and what is planned to become of it; nothing is carried out here."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from lxml import etree

from tracker.errors import UnsuitableFileError
from tracker.opc.package import Package
from tracker.opc.preflight import check_bytes
from tracker.opc.readbook import read_book
from tracker.xlsx import book_xml, graft, markup, patch, refs, tables
from tracker.xlsx.scan import RawCell, Scan, scan
from tracker.xlsx.serial import from_serial
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import Styles
from tracker.xlsx.values import ErrorValue, Put, Value, decode, refuse_unstorable

_NO_STYLES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="' + markup.MAIN.encode() + b'"></styleSheet>'
)
_NAME = re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')")
_BROKEN = (zipfile.BadZipFile, struct.error, zlib.error, etree.XMLSyntaxError, ValueError, KeyError,
           EOFError, NotImplementedError, OSError, IndexError, StopIteration)  # fmt: skip


class Sheet:
    """One worksheet: cells by A1 reference, tables, and the planned changes."""

    def __init__(self, book: PlannedBook, name: str, part: str) -> None:
        self.book, self.name, self.part = book, name, part
        self.edits: dict[int, dict[int, Put]] = {}
        self.bottoms: dict[str, int] = {}

    @cached_property
    def scan(self) -> Scan:
        """The sheet as it came, its rows located."""
        with self.book.suitable():
            return scan(self.book.package.read(self.part))

    @cached_property
    def tables(self) -> list[tables.Table]:
        """Tables of the sheet as it came."""
        with self.book.suitable():
            return tables.tables_of(self.book.package, self.part)

    @cached_property
    def blocked(self) -> patch.Guarded:
        """Areas where single cells must not be set: arrays, data tables, merged cells."""
        sheet = self.scan
        with self.book.suitable():
            return patch.guarded(sheet)

    def raw(self, row: int, column: int) -> RawCell | None:
        """The cell as it came, or None."""
        where = self.scan.rows.get(row)
        with self.book.suitable():
            cells = self.scan.cells(where) if where else []
        return next((c for c in cells if c.column == column), None)

    def value(self, cell: RawCell) -> str | float | bool | ErrorValue | None:
        """What a raw cell holds; dates are still numbers."""
        book = self.book
        return decode(cell, book.strings, self.scan.prefix, date1904=book.date1904)

    def get(self, ref: str) -> Value | ErrorValue:
        """Value of a cell, planned changes included.

        A number in a date format is a datetime, or a time where it is less than a day.
        ValueError for what is no reference.
        """
        row, column = refs.cell(ref)
        if column in self.edits.get(row, {}):
            return self.edits[row][column].value
        cell = self.raw(row, column)
        value = self.value(cell) if cell else None
        if cell and isinstance(value, float):
            if cell.kind == b"d" or self.book.styles.is_date(cell.style):
                return self._moment(value)
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        return value

    def _moment(self, number: float) -> dt.datetime | dt.time | float:
        moment = from_serial(number, date1904=self.book.date1904)
        if moment is None:
            return number
        return moment.time() if 0 <= number < 1 else moment

    def set(self, ref: str, value: Value) -> None:
        """Plan a cell's value; None clears it and keeps its format.

        A date in a cell that shows numbers gets a date format. Raises ValueError for what is no
        reference or cannot be held, and where one cell alone must not be changed (array
        formulas, merged cells); TypeError for a type that cells do not know.
        """
        row, column = refs.cell(ref)
        why = patch.is_blocked(self.blocked, row, column)
        if why:
            raise ValueError(f"{self.name}!{ref} lies inside an area that is one {why}")
        refuse_unstorable(value, date1904=self.book.date1904)
        self.put(row, column, Put(value))

    def put(self, row: int, column: int, what: Put) -> None:
        """Plan a cell by row and column, with the number format it gets if it has none."""
        self.edits.setdefault(row, {})[column] = what

    def grow_table(self, name: str, bottom: int) -> bool:
        """Plan that a table reaches down to a row, with the rules and validations that cover it.

        Returns whether it will: a table with a totals row does not, nor one that would run into
        another table. KeyError if there is none of that name.
        """
        mine = next((t for t in self.tables if t.name == name), None)
        if mine is None:
            raise KeyError(name)
        reach = mine.area._replace(bottom=bottom)
        meets = any(t.area.meets(reach) for t in self.tables if t is not mine)
        if mine.totals or meets or bottom <= mine.area.bottom:
            return False
        self.bottoms[name] = bottom
        return True


class PlannedBook:
    """Parts, sheets and names of a workbook with a plan of changes.

    Attributes:
        package, part, xml: the package, its workbook part, and what that holds.
        planned_grafts: sheet name -> (donor or worksheet part, state).
        planned_names: defined name -> (text, whether hidden).
        planned_drops: sheets to remove.
        planned_last: a sheet that is made last, by `put_last`.
    """

    def __init__(self, data: bytes, path: str = "workbook") -> None:
        self.path = path
        check_bytes(Path(path), data)
        with self.suitable():
            self.package = Package(data)
            self.part = self._workbook_part()
            self.xml = markup.plain_utf8(self.package.read(self.part))
            self._entries = book_xml.sheets(self.xml)
            self._targets = {r.id: r for r in self.package.relationships(self.part)}
        self._sheets: dict[str, Sheet] = {}
        self.planned_grafts: dict[str, tuple[graft.Donor | bytes, str]] = {}
        self.planned_names: dict[str, tuple[str, bool]] = {}
        self.planned_drops: list[str] = []
        self.planned_last: tuple[str, Callable[[bool], bytes]] | None = None

    @contextmanager
    def suitable(self) -> Iterator[None]:
        """Turn what a broken or odd file does to the code into the one documented exception."""
        try:
            yield
        except _BROKEN as e:
            raise unsuitable(self.path, e) from e

    def _workbook_part(self) -> str:
        part = self.package.related("", "officeDocument") or self.package.find("xl/workbook.xml")
        if part is None:
            raise KeyError("no workbook part")
        return part

    @property
    def sheet_names(self) -> list[str]:
        """Names of the worksheets and other sheets in the order of their tabs, plan included."""
        names = [s.name for s in self._entries if s.name not in self.planned_drops]
        return names + [n for n in self.planned_grafts if n not in names]

    @property
    def entries(self) -> list[book_xml.SheetEntry]:
        """Sheets as they came, with their state."""
        return self._entries

    def sheet(self, name: str) -> Sheet:
        """A worksheet by name. KeyError if there is none (a chart sheet is none)."""
        if name not in self._sheets:
            if name not in self.worksheet_names:
                raise KeyError(name)
            entry = next(s for s in self._entries if s.name == name)
            self._sheets[name] = Sheet(self, name, self.target(entry))
        return self._sheets[name]

    @cached_property
    def worksheet_names(self) -> list[str]:
        """Names of the sheets that have cells, as they came."""
        return [
            s.name
            for s in self._entries
            if s.rel in self._targets
            and self._targets[s.rel].kind == "worksheet"
            and self._targets[s.rel].target in self.package
        ]

    def target(self, entry: book_xml.SheetEntry) -> str:
        """The part of a sheet."""
        return self._targets[entry.rel].target

    def planned_sheets(self) -> list[Sheet]:
        """Sheets with planned cells or grown tables that are not replaced as a whole."""
        whole = {*self.planned_grafts, *self.planned_drops}
        return [s for n, s in self._sheets.items() if (s.edits or s.bottoms) and n not in whole]

    @cached_property
    def strings(self) -> SharedStrings:
        """The shared strings as they came."""
        with self.suitable():
            part = self.package.related(self.part, "sharedStrings")
            return SharedStrings(self.package.read(part) if part else None)

    @cached_property
    def styles(self) -> Styles:
        """The style sheet as it came."""
        with self.suitable():
            part = self.package.related(self.part, "styles")
            return Styles(self.package.read(part) if part else _NO_STYLES)

    @cached_property
    def date1904(self) -> bool:
        """Whether dates count from 1904."""
        return book_xml.is_1904(self.xml)

    @cached_property
    def strict(self) -> bool:
        """Whether the workbook is of the strict dialect."""
        return book_xml.STRICT in self.xml

    @cached_property
    def names(self) -> dict[str, str]:
        """Text of the workbook-wide defined names, by name, as they came."""
        return {n.name: n.text for n in book_xml.names(self.xml) if n.sheet is None}

    @property
    def has_macros(self) -> bool:
        """Whether the package carries VBA."""
        return any(n.lower().endswith("vbaproject.bin") for n in self.package)

    def set_name(self, name: str, text: str, *, hidden: bool = False) -> None:
        """Plan a workbook-wide defined name."""
        self.planned_names[name] = (text, hidden)

    def put_sheet(self, name: str, source: str | Path | bytes, *, hidden: bool = False) -> None:
        """Plan to graft the one sheet of an XlsxWriter-made workbook.

        A sheet of that name is replaced at its place. Raises UnsuitableFileError for a source
        that is no such workbook, ValueError for what cannot be a sheet's name.
        """
        data = source if isinstance(source, bytes) else read_book(Path(source))
        try:
            donor = graft.Donor(data)
        except _BROKEN as e:
            raise unsuitable("source" if isinstance(source, bytes) else str(source), e) from e
        self._plan_sheet(name, donor, hidden=hidden)

    def put_plain(self, name: str, worksheet: bytes, *, hidden: bool = True) -> None:
        """Plan a sheet from the bytes of a worksheet part that needs no formats and no strings."""
        self._plan_sheet(name, worksheet, hidden=hidden)

    def _plan_sheet(self, name: str, source: graft.Donor | bytes, *, hidden: bool) -> None:
        same = next((s.name for s in self._entries if s.name.lower() == name.lower()), name)
        if not _NAME.fullmatch(same):
            raise ValueError(f"no name for a sheet: {name!r}")
        if same not in self.worksheet_names and any(s.name == same for s in self._entries):
            raise ValueError(f"{same!r} is no worksheet and cannot be replaced by one")
        if same in self.planned_drops:
            self.planned_drops.remove(same)
        self.planned_grafts[same] = (source, "hidden" if hidden else "visible")

    def put_last(self, name: str, make: Callable[[bool], bytes]) -> None:
        """As `put_plain`, for a sheet that tells whether the plan changes anything else.

        `make` is called once all else is done: with True where the workbook differs from what it
        was; else with False, and again with True if the sheet itself differs then.
        """
        self.planned_last = (name, make)

    def drop_sheet(self, name: str) -> None:
        """Plan to remove a sheet with the parts that only it uses.

        KeyError if there is none, ValueError if no visible sheet would be left.
        """
        if name not in self.sheet_names:
            raise KeyError(name)
        gone = {name, *self.planned_drops}
        states = {s.name: s.state for s in self._entries if s.name not in gone}
        states |= {n: states.get(n, s) for n, (_, s) in self.planned_grafts.items() if n != name}
        if "visible" not in states.values():
            raise ValueError(f"{name!r} is the last visible sheet")
        self.planned_grafts.pop(name, None)
        if any(s.name == name for s in self._entries):
            self.planned_drops.append(name)


def unsuitable(path: str, why: Exception) -> UnsuitableFileError:
    """The one documented exception for a file that cannot be kept whole."""
    said = re.sub(r"\s+", " ", str(why))[:120] or type(why).__name__
    return UnsuitableFileError(
        path=path,
        zh=f"工作簿已损坏或写法特殊，无法保证不丢内容（{said}）。请用 Excel 打开并另存为 .xlsx 后再试",
        en=f"the workbook is damaged or unusual and could not be kept whole ({said}). "
        "Open it in Excel, save it as .xlsx and try again",
    )
