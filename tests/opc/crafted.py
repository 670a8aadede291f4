"""Small packages made byte by byte for the tests of this folder."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
MACRO_TYPES = TYPES.replace(
    b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
    b"vnd.ms-excel.sheet.macroEnabled.main",
)
PARTS: Mapping[str, bytes] = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": b"<Relationships/>",
    "xl/workbook.xml": b"<workbook/>",
}


def pack(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the parts with a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


def book(text: str = "", padding: int = 0) -> bytes:
    """A workbook that passes the pre-flight and is told from others by `text`."""
    stored = zipfile.ZIP_STORED if padding else zipfile.ZIP_DEFLATED
    return pack({**PARTS, "docProps/note.bin": text.encode() + b"\1" * padding}, stored)


def book_text(data: bytes) -> str:
    """The text that `book` put in; fails where the archive is not whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.read("docProps/note.bin").rstrip(b"\1").decode()


def excel_owner(name: str, code_page: str = "gb18030", at: int = 55) -> bytes:
    """An owner file as Excel (at 55, 165 bytes) or Word (54, 162) writes it."""
    narrow = name.encode(code_page)
    wide = name.encode("utf-16-le")
    start = bytes([len(narrow)]) + narrow.ljust(at - 1, b" ")
    end = struct.pack("<H", len(name)) + wide
    return start + end.ljust((165 if at == 55 else 162) - at, b"\0")
