"""What can be refused cheaply before anything parses a workbook (contract G8).

Only the zip directory, the local headers and the first bytes of each member are looked at, so
the cost is bounded whatever a file unpacks to. A reader must still stop inflating a member at
its declared size, because a directory can lie.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING

from tracker.errors import UnsuitableFileError
from tracker.opc import prolog, sniff
from tracker.opc.sniff import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Limits that no honest workbook of several thousand came near (sizes in bytes).
MAX_FILE = 256 << 20
MAX_TOTAL = 512 << 20
MAX_PART = 256 << 20
MAX_RATIO = 200
RATIO_FROM = 8 << 20
MAX_MEMBERS = 2000

_TYPES = "[content_types].xml"
_MAX_TYPES = 1 << 20
_XML = (".xml", ".rels", ".vml")
# Workbook, template, add-in, each with or without macros.
_BOOK_TYPE = re.compile(rb"(sheet|template|addin)(\.macroenabled)?\.main\+xml", re.IGNORECASE)
_LOCAL = struct.Struct("<4s5H3L2H")
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError)

_DAMAGED = Reason(
    "文件不完整或已损坏；请用 tracker undo --force 或从备份取回，或用 Excel 打开并修复后另存",
    "the file is cut off or damaged; take it back with tracker undo --force or from a backup, "
    "or let Excel repair it and save it",
)
_CROOKED = Reason(
    "压缩包内的部件 {why} 与目录不符，文件已损坏或被改动；请用 Excel 打开并修复后另存",
    "the part {why} does not agree with the package's directory: damaged or tampered with; "
    "let Excel repair it and save it",
)
_BOMB = Reason(
    "解压后的内容超出限制（{why}），像是压缩炸弹，不予打开；若文件可信，请在 Excel 中另存一份再试",
    "what it unpacks to is beyond the limits ({why}), as in a zip bomb; "
    "if you trust the file, save it anew in Excel",
)
_NAME = Reason(
    "压缩包内的部件名不安全：{why}；请在 Excel 或 WPS 中另存一份再试",
    "unsafe part name in the package: {why}; save it anew in Excel or WPS",
)
_TWICE = Reason(
    "压缩包内有重名的部件：{why}；请在 Excel 或 WPS 中另存一份再试",
    "a part stands twice in the package: {why}; save it anew in Excel or WPS",
)
_LOCKED = Reason(
    "压缩包成员加了密码：{why}；请先去掉压缩软件加的密码",
    "a member of the zip is encrypted: {why}; remove the password the archiver put on it",
)
_METHOD = Reason(
    "压缩包用了不支持的压缩方法：{why}；请在 Excel 或 WPS 中另存一份再试",
    "unsupported compression in the package: {why}; save it anew in Excel or WPS",
)
_DTD = Reason(
    "部件 {why} 含有 DTD 声明，可能是恶意文件，不予打开；若文件可信，请在 Excel 中另存一份再试",
    "the part {why} declares a DTD, which no workbook needs and attacks use; "
    "if you trust the file, save it anew in Excel",
)
_PROLOG = Reason(
    "部件 {why} 的 XML 开头读不懂（编码或过长的注释）；请在 Excel 或 WPS 中另存一份再试",
    "the beginning of the part {why} is unreadable XML (its encoding or endless comments); "
    "save it anew in Excel or WPS",
)
_NOT_OFFICE = Reason(
    "这是普通压缩包，不是工作簿（没有 [Content_Types].xml）；请指定其中的 .xlsx",
    "this is an ordinary zip archive, not a workbook (no [Content_Types].xml); "
    "name the .xlsx inside",
)
_NO_BOOK = Reason(
    "这是 Office 文件，但里面没有工作簿；请指定 .xlsx 文件",
    "this is an Office file without a workbook in it; name an .xlsx file",
)
_XLSB = Reason(
    "这是二进制工作簿（.xlsb）；请在 Excel 或 WPS 中另存为 .xlsx",
    "this is a binary workbook (.xlsb); save it as .xlsx in Excel or WPS",
)
_ODF = Reason(
    "这是 OpenDocument 文件（.ods 之类）；请另存为 .xlsx",
    "this is an OpenDocument file (.ods or the like); save it as .xlsx",
)
_NUMBERS = Reason(
    "这是苹果 Numbers 表格；请在 Numbers 中导出为 Excel（.xlsx）",
    "this is an Apple Numbers document; export it to Excel (.xlsx) in Numbers",
)
_WORD = Reason(
    "这是 Word 文档，不是工作簿；请指定 .xlsx 文件",
    "this is a Word document, not a workbook; name an .xlsx file",
)
_SLIDES = Reason(
    "这是 PowerPoint 文稿，不是工作簿；请指定 .xlsx 文件",
    "this is a PowerPoint presentation, not a workbook; name an .xlsx file",
)
_TELLTALE = (
    ("xl/workbook.bin", _XLSB),
    ("index/document.iwa", _NUMBERS),
    ("index.zip", _NUMBERS),
    ("word/document.xml", _WORD),
    ("ppt/presentation.xml", _SLIDES),
)


def check_bytes(path: Path, data: bytes) -> None:
    """Refuse what is no workbook that can be kept whole; `path` is only named in the message.

    Raises:
        UnsuitableFileError: with what the file is and what to do about it.
    """
    reason = _too_large(len(data)) or sniff.foreign(data)
    if reason is None:
        try:
            reason = next(_faults(data), None)
        except _DAMAGE:
            reason = _DAMAGED
    if reason is not None:
        raise UnsuitableFileError(path=path, zh=reason.zh, en=reason.en)


def _too_large(size: int) -> Reason | None:
    return _say(_BOMB, f"{size >> 20} MB > {MAX_FILE >> 20} MB") if size > MAX_FILE else None


def _say(reason: Reason, why: str) -> Reason:
    shown = "".join(c if c.isprintable() else "?" for c in why[:80])
    return Reason(reason.zh.format(why=shown), reason.en.format(why=shown))


def _faults(data: bytes) -> Iterator[Reason]:
    """Faults in the order in which they are told; only the first is wanted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        yield from _bombs(members, len(data))
        yield from _names(members)
        for m in members:
            if m.flag_bits & 0x1:
                yield _say(_LOCKED, m.filename)
            if m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                yield _say(_METHOD, f"{m.filename} ({m.compress_type})")
        yield from _layout(data, archive.start_dir, members)
        yield from _kinds(data, members)
        yield from _prologs(data, members)


