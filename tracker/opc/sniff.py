"""What a file is that is no zip archive, told from its first bytes."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_HEAD = 4096
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Reason(NamedTuple):
    """Why a file will not do and what to do about it, in Chinese and English."""

    zh: str
    en: str


EMPTY = Reason(
    "文件是空的（0 字节）；请从备份或同步盘的历史版本取回",
    "the file is empty (0 bytes); take it back from a backup or the sync drive's versions",
)
ZEROS = Reason(
    "文件内容全是零字节（常见于断电或同步中断）；请从备份取回",
    "the file holds nothing but zero bytes (as after a power cut or a broken sync); "
    "take it back from a backup",
)
ENCRYPTED = Reason(
    "工作簿有打开密码，内容已加密；请在 Excel 或 WPS 中取消密码后再试，或提供密码",
    "the workbook is encrypted with a password; remove the password in Excel or WPS, or supply it",
)
OLD_XLS = Reason(
    "这是旧版 .xls 工作簿；请在 Excel 或 WPS 中另存为 .xlsx",
    "this is an old .xls workbook; save it as .xlsx in Excel or WPS",
)
OTHER_OLE = Reason(
    "这是旧版 Office 文件（OLE），不是 .xlsx 工作簿；请用 Excel 或 WPS 打开并另存为 .xlsx",
    "this is an old Office (OLE) file, not an .xlsx workbook; open it and save it as .xlsx",
)
PDF = Reason(
    "这是 PDF 文件，不是工作簿；请改用原来的 .xlsx",
    "this is a PDF file, not a workbook; use the original .xlsx",
)
HTML = Reason(
    "这是网页（HTML），只是扩展名像工作簿；请用 Excel 或 WPS 打开并另存为 .xlsx",
    "this is a web page (HTML) named like a workbook; open it in Excel or WPS and save it as .xlsx",
)
XML = Reason(
    "这是 XML 文件，不是 .xlsx 工作簿；请用 Excel 或 WPS 打开并另存为 .xlsx",
    "this is an XML file, not an .xlsx workbook; open it in Excel or WPS and save it as .xlsx",
)
TEXT = Reason(
    "这是纯文本（CSV 之类），不是 .xlsx 工作簿；请用 Excel 或 WPS 打开并另存为 .xlsx",
    "this is plain text (CSV or the like), not an .xlsx workbook; "
    "open it in Excel or WPS and save it as .xlsx",
)
ARCHIVE = Reason(
    "这是压缩包，不是工作簿；请先解压，再指定其中的 .xlsx",
    "this is an archive, not a workbook; unpack it and name the .xlsx inside",
)
PICTURE = Reason(
    "这是图片，不是工作簿；请改用 .xlsx 文件", "this is a picture, not a workbook; name an .xlsx"
)
UNKNOWN = Reason(
    "认不出的文件内容，不是 .xlsx 工作簿；请用 Excel 或 WPS 打开并另存为 .xlsx",
    "unknown content, not an .xlsx workbook; open it in Excel or WPS and save it as .xlsx",
)


def foreign(data: bytes) -> Reason | None:
    """Why `data` is no zip archive, or None where it begins like one."""
    head = data[:_HEAD]
    if head.startswith(b"PK"):
        return None
    if not head:
        return EMPTY
    if head.startswith(_OLE):
        return _ole(data)
    return _binary(head) or _text(head) or (ZEROS if not data.strip(b"\0") else UNKNOWN)


def _ole(data: bytes) -> Reason:
    """Streams are told by their names in the directory, which are UTF-16."""
    if _utf16("EncryptedPackage") in data:
        return ENCRYPTED
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return OLD_XLS
    return OTHER_OLE


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _binary(head: bytes) -> Reason | None:
    kinds = ((_BIFF, OLD_XLS), (_ARCHIVES, ARCHIVE), (_PICTURES, PICTURE))
    for marks, reason in kinds:
        if head.startswith(marks):
            return reason
    return PDF if b"%PDF-" in head[:1024] else None


def _text(head: bytes) -> Reason | None:
    text = _decode(head)
    if text is None:
        return None
    start = text.lstrip().lower()
    if re.match(r"<!doctype\s+html|<html|<table|<head|<body|<meta|<style", start):
        return HTML
    if start.startswith("<"):
        return HTML if "<html" in start else XML
    return TEXT


def _decode(head: bytes) -> str | None:
    """The text of `head`, whose last character may be cut in two; None where it is no text."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return codecs.getincrementaldecoder(encoding)("replace").decode(head[len(bom) :])
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None
