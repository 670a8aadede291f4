"""A generated sheet grafted into a workbook: its formats, strings, drawings and charts come along.

The donor is a workbook with one sheet as XlsxWriter makes it. A sheet of the same name is
replaced at its place, and the parts that only it used are replaced or dropped with it.
"""

from __future__ import annotations

import posixpath
import re
from html import escape
from typing import NamedTuple

from tracker.opc.package import Package
from tracker.opc.parts import PACKAGE_RELS, RELS_TYPE, Relationship, rels_name
from tracker.xlsx import book_xml, markup, tables
from tracker.xlsx.refs import quoted as quote_sheet
from tracker.xlsx.strings import SharedStrings, StringPlan
from tracker.xlsx.styles import Styles

_STRICT = {
    markup.MAIN.encode(): b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    b"http://schemas.openxmlformats.org/drawingml/2006/": b"http://purl.oclc.org/ooxml/drawingml/",
}
_ADD = (b"fonts", b"fills", b"borders")
_POINTS = {b"fonts": b"fontId", b"fills": b"fillId", b"borders": b"borderId"}


class Donor:
    """A one-sheet workbook taken apart: its sheet part, its texts, its formats.

    `title` is what the sheet is to be called; its charts and names follow.
    """

    def __init__(self, data: bytes) -> None:
        self.package = Package(data)
        self.book = self.package.related("", "officeDocument") or "xl/workbook.xml"
        entries = book_xml.sheets(self.package.read(self.book))
        if len(entries) != 1:
            raise ValueError(f"a donor has one sheet, this one {len(entries)}")
        rel = next(r for r in self.package.relationships(self.book) if r.id == entries[0].rel)
        self.part, self.name = rel.target, entries[0].name
        self.title = self.name
        if self.package.related(self.book, "sheetMetadata"):
            raise ValueError("its dynamic arrays or pictures in cells cannot be carried over")
        styles = self.package.related(self.book, "styles")
        self.styles = Styles(self.package.read(styles or "xl/styles.xml"))
        strings = self.package.related(self.book, "sharedStrings")
        self.strings = SharedStrings(self.package.read(strings) if strings else None)

    def read(self, part: str) -> bytes:
        """A part of the donor, its references following the title."""
        data = self.package.read(part)
        if self.title == self.name or not part.endswith(".xml"):
            return data
        title = markup.escape_text(quote_sheet(self.title)) + b"!"
        return book_xml.references(self.name).sub(lambda _: title, data)

    def texts(self, prefix: bytes) -> list[str | bytes]:
        """Its shared strings by index; rich ones as entries with the host's prefix."""
        rich = self.strings.rich
        texts = enumerate(self.strings.texts)
        return [prefixed(self.strings.raw(i), prefix) if i in rich else t for i, t in texts]

    def local_names(self) -> list[book_xml.DefinedName]:
        """Names that belong to the sheet: print area, titles, the area of its filter."""
        return [n for n in book_xml.names(self.read(self.book)) if n.sheet is not None]


class Formats(NamedTuple):
    """Host indices of a donor's cell formats and differential formats."""

    xf: list[int]
    dxf: list[int]


def sheet_xml(donor: Donor, formats: Formats, strings: StringPlan, *, strict: bool) -> bytes:
    """The donor's sheet with the host's indices; `strings` must know the donor's texts."""
    text = [strings.index(text) for text in donor.texts(strings.prefix)]
    data = tables.renumbered(donor.read(donor.part), rb'<(?:c|row)\s[^>]*?\bs="', formats.xf)
    data = tables.renumbered(data, rb'<col\s[^>]*?\bstyle="', formats.xf)
    data = tables.renumbered(data, rb'\sdxfId="', formats.dxf)
    data = tables.renumbered(data, rb'<c\s[^>]*?t="s"[^>]*><v>', text)
    return dialect(data.replace(b' tabSelected="1"', b""), strict=strict)


def dialect(data: bytes, *, strict: bool) -> bytes:
    """A part of the transitional dialect in that of the host."""
    for transitional, own in _STRICT.items() if strict else ():
        data = data.replace(transitional, own)
    return data


