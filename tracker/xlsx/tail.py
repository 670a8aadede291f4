"""What stands behind the rows of a sheet: its elements located, one put in or taken out."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from tracker.xlsx import markup

LEGACY_DRAWING = "legacyDrawing"
_BEHIND = frozenset({
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst", "AlternateContent",
})  # fmt: skip
"""What stands behind the drawing of the notes in a sheet (ECMA-376 part 1, 18.3.1.99)."""
_TAG = re.compile(rb"<[^\s/>]+%b>" % markup.ATTRIBUTES)
_RELATIONSHIPS = re.compile(
    rb"xmlns:([\w.-]+)\s*=\s*[\"']http://schemas\.openxmlformats\.org/officeDocument/2006/relationships[\"']"
)


class Element(NamedTuple):
    """An element directly below the sheet: its local name, where it stands, its attributes."""

    name: str
    start: int
    end: int
    attributes: dict[str, str]


def elements(tail: bytes) -> list[Element]:
    """The elements of the part of a sheet behind its rows. ExpatError where it is no XML."""
    first = tail.index(b">") + 1
    name = tail[tail.rindex(b"</") + 2 : tail.rindex(b">")].strip()
    opened = b"<" + name + b">"
    parser, found = expat.ParserCreate(), list[Element]()
    depth, shift = 0, first - len(opened)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2:
            local, at = name.rpartition(":")[2], parser.CurrentByteIndex + shift
            found.append(Element(local, at, at, attributes))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == 1:
            tag = _TAG.match(tail, found[-1].start)
            assert tag is not None
            close = tag.end() - 1 if tag[0].endswith(b"/>") else parser.CurrentByteIndex + shift
            found[-1] = found[-1]._replace(end=tail.index(b">", close) + 1)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(opened + tail[first:], True)
    return found


def legacy_drawing(tail: bytes) -> Element | None:
    """The element that leads to the boxes of the notes, or None."""
    return next((e for e in elements(tail) if e.name == LEGACY_DRAWING), None)


def with_drawing(head: bytes, tail: bytes, prefix: bytes, rel: str) -> bytes:
    """The part behind the rows with an element that leads to the boxes, at its place.

    Args:
        head: what stands before the rows, which says what prefixes stand for.
        tail: what stands behind them.
        prefix: that of the sheet's elements.
        rel: id of the relationship.
    """
    known = _RELATIONSHIPS.search(head)
    space = b"" if known else b' xmlns:r="%b"' % _OFFICE
    new = b'<%blegacyDrawing%b %b:id="%b"/>' % (
        prefix, space, known[1] if known else b"r", rel.encode(),
    )  # fmt: skip
    behind = (e.start for e in elements(tail) if e.name in _BEHIND)
    at = next(behind, tail.rindex(b"</"))
    return tail[:at] + new + tail[at:]


def without_drawing(tail: bytes) -> bytes:
    """The part behind the rows without the element that leads to the boxes."""
    found = legacy_drawing(tail)
    return tail[: found.start] + tail[found.end :] if found else tail


_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