def _bombs(members: list[zipfile.ZipInfo], size: int) -> Iterator[Reason]:
    if len(members) > MAX_MEMBERS:
        yield _say(_BOMB, f"{len(members)} > {MAX_MEMBERS}")
    total = sum(m.file_size for m in members)
    if total > MAX_TOTAL:
        yield _say(_BOMB, f"{total >> 20} MB > {MAX_TOTAL >> 20} MB")
    if sum(m.compress_size for m in members) > size:
        yield _say(_BOMB, "overlap")
    for m in members:
        if m.file_size > MAX_PART:
            yield _say(_BOMB, f"{m.filename}: {m.file_size >> 20} MB > {MAX_PART >> 20} MB")
        if m.file_size > RATIO_FROM and m.file_size > MAX_RATIO * max(m.compress_size, 1):
            yield _say(_BOMB, f"{m.filename}: {m.file_size // max(m.compress_size, 1)} : 1")


def _names(members: list[zipfile.ZipInfo]) -> Iterator[Reason]:
    seen: set[str] = set()
    for m in members:
        name = m.orig_filename
        unsafe = name.startswith("/") or ".." in name.split("/") or not name
        if unsafe or any(c in name for c in "\\:\0") or _is_link(m):
            yield _say(_NAME, name)
        if name.lower() in seen:
            yield _say(_TWICE, name)
        seen.add(name.lower())


def _is_link(member: zipfile.ZipInfo) -> bool:
    return (member.external_attr >> 16) & 0o170000 == 0o120000


def _layout(data: bytes, directory: int, members: list[zipfile.ZipInfo]) -> Iterator[Reason]:
    """Records must follow each other and bear the names of the directory.

    A member whose local header says otherwise is one thing to one reader, another to the next.
    """
    ordered = sorted(members, key=lambda m: m.header_offset)
    ends = [m.header_offset for m in ordered[1:]] + [directory]
    for m, end in zip(ordered, ends, strict=False):
        start, name = _content(data, m)
        if start + m.compress_size > end:
            yield _say(_CROOKED, m.orig_filename)
        encoding = "utf-8" if m.flag_bits & 0x800 else "cp437"
        if name != m.orig_filename.encode(encoding):
            yield _say(_CROOKED, m.orig_filename)


def _content(data: bytes, member: zipfile.ZipInfo) -> tuple[int, bytes]:
    """Where a member's packed content begins, and the name its local header bears."""
    at = member.header_offset
    fields = _LOCAL.unpack_from(data, at)
    if fields[0] != sniff.ZIP:
        raise zipfile.BadZipFile(f"{member.orig_filename}: no local header")
    name_end = at + _LOCAL.size + fields[9]
    return name_end + fields[10], data[at + _LOCAL.size : name_end]


def _head(data: bytes, member: zipfile.ZipInfo, size: int) -> bytes:
    """The first `size` bytes of a member's content, inflated no further than that."""
    start, _ = _content(data, member)
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return packed[:size]
    return zlib.decompressobj(-15).decompress(packed, size)


def _kinds(data: bytes, members: list[zipfile.ZipInfo]) -> Iterator[Reason]:
    by_name = {m.filename.lower(): m for m in members}
    for name, reason in _TELLTALE:
        if name in by_name:
            yield reason
    kind = by_name.get("mimetype")
    if kind and _head(data, kind, 200).startswith(b"application/vnd.oasis.opendocument"):
        yield _ODF
    if _TYPES not in by_name:
        yield _NOT_OFFICE
    elif not _BOOK_TYPE.search(prolog.as_ascii(_head(data, by_name[_TYPES], _MAX_TYPES))):
        yield _NO_BOOK


def _prologs(data: bytes, members: list[zipfile.ZipInfo]) -> Iterator[Reason]:
    for m in members:
        name = m.filename.lower()
        if name.endswith(prolog.MAY_DECLARE):
            continue
        verdict = prolog.inspect(partial(_head, data, m), xml=name.endswith(_XML))
        if verdict == "dtd":
            yield _say(_DTD, m.filename)
        elif verdict == "unreadable":
            yield _say(_PROLOG, m.filename)
