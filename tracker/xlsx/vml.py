"""The part that holds the boxes of a sheet's notes (VML): boxes added and taken out as bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from lxml import etree

from tracker.opc.parts import parse_xml
from tracker.xlsx import markup
from tracker.xlsx.boxes import Box
from tracker.xlsx.edits import Place

_URN = "urn:schemas-microsoft-com:"
_SPACES = {"v": _URN + "vml", "o": _URN + "office:office", "x": _URN + "office:excel"}
_BLOCK = 1024  # ids; a drawing has whole blocks of them to itself
ROOM = _BLOCK - 1
"""Boxes that a new part has ids for."""
_TYPE = "_x0000_t202"
_FRAME = (
    "<xml{spaces}>"
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout>'
    '<v:shapetype id="{type}" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
    "</xml>"
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#{type}" style="position:absolute;margin-left:60pt;'
    "margin-top:2pt;width:240pt;height:60pt;z-index:{z};visibility:hidden"
    '" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_ID = re.compile(rb"_x0000_s(\d+)")


class Shape(NamedTuple):
    """A drawn thing: the cell whose note it is, None for any other; where its element stands."""

    place: Place | None
    start: int
    end: int


def new_part(block: int, boxes: Mapping[Place, Box]) -> bytes:
    """A part with nothing but some boxes; no other drawing should have its block of ids."""
    spaces = "".join(f' xmlns:{p}="{uri}"' for p, uri in _SPACES.items())
    frame = _FRAME.format(spaces=spaces, block=block, type=_TYPE).encode()
    return with_boxes(frame, boxes)


def read(data: bytes) -> list[Shape]:
    """The shapes of a part. ValueError for a part that cannot be spliced."""
    root = _root(data)
    elements = list(root.iter(f"{{{_SPACES['v']}}}shape"))
    tags = markup.tags(data, b"v:shape")
    if len(tags) != len(elements):
        raise ValueError("the drawing of its notes is unusual")
    ends = (markup.element_end(data, m, b"v:shape") for m in tags)
    return [
        Shape(_place(e), m.start(), end) for e, m, end in zip(elements, tags, ends, strict=True)
    ]


def _root(data: bytes) -> etree._Element:
    if markup.plain_utf8(data) is not data or not data.rstrip().endswith(b"</xml>"):
        raise ValueError("the drawing of its notes is unusual")
    root = parse_xml(data)
    if not _SPACES.items() <= root.nsmap.items() or _TYPE.encode() not in data:
        raise ValueError("the drawing of its notes is another program's")
    return root


def _place(shape: etree._Element) -> Place | None:
    x = f"{{{_SPACES['x']}}}"
    told = shape.find(f"{x}ClientData[@ObjectType='Note']")
    if told is None:
        return None
    row, column = (told.findtext(x + name) or "" for name in ("Row", "Column"))
    return (int(row) + 1, int(column) + 1) if row.strip() and column.strip() else None


def is_bare(data: bytes) -> bool:
    """Whether a part draws nothing at all."""
    drawn = (e for e in _root(data) if isinstance(e.tag, str))
    return all(e.tag.endswith(("}shapetype", "}shapelayout")) for e in drawn)


def blocks_of(data: bytes) -> list[int]:
    """The blocks of ids that a drawing has to itself."""
    told = next(_root(data).iter(f"{{{_SPACES['o']}}}idmap"), None)
    found = re.findall(r"\d+", (told.get("data") or "") if told is not None else "")
    return list(map(int, found)) or [1]


def room(data: bytes) -> int:
    """How many boxes a part has ids for."""
    return ROOM - _last_id(data) % _BLOCK


def _last_id(data: bytes) -> int:
    blocks, used = blocks_of(data), [int(n) for n in _ID.findall(data)]
    return max([n for n in used if n // _BLOCK in blocks], default=blocks[0] * _BLOCK)


def with_boxes(data: bytes, boxes: Mapping[Place, Box]) -> bytes:
    """The part with further boxes at its end. ValueError where its ids do not suffice."""
    if len(boxes) > room(data):
        raise ValueError("the drawing of its notes has no ids left")
    last = _last_id(data)
    new = "".join(
        _SHAPE.format(
            id=last + n, type=_TYPE, z=n, anchor=box.anchor, row=place[0] - 1, column=place[1] - 1
        )
        for n, (place, box) in enumerate(boxes.items(), 1)
    )
    at = data.rindex(b"</xml>")
    return data[:at] + new.encode() + data[at:]


def is_box(shape: bytes, place: Place) -> bool:
    """Whether a shape is written as `with_boxes` writes that of a cell."""
    text = re.escape(_SHAPE.format(
        id="@", type=_TYPE, z="@", anchor="&", row=place[0] - 1, column=place[1] - 1
    ))  # fmt: skip
    pattern = text.replace("@", r"\d+").replace(r"\&", r"\d+(?:, \d+){7}")
    return re.fullmatch(pattern.encode(), shape) is not None


def without_boxes(data: bytes, places: Collection[Place]) -> bytes:
    """The part without the boxes of some cells' notes."""
    for s in reversed(read(data)):
        if s.place in places:
            data = data[: s.start] + data[s.end :]
    return data
