from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.opc.crafted import MACRO_TYPES, PARTS, TYPES, book, pack
from tracker.errors import UnsuitableFileError
from tracker.opc.preflight import MAX_MEMBERS, check_bytes

PATH = Path("book.xlsx")
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def with_part(name: str, content: bytes) -> bytes:
    return pack({**PARTS, name: content})


def patched(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    """Overwrite bytes of a member's directory record, counted from its start."""
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode())) + offset
    return data[:at] + value + data[at + len(value) :]


def claiming(size: int) -> bytes:
    return patched(book(), "xl/workbook.xml", 24, struct.pack("<L", size))


def renamed_locally() -> bytes:
    return book().replace(b"xl/workbook.xml", b"xl/werkbook.xml", 1)


def overlapping() -> bytes:
    data = book()
    second = data.index(b"PK\x03\x04", 4)
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/workbook.xml")) + 42
    name = b"_rels/.rels"
    moved = data[:at] + struct.pack("<L", second) + data[at + 4 :]
    return moved.replace(b"xl/workbook.xml", name.ljust(15, b"x"))


def deflated_bomb() -> bytes:
    return with_part("xl/worksheets/sheet1.xml", b"<a>" + bytes(64 << 20))


def symlink() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("xl/link.xml")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        for name, content in PARTS.items():
            archive.writestr(name, content)
    return out.getvalue()


def dtd(encoding: str = "utf-8", before: str = "") -> bytes:
    text = f'<?xml version="1.0"?>{before}<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    return with_part("xl/sharedStrings.xml", text.encode(encoding))


