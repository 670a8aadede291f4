"""workbook.xml as bytes: sheets, defined names, calculation settings."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import quoted as quote_sheet

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
    hidden: bool = False


def relationship_type(data: bytes, kind: str) -> str:
    """Full relationship type in the dialect of the workbook."""
    return f"{_OFFICE_STRICT if STRICT in data else _OFFICE}/{kind}"


def _tags(data: bytes, name: bytes) -> list[re.Match[bytes]]:
    """Start tags of that local name under the prefix of the workbook."""
    p = re.escape(markup.prefix_of(data, b"workbook"))
    return list(re.finditer(rb"<%b%b(?=[\s/>])%b>" % (p, name, markup.ATTRIBUTES), data))


def _defined_names(data: bytes) -> re.Pattern[bytes]:
    """Groups: start tag, text."""
    p = re.escape(markup.prefix_of(data, b"workbook"))
    return re.compile(
        rb"(<%bdefinedName(?=\s)%b(?<!/)>)([^<]*)</%bdefinedName>" % (p, markup.ATTRIBUTES, p)
    )


def sheets(data: bytes) -> list[SheetEntry]:
    """Sheets in the order of their tabs."""
    found = []
    for m in _tags(data, b"sheet"):
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


def is_spreadsheet(data: bytes) -> bool:
    """Whether the part speaks a language of workbooks that Office kept: of 2006 or strict."""
    p = markup.prefix_of(data, b"workbook")
    root = markup.find_tag(data, p + b"workbook")
    bound = b"xmlns:" + p[:-1] if p else b"xmlns"
    spoken = markup.get(root[0], bound) if root else None
    return spoken in (markup.MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")


def is_1904(data: bytes) -> bool:
    """Whether dates count from 1904."""
    m = markup.find_tag(data, markup.prefix_of(data, b"workbook") + b"workbookPr")
    return m is not None and markup.get(m[0], b"date1904") in (b"1", b"true")


def add_sheet(data: bytes, name: str, rel: str, state: str) -> bytes:
    """The workbook with a sheet added behind the last one."""
    p = markup.prefix_of(data, b"workbook")
    number = max((s.id for s in sheets(data)), default=0) + 1
    root = markup.start_tag(data, p + b"workbook")
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
    """The workbook without a sheet: its entry and its local names; later indices move up.

    What other names say of the sheet becomes #REF!, as Excel does it.
    """
    entries = sheets(data)
    index = [s.name for s in entries].index(name)
    tag = _tags(data, b"sheet")[index]
    end = markup.element_end(data, tag, markup.prefix_of(data, b"workbook") + b"sheet")
    data = data[: tag.start()] + data[end:]
    lost = _references(name)

    def renumber(m: re.Match[bytes]) -> bytes:
        start, text = m[1], lost.sub(b"#REF!", m[2])
        local = markup.get(start, b"localSheetId")
        if local is not None and int(local) >= index:
            if int(local) == index:
                return b""
            start = markup.put(start, b"localSheetId", b"%d" % (int(local) - 1))
        return start + text + m[0][len(m[1]) + len(m[2]) :]

    if names(data):
        data = _defined_names(data).sub(renumber, data)
        p = re.escape(markup.prefix_of(data, b"workbook"))
        data = re.sub(rb"<%bdefinedNames>\s*</%bdefinedNames>" % (p, p), b"", data)
    return _views_moved_up(data, index, len(entries) - 1)


def _references(sheet: str) -> re.Pattern[bytes]:
    """What stands for a sheet in front of a reference in a defined name."""
    bare, quoted = (re.escape(markup.escape_text(t)) for t in (sheet, quote_sheet(sheet)))
    quoted = quoted.replace(b"'", b"(?:'|&apos;)")
    return re.compile(rb"(?<![\w.\x80-\xff'])(?:%b|%b)!" % (quoted, bare), re.I)


def _views_moved_up(data: bytes, index: int, left: int) -> bytes:
    out, at = [], 0
    for m in _tags(data, b"workbookView"):
        tag = m[0]
        for name in (b"activeTab", b"firstSheet"):
            old = int(markup.get(tag, name) or 0)
            new = min(old - (old > index), max(left - 1, 0))
            if new != old:
                tag = markup.put(tag, name, b"%d" % new)
        out += [data[at : m.start()], tag]
        at = m.end()
    return b"".join([*out, data[at:]])


def names(data: bytes) -> list[DefinedName]:
    """Defined names in document order."""
    found = []
    for m in _defined_names(data).finditer(data):
        local = markup.get(m[1], b"localSheetId")
        name = markup.unescape_text(markup.get(m[1], b"name") or b"")
        hidden = markup.get(m[1], b"hidden") in (b"1", b"true")
        text = markup.unescape_text(m[2])
        found.append(DefinedName(name, text, int(local) if local else None, hidden))
    return found


def set_name(
    data: bytes, name: str, text: str, *, hidden: bool = False, sheet: int | None = None
) -> bytes:
    """The workbook with that defined name set; a present one keeps its place and its marks."""
    for m in _defined_names(data).finditer(data):
        own = markup.get(m[1], b"localSheetId")
        same = markup.unescape_text(markup.get(m[1], b"name") or b"").lower() == name.lower()
        if same and (int(own) if own else None) == sheet:
            return data[: m.start(2)] + markup.escape_text(text) + data[m.end(2) :]
    p = markup.prefix_of(data, b"workbook")
    local = b"" if sheet is None else b' localSheetId="%d"' % sheet
    attributes = markup.escape_attribute(name) + b'"' + local + (b' hidden="1"' if hidden else b"")
    element = b'<%bdefinedName name="%b>%b</%bdefinedName>' % (
        p, attributes, markup.escape_text(text), p,
    )  # fmt: skip
    close = b"</" + p + b"definedNames>"
    if close in data:
        at = data.index(close)
        return data[:at] + element + data[at:]
    whole = b"<" + p + b"definedNames>" + element + close
    empty = markup.find_tag(data, p + b"definedNames")
    if empty:
        return data[: empty.start()] + whole + data[empty.end() :]
    at = _slot(data, p, _BEHIND_NAMES)
    return data[:at] + whole + data[at:]


def drop_print_names(data: bytes, sheet: int) -> bytes:
    """The workbook without the names of a sheet that Excel makes for print areas and filters."""

    def gone(m: re.Match[bytes]) -> bytes:
        own = markup.get(m[1], b"localSheetId")
        mine = own is not None and int(own) == sheet
        return b"" if mine and (markup.get(m[1], b"name") or b"").startswith(b"_xlnm.") else m[0]

    return _defined_names(data).sub(gone, data)


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
    if m is None:
        raise ValueError("the workbook part has no end")
    return m.start()
