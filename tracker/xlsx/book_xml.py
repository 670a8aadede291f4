"""workbook.xml as bytes: sheets, defined names, calculation settings."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracker.xlsx import markup

STRICT = b"purl.oclc.org/ooxml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_BEHIND_NAMES = (
    b"calcPr|oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|"
    b"fileRecoveryPr|webPublishObjects|extLst"
)
_BEHIND_CALC = _BEHIND_NAMES.removeprefix(b"calcPr|")


class SheetEntry(NamedTuple):
    """A <sheet> of the workbook: name, numeric id, relationship id, state."""

    name: str
    id: int
    rel: str
    state: str


class DefinedName(NamedTuple):
    """A defined name; `sheet` is the 0-based sheet it is local to, or None."""

    name: str
    text: str
    sheet: int | None


def relationship_type(data: bytes, kind: str) -> str:
    """Full relationship type in the dialect of the workbook."""
    return f"{_OFFICE_STRICT if STRICT in data else _OFFICE}/{kind}"


def sheets(data: bytes) -> list[SheetEntry]:
    """Sheets in the order of their tabs."""
    p, found = markup.prefix_of(data, b"workbook"), []
    for m in re.finditer(rb"<%bsheet(?=\s)[^>]*>" % re.escape(p), data):
        rel = re.search(rb"\s[\w.-]+:id\s*=\s*[\"']([^\"']*)", m[0])
        found.append(
            SheetEntry(
                markup.unescape_text(markup.get(m[0], b"name") or b""),
                int(markup.get(m[0], b"sheetId") or 0),
                rel[1].decode() if rel else "",
                (markup.get(m[0], b"state") or b"visible").decode(),
            )
        )
    return found


def is_1904(data: bytes) -> bool:
    """Whether dates count from 1904."""
    m = markup.find_tag(data, markup.prefix_of(data, b"workbook") + b"workbookPr")
    return m is not None and markup.get(m[0], b"date1904") in (b"1", b"true")


def add_sheet(data: bytes, name: str, rel: str, state: str) -> bytes:
    """The workbook with a sheet added behind the last one."""
    p = markup.prefix_of(data, b"workbook")
    number = max((s.id for s in sheets(data)), default=0) + 1
    root = markup.find_tag(data, p + b"workbook")
    assert root is not None
    uri = (_OFFICE_STRICT if STRICT in data else _OFFICE).encode()
    bound = re.search(rb"xmlns:([\w.-]+)\s*=\s*[\"']" + re.escape(uri), root[0])
    ns, declare = (bound[1], b"") if bound else (b"r", b' xmlns:r="' + uri + b'"')
    hidden = b"" if state == "visible" else b' state="' + state.encode() + b'"'
    element = b'<%bsheet name="%b" sheetId="%d"%b%b %b:id="%b"/>' % (
        p, markup.escape_attribute(name), number, hidden, declare, ns, rel.encode(),
    )  # fmt: skip
    at = data.index(b"</" + p + b"sheets>")
    return data[:at] + element + data[at:]


def drop_sheet(data: bytes, name: str) -> bytes:
    """The workbook without a sheet: its entry, its local names, and later indices moved up."""
    entries = sheets(data)
    index = [s.name for s in entries].index(name)
    p = re.escape(markup.prefix_of(data, b"workbook"))
    tags = list(re.finditer(rb"<%bsheet(?=\s)[^>]*>" % p, data))
    data = data[: tags[index].start()] + data[tags[index].end() :]

    def renumber(m: re.Match[bytes]) -> bytes:
        local = markup.get(m[0], b"localSheetId")
        if local is None or int(local) < index:
            return m[0]
        if int(local) == index:
            return b""
        end = m[0].index(b">") + 1
        return markup.put(m[0][:end], b"localSheetId", b"%d" % (int(local) - 1)) + m[0][end:]

    data = re.sub(rb"<%bdefinedName\s[^>]*>[^<]*</%bdefinedName>" % (p, p), renumber, data)
    data = re.sub(rb"<%bdefinedNames>\s*</%bdefinedNames>" % (p, p), b"", data)
    return _views_moved_up(data, index, len(entries) - 1)


def _views_moved_up(data: bytes, index: int, left: int) -> bytes:
    p = re.escape(markup.prefix_of(data, b"workbook"))

    def fix(m: re.Match[bytes]) -> bytes:
        tag = m[0]
        for name in (b"activeTab", b"firstSheet"):
            old = int(markup.get(tag, name) or 0)
            new = min(old - (old > index), max(left - 1, 0))
            if new != old:
                tag = markup.put(tag, name, b"%d" % new)
        return tag

    return re.sub(rb"<%bworkbookView(?=[\s/])[^>]*>" % p, fix, data)


def names(data: bytes) -> list[DefinedName]:
    """Defined names in document order."""
    p, found = re.escape(markup.prefix_of(data, b"workbook")), []
    for m in re.finditer(rb"<%bdefinedName(?=\s)([^>]*)>([^<]*)</" % p, data):
        tag = b"<d" + m[1] + b">"
        local = markup.get(tag, b"localSheetId")
        name = markup.unescape_text(markup.get(tag, b"name") or b"")
        found.append(DefinedName(name, markup.unescape_text(m[2]), int(local) if local else None))
    return found


def set_name(
    data: bytes, name: str, text: str, *, hidden: bool = False, sheet: int | None = None
) -> bytes:
    """The workbook with that defined name set; a present one keeps its place."""
    p = markup.prefix_of(data, b"workbook")
    local = b"" if sheet is None else b' localSheetId="%d"' % sheet
    attributes = (
        b'name="%b"' % markup.escape_attribute(name) + local + (b' hidden="1"' if hidden else b"")
    )
    element = b"<%bdefinedName %b>%b</%bdefinedName>" % (p, attributes, markup.escape_text(text), p)
    for m in re.finditer(rb"<%bdefinedName(?=\s)[^>]*>[^<]*</%bdefinedName>" % (p, p), data):
        own = markup.get(m[0], b"localSheetId")
        same = markup.unescape_text(markup.get(m[0], b"name") or b"").lower() == name.lower()
        if same and (int(own) if own else None) == sheet:
            kept = m[0][: m[0].index(b">") + 1]
            new = kept + markup.escape_text(text) + b"</" + p + b"definedName>"
            return data[: m.start()] + new + data[m.end() :]
    close = b"</" + p + b"definedNames>"
    if close in data:
        at = data.index(close)
        return data[:at] + element + data[at:]
    at = _slot(data, p, _BEHIND_NAMES)
    return data[:at] + b"<" + p + b"definedNames>" + element + close + data[at:]


def recalculate_on_load(data: bytes) -> bytes:
    """The workbook with the flag that makes Excel, WPS and LibreOffice calculate afresh."""
    p = markup.prefix_of(data, b"workbook")
    m = markup.find_tag(data, p + b"calcPr")
    if m:
        if markup.get(m[0], b"fullCalcOnLoad") in (b"1", b"true"):
            return data
        return data[: m.start()] + markup.put(m[0], b"fullCalcOnLoad", b"1") + data[m.end() :]
    at = _slot(data, p, _BEHIND_CALC)
    return data[:at] + b"<" + p + b'calcPr fullCalcOnLoad="1"/>' + data[at:]


def _slot(data: bytes, p: bytes, behind: bytes) -> int:
    """Offset before the first of the elements that must stand behind, or before the end."""
    start = data.index(b"</" + p + b"sheets>")
    q = re.escape(p)
    rx = rb"<%b(?:%b)(?=[\s/>])|<(?:\w+:)?AlternateContent|</%bworkbook>" % (q, behind, q)
    m = re.compile(rx).search(data, start)
    assert m is not None
    return m.start()