UNSUITABLE = {
    "empty": (b"", "空的", "empty"),
    "zeros": (bytes(9000), "零字节", "zero bytes"),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码", "password"),
    "xls": (OLE + "Workbook".encode("utf-16-le"), ".xls", "old .xls"),
    "xls5": (OLE + "Book".encode("utf-16-le"), ".xls", "old .xls"),
    "biff2": (b"\x09\x00\x04\x00\x02\x00\x10\x00", ".xls", "old .xls"),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), "OLE", "OLE"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF", "PDF"),
    "html": (b"<html><body><table><tr><td>1", "HTML", "HTML"),
    "html fragment": (b"\xef\xbb\xbf <TABLE border=1>", "HTML", "HTML"),
    "html after xml": (b'<?xml version="1.0"?><html xmlns="x">', "HTML", "HTML"),
    "html utf-16": ("\ufeff<html><body>".encode("utf-16-le"), "HTML", "HTML"),
    "xml 2003": (b'<?xml version="1.0"?>\n<Workbook>', "XML", "XML"),
    "csv": ("客户编号,姓名\nC1,张三\n".encode(), "CSV", "CSV"),
    "csv gbk": ("客户编号,姓名\nC1,张三\n".encode("gbk"), "CSV", "CSV"),
    "tsv utf-16": ("\ufeffid\tname\n".encode("utf-16-le"), "CSV", "CSV"),
    "rar": (b"Rar!\x1a\x07\x00", "压缩包", "archive"),
    "png": (b"\x89PNG\r\n\x1a\n", "图片", "picture"),
    "noise": (bytes(range(128, 256)) + b"\xff\x00", "认不出", "unknown"),
    "cut off": (book()[:-40], "损坏", "damaged"),
    "head only": (b"PK\x03\x04", "损坏", "damaged"),
    "no local header": (b"XX" + book()[2:], "认不出", "unknown"),
    "second header gone": (b"PK\x03\x04".join(book().split(b"PK\x03\x04", 2)[:2])
                           + b"XXXX" + book().split(b"PK\x03\x04", 2)[2], "损坏", "damaged"),
    "xlsb": (with_part("xl/workbook.bin", b"x"), ".xlsb", ".xlsb"),
    "ods": (
        pack({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, zipfile.ZIP_STORED),
        ".ods",
        ".ods",
    ),
    "numbers": (pack({"Index/Document.iwa": b"x"}), "Numbers", "Numbers"),
    "docx": (with_part("word/document.xml", b"<a/>"), "Word", "Word"),
    "pptx": (with_part("ppt/presentation.xml", b"<a/>"), "PowerPoint", "PowerPoint"),
    "plain zip": (pack({"a.txt": b"x"}), "[Content_Types].xml", "[Content_Types].xml"),
    "empty zip": (pack({}), "[Content_Types].xml", "[Content_Types].xml"),
    "no workbook": (pack({"[Content_Types].xml": b"<Types/>"}), "没有工作簿", "without a workbook"),
    "huge part": (claiming(300 << 20), "xl/workbook.xml", "300 MB"),
    "ratio": (deflated_bomb(), "压缩炸弹", "zip bomb"),
    "packed beyond the file": (
        patched(book(), "xl/workbook.xml", 20, struct.pack("<L", 9 << 20)),
        "overlap",
        "overlap",
    ),
    "many members": (
        pack({str(n): b"" for n in range(MAX_MEMBERS + 1)}),
        str(MAX_MEMBERS),
        str(MAX_MEMBERS),
    ),
    "climbing name": (with_part("../evil.xml", b"<a/>"), "../evil.xml", "unsafe"),
    "absolute name": (with_part("/etc/evil.xml", b"<a/>"), "/etc/evil.xml", "unsafe"),
    "drive name": (with_part("C:evil.xml", b"<a/>"), "C:evil.xml", "unsafe"),
    "backslash name": (with_part("xl\\evil.xml", b"<a/>"), "xl\\evil.xml", "unsafe"),
    "link": (symlink(), "xl/link.xml", "unsafe"),
    "duplicate": (with_part("XL/Workbook.xml", b"<a/>"), "重名", "stands twice"),
    "zip password": (
        patched(book(), "xl/workbook.xml", 8, b"\x01\x00"),
        "加了密码",
        "encrypted: xl/workbook.xml",
    ),
    "lzma": (pack(PARTS, zipfile.ZIP_LZMA), "压缩方法", "compression"),
    "other local name": (renamed_locally(), "xl/workbook.xml", "directory"),
    "overlap": (overlapping(), "目录不符", "directory"),
    "damaged deflate": (
        book().replace(zlib.compress(TYPES)[2:20], b"\xff" * 18), "损坏", "damaged"
    ),
    "dtd": (dtd(), "DTD", "declares a DTD"),
    "dtd utf-16": (dtd("utf-16"), "DTD", "declares a DTD"),
    "dtd utf-16 unmarked": (dtd("utf-16-le"), "DTD", "declares a DTD"),
    "dtd utf-32": (dtd("utf-32"), "DTD", "declares a DTD"),
    "dtd after a long comment": (dtd(before=f"<!--{'x' * 5000}-->"), "DTD", "declares a DTD"),
    "endless comment": (dtd(before=f"<!--{'x' * 70000}-->"), "读不懂", "unreadable XML"),
    "hiding encoding": (
        with_part("xl/a.xml", b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a>'),
        "读不懂",
        "unreadable XML",
    ),
    "ebcdic": (with_part("xl/a.xml", "<?xml version='1.0'?>".encode("cp037")), "读不懂", "a.xml"),
    "dtd under another extension": (with_part("xl/a.bin", b"<!doctype a><a/>"), "DTD", "xl/a.bin"),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNSUITABLE)
def test_unsuitable(kind: str) -> None:
    data, zh, en = UNSUITABLE[kind]
    with pytest.raises(UnsuitableFileError) as caught:
        check_bytes(PATH, data)
    assert zh in caught.value.message("zh")
    assert en in caught.value.message("en")
    assert caught.value.exit_code == 2
    for lang in ("zh", "en"):
        assert "\n" not in caught.value.message(lang)
        caught.value.message(lang).encode("gbk")


SUITABLE = {
    "plain": book(),
    "stored": pack(PARTS, zipfile.ZIP_STORED),
    "macros": pack({**PARTS, "[Content_Types].xml": MACRO_TYPES, "xl/vbaProject.bin": OLE}),
    "utf-16 types": pack({**PARTS, "[Content_Types].xml": TYPES.decode().encode("utf-16")}),
    "folder entries": pack({"xl/": b"", **PARTS}),
    "empty part": with_part("xl/empty.xml", b""),
    "tiny part": with_part("xl/tiny.xml", b"<a/>"),
    "leading comment": with_part("xl/a.xml", b"\xef\xbb\xbf\n<!-- DOCTYPE --><?pi?>\n<a/>"),
    "svg picture": with_part("xl/media/a.svg", b"<!DOCTYPE svg><svg/>"),
    "chinese names": with_part("xl/media/图片.png", b"\x89PNG"),
    "doctype in text": with_part("xl/sharedStrings.xml", b"<sst><t>&lt;!DOCTYPE</t></sst>"),
}


@pytest.mark.parametrize("kind", SUITABLE)
def test_suitable(kind: str) -> None:
    check_bytes(PATH, SUITABLE[kind])


def test_a_bomb_costs_next_to_nothing() -> None:
    data = pack({**PARTS, **{f"xl/{n}.xml": b"<a>" + bytes(7 << 20) for n in range(20)}})
    start = time.process_time()
    check_bytes(PATH, data)
    assert time.process_time() - start < 0.5


def test_control_characters_of_a_name_do_not_reach_the_terminal() -> None:
    with pytest.raises(UnsuitableFileError) as caught:
        check_bytes(PATH, with_part("../\x1b[31m", b""))
    assert caught.value.message("en").isprintable()


@given(st.integers(0, len(book()) - 1), st.integers(0, 255))
def test_any_damaged_byte_is_fine_or_refused(at: int, value: int) -> None:
    data = book()
    with suppress(UnsuitableFileError):
        check_bytes(PATH, data[:at] + bytes([value]) + data[at + 1 :])


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_message(data: bytes) -> None:
    with pytest.raises(UnsuitableFileError):
        check_bytes(PATH, data)


@given(st.integers(0, len(book()) - 1))
def test_any_cut_is_refused(length: int) -> None:
    with pytest.raises(UnsuitableFileError):
        check_bytes(PATH, book()[:length])
