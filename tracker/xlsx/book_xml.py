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


def _own(data: bytes, local: bytes) -> bytes:
    """Name of an element under the prefix of the workbook."""
    return markup.prefix_of(data, b"workbook") + local


def _defined_names(data: bytes) -> re.Pattern[bytes]:
    """Groups: start tag, text."""
    name = re.escape(_own(data, b"definedName"))
    return re.compile(rb"(<%b(?=\s)%b(?<!/)>)([^<]*)</%b>" % (name, markup.ATTRIBUTES, name))


def _read(m: re.Match[bytes]) -> DefinedName:
    local = markup.get(m[1], b"localSheetId")
    name = markup.unescape_text(markup.get(m[1], b"name") or b"")
    hidden = markup.get(m[1], b"hidden") in (b"1", b"true")
    return DefinedName(name, markup.unescape_text(m[2]), int(local) if local else None, hidden)


def sheets(data: bytes) -> list[SheetEntry]:
    """Sheets in the order of their tabs."""
    found = []
    for m in markup.tags(data, _own(data, b"sheet")):
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
    root = markup.find_tag(data, _own(data, b"workbook"))
    p = markup.prefix_of(data, b"workbook")
    bound = b"xmlns:" + p[:-1] if p else b"xmlns"
    spoken = markup.get(root[0], bound) if root else None
    return spoken in (markup.MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")


def is_1904(data: bytes) -> bool:
    """Whether dates count from 1904."""
    m = markup.find_tag(data, _own(data, b"workbookPr"))
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
    return markup.appended(data, p + b"sheets", element)


def drop_sheet(data: bytes, name: str) -> bytes:
    """The workbook without a sheet: its entry and its local names; later indices move up.

    What other names say of the sheet becomes #REF!, as Excel does it.
    """
    entries, own = sheets(data), _own(data, b"sheet")
    index = [s.name for s in entries].index(name)
    tag = markup.tags(data, own)[index]
    data = data[: tag.start()] + data[markup.element_end(data, tag, own) :]
    lost = references(name)

    def renumber(m: re.Match[bytes]) -> bytes:
        start, sheet = m[1], _read(m).sheet
        if sheet == index:
            return b""
        if sheet is not None and sheet > index:
            start = markup.put(start, b"localSheetId", b"%d" % (sheet - 1))
        return start + lost.sub(b"#REF!", m[2]) + m[0][len(m[1]) + len(m[2]) :]

    def moved_up(view: bytes) -> bytes:
        for name in (b"activeTab", b"firstSheet"):
            old = int(markup.get(view, name) or 0)
            new = min(old - (old > index), max(len(entries) - 2, 0))
            view = markup.put(view, name, b"%d" % new) if new != old else view
        return view

    if names(data):
        data = _defined_names(data).sub(renumber, data)
        every = re.escape(_own(data, b"definedNames"))
        data = re.sub(rb"<%b>\s*</%b>" % (every, every), b"", data)
    return markup.each(data, _own(data, b"workbookView"), moved_up)


def references(sheet: str) -> re.Pattern[bytes]:
    """What stands for a sheet in front of a reference in a formula or a name."""
    bare, quoted = (re.escape(markup.escape_text(t)) for t in (sheet, quote_sheet(sheet)))
    quoted = quoted.replace(b"'", b"(?:'|&apos;)")
    return re.compile(rb"(?<![\w.\x80-\xff'])(?:%b|%b)!" % (quoted, bare), re.I)


def names(data: bytes) -> list[DefinedName]:
    """Defined names in document order."""
    return list(map(_read, _defined_names(data).finditer(data)))


def set_name(
    data: bytes, name: str, text: str, *, hidden: bool = False, sheet: int | None = None
) -> bytes:
    """The workbook with that defined name set; a present one keeps its place and its marks."""
    for m in _defined_names(data).finditer(data):
        old = _read(m)
        if (old.name.lower(), old.sheet) == (name.lower(), sheet):
            return data[: m.start(2)] + markup.escape_text(text) + data[m.end(2) :]
    p = markup.prefix_of(data, b"workbook")
    local = b"" if sheet is None else b' localSheetId="%d"' % sheet
    attributes = markup.escape_attribute(name) + b'"' + local + (b' hidden="1"' if hidden else b"")
    element = b'<%bdefinedName name="%b>%b</%bdefinedName>' % (
        p, attributes, markup.escape_text(text), p,
    )  # fmt: skip
    data = _with_element(data, b"definedNames", _BEHIND_NAMES)
    return markup.appended(data, p + b"definedNames", element)


def drop_print_names(data: bytes, sheet: int) -> bytes:
    """The workbook without the names of a sheet that Excel makes for print areas and filters."""

    def gone(m: re.Match[bytes]) -> bytes:
        old = _read(m)
        return b"" if old.sheet == sheet and old.name.startswith("_xlnm.") else m[0]

    return _defined_names(data).sub(gone, data)


def recalculate_on_load(data: bytes) -> bytes:
    """The workbook with the flag that makes Excel, WPS and LibreOffice calculate afresh."""
    data = _with_element(data, b"calcPr", _BEHIND_CALC)
    name = _own(data, b"calcPr")
    if markup.get(markup.start_tag(data, name)[0], b"fullCalcOnLoad") in (b"1", b"true"):
        return data
    return markup.with_attribute(data, name, b"fullCalcOnLoad", b"1")


def _with_element(data: bytes, local: bytes, behind: bytes) -> bytes:
    """The workbook with an element, if it has none: before the first of those behind, or at the end."""
    p = markup.prefix_of(data, b"workbook")
    if markup.find_tag(data, p + local):
        return data
    start, q = data.index(b"</" + p + b"sheets>"), re.escape(p)
    rx = rb"<%b(?:%b)(?=[\s/>])|<(?:\w+:)?AlternateContent|</%bworkbook>" % (q, behind, q)
    m = re.compile(rx).search(data, start)
    if m is None:
        raise ValueError("the workbook part has no end")
    return data[: m.start()] + b"<" + p + local + b"/>" + data[m.start() :]