def carried_over(source: Styles, host: Styles) -> Formats:
    """Add a donor's formats to those of the host."""
    host.xf(0)  # what index 0 means stays the host's
    moved = {c: [host.add(c, prefixed(i, host.prefix)) for i in source.items(c)] for c in _ADD}
    codes = {int(markup.get(i, b"numFmtId") or 0): i for i in source.items(b"numFmts")}

    def number_format(old: int) -> int:
        code = markup.get(codes[old], b"formatCode") if old in codes else None
        return old if code is None else host.number_format_id(markup.unescape_text(code))

    def cell_format(xf: bytes) -> int:
        end = xf.index(b">") + 1
        tag = markup.put(xf[:end], b"xfId", b"0")
        new = number_format(int(markup.get(tag, b"numFmtId") or 0))
        tag = markup.put(tag, b"numFmtId", b"%d" % new)
        for collection, name in _POINTS.items():
            index = moved[collection][int(markup.get(tag, name) or 0)]
            tag = markup.put(tag, name, b"%d" % index)
        return host.add(b"cellXfs", prefixed(tag + xf[end:], host.prefix))

    cells = [0, *map(cell_format, source.items(b"cellXfs")[1:])]
    return Formats(
        cells, [host.add(b"dxfs", prefixed(i, host.prefix)) for i in source.items(b"dxfs")]
    )


def prefixed(item: bytes, prefix: bytes) -> bytes:
    """An item with the host's namespace prefix."""
    return re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, item) if prefix else item


class Transplant:
    """Copies the parts that hang on the donor's sheet, reusing the names of those it replaces."""

    def __init__(
        self, host: Package, donor: Donor, formats: Formats, replaced: set[str], *, strict: bool
    ) -> None:
        self.host, self.donor, self.formats, self.strict = host, donor, formats, strict
        self.replaced, self.spare = replaced, sorted(replaced)
        self.names: dict[str, str] = {}

    def run(self, part: str) -> None:
        """Give `part` of the host what hangs on the donor's sheet; drop what is left over."""
        self._copy_relationships(self.donor.part, part)
        for left in self.spare:
            self.host.drop(left)

    def _copy_relationships(self, source: str, target: str) -> None:
        relationships = self.donor.package.relationships(source)
        rels = rels_name(target)
        if not relationships:
            self.host.drop(rels)
            return
        lines = [self._line(r, target) for r in relationships]
        xml = f'<Relationships xmlns="{PACKAGE_RELS}">{"".join(lines)}</Relationships>'
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        self.host.write(rels, (head + xml).encode())
        self.host.declare_default("rels", RELS_TYPE)

    def _line(self, r: Relationship, target: str) -> str:
        where, mode = r.target, ' TargetMode="External"'
        if not r.external:
            where = posixpath.relpath(self._copy(r.target, r.kind), posixpath.dirname(target))
            mode = ""
        kind = dialect(r.type.encode(), strict=self.strict).decode()
        return f'<Relationship Id="{r.id}" Type="{kind}" Target="{escape(where)}"{mode}/>'

    def _copy(self, part: str, kind: str) -> str:
        if part not in self.names:
            self.names[part] = name = self._name(part)
            data = self.donor.read(part)
            if kind == "table":
                data = tables.adopted(data, self.host, self.replaced, self.formats.dxf)
            self.host.write(name, dialect(data, strict=self.strict))
            self.host.declare(name, self.donor.package.content_type(part))
            self._copy_relationships(part, name)
        return self.names[part]

    def _name(self, part: str) -> str:
        base, extension = posixpath.splitext(part)
        pattern = re.sub(r"\d+$", "", base) + "{}" + extension
        same = re.compile(re.escape(pattern).replace(r"\{\}", r"\d+"))
        for name in self.spare:
            if same.fullmatch(name):
                self.spare.remove(name)
                return name
        return self.host.free_name(pattern)


def drop_hanging(package: Package, part: str, private: set[str]) -> None:
    """Drop the relationships of a sheet and the parts that only it used."""
    for left in (*sorted(private), rels_name(part)):
        package.drop(left)


def private_parts(package: Package, part: str) -> set[str]:
    """Parts that are reachable from `part` and from nowhere else, itself not counted."""
    own = _reachable(package, part, "")
    return own - _reachable(package, "", part) - {part}


def _reachable(package: Package, start: str, without: str) -> set[str]:
    seen, todo = set[str](), [start]
    while todo:
        for r in package.relationships(todo.pop()):
            fresh = not r.external and r.target not in seen and r.target != without
            if fresh and r.target in package:
                seen.add(r.target)
                todo.append(r.target)
    return seen
