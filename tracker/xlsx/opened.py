"""A workbook as it came: its parts, sheets and names, its shared strings and formats."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from lxml import etree

from tracker.errors import UnsuitableFileError
from tracker.opc.package import Package
from tracker.opc.preflight import check_bytes
from tracker.xlsx import book_xml, docprops, markup
from tracker.xlsx.limits import refuse_many
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import Styles

_NO_STYLES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="' + markup.MAIN.encode() + b'"></styleSheet>'
)
BROKEN = (zipfile.BadZipFile, struct.error, zlib.error, etree.XMLSyntaxError, ValueError, KeyError,
          EOFError, NotImplementedError, OSError, IndexError, StopIteration)  # fmt: skip
"""What a broken or odd file does to the code that reads it."""


class OpenedBook:
    """Parts, sheets and names of a workbook, read where they are asked for.

    Attributes:
        path: what messages call it.
        package, part, xml: the package, its workbook part, and what that holds.
        entries: the sheets in the order of their tabs, with their state.
    """

    def __init__(self, data: bytes, path: str = "workbook") -> None:
        self.path = path
        check_bytes(Path(path), data)
        with self.suitable():
            self.package = Package(data)
            self.part = self._workbook_part()
            self.xml = markup.plain_utf8(self.package.read(self.part))
            if not book_xml.is_spreadsheet(self.xml):
                raise ValueError("written by a test version of Office 2007 or no workbook")
            refuse_many(path, self.xml, b"sheet", b"definedName")
            self.entries = book_xml.sheets(self.xml)
            self._targets = {r.id: r for r in self.package.relationships(self.part)}

    @contextmanager
    def suitable(self) -> Iterator[None]:
        """Turn what a broken or odd file does to the code into the one documented exception."""
        try:
            yield
        except BROKEN as e:
            raise unsuitable(self.path, e) from e

    def _workbook_part(self) -> str:
        part = self.package.related("", "officeDocument") or self.package.find("xl/workbook.xml")
        if part is None:
            raise KeyError("no workbook part")
        return part

    @cached_property
    def worksheets(self) -> dict[str, str]:
        """Names of the sheets that have cells, as they came, and their parts."""
        found = ((s.name, self._targets[s.rel]) for s in self.entries if s.rel in self._targets)
        return {n: r.target for n, r in found if r.kind == "worksheet" and r.target in self.package}

    @property
    def worksheet_names(self) -> list[str]:
        """Names of the sheets that have cells, as they came."""
        return list(self.worksheets)

    def target(self, entry: book_xml.SheetEntry) -> str:
        """The part of a sheet."""
        return self._targets[entry.rel].target

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
            data = self.package.read(part) if part else _NO_STYLES
            refuse_many(self.path, data, b"xf")
            return Styles(data)

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
    def properties(self) -> dict[str, docprops.Property]:
        """Custom document properties by name, as they came."""
        with self.suitable():
            return docprops.read(self.package)

    @property
    def is_signed(self) -> bool:
        """Whether somebody's digital signature vouches for the workbook as it came."""
        links = self.package.relationships("")
        return any(r.type.endswith("digital-signature/origin") for r in links)

    @property
    def has_macros(self) -> bool:
        """Whether the package carries VBA."""
        return any(n.lower().endswith("vbaproject.bin") for n in self.package)


def unsuitable(path: str, why: Exception) -> UnsuitableFileError:
    """The one documented exception for a file that cannot be kept whole."""
    said = re.sub(r"\s+", " ", str(why))[:120] or type(why).__name__
    return UnsuitableFileError(
        path=path,
        zh=f"工作簿已损坏或写法特殊，无法保证不丢内容（{said}）。请用 Excel 打开并另存为 .xlsx 后再试",
        en=f"the workbook is damaged or unusual and could not be kept whole ({said}). "
        "Open it in Excel, save it as .xlsx and try again",
    )
