"""A workbook that is changed without being taken apart: the public face of the lossless engine."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from lxml import etree

from tracker.errors import BookChangedError, UnsuitableFileError
from tracker.opc.package import Package
from tracker.opc.preflight import check_bytes
from tracker.opc.readbook import read_book
from tracker.opc.save import BookFile, write_new
from tracker.xlsx import book_xml, graft, markup, patch, refs, tables
from tracker.xlsx.refs import Range
from tracker.xlsx.scan import RawCell, Scan, scan
from tracker.xlsx.serial import from_serial
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import Styles
from tracker.xlsx.values import ErrorValue, Put, Value, decode

_NO_STYLES = b'<styleSheet xmlns="%b"></styleSheet>' % markup.MAIN.encode()
_BROKEN = (zipfile.BadZipFile, struct.error, zlib.error, etree.XMLSyntaxError, ValueError, KeyError,
           EOFError, NotImplementedError, OSError, IndexError, StopIteration)  # fmt: skip


class Sheet:
    """One worksheet: cells by A1 reference, tables, and the planned changes."""

    def __init__(self, book: Workbook, name: str, part: str) -> None:
        self.book, self.name, self.part = book, name, part
        self.edits: dict[int, dict[int, Put]] = {}
        self.bottoms: dict[str, int] = {}

    @cached_property
    def scan(self) -> Scan:
        """The sheet as it came, its rows located."""
        return scan(self.book.package.read(self.part))

    @cached_property
    def tables(self) -> list[tables.Table]:
        """Tables of the sheet as it came."""
        return tables.tables_of(self.book.package, self.part)

    @cached_property
    def blocked(self) -> list[tuple[Range, str]]:
        """Areas where single cells must not be set: arrays, data tables, merged cells."""
        return patch.guarded(self.scan)

    def raw(self, row: int, column: int) -> RawCell | None:
        """The cell as it came, or None."""
        where = self.scan.rows.get(row)
        cells = self.scan.cells(where) if where else []
        return next((c for c in cells if c.column == column), None)

    def value(self, cell: RawCell) -> str | float | bool | ErrorValue | None:
        """What a raw cell holds; dates are still numbers."""
        return decode(cell, self.book.strings, self.scan.prefix)

    def get(self, ref: str) -> Value | ErrorValue:
        """Value of a cell, planned changes included; a number in a date format is a datetime."""
        row, column = refs.cell(ref)
        if column in self.edits.get(row, {}):
            return self.edits[row][column].value
        cell = self.raw(row, column)
        value = self.value(cell) if cell else None
        if cell and isinstance(value, float) and not isinstance(value, bool):
            if self.book.styles.is_date(cell.style):
                return from_serial(value, date1904=self.book.date1904) or value
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        return value

    def set(self, ref: str, value: Value) -> None:
        """Plan a cell's value; None clears it and keeps its format.

        A date in a cell that shows numbers gets a date format. Raises ValueError for what a
        cell cannot hold, and where one cell alone must not be changed (array formulas, merged).
        """
        row, column = refs.cell(ref)
        why = patch.is_blocked(self.blocked, row, column)
        if why:
            raise ValueError(f"{self.name}!{ref} lies inside an area that is one {why}")
        if isinstance(value, str):
            markup.escape_text(value)
        self.put(row, column, Put(value))

    def put(self, row: int, column: int, what: Put) -> None:
        """Plan a cell by row and column, with the number format it gets if it has none."""
        self.edits.setdefault(row, {})[column] = what

    def grow_table(self, name: str, bottom: int) -> None:
        """Plan that a table reaches down to a row, with the rules and validations that cover it."""
        self.bottoms[name] = bottom


class Workbook:
    """An .xlsx or .xlsm in memory with a plan of changes; everything else is kept byte for byte.

        wb = Workbook.open("book.xlsx")
        wb.sheet("Sheet1").set("B2", 3.5)
        wb.save("book.xlsx")

    Raises `UnsuitableFileError` for a file that is none or cannot be kept whole.
    """

    def __init__(self, data: bytes, path: str = "workbook") -> None:
        self.path = path
        check_bytes(Path(path), data)
        try:
            self.package = Package(data)
            self.part = self._workbook_part()
            self.xml = markup.plain_utf8(self.package.read(self.part))
            self._entries = book_xml.sheets(self.xml)
            self._targets = {r.id: r for r in self.package.relationships(self.part)}
        except _BROKEN as e:
            raise unsuitable(path, e) from e
        self._sheets: dict[str, Sheet] = {}
        self.planned_grafts: dict[str, tuple[graft.Donor | bytes, str]] = {}
        self.planned_names: dict[str, tuple[str, bool]] = {}
        self.planned_drops: list[str] = []
        self.planned_last: tuple[str, Callable[[bool], bytes]] | None = None

    @classmethod
    def open(cls, path: str | Path) -> Workbook:
        """Read a file. Raises UnsuitableFileError with one line that says what it is."""
        return cls(read_book(Path(path)), str(path))

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
            rel = next(s.rel for s in self._entries if s.name == name)
            self._sheets[name] = Sheet(self, name, self._targets[rel].target)
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

    def planned_sheets(self) -> list[Sheet]:
        """Sheets with planned cells or grown tables that are not replaced as a whole."""
        whole = {*self.planned_grafts, *self.planned_drops}
        return [s for n, s in self._sheets.items() if (s.edits or s.bottoms) and n not in whole]

    @cached_property
    def strings(self) -> SharedStrings:
        """The shared strings."""
        part = self.package.related(self.part, "sharedStrings")
        return SharedStrings(self.package.read(part) if part else None)

    @cached_property
    def styles(self) -> Styles:
        """The style sheet."""
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
        """Plan to graft the one sheet of an XlsxWriter-made workbook; a sheet of that name is replaced."""
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
        self.planned_grafts[name] = (graft.Donor(data), "hidden" if hidden else "visible")

    def put_plain(self, name: str, worksheet: bytes, *, hidden: bool = True) -> None:
        """Plan a sheet from the bytes of a worksheet part that needs no formats and no strings."""
        self.planned_grafts[name] = (worksheet, "hidden" if hidden else "visible")

    def put_last(self, name: str, make: Callable[[bool], bytes]) -> None:
        """As `put_plain`, for a sheet that tells whether the plan changes anything else.

        `make` is called once all else is done: with True where the workbook differs from what it
        was; else with False, and again with True if the sheet itself differs then.
        """
        self.planned_last = (name, make)

    def drop_sheet(self, name: str) -> None:
        """Plan to remove a sheet with the parts that only it uses. KeyError if there is none."""
        if name in self.planned_grafts:
            del self.planned_grafts[name]
        if any(s.name == name for s in self._entries):
            self.planned_drops.append(name)
        elif name not in self.planned_grafts:
            raise KeyError(name)

    def to_bytes(self) -> bytes:
        """The workbook with the plan carried out, proven; the original bytes if nothing changes.

        Raises ProofError where the result would lose anything.
        """
        from tracker.xlsx.compile import Compiler
        from tracker.xlsx.verify import prove

        compiler = Compiler(self)
        try:
            data = compiler.run()
        except _BROKEN as e:
            raise unsuitable(self.path, e) from e
        if data != self.package.zip.data:
            prove(self, compiler, data)
        return data

    def save(self, path: str | Path) -> None:
        """Write the workbook with its plan; the old file stays until the new one is whole.

        Back into its own file nothing is written where nothing changes. Raises RefusedError
        where the file changed meanwhile, is open elsewhere or must not be written.
        """
        data, target = self.to_bytes(), Path(path)
        if not target.exists() or target.resolve() != Path(self.path).resolve():
            write_new(target, data, overwrite=True)
        elif data != self.package.zip.data:
            with BookFile.open(target) as held:
                if held.data != self.package.zip.data:
                    raise BookChangedError(path=target)
                held.commit(data, keep=lambda _: None)


def unsuitable(path: str, why: Exception) -> UnsuitableFileError:
    """The one documented exception for a file that cannot be kept whole."""
    said = re.sub(r"\s+", " ", str(why))[:120] or type(why).__name__
    return UnsuitableFileError(
        path=path,
        zh=f"工作簿已损坏或写法特殊，无法保证不丢内容（{said}）。请用 Excel 打开并另存为 .xlsx 后再试",
        en=f"the workbook is damaged or unusual and could not be kept whole ({said}). "
        "Open it in Excel, save it as .xlsx and try again",
    )
